//! Probes `trace` and `sequence`: packets on one node.

use std::net::{IpAddr, SocketAddr};

use serde_json::{Map, Value, json};
use switchboard_engine::Analysis;
use switchboard_engine::cluster::{Cluster, NodeId, PodId};
use switchboard_engine::dns::{self, Client};
use switchboard_engine::packet::{Family, Header, Protocol};
use switchboard_engine::proxy::{Effect, NodeView, State};
use switchboard_engine::trace::node::{End, EventKind, Ingress, Passage, passages};

use super::{Reply, Stored, Unsupported};

/// Clients send from some port; no answer depends on it.
const CLIENT_PORT: u16 = 40000;

pub(super) fn trace(stored: &Stored, probe: &Value) -> Reply {
    let node = node(&stored.analysis.cluster, &probe["node"])?;
    let sent = send(stored, &State::default(), node, probe, 0)?;
    Ok(sent.facts)
}

pub(super) fn sequence(stored: &Stored, probe: &Value) -> Reply {
    let node = node(&stored.analysis.cluster, &probe["node"])?;
    let mut state = State::default();
    let mut steps = Vec::new();
    for step in probe["steps"].as_array().into_iter().flatten() {
        let at = step["at"].as_u64().unwrap_or(0);
        let mut sent = send(stored, &state, node, step, at)?;
        if let Some((endpoint, effects)) = sent.taken {
            sent.facts["chosen"] = json!(endpoint.to_string());
            state.apply(&effects, at);
        }
        steps.push(sent.facts);
    }
    Ok(json!({ "steps": steps }))
}

struct Sent {
    facts: Value,
    /// One of the endpoints, and what the node remembers if the packet goes there.
    taken: Option<(SocketAddr, Vec<Effect>)>,
}

fn send(
    stored: &Stored,
    state: &State,
    node: NodeId,
    question: &Value,
    at: u64,
) -> Result<Sent, Unsupported> {
    let analysis = &stored.analysis;
    let (from, to) = (&question["from"], &question["to"]);
    let port = to["port"]
        .as_u64()
        .and_then(|port| u16::try_from(port).ok())
        .ok_or_else(|| Unsupported::because("a packet needs a port"))?;
    let protocol = match to["protocol"].as_str() {
        None => Protocol::Tcp,
        Some(name) => Protocol::named(name)
            .ok_or_else(|| Unsupported::because(format!("no protocol {name}")))?,
    };
    let (address, resolved) = match to["host"].as_str() {
        None => (ip(&to["ip"])?, None),
        Some(host) => match resolve(analysis, from, host)? {
            Resolved::Service(address) => (address, Some(address)),
            Resolved::Done(facts) => return Ok(Sent { facts, taken: None }),
            Resolved::Endpoints(addresses) => {
                let facts = direct(&addresses, port);
                return Ok(Sent { facts, taken: None });
            }
        },
    };
    let (source, ingress) = source(analysis, node, from, address)?;
    let header = Header::between(
        protocol,
        SocketAddr::new(source, CLIENT_PORT),
        SocketAddr::new(address, port),
    );
    let family = Family::of(address);
    let kernel = analysis.kernel(node, family);
    let ways = passages(&kernel, state, header, ingress, at, None);
    let mut facts = facts(analysis, node, header, &ways);
    facts["address"] = json!(resolved.map(|address| address.to_string()));
    let taken = ways.into_iter().find_map(|way| {
        let (endpoint, _) = *way.endpoints.first().filter(|_| arrives(&way))?;
        Some((endpoint, way.effects))
    });
    Ok(Sent { facts, taken })
}

fn facts(analysis: &Analysis, node: NodeId, header: Header, ways: &[Passage]) -> Value {
    let verdict = verdict(ways);
    if verdict != "delivered" {
        return none(verdict);
    }
    let mut endpoints = Vec::new();
    let mut masquerade = Map::new();
    let mut sources = Map::new();
    for way in ways.iter().filter(|way| arrives(way)) {
        for (endpoint, _) in &way.endpoints {
            let endpoint = endpoint.to_string();
            masquerade.insert(endpoint.clone(), json!(way.is_masqueraded()));
            sources.insert(endpoint.clone(), json!(way.after.source.to_string()));
            endpoints.push(endpoint);
        }
    }
    json!({
        "verdict": verdict,
        "endpoints": endpoints,
        "masquerade": common(&masquerade).unwrap_or_else(|| json!("perEndpoint")),
        "masqueradeByEndpoint": masquerade,
        "sourceSeenByEndpoint": common(&sources).unwrap_or_else(|| json!(sources)),
        "replyVia": analysis.cluster.nodes[node].meta.name,
        "replySourceSeenByClient": header.to().to_string(),
        "address": null,
        "cname": null,
    })
}

fn verdict(ways: &[Passage]) -> &'static str {
    let accepted = |way: &Passage| {
        way.events
            .iter()
            .any(|event| event.what == EventKind::Accept)
    };
    if ways
        .iter()
        .any(|way| arrives(way) && !way.endpoints.is_empty())
    {
        "delivered"
    } else if ways.iter().any(|way| matches!(way.end, End::Rejected(_))) {
        "rejected"
    } else if ways.iter().any(|way| way.end == End::Dropped) {
        "dropped"
    } else if ways.iter().any(accepted) {
        "accepted"
    } else {
        "unmatched"
    }
}

fn arrives(way: &Passage) -> bool {
    matches!(way.end, End::To(_))
}

fn common(values: &Map<String, Value>) -> Option<Value> {
    let mut values = values.values();
    let first = values.next()?;
    values.all(|value| value == first).then(|| first.clone())
}

enum Resolved {
    Service(IpAddr),
    Endpoints(Vec<IpAddr>),
    /// There is no packet on this node: the whole answer.
    Done(Value),
}

fn resolve(analysis: &Analysis, from: &Value, host: &str) -> Result<Resolved, Unsupported> {
    let cluster = &analysis.cluster;
    let client = if let Some(pod) = from["pod"].as_str() {
        Client::Pod(pod_named(cluster, pod)?)
    } else if from["node"].is_string() {
        Client::Node(node(cluster, &from["node"])?)
    } else {
        return Err(Unsupported::because("only Pods and nodes resolve names"));
    };
    let resolution = dns::resolve(cluster, &analysis.zone, client, host);
    Ok(match resolution.outcome {
        dns::Outcome::Literal(address) => Resolved::Service(address),
        dns::Outcome::Hosts(found) => match found.first() {
            Some(found) => Resolved::Service(found.address),
            None => Resolved::Done(none("nxdomain")),
        },
        dns::Outcome::Addresses { addresses, .. } => {
            let service = addresses
                .iter()
                .find(|found| matches!(found.because, dns::Because::ClusterIp { .. }));
            match service {
                Some(found) => Resolved::Service(found.address),
                None => Resolved::Endpoints(addresses.iter().map(|found| found.address).collect()),
            }
        }
        dns::Outcome::ExternalName { target, .. } => {
            let mut facts = none("external");
            facts["cname"] = json!(target.as_str().trim_end_matches('.'));
            Resolved::Done(facts)
        }
        // What upstream would say is not the cluster's business.
        dns::Outcome::Outside(_)
        | dns::Outcome::NoSuchName
        | dns::Outcome::NoAddress
        | dns::Outcome::NotAName
        | dns::Outcome::NoNameserver => Resolved::Done(none("nxdomain")),
    })
}

fn direct(addresses: &[IpAddr], port: u16) -> Value {
    let endpoints: Vec<String> = addresses
        .iter()
        .map(|address| SocketAddr::new(*address, port).to_string())
        .collect();
    let only = match endpoints.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    let address = match addresses {
        [only] => Some(only.to_string()),
        _ => None,
    };
    let mut facts = none("direct");
    facts["endpoints"] = json!(endpoints);
    facts["replySourceSeenByClient"] = json!(only);
    facts["address"] = json!(address);
    facts
}

/// An answer without a delivery.
fn none(verdict: &str) -> Value {
    json!({
        "verdict": verdict,
        "endpoints": [],
        "masquerade": null,
        "masqueradeByEndpoint": {},
        "sourceSeenByEndpoint": null,
        "replyVia": null,
        "replySourceSeenByClient": null,
        "address": null,
        "cname": null,
    })
}

fn source(
    analysis: &Analysis,
    node: NodeId,
    from: &Value,
    to: IpAddr,
) -> Result<(IpAddr, Ingress), Unsupported> {
    let cluster = &analysis.cluster;
    let network = analysis.compiled.network(cluster);
    let of_process = |home: NodeId, address: Option<IpAddr>| {
        let kernel = analysis.kernel(home, Family::of(to));
        let address = address.or_else(|| kernel.process_address(to));
        let ingress = if home == node {
            Ingress::Process
        } else {
            Ingress::Wire
        };
        address
            .map(|address| (address, ingress))
            .ok_or_else(|| Unsupported::because("the node has no address of this family"))
    };
    if let Some(pod) = from["pod"].as_str() {
        let pod = &cluster.pods[pod_named(cluster, pod)?];
        let home = pod.node();
        if let (true, Some(home)) = (pod.spec.host_network, home) {
            return of_process(home, None);
        }
        let address = pod
            .ips
            .iter()
            .copied()
            .find(|ip| ip.is_ipv4() == to.is_ipv4())
            .ok_or_else(|| Unsupported::because("the Pod has no address of this family"))?;
        let ingress = if home == Some(node) {
            Ingress::Pod
        } else {
            Ingress::Wire
        };
        return Ok((address, ingress));
    }
    if !from["node"].is_null() {
        let home = self::node(cluster, &from["node"])?;
        let address = match &from["ip"] {
            Value::Null => None,
            written => Some(ip(written)?),
        };
        return of_process(home, address);
    }
    if !from["external"].is_null() {
        return Ok((ip(&from["external"])?, Ingress::Wire));
    }
    let address = ip(&from["ip"])?;
    let view = NodeView::of(&cluster.nodes[node]);
    let ingress = if view.local_addresses.contains(&address) {
        Ingress::Process
    } else if network.is_pod_address(address) {
        Ingress::Pod
    } else {
        Ingress::Wire
    };
    Ok((address, ingress))
}

fn node(cluster: &Cluster, name: &Value) -> Result<NodeId, Unsupported> {
    name.as_str()
        .and_then(|name| cluster.node(name))
        .ok_or_else(|| Unsupported::because(format!("there is no node {name}")))
}

pub(super) fn pod_named(cluster: &Cluster, name: &str) -> Result<PodId, Unsupported> {
    name.split_once('/')
        .and_then(|(namespace, name)| cluster.pod(namespace, name))
        .ok_or_else(|| Unsupported::because(format!("there is no Pod {name}")))
}

fn ip(value: &Value) -> Result<IpAddr, Unsupported> {
    value
        .as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Unsupported::because(format!("{value} is no address")))
}

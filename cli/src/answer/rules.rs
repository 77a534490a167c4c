//! Probes `rules`, `health`, and `endpoints` as kube-proxy chooses them.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use switchboard_engine::cluster::{Cluster, ServiceId};
use switchboard_engine::packet::{Family, Protocol};
use switchboard_engine::proxy::{
    EndpointId, NodeView, Proxied, categorize, health as health_check, proxied,
};

use super::{Reply, Stored, Unsupported, iptables, ipvs, nftables};

/// A question about a node's rules.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    format: Option<String>,
    #[serde(default)]
    node: String,
    chain_names: Option<Vec<Named>>,
    probabilities: Option<Vec<u32>>,
}

/// A service port whose chains are asked for.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Named {
    service_port: String,
    protocol: Protocol,
    #[serde(default)]
    endpoints: Vec<String>,
}

/// What kube-proxy writes on a node, in the format asked for.
pub(super) fn rules(stored: &Stored, probe: &Value) -> Reply {
    let question = Question::deserialize(probe)
        .map_err(|error| Unsupported::because(format!("the question cannot be read: {error}")))?;
    let mut answer = services(&stored.analysis.cluster);
    let node = &question.node;
    match question.format.as_deref() {
        None => {}
        Some("iptables") => {
            let of_family = |family| iptables::chains(stored, node, family);
            answer.insert("chains".into(), of_family(Family::V4));
            answer.insert("chainsIPv6".into(), of_family(Family::V6));
            if let Some(asked) = &question.chain_names {
                answer.insert("chainNames".into(), names(asked, iptables::chain_names));
            }
            if let Some(asked) = &question.probabilities {
                answer.insert("probabilities".into(), iptables::probabilities(asked));
            }
        }
        Some("nftables") => {
            answer.insert("tables".into(), nftables::tables(stored, node));
            if let Some(asked) = &question.chain_names {
                answer.insert("chainNames".into(), names(asked, nftables::chain_names));
            }
        }
        Some("ipvs") => answer.extend(ipvs::facts(stored, node)),
        Some(other) => {
            return Err(Unsupported::because(format!("there is no mode {other}")));
        }
    }
    Ok(Value::Object(answer))
}

fn names(asked: &[Named], chain_names: fn(&str, Protocol, &[&str]) -> Value) -> Value {
    asked
        .iter()
        .map(|named| {
            let endpoints: Vec<&str> = named.endpoints.iter().map(String::as_str).collect();
            chain_names(&named.service_port, named.protocol, &endpoints)
        })
        .collect()
}

/// What kube-proxy handles, whatever the mode.
fn services(cluster: &Cluster) -> Map<String, Value> {
    let mut ports: Vec<String> = Vec::new();
    let mut checks: Map<String, Value> = Map::new();
    for family in [Family::V4, Family::V6] {
        for port in proxied(cluster, family).ports.values() {
            ports.push(format!("{}/{}", port.name, port.protocol));
            if let Some(number) = port.health_check_node_port {
                let service = cluster.services[port.service].meta.full_name();
                checks.insert(service, json!(number));
            }
        }
    }
    ports.sort_unstable();
    ports.dedup();
    Map::from_iter([
        ("proxiedServicePorts".to_owned(), json!(ports)),
        ("healthCheckNodePorts".to_owned(), Value::Object(checks)),
    ])
}

/// kube-proxy's health-check node port of a Service on a node.
pub(super) fn health(stored: &Stored, probe: &Value) -> Reply {
    let cluster = &stored.analysis.cluster;
    let service = service(cluster, probe)?;
    let node = node(cluster, probe);
    let check = health_check(cluster, &proxied_of(cluster, service), service, &node);
    Ok(match check {
        Some(check) => json!({
            "port": check.port,
            "localEndpoints": check.local_endpoints,
            "status": check.status(),
        }),
        None => json!({"port": null, "localEndpoints": null, "status": null}),
    })
}

/// The endpoints of a service port as a node uses them: of a dual-stack Service those of both families. A port that
/// kube-proxy does not handle has none, under no policy.
pub(super) fn endpoints(stored: &Stored, probe: &Value) -> Reply {
    let cluster = &stored.analysis.cluster;
    let service = service(cluster, probe)?;
    let name = probe["port"].as_str().unwrap_or_default();
    let node = node(cluster, probe);
    let (mut of_cluster, mut of_node) = (None, None);
    let (mut all, mut has_any) = (Vec::new(), false);
    for family in [Family::V4, Family::V6] {
        let proxied = proxied(cluster, family);
        let Some((_, port)) = proxied.port_named(service, name) else {
            continue;
        };
        let choice = categorize(cluster, &proxied, port, &node);
        let add = |set: &mut Option<Vec<String>>, ids: Option<&[EndpointId]>| {
            if let Some(ids) = ids {
                set.get_or_insert_default().extend(texts(&proxied, ids));
            }
        };
        add(&mut of_cluster, choice.cluster.as_deref());
        add(&mut of_node, choice.local.as_deref());
        all.extend(texts(&proxied, choice.all()));
        has_any |= choice.has_any;
    }
    Ok(json!({
        "cluster": of_cluster,
        "local": of_node,
        "all": all,
        "hasAnyEndpoints": has_any,
    }))
}

fn texts(proxied: &Proxied, ids: &[EndpointId]) -> impl Iterator<Item = String> {
    ids.iter()
        .map(|id| proxied.endpoints[*id].address.to_string())
}

/// What is proxied in the Service's primary family.
fn proxied_of(cluster: &Cluster, service: ServiceId) -> Proxied {
    let addresses = cluster.services[service].cluster_ips();
    let family = addresses.first().map_or(Family::V4, |ip| Family::of(*ip));
    proxied(cluster, family)
}

fn service(cluster: &Cluster, probe: &Value) -> Result<ServiceId, Unsupported> {
    let name = probe["service"].as_str().unwrap_or_default();
    name.split_once('/')
        .and_then(|(namespace, name)| cluster.service(namespace, name))
        .ok_or_else(|| Unsupported::because(format!("there is no Service {name:?}")))
}

fn node(cluster: &Cluster, probe: &Value) -> NodeView {
    NodeView::named(cluster, probe["node"].as_str().unwrap_or_default())
}

//! Objects as lines of facts: field, value, and whether anybody wrote it.

use switchboard_engine::{
    cluster::{
        Cluster, Environment, Meta, Node, NodeId, Placement, Pod, Service, ServiceAddress,
        SessionAffinity, TargetPort, TrafficPolicy, Unfit, Workload,
    },
    packet::Protocol,
};

use super::places;
use crate::{protocol::Fact, scene::ColumnKey};

pub(super) fn service(service: &Service) -> Vec<Fact> {
    let meta = &service.meta;
    let mut facts = vec![of(meta, "type", service.type_.name(), "spec.type")];
    facts.push(match &service.address {
        ServiceAddress::ClusterIps(addresses) => of(
            meta,
            "clusterIP",
            &list(addresses, "none"),
            "spec.clusterIP",
        ),
        ServiceAddress::Headless => of(
            meta,
            "clusterIP",
            "None: its name resolves to the Pods themselves",
            "spec.clusterIP",
        ),
        ServiceAddress::ExternalName(name) => of(meta, "externalName", name, "spec.externalName"),
    });
    facts.extend(ports(service));
    let selector = labels(&service.selector);
    let selector = if selector.is_empty() {
        "none: EndpointSlices are written by hand or by another controller"
    } else {
        &selector
    };
    facts.push(of(meta, "selector", selector, "spec.selector"));
    if !service.load_balancer.ingress.is_empty() {
        let points: Vec<String> = service
            .load_balancer
            .ingress
            .iter()
            .map(|ingress| ingress.point.to_string())
            .collect();
        let path = "status.loadBalancer";
        facts.push(of(meta, "load balancer", &points.join(", "), path));
    }
    if !service.external_ips.is_empty() {
        let addresses = list(&service.external_ips, "none");
        facts.push(of(meta, "externalIPs", &addresses, "spec.externalIPs"));
    }
    if service.internal_traffic_policy == TrafficPolicy::Local {
        let path = "spec.internalTrafficPolicy";
        facts.push(of(meta, "internalTrafficPolicy", "Local", path));
    }
    if service.externally_accessible() {
        let policy = match service.external_traffic_policy {
            TrafficPolicy::Cluster => "Cluster",
            TrafficPolicy::Local => "Local",
        };
        let path = "spec.externalTrafficPolicy";
        facts.push(of(meta, "externalTrafficPolicy", policy, path));
    }
    if let SessionAffinity::ClientIp { timeout } = service.session_affinity {
        let value = format!("ClientIP, {timeout} s");
        facts.push(of(meta, "sessionAffinity", &value, "spec.sessionAffinity"));
    }
    if service.publish_not_ready_addresses {
        let path = "spec.publishNotReadyAddresses";
        facts.push(of(meta, "publishNotReadyAddresses", "true", path));
    }
    facts
}

fn ports(service: &Service) -> impl Iterator<Item = Fact> {
    let meta = &service.meta;
    service.ports.iter().flat_map(move |port| {
        let target = match &port.target_port {
            TargetPort::Number(number) => number.to_string(),
            TargetPort::Name(name) => name.to_string(),
        };
        let name = if port.name.is_empty() {
            "port".to_owned()
        } else {
            format!("port {}", port.name)
        };
        let path = format!("spec.ports[{}]", port.index);
        let value = format!("{}/{} → {target}", port.port, port.protocol);
        let own = of(meta, &name, &value, &format!("{path}.port"));
        let node_port = port.node_port.map(|number| {
            let path = format!("{path}.nodePort");
            of(meta, "nodePort", &number.to_string(), &path)
        });
        [Some(own), node_port].into_iter().flatten()
    })
}

pub(super) fn pod(cluster: &Cluster, pod: &Pod, owner: Option<&Workload>) -> Vec<Fact> {
    let meta = &pod.meta;
    let mut facts = vec![of(
        meta,
        "podIP",
        &list(&pod.ips, "none yet"),
        "status.podIP",
    )];
    facts.push(match &pod.placement {
        Placement::On(node) => of(
            meta,
            "node",
            &cluster.nodes[*node].meta.name,
            "spec.nodeName",
        ),
        Placement::Pending(why) => plain("node", &pending(cluster, why)),
    });
    let state = match (pod.ready, pod.terminating) {
        (_, true) => "terminating",
        (true, _) => "ready",
        (false, _) => "not ready",
    };
    facts.push(of(meta, "state", state, "status.conditions"));
    if let Some(owner) = owner {
        let value = format!("{} {}", owner.kind.name(), owner.meta.name);
        facts.push(plain("kept by", &value));
    }
    for container in &pod.spec.containers {
        let ports: Vec<String> = container
            .ports
            .iter()
            .map(|port| {
                let protocol = match port.protocol {
                    Protocol::Tcp => String::new(),
                    other => format!("/{other}"),
                };
                match &port.name {
                    Some(name) => format!("{name} {}{protocol}", port.port),
                    None => format!("{}{protocol}", port.port),
                }
            })
            .collect();
        let ports = list(&ports, "declares no port");
        facts.push(plain(&format!("container {}", container.name), &ports));
    }
    let labels = labels(&meta.labels);
    if !labels.is_empty() {
        facts.push(plain("labels", &labels));
    }
    if pod.spec.host_network {
        facts.push(plain("hostNetwork", "true: it has its node's address"));
    }
    facts
}

/// What to dial to reach a Pod itself.
pub(super) fn pod_target(pod: &Pod) -> Option<String> {
    let address = pod.ips.first()?;
    let port = pod
        .spec
        .containers
        .iter()
        .flat_map(|container| &container.ports)
        .next()?;
    Some(places::dialled(*address, port.port, port.protocol))
}

pub(super) fn node(node: &Node) -> Vec<Fact> {
    let meta = &node.meta;
    let addresses: Vec<_> = node
        .addresses
        .iter()
        .map(|address| address.address)
        .collect();
    let ranges = list(&node.pod_cidrs, "none");
    let mut facts = vec![
        of(
            meta,
            "addresses",
            &list(&addresses, "none"),
            "status.addresses",
        ),
        of(meta, "podCIDRs", &ranges, "spec.podCIDRs"),
        plain("state", if node.ready { "ready" } else { "not ready" }),
    ];
    if let Some(zone) = node.zone() {
        facts.push(plain("zone", zone));
    }
    if node.cordoned {
        facts.push(plain("unschedulable", "true"));
    }
    if meta.origin.is_none() {
        facts.push(plain("assumed", "no manifest describes this node"));
    }
    facts
}

pub(super) fn client() -> Vec<Fact> {
    vec![
        plain(
            "address",
            "one that RFC 5737 keeps for documentation, unless you write outside/ADDRESS",
        ),
        plain(
            "reaches",
            "node ports, load balancers and external IPs; no ClusterIP and no Pod",
        ),
    ]
}

pub(super) fn dns(environment: &Environment) -> Vec<Fact> {
    let address = list(&environment.kubelet.cluster_dns, "none");
    vec![
        plain("address", &address),
        plain("zone", &environment.dns.zone),
        plain("TTL", &format!("{} s", environment.dns.ttl)),
    ]
}

pub(super) fn external() -> Vec<Fact> {
    vec![plain(
        "reached by",
        "name only: DNS answers with a CNAME, and kube-proxy has no part in it",
    )]
}

pub(super) fn address() -> Vec<Fact> {
    vec![plain(
        "known from",
        "an EndpointSlice; what answers there is not in these manifests",
    )]
}

pub(super) fn namespace(cluster: &Cluster, name: &str) -> Vec<Fact> {
    let in_it = |meta: &Meta| meta.namespace == name;
    let services = cluster.services.values().filter(|it| in_it(&it.meta));
    let workloads = cluster.workloads.values().filter(|it| in_it(&it.meta));
    let pods = cluster.pods.values().filter(|it| in_it(&it.meta));
    vec![
        plain("Services", &services.count().to_string()),
        plain("workloads", &workloads.count().to_string()),
        plain("Pods", &pods.count().to_string()),
    ]
}

pub(super) fn column(cluster: &Cluster, column: &ColumnKey) -> Vec<Fact> {
    let nodes = cluster.nodes.values();
    match column {
        ColumnKey::Zone(zone) => {
            let names: Vec<&str> = nodes
                .filter(|node| node.zone().map_or("", |zone| zone.as_str()) == zone)
                .map(|node| node.meta.name.as_str())
                .collect();
            vec![plain("nodes", &some(&names))]
        }
        ColumnKey::AllNodes => {
            let names: Vec<&str> = nodes.map(|node| node.meta.name.as_str()).collect();
            vec![plain("nodes", &some(&names))]
        }
        ColumnKey::Pending => vec![plain("Pods", "that fit on no node, or are not placed yet")],
        ColumnKey::Elsewhere => vec![plain(
            "addresses",
            "that EndpointSlices name and no Pod of these manifests has",
        )],
        ColumnKey::Node(_) => Vec::new(),
    }
}

/// The first of many names.
fn some(names: &[&str]) -> String {
    const MOST: usize = 12;
    match names.len() {
        n if n > MOST => format!("{} and {} more", names[..MOST].join(", "), n - MOST),
        _ => names.join(", "),
    }
}

fn pending(cluster: &Cluster, why: &[(NodeId, Unfit)]) -> String {
    const MOST: usize = 4;
    let reasons: Vec<String> = why
        .iter()
        .take(MOST)
        .map(|(node, unfit)| format!("{}: {}", cluster.nodes[*node].meta.name, reason(unfit)))
        .collect();
    if reasons.is_empty() {
        "none yet".to_owned()
    } else {
        format!("none fits ({})", reasons.join("; "))
    }
}

fn reason(unfit: &Unfit) -> String {
    match unfit {
        Unfit::OtherNode => "another node is named".to_owned(),
        Unfit::NodeSelector { key } => format!("nodeSelector {key}"),
        Unfit::NodeAffinity => "node affinity".to_owned(),
        Unfit::Taint { key } => format!("taint {key}"),
        Unfit::Cordoned => "unschedulable".to_owned(),
        Unfit::PodAffinity => "Pod affinity".to_owned(),
        Unfit::TopologySpread => "topology spread".to_owned(),
        Unfit::HostPort { port } => format!("host port {port} is taken"),
    }
}

fn labels(labels: &switchboard_engine::api::StringMap) -> String {
    labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect::<Vec<_>>()
        .join(", ")
}

fn list<T: ToString>(values: &[T], none: &str) -> String {
    if values.is_empty() {
        return none.to_owned();
    }
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn of(meta: &Meta, name: &str, value: &str, path: &str) -> Fact {
    Fact {
        name: name.to_owned(),
        value: value.to_owned(),
        why: meta.why(&path.into()),
    }
}

fn plain(name: &str, value: &str) -> Fact {
    Fact {
        name: name.to_owned(),
        value: value.to_owned(),
        why: None,
    }
}

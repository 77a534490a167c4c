//! Objects as lines of facts: field, value, and whether anybody wrote it.

use switchboard_engine::{
    cluster::{
        Cluster, Environment, Meta, Node, NodeId, Placement, Pod, Service, ServiceAddress,
        SessionAffinity, TargetPort, TrafficPolicy, Unfit,
    },
    packet::Protocol,
};

use super::places;
use crate::{protocol::Fact, scene::ColumnKey, words};

pub(super) fn service(service: &Service) -> Vec<Fact> {
    let meta = &service.meta;
    let mut facts = vec![of(meta, "type", service.type_.name(), "spec.type")];
    facts.push(match &service.address {
        ServiceAddress::ClusterIps(addresses) => of(
            meta,
            "clusterIP",
            &list(addresses, words::facts::NONE),
            "spec.clusterIP",
        ),
        ServiceAddress::Headless => of(meta, "clusterIP", words::facts::HEADLESS, "spec.clusterIP"),
        ServiceAddress::ExternalName(name) => of(meta, "externalName", name, "spec.externalName"),
    });
    facts.extend(ports(service));
    let selector = labels(&service.selector);
    let selector = if selector.is_empty() {
        words::facts::NO_SELECTOR
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
        facts.push(of(
            meta,
            words::facts::LOAD_BALANCER,
            &points.join(", "),
            path,
        ));
    }
    if !service.external_ips.is_empty() {
        let addresses = list(&service.external_ips, words::facts::NONE);
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
        let value = words::facts::client_ip(timeout);
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
        let name = words::facts::port(&port.name);
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

pub(super) fn pod(cluster: &Cluster, pod: &Pod) -> Vec<Fact> {
    let meta = &pod.meta;
    let mut facts = vec![of(
        meta,
        "podIP",
        &list(&pod.ips, words::facts::NONE_YET),
        "status.podIP",
    )];
    facts.push(match &pod.placement {
        Placement::On(node) => of(
            meta,
            words::facts::NODE,
            &cluster.nodes[*node].meta.name,
            "spec.nodeName",
        ),
        Placement::Pending(why) => plain(words::facts::NODE, &pending(cluster, why)),
    });
    let state = match (pod.ready, pod.terminating) {
        (_, true) => words::facts::TERMINATING,
        (true, _) => words::facts::READY,
        (false, _) => words::facts::NOT_READY,
    };
    facts.push(of(meta, words::facts::STATE, state, "status.conditions"));
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
        let ports = list(&ports, words::facts::NO_PORT);
        facts.push(plain(&words::facts::container(&container.name), &ports));
    }
    let labels = labels(&meta.labels);
    if !labels.is_empty() {
        facts.push(plain(words::facts::LABELS, &labels));
    }
    if pod.spec.host_network {
        facts.push(plain("hostNetwork", words::facts::HOST_NETWORK));
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
    let ranges = list(&node.pod_cidrs, words::facts::NONE);
    let mut facts = vec![
        of(
            meta,
            words::facts::ADDRESSES,
            &list(&addresses, words::facts::NONE),
            "status.addresses",
        ),
        of(meta, "podCIDRs", &ranges, "spec.podCIDRs"),
        plain(
            words::facts::STATE,
            match node.ready {
                true => words::facts::READY,
                false if node.cut_off => words::facts::CUT_OFF,
                false => words::facts::NOT_READY,
            },
        ),
    ];
    if let Some(zone) = node.zone() {
        facts.push(plain(words::facts::ZONE, zone));
    }
    if node.cordoned {
        facts.push(plain("unschedulable", "true"));
    }
    if meta.origin.is_none() {
        facts.push(plain(words::facts::ASSUMED, words::facts::NODE_ASSUMED));
    }
    facts
}

pub(super) fn client() -> Vec<Fact> {
    vec![
        plain(words::facts::ADDRESS, words::facts::CLIENT_ADDRESS),
        plain(words::facts::REACHES, words::facts::CLIENT_REACHES),
    ]
}

pub(super) fn dns(environment: &Environment) -> Vec<Fact> {
    let address = list(&environment.kubelet.cluster_dns, words::facts::NONE);
    vec![
        plain(words::facts::ADDRESS, &address),
        plain(words::facts::ZONE, &environment.dns.zone),
        plain("TTL", &words::facts::seconds(environment.dns.ttl)),
    ]
}

pub(super) fn external() -> Vec<Fact> {
    vec![plain(words::facts::REACHED_BY, words::facts::BY_NAME)]
}

pub(super) fn address() -> Vec<Fact> {
    vec![plain(words::facts::KNOWN_FROM, words::facts::FROM_SLICE)]
}

pub(super) fn namespace(cluster: &Cluster, name: &str) -> Vec<Fact> {
    let in_it = |meta: &Meta| meta.namespace == name;
    let services = cluster.services.values().filter(|it| in_it(&it.meta));
    let workloads = cluster.workloads.values().filter(|it| in_it(&it.meta));
    let pods = cluster.pods.values().filter(|it| in_it(&it.meta));
    vec![
        plain(words::facts::SERVICES, &services.count().to_string()),
        plain(words::facts::WORKLOADS, &workloads.count().to_string()),
        plain(words::facts::PODS, &pods.count().to_string()),
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
            vec![plain(words::facts::NODES, &some(&names))]
        }
        ColumnKey::AllNodes => {
            let names: Vec<&str> = nodes.map(|node| node.meta.name.as_str()).collect();
            vec![plain(words::facts::NODES, &some(&names))]
        }
        ColumnKey::Pending => vec![plain(words::facts::PODS, words::facts::UNPLACED)],
        ColumnKey::Elsewhere => vec![plain(words::facts::ADDRESSES, words::facts::PODLESS)],
        ColumnKey::Node(_) => Vec::new(),
    }
}

/// The first of many names.
fn some(names: &[&str]) -> String {
    const MOST: usize = 12;
    let told = names.len().min(MOST);
    words::facts::some(&names[..told], names.len() - told)
}

fn pending(cluster: &Cluster, why: &[(NodeId, Unfit)]) -> String {
    const MOST: usize = 4;
    let reasons: Vec<String> = why
        .iter()
        .take(MOST)
        .map(|(node, unfit)| words::facts::unfit(&cluster.nodes[*node].meta.name, unfit))
        .collect();
    if reasons.is_empty() {
        words::facts::NONE_YET.to_owned()
    } else {
        words::facts::none_fits(&reasons)
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

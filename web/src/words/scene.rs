//! What the map shows: its lanes, what its shapes say, what of the cluster is left out.

use super::findings;
use crate::scene::{ChipState, Counts, FoldedNamespace, ReachState, ServiceCard};

// What is left out, said above the map.
/// By the filter.
pub fn filtered_out(services: usize, pods: usize) -> String {
    format!(
        "{} and {} filtered out",
        of_services(services),
        of_pods(pods)
    )
}

/// By the choice of problems.
pub fn rows_left_out(rows: usize) -> String {
    counted(rows, "row without problems", "rows without problems")
}

/// Folded for want of room.
pub fn namespaces_folded(namespaces: usize, pods: usize) -> String {
    let namespaces = counted(namespaces, "namespace folded", "namespaces folded");
    format!("{namespaces}, with {}", of_pods(pods))
}

/// Folded, and too many to draw even so.
pub fn namespaces_not_drawn(count: usize) -> String {
    format!("{count} of them not drawn: search, or choose namespaces")
}

/// On the pages before and after.
pub fn on_other_pages(services: usize, pods: usize) -> String {
    format!(
        "{} and {} on other pages",
        of_services(services),
        of_pods(pods)
    )
}

/// Many Pods that one shape stands for.
pub fn pods_folded(pods: usize) -> String {
    format!("{} folded into their workloads", of_pods(pods))
}

fn of_services(count: usize) -> String {
    counted(count, "Service", "Services")
}

fn of_pods(count: usize) -> String {
    counted(count, "Pod", "Pods")
}

/// As [`super::counted`], for numbers that a large cluster gives.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { many })
}

/// Digits in threes: `30,000`.
fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (nth, digit) in digits.chars().enumerate() {
        if nth > 0 && (digits.len() - nth).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

// Above the shapes.
/// A lane: clients, and names outside.
pub const OUTSIDE: &str = "Outside";
/// A lane.
pub const LOAD_BALANCERS: &str = "Load balancers";
/// A lane.
pub const SERVICES: &str = "Services";
/// A lane.
pub const PODS_BY_NODE: &str = "Pods by node";
/// A lane.
pub const PODS_BY_ZONE: &str = "Pods by zone";
/// A lane.
pub const PODS_BY_WORKLOAD: &str = "Pods by workload";
/// The column of Pods on no node.
pub const PENDING: &str = "Pending";
/// The same, in full.
pub const PENDING_MORE: &str = "on no node";
/// The column of addresses that no Pod has.
pub const ELSEWHERE: &str = "Elsewhere";
/// The same, in full.
pub const ELSEWHERE_MORE: &str = "no Pod behind them";
/// The column of nodes without a zone.
pub const NO_ZONE: &str = "no zone";

/// The column of all nodes.
pub fn nodes(count: usize) -> String {
    counted(count, "node", "nodes")
}

/// The same, in full.
pub fn in_zones(zones: usize) -> String {
    match zones {
        0 => String::new(),
        zones => format!("in {}", counted(zones, "zone", "zones")),
    }
}

/// How the nodes of a zone are.
pub fn nodes_not_ready(count: usize, not_ready: usize) -> String {
    match not_ready {
        0 => nodes(count),
        not_ready => format!("{}, {not_ready} not ready", nodes(count)),
    }
}

/// How a node is.
pub fn node_not_ready(address: &str) -> String {
    format!("{address} · not ready")
}

/// How a node is.
pub fn node_cut_off(address: &str) -> String {
    format!("{address} · cut off")
}

/// How a node is.
pub fn node_cordoned(address: &str) -> String {
    format!("{address} · cordoned")
}

// On the shapes, and the shapes as a whole in words.
/// The client that is not in the cluster.
pub const ANY_CLIENT: &str = "any client";
/// Of a name outside.
pub const IS_OUTSIDE: &str = "outside";
/// The DNS server.
pub const CLUSTER_DNS: &str = "Cluster DNS";
/// A load balancer.
pub const LOAD_BALANCER: &str = "Load balancer";
/// It has no address yet.
pub const ADDRESS_PENDING: &str = "pending";
/// Of a folded or opened namespace.
pub const NAMESPACE: &str = "namespace";
/// The client that is not in the cluster, in words.
pub const CLIENT_IN_WORDS: &str = "Outside: any client that is not in the cluster";
/// A load balancer without an address, in words.
pub const BALANCER_PENDING: &str = "Load balancer, address pending";
/// Of a Service.
pub const NO_ADDRESS: &str = "no address";
/// Of a headless Service.
pub const NO_VIRTUAL_ADDRESS: &str = "no virtual address";
/// Of an address that an EndpointSlice names.
pub const NO_POD_KNOWN: &str = "no Pod known";
/// How far a Service reaches.
pub const NO_ENDPOINTS: &str = "no endpoints";
/// How far a Service reaches.
pub const NO_ENDPOINT_HAS_PORT: &str = "no endpoint has its port";

/// How far a Service reaches, while a learner is to find that out.
pub const HELD_BACK: &str = "where it leads is for you to find out";

/// Why nothing that is sent to a Service arrives.
pub fn leads_nowhere(state: ReachState) -> &'static str {
    match state {
        ReachState::NoneReady => "none ready",
        ReachState::NoPort => "no such port",
        _ => NO_ENDPOINTS,
    }
}

/// A name outside, in words.
pub fn outside_name(name: &str) -> String {
    format!("Outside name {name}")
}

/// The DNS server, in words.
pub fn dns_at(address: &str) -> String {
    format!("Cluster DNS at {address}")
}

/// A load balancer, in words.
pub fn balancer_at(addresses: &[String]) -> String {
    format!("Load balancer at {}", addresses.join(", "))
}

/// A Service, in words.
pub fn service(card: &ServiceCard) -> String {
    let reach = match card.reach.state {
        ReachState::ByName => "leads out of the cluster by name".to_owned(),
        ReachState::Empty => NO_ENDPOINTS.to_owned(),
        ReachState::HeldBack => HELD_BACK.to_owned(),
        ReachState::NoPort => NO_ENDPOINT_HAS_PORT.to_owned(),
        _ => format!(
            "{} of {} endpoints ready",
            card.reach.ready, card.reach.total
        ),
    };
    let ports: Vec<&str> = card.ports.iter().map(|port| port.text.as_str()).collect();
    let ports = match ports.as_slice() {
        [] => "none".to_owned(),
        ports => ports.join(", "),
    };
    format!(
        "Service {}, {}, {}, ports {ports}, {reach}",
        card.name,
        card.kind.name(),
        address(&card.address, card.address_assumed),
    )
}

/// An address, and whether no manifest says it.
pub fn address(address: &str, is_assumed: bool) -> String {
    match is_assumed {
        true => format!("{address} (assumed)"),
        false => address.to_owned(),
    }
}

/// Pods or an address, with what it is.
pub fn chip_called(state: ChipState, count: u32, title: &str) -> String {
    let kind = match state {
        ChipState::Unknown => "Address",
        _ if count > 1 => "Pods",
        _ => "Pod",
    };
    format!("{kind} {title}")
}

/// Pods or an address, in words.
pub fn chip(state: ChipState, count: u32, title: &str, subtitle: &str) -> String {
    let called = chip_called(state, count, title);
    format!("{called}, {subtitle}, {}", pod_state(state))
}

/// How a Pod is.
pub fn pod_state(state: ChipState) -> &'static str {
    match state {
        ChipState::Ready => "ready",
        ChipState::Partly => "some not ready",
        ChipState::NotReady => "not ready",
        ChipState::Terminating => "terminating",
        ChipState::Pending => "pending",
        ChipState::Ended => "ended",
        ChipState::Unknown => "not in these manifests",
    }
}

/// How the Pods of a workload are.
pub fn pods_ready(ready: usize, all: usize) -> String {
    if ready == all {
        "all ready".to_owned()
    } else {
        format!("{ready} of {all} ready")
    }
}

/// Many addresses of a Service that no Pod has.
pub fn addresses(count: usize) -> String {
    format!("{count} addresses")
}

/// Whose they are.
pub fn of(service: &str) -> String {
    format!("of {service}")
}

/// A folded namespace, in words.
pub fn folded(namespace: &FoldedNamespace) -> String {
    format!(
        "Namespace {}, folded: {}, {}",
        namespace.name,
        holds(namespace),
        problems(namespace.problems)
    )
}

/// An opened namespace, in words.
pub fn opened(namespace: &FoldedNamespace) -> String {
    format!(
        "Namespace {}, open: {}, {}",
        namespace.name,
        holds(namespace),
        problems(namespace.problems)
    )
}

/// What is in a namespace.
pub fn holds(namespace: &FoldedNamespace) -> String {
    let (services, pods) = (namespace.services as usize, namespace.pods as usize);
    format!("{}, {}", of_services(services), of_pods(pods))
}

/// Rows of a namespace with problems.
pub fn problems(rows: u32) -> String {
    match rows {
        0 => "no problems".to_owned(),
        1 => "1 row with a problem".to_owned(),
        rows => format!("{rows} rows with problems"),
    }
}

/// The head of a column, in words.
pub fn column(title: &str, subtitle: &str) -> String {
    format!("{title}, {subtitle}")
}

/// What is found about a shape, after the shape in words.
pub fn with_marks(shape: &str, marks: Counts) -> String {
    format!("{shape}, {}", self::marks(marks))
}

/// What is found about a shape, without notes.
pub fn marks(marks: Counts) -> String {
    findings::counts(Counts { notes: 0, ..marks })
}

/// How a shape differs from the manifests, after the shape in words.
pub fn with_change(shape: &str, changed: &str) -> String {
    format!("{shape}; changed, not as in the manifest: {changed}")
}

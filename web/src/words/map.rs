//! The map: shapes, wires, menus, filter, tools, what is left out, the same as a list.

use std::fmt::Display;

use super::findings;
use crate::scene::{ChipState, Counts, FoldedNamespace, ReachState, ServiceCard};

/// The part of the page.
pub const MAP: &str = "Map";
/// The drawing, to a screen reader.
pub const KEYS: &str = "Map: Services and the Pods behind them. Arrow keys move between shapes, with Shift they move the map.";

// The bar above.
/// A field, as long as it is empty.
pub const SEARCH: &str = "Search (/)";
/// The same, in full.
pub const SEARCH_MORE: &str = "Search by name or address";
/// What was found.
pub const RESULTS: &str = "Search results";
/// Nothing was found.
pub const NO_RESULT: &str = "No name or address like this.";
/// A button, and what it does as a filter.
pub const ONLY_PROBLEMS: &str = "Only problems";
/// The same, in full.
pub const ONLY_PROBLEMS_MORE: &str = "Only problems on the map";
/// Buttons that turn pages.
pub const PAGES: &str = "Pages of the map";
/// A button.
pub const PAGE_BEFORE: &str = "Page before";
/// A button.
pub const PAGE_AFTER: &str = "Page after";
/// What a button does.
pub const UNFOLD_ALL: &str = "Unfold everything on the map";
/// What a button does.
pub const FOLD_ALL: &str = "Fold everything on the map";
/// A button.
pub const AS_LIST: &str = "As a list";
/// The same, in full.
pub const AS_LIST_MORE: &str = "As a list instead of the map";

/// Which page is shown.
pub fn page(number: usize, pages: usize) -> String {
    format!("{number} of {pages}")
}

// The filter.
/// A button.
pub const FILTER: &str = "Filter";
/// What it opens.
pub const FILTER_PANEL: &str = "What the map shows";
/// A field.
pub const LABELS: &str = "Labels, as kubectl -l reads them";
/// What can stand in it.
pub const LABELS_EXAMPLE: &str = "app=web,tier in (front,back),!canary";
/// A heading.
pub const KINDS: &str = "Kinds";
/// A heading.
pub const NAMESPACES: &str = "Namespaces";
/// A field.
pub const FIND_NAMESPACE: &str = "Find a namespace";
/// What is filtered by.
pub const FILTERS: &str = "Filters";
/// One of them.
pub const BY_PROBLEMS: &str = "only problems";

/// Namespaces that are not listed.
pub fn more_namespaces(count: usize) -> String {
    format!("and {count} more: type to find them")
}

/// A filter.
pub fn by_labels(selector: &str) -> String {
    format!("labels: {selector}")
}

/// A filter that cannot be read.
pub fn by_labels_unread(error: &str) -> String {
    format!("labels, not used: {error}")
}

/// A filter.
pub fn by_kind(kind: &str) -> String {
    format!("kind: {kind}")
}

/// A filter.
pub fn by_namespace(name: &str) -> String {
    format!("namespace: {name}")
}

/// A button of a filter.
pub fn remove_filter(filter: &str) -> String {
    format!("Remove filter {filter}")
}

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
    format!("{count} nodes")
}

/// The same, in full.
pub fn in_zones(zones: usize) -> String {
    format!("in {zones} zones")
}

/// How the nodes of a zone are.
pub fn nodes_not_ready(count: usize, not_ready: usize) -> String {
    match not_ready {
        0 => nodes(count),
        not_ready => format!("{count} nodes, {not_ready} not ready"),
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
    format!("{} Services, {} Pods", namespace.services, namespace.pods)
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

// The packet, and the shares of packets.
/// The packet carries a query.
pub const DNS: &str = "DNS";

/// Where a packet goes.
pub fn packet_to(address: impl Display) -> String {
    format!("to {address}")
}

/// Where a reply comes from.
pub fn packet_from(address: impl Display) -> String {
    format!("from {address}")
}

/// Ways that end at a shape, each with another share.
pub fn branches(count: usize) -> String {
    format!("{count} branches")
}

// The wires of a shape.
/// Above them, in the details and in the list.
pub const WIRES: &str = "Wires";
/// Before what a wire leads to.
pub const WIRE_TO: &str = "to";
/// Before what it comes from.
pub const WIRE_FROM: &str = "from";
/// It is broken.
pub const WIRE_TO_NOWHERE: &str = "leads nowhere";
/// Endpoints at its end may get connections.
pub const WIRE_READY: &str = "ready";
/// None of them may.
pub const WIRE_NOT_READY: &str = "not ready";
/// Packets come in by it.
pub const WIRE_FROM_OUTSIDE: &str = "from outside";

/// A port of a Service, and that of its endpoints.
pub fn translated(port: u16, target: u16) -> String {
    format!("{port} → {target}")
}

/// Ports of endpoints, where no Service translates to them.
pub fn at_ports(ports: &str) -> String {
    format!(":{ports}")
}

/// Ports of every node.
pub fn node_ports(ports: &str) -> String {
    format!("node port {ports}")
}

/// The share of the packet that was sent.
pub fn share_of_packets(share: &str) -> String {
    format!("{share} of the packets sent")
}

/// A Service, with what it is.
pub fn service_called(name: impl Display) -> String {
    format!("Service {name}")
}

/// A load balancer, with what it is.
pub fn balancer_of(service: impl Display) -> String {
    format!("Load balancer of {service}")
}

// A wire that is drawn by hand.
/// It is over a shape that nothing can be sent to.
pub const NO_TARGET: &str = "Nothing to send to here";
/// It is over nothing.
pub const DROP_ON: &str = "Drop on a Service, a Pod or a node";

/// It is over a shape that can be sent to.
pub fn send_to(target: &str) -> String {
    format!("Send to {target}")
}

// The menu of a shape.
/// A line.
pub const RULES: &str = "Rules of this node";
/// A line.
pub const MORE_WHAT_IF: &str = "More what if …";
/// A line.
pub const WHAT_IF_SCALED: &str = "What if the workload is scaled …";
/// A line.
pub const WHAT_IF_ENTRY: &str = "What if outside traffic enters here";

/// A line.
pub fn send_from_here_to(target: &str) -> String {
    format!("Send from here to {target}")
}

/// A line.
pub fn send_to_here_from(sender: &str) -> String {
    format!("Send to here from {sender}")
}

/// A line: what a Pod or a node could become, as [`super::whatif`] says it of "it".
pub fn what_if_it(becomes: &str) -> String {
    format!("What if it {becomes}")
}

// The buttons on the map.
/// What a button does.
pub const INSIDE_MORE: &str =
    "Interfaces, rules and connection table of the node that the packet is on (o)";
/// A button.
pub const ZOOM_OUT: &str = "Zoom out";
/// A button.
pub const ZOOM_IN: &str = "Zoom in";
/// A button.
pub const SHOW_CHOSEN: &str = "Show what is chosen";
/// The same, in full.
pub const SHOW_CHOSEN_MORE: &str = "Show what is chosen, and where its wires lead (z)";
/// A button.
pub const SHOW_ALL: &str = "Show all of the map";
/// The same, with its key.
pub const SHOW_ALL_KEY: &str = "Show all (0)";

// The inside of a node.
/// A button.
pub const CLOSE_INSIDE: &str = "Close the node";
/// A label; an interface follows.
pub const IN_BY: &str = "in by";
/// A label; an interface follows.
pub const OUT_BY: &str = "out by";
/// A heading.
pub const CONNECTION_TABLE: &str = "Connection table";
/// It holds nothing.
pub const NOTHING_TRACKED: &str = "Nothing of this packet yet.";

/// The inside, to a screen reader.
pub fn inside_of_node(node: &str) -> String {
    format!("Inside of node {node}")
}

/// In the place of an interface.
pub const OWN_PROCESS: &str = "a process of this node";
/// An interface.
pub const TO_BALANCER: &str = "the node's interface, load balancer";
/// An interface.
pub const TO_OUTSIDE: &str = "the node's interface, outside";

/// An interface.
pub fn to_node(node: &str) -> String {
    format!("the node's interface, {node}")
}

/// An interface; a Pod or its address follows.
pub fn veth_of(peer: impl Display) -> String {
    format!("veth of {peer}")
}

/// A button, and a heading; the node in backquotes.
pub fn inside_of(node: &str) -> String {
    format!("Inside of `{node}`")
}

/// A step has put another source in the packet.
pub fn source_becomes(before: impl Display, after: impl Display) -> String {
    format!("from {before} → {after}")
}

/// A step has put another destination in the packet.
pub fn destination_becomes(before: impl Display, after: impl Display) -> String {
    format!("to {before} → {after}")
}

// The map as a list.
/// The list.
pub const LIST: &str = "The map as a list";
/// A column.
pub const SERVICE: &str = "Service";
/// A column.
pub const TYPE: &str = "Type";
/// A column.
pub const ADDRESS: &str = "Address";
/// A column.
pub const PORTS: &str = "Ports";
/// A column.
pub const READY: &str = "Ready";
/// A column.
pub const FINDINGS: &str = "Findings";
/// A table.
pub const FOLDED_NAMESPACES: &str = "Folded namespaces";
/// A column.
pub const FOLDED_NAMESPACE: &str = "Namespace";
/// A column.
pub const HOLDS: &str = "Holds";

/// A button of a row.
pub fn unfold_namespace(name: &str) -> String {
    format!("Unfold {name}")
}

/// A table.
pub const PODS: &str = "Pods";
/// A column.
pub const POD: &str = "Pod";
/// A column.
pub const STATE: &str = "State";
/// In the place of how many endpoints are ready.
pub const BY_NAME: &str = "by name";

/// How many endpoints are ready.
pub fn ready(ready: u32, total: u32) -> String {
    format!("{ready} of {total}")
}

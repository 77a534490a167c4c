//! The map's tools: search, filter, wires, menus, the inside of a node, the same as a list. What shapes say: `scene.rs`.

use std::fmt::Display;

use crate::scene::Grouping;

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
/// A choice: what Pods are put together by.
pub const GROUPING: &str = "Group Pods on the map";
/// A button.
pub const AS_LIST: &str = "As a list";
/// The same, in full.
pub const AS_LIST_MORE: &str = "As a list instead of the map";

/// One of the choices.
pub fn grouping(by: Grouping) -> &'static str {
    match by {
        Grouping::Node => "By node",
        Grouping::Workload => "By workload",
        Grouping::Namespace => "By namespace",
    }
}

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

//! What to ask: from where, to where, which name, which port.

use std::fmt::Display;

use crate::protocol::ProbeText;

/// The bar.
pub const PROBE: &str = "Probe";
/// The field of what sends.
pub const FROM: &str = "From";
/// What can stand in it.
pub const FROM_EXAMPLES: &str = "pod/shop/client, node/NAME, outside";
/// The field of what it is sent to.
pub const TO: &str = "To";
/// What can stand in it.
pub const TO_EXAMPLES: &str = "http://web.shop, web:80, 10.96.0.10:53/udp, ping web";
/// A button.
pub const TURN_ROUND: &str = "Turn the probe round";
/// The same, in full.
pub const TURN_ROUND_MORE: &str = "Turn the probe round: from there to here";
/// The button that sends the packet.
pub const SEND: &str = "Send";
/// The list of probes, and the button that shows it.
pub const SENT: &str = "Probes that were sent";
/// It is empty.
pub const NONE_SENT: &str = "Nothing was sent yet. Probes that you send stand here, each with where it goes now: after every edit one sees what became of them.";
/// A column.
pub const NOW: &str = "Now";

/// Above the list.
pub fn sent_anew(mode: &str) -> String {
    format!(
        "Where each of them goes now, with kube-proxy in {mode} mode. Every edit sends them anew."
    )
}

/// A probe that an edit made go elsewhere.
pub fn now_goes(probe: &ProbeText, outcome: &str) -> String {
    format!("{} → {}: now {outcome}", probe.from, probe.to)
}

/// Where one way of several ends.
pub fn way(share: impl Display, end: &str) -> String {
    format!("{share} {end}")
}

/// Where all of them end.
pub fn ways(ends: &[String]) -> String {
    ends.join(" · ")
}

/// What the client may see.
pub fn either(sees: &[&str]) -> String {
    sees.join("; or ")
}

/// A button.
pub fn forget(probe: &ProbeText) -> String {
    format!("Forget {} → {}", probe.from, probe.to)
}

/// The list below a field.
pub const SUGGESTIONS: &str = "Suggestions";
/// No suggestion holds what was written.
pub const NO_SUGGESTION: &str = "Nothing here has that name; it can be written all the same.";

/// A list of suggestions that is not whole.
pub fn narrow_down(offered: usize, total: usize) -> String {
    format!("{offered} of {total}: write to narrow them down")
}

/// What the page made of what was written.
pub fn read_as(read: &str) -> String {
    format!("Read as {read}")
}

// What can be chosen: headings.
/// A heading.
pub const OUTSIDE: &str = "Outside";
/// A heading.
pub const SERVICES: &str = "Services";
/// A heading: workloads follow.
pub const ANY_POD_OF: &str = "Any Pod of";
/// A heading.
pub const PODS: &str = "Pods";
/// A heading.
pub const NODE_PORTS: &str = "Node ports";
/// A heading.
pub const NODES: &str = "Nodes";
/// A heading.
pub const ADDRESSES: &str = "Addresses";

// What can be chosen: what it is.
/// Of the client outside.
pub const CLIENT: &str = "a client that is not in the cluster";
/// Of a Pod.
pub const ON_NO_NODE: &str = "on no node";
/// Of an address of a Service.
pub const CLUSTER_IP: &str = "ClusterIP";
/// Of an address of a Service.
pub const EXTERNAL_IP: &str = "external IP";
/// Of an address of a Service.
pub const LOAD_BALANCER: &str = "load balancer";
/// Of a Service.
pub const HEADLESS: &str = "headless";

/// Of a Pod.
pub fn pod(name: &str) -> String {
    format!("Pod {name}")
}

/// Of a Service that is a name for another.
pub fn external_name(name: &str) -> String {
    format!("ExternalName {name}")
}

/// Of a port of a Service by its name.
pub fn service_port(
    kind: &str,
    name: &str,
    port: impl Display,
    protocol: impl Display,
    target: &str,
) -> String {
    format!("{kind}{} {port}/{protocol} → {target}", after_comma(name))
}

/// Of a port of a Service by an address, which is a `what`.
pub fn address_of(what: &str, service: &str, port: &str) -> String {
    format!("{what} of {service}{}", after_comma(port))
}

/// Of a port of a node.
pub fn node_port(service: &str, port: &str) -> String {
    format!("node port of {service}{}", after_comma(port))
}

/// Of a port of every node.
pub fn node_port_anywhere(service: &str, port: &str) -> String {
    format!("{}, any node", node_port(service, port))
}

/// A port need not have a name.
fn after_comma(name: &str) -> String {
    match name {
        "" => String::new(),
        name => format!(", {name}"),
    }
}

// Why a probe cannot be turned round.
/// The client outside would have to answer.
pub const NOWHERE: &str = "A client outside is nowhere to send to: it has no address here.";
/// There is no packet.
pub const SENDS_NOTHING: &str = "The sender sends nothing: there is no address to send to.";
/// Nobody gets the packet.
pub const NOBODY_ANSWERS: &str = "No packet arrives there: nobody could send one back.";

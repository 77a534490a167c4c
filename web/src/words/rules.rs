//! Rules, EndpointSlices and the modes of kube-proxy.

use std::fmt::Display;

use switchboard_engine::{cluster::ProxyMode, packet::Family};

// Rules.
/// The panel of rules is empty.
pub const NO_NODE: &str = "There is no node whose rules could be shown.";
/// While they are asked for.
pub const WRITING: &str = "Writing the rules …";
/// The lines.
pub const RULES: &str = "Rules";
/// A group of buttons.
pub const PROXY_MODE: &str = "Proxy mode";
/// A group of buttons.
pub const ADDRESS_FAMILY: &str = "Address family";
/// A group of buttons: how rules are printed.
pub const FORM: &str = "Form";
/// A button: as the kernel lists them.
pub const LISTED: &str = "Listed";
/// A button: as kube-proxy writes them.
pub const AS_WRITTEN: &str = "As written";
/// A field.
pub const SEARCH: &str = "Search the rules";
/// Nothing to go to.
pub const NO_RULE_MET: &str = "The step met no rule here";
/// A button.
pub const GO_BEFORE: &str = "The one before";
/// A button.
pub const GO_NEXT: &str = "The next one";
/// A button.
pub const COPY_ALL: &str = "Copy all rules";
/// A button.
pub const SAVE_ALL: &str = "Save all rules";
/// A tag of a rule.
pub const MATCHED: &str = "matched";
/// A tag of a rule.
pub const MET: &str = "looked at, passed over";
/// Before a rule.
pub const PASSED_OVER: &str = "passed over: ";

// EndpointSlices.
/// No Service is chosen.
pub const NO_SERVICE: &str =
    "Choose a Service on the map, or send a packet to one: its EndpointSlices stand here.";
/// Why a slice is assumed.
pub const SLICE_ASSUMED: &str =
    "The EndpointSlice controller would write it; the end of its name is assumed.";
/// A column.
pub const ADDRESS: &str = "Address";
/// A column.
pub const TARGET: &str = "Target";
/// A column.
pub const ZONE: &str = "Zone";
/// A column.
pub const CONDITIONS: &str = "Conditions";
/// A column.
pub const HINTS: &str = "Hints";
/// An endpoint without any.
pub const NO_CONDITION: &str = "none";
/// An endpoint that kube-proxy does not read.
pub const NOT_OF_PROXY: &str = "no part of kube-proxy’s";

// Modes of kube-proxy side by side.
/// While they are asked for.
pub const TRACING_ALL: &str = "Tracing in every mode …";
/// Before anything was sent.
pub const NOTHING_SENT: &str =
    "Send a packet, and its way in iptables, nftables and ipvs stands here side by side.";
/// A tag of the mode in which kube-proxy runs here.
pub const OWN: &str = "this cluster’s";
/// Of this cluster's mode.
pub const COMPARED_WITH: &str = "What the others are compared with.";
/// Of another mode.
pub const FARES_THE_SAME: &str = "Every packet fares as in this cluster’s mode.";

/// There is no such node.
pub fn missing_node(node: &str) -> String {
    format!("There is no node {node}.")
}

/// Which of the rules with the text that is looked for.
pub fn with_text(at: usize, total: usize) -> String {
    match total {
        0 => "No rule with this text".to_owned(),
        _ => format!("{at} of {total} with this text"),
    }
}

/// Which of a Service's rules.
pub fn of_service(service: impl Display, at: usize, total: usize) -> String {
    match total {
        0 => format!("No rule of {service}"),
        _ => format!("{at} of {total} of {service}"),
    }
}

/// Which of the rules that the step met.
pub fn met_by_step(at: usize, total: usize) -> String {
    match total {
        0 => NO_RULE_MET.to_owned(),
        _ => format!("{at} of {total} met by the step"),
    }
}

/// A button that ends it.
pub fn no_longer_only_of(service: impl Display) -> String {
    format!("No longer only the rules of {service}")
}

/// Whose rules these are, and in which mode.
pub fn rules_of_node(node: &str, how: &str) -> String {
    format!("Rules of node {node}, {how}")
}

/// What a click on a rule chooses.
pub fn rule_of_service(service: impl Display) -> String {
    format!("A rule of Service {service}")
}

/// A Service without slices.
pub fn no_slices(service: impl Display) -> String {
    format!("Service {service} has no EndpointSlices.")
}

/// Over the table of a slice.
pub fn endpoints_of(slice: &str) -> String {
    format!("Endpoints of {slice}")
}

/// A column: what a node makes of an endpoint.
pub fn on_node(node: &str) -> String {
    format!("On {node}")
}

/// In which form the rules stand there.
pub fn form(mode: ProxyMode, family: Family, as_written: bool) -> &'static str {
    match (mode, family, as_written) {
        (ProxyMode::Iptables, Family::V4, false) => "as iptables-save lists them",
        (ProxyMode::Iptables, Family::V6, false) => "as ip6tables-save lists them",
        (ProxyMode::Iptables, _, true) => "as kube-proxy gives them to iptables-restore",
        (ProxyMode::Nftables, _, false) => "as nft list ruleset lists them",
        (ProxyMode::Nftables, _, true) => "as kube-proxy gives them to nft",
        (ProxyMode::Ipvs, _, false) => {
            "as ipvsadm, ipset, ip and iptables-save list them; no kernel has checked this mode"
        }
        (ProxyMode::Ipvs, _, true) => {
            "as commands that would make them; no kernel has checked this mode"
        }
    }
}

/// A hint of an endpoint.
pub fn hint_zone(zone: &str) -> String {
    format!("zone {zone}")
}

/// A hint of an endpoint.
pub fn hint_node(node: &str) -> String {
    format!("node {node}")
}

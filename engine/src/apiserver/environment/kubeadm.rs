//! kubeadm's `ClusterConfiguration`, v1beta3 and v1beta4.

use serde_json::Value;

use super::{Document, Settings};
use crate::cluster::EndpointsPerSlice;
use crate::finding::Findings;

pub(super) fn read(settings: &mut Settings, document: &Document, findings: &mut Findings) {
    if document.kind != "ClusterConfiguration" {
        return;
    }
    if let Some(ranges) = document.ranges("networking.podSubnet", findings) {
        settings.say_pod_ranges(ranges, document.at("networking.podSubnet"), findings);
    }
    if let Some(ranges) = document.ranges("networking.serviceSubnet", findings) {
        settings.say_service_ranges(ranges, document.at("networking.serviceSubnet"), findings);
    }
    if let Some(domain) = document.text("networking.dnsDomain") {
        settings.say_domain(domain, document.at("networking.dnsDomain"), findings);
    }
    let api_server = "apiServer.extraArgs";
    if let Some(text) = argument(document, api_server, "service-node-port-range") {
        match node_port_range(&text) {
            Some(range) => settings.environment.network.node_port_range = range,
            None => document.refuse(api_server, &text, "a range of ports", findings),
        }
    }
    let manager = "controllerManager.extraArgs";
    if let Some(text) = argument(document, manager, "max-endpoints-per-slice") {
        match text.parse() {
            Ok(count @ 1..=1000) => {
                settings.environment.max_endpoints_per_slice = EndpointsPerSlice(count);
            }
            _ => document.refuse(manager, &text, "a number from 1 to 1000", findings),
        }
    }
}

/// A flag of a component: a map until v1beta3, a list of names and values since.
fn argument(document: &Document, path: &str, flag: &str) -> Option<String> {
    let value = match document.get(path)? {
        Value::Object(flags) => flags.get(flag)?,
        Value::Array(flags) => &flags.iter().find(|entry| entry["name"] == flag)?["value"],
        _ => return None,
    };
    match value {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// `30000-32767`, or `30000+2767`. Source: `k8s.io/apimachinery/pkg/util/net`, `ParsePortRange`.
pub(super) fn node_port_range(text: &str) -> Option<(u16, u16)> {
    let text = text.trim();
    if let Some((first, more)) = text.split_once('+') {
        let first: u16 = first.parse().ok()?;
        return Some((first, first.checked_add(more.parse().ok()?)?));
    }
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range: (u16, u16) = (first.parse().ok()?, last.parse().ok()?);
    (range.0 <= range.1 && range.0 > 0).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_of_ports_are_written_in_two_ways() {
        assert_eq!(node_port_range("30000-32767"), Some((30000, 32767)));
        assert_eq!(node_port_range("30000+17"), Some((30000, 30017)));
        assert_eq!(node_port_range("32767-30000"), None);
        assert_eq!(node_port_range("0-99999"), None);
    }
}

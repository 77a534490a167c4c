//! `KubeProxyConfiguration`, v1alpha1. Source: `pkg/proxy/apis/config/v1alpha1`, types and defaults.

use serde_json::Value;

use super::{Document, Settings, contradiction};
use crate::apiserver::addresses::parse_cidr_sloppy;
use crate::cluster::{NodePortAddresses, ProxyMode};
use crate::finding::{AdmissionProblem, Findings};

/// Source: `pkg/proxy/apis/config/types.go`, `IPVSSchedulerMethod`.
const IPVS_SCHEDULERS: [&str; 11] = [
    "rr", "wrr", "lc", "wlc", "lblc", "lblcr", "sh", "dh", "sed", "nq", "mh",
];

pub(super) fn read(settings: &mut Settings, document: &Document, findings: &mut Findings) {
    if document.kind != "KubeProxyConfiguration" {
        return;
    }
    mode(
        settings,
        document,
        "mode",
        document.text("mode").unwrap_or_default(),
        findings,
    );
    detect_local(settings, document, findings);
    let proxy = &mut settings.environment.proxy;
    let truth = |path: &str| document.get(path).and_then(Value::as_bool);
    let own = match proxy.mode {
        ProxyMode::Iptables | ProxyMode::Ipvs => "iptables",
        ProxyMode::Nftables => "nftables",
    };
    if let Some(all) = truth(&format!("{own}.masqueradeAll")) {
        proxy.masquerade_all = all;
    }
    let bit = format!("{own}.masqueradeBit");
    if let Some(written) = document.get(&bit) {
        match written.as_u64() {
            Some(number @ 0..=31) => proxy.masquerade_bit = number as u8,
            _ => document.refuse(&bit, &written.to_string(), "a bit from 0 to 31", findings),
        }
    }
    if let Some(local) = truth("iptables.localhostNodePorts") {
        proxy.localhost_node_ports = local;
    }
    if let Some(liberal) = truth("conntrack.tcpBeLiberal") {
        proxy.conntrack_tcp_be_liberal = liberal;
    }
    match document.text("ipvs.scheduler") {
        None | Some("") => {}
        Some(name) if IPVS_SCHEDULERS.contains(&name) => proxy.ipvs_scheduler = name.into(),
        Some(other) => {
            let expected = IPVS_SCHEDULERS.join(", ");
            document.refuse("ipvs.scheduler", other, &expected, findings);
        }
    }
    if let Some(strict) = truth("ipvs.strictARP") {
        proxy.ipvs_strict_arp = strict;
    }
    if let Some(list) = document.get("nodePortAddresses").and_then(Value::as_array) {
        proxy.node_port_addresses = node_port_addresses(document, list, findings);
    }
}

/// `mode`, also of kind's `kubeProxyMode`.
pub(super) fn mode(
    settings: &mut Settings,
    document: &Document,
    path: &str,
    text: &str,
    findings: &mut Findings,
) {
    let mode = match text {
        // The platform's default.
        "" | "iptables" => ProxyMode::Iptables,
        "nftables" => ProxyMode::Nftables,
        "ipvs" => ProxyMode::Ipvs,
        other => {
            let expected = "iptables, nftables or ipvs";
            document.refuse(path, other, expected, findings);
            return;
        }
    };
    let name = |mode: ProxyMode| format!("{mode:?}").to_lowercase();
    let known = [name(settings.environment.proxy.mode)];
    let at = document.at(path);
    contradiction(
        "kube-proxy mode",
        &settings.proxy_mode,
        &known,
        &[name(mode)],
        &at,
        findings,
    );
    settings.environment.proxy.mode = mode;
    if mode == ProxyMode::Ipvs {
        findings.push(Some(at.clone()), AdmissionProblem::IpvsDeprecated);
    }
    settings.proxy_mode = Some(at);
}

/// How kube-proxy tells Pods from others. By interface or by the node's own range comes to the same as by the Pod range,
/// for packets that reach the node that their sender is on.
fn detect_local(settings: &mut Settings, document: &Document, findings: &mut Findings) {
    let written = document.text("detectLocalMode");
    let how = written.unwrap_or("ClusterCIDR");
    match how {
        "ClusterCIDR" => {
            let ranges = document.ranges("clusterCIDR", findings);
            let said = ranges.is_some();
            settings.environment.proxy.detect_local = ranges.unwrap_or_default();
            if said {
                settings.proxy_ranges = Some(document.at("clusterCIDR"));
            }
        }
        "NodeCIDR" | "BridgeInterface" | "InterfaceNamePrefix" => {
            let pods = settings.environment.network.pod_cidrs.clone();
            settings.environment.proxy.detect_local = pods;
            findings.push(
                Some(document.at("detectLocalMode")),
                AdmissionProblem::DetectLocalByRange { mode: how.into() },
            );
        }
        other => {
            let expected = "ClusterCIDR, NodeCIDR, BridgeInterface or InterfaceNamePrefix";
            document.refuse("detectLocalMode", other, expected, findings);
        }
    }
}

fn node_port_addresses(
    document: &Document,
    list: &[Value],
    findings: &mut Findings,
) -> NodePortAddresses {
    let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    match texts.as_slice() {
        [] => NodePortAddresses::Default,
        ["primary"] => NodePortAddresses::Primary,
        texts => NodePortAddresses::Ranges(
            texts
                .iter()
                .filter_map(|text| {
                    let range = parse_cidr_sloppy(text);
                    if range.is_none() {
                        let expected = "an address range, or primary alone";
                        document.refuse("nodePortAddresses", text, expected, findings);
                    }
                    range
                })
                .collect(),
        ),
    }
}

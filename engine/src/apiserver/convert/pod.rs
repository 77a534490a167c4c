//! Pods and Pod templates.

use std::net::IpAddr;
use std::sync::Arc;

use super::{filled, meta, port, protocol};
use crate::Str;
use crate::api::core;
use crate::apiserver::draft::Draft;
use crate::cluster::{
    Container, ContainerPort, DnsPolicy, NodeId, Phase, Placement, Pod, PodSpec, PodTemplate,
};
use crate::origin::ObjectOrigin;
use crate::packet::parse_ip_sloppy;

/// A Pod that was written. `node_of` finds a node by name.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(in crate::apiserver) fn pod(
    draft: Draft<core::Pod>,
    origin: ObjectOrigin,
    node_of: impl Fn(&str) -> Option<NodeId>,
) -> Pod {
    let core::Pod {
        metadata,
        spec,
        status,
    } = draft.value;
    let node = spec.node_name.as_deref().and_then(node_of);
    Pod {
        hostname: filled(spec.hostname.clone()),
        subdomain: filled(spec.subdomain.clone()),
        placement: node.map_or_else(|| Placement::Pending(Vec::new()), Placement::On),
        owner: None,
        ips: ips(&status),
        phase: phase(status.phase.as_ref()),
        ready: is_ready(&status),
        terminating: metadata.deletion_timestamp.is_some(),
        spec: Arc::new(pod_spec(spec)),
        meta: meta(metadata, origin, draft.additions),
    }
}

/// The template of a workload.
pub(in crate::apiserver) fn pod_template(written: core::PodTemplateSpec) -> PodTemplate {
    PodTemplate {
        labels: written.metadata.labels,
        annotations: written.metadata.annotations,
        hostname: filled(written.spec.hostname.clone()),
        subdomain: filled(written.spec.subdomain.clone()),
        spec: Arc::new(pod_spec(written.spec)),
    }
}

/// The Ready condition.
pub(in crate::apiserver) fn is_ready(status: &core::PodStatus) -> bool {
    status
        .conditions
        .iter()
        .any(|condition| condition.type_ == "Ready" && condition.status == "True")
}

fn ips(status: &core::PodStatus) -> Vec<IpAddr> {
    let all: Vec<IpAddr> = status
        .pod_ips
        .iter()
        .filter_map(|written| parse_ip_sloppy(&written.ip))
        .collect();
    if all.is_empty() {
        status
            .pod_ip
            .as_deref()
            .and_then(parse_ip_sloppy)
            .into_iter()
            .collect()
    } else {
        all
    }
}

fn phase(name: Option<&Str>) -> Phase {
    match name.map(Str::as_str) {
        Some("Running") => Phase::Running,
        Some("Succeeded") => Phase::Succeeded,
        Some("Failed") => Phase::Failed,
        Some("Unknown") => Phase::Unknown,
        _ => Phase::Pending,
    }
}

#[inline(never)]
fn pod_spec(written: core::PodSpec) -> PodSpec {
    let host_network = written.host_network;
    PodSpec {
        containers: written
            .containers
            .into_iter()
            .map(|container| self::container(container, host_network))
            .collect(),
        sidecars: written
            .init_containers
            .into_iter()
            .filter(|container| container.restart_policy.as_deref() == Some("Always"))
            .map(|container| self::container(container, host_network))
            .collect(),
        node_name: filled(written.node_name),
        node_selector: written.node_selector,
        affinity: written.affinity,
        tolerations: written.tolerations,
        topology_spread: written.topology_spread_constraints,
        host_network,
        dns_policy: match written.dns_policy.as_deref() {
            Some("ClusterFirstWithHostNet") => DnsPolicy::ClusterFirstWithHostNet,
            Some("Default") => DnsPolicy::Default,
            Some("None") => DnsPolicy::None,
            _ => DnsPolicy::ClusterFirst,
        },
        dns_config: written.dns_config.unwrap_or_default(),
        host_aliases: written.host_aliases,
    }
}

fn container(written: core::Container, host_network: bool) -> Container {
    Container {
        name: written.name,
        readiness_probe: written.readiness_probe,
        ports: written
            .ports
            .into_iter()
            .filter_map(|port| container_port(port, host_network))
            .collect(),
    }
}

fn container_port(written: core::ContainerPort, host_network: bool) -> Option<ContainerPort> {
    let number = port(written.container_port?)?.get();
    let host_port = written.host_port.and_then(port).map(u16::from);
    Some(ContainerPort {
        name: filled(written.name),
        port: number,
        protocol: protocol(written.protocol.as_ref())?,
        host_port: host_port.or_else(|| host_network.then_some(number)),
    })
}

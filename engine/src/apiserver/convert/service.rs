//! Services.

use rustc_hash::FxHashSet;

use super::{filled, meta, port, protocol};
use crate::Str;
use crate::api::IntOrString;
use crate::api::core;
use crate::apiserver::addresses::parse_cidr_sloppy;
use crate::apiserver::defaults::CLIENT_IP_TIMEOUT;
use crate::apiserver::draft::Draft;
use crate::apiserver::families::family;
use crate::cluster::{
    FamilyPolicy, IngressPoint, IpMode, LoadBalancer, LoadBalancerIngress, Service, ServiceAddress,
    ServicePort, ServiceType, SessionAffinity, TargetPort, TrafficDistribution, TrafficPolicy,
};
use crate::origin::ObjectOrigin;
use crate::packet::parse_ip_sloppy;

/// A Service that was written. Ports that cannot be, or that say the same twice, are left out.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(in crate::apiserver) fn service(draft: Draft<core::Service>, origin: ObjectOrigin) -> Service {
    let core::Service {
        metadata,
        spec,
        status,
    } = draft.value;
    let type_ = match spec.type_.as_deref() {
        Some("NodePort") => ServiceType::NodePort,
        Some("LoadBalancer") => ServiceType::LoadBalancer,
        Some("ExternalName") => ServiceType::ExternalName,
        _ => ServiceType::ClusterIp,
    };
    let load_balancer = LoadBalancer {
        allocate_node_ports: spec.allocate_load_balancer_node_ports.unwrap_or(false),
        class: filled(spec.load_balancer_class.clone()),
        requested_ip: spec.load_balancer_ip.as_deref().and_then(parse_ip_sloppy),
        source_ranges: spec
            .load_balancer_source_ranges
            .iter()
            .filter_map(|text| parse_cidr_sloppy(text))
            .collect(),
        ingress: if type_ == ServiceType::LoadBalancer {
            ingress(&status.load_balancer)
        } else {
            Vec::new()
        },
    };
    Service {
        meta: meta(metadata, origin, draft.additions),
        type_,
        address: address(type_, &spec),
        families: spec
            .ip_families
            .iter()
            .filter_map(|name| family(name))
            .collect(),
        family_policy: match spec.ip_family_policy.as_deref() {
            Some("PreferDualStack") => FamilyPolicy::PreferDualStack,
            Some("RequireDualStack") => FamilyPolicy::RequireDualStack,
            _ => FamilyPolicy::SingleStack,
        },
        internal_traffic_policy: traffic_policy(spec.internal_traffic_policy.as_ref()),
        external_traffic_policy: traffic_policy(spec.external_traffic_policy.as_ref()),
        session_affinity: affinity(&spec),
        publish_not_ready_addresses: spec.publish_not_ready_addresses.unwrap_or(false),
        external_ips: spec
            .external_ips
            .iter()
            .filter_map(|text| parse_ip_sloppy(text))
            .collect(),
        traffic_distribution: match spec.traffic_distribution.as_deref() {
            Some("PreferSameZone" | "PreferClose") => Some(TrafficDistribution::PreferSameZone),
            Some("PreferSameNode") => Some(TrafficDistribution::PreferSameNode),
            _ => None,
        },
        health_check_node_port: spec.health_check_node_port.and_then(port),
        load_balancer,
        ports: ports(&spec.ports),
        selector: spec.selector,
    }
}

fn address(type_: ServiceType, spec: &core::ServiceSpec) -> ServiceAddress {
    if type_ == ServiceType::ExternalName {
        let name = spec.external_name.as_deref().unwrap_or_default();
        return ServiceAddress::ExternalName(name.strip_suffix('.').unwrap_or(name).into());
    }
    let given: &[Str] = if spec.cluster_ips.is_empty() {
        spec.cluster_ip.as_slice()
    } else {
        &spec.cluster_ips
    };
    if given.first().is_some_and(|ip| ip == "None") {
        return ServiceAddress::Headless;
    }
    ServiceAddress::ClusterIps(
        given
            .iter()
            .filter_map(|text| parse_ip_sloppy(text))
            .collect(),
    )
}

fn ports(written: &[core::ServicePort]) -> Vec<ServicePort> {
    let mut names = FxHashSet::default();
    let mut numbers = FxHashSet::default();
    let mut ports = Vec::with_capacity(written.len());
    for (index, written) in written.iter().enumerate() {
        let Some(admitted) = service_port(index, written) else {
            continue;
        };
        // The API server refuses both; kube-proxy could keep only one of them.
        if names.insert((admitted.name.clone(), admitted.protocol))
            && numbers.insert((admitted.port, admitted.protocol))
        {
            ports.push(admitted);
        }
    }
    ports
}

fn service_port(index: usize, written: &core::ServicePort) -> Option<ServicePort> {
    let number = port(written.port.unwrap_or(0))?;
    Some(ServicePort {
        name: written.name.clone().unwrap_or_default(),
        protocol: protocol(written.protocol.as_ref())?,
        port: number,
        target_port: match &written.target_port {
            None | Some(IntOrString::Int(0)) => TargetPort::Number(number),
            Some(IntOrString::Int(target)) => TargetPort::Number(port(*target)?),
            Some(IntOrString::String(name)) if name.is_empty() => TargetPort::Number(number),
            Some(IntOrString::String(name)) => TargetPort::Name(name.clone()),
        },
        node_port: written.node_port.and_then(port),
        app_protocol: filled(written.app_protocol.clone()),
        index,
    })
}

fn affinity(spec: &core::ServiceSpec) -> SessionAffinity {
    if spec.session_affinity.as_deref() != Some("ClientIP") {
        return SessionAffinity::None;
    }
    let timeout = spec
        .session_affinity_config
        .as_ref()
        .and_then(|config| config.client_ip.as_ref())
        .and_then(|client_ip| client_ip.timeout_seconds)
        .filter(|seconds| *seconds > 0)
        .unwrap_or(CLIENT_IP_TIMEOUT);
    SessionAffinity::ClientIp {
        timeout: u32::try_from(timeout).unwrap_or(u32::MAX),
    }
}

fn traffic_policy(name: Option<&Str>) -> TrafficPolicy {
    match name.map(Str::as_str) {
        Some("Local") => TrafficPolicy::Local,
        _ => TrafficPolicy::Cluster,
    }
}

fn ingress(status: &core::LoadBalancerStatus) -> Vec<LoadBalancerIngress> {
    let point = |written: &core::LoadBalancerIngress| {
        parse_ip_sloppy(&written.ip)
            .map(IngressPoint::Ip)
            .or_else(|| filled(Some(written.hostname.clone())).map(IngressPoint::Hostname))
    };
    status
        .ingress
        .iter()
        .filter_map(|written| {
            Some(LoadBalancerIngress {
                point: point(written)?,
                ip_mode: match written.ip_mode.as_deref() {
                    Some("Proxy") => IpMode::Proxy,
                    _ => IpMode::Vip,
                },
            })
        })
        .collect()
}

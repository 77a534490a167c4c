//! What kube-proxy knows of Services: one entry a port and family. Headless and ExternalName Services are none of its
//! business, and so are those that a label gives to another proxy.
//!
//! Source: kube-proxy, `serviceport.go`, `servicechangetracker.go`, and the label selector of its informers.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;
use std::ops::Range;

use ipnet::IpNet;

use crate::Str;
use crate::api::StringMap;
use crate::arena::Id;
use crate::cluster::{
    HEADLESS_LABEL, IngressPoint, IpMode, Service, ServiceAddress, ServiceId, ServiceType,
    SessionAffinity, TrafficPolicy,
};
use crate::packet::{Family, Protocol};

/// A Service (or slice) with this label belongs to another proxy.
const SERVICE_PROXY_NAME_LABEL: &str = "service.kubernetes.io/service-proxy-name";

/// A [`ServicePortInfo`] of [`super::Proxied::ports`].
pub type ServicePortId = Id<ServicePortInfo>;

/// One port of a Service, in one address family.
#[derive(Debug, Clone)]
pub struct ServicePortInfo {
    /// The Service.
    pub service: ServiceId,
    /// Which of [`Service::ports`].
    pub nth: usize,
    /// What rules, comments and hashes call it.
    pub name: ServicePortName,
    /// The port's own name; empty for the only, unnamed port.
    pub port_name: Str,
    /// Protocol.
    pub protocol: Protocol,
    /// `spec.clusterIPs`, the one of this family.
    pub cluster_ip: IpAddr,
    /// Port of the cluster IP, external IPs and load balancer addresses.
    pub port: NonZeroU16,
    /// Port of the nodes.
    pub node_port: Option<NonZeroU16>,
    /// `spec.externalIPs` of this family.
    pub external_ips: Vec<IpAddr>,
    /// `status.loadBalancer.ingress` addresses of this family whose packets arrive unchanged (`ipMode: VIP`).
    pub load_balancer_vips: Vec<IpAddr>,
    /// `spec.loadBalancerSourceRanges` of this family, without host bits.
    pub source_ranges: Vec<IpNet>,
    /// `spec.sessionAffinity`.
    pub session_affinity: SessionAffinity,
    /// `spec.healthCheckNodePort`, where kube-proxy serves it.
    pub health_check_node_port: Option<NonZeroU16>,
    /// What packets to the cluster IP follow.
    pub internal_policy: TrafficPolicy,
    /// What packets to all other addresses follow.
    pub external_policy: TrafficPolicy,
    /// Its part of [`super::Proxied::endpoints`].
    pub(super) endpoints: Range<u32>,
}

impl ServicePortInfo {
    /// Whether packets have a way in other than the cluster IP.
    pub fn externally_accessible(&self) -> bool {
        self.node_port.is_some()
            || !self.load_balancer_vips.is_empty()
            || !self.external_ips.is_empty()
    }

    /// Whether any packet follows policy Cluster. External policy Local counts too: Pods and processes of the node
    /// that call an external address are sent to all endpoints.
    pub fn uses_cluster_endpoints(&self) -> bool {
        self.internal_policy == TrafficPolicy::Cluster || self.externally_accessible()
    }

    /// Whether any packet follows policy Local.
    pub fn uses_local_endpoints(&self) -> bool {
        self.internal_policy == TrafficPolicy::Local
            || (self.external_policy == TrafficPolicy::Local && self.externally_accessible())
    }
}

/// `namespace/name:port`, without `:port` where the port has no name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServicePortName(Str);

impl ServicePortName {
    /// The name of a port of a Service.
    pub fn new(namespace: &str, service: &str, port: &str) -> Self {
        Self(if port.is_empty() {
            Str::from(format!("{namespace}/{service}"))
        } else {
            Str::from(format!("{namespace}/{service}:{port}"))
        })
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Takes a name as it is printed.
impl From<&str> for ServicePortName {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for ServicePortName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether kube-proxy sees the object at all: its informers ask for objects without these labels.
pub(super) fn is_watched(labels: &StringMap) -> bool {
    !labels.contains_key(SERVICE_PROXY_NAME_LABEL) && !labels.contains_key(HEADLESS_LABEL)
}

/// The ports of a Service that kube-proxy handles in a family; their endpoints are still to be found.
pub(super) fn ports_of(
    id: ServiceId,
    service: &Service,
    family: Family,
) -> impl Iterator<Item = ServicePortInfo> {
    let of_family = move |address: &IpAddr| Family::of(*address) == family;
    let cluster_ip = match &service.address {
        ServiceAddress::ClusterIps(addresses)
            if is_watched(&service.meta.labels) && service.type_ != ServiceType::ExternalName =>
        {
            addresses.iter().copied().find(of_family)
        }
        _ => None,
    };
    cluster_ip.into_iter().flat_map(move |cluster_ip| {
        service
            .ports
            .iter()
            .enumerate()
            .map(move |(nth, port)| ServicePortInfo {
                service: id,
                nth,
                name: ServicePortName::new(&service.meta.namespace, &service.meta.name, &port.name),
                port_name: port.name.clone(),
                protocol: port.protocol,
                cluster_ip,
                port: port.port,
                node_port: port.node_port,
                external_ips: service
                    .external_ips
                    .iter()
                    .copied()
                    .filter(of_family)
                    .collect(),
                load_balancer_vips: load_balancer_vips(service).filter(of_family).collect(),
                source_ranges: service
                    .load_balancer
                    .source_ranges
                    .iter()
                    .filter(|range| of_family(&range.addr()))
                    .map(IpNet::trunc)
                    .collect(),
                session_affinity: service.session_affinity,
                health_check_node_port: health_check_node_port(service),
                internal_policy: service.internal_traffic_policy,
                external_policy: external_policy(service),
                endpoints: 0..0,
            })
    })
}

fn load_balancer_vips(service: &Service) -> impl Iterator<Item = IpAddr> {
    service
        .load_balancer
        .ingress
        .iter()
        .filter(|ingress| ingress.ip_mode == IpMode::Vip)
        .filter_map(|ingress| match ingress.point {
            IngressPoint::Ip(address) => Some(address),
            IngressPoint::Hostname(_) => None,
        })
}

// Source: `apiservice.ExternalPolicyLocal`: the field means nothing without a way in.
fn external_policy(service: &Service) -> TrafficPolicy {
    if service.externally_accessible() {
        service.external_traffic_policy
    } else {
        TrafficPolicy::Cluster
    }
}

// Source: `apiservice.NeedsHealthCheck`.
fn health_check_node_port(service: &Service) -> Option<NonZeroU16> {
    (service.type_ == ServiceType::LoadBalancer
        && service.external_traffic_policy == TrafficPolicy::Local)
        .then_some(service.health_check_node_port)
        .flatten()
}

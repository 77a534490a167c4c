//! Services and their ports.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU16;

use ipnet::IpNet;

use super::Meta;
use crate::Str;
use crate::api::StringMap;
use crate::packet::{Family, Protocol};

/// A Service as stored.
#[derive(Debug, Clone)]
pub struct Service {
    /// Metadata.
    pub meta: Meta,
    /// `spec.type`.
    pub type_: ServiceType,
    /// What its name stands for.
    pub address: ServiceAddress,
    /// Empty: nobody fills its EndpointSlices but hand and other controllers.
    pub selector: StringMap,
    /// Ports, in the order of the spec.
    pub ports: Vec<ServicePort>,
    /// `spec.ipFamilies`, primary first; empty for ExternalName.
    pub families: Vec<Family>,
    /// `spec.ipFamilyPolicy`.
    pub family_policy: FamilyPolicy,
    /// `spec.internalTrafficPolicy`.
    pub internal_traffic_policy: TrafficPolicy,
    /// `spec.externalTrafficPolicy`; `Cluster` where the type has none.
    pub external_traffic_policy: TrafficPolicy,
    /// `spec.sessionAffinity` with its timeout.
    pub session_affinity: SessionAffinity,
    /// `spec.publishNotReadyAddresses`.
    pub publish_not_ready_addresses: bool,
    /// `spec.externalIPs`.
    pub external_ips: Vec<IpAddr>,
    /// `spec.trafficDistribution`.
    pub traffic_distribution: Option<TrafficDistribution>,
    /// `spec.healthCheckNodePort`.
    pub health_check_node_port: Option<NonZeroU16>,
    /// What only a LoadBalancer has.
    pub load_balancer: LoadBalancer,
}

impl Service {
    /// One of type ClusterIP that leaves everything else to the API server's defaults; `RequireDualStack` with two
    /// addresses.
    pub fn cluster_ip(meta: Meta, addresses: Vec<IpAddr>, ports: Vec<ServicePort>) -> Self {
        Self {
            meta,
            type_: ServiceType::ClusterIp,
            selector: StringMap::default(),
            ports,
            families: addresses.iter().copied().map(Family::of).collect(),
            family_policy: if addresses.len() > 1 {
                FamilyPolicy::RequireDualStack
            } else {
                FamilyPolicy::SingleStack
            },
            address: ServiceAddress::ClusterIps(addresses),
            internal_traffic_policy: TrafficPolicy::Cluster,
            external_traffic_policy: TrafficPolicy::Cluster,
            session_affinity: SessionAffinity::None,
            publish_not_ready_addresses: false,
            external_ips: Vec::new(),
            traffic_distribution: None,
            health_check_node_port: None,
            load_balancer: LoadBalancer::default(),
        }
    }

    /// Addresses in the cluster's service range, primary first; empty for headless and ExternalName.
    pub fn cluster_ips(&self) -> &[IpAddr] {
        match &self.address {
            ServiceAddress::ClusterIps(addresses) => addresses,
            ServiceAddress::Headless | ServiceAddress::ExternalName(_) => &[],
        }
    }

    /// Whether the address is `None`.
    pub fn is_headless(&self) -> bool {
        matches!(self.address, ServiceAddress::Headless)
    }

    /// Whether packets from outside have a way in: a node port, a load balancer or an external IP.
    ///
    /// Source: API server, `service.ExternallyAccessible`.
    pub fn externally_accessible(&self) -> bool {
        match self.type_ {
            ServiceType::NodePort | ServiceType::LoadBalancer => true,
            ServiceType::ClusterIp => !self.external_ips.is_empty(),
            ServiceType::ExternalName => false,
        }
    }
}

/// `spec.type`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[expect(missing_docs, reason = "the values of the API")]
pub enum ServiceType {
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    NodePort,
    LoadBalancer,
    ExternalName,
}

impl ServiceType {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterIp => "ClusterIP",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
            Self::ExternalName => "ExternalName",
        }
    }
}

/// What a Service's name resolves to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceAddress {
    /// Virtual addresses, primary family first. Empty only in stored state that carries none.
    ClusterIps(Vec<IpAddr>),
    /// `clusterIP: None`: the endpoints themselves.
    Headless,
    /// Another name, as written, without a final dot.
    ExternalName(Str),
}

/// One port of a Service.
#[derive(Debug, Clone)]
pub struct ServicePort {
    /// Empty for the only, unnamed port.
    pub name: Str,
    /// Protocol.
    pub protocol: Protocol,
    /// Port of the Service.
    pub port: NonZeroU16,
    /// Port of the Pods.
    pub target_port: TargetPort,
    /// Port of every node, for NodePort and LoadBalancer.
    pub node_port: Option<NonZeroU16>,
    /// Hint about the application.
    pub app_protocol: Option<Str>,
    /// Its number in `spec.ports` as written, for origins: ports that could not be admitted are left out here.
    pub index: usize,
}

impl ServicePort {
    /// The port `index` of the spec, whose Pods listen on the same number.
    pub fn new(index: usize, name: impl Into<Str>, protocol: Protocol, port: NonZeroU16) -> Self {
        Self {
            name: name.into(),
            protocol,
            port,
            target_port: TargetPort::Number(port),
            node_port: None,
            app_protocol: None,
            index,
        }
    }
}

/// `targetPort` after defaulting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetPort {
    /// The same on every Pod, declared or not.
    Number(NonZeroU16),
    /// Looked up in each Pod's containers.
    Name(Str),
}

/// `Cluster` or `Local`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TrafficPolicy {
    /// All endpoints.
    #[default]
    Cluster,
    /// Endpoints of the node that handles the packet.
    Local,
}

/// `spec.sessionAffinity`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SessionAffinity {
    /// Every connection is a new choice.
    #[default]
    None,
    /// By source address.
    ClientIp {
        /// Seconds without a new connection after which the choice is forgotten.
        timeout: u32,
    },
}

/// `spec.ipFamilyPolicy`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the values of the API")]
pub enum FamilyPolicy {
    #[default]
    SingleStack,
    PreferDualStack,
    RequireDualStack,
}

/// `spec.trafficDistribution`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrafficDistribution {
    /// `PreferSameZone`, and its old name `PreferClose`.
    PreferSameZone,
    /// `PreferSameNode`.
    PreferSameNode,
}

/// Fields of a LoadBalancer.
#[derive(Debug, Clone, Default)]
pub struct LoadBalancer {
    /// `spec.allocateLoadBalancerNodePorts`.
    pub allocate_node_ports: bool,
    /// `spec.loadBalancerClass`.
    pub class: Option<Str>,
    /// `spec.loadBalancerIP`: a wish to the cloud; kube-proxy never captures it.
    pub requested_ip: Option<IpAddr>,
    /// `spec.loadBalancerSourceRanges`, in order.
    pub source_ranges: Vec<IpNet>,
    /// `status.loadBalancer.ingress`.
    pub ingress: Vec<LoadBalancerIngress>,
}

/// One point of entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadBalancerIngress {
    /// Where clients connect.
    pub point: IngressPoint,
    /// What the load balancer does with the destination.
    pub ip_mode: IpMode,
}

/// Where clients connect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IngressPoint {
    /// An address.
    Ip(IpAddr),
    /// A name: nothing for kube-proxy to capture.
    Hostname(Str),
}

/// The address or name alone.
impl fmt::Display for IngressPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Hostname(name) => name.fmt(f),
        }
    }
}

/// `ipMode` of an ingress address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum IpMode {
    /// Packets arrive at the node with the load balancer's address: kube-proxy captures it.
    #[default]
    Vip,
    /// Packets arrive with the node's or the Pod's address.
    Proxy,
}

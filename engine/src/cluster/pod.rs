//! Pods.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Meta, NodeId, WorkloadId};
use crate::Str;
use crate::api::StringMap;
use crate::api::core::{Affinity, PodDnsConfig, Toleration, TopologySpreadConstraint};
use crate::packet::Protocol;

/// A Pod as stored, with the state that decides about its traffic.
#[derive(Debug, Clone)]
pub struct Pod {
    /// Metadata.
    pub meta: Meta,
    /// What it asked for; shared by the Pods of one template.
    pub spec: Arc<PodSpec>,
    /// The workload that keeps it, if it is in the cluster.
    pub owner: Option<WorkloadId>,
    /// Where it runs.
    pub placement: Placement,
    /// `spec.hostname`; a StatefulSet sets the Pod's name.
    pub hostname: Option<Str>,
    /// `spec.subdomain`; a StatefulSet sets its `serviceName`.
    pub subdomain: Option<Str>,
    /// `status.podIPs`, primary first; empty while it has none.
    pub ips: Vec<IpAddr>,
    /// `status.phase`.
    pub phase: Phase,
    /// The Ready condition.
    pub ready: bool,
    /// `metadata.deletionTimestamp` is set.
    pub terminating: bool,
}

impl Pod {
    /// The node that it runs on.
    pub fn node(&self) -> Option<NodeId> {
        match self.placement {
            Placement::On(node) => Some(node),
            Placement::Pending(_) => None,
        }
    }

    /// The number of a named port: containers first, then sidecars; name and protocol have to match.
    ///
    /// Source: `k8s.io/endpointslice`, `FindPort`.
    pub fn named_port(&self, name: &str, protocol: Protocol) -> Option<u16> {
        self.spec
            .ports()
            .filter(|port| port.protocol == protocol)
            .find(|port| port.name.as_deref() == Some(name))
            .map(|port| port.port)
    }

    /// Succeeded or Failed: it will not run again.
    pub fn is_terminal(&self) -> bool {
        matches!(self.phase, Phase::Succeeded | Phase::Failed)
    }
}

/// Where a Pod runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placement {
    /// On a node.
    On(NodeId),
    /// Nowhere: for each node why not, in the order of the nodes.
    Pending(Vec<(NodeId, Unfit)>),
}

/// Why a Pod does not fit on a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// `spec.nodeName` or a DaemonSet's affinity names another node.
    OtherNode,
    /// `spec.nodeSelector`: this label is missing or different.
    NodeSelector {
        /// Label.
        key: Str,
    },
    /// `requiredDuringScheduling` node affinity.
    NodeAffinity,
    /// A taint that is not tolerated.
    Taint {
        /// Its key.
        key: Str,
    },
    /// `spec.unschedulable`.
    Cordoned,
    /// Required affinity or anti-affinity to Pods.
    PodAffinity,
    /// A topology spread constraint.
    TopologySpread,
    /// A host port is taken.
    HostPort {
        /// The port.
        port: u16,
    },
}

/// `status.phase`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the values of the API")]
pub enum Phase {
    Pending,
    #[default]
    Running,
    Succeeded,
    Failed,
    Unknown,
}

/// The part of a Pod's spec that names, addresses and placement depend on.
#[derive(Debug, Clone, Default)]
pub struct PodSpec {
    /// Containers, in order.
    pub containers: Vec<Container>,
    /// Init containers with `restartPolicy: Always`, in order.
    pub sidecars: Vec<Container>,
    /// `spec.nodeName` as written.
    pub node_name: Option<Str>,
    /// `spec.nodeSelector`.
    pub node_selector: StringMap,
    /// `spec.affinity`, the required parts.
    pub affinity: Option<Affinity>,
    /// `spec.tolerations`.
    pub tolerations: Vec<Toleration>,
    /// `spec.topologySpreadConstraints`.
    pub topology_spread: Vec<TopologySpreadConstraint>,
    /// `spec.hostNetwork`: the Pod has its node's address.
    pub host_network: bool,
    /// `spec.dnsPolicy`.
    pub dns_policy: DnsPolicy,
    /// `spec.dnsConfig`.
    pub dns_config: PodDnsConfig,
    /// `spec.hostAliases`.
    pub host_aliases: Vec<crate::api::core::HostAlias>,
}

impl PodSpec {
    /// Declared ports: of the containers first, then of the sidecars.
    pub fn ports(&self) -> impl Iterator<Item = &ContainerPort> {
        let containers = self.containers.iter().chain(&self.sidecars);
        containers.flat_map(|container| &container.ports)
    }
}

/// A container, as far as it names ports.
#[derive(Debug, Clone, Default)]
pub struct Container {
    /// Name.
    pub name: Str,
    /// Declared ports.
    pub ports: Vec<ContainerPort>,
    /// What decides when it is ready.
    pub readiness_probe: Option<crate::api::core::Probe>,
}

/// A declared port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerPort {
    /// Name, for named target ports.
    pub name: Option<Str>,
    /// Number.
    pub port: u16,
    /// Protocol.
    pub protocol: Protocol,
    /// Port of the node that the CNI's portmap forwards.
    pub host_port: Option<u16>,
}

/// `spec.dnsPolicy`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the values of the API")]
pub enum DnsPolicy {
    #[default]
    ClusterFirst,
    ClusterFirstWithHostNet,
    Default,
    None,
}

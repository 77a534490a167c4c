//! Nodes.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Meta;
use crate::Str;
use crate::api::core::Taint;
use crate::packet::Family;

/// The label that holds a node's zone.
pub const ZONE_LABEL: &str = "topology.kubernetes.io/zone";

/// A node as stored.
#[derive(Debug, Clone)]
pub struct Node {
    /// Metadata. `meta.origin` is `None` for nodes that are assumed.
    pub meta: Meta,
    /// `status.addresses` that are addresses, in order.
    pub addresses: Vec<NodeAddress>,
    /// `spec.podCIDRs`.
    pub pod_cidrs: Vec<IpNet>,
    /// `spec.taints`.
    pub taints: Vec<Taint>,
    /// `spec.unschedulable`.
    pub cordoned: bool,
    /// The Ready condition; a node without conditions counts as ready.
    pub ready: bool,
    /// Nothing gets to it or from it: a change, never something that was written.
    pub cut_off: bool,
    /// `status.allocatable.cpu` in thousandths of a core.
    pub allocatable_millicpu: Option<u64>,
    /// Addresses on its interfaces, where configuration says more than `status.addresses`.
    pub local_addresses: Option<Vec<IpAddr>>,
}

impl Node {
    /// Its zone.
    pub fn zone(&self) -> Option<&Str> {
        self.meta
            .labels
            .get(ZONE_LABEL)
            .filter(|zone| !zone.is_empty())
    }

    /// The address that kube-proxy takes for the node's own, of a family: the first InternalIP, else the first ExternalIP.
    ///
    /// Source: `pkg/util/node`, `GetNodeHostIPs`.
    pub fn primary_address(&self, family: Family) -> Option<IpAddr> {
        let of = |type_| {
            self.addresses
                .iter()
                .find(|a| a.type_ == type_ && Family::of(a.address) == family)
                .map(|a| a.address)
        };
        of(NodeAddressType::InternalIp).or_else(|| of(NodeAddressType::ExternalIp))
    }
}

/// One of `status.addresses`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeAddress {
    /// Type.
    pub type_: NodeAddressType,
    /// Address.
    pub address: IpAddr,
}

/// Type of a node's address; names are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeAddressType {
    /// In the cluster's network.
    InternalIp,
    /// From outside.
    ExternalIp,
}

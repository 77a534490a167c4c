//! What kube-proxy knows of the node that it runs on. "Local" is relative to one of these.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Host;
use crate::Str;
use crate::cluster::{Cluster, Node};
use crate::order::Order;
use crate::packet::Family;

/// The node whose kube-proxy writes the rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeView {
    /// Name, as EndpointSlices name it.
    pub name: Str,
    /// Its zone, for hints.
    pub zone: Option<Str>,
    /// Addresses on its interfaces, loopback included, each once, in ascending order.
    pub local_addresses: Vec<IpAddr>,
    primary_v4: Option<IpAddr>,
    primary_v6: Option<IpAddr>,
}

impl NodeView {
    /// The node of this name. One that is not in the cluster has its name and loopback, and nothing else:
    /// kube-proxy runs before its Node object arrives, too.
    pub fn named(cluster: &Cluster, name: &str) -> Self {
        match cluster.node(name) {
            Some(node) => Self::of(&cluster.nodes[node]),
            None => Self {
                name: name.into(),
                zone: None,
                local_addresses: with_loopback([]),
                primary_v4: None,
                primary_v6: None,
            },
        }
    }

    /// A node of the cluster.
    pub fn of(node: &Node) -> Self {
        let local_addresses = match &node.local_addresses {
            Some(addresses) => with_loopback(addresses.iter().copied()),
            None => with_loopback(node.addresses.iter().map(|address| address.address)),
        };
        Self {
            name: node.meta.name.clone(),
            zone: node.zone().cloned(),
            local_addresses,
            primary_v4: node.primary_address(Family::V4),
            primary_v6: node.primary_address(Family::V6),
        }
    }

    /// The address that kube-proxy takes for the node's own, if the Node object says one.
    pub fn primary_address(&self, family: Family) -> Option<IpAddr> {
        match family {
            Family::V4 => self.primary_v4,
            Family::V6 => self.primary_v6,
        }
    }

    /// The same, loopback if there is none.
    ///
    /// Source: kube-proxy, `detectNodeIPs`.
    pub fn node_ip(&self, family: Family) -> IpAddr {
        self.primary_address(family).unwrap_or(match family {
            Family::V4 => Ipv4Addr::LOCALHOST.into(),
            Family::V6 => Ipv6Addr::LOCALHOST.into(),
        })
    }

    /// What rules can ask of this node's kernel.
    pub fn host(&self) -> Host {
        Host {
            local_addresses: self.local_addresses.clone(),
        }
    }
}

// Whatever is configured, `lo` has its addresses.
fn with_loopback(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut all: Vec<IpAddr> = addresses.into_iter().collect();
    all.push(Ipv4Addr::LOCALHOST.into());
    all.push(Ipv6Addr::LOCALHOST.into());
    all.order();
    all.dedup();
    all
}

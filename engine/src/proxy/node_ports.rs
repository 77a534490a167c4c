//! On which addresses of a node its node ports are open: `nodePortAddresses`.
//!
//! Source: kube-proxy, `util/nodeport_addresses.go`, and `server_linux.go` for `primary`.

use std::net::{IpAddr, Ipv4Addr};

use ipnet::IpNet;

use super::NodeView;
use crate::cluster::{NodePortAddresses, ProxyMode};
use crate::packet::Family;

/// Where node ports are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenOn {
    /// On every local address.
    All,
    /// On these, in ascending order, loopback addresses among them if the ranges hold any.
    Addresses(Vec<IpAddr>),
}

/// Where a node opens node ports of a family.
pub fn open_on(
    configured: &NodePortAddresses,
    mode: ProxyMode,
    family: Family,
    node: &NodeView,
) -> OpenOn {
    let ranges = ranges(configured, mode, family, node);
    // A range of all addresses makes the others pointless.
    if ranges.iter().any(|range| range.prefix_len() == 0) {
        return OpenOn::All;
    }
    OpenOn::Addresses(
        node.local_addresses
            .iter()
            .copied()
            .filter(|address| ranges.iter().any(|range| range.contains(address)))
            .collect(),
    )
}

/// Whether the ranges take in 127.0.0.0: without it, node ports on localhost are off whatever else is configured.
pub(super) fn contains_ipv4_loopback(
    configured: &NodePortAddresses,
    mode: ProxyMode,
    node: &NodeView,
) -> bool {
    let start = IpAddr::from(Ipv4Addr::new(127, 0, 0, 0));
    ranges(configured, mode, Family::V4, node)
        .iter()
        .any(|range| range.network().is_loopback() || range.contains(&start))
}

// No range of a family means all addresses of it, even if the other family has ranges.
fn ranges(
    configured: &NodePortAddresses,
    mode: ProxyMode,
    family: Family,
    node: &NodeView,
) -> Vec<IpNet> {
    let primary = || {
        node.primary_address(family)
            .filter(|address| !address.is_loopback())
            .map(IpNet::from)
            .into_iter()
            .collect()
    };
    let ranges: Vec<IpNet> = match (configured, mode) {
        (NodePortAddresses::Ranges(ranges), _) => ranges
            .iter()
            .filter(|range| Family::of(range.addr()) == family)
            .map(IpNet::trunc)
            .collect(),
        (NodePortAddresses::Primary, _) | (NodePortAddresses::Default, ProxyMode::Nftables) => {
            primary()
        }
        (NodePortAddresses::Default, ProxyMode::Iptables | ProxyMode::Ipvs) => Vec::new(),
    };
    if ranges.is_empty() {
        vec![match family {
            Family::V4 => IpNet::new_assert(IpAddr::from([0; 4]), 0),
            Family::V6 => IpNet::new_assert(IpAddr::from([0; 16]), 0),
        }]
    } else {
        ranges
    }
}

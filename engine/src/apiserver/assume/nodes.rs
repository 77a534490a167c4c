//! Nodes: those that objects name, those of a kind cluster, or three of nobody's.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use rustc_hash::FxHashSet;
use serde_json::json;

use super::assumed;
use crate::Str;
use crate::api::StringMap;
use crate::api::core::Taint;
use crate::apiserver::environment::KindNode;
use crate::cluster::{Cluster, Meta, Node, NodeAddress, NodeAddressType, ZONE_LABEL};
use crate::identity::draw;
use crate::packet::Family;

/// The nodes of a cluster of which nobody says anything: three in two zones.
const DEFAULT_NODES: [(&str, &str); 3] = [
    ("node-1", "zone-a"),
    ("node-2", "zone-b"),
    ("node-3", "zone-a"),
];

/// Where assumed nodes are, if nothing else is there.
const NODE_RANGES: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 18, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 16),
];

/// Where their IPv6 addresses are.
const NODE_RANGE_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x10, 0x192, 0x168, 0, 0, 0, 0);

/// Thousandths of a core of an assumed node.
const NODE_MILLICPU: u64 = 4000;

/// Label and taint of control-plane nodes.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// A node that a Pod or a slice names.
#[derive(Debug, Clone, Default)]
pub(in crate::apiserver) struct NamedNode {
    /// `status.hostIP` of a Pod there.
    pub(in crate::apiserver) address: Option<IpAddr>,
    /// The zone that a slice says it is in.
    pub(in crate::apiserver) zone: Option<Str>,
}

/// Nodes that are named but not written, those of a kind cluster, or the default ones if there is none at all.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(in crate::apiserver) fn nodes(
    cluster: &mut Cluster,
    kind: &[KindNode],
    named: &[(Str, NamedNode)],
) {
    let known: FxHashSet<Str> = cluster
        .nodes
        .values()
        .map(|node| node.meta.name.clone())
        .collect();
    for (name, facts) in named {
        if !known.contains(name) {
            cluster
                .nodes
                .push(node(name, facts.zone.as_ref(), facts.address));
        }
    }
    if cluster.nodes.is_empty() {
        for written in kind {
            let mut node = node(&written.name, None, None);
            node.meta.labels.extend(written.labels.clone());
            if written.tainted {
                node.taints.push(Taint {
                    key: CONTROL_PLANE.into(),
                    value: Str::default(),
                    effect: "NoSchedule".into(),
                });
            }
            cluster.nodes.push(node);
        }
    }
    if cluster.nodes.is_empty() {
        for (name, zone) in DEFAULT_NODES {
            cluster.nodes.push(node(name, Some(&zone.into()), None));
        }
    }
    addresses(cluster);
    pod_ranges(cluster);
    for (_, node) in cluster.nodes.iter_mut() {
        if node.allocatable_millicpu.is_none() {
            node.allocatable_millicpu = Some(NODE_MILLICPU);
            let cpu = format!("{NODE_MILLICPU}m");
            node.meta
                .additions
                .push(assumed("status.allocatable.cpu", json!(cpu)));
        }
    }
}

fn node(name: &str, zone: Option<&Str>, address: Option<IpAddr>) -> Node {
    let mut labels = StringMap::from([
        ("kubernetes.io/hostname".into(), name.into()),
        ("kubernetes.io/os".into(), "linux".into()),
    ]);
    if let Some(zone) = zone {
        labels.insert(ZONE_LABEL.into(), zone.clone());
    }
    let mut additions = vec![assumed(
        "",
        json!({"kind": "Node", "metadata": {"name": name}}),
    )];
    additions.extend(address.map(|address| assumed("status.addresses", address_list(&[address]))));
    Node {
        meta: Meta {
            name: name.into(),
            labels,
            additions,
            ..Meta::default()
        },
        addresses: address.map(internal).into_iter().collect(),
        pod_cidrs: Vec::new(),
        taints: Vec::new(),
        cordoned: false,
        cut_off: false,
        ready: true,
        allocatable_millicpu: Some(NODE_MILLICPU),
        local_addresses: None,
    }
}

/// An InternalIP of each family for every node that has no address, clear of everything that is known.
fn addresses(cluster: &mut Cluster) {
    let network = &cluster.environment.network;
    let mut families: Vec<Family> = Vec::new();
    for range in &network.service_cidrs {
        let family = Family::of(range.addr());
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let range = node_range(cluster);
    let mut taken: FxHashSet<IpAddr> = cluster
        .nodes
        .values()
        .flat_map(|node| node.addresses.iter().map(|written| written.address))
        .collect();
    for (_, node) in cluster.nodes.iter_mut() {
        if !node.addresses.is_empty() {
            continue;
        }
        for family in &families {
            let Some(address) = node_address(&node.meta.name, range, *family, &taken) else {
                continue;
            };
            taken.insert(address);
            node.addresses.push(internal(address));
        }
        let list: Vec<_> = node
            .addresses
            .iter()
            .map(|written| written.address)
            .collect();
        node.meta
            .additions
            .push(assumed("status.addresses", address_list(&list)));
    }
}

/// The first of the usual ranges that nothing else is in.
fn node_range(cluster: &Cluster) -> Ipv4Net {
    let network = &cluster.environment.network;
    let is_free = |range: &Ipv4Net| {
        let range = IpNet::V4(*range);
        let nodes = cluster.nodes.values().flat_map(|node| &node.pod_cidrs);
        !network
            .pod_cidrs
            .iter()
            .chain(&network.service_cidrs)
            .chain(nodes)
            .any(|taken| taken.contains(&range) || range.contains(taken))
    };
    NODE_RANGES
        .into_iter()
        .find(is_free)
        .unwrap_or(NODE_RANGES[0])
}

/// The three default nodes are neighbours; others start anywhere in the range.
fn node_address(
    name: &str,
    range: Ipv4Net,
    family: Family,
    taken: &FxHashSet<IpAddr>,
) -> Option<IpAddr> {
    const HOSTS: u64 = 1 << 16;
    let start = default_node(name).map_or_else(|| draw(&["Node", name]), |nth| 11 + nth);
    (0..HOSTS)
        .map(|step| start.wrapping_add(step) % HOSTS)
        .filter(|host| !matches!(host & 0xff, 0 | 1 | 255))
        .map(|host| match family {
            Family::V4 => {
                let host = u32::try_from(host).unwrap_or_default();
                IpAddr::V4((u32::from(range.network()) | host).into())
            }
            Family::V6 => IpAddr::V6((u128::from(NODE_RANGE_V6) | u128::from(host)).into()),
        })
        .find(|address| !taken.contains(address))
}

fn default_node(name: &str) -> Option<u64> {
    let place = DEFAULT_NODES.iter().position(|(node, _)| *node == name)?;
    u64::try_from(place).ok()
}

/// A part of the Pod range for every node that has none.
fn pod_ranges(cluster: &mut Cluster) {
    let ranges = cluster.environment.network.pod_cidrs.clone();
    for range in ranges {
        // As kube-controller-manager's --node-cidr-mask-size: /24 and /64, or smaller in a small range.
        let length = match Family::of(range.addr()) {
            Family::V4 => 24_u8.max(range.prefix_len().saturating_add(2)).min(30),
            Family::V6 => 64_u8.max(range.prefix_len().saturating_add(2)).min(126),
        };
        let parts: u64 = 1 << u32::from(length.saturating_sub(range.prefix_len())).min(32);
        let mut taken: FxHashSet<IpAddr> = cluster
            .nodes
            .values()
            .flat_map(|node| node.pod_cidrs.iter().map(IpNet::network))
            .collect();
        for (_, node) in cluster.nodes.iter_mut() {
            let family = Family::of(range.addr());
            if node
                .pod_cidrs
                .iter()
                .any(|cidr| Family::of(cidr.addr()) == family)
            {
                continue;
            }
            let start = default_node(&node.meta.name)
                .unwrap_or_else(|| draw(&["podCIDR", &node.meta.name]));
            let part = (0..parts)
                .filter_map(|step| subnet(range, length, start.wrapping_add(step) % parts))
                .find(|cidr| !taken.contains(&cidr.network()));
            let Some(cidr) = part else { continue };
            taken.insert(cidr.network());
            node.pod_cidrs.push(cidr);
            let texts: Vec<String> = node.pod_cidrs.iter().map(IpNet::to_string).collect();
            node.meta
                .additions
                .push(assumed("spec.podCIDRs", json!(texts)));
        }
    }
}

fn subnet(range: IpNet, length: u8, number: u64) -> Option<IpNet> {
    let shift = u32::from(range.max_prefix_len().checked_sub(length)?);
    let distance = u128::from(number).checked_shl(shift)?;
    let address = match range.network() {
        IpAddr::V4(base) => {
            let sum = u128::from(u32::from(base)).checked_add(distance)?;
            IpAddr::V4(u32::try_from(sum).ok()?.into())
        }
        IpAddr::V6(base) => IpAddr::V6(u128::from(base).checked_add(distance)?.into()),
    };
    IpNet::new(address, length).ok()
}

fn internal(address: IpAddr) -> NodeAddress {
    NodeAddress {
        type_: NodeAddressType::InternalIp,
        address,
    }
}

fn address_list(addresses: &[IpAddr]) -> serde_json::Value {
    addresses
        .iter()
        .map(|address| json!({"type": "InternalIP", "address": address.to_string()}))
        .collect()
}

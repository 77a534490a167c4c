//! By which node traffic from outside enters the cluster.
//!
//! Nobody says for external IPs; a load balancer chooses among the nodes that its health check likes. Either way each
//! candidate is an alternative. Nodes whose rules must treat the packet alike are walked once: five thousand nodes without
//! an endpoint are one way, not five thousand.

use std::net::IpAddr;

use rustc_hash::{FxHashMap, FxHashSet};

use super::because::Facts;
use crate::Str;
use crate::cluster::{NodeId, NodePortAddresses};
use crate::network::ServiceDoor;
use crate::proxy::Share;

/// Nodes with their shares of all packets.
pub(super) type Entries = Vec<(NodeId, Share)>;

/// Nodes that treat the packet alike.
#[derive(Debug)]
pub(super) struct Group {
    /// At least one; the first stands for all. Shares are of all packets that come to the nodes.
    pub(super) nodes: Entries,
    /// Together.
    pub(super) share: Share,
    /// Whether there was a choice at all.
    pub(super) is_open: bool,
}

/// The candidates in groups: the chosen one alone, if it is a candidate; all nodes, if there is no list.
pub(super) fn groups(
    facts: Facts<'_>,
    door: Option<ServiceDoor>,
    candidates: Option<&[NodeId]>,
    chosen: Option<NodeId>,
) -> Vec<Group> {
    let cluster = facts.cluster;
    let all: Vec<NodeId> = match candidates {
        Some(candidates) => candidates.to_vec(),
        None => cluster.nodes.iter().map(|(id, _)| id).collect(),
    };
    let fixed = cluster
        .environment
        .options
        .entry_node
        .as_deref()
        .and_then(|name| cluster.node(name))
        .filter(|node| all.contains(node));
    let only = chosen.or(fixed).filter(|node| all.contains(node));
    if let Some(node) = only {
        let share = match fixed {
            Some(fixed) if fixed == node => Share::ALL,
            _ => Share::one_of(all.len() as u64),
        };
        return vec![Group {
            nodes: vec![(node, share)],
            share,
            is_open: fixed != Some(node),
        }];
    }
    let each = Share::one_of(all.len() as u64);
    let with_endpoints = door
        .map(|door| nodes_with_endpoints(facts, door))
        .unwrap_or_default();
    let mut groups: Vec<Group> = Vec::new();
    let mut alike: FxHashMap<Option<Str>, usize> = FxHashMap::default();
    for node in all {
        let stored = &cluster.nodes[node];
        let special = with_endpoints.contains(&stored.meta.name)
            // Whether a node port is open depends on the node's addresses.
            || matches!(cluster.environment.proxy.node_port_addresses, NodePortAddresses::Ranges(_));
        let zone = stored.zone().cloned();
        match alike.get(&zone).filter(|_| !special) {
            Some(nth) => {
                let group = &mut groups[*nth];
                group.nodes.push((node, each));
                group.share = group.share.plus(each);
            }
            None => {
                if !special {
                    alike.insert(zone, groups.len());
                }
                groups.push(Group {
                    nodes: vec![(node, each)],
                    share: each,
                    is_open: true,
                });
            }
        }
    }
    groups
}

// By name, as slices have them. Any family: a node too many in here costs a walk, one too few would be wrong.
fn nodes_with_endpoints(facts: Facts<'_>, door: ServiceDoor) -> FxHashSet<Str> {
    let cluster = facts.cluster;
    let mut nodes = FxHashSet::default();
    for (_, slice) in cluster.slices_of(door.service) {
        for endpoint in &slice.endpoints {
            nodes.extend(endpoint.node_name.clone());
            // An endpoint may be a node itself, under its address.
            let address: Option<IpAddr> = endpoint.addresses.first().and_then(|a| a.parse().ok());
            if let Some(crate::network::Whose::Node(node)) =
                address.map(|address| facts.network.whose(address))
            {
                nodes.insert(cluster.nodes[node].meta.name.clone());
            }
        }
    }
    nodes
}

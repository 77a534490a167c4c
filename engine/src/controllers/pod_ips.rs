//! Addresses of Pods: what the CNI's address management would draw from the node's range.
//!
//! Every Pod that runs and has no address gets one of each family of its node's `podCIDRs`; a Pod on the host's network has
//! its node's. Drawn from identity, next free on a clash; never the network's own address, the gateway's (the first) or
//! IPv4's broadcast. The ranges themselves are `apiserver`'s business.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Value, json};

use super::{Identity, assume};
use crate::cluster::{Cluster, NodeId, Phase, Pod, PodId};
use crate::finding::{ControllerProblem, Findings};
use crate::identity::combined;
use crate::order::Order;
use crate::origin::FieldPath;
use crate::packet::Family;

/// Addresses of a range that are drawn from: more than any node runs Pods.
const MOST_ADDRESSES: u64 = 1 << 16;

/// Draws before the range is searched from its start.
const DRAWS: u64 = 8;

/// Gives addresses to the Pods that run without.
pub(super) fn assign(cluster: &mut Cluster, identities: &[Identity], findings: &mut Findings) {
    let mut pools = Pools::of(cluster);
    // The first Pods of all workloads come first: when one is scaled up, its new Pods find the others' addresses taken and
    // not the other way round.
    let mut without: Vec<(u32, u64, PodId)> = cluster
        .pods
        .iter()
        .zip(identities)
        .filter(|((_, pod), _)| {
            pod.ips.is_empty() && pod.node().is_some() && !pod.is_terminal() && runs(pod)
        })
        .map(|((id, _), identity)| (identity.ordinal, identity.own(), id))
        .collect();
    without.order();
    let mut exhausted: FxHashMap<NodeId, (PodId, usize)> = FxHashMap::default();
    for (_, drawn, id) in without {
        let pod = &cluster.pods[id];
        let Some(node) = pod.node() else { continue };
        let ips = if pod.spec.host_network {
            host_addresses(cluster, node)
        } else {
            pools.draw(node, drawn)
        };
        let pod = &mut cluster.pods[id];
        if ips.is_empty() {
            exhausted.entry(node).or_insert((id, 0)).1 += 1;
            continue;
        }
        let text = ips.iter().map(|ip| Value::from(ip.to_string())).collect();
        assume(&mut pod.meta, "status.podIPs", Value::Array(text));
        pod.ips = ips;
        if pod.phase == Phase::Pending {
            pod.phase = Phase::Running;
            pod.ready = true;
            assume(&mut pod.meta, "status.phase", "Running");
            let ready = json!([{ "type": "Ready", "status": "True" }]);
            assume(&mut pod.meta, "status.conditions", ready);
        }
    }
    let mut exhausted: Vec<_> = exhausted.into_iter().collect();
    exhausted.order();
    for (node, (pod, pods)) in exhausted {
        let node = &cluster.nodes[node];
        findings.push_related(
            node.meta.at("spec.podCIDR"),
            cluster
                .pod_origin(&cluster.pods[pod], "")
                .into_iter()
                .collect(),
            ControllerProblem::PodRangeExhausted {
                node: node.meta.name.clone(),
                ranges: node
                    .pod_cidrs
                    .iter()
                    .map(|range| range.to_string().into())
                    .collect(),
                pods,
            },
        );
    }
}

/// A Pod that a controller made is only waiting for its address; a written one says itself whether it runs.
fn runs(pod: &Pod) -> bool {
    match pod.phase {
        Phase::Running => true,
        Phase::Pending => {
            pod.meta.origin.is_none() || pod.meta.why(&FieldPath::from("status.phase")).is_some()
        }
        Phase::Succeeded | Phase::Failed | Phase::Unknown => false,
    }
}

fn host_addresses(cluster: &Cluster, node: NodeId) -> Vec<IpAddr> {
    let node = &cluster.nodes[node];
    let mut addresses: Vec<IpAddr> = [Family::V4, Family::V6]
        .into_iter()
        .filter_map(|family| node.primary_address(family))
        .collect();
    // The family that the node names first is its Pods' primary one.
    let first = node
        .addresses
        .first()
        .map(|first| Family::of(first.address));
    addresses.order_by_key(|address| Some(Family::of(*address)) != first);
    addresses
}

/// The ranges of all nodes, and what is taken of them.
struct Pools {
    of_node: Vec<Vec<Pool>>,
    taken: FxHashSet<IpAddr>,
}

struct Pool {
    first: u128,
    count: u64,
    family: Family,
    /// Everything below is taken.
    searched: u64,
}

impl Pools {
    fn of(cluster: &Cluster) -> Self {
        let of_node = cluster
            .nodes
            .values()
            .map(|node| {
                node.pod_cidrs
                    .iter()
                    .filter_map(|range| Pool::of(*range))
                    .collect()
            })
            .collect();
        let pods = cluster
            .pods
            .values()
            .flat_map(|pod| pod.ips.iter().copied());
        let nodes = cluster
            .nodes
            .values()
            .flat_map(|node| node.addresses.iter().map(|address| address.address));
        let services = cluster
            .services
            .values()
            .flat_map(|service| service.cluster_ips().iter().copied());
        Self {
            of_node,
            taken: pods.chain(nodes).chain(services).collect(),
        }
    }

    /// One address of each of the node's ranges; none if one of them has none left.
    fn draw(&mut self, node: NodeId, drawn: u64) -> Vec<IpAddr> {
        let mut drawn_addresses = Vec::new();
        for pool in &mut self.of_node[node.number() as usize] {
            match pool.draw(drawn, &self.taken) {
                Some(address) => drawn_addresses.push(address),
                None => return Vec::new(),
            }
        }
        self.taken.extend(drawn_addresses.iter().copied());
        drawn_addresses
    }
}

impl Pool {
    fn of(range: IpNet) -> Option<Self> {
        let family = Family::of(range.addr());
        let size = 1_u128
            .checked_shl(u32::from(range.max_prefix_len() - range.prefix_len()))
            .unwrap_or(u128::MAX);
        let reserved = match family {
            Family::V4 => 3,
            Family::V6 => 2,
        };
        let count = size
            .saturating_sub(reserved)
            .min(u128::from(MOST_ADDRESSES)) as u64;
        (count > 0).then(|| Self {
            first: number(range.network()) + 2,
            count,
            family,
            searched: 0,
        })
    }

    fn draw(&mut self, drawn: u64, taken: &FxHashSet<IpAddr>) -> Option<IpAddr> {
        let at = |nth: u64| address(self.first + u128::from(nth), self.family);
        let by_draw = (0..DRAWS)
            .map(|attempt| match attempt {
                0 => drawn % self.count,
                _ => combined(drawn, attempt) % self.count,
            })
            .map(at)
            .find(|address| !taken.contains(address));
        if by_draw.is_some() {
            return by_draw;
        }
        let nth = (self.searched..self.count).find(|nth| !taken.contains(&at(*nth)));
        let found = nth.map(at);
        self.searched = nth.map_or(self.count, |nth| nth + 1);
        found
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        IpAddr::V6(address) => u128::from(address),
    }
}

fn address(number: u128, family: Family) -> IpAddr {
    match family {
        Family::V4 => IpAddr::V4(Ipv4Addr::from(number as u32)),
        Family::V6 => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

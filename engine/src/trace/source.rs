//! Who sends: from the words of a probe to somebody in the cluster, with an address.

use std::net::IpAddr;

use super::because::Facts;
use super::outcome::NotSent;
use super::probe::Source;
use crate::cluster::{Cluster, NodeId, Placement, Pod, PodId, WorkloadId};
use crate::network::{Network, Whose};
use crate::packet::Family;

/// Port that clients send from: an example from Linux's ephemeral range (32768 to 60999).
pub(super) const CLIENT_PORT: u16 = 40000;

/// Who sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// A process in a Pod, host network or not.
    Pod(PodId),
    /// A process on a node.
    Node(NodeId),
    /// An address in the Pod network that only a slice knows, on this node.
    Endpoint(NodeId, IpAddr),
    /// A client outside.
    Outside(Option<IpAddr>),
}

pub(super) fn sender(
    cluster: &Cluster,
    network: &Network,
    source: &Source,
) -> Result<Sender, NotSent> {
    match source {
        Source::Pod { namespace, name } => {
            let pod = named(
                cluster.pods.iter().map(|(id, pod)| (id, &pod.meta)),
                namespace.as_deref(),
                name,
            )?;
            placed(&cluster.pods[pod])?;
            Ok(Sender::Pod(pod))
        }
        Source::Workload {
            workload,
            namespace,
            name,
        } => {
            let of_kind = cluster
                .workloads
                .iter()
                .filter(|(_, candidate)| candidate.kind.name() == workload);
            let workload = named(
                of_kind.map(|(id, candidate)| (id, &candidate.meta)),
                namespace.as_deref(),
                name,
            )?;
            let mut why = NotSent::NoPods;
            for (id, pod) in cluster.pods.iter() {
                if keeps(cluster, workload, pod) {
                    match placed(pod) {
                        Ok(()) => return Ok(Sender::Pod(id)),
                        Err(reason) => why = reason,
                    }
                }
            }
            Err(why)
        }
        Source::Node { name } => cluster
            .node(name)
            .map(Sender::Node)
            .ok_or(NotSent::NoSuchSource),
        Source::Outside { address } => Ok(Sender::Outside(*address)),
        Source::Address { address } => match network.whose(*address) {
            Whose::Pod(pod) => placed(&cluster.pods[pod]).map(|()| Sender::Pod(pod)),
            Whose::Node(node) => Ok(Sender::Node(node)),
            Whose::Endpoint(Some(node)) => Ok(Sender::Endpoint(node, *address)),
            Whose::Endpoint(None) => Err(NotSent::NotPlaced),
            Whose::VacantPodAddress(Some(node)) => Ok(Sender::Endpoint(node, *address)),
            Whose::VacantPodAddress(None)
            | Whose::Service(..)
            | Whose::VacantServiceAddress
            | Whose::Loopback => Err(NotSent::NoSuchSource),
            Whose::Outside => Ok(Sender::Outside(Some(*address))),
        },
    }
}

impl Sender {
    /// The node that its packets enter first; `None` outside.
    pub(super) fn node(self, cluster: &Cluster) -> Option<NodeId> {
        match self {
            Self::Pod(pod) => cluster.pods[pod].node(),
            Self::Node(node) | Self::Endpoint(node, _) => Some(node),
            Self::Outside(_) => None,
        }
    }

    /// Whether it is a process in a node's own network namespace.
    pub(super) fn is_process(self, cluster: &Cluster) -> bool {
        match self {
            Self::Pod(pod) => cluster.pods[pod].spec.host_network,
            Self::Node(_) => true,
            Self::Endpoint(..) | Self::Outside(_) => false,
        }
    }

    /// Whether it could use an address of this family at all.
    pub(super) fn speaks(self, cluster: &Cluster, family: Family) -> bool {
        let any = |address: Option<IpAddr>| address.is_some();
        match self {
            Self::Pod(pod) if !cluster.pods[pod].spec.host_network => {
                any(address_of(&cluster.pods[pod], family))
            }
            Self::Pod(_) | Self::Node(_) => {
                let node = self.node(cluster).map(|node| &cluster.nodes[node]);
                any(node.and_then(|node| crate::network::source_address(node, family)))
            }
            Self::Endpoint(_, address) | Self::Outside(Some(address)) => {
                Family::of(address) == family
            }
            Self::Outside(None) => true,
        }
    }

    /// The address that it sends from to this destination.
    pub(super) fn address(self, facts: Facts<'_>, to: IpAddr) -> Option<IpAddr> {
        let cluster = facts.cluster;
        let family = Family::of(to);
        match self {
            Self::Pod(pod) if !cluster.pods[pod].spec.host_network => {
                if to.is_loopback() {
                    return Some(to);
                }
                address_of(&cluster.pods[pod], family)
            }
            Self::Pod(_) | Self::Node(_) => facts
                .kernel(self.node(cluster)?, family)
                .process_address(to),
            Self::Endpoint(_, address) | Self::Outside(Some(address)) => {
                (Family::of(address) == family).then_some(address)
            }
            Self::Outside(None) => Some(facts.network.example_client(family)),
        }
    }
}

fn address_of(pod: &Pod, family: Family) -> Option<IpAddr> {
    pod.ips.iter().copied().find(|ip| Family::of(*ip) == family)
}

// Without a namespace: in `default`, else the only one of that name.
fn named<'a, T>(
    all: impl Iterator<Item = (T, &'a crate::cluster::Meta)>,
    namespace: Option<&str>,
    name: &str,
) -> Result<T, NotSent> {
    let mut elsewhere = None;
    let mut several = false;
    for (id, meta) in all.filter(|(_, meta)| meta.name == name) {
        if meta.namespace == namespace.unwrap_or("default") {
            return Ok(id);
        }
        several |= elsewhere.is_some();
        elsewhere = Some(id);
    }
    match (namespace, elsewhere) {
        (None, Some(_)) if several => Err(NotSent::AmbiguousSource),
        (None, Some(id)) => Ok(id),
        _ => Err(NotSent::NoSuchSource),
    }
}

fn placed(pod: &Pod) -> Result<(), NotSent> {
    if pod.is_terminal() {
        return Err(NotSent::Finished);
    }
    match pod.placement {
        Placement::On(_) => Ok(()),
        Placement::Pending(_) => Err(NotSent::NotPlaced),
    }
}

// Directly, or through a ReplicaSet or Job. Owners of owners are few; a circle of them ends.
fn keeps(cluster: &Cluster, workload: WorkloadId, pod: &Pod) -> bool {
    let mut owner = pod.owner;
    for _ in 0..4 {
        match owner {
            Some(id) if id == workload => return true,
            Some(id) => owner = cluster.workloads[id].owner,
            None => return false,
        }
    }
    false
}

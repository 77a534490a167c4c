//! Who is connected to whom: the cluster as a graph of objects.
//!
//! Nodes of the graph are ids, edges say why. It serves the map, "what depends on this", topmost owners, and the
//! findings about objects that do not find each other ([`inspect`]). It decides no packet's way: `trace` does.
//! petgraph's indexes never leave this module.

mod reach;
mod services;
mod slices;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use petgraph::graph::{Graph, NodeIndex};
use petgraph::visit::{Dfs, EdgeRef, Reversed};
use rustc_hash::FxHashMap;

use crate::Str;
use crate::api::OwnerReference;
use crate::cluster::{Cluster, NodeId, Pod, PodId, ServiceAddress, ServiceId, SliceId, WorkloadId};
use crate::finding::Findings;
use crate::order::Order;
use crate::selector::{self, LabelIndex};

/// Findings about objects that do not find each other, or find others than they seem to.
pub fn inspect(cluster: &Cluster, topology: &Topology, findings: &mut Findings) {
    reach::inspect(cluster, topology, findings);
    services::inspect(cluster, topology, findings);
    slices::inspect(cluster, findings);
}

/// Something that can be drawn, pointed at and depended on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// A Service.
    Service(ServiceId),
    /// A workload.
    Workload(WorkloadId),
    /// A Pod.
    Pod(PodId),
    /// A node.
    Node(NodeId),
    /// An endpoint that is no Pod of the cluster: an address of a hand-written EndpointSlice.
    Address(Str),
    /// A name outside the cluster that an ExternalName stands for.
    Name(Str),
}

/// Why the first depends on the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// Service → Pod: the selector matches the labels, whether or not the Pod is an endpoint.
    Selects,
    /// Service → Pod or address: an endpoint of this slice, by its number in it.
    Serves {
        /// The slice.
        slice: SliceId,
        /// The endpoint in `slice.endpoints`.
        endpoint: u32,
    },
    /// Service → Service or name: ExternalName.
    Alias,
    /// Pod → workload, workload → workload: who keeps it.
    OwnedBy,
    /// Pod → node.
    RunsOn,
    /// StatefulSet → Service: `serviceName`.
    GovernedBy,
}

/// One of those who made a Pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner<'c> {
    /// A workload of the cluster.
    Workload(WorkloadId),
    /// An `ownerReferences` entry names it, and it is not in the cluster, or no workload.
    Missing(&'c OwnerReference),
}

/// The graph.
#[derive(Debug, Default)]
pub struct Topology {
    graph: Graph<Entity, Relation>,
    index: FxHashMap<Entity, NodeIndex>,
}

impl Topology {
    /// The graph of a cluster whose controllers have run.
    pub fn of(cluster: &Cluster) -> Self {
        let mut topology = Self::default();
        // Arena order first, so that neighbours come out in the order of creation.
        for (id, _) in cluster.services.iter() {
            topology.node(Entity::Service(id));
        }
        let names = Names::of(cluster);
        topology.ownership(cluster, &names);
        topology.selection(cluster);
        topology.endpoints(cluster, &names);
        topology.aliases(cluster, &names);
        topology
    }

    /// What an entity depends on directly, in the order of creation.
    pub fn dependencies(&self, of: &Entity) -> Vec<(Relation, &Entity)> {
        let Some(&node) = self.index.get(of) else {
            return Vec::new();
        };
        let mut edges: Vec<_> = self
            .graph
            .edges(node)
            .map(|edge| (edge.id(), *edge.weight(), &self.graph[edge.target()]))
            .collect();
        // petgraph lists the newest edge first.
        edges.order_by_key(|(edge, ..)| *edge);
        edges
            .into_iter()
            .map(|(_, relation, entity)| (relation, entity))
            .collect()
    }

    /// Everything that depends on an entity, however indirectly: what is touched when it goes away.
    pub fn affected_by(&self, entity: &Entity) -> BTreeSet<&Entity> {
        let Some(&start) = self.index.get(entity) else {
            return BTreeSet::new();
        };
        let upstream = Reversed(&self.graph);
        let mut search = Dfs::new(upstream, start);
        let mut affected = BTreeSet::new();
        while let Some(next) = search.next(upstream) {
            if next != start {
                affected.insert(&self.graph[next]);
            }
        }
        affected
    }

    /// The Pods that a Service's selector matches.
    pub fn selected(&self, service: ServiceId) -> impl Iterator<Item = PodId> {
        self.dependencies(&Entity::Service(service))
            .into_iter()
            .filter_map(|(relation, entity)| match (relation, entity) {
                (Relation::Selects, Entity::Pod(pod)) => Some(*pod),
                _ => None,
            })
    }

    /// Those of them that have not ended.
    fn unfinished<'c>(&self, cluster: &'c Cluster, service: ServiceId) -> Vec<&'c Pod> {
        self.selected(service)
            .map(|pod| &cluster.pods[pod])
            .filter(|pod| !pod.is_terminal())
            .collect()
    }

    /// The workload at the top of a Pod's owners: the Deployment rather than its ReplicaSet.
    pub fn topmost_owner(&self, pod: PodId) -> Option<WorkloadId> {
        self.workloads_above(pod).pop()
    }

    /// Who made a Pod, the topmost first: Deployment, then ReplicaSet.
    pub fn owners<'c>(&self, cluster: &'c Cluster, pod: PodId) -> Vec<Owner<'c>> {
        let workloads = self.workloads_above(pod);
        let top = workloads.last().map(|id| &cluster.workloads[*id]);
        let (meta, owner) = match top {
            Some(workload) => (&workload.meta, workload.owner),
            None => (&cluster.pods[pod].meta, None),
        };
        let missing = meta.controlled_by.as_ref().filter(|_| owner.is_none());
        missing
            .map(Owner::Missing)
            .into_iter()
            .chain(workloads.into_iter().rev().map(Owner::Workload))
            .collect()
    }

    /// The workloads that a Pod hangs from, its own first.
    fn workloads_above(&self, pod: PodId) -> Vec<WorkloadId> {
        let mut above = Vec::new();
        let mut next = self.owner(&Entity::Pod(pod));
        // Owner references are written by people too and may form a ring.
        while let Some(owner) = next.filter(|owner| !above.contains(owner)) {
            above.push(owner);
            next = self.owner(&Entity::Workload(owner));
        }
        above
    }

    fn owner(&self, of: &Entity) -> Option<WorkloadId> {
        self.dependencies(of)
            .into_iter()
            .find_map(|(relation, entity)| match (relation, entity) {
                (Relation::OwnedBy, Entity::Workload(owner)) => Some(*owner),
                _ => None,
            })
    }

    fn ownership(&mut self, cluster: &Cluster, names: &Names) {
        for (id, workload) in cluster.workloads.iter() {
            if let Some(owner) = workload.owner {
                self.connect(
                    Entity::Workload(id),
                    Relation::OwnedBy,
                    Entity::Workload(owner),
                );
            }
            let governing = workload.service_name.as_ref();
            if let Some(service) =
                governing.and_then(|name| names.service(&workload.meta.namespace, name))
            {
                self.connect(
                    Entity::Workload(id),
                    Relation::GovernedBy,
                    Entity::Service(service),
                );
            }
        }
        for (id, pod) in cluster.pods.iter() {
            if let Some(owner) = pod.owner {
                self.connect(Entity::Pod(id), Relation::OwnedBy, Entity::Workload(owner));
            }
            if let Some(node) = pod.node() {
                self.connect(Entity::Pod(id), Relation::RunsOn, Entity::Node(node));
            }
        }
    }

    fn selection(&mut self, cluster: &Cluster) {
        let labelled = cluster
            .pods
            .iter()
            .map(|(id, pod)| (id, &pod.meta.namespace, &pod.meta.labels));
        let pods = LabelIndex::of(labelled);
        for (id, service) in cluster
            .services
            .iter()
            .filter(|(_, service)| !service.selector.is_empty())
        {
            for &pod in pods.candidates(&service.meta.namespace, &service.selector) {
                if selector::contains(&cluster.pods[pod].meta.labels, &service.selector) {
                    self.connect(Entity::Service(id), Relation::Selects, Entity::Pod(pod));
                }
            }
        }
    }

    fn endpoints(&mut self, cluster: &Cluster, names: &Names) {
        for (id, slice) in cluster.slices.iter() {
            let name = slice.service.as_deref().unwrap_or_default();
            let Some(service) = names.service(&slice.meta.namespace, name) else {
                continue;
            };
            for (number, endpoint) in slice.endpoints.iter().enumerate() {
                let target = match (endpoint.pod, endpoint.addresses.first()) {
                    (Some(pod), _) => Entity::Pod(pod),
                    (None, Some(address)) => Entity::Address(address.clone()),
                    (None, None) => continue,
                };
                let number = u32::try_from(number).expect("a slice fits in memory");
                self.connect(
                    Entity::Service(service),
                    Relation::Serves {
                        slice: id,
                        endpoint: number,
                    },
                    target,
                );
            }
        }
    }

    fn aliases(&mut self, cluster: &Cluster, names: &Names) {
        for (id, service) in cluster.services.iter() {
            let ServiceAddress::ExternalName(name) = &service.address else {
                continue;
            };
            let target = names
                .inside(name)
                .map_or_else(|| Entity::Name(name.clone()), Entity::Service);
            self.connect(Entity::Service(id), Relation::Alias, target);
        }
    }

    fn node(&mut self, entity: Entity) -> NodeIndex {
        *self
            .index
            .entry(entity)
            .or_insert_with_key(|entity| self.graph.add_node(entity.clone()))
    }

    fn connect(&mut self, from: Entity, relation: Relation, to: Entity) {
        let (from, to) = (self.node(from), self.node(to));
        self.graph.add_edge(from, to, relation);
    }
}

/// Services by name, for as long as the graph is built.
struct Names<'a> {
    services: FxHashMap<(&'a str, &'a str), ServiceId>,
    /// `.svc.cluster.local`
    suffix: String,
}

impl<'a> Names<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        let named = |(id, service): (ServiceId, &'a crate::cluster::Service)| {
            (
                (service.meta.namespace.as_str(), service.meta.name.as_str()),
                id,
            )
        };
        Self {
            services: cluster.services.iter().map(named).collect(),
            suffix: format!(".svc.{}", cluster.environment.network.dns_domain),
        }
    }

    fn service(&self, namespace: &str, name: &str) -> Option<ServiceId> {
        self.services.get(&(namespace, name)).copied()
    }

    /// The Service that an external name points back to: `name.namespace.svc.<domain>`.
    fn inside(&self, name: &str) -> Option<ServiceId> {
        let (service, namespace) = name
            .trim_end_matches('.')
            .strip_suffix(&self.suffix)?
            .split_once('.')?;
        self.service(namespace, service)
    }
}

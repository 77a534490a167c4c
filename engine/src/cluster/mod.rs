//! The cluster *as admitted*: what the API server stores once defaults, validation and allocation are done.
//!
//! `apiserver` makes it from what was written, `controllers` add Pods, placement and EndpointSlices; every later
//! stage only reads it. Fields that the API server fills are not `Option` here. What was added, and why, stands
//! beside the object in [`Meta::additions`].

mod environment;
mod node;
mod pod;
mod service;
mod slice;
mod workload;

pub use environment::*;
pub use node::*;
pub use pod::*;
pub use service::*;
pub use slice::*;
pub use workload::*;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::Str;
use crate::api::{OwnerReference, StringMap};
use crate::arena::{Arena, Id};
use crate::origin::{FieldPath, ObjectOrigin, Origin};

/// All objects, by kind, in the order of their creation.
#[derive(Debug, Clone, Default)]
pub struct Cluster {
    /// Settings of the cluster's components.
    pub environment: Environment,
    /// Namespaces, written or named by an object.
    pub namespaces: Arena<Namespace>,
    /// Nodes.
    pub nodes: Arena<Node>,
    /// Services.
    pub services: Arena<Service>,
    /// Workloads.
    pub workloads: Arena<Workload>,
    /// Pods: written ones first, then those that workloads make.
    pub pods: Arena<Pod>,
    /// Endpoints objects (the deprecated API), written by hand.
    pub endpoints: Arena<Endpoints>,
    /// EndpointSlices: written, computed and mirrored.
    pub slices: Arena<EndpointSlice>,
    /// Where objects are that only an operator understands.
    pub custom_resources: CustomResources,
    /// What changes to the running cluster left behind.
    pub aftermath: Aftermath,
}

/// What is left of changes ("what if") once they are made.
#[derive(Debug, Clone, Default)]
pub struct Aftermath {
    /// Changes that met nothing, by their numbers.
    pub unmet: Vec<usize>,
    /// The cluster as nodes that are cut off still know it: with every other change, and with all nodes in reach.
    pub last_seen: Option<Arc<Cluster>>,
}

/// Objects of kinds that Kubernetes itself does not have: somebody's operator makes something of them, we do not know what.
#[derive(Debug, Clone, Default)]
pub struct CustomResources {
    /// Definitions were written: an operator comes with them.
    pub defined: bool,
    /// Namespaces in which some were written.
    pub namespaces: BTreeSet<Str>,
}

impl CustomResources {
    /// Whether an operator may make or change Pods of this namespace.
    pub fn may_act_in(&self, namespace: &str) -> bool {
        self.defined || self.namespaces.contains(namespace)
    }
}

/// A [`Namespace`] of a [`Cluster`].
pub type NamespaceId = Id<Namespace>;
/// A [`Node`] of a [`Cluster`].
pub type NodeId = Id<Node>;
/// A [`Service`] of a [`Cluster`].
pub type ServiceId = Id<Service>;
/// A [`Workload`] of a [`Cluster`].
pub type WorkloadId = Id<Workload>;
/// A [`Pod`] of a [`Cluster`].
pub type PodId = Id<Pod>;
/// An [`EndpointSlice`] of a [`Cluster`].
pub type SliceId = Id<EndpointSlice>;

impl Cluster {
    /// The Service of this name.
    pub fn service(&self, namespace: &str, name: &str) -> Option<ServiceId> {
        find(&self.services, |service| &service.meta, namespace, name)
    }

    /// The Pod of this name.
    pub fn pod(&self, namespace: &str, name: &str) -> Option<PodId> {
        find(&self.pods, |pod| &pod.meta, namespace, name)
    }

    /// The node of this name.
    pub fn node(&self, name: &str) -> Option<NodeId> {
        find(&self.nodes, |node| &node.meta, "", name)
    }

    /// The namespace of this name.
    pub fn namespace(&self, name: &str) -> Option<NamespaceId> {
        find(&self.namespaces, |namespace| &namespace.meta, "", name)
    }

    /// Where a field of a Pod was written: in the Pod, or in the template of the workload that made it.
    ///
    /// `spec.containers[0].ports[0]` of a Deployment's Pod is the Deployment's `spec.template.spec.containers[0].ports[0]`.
    pub fn pod_origin(&self, pod: &Pod, path: impl Into<FieldPath>) -> Option<Origin> {
        let path = path.into();
        if let Some(object) = pod.meta.origin {
            return Some(object.at(path));
        }
        let mut next = pod.owner;
        // An owner chain is Pod, ReplicaSet, Deployment or Pod, Job, CronJob; a hostile one may be a circle.
        for _ in 0..4 {
            let workload = &self.workloads[next?];
            if let Some(object) = workload.meta.origin {
                let mut steps = workload.template_path();
                steps.0.extend(path.0);
                return Some(object.at(steps));
            }
            next = workload.owner;
        }
        None
    }

    /// The workload at the top: the Deployment of a ReplicaSet, the CronJob of a Job, or the workload itself.
    pub fn topmost(&self, workload: WorkloadId) -> WorkloadId {
        let mut top = workload;
        for _ in 0..4 {
            match self.workloads[top].owner {
                Some(owner) => top = owner,
                None => break,
            }
        }
        top
    }

    /// EndpointSlices of a Service: found by the label `kubernetes.io/service-name`, as all consumers do.
    pub fn slices_of(&self, service: ServiceId) -> impl Iterator<Item = (SliceId, &EndpointSlice)> {
        let meta = &self.services[service].meta;
        self.slices.iter().filter(move |(_, slice)| {
            slice.meta.namespace == meta.namespace && slice.service.as_ref() == Some(&meta.name)
        })
    }
}

// A look-up for an edge (a probe, a question); stages that look up per object build their own index.
fn find<T>(
    arena: &Arena<T>,
    meta: impl Fn(&T) -> &Meta,
    namespace: &str,
    name: &str,
) -> Option<Id<T>> {
    arena
        .iter()
        .find(|(_, value)| meta(value).name == name && meta(value).namespace == namespace)
        .map(|(id, _)| id)
}

/// What every stored object has.
#[derive(Debug, Clone, Default)]
pub struct Meta {
    /// Empty for cluster-scoped kinds.
    pub namespace: Str,
    /// Unique within kind and namespace.
    pub name: Str,
    /// The prefix that the API server completed to `name`; empty when the name was chosen.
    pub generate_name: Str,
    /// Labels.
    pub labels: StringMap,
    /// Annotations.
    pub annotations: StringMap,
    /// The one `ownerReferences` entry that manages the object (`controller: true`), in the cluster or not.
    pub controlled_by: Option<OwnerReference>,
    /// Where it was written; `None` for objects that a controller or an assumption made.
    pub origin: Option<ObjectOrigin>,
    /// What is not as written, in the order in which it was added.
    pub additions: Vec<Addition>,
    /// The API server would refuse the object; what makes sense of it is here all the same, so that the rest of the
    /// picture survives.
    pub refused: bool,
}

impl Meta {
    /// `namespace/name`, or the name alone.
    pub fn full_name(&self) -> String {
        if self.namespace.is_empty() {
            self.name.to_string()
        } else {
            format!("{}/{}", self.namespace, self.name)
        }
    }

    /// The place of a field, if the object was written.
    pub fn at(&self, path: impl Into<FieldPath>) -> Option<Origin> {
        self.origin.map(|object| object.at(path))
    }

    /// Why the value at this path (or above it) is not as written; `None`: it was given.
    pub fn why(&self, path: &FieldPath) -> Option<Why> {
        self.additions
            .iter()
            .rev()
            .find(|addition| path.0.starts_with(&addition.path.0))
            .map(|addition| addition.why)
    }
}

/// A value that the cluster put beside what was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Addition {
    /// Field.
    pub path: FieldPath,
    /// Its value in the API's JSON; `null` takes the written value away.
    pub value: serde_json::Value,
    /// Why.
    pub why: Why,
}

/// Why a value is not as written.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Why {
    /// The API's documented default: certain.
    Defaulted,
    /// The API server draws it from a range: a real cluster may draw another.
    Allocated,
    /// A controller or the scheduler or a person would write it: assumed.
    Assumed,
    /// The API server takes it away (a status on create, a setting that does not fit the type).
    Wiped,
}

/// The namespaces that every cluster has, written or not.
pub(crate) const OWN_NAMESPACES: [&str; 4] =
    ["default", "kube-system", "kube-public", "kube-node-lease"];

/// `Namespace`.
#[derive(Debug, Clone, Default)]
pub struct Namespace {
    /// Metadata.
    pub meta: Meta,
}

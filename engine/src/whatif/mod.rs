//! What if: typed changes to a cluster, as a person would make them or a fault would.
//!
//! A change is data. Here is what can be said and how it is written; what comes of it is decided where Kubernetes decides
//! it. Changes of a Service are changes of the object before the API server sees it ([`amend`]); what happens to Pods,
//! nodes and workloads happens to the running cluster, and the controllers react (`controllers::changes`). So slices, DNS,
//! rules and findings follow by the pipeline that made them in the first place.
//!
//! ```
//! use switchboard_engine::whatif::Change;
//!
//! let change: Change = "node/n1=drained".parse()?;
//! assert_eq!(change.to_string(), "node/n1=drained");
//! assert_eq!(change.command(), "kubectl drain n1 --ignore-daemonsets --delete-emptydir-data --force");
//! # Ok::<(), switchboard_engine::whatif::ChangeError>(())
//! ```

mod amend;
mod difference;
mod parse;
#[cfg(test)]
mod tests;
mod words;

pub use amend::amend;
pub use difference::{Difference, How, Object, differences};
pub use parse::ChangeError;

use serde::{Deserialize, Serialize};

use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::cluster::{Egress, LoadBalancerProvider, Options, ProxyMode, TrafficPolicy};

/// Pods that a workload can be scaled to: what is made of one at most.
pub const MOST_REPLICAS: u32 = 5_000;

/// One change. Written as [`str::parse`] reads it and [`std::fmt::Display`] prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Change {
    /// Something happens to a Pod.
    Pod {
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
        /// What.
        becomes: PodFate,
    },
    /// Something happens to a node.
    Node {
        /// Its name.
        name: Str,
        /// What.
        becomes: NodeFate,
    },
    /// A workload gets another number of replicas.
    Scale {
        /// Deployment, StatefulSet, ReplicaSet or ReplicationController.
        kind: WorkloadKind,
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
        /// How many.
        replicas: u32,
    },
    /// A Service is of another type.
    ServiceType {
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
        /// Which.
        becomes: ServiceKind,
    },
    /// A Service has another `externalTrafficPolicy`.
    ExternalTrafficPolicy {
        /// Its namespace.
        namespace: Str,
        /// Its name.
        name: Str,
        /// Which.
        policy: TrafficPolicy,
    },
    /// kube-proxy runs in another mode, on every node.
    ProxyMode(ProxyMode),
    /// The CNI does something else with Pod traffic that leaves the cluster.
    Egress(Egress),
    /// Somebody else, or nobody, serves LoadBalancer Services.
    LoadBalancer(LoadBalancerProvider),
    /// Outside traffic enters by another node; `None`: by any.
    EntryNode(Option<Str>),
}

impl Change {
    /// Whether it says of the same object, or the same setting, what this other change says of it: of two such changes only
    /// one is meant.
    pub fn replaces(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Pod {
                    namespace, name, ..
                },
                Self::Pod {
                    namespace: other_namespace,
                    name: other_name,
                    ..
                },
            )
            | (
                Self::ServiceType {
                    namespace, name, ..
                },
                Self::ServiceType {
                    namespace: other_namespace,
                    name: other_name,
                    ..
                },
            )
            | (
                Self::ExternalTrafficPolicy {
                    namespace, name, ..
                },
                Self::ExternalTrafficPolicy {
                    namespace: other_namespace,
                    name: other_name,
                    ..
                },
            ) => (namespace, name) == (other_namespace, other_name),
            (Self::Node { name, .. }, Self::Node { name: other, .. }) => name == other,
            (
                Self::Scale {
                    kind,
                    namespace,
                    name,
                    ..
                },
                Self::Scale {
                    kind: other_kind,
                    namespace: other_namespace,
                    name: other_name,
                    ..
                },
            ) => (kind, namespace, name) == (other_kind, other_namespace, other_name),
            (Self::ProxyMode(_), Self::ProxyMode(_))
            | (Self::Egress(_), Self::Egress(_))
            | (Self::LoadBalancer(_), Self::LoadBalancer(_))
            | (Self::EntryNode(_), Self::EntryNode(_)) => true,
            _ => false,
        }
    }

    /// Sets the option that this is a change of; `false`: it is a change of something else.
    pub fn set_option(&self, options: &mut Options) -> bool {
        match self {
            Self::Egress(egress) => options.egress = *egress,
            Self::LoadBalancer(provider) => options.load_balancer = *provider,
            Self::EntryNode(node) => options.entry_node.clone_from(node),
            _ => return false,
        }
        true
    }
}

/// What can happen to a Pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PodFate {
    /// Its readiness probe fails: Ready is False.
    NotReady,
    /// It is being deleted and still answers. A ReplicaSet or Job has begun another, which is not ready yet.
    Terminating,
    /// It is deleted, and what its workload makes instead is ready.
    Gone,
}

/// What can happen to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeFate {
    /// Its kubelet says that it is not ready. Its network works. This is the first five minutes: later, Pods without a
    /// toleration are evicted.
    NotReady,
    /// Nothing gets to it or from it. The control plane sees it as unreachable (the first five minutes of it, too); its
    /// kube-proxy keeps the rules that it had.
    CutOff,
    /// `kubectl cordon`: no new Pods.
    Cordoned,
    /// `kubectl drain`: cordoned, and all Pods but a DaemonSet's are evicted. No PodDisruptionBudget is in the way.
    Drained,
    /// The Node object is deleted, and the Pods that were on it are cleaned up.
    Gone,
}

/// The types of Service as people speak of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ServiceKind {
    /// `type: ClusterIP`.
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    /// `type: ClusterIP` with `clusterIP: None`.
    #[serde(rename = "headless")]
    Headless,
    /// `type: NodePort`.
    NodePort,
    /// `type: LoadBalancer`.
    LoadBalancer,
    /// `type: ExternalName`.
    ExternalName,
}

impl ServiceKind {
    /// All of them, from the inside outwards.
    pub const ALL: [Self; 5] = [
        Self::ClusterIp,
        Self::Headless,
        Self::NodePort,
        Self::LoadBalancer,
        Self::ExternalName,
    ];
}

//! What a controller or the scheduler cannot do, or does to somebody's surprise.

use super::Symptom;
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::cluster::Unfit;
use crate::packet::Family;

/// What a controller or the scheduler cannot do, or does to somebody's surprise.
#[derive(Debug, Clone, PartialEq)]
pub enum ControllerProblem {
    /// No node takes Pods.
    Unschedulable {
        /// `namespace/name` of one of them.
        pod: Str,
        /// How many Pods of the same workload have no node for this reason.
        pods: usize,
        /// The topmost workload: kind and `namespace/name`.
        workload: Option<(WorkloadKind, Str)>,
        /// Nodes of the cluster.
        nodes: usize,
        /// Why, with the number of nodes; most frequent first.
        reasons: Vec<(Unfit, usize)>,
    },
    /// Pods are placed on nodes that nobody wrote, as if these had the labels that the Pods ask for.
    NodeLabelsAssumed {
        /// `Pod`, or the kind of the topmost workload.
        kind: &'static str,
        /// `namespace/name`.
        name: Str,
    },
    /// A node has no more addresses for Pods.
    PodRangeExhausted {
        /// Node.
        node: Str,
        /// Its `podCIDRs`.
        ranges: Vec<Str>,
        /// Pods that stay without an address.
        pods: usize,
    },
    /// More Pods than are made here.
    TooManyPods {
        /// Kind of the workload.
        kind: WorkloadKind,
        /// `namespace/name`.
        workload: Str,
        /// Pods that a cluster would try to run.
        wanted: u64,
        /// Pods that are here.
        made: usize,
    },
    /// A workload takes over a Pod that was written by itself.
    PodAdopted {
        /// `namespace/name`.
        pod: Str,
        /// Kind of the workload.
        kind: WorkloadKind,
        /// Its name.
        workload: Str,
    },
    /// Slices of a dump that do not fit its Pods.
    SlicesDrifted {
        /// `namespace/name`.
        service: Str,
        /// Addresses that the controller would add.
        missing: Vec<Str>,
        /// Addresses that it would remove.
        surplus: Vec<Str>,
        /// Addresses whose state it would change.
        changed: Vec<Str>,
    },
    /// `topology-mode: Auto` without effect.
    TopologyHintsDisabled {
        /// `namespace/name`.
        service: Str,
        /// Hints are given family by family.
        family: Family,
        /// Why.
        obstacle: HintsObstacle,
    },
    /// Nobody gives a LoadBalancer its address.
    LoadBalancerPending {
        /// `namespace/name`.
        service: Str,
        /// `spec.loadBalancerClass`; `None`: there is no load balancer controller at all.
        class: Option<Str>,
    },
    /// Endpoints that no Service has.
    EndpointsWithoutService {
        /// `namespace/name`.
        endpoints: Str,
    },
    /// More addresses in a subset than are mirrored.
    EndpointsTooManyToMirror {
        /// `namespace/name`.
        endpoints: Str,
        /// Addresses left out.
        skipped: usize,
    },
}

/// What stands in the way of topology-aware hints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HintsObstacle {
    /// A node without zone or CPU, or fewer than two zones.
    NodeInfo,
    /// Fewer ready endpoints than zones.
    TooFewEndpoints {
        /// Ready endpoints.
        endpoints: usize,
        /// Zones.
        zones: usize,
    },
    /// Some endpoint would get more than 20 % above its share.
    Overload {
        /// Ready endpoints.
        endpoints: usize,
        /// Zones.
        zones: usize,
    },
    /// An endpoint on a node without a zone.
    EndpointWithoutZone,
}

impl ControllerProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Unschedulable { .. } => "pod-pending",
            Self::NodeLabelsAssumed { .. } => "node-labels-assumed",
            Self::PodRangeExhausted { .. } => "pod-range-exhausted",
            Self::TooManyPods { .. } => "too-many-pods",
            Self::PodAdopted { .. } => "pod-adopted",
            Self::SlicesDrifted { .. } => "slices-drifted",
            Self::TopologyHintsDisabled { .. } => "topology-hints-disabled",
            Self::LoadBalancerPending { .. } => "load-balancer-pending",
            Self::EndpointsWithoutService { .. } => "endpoints-without-service",
            Self::EndpointsTooManyToMirror { .. } => "endpoints-too-many-to-mirror",
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::Unschedulable { .. }
            | Self::PodRangeExhausted { .. }
            | Self::LoadBalancerPending { .. } => Symptom::Pending,
            Self::EndpointsWithoutService { .. } => Symptom::NoSuchHost,
            _ => Symptom::Nothing,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Unschedulable {
                pod,
                pods,
                workload,
                nodes,
                reasons,
            } => {
                let who = match workload {
                    Some((kind, name)) if *pods > 1 => {
                        format!("{pods} Pods of {} {name} stay Pending", kind.name())
                    }
                    Some((kind, name)) => format!("A Pod of {} {name} stays Pending", kind.name()),
                    None => format!("Pod {pod} stays Pending"),
                };
                let why: Vec<String> = reasons
                    .iter()
                    .map(|(unfit, nodes)| format!("{nodes} {}", because(unfit)))
                    .collect();
                if why.is_empty() {
                    format!("{who}: 0/{nodes} nodes are available.")
                } else {
                    format!("{who}: 0/{nodes} nodes are available: {}.", why.join(", "))
                }
            }
            Self::NodeLabelsAssumed { kind, name } => format!(
                "No node has the labels that {kind} {name} asks for, and the nodes are assumed: they are taken to fit. Paste Nodes to see what really happens."
            ),
            Self::PodRangeExhausted { node, ranges, pods } => format!(
                "Node {node} has no address left in {} for {pods} of its Pods.",
                if ranges.is_empty() {
                    "any range".to_owned()
                } else {
                    ranges.join(", ")
                }
            ),
            Self::TooManyPods {
                kind,
                workload,
                wanted,
                made,
            } => format!(
                "{} {workload} wants {wanted} Pods; {made} of them are shown and simulated.",
                kind.name()
            ),
            Self::PodAdopted {
                pod,
                kind,
                workload,
            } => format!(
                "{} {workload} adopts Pod {pod}: nothing manages the Pod and its labels match the selector. It counts as one of its own.",
                kind.name()
            ),
            Self::SlicesDrifted {
                service,
                missing,
                surplus,
                changed,
            } => {
                let parts: Vec<String> = [
                    ("add", missing),
                    ("remove", surplus),
                    ("change the state of", changed),
                ]
                .into_iter()
                .filter(|(_, addresses)| !addresses.is_empty())
                .map(|(verb, addresses)| format!("{verb} {}", some(addresses)))
                .collect();
                format!(
                    "The EndpointSlices of Service {service} are not what its controller would write for these Pods: it would {}. The slices are used as they stand.",
                    parts.join(", ")
                )
            }
            Self::TopologyHintsDisabled {
                service,
                family,
                obstacle,
            } => format!(
                "Service {service} asks for topology-aware hints and gets none: {}, addressType: {family}.",
                obstacle.message()
            ),
            Self::LoadBalancerPending {
                service,
                class: None,
            } => format!(
                "Nothing serves LoadBalancer Services here: the address of {service} stays pending, its node ports work."
            ),
            Self::LoadBalancerPending {
                service,
                class: Some(class),
            } => format!(
                "Service {service} waits for a controller of loadBalancerClass {class}, which is not modelled: its address stays pending."
            ),
            Self::EndpointsWithoutService { endpoints } => {
                format!("Endpoints {endpoints} belong to no Service of that name and lead nowhere.")
            }
            Self::EndpointsTooManyToMirror { endpoints, skipped } => format!(
                "Only 1000 addresses of a subset of Endpoints {endpoints} are mirrored to EndpointSlices; {skipped} are left out."
            ),
        }
    }
}

impl HintsObstacle {
    /// As the controller's event says it.
    fn message(self) -> String {
        match self {
            Self::NodeInfo => "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes".to_owned(),
            Self::TooFewEndpoints { endpoints, zones } => {
                format!("Insufficient number of endpoints ({endpoints} endpoints, {zones} zones)")
            }
            Self::Overload { endpoints, zones } => format!(
                "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold ({endpoints} endpoints, {zones} zones)"
            ),
            Self::EndpointWithoutZone => {
                "One or more endpoints do not have a zone specified".to_owned()
            }
        }
    }
}

/// As kube-scheduler's event says it, after a number of nodes.
fn because(unfit: &Unfit) -> String {
    match unfit {
        Unfit::OtherNode => "node(s) didn't match the requested node name".to_owned(),
        Unfit::NodeSelector { .. } | Unfit::NodeAffinity => {
            "node(s) didn't match Pod's node affinity/selector".to_owned()
        }
        Unfit::Taint { key } => format!("node(s) had untolerated taint {key}"),
        Unfit::Cordoned => "node(s) were unschedulable".to_owned(),
        Unfit::PodAffinity => "node(s) didn't match pod affinity/anti-affinity rules".to_owned(),
        Unfit::TopologySpread => "node(s) didn't match pod topology spread constraints".to_owned(),
        Unfit::HostPort { .. } => {
            "node(s) didn't have free ports for the requested pod ports".to_owned()
        }
    }
}

fn some(addresses: &[Str]) -> String {
    const SHOWN: usize = 3;
    let shown = addresses[..addresses.len().min(SHOWN)].join(", ");
    match addresses.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

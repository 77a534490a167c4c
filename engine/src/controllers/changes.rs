//! Something happens to the running cluster, and the controllers react: Pods that fail or go, nodes that fail or are
//! drained, workloads that are scaled.
//!
//! What is not touched stays where it is, with the addresses that it has. Of a live dump, the EndpointSlices that the
//! controller wrote for a Service that a change touches are written anew; endpoints of Pods that the dump does not hold
//! stay in them. Slices written by hand stay: nobody would change them.
//!
//! Sources: `pkg/controller/nodelifecycle` (`MarkPodsNotReady`, taints), `pkg/controller/podgc`, `kubectl drain`,
//! `pkg/controller/controller_utils.go` (`ActivePodsWithRanks`), `pkg/controller/statefulset`, `pkg/controller/replicaset`
//! (a Pod that is being deleted does not count), `pkg/controller/daemon`.

use rustc_hash::{FxHashMap, FxHashSet};

use super::endpointslice::{self, is_managed};
use super::workloads::{self, Names, Seat};
use super::{Identity, assume, ownership, settle_pods};
use crate::api::StringMap;
use crate::api::apps::WorkloadKind;
use crate::api::core::Taint;
use crate::apiserver::Entrance;
use crate::cluster::{Cluster, NodeId, Placement, Pod, PodId, Service, ServiceId, WorkloadId};
use crate::finding::{ControllerProblem, Finding, Findings, Problem};
use crate::order::Order;
use crate::selector;
use crate::whatif::{Change, NodeFate, PodFate};
use crate::{Str, origin::FieldPath};

/// Lets the changes happen, in order. Gives the Services whose endpoints they touch.
pub(super) fn happen(
    cluster: &mut Cluster,
    entrance: Entrance,
    changes: &[Change],
    identities: &mut Vec<Identity>,
    findings: &mut Findings,
) -> FxHashSet<ServiceId> {
    if changes.is_empty() {
        return FxHashSet::default();
    }
    endpointslice::link_pods(cluster);
    let mut names = Names::of(cluster);
    let mut next = next_ordinals(cluster, identities);
    let mut touched = FxHashSet::default();
    for (nth, change) in changes.iter().enumerate() {
        let mut effect = Effect::default();
        if !begin(cluster, change, &mut effect) {
            cluster.aftermath.unmet.push(nth);
            continue;
        }
        touch(cluster, &effect, &mut touched);
        let first_new = remove(cluster, identities, &effect);
        for wanted in effect.wanted {
            let next = next.entry(wanted.workload).or_default();
            // A StatefulSet's Pod comes back under its old number.
            let ordinal = match wanted.seat {
                Some(Seat::Ordinal(ordinal)) => ordinal,
                _ => *next,
            };
            *next = (*next).max(ordinal.saturating_add(1));
            let seat = wanted.seat.unwrap_or(Seat::Ordinal(ordinal));
            let identity =
                workloads::make_another(cluster, wanted.workload, seat, ordinal, &mut names);
            identities.push(identity);
        }
        settle_again(cluster, entrance, identities, findings);
        let new = (first_new..cluster.pods.len()).map(|number| PodId::from_number(number as u32));
        for pod in new {
            touch_pod(cluster, pod, &mut touched);
            if effect.still_starting {
                let pod = &mut cluster.pods[pod];
                pod.ready = false;
                set_ready(pod, "False");
            }
        }
    }
    forget_slices(cluster, &touched);
    touched
}

/// What a change does to Pods.
#[derive(Default)]
struct Effect {
    /// They stay and are in another state.
    changed: Vec<PodId>,
    gone: FxHashSet<PodId>,
    /// Pods that workloads make because of it.
    wanted: Vec<Wanted>,
    /// The new ones are not ready yet.
    still_starting: bool,
    node_gone: Option<NodeId>,
}

struct Wanted {
    workload: WorkloadId,
    /// `None`: just one more.
    seat: Option<Seat>,
}

// Says whether there is such an object.
fn begin(cluster: &mut Cluster, change: &Change, effect: &mut Effect) -> bool {
    match change {
        Change::Pod {
            namespace,
            name,
            becomes,
        } => match cluster.pod(namespace, name) {
            Some(pod) => pod_fate(cluster, pod, *becomes, effect),
            None => return false,
        },
        Change::Node { name, becomes } => match cluster.node(name) {
            Some(node) => node_fate(cluster, node, *becomes, effect),
            None => return false,
        },
        Change::Scale {
            kind,
            namespace,
            name,
            replicas,
        } => {
            let found = cluster
                .workloads
                .iter()
                .find(|(_, workload)| {
                    workload.kind == *kind
                        && workload.meta.name == *name
                        && workload.meta.namespace == *namespace
                })
                .map(|(id, _)| id);
            return found.is_some_and(|id| scale(cluster, id, *replicas, effect));
        }
        Change::ProxyMode(mode) => cluster.environment.proxy.mode = *mode,
        Change::EntryNode(Some(name)) if cluster.node(name).is_none() => return false,
        Change::Egress(_) | Change::LoadBalancer(_) | Change::EntryNode(_) => {
            change.set_option(&mut cluster.environment.options);
        }
        // Made before admission.
        Change::ServiceType { .. } | Change::ExternalTrafficPolicy { .. } => {}
    }
    true
}

fn pod_fate(cluster: &mut Cluster, id: PodId, becomes: PodFate, effect: &mut Effect) {
    let pod = &mut cluster.pods[id];
    match becomes {
        PodFate::NotReady => {
            pod.ready = false;
            set_ready(pod, "False");
            effect.changed.push(id);
        }
        PodFate::Terminating => {
            pod.terminating = true;
            effect.changed.push(id);
            effect.still_starting = true;
            // StatefulSets and DaemonSets wait until it is gone.
            let waits = |kind| matches!(kind, WorkloadKind::StatefulSet | WorkloadKind::DaemonSet);
            let owner = cluster.pods[id].owner;
            if owner.is_some_and(|owner| !waits(cluster.workloads[owner].kind)) {
                replace(cluster, id, effect);
            }
        }
        PodFate::Gone => {
            effect.gone.insert(id);
            // A replacement was begun when it began to go.
            if !pod.terminating {
                replace(cluster, id, effect);
            }
        }
    }
}

fn node_fate(cluster: &mut Cluster, id: NodeId, becomes: NodeFate, effect: &mut Effect) {
    let on_it = |cluster: &Cluster| -> Vec<PodId> {
        cluster
            .pods
            .iter()
            .filter(|(_, pod)| pod.node() == Some(id) && !pod.is_terminal())
            .map(|(pod, _)| pod)
            .collect()
    };
    let name = cluster.nodes[id].meta.name.clone();
    match becomes {
        NodeFate::Cordoned => cluster.nodes[id].cordoned = true,
        NodeFate::NotReady | NodeFate::CutOff => {
            let node = &mut cluster.nodes[id];
            node.ready = false;
            node.cut_off |= becomes == NodeFate::CutOff;
            let key = match becomes {
                NodeFate::CutOff => "node.kubernetes.io/unreachable",
                _ => "node.kubernetes.io/not-ready",
            };
            for effect in ["NoSchedule", "NoExecute"] {
                node.taints.push(Taint {
                    key: key.into(),
                    value: Str::default(),
                    effect: effect.into(),
                });
            }
            for pod in on_it(cluster) {
                let value = &mut cluster.pods[pod];
                value.ready = false;
                set_ready(value, "False");
                effect.changed.push(pod);
            }
            unknown_endpoints(cluster, &name, Strangers::NotReady);
        }
        NodeFate::Drained => {
            cluster.nodes[id].cordoned = true;
            for pod in on_it(cluster) {
                let owner = cluster.pods[pod].owner;
                let stays = match owner {
                    Some(owner) => cluster.workloads[owner].kind == WorkloadKind::DaemonSet,
                    None => controller(&cluster.pods[pod]) == Some("DaemonSet"),
                };
                if !stays {
                    effect.gone.insert(pod);
                    replace(cluster, pod, effect);
                }
            }
            unknown_endpoints(cluster, &name, Strangers::Gone);
        }
        NodeFate::Gone => {
            for pod in on_it(cluster) {
                effect.gone.insert(pod);
                let owner = cluster.pods[pod].owner;
                let daemon =
                    |owner: WorkloadId| cluster.workloads[owner].kind == WorkloadKind::DaemonSet;
                if !owner.is_some_and(daemon) {
                    replace(cluster, pod, effect);
                }
            }
            effect.node_gone = Some(id);
            unknown_endpoints(cluster, &name, Strangers::Gone);
        }
    }
}

fn controller(pod: &Pod) -> Option<&str> {
    pod.meta
        .controlled_by
        .as_ref()
        .map(|owner| owner.kind.as_str())
}

// What the Pod's workload makes in its place. One whose workload is not in the manifests is not replaced: nobody knows
// its template.
fn replace(cluster: &Cluster, id: PodId, effect: &mut Effect) {
    let pod = &cluster.pods[id];
    let Some(workload) = pod.owner.filter(|_| !pod.is_terminal()) else {
        return;
    };
    let value = &cluster.workloads[workload];
    let seat = match value.kind {
        WorkloadKind::StatefulSet => {
            ownership::ordinal(&pod.meta.name, &value.meta.name).map(Seat::Ordinal)
        }
        WorkloadKind::DaemonSet => pod.node().map(Seat::Daemon),
        WorkloadKind::Job if value.indexed => index_of(pod).map(Seat::Ordinal),
        _ => None,
    };
    effect.wanted.push(Wanted { workload, seat });
}

fn index_of(pod: &Pod) -> Option<u32> {
    let label = "batch.kubernetes.io/job-completion-index";
    pod.meta.annotations.get(label)?.parse().ok()
}

fn scale(cluster: &mut Cluster, id: WorkloadId, replicas: u32, effect: &mut Effect) -> bool {
    let active = |cluster: &Cluster, id: WorkloadId| -> Vec<PodId> {
        cluster
            .pods
            .iter()
            .filter(|(_, pod)| pod.owner == Some(id) && !pod.terminating && !pod.is_terminal())
            .map(|(pod, _)| pod)
            .collect()
    };
    // A Deployment's Pods are its ReplicaSet's: of several, those of a rollout, the one with the most.
    let maker = match cluster.workloads[id].kind {
        WorkloadKind::Deployment => cluster
            .workloads
            .iter()
            .filter(|(_, workload)| workload.owner == Some(id))
            .map(|(set, _)| (std::cmp::Reverse(active(cluster, set).len()), set))
            .min()
            .map(|(_, set)| set),
        _ => Some(id),
    };
    let Some(maker) = maker else { return false };
    let mut pods = active(cluster, maker);
    let value = &cluster.workloads[maker];
    if value.kind == WorkloadKind::StatefulSet {
        let first = value.first_ordinal;
        let last = first.saturating_add(replicas);
        let number =
            |pod: &PodId| ownership::ordinal(&cluster.pods[*pod].meta.name, &value.meta.name);
        let taken: FxHashSet<u32> = pods.iter().filter_map(number).collect();
        let beyond = |pod: &PodId| number(pod).is_none_or(|number| number >= last);
        effect.gone.extend(pods.iter().copied().filter(beyond));
        let missing = (first..last).filter(|ordinal| !taken.contains(ordinal));
        effect.wanted.extend(missing.map(|ordinal| Wanted {
            workload: maker,
            seat: Some(Seat::Ordinal(ordinal)),
        }));
    } else {
        let wanted = replicas as usize;
        for _ in pods.len()..wanted {
            effect.wanted.push(Wanted {
                workload: maker,
                seat: None,
            });
        }
        if pods.len() > wanted {
            let mut company: FxHashMap<Option<NodeId>, usize> = FxHashMap::default();
            for pod in &pods {
                *company.entry(cluster.pods[*pod].node()).or_default() += 1;
            }
            pods.order_by_key(|id| {
                let pod = &cluster.pods[*id];
                let node = pod.node();
                (
                    node.is_some(),
                    pod.ready,
                    deletion_cost(pod),
                    std::cmp::Reverse(company.get(&node).copied()),
                    // The youngest: made last.
                    std::cmp::Reverse(*id),
                )
            });
            effect.gone.extend(&pods[..pods.len() - wanted]);
        }
    }
    for scaled in [id, maker] {
        let workload = &mut cluster.workloads[scaled];
        workload.replicas = replicas;
        assume(&mut workload.meta, "spec.replicas", replicas);
    }
    true
}

fn deletion_cost(pod: &Pod) -> i32 {
    let cost = pod
        .meta
        .annotations
        .get("controller.kubernetes.io/pod-deletion-cost");
    cost.and_then(|cost| cost.parse().ok()).unwrap_or(0)
}

fn set_ready(pod: &mut Pod, status: &str) {
    let path = FieldPath::from("status.conditions");
    let conditions = serde_json::json!([{ "type": "Ready", "status": status }]);
    assume(&mut pod.meta, path, conditions);
}

// The number that the next Pod of each workload gets: one that none had.
fn next_ordinals(cluster: &Cluster, identities: &[Identity]) -> FxHashMap<WorkloadId, u32> {
    let mut next: FxHashMap<WorkloadId, (u32, u32)> = FxHashMap::default();
    for (pod, identity) in cluster.pods.values().zip(identities) {
        let Some(owner) = pod.owner else { continue };
        let (pods, highest) = next.entry(owner).or_default();
        *pods += 1;
        *highest = (*highest).max(identity.ordinal);
    }
    next.into_iter()
        .map(|(owner, (pods, highest))| (owner, pods.max(highest.saturating_add(1))))
        .collect()
}

// Takes out what is gone and gives the number of the first Pod that comes after.
fn remove(cluster: &mut Cluster, identities: &mut Vec<Identity>, effect: &Effect) -> usize {
    if let Some(gone) = effect.node_gone {
        let numbers = cluster.nodes.retain(|id, _| id != gone);
        let now = |id: NodeId| numbers.get(id.number() as usize).copied().flatten();
        for (_, pod) in cluster.pods.iter_mut() {
            match &mut pod.placement {
                Placement::On(node) => match now(*node) {
                    Some(node_now) => *node = node_now,
                    // A Pod that has finished; its record is cleaned up with the node, below.
                    None => pod.placement = Placement::Pending(Vec::new()),
                },
                Placement::Pending(reasons) => {
                    reasons.retain_mut(|(node, _)| match now(*node) {
                        Some(node_now) => {
                            *node = node_now;
                            true
                        }
                        None => false,
                    });
                }
            }
        }
        for identity in identities.iter_mut() {
            identity.daemon_node = identity.daemon_node.and_then(now);
        }
    }
    if effect.gone.is_empty() {
        return cluster.pods.len();
    }
    let numbers = cluster.pods.retain(|id, _| !effect.gone.contains(&id));
    let mut was = numbers.iter();
    identities.retain(|_| was.next().is_some_and(Option::is_some));
    for (_, slice) in cluster.slices.iter_mut() {
        let is_managed = is_managed(slice);
        slice.endpoints.retain_mut(|endpoint| {
            let Some(pod) = endpoint.pod else { return true };
            endpoint.pod = numbers.get(pod.number() as usize).copied().flatten();
            // Whoever wrote a slice by hand leaves it as it is.
            endpoint.pod.is_some() || !is_managed
        });
    }
    cluster.pods.len()
}

fn touch(cluster: &Cluster, effect: &Effect, touched: &mut FxHashSet<ServiceId>) {
    for pod in effect.changed.iter().chain(&effect.gone) {
        touch_pod(cluster, *pod, touched);
    }
}

fn touch_pod(cluster: &Cluster, pod: PodId, touched: &mut FxHashSet<ServiceId>) {
    let meta = &cluster.pods[pod].meta;
    let selects = |service: &Service, labels: &StringMap| {
        !service.selector.is_empty() && selector::contains(labels, &service.selector)
    };
    let selecting = cluster.services.iter().filter(|(_, service)| {
        service.meta.namespace == meta.namespace && selects(service, &meta.labels)
    });
    touched.extend(selecting.map(|(id, _)| id));
}

// The scheduler is asked about every Pod that waits, so what it said before is out of date.
fn settle_again(
    cluster: &mut Cluster,
    entrance: Entrance,
    identities: &[Identity],
    findings: &mut Findings,
) {
    findings.retain(|finding| {
        !matches!(
            finding.problem,
            Problem::Controller(
                ControllerProblem::Unschedulable { .. }
                    | ControllerProblem::PodRangeExhausted { .. }
            )
        )
    });
    let mut said = Findings::default();
    settle_pods(cluster, entrance, identities, &mut said);
    for finding in said.iter() {
        if findings.iter().any(|known| known == finding) {
            continue;
        }
        let Finding {
            origin,
            related,
            problem,
        } = finding.clone();
        findings.push_related(origin, related, problem);
    }
}

#[derive(Clone, Copy)]
enum Strangers {
    NotReady,
    Gone,
}

// Endpoints on a node whose Pods a dump does not hold.
fn unknown_endpoints(cluster: &mut Cluster, node: &Str, they: Strangers) {
    for (_, slice) in cluster.slices.iter_mut() {
        if !is_managed(slice) {
            continue;
        }
        slice.endpoints.retain_mut(|endpoint| {
            if endpoint.pod.is_some() || endpoint.node_name.as_ref() != Some(node) {
                return true;
            }
            endpoint.conditions.ready = Some(false);
            endpoint.conditions.serving = Some(false);
            matches!(they, Strangers::NotReady)
        });
    }
}

// What the controller wrote for these Services it writes again; only endpoints of unknown Pods cannot be computed.
fn forget_slices(cluster: &mut Cluster, touched: &FxHashSet<ServiceId>) {
    let names: FxHashSet<(Str, Str)> = touched
        .iter()
        .map(|service| &cluster.services[*service].meta)
        .map(|meta| (meta.namespace.clone(), meta.name.clone()))
        .collect();
    let is_touched = |slice: &crate::cluster::EndpointSlice| {
        let service = slice.service.clone();
        is_managed(slice)
            && service.is_some_and(|name| names.contains(&(slice.meta.namespace.clone(), name)))
    };
    for (_, slice) in cluster.slices.iter_mut() {
        if is_touched(slice) {
            slice.endpoints.retain(|endpoint| endpoint.pod.is_none());
        }
    }
    cluster
        .slices
        .retain(|_, slice| !is_touched(slice) || !slice.endpoints.is_empty());
}

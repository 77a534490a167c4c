//! The scheduler, simple and stated: which node a Pod runs on.
//!
//! A node fits when kube-scheduler's filters for these let it: `nodeName`, `nodeSelector`, required node affinity, taints,
//! cordons, required Pod affinity and anti-affinity, topology spread with `DoNotSchedule`, host ports. Resources, volumes,
//! priorities, preemption and everything that is only *preferred* are not looked at.
//!
//! Among the nodes that fit, a real scheduler scores by load; here the choice is drawn from identity so that it stays where
//! it is when something else changes. Every workload has its own order of the nodes, alternating between zones; its n-th
//! Pod goes to the n-th node of that order, round and round: even within a workload, and even over many workloads as a good
//! hash is. A Pod whose node does not fit goes to the fitting node with the fewest Pods of its workload.
//!
//! Labels of nodes that nobody wrote are not known: where a `nodeSelector` or node affinity fits no node at all, assumed nodes
//! are taken to fit, and a note says so.

mod constraints;
mod fit;
mod pending;

use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Identity, assume};
use crate::api::StringMap;
use crate::apiserver::Entrance;
use crate::cluster::{Cluster, Node, NodeId, Phase, Placement, Pod, PodId, PodSpec, Unfit};
use crate::finding::{ControllerProblem, Findings};
use crate::identity::combined;
use crate::order::Order;
use crate::origin::FieldPath;
use constraints::{Board, Demands};

/// Rounds in which Pods wait for others that they want to be near to.
const AFFINITY_ROUNDS: usize = 16;

/// Places every Pod that has no node and is not finished.
pub(super) fn place(
    cluster: &mut Cluster,
    entrance: Entrance,
    identities: &[Identity],
    findings: &mut Findings,
) {
    let mut batches = batches(cluster, entrance, identities);
    if batches.is_empty() {
        return;
    }
    let labels: Vec<StringMap> = cluster.nodes.values().map(fit::labels).collect();
    let mut board = Board::of(cluster, &labels, batches.iter().map(|batch| &*batch.spec));
    // Most Pods ask nothing of their nodes; a DaemonSet's, one batch a node, all ask the same.
    let undemanding = Rc::new(Nodes::of(&board, &PodSpec::default()));
    let mut last: Option<(Arc<PodSpec>, Rc<Nodes>)> = None;
    let mut nodes_for = |board: &Board, batch: &Batch| {
        if fit::asks_nothing(&batch.spec) {
            return undemanding.clone();
        }
        match &last {
            Some((spec, nodes)) if Arc::ptr_eq(spec, &batch.spec) => nodes.clone(),
            _ => {
                let nodes = Rc::new(Nodes::of(board, &batch.spec));
                last = Some((batch.spec.clone(), nodes.clone()));
                nodes
            }
        }
    };
    let mut on_assumed_labels = Vec::new();
    for _ in 0..AFFINITY_ROUNDS {
        let mut progress = false;
        for batch in batches.iter_mut().filter(|batch| !batch.observed) {
            let nodes = nodes_for(&board, batch);
            let first = batch.pods.first().map(|(pod, _)| *pod);
            let placed = place_batch(&mut board, batch, &nodes);
            if placed && nodes.labels_assumed {
                on_assumed_labels.extend(first);
            }
            progress |= placed;
        }
        // Another Pod may have come that these want to be near to.
        let waits = batches
            .iter()
            .any(|batch| !batch.pods.is_empty() && constraints::wants_company(&batch.spec));
        if !progress || !waits {
            break;
        }
    }
    batches.retain(|batch| !batch.pods.is_empty());
    let left = pending::explain(&mut board, &batches, nodes_for);
    let placements = board.into_placements();
    for (number, node) in placements.into_iter().enumerate() {
        if let Some(node) = node {
            settle(cluster, PodId::from_number(number as u32), node);
        }
    }
    pending::settle(cluster, left, findings);
    let mut reported = FxHashSet::default();
    for pod in on_assumed_labels {
        // The Pods of a DaemonSet come one by one.
        let top = cluster.pods[pod].owner.map(|owner| cluster.topmost(owner));
        if top.is_none_or(|top| reported.insert(top)) {
            report_assumed_labels(cluster, &cluster.pods[pod], findings);
        }
    }
}

/// Nodes that a DaemonSet has a Pod for.
///
/// Source: `pkg/controller/daemon`, `NodeShouldRunDaemonPod`. Where `nodeSelector` takes no node at all, those that nobody
/// wrote count unless a label that is known of them says otherwise: an agent for Windows stays away.
pub(super) fn nodes_for_daemon(cluster: &Cluster, spec: &PodSpec) -> Vec<NodeId> {
    let nodes = || {
        cluster
            .nodes
            .iter()
            .map(|(id, node)| (id, node, fit::labels(node)))
    };
    let taken = |(id, node, labels): (NodeId, &Node, StringMap)| {
        fit::unselected(spec, node, &labels).is_none().then_some(id)
    };
    let mut selected: Vec<NodeId> = nodes().filter_map(taken).collect();
    if selected.is_empty() {
        selected = nodes()
            .filter(|(_, node, labels)| {
                node.meta.origin.is_none() && fit::could_be_selected(spec, node, labels)
            })
            .map(|(id, _, _)| id)
            .collect();
    }
    selected.retain(|id| fit::barred(spec, &cluster.nodes[*id]).is_none());
    selected
}

/// Pods without a node that have their spec and their order of nodes in common.
struct Batch {
    home: u64,
    spec: Arc<PodSpec>,
    daemon_node: Option<NodeId>,
    /// A dump says that they are pending: they stay so, and are only explained.
    observed: bool,
    /// Those that are still without a node, with their ordinals.
    pods: Vec<(PodId, u32)>,
}

// By identity and not by place in the text: where Pods are in each other's way, moving a document changes nothing.
fn batches(cluster: &Cluster, entrance: Entrance, identities: &[Identity]) -> Vec<Batch> {
    let mut waiting: Vec<(PodId, &Pod, Identity)> = cluster
        .pods
        .iter()
        .zip(identities)
        .map(|((id, pod), identity)| (id, pod, *identity))
        .filter(|(_, pod, _)| {
            pod.node().is_none()
                && !pod.is_terminal()
                && (entrance == Entrance::Paste || pod.meta.origin.is_none())
        })
        .collect();
    waiting.order_by_key(|(id, pod, identity)| {
        (
            identity.daemon_node.is_none(),
            identity.home,
            pod.owner,
            identity.ordinal,
            *id,
        )
    });
    let mut batches: Vec<Batch> = Vec::new();
    let mut last = None;
    for (id, pod, identity) in waiting {
        let key = (identity.home, pod.owner);
        let observed = is_observed_pending(pod);
        match batches.last_mut() {
            Some(batch) if last == Some(key) && batch.observed == observed => {
                batch.pods.push((id, identity.ordinal));
            }
            _ => batches.push(Batch {
                home: identity.home,
                spec: pod.spec.clone(),
                daemon_node: identity.daemon_node,
                observed,
                pods: vec![(id, identity.ordinal)],
            }),
        }
        last = Some(key);
    }
    batches
}

fn is_observed_pending(pod: &Pod) -> bool {
    pod.meta.origin.is_some()
        && pod.phase == Phase::Pending
        && pod.meta.why(&FieldPath::from("status.phase")).is_none()
}

/// Places what fits and says whether anything did.
fn place_batch(board: &mut Board, batch: &mut Batch, nodes: &Nodes) -> bool {
    if let Some(node) = batch.daemon_node {
        return place_daemon(board, batch, nodes, node);
    }
    let all = board.nodes().len();
    let last = batch
        .pods
        .last()
        .map_or(0, |(_, ordinal)| *ordinal as usize);
    let homes = order(board, batch.home, all.min(last + 1));
    let mut own: FxHashMap<NodeId, u32> = FxHashMap::default();
    let waiting = std::mem::take(&mut batch.pods);
    let before = waiting.len();

    // First every Pod at its own place, so that a node that is lost moves only those that were on it.
    let mut moved = Vec::new();
    for (pod, ordinal) in waiting {
        let home = homes
            .get(ordinal as usize % all.max(1))
            .copied()
            .filter(|home| nodes.unfit(*home).is_none());
        match home {
            Some(home)
                if board
                    .demands(pod, &nodes.selected)
                    .unfit(board, home)
                    .is_none() =>
            {
                board.put(pod, home);
                *own.entry(home).or_default() += 1;
            }
            _ => moved.push((pod, ordinal)),
        }
    }
    let fitting: Vec<NodeId> = if moved.is_empty() {
        Vec::new()
    } else {
        order(board, batch.home, all)
            .into_iter()
            .filter(|node| nodes.unfit(*node).is_none())
            .collect()
    };
    for (pod, ordinal) in moved {
        let demands = board.demands(pod, &nodes.selected);
        let best = fitting
            .iter()
            .copied()
            .enumerate()
            .filter(|(_, node)| demands.unfit(board, *node).is_none())
            .min_by_key(|(place, node)| (own.get(node).copied().unwrap_or(0), *place));
        match best {
            Some((_, node)) => {
                board.put(pod, node);
                *own.entry(node).or_default() += 1;
            }
            None => batch.pods.push((pod, ordinal)),
        }
    }
    batch.pods.len() < before
}

// There is one node that will do, so none is looked for.
fn place_daemon(board: &mut Board, batch: &mut Batch, nodes: &Nodes, node: NodeId) -> bool {
    let before = batch.pods.len();
    batch.pods.retain(|(pod, _)| {
        let fits = nodes.unfit(node).is_none()
            && (board.demands(*pod, &nodes.selected))
                .unfit(board, node)
                .is_none();
        if fits {
            board.put(*pod, node);
        }
        !fits
    });
    batch.pods.len() < before
}

/// What a Pod's spec alone says about every node.
struct Nodes {
    unfit: Vec<Option<Unfit>>,
    /// Whether `nodeSelector` and node affinity take it: such nodes are counted for topology spread.
    selected: Vec<bool>,
    /// They take none, and those that nobody wrote are taken to fit.
    labels_assumed: bool,
}

impl Nodes {
    fn of(board: &Board, spec: &PodSpec) -> Self {
        let mut unselected: Vec<Option<Unfit>> = board
            .nodes()
            .map(|(_, node, labels)| fit::unselected(spec, node, labels))
            .collect();
        // A DaemonSet has made its choice, by the same rule, in `nodes_for_daemon`.
        let labels_assumed = unselected.iter().all(Option::is_some)
            && board.nodes().any(|(_, node, _)| node.meta.origin.is_none());
        if labels_assumed {
            for (unselected, (_, node, _)) in unselected.iter_mut().zip(board.nodes()) {
                if node.meta.origin.is_none() {
                    *unselected = None;
                }
            }
        }
        let selected = unselected.iter().map(Option::is_none).collect();
        let unfit = unselected
            .into_iter()
            .zip(board.nodes())
            .map(|(unselected, (_, node, _))| fit::barred(spec, node).or(unselected))
            .collect();
        Self {
            unfit,
            selected,
            labels_assumed,
        }
    }

    fn unfit(&self, node: NodeId) -> Option<&Unfit> {
        self.unfit[node.number() as usize].as_ref()
    }
}

/// The first so many nodes as one workload prefers them: drawn by node, then one of each zone in turn.
///
/// Every workload ranks a node by a number drawn from both names (rendezvous hashing): without a node, the order of the
/// others is the same. Most workloads have few Pods, and ranking thousands of nodes to the end for each costs more than
/// everything else here.
fn order(board: &Board, home: u64, most: usize) -> Vec<NodeId> {
    let mut zones: Vec<Vec<(u64, NodeId)>> = board
        .zones()
        .map(|nodes| {
            let mut ranked: Vec<(u64, NodeId)> = nodes
                .iter()
                .map(|(drawn, id)| (combined(home, *drawn), *id))
                .collect();
            if most > 0 && most < ranked.len() {
                ranked.select_nth_unstable(most - 1);
                ranked.truncate(most);
            }
            ranked.order();
            ranked
        })
        .collect();
    // Zones take their turns in the order of their first nodes.
    zones.order();
    let rounds = zones.iter().map(Vec::len).max().unwrap_or(0);
    (0..rounds)
        .flat_map(|round| zones.iter().filter_map(move |zone| zone.get(round)))
        .map(|(_, id)| *id)
        .take(most)
        .collect()
}

fn settle(cluster: &mut Cluster, pod: PodId, node: NodeId) {
    let pod = &mut cluster.pods[pod];
    if pod.node().is_none() {
        pod.placement = Placement::On(node);
        let name = cluster.nodes[node].meta.name.as_str();
        assume(&mut pod.meta, "spec.nodeName", name);
    }
}

fn report_assumed_labels(cluster: &Cluster, pod: &Pod, findings: &mut Findings) {
    let path = if pod.spec.node_selector.is_empty() {
        "spec.affinity.nodeAffinity"
    } else {
        "spec.nodeSelector"
    };
    let workload = pod
        .owner
        .map(|owner| &cluster.workloads[cluster.topmost(owner)]);
    findings.push(
        cluster.pod_origin(pod, path),
        ControllerProblem::NodeLabelsAssumed {
            kind: workload.map_or("Pod", |workload| workload.kind.name()),
            name: workload
                .map_or(&pod.meta, |workload| &workload.meta)
                .full_name()
                .into(),
        },
    );
}

fn reasons(board: &Board, batch: &Batch, nodes: &Nodes, demands: &Demands) -> Vec<(NodeId, Unfit)> {
    let another = |id| batch.daemon_node.is_some_and(|daemon| daemon != id);
    board
        .nodes()
        .filter_map(|(id, _, _)| {
            if another(id) {
                return Some((id, Unfit::OtherNode));
            }
            let unfit = nodes.unfit(id).cloned();
            Some((id, unfit.or_else(|| demands.unfit(board, id))?))
        })
        .collect()
}

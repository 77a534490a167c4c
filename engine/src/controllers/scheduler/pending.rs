//! Pods that fit nowhere: why, for each node, and in one sentence for each workload.

use std::rc::Rc;

use super::constraints::Board;
use super::{Batch, Nodes, assume, reasons};
use crate::cluster::{Cluster, NodeId, Phase, Placement, PodId, Unfit};
use crate::finding::{ControllerProblem, Findings};
use crate::order::Order;

/// Reasons that are kept, over all Pods: when thousands of Pods fit on none of thousands of nodes, one for each pair would
/// fill the memory. Pods beyond have an empty list.
const KEPT_REASONS: usize = 500_000;

/// Reasons that one sentence lists: a node may have a taint key of its own.
const DISTINCT_REASONS: usize = 16;

/// A Pod without a node.
pub(super) struct Left {
    pod: PodId,
    /// For each node that does not do, why; a Pod that a dump shows as pending may have nodes that do.
    reasons: Vec<(NodeId, Unfit)>,
    /// The others of its workload are explained by the same finding.
    first_of: Option<Group>,
}

/// What the finding about a batch says.
struct Group {
    pods: usize,
    nodes: usize,
    fits_somewhere: bool,
    /// The same reasons counted, most frequent first.
    counted: Vec<(Unfit, usize)>,
}

/// Finds the reasons.
pub(super) fn explain(
    board: &mut Board,
    batches: &[Batch],
    mut nodes_for: impl FnMut(&Board, &Batch) -> Rc<Nodes>,
) -> Vec<Left> {
    let mut kept = KEPT_REASONS;
    let mut left = Vec::new();
    for batch in batches {
        let nodes = nodes_for(board, batch);
        for (nth, (pod, _)) in batch.pods.iter().enumerate() {
            let reasons = if kept == 0 {
                Vec::new()
            } else {
                let demands = board.demands(*pod, &nodes.selected);
                reasons(board, batch, &nodes, &demands)
            };
            kept = kept.saturating_sub(reasons.len());
            let first_of = (nth == 0).then(|| Group {
                pods: batch.pods.len(),
                nodes: board.nodes().count(),
                fits_somewhere: reasons.len() < board.nodes().count(),
                counted: counted(&reasons),
            });
            left.push(Left {
                pod: *pod,
                reasons,
                first_of,
            });
        }
    }
    left
}

/// Writes them down.
pub(super) fn settle(cluster: &mut Cluster, left: Vec<Left>, findings: &mut Findings) {
    for left in left {
        let pod = &mut cluster.pods[left.pod];
        pod.placement = Placement::Pending(left.reasons);
        if pod.phase != Phase::Pending {
            pod.phase = Phase::Pending;
            assume(&mut pod.meta, "status.phase", "Pending");
        }
        pod.ready = false;
        let pod = &cluster.pods[left.pod];
        let Some(group) = left
            .first_of
            .filter(|group| !group.fits_somewhere || group.nodes == 0)
        else {
            continue;
        };
        let path = group
            .counted
            .first()
            .map_or("spec", |(unfit, _)| blamed(unfit));
        let workload = pod
            .owner
            .map(|owner| &cluster.workloads[cluster.topmost(owner)]);
        findings.push(
            cluster.pod_origin(pod, path),
            ControllerProblem::Unschedulable {
                pod: pod.meta.full_name().into(),
                pods: group.pods,
                workload: workload
                    .map(|workload| (workload.kind, workload.meta.full_name().into())),
                nodes: group.nodes,
                reasons: group.counted,
            },
        );
    }
}

fn counted(reasons: &[(NodeId, Unfit)]) -> Vec<(Unfit, usize)> {
    let mut counted: Vec<(Unfit, usize)> = Vec::new();
    for (_, unfit) in reasons {
        match counted.iter().position(|(known, _)| known == unfit) {
            Some(known) => counted[known].1 += 1,
            None if counted.len() < DISTINCT_REASONS => counted.push((unfit.clone(), 1)),
            None => {}
        }
    }
    counted.order_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}

/// The field of the Pod that a reason comes from.
fn blamed(unfit: &Unfit) -> &'static str {
    match unfit {
        Unfit::OtherNode => "spec.nodeName",
        Unfit::NodeSelector { .. } => "spec.nodeSelector",
        Unfit::NodeAffinity => "spec.affinity.nodeAffinity",
        Unfit::Taint { .. } | Unfit::Cordoned => "spec.tolerations",
        Unfit::PodAffinity => "spec.affinity",
        Unfit::TopologySpread => "spec.topologySpreadConstraints",
        Unfit::HostPort { .. } => "spec.containers",
    }
}

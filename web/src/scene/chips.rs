//! Pods as chips: one each while they are a handful, else one fold a cell.

use switchboard_engine::{
    Analysis,
    cluster::{Phase, Pod, PodId},
    origin::ObjectOrigin,
};

use super::{Chip, ChipState, Column, Group, Grouping, HANDFUL, Key, MapView, Name, index::Index};
use crate::words;

/// The chips of a group's Pods in one column.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn cell(
    analysis: &Analysis,
    index: &Index<'_>,
    (group, column, columns): (&Group, usize, &[Column]),
    pods: &[PodId],
    view: &MapView,
) -> Vec<Chip> {
    let fold = Key::Pods {
        group: group.clone(),
        column: columns[column].key.clone(),
    };
    let side_by_side = match view.grouping {
        // Each workload is one shape.
        Grouping::Workload => 1,
        Grouping::Node | Grouping::Namespace => HANDFUL,
    };
    if pods.len() <= side_by_side || view.open.contains(&fold) {
        return pods
            .iter()
            .map(|id| single(analysis, index, *id, column))
            .collect();
    }
    let states: Vec<ChipState> = pods
        .iter()
        .map(|id| state(&analysis.cluster.pods[*id]))
        .collect();
    let ready = states
        .iter()
        .filter(|state| **state == ChipState::Ready)
        .count();
    vec![Chip {
        key: fold,
        column,
        title: format!("{} ×{}", group.name().name, pods.len()),
        subtitle: words::scene::pods_ready(ready, pods.len()),
        assumed: false,
        count: u32::try_from(pods.len()).unwrap_or(u32::MAX),
        state: match ready {
            n if n == pods.len() => ChipState::Ready,
            0 => states[0],
            _ => ChipState::Partly,
        },
        marks: index.marks_of(pods.iter().flat_map(|id| objects(analysis, *id))),
    }]
}

/// How a Pod is, as far as its status says.
pub(super) fn state(pod: &Pod) -> ChipState {
    if pod.is_terminal() {
        ChipState::Ended
    } else if pod.node().is_none() || pod.phase == Phase::Pending {
        ChipState::Pending
    } else if pod.terminating {
        ChipState::Terminating
    } else if pod.ready {
        ChipState::Ready
    } else {
        ChipState::NotReady
    }
}

fn single(analysis: &Analysis, index: &Index<'_>, id: PodId, column: usize) -> Chip {
    let pod = &analysis.cluster.pods[id];
    Chip {
        key: Key::Pod(Name::from(&pod.meta)),
        column,
        title: pod.meta.name.to_string(),
        subtitle: pod
            .ips
            .first()
            .map_or_else(|| words::scene::NO_ADDRESS.to_owned(), ToString::to_string),
        assumed: pod.meta.why(&"status.podIP".into()).is_some()
            || pod.meta.why(&"status.podIPs".into()).is_some()
            || pod.meta.origin.is_none(),
        count: 1,
        state: state(pod),
        marks: index.marks_of(objects(analysis, id)),
    }
}

/// Where a Pod, or what keeps it, was written.
pub fn objects(analysis: &Analysis, id: PodId) -> impl Iterator<Item = ObjectOrigin> {
    let cluster = &analysis.cluster;
    let own = cluster.pods[id].meta.origin;
    let workload = analysis
        .topology
        .topmost_owner(id)
        .and_then(|id| cluster.workloads[id].meta.origin);
    own.into_iter().chain(workload)
}

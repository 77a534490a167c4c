//! What the controllers and the scheduler add: Pods of workloads, placement, EndpointSlices, load balancer addresses.
//!
//! Each module is one controller of kube-controller-manager, kube-scheduler, or what stands in for a kubelet's and a
//! cloud's part. They run once, in the order in which their results are needed, so that nothing has to settle. What a
//! real cluster would draw at random or decide by load is drawn from identity (see `identity`) and marked assumed.
//!
//! Nothing here reads the manifests' text or a clock, and nothing that stands in the manifests is changed: live beats
//! made up.

mod changes;
mod drift;
mod endpointslice;
mod hints;
pub mod load_balancer;
mod mirroring;
mod ownership;
mod pod_ips;
mod scheduler;
#[cfg(test)]
mod tests;
mod workloads;

use std::sync::Arc;

use crate::apiserver::Entrance;
use crate::cluster::{Addition, Cluster, Meta, NodeId, Pod, Why};
use crate::finding::Findings;
use crate::identity;
use crate::origin::FieldPath;
use crate::whatif::{Change, NodeFate};

/// Lets every controller do what it would do until nothing changes.
///
/// From [`Entrance::Stored`] no address is invented: Pods that workloads make have none, so no EndpointSlice holds them,
/// and written Pods stay where they are.
///
/// Changes happen to the cluster when its Pods run, one after the other, and the controllers react to each.
pub fn reconcile(
    mut cluster: Cluster,
    entrance: Entrance,
    changes: &[Change],
    findings: &mut Findings,
) -> Cluster {
    let last_seen = last_seen(&cluster, entrance, changes);
    ownership::link(&mut cluster, findings);
    let mut identities = workloads::make_pods(&mut cluster, findings);
    settle_pods(&mut cluster, entrance, &identities, findings);
    let touched = changes::happen(&mut cluster, entrance, changes, &mut identities, findings);
    if entrance == Entrance::Paste {
        load_balancer::assign(&mut cluster, findings);
    }
    mirroring::mirror(&mut cluster, entrance, findings);
    endpointslice::write(&mut cluster, entrance, &touched, findings);
    endpointslice::link_pods(&mut cluster);
    cluster.aftermath.last_seen = last_seen;
    cluster
}

/// Nodes and addresses for the Pods that have none.
fn settle_pods(
    cluster: &mut Cluster,
    entrance: Entrance,
    identities: &[Identity],
    findings: &mut Findings,
) {
    scheduler::place(cluster, entrance, identities, findings);
    if entrance == Entrance::Paste {
        pod_ips::assign(cluster, identities, findings);
    }
}

/// What a node that is cut off knows: everything but that, and that others are.
fn last_seen(cluster: &Cluster, entrance: Entrance, changes: &[Change]) -> Option<Arc<Cluster>> {
    let is_cut = |change: &&Change| {
        matches!(
            change,
            Change::Node {
                becomes: NodeFate::CutOff,
                ..
            }
        )
    };
    changes.iter().find(is_cut)?;
    let others: Vec<Change> = changes.iter().filter(|it| !is_cut(it)).cloned().collect();
    let findings = &mut Findings::default();
    let seen = reconcile(cluster.clone(), entrance, &others, findings);
    Some(Arc::new(seen))
}

/// What the assumed values of a Pod are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Identity {
    /// Drawn from the name of the topmost workload, or of a bare Pod: Pods of one workload share it.
    home: u64,
    /// Number among the Pods of that workload.
    ordinal: u32,
    /// The node that a DaemonSet makes this Pod for.
    daemon_node: Option<NodeId>,
}

impl Identity {
    fn of_bare(pod: &Pod) -> Self {
        Self {
            home: identity::draw(&["Pod", &pod.meta.namespace, &pod.meta.name]),
            ordinal: 0,
            daemon_node: None,
        }
    }

    /// A number that differs between the Pods of one workload.
    fn own(self) -> u64 {
        identity::combined(self.home, u64::from(self.ordinal))
    }
}

fn assume(meta: &mut Meta, path: impl Into<FieldPath>, value: impl Into<serde_json::Value>) {
    meta.additions.push(Addition {
        path: path.into(),
        value: value.into(),
        why: Why::Assumed,
    });
}

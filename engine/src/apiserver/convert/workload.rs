//! Workloads.

use super::{filled, meta, pod_template};
use crate::api::LabelSelector;
use crate::api::apps::{self, WorkloadKind};
use crate::apiserver::draft::Draft;
use crate::cluster::Workload;
use crate::origin::ObjectOrigin;

/// A workload that was written.
pub(in crate::apiserver) fn workload(
    draft: Draft<apps::Workload>,
    origin: ObjectOrigin,
) -> Workload {
    let apps::Workload {
        kind,
        metadata,
        mut spec,
        status,
        ..
    } = draft.value;
    let suspended = spec.suspend.unwrap_or(false);
    if let Some(job) = spec.job_template.take() {
        spec = job.spec;
    }
    Workload {
        kind,
        owner: None,
        replicas: replicas(kind, &spec, &status),
        selector: spec.selector.unwrap_or_else(LabelSelector::default),
        service_name: filled(spec.service_name),
        first_ordinal: spec.ordinals.map_or(0, |ordinals| count(ordinals.start)),
        indexed: spec.completion_mode.as_deref() == Some("Indexed"),
        suspended: suspended || spec.suspend.unwrap_or(false),
        template: pod_template(spec.template),
        meta: meta(metadata, origin, draft.additions),
    }
}

/// How many Pods are wanted at once.
fn replicas(kind: WorkloadKind, spec: &apps::WorkloadSpec, status: &apps::WorkloadStatus) -> u32 {
    match kind {
        WorkloadKind::Deployment
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::StatefulSet => count(spec.replicas.unwrap_or(1)),
        // One a node: the controller counts.
        WorkloadKind::DaemonSet => 0,
        WorkloadKind::Job if is_finished(status) => 0,
        WorkloadKind::Job => {
            let parallelism = count(spec.parallelism.unwrap_or(1));
            spec.completions.map_or(parallelism, |completions| {
                parallelism.min(count(completions))
            })
        }
        // No Pod until a run.
        WorkloadKind::CronJob => 0,
    }
}

/// A live dump shows Jobs that ran long ago, often without their Pods.
fn is_finished(status: &apps::WorkloadStatus) -> bool {
    status.conditions.iter().any(|condition| {
        matches!(condition.type_.as_str(), "Complete" | "Failed") && condition.status == "True"
    })
}

fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}

//! Who manages what: `ownerReferences` of a live dump become links, and orphans are adopted as controllers adopt them.
//!
//! Decides nothing about how many Pods there should be: see [`super::workloads`].

use rustc_hash::FxHashMap;

use crate::Str;
use crate::api::OwnerReference;
use crate::api::apps::WorkloadKind;
use crate::cluster::{Cluster, Meta, Pod, PodId, Workload, WorkloadId};
use crate::finding::{ControllerProblem, Findings};
use crate::selector::{self, LabelIndex};

/// The label that tells the Pods of a Deployment's ReplicaSets apart.
pub(super) const TEMPLATE_HASH_LABEL: &str = "pod-template-hash";

type ByName = FxHashMap<(Str, WorkloadKind, Str), WorkloadId>;

/// Links workloads and Pods to the workloads that manage them.
pub(super) fn link(cluster: &mut Cluster, findings: &mut Findings) {
    let mut by_name: ByName = cluster
        .workloads
        .iter()
        .map(|(id, workload)| (key(&workload.meta, workload.kind, &workload.meta.name), id))
        .collect();
    for (_, workload) in cluster.workloads.iter_mut() {
        if let Some(owner) = &workload.meta.controlled_by {
            workload.owner = named(&by_name, &workload.meta, owner);
        }
    }
    for number in 0..cluster.pods.len() {
        let id = PodId::from_number(number as u32);
        let pod = &cluster.pods[id];
        if let Some(owner) = &pod.meta.controlled_by {
            let owner =
                named(&by_name, &pod.meta, owner).or_else(|| stand_in(cluster, &mut by_name, id));
            cluster.pods[id].owner = owner;
        }
    }
    adopt(cluster, findings);
}

fn key(meta: &Meta, kind: WorkloadKind, name: &Str) -> (Str, WorkloadKind, Str) {
    (meta.namespace.clone(), kind, name.clone())
}

fn named(by_name: &ByName, owned: &Meta, owner: &OwnerReference) -> Option<WorkloadId> {
    let kind = WorkloadKind::from_name(&owner.kind)?;
    by_name.get(&key(owned, kind, &owner.name)).copied()
}

/// The ReplicaSet that a dump left out, between a Pod and the Deployment that is there.
///
/// `kubectl get deployments,pods,services -o yaml` is such a dump. Without the link the Deployment would make its Pods
/// a second time.
fn stand_in(cluster: &mut Cluster, by_name: &mut ByName, pod: PodId) -> Option<WorkloadId> {
    let pod = &cluster.pods[pod];
    let owner = pod.meta.controlled_by.as_ref()?;
    if owner.kind != WorkloadKind::ReplicaSet.name() {
        return None;
    }
    let hash = pod.meta.labels.get(TEMPLATE_HASH_LABEL)?;
    let deployment = owner.name.strip_suffix(hash.as_str())?.strip_suffix('-')?;
    let deployment = *by_name.get(&key(
        &pod.meta,
        WorkloadKind::Deployment,
        &deployment.into(),
    ))?;
    let replica_set = replica_set(
        &cluster.workloads[deployment],
        deployment,
        &owner.name,
        hash,
    );
    let name = key(&replica_set.meta, WorkloadKind::ReplicaSet, &owner.name);
    let id = cluster.workloads.push(replica_set);
    by_name.insert(name, id);
    Some(id)
}

/// The ReplicaSet that a Deployment makes for its template.
pub(super) fn replica_set(
    deployment: &Workload,
    id: WorkloadId,
    name: &Str,
    template_hash: &Str,
) -> Workload {
    let mut made = deployment.clone();
    made.kind = WorkloadKind::ReplicaSet;
    made.owner = Some(id);
    made.meta = Meta {
        namespace: deployment.meta.namespace.clone(),
        name: name.clone(),
        labels: deployment.template.labels.clone(),
        controlled_by: Some(OwnerReference {
            api_version: "apps/v1".into(),
            kind: WorkloadKind::Deployment.name().into(),
            name: deployment.meta.name.clone(),
            uid: Str::default(),
            controller: Some(true),
        }),
        ..Meta::default()
    };
    let label = (Str::from(TEMPLATE_HASH_LABEL), template_hash.clone());
    made.meta.labels.insert(label.0.clone(), label.1.clone());
    made.template
        .labels
        .insert(label.0.clone(), label.1.clone());
    made.selector.match_labels.insert(label.0, label.1);
    made
}

/// Pods that nobody manages go to a workload whose selector matches them.
///
/// Source: `pkg/controller`, `PodControllerRefManager.ClaimPods`. A Deployment adopts nothing: its ReplicaSets select a
/// template hash that bare Pods do not carry. A Job selects its own uid.
fn adopt(cluster: &mut Cluster, findings: &mut Findings) {
    let orphans = LabelIndex::of(
        cluster
            .pods
            .iter()
            .filter(|(_, pod)| is_orphan(pod))
            .map(|(id, pod)| (id, &pod.meta.namespace, &pod.meta.labels)),
    );
    let mut adopted: Vec<(PodId, WorkloadId)> = Vec::new();
    for (id, workload) in cluster.workloads.iter() {
        let adopts = matches!(
            workload.kind,
            WorkloadKind::ReplicaSet
                | WorkloadKind::ReplicationController
                | WorkloadKind::StatefulSet
                | WorkloadKind::DaemonSet
        );
        let selector = &workload.selector;
        let selects_all = selector.match_labels.is_empty() && selector.match_expressions.is_empty();
        if !adopts || selects_all {
            continue;
        }
        let candidates = orphans.candidates(&workload.meta.namespace, &selector.match_labels);
        for pod in candidates.iter().copied() {
            let meta = &cluster.pods[pod].meta;
            if selector::matches(selector, &meta.labels)
                && (workload.kind != WorkloadKind::StatefulSet
                    || ordinal(&meta.name, &workload.meta.name).is_some())
            {
                adopted.push((pod, id));
            }
        }
    }
    for (pod, workload) in adopted {
        if cluster.pods[pod].owner.is_some() {
            continue;
        }
        cluster.pods[pod].owner = Some(workload);
        let pod = &cluster.pods[pod];
        let workload = &cluster.workloads[workload];
        findings.push_related(
            pod.meta.at("metadata.labels"),
            workload.meta.at("spec.selector").into_iter().collect(),
            ControllerProblem::PodAdopted {
                pod: pod.meta.full_name().into(),
                kind: workload.kind,
                workload: workload.meta.name.clone(),
            },
        );
    }
}

fn is_orphan(pod: &Pod) -> bool {
    pod.meta.controlled_by.is_none()
        && pod.owner.is_none()
        && !pod.terminating
        && !pod.is_terminal()
}

/// The number of a StatefulSet's Pod in its name.
pub(super) fn ordinal(pod: &str, set: &str) -> Option<u32> {
    let digits = pod.strip_prefix(set)?.strip_prefix('-')?;
    let canonical = digits == "0" || !digits.starts_with(['0', '+']);
    digits.parse().ok().filter(|_| canonical)
}

//! Probe `workload`: the Pods that controllers make.

use serde_json::{Value, json};
use switchboard_engine::api::apps::WorkloadKind;
use switchboard_engine::cluster::{Cluster, Pod, WorkloadId};

use super::{Reply, Stored, Unsupported};

pub(super) fn pods(stored: &Stored, probe: &Value) -> Reply {
    let cluster = &stored.analysis.cluster;
    let object = probe["object"].as_str().unwrap_or_default();
    let workload = find(cluster, object)
        .ok_or_else(|| Unsupported::because(format!("there is no workload {object}")))?;
    let pods: Vec<Value> = cluster
        .pods
        .values()
        .filter(|pod| {
            pod.owner
                .is_some_and(|owner| is_below(cluster, owner, workload))
        })
        .map(|pod| written(cluster, pod))
        .collect();
    Ok(json!({ "pods": pods }))
}

/// `Kind/namespace/name`.
fn find(cluster: &Cluster, object: &str) -> Option<WorkloadId> {
    let (kind, rest) = object.split_once('/')?;
    let (namespace, name) = rest.split_once('/')?;
    let kind = WorkloadKind::from_name(kind)?;
    cluster
        .workloads
        .iter()
        .find(|(_, workload)| {
            workload.kind == kind
                && workload.meta.namespace == namespace
                && workload.meta.name == name
        })
        .map(|(id, _)| id)
}

fn is_below(cluster: &Cluster, owner: WorkloadId, workload: WorkloadId) -> bool {
    owner == workload || cluster.topmost(owner) == workload
}

/// A Pod in the API's JSON, as far as workloads decide about it.
fn written(cluster: &Cluster, pod: &Pod) -> Value {
    let node = pod.node().map(|node| &cluster.nodes[node].meta.name);
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod.meta.name,
            "generateName": pod.meta.generate_name,
            "namespace": pod.meta.namespace,
            "labels": pod.meta.labels,
            "annotations": pod.meta.annotations,
            "ownerReferences": pod.meta.controlled_by.iter().collect::<Vec<_>>(),
        },
        "spec": {
            "nodeName": node,
            "hostname": pod.hostname.as_deref().unwrap_or_default(),
            "subdomain": pod.subdomain.as_deref().unwrap_or_default(),
        },
    })
}

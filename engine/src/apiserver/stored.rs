//! The entrance of a cluster's state as it stands: defaults of the API, nothing else.

use rustc_hash::FxHashMap;

use super::draft::Draft;
use super::families::{self, ClusterFamilies};
use super::unique::{Named, last_of_each};
use super::{convert, defaults};
use crate::Str;
use crate::api::{Objects, Written};
use crate::cluster::{Cluster, Environment, NodeId, PodId, Why};
use crate::origin::{FieldPath, ObjectOrigin};

/// Takes every object as stored. Of two with one name the last counts.
pub(super) fn admit(objects: &Objects, environment: Environment) -> Cluster {
    let mut cluster = Cluster {
        environment,
        ..Cluster::default()
    };
    let families = ClusterFamilies::of(&cluster.environment.network);
    for (origin, mut draft) in drafts(&objects.namespaces) {
        defaults::namespace_label(&mut draft);
        cluster.namespaces.push(convert::namespace(draft, origin));
    }
    for (origin, draft) in drafts(&objects.nodes) {
        let node = convert::node(draft, origin, &cluster.environment);
        cluster.nodes.push(node);
    }
    for (origin, mut draft) in drafts(&objects.services) {
        defaults::namespace(&mut draft);
        defaults::service(&mut draft);
        plural_cluster_ips(&mut draft);
        families::on_read(&mut draft, families);
        cluster.services.push(convert::service(draft, origin));
    }
    let nodes: FxHashMap<Str, NodeId> = cluster
        .nodes
        .iter()
        .map(|(id, node)| (node.meta.name.clone(), id))
        .collect();
    for (origin, mut draft) in drafts(&objects.pods) {
        defaults::namespace(&mut draft);
        defaults::pod(&mut draft);
        let pod = convert::pod(draft, origin, |name| nodes.get(name).copied());
        cluster.pods.push(pod);
    }
    for (origin, mut draft) in drafts(&objects.workloads) {
        defaults::namespace(&mut draft);
        defaults::workload(&mut draft);
        cluster.workloads.push(convert::workload(draft, origin));
    }
    for (origin, mut draft) in drafts(&objects.endpoints) {
        defaults::namespace(&mut draft);
        defaults::endpoints(&mut draft);
        cluster.endpoints.push(convert::endpoints(draft, origin));
    }
    let pods = PodIndex::of(&cluster);
    for (origin, mut draft) in drafts(&objects.endpoint_slices) {
        defaults::namespace(&mut draft);
        defaults::endpoint_slice(&mut draft);
        let slice =
            convert::endpoint_slice(draft, origin, |namespace, name| pods.find(namespace, name));
        cluster.slices.push(slice);
    }
    cluster
}

/// Pods by namespace and name.
pub(super) struct PodIndex(FxHashMap<(Str, Str), PodId>);

impl PodIndex {
    pub(super) fn of(cluster: &Cluster) -> Self {
        Self(
            cluster
                .pods
                .iter()
                .map(|(id, pod)| ((pod.meta.namespace.clone(), pod.meta.name.clone()), id))
                .collect(),
        )
    }

    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<PodId> {
        self.0.get(&(namespace.into(), name.into())).copied()
    }
}

/// `clusterIPs` of a Service that only has `clusterIP`: `normalizeClusterIPs`.
pub(super) fn plural_cluster_ips(draft: &mut Draft<crate::api::core::Service>) {
    let spec = &mut draft.value.spec;
    if let Some(ip) = spec.cluster_ip.clone()
        && !ip.is_empty()
        && spec.cluster_ips.is_empty()
    {
        spec.cluster_ips.push(ip.clone());
        draft.note(
            FieldPath::from("spec.clusterIPs"),
            serde_json::json!([ip.as_str()]),
            Why::Defaulted,
        );
    }
}

fn drafts<T: Named + Clone>(written: &[Written<T>]) -> Vec<(ObjectOrigin, Draft<T>)> {
    last_of_each(written)
        .into_iter()
        .map(|kept| (kept.object.origin, Draft::of(kept.object.value.clone())))
        .collect()
}

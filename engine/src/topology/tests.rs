use super::*;
use crate::api::LabelSelector;
use crate::api::StringMap;
use crate::api::apps::WorkloadKind;
use crate::arena::Id;
use crate::cluster::{Meta, Phase, Placement, Pod, PodTemplate, Workload};

fn workload(name: &str, kind: WorkloadKind, owner: Option<WorkloadId>) -> Workload {
    Workload {
        meta: Meta {
            namespace: "shop".into(),
            name: name.into(),
            ..Meta::default()
        },
        kind,
        owner,
        selector: LabelSelector::default(),
        replicas: 1,
        template: PodTemplate::default(),
        service_name: None,
        first_ordinal: 0,
        indexed: false,
        suspended: false,
    }
}

fn pod(name: &str, owner: Option<WorkloadId>) -> Pod {
    Pod {
        meta: Meta {
            namespace: "shop".into(),
            name: name.into(),
            labels: StringMap::new(),
            ..Meta::default()
        },
        spec: Default::default(),
        owner,
        placement: Placement::Pending(Vec::new()),
        hostname: None,
        subdomain: None,
        ips: Vec::new(),
        phase: Phase::Running,
        ready: true,
        terminating: false,
    }
}

#[test]
fn the_topmost_owner_is_the_deployment() {
    let mut cluster = Cluster::default();
    let deployment = cluster
        .workloads
        .push(workload("web", WorkloadKind::Deployment, None));
    let replica_set = cluster.workloads.push(workload(
        "web-1",
        WorkloadKind::ReplicaSet,
        Some(deployment),
    ));
    let owned = cluster.pods.push(pod("web-1-x", Some(replica_set)));
    let bare = cluster.pods.push(pod("bare", None));
    let topology = Topology::of(&cluster);
    assert_eq!(topology.topmost_owner(owned), Some(deployment));
    assert_eq!(topology.topmost_owner(bare), None);
    let affected = topology.affected_by(&Entity::Workload(deployment));
    assert_eq!(
        affected,
        BTreeSet::from([&Entity::Workload(replica_set), &Entity::Pod(owned)])
    );
}

#[test]
fn owners_in_a_ring_end() {
    let mut cluster = Cluster::default();
    let (a, b) = (Id::from_number(0), Id::from_number(1));
    cluster
        .workloads
        .push(workload("a", WorkloadKind::ReplicaSet, Some(b)));
    cluster
        .workloads
        .push(workload("b", WorkloadKind::ReplicaSet, Some(a)));
    let owned = cluster.pods.push(pod("p", Some(a)));
    assert_eq!(Topology::of(&cluster).topmost_owner(owned), Some(b));
}

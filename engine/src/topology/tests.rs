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
    assert_eq!(
        topology.owners(&cluster, owned),
        [Owner::Workload(deployment), Owner::Workload(replica_set)]
    );
    assert_eq!(topology.owners(&cluster, bare), []);
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

#[test]
fn an_owner_that_nobody_pasted_is_known_by_its_reference() {
    let reference = |kind: &str, name: &str| OwnerReference {
        kind: kind.into(),
        name: name.into(),
        ..OwnerReference::default()
    };
    let mut cluster = Cluster::default();
    let rollout = reference("Rollout", "web");
    let mut replica_set = workload("web-1", WorkloadKind::ReplicaSet, None);
    replica_set.meta.controlled_by = Some(rollout.clone());
    let replica_set = cluster.workloads.push(replica_set);
    let owned = cluster.pods.push(pod("web-1-x", Some(replica_set)));
    let daemon_set = reference("DaemonSet", "agent");
    let mut alone = pod("agent-x", None);
    alone.meta.controlled_by = Some(daemon_set.clone());
    let alone = cluster.pods.push(alone);
    let topology = Topology::of(&cluster);
    assert_eq!(
        topology.owners(&cluster, owned),
        [Owner::Missing(&rollout), Owner::Workload(replica_set)]
    );
    assert_eq!(
        topology.owners(&cluster, alone),
        [Owner::Missing(&daemon_set)]
    );
}

#[test]
fn a_wrong_label_is_shown_in_the_template_of_the_deployment() {
    let text = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web, tier: front}, ports: [{port: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: frontend}}
    spec: {containers: [{name: web, image: web}]}
";
    let file = crate::manifest::SourceFile {
        name: "web.yaml".into(),
        text: text.to_owned(),
    };
    let entrance = crate::apiserver::Entrance::Paste;
    let analysis = crate::Analysis::of(vec![file], entrance, Default::default());
    let finding = analysis
        .findings
        .iter()
        .find(|finding| finding.code() == "selector-matches-nothing")
        .unwrap();
    let places: Vec<&str> = finding
        .origin
        .iter()
        .chain(&finding.related)
        .map(|origin| &text[analysis.manifest.range(origin).unwrap().bytes])
        .collect();
    assert_eq!(places, ["front", "frontend"]);
}

#[test]
fn a_label_that_members_write_themselves_is_worth_a_note() {
    let severity = |label: &str| {
        let text = format!(
            "
apiVersion: v1
kind: Service
metadata: {{name: db}}
spec: {{selector: {{app: db, {label}}}, ports: [{{port: 5432}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: db-0, labels: {{app: db}}}}
spec: {{containers: [{{name: db, image: patroni}}]}}
"
        );
        let file = crate::manifest::SourceFile {
            name: "db.yaml".into(),
            text,
        };
        let entrance = crate::apiserver::Entrance::Paste;
        let analysis = crate::Analysis::of(vec![file], entrance, Default::default());
        let finding = analysis.findings.iter().next().unwrap();
        assert_eq!(finding.code(), "selector-matches-nothing");
        finding.severity().name()
    };
    assert_eq!(severity("role: replica"), "note");
    assert_eq!(severity("role: backend"), "warning");
    assert_eq!(severity("tier: replica"), "warning");
}

#[test]
fn endless_values_are_not_compared_letter_by_letter() {
    let long = "a".repeat(100_000);
    let found = Str::from("b".repeat(100_000));
    assert_eq!(reach::distance(&long, Some(&found)), 100_000);
    assert_eq!(reach::distance("web", Some("wbe")), 1);
    assert_eq!(reach::distance("web", None), 3);
}

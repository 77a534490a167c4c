//! Workloads make Pods: Deployment → ReplicaSet → Pods, StatefulSet, DaemonSet, Job, ReplicationController.
//!
//! A CronJob makes none: its Jobs exist only after a run. Nothing is placed here and nothing gets an address, but a
//! DaemonSet says which nodes its Pods are for. Sources: `pkg/controller/{deployment,replicaset,statefulset,daemon,job}`.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::ownership::{self, TEMPLATE_HASH_LABEL};
use super::{Identity, assume, scheduler};
use crate::Str;
use crate::api::OwnerReference;
use crate::api::apps::WorkloadKind;
use crate::api::core::Toleration;
use crate::cluster::{
    Cluster, Meta, NodeId, Phase, Placement, Pod, PodId, PodSpec, Workload, WorkloadId,
};
use crate::finding::{ControllerProblem, Findings};
use crate::identity::{combined, cut, draw, generated_name, template_hash, uuid};

/// Pods that one workload gets at most: a manifest of two lines must not fill the memory.
const PODS_OF_A_WORKLOAD: u32 = 5_000;

/// Pods that all workloads get together at most: the largest cluster that Kubernetes supports.
const PODS_OF_ALL_WORKLOADS: u32 = 150_000;

/// Makes the Pods that are missing, and says for every Pod of the cluster, in order, what it is to be drawn from.
///
/// Where a dump holds Pods of a workload no more are made: what is missing there is missing in the cluster.
pub(super) fn make_pods(cluster: &mut Cluster, findings: &mut Findings) -> Vec<Identity> {
    let mut identities: Vec<Identity> = cluster.pods.values().map(Identity::of_bare).collect();
    let present = Present::of(cluster);
    make_replica_sets(cluster, &present);

    let mut names = Names::of(cluster);
    let mut left = PODS_OF_ALL_WORKLOADS;
    for number in 0..cluster.workloads.len() {
        let id = WorkloadId::from_number(number as u32);
        let top = cluster.topmost(id);
        if present.settled.contains(&top) {
            continue;
        }
        let bound = PODS_OF_A_WORKLOAD.min(left);
        let missing = missing(cluster, id, present.pods(id), bound as usize);
        if missing.wanted > u64::from(bound) {
            let workload = &cluster.workloads[top];
            findings.push(
                workload.meta.at("spec.replicas"),
                ControllerProblem::TooManyPods {
                    kind: workload.kind,
                    workload: workload.meta.full_name().into(),
                    wanted: missing.wanted,
                    made: missing.seats.len(),
                },
            );
        }
        left -= missing.seats.len() as u32;
        let maker = Maker::of(cluster, id);
        for seat in missing.seats {
            let identity = maker.identity(cluster, seat);
            let pod = maker.pod(cluster, seat, identity, &mut names);
            cluster.pods.push(pod);
            identities.push(identity);
        }
    }
    identities
}

/// Makes one more Pod of a workload: the next, or in the place of one that is gone.
///
/// `ordinal` is a number that no other Pod of the workload has had; a StatefulSet's and a DaemonSet's place is `seat`.
pub(super) fn make_another(
    cluster: &mut Cluster,
    workload: WorkloadId,
    seat: Seat,
    ordinal: u32,
    names: &mut Names,
) -> Identity {
    let maker = Maker::of(cluster, workload);
    let identity = Identity {
        ordinal,
        ..maker.identity(cluster, seat)
    };
    let pod = maker.pod(cluster, seat, identity, names);
    cluster.pods.push(pod);
    identity
}

/// Pods that stand in the manifests, by their workloads.
struct Present {
    of_workload: FxHashMap<WorkloadId, Vec<PodId>>,
    /// Topmost workloads that a dump holds Pods of. Adopted Pods do not count: a controller adds to them.
    settled: FxHashSet<WorkloadId>,
}

impl Present {
    fn of(cluster: &Cluster) -> Self {
        let mut present = Self {
            of_workload: FxHashMap::default(),
            settled: FxHashSet::default(),
        };
        for (id, pod) in cluster.pods.iter() {
            let Some(owner) = pod.owner else { continue };
            present.of_workload.entry(owner).or_default().push(id);
            if pod.meta.controlled_by.is_some() {
                present.settled.insert(cluster.topmost(owner));
            }
        }
        present
    }

    fn pods(&self, workload: WorkloadId) -> &[PodId] {
        self.of_workload.get(&workload).map_or(&[], Vec::as_slice)
    }
}

/// A Deployment has a ReplicaSet for its template, unless the manifests hold ReplicaSets of it.
fn make_replica_sets(cluster: &mut Cluster, present: &Present) {
    let with_replica_sets: FxHashSet<WorkloadId> = cluster
        .workloads
        .values()
        .filter_map(|workload| workload.owner)
        .collect();
    for number in 0..cluster.workloads.len() {
        let id = WorkloadId::from_number(number as u32);
        let deployment = &cluster.workloads[id];
        if deployment.kind != WorkloadKind::Deployment
            || with_replica_sets.contains(&id)
            || present.settled.contains(&id)
        {
            continue;
        }
        let hash = revision(deployment);
        // A ReplicaSet's name is at most a DNS subdomain long.
        let base = cut(&deployment.meta.name, 253 - 1 - hash.len());
        let name = format!("{base}-{hash}").into();
        let mut replica_set = ownership::replica_set(deployment, id, &name, &hash);
        assume(&mut replica_set.meta, "metadata.name", name.as_str());
        cluster.workloads.push(replica_set);
    }
}

/// The hash of a template. The real one is taken over a dump of a Go struct and cannot be computed elsewhere.
fn revision(workload: &Workload) -> Str {
    template_hash(&format!("{:?}", workload.template))
}

/// A Pod that a workload has yet to make.
#[derive(Debug, Clone, Copy)]
pub(super) enum Seat {
    Ordinal(u32),
    Daemon(NodeId),
}

struct Missing {
    /// How many, whatever the bound.
    wanted: u64,
    seats: Vec<Seat>,
}

fn missing(cluster: &Cluster, id: WorkloadId, present: &[PodId], bound: usize) -> Missing {
    let workload = &cluster.workloads[id];
    let none = Missing {
        wanted: 0,
        seats: Vec::new(),
    };
    let numbered = |first: u32, taken: FxHashSet<u32>| {
        let last = first.saturating_add(workload.replicas);
        let taken_here = taken.iter().filter(|n| (first..last).contains(*n)).count();
        Missing {
            wanted: u64::from(last - first) - taken_here as u64,
            seats: (first..last)
                .filter(|ordinal| !taken.contains(ordinal))
                .take(bound)
                .map(Seat::Ordinal)
                .collect(),
        }
    };
    match workload.kind {
        WorkloadKind::Deployment | WorkloadKind::CronJob => none,
        WorkloadKind::Job if workload.suspended => none,
        WorkloadKind::ReplicaSet | WorkloadKind::ReplicationController | WorkloadKind::Job => {
            // Which of them the present ones are cannot be told, and does not matter.
            numbered(0, (0..present.len() as u32).collect())
        }
        WorkloadKind::StatefulSet => {
            let ordinals = present.iter().filter_map(|pod| {
                ownership::ordinal(&cluster.pods[*pod].meta.name, &workload.meta.name)
            });
            numbered(workload.first_ordinal, ordinals.collect())
        }
        WorkloadKind::DaemonSet => {
            let spec = daemon_spec(workload);
            let served: FxHashSet<NodeId> = present
                .iter()
                .filter_map(|pod| cluster.pods[*pod].node())
                .collect();
            let seats: Vec<Seat> = scheduler::nodes_for_daemon(cluster, &spec)
                .into_iter()
                .filter(|node| !served.contains(node))
                .map(Seat::Daemon)
                .collect();
            Missing {
                wanted: seats.len() as u64,
                seats: seats.into_iter().take(bound).collect(),
            }
        }
    }
}

/// What the Pods of one workload have in common.
struct Maker {
    workload: WorkloadId,
    home: u64,
    spec: Arc<PodSpec>,
    /// Labels that the controller adds.
    labels: Vec<(Str, Str)>,
}

impl Maker {
    fn of(cluster: &Cluster, id: WorkloadId) -> Self {
        let workload = &cluster.workloads[id];
        let top = &cluster.workloads[cluster.topmost(id)];
        let home = draw(&[top.kind.name(), &top.meta.namespace, &top.meta.name]);
        let (spec, labels) = match workload.kind {
            WorkloadKind::DaemonSet => (
                daemon_spec(workload),
                vec![
                    ("controller-revision-hash".into(), revision(workload)),
                    ("pod-template-generation".into(), "1".into()),
                ],
            ),
            WorkloadKind::StatefulSet => (
                workload.template.spec.clone(),
                vec![(
                    "controller-revision-hash".into(),
                    format!("{}-{}", workload.meta.name, revision(workload)).into(),
                )],
            ),
            WorkloadKind::Job => {
                let (name, uid) = (workload.meta.name.clone(), uuid(home));
                (
                    workload.template.spec.clone(),
                    vec![
                        ("batch.kubernetes.io/controller-uid".into(), uid.clone()),
                        ("batch.kubernetes.io/job-name".into(), name.clone()),
                        ("controller-uid".into(), uid),
                        ("job-name".into(), name),
                    ],
                )
            }
            _ => (workload.template.spec.clone(), Vec::new()),
        };
        Self {
            workload: id,
            home,
            spec,
            labels,
        }
    }

    fn identity(&self, cluster: &Cluster, seat: Seat) -> Identity {
        match seat {
            Seat::Ordinal(ordinal) => Identity {
                home: self.home,
                ordinal,
                daemon_node: None,
            },
            // Drawn from the node's name, so that a new node leaves the Pods of the others alone.
            Seat::Daemon(node) => Identity {
                home: combined(self.home, draw(&[&cluster.nodes[node].meta.name])),
                ordinal: 0,
                daemon_node: Some(node),
            },
        }
    }

    fn pod(&self, cluster: &Cluster, seat: Seat, identity: Identity, names: &mut Names) -> Pod {
        let workload = &cluster.workloads[self.workload];
        let template = &workload.template;
        let owner = &workload.meta.name;
        let mut meta = Meta {
            namespace: workload.meta.namespace.clone(),
            labels: template.labels.clone(),
            annotations: template.annotations.clone(),
            controlled_by: Some(OwnerReference {
                api_version: api_version(workload.kind).into(),
                kind: workload.kind.name().into(),
                name: owner.clone(),
                uid: Str::default(),
                controller: Some(true),
            }),
            ..Meta::default()
        };
        let mut hostname = template.hostname.clone();
        let mut subdomain = template.subdomain.clone();
        let mut labels = self.labels.clone();
        match (workload.kind, seat) {
            (WorkloadKind::StatefulSet, Seat::Ordinal(ordinal)) => {
                meta.name = format!("{owner}-{ordinal}").into();
                hostname = Some(meta.name.clone());
                subdomain = workload
                    .service_name
                    .clone()
                    .filter(|name| !name.is_empty());
                labels.push((
                    "statefulset.kubernetes.io/pod-name".into(),
                    meta.name.clone(),
                ));
                labels.push(("apps.kubernetes.io/pod-index".into(), number(ordinal)));
                names.take(&meta.namespace, &meta.name);
            }
            (WorkloadKind::Job, Seat::Ordinal(index)) if workload.indexed => {
                let appendix = format!("-{index}-");
                let base = cut(owner, 58 - appendix.len());
                meta.generate_name = format!("{base}{appendix}").into();
                hostname = Some(format!("{owner}-{index}").into());
                let label = Str::from("batch.kubernetes.io/job-completion-index");
                meta.annotations.insert(label.clone(), number(index));
                labels.push((label, number(index)));
            }
            _ => meta.generate_name = format!("{owner}-").into(),
        }
        for (key, value) in labels {
            let path = crate::origin::FieldPath::from("metadata.labels").key(key.clone());
            assume(&mut meta, path, value.as_str());
            meta.labels.insert(key, value);
        }
        if meta.name.is_empty() {
            meta.name = names.generate(&meta.namespace, &meta.generate_name, identity.own());
            let name = meta.name.clone();
            assume(&mut meta, "metadata.name", name.as_str());
        }
        if let Some(hash) = meta.labels.get(TEMPLATE_HASH_LABEL).cloned() {
            let path = crate::origin::FieldPath::from("metadata.labels").key(TEMPLATE_HASH_LABEL);
            assume(&mut meta, path, hash.as_str());
        }
        Pod {
            meta,
            spec: self.spec.clone(),
            owner: Some(self.workload),
            placement: Placement::Pending(Vec::new()),
            hostname,
            subdomain,
            ips: Vec::new(),
            phase: Phase::Pending,
            ready: false,
            terminating: false,
        }
    }
}

fn number(number: u32) -> Str {
    number.to_string().into()
}

fn api_version(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::ReplicationController => "v1",
        WorkloadKind::Job | WorkloadKind::CronJob => "batch/v1",
        _ => "apps/v1",
    }
}

/// The Pods of a DaemonSet stay on nodes that are in trouble.
///
/// Source: `pkg/controller/daemon/util`, `AddOrUpdateDaemonPodTolerations`.
fn daemon_spec(workload: &Workload) -> Arc<PodSpec> {
    let mut spec = PodSpec::clone(&workload.template.spec);
    let mut tolerated = vec![
        ("node.kubernetes.io/not-ready", "NoExecute"),
        ("node.kubernetes.io/unreachable", "NoExecute"),
        ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"),
        ("node.kubernetes.io/pid-pressure", "NoSchedule"),
        ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];
    if spec.host_network {
        tolerated.push(("node.kubernetes.io/network-unavailable", "NoSchedule"));
    }
    spec.tolerations
        .extend(tolerated.into_iter().map(|(key, effect)| Toleration {
            key: key.into(),
            operator: Some("Exists".into()),
            effect: effect.into(),
            ..Toleration::default()
        }));
    Arc::new(spec)
}

/// Names of Pods that are taken.
pub(super) struct Names(FxHashSet<(Str, Str)>);

impl Names {
    pub(super) fn of(cluster: &Cluster) -> Self {
        Self(
            cluster
                .pods
                .values()
                .map(|pod| (pod.meta.namespace.clone(), pod.meta.name.clone()))
                .collect(),
        )
    }

    fn take(&mut self, namespace: &Str, name: &Str) -> bool {
        self.0.insert((namespace.clone(), name.clone()))
    }

    fn generate(&mut self, namespace: &Str, base: &str, drawn: u64) -> Str {
        let mut drawn = drawn;
        loop {
            let name = generated_name(base, drawn);
            if self.take(namespace, &name) {
                return name;
            }
            drawn = combined(drawn, 1);
        }
    }
}

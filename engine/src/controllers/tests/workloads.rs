use super::*;
use crate::cluster::{Phase, Why};
use crate::origin::FieldPath;

#[test]
fn pods_of_a_deployment_carry_the_names_and_labels_of_its_replica_set() {
    let settled = pasted(&on_three_nodes(&[deployment("web", 2)]));
    let replica_set = settled
        .cluster
        .workloads
        .values()
        .find(|workload| workload.meta.name.starts_with("web-"))
        .unwrap();
    let hash = replica_set.meta.name.strip_prefix("web-").unwrap();
    assert!((1..=10).contains(&hash.len()));
    assert!(hash.bytes().all(|byte| b"456789bcdf".contains(&byte)));
    for pod in settled.shop() {
        assert_eq!(pod.meta.generate_name, format!("web-{hash}-"));
        assert_eq!(pod.meta.labels["app"], "web");
        assert_eq!(pod.meta.labels["pod-template-hash"], hash);
        assert!(pod.meta.origin.is_none());
        assert_eq!(pod.meta.why(&"spec.nodeName".into()), Some(Why::Assumed));
        assert_eq!(pod.meta.why(&"status.podIPs".into()), Some(Why::Assumed));
        let label = FieldPath::from("metadata.labels");
        assert_eq!(
            pod.meta.why(&label.clone().key("pod-template-hash")),
            Some(Why::Assumed)
        );
        assert_eq!(pod.meta.why(&label.key("app")), None);
        assert_eq!(pod.phase, Phase::Running);
        assert!(pod.ready);
    }
}

#[test]
fn a_field_of_a_made_pod_stands_in_the_template() {
    let settled = pasted(&on_three_nodes(&[deployment("web", 1)]));
    let pod = settled.shop().next().unwrap();
    let origin = settled
        .cluster
        .pod_origin(pod, "spec.containers[0].image")
        .unwrap();
    assert_eq!(
        origin.path.to_string(),
        "spec.template.spec.containers[0].image"
    );
}

#[test]
fn names_are_cut_so_that_the_random_part_fits() {
    let name = "a".repeat(60);
    let settled = pasted(&on_three_nodes(&[
        workload("ReplicaSet", &name, "replicas: 1", ""),
        workload(
            "Job",
            &name,
            "parallelism: 1, completions: 1, completionMode: Indexed",
            "restartPolicy: Never",
        ),
    ]));
    let names = settled.names();
    assert_eq!(&names[0][..58], "a".repeat(58));
    assert_eq!(names[0].len(), 63);
    assert_eq!(&names[1][..58], format!("{}-0-", "a".repeat(55)));
    assert_eq!(names[1].len(), 63);
}

#[test]
fn a_stateful_set_counts_and_gives_host_names() {
    let settled = pasted(&on_three_nodes(&[workload(
        "StatefulSet",
        "db",
        "serviceName: peers, replicas: 2, ordinals: {start: 5}",
        "",
    )]));
    assert_eq!(settled.names(), ["db-5", "db-6"]);
    let second = settled.shop().nth(1).unwrap();
    assert_eq!(second.hostname.as_deref(), Some("db-6"));
    assert_eq!(second.subdomain.as_deref(), Some("peers"));
    assert_eq!(
        second.meta.labels["statefulset.kubernetes.io/pod-name"],
        "db-6"
    );
    assert_eq!(second.meta.labels["apps.kubernetes.io/pod-index"], "6");
    assert!(second.meta.labels["controller-revision-hash"].starts_with("db-"));
    assert_eq!(
        second.meta.why(&"metadata.name".into()),
        None,
        "the name is certain"
    );
}

#[test]
fn a_daemon_set_has_a_pod_on_every_node_that_takes_it() {
    let settled = pasted(&[
        node(1, "a"),
        node_with(2, "", "taints: [{key: gpu, effect: NoSchedule}]", ""),
        node_with(3, "", "unschedulable: true", ""),
        node_with(
            4,
            "disk: ssd",
            "taints: [{key: old, effect: PreferNoSchedule}]",
            "",
        ),
        workload("DaemonSet", "agent", "minReadySeconds: 0", ""),
        workload(
            "DaemonSet",
            "disk",
            "minReadySeconds: 0",
            "nodeSelector: {disk: ssd}",
        ),
    ]);
    // A DaemonSet's Pods tolerate a cordon.
    assert_eq!(settled.nodes(), ["n1", "n3", "n4", "n4"]);
}

#[test]
fn a_new_node_leaves_the_daemon_pods_of_the_others_alone() {
    let agent = workload("DaemonSet", "agent", "minReadySeconds: 0", "");
    let two = pasted(&[node(1, "a"), node(2, "b"), agent.clone()]).pods();
    let three = pasted(&[node(3, "a"), node(1, "a"), node(2, "b"), agent]).pods();
    assert_eq!(three.len(), 3);
    assert!(two.iter().all(|pod| three.contains(pod)));
}

#[test]
fn a_job_runs_what_may_run_at_once() {
    let settled = pasted(&on_three_nodes(&[
        workload("Job", "once", "backoffLimit: 1", "restartPolicy: Never"),
        workload(
            "Job",
            "many",
            "parallelism: 5, completions: 2",
            "restartPolicy: Never",
        ),
        workload("Job", "off", "suspend: true", "restartPolicy: Never"),
        workload(
            "Job",
            "shards",
            "parallelism: 2, completions: 9, completionMode: Indexed",
            "restartPolicy: Never",
        ),
    ]));
    let prefixes: Vec<&str> = settled
        .names()
        .into_iter()
        .map(|name| &name[..name.len() - 5])
        .collect();
    assert_eq!(
        prefixes,
        ["once-", "many-", "many-", "shards-0-", "shards-1-"]
    );
    let shard = settled.shop().nth(4).unwrap();
    assert_eq!(shard.hostname.as_deref(), Some("shards-1"));
    assert_eq!(
        shard.meta.labels["batch.kubernetes.io/job-completion-index"],
        "1"
    );
    assert_eq!(shard.meta.labels["batch.kubernetes.io/job-name"], "shards");
    assert_eq!(shard.meta.labels["job-name"], "shards");
    assert!(
        shard
            .meta
            .labels
            .contains_key("batch.kubernetes.io/controller-uid")
    );
}

#[test]
fn a_cron_job_has_no_pod_before_it_runs() {
    let settled = pasted(&[
        "{apiVersion: batch/v1, kind: CronJob, metadata: {name: nightly, namespace: shop}, spec: {schedule: '0 0 * * *', \
         jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: x}]}}}}}}",
    ]);
    assert_eq!(settled.names(), [""; 0]);
}

#[test]
fn two_lines_do_not_fill_the_memory() {
    let settled = pasted(&on_three_nodes(&[deployment("web", 2_000_000_000)]));
    assert_eq!(settled.shop().count(), 5000);
    assert!(
        settled.messages().contains(
            &"Deployment shop/web wants 2000000000 Pods; 5000 of them are shown and simulated."
                .to_owned()
        )
    );
}

#[test]
fn stored_state_gets_pods_and_no_addresses() {
    let settled = stored(&on_three_nodes(&[
        deployment("web", 2),
        service("web", "clusterIP: 10.96.0.7, selector: {app: web}"),
    ]));
    assert_eq!(settled.shop().count(), 2);
    assert!(settled.shop().all(|pod| pod.ips.is_empty() && !pod.ready));
    assert_eq!(settled.slices("web"), [[""; 0]]);
}

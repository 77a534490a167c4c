use super::*;

fn owned_by(kind: &str, name: &str) -> String {
    format!(
        "ownerReferences: [{{apiVersion: apps/v1, kind: {kind}, name: {name}, uid: u, controller: true}}]"
    )
}

fn replica_set_of_a_deployment(name: &str, replicas: u32) -> String {
    format!(
        "{{apiVersion: apps/v1, kind: ReplicaSet, metadata: {{name: {name}, namespace: shop, {}}}, \
         spec: {{replicas: {replicas}, selector: {{matchLabels: {{app: web}}}}, \
         template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: c, image: x}}]}}}}}}}}",
        owned_by("Deployment", "web")
    )
}

fn owners(settled: &Settled) -> Vec<String> {
    settled
        .shop()
        .map(|pod| {
            let owner = pod.owner.map(|owner| {
                let direct = &settled.cluster.workloads[owner];
                let top = &settled.cluster.workloads[settled.cluster.topmost(owner)];
                format!("{} < {}", direct.meta.name, top.meta.name)
            });
            format!("{}: {}", pod.meta.name, owner.unwrap_or_default())
        })
        .collect()
}

#[test]
fn a_dump_of_workloads_and_their_pods_is_not_counted_twice() {
    let settled = pasted(&on_three_nodes(&[
        deployment("web", 3),
        replica_set_of_a_deployment("web-5d4f", 3),
        replica_set_of_a_deployment("web-old", 0),
        live_pod_with(
            "web-5d4f-aaaaa",
            "app: web",
            "n1",
            "10.1.0.1",
            &owned_by("ReplicaSet", "web-5d4f"),
            "",
        ),
        live_pod_with(
            "web-5d4f-bbbbb",
            "app: web",
            "n2",
            "10.1.0.2",
            &owned_by("ReplicaSet", "web-5d4f"),
            "",
        ),
    ]));
    // The third is missing in the cluster, too.
    assert_eq!(
        owners(&settled),
        [
            "web-5d4f-aaaaa: web-5d4f < web",
            "web-5d4f-bbbbb: web-5d4f < web"
        ]
    );
}

#[test]
fn a_dump_without_replica_sets_is_not_counted_twice_either() {
    let pod = |name: &str, address| {
        let labels = "app: web, pod-template-hash: 5d4f";
        live_pod_with(
            name,
            labels,
            "n1",
            address,
            &owned_by("ReplicaSet", "web-5d4f"),
            "",
        )
    };
    let settled = pasted(&on_three_nodes(&[
        pod("web-5d4f-aaaaa", "10.1.0.1"),
        deployment("web", 2),
        pod("web-5d4f-bbbbb", "10.1.0.2"),
    ]));
    assert_eq!(
        owners(&settled),
        [
            "web-5d4f-aaaaa: web-5d4f < web",
            "web-5d4f-bbbbb: web-5d4f < web"
        ]
    );
}

#[test]
fn replica_sets_of_a_dump_without_pods_make_them() {
    let settled = pasted(&on_three_nodes(&[
        replica_set_of_a_deployment("web-old", 0),
        replica_set_of_a_deployment("web-5d4f", 2),
        deployment("web", 2),
    ]));
    let owners = owners(&settled);
    assert_eq!(owners.len(), 2);
    assert!(
        owners
            .iter()
            .all(|owner| owner.ends_with(": web-5d4f < web"))
    );
}

#[test]
fn a_pod_whose_owner_was_left_out_stands_by_itself() {
    let settled = pasted(&on_three_nodes(&[live_pod_with(
        "web-5d4f-aaaaa",
        "app: web",
        "n1",
        "10.1.0.1",
        &owned_by("ReplicaSet", "web-5d4f"),
        "",
    )]));
    assert_eq!(owners(&settled), ["web-5d4f-aaaaa: "]);
}

#[test]
fn a_replica_set_adopts_what_it_selects_and_a_deployment_does_not() {
    let settled = pasted(&on_three_nodes(&[
        live_pod("first", "app: web", "n1", "10.1.0.1"),
        live_pod("second", "app: api", "n1", "10.1.0.2"),
        workload("ReplicaSet", "web", "replicas: 2", ""),
        deployment("api", 1),
    ]));
    let owners = owners(&settled);
    assert_eq!(&owners[..2], ["first: web < web", "second: "]);
    assert_eq!(owners.len(), 4, "one more for each: {owners:?}");
    assert_eq!(settled.findings(), ["pod-adopted: metadata.labels"]);
}

#[test]
fn a_stateful_set_adopts_by_name_and_fills_the_gaps() {
    let settled = pasted(&on_three_nodes(&[
        live_pod("db-1", "app: db", "n1", "10.1.0.1"),
        live_pod("db-x", "app: db", "n1", "10.1.0.2"),
        live_pod("db-01", "app: db", "n1", "10.1.0.3"),
        workload("StatefulSet", "db", "serviceName: '', replicas: 3", ""),
    ]));
    assert_eq!(
        owners(&settled),
        [
            "db-1: db < db",
            "db-x: ",
            "db-01: ",
            "db-0: db < db",
            "db-2: db < db"
        ]
    );
}

#[test]
fn owners_in_a_circle_end() {
    let circle = |name: &str, owner: &str| {
        workload("Job", name, "backoffLimit: 1", "restartPolicy: Never").replacen(
            "namespace: shop",
            &format!(
                "namespace: shop, ownerReferences: [{{kind: Job, name: {owner}, controller: true}}]"
            ),
            1,
        )
    };
    let settled = pasted(&on_three_nodes(&[
        circle("a", "b"),
        circle("b", "a"),
        circle("c", "c"),
    ]));
    assert_eq!(settled.shop().count(), 3);
}

#[test]
fn a_finished_job_of_a_dump_is_not_run_again() {
    let job = workload("Job", "migrate", "backoffLimit: 1", "restartPolicy: Never");
    let with = |condition: &str| {
        let status = format!(", status: {{conditions: [{condition}]}}}}");
        let job = format!("{}{status}", job.strip_suffix('}').unwrap());
        pasted(&on_three_nodes(&[job])).shop().count()
    };
    assert_eq!(with(""), 1);
    assert_eq!(with("{type: Complete, status: 'True'}"), 0);
    assert_eq!(with("{type: Failed, status: 'True'}"), 0);
    assert_eq!(with("{type: Failed, status: 'False'}"), 1);
}

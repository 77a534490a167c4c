use super::*;
use crate::cluster::{Phase, Placement, Unfit};

/// Where the Pods of one Deployment go on these nodes, with this in their spec.
fn placed(nodes: &[String], replicas: u32, spec: &str) -> Vec<String> {
    let mut documents = nodes.to_vec();
    documents.push(workload(
        "Deployment",
        "web",
        &format!("replicas: {replicas}"),
        spec,
    ));
    let settled = pasted(&documents);
    let mut nodes: Vec<String> = settled.nodes().into_iter().map(str::to_owned).collect();
    nodes.sort();
    nodes
}

#[test]
fn a_workload_is_even_over_nodes_and_over_zones_first() {
    assert_eq!(
        placed(&three_nodes(), 6, ""),
        ["n1", "n1", "n2", "n2", "n3", "n3"]
    );
    // n2 is alone in its zone.
    for name in ["web", "api", "db", "cache"] {
        let settled = pasted(&on_three_nodes(&[deployment(name, 2)]));
        assert!(settled.nodes().contains(&"n2"), "{name}");
    }
}

#[test]
fn many_single_pods_are_about_even() {
    let documents: Vec<String> = (0..300)
        .map(|n| deployment(&format!("app-{n}"), 1))
        .collect();
    let settled = pasted(&on_three_nodes(&documents));
    let on = |node| settled.nodes().iter().filter(|name| **name == node).count();
    assert_eq!((on("n1"), on("n2"), on("n3")), (106, 86, 108));
}

#[test]
fn scaling_one_workload_leaves_the_others_as_they_are() {
    let with = |replicas| {
        pasted(&on_three_nodes(&[
            deployment("web", replicas),
            deployment("api", 3),
            workload("StatefulSet", "db", "serviceName: '', replicas: 2", ""),
        ]))
        .pods()
    };
    let (few, many) = (with(2), with(9));
    assert_eq!((few.len(), many.len()), (7, 14));
    assert!(few.iter().all(|pod| many.contains(pod)));
}

#[test]
fn the_order_of_documents_is_no_fact() {
    let documents = [
        deployment("web", 4),
        workload(
            "Deployment",
            "edge",
            "replicas: 2",
            "hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]",
        ),
        workload(
            "Deployment",
            "door",
            "replicas: 2",
            "hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]",
        ),
        service("web", "selector: {app: web}"),
    ];
    let mut there = pasted(&on_three_nodes(&documents)).pods();
    let mut back: Vec<String> = on_three_nodes(&documents);
    back.reverse();
    let mut back = pasted(&back).pods();
    there.sort();
    back.sort();
    assert_eq!(there, back);
}

#[test]
fn a_cordon_moves_only_the_pods_of_that_node() {
    let at = |unschedulable: &str| {
        let nodes = [
            node(1, "a"),
            node_with(2, "topology.kubernetes.io/zone: b", unschedulable, ""),
            node(3, "a"),
        ];
        let settled = pasted(&[&nodes[..], &[deployment("web", 6)]].concat());
        settled
            .nodes()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (before, after) = (at(""), at("unschedulable: true"));
    for (before, after) in before.iter().zip(&after) {
        assert!(before == after || before == "n2", "{before} became {after}");
    }
    let mut after = after;
    after.sort();
    assert_eq!(after, ["n1", "n1", "n1", "n3", "n3", "n3"]);
}

#[test]
fn node_name_selector_and_affinity() {
    let nodes = [
        node_with(1, "disk: ssd, rank: '3'", "", ""),
        node_with(2, "disk: hdd, rank: '10'", "", ""),
        node_with(3, "disk: ssd", "", ""),
    ];
    let affinity = |terms: &str| {
        format!(
            "affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{terms}]}}}}}}"
        )
    };
    let placed = |spec: &str| placed(&nodes, 2, spec);
    assert_eq!(placed("nodeName: n2"), ["n2", "n2"]);
    assert_eq!(placed("nodeSelector: {disk: ssd}"), ["n1", "n3"]);
    assert_eq!(
        placed("nodeSelector: {kubernetes.io/hostname: n3, kubernetes.io/os: linux}"),
        ["n3", "n3"]
    );
    assert_eq!(
        placed("nodeSelector: {beta.kubernetes.io/arch: amd64, disk: hdd}"),
        ["n2", "n2"]
    );
    let gt = "{matchExpressions: [{key: rank, operator: Gt, values: ['5']}]}";
    assert_eq!(placed(&affinity(gt)), ["n2", "n2"]);
    let by_name = "{matchFields: [{key: metadata.name, operator: NotIn, values: [n1, n2]}]}";
    assert_eq!(placed(&affinity(by_name)), ["n3", "n3"]);
    // Terms are alternatives, an empty one is none.
    assert_eq!(
        placed(&affinity(&format!("{gt}, {{}}, {by_name}"))),
        ["n2", "n3"]
    );
    assert_eq!(placed(&affinity("{}")), ["-", "-"]);
}

#[test]
fn taints_and_tolerations() {
    let nodes = [
        node_with(
            1,
            "",
            "taints: [{key: team, value: a, effect: NoSchedule}]",
            "",
        ),
        node_with(
            2,
            "",
            "taints: [{key: team, value: b, effect: NoExecute}]",
            "",
        ),
        node_with(
            3,
            "",
            "taints: [{key: team, value: c, effect: PreferNoSchedule}]",
            "",
        ),
    ];
    let placed = |tolerations: &str| placed(&nodes, 3, &format!("tolerations: [{tolerations}]"));
    assert_eq!(placed(""), ["n3", "n3", "n3"]);
    assert_eq!(placed("{key: team, value: a}"), ["n1", "n3", "n3"]);
    assert_eq!(placed("{key: team, operator: Exists}"), ["n1", "n2", "n3"]);
    assert_eq!(
        placed("{operator: Exists, effect: NoExecute}"),
        ["n2", "n2", "n3"]
    );
    assert_eq!(placed("{key: other, operator: Exists}"), ["n3", "n3", "n3"]);
}

#[test]
fn pods_that_keep_apart() {
    let apart = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                 [{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}}";
    assert_eq!(placed(&three_nodes(), 4, apart), ["-", "n1", "n2", "n3"]);
    let by_zone = apart.replace("kubernetes.io/hostname", "topology.kubernetes.io/zone");
    let in_zones = placed(&three_nodes(), 3, &by_zone);
    assert_eq!(in_zones[0], "-");
    assert_eq!(in_zones.iter().filter(|node| *node == "n2").count(), 1);

    // Those who are there keep others away just as well.
    let settled = pasted(&on_three_nodes(&[
        live_pod_with(
            "hermit",
            "app: hermit",
            "n1",
            "10.1.0.1",
            "",
            &apart.replace("hostname", "os"),
        ),
        deployment("web", 1),
    ]));
    assert_eq!(settled.nodes(), ["n1", "-"]);
}

#[test]
fn pods_that_keep_together_wait_for_each_other() {
    let near = |app: &str| {
        format!(
            "affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
                 [{{labelSelector: {{matchLabels: {{app: {app}}}}}, topologyKey: kubernetes.io/hostname}}]}}}}"
        )
    };
    let settled = pasted(&on_three_nodes(&[
        workload("Deployment", "a", "replicas: 2", &near("b")),
        workload("Deployment", "b", "replicas: 1", &near("c")),
        workload("Deployment", "c", "replicas: 1", ""),
    ]));
    let nodes = settled.nodes();
    assert_ne!(nodes[0], "-");
    assert!(nodes.iter().all(|node| *node == nodes[0]), "{nodes:?}");

    // The first of a group may go anywhere, a stranger that nobody matches nowhere.
    let group = placed(&three_nodes(), 3, &near("web"));
    assert_eq!(group[0], group[2]);
    assert_ne!(group[0], "-");
    assert_eq!(placed(&three_nodes(), 1, &near("nobody")), ["-"]);
}

#[test]
fn affinity_looks_into_other_namespaces_when_told_to() {
    let near = |more: &str| {
        format!(
            "affinity: {{podAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: \
                 [{{labelSelector: {{matchLabels: {{app: db}}}}, topologyKey: kubernetes.io/hostname, {more}}}]}}}}"
        )
    };
    let placed = |more: &str| {
        let db = live_pod("db", "app: db", "n2", "10.1.0.1")
            .replace("namespace: shop", "namespace: data");
        let settled = pasted(&on_three_nodes(&[
            "{apiVersion: v1, kind: Namespace, metadata: {name: data, labels: {team: x}}}"
                .to_owned(),
            db,
            workload("Deployment", "web", "replicas: 1", &near(more)),
        ]));
        settled.nodes().concat()
    };
    assert_eq!(placed(""), "-");
    assert_eq!(placed("namespaces: [data]"), "n2");
    assert_eq!(placed("namespaceSelector: {matchLabels: {team: x}}"), "n2");
    assert_eq!(placed("namespaceSelector: {}"), "n2");
    assert_eq!(
        placed("namespaceSelector: {matchLabels: {team: other}}"),
        "-"
    );
}

#[test]
fn topology_spread_is_a_filter() {
    let spread = |skew: u32, more: &str| {
        format!(
            "topologySpreadConstraints: [{{maxSkew: {skew}, topologyKey: topology.kubernetes.io/zone, \
                 whenUnsatisfiable: DoNotSchedule, labelSelector: {{matchLabels: {{app: web}}}}, {more}}}]"
        )
    };
    let in_b = |nodes: &[String]| nodes.iter().filter(|node| *node == "n2").count();
    // Zone b has one node of three and gets half of the Pods.
    assert_eq!(in_b(&placed(&three_nodes(), 6, "")), 2);
    assert_eq!(in_b(&placed(&three_nodes(), 6, &spread(1, ""))), 3);
    // Zone b takes nobody and still counts: one Pod in zone a is the limit.
    let tainted = [
        node(1, "a"),
        node_with(
            2,
            "topology.kubernetes.io/zone: b",
            "taints: [{key: x, effect: NoSchedule}]",
            "",
        ),
    ];
    assert_eq!(placed(&tainted, 3, &spread(1, "")), ["-", "-", "n1"]);
    // A node without the label is in no domain.
    assert_eq!(
        placed(&[node(1, "a"), node_with(2, "", "", "")], 2, &spread(1, "")),
        ["n1", "n1"]
    );
    // Fewer domains than wanted: as if there were an empty one.
    assert_eq!(
        placed(&[node(1, "a")], 3, &spread(2, "minDomains: 2")),
        ["-", "n1", "n1"]
    );
}

#[test]
fn a_host_port_is_there_once_a_node() {
    let ports = "containers: [{name: c, ports: [{containerPort: 8080, hostPort: 80}]}]";
    assert_eq!(placed(&three_nodes(), 4, ports), ["-", "n1", "n2", "n3"]);
    let host_network = "hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80}]}]";
    assert_eq!(
        placed(&three_nodes(), 4, host_network),
        ["-", "n1", "n2", "n3"]
    );
}

#[test]
fn a_pod_that_fits_nowhere_says_why_for_every_node() {
    let settled = pasted(&[
        node_with(1, "", "taints: [{key: team, effect: NoSchedule}]", ""),
        node_with(2, "", "unschedulable: true", ""),
        node_with(3, "disk: hdd", "", ""),
        node_with(4, "", "", ""),
        workload(
            "Deployment",
            "web",
            "replicas: 2",
            "nodeSelector: {disk: ssd}",
        ),
    ]);
    let pod = settled.shop().next().unwrap();
    let Placement::Pending(reasons) = &pod.placement else {
        panic!("placed");
    };
    let key = "disk".into();
    let reasons: Vec<&Unfit> = reasons.iter().map(|(_, unfit)| unfit).collect();
    assert_eq!(
        reasons,
        [
            &Unfit::Taint { key: "team".into() },
            &Unfit::Cordoned,
            &Unfit::NodeSelector { key },
            &Unfit::NodeSelector { key: "disk".into() },
        ]
    );
    assert_eq!(
        (pod.phase, pod.ready, pod.ips.len()),
        (Phase::Pending, false, 0)
    );
    assert_eq!(
        settled.findings(),
        ["pod-pending: spec.template.spec.nodeSelector"]
    );
    assert_eq!(
        settled.messages(),
        [
            "2 Pods of Deployment shop/web stay Pending: 0/4 nodes are available: \
          2 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint team, \
          1 node(s) were unschedulable."
        ]
    );
}

#[test]
fn labels_of_nodes_that_nobody_wrote_are_not_held_against_a_pod() {
    let settled = pasted(&[
        workload(
            "Deployment",
            "web",
            "replicas: 1",
            "nodeSelector: {disk: ssd}",
        ),
        workload(
            "Deployment",
            "far",
            "replicas: 1",
            "nodeSelector: {topology.kubernetes.io/zone: zone-b}",
        ),
        workload(
            "DaemonSet",
            "edge",
            "minReadySeconds: 0",
            "nodeSelector: {edge: 'true'}",
        ),
        workload(
            "DaemonSet",
            "win",
            "minReadySeconds: 0",
            "nodeSelector: {kubernetes.io/os: windows}",
        ),
    ]);
    // What is known of assumed nodes, their zone and system, still counts.
    let on: Vec<String> = settled
        .pods()
        .iter()
        .map(|pod| pod.split(['-', ' ']).next().unwrap().to_owned())
        .zip(settled.nodes())
        .map(|(workload, node)| format!("{workload} {node}"))
        .collect();
    assert_eq!(
        on,
        [
            "edge node-1",
            "edge node-2",
            "edge node-3",
            "web node-2",
            "far node-2"
        ]
    );
    assert_eq!(
        settled.findings(),
        [
            "node-labels-assumed: spec.template.spec.nodeSelector",
            "node-labels-assumed: spec.template.spec.nodeSelector",
        ]
    );
}

#[test]
fn a_dump_that_says_pending_is_believed() {
    let pending = "{apiVersion: v1, kind: Pod, metadata: {name: stuck, namespace: shop}, \
                   spec: {containers: [{name: c, image: x}], nodeSelector: {disk: ssd}}, \
                   status: {phase: Pending, conditions: [{type: PodScheduled, status: 'False'}]}}";
    let settled = pasted(&on_three_nodes(&[pending.to_owned()]));
    assert_eq!(settled.pods(), ["stuck - "]);
    assert_eq!(settled.findings(), ["pod-pending: spec.nodeSelector"]);
    let could_run = pending.replace("nodeSelector: {disk: ssd}", "");
    let settled = pasted(&on_three_nodes(&[could_run]));
    assert_eq!(settled.pods(), ["stuck - "]);
    assert_eq!(settled.findings(), [""; 0]);
}

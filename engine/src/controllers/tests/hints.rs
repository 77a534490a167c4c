use super::*;

/// `zone: endpoints>hints` sums: how many endpoints are hinted for each zone or node.
fn hinted(settled: &Settled) -> String {
    let mut counts = std::collections::BTreeMap::new();
    let service = settled.cluster.service("shop", "web").unwrap();
    for (_, slice) in settled.cluster.slices_of(service) {
        for endpoint in &slice.endpoints {
            for hint in endpoint.hint_zones.iter().chain(&endpoint.hint_nodes) {
                *counts.entry(hint.to_string()).or_insert(0) += 1;
            }
        }
    }
    counts
        .into_iter()
        .map(|(hint, count)| format!("{hint}={count}"))
        .collect::<Vec<_>>()
        .join(" ")
}

fn zoned(number: u8, zone: &str, cpu: &str) -> String {
    node_with(
        number,
        &format!("topology.kubernetes.io/zone: {zone}"),
        "",
        &format!("allocatable: {{cpu: {cpu}}}"),
    )
}

/// So many Pods on each of the nodes in turn.
fn pods(on_nodes: &[u8]) -> Vec<String> {
    let mut pods = Vec::new();
    for (nth, count) in on_nodes.iter().enumerate() {
        for n in 0..*count {
            let (node, address) = (nth + 1, format!("10.{nth}.0.{n}"));
            pods.push(live_pod(
                &format!("p-{nth}-{n}"),
                "app: web",
                &format!("n{node}"),
                &address,
            ));
        }
    }
    pods
}

fn auto(nodes: &[String], on_nodes: &[u8]) -> Settled {
    let mut documents = [nodes, &pods(on_nodes)].concat();
    documents.push(service_with(
        "web",
        "annotations: {service.kubernetes.io/topology-mode: Auto}",
        "clusterIP: 10.96.0.50, trafficDistribution: PreferSameNode, selector: {app: web}",
    ));
    stored(&documents)
}

#[test]
fn traffic_distribution() {
    let with = |distribution: &str| {
        let mut documents = on_three_nodes(&pods(&[2, 1, 1]));
        documents.push(service(
            "web",
            &format!("clusterIP: 10.96.0.50, selector: {{app: web}}, {distribution}"),
        ));
        hinted(&stored(&documents))
    };
    assert_eq!(with(""), "");
    assert_eq!(with("trafficDistribution: PreferClose"), "a=3 b=1");
    assert_eq!(with("trafficDistribution: PreferSameZone"), "a=3 b=1");
    assert_eq!(
        with("trafficDistribution: PreferSameNode"),
        "a=3 b=1 n1=2 n2=1 n3=1"
    );
}

#[test]
fn only_ready_endpoints_and_known_zones_are_hinted() {
    let mut documents = vec![node(1, "a"), node_with(2, "", "", "")];
    documents.extend(pods(&[1, 1]));
    documents.push(live_pod("unready", "app: web", "n1", "10.9.0.1").replace(
        "type: Ready, status: 'True'",
        "type: Ready, status: 'False'",
    ));
    documents.push(service(
        "web",
        "clusterIP: 10.96.0.50, selector: {app: web}, trafficDistribution: PreferSameNode",
    ));
    assert_eq!(hinted(&stored(&documents)), "a=1 n1=1 n2=1");
}

#[test]
fn auto_allots_endpoints_by_cpu() {
    let even = [
        zoned(1, "a", "100m"),
        zoned(2, "b", "100m"),
        zoned(3, "c", "100m"),
    ];
    assert_eq!(hinted(&auto(&even, &[4, 3, 2])), "a=3 b=3 c=3");
    assert_eq!(hinted(&auto(&even, &[0, 0, 3])), "a=1 b=1 c=1");
    // Shares of 0.45 and 0.55: of three endpoints 1.35 and 1.65, at least ceil(1.125) = 2 and ceil(1.375) = 2: too many.
    let uneven = [zoned(1, "a", "450m"), zoned(2, "b", "550m")];
    assert_eq!(hinted(&auto(&uneven, &[1, 2])), "");
    // Of eleven: 4.95 and 6.05; six on a is one too many for half a step, seven gives one away.
    assert_eq!(hinted(&auto(&uneven, &[5, 6])), "a=5 b=6");
    assert_eq!(hinted(&auto(&uneven, &[7, 4])), "a=5 b=6");
    assert_eq!(hinted(&auto(&uneven, &[0, 11])), "a=5 b=6");
}

#[test]
fn auto_leaves_out_control_plane_and_nodes_that_are_not_ready() {
    let control_plane = node_with(
        3,
        "topology.kubernetes.io/zone: c, node-role.kubernetes.io/control-plane: ''",
        "",
        "allocatable: {cpu: 8}",
    );
    let not_ready = zoned(4, "d", "8").replace("status: 'True'", "status: 'False'");
    let nodes = [
        zoned(1, "a", "2"),
        zoned(2, "b", "2"),
        control_plane,
        not_ready,
    ];
    assert_eq!(hinted(&auto(&nodes, &[2, 2])), "a=2 b=2");
}

#[test]
fn auto_gives_up_and_says_why() {
    let why = |nodes: &[String], on_nodes: &[u8]| {
        let settled = auto(nodes, on_nodes);
        assert_eq!(hinted(&settled), "");
        settled.messages().concat()
    };
    let says = |why: &str| {
        format!(
            "Service shop/web asks for topology-aware hints and gets none: {why}, addressType: IPv4."
        )
    };
    let node_info = says(
        "Insufficient Node information: allocatable CPU or zone not specified on one or more nodes",
    );
    assert_eq!(why(&[zoned(1, "a", "1"), node(2, "b")], &[2, 2]), node_info);
    assert_eq!(
        why(&[zoned(1, "a", "1"), zoned(2, "a", "1")], &[2, 2]),
        node_info
    );
    assert_eq!(
        why(&[zoned(1, "a", "1"), zoned(2, "b", "1")], &[1, 0]),
        says("Insufficient number of endpoints (1 endpoints, 2 zones)")
    );
    assert_eq!(
        why(&[zoned(1, "a", "450m"), zoned(2, "b", "550m")], &[1, 2]),
        says(
            "Unable to allocate minimum required endpoints to each zone without exceeding overload threshold (3 endpoints, 2 zones)"
        )
    );
}

#[test]
fn the_older_annotation_wins_and_both_win_over_the_field() {
    let nodes = [zoned(1, "a", "1"), zoned(2, "b", "1")];
    let with = |annotations: &str| {
        let mut documents = [&nodes[..], &pods(&[4, 0])].concat();
        documents.push(service_with(
            "web",
            &format!("annotations: {{{annotations}}}"),
            "clusterIP: 10.96.0.50, trafficDistribution: PreferSameZone, selector: {app: web}",
        ));
        hinted(&stored(&documents))
    };
    let (old, new) = (
        "service.kubernetes.io/topology-aware-hints",
        "service.kubernetes.io/topology-mode",
    );
    assert_eq!(with(""), "a=4");
    assert_eq!(with(&format!("{new}: Auto")), "a=2 b=2");
    assert_eq!(with(&format!("{old}: auto, {new}: Disabled")), "a=2 b=2");
    assert_eq!(with(&format!("{old}: Disabled, {new}: Auto")), "a=4");
}

use super::*;

fn endpoints(metadata: &str, subsets: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Endpoints, metadata: {{name: ext, namespace: shop, {metadata}}}, subsets: [{subsets}]}}"
    )
}

fn mirrored(metadata: &str, subsets: &str) -> Settled {
    stored(&on_three_nodes(&[
        service("ext", "clusterIP: 10.96.0.90"),
        endpoints(metadata, subsets),
    ]))
}

#[test]
fn subsets_become_slices_by_family_and_ports() {
    let settled = mirrored(
        "labels: {team: x}, annotations: {note: kept, endpoints.kubernetes.io/last-change-trigger-time: now}",
        "{addresses: [{ip: 10.1.0.1, hostname: h, nodeName: n1}, {ip: 'fd00::1'}], notReadyAddresses: [{ip: 10.1.0.2}], \
          ports: [{name: http, port: 80}]}, \
         {addresses: [{ip: 10.1.0.3}], ports: [{name: http, port: 81, protocol: UDP, appProtocol: h2c}]}, \
         {addresses: [{ip: 10.1.0.4}, {ip: 10.1.0.1, hostname: h, nodeName: n2}], ports: [{name: http, port: 80}]}, \
         {ports: [{name: http, port: 82}]}",
    );
    assert_eq!(
        settled.slices("ext"),
        [
            vec!["10.1.0.1>80 r??", "10.1.0.2>80 -??", "10.1.0.4>80 r??"],
            vec!["fd00::1>80 r??"],
            vec!["10.1.0.3>81 r??"],
        ]
    );
    let slice = settled.cluster.slices.values().next().unwrap();
    assert_eq!(
        slice.meta.labels["endpointslice.kubernetes.io/managed-by"],
        "endpointslicemirroring-controller.k8s.io"
    );
    assert_eq!(slice.meta.labels["kubernetes.io/service-name"], "ext");
    assert_eq!(slice.meta.labels["team"], "x");
    assert_eq!(slice.meta.annotations.keys().collect::<Vec<_>>(), ["note"]);
    assert_eq!(slice.meta.generate_name, "ext-");
    assert_eq!(slice.endpoints[0].hostname.as_deref(), Some("h"));
    assert_eq!(
        slice.endpoints[0].node_name.as_deref(),
        Some("n2"),
        "the later one of two"
    );
}

#[test]
fn some_are_not_mirrored() {
    let subset = "{addresses: [{ip: 10.1.0.1}], ports: [{port: 80}]}";
    assert_eq!(mirrored("", subset).slices("ext").len(), 1);
    let skip = "labels: {endpointslice.kubernetes.io/skip-mirror: 'true'}";
    assert_eq!(mirrored(skip, subset).slices("ext").len(), 0);
    let leader = "annotations: {control-plane.alpha.kubernetes.io/leader: ''}";
    assert_eq!(mirrored(leader, subset).slices("ext").len(), 0);

    // With a selector the Pods decide.
    let settled = stored(&on_three_nodes(&[
        service("ext", "clusterIP: 10.96.0.90, selector: {app: web}"),
        endpoints("", subset),
    ]));
    assert_eq!(settled.slices("ext"), [[""; 0]]);

    let alone = pasted(&on_three_nodes(&[endpoints("", subset)]));
    assert_eq!(
        alone.findings(),
        ["endpoints-without-service: metadata.name"]
    );
}

#[test]
fn a_subset_gives_a_thousand_addresses() {
    let addresses: Vec<String> = (0..1200)
        .map(|n| format!("{{ip: 10.1.{}.{}}}", n / 250, n % 250))
        .collect();
    let settled = mirrored(
        "",
        &format!(
            "{{addresses: [{}], ports: [{{port: 80}}]}}",
            addresses.join(", ")
        ),
    );
    assert_eq!(settled.slices("ext")[0].len(), 1000);
    assert_eq!(
        settled.findings(),
        ["endpoints-too-many-to-mirror: subsets[0]"]
    );
}

#[test]
fn the_pod_behind_an_address_is_found() {
    let settled = pasted(&on_three_nodes(&[
        live_pod("web", "app: web", "n1", "10.1.0.1"),
        service("ext", "clusterIP: 10.96.0.90"),
        endpoints(
            "",
            "{addresses: [{ip: 10.1.0.1}, {ip: 10.1.0.2}], ports: [{port: 80}]}",
        ),
    ]));
    let service = settled.cluster.service("shop", "ext").unwrap();
    let (_, slice) = settled.cluster.slices_of(service).next().unwrap();
    let pods: Vec<Option<&str>> = slice
        .endpoints
        .iter()
        .map(|endpoint| Some(settled.cluster.pods[endpoint.pod?].meta.name.as_str()))
        .collect();
    assert_eq!(pods, [Some("web"), None]);
}

use super::*;
use crate::cluster::EndpointsPerSlice;

fn pod_with(name: &str, address: &str, metadata: &str, spec: &str) -> String {
    live_pod_with(name, "app: web", "n1", address, metadata, spec)
}

fn web(documents: &[String]) -> Settled {
    let mut all = on_three_nodes(documents);
    all.push(service(
        "web",
        "clusterIP: 10.96.0.50, selector: {app: web}",
    ));
    stored(&all)
}

#[test]
fn only_pods_of_the_namespace_with_all_the_labels() {
    let mut documents = on_three_nodes(&[
        live_pod("both", "app: web, tier: front", "n1", "10.1.0.1"),
        live_pod("one", "app: web", "n1", "10.1.0.2"),
        live_pod("elsewhere", "app: web, tier: front", "n1", "10.1.0.3")
            .replace("namespace: shop", "namespace: other"),
    ]);
    documents.push(service(
        "web",
        "clusterIP: 10.96.0.50, selector: {app: web, tier: front}",
    ));
    assert_eq!(stored(&documents).slices("web"), [["10.1.0.1>8080 rs-"]]);
}

#[test]
fn ready_serving_and_terminating() {
    let unready = |pod: String| {
        pod.replace(
            "type: Ready, status: 'True'",
            "type: Ready, status: 'False'",
        )
    };
    let leaving = "deletionTimestamp: '2026-01-01T00:00:00Z'";
    let pods = [
        pod_with("a", "10.1.0.1", "", ""),
        unready(pod_with("b", "10.1.0.2", "", "")),
        pod_with("c", "10.1.0.3", leaving, ""),
        unready(pod_with("d", "10.1.0.4", leaving, "")),
        pod_with("e", "10.1.0.5", "", "").replace("Running", "Succeeded"),
        pod_with("f", "10.1.0.6", "", "").replace("Running", "Failed"),
        pod_with("g", "10.1.0.7", "", "")
            .replace("podIP: '10.1.0.7', podIPs: [{ip: '10.1.0.7'}], ", ""),
    ];
    assert_eq!(
        web(&pods).slices("web"),
        [[
            "10.1.0.1>8080 rs-",
            "10.1.0.2>8080 ---",
            "10.1.0.3>8080 -st",
            "10.1.0.4>8080 --t"
        ]]
    );
    let mut documents = on_three_nodes(&pods);
    documents.push(service(
        "web",
        "clusterIP: None, publishNotReadyAddresses: true, selector: {app: web}",
    ));
    assert_eq!(
        stored(&documents).slices("web"),
        [[
            "10.1.0.1>8080 rs-",
            "10.1.0.2>8080 r--",
            "10.1.0.3>8080 rst",
            "10.1.0.4>8080 r-t"
        ]]
    );
}

#[test]
fn a_pod_whose_node_is_gone_counts_only_if_not_ready_ones_do() {
    let pod = live_pod("web", "app: web", "gone", "10.1.0.1");
    assert_eq!(web(std::slice::from_ref(&pod)).slices("web"), [[""; 0]]);
    let mut documents = on_three_nodes(&[pod]);
    documents.push(service(
        "web",
        "clusterIP: None, publishNotReadyAddresses: true, selector: {app: web}",
    ));
    let settled = stored(&documents);
    assert_eq!(settled.slices("web"), [["10.1.0.1>8080 rs-"]]);
    let slice = settled.cluster.slices.values().next().unwrap();
    assert_eq!(slice.endpoints[0].node_name.as_deref(), Some("gone"));
}

#[test]
fn the_slice_says_whose_it_is() {
    let mut documents = on_three_nodes(&[pod_with("a", "10.1.0.1", "", "")]);
    documents.push(service_with(
        "web",
        "labels: {team: x, endpointslice.kubernetes.io/managed-by: me, service.kubernetes.io/headless: me}",
        "clusterIP: 10.96.0.50, selector: {app: web}",
    ));
    documents.push(service("peers", "clusterIP: None, selector: {app: web}"));
    let settled = stored(&documents);
    let [web, peers] = &settled.cluster.slices.values().collect::<Vec<_>>()[..] else {
        panic!("two slices")
    };
    let labels = |meta: &crate::cluster::Meta| {
        meta.labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        labels(&web.meta),
        [
            "endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io",
            "kubernetes.io/service-name=web",
            "team=x",
        ]
    );
    assert_eq!(
        labels(&peers.meta),
        [
            "endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io",
            "kubernetes.io/service-name=peers",
            "service.kubernetes.io/headless=",
        ]
    );
    assert_eq!(web.meta.generate_name, "web-");
    assert_eq!(web.meta.name.len(), "web-".len() + 5);
    let owner = web.meta.controlled_by.as_ref().unwrap();
    assert_eq!(
        (owner.kind.as_str(), owner.name.as_str()),
        ("Service", "web")
    );
    let endpoint = &web.endpoints[0];
    assert_eq!(endpoint.node_name.as_deref(), Some("n1"));
    assert_eq!(endpoint.zone.as_deref(), Some("a"));
    let target = endpoint.target.as_ref().unwrap();
    assert_eq!((target.kind.as_str(), target.name.as_str()), ("Pod", "a"));
}

#[test]
fn named_ports_are_each_pods_own() {
    let container = |port: u16| {
        format!("containers: [{{name: c, ports: [{{name: http, containerPort: {port}}}]}}]")
    };
    let sidecar = "initContainers: [{name: once, ports: [{name: http, containerPort: 1}]}, \
                   {name: side, restartPolicy: Always, ports: [{name: http, containerPort: 9090}]}]";
    let udp = "containers: [{name: c, ports: [{name: http, containerPort: 53, protocol: UDP}]}]";
    let mut documents = on_three_nodes(&[
        pod_with("a", "10.1.0.1", "", &container(8080)),
        pod_with("b", "10.1.0.2", "", &container(9090)),
        pod_with("c", "10.1.0.3", "", sidecar),
        pod_with(
            "d",
            "10.1.0.4",
            "",
            &format!("{}, {sidecar}", container(8080)),
        ),
        pod_with("e", "10.1.0.5", "", udp),
    ]);
    documents.push(
        service("web", "clusterIP: 10.96.0.50, selector: {app: web}")
            .replace("targetPort: 8080", "targetPort: http"),
    );
    assert_eq!(
        stored(&documents).slices("web"),
        [
            vec!["10.1.0.1>8080 rs-", "10.1.0.4>8080 rs-"],
            vec!["10.1.0.2>9090 rs-", "10.1.0.3>9090 rs-"],
            vec!["10.1.0.5> rs-"],
        ]
    );
}

#[test]
fn host_names_need_the_service_as_subdomain() {
    let settled = web(&[
        pod_with("a", "10.1.0.1", "", "hostname: h1, subdomain: web"),
        pod_with("b", "10.1.0.2", "", "hostname: h2, subdomain: other"),
        pod_with("c", "10.1.0.3", "", "hostname: h3"),
        pod_with("d", "10.1.0.4", "", "subdomain: web"),
    ]);
    let slice = settled.cluster.slices.values().next().unwrap();
    let names: Vec<_> = slice
        .endpoints
        .iter()
        .map(|e| e.hostname.as_deref())
        .collect();
    assert_eq!(names, [Some("h1"), None, None, None]);
}

#[test]
fn a_set_of_slices_for_each_family() {
    let dual = pod_with("a", "10.1.0.1", "", "")
        .replace("{ip: '10.1.0.1'}", "{ip: 10.1.0.1}, {ip: 'fd00:1::00a'}");
    let mut documents = on_three_nodes(&[dual, pod_with("b", "10.1.0.2", "", "")]);
    documents.push(service(
        "web",
        "clusterIP: 'fd00:2::5', clusterIPs: ['fd00:2::5', 10.96.0.5], ipFamilies: [IPv6, IPv4], \
         ipFamilyPolicy: RequireDualStack, selector: {app: web}",
    ));
    documents.push(service(
        "v6",
        "clusterIP: 'fd00:2::6', ipFamilies: [IPv6], selector: {app: nothing}",
    ));
    let settled = stored(&documents);
    assert_eq!(
        settled.slices("web"),
        [
            vec!["fd00:1::a>8080 rs-"],
            vec!["10.1.0.1>8080 rs-", "10.1.0.2>8080 rs-"]
        ]
    );
    // Nothing behind it: one empty slice, so that everyone knows.
    assert_eq!(settled.slices("v6"), [[""; 0]]);
}

#[test]
fn slices_are_filled_before_others_are_begun() {
    let pods: Vec<String> = (0..25)
        .map(|n| pod_with(&format!("p{n:02}"), &format!("10.1.0.{n}"), "", ""))
        .collect();
    let mut documents = on_three_nodes(&pods);
    documents.push(service(
        "web",
        "clusterIP: 10.96.0.50, selector: {app: web}",
    ));
    let lengths = |most| {
        let environment = Environment {
            max_endpoints_per_slice: EndpointsPerSlice(most),
            ..Environment::default()
        };
        let settled = settled(&documents, Entrance::Stored, environment);
        settled
            .slices("web")
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>()
    };
    assert_eq!(lengths(10), [10, 10, 5]);
    assert_eq!(lengths(100), [25]);
    assert_eq!(
        lengths(0),
        [1; 25],
        "a setting that makes no sense does not hang"
    );
}

#[test]
fn no_selector_and_external_names_get_none() {
    let mut documents = on_three_nodes(&[pod_with("a", "10.1.0.1", "", "")]);
    documents.push(service("web", "clusterIP: 10.96.0.50"));
    documents.push(service(
        "ext",
        "type: ExternalName, externalName: example.com, selector: {app: web}",
    ));
    let settled = stored(&documents);
    assert_eq!(settled.cluster.slices.len(), 0);
}

const SLICE: &str = "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, \
    metadata: {name: web-abcde, namespace: shop, labels: {kubernetes.io/service-name: web, MANAGED}}, addressType: IPv4, \
    ports: [{name: http, port: 8080, protocol: TCP}], endpoints: [{addresses: [10.1.0.9], nodeName: n2, \
    conditions: {ready: true, serving: true, terminating: false}}]}";

#[test]
fn written_slices_are_used_as_they_are() {
    let by_hand = SLICE.replace("MANAGED", "endpointslice.kubernetes.io/managed-by: me");
    let documents = on_three_nodes(&[
        by_hand,
        live_pod("a", "app: web", "n1", "10.1.0.1"),
        live_pod("b", "app: other", "n2", "10.1.0.9"),
        service("web", "clusterIP: 10.96.0.50, selector: {app: web}"),
    ]);
    let settled = stored(&documents);
    assert_eq!(settled.slices("web"), [["10.1.0.9>8080 rs-"]]);
    let slice = settled.cluster.slices.values().next().unwrap();
    let behind = slice.endpoints[0].pod.unwrap();
    assert_eq!(
        settled.cluster.pods[behind].meta.name, "b",
        "found by its address"
    );
    // On a real cluster the controller would write its own beside it.
    assert_eq!(
        pasted(&documents).slices("web"),
        [["10.1.0.9>8080 rs-"], ["10.1.0.1>8080 rs-"]]
    );
}

#[test]
fn a_dump_whose_slices_are_stale_is_used_and_said() {
    let managed = SLICE.replace(
        "MANAGED",
        "endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io",
    );
    let web = service("web", "clusterIP: 10.96.0.50, selector: {app: web}");
    let pod = live_pod("a", "app: web", "n2", "10.1.0.9");
    let fresh = pasted(&on_three_nodes(&[
        managed.clone(),
        web.clone(),
        pod.clone(),
    ]));
    assert_eq!(fresh.slices("web"), [["10.1.0.9>8080 rs-"]]);
    assert_eq!(fresh.findings(), [""; 0]);

    let stale = pasted(&on_three_nodes(&[
        managed.clone(),
        web.clone(),
        pod.replace(
            "type: Ready, status: 'True'",
            "type: Ready, status: 'False'",
        ),
        live_pod("b", "app: web", "n1", "10.1.0.1"),
    ]));
    assert_eq!(stale.slices("web"), [["10.1.0.9>8080 rs-"]]);
    assert_eq!(stale.findings(), ["slices-drifted: endpoints"]);
    assert_eq!(
        stale.messages(),
        [
            "The EndpointSlices of Service shop/web are not what its controller would write for these Pods: it would add \
          10.1.0.1, change the state of 10.1.0.9. The slices are used as they stand."
        ]
    );

    // Slices without their Pods say nothing about drift.
    let target = "targetRef: {kind: Pod, namespace: shop, name: a}, conditions: {";
    let partial = pasted(&on_three_nodes(&[
        managed.replace("conditions: {", target),
        web,
    ]));
    assert_eq!(partial.findings(), [""; 0]);
}

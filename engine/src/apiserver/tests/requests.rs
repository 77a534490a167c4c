//! The API server's answers to requests: create and replace, in the order of the documents.

use serde_json::{Value, json};

use super::{answers, created, refusals};
use crate::apiserver::requests::ApiServer;
use crate::cluster::Environment;

fn network(ranges: &[&str], ports: (u16, u16)) -> Environment {
    let mut environment = Environment::default();
    environment.network.service_cidrs = ranges.iter().map(|range| range.parse().unwrap()).collect();
    environment.network.node_port_range = ports;
    environment
}

fn usual() -> Environment {
    network(&["10.0.0.0/16"], (30000, 32767))
}

fn dual() -> Environment {
    network(&["10.0.0.0/16", "2000::/108"], (30000, 32767))
}

/// What the API server says to the last document.
fn stored(environment: &Environment, text: &str) -> Value {
    let (_, response) = created(environment, text).pop().unwrap();
    assert_eq!(response.http, 201, "{response:?}");
    response.object.unwrap()
}

fn service(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {spec}\n")
}

#[test]
fn a_service_is_stored_with_all_that_the_api_server_adds() {
    let object = stored(
        &usual(),
        "apiVersion: v1
kind: Service
metadata: {name: web, labels: {tier: ''}}
spec:
  selector: {app: web}
  clusterIP: 10.0.0.9
  publishNotReadyAddresses: false
  ports: [{port: 80}, {name: x, port: 443, targetPort: 0}]
status: {loadBalancer: {ingress: [{ip: 1.2.3.4}]}}
"
        .replace("{port: 80}", "{name: h, port: 80, targetPort: http}")
        .as_str(),
    );
    assert_eq!(
        object,
        json!({
            "apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "web", "labels": {"tier": ""}, "namespace": "default"},
            "spec": {
                "selector": {"app": "web"},
                "clusterIP": "10.0.0.9",
                "ports": [
                    {"name": "h", "port": 80, "targetPort": "http", "protocol": "TCP"},
                    {"name": "x", "port": 443, "targetPort": 443, "protocol": "TCP"}
                ],
                "sessionAffinity": "None", "type": "ClusterIP", "internalTrafficPolicy": "Cluster",
                "clusterIPs": ["10.0.0.9"], "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"]
            },
            "status": {"loadBalancer": {}}
        })
    );
}

#[test]
fn families_follow_policy_addresses_and_the_cluster() {
    let of = |environment: &Environment, spec: &str| {
        let spec = &stored(environment, &service(spec))["spec"];
        (spec["ipFamilyPolicy"].clone(), spec["ipFamilies"].clone())
    };
    let ports = "ports: [{port: 80}]";
    assert_eq!(
        of(&dual(), &format!("{{{ports}}}")),
        (json!("SingleStack"), json!(["IPv4"]))
    );
    assert_eq!(
        of(
            &dual(),
            &format!("{{ipFamilyPolicy: PreferDualStack, {ports}}}")
        ),
        (json!("PreferDualStack"), json!(["IPv4", "IPv6"]))
    );
    assert_eq!(
        of(
            &usual(),
            &format!("{{ipFamilyPolicy: PreferDualStack, {ports}}}")
        ),
        (json!("PreferDualStack"), json!(["IPv4"]))
    );
    assert_eq!(
        of(&dual(), &format!("{{clusterIP: '2000::9', {ports}}}")),
        (json!("SingleStack"), json!(["IPv6"]))
    );
    assert_eq!(
        of(&usual(), &format!("{{clusterIP: None, {ports}}}")),
        (json!("RequireDualStack"), json!(["IPv4", "IPv6"]))
    );
    assert_eq!(
        of(
            &usual(),
            &format!("{{clusterIP: None, selector: {{a: b}}, {ports}}}")
        ),
        (json!("SingleStack"), json!(["IPv4"]))
    );
}

#[test]
fn families_that_cannot_be_are_refused_alone() {
    assert_eq!(
        refusals(
            &usual(),
            &service("{ipFamilyPolicy: RequireDualStack, ports: []}")
        ),
        [
            "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services"
        ]
    );
    assert_eq!(
        refusals(
            &dual(),
            &service("{ipFamilies: [IPv6, IPv4], ports: [{port: 80}]}")
        ),
        [
            "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified"
        ]
    );
    assert_eq!(
        refusals(
            &usual(),
            &service("{clusterIP: 'fd00::1', ports: [{port: 80}]}")
        ),
        [
            "spec.clusterIPs[0]: Invalid value: [\"fd00::1\"]: IPv6 is not configured on this cluster"
        ]
    );
    assert_eq!(
        refusals(
            &dual(),
            &service(
                "{ipFamilyPolicy: PreferDualStack, clusterIP: 10.0.0.9, clusterIPs: [10.0.0.9, 10.0.0.8], ports: [{port: 80}]}"
            )
        ),
        [
            "spec.clusterIPs: Invalid value: [\"10.0.0.9\",\"10.0.0.8\"]: may specify no more than one IP for each IP family"
        ]
    );
}

#[test]
fn taken_and_foreign_addresses_are_refused() {
    let asks = |ip: &str| service(&format!("{{clusterIP: {ip}, ports: [{{port: 80}}]}}"));
    let twice = format!(
        "{}---\n{}",
        asks("10.0.0.50").replace("name: web", "name: first"),
        asks("10.0.0.50")
    );
    assert_eq!(
        refusals(&usual(), &twice),
        [
            "spec.clusterIPs: Invalid value: [\"10.0.0.50\"]: failed to allocate IP 10.0.0.50: provided IP is already allocated"
        ]
    );
    assert_eq!(
        refusals(&usual(), &asks("10.1.0.1")),
        [
            "spec.clusterIPs: Invalid value: [\"10.1.0.1\"]: failed to allocate IP 10.1.0.1: the provided network does not match the current range"
        ]
    );
    assert_eq!(
        refusals(&usual(), &asks("10.0.255.255")),
        [
            "spec.clusterIPs: Invalid value: [\"10.0.255.255\"]: failed to allocate IP 10.0.255.255: the provided IP (10.0.255.255) is not in the valid range. The range of valid IPs is 10.0.0.0/16"
        ]
    );
}

#[test]
fn what_a_refused_service_took_is_free_again() {
    let text = format!(
        "{}---\n{}",
        service("{clusterIP: 10.0.0.50, ports: []}").replace("name: web", "name: bad"),
        service("{clusterIP: 10.0.0.50, ports: [{port: 80}]}")
    );
    let answers = answers(&usual(), &text);
    assert_eq!(answers, ["422 spec.ports: Required value", "201"]);
}

#[test]
fn a_full_range_is_an_internal_error() {
    let one = |name: &str| {
        service("{ports: [{port: 80}]}").replace("name: web", &format!("name: {name}"))
    };
    let text = [one("a"), one("b"), one("c")].join("---\n");
    assert_eq!(
        answers(&network(&["10.9.0.0/30"], (30000, 32767)), &text),
        [
            "201",
            "201",
            "500 Internal error occurred: failed to allocate a serviceIP: range is full"
        ]
    );
}

#[test]
fn node_ports_are_shared_by_protocols_of_one_port_and_come_from_the_dynamic_band() {
    let object = stored(
        &usual(),
        &service(
            "{type: NodePort, ports: [{name: t, port: 53}, {name: u, port: 53, protocol: UDP}, {name: m, port: 9153}]}",
        ),
    );
    let ports: Vec<i64> = (0..3)
        .map(|nth| object["spec"]["ports"][nth]["nodePort"].as_i64().unwrap())
        .collect();
    assert_eq!(ports[0], ports[1]);
    assert_ne!(ports[0], ports[2]);
    assert!(
        ports.iter().all(|port| (30086..=32767).contains(port)),
        "{ports:?}"
    );
    let object = stored(
        &network(&["10.0.0.0/16"], (30000, 30017)),
        &format!(
            "{}---\n{}",
            service("{type: NodePort, ports: [{name: a, port: 1, nodePort: 30016}, {name: b, port: 2, nodePort: 30017}]}")
                .replace("name: web", "name: fill"),
            service("{type: NodePort, ports: [{port: 80}]}")
        ),
    );
    let port = object["spec"]["ports"][0]["nodePort"].as_i64().unwrap();
    assert!(
        (30000..=30015).contains(&port),
        "{port}: the dynamic band is full"
    );
}

#[test]
fn node_ports_out_of_range_or_taken_are_refused() {
    assert_eq!(
        refusals(
            &usual(),
            &service("{type: NodePort, ports: [{port: 80, nodePort: 99999}]}")
        ),
        [
            "spec.ports[0].nodePort: Invalid value: 99999: provided port is not in the valid range. The range of valid ports is 30000-32767"
        ]
    );
    assert_eq!(
        refusals(
            &usual(),
            &service(
                "{type: NodePort, ports: [{name: a, port: 80, nodePort: 30080}, {name: b, port: 81, nodePort: 30080}]}"
            )
        ),
        ["spec.ports[1].nodePort: Invalid value: 30080: provided port is already allocated"]
    );
    // One number for two protocols of one port is no clash, and neither is it of two ports.
    let object = stored(
        &usual(),
        &service(
            "{type: NodePort, ports: [{name: a, port: 53, nodePort: 30053}, {name: b, port: 53, protocol: UDP, nodePort: 30053}]}",
        ),
    );
    assert_eq!(object["spec"]["ports"][1]["nodePort"], 30053);
}

#[test]
fn a_local_load_balancer_has_a_health_check_port() {
    let object = stored(
        &usual(),
        &service(
            "{type: LoadBalancer, externalTrafficPolicy: Local, allocateLoadBalancerNodePorts: false, ports: [{port: 80}]}",
        ),
    );
    let spec = &object["spec"];
    let port = spec["healthCheckNodePort"].as_i64().unwrap();
    assert!((30086..=32767).contains(&port));
    assert_eq!(spec["ports"][0].get("nodePort"), None);
    assert_eq!(spec["allocateLoadBalancerNodePorts"], false);
    let clash = format!(
        "{}---\n{}",
        service("{type: NodePort, ports: [{port: 80, nodePort: 30500}]}")
            .replace("name: web", "name: a"),
        service(
            "{type: LoadBalancer, externalTrafficPolicy: Local, healthCheckNodePort: 30500, ports: [{port: 80}]}"
        )
    );
    assert_eq!(
        answers(&usual(), &clash)[1],
        "500 Internal error occurred: failed to allocate requested HealthCheck NodePort 30500: provided port is already allocated"
    );
}

#[test]
fn requests_that_name_the_wrong_things() {
    assert_eq!(
        answers(
            &usual(),
            "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: gone}, spec: {ports: [{port: 80}]}}"
        ),
        ["404 namespaces \"gone\" not found"]
    );
    let web = service("{ports: [{port: 80}]}");
    assert_eq!(
        answers(&usual(), &format!("{web}---\n{web}"))[1],
        "409 services \"web\" already exists"
    );
    assert_eq!(
        answers(&usual(), &service("{ports: [{port: \"80\"}]}")),
        [
            "400 Service in version \"v1\" cannot be handled as a Service: json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32"
        ]
    );
}

#[test]
fn pods_and_namespaces_get_their_defaults() {
    let pod = stored(
        &usual(),
        "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}",
    );
    assert_eq!(
        pod["spec"]["containers"][0]["ports"][0],
        json!({"containerPort": 80, "protocol": "TCP", "hostPort": 80})
    );
    assert_eq!(pod["spec"]["dnsPolicy"], "ClusterFirst");
    assert_eq!(pod["spec"]["enableServiceLinks"], true);
    let namespace = stored(
        &usual(),
        "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {kubernetes.io/metadata.name: wrong}}}",
    );
    assert_eq!(
        namespace["metadata"]["labels"],
        json!({"kubernetes.io/metadata.name": "shop"})
    );
}

/// Creates one Service and puts another in its place.
fn replaced(environment: &Environment, first: &str, second: &str) -> Vec<String> {
    let mut server = ApiServer::new(environment);
    let (manifest, findings) = super::read(&service(first));
    let responses = server.create_all(&manifest, &findings);
    assert_eq!(responses[0].1.http, 201, "{:?}", responses[0]);
    let (manifest, findings) = super::read(&service(second));
    let (_, response) = server.replace_all(&manifest, &findings).pop().unwrap();
    if let Some(object) = &response.object {
        assert_eq!(response.http, 200);
        return vec![object["spec"].to_string()];
    }
    super::texts(&response)
}

#[test]
fn a_replacement_takes_over_what_was_allocated() {
    let spec = replaced(
        &usual(),
        "{type: NodePort, clusterIP: 10.0.0.9, ports: [{name: p, port: 80, nodePort: 30080}]}",
        "{type: NodePort, ports: [{name: p, port: 80, targetPort: 8080}, {name: q, port: 81, nodePort: 30081}]}",
    );
    let spec: Value = serde_json::from_str(&spec[0]).unwrap();
    assert_eq!(spec["clusterIP"], "10.0.0.9");
    assert_eq!(spec["clusterIPs"], json!(["10.0.0.9"]));
    assert_eq!(spec["ports"][0]["nodePort"], 30080);
    assert_eq!(spec["ports"][1]["nodePort"], 30081);
}

#[test]
fn what_does_not_fit_the_new_type_goes_if_it_is_unchanged() {
    let first = "{type: LoadBalancer, clusterIP: 10.0.0.9, externalTrafficPolicy: Local, healthCheckNodePort: 30200, loadBalancerClass: a/b, ports: [{name: p, port: 80, nodePort: 30080}]}";
    let spec = replaced(
        &usual(),
        first,
        "{type: ClusterIP, externalTrafficPolicy: Local, healthCheckNodePort: 30200, loadBalancerClass: a/b, allocateLoadBalancerNodePorts: true, ports: [{name: p, port: 80, nodePort: 30080}]}",
    );
    let spec: Value = serde_json::from_str(&spec[0]).unwrap();
    assert_eq!(
        spec,
        json!({"type": "ClusterIP", "ports": [{"name": "p", "port": 80, "protocol": "TCP", "targetPort": 80}],
            "sessionAffinity": "None", "internalTrafficPolicy": "Cluster", "clusterIP": "10.0.0.9",
            "clusterIPs": ["10.0.0.9"], "ipFamilyPolicy": "SingleStack", "ipFamilies": ["IPv4"]})
    );
    let spec = replaced(
        &usual(),
        "{clusterIP: 10.0.0.9, ports: [{port: 80}]}",
        "{type: ExternalName, externalName: example.com, clusterIP: 10.0.0.9}",
    );
    let spec: Value = serde_json::from_str(&spec[0]).unwrap();
    assert_eq!(
        spec,
        json!({"type": "ExternalName", "externalName": "example.com", "sessionAffinity": "None"})
    );
}

#[test]
fn what_is_immutable_is_refused() {
    let first = "{clusterIP: 10.0.0.9, ports: [{port: 80}]}";
    assert_eq!(
        replaced(
            &usual(),
            first,
            "{clusterIP: 10.0.0.10, ports: [{port: 80}]}"
        ),
        ["spec.clusterIPs[0]: Invalid value: [\"10.0.0.10\"]: may not change once set"]
    );
    assert_eq!(
        replaced(
            &usual(),
            first,
            "{clusterIP: None, clusterIPs: [None], ports: [{port: 80}]}"
        ),
        ["spec.clusterIPs[0]: Invalid value: [\"None\"]: may not change once set"]
    );
    assert_eq!(
        replaced(
            &usual(),
            "{type: LoadBalancer, loadBalancerClass: a/b, ports: [{port: 80}]}",
            "{type: LoadBalancer, loadBalancerClass: a/c, ports: [{port: 80}]}"
        ),
        ["spec.loadBalancerClass: Invalid value: \"a/c\": may not change once set"]
    );
    assert_eq!(
        replaced(
            &usual(),
            "{type: NodePort, ports: [{name: p, port: 80, nodePort: 30080}]}",
            "{type: ClusterIP, ports: [{name: p, port: 80, nodePort: 30081}]}"
        ),
        ["spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'"]
    );
}

#[test]
fn the_second_family_comes_and_goes_by_the_policy() {
    let single = "{clusterIP: 10.0.0.9, ports: [{port: 80}]}";
    let both = "{ipFamilyPolicy: RequireDualStack, clusterIP: 10.0.0.9, clusterIPs: [10.0.0.9, '2000::9'], ports: [{port: 80}]}";
    let spec = replaced(
        &dual(),
        single,
        "{ipFamilyPolicy: PreferDualStack, ports: [{port: 80}]}",
    );
    let spec: Value = serde_json::from_str(&spec[0]).unwrap();
    assert_eq!(spec["ipFamilies"], json!(["IPv4", "IPv6"]));
    assert!(
        spec["clusterIPs"][1]
            .as_str()
            .unwrap()
            .starts_with("2000::")
    );
    let spec = replaced(
        &dual(),
        both,
        "{ipFamilyPolicy: SingleStack, ports: [{port: 80}]}",
    );
    let spec: Value = serde_json::from_str(&spec[0]).unwrap();
    assert_eq!(spec["clusterIPs"], json!(["10.0.0.9"]));
    assert_eq!(
        replaced(
            &dual(),
            both,
            "{ipFamilyPolicy: PreferDualStack, clusterIP: 10.0.0.9, clusterIPs: [10.0.0.9], ports: [{port: 80}]}"
        ),
        [
            "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary cluster IP"
        ]
    );
}

#[test]
fn the_selector_of_a_deployment_stays() {
    let deployment = |app: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec:\n  selector: {{matchLabels: {{app: {app}}}}}\n  template:\n    metadata: {{labels: {{app: {app}}}}}\n    spec: {{containers: [{{name: c, image: i}}]}}\n"
        )
    };
    let mut server = ApiServer::new(&usual());
    let (manifest, findings) = super::read(&deployment("a"));
    assert!(server.create_all(&manifest, &findings)[0].1.accepted());
    let (manifest, findings) = super::read(&deployment("b"));
    let (_, response) = server.replace_all(&manifest, &findings).pop().unwrap();
    assert_eq!(
        super::texts(&response),
        ["spec.selector: Invalid value: {\"matchLabels\":{\"app\":\"b\"}}: field is immutable"]
    );
}

//! Who can send, and to which addresses packets go without any Service.

use super::fixture::{CLUSTER, CLUSTER_IP, analysis, ask, check, with_web};
use crate::trace::{Listening, NotSent, Outcome};

fn outcome(text: &str, from: &str, to: &str) -> Outcome {
    let answer = ask(&analysis(text), from, to);
    assert_eq!(answer.alternatives.len(), 1);
    answer.alternatives[0].journey.outcome.clone()
}

#[test]
fn a_process_of_a_node_is_masqueraded_to_the_address_that_it_has() {
    check(
        &with_web(CLUSTER_IP),
        "node/n3",
        "10.96.0.50:80",
        "
        reachable

        1 delivered at 10.244.1.5:8080=1/2 10.244.2.5:8080=1/2
          n3: send 172.18.0.3>10.96.0.50:80, dnat 172.18.0.3>10.244.1.5:8080, to n1
          n1: to shop/web-1
          pod web-1: deliver 172.18.0.3>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>172.18.0.3
          < n1: to n3
          < n3: undo 10.96.0.50:80>172.18.0.3, to itself, deliver 10.96.0.50:80>172.18.0.3
        ",
    );
}

#[test]
fn a_node_does_not_know_the_clusters_names() {
    let host = "web".into();
    assert_eq!(
        outcome(&with_web(CLUSTER_IP), "node/n3", "http://web"),
        Outcome::NameNotFound { host }
    );
}

#[test]
fn nor_does_the_world() {
    let host = "web.shop".into();
    assert_eq!(
        outcome(&with_web(CLUSTER_IP), "outside", "http://web.shop"),
        Outcome::NameNotFound { host }
    );
}

#[test]
fn a_misspelt_name_is_not_found() {
    check(
        &with_web(CLUSTER_IP),
        "pod/shop/client",
        "http://wbe",
        "
        unreachable

        1 name-not-found
          pod client: resolve, lose
        ",
    );
}

#[test]
fn a_half_right_name_of_the_cluster_is_not_taken_for_one_outside() {
    let text = with_web(CLUSTER_IP);
    for name in ["web.shpo", "wbe.shop", "web.shop.svc.cluster.locl"] {
        assert_eq!(
            outcome(&text, "pod/shop/client", &format!("http://{name}")),
            Outcome::NameNotFound { host: name.into() }
        );
    }
    // One that only begins like one is.
    for name in ["example.com", "web.com", "client.de"] {
        assert_eq!(
            outcome(&text, "pod/shop/client", &format!("https://{name}")),
            Outcome::LeftCluster {
                name: Some(name.into()),
                address: None
            }
        );
    }
}

#[test]
fn pods_reach_pods_and_themselves() {
    check(
        CLUSTER,
        "pod/shop/client",
        "10.244.2.5:8080",
        "
        reachable

        1 delivered at 10.244.2.5:8080=1
          pod client: send 10.244.1.9>10.244.2.5:8080
          n1: to n2
          n2: to shop/web-2
          pod web-2: deliver 10.244.1.9>10.244.2.5:8080
          < pod web-2: answer 10.244.2.5:8080>10.244.1.9
          < n2: to n1
          < n1: to shop/client
          < pod client: deliver 10.244.2.5:8080>10.244.1.9
        ",
    );
    check(
        CLUSTER,
        "pod/shop/client",
        "127.0.0.1:8080",
        "
        reachable

        1 delivered at 127.0.0.1:8080=1
          pod client: send 127.0.0.1>127.0.0.1:8080, deliver 127.0.0.1>127.0.0.1:8080
          < pod client: answer 127.0.0.1:8080>127.0.0.1, deliver 127.0.0.1:8080>127.0.0.1
        ",
    );
}

#[test]
fn an_address_that_nobody_has_gives_no_route_to_host() {
    check(
        CLUSTER,
        "pod/shop/client",
        "10.244.2.77:80",
        "
        unreachable

        1 host-unreachable
          pod client: send 10.244.1.9>10.244.2.77:80
          n1: to n2
          n2: to nobody, lose
        ",
    );
}

#[test]
fn what_a_node_itself_answers_is_not_in_the_manifests() {
    assert_eq!(
        outcome(CLUSTER, "pod/shop/client", "node/n3:22"),
        Outcome::AtNode {
            node: "n3".into(),
            address: "172.18.0.3:22".parse().expect("an address")
        }
    );
}

#[test]
fn a_host_network_pod_is_its_node() {
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop}
spec: {nodeName: n3, hostNetwork: true, containers: [{name: app, image: agent, ports: [{containerPort: 9100}]}]}
status: {phase: Running, podIP: 172.18.0.3, podIPs: [{ip: 172.18.0.3}]}
";
    let text = CLUSTER.to_owned() + pod;
    assert_eq!(
        outcome(&text, "pod/shop/client", "node/n3:9100"),
        Outcome::Delivered {
            endpoint: "172.18.0.3:9100".parse().expect("an address"),
            pod: Some("shop/agent".into()),
            listening: Listening::Declared
        }
    );
    check(
        &text,
        "pod/shop/agent",
        "10.244.2.5:8080",
        "
        reachable

        1 delivered at 10.244.2.5:8080=1
          pod agent: send 172.18.0.3>10.244.2.5:8080
          n3: to n2
          n2: to shop/web-2
          pod web-2: deliver 172.18.0.3>10.244.2.5:8080
          < pod web-2: answer 10.244.2.5:8080>172.18.0.3
          < n2: to n3
          < n3: to itself
          < pod agent: deliver 10.244.2.5:8080>172.18.0.3
        ",
    );
}

#[test]
fn an_undeclared_port_hinders_nothing() {
    assert_eq!(
        outcome(CLUSTER, "pod/shop/client", "10.244.2.5:9999"),
        Outcome::Delivered {
            endpoint: "10.244.2.5:9999".parse().expect("an address"),
            pod: Some("shop/web-2".into()),
            listening: Listening::OthersDeclared
        }
    );
}

#[test]
fn a_workload_sends_by_its_first_pod() {
    let deployment = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: api}]}}
";
    let text = CLUSTER.to_owned() + deployment;
    assert_eq!(
        ask(&analysis(&text), "deployment/api", "10.244.2.5:8080")
            .verdict
            .name(),
        "reachable"
    );
    let none = text.replace("replicas: 2", "replicas: 0");
    let why = NotSent::NoPods;
    assert_eq!(
        outcome(&none, "deployment/api", "10.244.2.5:8080"),
        Outcome::NotSent { why }
    );
}

#[test]
fn a_sender_that_is_not_there_sends_nothing() {
    let not_sent = |text: &str, from| outcome(text, from, "10.244.2.5:8080");
    let why = NotSent::NoSuchSource;
    assert_eq!(
        not_sent(CLUSTER, "pod/shop/nobody"),
        Outcome::NotSent { why }
    );
    assert_eq!(not_sent(CLUSTER, "node/n9"), Outcome::NotSent { why });
    let done = CLUSTER.replace(
        "{phase: Running, podIP: 10.244.1.9",
        "{phase: Succeeded, podIP: 10.244.1.9",
    );
    let why = NotSent::Finished;
    assert_eq!(not_sent(&done, "pod/shop/client"), Outcome::NotSent { why });
    let why = NotSent::NoAddressOfFamily;
    assert_eq!(
        outcome(CLUSTER, "pod/shop/client", "[fd00::1]:80"),
        Outcome::NotSent { why }
    );
    // Without a namespace the only Pod of the name is meant.
    assert_eq!(
        ask(&analysis(CLUSTER), "pod/client", "10.244.2.5:8080")
            .verdict
            .name(),
        "reachable"
    );
}

#[test]
fn who_sends_and_who_is_reached_is_lit_by_name() {
    let deployment = "---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec: {selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: api}]}}}
";
    let text = CLUSTER.to_owned() + deployment;
    let analysis = analysis(&text);
    let lit = |from: &str| {
        let answer = ask(&analysis, from, "10.244.2.5:8080");
        let steps = answer.alternatives[0].journey.steps();
        let named = steps.filter_map(|step| {
            let place = analysis.manifest.range(step.because.origins.first()?)?;
            Some(text[place.bytes].to_owned())
        });
        named.collect::<Vec<_>>()
    };
    assert_eq!(lit("pod/shop/client"), ["client", "web-2", "web-2"]);
    assert_eq!(lit("deployment/shop/api"), ["api", "web-2", "web-2"]);
}

//! `healthCheckNodePort`: kube-proxy itself answers, on every node.

use super::fixture::{analysis, ask, check, with_web};
use crate::cluster::ProxyMode;
use crate::trace::{Certainty, Headline, Outcome, Probe, words};

fn local_load_balancer() -> String {
    with_web(
        "
type: LoadBalancer
clusterIP: 10.96.0.10
externalTrafficPolicy: Local
healthCheckNodePort: 32100
ports: [{port: 80, targetPort: 8080, nodePort: 30080}]",
    )
}

#[test]
fn a_node_with_an_endpoint_is_healthy() {
    check(
        &local_load_balancer(),
        "outside",
        "node/n2:32100",
        "
        reachable

        1 health-check
          outside: send 198.51.100.7>172.18.0.2:32100
          n2: pass, to itself, deliver 198.51.100.7>172.18.0.2:32100
          < n2: answer 172.18.0.2:32100>198.51.100.7, to gateway
          < outside: deliver 172.18.0.2:32100>198.51.100.7
        ",
    );
}

#[test]
fn what_it_answers_is_told_with_what_it_counts() {
    let analysis = analysis(&local_load_balancer());
    let told = |from: &str, to: &str| {
        let answer = ask(&analysis, from, to);
        let journey = &answer.alternatives[0].journey;
        let cause = journey.steps().last().and_then(|step| {
            let origin = step.because.origins.first()?;
            Some(origin.path.to_string())
        });
        (words::client_sees(journey), words::ending(journey), cause)
    };
    let port = || Some("spec.healthCheckNodePort".to_owned());
    assert_eq!(
        told("outside", "node/n1:32100"),
        (
            "connected, and HTTP 200 from kube-proxy",
            "kube-proxy on node n1 answers HTTP 200 itself: Service shop/web has 1 ready endpoint there, so load balancers send to the node (`healthCheckNodePort`).".to_owned(),
            port()
        )
    );
    assert_eq!(
        told("pod/shop/client", "node/n3:32100"),
        (
            "connected, and HTTP 503 from kube-proxy",
            "kube-proxy on node n3 answers HTTP 503 itself: Service shop/web has no ready endpoint there, so load balancers leave the node out (`healthCheckNodePort`).".to_owned(),
            port()
        )
    );
}

#[test]
fn nodes_that_answer_alike_are_one_way() {
    let answer = ask(&analysis(&local_load_balancer()), "outside", "node/*:32100");
    let ways = answer.alternatives.iter().map(|way| {
        let nodes: Vec<&str> = way
            .entries
            .iter()
            .map(|entry| entry.node.as_str())
            .collect();
        (way.journey.client_sees().name(), nodes.join(" "))
    });
    assert_eq!(
        ways.collect::<Vec<_>>(),
        [
            ("http-200", "n1 n2".to_owned()),
            ("http-503", "n3".to_owned())
        ]
    );
}

#[test]
fn an_answer_that_turns_load_balancers_away_is_told_first() {
    let analysis = analysis(&local_load_balancer());
    let headline = |to: &str| words::headline(Headline::of(&ask(&analysis, "outside", to)));
    assert_eq!(headline("node/n1:32100"), "Reachable");
    assert_eq!(
        headline("node/n3:32100"),
        "Answered 503: no local endpoints"
    );
    assert_eq!(
        headline("node/*:32100"),
        "Partly answered 503: no local endpoints"
    );
    // The connection is made all the same.
    assert_eq!(
        ask(&analysis, "outside", "node/n3:32100").verdict.name(),
        "reachable"
    );
}

#[test]
fn families_that_count_differently_leave_the_answer_open() {
    let service = "
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  type: LoadBalancer
  ipFamilyPolicy: RequireDualStack
  externalTrafficPolicy: Local
  healthCheckNodePort: 32100
  ports: [{port: 80}]";
    let slice = |family: &str, address: &str| {
        format!(
            "
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {{name: web-{family}, namespace: shop, labels: {{kubernetes.io/service-name: web}}}}
addressType: {family}
endpoints: [{{addresses: ['{address}'], nodeName: node-1}}]
ports: [{{port: 80}}]"
        )
    };
    let told = |text: &str| {
        let answer = ask(&analysis(text), "outside", "node/node-1:32100");
        let journey = &answer.alternatives[0].journey;
        let last = journey.steps().last().map(|step| step.certainty);
        (journey.client_sees().name(), last)
    };
    let one = service.to_owned() + &slice("IPv4", "10.244.1.5");
    assert_eq!(told(&one), ("http-200", Some(Certainty::Assumed)));
    let both = one + &slice("IPv6", "fd00:10:244:1::5");
    assert_eq!(told(&both), ("http-200", Some(Certainty::Given)));
}

#[test]
fn it_listens_where_node_ports_are_open() {
    let analysis = analysis(&local_load_balancer());
    let outcome = |mode: ProxyMode, to: &str| {
        let probe = Probe::parse("node/n1", to).expect("a probe");
        let answer = analysis.trace_in(mode, &probe);
        answer.alternatives[0].journey.outcome.name()
    };
    assert_eq!(
        outcome(ProxyMode::Iptables, "127.0.0.1:32100"),
        "health-check"
    );
    // In mode nftables node ports are open on the primary address alone.
    assert_eq!(outcome(ProxyMode::Nftables, "127.0.0.1:32100"), "at-node");
    assert_eq!(
        outcome(ProxyMode::Nftables, "172.18.0.1:32100"),
        "health-check"
    );
    // HTTP is TCP.
    assert_eq!(
        outcome(ProxyMode::Iptables, "127.0.0.1:32100/udp"),
        "at-node"
    );
}

#[test]
fn without_policy_local_nobody_is_known_to_listen() {
    let text = local_load_balancer().replace(
        "externalTrafficPolicy: Local",
        "externalTrafficPolicy: Cluster",
    );
    let answer = ask(&analysis(&text), "outside", "node/n2:32100");
    let outcome = &answer.alternatives[0].journey.outcome;
    assert!(matches!(outcome, Outcome::AtNode { .. }), "{outcome:?}");
}

//! What surrounds a journey: other modes, connection tables, the resolver.

use super::fixture::{CLUSTER_IP, analysis, ask, with_web};
use crate::cluster::ProxyMode;
use crate::trace::{Probe, words};

const NODE_PORT: &str =
    "type: NodePort\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";

fn difference(to: &str) -> Option<String> {
    let analysis = analysis(&with_web(CLUSTER_IP));
    let probe = Probe::parse("pod/shop/client", to).expect("a probe");
    let in_mode = |mode| analysis.trace_in(mode, &probe);
    words::difference(
        ("iptables", &in_mode(ProxyMode::Iptables)),
        ("nftables", &in_mode(ProxyMode::Nftables)),
    )
}

#[test]
fn modes_differ_where_packets_do_not_where_rules_do() {
    assert_eq!(difference("10.96.0.50:80"), None);
    assert_eq!(
        difference("10.96.0.50:81").as_deref(),
        Some(
            "iptables: connection timed out. No route leads to 10.96.0.50: it is an address that only kube-proxy's rules give a meaning, and here none does. nftables: connection refused, at once. The node refuses it: the address belongs to Service shop/web, which has no such port."
        )
    );
}

#[test]
fn a_connection_table_grows_with_the_journey() {
    let analysis = analysis(&with_web(NODE_PORT));
    let probe = Probe::parse("outside", "node/n1:30080").expect("a probe");
    let to_n2 = analysis
        .journey(&probe, None, "10.244.2.5:8080".parse().ok())
        .expect("one of two endpoints is there");
    let lines = |steps| {
        let tracked = to_n2.tracked(steps);
        tracked.iter().map(words::conntrack).collect::<Vec<_>>()
    };
    assert_eq!(lines(1), [""; 0]);
    let there = to_n2.steps().count();
    assert_eq!(
        lines(there),
        [
            "tcp      6 src=198.51.100.7 dst=172.18.0.1 sport=40000 dport=30080 [UNREPLIED] src=10.244.2.5 dst=172.18.0.1 sport=8080 dport=40000",
            "tcp      6 src=172.18.0.1 dst=10.244.2.5 sport=40000 dport=8080 [UNREPLIED] src=10.244.2.5 dst=172.18.0.1 sport=8080 dport=40000",
        ]
    );
    let all = to_n2.all_steps().count();
    let tracked = to_n2.tracked(all);
    assert!(tracked.iter().all(|entry| entry.is_replied));
    assert_eq!(
        tracked.iter().map(words::tracked).collect::<Vec<_>>(),
        [
            "Destination NAT: 172.18.0.1:30080 stands for 10.244.2.5:8080. Source NAT: 198.51.100.7:40000 goes on as 172.18.0.1:40000.",
            "Remembered, not translated.",
        ]
    );
}

#[test]
fn an_exchange_names_the_search_domain_that_completed_it() {
    let analysis = analysis(&with_web(CLUSTER_IP));
    let answer = ask(&analysis, "pod/shop/client", "http://web.shop");
    let lookup = answer.lookup.expect("a name");
    let resolver = lookup.resolver.expect("a Pod's");
    assert_eq!(
        resolver.searches,
        [
            "shop.svc.cluster.local",
            "svc.cluster.local",
            "cluster.local"
        ]
    );
    let tried: Vec<_> = lookup
        .exchanges
        .iter()
        .map(|exchange| (exchange.name.as_str(), exchange.search))
        .collect();
    assert_eq!(
        tried,
        [
            ("web.shop.shop.svc.cluster.local.", Some(0)),
            ("web.shop.shop.svc.cluster.local.", Some(0)),
            ("web.shop.svc.cluster.local.", Some(1)),
            ("web.shop.svc.cluster.local.", Some(1)),
        ]
    );
}

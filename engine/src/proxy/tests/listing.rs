use std::sync::Arc;

use super::fixture::*;
use crate::cluster::{Cluster, ProxyMode};
use crate::packet::Family;
use crate::proxy::{Line, Listing, NodeView, RuleAt, Ruleset, proxied, ruleset};

fn cluster_of_two() -> Cluster {
    let mut cluster = cluster();
    for (name, address) in [("ns1/svc1", "172.30.0.41"), ("ns4/svc4", "172.30.0.44")] {
        cluster.services.push(service(name, address));
        let endpoint = endpoint(&format!("10.180.0.{} node1", &address[10..]));
        cluster.slices.push(slice(name, vec![endpoint]));
    }
    cluster
}

fn rules(mode: ProxyMode) -> Arc<Ruleset> {
    let cluster = cluster_of_two();
    let node1 = NodeView::named(&cluster, "node1");
    Arc::new(ruleset(
        &cluster,
        &proxied(&cluster, Family::V4),
        &node1,
        mode,
    ))
}

fn texts(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|line| format!("{}\n", line.text))
        .collect()
}

#[test]
fn pages_are_parts_of_the_whole() {
    for mode in [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs] {
        let ruleset = rules(mode);
        let listing = Listing::of(ruleset.clone());
        let all = listing.lines(0..usize::MAX);
        assert_eq!(texts(&all), ruleset.listed());
        assert_eq!(all.len(), listing.count());
        let paged: Vec<Line> = (0..listing.count())
            .step_by(7)
            .flat_map(|first| listing.lines(first..first + 7))
            .collect();
        assert_eq!(paged, all);
        assert_eq!(listing.lines(listing.count()..listing.count() + 5), []);
        for line in &all {
            if let Some(rule) = &line.rule {
                assert_eq!(listing.line_of(rule), Some(line.number));
            }
        }
    }
}

#[test]
fn a_rule_is_found_by_its_place() {
    let at = |table: &str, chain: &str, nth| RuleAt {
        table: table.into(),
        chain: chain.into(),
        nth,
    };
    let listing = Listing::of(rules(ProxyMode::Iptables));
    assert_eq!(
        listing
            .text_of(&at("nat", "KUBE-SVC-XPGD46QRK7WJZT7O", 0))
            .as_deref(),
        Some(
            r#"-A KUBE-SVC-XPGD46QRK7WJZT7O ! -s 10.0.0.0/8 -d 172.30.0.41/32 -p tcp -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp --dport 80 -j KUBE-MARK-MASQ"#
        )
    );
    assert_eq!(
        listing.text_of(&at("nat", "KUBE-SVC-XPGD46QRK7WJZT7O", 2)),
        None
    );
    assert_eq!(
        listing.text_of(&at("filter", "KUBE-SVC-XPGD46QRK7WJZT7O", 0)),
        None
    );

    let listing = Listing::of(rules(ProxyMode::Nftables));
    assert_eq!(
        listing
            .text_of(&at("ip kube-proxy", "nat-prerouting", 0))
            .as_deref(),
        Some("\t\tjump services")
    );
}

#[test]
fn a_service_knows_its_rules() {
    let cluster = cluster_of_two();
    let proxied = proxied(&cluster, Family::V4);
    let id = cluster.service("ns4", "svc4").unwrap();
    let (port, _) = proxied.port_named(id, "p80").unwrap();
    let listing = Listing::of(rules(ProxyMode::Iptables));
    let lines: Vec<String> = listing
        .lines_for(port)
        .into_iter()
        .flat_map(|number| listing.lines(number..number + 1))
        .map(|line| {
            assert_eq!(line.port, Some(port));
            let words: Vec<&str> = line.text.split(' ').collect();
            words[..2].join(" ")
        })
        .collect();
    assert_eq!(
        lines,
        [
            ":KUBE-SEP-UKSFD7AGPMPPLUHC -",
            ":KUBE-SVC-4SW47YFZTEDKD3PK -",
            "-A KUBE-SEP-UKSFD7AGPMPPLUHC",
            "-A KUBE-SEP-UKSFD7AGPMPPLUHC",
            "-A KUBE-SERVICES",
            "-A KUBE-SVC-4SW47YFZTEDKD3PK",
            "-A KUBE-SVC-4SW47YFZTEDKD3PK",
        ]
    );
}

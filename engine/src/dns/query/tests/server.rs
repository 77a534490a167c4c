//! The server itself: its zones, their apex, what it leaves to others.

use super::*;
use crate::dns::{AnsweredBy, Name};

#[test]
fn the_longest_zone_answers_and_other_names_leave() {
    let mut cluster = with_web();
    cluster.environment.dns.reverse_zones =
        vec!["10.in-addr.arpa".into(), "96.10.in-addr.arpa".into()];
    let by = |question: &str| ask(&cluster, question).answered_by;
    let zone = |name: &str| AnsweredBy::Zone(Name::absolute(name));
    assert_eq!(
        by("20.0.96.10.in-addr.arpa PTR"),
        zone("96.10.in-addr.arpa")
    );
    assert_eq!(by("20.0.1.10.in-addr.arpa PTR"), zone("10.in-addr.arpa"));
    assert_eq!(by("1.2.0.192.in-addr.arpa PTR"), AnsweredBy::Upstream);
    check(&cluster, "example.com A", &["NXDOMAIN"]);
}

#[test]
fn the_apex_and_the_server() {
    let mut cluster = cluster();
    check(
        &cluster,
        "cluster.local SOA",
        &[
            "NOERROR",
            "cluster.local. 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5",
        ],
    );
    check(
        &cluster,
        "dns-version.cluster.local TXT",
        &["NOERROR", "dns-version.cluster.local. 28800 TXT 1.1.0"],
    );
    nxdomain(&cluster, "dns-version.cluster.local A");
    check(&cluster, "cluster.local AXFR", &["REFUSED", SOA][..1]);
    // Nothing in the cluster leads to the server.
    check(
        &cluster,
        "cluster.local NS",
        &[
            "NOERROR",
            "cluster.local. 5 NS ns.dns.cluster.local.",
            "additional: ns.dns.cluster.local. 5 A 10.96.0.10",
        ],
    );
    check(
        &cluster,
        "ns.dns.cluster.local A",
        &["NOERROR", "ns.dns.cluster.local. 5 A 10.96.0.10"],
    );
    nodata(&cluster, "ns.dns.cluster.local AAAA");
    nodata(&cluster, "ns.dns.cluster.local SRV");

    let ports = [("dns", Udp, 53), ("dns-tcp", Tcp, 53)];
    cluster_ip(&mut cluster, "kube-dns", &["10.96.0.10"], &ports);
    slice(&mut cluster, "kube-dns", &["10.1.0.2", "10.1.0.3"], &ports);
    check(
        &cluster,
        "cluster.local NS",
        &[
            "NOERROR",
            "cluster.local. 5 NS kube-dns.testns.svc.cluster.local.",
            "additional: kube-dns.testns.svc.cluster.local. 5 A 10.96.0.10",
        ],
    );
}

#[test]
fn a_negative_answer_is_kept_five_minutes_at_most() {
    let mut cluster = cluster();
    cluster.environment.dns.ttl = 3600;
    check(
        &cluster,
        "no.testns.svc.cluster.local A",
        &[
            "NXDOMAIN",
            "authority: cluster.local. 300 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 3600",
        ],
    );
}

#[test]
fn another_domain() {
    let mut cluster = with_web();
    cluster.environment.dns.zone = "k8s.example.com".into();
    check(
        &cluster,
        "web.testns.svc.k8s.example.com A",
        &["NOERROR", "web.testns.svc.k8s.example.com. 5 A 10.96.0.20"],
    );
    assert_eq!(
        ask(&cluster, "web.testns.svc.cluster.local A").answered_by,
        AnsweredBy::Upstream
    );
}

proptest::proptest! {
    #[test]
    fn any_question_has_a_well_formed_answer(
        labels in "[a-z0-9_.*-]{0,40}",
        zone in proptest::sample::select(vec![
            "testns.svc.cluster.local", "svc.cluster.local", "testns.pod.cluster.local",
            "ClusteR.local", "in-addr.arpa", "ip6.arpa", "example.com", "",
        ]),
        type_ in proptest::sample::select(vec!["A", "AAAA", "SRV", "TXT", "PTR", "NS", "SOA", "CNAME", "MX", "HINFO"]),
    ) {
        let exchange = ask(&with_db(), &format!("{labels}.{zone} {type_}"));
        let by_zone = matches!(exchange.answered_by, AnsweredBy::Zone(_));
        let no_answer = exchange.answers.is_empty();
        proptest::prop_assert_eq!(exchange.authority.len(), usize::from(by_zone && no_answer));
        proptest::prop_assert!(no_answer || exchange.rcode == crate::dns::Rcode::NoError);
    }
}

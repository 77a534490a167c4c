mod external_names;
mod server;

use super::super::fixture::{ask, check, cluster, cluster_ip, external, headless, pod, slice};
use crate::arena::Id;
use crate::cluster::{Cluster, PodRecords, PodSpec};
use crate::dns::Because;
use crate::packet::Protocol::{Tcp, Udp};

const SOA: &str = "authority: cluster.local. 5 SOA ns.dns.cluster.local. hostmaster.cluster.local. 1 7200 1800 86400 5";
const NODATA: [&str; 2] = ["NOERROR", SOA];
const NXDOMAIN: [&str; 2] = ["NXDOMAIN", SOA];

fn nodata(cluster: &Cluster, question: &str) {
    check(cluster, question, &NODATA);
}

fn nxdomain(cluster: &Cluster, question: &str) {
    check(cluster, question, &NXDOMAIN);
}

/// `web` 10.96.0.20 with the ports http and dns, and two endpoints.
fn with_web() -> Cluster {
    let mut cluster = cluster();
    let ports = [("http", Tcp, 80), ("dns", Udp, 53)];
    cluster_ip(&mut cluster, "web", &["10.96.0.20"], &ports);
    let endpoints = ["10.1.0.7=web-0", "10.1.0.8"];
    slice(
        &mut cluster,
        "web",
        &endpoints,
        &[("http", Tcp, 8080), ("dns", Udp, 5353)],
    );
    cluster
}

/// `db`, headless, with endpoints of both families, one of them not ready.
fn with_db() -> Cluster {
    let mut cluster = cluster();
    let ports = [("pg", Tcp, 5432)];
    headless(&mut cluster, "db", &ports);
    let v4 = [
        "10.1.0.1=db-0",
        "10.1.0.2",
        "!10.1.0.3=db-2",
        "10.1.0.4=twin",
        "10.1.0.5=twin",
    ];
    slice(&mut cluster, "db", &v4, &[("pg", Tcp, 15432)]);
    slice(&mut cluster, "db", &["fd00::1"], &[("pg", Tcp, 15432)]);
    cluster
}

#[test]
fn a_cluster_ip() {
    let cluster = with_web();
    check(
        &cluster,
        "web.testns.svc.cluster.local A",
        &["NOERROR", "web.testns.svc.cluster.local. 5 A 10.96.0.20"],
    );
    nodata(&cluster, "web.testns.svc.cluster.local AAAA");
    nodata(&cluster, "web.testns.svc.cluster.local TXT");
    nodata(&cluster, "web.testns.svc.cluster.local MX");
    nodata(&cluster, "web.testns.svc.cluster.local CNAME");
    nodata(&cluster, "web.testns.svc.cluster.local PTR");
    nodata(&cluster, "web.testns.svc.cluster.local HTTPS");
    nodata(&cluster, "web.testns.svc.cluster.local NS");
    nxdomain(&cluster, "wev.testns.svc.cluster.local A");
    nxdomain(&cluster, "wev.testns.svc.cluster.local TXT");
    nxdomain(&cluster, "wev.testns.svc.cluster.local HTTPS");
    nxdomain(&cluster, "wev.testns.svc.cluster.local MX");
    nxdomain(&cluster, "wev.testns.svc.cluster.local NS");
    // CoreDNS does not look.
    nodata(&cluster, "wev.testns.svc.cluster.local SOA");
}

#[test]
fn a_record_knows_what_it_rests_on() {
    let first = |cluster: &Cluster, question: &str| ask(cluster, question).answers[0].because;
    assert_eq!(
        first(&with_web(), "web.testns.svc.cluster.local A"),
        Because::ClusterIp {
            service: Id::from_number(0),
            nth: 0
        }
    );
    assert_eq!(
        first(&with_db(), "twin.db.testns.svc.cluster.local A"),
        Because::Endpoint {
            service: Some(Id::from_number(0)),
            slice: Id::from_number(0),
            endpoint: 3
        }
    );
    assert_eq!(
        first(&with_db(), "db.testns.svc.cluster.local AAAA"),
        Because::Endpoint {
            service: Some(Id::from_number(0)),
            slice: Id::from_number(1),
            endpoint: 0
        }
    );
}

#[test]
fn what_exists_and_what_does_not() {
    let cluster = with_web();
    for name in ["cluster.local", "svc.cluster.local", "pod.cluster.local"] {
        nodata(&cluster, &format!("{name} A"));
        nodata(&cluster, &format!("{name} SRV"));
        // CoreDNS looks for texts below namespaces only.
        nxdomain(&cluster, &format!("{name} TXT"));
    }
    nodata(&cluster, "testns.svc.cluster.local A");
    nodata(&cluster, "testns.pod.cluster.local A");
    nxdomain(&cluster, "nowhere.svc.cluster.local A");
    nxdomain(&cluster, "web.nowhere.svc.cluster.local A");
    nxdomain(&cluster, "web.testns.cluster.local A");
    nxdomain(&cluster, "web.testns.pood.cluster.local A");
    nxdomain(&cluster, "web.cluster.local A");
    nxdomain(&cluster, "a.b.c.web.testns.svc.cluster.local A");
    nxdomain(&cluster, "_tcp.web.testns.svc.cluster.local SRV");
    nxdomain(&cluster, "*.testns.svc.cluster.local A");
    nxdomain(&cluster, "any.web.testns.svc.cluster.local A");
}

#[test]
fn the_letters_of_the_question_are_kept() {
    let cluster = with_web();
    check(
        &cluster,
        "_HtTp._TcP.WeB.tEsTnS.SvC.Cluster.LOCAL SRV",
        &[
            "NOERROR",
            "_HtTp._TcP.WeB.tEsTnS.SvC.Cluster.LOCAL. 5 SRV 0 100 80 web.testns.svc.Cluster.LOCAL.",
            "additional: web.testns.svc.Cluster.LOCAL. 5 A 10.96.0.20",
        ],
    );
    check(
        &cluster,
        "no.testns.svc.ClUsTeR.local A",
        &[
            "NXDOMAIN",
            "authority: ClUsTeR.local. 5 SOA ns.dns.ClUsTeR.local. hostmaster.ClUsTeR.local. 1 7200 1800 86400 5",
        ],
    );
}

#[test]
fn two_families() {
    let mut cluster = cluster();
    let ips = ["10.96.0.3", "fd00:10::3"];
    cluster_ip(&mut cluster, "dual", &ips, &[("http", Tcp, 80)]);
    check(
        &cluster,
        "dual.testns.svc.cluster.local AAAA",
        &[
            "NOERROR",
            "dual.testns.svc.cluster.local. 5 AAAA fd00:10::3",
        ],
    );
    check(
        &cluster,
        "dual.testns.svc.cluster.local SRV",
        &[
            "NOERROR",
            "dual.testns.svc.cluster.local. 5 SRV 0 50 80 dual.testns.svc.cluster.local.",
            "additional: dual.testns.svc.cluster.local. 5 A 10.96.0.3",
            "additional: dual.testns.svc.cluster.local. 5 AAAA fd00:10::3",
        ],
    );
}

#[test]
fn ports_of_a_cluster_ip() {
    let cluster = with_web();
    check(
        &cluster,
        "_dns._udp.web.testns.svc.cluster.local SRV",
        &[
            "NOERROR",
            "_dns._udp.web.testns.svc.cluster.local. 5 SRV 0 100 53 web.testns.svc.cluster.local.",
            "additional: web.testns.svc.cluster.local. 5 A 10.96.0.20",
        ],
    );
    check(
        &cluster,
        "web.testns.svc.cluster.local SRV",
        &[
            "NOERROR",
            "web.testns.svc.cluster.local. 5 SRV 0 50 80 web.testns.svc.cluster.local.",
            "web.testns.svc.cluster.local. 5 SRV 0 50 53 web.testns.svc.cluster.local.",
            "additional: web.testns.svc.cluster.local. 5 A 10.96.0.20",
        ],
    );
    // Underscores are not needed, and the type is not looked at.
    check(
        &cluster,
        "http.tcp.web.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "http.tcp.web.testns.svc.cluster.local. 5 A 10.96.0.20",
        ],
    );
    nxdomain(&cluster, "_http._udp.web.testns.svc.cluster.local SRV");
    nxdomain(&cluster, "_https._tcp.web.testns.svc.cluster.local SRV");
}

#[test]
fn endpoints_of_a_service_with_a_cluster_ip_have_names_too() {
    let cluster = with_web();
    check(
        &cluster,
        "web-0.web.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "web-0.web.testns.svc.cluster.local. 5 A 10.1.0.7",
        ],
    );
    // A host name replaces the address.
    nxdomain(&cluster, "10-1-0-7.web.testns.svc.cluster.local A");
    check(
        &cluster,
        "10-1-0-8.web.testns.svc.cluster.local SRV",
        &[
            "NOERROR",
            "10-1-0-8.web.testns.svc.cluster.local. 5 SRV 0 50 8080 10-1-0-8.web.testns.svc.cluster.local.",
            "10-1-0-8.web.testns.svc.cluster.local. 5 SRV 0 50 5353 10-1-0-8.web.testns.svc.cluster.local.",
            "additional: 10-1-0-8.web.testns.svc.cluster.local. 5 A 10.1.0.8",
        ],
    );
}

#[test]
fn a_headless_service() {
    let cluster = with_db();
    check(
        &cluster,
        "db.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "db.testns.svc.cluster.local. 5 A 10.1.0.1",
            "db.testns.svc.cluster.local. 5 A 10.1.0.2",
            "db.testns.svc.cluster.local. 5 A 10.1.0.4",
            "db.testns.svc.cluster.local. 5 A 10.1.0.5",
        ],
    );
    check(
        &cluster,
        "fd00--1.db.testns.svc.cluster.local AAAA",
        &[
            "NOERROR",
            "fd00--1.db.testns.svc.cluster.local. 5 AAAA fd00::1",
        ],
    );
    nodata(&cluster, "fd00--1.db.testns.svc.cluster.local A");
    check(
        &cluster,
        "twin.db.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "twin.db.testns.svc.cluster.local. 5 A 10.1.0.4",
            "twin.db.testns.svc.cluster.local. 5 A 10.1.0.5",
        ],
    );
    // Not ready.
    nxdomain(&cluster, "db-2.db.testns.svc.cluster.local A");
    check(
        &cluster,
        "_pg._tcp.db.testns.svc.cluster.local SRV",
        &[
            "NOERROR",
            "_pg._tcp.db.testns.svc.cluster.local. 5 SRV 0 20 15432 db-0.db.testns.svc.cluster.local.",
            "_pg._tcp.db.testns.svc.cluster.local. 5 SRV 0 20 15432 10-1-0-2.db.testns.svc.cluster.local.",
            "_pg._tcp.db.testns.svc.cluster.local. 5 SRV 0 20 15432 twin.db.testns.svc.cluster.local.",
            "_pg._tcp.db.testns.svc.cluster.local. 5 SRV 0 20 15432 fd00--1.db.testns.svc.cluster.local.",
            "additional: db-0.db.testns.svc.cluster.local. 5 A 10.1.0.1",
            "additional: 10-1-0-2.db.testns.svc.cluster.local. 5 A 10.1.0.2",
            "additional: twin.db.testns.svc.cluster.local. 5 A 10.1.0.4",
            "additional: twin.db.testns.svc.cluster.local. 5 A 10.1.0.5",
            "additional: fd00--1.db.testns.svc.cluster.local. 5 AAAA fd00::1",
        ],
    );
}

#[test]
fn a_headless_service_without_ready_endpoints_does_not_exist() {
    let mut cluster = cluster();
    headless(&mut cluster, "db", &[("pg", Tcp, 5432)]);
    slice(
        &mut cluster,
        "db",
        &["!10.1.0.1=db-0"],
        &[("pg", Tcp, 5432)],
    );
    nxdomain(&cluster, "db.testns.svc.cluster.local A");
    nxdomain(&cluster, "_pg._tcp.db.testns.svc.cluster.local SRV");
}

#[test]
fn without_ports_there_are_addresses_and_no_srv() {
    let mut cluster = cluster();
    headless(&mut cluster, "peers", &[]);
    slice(&mut cluster, "peers", &["10.1.0.1"], &[]);
    check(
        &cluster,
        "10-1-0-1.peers.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "10-1-0-1.peers.testns.svc.cluster.local. 5 A 10.1.0.1",
        ],
    );
    nodata(&cluster, "peers.testns.svc.cluster.local SRV");
    nxdomain(&cluster, "_x._tcp.peers.testns.svc.cluster.local SRV");
}

#[test]
fn labels_of_endpoints() {
    let mut cluster = cluster();
    headless(&mut cluster, "db", &[]);
    slice(
        &mut cluster,
        "db",
        &["10.1.0.1@db-abcde", "10.1.0.2=named@db-fghij"],
        &[],
    );
    slice(&mut cluster, "db", &["fd00:1:2::"], &[]);
    // A label must not end with a dash.
    check(
        &cluster,
        "fd00-1-2--0.db.testns.svc.cluster.local AAAA",
        &[
            "NOERROR",
            "fd00-1-2--0.db.testns.svc.cluster.local. 5 AAAA fd00:1:2::",
        ],
    );
    nxdomain(&cluster, "db-abcde.db.testns.svc.cluster.local A");

    cluster.environment.dns.endpoint_pod_names = true;
    check(
        &cluster,
        "db-abcde.db.testns.svc.cluster.local A",
        &[
            "NOERROR",
            "db-abcde.db.testns.svc.cluster.local. 5 A 10.1.0.1",
        ],
    );
    nxdomain(&cluster, "10-1-0-1.db.testns.svc.cluster.local A");
    nxdomain(&cluster, "db-fghij.db.testns.svc.cluster.local A");
}

#[test]
fn ignore_empty_service() {
    let mut cluster = cluster();
    cluster_ip(&mut cluster, "empty", &["10.96.0.7"], &[("http", Tcp, 80)]);
    slice(&mut cluster, "empty", &["!10.1.0.1"], &[("http", Tcp, 80)]);
    external(&mut cluster, "out", "db.example.com");
    check(
        &cluster,
        "empty.testns.svc.cluster.local A",
        &["NOERROR", "empty.testns.svc.cluster.local. 5 A 10.96.0.7"],
    );
    cluster.environment.dns.ignore_empty_service = true;
    nxdomain(&cluster, "empty.testns.svc.cluster.local A");
    check(
        &cluster,
        "out.testns.svc.cluster.local CNAME",
        &[
            "NOERROR",
            "out.testns.svc.cluster.local. 5 CNAME db.example.com.",
        ],
    );
}

#[test]
fn pod_records() {
    let mut cluster = cluster();
    pod(&mut cluster, "testns", "p", "10.1.0.9", PodSpec::default());
    pod(&mut cluster, "testns", "six", "fd00::9", PodSpec::default());
    let own = "10-1-0-9.testns.pod.cluster.local";
    let other = "10-1-0-10.testns.pod.cluster.local";
    let insecure = [
        (own, "10.1.0.9", "A"),
        (other, "10.1.0.10", "A"),
        ("fd00--9.testns.pod.cluster.local", "fd00::9", "AAAA"),
    ];
    for (name, ip, type_) in insecure {
        let record = format!("{name}. 5 {type_} {ip}");
        check(&cluster, &format!("{name} {type_}"), &["NOERROR", &record]);
    }
    nodata(&cluster, &format!("{own} AAAA"));
    nxdomain(&cluster, "p.testns.pod.cluster.local A");
    nxdomain(&cluster, "p.testns.pod.cluster.local AAAA");
    nxdomain(&cluster, "10-1-0-9.nowhere.pod.cluster.local A");

    cluster.environment.dns.pods = PodRecords::Verified;
    check(
        &cluster,
        &format!("{own} A"),
        &["NOERROR", &format!("{own}. 5 A 10.1.0.9")],
    );
    assert_eq!(
        ask(&cluster, &format!("{own} A")).answers[0].because,
        Because::Pod(Id::from_number(0))
    );
    nxdomain(&cluster, &format!("{other} A"));
    nxdomain(&cluster, "fd00-0-0-0-0-0-0-9.testns.pod.cluster.local AAAA");
    nodata(&cluster, "testns.pod.cluster.local A");
    cluster.namespaces.push(crate::cluster::Namespace {
        meta: super::super::fixture::meta("", "other"),
    });
    nxdomain(&cluster, "10-1-0-9.other.pod.cluster.local A");
    cluster.pods[Id::from_number(0)].terminating = true;
    nxdomain(&cluster, &format!("{own} A"));

    cluster.environment.dns.pods = PodRecords::Disabled;
    nxdomain(&cluster, &format!("{own} A"));
    nxdomain(&cluster, "testns.pod.cluster.local A");
}

#[test]
fn reverse_names() {
    let mut cluster = with_web();
    slice(&mut cluster, "web", &["10.96.0.20", "fd00::7=six"], &[]);
    headless(&mut cluster, "db", &[]);
    slice(&mut cluster, "db", &["10.1.0.7=same", "!10.1.0.9"], &[]);
    // A Service before the endpoint of the same address.
    check(
        &cluster,
        "20.0.96.10.in-addr.arpa PTR",
        &[
            "NOERROR",
            "20.0.96.10.in-addr.arpa. 5 PTR web.testns.svc.cluster.local.",
        ],
    );
    check(
        &cluster,
        "7.0.1.10.in-addr.arpa PTR",
        &[
            "NOERROR",
            "7.0.1.10.in-addr.arpa. 5 PTR web-0.web.testns.svc.cluster.local.",
            "7.0.1.10.in-addr.arpa. 5 PTR same.db.testns.svc.cluster.local.",
        ],
    );
    let six = "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
    check(
        &cluster,
        &format!("{six} PTR"),
        &[
            "NOERROR",
            &format!("{six}. 5 PTR six.web.testns.svc.cluster.local."),
        ],
    );
    let arpa = "authority: in-addr.arpa. 5 SOA ns.dns.in-addr.arpa. hostmaster.in-addr.arpa. 1 7200 1800 86400 5";
    check(&cluster, "9.0.1.10.in-addr.arpa PTR", &["NXDOMAIN", arpa]);
    check(&cluster, "1.10.in-addr.arpa PTR", &["NXDOMAIN", arpa]);
    check(&cluster, "in-addr.arpa PTR", &["NOERROR", arpa]);
    check(&cluster, "20.0.96.10.in-addr.arpa A", &["NXDOMAIN", arpa]);
    check(
        &cluster,
        "web.testns.svc.in-addr.arpa A",
        &["NXDOMAIN", arpa],
    );
    nxdomain(&cluster, "20.0.96.10.cluster.local PTR");
}

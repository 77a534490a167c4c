use std::net::SocketAddr;

use super::on_node1;
use crate::cluster::{Cluster, SessionAffinity, TrafficPolicy};
use crate::packet::{Header, Protocol};
use crate::proxy::iptables::{Match, Ruleset, TableName, mismatch, walk};
use crate::proxy::tests::fixture::*;
use crate::proxy::{
    Branch, Conntrack, Effect, Fate, Hook, Host, NodeView, RejectWith, Share, Skb, State,
};

fn packet(from: &str, to: &str) -> Skb {
    Skb {
        header: Header::between(
            Protocol::Tcp,
            SocketAddr::new(ip(from), 40000),
            to.parse().unwrap(),
        ),
        mark: 0,
        conntrack: Conntrack::New,
        original_destination: None,
        in_interface: None,
        out_interface: None,
    }
}

fn host(cluster: &Cluster) -> Host {
    NodeView::named(cluster, "node1").host()
}

fn at(cluster: &Cluster, hook: Hook, packet: &Skb) -> Vec<Branch> {
    walk(
        &on_node1(cluster),
        &State::default(),
        hook,
        packet,
        &host(cluster),
        0,
    )
}

/// `share destination [masquerade]` of every branch that enters at Prerouting, and what filter makes of it.
fn check(cluster: &Cluster, from: &str, to: &str, expected: &[&str]) {
    let packet = packet(from, to);
    let host = host(cluster);
    let local = |packet: &Skb| host.local_addresses.contains(&packet.header.destination);
    let own = host.local_addresses.contains(&packet.header.source);
    let first = if own { Hook::Output } else { Hook::Prerouting };
    let mut seen = Vec::new();
    for branch in at(cluster, first, &packet) {
        let second = match (own, local(&branch.packet)) {
            (true, _) => None,
            (false, true) => Some(Hook::Input),
            (false, false) => Some(Hook::Forward),
        };
        let filtered = match second {
            Some(hook) if branch.fate == Fate::Continue => {
                at(cluster, hook, &branch.packet).remove(0)
            }
            _ => branch.clone(),
        };
        let masqueraded = at(cluster, Hook::Postrouting, &filtered.packet)[0]
            .effects
            .contains(&Effect::Masquerade);
        seen.push(match filtered.fate {
            Fate::Continue | Fate::Accept => format!(
                "{} {}{}",
                branch.share,
                filtered.packet.header.to(),
                if masqueraded { " masquerade" } else { "" }
            ),
            Fate::Drop => format!("{} dropped", branch.share),
            Fate::Reject(RejectWith::PortUnreachable) => format!("{} refused", branch.share),
        });
    }
    assert_eq!(seen, expected, "{from} to {to}");
}

fn two_endpoints() -> Cluster {
    let mut cluster = cluster();
    let mut service = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4"]);
    service.ports[0].node_port = Some(port(30001));
    service.external_ips = vec![ip("192.168.99.11")];
    cluster.services.push(service);
    cluster.slices.push(slice(
        "ns1/svc1",
        vec![endpoint("10.180.0.1 node1"), endpoint("10.180.2.1 node2")],
    ));
    cluster
}

#[test]
fn to_the_cluster_ip() {
    let cluster = two_endpoints();
    let to = "172.30.0.41:80";
    check(
        &cluster,
        "10.0.0.2",
        to,
        &["1/2 10.180.0.1:80", "1/2 10.180.2.1:80"],
    );
    check(
        &cluster,
        "192.168.0.9",
        to,
        &[
            "1/2 10.180.0.1:80 masquerade",
            "1/2 10.180.2.1:80 masquerade",
        ],
    );
    // Hairpin: only the endpoint that calls itself.
    check(
        &cluster,
        "10.180.0.1",
        to,
        &["1/2 10.180.0.1:80 masquerade", "1/2 10.180.2.1:80"],
    );
    // Another port is none of kube-proxy's business.
    check(
        &cluster,
        "10.0.0.2",
        "172.30.0.41:81",
        &["1 172.30.0.41:81"],
    );
}

#[test]
fn from_outside_with_policy_cluster() {
    let cluster = two_endpoints();
    for to in ["1.2.3.4:80", "192.168.99.11:80", "192.168.0.2:30001"] {
        for from in ["203.0.113.1", "10.0.0.2", "192.168.0.2"] {
            check(
                &cluster,
                from,
                to,
                &[
                    "1/2 10.180.0.1:80 masquerade",
                    "1/2 10.180.2.1:80 masquerade",
                ],
            );
        }
    }
    // A node port is only open on the node's own addresses.
    check(
        &cluster,
        "10.0.0.2",
        "192.168.0.3:30001",
        &["1 192.168.0.3:30001"],
    );
}

#[test]
fn from_outside_with_policy_local() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].external_traffic_policy = TrafficPolicy::Local;
    let to = "1.2.3.4:80";
    check(&cluster, "203.0.113.1", to, &["1 10.180.0.1:80"]);
    check(
        &cluster,
        "10.0.0.2",
        to,
        &["1/2 10.180.0.1:80", "1/2 10.180.2.1:80"],
    );
    check(
        &cluster,
        "192.168.0.2",
        to,
        &[
            "1/2 10.180.0.1:80 masquerade",
            "1/2 10.180.2.1:80 masquerade",
        ],
    );

    let slice = cluster.slices.iter().next().unwrap().0;
    cluster.slices[slice].endpoints.remove(0);
    check(&cluster, "203.0.113.1", to, &["1 dropped"]);
    check(&cluster, "203.0.113.1", "192.168.0.2:30001", &["1 dropped"]);
    check(&cluster, "10.0.0.2", to, &["1 10.180.2.1:80"]);
}

#[test]
fn no_endpoints_refuse() {
    let mut cluster = two_endpoints();
    let slice = cluster.slices.iter().next().unwrap().0;
    cluster.slices[slice].endpoints.clear();
    check(&cluster, "10.0.0.2", "172.30.0.41:80", &["1 refused"]);
    check(&cluster, "203.0.113.1", "1.2.3.4:80", &["1 refused"]);
    check(&cluster, "203.0.113.1", "192.168.0.2:30001", &["1 refused"]);
    check(&cluster, "192.168.0.2", "172.30.0.41:80", &["1 refused"]);
    // No jump to KUBE-EXTERNAL-SERVICES from OUTPUT: the packet leaves as it is.
    check(&cluster, "192.168.0.2", "1.2.3.4:80", &["1 1.2.3.4:80"]);
}

#[test]
fn source_ranges_guard_the_load_balancer_only() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].load_balancer.source_ranges = vec!["203.0.113.0/25".parse().unwrap()];
    let both = [
        "1/2 10.180.0.1:80 masquerade",
        "1/2 10.180.2.1:80 masquerade",
    ];
    check(&cluster, "203.0.113.2", "1.2.3.4:80", &both);
    check(&cluster, "203.0.113.130", "1.2.3.4:80", &["1 dropped"]);
    check(&cluster, "203.0.113.130", "192.168.0.2:30001", &both);
    check(&cluster, "203.0.113.130", "192.168.99.11:80", &both);
}

#[test]
fn node_ports_on_localhost() {
    let mut cluster = two_endpoints();
    let both = [
        "1/2 10.180.0.1:80 masquerade",
        "1/2 10.180.2.1:80 masquerade",
    ];
    check(&cluster, "127.0.0.1", "127.0.0.1:30001", &both);
    // All of 127.0.0.0/8 is this node.
    check(&cluster, "127.0.0.1", "127.0.0.2:30001", &both);
    cluster.environment.proxy.localhost_node_ports = false;
    check(
        &cluster,
        "127.0.0.1",
        "127.0.0.1:30001",
        &["1 127.0.0.1:30001"],
    );
}

#[test]
fn neighbours_do_not_reach_loopback() {
    check(&cluster(), "192.168.0.9", "127.0.0.1:10249", &["1 dropped"]);
}

#[test]
fn the_health_check_is_accepted() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].external_traffic_policy = TrafficPolicy::Local;
    cluster.services[id].health_check_node_port = Some(port(32000));
    let branches = at(
        &cluster,
        Hook::Input,
        &packet("203.0.113.1", "192.168.0.2:32000"),
    );
    assert_eq!(branches.len(), 1);
    assert_eq!(branches[0].fate, Fate::Accept);
}

#[test]
fn later_packets_skip_nat_and_invalid_ones_are_dropped() {
    let cluster = two_endpoints();
    let mut later = packet("10.0.0.2", "172.30.0.41:80");
    later.conntrack = Conntrack::Established;
    let branches = at(&cluster, Hook::Prerouting, &later);
    assert_eq!(branches.len(), 1);
    assert_eq!(
        (branches[0].fate, branches[0].visits.len()),
        (Fate::Continue, 0)
    );
    assert_eq!(at(&cluster, Hook::Forward, &later)[0].fate, Fate::Accept);
    later.conntrack = Conntrack::Invalid;
    assert_eq!(at(&cluster, Hook::Forward, &later)[0].fate, Fate::Drop);
}

#[test]
fn affinity_is_remembered_and_refreshed() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].session_affinity = SessionAffinity::ClientIp { timeout: 60 };
    let ruleset = on_node1(&cluster);
    let host = host(&cluster);
    let mut state = State::default();
    let mut connect = |to: &str, at, choice: usize| {
        let packet = packet("10.0.0.2", to);
        let mut branches = walk(&ruleset, &state, Hook::Prerouting, &packet, &host, at);
        let count = branches.len();
        let taken = branches.remove(choice);
        state.apply(&taken.effects, at);
        (count, taken.packet.header.to().to_string())
    };
    let second = "10.180.2.1:80".to_owned();
    assert_eq!(connect("172.30.0.41:80", 0, 1), (2, second.clone()));
    assert_eq!(connect("172.30.0.41:80", 60, 0), (1, second.clone()));
    // By another address of the Service, 120 s after the first but 60 s after the last.
    assert_eq!(connect("1.2.3.4:80", 120, 0), (1, second));
    assert_eq!(connect("172.30.0.41:80", 181, 0).0, 2);
}

#[test]
fn a_list_forgets_the_client_seen_longest_ago() {
    let mut state = State::default();
    for client in 0..=100_u8 {
        let effect = Effect::Remember {
            list: "KUBE-SEP-X".into(),
            client: ip(&format!("10.0.0.{client}")),
            capacity: Some(100),
        };
        state.apply(&[effect], client.into());
    }
    assert_eq!(state.last_seen("KUBE-SEP-X", ip("10.0.0.0")), None);
    assert_eq!(state.last_seen("KUBE-SEP-X", ip("10.0.0.1")), Some(1));
}

/// `table chain first..=last matched` of a branch.
fn visits(branch: &Branch) -> Vec<String> {
    branch
        .visits
        .iter()
        .map(|visit| {
            let what = if visit.matched { "matched" } else { "passed" };
            format!(
                "{} {} {}..={} {what}",
                visit.table, visit.chain, visit.first, visit.last
            )
        })
        .collect()
}

#[test]
fn a_walk_notes_the_rules_that_it_met() {
    let cluster = two_endpoints();
    let branches = at(
        &cluster,
        Hook::Prerouting,
        &packet("203.0.113.1", "1.2.3.4:80"),
    );
    assert_eq!(
        visits(&branches[1]),
        [
            "nat PREROUTING 0..=0 matched",
            "nat KUBE-SERVICES 0..=2 matched",
            "nat KUBE-EXT-XPGD46QRK7WJZT7O 0..=0 matched",
            "nat KUBE-MARK-MASQ 0..=0 matched",
            "nat KUBE-EXT-XPGD46QRK7WJZT7O 1..=1 matched",
            "nat KUBE-SVC-XPGD46QRK7WJZT7O 0..=2 matched",
            "nat KUBE-SEP-ZX7GRIZKSNUQ3LAJ 0..=1 matched",
        ]
    );
    assert_eq!(branches[1].rules_evaluated(), 12);
    let Ruleset { nat, .. } = on_node1(&cluster);
    let services = nat.chain("KUBE-SERVICES").unwrap();
    let failed = mismatch(
        &nat.chains[services].rules[0],
        &packet("203.0.113.1", "1.2.3.4:80"),
        &State::default(),
        &host(&cluster),
        0,
    );
    assert!(matches!(failed, Some(Match::Destination { .. })));
    assert_eq!(nat.name, TableName::Nat);
}

#[test]
fn shares_are_exact_for_any_number_of_endpoints() {
    for count in [1, 2, 3, 7, 97, 1000] {
        let mut cluster = cluster();
        cluster.services.push(service("ns1/svc1", "172.30.0.41"));
        let endpoints = (0..count)
            .map(|n| endpoint(&format!("10.1.{}.{} node1", n / 256, n % 256)))
            .collect();
        cluster.slices.push(slice("ns1/svc1", endpoints));
        let branches = at(
            &cluster,
            Hook::Prerouting,
            &packet("10.0.0.2", "172.30.0.41:80"),
        );
        assert_eq!(branches.len(), count);
        assert!(
            branches
                .iter()
                .all(|branch| branch.share == Share::one_of(count as u64))
        );
    }
}

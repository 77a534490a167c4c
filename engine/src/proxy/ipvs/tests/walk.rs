use std::net::SocketAddr;

use super::*;
use crate::cluster::SessionAffinity;
use crate::packet::Header;
use crate::proxy::ipvs::walk;
use crate::proxy::{Branch, Conntrack, Effect, Fate, Hook, RejectWith, Skb, State};

fn packet(protocol: Protocol, from: &str, to: &str) -> Skb {
    Skb {
        header: Header::between(
            protocol,
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

fn at(ruleset: &Ruleset, hook: Hook, packet: &Skb) -> Vec<Branch> {
    walk(ruleset, &State::default(), hook, packet, 0)
}

/// `share destination [masquerade]` of every branch: from the node's own addresses as a process, else from outside.
#[track_caller]
fn check(cluster: &Cluster, from: &str, to: &str, expected: &[&str]) {
    check_of(cluster, Protocol::Tcp, from, to, expected);
}

#[track_caller]
fn check_of(cluster: &Cluster, protocol: Protocol, from: &str, to: &str, expected: &[&str]) {
    let ruleset = on_node1(cluster);
    let packet = packet(protocol, from, to);
    let own = ruleset.host.is_local(packet.header.source);
    let branches = if own {
        at(&ruleset, Hook::Output, &packet)
    } else {
        let arrived = at(&ruleset, Hook::Prerouting, &packet).remove(0);
        let hook = match ruleset.host.is_local(packet.header.destination) {
            true => Hook::Input,
            false => Hook::Forward,
        };
        at(&ruleset, hook, &arrived.packet)
    };
    let told = |branch: &Branch| {
        let masqueraded = at(&ruleset, Hook::Postrouting, &branch.packet)[0]
            .effects
            .contains(&Effect::Masquerade);
        match branch.fate {
            Fate::Continue | Fate::Accept => format!(
                "{} {}{}",
                branch.share,
                branch.packet.header.to(),
                if masqueraded { " masquerade" } else { "" }
            ),
            Fate::Drop => format!("{} dropped", branch.share),
            Fate::Reject(RejectWith::PortUnreachable) => format!("{} refused", branch.share),
        }
    };
    let told: Vec<String> = branches.iter().map(told).collect();
    assert_eq!(told, expected, "{from} to {to}");
}

const BOTH: [&str; 2] = ["1/2 10.180.0.1:80", "1/2 10.180.2.1:80"];
const BOTH_MASQUERADED: [&str; 2] = [
    "1/2 10.180.0.1:80 masquerade",
    "1/2 10.180.2.1:80 masquerade",
];

#[test]
fn to_the_cluster_ip() {
    let cluster = two_endpoints();
    let to = "172.30.0.41:80";
    check(&cluster, "10.0.0.2", to, &BOTH);
    check(&cluster, "192.168.0.9", to, &BOTH_MASQUERADED);
    // A process of the node sends from the ClusterIP itself.
    check(&cluster, "172.30.0.41", to, &BOTH_MASQUERADED);
    // Hairpin, by KUBE-LOOP-BACK: only the endpoint that calls itself.
    let hairpin = ["1/2 10.180.0.1:80 masquerade", "1/2 10.180.2.1:80"];
    check(&cluster, "10.180.0.1", to, &hairpin);

    let mut undetected = two_endpoints();
    undetected.environment.proxy.detect_local.clear();
    check(&undetected, "192.168.0.9", to, &BOTH);
    check(&undetected, "172.30.0.41", to, &BOTH_MASQUERADED);
    let mut all = two_endpoints();
    all.environment.proxy.masquerade_all = true;
    check(&all, "10.0.0.2", to, &BOTH_MASQUERADED);
}

#[test]
fn what_is_for_no_service_is_refused_where_the_device_has_the_address() {
    let cluster = two_endpoints();
    for to in ["172.30.0.41:81", "1.2.3.4:22", "192.168.99.11:22"] {
        check(&cluster, "10.0.0.2", to, &["1 refused"]);
    }
    check_of(
        &cluster,
        Protocol::Udp,
        "10.0.0.2",
        "172.30.0.41:80",
        &["1 refused"],
    );
    // An address that no Service has is not on the device, and the node's own are not guarded.
    check(
        &cluster,
        "10.0.0.2",
        "172.30.0.99:80",
        &["1 172.30.0.99:80"],
    );
    check(
        &cluster,
        "10.0.0.2",
        "192.168.0.2:22",
        &["1 192.168.0.2:22"],
    );
    // The health check's port is let through on any address, of the device too.
    let local = with_policy_local(two_endpoints());
    check(
        &local,
        "10.0.0.2",
        "192.168.0.2:32000",
        &["1 192.168.0.2:32000"],
    );
    check(
        &local,
        "10.0.0.2",
        "172.30.0.41:32000",
        &["1 172.30.0.41:32000"],
    );
}

#[test]
fn an_echo_request_to_a_service_address_is_refused() {
    let ruleset = on_node1(&two_endpoints());
    let fate = |to: &str| {
        let mut packet = packet(Protocol::Tcp, "10.0.0.2", "1.1.1.1:1");
        packet.header = Header::echo(ip("10.0.0.2"), ip(to));
        at(&ruleset, Hook::Input, &packet).remove(0).fate
    };
    let refused = Fate::Reject(RejectWith::PortUnreachable);
    for to in ["172.30.0.41", "1.2.3.4", "192.168.99.11"] {
        assert_eq!(fate(to), refused);
    }
    assert_eq!(fate("192.168.0.2"), Fate::Continue);
}

#[test]
fn from_outside_with_policy_cluster() {
    let cluster = two_endpoints();
    for to in ["1.2.3.4:80", "192.168.99.11:80", "192.168.0.2:30001"] {
        for from in ["203.0.113.1", "10.0.0.2", "192.168.0.2"] {
            check(&cluster, from, to, &BOTH_MASQUERADED);
        }
    }
    check(
        &cluster,
        "10.0.0.2",
        "192.168.0.3:30001",
        &["1 192.168.0.3:30001"],
    );
}

#[test]
fn from_outside_with_policy_local() {
    let cluster = with_policy_local(two_endpoints());
    for to in ["1.2.3.4:80", "192.168.99.11:80", "192.168.0.2:30001"] {
        // Pods and the node have no way of their own: they find what is here.
        for from in ["203.0.113.1", "10.0.0.2", "192.168.0.2"] {
            check(&cluster, from, to, &["1 10.180.0.1:80"]);
        }
    }
    // Nothing here: sent on all the same, not masqueraded.
    let elsewhere = with_endpoints(cluster, vec![endpoint("10.180.2.1 node2")]);
    check(
        &elsewhere,
        "203.0.113.1",
        "1.2.3.4:80",
        &["1 10.180.2.1:80"],
    );
}

#[test]
fn internal_policy_local_falls_back_only_if_there_is_another_way_in() {
    let mut cluster = cluster();
    let mut service = service("ns1/svc1", "172.30.0.41");
    service.internal_traffic_policy = TrafficPolicy::Local;
    let id = cluster.services.push(service);
    cluster
        .slices
        .push(slice("ns1/svc1", vec![endpoint("10.180.2.1 node2")]));
    check(&cluster, "10.0.0.2", "172.30.0.41:80", &["1 refused"]);
    cluster.services[id].external_ips = vec![ip("192.168.99.11")];
    check(&cluster, "10.0.0.2", "172.30.0.41:80", &["1 10.180.2.1:80"]);
}

#[test]
fn no_real_server_refuses_everywhere() {
    let cluster = with_endpoints(two_endpoints(), Vec::new());
    for to in [
        "172.30.0.41:80",
        "1.2.3.4:80",
        "192.168.99.11:80",
        "192.168.0.2:30001",
    ] {
        for from in ["10.0.0.2", "203.0.113.1", "192.168.0.2"] {
            check(&cluster, from, to, &["1 refused"]);
        }
    }
}

#[test]
fn node_ports_are_closed_on_localhost() {
    check(
        &two_endpoints(),
        "127.0.0.1",
        "127.0.0.1:30001",
        &["1 127.0.0.1:30001"],
    );
}

#[test]
fn source_ranges_guard_the_load_balancer_only() {
    let cluster = with_source_ranges(two_endpoints(), &["203.0.113.0/24"]);
    check(&cluster, "203.0.113.1", "1.2.3.4:80", &BOTH_MASQUERADED);
    check(&cluster, "198.51.100.1", "1.2.3.4:80", &["1 dropped"]);
    check(&cluster, "10.0.0.2", "1.2.3.4:80", &["1 dropped"]);
    // The node calls it from the address itself, and its own range is not allowed.
    let dropped = ["1/2 dropped", "1/2 dropped"];
    check(&cluster, "1.2.3.4", "1.2.3.4:80", &dropped);
    for to in ["192.168.99.11:80", "192.168.0.2:30001"] {
        check(&cluster, "198.51.100.1", to, &BOTH_MASQUERADED);
    }
    let with_node = with_source_ranges(two_endpoints(), &["192.168.0.0/24"]);
    check(&with_node, "1.2.3.4", "1.2.3.4:80", &BOTH_MASQUERADED);
}

#[test]
fn udp_and_sctp_node_ports() {
    for protocol in [Protocol::Udp, Protocol::Sctp] {
        let cluster = of_protocol(two_endpoints(), protocol);
        let to = "192.168.0.2:30001";
        check_of(&cluster, protocol, "203.0.113.1", to, &BOTH_MASQUERADED);
        let local = with_policy_local(cluster);
        check_of(&local, protocol, "203.0.113.1", to, &["1 10.180.0.1:80"]);
    }
}

#[test]
fn a_client_of_one_virtual_server_goes_where_it_went_before() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].session_affinity = SessionAffinity::ClientIp { timeout: 100 };
    let ruleset = on_node1(&cluster);
    let mut state = State::default();
    let to_server = |state: &State, from: &str, to: &str, at| -> Vec<Branch> {
        let packet = packet(Protocol::Tcp, from, to);
        walk(&ruleset, state, Hook::Input, &packet, at)
    };
    let ends = |branches: &[Branch]| -> Vec<String> {
        let ends = branches.iter().map(|branch| branch.packet.header.to());
        ends.map(|end| end.to_string()).collect()
    };
    let first = to_server(&state, "10.0.0.2", "172.30.0.41:80", 0);
    assert_eq!(ends(&first), ["10.180.0.1:80", "10.180.2.1:80"]);
    state.apply(&first[1].effects, 0);
    let again = to_server(&state, "10.0.0.2", "172.30.0.41:80", 99);
    assert_eq!(ends(&again), ["10.180.2.1:80"]);
    // Each connection starts the time anew.
    state.apply(&again[0].effects, 99);
    let later = to_server(&state, "10.0.0.2", "172.30.0.41:80", 198);
    assert_eq!(ends(&later), ["10.180.2.1:80"]);
    let forgotten = to_server(&state, "10.0.0.2", "172.30.0.41:80", 199);
    assert_eq!(forgotten.len(), 2);
    // Another client, or another virtual server of the Service, is another matter.
    assert_eq!(to_server(&state, "10.0.0.3", "172.30.0.41:80", 99).len(), 2);
    assert_eq!(
        to_server(&state, "10.0.0.2", "192.168.0.2:30001", 99).len(),
        2
    );
}

#[test]
fn later_packets_follow_the_connection() {
    let ruleset = on_node1(&two_endpoints());
    let mut packet = packet(Protocol::Tcp, "10.0.0.2", "172.30.0.41:80");
    packet.conntrack = Conntrack::Established;
    let branches = at(&ruleset, Hook::Input, &packet);
    assert_eq!(branches.len(), 1);
    assert_eq!(branches[0].packet, packet);
}

#[test]
fn rules_looked_at_do_not_grow_with_services() {
    let mut cluster = two_endpoints();
    let met = |cluster: &Cluster| -> u64 {
        let ruleset = on_node1(cluster);
        let packet = packet(Protocol::Tcp, "10.0.0.2", "172.30.0.41:80");
        [Hook::Prerouting, Hook::Input]
            .into_iter()
            .map(|hook| at(&ruleset, hook, &packet)[0].rules_evaluated())
            .sum()
    };
    let before = met(&cluster);
    for n in 0..200 {
        cluster
            .services
            .push(service(&format!("ns0/other{n}"), &format!("172.30.1.{n}")));
    }
    assert_eq!(met(&cluster), before);
    assert_eq!(before, 19);
}

use super::*;
use crate::cluster::{Cluster, SessionAffinity, TrafficPolicy};
use crate::packet::{Family, Header, Protocol};
use crate::proxy::tests::fixture::{self as build, endpoint, ip, seen};
use crate::proxy::{Branch, Conntrack, Fate, Hook, NodeView, Share, Skb, State};

fn written(cluster: &Cluster) -> (Ruleset, NodeView) {
    let (proxied, node) = seen(cluster);
    (write(cluster, &proxied, &node), node)
}

#[track_caller]
fn check_rules(ruleset: &Ruleset, chain: &str, expected: &[&str]) {
    let chain = ruleset
        .chain(chain)
        .unwrap_or_else(|| panic!("no chain {chain}"));
    let rules: Vec<String> = chain
        .rules
        .iter()
        .map(|rule| ruleset.rule_text(rule))
        .collect();
    assert_eq!(rules, expected);
}

#[track_caller]
fn check_elements(ruleset: &Ruleset, map: &str, expected: &[&str]) {
    let texts = ruleset.element_texts();
    let elements: Vec<&str> = texts
        .iter()
        .filter_map(|text| text.strip_prefix(map)?.strip_prefix(' '))
        .collect();
    assert_eq!(elements, expected);
}

fn packet(source: &str, destination: &str) -> Skb {
    let header = Header::between(
        Protocol::Tcp,
        format!("{source}:40000").parse().unwrap(),
        destination.parse().unwrap(),
    );
    Skb {
        header,
        mark: 0,
        conntrack: Conntrack::New,
        original_destination: None,
        in_interface: None,
        out_interface: None,
    }
}

fn at(ruleset: &Ruleset, node: &NodeView, hook: Hook, packet: &Skb) -> Vec<Branch> {
    walk(ruleset, &State::default(), hook, packet, &node.host(), 0)
}

/// ns1/svc1 on 172.30.0.41:80 with an endpoint on each node.
fn two_endpoints() -> Cluster {
    let mut cluster = build::cluster();
    cluster
        .services
        .push(build::service("ns1/svc1", "172.30.0.41"));
    let endpoints = vec![endpoint("10.180.0.1 node1"), endpoint("10.180.2.1 node2")];
    cluster.slices.push(build::slice("ns1/svc1", endpoints));
    cluster
}

#[test]
fn names_are_hashed_and_cut() {
    let name = "ns1/svc1:p80".into();
    assert_eq!(
        service_base(&name, Protocol::Tcp),
        "ULMVA6XW-ns1/svc1/tcp/p80"
    );
    assert_eq!(
        endpoint_base(&name, Protocol::Tcp, "10.180.0.1:80"),
        "5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80"
    );
    assert_eq!(
        endpoint_base(&name, Protocol::Tcp, "[fd00:10:180::1]:80"),
        "ZVRFLKHO-ns1/svc1/tcp/p80__fd00.10.180..1/80"
    );
    let long = "x".repeat(300);
    let name = long.as_str().into();
    let base = service_base(&name, Protocol::Tcp);
    assert_eq!(base.len(), 240);
    assert!(base.ends_with("..."));
}

#[test]
fn a_cluster_ip() {
    let (ruleset, node) = written(&two_endpoints());
    check_rules(
        &ruleset,
        "service-ULMVA6XW-ns1/svc1/tcp/p80",
        &[
            "ip daddr 172.30.0.41 ip saddr != 10.0.0.0/8 jump mark-for-masquerade",
            "numgen random mod 2 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 , \
             1 : goto endpoint-MLKSHPWN-ns1/svc1/tcp/p80__10.180.2.1/80 }",
        ],
    );
    check_elements(&ruleset, "cluster-ips", &["{ 172.30.0.41 }"]);
    check_elements(
        &ruleset,
        "service-ips",
        &["{ 172.30.0.41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80 }"],
    );

    let branches = at(
        &ruleset,
        &node,
        Hook::Prerouting,
        &packet("10.0.0.2", "172.30.0.41:80"),
    );
    let shares: Vec<_> = branches
        .iter()
        .map(|b| (b.share, b.packet.header.to().to_string(), b.packet.mark))
        .collect();
    let half = Share::one_of(2);
    assert_eq!(
        shares,
        [
            (half, "10.180.0.1:80".into(), 0),
            (half, "10.180.2.1:80".into(), 0)
        ]
    );

    let outside = at(
        &ruleset,
        &node,
        Hook::Prerouting,
        &packet("203.0.113.9", "172.30.0.41:80"),
    );
    assert!(outside.iter().all(|branch| branch.packet.mark == 0x4000));
}

#[test]
fn a_wrong_port_of_a_cluster_ip_is_rejected_and_an_unallocated_one_dropped() {
    let mut cluster = two_endpoints();
    cluster.environment.proxy.service_cidrs = vec!["172.30.0.0/16".parse().unwrap()];
    let (ruleset, node) = written(&cluster);
    let fate = |destination| {
        let branches = at(
            &ruleset,
            &node,
            Hook::Forward,
            &packet("10.0.0.2", destination),
        );
        assert_eq!(branches.len(), 1);
        branches[0].fate
    };
    assert!(matches!(fate("172.30.0.41:81"), Fate::Reject(_)));
    assert_eq!(fate("172.30.0.99:80"), Fate::Drop);
    assert_eq!(fate("10.180.0.1:80"), Fate::Continue);
}

#[test]
fn policy_local_short_circuits_pods_and_drops_others_where_nothing_is_local() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    let mut service = build::load_balancer(
        build::node_port(cluster.services[id].clone(), 30001),
        &["1.2.3.4"],
    );
    service.external_traffic_policy = TrafficPolicy::Local;
    cluster.services[id] = service;
    let (ruleset, _) = written(&cluster);
    check_rules(
        &ruleset,
        "external-ULMVA6XW-ns1/svc1/tcp/p80",
        &[
            "ip saddr 10.0.0.0/8 goto service-ULMVA6XW-ns1/svc1/tcp/p80 comment \"short-circuit pod traffic\"",
            "fib saddr type local jump mark-for-masquerade comment \"masquerade local traffic\"",
            "fib saddr type local goto service-ULMVA6XW-ns1/svc1/tcp/p80 comment \"short-circuit local traffic\"",
            "goto local-ULMVA6XW-ns1/svc1/tcp/p80",
        ],
    );

    let proxied = crate::proxy::proxied(&cluster, Family::V4);
    let elsewhere = NodeView::named(&cluster, "node3");
    let ruleset = write(&cluster, &proxied, &elsewhere);
    check_elements(
        &ruleset,
        "no-endpoint-services",
        &["{ 1.2.3.4 . tcp . 80 comment \"ns1/svc1:p80\" : drop }"],
    );
    check_elements(
        &ruleset,
        "no-endpoint-nodeports",
        &["{ tcp . 30001 comment \"ns1/svc1:p80\" : drop }"],
    );
}

#[test]
fn source_ranges_guard_the_load_balancer_address_only() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    let mut service = build::load_balancer(
        build::node_port(cluster.services[id].clone(), 30001),
        &["1.2.3.4"],
    );
    service.load_balancer.source_ranges = vec![
        "192.168.0.0/24".parse().unwrap(),
        "203.0.113.0/25".parse().unwrap(),
    ];
    cluster.services[id] = service;
    let (ruleset, node) = written(&cluster);
    check_rules(
        &ruleset,
        "firewall-ULMVA6XW-ns1/svc1/tcp/p80",
        &["ip saddr != { 192.168.0.0/24 , 203.0.113.0/25 , 1.2.3.4 } drop"],
    );
    let fate = |source, destination| {
        let mut fates: Vec<Fate> = at(
            &ruleset,
            &node,
            Hook::Prerouting,
            &packet(source, destination),
        )
        .iter()
        .map(|branch| branch.fate)
        .collect();
        fates.dedup();
        fates
    };
    assert_eq!(fate("203.0.113.9", "1.2.3.4:80"), [Fate::Accept]);
    assert_eq!(fate("198.51.100.1", "1.2.3.4:80"), [Fate::Drop]);
    assert_eq!(fate("198.51.100.1", "192.168.0.2:30001"), [Fate::Accept]);
}

#[test]
fn affinity_sends_a_client_where_it_was_until_the_timeout() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].session_affinity = SessionAffinity::ClientIp { timeout: 10800 };
    let (ruleset, node) = written(&cluster);
    let texts = ruleset.set_texts();
    assert!(texts.contains(
        &"affinity-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 { type ipv4_addr ; flags dynamic,timeout ; timeout 10800s ; }"
            .to_owned()
    ));
    let packet = packet("10.0.0.2", "172.30.0.41:80");
    let mut state = State::default();
    let go = |state: &State, at| walk(&ruleset, state, Hook::Prerouting, &packet, &node.host(), at);
    let first = go(&state, 0);
    assert_eq!(first.len(), 2);
    state.apply(&first[1].effects, 0);
    let again = go(&state, 10799);
    assert_eq!(again.len(), 1);
    assert_eq!(
        again[0].packet.header.to(),
        "10.180.2.1:80".parse().unwrap()
    );
    assert_eq!(go(&state, 10800).len(), 2);
}

#[test]
fn a_service_without_endpoints_is_rejected_and_node_ports_are_open_on_the_primary_address() {
    let mut cluster = build::cluster();
    cluster.services.push(build::node_port(
        build::service("ns1/svc1", "172.30.0.41"),
        30001,
    ));
    let (ruleset, node) = written(&cluster);
    check_elements(&ruleset, "nodeport-ips", &["{ 192.168.0.2 }"]);
    check_elements(
        &ruleset,
        "no-endpoint-services",
        &["{ 172.30.0.41 . tcp . 80 comment \"ns1/svc1:p80\" : goto reject-chain }"],
    );
    let branches = at(
        &ruleset,
        &node,
        Hook::Input,
        &packet("203.0.113.9", "192.168.0.2:30001"),
    );
    assert!(matches!(branches[0].fate, Fate::Reject(_)));
    let visits: Vec<_> = branches[0]
        .visits
        .iter()
        .map(|visit| (visit.chain.as_str(), visit.matched))
        .collect();
    assert_eq!(
        visits,
        [
            ("filter-input", true),
            ("nodeport-endpoints-check", true),
            ("reject-chain", true)
        ]
    );
    assert_eq!(ip("127.0.0.1"), node.local_addresses[0]);
    let local = at(
        &ruleset,
        &node,
        Hook::Input,
        &packet("127.0.0.1", "127.0.0.1:30001"),
    );
    assert_eq!(local[0].fate, Fate::Continue);
}

#[test]
fn the_fixed_part_is_a_transaction() {
    let (ruleset, _) = written(&build::cluster());
    let text = ruleset.transaction();
    let head: Vec<&str> = text.lines().take(2).collect();
    assert_eq!(
        head,
        [
            "add table ip kube-proxy { comment \"rules for kube-proxy\" ; }",
            "add chain ip kube-proxy filter-prerouting-pre-dnat { type filter hook prerouting priority -110 ; }",
        ]
    );
    check_rules(
        &ruleset,
        "masquerading",
        &[
            "mark and 0x4000 == 0 return",
            "mark set mark xor 0x4000",
            "masquerade fully-random",
        ],
    );
}

#[test]
fn the_kernel_lists_values_not_the_text_that_it_was_given() {
    let mut cluster = two_endpoints();
    cluster.environment.proxy.service_cidrs = vec![
        "172.30.0.0/16".parse().unwrap(),
        "172.31.0.0/16".parse().unwrap(),
    ];
    let id = cluster.service("ns1", "svc1").unwrap();
    let mut service = build::load_balancer(
        build::node_port(cluster.services[id].clone(), 30001),
        &["203.0.113.128"],
    );
    service.session_affinity = SessionAffinity::ClientIp { timeout: 10900 };
    service.load_balancer.source_ranges = vec![
        "203.0.113.0/25".parse().unwrap(),
        "192.168.0.0/24".parse().unwrap(),
    ];
    cluster.services[id] = service;
    let (ruleset, _) = written(&cluster);
    let listing = ruleset.listing();
    for expected in [
        "\tset affinity-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80 {\n\t\ttype ipv4_addr\n\t\tsize 65535\n\
         \t\tflags dynamic,timeout\n\t\ttimeout 3h1m40s\n\t}\n",
        "\tmap service-ips {\n\t\ttype ipv4_addr . inet_proto . inet_service : verdict\n\
         \t\tcomment \"ClusterIP, ExternalIP and LoadBalancer IP traffic\"\n\
         \t\telements = { 172.30.0.41 . tcp . 80 : goto service-ULMVA6XW-ns1/svc1/tcp/p80,\n\
         \t\t\t     203.0.113.128 . tcp . 80 : goto external-ULMVA6XW-ns1/svc1/tcp/p80 }\n\t}\n",
        "\tchain filter-prerouting-pre-dnat {\n\t\ttype filter hook prerouting priority dstnat - 10; policy accept;\n\
         \t\tct state new jump firewall-check\n\t}\n",
        "\tchain filter-output-pre-dnat {\n\t\ttype filter hook output priority -110; policy accept;\n",
        "\t\tip daddr 172.30.0.0/15 drop comment \"Drop traffic to unallocated ClusterIPs\"\n",
        "\t\tip saddr != { 192.168.0.0/24, 203.0.113.0-203.0.113.128 } drop\n",
        "\t\tmeta mark & 0x00004000 == 0x00000000 return\n\t\tmeta mark set meta mark ^ 0x00004000\n\
         \t\tmasquerade fully-random\n",
        "\t\tnumgen random mod 2 vmap { 0 : goto endpoint-5OJB2KTY-ns1/svc1/tcp/p80__10.180.0.1/80, \
         1 : goto endpoint-MLKSHPWN-ns1/svc1/tcp/p80__10.180.2.1/80 }\n",
    ] {
        assert!(
            listing.contains(expected),
            "missing:\n{expected}\nin:\n{listing}"
        );
    }
}

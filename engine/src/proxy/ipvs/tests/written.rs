use super::*;
use crate::cluster::{NodePortAddresses, SessionAffinity};
use crate::proxy::iptables::written_rule;
use crate::proxy::ipvs::{self, device, ipsets, listed, servers, written};

/// The rules of a chain, as kube-proxy writes them.
fn chain(ruleset: &Ruleset, table: &str, chain: &str) -> Vec<String> {
    let tables = ruleset.tables.tables();
    let table = tables.iter().find(|t| t.name.name() == table).unwrap();
    let rules = &table.chains[table.chain(chain).unwrap()].rules;
    rules.iter().map(|rule| written_rule(table, rule)).collect()
}

/// The entries of all sets, without the sets themselves.
fn entries(ruleset: &Ruleset) -> Vec<String> {
    let text = ipsets(ruleset);
    let added = text.lines().filter_map(|line| line.strip_prefix("add "));
    added.map(str::to_owned).collect()
}

#[test]
fn every_way_in_is_a_virtual_server() {
    let ruleset = on_node1(&two_endpoints());
    assert_eq!(
        servers(&ruleset),
        "-A -t 1.2.3.4:80 -s rr
-a -t 1.2.3.4:80 -r 10.180.0.1:80 -m -w 1
-a -t 1.2.3.4:80 -r 10.180.2.1:80 -m -w 1
-A -t 172.30.0.41:80 -s rr
-a -t 172.30.0.41:80 -r 10.180.0.1:80 -m -w 1
-a -t 172.30.0.41:80 -r 10.180.2.1:80 -m -w 1
-A -t 192.168.0.2:30001 -s rr
-a -t 192.168.0.2:30001 -r 10.180.0.1:80 -m -w 1
-a -t 192.168.0.2:30001 -r 10.180.2.1:80 -m -w 1
-A -t 192.168.99.11:80 -s rr
-a -t 192.168.99.11:80 -r 10.180.0.1:80 -m -w 1
-a -t 192.168.99.11:80 -r 10.180.2.1:80 -m -w 1
"
    );
    assert_eq!(
        entries(&ruleset),
        [
            "KUBE-LOOP-BACK 10.180.0.1,tcp:80,10.180.0.1",
            "KUBE-CLUSTER-IP 172.30.0.41,tcp:80",
            "KUBE-EXTERNAL-IP 192.168.99.11,tcp:80",
            "KUBE-LOAD-BALANCER 1.2.3.4,tcp:80",
            "KUBE-NODE-PORT-TCP 30001",
            "KUBE-IPVS-IPS 1.2.3.4",
            "KUBE-IPVS-IPS 172.30.0.41",
            "KUBE-IPVS-IPS 192.168.99.11",
        ]
    );
    assert_eq!(
        device(&ruleset),
        "kube-ipvs0: <BROADCAST,NOARP> mtu 1500 qdisc noop state DOWN group default qlen 1000
    inet 1.2.3.4/32 scope global kube-ipvs0
    inet 172.30.0.41/32 scope global kube-ipvs0
    inet 192.168.99.11/32 scope global kube-ipvs0
"
    );
}

#[test]
fn policy_local_has_sets_of_its_own_and_falls_back_to_all_endpoints() {
    let local = with_policy_local(two_endpoints());
    let ruleset = on_node1(&local);
    assert_eq!(
        entries(&ruleset)[2..],
        [
            "KUBE-EXTERNAL-IP-LOCAL 192.168.99.11,tcp:80",
            "KUBE-LOAD-BALANCER 1.2.3.4,tcp:80",
            "KUBE-LOAD-BALANCER-LOCAL 1.2.3.4,tcp:80",
            "KUBE-NODE-PORT-TCP 30001",
            "KUBE-NODE-PORT-LOCAL-TCP 30001",
            "KUBE-HEALTH-CHECK-NODE-PORT 32000",
            "KUBE-IPVS-IPS 1.2.3.4",
            "KUBE-IPVS-IPS 172.30.0.41",
            "KUBE-IPVS-IPS 192.168.99.11",
        ]
    );
    let of_node_port = |cluster: &Cluster| -> Vec<String> {
        let text = servers(&on_node1(cluster));
        let lines = text.lines().filter(|line| line.contains(":30001 -r"));
        lines.map(str::to_owned).collect()
    };
    assert_eq!(
        of_node_port(&local),
        ["-a -t 192.168.0.2:30001 -r 10.180.0.1:80 -m -w 1"]
    );
    let elsewhere = with_endpoints(local.clone(), vec![endpoint("10.180.2.1 node2")]);
    assert_eq!(
        of_node_port(&elsewhere),
        ["-a -t 192.168.0.2:30001 -r 10.180.2.1:80 -m -w 1"]
    );
    let going = vec![
        terminating(endpoint("10.180.0.1 node1")),
        endpoint("10.180.2.1 node2"),
    ];
    assert_eq!(
        of_node_port(&with_endpoints(local, going)),
        ["-a -t 192.168.0.2:30001 -r 10.180.0.1:80 -m -w 1"]
    );
}

#[test]
fn affinity_is_persistence_and_the_scheduler_is_configured() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].session_affinity = SessionAffinity::ClientIp { timeout: 10800 };
    cluster.environment.proxy.ipvs_scheduler = "lc".into();
    let first = |cluster: &Cluster| {
        servers(&on_node1(cluster))
            .lines()
            .next()
            .map(str::to_owned)
    };
    assert_eq!(
        first(&cluster).as_deref(),
        Some("-A -t 1.2.3.4:80 -s lc -p 10800")
    );
    cluster.environment.proxy.ipvs_scheduler = "mh".into();
    assert_eq!(
        first(&cluster).as_deref(),
        Some("-A -t 1.2.3.4:80 -s mh -p 10800 -b mh-port")
    );
    cluster.environment.proxy.ipvs_scheduler = "".into();
    assert_eq!(
        first(&cluster).as_deref(),
        Some("-A -t 1.2.3.4:80 -s rr -p 10800")
    );
}

#[test]
fn udp_and_sctp_have_their_own_options_and_sets() {
    let udp = on_node1(&of_protocol(two_endpoints(), Protocol::Udp));
    assert!(servers(&udp).starts_with("-A -u 1.2.3.4:80 -s rr\n-a -u 1.2.3.4:80 -r"));
    assert!(entries(&udp).contains(&"KUBE-NODE-PORT-UDP 30001".to_owned()));
    assert_eq!(
        chain(&udp, "nat", "KUBE-NODE-PORT"),
        [
            r#"-p udp -m comment --comment "Kubernetes nodeport UDP port for masquerade purpose" -m set --match-set KUBE-NODE-PORT-UDP dst -j KUBE-MARK-MASQ"#
        ]
    );
    let sctp = on_node1(&of_protocol(two_endpoints(), Protocol::Sctp));
    assert!(servers(&sctp).starts_with("-A --sctp-service 1.2.3.4:80 -s rr\n"));
    let entry = "KUBE-NODE-PORT-SCTP-HASH 192.168.0.2,sctp:30001";
    assert!(entries(&sctp).contains(&entry.to_owned()));
    assert_eq!(
        chain(&sctp, "nat", "KUBE-NODE-PORT"),
        [
            r#"-p sctp -m comment --comment "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'" -m set --match-set KUBE-NODE-PORT-SCTP-HASH dst,dst -j KUBE-MARK-MASQ"#
        ]
    );
}

#[test]
fn node_ports_are_open_on_the_addresses_that_are_configured_and_never_on_loopback() {
    let mut cluster = two_endpoints();
    let node = cluster.node("node1").unwrap();
    cluster.nodes[node].local_addresses = Some(vec![ip("192.168.0.2"), ip("10.9.0.2")]);
    let open = |cluster: &Cluster| -> Vec<String> {
        let servers = on_node1(cluster).servers;
        let of_node_port = servers.values().map(|server| server.address);
        of_node_port
            .filter(|address| address.port() == 30001)
            .map(|address| address.to_string())
            .collect()
    };
    assert_eq!(open(&cluster), ["10.9.0.2:30001", "192.168.0.2:30001"]);
    let mut ranges = |text: &str| {
        cluster.environment.proxy.node_port_addresses =
            NodePortAddresses::Ranges(vec![text.parse().unwrap()]);
        (open(&cluster), entries(&on_node1(&cluster)))
    };
    assert_eq!(ranges("10.9.0.0/16").0, ["10.9.0.2:30001"]);
    let (none, sets) = ranges("127.0.0.0/8");
    assert_eq!(none, [""; 0]);
    assert!(!sets.iter().any(|entry| entry.contains("NODE-PORT")));
}

#[test]
fn an_address_of_the_node_itself_is_not_bound_again() {
    let mut cluster = two_endpoints();
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].external_ips = vec![ip("192.168.0.2")];
    let ruleset = on_node1(&cluster);
    assert!(!ruleset.device.contains_key(&ip("192.168.0.2")));
    assert!(servers(&ruleset).contains("-A -t 192.168.0.2:80 -s rr\n"));
}

#[test]
fn source_ranges_are_sets_and_a_rule_for_the_node_itself() {
    let cluster = with_source_ranges(two_endpoints(), &["203.0.113.0/24"]);
    let ruleset = on_node1(&cluster);
    let guarding: Vec<String> = entries(&ruleset)
        .into_iter()
        .filter(|entry| entry.contains("-FW") || entry.contains("-SOURCE"))
        .collect();
    assert_eq!(
        guarding,
        [
            "KUBE-LOAD-BALANCER-FW 1.2.3.4,tcp:80",
            "KUBE-LOAD-BALANCER-SOURCE-CIDR 1.2.3.4,tcp:80,203.0.113.0/24",
        ]
    );
    assert_eq!(
        chain(&ruleset, "filter", "KUBE-PROXY-FIREWALL"),
        [
            r#"-m comment --comment "Kubernetes service load balancer ip + port for load balancer with sourceRange" -m set --match-set KUBE-LOAD-BALANCER-FW dst,dst -j KUBE-SOURCE-RANGES-FIREWALL"#
        ]
    );
    assert_eq!(
        chain(&ruleset, "filter", "KUBE-SOURCE-RANGES-FIREWALL"),
        [
            r#"-m comment --comment "Kubernetes service load balancer ip + port + source cidr for packet filter purpose" -m set --match-set KUBE-LOAD-BALANCER-SOURCE-CIDR dst,dst,src -j RETURN"#,
            "-j DROP",
        ]
    );
    assert_eq!(
        chain(&ruleset, "filter", "KUBE-IPVS-OUT-FILTER"),
        ["-s 1.2.3.4 -m ipvs --vaddr 1.2.3.4 --vproto tcp --vport 80 -j DROP"]
    );
    assert!(listed(&ruleset).contains(
        "-A KUBE-IPVS-OUT-FILTER -s 1.2.3.4/32 -m ipvs --vproto 6 --vaddr 1.2.3.4 --vport 80 -j DROP\n"
    ));

    // A range with the node in it lets the node in, from the address itself.
    let cluster = with_source_ranges(two_endpoints(), &["192.168.0.0/24"]);
    let ruleset = on_node1(&cluster);
    let entry = "KUBE-LOAD-BALANCER-SOURCE-IP 1.2.3.4,tcp:80,1.2.3.4";
    assert!(entries(&ruleset).contains(&entry.to_owned()));
    assert!(chain(&ruleset, "filter", "KUBE-IPVS-OUT-FILTER").is_empty());

    // All addresses are no restriction.
    let cluster = with_source_ranges(two_endpoints(), &["10.0.0.0/8", "0.0.0.0/0"]);
    let ruleset = on_node1(&cluster);
    assert!(!entries(&ruleset).iter().any(|entry| entry.contains("-FW")));
}

#[test]
fn rules_are_few_and_the_same_for_any_number_of_services() {
    let ruleset = on_node1(&with_policy_local(two_endpoints()));
    assert_eq!(
        chain(&ruleset, "nat", "KUBE-SERVICES"),
        [
            "-s 127.0.0.0/8 -j RETURN",
            r#"-m comment --comment "Kubernetes service lb portal" -m set --match-set KUBE-LOAD-BALANCER dst,dst -j KUBE-LOAD-BALANCER"#,
            r#"-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ"#,
            r#"-m comment --comment "Kubernetes service external ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -m physdev ! --physdev-is-in -m addrtype ! --src-type LOCAL -j ACCEPT"#,
            r#"-m comment --comment "Kubernetes service external ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -m addrtype --dst-type LOCAL -j ACCEPT"#,
            "-m addrtype --dst-type LOCAL -j KUBE-NODE-PORT",
            "-m set --match-set KUBE-CLUSTER-IP dst,dst -j ACCEPT",
            "-m set --match-set KUBE-LOAD-BALANCER dst,dst -j ACCEPT",
        ]
    );
    assert_eq!(
        chain(&ruleset, "nat", "KUBE-LOAD-BALANCER"),
        [
            r#"-m comment --comment "Kubernetes service load balancer ip + port with externalTrafficPolicy=local" -m set --match-set KUBE-LOAD-BALANCER-LOCAL dst,dst -j RETURN"#,
            "-j KUBE-MARK-MASQ",
        ]
    );
    assert_eq!(
        chain(&ruleset, "nat", "KUBE-POSTROUTING"),
        [
            r#"-m comment --comment "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose" -m set --match-set KUBE-LOOP-BACK dst,dst,src -j MASQUERADE"#,
            "-m mark ! --mark 0x4000/0x4000 -j RETURN",
            "-j MARK --xor-mark 0x4000",
            r#"-m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully"#,
        ]
    );
    let count = ruleset.tables.filter.rules() + ruleset.tables.nat.rules();
    let mut cluster = with_policy_local(two_endpoints());
    for n in 0..100 {
        cluster
            .services
            .push(service(&format!("ns1/other{n}"), &format!("172.30.1.{n}")));
    }
    let ruleset = on_node1(&cluster);
    assert_eq!(ruleset.servers.len(), 104);
    assert_eq!(
        ruleset.tables.filter.rules() + ruleset.tables.nat.rules(),
        count
    );
}

#[test]
fn who_is_masqueraded_is_configured() {
    let rule = |cluster: &Cluster| chain(&on_node1(cluster), "nat", "KUBE-SERVICES").remove(2);
    let mut cluster = two_endpoints();
    cluster.environment.proxy.masquerade_all = true;
    assert_eq!(
        rule(&cluster),
        r#"-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP dst,dst -j KUBE-MARK-MASQ"#
    );
    cluster.environment.proxy.masquerade_all = false;
    cluster.environment.proxy.detect_local.clear();
    assert_eq!(
        rule(&cluster),
        r#"-m comment --comment "Kubernetes service cluster ip + port for masquerade purpose" -m set --match-set KUBE-CLUSTER-IP src,dst -j KUBE-MARK-MASQ"#
    );
}

#[test]
fn without_services_little_is_left() {
    let ruleset = on_node1(&cluster());
    assert_eq!(servers(&ruleset), "");
    assert_eq!(entries(&ruleset), [""; 0]);
    let text = written(&ruleset);
    let restored = text.split_once("<<EOF\n").unwrap().1;
    assert_eq!(
        restored,
        r#"*nat
:KUBE-SERVICES - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-LOAD-BALANCER - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A KUBE-SERVICES -s 127.0.0.0/8 -j RETURN
-A KUBE-SERVICES -m addrtype --dst-type LOCAL -j KUBE-NODE-PORT
-A KUBE-LOAD-BALANCER -j KUBE-MARK-MASQ
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
COMMIT
*filter
:KUBE-FORWARD - [0:0]
:KUBE-NODE-PORT - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-SOURCE-RANGES-FIREWALL - [0:0]
:KUBE-IPVS-FILTER - [0:0]
:KUBE-IPVS-OUT-FILTER - [0:0]
-A KUBE-SOURCE-RANGES-FIREWALL -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A KUBE-NODE-PORT -m comment --comment "Kubernetes health check node port" -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j ACCEPT
-A KUBE-IPVS-FILTER -m set --match-set KUBE-LOAD-BALANCER dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-CLUSTER-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst -j RETURN
-A KUBE-IPVS-FILTER -m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst -j RETURN
-A KUBE-IPVS-FILTER -m conntrack --ctstate NEW -m set --match-set KUBE-IPVS-IPS dst -j REJECT
COMMIT
EOF
"#
    );
}

#[test]
fn ipv6_has_its_own_sets() {
    let mut cluster = cluster();
    let mut service = service("ns1/svc1", "fd00:10:96::41");
    service.external_ips = vec![ip("2001:db8::11")];
    cluster.services.push(service);
    let ruleset = of_family(&cluster, Family::V6);
    assert_eq!(
        entries(&ruleset),
        [
            "KUBE-6-CLUSTER-IP fd00:10:96::41,tcp:80",
            "KUBE-6-EXTERNAL-IP 2001:db8::11,tcp:80",
            "KUBE-6-IPVS-IPS 2001:db8::11",
            "KUBE-6-IPVS-IPS fd00:10:96::41",
        ]
    );
    assert_eq!(
        servers(&ruleset),
        "-A -t [2001:db8::11]:80 -s rr\n-A -t [fd00:10:96::41]:80 -s rr\n"
    );
    assert_eq!(
        chain(&ruleset, "nat", "KUBE-SERVICES")[0],
        "-s ::1/128 -j RETURN"
    );
    assert!(ipsets(&ruleset).starts_with(
        "create KUBE-6-LOOP-BACK hash:ip,port,ip family inet6 hashsize 1024 maxelem 65536\n"
    ));
}

#[test]
fn a_visit_finds_its_line() {
    let ruleset = on_node1(&two_endpoints());
    let text = |nth| ipvs::text_of(&ruleset, "-t 172.30.0.41:80", nth);
    assert_eq!(text(0).as_deref(), Some("-A -t 172.30.0.41:80 -s rr"));
    assert_eq!(
        text(2).as_deref(),
        Some("-a -t 172.30.0.41:80 -r 10.180.2.1:80 -m -w 1")
    );
    assert_eq!(text(3), None);
}

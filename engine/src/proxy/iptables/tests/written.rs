use super::{about, of_family, on_node1};
use crate::cluster::{
    AddressType, NodePortAddresses, ServiceAddress, SessionAffinity, TrafficPolicy,
};
use crate::packet::Family;
use crate::proxy::iptables::{TableName, commands, written};
use crate::proxy::tests::fixture::*;

#[test]
fn without_services() {
    let cluster = cluster();
    assert_eq!(
        written(&on_node1(&cluster)),
        r#"*filter
:KUBE-SERVICES - [0:0]
:KUBE-EXTERNAL-SERVICES - [0:0]
:KUBE-FORWARD - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-PROXY-FIREWALL - [0:0]
:KUBE-FIREWALL - [0:0]
-A KUBE-FIREWALL -m comment --comment "block incoming localnet connections" -d 127.0.0.0/8 ! -s 127.0.0.0/8 -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP
-A KUBE-FORWARD -m conntrack --ctstate INVALID -j DROP
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x4000/0x4000 -j ACCEPT
-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
COMMIT
*nat
:KUBE-SERVICES - [0:0]
:KUBE-NODEPORTS - [0:0]
:KUBE-POSTROUTING - [0:0]
:KUBE-MARK-MASQ - [0:0]
-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN
-A KUBE-POSTROUTING -j MARK --xor-mark 0x4000
-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully
-A KUBE-MARK-MASQ -j MARK --or-mark 0x4000
-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS
COMMIT
"#
    );
}

#[test]
fn host_settings_change_the_base_rules() {
    let mut cluster = cluster();
    let proxy = &mut cluster.environment.proxy;
    proxy.random_fully = false;
    proxy.nfacct = true;
    proxy.localhost_node_ports = false;
    proxy.masquerade_bit = 15;
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(
            &text,
            &[
                "KUBE-FIREWALL",
                "KUBE-FORWARD",
                "KUBE-POSTROUTING",
                "KUBE-SERVICES"
            ]
        ),
        [
            r#"-A KUBE-FORWARD -m conntrack --ctstate INVALID -m nfacct --nfacct-name ct_state_invalid_dropped_pkts -j DROP"#,
            r#"-A KUBE-FORWARD -m comment --comment "kubernetes forwarding rules" -m mark --mark 0x8000/0x8000 -j ACCEPT"#,
            r#"-A KUBE-FORWARD -m comment --comment "kubernetes forwarding conntrack rule" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"#,
            r#"-A KUBE-POSTROUTING -m mark ! --mark 0x8000/0x8000 -j RETURN"#,
            r#"-A KUBE-POSTROUTING -j MARK --xor-mark 0x8000"#,
            r#"-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE"#,
            r#"-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL ! -d 127.0.0.0/8 -j KUBE-NODEPORTS"#,
        ]
    );
    cluster.environment.proxy.conntrack_tcp_be_liberal = true;
    let text = written(&on_node1(&cluster));
    assert!(!text.contains("INVALID"));
}

#[test]
fn cluster_ip() {
    let mut cluster = cluster();
    cluster.services.push(service("ns4/svc4", "172.30.0.44"));
    cluster.slices.push(slice(
        "ns4/svc4",
        vec![
            endpoint("10.180.0.4 node1"),
            endpoint("10.180.0.5 node2"),
            unready(endpoint("10.180.0.6 node2")),
        ],
    ));
    let ruleset = on_node1(&cluster);
    let text = written(&ruleset);
    assert_eq!(
        about(
            &text,
            &[
                "KUBE-SERVICES",
                "KUBE-SVC-4SW47YFZTEDKD3PK",
                "KUBE-SEP-UKSFD7AGPMPPLUHC",
                "KUBE-SEP-C6EBXVWJJZMIWKLZ"
            ]
        ),
        [
            r#"-A KUBE-SERVICES -m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 -j KUBE-SVC-4SW47YFZTEDKD3PK"#,
            r#"-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 cluster IP" -m tcp -p tcp -d 172.30.0.44 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 -> 10.180.0.4:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-UKSFD7AGPMPPLUHC"#,
            r#"-A KUBE-SVC-4SW47YFZTEDKD3PK -m comment --comment "ns4/svc4:p80 -> 10.180.0.5:80" -j KUBE-SEP-C6EBXVWJJZMIWKLZ"#,
            r#"-A KUBE-SEP-UKSFD7AGPMPPLUHC -m comment --comment ns4/svc4:p80 -s 10.180.0.4 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SEP-UKSFD7AGPMPPLUHC -m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.4:80"#,
            r#"-A KUBE-SEP-C6EBXVWJJZMIWKLZ -m comment --comment ns4/svc4:p80 -s 10.180.0.5 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SEP-C6EBXVWJJZMIWKLZ -m comment --comment ns4/svc4:p80 -m tcp -p tcp -j DNAT --to-destination 10.180.0.5:80"#,
            r#"-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"#,
        ]
    );
    let own: Vec<&str> = ruleset
        .nat
        .chains
        .values()
        .skip(8)
        .map(|chain| chain.name.as_str())
        .collect();
    assert_eq!(
        own,
        [
            "KUBE-SVC-4SW47YFZTEDKD3PK",
            "KUBE-SEP-UKSFD7AGPMPPLUHC",
            "KUBE-SEP-C6EBXVWJJZMIWKLZ"
        ]
    );
}

#[test]
fn no_endpoints_at_all() {
    let mut cluster = cluster();
    let mut lonely = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4"]);
    lonely.ports[0].node_port = Some(port(30001));
    lonely.external_ips = vec![ip("192.168.99.11")];
    lonely.load_balancer.source_ranges = vec!["203.0.113.0/25".parse().unwrap()];
    cluster.services.push(lonely);
    let ruleset = on_node1(&cluster);
    let text = written(&ruleset);
    let filter = text.split("*nat").next().unwrap();
    assert_eq!(
        about(
            filter,
            &[
                "KUBE-SERVICES",
                "KUBE-EXTERNAL-SERVICES",
                "KUBE-PROXY-FIREWALL"
            ]
        ),
        [
            r#"-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j REJECT"#,
            r#"-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 192.168.99.11 --dport 80 -j REJECT"#,
            r#"-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j REJECT"#,
            r#"-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns1/svc1:p80 has no endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30001 -j REJECT"#,
        ]
    );
    assert_eq!(ruleset.nat.chains.len(), 8);
}

#[test]
fn local_load_balancer_without_a_local_endpoint() {
    let mut cluster = cluster();
    let mut local = load_balancer(service("ns2/svc2", "172.30.0.42"), &["1.2.3.4"]);
    local.ports[0].node_port = Some(port(30001));
    local.external_traffic_policy = TrafficPolicy::Local;
    local.health_check_node_port = Some(port(32000));
    cluster.services.push(local);
    cluster
        .slices
        .push(slice("ns2/svc2", vec![endpoint("10.180.0.2 node2")]));
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(
            &text,
            &[
                "KUBE-EXT-GNZBNJ2PO5MGZ6GT",
                "KUBE-SVL-GNZBNJ2PO5MGZ6GT",
                "KUBE-EXTERNAL-SERVICES",
                "KUBE-NODEPORTS"
            ]
        ),
        [
            r#"-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m tcp -p tcp -d 1.2.3.4 --dport 80 -j DROP"#,
            r#"-A KUBE-EXTERNAL-SERVICES -m comment --comment "ns2/svc2:p80 has no local endpoints" -m addrtype --dst-type LOCAL -m tcp -p tcp --dport 30001 -j DROP"#,
            r#"-A KUBE-NODEPORTS -m comment --comment "ns2/svc2:p80 health check node port" -m tcp -p tcp --dport 32000 -j ACCEPT"#,
            r#"-A KUBE-NODEPORTS -m comment --comment ns2/svc2:p80 -m tcp -p tcp --dport 30001 -j KUBE-EXT-GNZBNJ2PO5MGZ6GT"#,
            r#"-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "pod traffic for ns2/svc2:p80 external destinations" -s 10.0.0.0/8 -j KUBE-SVC-GNZBNJ2PO5MGZ6GT"#,
            r#"-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "masquerade LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-EXT-GNZBNJ2PO5MGZ6GT -m comment --comment "route LOCAL traffic for ns2/svc2:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-GNZBNJ2PO5MGZ6GT"#,
        ]
    );
}

#[test]
fn local_policies_share_the_chain_of_local_endpoints() {
    let mut cluster = cluster();
    cluster.environment.proxy.detect_local = Vec::new();
    let mut local = node_port(service("ns1/svc1", "172.30.0.41"), 30001);
    local.external_traffic_policy = TrafficPolicy::Local;
    local.internal_traffic_policy = TrafficPolicy::Local;
    cluster.services.push(local);
    cluster.slices.push(slice(
        "ns1/svc1",
        vec![endpoint("10.180.0.1 node1"), endpoint("10.180.2.1 node2")],
    ));
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(
            &text,
            &[
                "KUBE-SERVICES",
                "KUBE-EXT-XPGD46QRK7WJZT7O",
                "KUBE-SVC-XPGD46QRK7WJZT7O",
                "KUBE-SVL-XPGD46QRK7WJZT7O"
            ]
        ),
        [
            r#"-A KUBE-SERVICES -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-SVL-XPGD46QRK7WJZT7O"#,
            r#"-A KUBE-EXT-XPGD46QRK7WJZT7O -m comment --comment "masquerade LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-EXT-XPGD46QRK7WJZT7O -m comment --comment "route LOCAL traffic for ns1/svc1:p80 external destinations" -m addrtype --src-type LOCAL -j KUBE-SVC-XPGD46QRK7WJZT7O"#,
            r#"-A KUBE-EXT-XPGD46QRK7WJZT7O -j KUBE-SVL-XPGD46QRK7WJZT7O"#,
            r#"-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -m statistic --mode random --probability 0.5000000000 -j KUBE-SEP-SXIVWICOYRO3J4NJ"#,
            r#"-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.2.1:80" -j KUBE-SEP-ZX7GRIZKSNUQ3LAJ"#,
            r#"-A KUBE-SVL-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> 10.180.0.1:80" -j KUBE-SEP-SXIVWICOYRO3J4NJ"#,
            r#"-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS"#,
        ]
    );
}

#[test]
fn source_ranges_and_affinity() {
    let mut cluster = cluster();
    let mut guarded = load_balancer(service("ns5/svc5", "172.30.0.45"), &["5.6.7.8", "5.6.7.9"]);
    guarded.load_balancer.source_ranges = vec![
        "203.0.113.0/25".parse().unwrap(),
        "192.168.0.0/24".parse().unwrap(),
    ];
    guarded.session_affinity = SessionAffinity::ClientIp { timeout: 10800 };
    cluster.services.push(guarded);
    cluster
        .slices
        .push(slice("ns5/svc5", vec![endpoint("10.180.0.3 node1")]));
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(
            &text,
            &[
                "KUBE-PROXY-FIREWALL",
                "KUBE-FW-NUKIZ6OKUXPJNT4C",
                "KUBE-EXT-NUKIZ6OKUXPJNT4C",
                "KUBE-SVC-NUKIZ6OKUXPJNT4C",
                "KUBE-SEP-I77PXRDZVX7PMWMN"
            ]
        ),
        [
            r#"-A KUBE-PROXY-FIREWALL -m comment --comment "ns5/svc5:p80 traffic not accepted by KUBE-FW-NUKIZ6OKUXPJNT4C" -m tcp -p tcp -d 5.6.7.8 --dport 80 -j DROP"#,
            r#"-A KUBE-PROXY-FIREWALL -m comment --comment "ns5/svc5:p80 traffic not accepted by KUBE-FW-NUKIZ6OKUXPJNT4C" -m tcp -p tcp -d 5.6.7.9 --dport 80 -j DROP"#,
            r#"-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 cluster IP" -m tcp -p tcp -d 172.30.0.45 --dport 80 ! -s 10.0.0.0/8 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-EXT-NUKIZ6OKUXPJNT4C -m comment --comment "masquerade traffic for ns5/svc5:p80 external destinations" -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-EXT-NUKIZ6OKUXPJNT4C -j KUBE-SVC-NUKIZ6OKUXPJNT4C"#,
            r#"-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 203.0.113.0/25 -j KUBE-EXT-NUKIZ6OKUXPJNT4C"#,
            r#"-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 192.168.0.0/24 -j KUBE-EXT-NUKIZ6OKUXPJNT4C"#,
            r#"-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 5.6.7.8 -j KUBE-EXT-NUKIZ6OKUXPJNT4C"#,
            r#"-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 loadbalancer IP" -s 5.6.7.9 -j KUBE-EXT-NUKIZ6OKUXPJNT4C"#,
            r#"-A KUBE-FW-NUKIZ6OKUXPJNT4C -m comment --comment "other traffic to ns5/svc5:p80 will be dropped by KUBE-PROXY-FIREWALL""#,
            r#"-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" -m recent --name KUBE-SEP-I77PXRDZVX7PMWMN --rcheck --seconds 10800 --reap -j KUBE-SEP-I77PXRDZVX7PMWMN"#,
            r#"-A KUBE-SVC-NUKIZ6OKUXPJNT4C -m comment --comment "ns5/svc5:p80 -> 10.180.0.3:80" -j KUBE-SEP-I77PXRDZVX7PMWMN"#,
            r#"-A KUBE-SEP-I77PXRDZVX7PMWMN -m comment --comment ns5/svc5:p80 -s 10.180.0.3 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SEP-I77PXRDZVX7PMWMN -m comment --comment ns5/svc5:p80 -m recent --name KUBE-SEP-I77PXRDZVX7PMWMN --set -m tcp -p tcp -j DNAT --to-destination 10.180.0.3:80"#,
        ]
    );
}

#[test]
fn node_ports_on_chosen_addresses_only() {
    let mut cluster = cluster();
    cluster.environment.proxy.node_port_addresses =
        NodePortAddresses::Ranges(vec!["192.168.0.0/24".parse().unwrap()]);
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(&text, &["KUBE-SERVICES", "KUBE-FIREWALL"]),
        [
            r#"-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -d 192.168.0.2 -j KUBE-NODEPORTS"#
        ]
    );
    // Ranges of the other family leave this one as it is, except that localhost is never open in it.
    let text = written(&of_family(&cluster, Family::V6));
    assert_eq!(
        about(&text, &["KUBE-SERVICES", "KUBE-FIREWALL"]),
        [
            r#"-A KUBE-SERVICES -m comment --comment "kubernetes service nodeports; NOTE: this must be the last rule in this chain" -m addrtype --dst-type LOCAL ! -d ::1/128 -j KUBE-NODEPORTS"#
        ]
    );
}

#[test]
fn node_port_on_localhost_is_counted() {
    let mut cluster = cluster();
    cluster.environment.proxy.nfacct = true;
    cluster
        .services
        .push(node_port(service("ns3/svc3", "172.30.0.43"), 30003));
    cluster
        .slices
        .push(slice("ns3/svc3", vec![endpoint("10.180.0.3 node1")]));
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(&text, &["KUBE-NODEPORTS"]),
        [
            r#"-A KUBE-NODEPORTS -m comment --comment ns3/svc3:p80 -m tcp -p tcp -d 127.0.0.0/8 --dport 30003 -m nfacct --nfacct-name localhost_nps_accepted_pkts -j KUBE-EXT-X27LE4BHSL4DOUIK"#,
            r#"-A KUBE-NODEPORTS -m comment --comment ns3/svc3:p80 -m tcp -p tcp --dport 30003 -j KUBE-EXT-X27LE4BHSL4DOUIK"#,
        ]
    );
}

#[test]
fn ipv6_has_its_own_rules() {
    let mut cluster = cluster();
    cluster
        .environment
        .proxy
        .detect_local
        .push("fd00:10::/64".parse().unwrap());
    let mut dual = service("ns1/svc1", "172.30.0.41");
    dual.address = ServiceAddress::ClusterIps(vec![ip("172.30.0.41"), ip("fd00:172:30::41")]);
    cluster.services.push(dual);
    let mut slice = slice("ns1/svc1", vec![endpoint("fd00:10:180::1 node1")]);
    slice.address_type = AddressType::Ipv6;
    cluster.slices.push(slice);
    let text = written(&of_family(&cluster, Family::V6));
    assert_eq!(
        about(
            &text,
            &["KUBE-SVC-XPGD46QRK7WJZT7O", "KUBE-SEP-OGYCNMB4EMRUSJ6N"]
        ),
        [
            r#"-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d fd00:172:30::41 --dport 80 ! -s fd00:10::/64 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 -> [fd00:10:180::1]:80" -j KUBE-SEP-OGYCNMB4EMRUSJ6N"#,
            r#"-A KUBE-SEP-OGYCNMB4EMRUSJ6N -m comment --comment ns1/svc1:p80 -s fd00:10:180::1 -j KUBE-MARK-MASQ"#,
            r#"-A KUBE-SEP-OGYCNMB4EMRUSJ6N -m comment --comment ns1/svc1:p80 -m tcp -p tcp -j DNAT --to-destination [fd00:10:180::1]:80"#,
        ]
    );
    // IPv4 sees the Service, but no endpoint of it.
    let text = written(&on_node1(&cluster));
    assert!(text.contains(r#""ns1/svc1:p80 has no endpoints" -m tcp -p tcp -d 172.30.0.41"#));
}

#[test]
fn masquerade_all_marks_whoever_calls() {
    let mut cluster = cluster();
    cluster.environment.proxy.masquerade_all = true;
    cluster.environment.proxy.detect_local = Vec::new();
    cluster.services.push(service("ns1/svc1", "172.30.0.41"));
    cluster
        .slices
        .push(slice("ns1/svc1", vec![endpoint("10.180.0.1 node1")]));
    let text = written(&on_node1(&cluster));
    assert_eq!(
        about(&text, &["KUBE-SVC-XPGD46QRK7WJZT7O"])[0],
        r#"-A KUBE-SVC-XPGD46QRK7WJZT7O -m comment --comment "ns1/svc1:p80 cluster IP" -m tcp -p tcp -d 172.30.0.41 --dport 80 -j KUBE-MARK-MASQ"#
    );
}

#[test]
fn a_large_cluster_drops_comments_of_endpoints() {
    let mut cluster = cluster();
    cluster.services.push(service("ns1/svc1", "172.30.0.41"));
    let endpoints = |count: u16| {
        (0..count)
            .map(|n| endpoint(&format!("10.1.{}.{} node1", n / 256, n % 256)))
            .collect()
    };
    cluster.slices.push(slice("ns1/svc1", endpoints(1000)));
    // The same endpoints once more are no more endpoints.
    cluster.slices.push(slice("ns1/svc1", endpoints(1000)));
    let text = written(&on_node1(&cluster));
    assert!(text.contains(r#"-m comment --comment "ns1/svc1:p80 -> 10.1.0.0:80" -m statistic"#));

    cluster
        .slices
        .push(slice("ns1/svc1", vec![endpoint("10.2.0.0 node1")]));
    let text = written(&on_node1(&cluster));
    assert!(!text.contains("10.1.0.0:80\""));
    assert!(text.contains("-m statistic --mode random --probability 0.0009990010 -j KUBE-SEP-"));
    assert!(text.contains(" -s 10.1.0.0 -j KUBE-MARK-MASQ"));
    assert!(text.contains(r#"-m comment --comment "ns1/svc1:p80 cluster IP""#));
}

#[test]
fn jumps_from_the_built_in_chains() {
    let ruleset = on_node1(&cluster());
    let commands = commands(&ruleset);
    assert_eq!(
        commands,
        [
            "-t filter -N KUBE-FIREWALL",
            "-t filter -N KUBE-EXTERNAL-SERVICES",
            "-t filter -N KUBE-NODEPORTS",
            "-t filter -N KUBE-PROXY-FIREWALL",
            "-t filter -N KUBE-SERVICES",
            "-t filter -N KUBE-FORWARD",
            "-t filter -I INPUT -j KUBE-FIREWALL",
            r#"-t filter -I INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES"#,
            r#"-t filter -I INPUT -m comment --comment "kubernetes health check service ports" -j KUBE-NODEPORTS"#,
            r#"-t filter -I INPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL"#,
            r#"-t filter -I FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes externally-visible service portals" -j KUBE-EXTERNAL-SERVICES"#,
            r#"-t filter -I FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES"#,
            r#"-t filter -I FORWARD -m comment --comment "kubernetes forwarding rules" -j KUBE-FORWARD"#,
            r#"-t filter -I FORWARD -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL"#,
            "-t filter -I OUTPUT -j KUBE-FIREWALL",
            r#"-t filter -I OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes service portals" -j KUBE-SERVICES"#,
            r#"-t filter -I OUTPUT -m conntrack --ctstate NEW -m comment --comment "kubernetes load balancer firewall" -j KUBE-PROXY-FIREWALL"#,
            "-t nat -N KUBE-SERVICES",
            "-t nat -N KUBE-POSTROUTING",
            r#"-t nat -I PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES"#,
            r#"-t nat -I OUTPUT -m comment --comment "kubernetes service portals" -j KUBE-SERVICES"#,
            r#"-t nat -I POSTROUTING -m comment --comment "kubernetes postrouting rules" -j KUBE-POSTROUTING"#,
        ]
    );
    // Without a Service every chain of the filter table stands empty or guards.
    assert_eq!(ruleset.table(TableName::Filter).rules(), 4 + 11);
}

use super::fixture::*;
use crate::cluster::{
    Cluster, IngressPoint, IpMode, LoadBalancerIngress, NodePortAddresses, ProxyMode,
    ServiceAddress, ServiceType, TrafficPolicy,
};
use crate::packet::Family;
use crate::proxy::{NodeView, OpenOn, health, open_on, proxied};

fn names(cluster: &Cluster, family: Family) -> Vec<String> {
    proxied(cluster, family)
        .ports
        .values()
        .map(|port| format!("{}/{}", port.name, port.protocol))
        .collect()
}

#[test]
fn a_service_is_proxied_by_port_and_family() {
    let mut cluster = cluster();
    let mut dual = service("ns1/dual", "172.30.0.41");
    dual.address = ServiceAddress::ClusterIps(vec![ip("172.30.0.41"), ip("fd00::41")]);
    dual.ports.push(service_port("p443", 443));
    cluster.services.push(dual);
    let mut unnamed = service("default/kubernetes", "172.30.0.1");
    unnamed.ports = vec![service_port("", 443)];
    cluster.services.push(unnamed);

    assert_eq!(
        names(&cluster, Family::V4),
        [
            "default/kubernetes/TCP",
            "ns1/dual:p443/TCP",
            "ns1/dual:p80/TCP"
        ]
    );
    assert_eq!(
        names(&cluster, Family::V6),
        ["ns1/dual:p443/TCP", "ns1/dual:p80/TCP"]
    );
    let proxied = proxied(&cluster, Family::V6);
    assert!(
        proxied
            .ports
            .values()
            .all(|port| port.cluster_ip == ip("fd00::41"))
    );
    let dual = cluster.service("ns1", "dual").unwrap();
    assert_eq!(proxied.ports_of(dual).count(), 2);
    let kubernetes = cluster.service("default", "kubernetes").unwrap();
    assert_eq!(proxied.ports_of(kubernetes).count(), 0);
}

#[test]
fn headless_external_name_and_other_proxies_services_are_skipped() {
    let mut cluster = cluster();
    let mut headless = service("ns1/headless", "172.30.0.1");
    headless.address = ServiceAddress::Headless;
    cluster.services.push(headless);
    let mut external = service("ns1/external", "172.30.0.2");
    external.type_ = ServiceType::ExternalName;
    cluster.services.push(external);
    for (name, label) in [
        ("other", "service.kubernetes.io/service-proxy-name"),
        ("marked", "service.kubernetes.io/headless"),
    ] {
        let mut labelled = service(&format!("ns1/{name}"), "172.30.0.3");
        labelled.meta.labels.insert(label.into(), "".into());
        cluster.services.push(labelled);
    }
    assert_eq!(names(&cluster, Family::V4), [""; 0]);
}

#[test]
fn addresses_are_those_of_the_family_that_arrive_unchanged() {
    let mut cluster = cluster();
    let mut service = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4", "fd00::1"]);
    service.load_balancer.ingress.push(LoadBalancerIngress {
        point: IngressPoint::Ip(ip("5.6.7.8")),
        ip_mode: IpMode::Proxy,
    });
    service.load_balancer.ingress.push(LoadBalancerIngress {
        point: IngressPoint::Hostname("lb.example.com".into()),
        ip_mode: IpMode::Vip,
    });
    service.load_balancer.source_ranges = vec![
        "203.0.113.9/25".parse().unwrap(),
        "2001:db8::/64".parse().unwrap(),
    ];
    service.external_ips = vec![ip("192.168.99.22"), ip("fd00::22")];
    cluster.services.push(service);

    let proxied = proxied(&cluster, Family::V4);
    let port = proxied.ports.values().next().unwrap();
    assert_eq!(port.load_balancer_vips, [ip("1.2.3.4")]);
    assert_eq!(port.external_ips, [ip("192.168.99.22")]);
    // Without host bits, as Go prints it.
    assert_eq!(port.source_ranges, ["203.0.113.0/25".parse().unwrap()]);
}

#[test]
fn health_counts_ready_addresses_of_the_node() {
    let mut cluster = cluster();
    let mut local = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4"]);
    local.external_traffic_policy = TrafficPolicy::Local;
    local.health_check_node_port = Some(port(32000));
    local.ports.push(service_port("p443", 443));
    let id = cluster.services.push(local);
    let mut slice = slice(
        "ns1/svc1",
        vec![
            endpoint("10.0.1.1 node1"),
            unready(endpoint("10.0.1.2 node1")),
            terminating(endpoint("10.0.1.3 node1")),
            endpoint("10.0.2.1 node2"),
            endpoint("10.0.9.1"),
        ],
    );
    let mut other_port = slice.ports[0].clone();
    other_port.name = Some("p443".into());
    slice.ports.push(other_port);
    cluster.slices.push(slice);

    let (proxied, node1) = seen(&cluster);
    let check = health(&cluster, &proxied, id, &node1).unwrap();
    assert_eq!(
        (check.port.get(), check.local_endpoints, check.status()),
        (32000, 1, 200)
    );
    let node3 = NodeView::named(&cluster, "node3");
    let check = health(&cluster, &proxied, id, &node3).unwrap();
    assert_eq!((check.local_endpoints, check.status()), (0, 503));
}

#[test]
fn only_a_local_load_balancer_has_a_health_check() {
    let mut cluster = cluster();
    let mut service = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4"]);
    service.health_check_node_port = Some(port(32000));
    let id = cluster.services.push(service);
    let (proxied, node1) = seen(&cluster);
    assert_eq!(health(&cluster, &proxied, id, &node1), None);
}

#[test]
fn node_ports_are_open_on_all_or_on_the_primary_address() {
    let cluster = cluster();
    let node1 = NodeView::named(&cluster, "node1");
    let open =
        |configured: &NodePortAddresses, mode, family| open_on(configured, mode, family, &node1);
    let default = NodePortAddresses::Default;
    assert_eq!(open(&default, ProxyMode::Iptables, Family::V4), OpenOn::All);
    assert_eq!(
        open(&default, ProxyMode::Nftables, Family::V4),
        OpenOn::Addresses(vec![ip("192.168.0.2")])
    );
    // No address of the family means no range, and no range means all.
    assert_eq!(open(&default, ProxyMode::Nftables, Family::V6), OpenOn::All);
    let ranges = NodePortAddresses::Ranges(vec![
        "127.0.0.0/8".parse().unwrap(),
        "192.168.0.0/24".parse().unwrap(),
    ]);
    assert_eq!(
        open(&ranges, ProxyMode::Iptables, Family::V4),
        OpenOn::Addresses(vec![ip("127.0.0.1"), ip("192.168.0.2")])
    );
    assert_eq!(open(&ranges, ProxyMode::Iptables, Family::V6), OpenOn::All);
}

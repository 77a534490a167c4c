use super::fixture::*;
use crate::Str;
use crate::cluster::{AddressType, Cluster, Endpoint, Service, TrafficPolicy};
use crate::packet::Family;
use crate::proxy::{Categorized, EndpointId, NodeView, Preference, categorize, proxied};

/// What node1 makes of a Service and its endpoints: `cluster | local | all | any`.
fn check(change: impl Fn(&mut Service), endpoints: Vec<Endpoint>, expected: &str) {
    let mut cluster = cluster();
    let mut service = service("ns1/svc1", "172.30.0.41");
    change(&mut service);
    cluster.services.push(service);
    cluster.slices.push(slice("ns1/svc1", endpoints));
    assert_eq!(on_node1(&cluster), expected);
}

fn on_node1(cluster: &Cluster) -> String {
    let (proxied, node1) = seen(cluster);
    let port = proxied.ports.values().next().unwrap();
    let choice: Categorized = categorize(cluster, &proxied, port, &node1);
    let texts = |ids: &[EndpointId]| {
        ids.iter()
            .map(|id| proxied.endpoints[*id].address.ip().to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let list = |ids: &Option<Vec<EndpointId>>| ids.as_deref().map_or("-".to_owned(), texts);
    format!(
        "{} | {} | {} | {}",
        list(&choice.cluster),
        list(&choice.local),
        texts(choice.all()),
        choice.has_any
    )
}

fn plain(_: &mut Service) {}

fn internal_local(service: &mut Service) {
    service.internal_traffic_policy = TrafficPolicy::Local;
}

fn external_local(service: &mut Service) {
    *service = node_port(service.clone(), 30001);
    service.external_traffic_policy = TrafficPolicy::Local;
}

fn hinted(text: &str, zones: &[&str], nodes: &[&str]) -> Endpoint {
    Endpoint {
        hint_zones: zones.iter().map(|zone| Str::from(*zone)).collect(),
        hint_nodes: nodes.iter().map(|node| Str::from(*node)).collect(),
        ..endpoint(text)
    }
}

#[test]
fn ready_endpoints_in_the_order_of_their_text() {
    check(
        plain,
        vec![
            endpoint("10.0.0.9 node1"),
            endpoint("10.0.0.10 node2"),
            unready(endpoint("10.0.0.11 node2")),
        ],
        "10.0.0.10 10.0.0.9 | - | 10.0.0.10 10.0.0.9 | true",
    );
}

#[test]
fn terminating_endpoints_serve_only_when_nothing_is_ready() {
    check(
        plain,
        vec![
            terminating(endpoint("10.0.0.1 node1")),
            endpoint("10.0.0.2 node2"),
        ],
        "10.0.0.2 | - | 10.0.0.2 | true",
    );
    check(
        plain,
        vec![
            terminating(endpoint("10.0.0.1 node1")),
            unready(endpoint("10.0.0.2 node2")),
        ],
        "10.0.0.1 | - | 10.0.0.1 | true",
    );
    check(
        plain,
        vec![unready(endpoint("10.0.0.2 node2"))],
        " | - |  | false",
    );
}

#[test]
fn policy_local_takes_the_endpoints_of_the_node() {
    let both = || vec![endpoint("10.0.0.1 node1"), endpoint("10.0.0.2 node2")];
    check(internal_local, both(), "- | 10.0.0.1 | 10.0.0.1 | true");
    check(
        external_local,
        both(),
        "10.0.0.1 10.0.0.2 | 10.0.0.1 | 10.0.0.1 10.0.0.2 | true",
    );
    check(
        internal_local,
        vec![endpoint("10.0.0.2 node2")],
        "- |  |  | true",
    );
    // Without a way in from outside the external policy means nothing.
    check(
        |service| service.external_traffic_policy = TrafficPolicy::Local,
        both(),
        "10.0.0.1 10.0.0.2 | - | 10.0.0.1 10.0.0.2 | true",
    );
}

#[test]
fn each_policy_falls_back_to_terminating_endpoints_by_itself() {
    check(
        external_local,
        vec![
            terminating(endpoint("10.0.0.1 node1")),
            endpoint("10.0.0.2 node2"),
        ],
        "10.0.0.2 | 10.0.0.1 | 10.0.0.1 10.0.0.2 | true",
    );
}

#[test]
fn hints_are_followed_when_every_ready_endpoint_has_one() {
    let zoned = || {
        vec![
            hinted("10.0.0.1 node1", &["a"], &[]),
            hinted("10.0.0.2 node2", &["b"], &[]),
        ]
    };
    check(plain, zoned(), "10.0.0.1 | - | 10.0.0.1 | true");
    let mut one_without = zoned();
    one_without.push(endpoint("10.0.0.3 node2"));
    check(
        plain,
        one_without,
        "10.0.0.1 10.0.0.2 10.0.0.3 | - | 10.0.0.1 10.0.0.2 10.0.0.3 | true",
    );
    let mut one_unready = zoned();
    one_unready.push(unready(endpoint("10.0.0.3 node2")));
    check(plain, one_unready, "10.0.0.1 | - | 10.0.0.1 | true");
    check(
        plain,
        vec![hinted("10.0.0.2 node2", &["b"], &[])],
        "10.0.0.2 | - | 10.0.0.2 | true",
    );
}

#[test]
fn node_hints_come_before_zone_hints() {
    check(
        plain,
        vec![
            hinted("10.0.0.1 node1", &["a"], &["node1"]),
            hinted("10.0.0.2 node3", &["a"], &["node3"]),
        ],
        "10.0.0.1 | - | 10.0.0.1 | true",
    );
    check(
        plain,
        vec![
            hinted("10.0.0.1 node4", &["a"], &["node4"]),
            hinted("10.0.0.2 node3", &["b"], &["node3"]),
        ],
        "10.0.0.1 | - | 10.0.0.1 | true",
    );
}

#[test]
fn hints_never_filter_the_local_set() {
    check(
        external_local,
        vec![
            hinted("10.0.0.1 node1", &["b"], &[]),
            hinted("10.0.0.2 node2", &["a"], &[]),
        ],
        "10.0.0.2 | 10.0.0.1 | 10.0.0.1 10.0.0.2 | true",
    );
}

#[test]
fn a_node_without_a_zone_follows_no_zone_hints() {
    let mut cluster = cluster();
    cluster.services.push(service("ns1/svc1", "172.30.0.41"));
    cluster.slices.push(slice(
        "ns1/svc1",
        vec![hinted("10.0.0.1 node1", &["a"], &[])],
    ));
    let proxied = proxied(&cluster, Family::V4);
    let port = proxied.ports.values().next().unwrap();
    let of = |node: &str| {
        let node = NodeView::named(&cluster, node);
        categorize(&cluster, &proxied, port, &node).preference
    };
    assert_eq!(of("node1"), Preference::SameZone);
    assert_eq!(of("unknown"), Preference::None);
}

#[test]
fn slices_of_a_service_are_merged() {
    let mut cluster = cluster();
    cluster.services.push(service("ns1/svc1", "172.30.0.41"));
    cluster.slices.push(slice(
        "ns1/svc1",
        vec![
            terminating(endpoint("10.0.0.1 node1")),
            endpoint("10.0.0.2 node1"),
        ],
    ));
    cluster.slices.push(slice(
        "ns1/svc1",
        vec![endpoint("10.0.0.1 node2"), endpoint("10.0.0.3 node2")],
    ));
    assert_eq!(
        on_node1(&cluster),
        "10.0.0.1 10.0.0.2 10.0.0.3 | - | 10.0.0.1 10.0.0.2 10.0.0.3 | true"
    );
}

#[test]
fn what_a_slice_does_not_say_is_not_guessed() {
    let mut cluster = cluster();
    cluster.services.push(service("ns1/svc1", "172.30.0.41"));
    let good = || slice("ns1/svc1", vec![endpoint("10.0.0.1 node1")]);
    for spoil in [
        (|s| s.ports[0].name = None) as fn(&mut crate::cluster::EndpointSlice),
        |s| s.ports[0].port = None,
        |s| s.ports[0].port = Some(0),
        |s| s.ports[0].protocol = crate::packet::Protocol::Udp,
        |s| s.address_type = AddressType::Ipv6,
        |s| s.endpoints[0].addresses = vec!["fd00::1".into()],
        |s| s.endpoints[0].addresses.clear(),
        |s| s.service = None,
        |s| {
            s.meta
                .labels
                .insert("service.kubernetes.io/headless".into(), "".into());
        },
    ] {
        let mut slice = good();
        spoil(&mut slice);
        cluster.slices.push(slice);
    }
    assert_eq!(on_node1(&cluster), " | - |  | false");
    let mut padded = good();
    padded.endpoints[0].addresses = vec!["10.000.0.007".into(), "10.0.0.8".into()];
    cluster.slices.push(padded);
    assert_eq!(on_node1(&cluster), "10.0.0.7 | - | 10.0.0.7 | true");
}

use super::fixture::*;
use crate::Str;
use crate::cluster::{Endpoint, Service, TrafficPolicy};
use crate::proxy::used;
use crate::trace::words;

/// What node1 does with each endpoint, in words.
fn check(change: impl Fn(&mut Service), endpoints: Vec<Endpoint>, expected: &[&str]) {
    let mut cluster = cluster();
    let mut service = service("ns1/svc1", "172.30.0.41");
    change(&mut service);
    cluster.services.push(service);
    cluster.slices.push(slice("ns1/svc1", endpoints));
    let (proxied, node1) = seen(&cluster);
    let port = proxied.ports.values().next().unwrap();
    let told: Vec<String> = used(&cluster, &proxied, port, &node1)
        .iter()
        .map(|(id, used)| {
            let address = proxied.endpoints[*id].address.ip();
            format!("{address}: {}", words::used(used))
        })
        .collect();
    assert_eq!(told, expected);
}

fn plain(_: &mut Service) {}

fn internal_local(service: &mut Service) {
    service.internal_traffic_policy = TrafficPolicy::Local;
}

fn external_local(service: &mut Service) {
    *service = node_port(service.clone(), 30001);
    service.external_traffic_policy = TrafficPolicy::Local;
}

fn zoned(text: &str, zone: &str) -> Endpoint {
    Endpoint {
        hint_zones: vec![Str::from(zone)],
        ..endpoint(text)
    }
}

#[test]
fn an_endpoint_that_is_left_out_says_why() {
    check(
        plain,
        vec![
            endpoint("10.0.0.1 node1"),
            unready(endpoint("10.0.0.2 node1")),
            terminating(endpoint("10.0.0.3 node2")),
        ],
        &[
            "10.0.0.1: used",
            "10.0.0.2: not ready",
            "10.0.0.3: terminating, and others are ready",
        ],
    );
    check(
        plain,
        vec![
            terminating(endpoint("10.0.0.1 node1")),
            unready(endpoint("10.0.0.2 node1")),
        ],
        &[
            "10.0.0.1: used: terminating, but none is ready",
            "10.0.0.2: not ready",
        ],
    );
    check(
        plain,
        vec![zoned("10.0.0.1 node1", "a"), zoned("10.0.0.2 node2", "b")],
        &["10.0.0.1: used", "10.0.0.2: hints keep it for zone b"],
    );
    let both = || vec![endpoint("10.0.0.1 node1"), endpoint("10.0.0.2 node2")];
    check(
        internal_local,
        both(),
        &[
            "10.0.0.1: used",
            "10.0.0.2: policy Local: it is on another node",
        ],
    );
    check(
        external_local,
        both(),
        &[
            "10.0.0.1: used",
            "10.0.0.2: used where the policy is Cluster",
        ],
    );
}

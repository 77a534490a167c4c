//! Servers, sets and rules as text, word for word, and walks through them.

mod walk;
mod written;

use super::Ruleset;
use crate::cluster::{Cluster, ProxyMode, TrafficPolicy};
use crate::packet::{Family, Protocol};
use crate::proxy::tests::fixture::*;
use crate::proxy::{NodeView, proxied};

/// What node1 has for IPv4.
fn on_node1(cluster: &Cluster) -> Ruleset {
    of_family(cluster, Family::V4)
}

fn of_family(cluster: &Cluster, family: Family) -> Ruleset {
    let node1 = NodeView::named(cluster, "node1");
    super::write(cluster, &proxied(cluster, family), &node1)
}

/// ns1/svc1 with every way in, and an endpoint on each node.
fn two_endpoints() -> Cluster {
    let mut cluster = cluster();
    cluster.environment.proxy.mode = ProxyMode::Ipvs;
    let mut service = load_balancer(service("ns1/svc1", "172.30.0.41"), &["1.2.3.4"]);
    service.ports[0].node_port = Some(port(30001));
    service.external_ips = vec![ip("192.168.99.11")];
    cluster.services.push(service);
    let endpoints = vec![endpoint("10.180.0.1 node1"), endpoint("10.180.2.1 node2")];
    cluster.slices.push(slice("ns1/svc1", endpoints));
    cluster
}

fn with_policy_local(mut cluster: Cluster) -> Cluster {
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].external_traffic_policy = TrafficPolicy::Local;
    cluster.services[id].health_check_node_port = Some(port(32000));
    cluster
}

fn with_endpoints(mut cluster: Cluster, endpoints: Vec<crate::cluster::Endpoint>) -> Cluster {
    let slice = cluster.slices.iter().next().unwrap().0;
    cluster.slices[slice].endpoints = endpoints;
    cluster
}

fn with_source_ranges(mut cluster: Cluster, ranges: &[&str]) -> Cluster {
    let id = cluster.service("ns1", "svc1").unwrap();
    let ranges = ranges.iter().map(|range| range.parse().unwrap());
    cluster.services[id].load_balancer.source_ranges = ranges.collect();
    cluster
}

fn of_protocol(mut cluster: Cluster, protocol: Protocol) -> Cluster {
    let id = cluster.service("ns1", "svc1").unwrap();
    cluster.services[id].ports[0].protocol = protocol;
    let slice = cluster.slices.iter().next().unwrap().0;
    cluster.slices[slice].ports[0].protocol = protocol;
    cluster
}

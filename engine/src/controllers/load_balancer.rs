//! Load balancers: the address that a cloud would assign, and the nodes that it would send packets to.
//!
//! What happens to a packet at the load balancer is the tracer's business. Source: `k8s.io/cloud-provider/controllers/
//! service` for the nodes, and every cloud's health checks: kube-proxy's `/healthz` for policy Cluster, the health-check
//! node port for policy Local.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rustc_hash::FxHashSet;
use serde_json::{Value, json};

use super::assume;
use crate::Str;
use crate::cluster::{
    Cluster, IngressPoint, IpMode, LoadBalancerIngress, LoadBalancerProvider, NodeId, Service,
    ServiceId, ServiceType, TrafficPolicy,
};
use crate::finding::{ControllerProblem, Findings};
use crate::identity::{combined, draw};
use crate::packet::Family;

/// The label that keeps a node out of load balancers, whatever its value.
const EXCLUDE_LABEL: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// The taint of a node that the cluster autoscaler is about to delete.
const TO_BE_DELETED_TAINT: &str = "ToBeDeletedByClusterAutoscaler";

/// A node as a Service's load balancer sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backend {
    /// The node.
    pub node: NodeId,
    /// Whether packets are sent to it.
    pub state: BackendState,
}

/// Whether a load balancer sends packets to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BackendState {
    /// It does.
    Serving,
    /// The node is labelled `node.kubernetes.io/exclude-from-external-load-balancers`.
    Excluded,
    /// The cluster autoscaler is about to delete the node.
    ToBeDeleted,
    /// The node is not ready: nothing answers the health check.
    NotReady,
    /// Policy Local, and kube-proxy answers 503: the node has no ready endpoint of the Service.
    NoLocalEndpoints,
}

/// All nodes, in order, with what a Service's load balancer does with them.
///
/// Without a health-check node port (policy Cluster) a node is healthy as long as it is ready.
pub fn backends(cluster: &Cluster, service: ServiceId) -> Vec<Backend> {
    let value = &cluster.services[service];
    let local = (value.external_traffic_policy == TrafficPolicy::Local)
        .then(|| nodes_with_ready_endpoints(cluster, service));
    cluster
        .nodes
        .iter()
        .map(|(id, node)| {
            let state = if node.meta.labels.contains_key(EXCLUDE_LABEL) {
                BackendState::Excluded
            } else if node.taints.iter().any(|t| t.key == TO_BE_DELETED_TAINT) {
                BackendState::ToBeDeleted
            } else if !node.ready {
                BackendState::NotReady
            } else if local
                .as_ref()
                .is_some_and(|local| !local.contains(&node.meta.name))
            {
                BackendState::NoLocalEndpoints
            } else {
                BackendState::Serving
            };
            Backend { node: id, state }
        })
        .collect()
}

/// Nodes whose health-check node port answers 200 for a Service.
///
/// Source: kube-proxy `healthcheck/service_health.go`: ready endpoints on the node, terminating ones do not count.
fn nodes_with_ready_endpoints(cluster: &Cluster, service: ServiceId) -> FxHashSet<Str> {
    cluster
        .slices_of(service)
        .flat_map(|(_, slice)| &slice.endpoints)
        .filter(|endpoint| endpoint.conditions.ready != Some(false))
        .filter_map(|endpoint| endpoint.node_name.clone())
        .collect()
}

/// Gives an address to every LoadBalancer Service that has none, if there is somebody to do it.
pub(super) fn assign(cluster: &mut Cluster, findings: &mut Findings) {
    let provider = cluster.environment.options.load_balancer;
    let mut taken = taken(cluster);
    for (_, service) in cluster.services.iter_mut() {
        if service.type_ != ServiceType::LoadBalancer || !service.load_balancer.ingress.is_empty() {
            continue;
        }
        let ip_mode = match (provider, &service.load_balancer.class) {
            (LoadBalancerProvider::None, _) => {
                findings.push(
                    service.meta.at("spec.type"),
                    ControllerProblem::LoadBalancerPending {
                        service: service.meta.full_name().into(),
                        class: None,
                    },
                );
                continue;
            }
            (_, Some(class)) => {
                findings.push(
                    service.meta.at("spec.loadBalancerClass"),
                    ControllerProblem::LoadBalancerPending {
                        service: service.meta.full_name().into(),
                        class: Some(class.clone()),
                    },
                );
                continue;
            }
            (LoadBalancerProvider::Cloud, None) => IpMode::Vip,
            (LoadBalancerProvider::CloudProxy, None) => IpMode::Proxy,
        };
        let addresses = draw_addresses(service, &mut taken);
        let written: Vec<Value> = addresses
            .iter()
            .map(|address| match ip_mode {
                IpMode::Vip => json!({ "ip": address.to_string(), "ipMode": "VIP" }),
                IpMode::Proxy => json!({ "ip": address.to_string(), "ipMode": "Proxy" }),
            })
            .collect();
        assume(&mut service.meta, "status.loadBalancer.ingress", written);
        service.load_balancer.ingress = addresses
            .into_iter()
            .map(|address| LoadBalancerIngress {
                point: IngressPoint::Ip(address),
                ip_mode,
            })
            .collect();
    }
}

/// One address a family, from the ranges that are reserved for documentation; `spec.loadBalancerIP` if it is free.
fn draw_addresses(service: &Service, taken: &mut FxHashSet<IpAddr>) -> Vec<IpAddr> {
    let mut addresses = Vec::new();
    for family in &service.families {
        let requested = service
            .load_balancer
            .requested_ip
            .filter(|address| Family::of(*address) == *family && !taken.contains(address));
        let address = requested.unwrap_or_else(|| {
            let drawn = draw(&["LoadBalancer", &service.meta.namespace, &service.meta.name]);
            (0..)
                .map(|attempt| documentation_address(*family, drawn, attempt))
                .find(|address| !taken.contains(address))
                .expect("there are more addresses than Services fit in memory")
        });
        taken.insert(address);
        addresses.push(address);
    }
    addresses
}

fn documentation_address(family: Family, drawn: u64, attempt: u64) -> IpAddr {
    // TEST-NET-3, TEST-NET-2, TEST-NET-1 (RFC 5737), then the benchmarking range 198.18.0.0/15 (RFC 2544), then 240/4.
    const TEST_NETS: [[u8; 3]; 3] = [[203, 0, 113], [198, 51, 100], [192, 0, 2]];
    let host = |attempt: u64| (1 + combined(drawn, attempt) % 254) as u8;
    match family {
        Family::V4 => match attempt {
            0..16 => v4(TEST_NETS[0], host(attempt)),
            16..24 => v4(TEST_NETS[1], host(attempt)),
            24..32 => v4(TEST_NETS[2], host(attempt)),
            32..64 => IpAddr::V4(Ipv4Addr::from(
                u32::from(Ipv4Addr::new(198, 18, 0, 0))
                    + (combined(drawn, attempt) % 0x2_0000) as u32,
            )),
            _ => IpAddr::V4(Ipv4Addr::from(
                u32::from(Ipv4Addr::new(240, 0, 0, 0)) + (attempt % 0x0fff_ffff) as u32,
            )),
        },
        // 2001:db8::/32 (RFC 3849).
        Family::V6 => IpAddr::V6(Ipv6Addr::from(
            u128::from(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0))
                + 1
                + u128::from(combined(drawn, attempt) % 0xffff_fffe),
        )),
    }
}

fn v4([a, b, c]: [u8; 3], host: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, host))
}

fn taken(cluster: &Cluster) -> FxHashSet<IpAddr> {
    let ingress = cluster
        .services
        .values()
        .flat_map(|service| &service.load_balancer.ingress)
        .filter_map(|ingress| match ingress.point {
            IngressPoint::Ip(address) => Some(address),
            IngressPoint::Hostname(_) => None,
        });
    let external = cluster
        .services
        .values()
        .flat_map(|service| service.external_ips.iter().copied());
    let nodes = cluster
        .nodes
        .values()
        .flat_map(|node| node.addresses.iter().map(|address| address.address));
    ingress.chain(external).chain(nodes).collect()
}

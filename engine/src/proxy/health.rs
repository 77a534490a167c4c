//! kube-proxy's HTTP server on `healthCheckNodePort`: how a load balancer learns which nodes have endpoints.
//!
//! Source: kube-proxy, `healthcheck/service_health.go`, `EndpointsMap.LocalReadyEndpoints`. kube-proxy's own /healthz
//! is not modelled.

use std::net::IpAddr;
use std::num::NonZeroU16;

use super::endpoints::{is_local, is_ready};
use super::{NodeView, Proxied, categorize};
use crate::cluster::{Cluster, ServiceId};
use crate::order::Order;

/// What a node answers on a Service's health-check node port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HealthCheck {
    /// TCP port.
    pub port: NonZeroU16,
    /// Addresses of ready endpoints on this node, over all ports of the Service; terminating ones do not count.
    /// Also sent as `X-Load-Balancing-Endpoint-Weight`.
    pub local_endpoints: usize,
}

impl HealthCheck {
    /// HTTP status: 200 with local endpoints, else 503.
    pub fn status(&self) -> u16 {
        if self.local_endpoints > 0 { 200 } else { 503 }
    }
}

/// The health check of a Service on a node; `None` unless it is a LoadBalancer with external policy Local.
pub fn health(
    cluster: &Cluster,
    proxied: &Proxied,
    service: ServiceId,
    node: &NodeView,
) -> Option<HealthCheck> {
    let ports = || proxied.ports_of(service);
    let port = ports().find_map(|(_, port)| port.health_check_node_port)?;
    let mut addresses: Vec<IpAddr> = ports()
        .flat_map(|(_, port)| categorize::known(cluster, proxied, port, node))
        .filter(|(_, endpoint)| is_ready(endpoint) && is_local(endpoint, &node.name))
        .map(|(id, _)| proxied.endpoints[id].address.ip())
        .collect();
    addresses.order();
    addresses.dedup();
    Some(HealthCheck {
        port,
        local_endpoints: addresses.len(),
    })
}

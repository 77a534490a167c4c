//! Which endpoints kube-proxy knows for each service port: the EndpointSlices of a Service, merged.
//!
//! Source: kube-proxy, `endpointslicecache.go`. Nothing here is relative to a node; [`super::categorize()`] is.

use std::net::SocketAddr;

use rustc_hash::FxHashMap;

use super::services::{ServicePortId, ServicePortInfo, is_watched};
use crate::Str;
use crate::arena::{Arena, Id};
use crate::cluster::{AddressType, Cluster, Endpoint, SliceId};
use crate::order::Order;
use crate::packet::{Family, Protocol, parse_ip_sloppy};

/// An [`EndpointInfo`] of [`super::Proxied::endpoints`].
pub type EndpointId = Id<EndpointInfo>;

/// An endpoint of a service port: where it is, and where that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointInfo {
    /// Address and port that packets are sent to.
    pub address: SocketAddr,
    /// The slice that has it.
    pub slice: SliceId,
    /// Which of the slice's endpoints.
    pub nth: u32,
}

impl EndpointInfo {
    /// What the slice says of it.
    pub fn written<'a>(&self, cluster: &'a Cluster) -> &'a Endpoint {
        &cluster.slices[self.slice].endpoints[self.nth as usize]
    }
}

/// `ready`, which is true where it is unset.
pub(super) fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.conditions.ready.unwrap_or(true)
}

/// `terminating`, which is false where it is unset.
pub(super) fn is_terminating(endpoint: &Endpoint) -> bool {
    endpoint.conditions.terminating.unwrap_or(false)
}

/// Not ready, but still answering until it is gone: used when nothing is ready. Unset `serving` is true.
pub(super) fn is_serving_terminating(endpoint: &Endpoint) -> bool {
    endpoint.conditions.serving.unwrap_or(true) && is_terminating(endpoint)
}

/// Whether the endpoint runs on the node of this name.
pub(super) fn is_local(endpoint: &Endpoint, node: &str) -> bool {
    !node.is_empty() && endpoint.node_name.as_deref() == Some(node)
}

/// Finds the endpoints of all ports, sorted by the text of address and port within each, and notes in each port which
/// are its own. Endpoints that several slices have stand beside each other: which of them counts depends on the node.
pub(super) fn collect(
    cluster: &Cluster,
    family: Family,
    ports: &mut Arena<ServicePortInfo>,
) -> Arena<EndpointInfo> {
    let mut of_port: Vec<Vec<EndpointInfo>> = vec![Vec::new(); ports.len()];
    let wanted = match family {
        Family::V4 => AddressType::Ipv4,
        Family::V6 => AddressType::Ipv6,
    };
    let by_name = by_name(cluster, ports);
    for (id, slice) in cluster.slices.iter() {
        let Some(service) = &slice.service else {
            continue;
        };
        if slice.address_type != wanted || !is_watched(&slice.meta.labels) {
            continue;
        }
        for port in &slice.ports {
            // A port without a name or a number is skipped; unset does not mean "" or "all" here.
            let (Some(name), Some(number)) = (&port.name, port.port.filter(|n| *n != 0)) else {
                continue;
            };
            let key = (
                slice.meta.namespace.clone(),
                service.clone(),
                name.clone(),
                port.protocol,
            );
            let Some(service_port) = by_name.get(&key) else {
                continue;
            };
            for (nth, endpoint) in slice.endpoints.iter().enumerate() {
                let address = endpoint
                    .addresses
                    .first()
                    .and_then(|text| parse_ip_sloppy(text))
                    .filter(|address| Family::of(*address) == family);
                if let Some(address) = address {
                    of_port[service_port.number() as usize].push(EndpointInfo {
                        address: SocketAddr::new(address, number),
                        slice: id,
                        nth: u32::try_from(nth).unwrap_or(u32::MAX),
                    });
                }
            }
        }
    }
    let mut all = Arena::default();
    for ((_, port), mut endpoints) in ports.iter_mut().zip(of_port) {
        // Stable: among equal addresses the slices keep their order.
        endpoints.order_by_cached_key(|endpoint| endpoint.address.to_string());
        let first = count(&all);
        for endpoint in endpoints {
            all.push(endpoint);
        }
        port.endpoints = first..count(&all);
    }
    all
}

fn count<T>(arena: &Arena<T>) -> u32 {
    u32::try_from(arena.len()).expect("an arena's ids are 32 bits wide")
}

// Namespace, Service, name of the port, protocol: what makes a slice's port a service port's.
type Key = (Str, Str, Str, Protocol);

fn by_name(cluster: &Cluster, ports: &Arena<ServicePortInfo>) -> FxHashMap<Key, ServicePortId> {
    ports
        .iter()
        .map(|(id, port)| {
            let meta = &cluster.services[port.service].meta;
            let key = (
                meta.namespace.clone(),
                meta.name.clone(),
                port.port_name.clone(),
                port.protocol,
            );
            (key, id)
        })
        .collect()
}

//! Ways into Services: which address and port is whose.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use rustc_hash::FxHashMap;

use super::Role;
use crate::Str;
use crate::cluster::{Cluster, IngressPoint, ServiceId};
use crate::identity::draw;
use crate::packet::Protocol;

/// A way into one port of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceDoor {
    /// The Service.
    pub service: ServiceId,
    /// Which of its ports.
    pub port: usize,
    /// Which way.
    pub via: Via,
}

/// Which way into a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// `spec.clusterIPs`.
    ClusterIp,
    /// `spec.externalIPs`.
    ExternalIp,
    /// `status.loadBalancer.ingress[nth]`.
    LoadBalancer {
        /// Which one.
        nth: usize,
    },
    /// The node port, on an address of a node.
    NodePort,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Doors {
    by_address: FxHashMap<IpAddr, (ServiceId, Role)>,
    by_socket: FxHashMap<(SocketAddr, Protocol), ServiceDoor>,
    by_node_port: FxHashMap<(u16, Protocol), ServiceDoor>,
    by_name: FxHashMap<Str, IpAddr>,
}

impl Doors {
    pub(super) fn of(cluster: &Cluster) -> Self {
        let mut doors = Self::default();
        for (id, service) in cluster.services.iter() {
            let mut open = |address: IpAddr, role: Role, via: Via| {
                doors.by_address.entry(address).or_insert((id, role));
                for (port, spec) in service.ports.iter().enumerate() {
                    let socket = SocketAddr::new(address, spec.port.get());
                    let door = ServiceDoor {
                        service: id,
                        port,
                        via,
                    };
                    doors
                        .by_socket
                        .entry((socket, spec.protocol))
                        .or_insert(door);
                }
            };
            for address in service.cluster_ips() {
                open(*address, Role::ClusterIp, Via::ClusterIp);
            }
            for address in &service.external_ips {
                open(*address, Role::ExternalIp, Via::ExternalIp);
            }
            for (nth, ingress) in service.load_balancer.ingress.iter().enumerate() {
                match &ingress.point {
                    IngressPoint::Ip(address) => open(
                        *address,
                        Role::LoadBalancer { nth },
                        Via::LoadBalancer { nth },
                    ),
                    // Added when all real addresses are known.
                    IngressPoint::Hostname(_) => {}
                }
            }
            for (port, spec) in service.ports.iter().enumerate() {
                if let Some(node_port) = spec.node_port {
                    let door = ServiceDoor {
                        service: id,
                        port,
                        via: Via::NodePort,
                    };
                    doors
                        .by_node_port
                        .entry((node_port.get(), spec.protocol))
                        .or_insert(door);
                }
            }
        }
        doors.add_named_load_balancers(cluster);
        doors
    }

    // A load balancer with a name has an address that only the world's DNS knows: one is assumed, from the range that is
    // reserved for benchmarks (RFC 2544), by the name alone.
    fn add_named_load_balancers(&mut self, cluster: &Cluster) {
        for (id, service) in cluster.services.iter() {
            for (nth, ingress) in service.load_balancer.ingress.iter().enumerate() {
                let IngressPoint::Hostname(name) = &ingress.point else {
                    continue;
                };
                let Some(address) = self.address_named(folded(name)) else {
                    continue;
                };
                self.by_address
                    .entry(address)
                    .or_insert((id, Role::LoadBalancer { nth }));
                for (port, spec) in service.ports.iter().enumerate() {
                    let socket = SocketAddr::new(address, spec.port.get());
                    let door = ServiceDoor {
                        service: id,
                        port,
                        via: Via::LoadBalancer { nth },
                    };
                    let key = (socket, spec.protocol);
                    self.by_socket.entry(key).or_insert(door);
                }
            }
        }
    }

    // Services that name the same load balancer share it.
    fn address_named(&mut self, name: Str) -> Option<IpAddr> {
        if let Some(address) = self.by_name.get(&name) {
            return Some(*address);
        }
        let drawn = draw(&["LoadBalancer", &name]);
        let address = (0..u64::from(u16::MAX))
            .map(|attempt| benchmark_address(drawn.wrapping_add(attempt)))
            .find(|address| !self.by_address.contains_key(address))?;
        self.by_name.insert(name, address);
        Some(address)
    }

    pub(super) fn role_of(&self, address: IpAddr) -> Option<(ServiceId, Role)> {
        self.by_address.get(&address).copied()
    }

    pub(super) fn find(
        &self,
        destination: SocketAddr,
        protocol: Protocol,
        is_node_address: bool,
    ) -> Option<ServiceDoor> {
        let socket = self.by_socket.get(&(destination, protocol)).copied();
        socket.or_else(|| {
            let key = (destination.port(), protocol);
            is_node_address
                .then(|| self.by_node_port.get(&key).copied())
                .flatten()
        })
    }

    pub(super) fn load_balancer_named(&self, host: &str) -> Option<IpAddr> {
        self.by_name.get(&folded(host)).copied()
    }
}

// In 198.18.0.0/15.
fn benchmark_address(drawn: u64) -> IpAddr {
    let host = (drawn % 0x2_0000) as u32;
    IpAddr::from(Ipv4Addr::from_bits(
        Ipv4Addr::new(198, 18, 0, 0).to_bits() + host,
    ))
}

fn folded(name: &str) -> Str {
    Str::from(name.trim_end_matches('.').to_ascii_lowercase())
}

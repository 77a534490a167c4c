//! Places and links: who has which address, and where a node sends a packet.
//!
//! The Kubernetes network model on a routed Pod network: every Pod hangs on its node, every node reaches every node and
//! every Pod without translation, and what is neither goes by the default route. Service addresses are on no link: a packet
//! to one that no rule captured is lost there. What the CNI adds (source NAT on the way out, `hostPort`) is in here too, as
//! assumptions; what kube-proxy adds is not.
//!
//! NetworkPolicy is not modelled; it would belong here, and judge between [`Network::route`]'s decision and
//! the delivery.

mod services;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use crate::api::core::ObjectReference;
use crate::cluster::{AddressType, Cluster, Node, NodeId, Pod, PodId, ServiceId};
use crate::controllers::load_balancer::{self, BackendState};
use crate::packet::{Family, Header, Protocol, parse_ip_sloppy};

use services::Doors;
pub use services::{ServiceDoor, Via};

/// TEST-NET-2 of RFC 5737.
const DOCUMENTATION_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 0);
/// In the range of RFC 3849.
const DOCUMENTATION_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0xffff, 0, 0, 0, 0, 0);

/// Who has which address.
#[derive(Debug, Clone, Default)]
pub struct Network {
    owners: FxHashMap<IpAddr, Owner>,
    // Pods in their node's network namespace.
    host_pods: FxHashMap<NodeId, Vec<PodId>>,
    host_ports: FxHashMap<(NodeId, Protocol, u16), HostPort>,
    pod_ranges: Vec<(IpNet, Option<NodeId>)>,
    service_ranges: Vec<IpNet>,
    doors: Doors,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    Pod(PodId),
    Node(NodeId),
    Endpoint(Option<NodeId>),
}

/// A port of a node that the CNI's portmap plugin forwards to a Pod.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HostPort {
    /// The Pod.
    pub pod: PodId,
    /// Its port.
    pub port: u16,
}

/// Who has an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A Pod with a network namespace of its own.
    Pod(PodId),
    /// A node, and with it the Pods in its network namespace.
    Node(NodeId),
    /// Something in the Pod network that only an EndpointSlice knows, on the node that the slice names.
    Endpoint(Option<NodeId>),
    /// Nobody, but it is in a Pod range: of this node, if it is known which.
    VacantPodAddress(Option<NodeId>),
    /// A Service, in one of its roles.
    Service(ServiceId, Role),
    /// Nobody, but it is in the range of ClusterIPs.
    VacantServiceAddress,
    /// Loopback: whoever asks.
    Loopback,
    /// The world.
    Outside,
}

/// In which role an address belongs to a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// `spec.clusterIPs`.
    ClusterIp,
    /// `spec.externalIPs`: somebody routes it to the nodes.
    ExternalIp,
    /// `status.loadBalancer.ingress[nth]`: the load balancer has it.
    LoadBalancer {
        /// Which one.
        nth: usize,
    },
}

/// Where a node sends a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hop {
    /// Up its own stack.
    Local,
    /// To a Pod here.
    Pod(PodId),
    /// To something here that only an EndpointSlice knows.
    Endpoint,
    /// To a Pod address of its own range that nobody has.
    Vacant,
    /// To another node.
    Node(NodeId),
    /// By the default route.
    Default,
}

impl Network {
    /// The network of a cluster.
    pub fn of(cluster: &Cluster) -> Self {
        let mut network = Self {
            service_ranges: cluster.environment.network.service_cidrs.clone(),
            doors: Doors::of(cluster),
            ..Self::default()
        };
        for (id, node) in cluster.nodes.iter() {
            for address in addresses_of(node) {
                network.owners.entry(address).or_insert(Owner::Node(id));
            }
            let ranges = node.pod_cidrs.iter().map(|range| (*range, Some(id)));
            network.pod_ranges.extend(ranges);
        }
        let ranges = &cluster.environment.network.pod_cidrs;
        network
            .pod_ranges
            .extend(ranges.iter().map(|range| (*range, None)));
        network.add_pods(cluster);
        network.add_endpoints(cluster);
        network
    }

    fn add_pods(&mut self, cluster: &Cluster) {
        for (id, pod) in cluster.pods.iter() {
            if pod.is_terminal() {
                // Its address is free again; the status goes on showing it.
                continue;
            }
            if pod.spec.host_network {
                if let Some(node) = pod.node() {
                    self.host_pods.entry(node).or_default().push(id);
                }
                continue;
            }
            for address in &pod.ips {
                self.owners.entry(*address).or_insert(Owner::Pod(id));
            }
            let Some(node) = pod.node() else { continue };
            for port in pod.spec.ports() {
                if let Some(host_port) = port.host_port {
                    self.host_ports
                        .entry((node, port.protocol, host_port))
                        .or_insert(HostPort {
                            pod: id,
                            port: port.port,
                        });
                }
            }
        }
    }

    // Slices of a dump without its Pods, or written by hand.
    fn add_endpoints(&mut self, cluster: &Cluster) {
        let nodes: FxHashMap<&str, NodeId> = cluster
            .nodes
            .iter()
            .map(|(id, node)| (node.meta.name.as_str(), id))
            .collect();
        for slice in cluster.slices.values() {
            if slice.address_type == AddressType::Fqdn {
                continue;
            }
            for endpoint in &slice.endpoints {
                let address = endpoint
                    .addresses
                    .first()
                    .and_then(|text| parse_ip_sloppy(text));
                let Some(address) = address else { continue };
                let node = endpoint
                    .node_name
                    .as_ref()
                    .and_then(|name| nodes.get(name.as_str()).copied());
                let is_pod = |target: &ObjectReference| target.kind == "Pod";
                // Without node and Pod, an address outside of the Pod ranges is somewhere outside of the cluster.
                if node.is_some()
                    || endpoint.target.as_ref().is_some_and(is_pod)
                    || self.pod_range(address).is_some()
                {
                    let owner = self.owners.entry(address).or_insert(Owner::Endpoint(node));
                    if *owner == Owner::Endpoint(None) {
                        *owner = Owner::Endpoint(node);
                    }
                }
            }
        }
    }

    /// Who has this address.
    pub fn whose(&self, address: IpAddr) -> Whose {
        if address.is_loopback() {
            return Whose::Loopback;
        }
        match self.owners.get(&address) {
            Some(Owner::Pod(pod)) => return Whose::Pod(*pod),
            Some(Owner::Node(node)) => return Whose::Node(*node),
            Some(Owner::Endpoint(node)) => return Whose::Endpoint(*node),
            None => {}
        }
        if let Some((service, role)) = self.doors.role_of(address) {
            return Whose::Service(service, role);
        }
        if let Some(node) = self.pod_range(address) {
            return Whose::VacantPodAddress(node);
        }
        if self
            .service_ranges
            .iter()
            .any(|range| range.contains(&address))
        {
            return Whose::VacantServiceAddress;
        }
        Whose::Outside
    }

    /// Where this node sends a packet to an address.
    pub fn route(&self, cluster: &Cluster, node: NodeId, to: IpAddr) -> Hop {
        let on = |owner: Option<NodeId>, here: Hop| match owner {
            Some(owner) if owner == node => here,
            Some(owner) => Hop::Node(owner),
            None => Hop::Default,
        };
        match self.whose(to) {
            Whose::Loopback => Hop::Local,
            Whose::Node(owner) => on(Some(owner), Hop::Local),
            Whose::Pod(pod) => on(cluster.pods[pod].node(), Hop::Pod(pod)),
            // Where a slice is silent about the node, the endpoint may as well be here.
            Whose::Endpoint(owner) => on(Some(owner.unwrap_or(node)), Hop::Endpoint),
            Whose::VacantPodAddress(owner) => on(owner, Hop::Vacant),
            Whose::Service(..) | Whose::VacantServiceAddress | Whose::Outside => Hop::Default,
        }
    }

    /// Whether an address is a Pod's, or of a range that Pods get theirs from.
    pub fn is_pod_address(&self, address: IpAddr) -> bool {
        match self.whose(address) {
            Whose::Pod(_) | Whose::Endpoint(_) | Whose::VacantPodAddress(_) => true,
            Whose::Node(_)
            | Whose::Service(..)
            | Whose::VacantServiceAddress
            | Whose::Loopback
            | Whose::Outside => false,
        }
    }

    /// The Pod that portmap forwards this packet to, on this node.
    pub fn host_port(&self, node: NodeId, header: &Header) -> Option<HostPort> {
        let (protocol, port) = header.dials()?;
        let key = (node, protocol, port);
        self.host_ports.get(&key).copied()
    }

    /// The host-network Pod of this node that declares the port.
    pub fn host_pod(
        &self,
        cluster: &Cluster,
        node: NodeId,
        dialled: Option<(Protocol, u16)>,
    ) -> Option<PodId> {
        let pods = self.host_pods.get(&node)?;
        pods.iter()
            .copied()
            .find(|pod| declares(&cluster.pods[*pod], dialled))
    }

    /// The way into a Service that a packet's destination is.
    pub fn door(&self, header: &Header) -> Option<ServiceDoor> {
        let is_node_address = matches!(
            self.whose(header.destination),
            Whose::Node(_) | Whose::Loopback
        );
        self.doors
            .find(header.to().socket()?, header.protocol()?, is_node_address)
    }

    /// The address of the load balancer of this name: assumed, since only the world's DNS has it.
    pub fn load_balancer_named(&self, host: &str) -> Option<IpAddr> {
        self.doors.load_balancer_named(host)
    }

    /// An address for a client somewhere outside, when nobody says which: from the ranges that are kept for documentation
    /// (RFC 5737, RFC 3849), the first that nobody has.
    pub fn example_client(&self, family: Family) -> IpAddr {
        self.first_free(family, 7)
    }

    /// The same for a server outside, whose name only the world's DNS knows.
    pub fn example_outside(&self, family: Family) -> IpAddr {
        self.first_free(family, 199)
    }

    /// Whether an address is one of those that stand for somebody outside of whom nobody says more.
    pub fn is_example(&self, address: IpAddr) -> bool {
        let family = Family::of(address);
        address == self.example_client(family) || address == self.example_outside(family)
    }

    // Load balancers draw theirs from the same ranges.
    fn first_free(&self, family: Family, first: u32) -> IpAddr {
        let nth = |nth: u32| match family {
            Family::V4 => IpAddr::from(Ipv4Addr::from_bits(DOCUMENTATION_V4.to_bits() + nth)),
            Family::V6 => IpAddr::from(Ipv6Addr::from_bits(
                DOCUMENTATION_V6.to_bits() + u128::from(nth),
            )),
        };
        (first..first + 1024)
            .map(nth)
            .find(|address| self.whose(*address) == Whose::Outside)
            .unwrap_or_else(|| nth(first))
    }

    // `Some(None)`: in the cluster's range, of no known node.
    fn pod_range(&self, address: IpAddr) -> Option<Option<NodeId>> {
        let within = |(range, _): &&(IpNet, Option<NodeId>)| range.contains(&address);
        self.pod_ranges.iter().find(within).map(|(_, node)| *node)
    }
}

/// The nodes that a Service's load balancer sends packets to.
pub fn load_balancer_nodes(cluster: &Cluster, service: ServiceId) -> Vec<NodeId> {
    load_balancer::backends(cluster, service)
        .into_iter()
        .filter(|backend| backend.state == BackendState::Serving)
        .map(|backend| backend.node)
        .collect()
}

/// Whether a container of the Pod declares the port; nobody declares that it answers what has none.
pub fn declares(pod: &Pod, dialled: Option<(Protocol, u16)>) -> bool {
    pod.spec
        .ports()
        .any(|declared| Some((declared.protocol, declared.port)) == dialled)
}

/// The node's address that its packets carry, also those that it masquerades.
pub fn source_address(node: &Node, family: Family) -> Option<IpAddr> {
    node.primary_address(family).or_else(|| {
        let mut addresses = node.local_addresses.iter().flatten().copied();
        addresses.find(|address| Family::of(*address) == family && !address.is_loopback())
    })
}

fn addresses_of(node: &Node) -> impl Iterator<Item = IpAddr> {
    let stated = node.addresses.iter().map(|address| address.address);
    let local = node.local_addresses.iter().flatten().copied();
    stated.chain(local).filter(|address| !address.is_loopback())
}

//! What kube-proxy makes on a node: `syncProxyRules`, as a full sync would.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;

use super::rules;
use super::ruleset::{RealServer, Ruleset, Scheduler, ServerKey, VirtualServer};
use super::sets::{Filling, Which};
use crate::cluster::{Cluster, ProxyMode, ProxySettings, SessionAffinity, TrafficPolicy};
use crate::order::Order;
use crate::packet::{Family, Protocol};
use crate::proxy::endpoints::is_local;
use crate::proxy::ipset::Entry;
use crate::proxy::{
    Categorized, EndpointId, NodeView, OpenOn, Proxied, ServicePortId, ServicePortInfo, categorize,
    open_on,
};

/// Makes the servers, sets and rules of one address family for a node.
///
/// Service ports come in the order of [`Proxied::ports`]; kube-proxy's own order is random, which shows only where two
/// Services claim one address and port: each of its syncs leaves the last one's endpoints.
pub fn write(cluster: &Cluster, proxied: &Proxied, node: &NodeView) -> Ruleset {
    let settings = &cluster.environment.proxy;
    let family = proxied.family;
    let own_addresses: Vec<IpAddr> = (node.local_addresses.iter().copied())
        .filter(|address| Family::of(*address) == family && counts_as_own(*address))
        .collect();
    let node_port_addresses =
        match open_on(&settings.node_port_addresses, ProxyMode::Ipvs, family, node) {
            OpenOn::All => own_addresses.clone(),
            OpenOn::Addresses(addresses) => (addresses.into_iter())
                .filter(|address| !address.is_loopback())
                .collect(),
        };
    let mut writer = Writer {
        cluster,
        proxied,
        node,
        settings,
        own_addresses,
        node_port_addresses,
        servers: BTreeMap::new(),
        sets: Filling::of(family),
        device: BTreeMap::new(),
        closed_to_node: Vec::new(),
    };
    for (id, port) in proxied.ports.iter() {
        writer.service_port(id, port);
    }
    let Writer {
        servers,
        mut sets,
        device,
        closed_to_node,
        ..
    } = writer;
    for (address, port) in &device {
        sets.add(Which::Device, Entry::Ip(*address), *port);
    }
    let sets = sets.done();
    let tables = rules::write(&sets, family, settings, &closed_to_node);
    let mut host = node.host();
    host.local_addresses.extend(device.keys());
    host.local_addresses.order();
    host.local_addresses.dedup();
    Ruleset {
        family,
        servers,
        sets: sets.0,
        device,
        tables,
        host,
    }
}

// Source: `netlink_linux.go`, `isValidForSet`.
fn counts_as_own(address: IpAddr) -> bool {
    let link_local = match address {
        IpAddr::V4(_) => false,
        IpAddr::V6(address) => address.is_unicast_link_local(),
    };
    !address.is_loopback() && !link_local
}

/// An address and port of a load balancer that processes of the node may not use: none of its ranges has the node.
pub(super) struct ClosedToNode {
    pub(super) address: IpAddr,
    pub(super) protocol: Protocol,
    pub(super) port: NonZeroU16,
    pub(super) cause: ServicePortId,
}

struct Writer<'a> {
    cluster: &'a Cluster,
    proxied: &'a Proxied,
    node: &'a NodeView,
    settings: &'a ProxySettings,
    /// The node's addresses, apart from those of the device.
    own_addresses: Vec<IpAddr>,
    /// Where node ports are open.
    node_port_addresses: Vec<IpAddr>,
    servers: BTreeMap<ServerKey, VirtualServer>,
    sets: Filling,
    device: BTreeMap<IpAddr, ServicePortId>,
    closed_to_node: Vec<ClosedToNode>,
}

impl Writer<'_> {
    fn service_port(&mut self, id: ServicePortId, port: &ServicePortInfo) {
        self.loop_back(id, port);
        let endpoints = categorize(self.cluster, self.proxied, port, self.node);
        let protocol = port.protocol;
        let at = |address: IpAddr| Entry::IpPort(address, protocol, port.port.get());

        self.sets.add(Which::ClusterIp, at(port.cluster_ip), id);
        self.device.entry(port.cluster_ip).or_insert(id);
        let internal = chosen(&endpoints, port.internal_policy);
        self.server(id, port, port.cluster_ip, port.port, internal);

        let external = chosen(&endpoints, port.external_policy);
        let is_local = port.external_policy == TrafficPolicy::Local;
        for address in &port.external_ips {
            let set = if is_local {
                Which::ExternalIpLocal
            } else {
                Which::ExternalIp
            };
            self.sets.add(set, at(*address), id);
            self.bind(id, *address);
            self.server(id, port, *address, port.port, external);
        }
        for address in &port.load_balancer_vips {
            self.sets.add(Which::LoadBalancer, at(*address), id);
            if is_local {
                self.sets.add(Which::LoadBalancerLocal, at(*address), id);
            }
            self.source_ranges(id, port, *address);
            self.bind(id, *address);
            self.server(id, port, *address, port.port, external);
        }
        if let Some(number) = port.node_port {
            // Without an address there is no server, and kube-proxy leaves out what comes after, too.
            if self.node_port_addresses.is_empty() {
                return;
            }
            self.node_port_sets(id, protocol, number, is_local);
            for address in self.node_port_addresses.clone() {
                self.server(id, port, address, number, external);
            }
        }
        if let Some(number) = port.health_check_node_port {
            let entry = Entry::Port(number.get());
            self.sets.add(Which::HealthCheckNodePort, entry, id);
        }
    }

    /// Endpoints of this node, ready or not: one that calls itself is masqueraded.
    fn loop_back(&mut self, id: ServicePortId, port: &ServicePortInfo) {
        for (endpoint, written) in
            super::super::categorize::known(self.cluster, self.proxied, port, self.node)
        {
            if is_local(written, &self.node.name) {
                let address = self.proxied.endpoints[endpoint].address;
                let (ip, number) = (address.ip(), address.port());
                let entry = Entry::IpPortIp(ip, port.protocol, number, ip);
                self.sets.add(Which::LoopBack, entry, id);
            }
        }
    }

    /// KUBE-LOAD-BALANCER-FW and who is let through. A range of all addresses is no restriction, and no set could hold it
    /// (kubernetes/kubernetes#132722).
    fn source_ranges(&mut self, id: ServicePortId, port: &ServicePortInfo, address: IpAddr) {
        let ranges = &port.source_ranges;
        if ranges.is_empty() || ranges.iter().any(|range| range.prefix_len() == 0) {
            return;
        }
        let (protocol, number) = (port.protocol, port.port.get());
        let entry = Entry::IpPort(address, protocol, number);
        self.sets.add(Which::LoadBalancerFirewall, entry, id);
        for range in ranges {
            let entry = Entry::IpPortNet(address, protocol, number, *range);
            self.sets.add(Which::SourceCidr, entry, id);
        }
        let node = self.node.node_ip(self.proxied.family);
        if ranges.iter().any(|range| range.contains(&node)) {
            // The address is on the device: a process of the node calls it from the address itself.
            let entry = Entry::IpPortIp(address, protocol, number, address);
            self.sets.add(Which::SourceIp, entry, id);
        } else {
            self.closed_to_node.push(ClosedToNode {
                address,
                protocol,
                port: port.port,
                cause: id,
            });
        }
    }

    fn node_port_sets(
        &mut self,
        id: ServicePortId,
        protocol: Protocol,
        number: NonZeroU16,
        is_local: bool,
    ) {
        let (all, local) = match protocol {
            Protocol::Tcp => (Which::NodePortTcp, Which::NodePortLocalTcp),
            Protocol::Udp => (Which::NodePortUdp, Which::NodePortLocalUdp),
            Protocol::Sctp => (Which::NodePortSctp, Which::NodePortLocalSctp),
        };
        let entries: Vec<Entry> = match protocol {
            Protocol::Tcp | Protocol::Udp => vec![Entry::Port(number.get())],
            // A bitmap of ports knows no SCTP.
            Protocol::Sctp => (self.node_port_addresses.iter())
                .map(|address| Entry::IpPort(*address, protocol, number.get()))
                .collect(),
        };
        for entry in entries {
            self.sets.add(all, entry, id);
            if is_local {
                self.sets.add(local, entry, id);
            }
        }
    }

    // An address that the node has anyway stays where it is.
    fn bind(&mut self, id: ServicePortId, address: IpAddr) {
        if !self.own_addresses.contains(&address) {
            self.device.entry(address).or_insert(id);
        }
    }

    fn server(
        &mut self,
        id: ServicePortId,
        port: &ServicePortInfo,
        address: IpAddr,
        number: NonZeroU16,
        endpoints: &[EndpointId],
    ) {
        let mut real_servers: Vec<RealServer> = endpoints
            .iter()
            .map(|endpoint| RealServer {
                address: self.proxied.endpoints[*endpoint].address,
                weight: 1,
                endpoint: *endpoint,
            })
            .collect();
        real_servers.order_by_key(|server| server.address);
        let server = VirtualServer {
            protocol: port.protocol,
            address: SocketAddr::new(address, number.get()),
            scheduler: Scheduler::named(&self.settings.ipvs_scheduler),
            persistence: match port.session_affinity {
                SessionAffinity::ClientIp { timeout } => Some(timeout),
                SessionAffinity::None => None,
            },
            real_servers,
            port: id,
        };
        let key = (port.protocol, address, number.get());
        self.servers.insert(key, server);
    }
}

/// The endpoints of a policy. Under policy Local without an endpoint here: the cluster set, so that Pods of the node still
/// find one. What comes from outside is then sent on with its own source address, and the reply goes astray.
///
/// Source: `syncEndpoint`, and kubernetes/kubernetes#97081.
fn chosen(endpoints: &Categorized, policy: TrafficPolicy) -> &[EndpointId] {
    match policy {
        TrafficPolicy::Local if !endpoints.local().is_empty() => endpoints.local(),
        TrafficPolicy::Local | TrafficPolicy::Cluster => endpoints.cluster(),
    }
}

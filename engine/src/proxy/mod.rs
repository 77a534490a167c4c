//! kube-proxy on one node: from Services and EndpointSlices to the rules it would write, and a packet's walk through them.
//!
//! [`proxied`] is what all nodes have in common, computed once per address family: service ports and their endpoints.
//! A [`NodeView`] is what one node adds; [`categorize()`] joins the two. "Local" exists only in here: everything before
//! is about the whole cluster. A ruleset is typed; it is rendered twice (as kube-proxy writes it, as the kernel lists it)
//! and interpreted.

pub mod ipset;
pub mod iptables;
pub mod ipvs;
pub mod nftables;
pub mod packet;

mod base32;
mod categorize;
mod endpoints;
mod health;
mod listing;
mod met;
mod node;
mod node_ports;
mod services;
mod state;
#[cfg(test)]
pub(crate) mod tests;
mod used;

pub use categorize::{Categorized, Preference, categorize};
pub use endpoints::{EndpointId, EndpointInfo};
pub use health::{HealthCheck, health};
pub use listing::{Line, Listing, RuleAt};
pub use met::{Met, met};
pub use node::NodeView;
pub use node_ports::{OpenOn, open_on};
pub use packet::{
    Branch, Conntrack, Effect, Fate, Hook, Host, Interface, RejectWith, Share, Skb, Visit,
};
pub use services::{ServicePortId, ServicePortInfo, ServicePortName};
pub use state::{Seconds, State};
pub use used::{Used, used};

use std::net::IpAddr;
use std::ops::Range;

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::cluster::{Cluster, ProxyMode, ServiceId};
use crate::order::Order;
use crate::packet::{Family, Header};

/// Everything that kube-proxy proxies in one address family, whichever node it runs on.
#[derive(Debug, Clone)]
pub struct Proxied {
    /// The address family.
    pub family: Family,
    /// Service ports, those of a Service side by side: by namespace, Service, name and protocol. kube-proxy itself
    /// walks a map, in no order.
    pub ports: Arena<ServicePortInfo>,
    /// Endpoints of all ports; those of a port side by side, in the order of the text of address and port.
    pub endpoints: Arena<EndpointInfo>,
    by_service: FxHashMap<ServiceId, Range<u32>>,
}

impl Proxied {
    /// How many endpoints there are, each counted once per service port even if several slices have it.
    pub fn distinct_endpoints(&self) -> usize {
        let of_port = |port: &ServicePortInfo| {
            let addresses = || {
                port.endpoints
                    .clone()
                    .map(|number| self.endpoints[EndpointId::from_number(number)].address)
            };
            let repeated = addresses()
                .zip(addresses().skip(1))
                .filter(|(one, next)| one == next);
            port.endpoints.len() - repeated.count()
        };
        self.ports.values().map(of_port).sum()
    }

    /// The ports of a Service; none if kube-proxy does not handle it.
    pub fn ports_of(
        &self,
        service: ServiceId,
    ) -> impl Iterator<Item = (ServicePortId, &ServicePortInfo)> {
        let numbers = self.by_service.get(&service).cloned().unwrap_or_default();
        numbers.map(|number| {
            let id = ServicePortId::from_number(number);
            (id, &self.ports[id])
        })
    }

    /// The endpoints of a service port, in the order of the text of address and port.
    pub fn endpoints_of(
        &self,
        port: &ServicePortInfo,
    ) -> impl Iterator<Item = (EndpointId, &EndpointInfo)> {
        port.endpoints.clone().map(|number| {
            let id = EndpointId::from_number(number);
            (id, &self.endpoints[id])
        })
    }

    /// The service port of this name and port name, `""` if unnamed.
    pub fn port_named(
        &self,
        service: ServiceId,
        port_name: &str,
    ) -> Option<(ServicePortId, &ServicePortInfo)> {
        self.ports_of(service)
            .find(|(_, port)| port.port_name == port_name)
    }
}

/// Finds what kube-proxy proxies in an address family: once per cluster, shared by all nodes. Linear but for sorting.
pub fn proxied(cluster: &Cluster, family: Family) -> Proxied {
    let mut ports: Vec<ServicePortInfo> = cluster
        .services
        .iter()
        .flat_map(|(id, service)| services::ports_of(id, service, family))
        .collect();
    let key = |port: &ServicePortInfo| {
        let meta = &cluster.services[port.service].meta;
        (
            meta.namespace.clone(),
            meta.name.clone(),
            port.port_name.clone(),
            port.protocol,
        )
    };
    // Two ports of one name and protocol cannot be admitted; in stored state the last counts, as in kube-proxy's map.
    ports.reverse();
    ports.order_by_cached_key(key);
    ports.dedup_by_key(|port| key(port));

    let mut ports: Arena<ServicePortInfo> = ports.into_iter().collect();
    let endpoints = endpoints::collect(cluster, family, &mut ports);
    let mut by_service: FxHashMap<ServiceId, Range<u32>> = FxHashMap::default();
    for (id, port) in ports.iter() {
        by_service
            .entry(port.service)
            .or_insert(id.number()..id.number())
            .end = id.number() + 1;
    }
    Proxied {
        family,
        ports,
        endpoints,
        by_service,
    }
}

/// What kube-proxy keeps in the kernel of one node, for one address family.
#[derive(Debug, Clone)]
pub enum Ruleset {
    /// Mode iptables.
    Iptables(iptables::Ruleset),
    /// Mode nftables.
    Nftables(nftables::Ruleset),
    /// Mode ipvs.
    Ipvs(ipvs::Ruleset),
}

impl Ruleset {
    /// As kube-proxy gives it to the kernel: for `iptables-restore --noflush`, `nft -f`; for a shell in mode ipvs.
    pub fn written(&self) -> String {
        match self {
            Self::Iptables(ruleset) => iptables::written(ruleset),
            Self::Nftables(ruleset) => ruleset.transaction(),
            Self::Ipvs(ruleset) => ipvs::written(ruleset),
        }
    }

    /// As the node's own tools list it: `iptables-save`, `nft list table`, `ipvsadm -Sn`.
    pub fn listed(&self) -> String {
        match self {
            Self::Iptables(ruleset) => iptables::listed(ruleset),
            Self::Nftables(ruleset) => ruleset.listing(),
            Self::Ipvs(ruleset) => ipvs::listed(ruleset),
        }
    }

    /// Whether kube-proxy has given the node this address, on a device of its own.
    pub fn binds(&self, address: IpAddr) -> bool {
        match self {
            Self::Iptables(_) | Self::Nftables(_) => false,
            Self::Ipvs(ruleset) => ruleset.device.contains_key(&address),
        }
    }

    /// Whether a virtual server waits for the packet.
    pub fn has_server(&self, header: &Header) -> bool {
        match self {
            Self::Iptables(_) | Self::Nftables(_) => false,
            Self::Ipvs(ruleset) => ruleset.server(header).is_some(),
        }
    }
}

/// Writes a node's rules in a mode, with the settings of the cluster's environment.
pub fn ruleset(cluster: &Cluster, proxied: &Proxied, node: &NodeView, mode: ProxyMode) -> Ruleset {
    match mode {
        ProxyMode::Iptables => Ruleset::Iptables(iptables::write(cluster, proxied, node)),
        ProxyMode::Nftables => Ruleset::Nftables(nftables::write(cluster, proxied, node)),
        ProxyMode::Ipvs => Ruleset::Ipvs(ipvs::write(cluster, proxied, node)),
    }
}

/// Takes a packet through a hook of a node at a time, given what earlier packets left behind. The shares of the branches
/// sum to one. The state is not changed: [`State::apply`] does that with the effects of the branch that was taken.
pub fn walk(
    ruleset: &Ruleset,
    state: &State,
    hook: Hook,
    packet: &Skb,
    host: &Host,
    at: Seconds,
) -> Vec<Branch> {
    match ruleset {
        Ruleset::Iptables(ruleset) => iptables::walk(ruleset, state, hook, packet, host, at),
        Ruleset::Nftables(ruleset) => nftables::walk(ruleset, state, hook, packet, host, at),
        // Its ruleset knows the node: it gives it addresses.
        Ruleset::Ipvs(ruleset) => ipvs::walk(ruleset, state, hook, packet, at),
    }
}

//! What kube-proxy keeps on a node in this mode, as values.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use crate::Str;
use crate::packet::{Family, Header, Protocol};
use crate::proxy::ipset::IpSet;
use crate::proxy::{EndpointId, Host, ServicePortId, iptables};

/// Everything that kube-proxy keeps on one node, for one address family.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// IPv4 or IPv6.
    pub family: Family,
    /// Virtual servers.
    pub servers: BTreeMap<ServerKey, VirtualServer>,
    /// The sets, in the order in which kube-proxy makes them.
    pub sets: Vec<Arc<IpSet>>,
    /// Addresses on `kube-ipvs0`, each with the service port that it was first needed for.
    pub device: BTreeMap<IpAddr, ServicePortId>,
    /// The iptables rules.
    pub tables: iptables::Ruleset,
    /// What rules can ask of the node: its own addresses and those of the device.
    pub(super) host: Host,
}

impl Ruleset {
    /// What rules can ask of the node: with the addresses of the device, which are its own as well.
    pub fn host(&self) -> &Host {
        &self.host
    }

    /// The virtual server that a packet is for.
    pub fn server(&self, header: &Header) -> Option<&VirtualServer> {
        let (protocol, port) = header.dials()?;
        self.servers.get(&(protocol, header.destination, port))
    }
}

/// Protocol, address, port: the order in which `ipvsadm` sorts.
pub type ServerKey = (Protocol, IpAddr, u16);

/// A virtual server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VirtualServer {
    /// Protocol.
    pub protocol: Protocol,
    /// Address and port that packets are for.
    pub address: SocketAddr,
    /// How it chooses.
    pub scheduler: Scheduler,
    /// `-p`: for so many seconds a client goes where it went before.
    pub persistence: Option<u32>,
    /// Where packets are sent on to, by address and port.
    pub real_servers: Vec<RealServer>,
    /// What it is there for.
    pub port: ServicePortId,
}

/// A real server: an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RealServer {
    /// Address and port.
    pub address: SocketAddr,
    /// 1. An endpoint that is going away has 0, which is not modelled.
    pub weight: u32,
    /// The endpoint.
    pub endpoint: EndpointId,
}

/// How IPVS chooses among real servers of equal weight.
///
/// Source: the kernel's `ip_vs_*.c`, one a scheduler; kube-proxy's names, `pkg/proxy/apis/config/validation`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheduler(Str);

impl Scheduler {
    /// What kube-proxy uses if nothing is configured: `rr`.
    pub const DEFAULT: &str = "rr";

    /// The scheduler of this name; `rr` for none.
    pub fn named(name: &str) -> Self {
        Self(if name.is_empty() {
            Str::new_static(Self::DEFAULT)
        } else {
            name.into()
        })
    }

    /// As `ipvsadm -s` takes it.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Whether it takes the real servers in turn: of many connections each gets the same share.
    pub fn takes_turns(&self) -> bool {
        matches!(self.name(), "rr" | "wrr")
    }
}

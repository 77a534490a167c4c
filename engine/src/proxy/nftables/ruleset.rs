//! What a table of nftables is made of, as far as kube-proxy uses it. Values, not text.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use rustc_hash::FxHashMap;

use crate::Str;
use crate::packet::{Family, Protocol};
use crate::proxy::{EndpointId, Hook, ServicePortId};

/// The table `kube-proxy` of one family on one node.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// `ip` or `ip6`.
    pub family: Family,
    /// Chains: the fixed ones, then those of service ports and endpoints, by service port.
    pub chains: Vec<Chain>,
    /// Set `cluster-ips`: every ClusterIP that is in use.
    pub cluster_ips: BTreeSet<IpAddr>,
    /// Set `nodeport-ips`; `None`: node ports are open on every local address, and there is no such set.
    pub node_port_ips: Option<BTreeSet<IpAddr>>,
    /// Sets `affinity-…`, one an endpoint of a service port with ClientIP affinity.
    pub affinity_sets: Vec<AffinitySet>,
    /// Map `service-ips`: ClusterIPs, external IPs and load balancer addresses.
    pub service_ips: BTreeMap<AddressKey, Element>,
    /// Map `service-nodeports`.
    pub service_node_ports: BTreeMap<PortKey, Element>,
    /// Map `no-endpoint-services`.
    pub no_endpoint_services: BTreeMap<AddressKey, Element>,
    /// Map `no-endpoint-nodeports`.
    pub no_endpoint_node_ports: BTreeMap<PortKey, Element>,
    /// Map `firewall-ips`.
    pub firewall_ips: BTreeMap<AddressKey, Element>,
    pub(super) by_name: FxHashMap<Str, usize>,
}

impl Ruleset {
    /// The chain of this name.
    pub fn chain(&self, name: &str) -> Option<&Chain> {
        self.by_name.get(name).map(|&number| &self.chains[number])
    }
}

/// Destination address, protocol, destination port.
pub type AddressKey = (IpAddr, Protocol, u16);
/// Protocol, destination port.
pub type PortKey = (Protocol, u16);

/// A chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Name.
    pub name: Str,
    /// Where packets enter it by themselves; `None`: only by jumps.
    pub base: Option<BaseChain>,
    /// Comment of the chain itself.
    pub comment: Option<&'static str>,
    /// The service port that it was written for.
    pub port: Option<ServicePortId>,
    /// The endpoint that it was written for.
    pub endpoint: Option<EndpointId>,
    /// Rules, in order.
    pub rules: Vec<Rule>,
}

/// What makes a chain a base chain. Its policy is accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BaseChain {
    /// `filter` or `nat`.
    pub kind: ChainKind,
    /// Hook.
    pub hook: Hook,
    /// Lower runs earlier; -100 is where destinations are rewritten.
    pub priority: i32,
}

/// `type` of a base chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainKind {
    /// Sees every packet.
    Filter,
    /// Sees the first packet of a connection.
    Nat,
}

/// A rule: if all matches hold, the statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// In the order in which they are written.
    pub matches: Vec<Match>,
    /// What to do.
    pub statement: Statement,
    /// Comment.
    pub comment: Option<&'static str>,
}

/// What a rule asks of a packet.
#[derive(Debug, Clone, PartialEq)]
pub enum Match {
    /// `ct state new`
    New,
    /// `ip daddr ADDRESS`
    Destination(IpAddr),
    /// `ip daddr { RANGE,RANGE }`
    DestinationIn(Vec<IpNet>),
    /// `ip daddr @SET`
    DestinationInSet(Set),
    /// `ip daddr != 127.0.0.0/8`
    DestinationNotLoopback,
    /// `fib daddr type local`
    DestinationLocal,
    /// `ip saddr ADDRESS`
    Source(IpAddr),
    /// `ip saddr RANGE`
    SourceIn(IpNet),
    /// `ip saddr != RANGE`
    SourceNotIn(IpNet),
    /// `ip saddr != { RANGE , RANGE , ADDRESS }`
    SourceNotInAny {
        /// Ranges.
        ranges: Vec<IpNet>,
        /// Single addresses behind them.
        addresses: Vec<IpAddr>,
    },
    /// `fib saddr type local`
    SourceLocal,
    /// `ip saddr @affinity-…`: the client is remembered there.
    SourceRemembered {
        /// Name of the set.
        set: Str,
        /// Its timeout, seconds.
        timeout: u32,
    },
    /// `meta l4proto PROTOCOL`
    Protocol(Protocol),
    /// `mark and BITS == 0`
    Unmarked(u32),
}

/// The fixed sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Set {
    /// `cluster-ips`
    ClusterIps,
    /// `nodeport-ips`
    NodePortIps,
}

/// What a rule does.
#[derive(Debug, Clone, PartialEq)]
pub enum Statement {
    /// `jump CHAIN`
    Jump(Str),
    /// `goto CHAIN`
    Goto(Str),
    /// `return`
    Return,
    /// `drop`
    Drop,
    /// `reject`
    Reject,
    /// `mark set mark or BITS`
    MarkOr(u32),
    /// `mark set mark xor BITS`
    MarkXor(u32),
    /// `masquerade fully-random`
    Masquerade,
    /// `… vmap @MAP`
    Look(Map),
    /// `numgen random mod N vmap { 0 : goto CHAIN , … }`
    Spread(Vec<Str>),
    /// `update @affinity-… { ip saddr }`
    Remember(Str),
    /// `dnat to ADDRESS:PORT`
    Dnat(SocketAddr),
}

/// The verdict maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Map {
    /// `service-ips`
    ServiceIps,
    /// `service-nodeports`
    ServiceNodePorts,
    /// `no-endpoint-services`
    NoEndpointServices,
    /// `no-endpoint-nodeports`
    NoEndpointNodePorts,
    /// `firewall-ips`
    FirewallIps,
}

/// An element of a verdict map.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// What becomes of the packet.
    pub verdict: Verdict,
    /// Comment.
    pub comment: Option<Str>,
    /// The service port that it was written for.
    pub port: ServicePortId,
}

/// The value of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// `goto CHAIN`
    Goto(Str),
    /// `drop`
    Drop,
}

/// A set that remembers clients of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffinitySet {
    /// Name.
    pub name: Str,
    /// Seconds.
    pub timeout: u32,
}

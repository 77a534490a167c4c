//! The settings that packets depend on, as the cluster's own components would have them.
//!
//! `apiserver::environment` reads them from KubeProxyConfiguration, ClusterConfiguration, kind's Cluster, ServiceCIDR,
//! CoreDNS's Corefile; what none of them says is the default here.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use crate::Str;

/// All settings.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Address ranges and names of the cluster.
    pub network: NetworkSettings,
    /// kube-proxy.
    pub proxy: ProxySettings,
    /// CoreDNS.
    pub dns: DnsSettings,
    /// kubelet, as far as DNS goes.
    pub kubelet: KubeletSettings,
    /// Addresses on the interfaces of nodes, where `status.addresses` is not all of them.
    pub node_local_addresses: BTreeMap<Str, Vec<IpAddr>>,
    /// EndpointSlice controller: `--max-endpoints-per-slice`.
    pub max_endpoints_per_slice: EndpointsPerSlice,
    /// What no configuration kind can say.
    pub options: Options,
}

/// A count of endpoints; 100 unless said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EndpointsPerSlice(pub u32);

impl Default for EndpointsPerSlice {
    fn default() -> Self {
        Self(100)
    }
}

/// kubeadm's `networking`, and the API server's ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NetworkSettings {
    /// Pod ranges, one a family.
    pub pod_cidrs: Vec<IpNet>,
    /// Ranges that ClusterIPs are drawn from; the first is the primary family.
    pub service_cidrs: Vec<IpNet>,
    /// First and last node port.
    pub node_port_range: (u16, u16),
    /// `cluster.local`.
    pub dns_domain: Str,
}

impl Default for NetworkSettings {
    fn default() -> Self {
        Self {
            pod_cidrs: vec![cidr([10, 244, 0, 0], 16)],
            service_cidrs: vec![cidr([10, 96, 0, 0], 12)],
            node_port_range: (30000, 32767),
            dns_domain: "cluster.local".into(),
        }
    }
}

fn cidr(address: [u8; 4], length: u8) -> IpNet {
    IpNet::new_assert(IpAddr::from(address), length)
}

/// KubeProxyConfiguration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxySettings {
    /// `mode`.
    pub mode: ProxyMode,
    /// `clusterCIDR` with `detectLocalMode: ClusterCIDR`; empty: kube-proxy cannot tell Pods from others.
    pub detect_local: Vec<IpNet>,
    /// The service ranges that kube-proxy knows (nftables drops unallocated addresses in them).
    pub service_cidrs: Vec<IpNet>,
    /// `iptables.masqueradeAll`, `nftables.masqueradeAll`.
    pub masquerade_all: bool,
    /// `iptables.masqueradeBit`; the mark is 1 << bit.
    pub masquerade_bit: u8,
    /// `iptables.localhostNodePorts`.
    pub localhost_node_ports: bool,
    /// `nodePortAddresses`.
    pub node_port_addresses: NodePortAddresses,
    /// `ipvs.scheduler`.
    pub ipvs_scheduler: Str,
    /// `ipvs.strictARP`.
    pub ipvs_strict_arp: bool,
    /// `conntrack.tcpBeLiberal`.
    pub conntrack_tcp_be_liberal: bool,
    /// Whether the host has nfacct counters.
    pub nfacct: bool,
    /// Whether the host's iptables has `--random-fully`.
    pub random_fully: bool,
}

impl Default for ProxySettings {
    fn default() -> Self {
        let network = NetworkSettings::default();
        Self {
            mode: ProxyMode::Iptables,
            detect_local: network.pod_cidrs,
            service_cidrs: network.service_cidrs,
            masquerade_all: false,
            masquerade_bit: 14,
            localhost_node_ports: true,
            node_port_addresses: NodePortAddresses::Default,
            ipvs_scheduler: "rr".into(),
            ipvs_strict_arp: false,
            conntrack_tcp_be_liberal: false,
            nfacct: false,
            random_fully: true,
        }
    }
}

/// kube-proxy's `mode`.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the values of the configuration")]
pub enum ProxyMode {
    #[default]
    Iptables,
    Nftables,
    Ipvs,
}

impl ProxyMode {
    /// All, in the order in which kube-proxy got them.
    pub const ALL: [Self; 3] = [Self::Iptables, Self::Nftables, Self::Ipvs];

    /// As the configuration writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Iptables => "iptables",
            Self::Nftables => "nftables",
            Self::Ipvs => "ipvs",
        }
    }
}

/// `nodePortAddresses`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NodePortAddresses {
    /// Every local address in iptables and ipvs, the primary address in nftables.
    #[default]
    Default,
    /// `["primary"]`.
    Primary,
    /// Local addresses in one of these ranges.
    Ranges(Vec<IpNet>),
}

/// CoreDNS's `kubernetes` plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DnsSettings {
    /// The zone; the cluster's domain.
    pub zone: Str,
    /// `pods`.
    pub pods: PodRecords,
    /// `ttl`, seconds.
    pub ttl: u32,
    /// `endpoint_pod_names`.
    pub endpoint_pod_names: bool,
    /// `ignore empty_service`.
    pub ignore_empty_service: bool,
    /// Reverse zones that it answers for; empty: all of `in-addr.arpa` and `ip6.arpa`.
    pub reverse_zones: Vec<Str>,
}

impl Default for DnsSettings {
    fn default() -> Self {
        Self {
            zone: "cluster.local".into(),
            pods: PodRecords::Insecure,
            ttl: 30,
            endpoint_pod_names: false,
            ignore_empty_service: false,
            reverse_zones: Vec::new(),
        }
    }
}

/// The plugin's `pods` option.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum PodRecords {
    /// No Pod records: the plugin's own default.
    #[default]
    Disabled,
    /// Answered without a check: the Corefile of kubeadm.
    Insecure,
    /// Only for Pods that exist.
    Verified,
}

/// kubelet's `clusterDNS`, `clusterDomain` and the node's own resolv.conf.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KubeletSettings {
    /// Address of the cluster's DNS Service.
    pub cluster_dns: Vec<IpAddr>,
    /// `cluster.local`.
    pub cluster_domain: Str,
    /// The node's resolv.conf.
    pub host: ResolvConf,
}

impl Default for KubeletSettings {
    fn default() -> Self {
        Self {
            cluster_dns: vec![IpAddr::from([10, 96, 0, 10])],
            cluster_domain: "cluster.local".into(),
            host: ResolvConf::default(),
        }
    }
}

/// A resolv.conf.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolvConf {
    /// `nameserver` lines.
    pub nameservers: Vec<Str>,
    /// The `search` line.
    pub searches: Vec<Str>,
    /// The `options` line.
    pub options: Vec<Str>,
}

/// What no configuration kind can say. In a scenario's front matter, the link and the CLI's flags.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Options {
    /// Is there a controller for LoadBalancer Services?
    pub load_balancer: LoadBalancerProvider,
    /// Does the CNI source-NAT Pod traffic that leaves the Pod and node ranges?
    pub egress: Egress,
    /// The node that outside traffic to a node port enters by; unset: any, as alternatives.
    pub entry_node: Option<Str>,
}

/// Who serves LoadBalancer Services.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum LoadBalancerProvider {
    /// A cloud: an address is assigned, packets arrive at nodes with it.
    #[default]
    Cloud,
    /// A cloud whose load balancer ends connections or rewrites the destination to the node (`ipMode: Proxy`).
    CloudProxy,
    /// Nobody: the address stays pending.
    None,
}

/// What the CNI does with Pod traffic that leaves the cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Egress {
    /// Source-NATed to the node's address.
    #[default]
    Masquerade,
    /// Left as it is: replies find no way back unless Pod addresses are routed outside.
    Routed,
}

//! The iptables rules: few, and the same for any number of Services. Those that ask for a set are mostly left out while it
//! is empty.
//!
//! Source: `writeIptablesRules`, `acceptIPVSTraffic`, `iptablesJumpChain`, `ipsetWithIptablesChain`.

use super::sets::{Sets, Which};
use super::write::ClosedToNode;
use crate::cluster::ProxySettings;
use crate::packet::{Family, Protocol};
use crate::proxy::Hook;
use crate::proxy::ipset::Fields;
use crate::proxy::iptables::{
    AddressSide, Addresses, Cause, ChainId, ChainKind, ConntrackState, Jump, Match, NAT_JUMPS,
    Rule, Ruleset, Table, TableName, Target, accept_forwarded, declare_built_in, ensure_jumps,
    jump, loopback, masquerade, pod_range,
};

const SERVICES: &str = "KUBE-SERVICES";
const POSTROUTING: &str = "KUBE-POSTROUTING";
const NODE_PORT: &str = "KUBE-NODE-PORT";
const LOAD_BALANCER: &str = "KUBE-LOAD-BALANCER";
const MARK_MASQ: &str = "KUBE-MARK-MASQ";
const FORWARD: &str = "KUBE-FORWARD";
const PROXY_FIREWALL: &str = "KUBE-PROXY-FIREWALL";
const SOURCE_RANGES_FIREWALL: &str = "KUBE-SOURCE-RANGES-FIREWALL";
const IPVS_FILTER: &str = "KUBE-IPVS-FILTER";
const IPVS_OUT_FILTER: &str = "KUBE-IPVS-OUT-FILTER";

const ACCESS_FILTER: &str = "kubernetes ipvs access filter";
const FIREWALL: &str = "kube-proxy firewall rules";

const FILTER_JUMPS: [Jump; 6] = [
    jump(Hook::Forward, FORWARD, false, "kubernetes forwarding rules"),
    jump(
        Hook::Input,
        NODE_PORT,
        false,
        "kubernetes health check rules",
    ),
    jump(Hook::Input, PROXY_FIREWALL, false, FIREWALL),
    jump(Hook::Forward, PROXY_FIREWALL, false, FIREWALL),
    jump(Hook::Input, IPVS_FILTER, false, ACCESS_FILTER),
    jump(Hook::Output, IPVS_OUT_FILTER, false, ACCESS_FILTER),
];

/// Writes the rules around these sets.
pub(super) fn write(
    sets: &Sets,
    family: Family,
    settings: &ProxySettings,
    closed_to_node: &[ClosedToNode],
) -> Ruleset {
    let mut nat = Table::new(TableName::Nat);
    let mut filter = Table::new(TableName::Filter);
    declare_built_in(&mut nat);
    declare_built_in(&mut filter);
    let mut writer = Writer {
        sets,
        nat_chains: NatChains::declare(&mut nat),
        filter_chains: FilterChains::declare(&mut filter),
        nat,
        filter,
    };
    let source = Rule::for_(Cause::Proxy).from(loopback(family));
    // So that node ports on localhost are left alone.
    let services = writer.nat_chains.services;
    writer.nat.append(services, source.then(Target::Return));
    writer.by_set();
    writer.cluster_ips(settings, family);
    writer.external_ips();
    writer.node_ports();
    writer.load_balancers(closed_to_node);
    writer.accept_service_traffic();
    let (chains, forward) = (writer.nat_chains, writer.filter_chains.forward);
    accept_forwarded(&mut writer.filter, forward, settings);
    writer.health_checks();
    writer.access_filter();
    masquerade(
        &mut writer.nat,
        chains.postrouting,
        chains.mark_masq,
        settings,
    );
    let Writer {
        mut nat,
        mut filter,
        ..
    } = writer;
    ensure_jumps(&mut nat, &NAT_JUMPS);
    ensure_jumps(&mut filter, &FILTER_JUMPS);
    Ruleset {
        family,
        filter,
        nat,
    }
}

struct Writer<'a> {
    sets: &'a Sets,
    nat: Table,
    filter: Table,
    nat_chains: NatChains,
    filter_chains: FilterChains,
}

#[derive(Clone, Copy)]
struct NatChains {
    services: ChainId,
    postrouting: ChainId,
    node_port: ChainId,
    load_balancer: ChainId,
    mark_masq: ChainId,
}

impl NatChains {
    fn declare(table: &mut Table) -> Self {
        let mut chain = |name| table.declare(name, ChainKind::Restored, Cause::Proxy);
        Self {
            services: chain(SERVICES),
            postrouting: chain(POSTROUTING),
            node_port: chain(NODE_PORT),
            load_balancer: chain(LOAD_BALANCER),
            mark_masq: chain(MARK_MASQ),
        }
    }
}

#[derive(Clone, Copy)]
struct FilterChains {
    forward: ChainId,
    node_port: ChainId,
    proxy_firewall: ChainId,
    source_ranges: ChainId,
    ipvs_filter: ChainId,
    ipvs_out_filter: ChainId,
}

impl FilterChains {
    fn declare(table: &mut Table) -> Self {
        let mut chain = |name| table.declare(name, ChainKind::Restored, Cause::Proxy);
        Self {
            forward: chain(FORWARD),
            node_port: chain(NODE_PORT),
            proxy_firewall: chain(PROXY_FIREWALL),
            source_ranges: chain(SOURCE_RANGES_FIREWALL),
            ipvs_filter: chain(IPVS_FILTER),
            ipvs_out_filter: chain(IPVS_OUT_FILTER),
        }
    }
}

impl Writer<'_> {
    /// A rule that asks for a set, with the set's comment; `None` while it is empty.
    fn asking(&self, which: Which, fields: Fields) -> Option<Rule> {
        let set = self.sets.filled(which)?;
        let rule = Rule::for_(Cause::Proxy).comment(set.comment);
        Some(rule.when_in(set, fields))
    }

    /// Rules that only ask for a set, and what they do.
    fn by_set(&mut self) {
        let (nat, filter) = (self.nat_chains, self.filter_chains);
        let masquerade = Target::Masquerade {
            random_fully: false,
        };
        let to_mark = Target::Jump(nat.mark_masq);
        let (dst, dst_dst, with_source) = (Fields::Dst, Fields::DstDst, Fields::DstDstSrc);
        // The set of policy Local stands before the one of all.
        let in_nat = [
            (
                Which::LoopBack,
                nat.postrouting,
                masquerade,
                with_source,
                None,
            ),
            (
                Which::LoadBalancer,
                nat.services,
                Target::Jump(nat.load_balancer),
                dst_dst,
                None,
            ),
            (
                Which::LoadBalancerLocal,
                nat.load_balancer,
                Target::Return,
                dst_dst,
                None,
            ),
            (
                Which::NodePortLocalTcp,
                nat.node_port,
                Target::Return,
                dst,
                Some(Protocol::Tcp),
            ),
            (
                Which::NodePortTcp,
                nat.node_port,
                to_mark,
                dst,
                Some(Protocol::Tcp),
            ),
            (
                Which::NodePortLocalUdp,
                nat.node_port,
                Target::Return,
                dst,
                Some(Protocol::Udp),
            ),
            (
                Which::NodePortUdp,
                nat.node_port,
                to_mark,
                dst,
                Some(Protocol::Udp),
            ),
            (
                Which::NodePortLocalSctp,
                nat.node_port,
                Target::Return,
                dst_dst,
                Some(Protocol::Sctp),
            ),
            (
                Which::NodePortSctp,
                nat.node_port,
                to_mark,
                dst_dst,
                Some(Protocol::Sctp),
            ),
        ];
        for (which, chain, target, fields, protocol) in in_nat {
            let Some(set) = self.sets.filled(which) else {
                continue;
            };
            let rule = Rule::for_(Cause::Proxy)
                .when_some(protocol.map(Match::ProtocolOnly))
                .comment(set.comment)
                .when_in(set, fields);
            self.nat.append(chain, rule.then(target));
        }
        let in_filter = [
            (
                Which::LoadBalancerFirewall,
                filter.proxy_firewall,
                Target::Jump(filter.source_ranges),
                dst_dst,
            ),
            (
                Which::SourceCidr,
                filter.source_ranges,
                Target::Return,
                with_source,
            ),
            (
                Which::SourceIp,
                filter.source_ranges,
                Target::Return,
                with_source,
            ),
        ];
        for (which, chain, target, fields) in in_filter {
            if let Some(rule) = self.asking(which, fields) {
                self.filter.append(chain, rule.then(target));
            }
        }
    }

    /// Who is masqueraded on the way to a ClusterIP.
    fn cluster_ips(&mut self, settings: &ProxySettings, family: Family) {
        let not_a_pod = pod_range(settings, family).map(|range| Match::Source {
            negated: true,
            addresses: Addresses::Range(range),
        });
        let (fields, source) = match (settings.masquerade_all, not_a_pod) {
            (true, _) => (Fields::DstDst, None),
            (false, Some(not_a_pod)) => (Fields::DstDst, Some(not_a_pod)),
            // A process of the node calls a ClusterIP from the ClusterIP itself: it is the node's own address.
            (false, None) => (Fields::SrcDst, None),
        };
        if let Some(rule) = self.asking(Which::ClusterIp, fields) {
            let rule = rule.when_some(source).jump(self.nat_chains.mark_masq);
            self.nat.append(self.nat_chains.services, rule);
        }
    }

    /// External IPs: masqueraded unless the policy is Local; then no other rule need look at the packet.
    fn external_ips(&mut self) {
        let services = self.nat_chains.services;
        for (which, is_masqueraded) in [(Which::ExternalIp, true), (Which::ExternalIpLocal, false)]
        {
            let Some(rule) = self.asking(which, Fields::DstDst) else {
                continue;
            };
            if is_masqueraded {
                let mark = rule.clone().jump(self.nat_chains.mark_masq);
                self.nat.append(services, mark);
            }
            let from_elsewhere = rule
                .clone()
                .when(Match::NotBridged)
                .when(Match::LocalAddress {
                    negated: true,
                    side: AddressSide::Source,
                });
            self.nat
                .append(services, from_elsewhere.then(Target::Accept));
            let to_here = rule.when(Match::LocalAddress {
                negated: false,
                side: AddressSide::Destination,
            });
            self.nat.append(services, to_here.then(Target::Accept));
        }
    }

    fn node_ports(&mut self) {
        let rule = Rule::for_(Cause::Proxy)
            .when(Match::LocalAddress {
                negated: false,
                side: AddressSide::Destination,
            })
            .jump(self.nat_chains.node_port);
        self.nat.append(self.nat_chains.services, rule);
    }

    fn load_balancers(&mut self, closed_to_node: &[ClosedToNode]) {
        let (nat, filter) = (self.nat_chains, self.filter_chains);
        let mark = Rule::for_(Cause::Proxy).jump(nat.mark_masq);
        self.nat.append(nat.load_balancer, mark);
        let drop = Rule::for_(Cause::Proxy).then(Target::Drop);
        self.filter.append(filter.source_ranges, drop);
        for closed in closed_to_node {
            let rule = Rule::for_(Cause::Service(closed.cause))
                .from(Addresses::One(closed.address))
                .when(Match::VirtualServer {
                    address: closed.address,
                    protocol: closed.protocol,
                    port: closed.port,
                })
                .then(Target::Drop);
            self.filter.append(filter.ipvs_out_filter, rule);
        }
    }

    /// Behind all others, so that nobody else's rules take what IPVS is to have.
    fn accept_service_traffic(&mut self) {
        for which in [Which::ClusterIp, Which::LoadBalancer] {
            if let Some(set) = self.sets.filled(which) {
                let rule = Rule::for_(Cause::Proxy).when_in(set, Fields::DstDst);
                self.nat
                    .append(self.nat_chains.services, rule.then(Target::Accept));
            }
        }
    }

    fn health_checks(&mut self) {
        let set = self.sets.get(Which::HealthCheckNodePort);
        let rule = Rule::for_(Cause::Proxy)
            .comment(set.comment)
            .when_in(set, Fields::Dst);
        self.filter
            .append(self.filter_chains.node_port, rule.then(Target::Accept));
    }

    /// Whatever comes to an address of the device and is for no Service would reach the node's own processes
    /// (kubernetes/kubernetes#72236).
    fn access_filter(&mut self) {
        let chain = self.filter_chains.ipvs_filter;
        for (which, fields) in [
            (Which::LoadBalancer, Fields::DstDst),
            (Which::ClusterIp, Fields::DstDst),
            (Which::ExternalIp, Fields::DstDst),
            (Which::ExternalIpLocal, Fields::DstDst),
            (Which::HealthCheckNodePort, Fields::Dst),
        ] {
            let rule = Rule::for_(Cause::Proxy).when_in(self.sets.get(which), fields);
            self.filter.append(chain, rule.then(Target::Return));
        }
        let rest = Rule::for_(Cause::Proxy)
            .when(Match::Conntrack {
                negated: false,
                states: &[ConntrackState::New],
            })
            .when_in(self.sets.get(Which::Device), Fields::Dst);
        self.filter.append(chain, rest.then(Target::Reject));
    }
}

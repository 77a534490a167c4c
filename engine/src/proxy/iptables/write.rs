//! What kube-proxy writes on a node: `syncProxyRules`, chain by chain and rule by rule, as a full sync would.

mod service;

use std::net::{IpAddr, Ipv6Addr};

use ipnet::IpNet;

use super::jumps::{self, localhost_node_ports};
use super::rule::{
    AddressSide, Addresses, Cause, ChainId, ChainKind, ConntrackState, Match, Rule, Ruleset, Table,
    TableName, Target,
};
use crate::cluster::{Cluster, ProxyMode, ProxySettings};
use crate::packet::Family;
use crate::proxy::{NodeView, OpenOn, Proxied, open_on};

/// With more endpoints than this, the comments of endpoint rules are left out: they are two fifths of all bytes.
const LARGE_CLUSTER_ENDPOINTS: usize = 1000;

/// Writes the rules of one address family for a node.
///
/// Service ports come in the order of [`Proxied::ports`]; kube-proxy's own order is random.
pub fn write(cluster: &Cluster, proxied: &Proxied, node: &NodeView) -> Ruleset {
    let settings = &cluster.environment.proxy;
    let mut filter = Table::new(TableName::Filter);
    let mut nat = Table::new(TableName::Nat);
    jumps::declare_built_in(&mut filter);
    jumps::declare_built_in(&mut nat);

    let localhost = localhost_node_ports(settings, proxied.family, node);
    let chains = declare_top_level(&mut filter, &mut nat, localhost);
    let mut writer = Writer {
        cluster,
        proxied,
        node,
        settings,
        // kube-proxy counts every endpoint that it knows, used or not.
        large_cluster: proxied.distinct_endpoints() > LARGE_CLUSTER_ENDPOINTS,
        localhost,
        chains,
        filter,
        nat,
    };
    let (postrouting, mark_masq) = (writer.chains.postrouting, writer.chains.mark_masq);
    masquerade(&mut writer.nat, postrouting, mark_masq, settings);
    if localhost {
        writer.localnet_guard();
    }
    for (id, port) in proxied.ports.iter() {
        writer.service_port(id, port);
    }
    writer.node_ports();
    writer.forwarding();

    let Writer {
        mut filter,
        mut nat,
        ..
    } = writer;
    jumps::ensure(&mut filter);
    jumps::ensure(&mut nat);
    filter.seal();
    nat.seal();
    Ruleset {
        family: proxied.family,
        filter,
        nat,
    }
}

/// What rules are written from, and the tables so far.
struct Writer<'a> {
    cluster: &'a Cluster,
    proxied: &'a Proxied,
    node: &'a NodeView,
    settings: &'a ProxySettings,
    large_cluster: bool,
    localhost: bool,
    chains: TopLevel,
    filter: Table,
    nat: Table,
}

/// The chains that are there without any Service.
struct TopLevel {
    filter_services: ChainId,
    external_services: ChainId,
    forward: ChainId,
    filter_node_ports: ChainId,
    proxy_firewall: ChainId,
    firewall: ChainId,
    services: ChainId,
    node_ports: ChainId,
    postrouting: ChainId,
    mark_masq: ChainId,
}

fn declare_top_level(filter: &mut Table, nat: &mut Table, localhost: bool) -> TopLevel {
    let restored = |table: &mut Table, name| table.declare(name, ChainKind::Restored, Cause::Proxy);
    TopLevel {
        filter_services: restored(filter, jumps::SERVICES),
        external_services: restored(filter, jumps::EXTERNAL_SERVICES),
        forward: restored(filter, jumps::FORWARD),
        filter_node_ports: restored(filter, jumps::NODE_PORTS),
        proxy_firewall: restored(filter, jumps::PROXY_FIREWALL),
        // Without localhost node ports there is nothing to guard against, and the chain is only there to be jumped to.
        firewall: if localhost {
            restored(filter, jumps::FIREWALL)
        } else {
            filter.declare(jumps::FIREWALL, ChainKind::Ensured, Cause::Proxy)
        },
        services: restored(nat, jumps::SERVICES),
        node_ports: restored(nat, jumps::NODE_PORTS),
        postrouting: restored(nat, jumps::POSTROUTING),
        mark_masq: restored(nat, jumps::MARK_MASQ),
    }
}

impl Writer<'_> {
    /// KUBE-FIREWALL: `route_localnet`, needed for node ports on localhost, would let neighbours reach 127.0.0.0/8.
    fn localnet_guard(&mut self) {
        let rule = Rule::for_(Cause::Proxy)
            .comment("block incoming localnet connections")
            .to(loopback(Family::V4))
            .when(Match::Source {
                negated: true,
                addresses: loopback(Family::V4),
            })
            .when(Match::Conntrack {
                negated: true,
                states: &[
                    ConntrackState::Related,
                    ConntrackState::Established,
                    ConntrackState::Dnat,
                ],
            })
            .then(Target::Drop);
        self.filter.append(self.chains.firewall, rule);
    }

    /// The end of KUBE-SERVICES: node ports, on the addresses where they are open.
    fn node_ports(&mut self) {
        let family = self.proxied.family;
        let rule = || {
            Rule::for_(Cause::Proxy).comment(
                "kubernetes service nodeports; NOTE: this must be the last rule in this chain",
            )
        };
        let configured = &self.settings.node_port_addresses;
        match open_on(configured, ProxyMode::Iptables, family, self.node) {
            OpenOn::All => {
                let closed = match family {
                    Family::V6 => true,
                    Family::V4 => !self.localhost,
                };
                let rule = rule()
                    .when(Match::LocalAddress {
                        negated: false,
                        side: AddressSide::Destination,
                    })
                    .when_some(closed.then(|| Match::Destination {
                        negated: true,
                        addresses: loopback(family),
                    }))
                    .jump(self.chains.node_ports);
                self.nat.append(self.chains.services, rule);
            }
            OpenOn::Addresses(addresses) => {
                for address in addresses {
                    // Refused with a message in kube-proxy's log.
                    if address.is_loopback() && !self.localhost {
                        continue;
                    }
                    let rule = rule()
                        .to(Addresses::One(address))
                        .jump(self.chains.node_ports);
                    self.nat.append(self.chains.services, rule);
                }
            }
        }
    }

    /// KUBE-FORWARD.
    fn forwarding(&mut self) {
        let forward = self.chains.forward;
        // A packet that conntrack cannot place would pass untranslated, and the Pod would reset the connection.
        if !self.settings.conntrack_tcp_be_liberal {
            let rule = Rule::for_(Cause::Proxy)
                .when(Match::Conntrack {
                    negated: false,
                    states: &[ConntrackState::Invalid],
                })
                .when_some(
                    self.settings
                        .nfacct
                        .then_some(Match::Account("ct_state_invalid_dropped_pkts")),
                )
                .then(Target::Drop);
            self.filter.append(forward, rule);
        }
        accept_forwarded(&mut self.filter, forward, self.settings);
    }
}

/// KUBE-POSTROUTING and KUBE-MARK-MASQ: whoever is marked gets this node's address.
pub(in crate::proxy) fn masquerade(
    nat: &mut Table,
    postrouting: ChainId,
    mark_masq: ChainId,
    settings: &ProxySettings,
) {
    let mark = mark(settings);
    let rule = || Rule::for_(Cause::Proxy);
    let unmarked = rule().when(Match::Mark {
        negated: true,
        bit: mark,
    });
    nat.append(postrouting, unmarked.then(Target::Return));
    // So that the packet is not masqueraded again if it passes the stack once more.
    nat.append(postrouting, rule().then(Target::FlipMark(mark)));
    let random_fully = settings.random_fully;
    let masquerade = rule()
        .comment("kubernetes service traffic requiring SNAT")
        .then(Target::Masquerade { random_fully });
    nat.append(postrouting, masquerade);
    nat.append(mark_masq, rule().then(Target::SetMark(mark)));
}

/// KUBE-FORWARD: marked traffic passes even if the policy of FORWARD is DROP, and so does what follows the first packet.
pub(in crate::proxy) fn accept_forwarded(
    filter: &mut Table,
    forward: ChainId,
    settings: &ProxySettings,
) {
    let marked = Rule::for_(Cause::Proxy)
        .comment("kubernetes forwarding rules")
        .when(Match::Mark {
            negated: false,
            bit: mark(settings),
        });
    filter.append(forward, marked.then(Target::Accept));
    let known = Rule::for_(Cause::Proxy)
        .comment("kubernetes forwarding conntrack rule")
        .when(Match::Conntrack {
            negated: false,
            states: &[ConntrackState::Related, ConntrackState::Established],
        });
    filter.append(forward, known.then(Target::Accept));
}

/// By which source addresses Pods are told from others: the first Pod range of the family.
pub(in crate::proxy) fn pod_range(settings: &ProxySettings, family: Family) -> Option<IpNet> {
    let mut ranges = settings.detect_local.iter();
    ranges
        .find(|range| Family::of(range.addr()) == family)
        .map(IpNet::trunc)
}

fn mark(settings: &ProxySettings) -> u32 {
    1 << (settings.masquerade_bit & 31)
}

pub(in crate::proxy) fn loopback(family: Family) -> Addresses {
    Addresses::Range(match family {
        Family::V4 => IpNet::new_assert(IpAddr::from([127, 0, 0, 0]), 8),
        Family::V6 => IpNet::new_assert(Ipv6Addr::LOCALHOST.into(), 128),
    })
}

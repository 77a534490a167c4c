//! How packets get into kube-proxy's chains: jumps from the built-in ones, ensured apart from the restore; and what the
//! kernel must be told besides.

use super::rule::{Cause, ChainId, ChainKind, ConntrackState, Match, Rule, Table, TableName};
use crate::cluster::{ProxyMode, ProxySettings};
use crate::packet::Family;
use crate::proxy::{Hook, NodeView, node_ports};

pub(super) const SERVICES: &str = "KUBE-SERVICES";
pub(super) const EXTERNAL_SERVICES: &str = "KUBE-EXTERNAL-SERVICES";
pub(super) const NODE_PORTS: &str = "KUBE-NODEPORTS";
pub(super) const POSTROUTING: &str = "KUBE-POSTROUTING";
pub(super) const MARK_MASQ: &str = "KUBE-MARK-MASQ";
pub(super) const FORWARD: &str = "KUBE-FORWARD";
pub(super) const PROXY_FIREWALL: &str = "KUBE-PROXY-FIREWALL";
pub(super) const FIREWALL: &str = "KUBE-FIREWALL";

/// A jump from a built-in chain.
pub(in crate::proxy) struct Jump {
    from: Hook,
    to: &'static str,
    only_new: bool,
    comment: &'static str,
}

pub(in crate::proxy) const fn jump(
    from: Hook,
    to: &'static str,
    only_new: bool,
    comment: &'static str,
) -> Jump {
    Jump {
        from,
        to,
        only_new,
        comment,
    }
}

const EXTERNAL_PORTALS: &str = "kubernetes externally-visible service portals";
const PORTALS: &str = "kubernetes service portals";
const LOAD_BALANCER_FIREWALL: &str = "kubernetes load balancer firewall";

// In the order in which they are ensured. Each is put in front of what is there, so the last stands first.
const FILTER: [Jump; 9] = [
    jump(Hook::Input, EXTERNAL_SERVICES, true, EXTERNAL_PORTALS),
    jump(Hook::Forward, EXTERNAL_SERVICES, true, EXTERNAL_PORTALS),
    jump(
        Hook::Input,
        NODE_PORTS,
        false,
        "kubernetes health check service ports",
    ),
    jump(Hook::Forward, SERVICES, true, PORTALS),
    jump(Hook::Output, SERVICES, true, PORTALS),
    jump(Hook::Forward, FORWARD, false, "kubernetes forwarding rules"),
    jump(Hook::Input, PROXY_FIREWALL, true, LOAD_BALANCER_FIREWALL),
    jump(Hook::Output, PROXY_FIREWALL, true, LOAD_BALANCER_FIREWALL),
    jump(Hook::Forward, PROXY_FIREWALL, true, LOAD_BALANCER_FIREWALL),
];

/// From the nat table: the same in iptables and in IPVS mode.
pub(in crate::proxy) const NAT_JUMPS: [Jump; 3] = [
    jump(Hook::Output, SERVICES, false, PORTALS),
    jump(Hook::Prerouting, SERVICES, false, PORTALS),
    jump(
        Hook::Postrouting,
        POSTROUTING,
        false,
        "kubernetes postrouting rules",
    ),
];

// kubelet makes this chain and its jumps as well, and is there first: they end up behind kube-proxy's.
const KUBELET: [Jump; 2] = [
    jump(Hook::Input, FIREWALL, false, ""),
    jump(Hook::Output, FIREWALL, false, ""),
];

/// The name of the built-in chain at a hook.
pub(super) fn built_in(hook: Hook) -> &'static str {
    match hook {
        Hook::Prerouting => "PREROUTING",
        Hook::Input => "INPUT",
        Hook::Forward => "FORWARD",
        Hook::Output => "OUTPUT",
        Hook::Postrouting => "POSTROUTING",
    }
}

/// Declares a table's built-in chains, in the order of `iptables -S`.
pub(in crate::proxy) fn declare_built_in(table: &mut Table) {
    let hooks: &[Hook] = match table.name {
        TableName::Filter => &[Hook::Input, Hook::Forward, Hook::Output],
        TableName::Nat => &[
            Hook::Prerouting,
            Hook::Input,
            Hook::Output,
            Hook::Postrouting,
        ],
    };
    for hook in hooks {
        table.declare(built_in(*hook), ChainKind::BuiltIn(*hook), Cause::Proxy);
    }
}

/// Puts the jumps into the built-in chains, in the order in which they end up there. All chains must be declared.
pub(super) fn ensure(table: &mut Table) {
    match table.name {
        TableName::Filter => {
            ensure_jumps(table, &FILTER);
            ensure_jumps(table, &KUBELET);
        }
        TableName::Nat => ensure_jumps(table, &NAT_JUMPS),
    }
}

/// Puts jumps into the built-in chains, in the order in which they end up there: the last that is ensured stands first.
pub(in crate::proxy) fn ensure_jumps(table: &mut Table, jumps: &[Jump]) {
    for jump in jumps.iter().rev() {
        let (Some(from), Some(to)) = (table.at(jump.from), table.chain(jump.to)) else {
            continue;
        };
        let rule = jump_rule(jump, to);
        table.chains[from].rules.push(rule);
    }
}

fn jump_rule(jump: &Jump, to: ChainId) -> Rule {
    let only_new = jump.only_new.then_some(Match::Conntrack {
        negated: false,
        states: &[ConntrackState::New],
    });
    let comment = (!jump.comment.is_empty()).then(|| Match::Comment(jump.comment.into()));
    Rule::for_(Cause::Proxy)
        .when_some(only_new)
        .when_some(comment)
        .jump(to)
}

/// A kernel setting that kube-proxy makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sysctl {
    /// As `sysctl` takes it.
    pub key: &'static str,
    /// Value.
    pub value: u32,
}

/// The kernel settings that kube-proxy makes for the rules of a family to work. That the node forwards packets at all is
/// up to its owner and the CNI.
pub fn sysctls(settings: &ProxySettings, family: Family, node: &NodeView) -> Vec<Sysctl> {
    let mut sysctls = Vec::new();
    if localhost_node_ports(settings, family, node) {
        sysctls.push(Sysctl {
            key: "net.ipv4.conf.all.route_localnet",
            value: 1,
        });
    }
    if settings.conntrack_tcp_be_liberal {
        sysctls.push(Sysctl {
            key: "net.netfilter.nf_conntrack_tcp_be_liberal",
            value: 1,
        });
    }
    sysctls
}

/// Whether node ports are open on 127.0.0.1: never in IPv6, and not if `nodePortAddresses` leaves loopback out.
pub(super) fn localhost_node_ports(
    settings: &ProxySettings,
    family: Family,
    node: &NodeView,
) -> bool {
    family == Family::V4
        && settings.localhost_node_ports
        && node_ports::contains_ipv4_loopback(
            &settings.node_port_addresses,
            ProxyMode::Iptables,
            node,
        )
}

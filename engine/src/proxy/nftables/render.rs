//! The table as text, as kube-proxy gives it to `nft -f`.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Write as _};

use super::ruleset::{
    AddressKey, BaseChain, Chain, ChainKind, Element, Map, Match, PortKey, Rule, Ruleset, Set,
    Statement, Verdict,
};
use crate::packet::Family;
use crate::proxy::Hook;

impl Ruleset {
    /// `ip kube-proxy`
    pub fn table(&self) -> &'static str {
        match self.family {
            Family::V4 => "ip kube-proxy",
            Family::V6 => "ip6 kube-proxy",
        }
    }

    /// A rule as it stands behind the name of its chain.
    pub fn rule_text(&self, rule: &Rule) -> String {
        let mut text = String::new();
        for part in &rule.matches {
            write!(text, "{} ", MatchText(self.ip(), part)).expect("a String takes all");
        }
        text.push_str(&self.statement_text(&rule.statement));
        if let Some(comment) = rule.comment {
            write!(text, " comment \"{comment}\"").expect("a String takes all");
        }
        text
    }

    /// Sets as in `nft add set`.
    pub fn set_texts(&self) -> Vec<String> {
        let address = self.address_type();
        let mut sets = vec![format!(
            "cluster-ips {{ type {address} ; comment \"Active ClusterIPs\" ; }}"
        )];
        if self.node_port_ips.is_some() {
            sets.push(format!(
                "nodeport-ips {{ type {address} ; comment \"IPs that accept NodePort traffic\" ; }}"
            ));
        }
        sets.extend(self.affinity_sets.iter().map(|set| {
            format!(
                "{} {{ type {address} ; flags dynamic,timeout ; timeout {}s ; }}",
                set.name, set.timeout
            )
        }));
        sets
    }

    /// Maps as in `nft add map`.
    pub fn map_texts(&self) -> Vec<String> {
        let text = |map: Map| {
            format!(
                "{} {{ {} ; comment \"{}\" ; }}",
                map.name(),
                self.map_type(map),
                map.comment()
            )
        };
        Map::ALL.into_iter().map(text).collect()
    }

    /// Elements of all sets and maps, one a string, as in `nft add element`.
    pub fn element_texts(&self) -> Vec<String> {
        let mut texts: Vec<String> = Vec::new();
        texts.extend(
            self.cluster_ips
                .iter()
                .map(|address| format!("cluster-ips {{ {address} }}")),
        );
        texts.extend(
            self.node_port_ips
                .iter()
                .flatten()
                .map(|address| format!("nodeport-ips {{ {address} }}")),
        );
        for (map, elements) in [
            (Map::FirewallIps, &self.firewall_ips),
            (Map::NoEndpointServices, &self.no_endpoint_services),
            (Map::ServiceIps, &self.service_ips),
        ] {
            texts.extend(address_elements(map, elements));
        }
        for (map, elements) in [
            (Map::NoEndpointNodePorts, &self.no_endpoint_node_ports),
            (Map::ServiceNodePorts, &self.service_node_ports),
        ] {
            texts.extend(port_elements(map, elements));
        }
        texts
    }

    /// Everything, as one transaction for `nft -f`.
    pub fn transaction(&self) -> String {
        let table = self.table();
        let mut text = format!("add table {table} {{ comment \"rules for kube-proxy\" ; }}\n");
        let mut line = |kind: &str, what: &str| {
            writeln!(text, "add {kind} {table} {what}").expect("a String takes all")
        };
        for chain in &self.chains {
            line("chain", &chain.declaration());
        }
        self.set_texts().iter().for_each(|set| line("set", set));
        self.map_texts().iter().for_each(|map| line("map", map));
        for chain in &self.chains {
            for rule in &chain.rules {
                line("rule", &format!("{} {}", chain.name, self.rule_text(rule)));
            }
        }
        self.element_texts()
            .iter()
            .for_each(|element| line("element", element));
        text
    }

    pub(super) fn match_text(&self, part: &Match) -> String {
        MatchText(self.ip(), part).to_string()
    }

    pub(super) fn statement_text(&self, statement: &Statement) -> String {
        StatementText(self.ip(), statement).to_string()
    }

    pub(super) fn map_type(&self, map: Map) -> String {
        match map {
            Map::ServiceNodePorts | Map::NoEndpointNodePorts => {
                "type inet_proto . inet_service : verdict".to_owned()
            }
            Map::ServiceIps | Map::NoEndpointServices | Map::FirewallIps => {
                format!(
                    "type {} . inet_proto . inet_service : verdict",
                    self.address_type()
                )
            }
        }
    }

    pub(super) fn ip(&self) -> Ip {
        Ip(self.family)
    }

    pub(super) fn address_type(&self) -> &'static str {
        match self.family {
            Family::V4 => "ipv4_addr",
            Family::V6 => "ipv6_addr",
        }
    }
}

impl Chain {
    /// `type nat hook prerouting priority -100`; `None` for chains that are only jumped to.
    pub fn hook_text(&self) -> Option<String> {
        let base = self.base?;
        Some(format!(
            "type {} hook {} priority {}",
            base.kind_name(),
            base.hook_name(),
            base.priority
        ))
    }

    fn declaration(&self) -> String {
        match (self.hook_text(), self.comment) {
            (Some(hook), _) => format!("{} {{ {hook} ; }}", self.name),
            (None, Some(comment)) => format!("{} {{ comment \"{comment}\" ; }}", self.name),
            (None, None) => self.name.to_string(),
        }
    }
}

impl BaseChain {
    pub(super) fn kind_name(self) -> &'static str {
        match self.kind {
            ChainKind::Filter => "filter",
            ChainKind::Nat => "nat",
        }
    }

    pub(super) fn hook_name(self) -> &'static str {
        match self.hook {
            Hook::Prerouting => "prerouting",
            Hook::Input => "input",
            Hook::Forward => "forward",
            Hook::Output => "output",
            Hook::Postrouting => "postrouting",
        }
    }
}

impl Element {
    /// The element behind its key: `KEY comment "…" : VERDICT`.
    pub(super) fn text(&self, key: &str) -> String {
        let comment = self
            .comment
            .as_ref()
            .map(|comment| format!(" comment \"{comment}\""))
            .unwrap_or_default();
        format!("{key}{comment} : {}", self.verdict)
    }
}

impl Map {
    /// In the order in which they are declared.
    pub(super) const ALL: [Self; 5] = [
        Self::FirewallIps,
        Self::NoEndpointNodePorts,
        Self::NoEndpointServices,
        Self::ServiceIps,
        Self::ServiceNodePorts,
    ];

    pub(super) fn comment(self) -> &'static str {
        match self {
            Self::FirewallIps => "destinations that are subject to LoadBalancerSourceRanges",
            Self::NoEndpointNodePorts => {
                "vmap to drop or reject packets to service nodeports with no endpoints"
            }
            Self::NoEndpointServices => {
                "vmap to drop or reject packets to services with no endpoints"
            }
            Self::ServiceIps => "ClusterIP, ExternalIP and LoadBalancer IP traffic",
            Self::ServiceNodePorts => "NodePort traffic",
        }
    }

    /// As rules name it, without the `@`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ServiceIps => "service-ips",
            Self::ServiceNodePorts => "service-nodeports",
            Self::NoEndpointServices => "no-endpoint-services",
            Self::NoEndpointNodePorts => "no-endpoint-nodeports",
            Self::FirewallIps => "firewall-ips",
        }
    }
}

impl Set {
    /// As rules name it, without the `@`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterIps => "cluster-ips",
            Self::NodePortIps => "nodeport-ips",
        }
    }
}

/// `ip` or `ip6`
#[derive(Clone, Copy)]
pub(super) struct Ip(Family);

impl Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Family::V4 => "ip",
            Family::V6 => "ip6",
        })
    }
}

struct MatchText<'a>(Ip, &'a Match);

impl Display for MatchText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(ip, part) = self;
        match part {
            Match::New => f.write_str("ct state new"),
            Match::Destination(address) => write!(f, "{ip} daddr {address}"),
            Match::DestinationIn(ranges) => write!(f, "{ip} daddr {{ {} }}", joined(ranges, ",")),
            Match::DestinationInSet(set) => write!(f, "{ip} daddr @{}", set.name()),
            Match::DestinationNotLoopback => match ip.0 {
                Family::V4 => f.write_str("ip daddr != 127.0.0.0/8"),
                Family::V6 => f.write_str("ip6 daddr != ::1"),
            },
            Match::DestinationLocal => f.write_str("fib daddr type local"),
            Match::Source(address) => write!(f, "{ip} saddr {address}"),
            Match::SourceIn(range) => write!(f, "{ip} saddr {range}"),
            Match::SourceNotIn(range) => write!(f, "{ip} saddr != {range}"),
            Match::SourceNotInAny { ranges, addresses } => {
                let all = ranges
                    .iter()
                    .map(ToString::to_string)
                    .chain(addresses.iter().map(ToString::to_string));
                write!(
                    f,
                    "{ip} saddr != {{ {} }}",
                    joined(&all.collect::<Vec<_>>(), " , ")
                )
            }
            Match::SourceLocal => f.write_str("fib saddr type local"),
            Match::SourceRemembered { set, .. } => write!(f, "{ip} saddr @{set}"),
            Match::Protocol(protocol) => write!(f, "meta l4proto {}", protocol.lower()),
            Match::Unmarked(bits) => write!(f, "mark and {bits:#x} == 0"),
        }
    }
}

struct StatementText<'a>(Ip, &'a Statement);

impl Display for StatementText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(ip, statement) = self;
        match statement {
            Statement::Jump(chain) => write!(f, "jump {chain}"),
            Statement::Goto(chain) => write!(f, "goto {chain}"),
            Statement::Return => f.write_str("return"),
            Statement::Drop => f.write_str("drop"),
            Statement::Reject => f.write_str("reject"),
            Statement::MarkOr(bits) => write!(f, "mark set mark or {bits:#x}"),
            Statement::MarkXor(bits) => write!(f, "mark set mark xor {bits:#x}"),
            Statement::Masquerade => f.write_str("masquerade fully-random"),
            Statement::Look(map @ (Map::ServiceNodePorts | Map::NoEndpointNodePorts)) => {
                write!(f, "meta l4proto . th dport vmap @{}", map.name())
            }
            Statement::Look(map) => write!(
                f,
                "{ip} daddr . meta l4proto . th dport vmap @{}",
                map.name()
            ),
            Statement::Spread(chains) => {
                let goto = chains
                    .iter()
                    .enumerate()
                    .map(|(number, chain)| format!("{number} : goto {chain}"));
                let elements = joined(&goto.collect::<Vec<_>>(), " , ");
                write!(
                    f,
                    "numgen random mod {} vmap {{ {elements} }}",
                    chains.len()
                )
            }
            Statement::Remember(set) => write!(f, "update @{set} {{ {ip} saddr }}"),
            Statement::Dnat(to) => write!(f, "dnat to {to}"),
        }
    }
}

impl Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Goto(chain) => write!(f, "goto {chain}"),
            Self::Drop => f.write_str("drop"),
        }
    }
}

fn address_elements(
    map: Map,
    elements: &BTreeMap<AddressKey, Element>,
) -> impl Iterator<Item = String> {
    elements
        .iter()
        .map(move |((address, protocol, port), element)| {
            format!(
                "{} {{ {} }}",
                map.name(),
                element.text(&format!("{address} . {} . {port}", protocol.lower()))
            )
        })
}

fn port_elements(map: Map, elements: &BTreeMap<PortKey, Element>) -> impl Iterator<Item = String> {
    elements.iter().map(move |((protocol, port), element)| {
        format!(
            "{} {{ {} }}",
            map.name(),
            element.text(&format!("{} . {port}", protocol.lower()))
        )
    })
}

fn joined<T: Display>(values: &[T], separator: &str) -> String {
    values
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(separator)
}

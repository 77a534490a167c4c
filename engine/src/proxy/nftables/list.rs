//! The table as text, as `nft list ruleset` shows it on a node (nft 1.0, a little-endian machine).
//!
//! The kernel keeps values, not the text that it was given: numbers are padded, sets of one element lose their braces,
//! ranges that touch become one, and elements come back sorted. What a person sees on a real node is this.

use std::fmt::Write as _;
use std::net::IpAddr;

use ipnet::{IpNet, IpSubnets, Ipv4Subnets, Ipv6Subnets};

use super::ruleset::{
    AddressKey, BaseChain, Chain, Element, Map, Match, PortKey, Rule, Ruleset, Statement,
};
use crate::order::Order;
use crate::packet::{Family, Protocol};
use crate::proxy::Hook;

impl Ruleset {
    /// Everything, as `nft list table` prints it.
    pub fn listing(&self) -> String {
        let mut blocks = self.listed_sets();
        blocks.extend(self.listed_maps());
        blocks.extend(self.chains.iter().map(|chain| self.listed_chain(chain)));
        let head = format!(
            "table {} {{\n\tcomment \"rules for kube-proxy\"\n",
            self.table()
        );
        format!("{head}{}}}\n", blocks.join("\n"))
    }

    /// A rule as it is listed.
    pub fn listed_rule(&self, rule: &Rule) -> String {
        let mut parts: Vec<String> = rule
            .matches
            .iter()
            .map(|part| self.listed_match(part))
            .collect();
        parts.push(self.listed_statement(&rule.statement));
        parts.extend(rule.comment.map(|comment| format!("comment \"{comment}\"")));
        parts.join(" ")
    }

    fn listed_sets(&self) -> Vec<String> {
        let type_ = format!("type {}", self.address_type());
        let addresses = |name, comment, addresses: &mut dyn Iterator<Item = &IpAddr>| {
            let elements: Vec<String> = addresses.map(ToString::to_string).collect();
            let head = vec![type_.clone(), format!("comment \"{comment}\"")];
            block("set", name, head, &rows(&elements, self.family))
        };
        let mut sets = vec![addresses(
            "cluster-ips",
            "Active ClusterIPs",
            &mut self.cluster_ips.iter(),
        )];
        if let Some(node_port_ips) = &self.node_port_ips {
            sets.push(addresses(
                "nodeport-ips",
                "IPs that accept NodePort traffic",
                &mut node_port_ips.iter(),
            ));
        }
        sets.extend(self.affinity_sets.iter().map(|set| {
            let timeout = format!("timeout {}", duration(set.timeout));
            // The kernel gives a size to sets that rules add to.
            let head = vec![
                type_.clone(),
                "size 65535".to_owned(),
                "flags dynamic,timeout".to_owned(),
                timeout,
            ];
            block("set", &set.name, head, "")
        }));
        sets
    }

    fn listed_maps(&self) -> Vec<String> {
        let listed = |map: Map| {
            let head = vec![self.map_type(map), format!("comment \"{}\"", map.comment())];
            block(
                "map",
                map.name(),
                head,
                &self.map_elements(map).join(",\n\t\t\t     "),
            )
        };
        Map::ALL.into_iter().map(listed).collect()
    }

    fn map_elements(&self, map: Map) -> Vec<String> {
        let mut elements: Vec<(Vec<u8>, String)> = match map {
            Map::ServiceNodePorts => by_port(&self.service_node_ports),
            Map::NoEndpointNodePorts => by_port(&self.no_endpoint_node_ports),
            Map::ServiceIps => by_address(&self.service_ips),
            Map::NoEndpointServices => by_address(&self.no_endpoint_services),
            Map::FirewallIps => by_address(&self.firewall_ips),
        };
        elements.order();
        elements.into_iter().map(|(_, text)| text).collect()
    }

    fn listed_chain(&self, chain: &Chain) -> String {
        let mut text = format!("\tchain {} {{\n", chain.name);
        let comment = chain
            .comment
            .map(|comment| format!("comment \"{comment}\""));
        let rules = chain.rules.iter().map(|rule| self.listed_rule(rule));
        for line in comment.into_iter().chain(chain.base.map(base)).chain(rules) {
            writeln!(text, "\t\t{line}").expect("a String takes all");
        }
        text.push_str("\t}\n");
        text
    }

    fn listed_match(&self, part: &Match) -> String {
        let ip = self.ip();
        match part {
            Match::DestinationIn(ranges) => format!("{ip} daddr {}", interval_set(ranges, &[])),
            Match::SourceNotInAny { ranges, addresses } => {
                format!("{ip} saddr != {}", interval_set(ranges, addresses))
            }
            Match::Unmarked(bits) => format!("meta mark & {bits:#010x} == 0x00000000"),
            other => self.match_text(other),
        }
    }

    fn listed_statement(&self, statement: &Statement) -> String {
        match statement {
            Statement::MarkOr(bits) => format!("meta mark set meta mark | {bits:#010x}"),
            Statement::MarkXor(bits) => format!("meta mark set meta mark ^ {bits:#010x}"),
            Statement::Spread(chains) => {
                let goto: Vec<String> = chains
                    .iter()
                    .enumerate()
                    .map(|(number, chain)| format!("{number} : goto {chain}"))
                    .collect();
                format!(
                    "numgen random mod {} vmap {{ {} }}",
                    chains.len(),
                    goto.join(", ")
                )
            }
            other => self.statement_text(other),
        }
    }
}

fn block(kind: &str, name: &str, head: Vec<String>, elements: &str) -> String {
    let mut text = format!("\t{kind} {name} {{\n");
    for line in head {
        writeln!(text, "\t\t{line}").expect("a String takes all");
    }
    if !elements.is_empty() {
        writeln!(text, "\t\telements = {{ {elements} }}").expect("a String takes all");
    }
    text.push_str("\t}\n");
    text
}

/// IPv4 addresses go two to a line.
fn rows(elements: &[String], family: Family) -> String {
    let to_a_line = match family {
        Family::V4 => 2,
        Family::V6 => 1,
    };
    let lines: Vec<String> = elements
        .chunks(to_a_line)
        .map(|line| line.join(", "))
        .collect();
    lines.join(",\n\t\t\t     ")
}

fn base(chain: BaseChain) -> String {
    format!(
        "type {} hook {} priority {}; policy accept;",
        chain.kind_name(),
        chain.hook_name(),
        priority(chain)
    )
}

/// nft knows names for some priorities: `dstnat` only at prerouting, `filter` and `srcnat` where they are usual.
fn priority(chain: BaseChain) -> String {
    let (name, standard) = match chain.hook {
        Hook::Prerouting => ("dstnat", -100),
        Hook::Postrouting => ("srcnat", 100),
        Hook::Input | Hook::Forward | Hook::Output => ("filter", 0),
    };
    match chain.priority - standard {
        0 => name.to_owned(),
        less @ -10..0 => format!("{name} - {}", -less),
        more @ 1..=10 => format!("{name} + {more}"),
        _ => chain.priority.to_string(),
    }
}

/// `3h1m40s`
fn duration(seconds: u32) -> String {
    let mut text = String::new();
    let mut rest = seconds;
    for (unit, size) in [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)] {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            write!(text, "{count}{unit}").expect("a String takes all");
        }
    }
    text
}

/// Ranges that overlap or touch are one; what is one range and no more loses its braces.
fn interval_set(ranges: &[IpNet], addresses: &[IpAddr]) -> String {
    let mut intervals: Vec<(u128, u128, IpAddr, IpAddr)> = ranges
        .iter()
        .map(|range| (range.network(), range.broadcast()))
        .chain(addresses.iter().map(|&address| (address, address)))
        .map(|(first, last)| (number(first), number(last), first, last))
        .collect();
    intervals.order();
    let mut merged: Vec<(u128, u128, IpAddr, IpAddr)> = Vec::new();
    for interval in intervals {
        match merged.last_mut() {
            Some(before) if interval.0 <= before.1.saturating_add(1) => {
                if interval.1 > before.1 {
                    (before.1, before.3) = (interval.1, interval.3);
                }
            }
            _ => merged.push(interval),
        }
    }
    let texts: Vec<String> = merged
        .iter()
        .map(|(.., first, last)| interval(*first, *last))
        .collect();
    match texts.as_slice() {
        [one] if !one.contains('-') => one.clone(),
        _ => format!("{{ {} }}", texts.join(", ")),
    }
}

fn interval(first: IpAddr, last: IpAddr) -> String {
    if first == last {
        return first.to_string();
    }
    let mut subnets = match (first, last) {
        (IpAddr::V4(first), IpAddr::V4(last)) => IpSubnets::V4(Ipv4Subnets::new(first, last, 0)),
        (IpAddr::V6(first), IpAddr::V6(last)) => IpSubnets::V6(Ipv6Subnets::new(first, last, 0)),
        _ => return format!("{first}-{last}"),
    };
    match (subnets.next(), subnets.next()) {
        (Some(one), None) => one.to_string(),
        _ => format!("{first}-{last}"),
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => address.into(),
    }
}

fn by_address<'a>(
    map: impl IntoIterator<Item = (&'a AddressKey, &'a Element)>,
) -> Vec<(Vec<u8>, String)> {
    let listed = |(key, element): (&AddressKey, &Element)| {
        let (address, protocol, port) = key;
        let mut order = port_order((*protocol, *port));
        match address {
            IpAddr::V4(address) => order.extend(address.octets().iter().rev()),
            IpAddr::V6(address) => order.extend(address.octets().iter().rev()),
        }
        (
            order,
            element.text(&format!("{address} . {} . {port}", protocol.lower())),
        )
    };
    map.into_iter().map(listed).collect()
}

fn by_port<'a>(
    map: impl IntoIterator<Item = (&'a PortKey, &'a Element)>,
) -> Vec<(Vec<u8>, String)> {
    let listed = |(key, element): (&PortKey, &Element)| {
        (
            port_order(*key),
            element.text(&format!("{} . {}", key.0.lower(), key.1)),
        )
    };
    map.into_iter().map(listed).collect()
}

/// nft compares concatenated keys as one little-endian number: from the last byte to the first.
fn port_order((protocol, port): PortKey) -> Vec<u8> {
    let number = match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Sctp => 132,
    };
    let [high, low] = port.to_be_bytes();
    vec![low, high, number]
}

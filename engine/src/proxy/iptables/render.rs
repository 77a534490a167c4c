//! Rules as text, twice: as kube-proxy writes them, and as the kernel's tools list them.
//!
//! What differs: the tools put addresses and protocol first and print them with a length, quote comments, print marks as
//! value and mask, and a probability as the 31-bit fraction that the kernel keeps. Counters are left out. A mark is
//! written as kube-proxy's own tests have it, `0x4000`; a kube-proxy that was started pads it with zeros.

use std::fmt::Write;
use std::net::IpAddr;

use super::rule::{
    AddressSide, Addresses, Chain, ChainId, ChainKind, ConntrackState, Match, Rule, Ruleset, Table,
    Target,
};
use crate::order::Order;
use crate::packet::{Family, Protocol};
use crate::proxy::ipset::{Fields, IpSet};

/// What kube-proxy pipes into `iptables-restore --noflush --counters`, rules in its order.
pub fn written(ruleset: &Ruleset) -> String {
    restored(ruleset.tables())
}

/// The same for tables in another order.
pub(in crate::proxy) fn restored(tables: [&Table; 2]) -> String {
    let mut text = String::new();
    for table in tables {
        push(&mut text, format_args!("*{}\n", table.name.name()));
        for chain in table.chains.values() {
            if chain.kind == ChainKind::Restored {
                push(&mut text, format_args!(":{} - [0:0]\n", chain.name));
            }
        }
        let mut next = vec![0_usize; table.chains.len()];
        for id in &table.appended {
            let chain = &table.chains[*id];
            let nth = &mut next[id.number() as usize];
            push(&mut text, format_args!("-A {} ", chain.name));
            written_into(&mut text, table, &chain.rules[*nth]);
            text.push('\n');
            *nth += 1;
        }
        text.push_str("COMMIT\n");
    }
    text
}

/// The `iptables` commands by which kube-proxy makes its chains and the jumps to them, before it restores: run one after
/// another they leave the jumps in the order of the built-in chains.
pub fn commands(ruleset: &Ruleset) -> Vec<String> {
    let mut commands = Vec::new();
    for table in ruleset.tables() {
        let option = format!("-t {}", table.name.name());
        let mut ensured: Vec<&str> = Vec::new();
        let mut jumps = Vec::new();
        for chain in table.chains.values() {
            let ChainKind::BuiltIn(_) = chain.kind else {
                continue;
            };
            // Each is inserted in front of the others.
            for rule in chain.rules.iter().rev() {
                if let Some(Target::Jump(to)) = rule.target {
                    let to = table.chains[to].name.as_str();
                    if !ensured.contains(&to) {
                        ensured.push(to);
                    }
                }
                let text = written_rule(table, rule);
                jumps.push(format!("{option} -I {} {text}", chain.name));
            }
        }
        commands.extend(ensured.iter().map(|chain| format!("{option} -N {chain}")));
        commands.append(&mut jumps);
    }
    commands
}

/// What `iptables-save` lists of it (without its comment lines): built-in chains, then the others by name.
pub fn listed(ruleset: &Ruleset) -> String {
    let mut text = String::new();
    for table in ruleset.tables() {
        push(&mut text, format_args!("*{}\n", table.name.name()));
        let chains: Vec<&Chain> = listing_order(table)
            .into_iter()
            .map(|id| &table.chains[id])
            .collect();
        for chain in &chains {
            text.push_str(&listed_chain(chain));
            text.push('\n');
        }
        for chain in &chains {
            for rule in &chain.rules {
                push(&mut text, format_args!("-A {}", chain.name));
                listed_into(&mut text, ruleset.family, table, rule);
                text.push('\n');
            }
        }
        text.push_str("COMMIT\n");
    }
    text
}

/// The chains of a table as `iptables-save` orders them.
pub(in crate::proxy) fn listing_order(table: &Table) -> Vec<ChainId> {
    let (built_in, mut own): (Vec<_>, Vec<_>) = table
        .chains
        .iter()
        .partition(|(_, chain)| is_built_in(chain));
    own.order_by(|(_, a), (_, b)| a.name.cmp(&b.name));
    built_in.into_iter().chain(own).map(|(id, _)| id).collect()
}

/// A chain as `iptables-save` declares it.
pub(in crate::proxy) fn listed_chain(chain: &Chain) -> String {
    let policy = if is_built_in(chain) { "ACCEPT" } else { "-" };
    format!(":{} {policy} [0:0]", chain.name)
}

fn is_built_in(chain: &Chain) -> bool {
    matches!(chain.kind, ChainKind::BuiltIn(_))
}

/// A rule as kube-proxy writes it, after `-A CHAIN `.
pub fn written_rule(table: &Table, rule: &Rule) -> String {
    let mut text = String::new();
    written_into(&mut text, table, rule);
    text
}

/// A rule as `iptables-save` lists it, after `-A CHAIN `.
pub fn listed_rule(family: Family, table: &Table, rule: &Rule) -> String {
    let mut text = String::new();
    listed_into(&mut text, family, table, rule);
    text.trim_start().to_owned()
}

/// One of `n`, as kube-proxy writes it.
pub fn probability(n: u32) -> String {
    format!("{:.10}", 1.0 / f64::from(n.max(1)))
}

fn written_into(text: &mut String, table: &Table, rule: &Rule) {
    let start = text.len();
    for condition in &rule.matches {
        if text.len() > start {
            text.push(' ');
        }
        written_match_into(text, condition);
    }
    let Some(target) = rule.target else { return };
    if text.len() > start {
        text.push(' ');
    }
    text.push_str("-j ");
    match target {
        Target::Jump(chain) => text.push_str(&table.chains[chain].name),
        Target::Return => text.push_str("RETURN"),
        Target::Accept => text.push_str("ACCEPT"),
        Target::Drop => text.push_str("DROP"),
        Target::Reject => text.push_str("REJECT"),
        Target::SetMark(mark) => push(text, format_args!("MARK --or-mark {mark:#x}")),
        Target::FlipMark(mark) => push(text, format_args!("MARK --xor-mark {mark:#x}")),
        Target::Dnat(to) => push(text, format_args!("DNAT --to-destination {to}")),
        Target::Masquerade { random_fully } => masquerade(text, random_fully),
    }
}

/// A condition as kube-proxy writes it.
pub fn written_match(condition: &Match) -> String {
    let mut text = String::new();
    written_match_into(&mut text, condition);
    text
}

fn written_match_into(text: &mut String, condition: &Match) {
    match condition {
        // Names of service ports go without quotes.
        Match::Comment(comment) if !comment.contains(' ') => {
            push(text, format_args!("-m comment --comment {comment}"));
        }
        Match::Comment(comment) => {
            push(text, format_args!("-m comment --comment \"{comment}\""));
        }
        Match::Protocol(protocol) => {
            let protocol = protocol.lower();
            push(text, format_args!("-m {protocol} -p {protocol}"));
        }
        Match::Source { negated, addresses } => {
            text.push_str(not(*negated));
            text.push_str("-s ");
            written_addresses(text, *addresses);
        }
        Match::Destination { negated, addresses } => {
            text.push_str(not(*negated));
            text.push_str("-d ");
            written_addresses(text, *addresses);
        }
        Match::DestinationPort(port) => push(text, format_args!("--dport {port}")),
        Match::Mark { negated, bit } => mark(text, *negated, *bit),
        Match::Conntrack { negated, states } => conntrack(text, *negated, states),
        Match::LocalAddress { negated, side } => local_address(text, *negated, *side),
        Match::OneOf(n) => push(
            text,
            format_args!(
                "-m statistic --mode random --probability {}",
                probability(*n)
            ),
        ),
        Match::RecentlySeen { list, seconds } => push(
            text,
            format_args!("-m recent --name {list} --rcheck --seconds {seconds} --reap"),
        ),
        Match::Remember { list } => push(text, format_args!("-m recent --name {list} --set")),
        Match::Account(name) => push(text, format_args!("-m nfacct --nfacct-name {name}")),
        Match::ProtocolOnly(protocol) => push(text, format_args!("-p {}", protocol.lower())),
        Match::Set { set, fields } => in_set(text, set, *fields),
        Match::NotBridged => text.push_str("-m physdev ! --physdev-is-in"),
        Match::VirtualServer {
            address,
            protocol,
            port,
        } => push(
            text,
            format_args!(
                "-m ipvs --vaddr {address} --vproto {} --vport {port}",
                protocol.lower()
            ),
        ),
    }
}

fn written_addresses(text: &mut String, addresses: Addresses) {
    match addresses {
        Addresses::One(address) => push(text, format_args!("{address}")),
        Addresses::Range(range) => push(text, format_args!("{range}")),
    }
}

// Every part brings the blank before it.
fn listed_into(text: &mut String, family: Family, table: &Table, rule: &Rule) {
    let destination_port = rule.matches.iter().find_map(|condition| match condition {
        Match::DestinationPort(port) => Some(*port),
        _ => None,
    });
    for condition in &rule.matches {
        if let Match::Source { negated, addresses } = condition {
            listed_addresses(text, *negated, 's', *addresses);
        }
    }
    for condition in &rule.matches {
        if let Match::Destination { negated, addresses } = condition {
            listed_addresses(text, *negated, 'd', *addresses);
        }
    }
    for condition in &rule.matches {
        if let Match::Protocol(protocol) | Match::ProtocolOnly(protocol) = condition {
            push(text, format_args!(" -p {}", protocol.lower()));
        }
    }
    for condition in &rule.matches {
        match condition {
            Match::Source { .. }
            | Match::Destination { .. }
            | Match::DestinationPort(_)
            | Match::ProtocolOnly(_) => {}
            Match::Protocol(protocol) => {
                // SCTP's module is loaded like the others and prints nothing without an option, like the others.
                push(text, format_args!(" -m {}", protocol.lower()));
                if let Some(port) = destination_port {
                    push(text, format_args!(" --dport {port}"));
                }
            }
            Match::Comment(comment) => {
                text.push_str(" -m comment --comment ");
                quoted(text, comment);
            }
            Match::Mark { negated, bit } => {
                text.push(' ');
                mark(text, *negated, *bit);
            }
            Match::Conntrack { negated, states } => {
                text.push(' ');
                conntrack(text, *negated, states);
            }
            Match::LocalAddress { negated, side } => {
                text.push(' ');
                local_address(text, *negated, *side);
            }
            Match::OneOf(n) => push(
                text,
                format_args!(
                    " -m statistic --mode random --probability {}",
                    kernel_probability(*n)
                ),
            ),
            Match::RecentlySeen { list, seconds } => {
                push(
                    text,
                    format_args!(" -m recent --rcheck --seconds {seconds} --reap --name {list}"),
                );
                recent_mask(text, family);
            }
            Match::Remember { list } => {
                push(text, format_args!(" -m recent --set --name {list}"));
                recent_mask(text, family);
            }
            // Two blanks: libxt_nfacct's and libxtables'.
            Match::Account(name) => {
                text.push_str(" -m nfacct --nfacct-name  ");
                text.push_str(name);
            }
            Match::Set { set, fields } => {
                text.push(' ');
                in_set(text, set, *fields);
            }
            Match::NotBridged => text.push_str(" -m physdev ! --physdev-is-in"),
            Match::VirtualServer {
                address,
                protocol,
                port,
            } => push(
                text,
                format_args!(
                    " -m ipvs --vproto {} --vaddr {address} --vport {port}",
                    protocol_number(*protocol)
                ),
            ),
        }
    }
    if let Some(target) = rule.target {
        listed_target(text, family, table, target);
    }
}

fn listed_target(text: &mut String, family: Family, table: &Table, target: Target) {
    text.push_str(" -j ");
    match target {
        Target::Jump(chain) => text.push_str(&table.chains[chain].name),
        Target::Return => text.push_str("RETURN"),
        Target::Accept => text.push_str("ACCEPT"),
        Target::Drop => text.push_str("DROP"),
        Target::Reject => text.push_str(match family {
            Family::V4 => "REJECT --reject-with icmp-port-unreachable",
            Family::V6 => "REJECT --reject-with icmp6-port-unreachable",
        }),
        Target::SetMark(mark) => push(text, format_args!("MARK --set-xmark {mark:#x}/{mark:#x}")),
        Target::FlipMark(mark) => push(text, format_args!("MARK --set-xmark {mark:#x}/0x0")),
        Target::Dnat(to) => push(text, format_args!("DNAT --to-destination {to}")),
        Target::Masquerade { random_fully } => masquerade(text, random_fully),
    }
}

fn listed_addresses(text: &mut String, negated: bool, option: char, addresses: Addresses) {
    let (address, length) = match addresses {
        Addresses::One(address) => (address, if address.is_ipv4() { 32 } else { 128 }),
        Addresses::Range(range) => (range.network(), range.prefix_len()),
    };
    let not = if negated { " !" } else { "" };
    push(text, format_args!("{not} -{option} {address}/{length}"));
}

fn recent_mask(text: &mut String, family: Family) {
    let mask: IpAddr = match family {
        Family::V4 => IpAddr::from([u8::MAX; 4]),
        Family::V6 => IpAddr::from([u8::MAX; 16]),
    };
    push(text, format_args!(" --mask {mask} --rsource"));
}

// xt_statistic keeps a probability in units of 2^-31.
fn kernel_probability(n: u32) -> String {
    const UNIT: f64 = 2_147_483_648.0;
    let written: f64 = probability(n).parse().unwrap_or_default();
    format!("{:.11}", (UNIT * written).round() / UNIT)
}

// libxtables quotes whatever holds more than letters, digits, - and _.
fn quoted(text: &mut String, value: &str) {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if !value.is_empty() && value.bytes().all(plain) {
        text.push_str(value);
        return;
    }
    text.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '\'') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

fn mark(text: &mut String, negated: bool, bit: u32) {
    push(
        text,
        format_args!("-m mark {}--mark {bit:#x}/{bit:#x}", not(negated)),
    );
}

fn conntrack(text: &mut String, negated: bool, states: &[ConntrackState]) {
    let names: Vec<&str> = states.iter().map(|state| state.name()).collect();
    push(
        text,
        format_args!("-m conntrack {}--ctstate {}", not(negated), names.join(",")),
    );
}

fn local_address(text: &mut String, negated: bool, side: AddressSide) {
    let option = match side {
        AddressSide::Source => "--src-type",
        AddressSide::Destination => "--dst-type",
    };
    push(
        text,
        format_args!("-m addrtype {}{option} LOCAL", not(negated)),
    );
}

fn in_set(text: &mut String, set: &IpSet, fields: Fields) {
    push(
        text,
        format_args!("-m set --match-set {} {}", set.name, fields.name()),
    );
}

// The number that IP has for it.
fn protocol_number(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::Tcp => 6,
        Protocol::Udp => 17,
        Protocol::Sctp => 132,
    }
}

fn masquerade(text: &mut String, random_fully: bool) {
    text.push_str("MASQUERADE");
    if random_fully {
        text.push_str(" --random-fully");
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "! " } else { "" }
}

fn push(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    text.write_fmt(arguments)
        .expect("writing to a String does not fail");
}

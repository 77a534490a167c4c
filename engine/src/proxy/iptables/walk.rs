//! A packet's walk through the rules, as x_tables would take it: every way that it can go, with its exact share.

use std::net::SocketAddr;

use super::rule::{
    AddressSide, Chain, ChainId, ConntrackState, Match, Rule, Ruleset, Table, TableName, Target,
};
use crate::proxy::packet::{
    Branch, Conntrack, Effect, Fate, Hook, Host, RejectWith, Share, Skb, Visit,
};
use crate::proxy::state::{Seconds, State};

/// How many clients a list of `recent` holds: the module's `ip_list_tot`, which kube-proxy leaves alone.
const RECENT_CAPACITY: u32 = 100;

/// Takes a packet through a hook at a time, given what earlier packets left behind. The shares of the branches sum to
/// one; they come in the order of the rules.
pub fn walk(
    ruleset: &Ruleset,
    state: &State,
    hook: Hook,
    packet: &Skb,
    host: &Host,
    at: Seconds,
) -> Vec<Branch> {
    walk_tables(ruleset, tables_at(hook), state, hook, packet, host, at)
}

/// The same through these tables only.
pub(in crate::proxy) fn walk_tables(
    ruleset: &Ruleset,
    tables: &'static [TableName],
    state: &State,
    hook: Hook,
    packet: &Skb,
    host: &Host,
    at: Seconds,
) -> Vec<Branch> {
    let surroundings = Surroundings { state, host, at };
    let mut branches = Vec::new();
    // A stack: the way that matched a random rule goes on first.
    let mut open = vec![Way {
        branch: Branch {
            share: Share::ALL,
            packet: packet.clone(),
            fate: Fate::Continue,
            visits: Vec::new(),
            effects: Vec::new(),
        },
        tables,
        frames: Vec::new(),
    }];
    while let Some(mut way) = open.pop() {
        while let Some((name, later)) = way.tables.split_first() {
            let table = ruleset.table(*name);
            if way.frames.is_empty() {
                // Later packets of a connection are translated as its first was, without a look at the rules.
                let skipped =
                    *name == TableName::Nat && way.branch.packet.conntrack != Conntrack::New;
                match table.at(hook) {
                    Some(chain) if !skipped => way.frames.push(Frame { chain, next: 0 }),
                    _ => {
                        way.tables = later;
                        continue;
                    }
                }
            }
            match way.pass(table, &surroundings, &mut open) {
                Passed::NextTable => {
                    way.frames.clear();
                    way.tables = later;
                }
                Passed::Decided(fate) => {
                    way.branch.fate = fate;
                    way.tables = &[];
                }
            }
        }
        branches.push(way.branch);
    }
    branches
}

/// The first condition of a rule that a packet does not meet, in the order in which the kernel looks; `None` if it meets
/// all. What happens at random is taken to happen.
pub fn mismatch<'r>(
    rule: &'r Rule,
    packet: &Skb,
    state: &State,
    host: &Host,
    at: Seconds,
) -> Option<&'r Match> {
    let surroundings = Surroundings { state, host, at };
    // The IP header is compared before any module is asked.
    let in_header = |condition: &&Match| {
        matches!(
            condition,
            Match::Source { .. }
                | Match::Destination { .. }
                | Match::Protocol(_)
                | Match::ProtocolOnly(_)
        )
    };
    let header = rule.matches.iter().filter(in_header);
    let modules = rule.matches.iter().filter(|c| !in_header(c));
    header
        .chain(modules)
        .find(|condition| !holds(condition, packet, &surroundings))
}

/// What a rule can ask beside the packet.
struct Surroundings<'a> {
    state: &'a State,
    host: &'a Host,
    at: Seconds,
}

/// A branch that is still on its way.
#[derive(Clone)]
struct Way {
    branch: Branch,
    tables: &'static [TableName],
    // Where to go on in each chain, the innermost last.
    frames: Vec<Frame>,
}

#[derive(Clone, Copy)]
struct Frame {
    chain: ChainId,
    next: usize,
}

enum Passed {
    NextTable,
    Decided(Fate),
}

impl Way {
    /// Goes on in a table until it is done with it; ways that split off are left in `open`.
    fn pass(
        &mut self,
        table: &Table,
        surroundings: &Surroundings<'_>,
        open: &mut Vec<Way>,
    ) -> Passed {
        while let Some(frame) = self.frames.last_mut() {
            let chain = &table.chains[frame.chain];
            let first = frame.next;
            let found = first_match(chain, first, &self.branch.packet, surroundings);
            let Some(nth) = found else {
                visit(
                    &mut self.branch,
                    table,
                    chain,
                    first,
                    chain.rules.len(),
                    false,
                );
                self.frames.pop();
                continue;
            };
            frame.next = nth + 1;
            let rule = &chain.rules[nth];
            if let Some(n) = odds(rule) {
                let share = Share::one_of(n.into());
                let mut passed_over = self.clone();
                passed_over.branch.share = share.rest().of(self.branch.share);
                visit(&mut passed_over.branch, table, chain, first, nth + 1, false);
                open.push(passed_over);
                self.branch.share = share.of(self.branch.share);
            }
            visit(&mut self.branch, table, chain, first, nth + 1, true);
            self.remember(rule);
            if let Some(target) = rule.target
                && let Some(passed) = self.follow(table.name, target)
            {
                return passed;
            }
        }
        Passed::NextTable
    }

    fn remember(&mut self, rule: &Rule) {
        for condition in &rule.matches {
            if let Match::Remember { list } = condition {
                self.branch.effects.push(Effect::Remember {
                    list: list.clone(),
                    client: self.branch.packet.header.source,
                    capacity: Some(RECENT_CAPACITY),
                });
            }
        }
    }

    /// Does what a target says; `None`: the walk goes on in this table.
    fn follow(&mut self, table: TableName, target: Target) -> Option<Passed> {
        let packet = &mut self.branch.packet;
        match target {
            Target::Jump(chain) => {
                self.frames.push(Frame { chain, next: 0 });
                None
            }
            Target::Return => {
                self.frames.pop();
                None
            }
            Target::SetMark(mark) => {
                packet.mark |= mark;
                None
            }
            Target::FlipMark(mark) => {
                packet.mark ^= mark;
                None
            }
            Target::Dnat(to) => {
                let before = packet.header.to();
                packet.original_destination.get_or_insert(before);
                packet.header.redirect(to);
                self.branch.effects.push(Effect::Dnat { to });
                Some(Passed::NextTable)
            }
            Target::Masquerade { .. } => {
                self.branch.effects.push(Effect::Masquerade);
                Some(Passed::NextTable)
            }
            // In nat it would only end the table; kube-proxy accepts in filter alone, which is the last.
            Target::Accept if table == TableName::Nat => Some(Passed::NextTable),
            Target::Accept => Some(Passed::Decided(Fate::Accept)),
            Target::Drop => Some(Passed::Decided(Fate::Drop)),
            Target::Reject => Some(Passed::Decided(Fate::Reject(RejectWith::PortUnreachable))),
        }
    }
}

/// Which tables a packet meets at a hook, in the order of their priorities.
fn tables_at(hook: Hook) -> &'static [TableName] {
    match hook {
        Hook::Prerouting | Hook::Postrouting => &[TableName::Nat],
        Hook::Input | Hook::Forward => &[TableName::Filter],
        Hook::Output => &[TableName::Nat, TableName::Filter],
    }
}

/// The first rule from `first` on that a packet matches.
fn first_match(
    chain: &Chain,
    first: usize,
    packet: &Skb,
    surroundings: &Surroundings<'_>,
) -> Option<usize> {
    let matches = |nth: &usize| mismatch_in(&chain.rules[*nth], packet, surroundings).is_none();
    match &chain.index {
        Some(index) => index.candidates(&packet.header, first).find(matches),
        None => (first..chain.rules.len()).find(matches),
    }
}

/// Notes the rules `first..end`, if there are any.
fn visit(
    branch: &mut Branch,
    table: &Table,
    chain: &Chain,
    first: usize,
    end: usize,
    matched: bool,
) {
    if first == end {
        return;
    }
    // What was passed over and what comes next in the same chain are one stretch.
    if let Some(last) = branch.visits.last_mut()
        && !last.matched
        && last.chain == chain.name
        && last.last as usize + 1 == first
    {
        last.last = number(end - 1);
        last.matched = matched;
        return;
    }
    branch.visits.push(Visit {
        table: table.name.name().into(),
        chain: chain.name.clone(),
        first: number(first),
        last: number(end - 1),
        matched,
        header: branch.packet.header,
        mark: branch.packet.mark,
    });
}

fn number(nth: usize) -> u32 {
    u32::try_from(nth).unwrap_or(u32::MAX)
}

fn odds(rule: &Rule) -> Option<u32> {
    match drawn(rule) {
        Some(Match::OneOf(n)) => Some(*n),
        _ => None,
    }
}

/// The condition of a rule that is drawn at random, if it has one.
pub fn drawn(rule: &Rule) -> Option<&Match> {
    let mut conditions = rule.matches.iter();
    conditions.find(|condition| matches!(condition, Match::OneOf(_)))
}

fn mismatch_in<'r>(
    rule: &'r Rule,
    packet: &Skb,
    surroundings: &Surroundings<'_>,
) -> Option<&'r Match> {
    rule.matches
        .iter()
        .find(|condition| !holds(condition, packet, surroundings))
}

/// Whether a condition holds. One that is drawn at random does: whoever asks looks at [`odds`].
fn holds(condition: &Match, packet: &Skb, surroundings: &Surroundings<'_>) -> bool {
    let header = &packet.header;
    match condition {
        Match::Comment(_)
        | Match::OneOf(_)
        | Match::Remember { .. }
        | Match::Account(_)
        | Match::NotBridged => true,
        Match::Set { set, fields } => set.holds(header, *fields),
        Match::VirtualServer {
            address,
            protocol,
            port,
        } => {
            let server = SocketAddr::new(*address, port.get());
            packet.original_destination == Some(server.into())
                && header.protocol() == Some(*protocol)
        }
        Match::Protocol(protocol) | Match::ProtocolOnly(protocol) => {
            header.protocol() == Some(*protocol)
        }
        Match::Source { negated, addresses } => addresses.contains(header.source) != *negated,
        Match::Destination { negated, addresses } => {
            addresses.contains(header.destination) != *negated
        }
        Match::DestinationPort(port) => header.destination_port() == Some(port.get()),
        Match::Mark { negated, bit } => (packet.mark & bit == *bit) != *negated,
        Match::Conntrack { negated, states } => {
            states.iter().any(|state| is_in(packet, *state)) != *negated
        }
        Match::LocalAddress { negated, side } => {
            let address = match side {
                AddressSide::Source => header.source,
                AddressSide::Destination => header.destination,
            };
            surroundings.host.is_local(address) != *negated
        }
        Match::RecentlySeen { list, seconds } => surroundings
            .state
            .last_seen(list, header.source)
            .is_some_and(|seen| surroundings.at.saturating_sub(seen) <= u64::from(*seconds)),
    }
}

fn is_in(packet: &Skb, state: ConntrackState) -> bool {
    match state {
        ConntrackState::Invalid => packet.conntrack == Conntrack::Invalid,
        ConntrackState::New => packet.conntrack == Conntrack::New,
        ConntrackState::Established => packet.conntrack == Conntrack::Established,
        // ICMP errors about a connection: not walked.
        ConntrackState::Related => false,
        ConntrackState::Dnat => packet.original_destination.is_some(),
    }
}

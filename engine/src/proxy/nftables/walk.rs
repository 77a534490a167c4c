//! A packet through one hook of the table.

use super::ruleset::{
    Chain, ChainKind, Element, Map, Match, Rule, Ruleset, Set, Statement, Verdict,
};
use crate::Str;
use crate::order::Order;
use crate::proxy::{
    Branch, Conntrack, Effect, Fate, Hook, Host, RejectWith, Seconds, Share, Skb, State, Visit,
};

/// Every way that a packet can take at a hook; shares sum to one.
pub fn walk(
    ruleset: &Ruleset,
    state: &State,
    hook: Hook,
    packet: &Skb,
    host: &Host,
    at: Seconds,
) -> Vec<Branch> {
    let walk = Walk {
        ruleset,
        state,
        host,
        at,
    };
    let mut bases: Vec<(&Chain, ChainKind, i32)> = ruleset
        .chains
        .iter()
        .take_while(|chain| chain.base.is_some())
        .filter_map(|chain| {
            chain
                .base
                .filter(|base| base.hook == hook)
                .map(|base| (chain, base.kind, base.priority))
        })
        .collect();
    bases.order_by_key(|(.., priority)| *priority);
    let mut paths = vec![(Path::at_hook(packet), End::FellThrough)];
    for (chain, kind, _) in bases {
        let mut next = Vec::new();
        for (path, end) in paths {
            // An accept ends one base chain; the next ones still see the packet. NAT is decided once a connection.
            let decided = matches!(end, End::Dropped | End::Rejected);
            if decided || (kind == ChainKind::Nat && path.packet.conntrack != Conntrack::New) {
                next.push((path, end));
            } else {
                walk.chain(chain, 0, path, &mut next);
            }
        }
        paths = next;
    }
    paths
        .into_iter()
        .map(|(path, end)| path.branch(end))
        .collect()
}

/// The first part of a rule that a packet does not match, as it is written; `None` if it matches all. A map without the
/// packet's key is a part that fails.
pub fn mismatch(ruleset: &Ruleset, rule: &Rule, packet: &Skb, host: &Host) -> Option<String> {
    let walk = Walk {
        ruleset,
        state: &State::default(),
        host,
        at: 0,
    };
    let missed = rule.matches.iter().find(|part| !walk.holds(part, packet));
    if let Some(missed) = missed {
        return Some(ruleset.match_text(missed));
    }
    match rule.statement {
        Statement::Look(map) if walk.look(map, packet).is_none() => {
            Some(ruleset.statement_text(&rule.statement))
        }
        _ => None,
    }
}

/// How a chain was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// By its last rule, or by `return`.
    FellThrough,
    /// By a statement that ends the base chain in favour of the packet: `dnat`, `masquerade`.
    Accepted,
    Dropped,
    Rejected,
}

#[derive(Debug, Clone)]
struct Path {
    share: Share,
    packet: Skb,
    visits: Vec<Visit>,
    effects: Vec<Effect>,
}

impl Path {
    fn at_hook(packet: &Skb) -> Self {
        Self {
            share: Share::ALL,
            packet: packet.clone(),
            visits: Vec::new(),
            effects: Vec::new(),
        }
    }

    fn visit(
        &mut self,
        table: &'static str,
        chain: &Chain,
        rules: std::ops::RangeInclusive<usize>,
        matched: bool,
    ) {
        let number = |number: &usize| u32::try_from(*number).unwrap_or(u32::MAX);
        self.visits.push(Visit {
            table: Str::new_static(table),
            chain: chain.name.clone(),
            first: number(rules.start()),
            last: number(rules.end()),
            matched,
            header: self.packet.header,
            mark: self.packet.mark,
        });
    }

    fn branch(self, end: End) -> Branch {
        let fate = match end {
            End::FellThrough => Fate::Continue,
            End::Accepted => Fate::Accept,
            End::Dropped => Fate::Drop,
            // nftables' `reject` without more words.
            End::Rejected => Fate::Reject(RejectWith::PortUnreachable),
        };
        Branch {
            share: self.share,
            packet: self.packet,
            fate,
            visits: self.visits,
            effects: self.effects,
        }
    }
}

struct Walk<'a> {
    ruleset: &'a Ruleset,
    state: &'a State,
    host: &'a Host,
    at: Seconds,
}

impl Walk<'_> {
    /// Follows a chain from one of its rules on. Chains only lead down (base, dispatch, policy, endpoint), so this ends.
    fn chain(&self, chain: &Chain, from: usize, mut path: Path, ends: &mut Vec<(Path, End)>) {
        let table = self.ruleset.table();
        let mut first = from;
        for (number, rule) in chain.rules.iter().enumerate().skip(from) {
            if !rule
                .matches
                .iter()
                .all(|part| self.holds(part, &path.packet))
            {
                continue;
            }
            let looked_up = match rule.statement {
                Statement::Look(map) => match self.look(map, &path.packet) {
                    Some(element) => Some(element),
                    // A map without the key is a match that fails.
                    None => continue,
                },
                _ => None,
            };
            path.visit(table, chain, first..=number, true);
            first = number + 1;
            let end = match &rule.statement {
                Statement::Jump(target) => {
                    let mut inner = Vec::new();
                    self.enter(target, path, &mut inner);
                    for (path, end) in inner {
                        match end {
                            End::FellThrough => self.chain(chain, first, path, ends),
                            _ => ends.push((path, end)),
                        }
                    }
                    return;
                }
                Statement::Goto(target) => return self.enter(target, path, ends),
                Statement::Spread(targets) => {
                    let share = Share::one_of(targets.len() as u64).of(path.share);
                    for target in targets {
                        self.enter(
                            target,
                            Path {
                                share,
                                ..path.clone()
                            },
                            ends,
                        );
                    }
                    return;
                }
                Statement::Look(_) => match looked_up.map(|element| &element.verdict) {
                    Some(Verdict::Goto(target)) => return self.enter(target, path, ends),
                    Some(Verdict::Drop) => End::Dropped,
                    None => continue,
                },
                Statement::MarkOr(bits) => {
                    path.packet.mark |= bits;
                    continue;
                }
                Statement::MarkXor(bits) => {
                    path.packet.mark ^= bits;
                    continue;
                }
                Statement::Remember(set) => {
                    let client = path.packet.header.source;
                    path.effects.push(Effect::Remember {
                        list: set.clone(),
                        client,
                        capacity: None,
                    });
                    continue;
                }
                Statement::Dnat(to) => {
                    let before = path.packet.header.to();
                    path.packet.original_destination.get_or_insert(before);
                    path.packet.header.redirect(*to);
                    path.effects.push(Effect::Dnat { to: *to });
                    End::Accepted
                }
                Statement::Masquerade => {
                    path.effects.push(Effect::Masquerade);
                    End::Accepted
                }
                Statement::Return => End::FellThrough,
                Statement::Drop => End::Dropped,
                Statement::Reject => End::Rejected,
            };
            ends.push((path, end));
            return;
        }
        if first < chain.rules.len() {
            path.visit(table, chain, first..=chain.rules.len() - 1, false);
        }
        ends.push((path, End::FellThrough));
    }

    fn enter(&self, name: &str, path: Path, ends: &mut Vec<(Path, End)>) {
        match self.ruleset.chain(name) {
            Some(chain) => self.chain(chain, 0, path, ends),
            // The writer makes every chain that it jumps to.
            None => ends.push((path, End::FellThrough)),
        }
    }

    fn look(&self, map: Map, packet: &Skb) -> Option<&Element> {
        let header = packet.header;
        // Without a port there is no key to look up.
        let port = (header.protocol()?, header.destination_port()?);
        let address = (header.destination, port.0, port.1);
        match map {
            Map::ServiceIps => self.ruleset.service_ips.get(&address),
            Map::NoEndpointServices => self.ruleset.no_endpoint_services.get(&address),
            Map::FirewallIps => self.ruleset.firewall_ips.get(&address),
            Map::ServiceNodePorts => self.ruleset.service_node_ports.get(&port),
            Map::NoEndpointNodePorts => self.ruleset.no_endpoint_node_ports.get(&port),
        }
    }

    fn holds(&self, part: &Match, packet: &Skb) -> bool {
        let (source, destination) = (packet.header.source, packet.header.destination);
        match part {
            Match::New => packet.conntrack == Conntrack::New,
            Match::Destination(address) => destination == *address,
            Match::DestinationIn(ranges) => ranges.iter().any(|range| range.contains(&destination)),
            Match::DestinationInSet(Set::ClusterIps) => {
                self.ruleset.cluster_ips.contains(&destination)
            }
            Match::DestinationInSet(Set::NodePortIps) => self
                .ruleset
                .node_port_ips
                .as_ref()
                .is_some_and(|addresses| addresses.contains(&destination)),
            Match::DestinationNotLoopback => !destination.is_loopback(),
            Match::DestinationLocal => self.host.is_local(destination),
            Match::Source(address) => source == *address,
            Match::SourceIn(range) => range.contains(&source),
            Match::SourceNotIn(range) => !range.contains(&source),
            Match::SourceNotInAny { ranges, addresses } => {
                !ranges.iter().any(|range| range.contains(&source)) && !addresses.contains(&source)
            }
            Match::SourceLocal => self.host.is_local(source),
            Match::SourceRemembered { set, timeout } => {
                let seen = self.state.last_seen(set, source);
                seen.is_some_and(|seen| self.at.saturating_sub(seen) < u64::from(*timeout))
            }
            Match::Protocol(protocol) => packet.header.protocol() == Some(*protocol),
            Match::Unmarked(bits) => packet.mark & bits == 0,
        }
    }
}

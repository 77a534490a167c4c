//! The rules that a packet met, one by one, and on which condition each that was passed over did not match.
//!
//! A walk only notes stretches of rules: in a large cluster a packet passes thousands. This looks at a stretch again.

use super::packet::{Conntrack, Host, Skb, Visit};
use super::state::State;
use super::{RuleAt, Ruleset, iptables, ipvs, nftables};

/// A rule that a packet met.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Met {
    /// Which.
    pub at: RuleAt,
    /// As the node's own tools list it.
    pub text: String,
    /// The first condition that the packet did not meet, in the order in which the kernel looks, as kube-proxy writes it:
    /// `-d 10.96.0.1`. `None`: the rule matched.
    pub missed: Option<String>,
}

/// The first rules of a visit, at most so many; no affinity is remembered.
pub fn met(ruleset: &Ruleset, host: &Host, visit: &Visit, most: usize) -> Vec<Met> {
    let packet = Skb {
        header: visit.header,
        mark: visit.mark,
        conntrack: Conntrack::New,
        original_destination: None,
        in_interface: None,
        out_interface: None,
    };
    let numbers = (visit.first..=visit.last).take(most);
    let rules = numbers.filter_map(|nth| {
        let (text, missed) = match ruleset {
            Ruleset::Iptables(ruleset) => in_iptables(ruleset, host, visit, nth, &packet)?,
            Ruleset::Nftables(ruleset) => in_nftables(ruleset, host, visit, nth, &packet)?,
            Ruleset::Ipvs(ruleset) => in_ipvs(ruleset, visit, nth, &packet)?,
        };
        let matched = visit.matched && nth == visit.last;
        Some(Met {
            at: RuleAt {
                table: visit.table.clone(),
                chain: visit.chain.clone(),
                nth,
            },
            text,
            missed: missed.filter(|_| !matched),
        })
    });
    rules.collect()
}

/// A rule's text, and what a packet misses of it.
type Seen = (String, Option<String>);

fn in_iptables(
    ruleset: &iptables::Ruleset,
    host: &Host,
    visit: &Visit,
    nth: u32,
    packet: &Skb,
) -> Option<Seen> {
    let tables = ruleset.tables();
    let table = tables
        .into_iter()
        .find(|table| table.name.name() == visit.table)?;
    let chain = &table.chains[table.chain(&visit.chain)?];
    let rule = chain.rules.get(nth as usize)?;
    let text = iptables::listed_rule(ruleset.family, table, rule);
    let missed = iptables::mismatch(rule, packet, &State::default(), host, 0)
        // A rule that is drawn at random was not drawn.
        .or_else(|| iptables::drawn(rule));
    let missed = missed.map(iptables::written_match);
    Some((format!("-A {} {text}", visit.chain), missed))
}

fn in_nftables(
    ruleset: &nftables::Ruleset,
    host: &Host,
    visit: &Visit,
    nth: u32,
    packet: &Skb,
) -> Option<Seen> {
    let rule = ruleset.chain(&visit.chain)?.rules.get(nth as usize)?;
    let missed = nftables::mismatch(ruleset, rule, packet, host);
    Some((ruleset.rule_text(rule), missed))
}

fn in_ipvs(ruleset: &ipvs::Ruleset, visit: &Visit, nth: u32, packet: &Skb) -> Option<Seen> {
    match ipvs::text_of(ruleset, &visit.chain, nth as usize) {
        Some(text) => Some((text, None)),
        None => in_iptables(&ruleset.tables, ruleset.host(), visit, nth, packet),
    }
}

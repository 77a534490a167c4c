//! Where in a long chain a packet could match at all.
//!
//! The kernel looks at rule after rule, and a walk says so; it need not do the same. KUBE-SERVICES has a rule for every
//! address of every Service, of which a packet can match the few with its own destination.

use std::net::IpAddr;

use rustc_hash::FxHashMap;

use super::rule::{Addresses, Match, Rule};
use crate::packet::Header;

/// Chains shorter than this are walked rule by rule.
const LONG: usize = 32;

/// The rules of a chain by what a packet must have to match them; each list ascends.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    by_destination: FxHashMap<IpAddr, Vec<u32>>,
    by_port: FxHashMap<u16, Vec<u32>>,
    others: Vec<u32>,
}

impl Index {
    /// An index of these rules, if they are many and it would help.
    pub(super) fn of(rules: &[Rule]) -> Option<Self> {
        if rules.len() < LONG {
            return None;
        }
        let mut index = Self::default();
        for (nth, rule) in rules.iter().enumerate() {
            let nth = u32::try_from(nth).ok()?;
            match (destination(rule), port(rule)) {
                (Some(address), _) => index.by_destination.entry(address).or_default(),
                (None, Some(port)) => index.by_port.entry(port).or_default(),
                (None, None) => &mut index.others,
            }
            .push(nth);
        }
        (index.others.len() < rules.len() / 2).then_some(index)
    }

    /// The rules from `first` on that a packet with this header could match, in order.
    pub(super) fn candidates(&self, header: &Header, first: usize) -> impl Iterator<Item = usize> {
        let first = u32::try_from(first).unwrap_or(u32::MAX);
        let from_first = |list: Option<&Vec<u32>>| -> Vec<u32> {
            let list = list.map(Vec::as_slice).unwrap_or_default();
            list[list.partition_point(|nth| *nth < first)..].to_vec()
        };
        let mut candidates = from_first(self.by_destination.get(&header.destination));
        let port = header.destination_port();
        candidates.extend(from_first(port.and_then(|port| self.by_port.get(&port))));
        candidates.extend(from_first(Some(&self.others)));
        candidates.sort_unstable();
        candidates.into_iter().map(|nth| nth as usize)
    }
}

fn destination(rule: &Rule) -> Option<IpAddr> {
    rule.matches.iter().find_map(|condition| match condition {
        Match::Destination {
            negated: false,
            addresses: Addresses::One(address),
        } => Some(*address),
        _ => None,
    })
}

fn port(rule: &Rule) -> Option<u16> {
    rule.matches.iter().find_map(|condition| match condition {
        Match::DestinationPort(port) => Some(port.get()),
        _ => None,
    })
}

//! Where two answers to one probe part: the same packet under other rules.

use super::answer::{Alternative, Answer, Step};
use super::outcome::Verdict;
use super::words;
use crate::order::Order;
use crate::proxy::Share;

/// The first difference that a packet or its sender would notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Difference {
    /// Which alternative of both answers; the number that one has fewer, if all others are alike.
    pub alternative: usize,
    /// The first step, there and back, that is not alike; `None`: one answer has fewer alternatives, other shares, or
    /// other endpoints.
    pub step: Option<usize>,
    /// Whether the client sees something else.
    pub is_seen: bool,
}

/// Compares two answers to one probe; `None` if every packet goes the same way. Rules and causes may differ all the same:
/// what is compared is what happens, to which header, how often.
pub fn difference(one: &Answer, other: &Answer) -> Option<Difference> {
    let pairs = one.alternatives.iter().zip(&other.alternatives);
    for (alternative, (a, b)) in pairs.enumerate() {
        // A Pod that is reached and a node's own stack sound alike to a client only if something listens at both.
        let is_seen = a.journey.client_sees() != b.journey.client_sees()
            || a.journey.outcome.verdict() != b.journey.outcome.verdict();
        let (mut steps, mut others) = (a.journey.all_steps(), b.journey.all_steps());
        let mut nth = 0;
        let step = loop {
            match (steps.next(), others.next()) {
                (None, None) => break None,
                (Some(a), Some(b)) if is_alike(a, b) => nth += 1,
                _ => break Some(nth),
            }
        };
        let outcome = a.journey.outcome != b.journey.outcome;
        if step.is_some() || outcome || a.share != b.share || ends(a) != ends(b) {
            return Some(Difference {
                alternative,
                step,
                is_seen,
            });
        }
    }
    let (a, b) = (one.alternatives.len(), other.alternatives.len());
    (a != b).then(|| Difference {
        alternative: a.min(b),
        step: None,
        is_seen: true,
    })
}

/// Endpoints in an order of their own, each with its share.
fn ends(alternative: &Alternative) -> Vec<(String, &Share)> {
    let endpoints = alternative.endpoints.iter();
    let mut ends: Vec<(String, &Share)> = endpoints
        .map(|end| (end.address.to_string(), &end.share))
        .collect();
    ends.order_by(|(one, _), (other, _)| one.cmp(other));
    ends
}

fn is_alike(one: &Step, other: &Step) -> bool {
    (&one.what, one.before, one.after) == (&other.what, other.before, other.after)
}

/// Where packets end, with the share of each end: endpoints by Pod or address, other ends by their outcome.
pub fn split(answer: &Answer) -> Vec<(String, Share)> {
    let mut split: Vec<(String, Share)> = Vec::new();
    let mut add = |end: String, share: Share| match split.iter_mut().find(|(it, _)| *it == end) {
        Some((_, sum)) => *sum = sum.plus(share),
        None => split.push((end, share)),
    };
    for alternative in &answer.alternatives {
        let outcome = &alternative.journey.outcome;
        if alternative.endpoints.is_empty() || outcome.verdict() == Verdict::Unreachable {
            add(words::outcome(outcome), alternative.share);
            continue;
        }
        for endpoint in &alternative.endpoints {
            let end = match &endpoint.pod {
                Some(pod) => format!("{pod} ({})", endpoint.address),
                None => endpoint.address.to_string(),
            };
            add(end, endpoint.share);
        }
    }
    split
}

//! The engine's answer and the kernel's, side by side.

use std::collections::BTreeMap;

use switchboard_engine::trace::{Answer, Journey, Outcome, Place};

/// A right engine is contradicted by chance less than once in so many comparisons: e^23 is ten thousand millions.
const CERTAINTY: f64 = 23.0;

/// What may become of a connection, with its probability.
pub(crate) struct Expected(BTreeMap<Seen, f64>);

/// What a client and a server notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// This Pod answered, and saw this source address.
    Answered {
        pod: String,
        source: String,
    },
    Refused,
    TimedOut,
    /// A rule of the client's own node stopped it: `sendto` says so for UDP, whether it was a refusal or a drop.
    NotPermitted,
}

impl Expected {
    /// `None` where the lab cannot judge: the packet leaves the cluster, there is nobody to send it, or a load balancer
    /// sends it to another node than the lab's, which has one way in.
    pub(crate) fn of(answer: &Answer, entry: &str) -> Option<Self> {
        let mut seen: BTreeMap<Seen, f64> = BTreeMap::new();
        for alternative in &answer.alternatives {
            let journey = &alternative.journey;
            if balanced_elsewhere(journey, entry) {
                return None;
            }
            let what = match &journey.outcome {
                Outcome::Delivered { .. } => {
                    let source = journey.steps().last()?.after?.source.to_string();
                    for endpoint in &alternative.endpoints {
                        let (_, pod) = endpoint.pod.as_deref()?.split_once('/')?;
                        let answered = Seen::Answered {
                            pod: pod.to_owned(),
                            source: source.clone(),
                        };
                        *seen.entry(answered).or_default() += endpoint.share.as_f64();
                    }
                    continue;
                }
                // Nothing listens on the lab's nodes themselves.
                Outcome::Rejected { .. } | Outcome::AtNode { .. } => Seen::Refused,
                Outcome::Dropped { .. }
                | Outcome::Unroutable { .. }
                | Outcome::ReplyLost { .. }
                | Outcome::Looped => Seen::TimedOut,
                _ => return None,
            };
            *seen.entry(what).or_default() += alternative.share.as_f64();
        }
        Some(Self(seen))
    }

    /// Whether one connection tells all.
    pub(crate) fn is_certain(&self) -> bool {
        self.0.len() == 1
    }
}

/// What the kernel did that the engine does not say; `None`: they agree.
pub(crate) fn disagreement(
    expected: &Expected,
    outcomes: &[String],
    sticky: bool,
) -> Option<String> {
    let mut counts: BTreeMap<Seen, usize> = BTreeMap::new();
    for outcome in outcomes {
        let Some(seen) = read(outcome) else {
            return Some(format!("the client says {outcome:?}"));
        };
        *counts.entry(seen).or_default() += 1;
    }
    if outcomes.is_empty() {
        return Some("the client says nothing".to_owned());
    }
    let stopped =
        expected.0.contains_key(&Seen::Refused) || expected.0.contains_key(&Seen::TimedOut);
    let foreseen =
        |seen: &Seen| expected.0.contains_key(seen) || (*seen == Seen::NotPermitted && stopped);
    if let Some(unforeseen) = counts.keys().find(|seen| !foreseen(seen)) {
        let foreseen: Vec<&Seen> = expected.0.keys().collect();
        return Some(format!(
            "the kernel: {unforeseen:?}; the engine: {foreseen:?}"
        ));
    }
    if sticky || counts.contains_key(&Seen::NotPermitted) {
        // Affinity: all connections of one client go where the first went.
        return (counts.len() > 1)
            .then(|| format!("with affinity, one client went to {:?}", counts.keys()));
    }
    let all = outcomes.len() as f64;
    expected.0.iter().find_map(|(seen, &probability)| {
        let count = counts.get(seen).copied().unwrap_or_default();
        let surprise = all * divergence(count as f64 / all, probability);
        (surprise > CERTAINTY)
            .then(|| format!("{seen:?} {count} times of {all}, at a probability of {probability}"))
    })
}

fn read(outcome: &str) -> Option<Seen> {
    let words: Vec<&str> = outcome.split(' ').collect();
    match words.as_slice() {
        ["ok", pod, source] => Some(Seen::Answered {
            pod: (*pod).to_owned(),
            source: (*source).to_owned(),
        }),
        ["refused"] => Some(Seen::Refused),
        ["timeout"] => Some(Seen::TimedOut),
        ["not-permitted"] => Some(Seen::NotPermitted),
        _ => None,
    }
}

/// Whether a load balancer has a part in it that the lab does not play: it has none but the way to the entry node.
fn balanced_elsewhere(journey: &Journey, entry: &str) -> bool {
    let places: Vec<&Place> = journey.hops.iter().map(|hop| &hop.place).collect();
    let Some(balancer) = places
        .iter()
        .position(|place| matches!(place, Place::LoadBalancer { .. }))
    else {
        return false;
    };
    let from_outside = places[..balancer]
        .iter()
        .all(|place| matches!(place, Place::Outside));
    let to_entry = matches!(places.get(balancer + 1), Some(Place::Node { name }) if name == entry);
    !(from_outside && to_entry)
}

/// Kullback–Leibler divergence of two coins. By Chernoff, n tosses of a p-coin show a share of q or further away with a
/// probability below 2·e^(−n·divergence(q, p)).
fn divergence(q: f64, p: f64) -> f64 {
    let term = |q: f64, p: f64| if q == 0.0 { 0.0 } else { q * (q / p).ln() };
    if p >= 1.0 {
        if q >= 1.0 { 0.0 } else { f64::INFINITY }
    } else {
        term(q, p) + term(1.0 - q, 1.0 - p)
    }
}

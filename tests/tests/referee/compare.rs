//! The engine's answer and the kernel's, side by side.
//!
//! What an answer does not foresee must not happen once; that needs no statistics. Where it foresees several things, their
//! shares are compared with the counts. Of n independent connections, the number that end in one foreseen way is the sum
//! of n tosses of a coin that shows that side with the stated probability p. By Chernoff, the chance to see a share of q or
//! one further from p, on q's side of it, is at most e^(−n·D(q‖p)), D being the Kullback–Leibler divergence. For either
//! side there is one share q at which n·D(q‖p) is [`CERTAINTY`], so the chance of a contradiction in one comparison is at
//! most 2·e^(−CERTAINTY), whatever n and p are. Comparisons need not be independent of each other for the sum of their
//! chances to bound the chance of any contradiction (Boole): with e^30 ≈ 1.07·10¹³ a right engine is contradicted less than
//! once in a million runs as long as a run makes fewer than five million comparisons, which [`Comparisons::finish`] makes
//! sure of. That the connections of one comparison are independent is netfilter's doing (`numgen random`, `--mode random`)
//! and the client's, which never uses a source port twice.

use std::collections::BTreeMap;
use std::net::IpAddr;

use switchboard_engine::packet::Protocol;
use switchboard_engine::trace::{
    Answer, Journey, Message, Outcome, Place, SnatWhy, StepKind, Translator,
};

use crate::layout::Layout;

/// Contradicted by chance: less than twice in e to the power of this.
const CERTAINTY: f64 = 30.0;

/// The comparisons of counts with probabilities that a run makes.
#[derive(Debug, Default)]
pub(crate) struct Comparisons {
    made: u64,
    /// Tosses and hits over all answers of one kind: the nth of so many ways, at that probability. Many connections show
    /// what those of one answer are too few for.
    pools: BTreeMap<(usize, usize, u64), (f64, f64)>,
}

impl Comparisons {
    /// `count` of `all` connections ended in a way of this probability; `None`: that can be chance.
    fn compare(&mut self, count: f64, all: f64, probability: f64) -> Option<String> {
        self.made += 1;
        let surprise = all * divergence(count / all, probability);
        (surprise > CERTAINTY)
            .then(|| format!("{count} times of {all}, at a probability of {probability}"))
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.made += other.made;
        for (kind, (all, count)) in other.pools {
            let pool = self.pools.entry(kind).or_default();
            *pool = (pool.0 + all, pool.1 + count);
        }
    }

    /// Compares over all answers, and makes sure that a right engine fails less than once in a million runs.
    pub(crate) fn finish(mut self) -> Vec<String> {
        let mut disagreements = Vec::new();
        for ((nth, of, bits), (all, count)) in std::mem::take(&mut self.pools) {
            if let Some(what) = self.compare(count, all, f64::from_bits(bits)) {
                disagreements.push(format!("way {nth} of {of}, over all answers: {what}"));
            }
        }
        let chance = self.made as f64 * 2.0 * (-CERTAINTY).exp();
        println!(
            "{} shares compared; by chance, a right engine fails with a probability below {chance:.0e}",
            self.made
        );
        assert!(chance < 1e-6, "the bound is too wide for so many");
        disagreements
    }
}

/// What may become of a connection, with its probability.
pub(crate) struct Expected(BTreeMap<Seen, f64>);

/// What a client and a server notice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seen {
    /// This one answered, at this port, and saw this source address.
    Answered {
        by: String,
        source: IpAddr,
        port: u16,
    },
    EchoReply,
    Refused,
    TimedOut,
    Unreachable,
    /// A rule of the client's own node stopped it: `sendto` says so for what is no TCP, whether it was a refusal or a drop.
    NotPermitted,
}

impl Expected {
    /// What the engine says; or why the lab cannot judge it.
    pub(crate) fn of(answer: &Answer, layout: &Layout) -> Result<Self, &'static str> {
        let mut seen: BTreeMap<Seen, f64> = BTreeMap::new();
        let pings = answer.probe.message == Message::Ping;
        for alternative in &answer.alternatives {
            let journey = &alternative.journey;
            let share = alternative.share.as_f64();
            beyond_the_lab(journey, &layout.nodes[layout.entry].name)?;
            let last = journey.steps().last().and_then(|step| step.after);
            let source = last.map(|header| header.source);
            let answered = |by: &str, port: Option<u16>| {
                Some(Seen::Answered {
                    by: by.to_owned(),
                    source: source?,
                    port: port?,
                })
            };
            let missing = "it is not known who answers";
            match &journey.outcome {
                Outcome::Delivered { .. } | Outcome::AtNode { .. } if pings => {
                    *seen.entry(Seen::EchoReply).or_default() += share;
                }
                Outcome::Delivered { endpoint, pod, .. } if alternative.endpoints.is_empty() => {
                    let pod = pod.as_deref().ok_or(missing)?;
                    let what = answered(pod, endpoint.port).ok_or(missing)?;
                    *seen.entry(what).or_default() += share;
                }
                Outcome::Delivered { .. } => {
                    for endpoint in &alternative.endpoints {
                        let pod = endpoint.pod.as_deref();
                        let pod = pod.ok_or("an address that only an EndpointSlice knows")?;
                        let what = answered(pod, endpoint.address.port).ok_or(missing)?;
                        *seen.entry(what).or_default() += endpoint.share.as_f64();
                    }
                }
                Outcome::LeftCluster { address: None, .. } => {
                    return Err("a name that only the world knows");
                }
                Outcome::LeftCluster {
                    address: Some(address),
                    ..
                } => {
                    let ends: Vec<_> = if alternative.endpoints.is_empty() {
                        let port = last.and_then(|header| header.destination_port());
                        vec![(*address, port, share)]
                    } else {
                        let endpoints = alternative.endpoints.iter();
                        endpoints
                            .map(|end| (end.address.address, end.address.port, end.share.as_f64()))
                            .collect()
                    };
                    for (address, port, share) in ends {
                        if !layout.outside.contains(&address) {
                            return Err("a host outside that the lab has not got");
                        }
                        let what = answered(&address.to_string(), port).ok_or(missing)?;
                        *seen.entry(what).or_default() += share;
                    }
                }
                Outcome::HealthCheck { node, .. } => {
                    let port = last.and_then(|header| header.destination_port());
                    let what = answered(node, port).ok_or(missing)?;
                    *seen.entry(what).or_default() += share;
                }
                Outcome::AtNode { .. } => {
                    if answer
                        .probe
                        .message
                        .dials()
                        .is_some_and(|(p, _)| p == Protocol::Sctp)
                    {
                        return Err(
                            "SCTP at a node, whose kernel has no stack that would refuse it",
                        );
                    }
                    // Nothing but health checks listens on the lab's nodes themselves.
                    *seen.entry(Seen::Refused).or_default() += share;
                }
                Outcome::Rejected { .. } => *seen.entry(Seen::Refused).or_default() += share,
                Outcome::HostUnreachable { .. } => {
                    *seen.entry(Seen::Unreachable).or_default() += share;
                }
                Outcome::Dropped { .. }
                | Outcome::Unroutable { .. }
                | Outcome::ReplyLost { .. }
                | Outcome::Looped => *seen.entry(Seen::TimedOut).or_default() += share,
                Outcome::AtLoadBalancer { .. } => return Err("the load balancer itself"),
                Outcome::NameNotFound { .. }
                | Outcome::NoAddress { .. }
                | Outcome::NoResolver { .. } => return Err("a name, not a packet"),
                _ => return Err("there is nobody to send it"),
            }
        }
        Ok(Self(seen))
    }

    /// Whether one connection tells all.
    pub(crate) fn is_certain(&self) -> bool {
        self.0.len() == 1
    }

    /// Whether some of the connections are waited for in vain.
    pub(crate) fn waits(&self) -> bool {
        self.0.contains_key(&Seen::TimedOut)
    }

    /// Whether somebody may answer.
    pub(crate) fn arrives(&self) -> bool {
        self.0
            .keys()
            .any(|seen| matches!(seen, Seen::Answered { .. }))
    }

    /// Whether the kernel may do this.
    pub(crate) fn foresees(&self, seen: &Seen) -> bool {
        let stopped = self.0.contains_key(&Seen::Refused) || self.waits();
        self.0.contains_key(seen) || (*seen == Seen::NotPermitted && stopped)
    }
}

/// What the kernel did that the engine does not say; `None`: they agree.
pub(crate) fn disagreement(
    expected: &Expected,
    outcomes: &[Seen],
    comparisons: &mut Comparisons,
) -> Option<String> {
    let mut counts: BTreeMap<&Seen, usize> = BTreeMap::new();
    for seen in outcomes {
        *counts.entry(seen).or_default() += 1;
    }
    if outcomes.is_empty() {
        return Some("the client says nothing".to_owned());
    }
    if let Some(unforeseen) = counts.keys().find(|seen| !expected.foresees(seen)) {
        let foreseen: Vec<&Seen> = expected.0.keys().collect();
        return Some(format!(
            "the kernel: {unforeseen:?}; the engine: {foreseen:?}"
        ));
    }
    if expected.is_certain() || counts.contains_key(&Seen::NotPermitted) {
        return None;
    }
    let all = outcomes.len() as f64;
    let ways = expected.0.len();
    let mut found = None;
    for (nth, (seen, &probability)) in expected.0.iter().enumerate() {
        let count = counts.get(seen).copied().unwrap_or_default() as f64;
        let pool = comparisons.pools.entry((nth, ways, probability.to_bits()));
        let pool = pool.or_default();
        *pool = (pool.0 + all, pool.1 + count);
        if let Some(what) = comparisons.compare(count, all, probability) {
            found = Some(format!("{seen:?} {what}"));
        }
    }
    found
}

/// A line of the client's.
pub(crate) fn read(outcome: &str) -> Option<Seen> {
    let words: Vec<&str> = outcome.split(' ').collect();
    match words.as_slice() {
        ["ok", by, source, port] => Some(Seen::Answered {
            by: (*by).to_owned(),
            source: source.parse().ok()?,
            port: port.parse().ok()?,
        }),
        ["echo"] => Some(Seen::EchoReply),
        ["refused"] => Some(Seen::Refused),
        ["timeout"] => Some(Seen::TimedOut),
        ["unreachable"] => Some(Seen::Unreachable),
        ["not-permitted"] => Some(Seen::NotPermitted),
        _ => None,
    }
}

/// Who has a part in a journey that the lab does not play: load balancers, of which it has but the way to the entry node,
/// and the CNI's portmap.
fn beyond_the_lab(journey: &Journey, entry: &str) -> Result<(), &'static str> {
    for step in journey.steps() {
        match &step.what {
            StepKind::Dnat {
                by: Translator::PortMap,
            } => return Err("a host port of the CNI"),
            StepKind::Snat {
                why: SnatWhy::LoadBalancer,
            }
            | StepKind::Dnat {
                by: Translator::LoadBalancer,
            } => {
                return Err("a load balancer that opens connections of its own");
            }
            _ => {}
        }
    }
    let places: Vec<&Place> = journey.hops.iter().map(|hop| &hop.place).collect();
    let Some(balancer) = places
        .iter()
        .position(|place| matches!(place, Place::LoadBalancer { .. }))
    else {
        return Ok(());
    };
    let from_outside = places[..balancer]
        .iter()
        .all(|place| matches!(place, Place::Outside));
    if !from_outside {
        return Err("a load balancer reached from inside");
    }
    match places.get(balancer + 1) {
        Some(Place::Node { name }) if name == entry => Ok(()),
        Some(_) => Err("a load balancer chooses another node than the lab's"),
        None => Err("a load balancer without nodes"),
    }
}

/// Kullback–Leibler divergence of two coins.
fn divergence(q: f64, p: f64) -> f64 {
    let term = |q: f64, p: f64| if q == 0.0 { 0.0 } else { q * (q / p).ln() };
    if p >= 1.0 {
        if q >= 1.0 { 0.0 } else { f64::INFINITY }
    } else {
        term(q, p) + term(1.0 - q, 1.0 - p)
    }
}

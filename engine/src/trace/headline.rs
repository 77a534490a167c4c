//! What is said of an answer before all else.
//!
//! Mostly its verdict, which is about packets. They arrive at kube-proxy's health check, too, where the answer is 503; but
//! whoever asks, a load balancer, leaves the node out. And they arrive at a port that a Pod's containers do not declare
//! although they declare others, which is mostly a slip. That comes first, then.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Journey};
use super::outcome::{ClientSees, Listening, Outcome, Verdict};

/// The first thing that is said of an answer, or of one journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Headline {
    /// What the packets come to.
    Verdict(Verdict),
    /// All arrive, at health checks that answer 503.
    Unhealthy,
    /// All arrive, some of them at health checks that answer 503.
    PartlyUnhealthy,
    /// All arrive, where containers declare ports, and not the one that is dialled.
    OthersDeclared,
    /// All arrive, some of them there.
    PartlyOthersDeclared,
}

impl Headline {
    /// Of all ways.
    pub fn of(answer: &Answer) -> Self {
        let journeys = answer.alternatives.iter().map(|way| &way.journey);
        Self::told(answer.verdict, journeys)
    }

    /// Of one of its journeys.
    pub fn of_journey(answer: &Answer, journey: &Journey) -> Self {
        Self::told(answer.verdict_of(journey), [journey])
    }

    fn told<'a>(verdict: Verdict, journeys: impl IntoIterator<Item = &'a Journey>) -> Self {
        if verdict != Verdict::Reachable {
            return Self::Verdict(verdict);
        }
        let (mut unhealthy, mut undeclared, mut others) = (false, false, false);
        for journey in journeys {
            match &journey.outcome {
                _ if journey.client_sees() == ClientSees::Unhealthy => unhealthy = true,
                Outcome::Delivered {
                    listening: Listening::OthersDeclared,
                    ..
                } => undeclared = true,
                _ => others = true,
            }
        }
        match (unhealthy, undeclared, others) {
            (true, false, false) => Self::Unhealthy,
            (true, ..) => Self::PartlyUnhealthy,
            (_, true, false) => Self::OthersDeclared,
            (_, true, true) => Self::PartlyOthersDeclared,
            _ => Self::Verdict(verdict),
        }
    }
}

//! What is said of an answer before all else.
//!
//! Mostly its verdict, which is about connections. A connection to kube-proxy's health check is made, too, where the
//! answer is 503; but whoever asks, a load balancer, leaves the node out. That comes first, then.

use serde::{Deserialize, Serialize};

use super::answer::{Answer, Journey};
use super::outcome::{ClientSees, Verdict};

/// The first thing that is said of an answer, or of one journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Headline {
    /// What the packets come to.
    Verdict(Verdict),
    /// All arrive, at health checks that answer 503.
    Unhealthy,
    /// All arrive, some of them at health checks that answer 503.
    PartlyUnhealthy,
}

impl Headline {
    /// Of all ways.
    pub fn of(answer: &Answer) -> Self {
        let journeys = answer.alternatives.iter().map(|way| &way.journey);
        Self::told(answer.verdict, journeys)
    }

    /// Of one.
    pub fn of_journey(journey: &Journey) -> Self {
        Self::told(journey.outcome.verdict(), [journey])
    }

    fn told<'a>(verdict: Verdict, journeys: impl IntoIterator<Item = &'a Journey>) -> Self {
        let (mut unhealthy, mut others) = (false, false);
        for journey in journeys {
            match journey.client_sees() {
                ClientSees::Unhealthy => unhealthy = true,
                _ => others = true,
            }
        }
        match (verdict, unhealthy, others) {
            (Verdict::Reachable, true, false) => Self::Unhealthy,
            (Verdict::Reachable, true, true) => Self::PartlyUnhealthy,
            _ => Self::Verdict(verdict),
        }
    }
}

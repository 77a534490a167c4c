//! NetworkPolicies that an answer does not take into account, and what that makes of it. Which ones, `explain` finds out.

use serde::{Deserialize, Serialize};

use super::{Answer, Journey, Outcome, Verdict};
use crate::Str;

/// NetworkPolicies that are written for a packet, `namespace/name` of each. What their rules allow is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Policies {
    /// They select who is reached, for ingress.
    pub ingress: Vec<Str>,
    /// They select who sends, for egress.
    pub egress: Vec<Str>,
}

impl Policies {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ingress.is_empty() && self.egress.is_empty()
    }

    // What arrives without them may or may not arrive.
    fn leave_of(&self, verdict: Verdict) -> Verdict {
        match verdict {
            Verdict::Reachable if !self.is_empty() => Verdict::Undetermined,
            verdict => verdict,
        }
    }
}

impl Answer {
    /// The answer where these policies are asked: what arrives without them, may or may not arrive.
    #[must_use]
    pub fn subject_to(mut self, policies: Policies) -> Self {
        self.verdict = policies.leave_of(self.verdict);
        self.policies = policies;
        self
    }

    /// What one of its journeys comes to.
    pub fn verdict_of(&self, journey: &Journey) -> Verdict {
        self.policies.leave_of(journey.outcome.verdict())
    }

    /// Whether every way ends where it should, as far as no policy is asked.
    pub fn arrives(&self) -> bool {
        let outcomes = self.alternatives.iter().map(|way| &way.journey.outcome);
        outcomes
            .map(Outcome::verdict)
            .all(|verdict| verdict == Verdict::Reachable)
    }
}

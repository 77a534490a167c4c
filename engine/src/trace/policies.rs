//! NetworkPolicies that an answer does not take into account, and what that makes of it. Which ones, `explain` finds out.

use serde::{Deserialize, Serialize};

use super::{Answer, Outcome, Verdict};
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
}

impl Answer {
    /// The answer where these policies are asked: what arrives without them, may or may not arrive.
    #[must_use]
    pub fn subject_to(mut self, policies: Policies) -> Self {
        if self.verdict == Verdict::Reachable && !policies.is_empty() {
            self.verdict = Verdict::Undetermined;
        }
        self.policies = policies;
        self
    }

    /// Whether every way ends where it should, as far as no policy is asked.
    pub fn arrives(&self) -> bool {
        let outcomes = self.alternatives.iter().map(|way| &way.journey.outcome);
        outcomes
            .map(Outcome::verdict)
            .all(|verdict| verdict == Verdict::Reachable)
    }
}

//! A way while it is being walked: what makes a journey's promises hold.

use super::answer::{Because, Certainty, Hop, Place, Step, StepKind};
use crate::packet::Header;

/// Hops so far. A place becomes a hop with its first step, so none is empty; a rewrite that changes nothing is not one.
#[derive(Debug, Clone, Default)]
pub(super) struct Trail {
    hops: Vec<Hop>,
    next: Option<Place>,
}

impl Trail {
    /// Goes to a place. Staying is not a new hop.
    pub(super) fn enter(&mut self, place: Place) {
        self.next = match self.hops.last() {
            Some(hop) if hop.place == place => None,
            _ => Some(place),
        };
    }

    /// Something happens that does not end the way.
    pub(super) fn step(&mut self, step: Step) {
        debug_assert!(!step.what.ends(), "an end is `finish`");
        if step.what.rewrites() && step.before == step.after {
            return;
        }
        self.push(step);
    }

    /// The last step.
    pub(super) fn finish(mut self, step: Step) -> Vec<Hop> {
        debug_assert!(step.what.ends(), "only an end finishes");
        self.push(step);
        self.hops
    }

    fn push(&mut self, step: Step) {
        if let Some(place) = self.next.take() {
            self.hops.push(Hop {
                place,
                steps: Vec::new(),
            });
        }
        match self.hops.last_mut() {
            Some(hop) => hop.steps.push(step),
            // Nobody said where: nothing to tell.
            None => debug_assert!(false, "a trail starts at a place"),
        }
    }
}

/// A step that leaves the header as it is.
pub(super) fn unchanged(
    what: StepKind,
    header: Header,
    because: Because,
    certainty: Certainty,
) -> Step {
    Step {
        what,
        before: Some(header),
        after: Some(header),
        because,
        certainty,
    }
}

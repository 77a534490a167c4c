//! Objects that do not find each other.

use super::Severity;
use crate::Str;

/// Objects that do not find each other.
#[derive(Debug, Clone, PartialEq)]
pub enum ReachProblem {
    /// The selector of a Service matches no Pod.
    SelectorMatchesNothing {
        /// `namespace/name`.
        service: Str,
    },
}

impl ReachProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::SelectorMatchesNothing { .. } => "selector-matches-nothing",
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::SelectorMatchesNothing { .. } => Severity::Warning,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::SelectorMatchesNothing { service } => {
                format!("The selector of Service {service} matches no Pod.")
            }
        }
    }
}

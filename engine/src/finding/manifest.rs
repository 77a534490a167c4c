//! What is wrong with the text itself, before it is an object.

use super::Severity;
use crate::Str;

/// What is wrong with the text itself, before it is an object.
#[derive(Debug, Clone, PartialEq)]
pub enum ManifestProblem {
    /// A document that is no YAML or JSON.
    Syntax {
        /// What the parser says.
        reason: Str,
    },
}

impl ManifestProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "manifest-syntax",
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Syntax { .. } => Severity::Error,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Syntax { reason } => format!("This document cannot be read: {reason}."),
        }
    }
}

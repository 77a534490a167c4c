//! What the API server would refuse, or change.

use super::Severity;
use crate::Str;

/// What the API server would refuse, or change.
#[derive(Debug, Clone, PartialEq)]
pub enum AdmissionProblem {
    /// The API server refuses the object over this field.
    Refused {
        /// Path as the API server writes it.
        field: Str,
        /// Its message.
        message: Str,
    },
}

impl AdmissionProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused-by-api-server",
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Refused { .. } => Severity::Error,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Refused { field, message } => {
                format!("The API server refuses this: {field}: {message}")
            }
        }
    }
}

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
    /// Two objects of one kind have the same name: the last one counts.
    DuplicateObject {
        /// Kind of both.
        kind: Str,
        /// Name of both.
        name: Str,
    },
}

impl AdmissionProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused-by-api-server",
            Self::DuplicateObject { .. } => "duplicate-object",
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Refused { .. } => Severity::Error,
            Self::DuplicateObject { .. } => Severity::Warning,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Refused { field, message } => {
                format!("The API server refuses this: {field}: {message}")
            }
            Self::DuplicateObject { kind, name } => {
                format!(
                    "{kind} {name} is here more than once in one namespace. The last one counts, as with kubectl apply."
                )
            }
        }
    }
}

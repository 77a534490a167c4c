//! What a controller or the scheduler cannot do.

use super::Severity;
use crate::Str;

/// What a controller or the scheduler cannot do.
#[derive(Debug, Clone, PartialEq)]
pub enum ControllerProblem {
    /// No node takes the Pod.
    Unschedulable {
        /// `namespace/name`.
        pod: Str,
    },
}

impl ControllerProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Unschedulable { .. } => "pod-pending",
        }
    }

    pub(super) fn severity(&self) -> Severity {
        match self {
            Self::Unschedulable { .. } => Severity::Warning,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Unschedulable { pod } => format!("Pod {pod} fits on no node and stays Pending."),
        }
    }
}

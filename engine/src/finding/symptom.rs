//! What a client sees of a mistake: predicted from the manifests, and the same that a trace computes.

use serde::{Deserialize, Serialize};

use super::Seen;
use crate::cluster::Service;

/// What a client sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Symptom {
    /// Connection refused, at once.
    Refused,
    /// Nothing comes back.
    TimedOut,
    /// The name does not exist, or has no address.
    NoSuchHost,
    /// The name has no address of a family that the client has.
    NoAddress,
    /// Of so many packets, these do not get where they should.
    Intermittent {
        /// This many.
        failing: u64,
        /// Of this many.
        of: u64,
    },
    /// `kubectl apply` fails.
    RejectedOnApply,
    /// Something waits.
    Pending,
    /// The packet arrives; what then, no manifest tells.
    Unknowable,
    /// Nothing that a client would notice.
    Nothing,
}

impl Symptom {
    /// What a client of a Service without endpoints sees: nodes refuse its address, a headless name does not exist.
    pub fn of_no_endpoints(service: &Service) -> Self {
        if service.is_headless() {
            Self::NoSuchHost
        } else {
            Self::Refused
        }
    }

    /// So many of so many, in lowest terms.
    pub fn some(failing: u64, of: u64) -> Self {
        let (mut a, mut b) = (failing, of);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1);
        Self::Intermittent {
            failing: failing / divisor,
            of: of / divisor,
        }
    }

    /// Its kind.
    pub fn seen(self) -> Seen {
        match self {
            Self::Refused => Seen::Refused,
            Self::TimedOut => Seen::TimedOut,
            Self::NoSuchHost => Seen::NoSuchHost,
            Self::NoAddress => Seen::NoAddress,
            Self::Intermittent { .. } => Seen::Intermittent,
            Self::RejectedOnApply => Seen::RejectedOnApply,
            Self::Pending => Seen::Pending,
            Self::Unknowable => Seen::Unknowable,
            Self::Nothing => Seen::Nothing,
        }
    }

    /// Whether it explains why a packet does not arrive.
    pub fn breaks(self) -> bool {
        !matches!(self, Self::Unknowable | Self::Nothing)
    }

    /// In words, as the end of "a client sees: …".
    pub fn words(self) -> String {
        match self {
            Self::Intermittent { failing, of } => {
                format!("{failing} of {of} connections do not get where they should")
            }
            other => other.seen().words().to_owned(),
        }
    }
}

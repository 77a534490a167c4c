//! Findings: what is wrong, or worth knowing, as data with a place.
//!
//! A stage pushes what it sees and goes on; sentences are made last, in one file per family of problems.
//! A family is an enum of what can be said, next to the function that says it.

mod admission;
pub mod catalogue;
mod controllers;
mod manifest;
mod names;
mod packets;
mod reach;
mod services;
mod symptom;

pub use admission::AdmissionProblem;
pub use controllers::{ControllerProblem, HintsObstacle};
pub use manifest::{Foreign, Found, HeadField, ManifestProblem};
pub use names::NameProblem;
pub use packets::{AskedNamespace, NoLoopback, NoPodName, PacketProblem};
pub use reach::{Elsewhere, Near, ReachProblem, UndeclaredProbe};
pub use services::ServiceProblem;
pub use symptom::Symptom;

pub use catalogue::{Appears, Entry, Seen};

use serde::{Deserialize, Serialize};

use crate::origin::Origin;

/// One thing to say about the manifests.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// The field that is to blame; `None` when no text was pasted for it.
    pub origin: Option<Origin>,
    /// Other places that belong to it: the first of two duplicates, the Pod that nearly matches.
    pub related: Vec<Origin>,
    /// What.
    pub problem: Problem,
}

/// What a finding says, by the stage that saw it.
#[derive(Debug, Clone, PartialEq)]
pub enum Problem {
    /// The text, before it is an object.
    Manifest(ManifestProblem),
    /// The API server would refuse or change it.
    Admission(AdmissionProblem),
    /// A controller cannot do what is asked.
    Controller(ControllerProblem),
    /// Objects that do not find each other.
    Reach(ReachProblem),
    /// Services and EndpointSlices that do something else than they seem to.
    Service(ServiceProblem),
    /// Names that do not resolve as their manifest suggests.
    Name(NameProblem),
    /// What is true of one packet.
    Packet(PacketProblem),
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Likely not what was meant.
    Warning,
    /// It cannot work as written.
    Error,
}

impl Severity {
    /// `error`, `warning`, `note`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Finding {
    /// A stable code, for filters and documentation: `selector-matches-nothing`.
    pub fn code(&self) -> &'static str {
        match &self.problem {
            Problem::Manifest(problem) => problem.code(),
            Problem::Admission(problem) => problem.code(),
            Problem::Controller(problem) => problem.code(),
            Problem::Reach(problem) => problem.code(),
            Problem::Service(problem) => problem.code(),
            Problem::Name(problem) => problem.code(),
            Problem::Packet(problem) => problem.code(),
        }
    }

    /// What all findings of its code have in common.
    pub fn entry(&self) -> &'static Entry {
        catalogue::entry(self.code()).expect("a test looks every code up")
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        let own = match &self.problem {
            Problem::Reach(problem) => problem.severity(),
            Problem::Service(problem) => problem.severity(),
            Problem::Name(problem) => problem.severity(),
            Problem::Packet(problem) => problem.severity(),
            _ => None,
        };
        own.unwrap_or(self.entry().severity)
    }

    /// What a client sees of it.
    pub fn symptom(&self) -> Symptom {
        match &self.problem {
            Problem::Manifest(problem) => problem.symptom(),
            Problem::Admission(problem) => problem.symptom(),
            Problem::Controller(problem) => problem.symptom(),
            Problem::Reach(problem) => problem.symptom(),
            Problem::Service(problem) => problem.symptom(),
            Problem::Name(problem) => problem.symptom(),
            Problem::Packet(problem) => problem.symptom(),
        }
    }

    /// One or two sentences in plain words.
    pub fn message(&self) -> String {
        match &self.problem {
            Problem::Manifest(problem) => problem.message(),
            Problem::Admission(problem) => problem.message(),
            Problem::Controller(problem) => problem.message(),
            Problem::Reach(problem) => problem.message(),
            Problem::Service(problem) => problem.message(),
            Problem::Name(problem) => problem.message(),
            Problem::Packet(problem) => problem.message(),
        }
    }
}

/// Findings in the order in which the stages saw them.
#[derive(Debug, Clone, Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Adds a finding about one place.
    pub fn push(&mut self, origin: Option<Origin>, problem: impl Into<Problem>) {
        self.push_related(origin, Vec::new(), problem);
    }

    /// Adds a finding that other places belong to.
    pub fn push_related(
        &mut self,
        origin: Option<Origin>,
        related: Vec<Origin>,
        problem: impl Into<Problem>,
    ) {
        self.0.push(Finding {
            origin,
            related,
            problem: problem.into(),
        });
    }

    /// Takes back those that a later stage knows to be beside the point.
    pub(crate) fn retain(&mut self, keep: impl FnMut(&Finding) -> bool) {
        self.0.retain(keep);
    }

    /// All of them.
    pub fn iter(&self) -> std::slice::Iter<'_, Finding> {
        self.0.iter()
    }
}

impl From<ManifestProblem> for Problem {
    fn from(problem: ManifestProblem) -> Self {
        Self::Manifest(problem)
    }
}
impl From<AdmissionProblem> for Problem {
    fn from(problem: AdmissionProblem) -> Self {
        Self::Admission(problem)
    }
}
impl From<ControllerProblem> for Problem {
    fn from(problem: ControllerProblem) -> Self {
        Self::Controller(problem)
    }
}
impl From<NameProblem> for Problem {
    fn from(problem: NameProblem) -> Self {
        Self::Name(problem)
    }
}
impl From<ReachProblem> for Problem {
    fn from(problem: ReachProblem) -> Self {
        Self::Reach(problem)
    }
}
impl From<ServiceProblem> for Problem {
    fn from(problem: ServiceProblem) -> Self {
        Self::Service(problem)
    }
}
impl From<PacketProblem> for Problem {
    fn from(problem: PacketProblem) -> Self {
        Self::Packet(problem)
    }
}

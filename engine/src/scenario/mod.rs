//! Scenarios: one Markdown file that is a lesson, a test and a link.
//!
//! [`parse`] reads the file, [`run`] puts its probes to the engine and compares. A heading of level two begins a step;
//! fenced blocks say what they are in their info string:
//!
//! | info string | meaning |
//! |---|---|
//! | `yaml manifest [NAME]` | a file of the step; the following steps keep it until a block of the same name replaces it |
//! | `probe` | a question with the expected answer |
//! | `console` | shown, not run |
//!
//! Anything else is an error with its line, so that kinds can be added and never change their meaning.

mod parse;
mod run;
#[cfg(test)]
mod tests;

pub use parse::parse;
pub use run::{Difference, analyse, run};

use serde::Deserialize;

use crate::cluster::Options;
use crate::manifest::SourceFile;

/// A scenario, read.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// From the front matter.
    pub title: String,
    /// One sentence, from the front matter.
    pub summary: String,
    /// What no configuration kind can say, from the front matter.
    pub options: Options,
    /// Its steps, at least one.
    pub steps: Vec<Step>,
}

/// One step.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Text of its heading; the scenario's title for what stands before the first.
    pub title: String,
    /// Line of its heading, from 1.
    pub line: usize,
    /// Its prose as Markdown, without the blocks that mean something.
    pub prose: String,
    /// The manifests in force, this step's own and those of the steps before.
    pub files: Vec<SourceFile>,
    /// Its questions.
    pub probes: Vec<Probe>,
}

/// A question with the expected answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    /// Line of its block, from 1.
    pub line: usize,
    /// Where the packet starts: `pod/NAME`, `deployment/NAME`, `node/NAME`, `outside`, an address.
    pub from: String,
    /// What is dialled: a URL, `NAME:PORT`, `ADDRESS:PORT`, with `/udp` or `/sctp` behind the port.
    pub to: String,
    /// What has to come out.
    pub expect: Expect,
}

/// What a probe has to give; what is left out is not compared.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Expect {
    /// How the journeys end, all of them: `delivered`, `rejected`, … (the names of [`Outcome`](crate::trace::Outcome)).
    pub outcome: Option<OneOrMore>,
    /// What the client is told: `refused`, `timed-out`, … (the names of [`ClientSees`](crate::trace::ClientSees)).
    pub sees: Option<OneOrMore>,
    /// Verdict over all journeys: `reachable`, `unreachable`, `ambiguous`, `undetermined`.
    pub verdict: Option<String>,
    /// Who answers: Pod names or addresses with `*`; every delivered journey has to match one of them, and each has to be met.
    pub to: Option<OneOrMore>,
    /// Exact share of each endpoint that is reached: `1/3`.
    pub share: Option<String>,
    /// Source address at the end of the way, of all journeys: what the Pod sees.
    pub source: Option<OneOrMore>,
}

/// A value or a list of them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// More.
    More(Vec<String>),
}

impl OneOrMore {
    /// As a list.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::More(values) => values,
        }
    }
}

/// What is wrong with a scenario file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What, and what would be right.
    pub message: String,
}

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ScenarioError {}

//! Scenarios: one Markdown file that is a lesson, a test and a link.
//!
//! [`parse`] reads the file, [`run`] puts all that it says to the engine and compares. A heading of level two begins a
//! step; fenced blocks say what they are in their info string ([`BLOCKS`], and `docs/scenarios.md` for authors). Any other
//! block is an error with its line, so that kinds can be added and never change their meaning.
//!
//! | module | |
//! |---|---|
//! | `parse`, `blocks`, `names` | the file, its fenced blocks, the words that they may use |
//! | [`prose`] | Markdown as a tree that has no room for markup |
//! | [`check`], [`question`] | what the engine is asked: does this hold, which choice is right |
//! | [`edit`] | changes of manifests: solutions, mutations |
//! | `run` | everything that a scenario claims |

mod blocks;
pub mod check;
pub mod edit;
mod names;
mod parse;
mod pieces;
pub mod prose;
pub mod question;
mod run;
#[cfg(test)]
mod tests;

pub use check::{Check, Mismatch};
pub use edit::Edit;
pub use parse::{MOST_BYTES, parse};
pub use prose::Prose;
pub use question::Question;
pub use run::{Difference, analyse, analyse_files, reached, run, run_step};

use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::Str;
use crate::cluster::Options;
use crate::manifest::SourceFile;

/// Info strings of fenced blocks, and what each block is.
pub const BLOCKS: [(&str, &str); 14] = [
    ("yaml manifest [NAME]", "a file of the step"),
    ("probe", "a packet, and what has to come of it"),
    ("console", "shown, not run"),
    ("highlight", "what to look at"),
    ("predict", "a question before the packet is sent"),
    ("task", "what the learner has to bring about"),
    ("hint", "one help for the task"),
    ("solution", "the task's solution as edits"),
    (
        "yaml solution [NAME]",
        "the task's solution as a whole file",
    ),
    ("explanation", "shown when the step is done"),
    ("claims", "what the prose says, for the engine to check"),
    ("mutation", "an edit under which the step no longer holds"),
    ("quiz", "a card with choices"),
    ("notes", "for the speaker"),
];

/// A scenario, read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// From the front matter.
    pub title: String,
    /// One sentence, from the front matter.
    pub summary: String,
    /// How much it asks of the learner.
    pub level: Level,
    /// How long it takes.
    pub minutes: Option<u16>,
    /// What it is about, in words.
    pub tags: Vec<String>,
    /// Names of scenarios that one should know before.
    pub prerequisites: Vec<String>,
    /// Title of the workshop that it belongs to.
    pub workshop: Option<String>,
    /// Its place in the workshop.
    pub order: u16,
    /// Only what the client sees is shown until the learner asks for more.
    pub symptom_first: bool,
    /// What no configuration kind can say, from the front matter.
    pub options: Options,
    /// Its steps, at least one.
    pub steps: Vec<Step>,
}

/// How much a scenario asks of the learner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the words say it")]
pub enum Level {
    #[default]
    Beginner,
    Intermediate,
    Advanced,
}

impl Level {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Beginner => "beginner",
            Self::Intermediate => "intermediate",
            Self::Advanced => "advanced",
        }
    }
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// Text of its heading; the scenario's title for what stands before the first.
    pub title: String,
    /// Line of its heading, from 1.
    pub line: usize,
    /// Its prose, without the blocks that mean something.
    pub prose: Prose,
    /// The manifests in force, this step's own and those of the steps before; what a solution changed stays changed.
    pub files: Vec<SourceFile>,
    /// Its questions.
    pub probes: Vec<Probe>,
    /// What to look at.
    pub highlights: Vec<Highlight>,
    /// Asked before a packet is sent.
    pub predictions: Vec<Question>,
    /// What the learner has to bring about.
    pub task: Option<Task>,
    /// Shown when the step is done.
    pub explanation: Option<Prose>,
    /// What the prose says.
    pub claims: Vec<Claim>,
    /// Edits under which the step no longer holds.
    pub mutations: Vec<Mutation>,
    /// Cards.
    pub quiz: Vec<Question>,
    /// For the speaker.
    pub notes: Option<Prose>,
}

/// A question with the expected answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
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

/// A value or a list of them, as a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OneOrMore<T = String>(Vec<T>);

impl<T> OneOrMore<T> {
    /// As a list.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMore<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written<T>(PhantomData<T>);

        // serde's `untagged` would keep a copy to try both, and forget which line was wrong.
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Written<T> {
            type Value = Vec<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a value or a list of values")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
                T::deserialize(text.into_deserializer()).map(|value| vec![value])
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Vec<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|value| vec![value])
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list))
            }
        }

        // A person writes either; between programs it is always a list.
        if deserializer.is_human_readable() {
            deserializer.deserialize_any(Written(PhantomData)).map(Self)
        } else {
            Vec::deserialize(deserializer).map(Self)
        }
    }
}

/// An object by its kind and name: `service/shop/web`, `pod/client`, `node/left`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectName {
    /// In lower case, singular: `service`.
    pub kind: Str,
    /// `default` unless it says otherwise; empty for nodes and namespaces.
    pub namespace: Str,
    /// Name.
    pub name: Str,
}

impl std::fmt::Display for ObjectName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.namespace.as_str() {
            "" => write!(f, "{}/{}", self.kind, self.name),
            namespace => write!(f, "{}/{namespace}/{}", self.kind, self.name),
        }
    }
}

/// Something to look at: an object on the map and in the manifests, or a field of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Highlight {
    /// Line, from 1.
    pub line: usize,
    /// The object.
    pub object: ObjectName,
    /// A field of it: `spec.ports[0].targetPort`.
    pub path: Option<String>,
}

/// What the learner has to bring about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Line of its block, from 1.
    pub line: usize,
    /// In a sentence.
    pub goal: Prose,
    /// All of these hold when it is done, and not all of them before.
    pub checks: Vec<Check>,
    /// Helps, from the least to the most.
    pub hints: Vec<Prose>,
    /// What brings it about.
    pub solution: Vec<Edit>,
    /// The manifests with the solution in them.
    pub solved: Vec<SourceFile>,
}

/// Something that the prose says and the engine can check.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Claim {
    /// Line, from 1.
    pub line: usize,
    /// Words of the prose, literally.
    pub says: Option<String>,
    /// What they come to.
    pub check: Check,
}

/// An edit under which the step no longer holds: the proof that its checks see something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mutation {
    /// Line of its block, from 1.
    pub line: usize,
    /// The edits.
    pub edits: Vec<Edit>,
    /// The manifests with the edits in them: of the solution, if the step has a task.
    pub files: Vec<SourceFile>,
}

/// What is wrong with a scenario file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

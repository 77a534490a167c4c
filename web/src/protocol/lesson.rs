//! What page and worker say to each other about lessons.

use serde::{Deserialize, Serialize};
use switchboard_engine::scenario::{Check, Scenario, ScenarioError};

use super::{Revision, TextPlace};
use crate::scene::Key;

/// A question about a lesson.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LessonQuestion {
    /// Read a scenario.
    Read {
        /// Its name; of those that come with the page, what it is found by.
        id: String,
        /// Its text, if it does not come with the page.
        text: Option<String>,
    },
    /// What are these files?
    List {
        /// Their texts.
        texts: Vec<String>,
    },
    /// Which of these hold now?
    Status {
        /// In order.
        checks: Vec<Check>,
    },
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum LessonAnswer {
    /// To [`LessonQuestion::Read`].
    Read {
        /// Its name.
        id: String,
        /// The lesson, or what is wrong with its file.
        lesson: Result<Box<LessonView>, Vec<ScenarioError>>,
    },
    /// To [`LessonQuestion::List`].
    Listed {
        /// In the order of the question: what the overview shows, or what is wrong with the file.
        about: Vec<Result<About, Vec<ScenarioError>>>,
    },
    /// To [`LessonQuestion::Status`].
    Status {
        /// Of these documents.
        revision: Revision,
        /// In the order of the question.
        checks: Vec<CheckView>,
    },
}

/// What the overview shows of a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its title.
    pub title: String,
    /// One sentence.
    pub summary: String,
    /// `beginner`, ….
    pub level: String,
    /// How long it takes.
    pub minutes: Option<u16>,
    /// Title of its workshop; empty if it belongs to none.
    pub workshop: String,
    /// Its place there.
    pub order: u16,
    /// How many steps it has.
    pub steps: usize,
}

/// A scenario, and what the engine makes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LessonView {
    /// As it was written.
    pub scenario: Scenario,
    /// What the engine makes of each step.
    pub steps: Vec<LessonStep>,
}

/// What the engine makes of a step as the learner finds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LessonStep {
    /// What a client sees.
    pub symptom: Option<Symptom>,
    /// Answers to its predictions.
    pub predictions: Vec<Reveal>,
    /// Answers to its cards.
    pub quiz: Vec<Reveal>,
    /// What to look at.
    pub looks: Vec<Look>,
}

/// What a client sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symptom {
    /// Who sends.
    pub from: String,
    /// Where to.
    pub to: String,
    /// What comes of it, in words.
    pub sees: String,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reveal {
    /// What really happens, in the engine's words; empty if no packet was asked about.
    pub happens: String,
    /// What is right.
    pub right: Right,
}

/// What is right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Right {
    /// One of the choices.
    Choice {
        /// Its number.
        nth: usize,
        /// Of each choice, what speaks against it.
        against: Vec<String>,
    },
    /// One of these on the map.
    Click {
        /// Their keys.
        keys: Vec<Key>,
        /// Their names.
        names: Vec<String>,
    },
    /// The question is not well put: why.
    Unclear(String),
}

/// Something to look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// `service/shop/web spec.selector`.
    pub name: String,
    /// On the map.
    pub key: Option<Key>,
    /// In the manifests.
    pub place: Option<TextPlace>,
}

/// Whether something holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// What is looked at.
    pub subject: String,
    /// What is wanted of it.
    pub wanted: String,
    /// What is the case.
    pub state: String,
    /// Whether that is what is wanted.
    pub holds: bool,
}

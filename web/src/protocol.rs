//! What the page asks of the worker, and what it is told: the one set of messages that both sides share.
//!
//! Answers hold just what is drawn, never the cluster. Each names the revision of the documents that it is about, so
//! that the page can tell an answer about an older text.

mod findings;
pub mod follow;
mod lesson;
mod views;
mod whatif;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchboard_engine::cluster::Options;

use crate::{
    documents::FileChange,
    layout::Drawing,
    scene::{Key, MapView},
    worker_client::Protocol,
};

pub use findings::*;
pub use lesson::*;
pub use views::*;
pub use whatif::*;

/// A state of the documents, and of the changes that stand in none, counted by the page.
pub type Revision = u32;

/// A question from the page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// The documents changed: read them and say what they are.
    Documents {
        /// What this state is called from now on.
        revision: Revision,
        /// The state that the changes are about; `None`: they are whole.
        base: Option<Revision>,
        /// All files, in order.
        files: Vec<FileChange>,
        /// What no manifest can say.
        options: Options,
        /// What happens to the cluster that stands in no document.
        changes: Vec<Entry>,
        /// Whether they are to be seen.
        shown: Shown,
        /// What to draw.
        view: MapView,
    },
    /// Draw the same cluster differently.
    Map {
        /// What to draw.
        view: MapView,
    },
    /// Where does this packet go?
    Trace(ProbeText),
    /// Everything about one thing on the map.
    Detail {
        /// Which.
        key: Key,
    },
    /// What the panels around the journey ask.
    Follow(follow::Question),
    /// Whatever has this in its name.
    Find {
        /// Part of a name or an address.
        text: String,
    },
    /// About a lesson.
    Lesson(LessonQuestion),
    /// About findings.
    Findings(FindingsQuestion),
}

/// A probe as a person writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeText {
    /// `pod/shop/client`, `node/n1`, `outside`.
    pub from: String,
    /// `http://web`, `web:80`, `10.96.0.1:53/udp`.
    pub to: String,
}

/// The worker's reply to a [`Question`].
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Documents`].
    Picture(Box<Picture>),
    /// To [`Question::Documents`] whose base is not there (the worker was started again, or never saw it): send all.
    SendWhole,
    /// To [`Question::Map`].
    Map {
        /// Of these documents.
        revision: Revision,
        /// The map.
        drawing: Box<Drawing>,
    },
    /// To [`Question::Trace`].
    Trace {
        /// Of these documents.
        revision: Revision,
        /// The answer, or what cannot be read in the question.
        answer: Result<Box<TraceView>, String>,
    },
    /// To [`Question::Detail`].
    Detail {
        /// Of these documents.
        revision: Revision,
        /// `None`: it is no longer there.
        detail: Option<Box<DetailView>>,
    },
    /// To [`Question::Follow`].
    Follow {
        /// Of these documents.
        revision: Revision,
        /// The answer.
        answer: follow::Answer,
    },
    /// To [`Question::Find`].
    Found {
        /// Of these documents.
        revision: Revision,
        /// What was asked.
        text: String,
        /// The first matches.
        matches: Vec<Match>,
    },
    /// To [`Question::Lesson`].
    Lesson(LessonAnswer),
    /// To [`Question::Findings`].
    Findings(FindingsAnswer),
}

/// Questions of one kind replace each other: only the newest is worth an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// [`Question::Documents`].
    Documents,
    /// [`Question::Map`].
    Map,
    /// [`Question::Trace`].
    Trace,
    /// [`Question::Detail`].
    Detail,
    /// [`Question::Follow`].
    Follow(follow::Kind),
    /// [`Question::Find`].
    Find,
    /// [`LessonQuestion::Read`].
    LessonRead,
    /// [`LessonQuestion::List`].
    LessonList,
    /// [`LessonQuestion::Status`].
    LessonStatus,
    /// [`FindingsQuestion::Page`].
    FindingPage,
}

/// The protocol between this page and this worker.
#[derive(Debug)]
pub enum Engine {}

impl Protocol for Engine {
    type Question = Question;
    type Answer = Answer;
    type Kind = Kind;

    fn kind(question: &Question) -> Kind {
        match question {
            Question::Documents { .. } => Kind::Documents,
            Question::Map { .. } => Kind::Map,
            Question::Trace(_) => Kind::Trace,
            Question::Detail { .. } => Kind::Detail,
            Question::Follow(question) => Kind::Follow(question.kind()),
            Question::Find { .. } => Kind::Find,
            Question::Lesson(LessonQuestion::Read { .. }) => Kind::LessonRead,
            Question::Lesson(LessonQuestion::List { .. }) => Kind::LessonList,
            Question::Lesson(LessonQuestion::Status { .. }) => Kind::LessonStatus,
            Question::Findings(FindingsQuestion::Page { .. }) => Kind::FindingPage,
        }
    }

    // Generous: a phone is ten times slower than a desk, and ending a worker that would have answered helps nobody.
    fn budget(kind: Kind) -> Duration {
        match kind {
            Kind::Documents => Duration::from_secs(20),
            _ => Duration::from_secs(10),
        }
    }
}

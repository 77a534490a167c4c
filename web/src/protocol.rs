//! What the page asks of the worker, and what it is told: the one set of messages that both sides share.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::worker_client::Protocol;

/// A question from the page.
#[derive(Debug, Serialize, Deserialize)]
pub enum Question {
    /// How many lines has this text?
    Lines {
        /// The editor's whole text.
        text: String,
    },
}

/// The worker's reply to a [`Question`].
#[derive(Debug, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Lines`].
    Lines {
        /// Lines in the text.
        lines: usize,
    },
}

/// Questions of one kind replace each other: only the newest is worth an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// [`Question::Lines`].
    Lines,
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
            Question::Lines { .. } => Kind::Lines,
        }
    }

    fn budget(kind: Kind) -> Duration {
        match kind {
            Kind::Lines => Duration::from_secs(2),
        }
    }
}

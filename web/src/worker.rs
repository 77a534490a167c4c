//! The worker's side: takes one question after another from the page and answers it with the engine.
//!
//! What it remembers between questions is lost when it crashes; the page sends it again (see
//! [`crate::worker_client`]).

use crate::{
    protocol::{Answer, Question},
    worker_client,
};

/// Runs for as long as the page keeps the worker.
pub fn start() {
    worker_client::serve(answer);
}

fn answer(question: Question) -> Answer {
    match question {
        Question::Lines { text } => Answer::Lines {
            lines: text.lines().count(),
        },
    }
}

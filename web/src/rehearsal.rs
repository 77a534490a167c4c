//! What a first visit sees, found out when the page is built: the page's own first questions, answered by the engine.
//!
//! The worker is the larger half of the download. Its answers to these questions come with the page
//! ([`crate::worker_client::Rehearsed`]), so that the first sample is drawn and its packet goes its way without it. It comes
//! when somebody does something, or asks something else.

use std::rc::Rc;

use yew::Reducible;

use crate::{protocol::Question, samples::SAMPLES, state::State, worker, worker_client::Rehearsed};

/// Opens the first sample as a first visit does, and writes down what is asked and answered.
pub fn rehearse() -> Rehearsed {
    let mut rehearsed = Rehearsed::default();
    let Some(first) = SAMPLES.first() else {
        return rehearsed;
    };
    let state = Rc::new(State::default()).reduce(first.open());
    let mut questions = vec![state.documents(None)];
    questions.extend(state.asked.clone().map(Question::Trace));
    for (question, answer) in questions.iter().zip(worker::answers(questions.clone())) {
        rehearsed.push(question, &answer);
    }
    rehearsed
}

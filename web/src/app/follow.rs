//! Asks the worker what the panels around the journey need, and does what they want of the browser: copies and saves
//! rules.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use yew::prelude::*;

use super::worker_link::Losses;
use crate::{
    browser,
    panels::{Dispatch, copy_text},
    protocol::{Kind, Question, Revision, follow},
    state::{Action, Change, RulesChange, State, Use},
};

/// What was last asked of each kind, about which text, and the how manieth time.
type Asked = Rc<RefCell<BTreeMap<follow::Kind, (Option<Revision>, usize, follow::Question)>>>;

/// Asks every question that is new, whose text has changed, or whose answer was lost.
#[hook]
pub(super) fn use_questions(state: &Rc<State>, losses: &Losses, ask: impl Fn(Question) + 'static) {
    let asked: Asked = use_mut_ref(BTreeMap::new);
    let current = state.is_current().then_some(state.revision);
    let questions = state.follow_questions();
    use_effect_with(
        (current, questions, losses.clone()),
        move |(current, questions, losses)| {
            if current.is_none() {
                return;
            }
            let mut asked = asked.borrow_mut();
            // What is wanted no more is asked again when it is wanted once more.
            asked.retain(|kind, _| questions.iter().any(|question| question.kind() == *kind));
            for question in questions {
                let kind = question.kind();
                let again = losses.again(Kind::Follow(kind), *current);
                let now = (*current, again, question.clone());
                if asked.get(&kind) != Some(&now) {
                    asked.insert(kind, now);
                    ask(Question::Follow(question.clone()));
                }
            }
        },
    );
}

/// Rules that came to be copied or saved.
#[hook]
pub(super) fn use_rules_text(state: &Rc<State>, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    let name = state
        .ruleset()
        .map_or_else(String::new, |ruleset| format!("{}.rules.txt", ruleset.node));
    use_effect_with(state.follow.rules.text.clone(), move |text| {
        let Some((text, what)) = text else {
            return;
        };
        match what {
            Use::Copy => copy_text(text, &dispatch),
            Use::Save => browser::save(&name, "text/plain", text),
        }
        dispatch.emit(Action::Follow(Change::Rules(RulesChange::TextUsed)));
    });
}

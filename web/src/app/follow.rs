//! What the panels around the journey want of the browser: rules copied and saved.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    browser,
    panels::{Dispatch, copy_text},
    state::{Action, Change, RulesChange, State, Use},
};

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

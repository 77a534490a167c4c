//! Keys that work wherever the focus is, except where one types.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};
use yew::prelude::*;

use crate::{
    keys::{self, OnPage, SPACE, WithControl},
    panels::{Dispatch, focus::focus},
    state::{Action, Coming, Dialog, KeepAction, Move, State, ViewAction, WhatIfAction},
};

/// Listens while the page lives.
#[hook]
pub(super) fn use_keys(state: &Rc<State>, dispatch: &Dispatch) {
    use_space(state, dispatch);
    let (state, dispatch) = (Rc::clone(state), dispatch.clone());
    use_effect_with(Rc::clone(&state), move |_| {
        let document = gloo::utils::document();
        let options = EventListenerOptions::enable_prevent_default();
        let listener =
            EventListener::new_with_options(&document, "keydown", options, move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                if let Some(action) = action(event, &state) {
                    event.prevent_default();
                    dispatch.emit(action);
                }
            });
        move || drop(listener)
    });
}

/// Over the map the space bar moves it, and plays only when it is let go without that.
#[hook]
fn use_space(state: &Rc<State>, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    let (playing, has_dialog) = (state.playing, state.keep.dialog.is_some());
    use_effect_with((playing, has_dialog), move |_| {
        let document = gloo::utils::document();
        // Before the map forgets whether it was moved.
        let listener = EventListener::new_with_options(
            &document,
            "keyup",
            EventListenerOptions::run_in_capture_phase(),
            move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                let is_space = event.key() == SPACE && !is_typing(event) && !is_on_control(event);
                if is_space && !has_dialog && map("[data-space=held]").is_some() {
                    dispatch.emit(Action::Play(!playing));
                }
            },
        );
        move || drop(listener)
    });
}

fn is_over_map() -> bool {
    map(":hover").is_some()
}

/// The map, if that is how it is.
fn map(how: &str) -> Option<Element> {
    let map = gloo::utils::document().query_selector(&format!(".map{how}"));
    map.ok().flatten()
}

fn action(event: &KeyboardEvent, state: &State) -> Option<Action> {
    if let Some(action) = undo(event, state) {
        return Some(action);
    }
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    // A dialog has keys of its own.
    if state.keep.dialog.is_some() || state.lessons.overview {
        return None;
    }
    let key = event.key();
    match keys::on_page(&key)? {
        OnPage::Close => escape(state),
        _ if is_typing(event) => None,
        OnPage::Next => Some(Action::Step(Move::Next)),
        OnPage::Back => Some(Action::Step(Move::Back)),
        OnPage::First => Some(Action::Step(Move::First)),
        OnPage::Last => Some(Action::Step(Move::Last)),
        // On a button, a shape or a tab it does what they do.
        OnPage::Play if key == SPACE && (is_on_control(event) || is_over_map()) => None,
        OnPage::Play => Some(Action::Play(!state.playing)),
        OnPage::Send => {
            let is_written = !state.draft.to.is_empty();
            is_written.then(|| Action::Send(state.draft.clone()))
        }
        OnPage::Inside => Some(Action::View(ViewAction::Inside(!state.inside))),
        OnPage::Workspaces => Some(Action::Keep(KeepAction::Dialog(Some(Dialog::Workspaces)))),
        OnPage::Share => Some(Action::Keep(KeepAction::Dialog(Some(Dialog::Share)))),
        OnPage::Help => Some(Action::Keep(KeepAction::Dialog(Some(Dialog::Help)))),
        OnPage::Search => {
            // The key itself is not searched for.
            event.prevent_default();
            focus("search");
            None
        }
    }
}

/// Undo and redo of the list of changes; where one types they are the field's own.
fn undo(event: &KeyboardEvent, state: &State) -> Option<Action> {
    let held = (event.ctrl_key() || event.meta_key()) && !event.alt_key();
    if !held || event.default_prevented() || state.keep.dialog.is_some() || is_typing(event) {
        return None;
    }
    // With Shift, or Caps Lock, the letter is a capital one.
    let does = keys::with_control(&event.key().to_lowercase())?;
    let (whatif, is_reversed) = (&state.whatif, event.shift_key());
    match (does, is_reversed) {
        (WithControl::Undo, false) if whatif.can_undo() => Some(Action::WhatIf(WhatIfAction::Undo)),
        (WithControl::Undo, true) | (WithControl::Redo, false) if whatif.can_redo() => {
            Some(Action::WhatIf(WhatIfAction::Redo))
        }
        _ => None,
    }
}

fn escape(state: &State) -> Option<Action> {
    if state.notice.is_some() {
        Some(Action::Notice(None))
    } else if state.keep.coming == Coming::Missing {
        Some(Action::Keep(KeepAction::Coming(Coming::Quiet)))
    } else if state.selected.is_some() {
        Some(Action::Select(None))
    } else {
        None
    }
}

/// In a field, a list, or the editor, which lives in a shadow root.
pub(super) fn is_typing(event: &KeyboardEvent) -> bool {
    let path = event.composed_path();
    let Some(element) = path.get(0).dyn_into::<Element>().ok() else {
        return false;
    };
    let selector = "input, select, textarea, [contenteditable=true], [role=separator]";
    element.closest(selector).ok().flatten().is_some()
}

/// On something that the space bar presses or scrolls.
fn is_on_control(event: &KeyboardEvent) -> bool {
    let path = event.composed_path();
    let Ok(element) = path.get(0).dyn_into::<Element>() else {
        return false;
    };
    let selector =
        "button, a, summary, [role=button], [role=tab], [role=region], [tabindex]:not(.map)";
    element.closest(selector).ok().flatten().is_some()
}

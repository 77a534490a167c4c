//! Keys that work wherever the focus is, except where one types.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, KeyboardEvent};
use yew::prelude::*;

use crate::{
    panels::Dispatch,
    state::{Action, Dialog, KeepAction, Move, State, ViewAction},
};

/// Listens while the page lives.
#[hook]
pub(super) fn use_keys(state: &Rc<State>, dispatch: &Dispatch) {
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

fn action(event: &KeyboardEvent, state: &State) -> Option<Action> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
        return None;
    }
    // A dialog has keys of its own.
    if state.keep.dialog.is_some() || state.lessons.overview {
        return None;
    }
    if event.key() == "Escape" {
        return escape(state);
    }
    if is_typing(event) {
        return None;
    }
    match event.key().as_str() {
        "ArrowRight" | "PageDown" => Some(Action::Step(Move::Next)),
        "ArrowLeft" | "PageUp" => Some(Action::Step(Move::Back)),
        "Home" => Some(Action::Step(Move::First)),
        "End" => Some(Action::Step(Move::Last)),
        // `b` and `.` are what a presenter's remote has for "black".
        "p" | "b" | "." => Some(Action::Play(!state.playing)),
        // On a button, a shape or a tab it does what they do.
        " " if !is_on_control(event) => Some(Action::Play(!state.playing)),
        "s" if !state.draft.to.is_empty() => Some(Action::Send(state.draft.clone())),
        "o" => Some(Action::View(ViewAction::Inside(!state.inside))),
        "w" => Some(Action::Keep(KeepAction::Dialog(Some(Dialog::Workspaces)))),
        "e" => Some(Action::Keep(KeepAction::Dialog(Some(Dialog::Share)))),
        "?" => Some(Action::Help(!state.help)),
        "/" => {
            focus("search");
            Some(Action::Help(false))
        }
        _ => None,
    }
}

fn escape(state: &State) -> Option<Action> {
    if state.help {
        Some(Action::Help(false))
    } else if state.notice.is_some() {
        Some(Action::Notice(None))
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
    let selector = "button, a, summary, [role=button], [role=tab], [role=region], [tabindex]";
    element.closest(selector).ok().flatten().is_some()
}

fn focus(id: &str) {
    let element = gloo::utils::document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // It is on the page, so it can be focused.
        let _ = element.focus();
    }
}

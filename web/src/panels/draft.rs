//! A field whose text counts once it is left: what is being written stays while the page is drawn anew around it.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What such a field needs.
#[derive(Debug)]
pub struct Draft {
    /// Its text.
    pub value: String,
    /// Somebody writes.
    pub oninput: Callback<InputEvent>,
    /// It is left, or Enter was pressed.
    pub onchange: Callback<Event>,
}

/// A field that shows `known` until somebody writes in it.
#[hook]
pub fn use_draft(known: &str, on_change: &Callback<String>) -> Draft {
    let draft = use_state(|| None::<String>);
    let value = draft.as_deref().unwrap_or(known).to_owned();
    let oninput = {
        let draft = draft.setter();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            draft.set(Some(input.value()));
        })
    };
    let onchange = {
        let (draft, on_change) = (draft.setter(), on_change.clone());
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            draft.set(None);
            on_change.emit(input.value());
        })
    };
    Draft {
        value,
        oninput,
        onchange,
    }
}

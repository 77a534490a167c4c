//! The panels: one file each, props down, callbacks up. They show; what is shown was decided elsewhere.

pub mod answer;
pub mod branches;
pub mod code;
pub mod combobox;
pub mod connections;
pub mod crash;
pub mod detail;
pub mod dialog;
pub mod dns;
pub mod draft;
pub mod editor;
pub mod empty;
pub mod explain;
pub mod file_chooser;
pub mod findings;
pub mod focus;
pub mod header;
pub mod help;
pub mod icons;
pub mod journey;
pub mod lesson;
pub mod map;
pub mod modes;
pub mod notices;
pub mod privacy;
pub mod probe;
pub mod probes;
pub mod rules;
pub mod share;
pub mod slices;
pub mod split;
pub mod step;
pub mod stored;
pub mod types;
pub mod whatif;
pub mod workspaces;

use yew::prelude::*;

use crate::{
    browser,
    state::{Action, Notice},
    words,
};

/// How a panel tells what happened.
pub type Dispatch = Callback<Action>;

/// A name that breaks where one of its parts ends, if it has to break.
pub fn breakable(name: &str) -> Html {
    let parts = name.split_inclusive(['.', '/', ',']);
    html! { { for parts.map(|part| html! { <>{ part }<wbr /></> }) } }
}

/// Puts a text into the clipboard, and says so.
pub fn copy_text(text: &str, dispatch: &Dispatch) {
    let (text, dispatch) = (text.to_owned(), dispatch.clone());
    wasm_bindgen_futures::spawn_local(async move {
        let is_trouble = browser::copy(&text).await.is_err();
        let said = if is_trouble {
            words::share::NOT_COPIED
        } else {
            words::share::COPIED
        };
        say(&dispatch, said, is_trouble);
    });
}

/// Says something about the page itself.
pub fn say(dispatch: &Dispatch, text: &str, is_trouble: bool) {
    dispatch.emit(Action::Notice(Some(Notice {
        text: text.to_owned(),
        is_trouble,
    })));
}

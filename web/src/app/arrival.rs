//! How a page begins: with what a link holds, else with what this browser kept.

use gloo::events::EventListener;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::memory;
use crate::{
    panels::Dispatch,
    share,
    state::{Action, KeepAction, Notice},
    words,
};

/// The first thing that happens.
pub(super) fn arrive(dispatch: &Dispatch) {
    let embedded = is_embedded();
    if embedded {
        dispatch.emit(Action::Keep(KeepAction::Embedded));
    }
    let fragment = gloo::utils::window().location().hash().unwrap_or_default();
    if is_link(&fragment) {
        follow(fragment, embedded, true, dispatch.clone());
    } else {
        memory::recall(dispatch);
    }
}

/// Whether the page stands inside another one.
pub(super) fn is_embedded() -> bool {
    let query = gloo::utils::window().location().search();
    query
        .unwrap_or_default()
        .trim_start_matches('?')
        .split('&')
        .any(|word| word == "embed" || word.starts_with("embed="))
}

/// Links that are put into the address of a page that is open.
#[hook]
pub(super) fn use_links(dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let window = gloo::utils::window();
        let listener = EventListener::new(&window, "hashchange", move |_| {
            let location = gloo::utils::window().location();
            let fragment = location.hash().unwrap_or_default();
            if is_link(&fragment) {
                follow(fragment, false, false, dispatch.clone());
            }
        });
        move || drop(listener)
    });
}

/// `#s1=`, `#s2=`: other fragments are not ours.
fn is_link(fragment: &str) -> bool {
    fragment
        .strip_prefix("#s")
        .and_then(|rest| rest.split_once('='))
        .is_some_and(|(version, _)| version.bytes().all(|byte| byte.is_ascii_digit()))
}

fn follow(fragment: String, embedded: bool, is_first: bool, dispatch: Dispatch) {
    spawn_local(async move {
        match share::open(&fragment).await {
            Ok(shared) => {
                memory::open_shared(&dispatch, shared, words::keep::SHARED_LINK);
                if !embedded {
                    forget_fragment();
                }
            }
            Err(why) => {
                if is_first {
                    memory::recall(&dispatch);
                }
                dispatch.emit(Action::Notice(Some(Notice {
                    text: why,
                    is_trouble: true,
                })));
            }
        }
    });
}

/// What is edited from now on is not what the link holds: a reload shows the edited text.
pub(super) fn forget_fragment() {
    let window = gloo::utils::window();
    let location = window.location();
    let address = location.pathname().unwrap_or_default() + &location.search().unwrap_or_default();
    if let Ok(history) = window.history() {
        // Where it is refused the link stays in the address bar.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
    }
}

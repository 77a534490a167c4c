//! The page when there is no network, and what happens when there is a newer one.

use wasm_bindgen::prelude::*;
use yew::prelude::*;

use crate::{
    browser,
    panels::Dispatch,
    state::{Action, KeepAction},
};

/// Keeps the page for later, once it is shown.
#[hook]
pub(super) fn use_offline(dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    use_effect_with((), move |()| {
        let on_update = Closure::<dyn FnMut()>::new(move || {
            dispatch.emit(Action::Keep(KeepAction::Newer));
        });
        // It never fails, and nothing waits for it.
        let _ = browser::keep_offline(&on_update);
        move || drop(on_update)
    });
}

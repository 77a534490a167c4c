//! A dialog: the browser's own, so that focus stays inside and Escape closes it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDialogElement};
use yew::prelude::*;

use super::{
    Dispatch,
    focus::take_focus,
    icons::{Icon, icon},
};
use crate::{
    state::{Action, KeepAction},
    words,
};

/// What a dialog shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DialogProps {
    /// Its name.
    pub title: AttrValue,
    /// What happens.
    pub dispatch: Dispatch,
    /// What is in it.
    pub children: Html,
}

/// Opens a `<dialog>` that is there: the focus stays in it, and goes back to whoever opened it.
#[hook]
pub fn use_modal(own: &NodeRef) {
    let own = own.clone();
    use_effect_with((), move |()| {
        let before = gloo::utils::document().active_element();
        if let Some(dialog) = own.cast::<HtmlDialogElement>() {
            // It is in the document and not open yet.
            let _ = dialog.show_modal();
        }
        move || {
            if let Some(before) = before {
                take_focus(&before);
            }
        }
    });
}

/// A dialog that is open as long as it is there.
#[function_component]
pub fn Dialog(props: &DialogProps) -> Html {
    let own = use_node_ref();
    use_modal(&own);
    let close = {
        let dispatch = props.dispatch.clone();
        move || dispatch.emit(Action::Keep(KeepAction::Dialog(None)))
    };
    let on_close = {
        let close = close.clone();
        Callback::from(move |_: Event| close())
    };
    let on_backdrop = {
        let (close, own) = (close.clone(), own.clone());
        Callback::from(move |event: MouseEvent| {
            let target = event.target().and_then(|it| it.dyn_into::<Element>().ok());
            if target.is_some() && target == own.cast::<Element>() {
                close();
            }
        })
    };
    html! {
        <dialog ref={own} class="dialog" aria-label={props.title.clone()} onclose={on_close} onclick={on_backdrop}>
            <div class="dialog-body">
                <div class="dialog-head">
                    <h2>{ &props.title }</h2>
                    <button
                        class="button icon plain"
                        type="button"
                        aria-label={words::common::CLOSE}
                        onclick={Callback::from(move |_: MouseEvent| close())}
                    >
                        { icon(Icon::Close) }
                    </button>
                </div>
                { props.children.clone() }
            </div>
        </dialog>
    }
}

//! What the page says of itself, over everything: what happened, and how the engine comes when somebody waits for it.

use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::{
    browser,
    state::{Action, Coming, Dialog, KeepAction, Notice, State},
    words,
};

/// The notice, if there is one. What happened comes before what is awaited.
pub fn notices(state: &State, dispatch: &Dispatch) -> Html {
    match (&state.notice, state.keep.coming) {
        (Some(told), _) => notice(told, state, dispatch),
        (None, Coming::Quiet) => html! {},
        (None, Coming::Awaited) => {
            html! { <div class="notice" role="status"><span>{ words::page::ENGINE_COMES }</span></div> }
        }
        (None, Coming::Missing) => html! {
            <div class="notice trouble" role="alert">
                <span>{ words::page::ENGINE_MISSING }</span>
                <button class="button" type="button" onclick={come(dispatch, Coming::Awaited)}>{ words::page::TRY_AGAIN }</button>
                { close(come(dispatch, Coming::Quiet)) }
            </div>
        },
    }
}

fn notice(notice: &Notice, state: &State, dispatch: &Dispatch) -> Html {
    let report =
        dispatch.reform(|_: MouseEvent| Action::Keep(KeepAction::Dialog(Some(Dialog::Report))));
    let role = if notice.is_trouble { "alert" } else { "status" };
    html! {
        <div class={classes!("notice", notice.is_trouble.then_some("trouble"))} {role}>
            <span>{ &notice.text }</span>
            if notice.is_trouble && state.keep.newer {
                <button class="button" type="button" onclick={|_: MouseEvent| browser::update()}>{ words::page::RELOAD }</button>
            } else if notice.is_trouble && state.keep.crash.is_some() {
                <button class="button" type="button" onclick={report}>{ words::page::REPORT }</button>
            }
            { close(dispatch.reform(|_: MouseEvent| Action::Notice(None))) }
        </div>
    }
}

fn come(dispatch: &Dispatch, coming: Coming) -> Callback<MouseEvent> {
    dispatch.reform(move |_| Action::Keep(KeepAction::Coming(coming)))
}

fn close(onclick: Callback<MouseEvent>) -> Html {
    html! {
        <button class="button icon plain" type="button" aria-label={words::page::DISMISS} {onclick}>
            { icon(Icon::Close) }
        </button>
    }
}

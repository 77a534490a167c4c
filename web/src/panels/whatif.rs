//! What if: the list of changes that stand in no manifest, and the answer before and after them.

mod add;
mod bar;
mod compared;
mod offers;

pub use bar::{WhatIfBarProps, what_if_bar};
pub use offers::{OffersProps, offers};

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    Dispatch,
    findings::prose,
    icons::{Icon, icon},
    step::Command,
};
use crate::{
    protocol::{EffectView, Entry, EntryView, WhatIfView},
    state::{Action, State, WhatIfAction},
    words,
};
use add::{Add, SettingsProps, cluster_settings};
use compared::{ComparedProps, compared};

/// What the panel shows.
#[derive(Debug)]
pub struct WhatIfProps {
    /// Everything: the list, what is chosen on the map, what was sent.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn what_if_panel(props: &WhatIfProps) -> Html {
    let (state, dispatch) = (&props.state, &props.dispatch);
    let whatif = &state.whatif;
    let view = state.picture.as_ref().map(|picture| &picture.whatif);
    let selected = state.detail.as_ref().filter(|it| !it.whatif.is_empty());
    html! {
        <div class="whatif">
            <section class="whatif-list" aria-label={words::whatif::CHANGES}>
                { head(props) }
                if whatif.entries.is_empty() {
                    <p class="quiet">{ words::whatif::NO_CHANGES }</p>
                } else {
                    <ul class="changes" aria-label={words::whatif::LIST}>
                        { for whatif.entries.iter().map(|entry| change(props, view, entry)) }
                    </ul>
                }
                if let Some(detail) = selected {
                    <div class="whatif-part">
                        <h4>{ format!("{} {}", detail.kind, detail.title) }</h4>
                        { offers(&OffersProps { offers: detail.whatif.clone(), dispatch: dispatch.clone() }) }
                    </div>
                }
                <Add draft={whatif.draft.clone()} offers={state.follow.offers.clone()} dispatch={dispatch.clone()} />
                { cluster_settings(&SettingsProps {
                    settings: view.map(|view| view.settings.clone()).unwrap_or_default(),
                    entries: whatif.entries.clone(),
                    dispatch: dispatch.clone(),
                }) }
                { effects(props, view) }
            </section>
            { compared(&ComparedProps {
                compared: whatif.compared.clone(),
                asked: state.asked.clone(),
                is_changed: whatif.active().next().is_some(),
                shown: whatif.shown,
                way: state.way,
                step: state.step,
                dispatch: dispatch.clone(),
            }) }
        </div>
    }
}

fn head(props: &WhatIfProps) -> Html {
    let whatif = &props.state.whatif;
    let any_on = whatif.active().next().is_some();
    let button = |label: &'static str, title: &'static str, action: WhatIfAction, enabled: bool| {
        html! {
            <button
                class="button"
                type="button"
                {title}
                disabled={!enabled}
                onclick={props.dispatch.reform(move |_: MouseEvent| Action::WhatIf(action.clone()))}
            >
                { label }
            </button>
        }
    };
    html! {
        <header class="whatif-head">
            <h3>{ words::whatif::NOT_IN_MANIFEST }</h3>
            <div class="whatif-tools" role="group" aria-label={words::whatif::TOOLS}>
                { button(words::whatif::UNDO, words::whatif::UNDO_MORE, WhatIfAction::Undo, whatif.can_undo()) }
                { button(words::whatif::REDO, words::whatif::REDO_MORE, WhatIfAction::Redo, whatif.can_redo()) }
                if !whatif.entries.is_empty() {
                    { button(
                        if any_on { words::whatif::ALL_OFF } else { words::whatif::ALL_ON },
                        words::whatif::ALL_OFF_MORE,
                        WhatIfAction::TurnAll(!any_on),
                        true,
                    ) }
                    { button(words::whatif::CLEAR, words::whatif::CLEAR_MORE, WhatIfAction::Clear, true) }
                }
            </div>
        </header>
    }
}

/// One change. What is known of it comes from the worker; until then it is shown as it is written.
fn change(props: &WhatIfProps, view: Option<&WhatIfView>, entry: &Entry) -> Html {
    let known = view.and_then(|view| {
        let mut views = view.entries.iter();
        views.find(|known| known.change == entry.change)
    });
    let written = entry.change.to_string();
    let title = known.map_or_else(|| written.clone(), |known| known.title.clone());
    let turn = {
        let (dispatch, change) = (props.dispatch.clone(), entry.change.clone());
        Callback::from(move |event: Event| {
            let on = event.target_unchecked_into::<HtmlInputElement>().checked();
            dispatch.emit(Action::WhatIf(WhatIfAction::Turn(change.clone(), on)));
        })
    };
    let remove = {
        let change = entry.change.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::WhatIf(WhatIfAction::Remove(change.clone())))
    };
    let is_unmet = entry.on && known.is_some_and(|known| known.is_unmet);
    html! {
        <li key={written} class={classes!("change", (!entry.on).then_some("off"), is_unmet.then_some("unmet"))}>
            <label>
                <input type="checkbox" checked={entry.on} onchange={turn} />
                <bdi>{ &title }</bdi>
            </label>
            <button
                class="button icon plain"
                type="button"
                aria-label={words::whatif::remove(&title)}
                title={words::whatif::REMOVE}
                onclick={remove}
            >
                { icon(Icon::Close) }
            </button>
            if is_unmet {
                <p class="unmet-note">{ icon(Icon::Warning) }<span>{ words::whatif::UNMET }</span></p>
            }
            if let Some(known) = known {
                <div class="change-more">
                    { keep(props, entry, known) }
                    <details>
                        <summary>{ words::common::WHAT_IT_MEANS }</summary>
                        <p>{ prose(&known.meaning) }</p>
                        <Command command={known.command.clone()} dispatch={props.dispatch.clone()} />
                    </details>
                </div>
            }
        </li>
    }
}

/// How a change can become more than a change.
fn keep(props: &WhatIfProps, entry: &Entry, known: &EntryView) -> Html {
    use switchboard_engine::whatif::Change;
    let change = entry.change.clone();
    if matches!(
        change,
        Change::Egress(_) | Change::LoadBalancer(_) | Change::EntryNode(_)
    ) {
        let keep = props
            .dispatch
            .reform(move |_: MouseEvent| Action::WhatIf(WhatIfAction::Keep(change.clone())));
        return html! {
            <button class="button" type="button" title={words::whatif::KEEP_MORE} onclick={keep}>
                { words::whatif::KEEP }
            </button>
        };
    }
    match &known.write {
        Ok(edit) => {
            let (edit, title) = (edit.clone(), edit.title.replace('`', ""));
            let write = props.dispatch.reform(move |_: MouseEvent| {
                Action::WhatIf(WhatIfAction::Writing(change.clone(), edit.clone()))
            });
            html! {
                <button class="button" type="button" {title} onclick={write}>{ words::whatif::WRITE }</button>
            }
        }
        Err(why) => {
            html! { <p class="quiet">{ prose(&words::whatif::cannot_be_written(why)) }</p> }
        }
    }
}

/// What the changes did.
fn effects(props: &WhatIfProps, view: Option<&WhatIfView>) -> Html {
    let Some(view) = view.filter(|view| !view.effects.is_empty()) else {
        return html! {};
    };
    let total = view.effects.len() + view.more_effects as usize;
    html! {
        <details class="effects">
            <summary>
                { words::whatif::differing(total) }
            </summary>
            <ul>
                { for view.effects.iter().map(|effect| html! {
                    <li key={effect.title.clone()}>{ object(props, effect) }<span class="what">{ &effect.what }</span></li>
                }) }
                if view.more_effects > 0 {
                    <li class="quiet">{ words::common::and_more(view.more_effects as usize) }</li>
                }
            </ul>
        </details>
    }
}

/// An object's name: a button where it is on the map.
fn object(props: &WhatIfProps, effect: &EffectView) -> Html {
    let drawing = props.state.picture.as_ref().map(|picture| &picture.drawing);
    let shown = effect
        .at
        .iter()
        .find(|key| drawing.is_some_and(|drawing| drawing.item(key).is_some()));
    match shown {
        Some(key) => {
            let key = key.clone();
            let select = props
                .dispatch
                .reform(move |_: MouseEvent| Action::Select(Some(key.clone())));
            html! { <button type="button" class="link" onclick={select}><bdi>{ &effect.title }</bdi></button> }
        }
        None => html! { <bdi>{ &effect.title }</bdi> },
    }
}

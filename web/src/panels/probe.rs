//! The probe bar: from, to, the other way round, what was sent before, send.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Dispatch,
    combobox::Combobox,
    findings::prose,
    icons::{Icon, icon},
};
use crate::{
    protocol::{
        ProbeText,
        follow::{Field, OffersView, OffersWanted},
    },
    state::{Action, Change, Follow},
    words,
};

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ProbeProps {
    /// What stands in it.
    pub draft: ProbeText,
    /// What could.
    pub offers: Option<Rc<OffersView>>,
    /// What was sent before, the newest first.
    pub recent: Vec<ProbeText>,
    /// What is wrong with it.
    pub refusal: Option<String>,
    /// What happens.
    pub dispatch: Dispatch,
}

impl ProbeProps {
    /// What of the state the bar shows.
    pub fn of(draft: &ProbeText, follow: &Follow, dispatch: &Dispatch) -> Self {
        Self {
            draft: draft.clone(),
            offers: follow.offers.clone(),
            recent: follow.recent.clone(),
            refusal: follow.refusal.clone(),
            dispatch: dispatch.clone(),
        }
    }
}

/// The bar.
#[function_component]
pub fn Probe(props: &ProbeProps) -> Html {
    let complete = !props.draft.from.trim().is_empty() && !props.draft.to.trim().is_empty();
    let send = {
        let (dispatch, draft) = (props.dispatch.clone(), props.draft.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if complete {
                dispatch.emit(Action::Send(draft.clone()));
            }
        })
    };
    let on_ask = props
        .dispatch
        .reform(|wanted: Option<OffersWanted>| Action::Follow(Change::Offer(wanted)));
    let on_from = props.dispatch.reform(Action::DraftFrom);
    let on_to = props.dispatch.reform(Action::DraftTo);
    let swap = props
        .dispatch
        .reform(|_: MouseEvent| Action::Follow(Change::Swap));
    html! {
        <form class="probe" onsubmit={send} aria-label={words::probe::PROBE}>
            <div class="probe-field">
                <label for="probe-from">{ words::probe::FROM }</label>
                <Combobox
                    id="probe-from"
                    label={words::probe::FROM}
                    field={Field::From}
                    value={props.draft.from.clone()}
                    placeholder={words::probe::FROM_EXAMPLES}
                    offers={props.offers.clone()}
                    on_ask={on_ask.clone()}
                    on_input={on_from.clone()}
                    on_choose={on_from}
                />
            </div>
            <button
                class="button icon plain swap"
                type="button"
                aria-label={words::probe::TURN_ROUND}
                title={words::probe::TURN_ROUND_MORE}
                disabled={!complete}
                onclick={swap}
            >
                { icon(Icon::Swap) }
            </button>
            <div class="probe-field">
                <label for="probe-to">{ words::probe::TO }</label>
                <Combobox
                    id="probe-to"
                    label={words::probe::TO}
                    field={Field::To}
                    value={props.draft.to.clone()}
                    from={props.draft.from.clone()}
                    placeholder={words::probe::TO_EXAMPLES}
                    offers={props.offers.clone()}
                    {on_ask}
                    on_input={on_to.clone()}
                    on_choose={on_to}
                />
            </div>
            <Recent recent={props.recent.clone()} dispatch={props.dispatch.clone()} />
            <button class="button primary send" type="submit" disabled={!complete}>
                { icon(Icon::Send) }{ words::probe::SEND }
            </button>
            if let Some(refusal) = &props.refusal {
                <p class="refusal" role="alert">{ icon(Icon::Warning) }<span>{ prose(refusal) }</span></p>
            }
        </form>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct RecentProps {
    recent: Vec<ProbeText>,
    dispatch: Dispatch,
}

/// Earlier probes, to be sent again.
#[function_component]
fn Recent(props: &RecentProps) -> Html {
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                event.prevent_default();
                event.stop_propagation();
                open.set(false);
            }
        })
    };
    // The focus goes elsewhere, and not to one of them.
    let onfocusout = {
        let open = open.clone();
        Callback::from(move |event: FocusEvent| {
            let to = event.related_target();
            let to = to.and_then(|to| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(to).ok());
            let stays = to.is_some_and(|to| to.closest(".recent").ok().flatten().is_some());
            if !stays {
                open.set(false);
            }
        })
    };
    html! {
        <span class="recent" {onkeydown} {onfocusout}>
            <button
                class="button icon plain"
                type="button"
                aria-label={words::probe::RECENT}
                title={words::probe::RECENT}
                aria-expanded={open.to_string()}
                disabled={props.recent.is_empty()}
                onclick={toggle}
            >
                { icon(Icon::Clock) }
            </button>
            if *open {
                <ul class="recent-list">
                    { for props.recent.iter().map(|probe| {
                        let again = {
                            let (dispatch, probe, open) = (props.dispatch.clone(), probe.clone(), open.clone());
                            Callback::from(move |_: MouseEvent| {
                                open.set(false);
                                dispatch.emit(Action::Send(probe.clone()));
                            })
                        };
                        html! {
                            <li key={format!("{} {}", probe.from, probe.to)}>
                                <button type="button" onclick={again}>
                                    <bdi>{ &probe.from }</bdi>{ " → " }<bdi>{ &probe.to }</bdi>
                                </button>
                            </li>
                        }
                    }) }
                </ul>
            }
        </span>
    }
}

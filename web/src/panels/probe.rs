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
    state::{Action, Change, Follow, Tab},
    words,
};

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ProbeProps {
    /// What stands in it.
    pub draft: ProbeText,
    /// What could.
    pub offers: Option<Rc<OffersView>>,
    /// Whether anything was sent before.
    pub has_sent: bool,
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
            has_sent: !follow.sent.is_empty(),
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
    let sent = props
        .dispatch
        .reform(|_: MouseEvent| Action::Tab(Tab::Probes));
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
            <button
                class="button icon plain recent"
                type="button"
                aria-label={words::probe::SENT}
                title={words::probe::SENT}
                disabled={!props.has_sent}
                onclick={sent}
            >
                { icon(Icon::Clock) }
            </button>
            <button class="button primary send" type="submit" disabled={!complete}>
                { icon(Icon::Send) }{ words::probe::SEND }
            </button>
            if let Some(refusal) = &props.refusal {
                <p class="refusal" role="alert">{ icon(Icon::Warning) }<span>{ prose(refusal) }</span></p>
            }
        </form>
    }
}

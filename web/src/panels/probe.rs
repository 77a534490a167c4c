//! The probe bar: from, to, send.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::{
    protocol::{Picture, Places, ProbeText},
    state::Action,
};

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ProbeProps {
    /// What stands in it.
    pub draft: ProbeText,
    /// What can be chosen.
    pub picture: Option<Rc<Picture>>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The bar.
#[function_component]
pub fn Probe(props: &ProbeProps) -> Html {
    let places = props
        .picture
        .as_ref()
        .map(|picture| picture.places.clone())
        .unwrap_or_default();
    let on_from = changed(&props.dispatch, Action::DraftFrom);
    let on_to = changed(&props.dispatch, Action::DraftTo);
    let complete = !props.draft.from.trim().is_empty() && !props.draft.to.trim().is_empty();
    let send = {
        let (dispatch, draft) = (props.dispatch.clone(), props.draft.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            dispatch.emit(Action::Send(draft.clone()));
        })
    };
    html! {
        <form class="probe" onsubmit={send} aria-label="Probe">
            <label>
                <span>{ "From" }</span>
                <input
                    class="field"
                    id="probe-from"
                    list="sources"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder="pod/shop/client, node/NAME, outside"
                    value={props.draft.from.clone()}
                    oninput={on_from}
                />
            </label>
            <label>
                <span>{ "To" }</span>
                <input
                    class="field"
                    id="probe-to"
                    list="targets"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    placeholder="http://web.shop, web:80, 10.96.0.10:53/udp"
                    value={props.draft.to.clone()}
                    oninput={on_to}
                />
            </label>
            <Offers {places} />
            <button class="button primary" type="submit" disabled={!complete}>
                { icon(Icon::Send) }{ "Send" }
            </button>
        </form>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct OffersProps {
    places: Places,
}

#[function_component]
fn Offers(props: &OffersProps) -> Html {
    let options = |values: &[String]| {
        values
            .iter()
            .map(|value| html! { <option key={value.clone()} value={value.clone()} /> })
            .collect::<Html>()
    };
    html! {
        <>
            <datalist id="sources">{ options(&props.places.from) }</datalist>
            <datalist id="targets">{ options(&props.places.to) }</datalist>
        </>
    }
}

fn changed(dispatch: &Dispatch, action: fn(String) -> Action) -> Callback<InputEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        dispatch.emit(action(input.value()));
    })
}

/// Whether a probe says anything yet.
pub fn is_blank(probe: &ProbeText) -> bool {
    probe.from.is_empty() && probe.to.is_empty()
}

//! What could become of the chosen thing, as buttons.

use web_sys::{HtmlInputElement, SubmitEvent};
use yew::prelude::*;

use crate::{
    panels::{Dispatch, findings::prose},
    protocol::Offer,
    state::{Action, Pane, Tab, WhatIfAction},
    words,
};

/// What is offered.
#[derive(Debug)]
pub struct OffersProps {
    /// All of it.
    pub offers: Vec<Offer>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The buttons.
pub fn offers(props: &OffersProps) -> Html {
    html! {
        <div class="whatif-offers" role="group" aria-label={words::common::WHAT_IF}>
            { for props.offers.iter().map(|offer| match offer {
                Offer::Change { label, change } => {
                    let change = change.clone();
                    let add = props.dispatch.reform(move |_: MouseEvent| {
                        Action::WhatIf(WhatIfAction::Add(vec![change.clone()]))
                    });
                    html! { <button key={label.clone()} class="button" type="button" onclick={add}>{ label }</button> }
                }
                Offer::Scale { subject, replicas } => html! {
                    <Scale key={subject.clone()} subject={subject.clone()} replicas={*replicas} dispatch={props.dispatch.clone()} />
                },
                Offer::Types(_) => {
                    let dispatch = props.dispatch.clone();
                    let open = Callback::from(move |_: MouseEvent| {
                        dispatch.emit(Action::Tab(Tab::Types));
                        dispatch.emit(Action::Pane(Pane::Journey));
                    });
                    html! { <button key="types" class="button" type="button" onclick={open}>{ words::whatif::WHICH_TYPE }</button> }
                }
            }) }
        </div>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ScaleProps {
    subject: String,
    replicas: u32,
    dispatch: Dispatch,
}

/// Another number of replicas.
#[function_component]
fn Scale(props: &ScaleProps) -> Html {
    let field = use_node_ref();
    let onsubmit = {
        let (field, dispatch, subject) =
            (field.clone(), props.dispatch.clone(), props.subject.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = field.cast::<HtmlInputElement>() else {
                return;
            };
            // The field's own bounds keep out what is no number of replicas.
            if let Ok(change) = format!("{subject}={}", input.value().trim()).parse() {
                dispatch.emit(Action::WhatIf(WhatIfAction::Add(vec![change])));
            }
        })
    };
    html! {
        <form class="scale" {onsubmit}>
            <p aria-hidden="true">{ prose(&words::whatif::replicas_of(&format!("`{}`", props.subject))) }</p>
            <input
                ref={field}
                class="field"
                type="number"
                aria-label={words::whatif::replicas_of(&props.subject)}
                min="0"
                max={switchboard_engine::whatif::MOST_REPLICAS.to_string()}
                required=true
                value={props.replicas.to_string()}
            />
            <button class="button" type="submit">{ words::whatif::SCALE }</button>
        </form>
    }
}

//! The bar above the map while it does not show what is written: how many changes, what they do to the answer, the way back.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    panels::{Dispatch, icons},
    state::{Action, Pane, State, Tab, WhatIfAction},
};

/// What the bar shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct BarProps {
    /// Everything: the list, and the answer before and after.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The bar; nothing while nothing is on the list.
#[function_component]
pub fn WhatIfBar(props: &BarProps) -> Html {
    let whatif = &props.state.whatif;
    let (all, on) = (whatif.entries.len(), whatif.active().count());
    if all == 0 {
        return html! {};
    }
    let count = |n: usize| match n {
        1 => "1 change".to_owned(),
        n => format!("{n} changes"),
    };
    let words = match on {
        0 => format!("{}, turned off: the map shows what is written", count(all)),
        on if on < all => format!("{}, not in the manifest; {} off", count(on), all - on),
        on => format!("{}, not in the manifest", count(on)),
    };
    let act = |action: WhatIfAction| {
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::WhatIf(action.clone()))
    };
    let open = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Tab(Tab::WhatIf));
            dispatch.emit(Action::Pane(Pane::Journey));
        })
    };
    html! {
        <section class={classes!("whatif-bar", (on == 0).then_some("off"))} aria-label="What if">
            { icons::differs() }
            <p role="status">
                <strong>{ words }</strong>
                { answers(props) }
            </p>
            <span class="whatif-tools" role="group" aria-label="Changes">
                <button class="button" type="button" onclick={open}>{ "Before | after" }</button>
                <button class="button" type="button" disabled={!whatif.can_undo()} onclick={act(WhatIfAction::Undo)}>
                    { "Undo" }<span class="visually-hidden">{ " the last change" }</span>
                </button>
                <button class="button" type="button" onclick={act(WhatIfAction::TurnAll(on == 0))}>
                    { if on == 0 { "Turn on" } else { "Turn off" } }<span class="visually-hidden">{ " all changes" }</span>
                </button>
                <button class="button" type="button" onclick={act(WhatIfAction::Clear)}>
                    { "Clear" }<span class="visually-hidden">{ " all changes" }</span>
                </button>
            </span>
        </section>
    }
}

/// What the changes do to the packet that was sent.
fn answers(props: &BarProps) -> Html {
    let state = &props.state;
    let compared = state.whatif.compared.as_ref();
    let compared = compared.filter(|(probe, _)| state.asked.as_ref() == Some(probe));
    let Some(compared) = compared.and_then(|(_, compared)| compared.as_ref()) else {
        return html! {};
    };
    if state.whatif.active().next().is_none() {
        return html! {};
    }
    let verdict = |trace: &crate::protocol::TraceView| {
        let (class, mark) = icons::verdict(trace.verdict);
        html! { <span class={classes!("short-verdict", class)}>{ icons::icon(mark) }{ &trace.verdict_text }</span> }
    };
    let same = compared.before.verdict == compared.after.verdict;
    html! {
        <span class="answers">
            { verdict(&compared.before) }
            <span aria-hidden="true">{ "→" }</span><span class="visually-hidden">{ "becomes" }</span>
            { verdict(&compared.after) }
            if same {
                <span class="quiet">{ if compared.differs.is_some() { "by another way, or in other shares" } else { "just as before" } }</span>
            }
        </span>
    }
}

//! The bar above the map while it does not show what is written: how many changes, what they do to the answer, the way back.

use std::rc::Rc;

use switchboard_engine::trace;
use yew::prelude::*;

use crate::{
    panels::{Dispatch, icons},
    protocol::{Shown, TraceView},
    state::{Action, Pane, State, Tab, WhatIfAction},
    words,
};

/// What the bar shows.
#[derive(Debug)]
pub struct WhatIfBarProps {
    /// Everything: the list, and the answer before and after.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The bar; nothing while nothing is on the list.
pub fn what_if_bar(props: &WhatIfBarProps) -> Html {
    let whatif = &props.state.whatif;
    let (all, on) = (whatif.entries.len(), whatif.active().count());
    if all == 0 {
        return html! {};
    }
    let words = match whatif.shown {
        Shown::Written if on > 0 => words::whatif::without(on),
        _ => words::whatif::in_force(on, all),
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
        <section class={classes!("whatif-bar", (!whatif.is_seen()).then_some("off"))} aria-label={words::common::WHAT_IF}>
            { icons::differs() }
            <p role="status">
                <strong>{ words }</strong>
                { answers(props) }
            </p>
            <span class="whatif-tools" role="group" aria-label={words::whatif::CHANGES}>
                if on > 0 {
                    { shown(whatif.shown, act) }
                } else {
                    <button
                        class="button"
                        type="button"
                        aria-label={words::whatif::TURN_ON_ALL}
                        onclick={act(WhatIfAction::TurnAll(true))}
                    >
                        { words::whatif::TURN_ON }
                    </button>
                }
                <button class="button" type="button" onclick={open}>{ words::whatif::SIDE_BY_SIDE }</button>
                <button
                    class="button"
                    type="button"
                    aria-label={words::whatif::UNDO_LAST}
                    disabled={!whatif.can_undo()}
                    onclick={act(WhatIfAction::Undo)}
                >
                    { words::whatif::UNDO }
                </button>
                <button
                    class="button"
                    type="button"
                    aria-label={words::whatif::CLEAR_ALL}
                    onclick={act(WhatIfAction::Clear)}
                >
                    { words::whatif::CLEAR }
                </button>
            </span>
        </section>
    }
}

/// One click from either cluster to the other; the list of changes stays as it is.
fn shown(now: Shown, act: impl Fn(WhatIfAction) -> Callback<MouseEvent>) -> Html {
    let clusters = [
        (Shown::Written, words::whatif::AS_WRITTEN),
        (Shown::Changed, words::whatif::WITH_CHANGES),
    ];
    html! {
        <span class="segments" role="group" aria-label={words::common::SHOWN_ON_MAP}>
            { for clusters.map(|(of, label)| html! {
                <button
                    class="button"
                    type="button"
                    aria-pressed={(of == now).to_string()}
                    onclick={act(WhatIfAction::Show(of))}
                >
                    { label }
                </button>
            }) }
        </span>
    }
}

/// What the changes do to the packet that was sent.
fn answers(props: &WhatIfBarProps) -> Html {
    let state = &props.state;
    let compared = state.whatif.compared.as_ref();
    let compared = compared.filter(|(probe, _)| state.asked.as_ref() == Some(probe));
    let Some(compared) = compared.and_then(|(_, compared)| compared.as_ref()) else {
        return html! {};
    };
    if state.whatif.active().next().is_none() {
        return html! {};
    }
    let headline = |answer: &TraceView| {
        let (class, mark) = icons::headline(answer.headline);
        html! { <span class={classes!("short-verdict", class)}>{ icons::icon(mark) }{ trace::words::headline(answer.headline) }</span> }
    };
    let same = compared.before.headline == compared.after.headline;
    html! {
        <span class="answers">
            { headline(&compared.before) }
            <span aria-hidden="true">{ "→" }</span><span class="visually-hidden">{ words::whatif::BECOMES_VERDICT }</span>
            { headline(&compared.after) }
            if same {
                <span class="quiet">{ if compared.differs.is_some() { words::whatif::ANOTHER_WAY } else { words::whatif::AS_BEFORE } }</span>
            }
        </span>
    }
}

//! The connection tables along the way after the current step, as `conntrack -L` prints them.

use yew::prelude::*;

use super::{Dispatch, step::Command};
use crate::{
    protocol::{StepView, TrackedView},
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct ConnectionsProps {
    /// After this step; `None`: nothing was sent.
    pub step: Option<StepView>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn connections(props: &ConnectionsProps) -> Html {
    let Some(step) = &props.step else {
        return html! {
            <div class="plain-panel"><p>{ words::journey::NO_CONNECTIONS }</p></div>
        };
    };
    if step.tracked.is_empty() {
        return html! {
            <div class="plain-panel"><p>{ words::journey::NOTHING_TRACKED }</p></div>
        };
    }
    html! {
        <div class="plain-panel">
            <p>{ words::journey::after_step(&step.title) }</p>
            { for step.tracked.iter().map(|entry| self::entry(props, entry)) }
        </div>
    }
}

fn entry(props: &ConnectionsProps, entry: &TrackedView) -> Html {
    html! {
        <section class="tracked" key={format!("{}{}", entry.place, entry.line)} aria-label={entry.place.clone()}>
            <h3>{ &entry.place }</h3>
            <Command command={entry.line.clone()} dispatch={props.dispatch.clone()} />
            <p class={classes!((!entry.is_translated).then_some("quiet-text"))}>{ &entry.told }</p>
        </section>
    }
}

//! An object as stored, as `kubectl get -o yaml` prints it; each line that nobody wrote says where it comes from.

use std::rc::Rc;

use switchboard_engine::cluster::Why;
use yew::prelude::*;

use super::{Dispatch, copy_text, detail::mark, step::Command};
use crate::{
    protocol::follow::{StoredLine, StoredView},
    state::Action,
    words,
};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct StoredProps {
    /// The object; `None`: none is chosen, or it has no manifest.
    pub stored: Option<Rc<StoredView>>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
#[function_component]
pub fn Stored(props: &StoredProps) -> Html {
    let Some(stored) = &props.stored else {
        return html! {
            <div class="plain-panel"><p>{ words::detail::NOTHING_CHOSEN }</p></div>
        };
    };
    let copy = {
        let (dispatch, stored) = (props.dispatch.clone(), Rc::clone(stored));
        Callback::from(move |_: MouseEvent| {
            let text: String = stored
                .lines
                .iter()
                .map(|line| line.text.clone() + "\n")
                .collect();
            copy_text(&text, &dispatch);
        })
    };
    let added = stored
        .lines
        .iter()
        .filter(|line| line.why.is_some())
        .count();
    html! {
        <div class="plain-panel stored">
            <header>
                <h3>{ &stored.title }</h3>
                <span class="where">{ words::detail::stored_lines(stored.lines.len(), added) }</span>
                <span class="grow" />
                if let Some(place) = stored.place.clone() {
                    <button
                        class="button"
                        type="button"
                        onclick={props.dispatch.reform(move |_: MouseEvent| Action::Reveal(place.clone(), true))}
                    >{ words::detail::IN_THE_MANIFEST }</button>
                }
                <button class="button" type="button" onclick={copy}>{ words::common::COPY }</button>
            </header>
            <Command command={stored.command.clone()} dispatch={props.dispatch.clone()} />
            <ol class="stored-lines">
                { for stored.lines.iter().enumerate().map(|(nth, line)| row(nth, line)) }
            </ol>
        </div>
    }
}

fn row(nth: usize, line: &StoredLine) -> Html {
    let class = match line.why {
        None => "written",
        Some(Why::Defaulted) => "defaulted",
        Some(Why::Allocated | Why::Assumed) => "assumed",
        Some(Why::Wiped) => "wiped",
    };
    html! {
        <li key={nth} {class}><span>{ &line.text }</span>{ mark(line.why) }</li>
    }
}

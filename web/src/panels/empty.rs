//! What stands in the map's place when there is no map: why, and what to do next.

use yew::prelude::*;

use super::Dispatch;
use crate::{
    samples::SAMPLES,
    state::{Action, ViewAction},
    words,
};

/// Why there is nothing to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing was written.
    NothingWritten,
    /// The text cannot be read: what the first finding says.
    Unreadable(String),
    /// There are objects, but no Service and no Pod.
    NoServices {
        /// Objects of kinds that are modelled.
        objects: u32,
    },
    /// Only problems are wanted, and there are none.
    NoProblems,
    /// The filter hides everything.
    Filtered,
    /// The first answer is not there yet.
    Reading,
}

/// What the panel shows.
#[derive(Debug)]
pub struct EmptyProps {
    /// Why there is nothing to draw.
    pub why: Why,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn empty(props: &EmptyProps) -> Html {
    let (title, text, offers_samples) = match &props.why {
        Why::Reading => {
            return html! { <div class="empty"><p role="status">{ words::page::READING }</p></div> };
        }
        Why::NothingWritten => (words::page::PASTE, words::page::PASTE_MORE.to_owned(), true),
        Why::Unreadable(reason) => (
            words::page::NO_MANIFEST,
            words::page::no_manifest_more(reason),
            true,
        ),
        Why::NoServices { objects: 0 } => (
            words::page::NOTHING_DRAWN,
            words::page::NOTHING_DRAWN_MORE.to_owned(),
            true,
        ),
        Why::NoServices { .. } => (
            words::page::NOTHING_FOUND,
            words::page::NOTHING_FOUND_MORE.to_owned(),
            true,
        ),
        Why::NoProblems => (
            words::page::NO_PROBLEMS,
            words::page::NO_PROBLEMS_MORE.to_owned(),
            false,
        ),
        Why::Filtered => (
            words::page::FILTERED,
            words::page::FILTERED_MORE.to_owned(),
            false,
        ),
    };
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::View(ViewAction::Clear));
        })
    };
    html! {
        <div class="empty">
            <h2>{ title }</h2>
            <p>{ text }</p>
            if offers_samples {
                <p>{ words::page::BEGIN_WITH_SAMPLE }</p>
                <div class="choices">
                    { for SAMPLES.iter().map(|sample| {
                        let dispatch = props.dispatch.clone();
                        html! {
                            <button
                                key={sample.id}
                                type="button"
                                class="button"
                                title={sample.summary}
                                onclick={move |_| dispatch.emit(sample.open())}
                            >
                                { sample.title }
                            </button>
                        }
                    }) }
                </div>
            } else {
                <button type="button" class="button" onclick={clear}>{ words::page::SHOW_EVERYTHING }</button>
            }
        </div>
    }
}

//! The workshops and their scenarios, with what was done; other scenarios from a file.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::to;
use crate::{
    catalogue::{Entry, TOUR, workshops},
    panels::{
        Dispatch,
        icons::{Icon, icon},
    },
    state::{Action, LessonAction, State, Wanted},
};

/// What the overview shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct OverviewProps {
    /// Everything.
    pub state: Rc<State>,
    /// Called with files to open.
    pub on_files: Callback<web_sys::FileList>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The overview.
#[function_component]
pub fn Overview(props: &OverviewProps) -> Html {
    let OverviewProps {
        state, dispatch, ..
    } = props;
    let (close, input) = (use_node_ref(), use_node_ref());
    {
        let close = close.clone();
        use_effect_with((), move |()| {
            if let Some(close) = close.cast::<web_sys::HtmlElement>() {
                let _ = close.focus();
            }
        });
    }
    let choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let chosen = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                on_files.emit(files);
            }
            input.set_value("");
        })
    };
    html! {
        <section class="overview" role="dialog" aria-modal="true" aria-label="Workshops">
            <header class="overview-head">
                <h2>{ "Workshops" }</h2>
                <span class="grow" />
                <button class="button" type="button" onclick={choose}>{ "Open a scenario" }</button>
                <input ref={input} type="file" hidden=true accept=".md,text/markdown" onchange={chosen} />
                if !state.lessons.done.is_empty() {
                    <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Forget)}>
                        { "Forget progress" }
                    </button>
                }
                <button ref={close} class="button icon plain" type="button" aria-label="Close the overview" onclick={to(dispatch, LessonAction::Overview(false))}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <div class="overview-body">
                { for workshops().into_iter().map(|(title, entries)| html! {
                    <section key={title} class="workshop">
                        <h3>{ if title.is_empty() { "More" } else { title } }</h3>
                        <ol>{ for entries.into_iter().map(|entry| card(state, entry, dispatch)) }</ol>
                    </section>
                }) }
            </div>
        </section>
    }
}

fn card(state: &State, entry: Entry, dispatch: &Dispatch) -> Html {
    let done = state.lessons.progress(entry.id, entry.steps);
    let minutes = entry.minutes.map(|minutes| format!(" · {minutes} min"));
    let facts = format!("{}{}", entry.level, minutes.unwrap_or_default());
    let progress = match done {
        0 => String::new(),
        done if done == entry.steps => "done".to_owned(),
        done => format!("{done} of {} steps", entry.steps),
    };
    let open = to(
        dispatch,
        LessonAction::Open(Wanted {
            id: entry.id.to_owned(),
            text: None,
            // Where one stopped; what is done begins again.
            step: if done == entry.steps { 0 } else { done },
            keep: false,
        }),
    );
    html! {
        <li key={entry.id}>
            <button class={classes!("scenario", (done == entry.steps).then_some("done"))} type="button" onclick={open}>
                <span class="scenario-title">{ entry.title }</span>
                <span class="scenario-summary">{ entry.summary }</span>
                <span class="scenario-facts">
                    { facts }
                    if !progress.is_empty() {
                        <span class="scenario-done">
                            if done == entry.steps { { icon(Icon::Good) } }
                            { progress }
                        </span>
                    }
                </span>
            </button>
        </li>
    }
}

/// On a first visit: the tour, which nobody has to take.
pub fn offer(state: &State, dispatch: &Dispatch) -> Html {
    if !state.lessons.offered || state.lessons.overview {
        return Html::default();
    }
    let tour = Wanted {
        id: TOUR.to_owned(),
        text: None,
        step: 0,
        keep: false,
    };
    html! {
        <aside class="tour-offer" aria-label="First visit">
            <span>{ "New here? See what it does in five minutes." }</span>
            <button class="button primary" type="button" onclick={to(dispatch, LessonAction::Open(tour))}>{ "Take the tour" }</button>
            <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Offer(false))}>{ "Not now" }</button>
        </aside>
    }
}

/// A file that is no scenario: line and reason.
pub fn refused(state: &State, dispatch: &Dispatch) -> Html {
    let Some(refused) = &state.lessons.refused else {
        return Html::default();
    };
    let dispatch = dispatch.clone();
    html! {
        <section class="refused" role="alert">
            <header>
                <h2>{ format!("{} is not a scenario yet", refused.id) }</h2>
                <button class="button icon plain" type="button" aria-label="Dismiss" onclick={move |_: MouseEvent| {
                    dispatch.emit(Action::Lesson(LessonAction::Dismiss));
                }}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <ul>
                { for refused.errors.iter().map(|error| html! {
                    <li><span class="mono">{ format!("line {}", error.line) }</span>{ " " }{ &error.message }</li>
                }) }
            </ul>
        </section>
    }
}

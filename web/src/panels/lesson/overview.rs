//! The workshops and their scenarios, with what was done; others from files.

use std::rc::Rc;

use yew::prelude::*;

use super::to;
use crate::{
    catalogue::{Entry, TOUR, workshops},
    panels::{
        Dispatch,
        dialog::use_modal,
        file_chooser::FileChooser,
        icons::{Icon, icon},
    },
    state::{Action, Brought, LessonAction, Refused, State, Wanted},
    words,
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
    let own = use_node_ref();
    use_modal(&own);
    let on_close = dispatch.reform(|_: Event| Action::Lesson(LessonAction::Overview(false)));
    html! {
        <dialog ref={own} class="overview" aria-label={words::page::WORKSHOPS} onclose={on_close}>
            <div class="overview-head">
                <h2>{ words::page::WORKSHOPS }</h2>
                <span class="grow" />
                <FileChooser accept=".md,text/markdown" on_files={props.on_files.clone()}>
                    { icon(Icon::Open) }{ words::lesson::OPEN_SCENARIOS }
                </FileChooser>
                <button class="button icon plain" type="button" aria-label={words::lesson::CLOSE_OVERVIEW} onclick={to(dispatch, LessonAction::Overview(false))}>
                    { icon(Icon::Close) }
                </button>
            </div>
            <div class="overview-body">
                if !state.lessons.brought.is_empty() {
                    <section class="workshop">
                        <h3>{ words::lesson::YOUR_FILES }</h3>
                        <ol>{ for state.lessons.brought.iter().map(|file| brought(state, file, dispatch)) }</ol>
                    </section>
                }
                { for workshops().into_iter().map(|(title, entries)| html! {
                    <section key={title} class="workshop">
                        <h3>{ if title.is_empty() { words::lesson::START_HERE } else { title } }</h3>
                        <ol>{ for entries.into_iter().map(|entry| shipped(state, entry, dispatch)) }</ol>
                    </section>
                }) }
                if !state.lessons.done.is_empty() {
                    <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Forget)}>
                        { words::lesson::FORGET }
                    </button>
                }
            </div>
        </dialog>
    }
}

/// A scenario on its card.
struct Card<'a> {
    title: &'a str,
    summary: &'a str,
    level: &'a str,
    minutes: Option<u16>,
    steps: usize,
}

fn shipped(state: &State, entry: Entry, dispatch: &Dispatch) -> Html {
    let shown = Card {
        title: entry.title,
        summary: entry.summary,
        level: entry.level,
        minutes: entry.minutes,
        steps: entry.steps,
    };
    card(state, &shown, Wanted::shipped(entry.id, 0), dispatch)
}

/// A file of a workshop that was brought along; one that is no scenario says so, and why when it is chosen.
fn brought(state: &State, file: &Brought, dispatch: &Dispatch) -> Html {
    let wanted = Wanted::file(&file.name, file.text.clone());
    match &file.about {
        None => html! { <li key={file.name.clone()} class="quiet">{ &file.name }</li> },
        Some(Ok(about)) => {
            let shown = Card {
                title: &about.title,
                summary: &about.summary,
                level: &about.level,
                minutes: about.minutes,
                steps: about.steps,
            };
            card(state, &shown, wanted, dispatch)
        }
        Some(Err(_)) => html! {
            <li key={file.name.clone()}>
                <button class="scenario" type="button" onclick={to(dispatch, LessonAction::Open(wanted))}>
                    <span class="scenario-title">{ &file.name }</span>
                    <span class="scenario-summary trouble">{ icon(Icon::Error) }{ words::lesson::NOT_YET_SCENARIO }</span>
                </button>
            </li>
        },
    }
}

fn card(state: &State, shown: &Card, wanted: Wanted, dispatch: &Dispatch) -> Html {
    let done = state.lessons.progress(&wanted.id, shown.steps);
    let is_done = done == shown.steps;
    let progress = words::lesson::progress(done, shown.steps);
    let key = wanted.id.clone();
    let step = state.lessons.resume(&wanted.id, shown.steps);
    let open = to(dispatch, LessonAction::Open(Wanted { step, ..wanted }));
    html! {
        <li {key}>
            <button class={classes!("scenario", is_done.then_some("done"))} type="button" onclick={open}>
                <span class="scenario-title">{ shown.title }</span>
                <span class="scenario-summary">{ shown.summary }</span>
                <span class="scenario-facts">
                    { words::lesson::facts(shown.level, shown.minutes) }
                    if !progress.is_empty() {
                        <span class="scenario-done">
                            if is_done { { icon(Icon::Good) } }
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
    let tour = Wanted::shipped(TOUR, 0);
    html! {
        <aside class="tour-offer" aria-label={words::lesson::FIRST_VISIT}>
            <span>{ words::lesson::NEW_HERE }</span>
            <button class="button primary" type="button" onclick={to(dispatch, LessonAction::Open(tour))}>{ words::lesson::TAKE_TOUR }</button>
            <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Offer(false))}>{ words::lesson::NOT_NOW }</button>
        </aside>
    }
}

/// A file that is no scenario: line and reason.
pub fn refused(state: &State, dispatch: &Dispatch) -> Html {
    let Some(Refused { id, errors }) = &state.lessons.refused else {
        return Html::default();
    };
    let name = id
        .strip_prefix("own:")
        .map_or_else(|| id.clone(), |name| format!("{name}.md"));
    html! {
        <section class="refused" role="alert">
            <div class="refused-head">
                <h2>{ words::lesson::not_a_scenario(&name) }</h2>
                <button class="button icon plain" type="button" aria-label={words::page::DISMISS} onclick={to(dispatch, LessonAction::Dismiss)}>
                    { icon(Icon::Close) }
                </button>
            </div>
            <ul>
                { for errors.iter().map(|error| html! {
                    <li><span class="mono">{ words::common::line(error.line) }</span>{ " " }{ &error.message }</li>
                }) }
            </ul>
        </section>
    }
}

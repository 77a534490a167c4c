//! The map: bar above, drawing below, and what floats on it.

mod canvas;
mod label;
mod packet;
mod shapes;
mod table;
mod view_box;

use std::rc::Rc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    Dispatch,
    detail::Detail,
    empty::{Empty, Why},
    icons::{Icon, icon},
    journey::Transport,
};
use crate::{
    protocol::Match,
    scene::Key,
    state::{Action, Pane, State},
};
use canvas::Canvas;
use packet::Journeying;

/// What the map shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct MapProps {
    /// Everything; the map follows selection, view and journey.
    pub state: Rc<State>,
    /// Whether things move.
    pub still: bool,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The map.
#[function_component]
pub fn Map(props: &MapProps) -> Html {
    let state = &props.state;
    let body = match (why_empty(state), &state.picture) {
        (Some(why), _) => html! { <Empty {why} dispatch={props.dispatch.clone()} /> },
        (None, Some(picture)) if state.as_list => html! {
            <table::AsList picture={Rc::clone(picture)} dispatch={props.dispatch.clone()} />
        },
        (None, Some(picture)) => html! {
            <Canvas
                picture={Rc::clone(picture)}
                loads={state.loads}
                selected={state.selected.clone()}
                journey={Journeying::of(state, picture)}
                still={props.still}
                dispatch={props.dispatch.clone()}
            />
        },
        (None, None) => html! {},
    };
    html! {
        <section class="map-panel" aria-label="Map">
            <Bar state={Rc::clone(state)} dispatch={props.dispatch.clone()} />
            <div class="map-area">
                { body }
                { player(props) }
                if let Some(detail) = &state.detail {
                    <Detail detail={Rc::clone(detail)} open={state.view.open.clone()} dispatch={props.dispatch.clone()} />
                }
            </div>
        </section>
    }
}

/// In a narrow window the journey is another panel: the map keeps its transport and the step's title.
fn player(props: &MapProps) -> Html {
    let state = &props.state;
    let Some((way, step)) = state.current_way().zip(state.current_step()) else {
        return html! {};
    };
    let (dispatch, position) = (&props.dispatch, Some((state.step, way.steps.len())));
    let open = {
        let dispatch = dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Pane(Pane::Journey)))
    };
    html! {
        <div class="player">
            <button type="button" class="link" onclick={open}>{ &step.title }</button>
            <Transport {position} playing={state.playing} speed={state.follow.speed} dispatch={dispatch.clone()} />
        </div>
    }
}

fn why_empty(state: &State) -> Option<Why> {
    if state.is_empty() {
        return Some(Why::NothingWritten);
    }
    let Some(picture) = &state.picture else {
        return Some(Why::Reading);
    };
    let drawing = &picture.drawing;
    let draws = drawing.items.iter().any(|item| {
        matches!(
            item.key,
            Key::Service(_) | Key::Pod(_) | Key::Pods { .. } | Key::Namespace(_)
        )
    });
    if draws {
        return None;
    }
    if state.view.namespace.is_some() || state.view.only_problems {
        return Some(Why::Filtered);
    }
    let objects = picture.summary.objects;
    let unreadable = picture
        .findings
        .iter()
        .find(|finding| finding.severity == switchboard_engine::finding::Severity::Error);
    match unreadable {
        Some(finding) if objects == 0 => Some(Why::Unreadable(finding.message.clone())),
        _ => Some(Why::NoServices { objects }),
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct BarProps {
    state: Rc<State>,
    dispatch: Dispatch,
}

#[function_component]
fn Bar(props: &BarProps) -> Html {
    let state = &props.state;
    let namespaces = state
        .picture
        .as_ref()
        .map(|picture| picture.drawing.namespaces.clone())
        .unwrap_or_default();
    let on_search = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.emit(Action::Search(input.value()));
        })
    };
    let on_key = {
        let (dispatch, first) = (props.dispatch.clone(), state.found.first().cloned());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "Escape" => dispatch.emit(Action::Search(String::new())),
            "Enter" => {
                if let Some(found) = &first {
                    go_to(&dispatch, found);
                }
            }
            _ => {}
        })
    };
    let on_namespace = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let chosen = Some(select.value()).filter(|value| !value.is_empty());
            dispatch.emit(Action::Namespace(chosen.map(Into::into)));
        })
    };
    let only = {
        let (dispatch, on) = (props.dispatch.clone(), state.view.only_problems);
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::OnlyProblems(!on)))
    };
    let as_list = {
        let (dispatch, on) = (props.dispatch.clone(), state.as_list);
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::AsList(!on)))
    };
    let hidden = state
        .picture
        .as_ref()
        .map(|picture| picture.drawing.hidden.join("; "))
        .unwrap_or_default();
    // The list of all namespaces is lost when one is chosen: keep the chosen one to go back from.
    let chosen = state.view.namespace.clone();
    html! {
        <div class="map-bar">
            <div class="search">
                <input
                    class="field"
                    type="search"
                    id="search"
                    placeholder="Search (/)"
                    aria-label="Search by name or address"
                    autocomplete="off"
                    spellcheck="false"
                    value={state.search.clone()}
                    oninput={on_search}
                    onkeydown={on_key}
                />
                if !state.search.trim().is_empty() {
                    <Results found={state.found.clone()} dispatch={props.dispatch.clone()} />
                }
            </div>
            if namespaces.len() > 1 || chosen.is_some() {
                <select class="select" aria-label="Namespace" onchange={on_namespace}>
                    <option value="" selected={chosen.is_none()}>{ "All namespaces" }</option>
                    { for namespaces.iter().map(|name| html! {
                        <option
                            key={name.as_str()}
                            value={name.to_string()}
                            selected={chosen.as_ref() == Some(name)}
                        >
                            { name.as_str() }
                        </option>
                    }) }
                </select>
            }
            <button
                class="button"
                type="button"
                aria-pressed={state.view.only_problems.to_string()}
                onclick={only}
            >
                { icon(Icon::Warning) }<span class="label">{ "Only problems" }</span>
                <span class="visually-hidden">{ "on the map" }</span>
            </button>
            <p class="summary hidden-note" role="status" title={hidden.clone()}>{ &hidden }</p>
            <button
                class="button"
                type="button"
                aria-pressed={state.as_list.to_string()}
                onclick={as_list}
            >
                { icon(Icon::List) }<span class="label">{ "As a list" }</span>
                <span class="visually-hidden">{ "instead of the map" }</span>
            </button>
        </div>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ResultsProps {
    found: Vec<Match>,
    dispatch: Dispatch,
}

#[function_component]
fn Results(props: &ResultsProps) -> Html {
    html! {
        <div class="results" role="region" aria-label="Search results">
            if props.found.is_empty() {
                <p class="quiet" role="status">{ "No name or address like this." }</p>
            }
            { for props.found.iter().map(|found| {
                let onclick = {
                    let (dispatch, found) = (props.dispatch.clone(), found.clone());
                    Callback::from(move |_: MouseEvent| go_to(&dispatch, &found))
                };
                html! {
                    <button key={found.key.to_string()} type="button" {onclick}>
                        <span class="kind">{ &found.kind }</span>
                        <span>{ &found.title }</span>
                        <span class="sub mono">{ &found.subtitle }</span>
                    </button>
                }
            }) }
        </div>
    }
}

/// Shows what was found; a fold around it opens.
fn go_to(dispatch: &Dispatch, found: &Match) {
    for fold in &found.at {
        if matches!(fold, Key::Namespace(_)) {
            dispatch.emit(Action::OpenFold(fold.clone()));
        }
    }
    dispatch.emit(Action::Select(Some(found.key.clone())));
    dispatch.emit(Action::Search(String::new()));
}

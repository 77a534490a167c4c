//! The bar above the map: search, filter, folds, pages, and what is not drawn.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::filter::{Chosen, Filter, FilterProps};
use crate::{
    panels::{
        Dispatch,
        focus::move_focus,
        icons::{Icon, icon},
    },
    protocol::Match,
    scene::Grouping,
    state::{Action, State, ViewAction},
    words,
};

#[derive(Debug)]
pub(super) struct BarProps {
    pub(super) state: Rc<State>,
    pub(super) dispatch: Dispatch,
}

pub(super) fn bar(props: &BarProps) -> Html {
    let state = &props.state;
    let drawing = state.picture.as_ref().map(|picture| &picture.drawing);
    let act = |action: Action| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(action.clone()))
    };
    let hidden = drawing.map_or_else(String::new, |drawing| drawing.hidden.join("; "));
    let has_folds =
        drawing.is_some_and(|drawing| drawing.items.iter().any(|item| item.key.is_fold()));
    let filter = FilterProps {
        view: state.view.clone(),
        namespaces: drawing.map_or_else(Rc::default, |drawing| drawing.namespaces.clone().into()),
        kinds: drawing.map_or_else(Rc::default, |drawing| drawing.kinds.clone().into()),
        error: drawing.and_then(|drawing| drawing.selector_error.clone()),
        dispatch: props.dispatch.clone(),
    };
    let problems = state.view.only_problems;
    html! {
        <>
            <div class="map-bar">
                <Search
                    text={state.search.clone()}
                    found={state.found.clone()}
                    dispatch={props.dispatch.clone()}
                />
                <Filter ..filter.clone() />
                { grouping(props) }
                if !state.lessons.holds_back() {
                    <button
                        class="button"
                        type="button"
                        aria-label={words::map::ONLY_PROBLEMS_MORE}
                        aria-pressed={problems.to_string()}
                        onclick={act(Action::View(ViewAction::OnlyProblems(!problems)))}
                    >
                        { icon(Icon::Warning) }<span class="label">{ words::map::ONLY_PROBLEMS }</span>
                    </button>
                }
                <p class="summary hidden-note" role="status" title={hidden.clone()}>{ &hidden }</p>
                if let Some((number, pages)) = drawing.and_then(|drawing| drawing.page) {
                    <div class="pages" role="group" aria-label={words::map::PAGES}>
                        <button
                            class="button icon"
                            type="button"
                            aria-label={words::map::PAGE_BEFORE}
                            disabled={number == 0}
                            onclick={act(Action::View(ViewAction::Page(number.saturating_sub(1))))}
                        >
                            { icon(Icon::Back) }
                        </button>
                        <span class="page-number">{ words::map::page(number + 1, pages) }</span>
                        <button
                            class="button icon"
                            type="button"
                            aria-label={words::map::PAGE_AFTER}
                            disabled={number + 1 >= pages}
                            onclick={act(Action::View(ViewAction::Page(number + 1)))}
                        >
                            { icon(Icon::Next) }
                        </button>
                    </div>
                }
                if has_folds {
                    <button class="button" type="button" aria-label={words::map::UNFOLD_ALL} onclick={act(Action::View(ViewAction::UnfoldAll))}>{ words::common::UNFOLD }</button>
                }
                if !state.view.open.is_empty() {
                    <button class="button" type="button" aria-label={words::map::FOLD_ALL} onclick={act(Action::View(ViewAction::FoldAll))}>{ words::common::FOLD }</button>
                }
                <button
                    class="button"
                    type="button"
                    aria-label={words::map::AS_LIST_MORE}
                    aria-pressed={state.as_list.to_string()}
                    onclick={act(Action::AsList(!state.as_list))}
                >
                    { icon(Icon::List) }<span class="label">{ words::map::AS_LIST }</span>
                </button>
            </div>
            <Chosen ..filter />
        </>
    }
}

/// What Pods are put together by.
fn grouping(props: &BarProps) -> Html {
    let chosen = props.state.view.grouping;
    let onchange = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let wanted = usize::try_from(select.selected_index()).unwrap_or_default();
            if let Some(grouping) = Grouping::ALL.get(wanted) {
                dispatch.emit(Action::View(ViewAction::Group(*grouping)));
            }
        })
    };
    html! {
        <select class="select" aria-label={words::map::GROUPING} title={words::map::GROUPING} {onchange}>
            { for Grouping::ALL.into_iter().map(|grouping| html! {
                <option selected={grouping == chosen}>{ words::map::grouping(grouping) }</option>
            }) }
        </select>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct SearchProps {
    text: String,
    found: Vec<Match>,
    dispatch: Dispatch,
}

/// The field and what was found. Arrows go through it, Enter takes, Escape ends it.
#[function_component]
fn Search(props: &SearchProps) -> Html {
    let node = use_node_ref();
    let oninput = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.emit(Action::Search(input.value()));
        })
    };
    let onkeydown = {
        let (dispatch, first, node) = (
            props.dispatch.clone(),
            props.found.first().cloned(),
            node.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let Some(search) = node.cast::<Element>() else {
                return;
            };
            // Among field and results.
            let go = |to: fn(usize, usize) -> Option<usize>| {
                move_focus(&search, "input, .results button", to);
            };
            let in_field = event
                .target()
                .is_some_and(|target| target.dyn_ref::<HtmlInputElement>().is_some());
            match event.key().as_str() {
                "Escape" => {
                    dispatch.emit(Action::Search(String::new()));
                    go(|_, _| Some(0));
                }
                "ArrowDown" => go(|now, _| Some(now + 1)),
                "ArrowUp" => go(|now, _| now.checked_sub(1)),
                "Enter" if in_field => {
                    if let Some(found) = &first {
                        dispatch.emit(Action::View(ViewAction::GoTo(found.clone())));
                    }
                }
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    html! {
        <div ref={node} class="search" {onkeydown}>
            <input
                class="field"
                type="search"
                id="search"
                placeholder={words::map::SEARCH}
                aria-label={words::map::SEARCH_MORE}
                autocomplete="off"
                spellcheck="false"
                value={props.text.clone()}
                {oninput}
            />
            if !props.text.trim().is_empty() {
                <div class="results" role="region" aria-label={words::map::RESULTS}>
                    if props.found.is_empty() {
                        <p class="quiet" role="status">{ words::map::NO_RESULT }</p>
                    }
                    { for props.found.iter().map(|found| {
                        let onclick = {
                            let (dispatch, found) = (props.dispatch.clone(), found.clone());
                            Callback::from(move |_: MouseEvent| {
                                dispatch.emit(Action::View(ViewAction::GoTo(found.clone())));
                            })
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
        </div>
    }
}

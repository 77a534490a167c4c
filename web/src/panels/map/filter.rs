//! What of the map is wanted: a panel to choose it in, and one chip for each choice, to take it back.

use std::rc::Rc;

use switchboard_engine::Str;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::{
    panels::{
        Dispatch,
        draft::use_draft,
        focus::take_focus,
        icons::{Icon, icon},
    },
    scene::{MapView, RowKind},
    state::{Action, ViewAction},
    words,
};

/// More namespaces than this are looked for by typing.
const NAMESPACES_SHOWN: usize = 60;

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct FilterProps {
    pub(super) view: MapView,
    pub(super) namespaces: Rc<[Str]>,
    pub(super) kinds: Rc<[RowKind]>,
    /// What cannot be read in the selector.
    pub(super) error: Option<String>,
    pub(super) dispatch: Dispatch,
}

/// The button, and the panel below it.
#[function_component]
pub(super) fn Filter(props: &FilterProps) -> Html {
    let open = use_state(|| false);
    let node = use_node_ref();
    let onclick = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let onkeydown = {
        let (open, node) = (open.clone(), node.clone());
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" && *open {
                event.stop_propagation();
                event.prevent_default();
                open.set(false);
                if let Some(button) = node.cast::<web_sys::Element>() {
                    take_focus(&button);
                }
            }
        })
    };
    let view = &props.view;
    let count = view.namespaces.len()
        + view.kinds.len()
        + usize::from(!view.selector.is_empty())
        + usize::from(view.only_problems);
    html! {
        <div class="filter" {onkeydown}>
            <button
                ref={node}
                class="button"
                type="button"
                aria-expanded={open.to_string()}
                aria-controls="filter-panel"
                {onclick}
            >
                // Its name where only the picture has room.
                <span class="visually-hidden">{ words::map::FILTER }</span>
                { icon(Icon::Filter) }<span class="label" aria-hidden="true">{ words::map::FILTER }</span>
                if count > 0 {
                    <span class="count">{ count }</span>
                }
            </button>
            if *open {
                <Panel ..props.clone() />
            }
        </div>
    }
}

#[function_component]
fn Panel(props: &FilterProps) -> Html {
    let looked_for = use_state(String::new);
    let on_selector = (props.dispatch).reform(|text| Action::View(ViewAction::Selector(text)));
    let selector = use_draft(&props.view.selector, &on_selector);
    let on_look = {
        let looked_for = looked_for.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            looked_for.set(input.value().trim().to_lowercase());
        })
    };
    let view = &props.view;
    let matching: Vec<&Str> = props
        .namespaces
        .iter()
        .filter(|name| name.to_lowercase().contains(looked_for.as_str()))
        .collect();
    let left = matching.len().saturating_sub(NAMESPACES_SHOWN);
    html! {
        <div class="filter-panel" id="filter-panel" role="group" aria-label={words::map::FILTER_PANEL}>
            <label class="filter-label" for="filter-selector">{ words::map::LABELS }</label>
            <input
                class="field mono"
                id="filter-selector"
                placeholder={words::map::LABELS_EXAMPLE}
                autocomplete="off"
                spellcheck="false"
                aria-invalid={props.error.is_some().to_string()}
                aria-describedby="filter-error"
                value={selector.value}
                oninput={selector.oninput}
                onchange={selector.onchange}
            />
            <p class="filter-error" id="filter-error" role="status">
                { props.error.clone().unwrap_or_default() }
            </p>
            <fieldset>
                <legend class="filter-label">{ words::map::KINDS }</legend>
                <div class="filter-kinds">
                    { for props.kinds.iter().map(|kind| {
                        let wanted = view.kinds.contains(kind);
                        choice(props, kind.name(), wanted, ViewAction::Kind(*kind, !wanted))
                    }) }
                </div>
            </fieldset>
            if props.namespaces.len() > 1 {
                <fieldset>
                    <legend class="filter-label">{ words::map::NAMESPACES }</legend>
                    if props.namespaces.len() > 12 {
                        <input
                            class="field"
                            type="search"
                            placeholder={words::map::FIND_NAMESPACE}
                            aria-label={words::map::FIND_NAMESPACE}
                            oninput={on_look}
                        />
                    }
                    <div class="filter-names">
                        { for matching.iter().take(NAMESPACES_SHOWN).map(|name| {
                            let wanted = view.namespaces.contains(*name);
                            choice(props, name, wanted, ViewAction::Namespace((*name).clone(), !wanted))
                        }) }
                        if left > 0 {
                            <p class="quiet">{ words::map::more_namespaces(left) }</p>
                        }
                    </div>
                </fieldset>
            }
        </div>
    }
}

fn choice(props: &FilterProps, name: &str, wanted: bool, action: ViewAction) -> Html {
    let dispatch = props.dispatch.clone();
    html! {
        <label key={name.to_owned()} class="filter-choice">
            <input
                type="checkbox"
                checked={wanted}
                onchange={move |_: Event| dispatch.emit(Action::View(action.clone()))}
            />
            <span title={name.to_owned()}>{ name.to_owned() }</span>
        </label>
    }
}

/// One chip for each choice.
#[function_component]
pub(super) fn Chosen(props: &FilterProps) -> Html {
    let view = &props.view;
    let mut chips: Vec<(String, ViewAction)> = Vec::new();
    if !view.selector.is_empty() {
        let what = match &props.error {
            None => words::map::by_labels(&view.selector),
            Some(error) => words::map::by_labels_unread(error),
        };
        chips.push((what, ViewAction::Selector(String::new())));
    }
    for kind in &view.kinds {
        let what = words::map::by_kind(kind.name());
        chips.push((what, ViewAction::Kind(*kind, false)));
    }
    for name in &view.namespaces {
        let what = words::map::by_namespace(name);
        chips.push((what, ViewAction::Namespace(name.clone(), false)));
    }
    if view.only_problems {
        chips.push((
            words::map::BY_PROBLEMS.to_owned(),
            ViewAction::OnlyProblems(false),
        ));
    }
    if chips.is_empty() {
        return html! {};
    }
    let act = |action: ViewAction| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::View(action.clone())))
    };
    html! {
        <ul class="chosen" aria-label={words::map::FILTERS}>
            { for chips.into_iter().map(|(what, action)| html! {
                <li key={what.clone()}>
                    <button
                        type="button"
                        class="chip-button"
                        aria-label={words::map::remove_filter(&what)}
                        title={what.clone()}
                        onclick={act(action)}
                    >
                        <span>{ what }</span>{ icon(Icon::Close) }
                    </button>
                </li>
            }) }
            <li><button type="button" class="link" onclick={act(ViewAction::Clear)}>{ words::page::SHOW_EVERYTHING }</button></li>
        </ul>
    }
}

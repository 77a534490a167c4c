//! A node's rules as text: any node, mode and family, with those that the current step met.
//!
//! Only the lines in view are in the document, and only a page of them in the page: ten thousand Services are half a
//! million lines. Lines have one height, so that a line's number is its place.

use std::rc::Rc;

use switchboard_engine::{cluster::ProxyMode, packet::Family};
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

use super::{
    Dispatch,
    combobox::Combobox,
    icons::{Icon, icon},
};
use crate::{
    protocol::{
        RuleLine,
        follow::{Field, OffersView, OffersWanted, RulesView, Ruleset},
    },
    scene::Key,
    state::{Action, Change, Rules as Chosen, RulesChange, Use},
    words,
};

/// Height of a line, in pixels: `--line-height` of the style sheet.
const LINE: f64 = 20.0;
/// Lines above and below the view that are there as well.
const MARGIN: usize = 12;

/// What the panel shows.
#[derive(Debug)]
pub struct RulesProps {
    /// What was chosen, and what came of it.
    pub chosen: Chosen,
    /// Whose rules.
    pub ruleset: Option<Ruleset>,
    /// What the node's field could hold.
    pub offers: Option<Rc<OffersView>>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn rules(props: &RulesProps) -> Html {
    let Some(ruleset) = &props.ruleset else {
        return html! { <div class="plain-panel"><p>{ words::rules::NO_NODE }</p></div> };
    };
    html! {
        <div class="rules">
            { choices(props, ruleset) }
            { finder(props) }
            if props.chosen.is_missing {
                <p class="quiet">{ words::rules::missing_node(&ruleset.node) }</p>
            } else if let Some(page) = &props.chosen.page {
                { in_front(props, page) }
                <Lines
                    page={Rc::clone(page)}
                    front={props.chosen.looked_for().get(props.chosen.nth).copied()}
                    dispatch={props.dispatch.clone()}
                />
            } else {
                <p class="quiet" role="status">{ words::rules::WRITING }</p>
            }
        </div>
    }
}

fn send(dispatch: &Dispatch, change: RulesChange) -> Callback<MouseEvent> {
    dispatch.reform(move |_: MouseEvent| Action::Follow(Change::Rules(change.clone())))
}

fn choices(props: &RulesProps, ruleset: &Ruleset) -> Html {
    let shown = props.chosen.page.as_ref().map(|page| page.mode);
    let mode = ruleset.mode.or(shown);
    let on_ask = props
        .dispatch
        .reform(|wanted: Option<OffersWanted>| Action::Follow(Change::Offer(wanted)));
    // A node is taken when it is chosen from the list, or written whole.
    let on_node = props.dispatch.reform(|text: String| {
        let name = text.trim().trim_start_matches("node/").to_owned();
        let node = (!name.is_empty()).then(|| name.into());
        Action::Follow(Change::Rules(RulesChange::Node(node)))
    });
    let toggle = |pressed: bool, label: &'static str, change: RulesChange| {
        html! {
            <button
                class="button"
                type="button"
                aria-pressed={pressed.to_string()}
                onclick={send(&props.dispatch, change)}
            >{ label }</button>
        }
    };
    html! {
        <div class="rules-bar">
            <Combobox
                id="rules-node"
                label={words::common::NODE}
                field={Field::Node}
                value={ruleset.node.to_string()}
                offers={props.offers.clone()}
                {on_ask}
                on_input={on_node.clone()}
                on_choose={on_node}
            />
            <div class="segments" role="group" aria-label={words::rules::PROXY_MODE}>
                { for ProxyMode::ALL.map(|of| toggle(mode == Some(of), of.name(), RulesChange::Mode(of))) }
            </div>
            <div class="segments" role="group" aria-label={words::rules::ADDRESS_FAMILY}>
                { toggle(ruleset.family == Family::V4, "IPv4", RulesChange::Family(Family::V4)) }
                { toggle(ruleset.family == Family::V6, "IPv6", RulesChange::Family(Family::V6)) }
            </div>
            <div class="segments" role="group" aria-label={words::rules::FORM}>
                { toggle(!ruleset.written, words::rules::LISTED, RulesChange::Written(false)) }
                { toggle(ruleset.written, words::rules::AS_WRITTEN, RulesChange::Written(true)) }
            </div>
        </div>
    }
}

fn finder(props: &RulesProps) -> Html {
    let chosen = &props.chosen;
    let found = chosen.looked_for();
    let at = chosen.nth + 1;
    // What is searched for is counted by the worker: only some of it is here.
    let total = |page: &RulesView| match chosen.is_searching() {
        true => page.hits_total as usize,
        false => found.len(),
    };
    let what = match (&chosen.page, &chosen.service) {
        (None, _) => String::new(),
        (Some(page), _) if !chosen.search.trim().is_empty() => {
            words::rules::with_text(at, total(page))
        }
        (Some(page), Some(service)) => words::rules::of_service(service, at, total(page)),
        (Some(page), None) => words::rules::met_by_step(at, total(page)),
    };
    let on_search = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            dispatch.emit(Action::Follow(Change::Rules(RulesChange::Search(
                input.value(),
            ))));
        })
    };
    let on_key = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Enter" {
                event.prevent_default();
                let by = if event.shift_key() { -1 } else { 1 };
                dispatch.emit(Action::Follow(Change::Rules(RulesChange::Go(by))));
            }
        })
    };
    let button = |label: &'static str, drawing: Icon, change: RulesChange, enabled: bool| {
        html! {
            <button
                class="button icon plain"
                type="button"
                aria-label={label}
                title={label}
                disabled={!enabled}
                onclick={send(&props.dispatch, change)}
            >{ icon(drawing) }</button>
        }
    };
    html! {
        <div class="rules-bar">
            <input
                class="field rules-search"
                type="search"
                aria-label={words::rules::SEARCH}
                placeholder={words::rules::SEARCH}
                value={chosen.search.clone()}
                oninput={on_search}
                onkeydown={on_key}
            />
            { button(words::rules::GO_BEFORE, Icon::Up, RulesChange::Go(-1), found.len() > 1) }
            { button(words::rules::GO_NEXT, Icon::Down, RulesChange::Go(1), found.len() > 1) }
            <span class="rules-found" role="status">{ what }</span>
            if let Some(service) = &chosen.service {
                <button class="button plain" type="button" onclick={send(&props.dispatch, RulesChange::Service(None))}>
                    { icon(Icon::Close) }
                    <span class="visually-hidden">{ words::rules::no_longer_only_of(service) }</span>
                </button>
            }
            <span class="grow" />
            { button(words::rules::COPY_ALL, Icon::Copy, RulesChange::Text(Use::Copy), chosen.page.is_some()) }
            { button(words::rules::SAVE_ALL, Icon::Save, RulesChange::Text(Use::Save), chosen.page.is_some()) }
        </div>
    }
}

/// The line that is gone to, in full: long rules are cut off in the list.
fn in_front(props: &RulesProps, page: &RulesView) -> Html {
    let number = props.chosen.looked_for().get(props.chosen.nth).copied();
    let line = number.and_then(|number| line(page, number as usize));
    let met = number.and_then(|number| page.met.iter().find(|(line, _)| *line == number));
    let (class, word) = match met {
        Some((_, true)) => ("matched", words::rules::MATCHED),
        Some((_, false)) => ("met", words::rules::MET),
        None => ("", ""),
    };
    html! {
        <p class={classes!("rules-front", class)}>
            <span class="rules-how">{ words::rules::rules_of_node(&page.wanted.ruleset.node, &page.how) }</span>
            if let Some(line) = line {
                <span class="rules-line">
                    if !word.is_empty() {
                        <span class="tag">{ word }</span>
                    }
                    <code>{ line.text.trim() }</code>
                </span>
            }
        </p>
    }
}

fn line(page: &RulesView, number: usize) -> Option<&RuleLine> {
    page.lines.get(number.checked_sub(page.first as usize)?)
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct LinesProps {
    page: Rc<RulesView>,
    front: Option<u32>,
    dispatch: Dispatch,
}

#[function_component]
fn Lines(props: &LinesProps) -> Html {
    let list = use_node_ref();
    let view = use_state(|| (0_usize, 40_usize));
    let page = &props.page;
    let total = page.total as usize;
    {
        // Where next and previous lead.
        let (list, front) = (list.clone(), props.front);
        let what = (
            front,
            page.wanted.ruleset.clone(),
            page.wanted.search.clone(),
            page.wanted.service.clone(),
        );
        use_effect_with(what, move |_| {
            if let (Some(list), Some(front)) = (list.cast::<Element>(), front) {
                let middle = f64::from(list.client_height()) / 2.0;
                list.set_scroll_top((f64::from(front) * LINE - middle + LINE).max(0.0) as i32);
            }
        });
    }
    {
        // A page that nobody scrolled to, as of a step that meets no rule: what is in sight has to be of it.
        let (list, front) = (list.clone(), props.front);
        use_effect_with((page.first, page.lines.len()), move |(first, have)| {
            let Some(list) = list.cast::<Element>() else {
                return;
            };
            let (first, have) = (f64::from(*first), *have as f64);
            let top = f64::from(list.scroll_top()) / LINE;
            if top < first || top >= first + have {
                let line = front.map_or(first, f64::from);
                list.set_scroll_top((line * LINE) as i32);
            }
        });
    }
    let onscroll = {
        let (list, view, dispatch) = (list.clone(), view.clone(), props.dispatch.clone());
        let (first, have) = (page.first as usize, page.lines.len());
        Callback::from(move |_: Event| {
            let Some(list) = list.cast::<Element>() else {
                return;
            };
            let top = (f64::from(list.scroll_top()) / LINE) as usize;
            let length = (f64::from(list.client_height()) / LINE) as usize + 1;
            view.set((top, length));
            let end = (top + length).min(total);
            if top < first || end > first + have {
                let from = u32::try_from(top.saturating_sub(have / 2)).unwrap_or(u32::MAX);
                dispatch.emit(Action::Follow(Change::Rules(RulesChange::From(from))));
            }
        })
    };
    // In here these keys scroll; elsewhere they step.
    let onkeydown = Callback::from(|event: KeyboardEvent| {
        if matches!(
            event.key().as_str(),
            "PageUp" | "PageDown" | "Home" | "End" | " "
        ) {
            event.stop_propagation();
        }
    });
    let (top, length) = *view;
    let from = top.saturating_sub(MARGIN);
    let to = (top + length + MARGIN).min(total);
    html! {
        <div class="ruleset" ref={list} tabindex="0" role="region" aria-label={words::rules::RULES} {onscroll} {onkeydown}>
            <Spacer lines={from} />
            <ol start={(from + 1).to_string()}>
                { for (from..to).map(|number| row(props, number)) }
            </ol>
            <Spacer lines={total.saturating_sub(to)} />
        </div>
    }
}

fn row(props: &LinesProps, number: usize) -> Html {
    let page = &props.page;
    let Some(line) = line(page, number) else {
        return html! { <li key={number} class="unread">{ "…" }</li> };
    };
    let at = u32::try_from(number).ok();
    let met = page.met.iter().find(|(line, _)| Some(*line) == at);
    let is_hit = at.is_some_and(|at| page.hits.binary_search(&at).is_ok());
    let class = classes!(
        (!line.is_rule).then_some("frame"),
        met.map(|(_, matched)| if *matched { "matched" } else { "met" }),
        is_hit.then_some("hit"),
        (props.front == at).then_some("front"),
    );
    let mark = match met {
        Some((_, true)) => "✓",
        Some((_, false)) => "·",
        None => "",
    };
    let word = match met {
        Some((_, true)) => words::common::MATCHED,
        Some((_, false)) => words::rules::PASSED_OVER,
        None => "",
    };
    let text = html! {
        <>
            <span class="met-mark" aria-hidden="true">{ mark }</span>
            if !word.is_empty() {
                <span class="visually-hidden">{ word }</span>
            }
            { &line.text }
        </>
    };
    let Some(service) = line.service.clone() else {
        return html! { <li key={number} {class}>{ text }</li> };
    };
    let title = words::rules::rule_of_service(&service);
    let onclick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            // A text that is being selected is not a click.
            let selected = gloo::utils::window().get_selection().ok().flatten();
            if selected.is_none_or(|selected| selected.is_collapsed()) {
                dispatch.emit(Action::Select(Some(Key::Service(service.clone()))));
            }
        })
    };
    html! { <li key={number} class={classes!(class, "of-service")} {title} {onclick}>{ text }</li> }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct SpacerProps {
    lines: usize,
}

/// The room of lines that are not in the document. Its height is set by the style object: the policy forbids the attribute.
#[function_component]
fn Spacer(props: &SpacerProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(props.lines, move |lines| {
            if let Some(element) = node.cast::<web_sys::HtmlElement>() {
                // A length is always accepted.
                let _ = element
                    .style()
                    .set_property("height", &format!("{}px", *lines as f64 * LINE));
            }
        });
    }
    html! { <div ref={node} aria-hidden="true" /> }
}

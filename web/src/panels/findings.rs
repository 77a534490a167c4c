//! The list of findings, below the editor: object by object, with what a client sees and what mends it.

mod row;

use std::rc::Rc;

use switchboard_engine::finding::Severity;
use web_sys::Element;
use yew::prelude::*;

use super::{
    Dispatch,
    focus::{focus, in_column, move_focus},
    icons,
};
use crate::{
    protocol::{Counts, FindingView, Picture},
    state::{Action, FindingsAction, State},
    words,
};

pub use row::{Code, CodeProps, Mend, MendProps, go_to, prose};
use row::{Row, position};

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FindingsProps {
    /// Everything; the list follows what was found out and the filter.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The list.
#[function_component]
pub fn Findings(props: &FindingsProps) -> Html {
    let state = &props.state;
    let picture = state.picture.clone().filter(|_| !state.is_empty());
    let counts = picture
        .as_ref()
        .map_or_else(Counts::default, |picture| picture.counts);
    let left_out = state.findings.left_out_of(counts);
    let own = use_node_ref();
    // The row whose place the focus takes once the text was mended.
    let mended = use_mut_ref(|| None::<usize>);
    let on_fixed = {
        let mended = Rc::clone(&mended);
        Callback::from(move |nth| *mended.borrow_mut() = Some(nth))
    };
    {
        let own = own.clone();
        let revision = picture.as_ref().map(|picture| picture.revision);
        use_effect_with(revision, move |_| {
            if let (Some(nth), Some(own)) = (mended.borrow_mut().take(), own.cast::<Element>()) {
                focus_row(&own, nth);
            }
        });
    }
    html! {
        <section class="findings" aria-label={words::findings::FINDINGS} ref={own}>
            <div class="panel-head">
                <h2>{ words::findings::FINDINGS }</h2>
                if state.whatif.is_seen() {
                    <span class="tag" title={words::findings::OF_WHAT_IF}>{ words::findings::WHAT_IF }</span>
                }
                if counts.total() > 0 {
                    <div class="severities" role="group" aria-label={words::findings::LISTED}>
                        { for [Severity::Error, Severity::Warning, Severity::Note].into_iter()
                            .map(|severity| toggle(props, severity, counts.of(severity))) }
                    </div>
                }
                <span class="summary" role="status">
                    <span class="visually-hidden">{ words::findings::counts(counts) }</span>
                    if left_out.total() > 0 {
                        <span class="left-out">{ words::findings::left_out(left_out) }</span>
                    }
                </span>
            </div>
            { body(props, picture.as_ref(), left_out, on_fixed) }
        </section>
    }
}

fn toggle(props: &FindingsProps, severity: Severity, count: u32) -> Html {
    let is_shown = props.state.findings.admits(severity);
    let onclick = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Findings(FindingsAction::Show(severity, !is_shown)));
    html! {
        <button
            key={severity.name()}
            type="button"
            class="button severity"
            aria-pressed={is_shown.to_string()}
            title={words::findings::counted(count, severity)}
            {onclick}
        >
            { icons::mark(severity) }
            <span>{ count }</span>
            <span class="visually-hidden">{ words::findings::severity(count, severity) }</span>
        </button>
    }
}

fn body(
    props: &FindingsProps,
    picture: Option<&Rc<Picture>>,
    left_out: Counts,
    on_fixed: Callback<usize>,
) -> Html {
    let Some(picture) = picture else {
        let text = if props.state.is_empty() {
            words::findings::NO_TEXT
        } else {
            ""
        };
        return html! { <p class="quiet">{ text }</p> };
    };
    let counts = picture.counts;
    if counts.total() == 0 {
        return html! {
            <div class="quiet">
                <p id={LIST} tabindex="-1">{ words::findings::SOUND }</p>
                <p>{ words::findings::SOUND_MORE }</p>
            </div>
        };
    }
    let (listed, more) = props.state.findings.listed(&picture.findings);
    if listed.is_empty() {
        let show = props
            .dispatch
            .reform(|_: MouseEvent| Action::Findings(FindingsAction::ShowAll));
        return html! {
            <div class="quiet">
                <p id={LIST} tabindex="-1">{ words::findings::all_left_out(left_out) }</p>
                <button type="button" class="button" onclick={show}>{ words::findings::SHOW_ALL }</button>
            </div>
        };
    }
    // What is beyond the list that the engine sent is said as well.
    let admitted = counts.total() - left_out.total();
    let unlisted = (admitted as usize).saturating_sub(listed.len() + more);
    html! {
        <List
            findings={listed.into_iter().cloned().map(Rc::new).collect::<Vec<_>>()}
            {more}
            {unlisted}
            picture={Rc::clone(picture)}
            several_files={props.state.files.len() > 1}
            {on_fixed}
            dispatch={props.dispatch.clone()}
        />
    }
}

/// Where the focus goes when there is no row for it.
const LIST: &str = "findings-list";

#[derive(Debug, Clone, PartialEq, Properties)]
struct ListProps {
    findings: Vec<Rc<FindingView>>,
    more: usize,
    unlisted: usize,
    picture: Rc<Picture>,
    several_files: bool,
    on_fixed: Callback<usize>,
    dispatch: Dispatch,
}

/// The rows. One of them can be reached with Tab; the arrow keys go to the others.
#[function_component]
fn List(props: &ListProps) -> Html {
    let own = use_node_ref();
    let at = use_state(|| 0_usize);
    let current = (*at).min(props.findings.len().saturating_sub(1));
    let on_key = {
        let (own, props) = (own.clone(), props.clone());
        Callback::from(move |event: KeyboardEvent| {
            let (Some(to), Some(own)) = (in_column(&event.key()), own.cast::<Element>()) else {
                return;
            };
            event.prevent_default();
            event.stop_propagation();
            let row = move_focus(&own, ROW, to).and_then(|nth| props.findings.get(nth));
            // The text follows; the focus stays.
            if let Some(place) = row.and_then(|row| row.place.as_ref()) {
                props.dispatch.emit(Action::Reveal(place.clone(), false));
            }
        })
    };
    let more = props
        .dispatch
        .reform(|_: MouseEvent| Action::Findings(FindingsAction::More));
    let mut nth = 0;
    let groups = props
        .findings
        .chunk_by(|a, b| a.object == b.object)
        .map(|group| {
            let first = nth;
            nth += group.len();
            html! {
                <li key={first}>
                    <h3 class="object" title={group[0].object.clone()}>{ &group[0].object }</h3>
                    <ul>
                        { for group.iter().enumerate().map(|(within, finding)| {
                            let nth = first + within;
                            html! {
                                <Row
                                    key={format!("{nth} {}", finding.code)}
                                    finding={Rc::clone(finding)}
                                    is_current={nth == current}
                                    place={position(finding, props.several_files)}
                                    picture={Rc::clone(&props.picture)}
                                    on_focus={Callback::from({ let at = at.setter(); move |()| at.set(nth) })}
                                    on_fixed={props.on_fixed.reform(move |()| nth)}
                                    dispatch={props.dispatch.clone()}
                                />
                            }
                        }) }
                    </ul>
                </li>
            }
        })
        .collect::<Vec<_>>();
    html! {
        <div class="list" ref={own} onkeydown={on_key}>
            <ul>{ for groups }</ul>
            if props.more > 0 {
                <button type="button" class="button more" onclick={more}>
                    { words::findings::show_more(props.more) }
                </button>
            } else if props.unlisted > 0 {
                <p class="quiet">{ words::findings::unlisted(props.unlisted) }</p>
            }
        </div>
    }
}

/// What a row is found by.
const ROW: &str = "button.finding";

/// Moves the focus to a row, to the last one if there are fewer, or to what stands in the list's place.
fn focus_row(within: &Element, nth: usize) {
    if move_focus(within, ROW, |_, last| Some(nth.min(last))).is_none() {
        focus(LIST);
    }
}

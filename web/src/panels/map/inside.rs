//! A node, opened: the interface that the packet came by, what is done with it step by step, what the node remembers,
//! and the interface that it leaves by.

use std::rc::Rc;

use switchboard_engine::{packet::Header, trace::Verdict};
use web_sys::HtmlElement;
use yew::prelude::*;

use super::view_box::{Size, View};
use crate::{
    layout::Frame,
    panels::{
        Dispatch,
        findings::prose,
        icons::{Icon, icon},
    },
    protocol::{StepView, VisitView, WayView},
    state::{Action, Move, State, ViewAction},
    words,
};

/// Width of the inset, and the room that it keeps from the edges, in pixels.
const WIDTH: f64 = 320.0;
const MARGIN: f64 = 8.0;
/// Kept free at the bottom, for the tools of the map.
const TOOLS: f64 = 56.0;

/// The visit of a node that the current step belongs to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Visit {
    visit: VisitView,
    steps: Vec<StepView>,
    /// The current step.
    at: usize,
    /// Number of the visit among those of the journey.
    nth: usize,
}

impl Visit {
    /// Of the current step; `None` while the packet is on no node.
    pub(super) fn of(state: &State) -> Option<Self> {
        let way: &WayView = state.current_way()?;
        let (nth, visit) = way
            .visits
            .iter()
            .enumerate()
            .find(|(_, visit)| (visit.first..=visit.last).contains(&state.step))?;
        Some(Self {
            steps: way.steps.get(visit.first..=visit.last)?.to_vec(),
            visit: visit.clone(),
            at: state.step,
            nth,
        })
    }

    pub(super) fn node(&self) -> &str {
        &self.visit.node
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct InsideProps {
    pub(super) visit: Rc<Visit>,
    /// Head of the column that the node stands in.
    pub(super) head: Option<Frame>,
    pub(super) view: View,
    pub(super) room: Size,
    pub(super) dispatch: Dispatch,
}

/// The inset, below the node's head.
#[function_component]
pub(super) fn Inside(props: &InsideProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with(
            (props.head, props.view, props.room),
            move |(head, view, room)| {
                if let Some(element) = node.cast::<HtmlElement>() {
                    place(&element, *head, *view, *room);
                }
            },
        );
    }
    let Visit {
        visit, steps, at, ..
    } = &*props.visit;
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::View(ViewAction::Inside(false))))
    };
    let table = visit.table.get(at - visit.first);
    html! {
        <section ref={node} class="inside" aria-label={words::map::inside_of_node(&visit.node)} tabindex="0">
            <header>
                <h2>{ prose(&words::map::inside_of(&visit.node)) }</h2>
                <button class="button icon plain" type="button" aria-label={words::map::CLOSE_INSIDE} onclick={close}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <ol key={props.visit.nth}>
                <li class="port done">{ words::map::IN_BY }{ " " }<b>{ &visit.enters }</b></li>
                { for steps.iter().enumerate().map(|(nth, step)| stage(props, visit.first + nth, step)) }
                if let Some(leaves) = &visit.leaves {
                    <li class={classes!("port", (*at >= visit.last).then_some("done"))}>
                        { words::map::OUT_BY }{ " " }<b>{ leaves }</b>
                    </li>
                }
            </ol>
            <h3>{ words::map::CONNECTION_TABLE }</h3>
            if let Some(table) = table.filter(|table| !table.is_empty()) {
                <ul class="tracked mono">
                    { for table.iter().map(|line| html! { <li key={line.clone()}>{ line }</li> }) }
                </ul>
            } else {
                <p class="quiet">{ words::map::NOTHING_TRACKED }</p>
            }
        </section>
    }
}

fn stage(props: &InsideProps, nth: usize, step: &StepView) -> Html {
    let at = props.visit.at;
    let onclick = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Step(Move::To(nth))))
    };
    html! {
        <li
            key={nth}
            class={classes!(
                (nth < at).then_some("done"),
                (nth == at).then_some("now"),
                (nth == at && step.ends == Some(Verdict::Unreachable)).then_some("failed"),
            )}
        >
            <button type="button" {onclick} aria-current={(nth == at).then_some("step")}>
                <span class="stage-title">{ &step.title }</span>
                // Those of the others are one press away: all at once would bury the way through the node.
                if nth == at {
                    { for chains(step).into_iter().map(|chain| html! {
                        <span class="stage-rule mono">{ chain }</span>
                    }) }
                }
                if let (Some(before), Some(after)) = (step.before, step.after) {
                    if before != after && nth <= at {
                        <span class="stage-header mono">{ changed(&before, &after) }</span>
                    }
                }
            </button>
        </li>
    }
}

/// The chains that a step met, each once as long as it stays in it.
fn chains(step: &StepView) -> Vec<String> {
    let mut chains: Vec<String> = step
        .rules
        .iter()
        .map(|met| format!("{} · {}", met.rule.table, met.rule.chain))
        .collect();
    chains.dedup();
    chains
}

/// What of a header is another after a step.
fn changed(before: &Header, after: &Header) -> String {
    let source = (before.from() != after.from())
        .then(|| words::map::source_becomes(before.from(), after.from()));
    let destination = (before.to() != after.to())
        .then(|| words::map::destination_becomes(before.to(), after.to()));
    let parts: Vec<String> = source.into_iter().chain(destination).collect();
    parts.join(", ")
}

/// Below the head of its column as far as there is room. By properties, for the policy forbids a style attribute.
fn place(element: &HtmlElement, head: Option<Frame>, view: View, (width, height): Size) {
    let (x, y) = head.map_or((width, 0.0), |head| {
        // Heads stick to the top.
        let bottom = f64::from(head.bottom()) * view.zoom + view.y.max(0.0);
        (f64::from(head.x) * view.zoom + view.x, bottom + MARGIN)
    });
    let left = x.min(width - WIDTH - MARGIN).max(MARGIN);
    let top = y.min(height / 2.0).max(MARGIN);
    let style = element.style();
    // Names and values are well-formed.
    let _ = style.set_property("--x", &format!("{left:.0}px"));
    let _ = style.set_property("--y", &format!("{top:.0}px"));
    let _ = style.set_property("--room", &format!("{:.0}px", height - top - TOOLS));
}

//! The journey on the map: its way, and the packet that runs along it.

use std::rc::Rc;

use gloo::render::{AnimationFrame, request_animation_frame};
use switchboard_engine::{packet::Header, trace::Verdict};
use web_sys::Element;
use yew::prelude::*;

use super::{badge, shapes, sheet::is_head};
use crate::{
    layout::{Drawing, Frame, Item, Point, point_along, route},
    protocol::{Phase, Picture, StepView},
    scene::{ColumnKey, Key},
    state::State,
    words,
};

/// How long a packet takes for one leg, in milliseconds.
const LEG: f64 = 700.0;
/// Height of its words: between two shapes that stand below each other there is as much.
const WORDS: i32 = 16;
/// They reach so far beyond their shape, where no other begins.
const BESIDE: i32 = 40;

/// The part of a journey that the map shows.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Journeying {
    /// Legs of the whole way.
    pub(super) legs: Vec<Vec<Point>>,
    /// How many of them lie behind the packet.
    pub(super) behind: usize,
    /// The way into the current step's place; one point: it is there already.
    pub(super) leg: Vec<Point>,
    /// What the packet carries on the way into the step, and what after it.
    pub(super) labels: (String, String),
    /// It is on its way back.
    pub(super) replying: bool,
    /// This is where it fails.
    pub(super) failed: bool,
    /// Shapes that the current step is about.
    pub(super) lit: Vec<Key>,
    /// Identity of the position: a new one starts the movement.
    pub(super) position: (usize, usize),
    /// Where to look.
    pub(super) focus: Option<Key>,
    /// All shapes that it passes.
    pub(super) passes: Vec<Frame>,
    /// The upper edge of the shape where the packet is: its words stand there, beside its badge.
    over: Option<Edge>,
}

/// Where words can stand above a shape.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Edge {
    left: i32,
    right: i32,
    top: i32,
}

impl Edge {
    fn of(item: &Item) -> Self {
        let Frame { x, y, .. } = item.frame;
        Self {
            left: badge::right(shapes::marks(item)).map_or(x - BESIDE, |badge| x + badge + 1),
            right: item.frame.right() + BESIDE,
            top: y,
        }
    }
}

impl Journeying {
    /// Of the current step; `None` while nothing was sent, or nothing of it is drawn.
    pub(super) fn of(state: &State, picture: &Picture) -> Option<Self> {
        let steps = &state.current_way()?.steps;
        let step = steps.get(state.step)?;
        let drawing = &picture.drawing;
        let places: Vec<Option<&Item>> = steps.iter().map(|step| place(drawing, step)).collect();
        let mut legs = Vec::new();
        let mut behind = 0;
        let mut previous: Option<&Item> = None;
        let mut leg = Vec::new();
        for (nth, item) in places.iter().enumerate() {
            let Some(item) = item else { continue };
            if let Some(from) = previous
                && from.key != item.key
            {
                let way = route(drawing, from, item);
                if nth <= state.step {
                    behind = legs.len() + 1;
                    leg.clone_from(&way);
                }
                legs.push(way);
            } else if nth <= state.step && leg.is_empty() {
                leg = stand(drawing, item, places.get(nth + 1).copied().flatten());
            }
            previous = Some(item);
        }
        // A step that stays where the one before was does not run the leg again.
        let here = places.get(state.step).copied().flatten();
        let before = state
            .step
            .checked_sub(1)
            .and_then(|nth| places[..=nth].iter().rev().find_map(|item| *item));
        if let (Some(here), Some(before)) = (here, before)
            && here.key == before.key
            && let Some(end) = leg.last().copied()
        {
            leg = vec![end];
        }
        let mut lit: Vec<Key> = here.map(|item| item.key.clone()).into_iter().collect();
        lit.extend(node_column(drawing, step));
        Some(Self {
            legs,
            behind,
            leg,
            labels: (
                label(step.before.or(step.after), step.phase),
                label(step.after.or(step.before), step.phase),
            ),
            replying: step.phase == Phase::Reply,
            failed: step.ends == Some(Verdict::Unreachable),
            lit,
            position: (state.way, state.step),
            focus: here.map(|item| item.key.clone()),
            passes: (places.iter().flatten())
                .filter(|item| !is_head(item))
                .map(|item| item.frame)
                .collect(),
            over: here.filter(|item| !is_head(item)).map(Edge::of),
        })
    }
}

fn label(header: Option<Header>, phase: Phase) -> String {
    match (header, phase) {
        (None, Phase::Dns) => words::map::DNS.to_owned(),
        (None, _) => String::new(),
        (Some(header), Phase::Reply) => words::map::packet_from(header.from()),
        (Some(header), _) => words::map::packet_to(header.to()),
    }
}

fn place<'a>(drawing: &'a Drawing, step: &StepView) -> Option<&'a Item> {
    step.at.iter().find_map(|key| drawing.item(key))
}

/// The edge of a shape from which a journey starts.
fn stand(drawing: &Drawing, item: &Item, next: Option<&Item>) -> Vec<Point> {
    let start = match next {
        Some(next) if next.key != item.key => route(drawing, item, next).first().copied(),
        _ => None,
    };
    vec![start.unwrap_or(Point {
        x: item.frame.x,
        y: item.frame.middle(),
    })]
}

fn node_column(drawing: &Drawing, step: &StepView) -> Option<Key> {
    let node = step.node.as_ref()?;
    ColumnKey::of_node(node, step.zone.as_ref())
        .into_iter()
        .map(Key::Column)
        .find(|key| drawing.item(key).is_some())
}

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct PacketProps {
    pub(super) journey: Rc<Journeying>,
    pub(super) width: i32,
    pub(super) still: bool,
}

/// The way as a line, and the packet on it.
#[function_component]
pub(super) fn Packet(props: &PacketProps) -> Html {
    let journey = &props.journey;
    let node = use_node_ref();
    let frame = use_mut_ref(|| None::<AnimationFrame>);
    let arrived = use_state(|| true);
    {
        let setter = arrived.setter();
        let (node, frame, journey, still) = (
            node.clone(),
            Rc::clone(&frame),
            Rc::clone(journey),
            props.still,
        );
        use_effect_with((journey.position, journey.leg.clone()), move |_| {
            let leg = journey.leg.clone();
            if still || leg.len() < 2 {
                stand_at(&node, point_along(&leg, 1.0));
                *frame.borrow_mut() = None;
                setter.set(true);
            } else {
                setter.set(false);
                run(node, Rc::clone(&frame), leg, None, setter);
            }
            move || *frame.borrow_mut() = None
        });
    }
    let end = journey.leg.last().copied().unwrap_or_default();
    let (coming, there) = &journey.labels;
    let label = if *arrived { there } else { coming };
    let length = i32::try_from(label.chars().count()).unwrap_or(0);
    let wide = length * 20 / 3 + 12;
    // Above the shape, where there are no words but its own marks; above a node's head there is no room.
    let (least, most, top) = match journey.over {
        Some(over) => (over.left, over.right, over.top - 1 - WORDS),
        None => (0, props.width, end.y + 10),
    };
    // The label rather reaches beyond its shape than over the badge, and stays inside the map.
    let left = (-wide / 2)
        .min(most - wide - end.x)
        .max(least - end.x)
        .min(props.width - 4 - wide - end.x)
        .max(4 - end.x);
    let top = top - end.y;
    html! {
        <g aria-hidden="true">
            { for journey.legs.iter().enumerate().map(|(nth, leg)| html! {
                <path
                    key={nth}
                    class={classes!("way", (nth < journey.behind).then_some("done"))}
                    d={shapes::rounded(leg)}
                />
            }) }
            <g
                ref={node}
                class={classes!(
                    "packet",
                    journey.replying.then_some("replying"),
                    journey.failed.then_some("failed"),
                )}
            >
                <circle r="8" />
                if journey.failed {
                    <path class="failed-cross" d="M-3-3 3 3M3-3-3 3" stroke="white" stroke-width="2" />
                }
                if !label.is_empty() {
                    <rect x={left.to_string()} y={top.to_string()} width={wide.to_string()} height={WORDS.to_string()} rx="5" />
                    <text x={(left + 6).to_string()} y={(top + 12).to_string()}>{ label }</text>
                }
            </g>
        </g>
    }
}

fn run(
    node: NodeRef,
    frame: Rc<std::cell::RefCell<Option<AnimationFrame>>>,
    leg: Vec<Point>,
    started: Option<f64>,
    arrived: UseStateSetter<bool>,
) {
    let slot = Rc::clone(&frame);
    let next = request_animation_frame(move |now| {
        let started = started.unwrap_or(now);
        let part = ((now - started) / LEG).min(1.0);
        // Slow at both ends.
        let eased = part * part * (3.0 - 2.0 * part);
        stand_at(&node, point_along(&leg, eased));
        if part < 1.0 {
            run(node, frame, leg, Some(started), arrived);
        } else {
            arrived.set(true);
        }
    });
    *slot.borrow_mut() = Some(next);
}

fn stand_at(node: &NodeRef, (x, y): (f64, f64)) {
    if let Some(element) = node.cast::<Element>() {
        // The element is on the page: setting an attribute of it cannot fail.
        let _ = element.set_attribute("transform", &format!("translate({x:.1} {y:.1})"));
    }
}

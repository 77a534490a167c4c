//! The map: bar above, drawing below, and what floats on it.

mod badge;
mod bar;
mod canvas;
mod filter;
mod inside;
mod keys;
mod label;
mod looking;
mod menu;
mod minimap;
mod near;
mod packet;
mod pills;
mod pixels;
mod pointer;
mod shapes;
mod sheet;
mod table;
mod tools;
mod view_box;
mod wires;

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Dispatch,
    detail::Detail,
    empty::{EmptyProps, Why, empty},
    journey::{TransportProps, transport},
    whatif::{WhatIfBarProps, what_if_bar},
};
use crate::{
    scene::{Key, MapView},
    state::{Action, Dialog, Pane, State},
    words,
};
use bar::{BarProps, bar};
use canvas::Canvas;
use inside::Visit;
use packet::Journeying;

pub use near::{Room, use_room};

/// What the map shows.
#[derive(Debug)]
pub struct MapProps {
    /// Everything; the map follows selection, view and journey.
    pub state: Rc<State>,
    /// The window that it is seen through.
    pub room: Room,
    /// Whether things move.
    pub still: bool,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The map.
pub fn map(props: &MapProps) -> Html {
    let state = &props.state;
    let trace = state.trace.as_ref().and_then(|trace| trace.as_ref().ok());
    let body = match (why_empty(state), &state.picture) {
        (Some(why), _) => {
            html! { { empty(&EmptyProps { why, dispatch: props.dispatch.clone() }) } }
        }
        (None, Some(picture)) if state.as_list => html! {
            <table::AsList picture={Rc::clone(picture)} dispatch={props.dispatch.clone()} />
        },
        (None, Some(picture)) => html! {
            <Canvas
                picture={Rc::clone(picture)}
                sizes={props.room.sizes}
                loads={state.loads}
                selected={state.selected.clone()}
                told={state.wires.told.clone()}
                journey={Journeying::of(state, picture)}
                visit={Visit::of(state).map(Rc::new)}
                inside={state.inside}
                whole={state.keep.dialog == Some(Dialog::Share)}
                pills={pills::pills(
                    &picture.drawing,
                    trace.map(Rc::as_ref),
                    state.selected.as_ref(),
                )}
                draft={state.draft.clone()}
                still={props.still}
                dispatch={props.dispatch.clone()}
            />
        },
        (None, None) => html! {},
    };
    html! {
        <section class="map-panel" aria-label={words::map::MAP}>
            <div class="map-head">
                { bar(&BarProps { state: Rc::clone(state), dispatch: props.dispatch.clone() }) }
                { what_if_bar(&WhatIfBarProps { state: Rc::clone(state), dispatch: props.dispatch.clone() }) }
            </div>
            <div class="map-area" ref={&props.room.area}>
                <div class="map-window" ref={&props.room.window}>{ body }</div>
                { player(props) }
                if let Some(detail) = &state.detail {
                    <Detail detail={Rc::clone(detail)} tells={!state.lessons.holds_back()} open={state.view.open.clone()} dispatch={props.dispatch.clone()}>
                        if let Some(picture) = &state.picture {
                            <wires::WireList
                                picture={Rc::clone(picture)}
                                of={detail.key.clone()}
                                trace={trace.cloned()}
                                enter={state.enters_wires_of(&detail.key)}
                                dispatch={props.dispatch.clone()}
                            />
                        }
                    </Detail>
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
            { transport(&TransportProps {
                position,
                playing: state.playing,
                speed: state.follow.speed,
                dispatch: dispatch.clone(),
            }) }
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
    if state.view.is_filtered() {
        let by_problems_alone = !MapView {
            only_problems: false,
            ..state.view.clone()
        }
        .is_filtered();
        return Some(if by_problems_alone {
            Why::NoProblems
        } else {
            Why::Filtered
        });
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

//! Keys while the focus is on the map: from shape to shape, what letters do to a shape, moving and zooming the map; and the
//! space bar, which held down makes every drag move the map.

use std::rc::Rc;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use super::{
    canvas::{CanvasProps, heads, item_of},
    looking::Looking,
    pixels::size,
    sheet::id,
    tools, view_box,
};
use crate::{
    keys::{self, OnMap, OnShape},
    layout::{Direction, Item, neighbour},
    panels::focus::focus,
    state::{Action, WireAction},
};

/// How far an arrow moves the map, in pixels.
const PAN: f64 = 80.0;
/// While the space bar is held over the map this attribute is on it; `panned` once the map was dragged.
pub(super) const SPACE: &str = "data-space";

pub(super) fn on_key(
    props: &CanvasProps,
    area: &NodeRef,
    view: &Looking,
) -> Callback<KeyboardEvent> {
    let (area, view, picture) = (area.clone(), view.clone(), Rc::clone(&props.picture));
    let (dispatch, selected) = (props.dispatch.clone(), props.selected.clone());
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let drawing = &picture.drawing;
        let from = item_of(event.target(), drawing);
        let key = event.key();
        // The space bar and Enter are heard by the shape itself.
        if let Some(action) = from.and_then(|item| on_shape(item, &key)) {
            event.prevent_default();
            dispatch.emit(action);
            return;
        }
        let zoom = |factor: f64| {
            let (width, height) = size(&area);
            view.set(view.zoomed(factor, (width / 2.0, height / 2.0)));
        };
        let direction = match keys::on_map(&key) {
            Some(OnMap::Go(direction)) => direction,
            Some(OnMap::Whole) => return view.set(view_box::whole(drawing, size(&area))),
            Some(OnMap::Near) => {
                // What is chosen; else the shape that has the focus.
                let key = selected.as_ref().or(from.map(|item| &item.key));
                if let Some(frame) = key.and_then(|key| tools::surroundings(drawing, key)) {
                    view.set(tools::closer(frame, drawing, &area));
                }
                return;
            }
            Some(OnMap::Closer) => return zoom(1.25),
            Some(OnMap::Farther) => return zoom(0.8),
            // Its listener sees when it is let go as well.
            Some(OnMap::Hold) | None => return,
        };
        // On no shape, or with Shift, the map itself moves.
        let Some(from) = from.filter(|_| !event.shift_key()) else {
            event.prevent_default();
            event.stop_propagation();
            let (dx, dy) = match direction {
                Direction::Left => (PAN, 0.0),
                Direction::Right => (-PAN, 0.0),
                Direction::Up => (0.0, PAN),
                Direction::Down => (0.0, -PAN),
            };
            view.set(view.moved(dx, dy, drawing, size(&area)));
            return;
        };
        let Some(to) = neighbour(drawing, from, direction) else {
            return;
        };
        event.prevent_default();
        event.stop_propagation();
        if let Some(next) = view.showing(&[to.frame], heads(&view), drawing, size(&area)) {
            view.set(next);
        }
        focus(&id(&to.key));
    })
}

/// What a letter does to the shape that has the focus: the same as its line in the menu.
fn on_shape(item: &Item, key: &str) -> Option<Action> {
    match keys::on_shape(key)? {
        OnShape::Choose => None,
        OnShape::From => item.ends.from.clone().map(Action::DraftFrom),
        OnShape::To => item.ends.to.clone().map(Action::DraftTo),
        OnShape::Fold => item
            .key
            .is_fold()
            .then(|| Action::ToggleFold(item.key.clone())),
        OnShape::Wires => Some(Action::Wires(WireAction::Enter(item.key.clone()))),
    }
}

/// Notes on the map whether the space bar is held while the pointer is over it.
#[hook]
pub(super) fn use_space(area: &NodeRef) {
    let area = area.clone();
    use_effect_with((), move |()| {
        let document = gloo::utils::document();
        let down = {
            let area = area.clone();
            EventListener::new(&document, "keydown", move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                let over = area
                    .cast::<Element>()
                    .filter(|map| map.matches(":hover").unwrap_or_default());
                if let Some(map) = over
                    && event.key() == keys::SPACE
                    && !event.repeat()
                {
                    // A plain name and a plain value are always accepted.
                    let _ = map.set_attribute(SPACE, "held");
                }
            })
        };
        let up = EventListener::new(&document, "keyup", move |event| {
            let event: &KeyboardEvent = event.unchecked_ref();
            if let Some(map) = area.cast::<Element>()
                && event.key() == keys::SPACE
            {
                // What is not there can be taken away all the same.
                let _ = map.remove_attribute(SPACE);
            }
        });
        move || drop((down, up))
    });
}

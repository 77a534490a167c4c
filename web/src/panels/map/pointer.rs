//! What a pointer does on the map: pan by dragging, zoom by pinching, and draw a wire from one shape to another.
//!
//! A drag that begins on a shape that can send draws a wire, except by touch (a finger pans), with Shift or the space bar,
//! and with the middle button. Where the wire is dropped on something that can be reached, the probe is sent.

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use web_sys::Element;
use yew::prelude::*;

use super::{
    keys::SPACE,
    label::fit,
    looking::Looking,
    pixels::{size, within},
    view_box::View,
};
use crate::{
    layout::{Face, Item, hit},
    panels::Dispatch,
    protocol::{Picture, ProbeText},
    scene::Key,
    state::Action,
    words,
};

/// A press that moves less than this is a click.
const SLOP: f64 = 4.0;
/// Below the tip, so that the pointer does not hide it.
const LABEL_BELOW: f64 = 26.0;

/// A wire that is being drawn by hand, in the map's units.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Wire {
    from: Key,
    tip: (f64, f64),
    over: Option<Key>,
}

/// Pointers that are down.
#[derive(Debug, Default)]
pub(super) struct Pointers {
    press: Option<Press>,
    fingers: BTreeMap<i32, (f64, f64)>,
    /// The click that follows belongs to a drag.
    dragged: bool,
}

#[derive(Debug)]
struct Press {
    at: (f64, f64),
    moving: bool,
    /// The shape that a wire starts from; none: it pans.
    wire_from: Option<Key>,
}

impl Pointers {
    /// Whether a click is the end of a drag; asked once.
    pub(super) fn take_dragged(&mut self) -> bool {
        std::mem::take(&mut self.dragged)
    }
}

/// All that a pointer needs to know.
#[derive(Clone)]
pub(super) struct Hand {
    pub(super) area: NodeRef,
    pub(super) view: Looking,
    pub(super) gliding: UseStateSetter<bool>,
    pub(super) wire: UseStateSetter<Option<Wire>>,
    pub(super) picture: Rc<Picture>,
    pub(super) pointers: Rc<RefCell<Pointers>>,
    pub(super) dispatch: Dispatch,
}

impl Hand {
    pub(super) fn down(&self, event: &PointerEvent) {
        let at = self.point(event);
        let mut pointers = self.pointers.borrow_mut();
        let is_touch = event.pointer_type() == "touch";
        pointers.dragged = false;
        if is_touch {
            pointers.fingers.insert(event.pointer_id(), at);
        }
        if !matches!(event.button(), 0 | 1) {
            return;
        }
        let space = self.space().is_some();
        let may_wire = !is_touch && !space && event.button() == 0 && !event.shift_key();
        let wire_from = self
            .under(at)
            .filter(|item| may_wire && item.ends.from.is_some())
            .map(|item| item.key.clone());
        pointers.press = Some(Press {
            at,
            moving: false,
            wire_from,
        });
    }

    pub(super) fn moved(&self, event: &PointerEvent) {
        let now = self.point(event);
        let mut pointers = self.pointers.borrow_mut();
        if let Some(pinch) = pinch(&mut pointers.fingers, event.pointer_id(), now) {
            pointers.dragged = true;
            self.gliding.set(false);
            let zoomed = self.view.zoomed(pinch.factor, pinch.centre);
            let (dx, dy) = pinch.shift;
            self.view
                .set(zoomed.moved(dx, dy, &self.picture.drawing, size(&self.area)));
            return;
        }
        let Some(press) = &mut pointers.press else {
            return;
        };
        let (dx, dy) = (now.0 - press.at.0, now.1 - press.at.1);
        if !press.moving && dx.abs().max(dy.abs()) < SLOP {
            return;
        }
        if !press.moving
            && let Some(element) = self.area.cast::<Element>()
        {
            // From now on the pointer is ours, wherever it goes.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        press.moving = true;
        match &press.wire_from {
            Some(from) => self.wire.set(Some(Wire {
                from: from.clone(),
                tip: self.on_sheet(now),
                over: self
                    .under(now)
                    .filter(|item| item.key != *from)
                    .map(|item| item.key.clone()),
            })),
            None => {
                if let Some(map) = self.space() {
                    // A plain name and a plain value are always accepted.
                    let _ = map.set_attribute(SPACE, "panned");
                }
                press.at = now;
                self.gliding.set(false);
                self.view.set(
                    self.view
                        .moved(dx, dy, &self.picture.drawing, size(&self.area)),
                );
            }
        }
        pointers.dragged = true;
    }

    pub(super) fn up(&self, event: &PointerEvent) {
        let mut pointers = self.pointers.borrow_mut();
        pointers.fingers.remove(&event.pointer_id());
        let Some(press) = pointers.press.take() else {
            return;
        };
        let Some(from) = press.wire_from.filter(|_| press.moving) else {
            return;
        };
        self.wire.set(None);
        let from_end = self
            .picture
            .drawing
            .item(&from)
            .and_then(|item| item.ends.from.clone());
        let to_end = self
            .under(self.point(event))
            .filter(|item| item.key != from)
            .and_then(|item| item.ends.to.clone());
        if let (Some(from), Some(to)) = (from_end, to_end) {
            self.dispatch.emit(Action::Send(ProbeText { from, to }));
        }
    }

    /// The system took the pointer away, or a key did.
    pub(super) fn cancel(&self) {
        let mut pointers = self.pointers.borrow_mut();
        pointers.press = None;
        pointers.fingers.clear();
        self.wire.set(None);
    }

    /// The map, while the space bar is held over it.
    fn space(&self) -> Option<Element> {
        let map = self.area.cast::<Element>()?;
        map.has_attribute(SPACE).then_some(map)
    }

    fn under(&self, at: (f64, f64)) -> Option<&Item> {
        hit(
            &self.picture.drawing,
            self.on_sheet(at),
            heads_y(*self.view),
        )
    }

    /// Where on the map's window.
    fn point(&self, event: &PointerEvent) -> (f64, f64) {
        let area = self.area.cast::<Element>();
        area.map_or((0.0, 0.0), |area| within(&area, event))
    }

    fn on_sheet(&self, (x, y): (f64, f64)) -> (f64, f64) {
        let view = *self.view;
        ((x - view.x) / view.zoom, (y - view.y) / view.zoom)
    }
}

/// How far below their place the heads are drawn, to stay in sight.
pub(super) fn heads_y(view: View) -> f64 {
    (-view.y / view.zoom).max(0.0)
}

struct Pinch {
    factor: f64,
    centre: (f64, f64),
    shift: (f64, f64),
}

/// What the movement of one of two fingers comes to.
fn pinch(fingers: &mut BTreeMap<i32, (f64, f64)>, id: i32, now: (f64, f64)) -> Option<Pinch> {
    let before = *fingers.get(&id)?;
    fingers.insert(id, now);
    let other = fingers
        .iter()
        .find(|(finger, _)| **finger != id)
        .map(|(_, at)| *at)?;
    let apart = |a: (f64, f64)| (a.0 - other.0).hypot(a.1 - other.1).max(1.0);
    let middle = |a: (f64, f64)| ((a.0 + other.0) / 2.0, (a.1 + other.1) / 2.0);
    let (from, to) = (middle(before), middle(now));
    Some(Pinch {
        factor: apart(now) / apart(before),
        centre: to,
        shift: (to.0 - from.0, to.1 - from.1),
    })
}

/// The wire, and what dropping it here would send.
pub(super) fn rubber(wire: &Wire, picture: &Picture, heads_y: f64) -> Html {
    let Some(from) = picture.drawing.item(&wire.from) else {
        return html! {};
    };
    let lowered = |item: &Item| match item.face {
        Face::Head(_) => heads_y,
        _ => 0.0,
    };
    let over = wire.over.as_ref().and_then(|key| picture.drawing.item(key));
    let target = over.and_then(|item| item.ends.to.as_ref());
    let words = match (over, target) {
        (_, Some(to)) => words::map::send_to(to),
        (Some(_), None) => words::map::NO_TARGET.to_owned(),
        (None, _) => words::map::DROP_ON.to_owned(),
    };
    let words = fit(&words, 320, 12, false);
    let (x, y) = wire.tip;
    let start = (
        f64::from(from.frame.x + from.frame.width / 2),
        f64::from(from.frame.middle()) + lowered(from),
    );
    html! {
        <g class={classes!("rubber", target.is_some().then_some("arrives"))} aria-hidden="true">
            if let Some(item) = over.filter(|_| target.is_some()) {
                <rect
                    class="drop-on"
                    x={(item.frame.x - 4).to_string()}
                    y={format!("{:.1}", f64::from(item.frame.y) + lowered(item) - 4.0)}
                    width={(item.frame.width + 8).to_string()}
                    height={(item.frame.height + 8).to_string()}
                    rx="10"
                />
            }
            <path d={format!("M{:.1} {:.1}L{x:.1} {y:.1}", start.0, start.1)} />
            <circle r="4" cx={format!("{:.1}", start.0)} cy={format!("{:.1}", start.1)} />
            <circle r="5" cx={format!("{x:.1}")} cy={format!("{y:.1}")} />
            <text x={format!("{:.1}", x + 12.0)} y={format!("{:.1}", y + LABEL_BELOW)}>{ words }</text>
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fingers_zoom_around_their_middle() {
        let mut fingers = BTreeMap::from([(1, (0.0, 0.0)), (2, (100.0, 0.0))]);
        let pinch = pinch(&mut fingers, 2, (200.0, 0.0)).expect("two are down");
        assert_eq!((pinch.factor, pinch.centre), (2.0, (100.0, 0.0)));
        assert_eq!(pinch.shift, (50.0, 0.0));
    }

    #[test]
    fn one_finger_does_not_zoom() {
        let mut fingers = BTreeMap::from([(1, (0.0, 0.0))]);
        assert!(pinch(&mut fingers, 1, (10.0, 0.0)).is_none());
        assert_eq!(fingers[&1], (10.0, 0.0));
    }
}

//! How much room the map has, and which part of it is near enough to be drawn.
//!
//! Of three hundred Pods a window shows thirty. The others keep their place and their words; without their faces a browser
//! lays out a fifth of the text.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

use super::{
    pixels::size,
    view_box::{Size, View},
};
use crate::layout::{Frame, Point};

/// What is near changes in steps of this length, so that most moves change nothing.
const TILE: f64 = 512.0;

/// A window whose size is not known yet.
pub(super) const LARGE: Size = (1600.0, 1200.0);

/// A part of the map, or all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Near(Option<Frame>);

impl Near {
    /// What a window of this size shows, and a tile more on each side.
    pub(super) fn of(view: View, room: Size) -> Self {
        let side = |start: f64, length: f64| {
            let (from, to) = (-start / view.zoom, (length - start) / view.zoom);
            let (from, to) = ((from / TILE).floor() - 1.0, (to / TILE).ceil() + 1.0);
            ((from * TILE) as i32, ((to - from) * TILE) as i32)
        };
        let ((x, width), (y, height)) = (side(view.x, room.0), side(view.y, room.1));
        Self(Some(Frame {
            x,
            y,
            width,
            height,
        }))
    }

    /// Whether any of this is in it.
    pub(super) fn has(&self, frame: &Frame) -> bool {
        self.0.is_none_or(|near| {
            frame.x < near.right()
                && near.x < frame.right()
                && frame.y < near.bottom()
                && near.y < frame.bottom()
        })
    }

    /// Whether a way of these corners may come through it.
    pub(super) fn has_way(&self, corners: &[Point]) -> bool {
        let span = |of: fn(&Point) -> i32| {
            let (least, most) = (corners.iter().map(of).min(), corners.iter().map(of).max());
            least.zip(most).unwrap_or_default()
        };
        let ((left, right), (top, bottom)) = (span(|at| at.x), span(|at| at.y));
        self.has(&Frame {
            x: left,
            y: top,
            width: right - left + 1,
            height: bottom - top + 1,
        })
    }

    /// What is in either, and what is between them.
    fn and(self, other: Self) -> Self {
        Self(self.0.zip(other.0).map(|(one, other)| {
            let (x, y) = (one.x.min(other.x), one.y.min(other.y));
            Frame {
                x,
                y,
                width: one.right().max(other.right()) - x,
                height: one.bottom().max(other.bottom()) - y,
            }
        }))
    }
}

/// What is near. While the map glides to another place, all that it passes is, too.
#[hook]
pub(super) fn use_near(view: View, room: Option<Size>, gliding: bool, whole: bool) -> Near {
    // What was near before, and what is now.
    let known = use_mut_ref(|| None::<(Near, Near)>);
    if whole {
        return Near(None);
    }
    let now = Near::of(view, room.unwrap_or(LARGE));
    let mut known = known.borrow_mut();
    let before = match *known {
        Some((before, last)) if last == now => before,
        Some((_, last)) => last,
        None => now,
    };
    *known = Some((before, now));
    if gliding { before.and(now) } else { now }
}

/// The window that the map is seen through, and what it shares with the details of what is chosen.
#[derive(Debug, Clone)]
pub struct Room {
    pub(super) area: NodeRef,
    pub(super) window: NodeRef,
    /// `None` before they were laid out for the first time.
    pub(super) sizes: Option<Sizes>,
}

/// How large the map's window is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sizes {
    /// The window as it is, beside the details.
    pub(super) window: Size,
    /// Its width without them.
    pub(super) alone: f64,
}

/// The window, with its size as the browser tells it: asking for it in the middle of a change would make the browser lay
/// out the page once more. It is there before the first map, so that this is drawn as it will be seen.
#[hook]
pub fn use_room() -> Room {
    let (area, window) = (use_node_ref(), use_node_ref());
    let sizes = use_state(|| None::<Sizes>);
    {
        let (area, window, sizes) = (area.clone(), window.clone(), sizes.setter());
        use_effect_with((), move |()| {
            let elements = [&area, &window].map(|node| node.cast::<Element>());
            let told = Closure::<dyn FnMut()>::new(move || {
                // Behind another panel of a narrow window it has none, and keeps what it had.
                let (alone, _) = size(&area);
                if alone > 1.0 {
                    let window = size(&window);
                    sizes.set(Some(Sizes { window, alone }));
                }
            });
            let observer = ResizeObserver::new(told.as_ref().unchecked_ref()).ok();
            if let Some(observer) = &observer {
                for element in elements.iter().flatten() {
                    observer.observe(element);
                }
            }
            move || {
                if let Some(observer) = observer {
                    observer.disconnect();
                }
                drop(told);
            }
        });
    }
    Room {
        area,
        window,
        sizes: *sizes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: i32, y: i32) -> Frame {
        Frame {
            x,
            y,
            width: 100,
            height: 40,
        }
    }

    #[test]
    fn what_is_in_sight_is_near_and_what_is_far_is_not() {
        let view = View {
            x: 0.0,
            y: -2000.0,
            zoom: 1.0,
        };
        let near = Near::of(view, (1000.0, 500.0));
        assert!(near.has(&at(500, 2100)) && near.has(&at(500, 1500)));
        assert!(!near.has(&at(500, 500)) && !near.has(&at(500, 9000)));
        let way = |from, to| near.has_way(&[Point { x: 0, y: from }, Point { x: 9, y: to }]);
        assert!(way(0, 9000) && !way(0, 900));
        // A step to the side shows the same.
        let view = View { y: -2010.0, ..view };
        assert_eq!(Near::of(view, (1000.0, 500.0)), near);
    }

    #[test]
    fn between_two_places_all_is_near() {
        let view = View::default();
        let far = View { y: -9000.0, ..view };
        let both = Near::of(view, (1000.0, 500.0)).and(Near::of(far, (1000.0, 500.0)));
        assert!(both.has(&at(0, 0)) && both.has(&at(0, 5000)) && both.has(&at(0, 9000)));
        assert!(Near(None).has(&at(0, 90_000)));
    }
}

//! Which part of the map is looked at: pure arithmetic.

use super::minimap;
use crate::layout::{Drawing, Frame};

/// Text is readable from this zoom on.
const READABLE: f64 = 0.85;
const LEAST: f64 = 0.12;
const MOST: f64 = 2.5;
/// One shape alone is not drawn larger than this.
const CLOSEST: f64 = 1.5;
/// Kept between what is brought into view and the edge.
const MARGIN: f64 = 56.0;
/// What is in sight stands at least so far from the edge.
const EDGE: f64 = 4.0;
/// The buttons lie over the lower edge: what is brought into view stands above them.
const BUTTONS: f64 = 60.0;
/// So does the small map: what is under it can be moved out.
const BELOW: f64 = minimap::HEIGHT + minimap::AROUND;
/// A window wider than this is looked at from afar: shapes grow with it, as type does.
const WIDE: f64 = 1800.0;

/// Where the map's origin is in the window, and how large a unit is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct View {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) zoom: f64,
}

impl Default for View {
    fn default() -> Self {
        Self {
            x: 0.0,
            y: 0.0,
            zoom: 1.0,
        }
    }
}

/// Width and height of the window, in pixels.
pub(super) type Size = (f64, f64);

/// How much larger than elsewhere shapes are in this window.
fn from_afar(size: Size) -> f64 {
    (size.0 / WIDE).clamp(1.0, 2.0)
}

/// Readable, from the top: as wide as the window if that is readable.
pub(super) fn start(drawing: &Drawing, size: Size) -> View {
    let width = f64::from(drawing.width.max(1));
    let afar = from_afar(size);
    let zoom = (size.0 / width).clamp(READABLE * afar, afar);
    View {
        x: ((size.0 - width * zoom) / 2.0).max(0.0),
        y: 0.0,
        zoom,
    }
}

/// All of it, however small.
pub(super) fn whole(drawing: &Drawing, size: Size) -> View {
    let (width, height) = (
        f64::from(drawing.width.max(1)),
        f64::from(drawing.height.max(1)),
    );
    let zoom = (size.0 / width).min(size.1 / height).min(from_afar(size));
    View {
        x: ((size.0 - width * zoom) / 2.0).max(0.0),
        y: 0.0,
        zoom,
    }
}

/// A part of the map in the middle of the window, as large as it fits below heads of this height, in the map's units.
pub(super) fn close(frame: Frame, heads: f64, drawing: &Drawing, size: Size) -> View {
    let (width, height) = (
        f64::from(frame.width.max(1)),
        f64::from(frame.height.max(1)),
    );
    let room = (size.0 - 2.0 * MARGIN, size.1 - 2.0 * MARGIN);
    let zoom = (room.0 / width)
        .min(room.1 / (height + heads))
        .clamp(LEAST, CLOSEST * from_afar(size));
    let middle = (
        f64::from(frame.x) + width / 2.0,
        f64::from(frame.y) + height / 2.0,
    );
    let view = View {
        x: size.0 / 2.0 - middle.0 * zoom,
        y: (size.1 + heads * zoom) / 2.0 - middle.1 * zoom,
        zoom,
    };
    // Not past the map's own edges.
    view.moved(0.0, 0.0, drawing, size)
}

impl View {
    /// Larger or smaller around a point of the window.
    pub(super) fn zoomed(self, factor: f64, (x, y): (f64, f64)) -> Self {
        // The whole of a large map may be smaller than one zooms by hand.
        let zoom = (self.zoom * factor).clamp(LEAST.min(self.zoom), MOST);
        let by = zoom / self.zoom;
        Self {
            x: x - (x - self.x) * by,
            y: y - (y - self.y) * by,
            zoom,
        }
    }

    /// Moved, but never so far that the map is out of sight.
    pub(super) fn moved(self, dx: f64, dy: f64, drawing: &Drawing, size: Size) -> Self {
        let (width, height) = (
            f64::from(drawing.width) * self.zoom,
            f64::from(drawing.height) * self.zoom,
        );
        // What fits stays whole; what does not can be pushed a little past its edges.
        let slack = 40.0;
        let (least, most) = if width <= size.0 {
            (0.0, size.0 - width)
        } else {
            (size.0 - width - slack, slack)
        };
        Self {
            x: (self.x + dx).clamp(least, most),
            // The heads stick to the top, so the map has no business below it.
            y: (self.y + dy).clamp((size.1 - BELOW - height).min(0.0), 0.0),
            zoom: self.zoom,
        }
    }

    /// Moved as little as needed to show these shapes where nothing lies over them; `top` pixels of the window are covered
    /// by heads. `None`: there is no room for all of them; one alone is always shown, from its beginning.
    pub(super) fn showing(
        self,
        frames: &[Frame],
        top: f64,
        drawing: &Drawing,
        size: Size,
    ) -> Option<Self> {
        let across = Shift::of(frames.iter().map(|frame| {
            let left = f64::from(frame.x) * self.zoom + self.x;
            let right = f64::from(frame.right()) * self.zoom + self.x;
            (-left, size.0 - right)
        }));
        let dx = across.by();
        let corner = minimap::extent(drawing, self, size);
        let down = Shift::of(frames.iter().map(|frame| {
            let left = f64::from(frame.x) * self.zoom + self.x + dx;
            let upper = f64::from(frame.y) * self.zoom + self.y;
            let lower = f64::from(frame.bottom()) * self.zoom + self.y;
            let covered = match corner {
                Some((width, height)) if left < width + minimap::AROUND => {
                    (height + minimap::AROUND).max(BUTTONS)
                }
                _ => BUTTONS,
            };
            (top - upper, (size.1 - covered).max(top) - lower)
        }));
        (frames.len() == 1 || across.fits() && down.fits())
            .then(|| self.moved(dx, down.by(), drawing, size))
    }
}

/// How far shapes can be moved in one direction so that all are in sight.
struct Shift {
    least: f64,
    most: f64,
}

impl Shift {
    /// Of shapes, each of which has to move by so much at least and at most.
    fn of(shapes: impl Iterator<Item = (f64, f64)>) -> Self {
        let all = Self {
            least: f64::MIN,
            most: f64::MAX,
        };
        shapes.fold(all, |all, (least, most)| Self {
            least: all.least.max(least + EDGE),
            most: all.most.min(most - EDGE),
        })
    }

    fn fits(&self) -> bool {
        self.least <= self.most
    }

    /// In sight is good enough; what has to move moves past the margin.
    fn by(&self) -> f64 {
        let margin = (MARGIN - EDGE).min((self.most - self.least) / 2.0).max(0.0);
        if self.least > 0.0 || !self.fits() {
            self.least + margin
        } else if self.most < 0.0 {
            self.most - margin
        } else {
            0.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawing(width: i32, height: i32) -> Drawing {
        Drawing {
            width,
            height,
            ..Drawing::default()
        }
    }

    #[test]
    fn text_starts_readable() {
        assert_eq!(start(&drawing(5000, 9000), (1000.0, 500.0)).zoom, READABLE);
        assert_eq!(start(&drawing(500, 300), (1000.0, 500.0)).zoom, 1.0);
    }

    #[test]
    fn all_of_a_large_map_is_shown_and_left_again() {
        let sheet = drawing(2000, 9000);
        let view = whole(&sheet, (1000.0, 450.0));
        assert_eq!(view.zoom, 0.05);
        assert_eq!(view.zoomed(0.8, (0.0, 0.0)).zoom, 0.05);
        assert_eq!(view.zoomed(1.25, (0.0, 0.0)).zoom, 0.0625);
    }

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let view = View::default().zoomed(2.0, (100.0, 50.0));
        assert_eq!((view.x, view.y), (-100.0, -50.0));
    }

    #[test]
    fn what_lies_under_the_small_map_can_be_moved_out() {
        let (sheet, size) = (drawing(1000, 600), (1000.0, 500.0));
        let moved = View::default().moved(0.0, -900.0, &sheet, size);
        assert!(moved.y + 600.0 <= size.1 - minimap::HEIGHT);
    }

    #[test]
    fn what_is_chosen_fills_the_window_but_for_its_margin() {
        let frame = Frame {
            x: 1000,
            y: 1000,
            width: 888,
            height: 200,
        };
        let view = close(frame, 80.0, &drawing(4000, 4000), (1000.0, 500.0));
        assert_eq!(view.zoom, 1.0);
        assert_eq!((view.x, view.y), (-944.0, -810.0));
    }

    #[test]
    fn showing_moves_only_what_is_needed() {
        let frame = Frame {
            x: 100,
            y: 900,
            width: 100,
            height: 40,
        };
        let sheet = drawing(1000, 2000);
        let size = (1000.0, 500.0);
        let view = View::default()
            .showing(&[frame], 80.0, &sheet, size)
            .expect("room for one");
        assert_eq!((view.x, view.y), (0.0, -556.0));
        assert_eq!(view.showing(&[frame], 80.0, &sheet, size), Some(view));
    }

    #[test]
    fn all_of_a_way_is_shown_where_there_is_room_for_it() {
        let at = |x, y| Frame {
            x,
            y,
            width: 100,
            height: 40,
        };
        let (sheet, size) = (drawing(1000, 2000), (1000.0, 500.0));
        let showing = |way: &[Frame]| View::default().showing(way, 80.0, &sheet, size);
        let both = showing(&[at(300, 200), at(600, 450)]).expect("room for both");
        assert!(both.y + 490.0 <= 500.0 - BUTTONS && both.y + 200.0 >= 80.0);
        assert_eq!(showing(&[at(300, 200), at(600, 900)]), None);
    }

    #[test]
    fn what_is_brought_into_sight_is_not_under_the_small_map() {
        let frame = |x| Frame {
            x,
            y: 360,
            width: 100,
            height: 40,
        };
        let (sheet, size) = (drawing(1000, 1000), (1000.0, 500.0));
        let showing = |x| {
            let view = View::default().showing(&[frame(x)], 80.0, &sheet, size);
            view.expect("room for one")
        };
        assert_eq!(showing(600), View::default());
        assert!(showing(20).y + 400.0 <= 500.0 - 116.0);
    }

    #[test]
    fn a_very_wide_window_is_read_from_afar() {
        let zoom = |width| start(&drawing(1000, 600), (width, 900.0)).zoom;
        assert_eq!((zoom(1040.0), zoom(1800.0)), (1.0, 1.0));
        assert_eq!(zoom(2700.0), 1.5);
    }
}

//! Which shape stands next to another, for the arrow keys, and which is under a point.

use super::{Drawing, Face, Item};

/// Where to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// The nearest shape in a direction; sideways distance counts double.
pub fn neighbour<'a>(drawing: &'a Drawing, from: &Item, direction: Direction) -> Option<&'a Item> {
    let centre = |item: &Item| (item.frame.x + item.frame.width / 2, item.frame.middle());
    let (x, y) = centre(from);
    drawing
        .items
        .iter()
        .filter(|item| item.key != from.key)
        .filter_map(|item| {
            let (to_x, to_y) = centre(item);
            let (along, across) = match direction {
                Direction::Left => (x - to_x, to_y - y),
                Direction::Right => (to_x - x, to_y - y),
                Direction::Up => (y - to_y, to_x - x),
                Direction::Down => (to_y - y, to_x - x),
            };
            // Up and down stay in the lane as long as it has something.
            let weight = match direction {
                Direction::Up | Direction::Down => 4,
                Direction::Left | Direction::Right => 2,
            };
            // A chip stands a little right of its column's middle: that is not "to the right".
            (along > 12).then(|| (along + across.abs() * weight, item))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, item)| item)
}

/// The shape under a point. Heads of columns are drawn `heads_y` lower than their place says, above everything else.
pub fn hit(drawing: &Drawing, (x, y): (f64, f64), heads_y: f64) -> Option<&Item> {
    let inside = |item: &Item, y: f64| {
        let frame = &item.frame;
        (f64::from(frame.x)..=f64::from(frame.right())).contains(&x)
            && (f64::from(frame.y)..=f64::from(frame.bottom())).contains(&y)
    };
    let (heads, others): (Vec<&Item>, Vec<&Item>) = drawing
        .items
        .iter()
        .partition(|item| matches!(item.face, Face::Head(_)));
    heads
        .into_iter()
        .find(|item| inside(item, y - heads_y))
        .or_else(|| others.into_iter().find(|item| inside(item, y)))
}

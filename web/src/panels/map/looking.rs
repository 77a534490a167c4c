//! Where the map's window is looking: at the beginning of another application, then wherever somebody moved it.

use std::ops::Deref;

use yew::prelude::*;

use super::{
    near::{LARGE, Sizes},
    view_box::{self, View},
};
use crate::{
    layout::{Drawing, Rails},
    scene::Grouping,
};

/// What begins anew at another view: other texts, other lanes, other columns, a window of another width, as on a
/// projector. Not where details come to stand beside it.
pub(super) type Beginning = (u32, Rails, Grouping, Option<u64>);

/// The view, and how to change it.
#[derive(Clone)]
pub(super) struct Looking {
    view: View,
    since: Beginning,
    moved: UseStateSetter<Option<(Beginning, View)>>,
}

impl Looking {
    /// Where it begins: changes where it begins anew.
    pub(super) fn since(&self) -> Beginning {
        self.since
    }

    /// Looks somewhere else, until the map begins anew.
    pub(super) fn set(&self, view: View) {
        self.moved.set(Some((self.since, view)));
    }
}

impl Deref for Looking {
    type Target = View;

    fn deref(&self) -> &View {
        &self.view
    }
}

/// The view. It is there with the drawing and not set when that is drawn: every text would be laid out twice.
#[hook]
pub(super) fn use_looking(loads: u32, drawing: &Drawing, sizes: Option<Sizes>) -> Looking {
    // Where a map begins does not depend on the height.
    let width = sizes.map(|sizes| sizes.alone.to_bits());
    let since = (loads, drawing.rails, drawing.grouping, width);
    // An edit leaves the view alone, even where it makes the map wider.
    let start = use_memo(since, |_| {
        let room = sizes.map_or(LARGE, |sizes| (sizes.alone, sizes.window.1));
        view_box::start(drawing, room)
    });
    let moved = use_state(|| None);
    let view = match *moved {
        Some((before, view)) if before == since => view,
        _ => *start,
    };
    Looking {
        view,
        since,
        moved: moved.setter(),
    }
}

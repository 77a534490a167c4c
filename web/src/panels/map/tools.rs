//! The buttons on the map: the inside of a node, zoom, all of it, what is chosen.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    canvas::CanvasProps,
    label,
    looking::Looking,
    pixels::size,
    sheet::HEADS,
    view_box::{self, View},
};
use crate::{
    layout::{Drawing, Frame},
    panels::{
        findings::prose,
        icons::{Icon, icon},
    },
    scene::Key,
    state::{Action, ViewAction},
    words,
};

pub(super) fn tools(
    props: &CanvasProps,
    area: &NodeRef,
    view: &Looking,
    gliding: &UseStateSetter<bool>,
) -> Html {
    let zoom = |factor: f64| {
        let (area, view, gliding) = (area.clone(), view.clone(), gliding.clone());
        Callback::from(move |_: MouseEvent| {
            let (width, height) = size(&area);
            gliding.set(true);
            view.set(view.zoomed(factor, (width / 2.0, height / 2.0)));
        })
    };
    let fit = {
        let (area, view, gliding, picture) = (
            area.clone(),
            view.clone(),
            gliding.clone(),
            Rc::clone(&props.picture),
        );
        Callback::from(move |_: MouseEvent| {
            let size = size(&area);
            let whole = view_box::whole(&picture.drawing, size);
            gliding.set(true);
            // A second press goes back to readable.
            view.set(if *view == whole {
                view_box::start(&picture.drawing, size)
            } else {
                whole
            });
        })
    };
    let chosen = props
        .selected
        .as_ref()
        .and_then(|key| surroundings(&props.picture.drawing, key));
    let fit_chosen = {
        let (area, view, gliding, picture) = (
            area.clone(),
            view.clone(),
            gliding.clone(),
            Rc::clone(&props.picture),
        );
        Callback::from(move |_: MouseEvent| {
            if let Some(frame) = chosen {
                gliding.set(true);
                view.set(closer(frame, &picture.drawing, &area));
            }
        })
    };
    html! {
        <div class="map-tools">
            if let Some(visit) = &props.visit {
                <button
                    class="button"
                    type="button"
                    aria-pressed={props.inside.to_string()}
                    title={words::map::INSIDE_MORE}
                    onclick={toggle_inside(props)}
                >
                    { prose(&words::map::inside_of(&label::fit(visit.node(), 150, 12, true))) }
                </button>
            }
            <button class="button icon" type="button" aria-label={words::map::ZOOM_OUT} onclick={zoom(0.8)}>{ icon(Icon::Minus) }</button>
            <button class="button icon" type="button" aria-label={words::map::ZOOM_IN} onclick={zoom(1.25)}>{ icon(Icon::Plus) }</button>
            <button
                class="button icon"
                type="button"
                aria-label={words::map::SHOW_CHOSEN}
                title={words::map::SHOW_CHOSEN_MORE}
                disabled={chosen.is_none()}
                onclick={fit_chosen}
            >
                { icon(Icon::Target) }
            </button>
            <button class="button icon" type="button" aria-label={words::map::SHOW_ALL} title={words::map::SHOW_ALL_KEY} onclick={fit}>{ icon(Icon::Fit) }</button>
        </div>
    }
}

/// A part of the map in the middle of its window.
pub(super) fn closer(frame: Frame, drawing: &Drawing, area: &NodeRef) -> View {
    view_box::close(frame, f64::from(HEADS), drawing, size(area))
}

fn toggle_inside(props: &CanvasProps) -> Callback<MouseEvent> {
    let (dispatch, open) = (props.dispatch.clone(), !props.inside);
    Callback::from(move |_| dispatch.emit(Action::View(ViewAction::Inside(open))))
}

/// The shape and those that its wires lead to and come from; `None`: it is not drawn.
pub(super) fn surroundings(drawing: &Drawing, key: &Key) -> Option<Frame> {
    let own = drawing.item(key)?.frame;
    let beside = drawing.wires.iter().filter_map(|wire| {
        let other = match &wire.to {
            Some(to) if wire.from == *key => to,
            Some(to) if to == key => &wire.from,
            _ => return None,
        };
        Some(drawing.item(other)?.frame)
    });
    Some(beside.fold(own, around))
}

fn around(one: Frame, other: Frame) -> Frame {
    let (x, y) = (one.x.min(other.x), one.y.min(other.y));
    Frame {
        x,
        y,
        width: one.right().max(other.right()) - x,
        height: one.bottom().max(other.bottom()) - y,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_shapes_and_what_lies_between_them() {
        let frame = |x, y| Frame {
            x,
            y,
            width: 10,
            height: 20,
        };
        assert_eq!(
            around(frame(100, 0), frame(0, 50)),
            Frame {
                x: 0,
                y: 0,
                width: 110,
                height: 70
            }
        );
    }
}

//! The whole map, small, with the part that is in sight: there only when not all of it is.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::{
    pixels::within,
    shapes,
    view_box::{Size, View},
};
use crate::{layout::Drawing, protocol::Picture, scene::Key};

/// Its largest extent, in pixels: in the first view it stands in the lane of what is outside, where hardly anything is.
const WIDTH: f64 = 116.0;
pub(super) const HEIGHT: f64 = 128.0;
/// Kept free around it.
pub(super) const AROUND: f64 = 20.0;
/// Its least extent.
const LEAST: Size = (64.0, 32.0);
/// Smaller windows have no room for it.
const LEAST_ROOM: Size = (520.0, 320.0);

/// Pixels of the small map for a unit of the large one, across and down; `None`: everything is in sight, or there is no
/// room. A map that is much longer than wide is drawn wider than it is: else there were nothing to see of it.
pub(super) fn scale(drawing: &Drawing, view: View, room: Size) -> Option<Size> {
    let (width, height) = (f64::from(drawing.width), f64::from(drawing.height));
    let exceeds = width * view.zoom > room.0 + 1.0 || height * view.zoom > room.1 + 1.0;
    let has_room = room.0 >= LEAST_ROOM.0 && room.1 >= LEAST_ROOM.1;
    let (width, height) = (width.max(1.0), height.max(1.0));
    let even = (WIDTH / width).min(HEIGHT / height);
    (exceeds && has_room).then(|| (even.max(LEAST.0 / width), even.max(LEAST.1 / height)))
}

/// How large it is, where it is there.
pub(super) fn extent(drawing: &Drawing, view: View, room: Size) -> Option<Size> {
    let scale = scale(drawing, view, room)?;
    Some((
        f64::from(drawing.width) * scale.0,
        f64::from(drawing.height) * scale.1,
    ))
}

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct MinimapProps {
    pub(super) picture: Rc<Picture>,
    pub(super) selected: Option<Key>,
    pub(super) view: View,
    pub(super) room: Size,
    pub(super) scale: Size,
    /// The middle of what should be in sight, in the map's units.
    pub(super) look: Callback<(f64, f64)>,
}

/// The small map. By pointer only: with keys, one moves from shape to shape.
#[function_component]
pub(super) fn Minimap(props: &MinimapProps) -> Html {
    let node = use_node_ref();
    let scale = props.scale;
    let look = {
        let (node, look) = (node.clone(), props.look.clone());
        Callback::from(move |event: PointerEvent| {
            let Some(element) = node.cast::<Element>() else {
                return;
            };
            if event.buttons() & 1 == 0 {
                return;
            }
            let _ = element.set_pointer_capture(event.pointer_id());
            let (x, y) = within(&element, &event);
            look.emit((x / scale.0, y / scale.1));
        })
    };
    let drawing = &props.picture.drawing;
    let (width, height) = (f64::from(drawing.width), f64::from(drawing.height));
    let View { x, y, zoom } = props.view;
    let seen = (
        (-x / zoom).max(0.0),
        (-y / zoom).max(0.0),
        (props.room.0 / zoom).min(width),
        (props.room.1 / zoom).min(height),
    );
    html! {
        <svg
            ref={node}
            class="minimap"
            aria-hidden="true"
            width={format!("{:.0}", width * scale.0)}
            height={format!("{:.0}", height * scale.1)}
            preserveAspectRatio="none"
            viewBox={format!("0 0 {width} {height}")}
            onpointerdown={look.clone()}
            onpointermove={look}
        >
            <Shapes picture={Rc::clone(&props.picture)} selected={props.selected.clone()} />
            <rect
                class="seen"
                x={format!("{:.0}", seen.0)}
                y={format!("{:.0}", seen.1)}
                width={format!("{:.0}", seen.2)}
                height={format!("{:.0}", seen.3)}
            />
        </svg>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ShapesProps {
    picture: Rc<Picture>,
    selected: Option<Key>,
}

/// Drawn again only when the picture or the choice changes.
#[function_component]
fn Shapes(props: &ShapesProps) -> Html {
    html! {
        { for props.picture.drawing.items.iter().map(|item| html! {
            <rect
                key={item.key.to_string()}
                class={classes!(
                    "item",
                    shapes::condition(item),
                    (props.selected.as_ref() == Some(&item.key)).then_some("selected"),
                )}
                x={item.frame.x.to_string()}
                y={item.frame.y.to_string()}
                width={item.frame.width.to_string()}
                height={item.frame.height.to_string()}
            />
        }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_only_when_the_map_exceeds_its_window() {
        let drawing = Drawing {
            width: 1160,
            height: 560,
            ..Drawing::default()
        };
        let view = View::default();
        assert_eq!(scale(&drawing, view, (1160.0, 560.0)), None);
        assert_eq!(scale(&drawing, view, (1000.0, 560.0)), Some((0.1, 0.1)));
        assert_eq!(scale(&drawing, view, (400.0, 300.0)), None);
    }

    #[test]
    fn a_long_map_is_as_wide_as_can_be_seen() {
        let drawing = Drawing {
            width: 640,
            height: 12_800,
            ..Drawing::default()
        };
        let scale = scale(&drawing, View::default(), (1000.0, 560.0));
        assert_eq!(scale, Some((0.1, 0.01)));
    }
}

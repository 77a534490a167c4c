//! From the window's pixels to those of the map, which are larger on a projector (CSS `zoom`).

use js_sys::Reflect;
use web_sys::{Element, MouseEvent};
use yew::NodeRef;

use super::view_box::Size;

/// Width and height of the map's window.
pub(super) fn size(area: &NodeRef) -> Size {
    let Some(element) = area.cast::<Element>() else {
        return (1000.0, 500.0);
    };
    let (frame, scale) = (element.get_bounding_client_rect(), scale(&element));
    (
        (frame.width() / scale).max(1.0),
        (frame.height() / scale).max(1.0),
    )
}

/// Where a pointer is in an element.
pub(super) fn within(element: &Element, event: &MouseEvent) -> (f64, f64) {
    let (frame, scale) = (element.get_bounding_client_rect(), scale(element));
    (
        (f64::from(event.client_x()) - frame.left()) / scale,
        (f64::from(event.client_y()) - frame.top()) / scale,
    )
}

/// How many of the window's pixels one of the element's is. A browser that does not say tells frames in the element's own.
fn scale(element: &Element) -> f64 {
    let told = Reflect::get(element, &"currentCSSZoom".into());
    let told = told.ok().and_then(|zoom| zoom.as_f64());
    told.filter(|zoom| *zoom > 0.0).unwrap_or(1.0)
}

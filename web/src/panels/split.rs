//! The bars between panels: dragged, or moved with the arrow keys.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// How far a key moves it, in pixels.
const NUDGE: f64 = 24.0;

/// Which way a bar runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Axis {
    /// It stands between left and right.
    Vertical,
    /// It lies between upper and lower.
    Horizontal,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SplitterProps {
    /// Which way it runs.
    pub axis: Axis,
    /// What a screen reader calls it.
    pub label: AttrValue,
    /// The custom property that it sets on its parent: a length in pixels.
    pub property: AttrValue,
    /// Least and most, as parts of the parent.
    pub range: (f64, f64),
}

/// The bar.
#[function_component]
pub fn Splitter(props: &SplitterProps) -> Html {
    let bar = use_node_ref();
    let part = use_state(|| None::<u32>);
    let dragging = use_mut_ref(|| false);
    let set = {
        let (bar, part, props) = (bar.clone(), part.setter(), props.clone());
        move |to: f64| {
            let Some(parent) = bar.cast::<Element>().and_then(|bar| bar.parent_element()) else {
                return;
            };
            let whole = extent(&parent, props.axis).max(1.0);
            let size = to.clamp(whole * props.range.0, whole * props.range.1);
            if let Ok(parent) = parent.dyn_into::<HtmlElement>() {
                // A custom property takes any value.
                let _ = parent
                    .style()
                    .set_property(&props.property, &format!("{size:.0}px"));
            }
            part.set(Some((size / whole * 100.0) as u32));
        }
    };
    let on_down = {
        let (bar, dragging) = (bar.clone(), dragging.clone());
        Callback::from(move |event: PointerEvent| {
            if let Some(bar) = bar.cast::<Element>() {
                *dragging.borrow_mut() = true;
                let _ = bar.set_pointer_capture(event.pointer_id());
            }
        })
    };
    let on_move = {
        let (bar, set, axis, dragging) = (bar.clone(), set.clone(), props.axis, dragging.clone());
        Callback::from(move |event: PointerEvent| {
            if !*dragging.borrow() {
                return;
            }
            let Some(parent) = bar.cast::<Element>().and_then(|bar| bar.parent_element()) else {
                return;
            };
            let frame = parent.get_bounding_client_rect();
            set(match axis {
                Axis::Vertical => f64::from(event.client_x()) - frame.left(),
                Axis::Horizontal => frame.bottom() - f64::from(event.client_y()),
            });
        })
    };
    let on_up = {
        let dragging = dragging.clone();
        Callback::from(move |_: PointerEvent| *dragging.borrow_mut() = false)
    };
    let on_key = {
        let (bar, axis) = (bar.clone(), props.axis);
        Callback::from(move |event: KeyboardEvent| {
            let by = match (axis, event.key().as_str()) {
                (Axis::Vertical, "ArrowLeft") | (Axis::Horizontal, "ArrowDown") => -NUDGE,
                (Axis::Vertical, "ArrowRight") | (Axis::Horizontal, "ArrowUp") => NUDGE,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            let Some(bar) = bar.cast::<Element>() else {
                return;
            };
            let Some(parent) = bar.parent_element() else {
                return;
            };
            let (own, frame) = (
                bar.get_bounding_client_rect(),
                parent.get_bounding_client_rect(),
            );
            set(by
                + match axis {
                    Axis::Vertical => own.left() - frame.left(),
                    Axis::Horizontal => frame.bottom() - own.bottom(),
                });
        })
    };
    let (class, orientation) = match props.axis {
        Axis::Vertical => ("vertical", "vertical"),
        Axis::Horizontal => ("horizontal", "horizontal"),
    };
    html! {
        <div
            ref={bar}
            class={classes!("splitter", class)}
            role="separator"
            tabindex="0"
            aria-label={props.label.clone()}
            aria-orientation={orientation}
            aria-valuemin={(props.range.0 * 100.0).to_string()}
            aria-valuemax={(props.range.1 * 100.0).to_string()}
            aria-valuenow={part.map_or_else(|| "40".to_owned(), |part| part.to_string())}
            onpointerdown={on_down}
            onpointermove={on_move}
            onpointerup={on_up.clone()}
            onpointercancel={on_up}
            onkeydown={on_key}
        />
    }
}

fn extent(parent: &Element, axis: Axis) -> f64 {
    let frame = parent.get_bounding_client_rect();
    match axis {
        Axis::Vertical => frame.width(),
        Axis::Horizontal => frame.height(),
    }
}

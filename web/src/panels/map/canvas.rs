//! The drawing, and moving about in it: pan, zoom, keys.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, SvgElement, WheelEvent};
use yew::prelude::*;

use super::{
    packet::{Journeying, Packet},
    shapes,
    view_box::{self, Size, View},
};
use crate::{
    layout::{Direction, Drawing, Face, Frame, Item, neighbour},
    panels::{
        Dispatch,
        icons::{Icon, icon},
    },
    protocol::Picture,
    scene::{ColumnKey, Key},
    state::Action,
};

/// Height of the heads, which stay in sight.
const HEADS: i32 = 76;
/// A press that moves less than this is a click.
const SLOP: f64 = 4.0;

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct CanvasProps {
    pub(super) picture: Rc<Picture>,
    pub(super) loads: u32,
    pub(super) selected: Option<Key>,
    pub(super) journey: Option<Journeying>,
    pub(super) still: bool,
    pub(super) dispatch: Dispatch,
}

#[function_component]
pub(super) fn Canvas(props: &CanvasProps) -> Html {
    let area = use_node_ref();
    let view = use_state(View::default);
    let gliding = use_state(|| false);
    let drag = use_mut_ref(|| None::<(f64, f64, bool)>);
    let drawing = &props.picture.drawing;

    // Another application starts at its beginning; an edit leaves the view alone.
    {
        let (area, view, picture) = (area.clone(), view.clone(), Rc::clone(&props.picture));
        use_effect_with((props.loads, props.picture.drawing.rails), move |_| {
            view.set(view_box::start(&picture.drawing, size(&area)));
        });
    }
    // What is chosen, and where the packet is, comes into sight.
    {
        let wanted = props
            .journey
            .as_ref()
            .and_then(|journey| journey.focus.clone().map(|key| (key, journey.position)));
        let (area, view, gliding, picture) = (
            area.clone(),
            view.clone(),
            gliding.setter(),
            Rc::clone(&props.picture),
        );
        use_effect_with(wanted, move |wanted| {
            if let Some((key, _)) = wanted {
                show(&area, &view, &gliding, &picture.drawing, key);
            }
        });
    }
    {
        let (area, view, gliding, picture) = (
            area.clone(),
            view.clone(),
            gliding.setter(),
            Rc::clone(&props.picture),
        );
        let here = props
            .selected
            .as_ref()
            .is_some_and(|key| drawing.item(key).is_some());
        use_effect_with((props.selected.clone(), here), move |(selected, _)| {
            if let Some(key) = selected {
                show(&area, &view, &gliding, &picture.drawing, key);
            }
        });
    }
    // The wheel scrolls, and with Ctrl (or a pinch on a touchpad) zooms. Not by Yew: the page's own zoom has to be kept away.
    {
        let (area, view, gliding, picture) = (
            area.clone(),
            view.clone(),
            gliding.setter(),
            Rc::clone(&props.picture),
        );
        use_effect_with((*view, Rc::clone(&props.picture)), move |_| {
            let listener = area.cast::<Element>().map(|element| {
                let options = EventListenerOptions::enable_prevent_default();
                EventListener::new_with_options(&element, "wheel", options, move |event| {
                    event.prevent_default();
                    let wheel: &WheelEvent = event.unchecked_ref();
                    gliding.set(false);
                    view.set(wheeled(*view, wheel, &picture.drawing, &area));
                })
            });
            move || drop(listener)
        });
    }

    let on_down = {
        let (drag, area) = (Rc::clone(&drag), area.clone());
        Callback::from(move |event: PointerEvent| {
            if event.button() == 0 {
                *drag.borrow_mut() =
                    Some((event.client_x().into(), event.client_y().into(), false));
                let _ = &area;
            }
        })
    };
    let on_move = {
        let (drag, area, view, gliding, picture) = (
            Rc::clone(&drag),
            area.clone(),
            view.clone(),
            gliding.setter(),
            Rc::clone(&props.picture),
        );
        Callback::from(move |event: PointerEvent| {
            let mut drag = drag.borrow_mut();
            let Some((x, y, moving)) = &mut *drag else {
                return;
            };
            let (now_x, now_y) = (f64::from(event.client_x()), f64::from(event.client_y()));
            let (dx, dy) = (now_x - *x, now_y - *y);
            if !*moving && dx.abs().max(dy.abs()) < SLOP {
                return;
            }
            if !*moving && let Some(element) = area.cast::<Element>() {
                // From now on the pointer is ours, wherever it goes.
                let _ = element.set_pointer_capture(event.pointer_id());
            }
            (*x, *y, *moving) = (now_x, now_y, true);
            gliding.set(false);
            view.set(view.moved(dx, dy, &picture.drawing, size(&area)));
        })
    };
    let on_up = {
        let drag = Rc::clone(&drag);
        Callback::from(move |_: PointerEvent| *drag.borrow_mut() = None)
    };
    let on_background = {
        let (dispatch, area) = (props.dispatch.clone(), area.clone());
        Callback::from(move |event: MouseEvent| {
            if event
                .target()
                .as_ref()
                .and_then(|target| target.dyn_ref::<Element>())
                == area.cast::<Element>().as_ref()
            {
                dispatch.emit(Action::Select(None));
            }
        })
    };
    let on_key = on_key(props, &area, &view);
    let zoom = |factor: f64| {
        let (area, view, gliding) = (area.clone(), view.clone(), gliding.setter());
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
            gliding.setter(),
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

    let at = format!(
        "translate({:.1} {:.1}) scale({:.4})",
        view.x, view.y, view.zoom
    );
    // Heads stay at the top while the rest scrolls below them.
    let heads_y = (-view.y / view.zoom).max(0.0);
    let sheet = classes!("sheet", (*gliding && !props.still).then_some("gliding"));
    let lit = props
        .journey
        .as_ref()
        .map(|journey| journey.lit.clone())
        .unwrap_or_default();
    html! {
        <>
            <svg
                ref={area.clone()}
                class="map"
                role="group"
                aria-label="Map: Services and the Pods behind them. Arrow keys move between shapes."
                onpointerdown={on_down}
                onpointermove={on_move}
                onpointerup={on_up.clone()}
                onpointercancel={on_up}
                onclick={on_background}
                onkeydown={on_key}
            >
                <g class={sheet} transform={at}>
                    <Sheet
                        picture={Rc::clone(&props.picture)}
                        selected={props.selected.clone()}
                        lit={lit.clone()}
                        dispatch={props.dispatch.clone()}
                    />
                    if let Some(journey) = &props.journey {
                        <Packet journey={Rc::new(journey.clone())} width={drawing.width} still={props.still} />
                    }
                    <g transform={format!("translate(0 {heads_y:.1})")}>
                        <Heads
                            picture={Rc::clone(&props.picture)}
                            selected={props.selected.clone()}
                            {lit}
                            dispatch={props.dispatch.clone()}
                        />
                    </g>
                </g>
            </svg>
            <div class="map-tools">
                <button class="button icon" type="button" aria-label="Zoom out" onclick={zoom(0.8)}>{ icon(Icon::Minus) }</button>
                <button class="button icon" type="button" aria-label="Zoom in" onclick={zoom(1.25)}>{ icon(Icon::Plus) }</button>
                <button class="button icon" type="button" aria-label="Show all of the map" title="Show all (0)" onclick={fit}>{ icon(Icon::Fit) }</button>
            </div>
        </>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct SheetProps {
    picture: Rc<Picture>,
    selected: Option<Key>,
    lit: Vec<Key>,
    dispatch: Dispatch,
}

/// All but the heads: drawn again only when the picture or the choice changes, not while it is moved about.
#[function_component]
fn Sheet(props: &SheetProps) -> Html {
    let drawing = &props.picture.drawing;
    let touches = |key: &Key| Some(key) == props.selected.as_ref();
    let first = drawing.items.first().map(|item| item.key.clone());
    let stop = props
        .selected
        .clone()
        .filter(|key| drawing.item(key).is_some())
        .or(first);
    html! {
        <>
            { for drawing.columns.iter().map(|column| {
                let Frame { x, y, width, height } = column.frame;
                let is_lit = props.lit.contains(&Key::Column(column.column.key.clone()));
                let is_odd = column.column.assumed || matches!(column.column.key, ColumnKey::Pending | ColumnKey::Elsewhere);
                html! {
                    <rect
                        key={column.column.key.to_string()}
                        class={classes!("column", is_lit.then_some("lit"), is_odd.then_some("odd"))}
                        x={x.to_string()}
                        y={y.to_string()}
                        width={width.to_string()}
                        height={height.to_string()}
                        rx="8"
                    />
                }
            }) }
            { for drawing.headings.iter().map(|heading| html! {
                <text
                    key={heading.title.as_str()}
                    class="heading"
                    x={heading.at.x.to_string()}
                    y={heading.at.y.to_string()}
                >
                    { heading.title.as_str() }
                </text>
            }) }
            { for drawing.wires.iter().enumerate().map(|(nth, wire)| {
                let lit = touches(&wire.from) || wire.to.as_ref().is_some_and(touches);
                html! { <g key={nth}>{ shapes::wire(wire, lit) }</g> }
            }) }
            { for drawing.items.iter().filter(|item| !is_head(item)).map(|item| html! {
                <Shape
                    key={item.key.to_string()}
                    item={item.clone()}
                    selected={touches(&item.key)}
                    lit={props.lit.contains(&item.key)}
                    stop={stop.as_ref() == Some(&item.key)}
                    dispatch={props.dispatch.clone()}
                />
            }) }
        </>
    }
}

#[function_component]
fn Heads(props: &SheetProps) -> Html {
    let drawing = &props.picture.drawing;
    html! {
        <>
            <rect class="strip" width={drawing.width.to_string()} height={HEADS.to_string()} />
            { for drawing.lanes.iter().map(|lane| {
                // With zones known, their brackets say more than the lane's name.
                let is_pods = lane.title.starts_with("Pods");
                html! {
                    if !is_pods || drawing.zones.is_empty() {
                        <text key={lane.title.clone()} class="lane-title" x={lane.x.to_string()} y="18">{ &lane.title }</text>
                    }
                }
            }) }
            { for drawing.zones.iter().enumerate().map(|(nth, zone)| {
                let words = i32::try_from(zone.title.chars().count()).unwrap_or(0) * 7 + 12;
                html! {
                    <g key={nth}>
                        <text class="lane-title" x={(zone.x + 4).to_string()} y="18">{ &zone.title }</text>
                        <path
                            class="zone"
                            d={format!("M{} 14H{}", zone.x + words, (zone.x + zone.width).max(zone.x + words))}
                        />
                    </g>
                }
            }) }
            { for drawing.items.iter().filter(|item| is_head(item)).map(|item| html! {
                <Shape
                    key={item.key.to_string()}
                    item={item.clone()}
                    selected={props.selected.as_ref() == Some(&item.key)}
                    lit={false}
                    stop={props.selected.as_ref() == Some(&item.key)}
                    dispatch={props.dispatch.clone()}
                />
            }) }
        </>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct ShapeProps {
    item: Item,
    selected: bool,
    lit: bool,
    /// The one shape that Tab stops at.
    stop: bool,
    dispatch: Dispatch,
}

#[function_component]
fn Shape(props: &ShapeProps) -> Html {
    let item = &props.item;
    let words = shapes::words(item);
    let choose = {
        let (dispatch, key) = (props.dispatch.clone(), item.key.clone());
        move || dispatch.emit(Action::Pick(key.clone()))
    };
    let onclick = {
        let choose = choose.clone();
        Callback::from(move |_: MouseEvent| choose())
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            choose();
        }
    });
    let ondblclick = {
        let (dispatch, key) = (props.dispatch.clone(), item.key.clone());
        Callback::from(move |_: MouseEvent| {
            if matches!(key, Key::Namespace(_) | Key::Pods { .. }) {
                dispatch.emit(Action::ToggleFold(key.clone()));
            }
        })
    };
    html! {
        <g
            class={classes!(
                "item",
                shapes::condition(item),
                props.selected.then_some("selected"),
                props.lit.then_some("lit"),
            )}
            transform={format!("translate({} {})", item.frame.x, item.frame.y)}
        >
            // The words below say all of it, unshortened.
            <g aria-hidden="true">{ shapes::face(item) }</g>
            <rect
                id={id(&item.key)}
                class="touch"
                role="button"
                tabindex={if props.stop { "0" } else { "-1" }}
                aria-label={words.clone()}
                aria-pressed={props.selected.to_string()}
                width={item.frame.width.to_string()}
                height={item.frame.height.to_string()}
                {onclick}
                {ondblclick}
                {onkeydown}
            >
                <title>{ words }</title>
            </rect>
        </g>
    }
}

/// The id of a shape in the page.
fn id(key: &Key) -> String {
    format!("map:{key}")
}

fn is_head(item: &Item) -> bool {
    matches!(item.face, Face::Head(_))
}

fn on_key(
    props: &CanvasProps,
    area: &NodeRef,
    view: &UseStateHandle<View>,
) -> Callback<KeyboardEvent> {
    let (area, view, picture) = (area.clone(), view.clone(), Rc::clone(&props.picture));
    Callback::from(move |event: KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let direction = match event.key().as_str() {
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "0" => {
                view.set(view_box::whole(&picture.drawing, size(&area)));
                return;
            }
            "+" | "=" | "-" => {
                let factor = if event.key() == "-" { 0.8 } else { 1.25 };
                let (width, height) = size(&area);
                view.set(view.zoomed(factor, (width / 2.0, height / 2.0)));
                return;
            }
            _ => return,
        };
        let focused = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let from = focused.and_then(|element| {
            picture
                .drawing
                .items
                .iter()
                .find(|item| id(&item.key) == element.id())
        });
        let Some(to) = from.and_then(|from| neighbour(&picture.drawing, from, direction)) else {
            return;
        };
        event.prevent_default();
        event.stop_propagation();
        view.set(view.showing(to.frame, heads(&view), &picture.drawing, size(&area)));
        let element = gloo::utils::document().get_element_by_id(&id(&to.key));
        if let Some(element) = element.and_then(|element| element.dyn_into::<SvgElement>().ok()) {
            // It is on the page, so it can be focused.
            let _ = element.focus();
        }
    })
}

fn show(
    area: &NodeRef,
    view: &UseStateHandle<View>,
    gliding: &UseStateSetter<bool>,
    drawing: &Drawing,
    key: &Key,
) {
    if let Some(item) = drawing.item(key)
        && !is_head(item)
    {
        let next = view.showing(item.frame, heads(view), drawing, size(area));
        if next != **view {
            gliding.set(true);
            view.set(next);
        }
    }
}

fn heads(view: &View) -> f64 {
    f64::from(HEADS) * view.zoom
}

fn wheeled(view: View, wheel: &WheelEvent, drawing: &Drawing, area: &NodeRef) -> View {
    // Lines, in some browsers, instead of pixels.
    let unit = if wheel.delta_mode() == WheelEvent::DOM_DELTA_LINE {
        18.0
    } else {
        1.0
    };
    let (dx, dy) = (wheel.delta_x() * unit, wheel.delta_y() * unit);
    if wheel.ctrl_key() || wheel.meta_key() {
        let at = (f64::from(wheel.offset_x()), f64::from(wheel.offset_y()));
        return view.zoomed((-dy / 300.0).exp().clamp(0.5, 2.0), at);
    }
    let (dx, dy) = if wheel.shift_key() && dx == 0.0 {
        (dy, 0.0)
    } else {
        (dx, dy)
    };
    view.moved(-dx, -dy, drawing, size(area))
}

fn size(area: &NodeRef) -> Size {
    let Some(element) = area
        .cast::<Element>()
        .map(|element| element.get_bounding_client_rect())
    else {
        return (1000.0, 500.0);
    };
    (element.width().max(1.0), element.height().max(1.0))
}

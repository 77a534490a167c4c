//! Moving about in the drawing: pan, zoom, keys.

use std::rc::Rc;

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget, WheelEvent};
use yew::prelude::*;

use super::{
    inside::{Inside, Visit},
    keys,
    looking::{Looking, use_looking},
    menu::Menu,
    minimap::{self, Minimap},
    near::{LARGE, Sizes, use_near},
    packet::{Journeying, Packet},
    pills::{self, Pill},
    pixels::{self, size},
    pointer::{Hand, Pointers, Wire, heads_y, rubber},
    shapes,
    sheet::{HEADS, Heads, Sheet, id, is_head},
    tools,
    view_box::{Size, View},
};
use crate::{
    layout::{Drawing, Frame, Item, WireEnds, WirePath},
    panels::{Dispatch, focus::focus},
    protocol::{Picture, ProbeText},
    scene::Key,
    state::Action,
    words,
};

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct CanvasProps {
    pub(super) picture: Rc<Picture>,
    /// The size of the window, once it is known.
    pub(super) sizes: Option<Sizes>,
    pub(super) loads: u32,
    pub(super) selected: Option<Key>,
    /// The wire that is looked at.
    pub(super) told: Option<WireEnds>,
    pub(super) journey: Option<Journeying>,
    /// What stands on the ends of wires.
    pub(super) pills: Vec<Pill>,
    /// The node that the packet is on.
    pub(super) visit: Option<Rc<Visit>>,
    /// Whether it shows its inside.
    pub(super) inside: bool,
    /// All of it is wanted, not only what is in sight: somebody takes a picture.
    pub(super) whole: bool,
    /// What stands in the probe bar.
    pub(super) draft: ProbeText,
    pub(super) still: bool,
    pub(super) dispatch: Dispatch,
}

#[function_component]
pub(super) fn Canvas(props: &CanvasProps) -> Html {
    let area = use_node_ref();
    let gliding = use_state(|| false);
    let pointers = use_mut_ref(Pointers::default);
    let wire = use_state(|| None::<Wire>);
    let menu = use_state(|| None::<(Key, (f64, f64))>);
    let (drawing, room) = (
        &props.picture.drawing,
        props.sizes.map(|sizes| sizes.window),
    );
    let view = use_looking(props.loads, drawing, props.sizes);
    let near = use_near(*view, room, *gliding, props.whole);

    // What is chosen, and where the packet is, comes into sight; all that it passes, where there is room.
    {
        let wanted = props.journey.as_ref().and_then(|journey| {
            let key = journey.focus.clone()?;
            Some((key, journey.position, journey.passes.clone()))
        });
        let (view, gliding, picture) = (view.clone(), gliding.setter(), Rc::clone(&props.picture));
        // Also where the map begins anew, and where the answer takes room from it.
        use_effect_with((wanted, view.since(), room), move |(wanted, ..)| {
            if let Some((key, _, passes)) = wanted
                && !look(room, &view, &gliding, &picture.drawing, passes)
            {
                show(room, &view, &gliding, &picture.drawing, key);
            }
        });
    }
    {
        let (view, gliding, picture) = (view.clone(), gliding.setter(), Rc::clone(&props.picture));
        let here = props
            .selected
            .as_ref()
            .is_some_and(|key| drawing.item(key).is_some());
        // Also when its details take room from the map. When they give it back, the map is not left beyond its edge.
        let before = use_mut_ref(|| room);
        use_effect_with(
            (props.selected.clone(), here, room, view.since()),
            move |(selected, ..)| {
                let before = before.replace(room);
                if let Some(key) = selected {
                    show(room, &view, &gliding, &picture.drawing, key);
                } else if let Some(room) = room
                    && before.is_some_and(|before| before.0 < room.0)
                {
                    view.set(view.moved(0.0, 0.0, &picture.drawing, room));
                }
            },
        );
    }
    // So does the end of a wire that is looked at: of its two ends that which is not chosen.
    {
        let (view, gliding, picture) = (view.clone(), gliding.setter(), Rc::clone(&props.picture));
        use_effect_with(
            (props.told.clone(), props.selected.clone()),
            move |(told, selected)| {
                let ends = told.iter().flat_map(|(from, to)| [Some(from), to.as_ref()]);
                let far = ends.flatten().find(|key| Some(*key) != selected.as_ref());
                if let Some(key) = far {
                    show(room, &view, &gliding, &picture.drawing, key);
                }
            },
        );
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

    let hand = Hand {
        area: area.clone(),
        view: view.clone(),
        gliding: gliding.setter(),
        wire: wire.setter(),
        picture: Rc::clone(&props.picture),
        pointers: Rc::clone(&pointers),
        dispatch: props.dispatch.clone(),
    };
    let by_hand = |what: fn(&Hand, &PointerEvent)| {
        let hand = hand.clone();
        Callback::from(move |event: PointerEvent| what(&hand, &event))
    };
    let on_background = {
        let (dispatch, area, pointers) =
            (props.dispatch.clone(), area.clone(), Rc::clone(&pointers));
        Callback::from(move |event: MouseEvent| {
            let dragged = pointers.borrow_mut().take_dragged();
            if !dragged && element(event.target()).as_ref() == area.cast::<Element>().as_ref() {
                dispatch.emit(Action::Select(None));
            }
        })
    };
    let on_menu = {
        let (area, menu, picture, hand) = (
            area.clone(),
            menu.setter(),
            Rc::clone(&props.picture),
            hand.clone(),
        );
        Callback::from(move |event: MouseEvent| {
            let Some(item) = item_of(event.target(), &picture.drawing) else {
                return;
            };
            event.prevent_default();
            hand.cancel();
            if let Some(area) = area.cast::<Element>() {
                menu.set(Some((item.key.clone(), pixels::within(&area, &event))));
            }
        })
    };
    let on_key = keys::on_key(props, &area, &view);
    keys::use_space(&area);

    let at = format!(
        "translate({:.1} {:.1}) scale({:.4})",
        view.x, view.y, view.zoom
    );
    // Heads stay at the top while the rest scrolls below them.
    let heads_y = heads_y(*view);
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
                tabindex="-1"
                aria-label={words::map::KEYS}
                onpointerdown={by_hand(Hand::down)}
                onpointermove={by_hand(Hand::moved)}
                onpointerup={by_hand(Hand::up)}
                onpointercancel={by_hand(|hand, _| hand.cancel())}
                onclick={on_background}
                oncontextmenu={on_menu}
                onkeydown={on_key}
            >
                <g class={sheet} transform={at}>
                    <Sheet
                        picture={Rc::clone(&props.picture)}
                        selected={props.selected.clone()}
                        lit={lit.clone()}
                        {near}
                        dispatch={props.dispatch.clone()}
                    />
                    if let Some(wire) = told(props) {
                        <path class="wire told" d={shapes::rounded(&wire.points)} />
                    }
                    { pills::draw(&props.pills) }
                    if let Some(journey) = &props.journey {
                        <Packet journey={Rc::new(journey.clone())} width={drawing.width} still={props.still} />
                    }
                    <g transform={format!("translate(0 {heads_y:.1})")}>
                        <Heads
                            picture={Rc::clone(&props.picture)}
                            selected={props.selected.clone()}
                            {lit}
                            {near}
                            dispatch={props.dispatch.clone()}
                        />
                    </g>
                    if let Some(wire) = &*wire {
                        { rubber(wire, &props.picture, heads_y) }
                    }
                </g>
            </svg>
            { small_map(props, &area, &view, room) }
            { open_node(props, *view, room) }
            { open_menu(props, &menu, room) }
            { tools::tools(props, &area, &view, &gliding.setter()) }
        </>
    }
}

/// The wire that is looked at.
fn told(props: &CanvasProps) -> Option<&WirePath> {
    let told = props.told.as_ref()?;
    let mut wires = props.picture.drawing.wires.iter();
    wires.find(|wire| wire.ends() == *told)
}

/// The small map, while the large one exceeds its window.
fn small_map(props: &CanvasProps, area: &NodeRef, view: &Looking, room: Option<Size>) -> Html {
    // Before the first drawing, nothing has a size.
    let Some(room) = room else {
        return html! {};
    };
    let Some(scale) = minimap::scale(&props.picture.drawing, **view, room) else {
        return html! {};
    };
    let look = {
        let (area, view, picture) = (area.clone(), view.clone(), Rc::clone(&props.picture));
        Callback::from(move |(x, y): (f64, f64)| {
            let room = size(&area);
            let (dx, dy) = (
                room.0 / 2.0 - (x * view.zoom + view.x),
                room.1 / 2.0 - (y * view.zoom + view.y),
            );
            view.set(view.moved(dx, dy, &picture.drawing, room));
        })
    };
    html! {
        <Minimap
            picture={Rc::clone(&props.picture)}
            selected={props.selected.clone()}
            view={**view}
            {room}
            {scale}
            {look}
        />
    }
}

/// The node that the packet is on, if it is to be seen from inside.
fn open_node(props: &CanvasProps, view: View, room: Option<Size>) -> Html {
    let Some((visit, room)) = props.visit.as_ref().filter(|_| props.inside).zip(room) else {
        return html! {};
    };
    let head = props.journey.as_ref().and_then(|journey| {
        let columns = journey
            .lit
            .iter()
            .filter(|key| matches!(key, Key::Column(_)));
        columns
            .filter_map(|key| props.picture.drawing.item(key))
            .map(|item| item.frame)
            .next()
    });
    html! {
        <Inside
            visit={Rc::clone(visit)}
            {head}
            {view}
            {room}
            dispatch={props.dispatch.clone()}
        />
    }
}

/// The menu, while it is open and its shape is there.
fn open_menu(
    props: &CanvasProps,
    menu: &UseStateHandle<Option<(Key, (f64, f64))>>,
    room: Option<Size>,
) -> Html {
    let Some(((key, at), room)) = menu.as_ref().zip(room) else {
        return html! {};
    };
    let Some(item) = props.picture.drawing.item(key) else {
        return html! {};
    };
    let close = {
        let (menu, shape) = (menu.setter(), id(key));
        Callback::from(move |back: bool| {
            menu.set(None);
            if back {
                focus(&shape);
            }
        })
    };
    html! {
        <Menu
            item={item.clone()}
            title={shapes::name(item)}
            draft={props.draft.clone()}
            at={*at}
            {room}
            {close}
            dispatch={props.dispatch.clone()}
        />
    }
}

fn element(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()
}

/// The shape that an event is about.
pub(super) fn item_of(target: Option<EventTarget>, drawing: &Drawing) -> Option<&Item> {
    let id = element(target)?.id();
    drawing.items.iter().find(|item| self::id(&item.key) == id)
}

fn show(
    room: Option<Size>,
    view: &Looking,
    gliding: &UseStateSetter<bool>,
    drawing: &Drawing,
    key: &Key,
) {
    if let Some(item) = drawing.item(key)
        && !is_head(item)
    {
        look(room, view, gliding, drawing, &[item.frame]);
    }
}

/// Looks where all of this is in sight; `false`: there is no room for it.
fn look(
    room: Option<Size>,
    view: &Looking,
    gliding: &UseStateSetter<bool>,
    drawing: &Drawing,
    frames: &[Frame],
) -> bool {
    let next = view.showing(frames, heads(view), drawing, room.unwrap_or(LARGE));
    if let Some(next) = next.filter(|next| *next != **view) {
        gliding.set(true);
        view.set(next);
    }
    next.is_some()
}

pub(super) fn heads(view: &View) -> f64 {
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
        let at = area.cast::<Element>();
        let at = at.map_or((0.0, 0.0), |area| pixels::within(&area, wheel));
        return view.zoomed((-dy / 300.0).exp().clamp(0.5, 2.0), at);
    }
    let (dx, dy) = if wheel.shift_key() && dx == 0.0 {
        (dy, 0.0)
    } else {
        (dx, dy)
    };
    view.moved(-dx, -dy, drawing, size(area))
}

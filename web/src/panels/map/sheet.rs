//! The drawing itself: columns, wires and shapes.

use std::rc::Rc;

use yew::prelude::*;

use super::{near::Near, pills, shapes};
use crate::{
    keys::{self, OnShape},
    layout::{Drawing, Face, Frame, Item},
    panels::Dispatch,
    protocol::Picture,
    scene::{ColumnKey, Key},
    state::Action,
};

/// Height of the heads, which stay in sight.
pub(super) const HEADS: i32 = 76;

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct SheetProps {
    pub(super) picture: Rc<Picture>,
    pub(super) selected: Option<Key>,
    pub(super) lit: Vec<Key>,
    /// What is looked at, or nearly.
    pub(super) near: Near,
    pub(super) dispatch: Dispatch,
}

/// All but the heads: drawn again only when the picture or the choice changes, not while it is moved about.
#[function_component]
pub(super) fn Sheet(props: &SheetProps) -> Html {
    let drawing = &props.picture.drawing;
    let touches = |key: &Key| Some(key) == props.selected.as_ref();
    let stop = stop(drawing, props.selected.as_ref());
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
            { for drawing.wires.iter().enumerate().filter(|(_, wire)| props.near.has_way(&wire.points)).map(|(nth, wire)| {
                let lit = touches(&wire.from) || wire.to.as_ref().is_some_and(touches);
                let ports = pills::ports_of(drawing, wire);
                html! { <g key={nth}>{ shapes::wire(wire, lit, ports.as_deref()) }</g> }
            }) }
            { for drawing.items.iter().filter(|item| !is_head(item)).map(|item| html! {
                <Shape
                    key={item.key.to_string()}
                    item={item.clone()}
                    selected={touches(&item.key)}
                    lit={props.lit.contains(&item.key)}
                    stop={stop == Some(&item.key)}
                    near={props.near.has(&item.frame)}
                    dispatch={props.dispatch.clone()}
                />
            }) }
        </>
    }
}

#[function_component]
pub(super) fn Heads(props: &SheetProps) -> Html {
    let drawing = &props.picture.drawing;
    let stop = stop(drawing, props.selected.as_ref());
    html! {
        <>
            <rect class="strip" width={drawing.width.to_string()} height={HEADS.to_string()} />
            { for drawing.lanes.iter().map(|lane| {
                html! {
                    <text key={lane.title.clone()} class="lane-title" x={lane.x.to_string()} y="18">{ &lane.title }</text>
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
                    stop={stop == Some(&item.key)}
                    near={true}
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
    /// Whether it is drawn. What is far away has its place and its words, for the keyboard and for those who do not see.
    near: bool,
    dispatch: Dispatch,
}

#[function_component]
fn Shape(props: &ShapeProps) -> Html {
    let item = &props.item;
    let words = shapes::in_words(item);
    let choose = {
        let (dispatch, key) = (props.dispatch.clone(), item.key.clone());
        move || dispatch.emit(Action::Pick(key.clone()))
    };
    let onclick = {
        let choose = choose.clone();
        Callback::from(move |_: MouseEvent| choose())
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if keys::on_shape(&event.key()) == Some(OnShape::Choose) {
            event.prevent_default();
            choose();
        }
    });
    let ondblclick = {
        let (dispatch, key) = (props.dispatch.clone(), item.key.clone());
        Callback::from(move |_: MouseEvent| {
            if key.is_fold() {
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
            if props.near {
                <g aria-hidden="true">{ shapes::face(item) }{ shapes::changed_mark(item) }</g>
            }
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
                if props.near {
                    <title>{ words }</title>
                }
            </rect>
        </g>
    }
}

/// The one shape that Tab stops at: what is chosen, else the first; heads come last. While anything is drawn there is one.
fn stop<'a>(drawing: &'a Drawing, selected: Option<&Key>) -> Option<&'a Key> {
    let chosen = selected.and_then(|key| drawing.item(key));
    let first = || drawing.items.iter().find(|item| !is_head(item));
    let stop = chosen.or_else(first).or_else(|| drawing.items.first());
    stop.map(|item| &item.key)
}

/// The id of a shape in the page.
pub(super) fn id(key: &Key) -> String {
    format!("map:{key}")
}

pub(super) fn is_head(item: &Item) -> bool {
    matches!(item.face, Face::Head(_))
}

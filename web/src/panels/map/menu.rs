//! The menu of a shape: what can be done with it, by right click, the menu key, or a long press.
//!
//! [`entries`] is the one list; whoever adds something that can be done with a shape adds it there.

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::prelude::*;

use switchboard_engine::whatif::{Change, NodeFate, PodFate};

use crate::{
    keys::{self, OnShape},
    layout::Item,
    panels::{
        Dispatch,
        focus::{in_column, move_focus, next, previous},
    },
    protocol::ProbeText,
    scene::{ColumnKey, Key},
    state::{Action, Pane, Tab, WhatIfAction},
    words,
};

/// One line of the menu.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// What it does.
    pub(super) label: String,
    /// The key that does the same without the menu.
    pub(super) key: Option<&'static str>,
    /// What happens, in this order.
    pub(super) actions: Vec<Action>,
    /// It begins another group.
    pub(super) parts: bool,
}

impl Entry {
    fn new(label: &str, action: Action) -> Self {
        Self {
            label: label.to_owned(),
            key: None,
            actions: vec![action],
            parts: false,
        }
    }

    fn key(self, does: OnShape) -> Self {
        Self {
            key: Some(keys::to_shape(does)),
            ..self
        }
    }

    fn then(mut self, action: Action) -> Self {
        self.actions.push(action);
        self
    }

    fn parted(self) -> Self {
        Self {
            parts: true,
            ..self
        }
    }
}

/// All that can be done with a shape. `draft` is what stands in the probe bar.
pub(super) fn entries(item: &Item, draft: &ProbeText) -> Vec<Entry> {
    let mut entries = probe(item, draft);
    let details = Entry::new(
        words::detail::DETAILS,
        Action::Select(Some(item.key.clone())),
    )
    .key(OnShape::Choose);
    entries.push(details.parted());
    entries.extend(fold(&item.key));
    entries.extend(look(&item.key));
    entries.extend(what_if(&item.key));
    entries
}

/// What could become of it, as a change that stands in no manifest.
fn what_if(key: &Key) -> Vec<Entry> {
    let change = |label: &str, change: Change| {
        let action = Action::WhatIf(WhatIfAction::Add(vec![change]));
        Entry::new(&words::map::what_if_it(label), action)
    };
    // Needs a number, or more room than a menu has.
    let open = |label: &str, tab: Tab| {
        Entry::new(label, Action::Select(Some(key.clone())))
            .then(Action::Tab(tab))
            .then(Action::Pane(Pane::Journey))
    };
    let mut entries = match key {
        Key::Pod(name) => {
            let fates = [
                (words::whatif::NOT_READY, PodFate::NotReady),
                (words::whatif::TERMINATING, PodFate::Terminating),
                (words::whatif::GONE, PodFate::Gone),
            ];
            let entries = fates.map(|(label, becomes)| {
                let pod = Change::Pod {
                    namespace: name.namespace.clone(),
                    name: name.name.clone(),
                    becomes,
                };
                change(label, pod)
            });
            let more = open(words::map::MORE_WHAT_IF, Tab::WhatIf);
            entries.into_iter().chain([more]).collect()
        }
        Key::Column(ColumnKey::Node(name)) => {
            let fates = [
                (words::whatif::NOT_READY, NodeFate::NotReady),
                (words::whatif::CUT_OFF, NodeFate::CutOff),
                (words::whatif::CORDONED, NodeFate::Cordoned),
                (words::whatif::DRAINED, NodeFate::Drained),
                (words::whatif::GONE, NodeFate::Gone),
            ];
            let entries = fates.map(|(label, becomes)| {
                let node = Change::Node {
                    name: name.clone(),
                    becomes,
                };
                change(label, node)
            });
            let entry = Entry::new(
                words::map::WHAT_IF_ENTRY,
                Action::WhatIf(WhatIfAction::Add(vec![Change::EntryNode(Some(
                    name.clone(),
                ))])),
            );
            entries.into_iter().chain([entry]).collect()
        }
        Key::Pods { .. } => vec![open(words::map::WHAT_IF_SCALED, Tab::WhatIf)],
        Key::Service(_) | Key::LoadBalancer(_) => {
            vec![open(words::whatif::WHICH_TYPE, Tab::Types)]
        }
        _ => Vec::new(),
    };
    if let Some(first) = entries.first_mut() {
        first.parts = true;
    }
    entries
}

fn probe(item: &Item, draft: &ProbeText) -> Vec<Entry> {
    let mut entries = Vec::new();
    if let Some(from) = &item.ends.from {
        entries.push(
            Entry::new(
                words::common::SEND_FROM_HERE,
                Action::DraftFrom(from.clone()),
            )
            .key(OnShape::From),
        );
        if !draft.to.is_empty() {
            let probe = ProbeText {
                from: from.clone(),
                to: draft.to.clone(),
            };
            let label = words::map::send_from_here_to(&probe.to);
            entries.push(Entry::new(&label, Action::Send(probe)));
        }
    }
    if let Some(to) = &item.ends.to {
        entries.push(
            Entry::new(words::common::SEND_TO_HERE, Action::DraftTo(to.clone())).key(OnShape::To),
        );
        if !draft.from.is_empty() {
            let probe = ProbeText {
                from: draft.from.clone(),
                to: to.clone(),
            };
            let label = words::map::send_to_here_from(&probe.from);
            entries.push(Entry::new(&label, Action::Send(probe)));
        }
    }
    entries
}

fn fold(key: &Key) -> Option<Entry> {
    key.is_fold().then(|| {
        Entry::new(words::common::UNFOLD, Action::ToggleFold(key.clone())).key(OnShape::Fold)
    })
}

fn look(key: &Key) -> Option<Entry> {
    let select = Action::Select(Some(key.clone()));
    let entry = match key {
        Key::Column(ColumnKey::Node(_)) => {
            Entry::new(words::map::RULES, select).then(Action::Tab(Tab::Rules))
        }
        Key::Service(_) => Entry::new(words::detail::SLICES, select).then(Action::Tab(Tab::Slices)),
        _ => return None,
    };
    Some(entry.then(Action::Pane(Pane::Journey)))
}

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct MenuProps {
    pub(super) item: Item,
    /// What it is called.
    pub(super) title: String,
    pub(super) draft: ProbeText,
    /// Where, in pixels of the map.
    pub(super) at: (f64, f64),
    /// Size of the map in pixels.
    pub(super) room: (f64, f64),
    /// It goes; `true`: the focus returns to its shape.
    pub(super) close: Callback<bool>,
    pub(super) dispatch: Dispatch,
}

/// The menu, open.
#[function_component]
pub(super) fn Menu(props: &MenuProps) -> Html {
    let node = use_node_ref();
    {
        let (node, at, room) = (node.clone(), props.at, props.room);
        use_effect_with((props.item.key.clone(), at), move |_| {
            if let Some(element) = node.cast::<HtmlElement>() {
                place(&element, at, room);
                move_focus(&element, "button", |_, _| Some(0));
            }
        });
    }
    let onkeydown = {
        let (node, close) = (node.clone(), props.close.clone());
        Callback::from(move |event: KeyboardEvent| {
            let Some(element) = node.cast::<HtmlElement>() else {
                return;
            };
            event.stop_propagation();
            let to: fn(usize, usize) -> Option<usize> = match event.key().as_str() {
                "ArrowDown" => next,
                "ArrowUp" => previous,
                "Escape" | "Tab" => {
                    event.prevent_default();
                    return close.emit(true);
                }
                key => match in_column(key) {
                    Some(to) => to,
                    // Enter and Space are the buttons' own; nothing else reaches the page while this is open.
                    None => return,
                },
            };
            event.prevent_default();
            move_focus(&element, "button", to);
        })
    };
    let onfocusout = {
        let (node, close) = (node.clone(), props.close.clone());
        Callback::from(move |event: FocusEvent| {
            let to = event
                .related_target()
                .and_then(|to| to.dyn_into::<web_sys::Node>().ok());
            let stays = node
                .cast::<web_sys::Node>()
                .is_some_and(|menu| menu.contains(to.as_ref()));
            if !stays {
                close.emit(false);
            }
        })
    };
    html! {
        <div
            ref={node}
            class="menu"
            role="menu"
            aria-label={props.title.clone()}
            {onkeydown}
            {onfocusout}
        >
            <p class="menu-title" aria-hidden="true">{ &props.title }</p>
            { for entries(&props.item, &props.draft).into_iter().enumerate().map(|(nth, entry)| {
                let onclick = {
                    let (dispatch, close) = (props.dispatch.clone(), props.close.clone());
                    Callback::from(move |_: MouseEvent| {
                        for action in &entry.actions {
                            dispatch.emit(action.clone());
                        }
                        close.emit(true);
                    })
                };
                html! {
                    <button
                        key={nth}
                        type="button"
                        role="menuitem"
                        tabindex="-1"
                        class={classes!(entry.parts.then_some("parts"))}
                        {onclick}
                    >
                        <span>{ entry.label }</span>
                        if let Some(key) = entry.key {
                            <kbd aria-hidden="true">{ key }</kbd>
                        }
                    </button>
                }
            }) }
        </div>
    }
}

/// Beside the pointer, inside of the map. By properties, for the policy forbids a style attribute.
fn place(element: &HtmlElement, (x, y): (f64, f64), (width, height): (f64, f64)) {
    let (own_width, own_height) = (element.offset_width(), element.offset_height());
    let left = x.min(width - f64::from(own_width) - 4.0).max(4.0);
    let top = y.min(height - f64::from(own_height) - 4.0).max(4.0);
    let style = element.style();
    // Names and values are well-formed.
    let _ = style.set_property("--x", &format!("{left:.0}px"));
    let _ = style.set_property("--y", &format!("{top:.0}px"));
}

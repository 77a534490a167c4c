//! The wires of the chosen thing as a list: where each leads, by which ports, how it is, and which share of the packet that
//! was sent goes there. For those who do not see the map, or do not point at it.
//!
//! One of the rows can be reached with Tab; the arrow keys go to the others, and the map shows the wire of the row that
//! has the focus or is under the pointer. Enter goes to its other end, Escape back to the shape.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::{pills, shapes, sheet};
use crate::{
    layout::{Drawing, Face, Item, Leads, WireEnds, WirePath, WireState},
    panels::{
        Dispatch,
        focus::{focus, in_column, move_focus, take_focus},
    },
    protocol::{Picture, TraceView},
    scene::{Key, Name, ServiceCard, ServiceKind},
    state::{Action, WireAction},
    words,
};

/// So many are listed.
const MOST: usize = 60;
/// What a row is found by.
const ROW: &str = "button.wire-row";
/// So many ports of one are named.
const PORTS: usize = 4;

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct WireListProps {
    pub(super) picture: Rc<Picture>,
    /// Whose wires.
    pub(super) of: Key,
    /// The packet that was sent.
    pub(super) trace: Option<Rc<TraceView>>,
    /// Whether the focus comes here.
    pub(super) enter: bool,
    pub(super) dispatch: Dispatch,
}

/// The list; nothing where there are none.
#[function_component]
pub(super) fn WireList(props: &WireListProps) -> Html {
    let own = use_node_ref();
    let at = use_state(|| 0_usize);
    let mut rows = rows(&props.picture.drawing, &props.of, props.trace.as_deref());
    let more = rows.len().saturating_sub(MOST);
    rows.truncate(MOST);
    let last = rows.len().saturating_sub(1);
    let current = (*at).min(last);
    {
        let (own, dispatch) = (own.clone(), props.dispatch.clone());
        use_effect_with((props.enter, props.of.clone()), move |(enter, _)| {
            if *enter {
                if let Some(own) = own.cast::<Element>()
                    && move_focus(&own, ROW, |_, _| Some(0)).is_none()
                {
                    take_focus(&own);
                }
                dispatch.emit(Action::Wires(WireAction::Entered));
            }
        });
    }
    let onkeydown = {
        let (own, of) = (own.clone(), props.of.clone());
        Callback::from(move |event: KeyboardEvent| {
            match (in_column(&event.key()), own.cast::<Element>()) {
                (Some(to), Some(own)) => {
                    move_focus(&own, ROW, to);
                }
                _ if event.key() == "Escape" => focus(&sheet::id(&of)),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    html! {
        // Without a row it takes the focus itself, so that the key that leads here always leads somewhere.
        <div ref={own} tabindex="-1" {onkeydown}>
            if !rows.is_empty() {
                <h3>{ words::map::WIRES }</h3>
                <ul class="wires" aria-label={words::map::WIRES}>
                    { for rows.iter().enumerate().map(|(nth, row)| {
                        let at = at.setter();
                        let on_focus = Callback::from(move |()| at.set(nth));
                        html! { <li key={nth}>{ self::row(&props.dispatch, row, nth == current, on_focus) }</li> }
                    }) }
                </ul>
            }
            if more > 0 {
                <p class="quiet">{ words::common::and_more(more) }</p>
            }
        </div>
    }
}

/// A row; the current one is where Tab stops.
fn row(dispatch: &Dispatch, row: &Row, is_current: bool, on_focus: Callback<()>) -> Html {
    let tell = |told: Option<WireEnds>| {
        dispatch.reform(move |()| Action::Wires(WireAction::Tell(told.clone())))
    };
    let (light, put_out) = (tell(Some(row.ends.clone())), tell(None));
    let onfocus = {
        let light = light.clone();
        Callback::from(move |_: FocusEvent| {
            on_focus.emit(());
            light.emit(());
        })
    };
    let onclick = {
        let (dispatch, other) = (dispatch.clone(), row.other.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(other) = &other {
                dispatch.emit(Action::Select(Some(other.clone())));
                focus(&sheet::id(other));
            }
        })
    };
    html! {
            <button
                type="button"
                class={classes!("wire-row", row.is_bad.then_some("bad"))}
                tabindex={if is_current { "0" } else { "-1" }}
                aria-disabled={row.other.is_none().then_some("true")}
                {onfocus}
                onblur={put_out.reform(|_: FocusEvent| ())}
                onmouseenter={light.reform(|_: MouseEvent| ())}
                onmouseleave={put_out.reform(|_: MouseEvent| ())}
                {onclick}
            >
                <span class="leads">{ row.leads }{ " " }<bdi>{ &row.name }</bdi></span>
                if !row.ports.is_empty() {
                    <span class="visually-hidden">{ ", " }</span><span class="mono">{ &row.ports }</span>
                }
                { for row.states.iter().map(|state| html! {
                    <><span class="visually-hidden">{ ", " }</span><span class="state">{ state }</span></>
                }) }
            </button>
    }
}

/// A wire in words.
#[derive(Debug, Clone, PartialEq)]
struct Row {
    ends: WireEnds,
    /// The other end; `None`: it is broken.
    other: Option<Key>,
    /// "to", "from".
    leads: &'static str,
    /// What is at the other end.
    name: String,
    /// "80 → 8080".
    ports: String,
    /// "ready", "1/2 of the packets sent".
    states: Vec<String>,
    is_bad: bool,
}

/// The same in the map's list: a line for each wire.
pub(super) fn lines(drawing: &Drawing, here: &Key) -> Html {
    let rows = rows(drawing, here, None);
    let more = rows.len().saturating_sub(MOST);
    let lines = rows.iter().take(MOST).map(|row| {
        let head = format!("{} {}", row.leads, row.name);
        let parts = [head.trim(), &row.ports].into_iter();
        let parts: Vec<&str> = parts
            .chain(row.states.iter().map(String::as_str))
            .filter(|part| !part.is_empty())
            .collect();
        parts.join(", ")
    });
    html! {
        <ul>
            { for lines.map(|line| html! { <li><bdi>{ line }</bdi></li> }) }
            if more > 0 {
                <li>{ words::common::and_more(more) }</li>
            }
        </ul>
    }
}

/// The wires that begin or end here, in the order in which they are drawn.
fn rows(drawing: &Drawing, here: &Key, trace: Option<&TraceView>) -> Vec<Row> {
    let shares = trace
        .map(|trace| pills::shares(drawing, trace))
        .unwrap_or_default();
    let row = |wire: &WirePath| {
        let (leads, other) = match wire.from_here(here)? {
            Leads::Nowhere => (words::map::WIRE_TO_NOWHERE, None),
            Leads::To(other) => (words::map::WIRE_TO, Some(other)),
            Leads::From(other) => (words::map::WIRE_FROM, Some(other)),
        };
        let card = card_of(drawing, wire);
        let is_sent_by = |card: &&ServiceCard| trace.is_some_and(|trace| passes(trace, &card.name));
        let share = card.filter(is_sent_by).and(wire.to.as_ref());
        let share = share.and_then(|to| shares.get(to));
        let state = match (wire.state, &wire.to) {
            (WireState::Live, _) => words::map::WIRE_READY,
            (WireState::NotReady, _) => words::map::WIRE_NOT_READY,
            (WireState::Broken, _) => {
                card.map_or("", |card| words::scene::leads_nowhere(card.reach.state))
            }
            (WireState::Entrance, Some(Key::External(_))) => words::map::BY_NAME,
            (WireState::Entrance, _) => words::map::WIRE_FROM_OUTSIDE,
        };
        let share = share.map(|share| words::map::share_of_packets(share));
        Some(Row {
            ends: wire.ends(),
            other: other.cloned(),
            leads,
            name: (other.and_then(|key| drawing.item(key))).map_or_else(String::new, called),
            ports: card.map_or_else(String::new, |card| ports(card, wire)),
            states: [state.to_owned()].into_iter().chain(share).collect(),
            is_bad: wire.state == WireState::Broken,
        })
    };
    drawing.wires.iter().filter_map(row).collect()
}

/// The Service that a wire belongs to.
fn card_of<'a>(drawing: &'a Drawing, wire: &WirePath) -> Option<&'a ServiceCard> {
    let ends = [Some(&wire.from), wire.to.as_ref()];
    ends.into_iter().flatten().find_map(|key| {
        let service = match key {
            Key::LoadBalancer(name) => drawing.item(&Key::Service(name.clone())),
            key => drawing.item(key),
        };
        match &service?.face {
            Face::Service(card) => Some(&**card),
            _ => None,
        }
    })
}

/// Whether the packet goes by this Service.
fn passes(trace: &TraceView, service: &Name) -> bool {
    let mut steps = trace.ways.iter().flat_map(|way| &way.steps);
    steps.any(|step| matches!(&step.service, Some((name, _)) if name == service))
}

fn ports(card: &ServiceCard, wire: &WirePath) -> String {
    if wire.state == WireState::Entrance {
        let ports = card.entrance.iter().flat_map(|it| &it.node_ports);
        let ports: Vec<String> = ports.map(ToString::to_string).collect();
        return match ports.as_slice() {
            [] => String::new(),
            ports => words::map::node_ports(&first(ports)),
        };
    }
    let known = card
        .wires
        .iter()
        .find(|known| Some(&known.to) == wire.to.as_ref() && !known.ports.is_empty());
    match (card.kind, known) {
        (_, None) => String::new(),
        // Without an address of its own a Service translates no port.
        (ServiceKind::Headless, Some(known)) => words::map::at_ports(&known.targets()),
        (_, Some(known)) => {
            let pair = |(port, target): &(u16, u16)| words::map::translated(*port, *target);
            first(&known.ports.iter().map(pair).collect::<Vec<_>>())
        }
    }
}

/// The first of them, and how many more.
fn first(ports: &[String]) -> String {
    let (shown, more) = ports.split_at(ports.len().min(PORTS));
    match more.len() {
        0 => shown.join(", "),
        more => format!("{} {}", shown.join(", "), words::common::and_more(more)),
    }
}

/// What a shape is called, with what it is.
fn called(item: &Item) -> String {
    match (&item.face, &item.key) {
        (Face::Service(card), _) => words::map::service_called(&card.name),
        (Face::LoadBalancer(_), Key::LoadBalancer(name)) => words::map::balancer_of(name),
        (Face::Chip(chip), _) => words::scene::chip_called(chip.state, chip.count, &chip.title),
        _ => shapes::name(item),
    }
}

#[cfg(test)]
mod tests {
    use switchboard_engine::{
        Analysis, apiserver::Entrance, cluster::Environment, manifest::SourceFile,
    };

    use super::*;
    use crate::{
        layout::layout,
        scene::{MapView, scene},
    };

    const SHOP: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: a, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{name: http, containerPort: 8080}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: b, labels: {app: web}}, spec: {nodeName: n2, containers: [{name: c, image: i}]}, status: {podIP: 10.244.9.9, conditions: [{type: Ready, status: 'False'}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: NodePort, selector: {app: web}, ports: [{name: a, port: 80, targetPort: 8080, nodePort: 30080}, {name: b, port: 443, targetPort: 8443, nodePort: 30443}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: peers}, spec: {clusterIP: None, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: lost}, spec: {selector: {app: nobody}, ports: [{port: 80}]}}
";

    fn told(here: &Key) -> Vec<String> {
        let file = SourceFile {
            name: "shop.yaml".into(),
            text: SHOP.into(),
        };
        let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
        let drawing = layout(&scene(&analysis, &MapView::default()));
        let rows = rows(&drawing, here, None);
        rows.iter()
            .map(|row| {
                let states = row.states.join(", ");
                format!("{} {} | {} | {states}", row.leads, row.name, row.ports)
            })
            .collect()
    }

    fn name(name: &str) -> Name {
        Name {
            namespace: "default".into(),
            name: name.into(),
        }
    }

    #[test]
    fn a_service_says_where_each_wire_leads_and_by_which_ports() {
        assert_eq!(
            told(&Key::Service(name("web"))),
            [
                "to Pod a | 80 → 8080, 443 → 8443 | ready",
                "to Pod b | 80 → 8080, 443 → 8443 | not ready",
                "from Outside | node port 30080, 30443 | from outside",
            ]
        );
        // Its name leads to the Pods' own ports.
        assert_eq!(
            told(&Key::Service(name("peers")))[0],
            "to Pod a | :8080 | ready"
        );
        assert_eq!(
            told(&Key::Service(name("lost"))),
            ["leads nowhere  |  | no endpoints"]
        );
    }

    #[test]
    fn a_pod_says_which_services_lead_to_it() {
        assert_eq!(
            told(&Key::Pod(name("a"))),
            [
                "from Service default/peers | :8080 | ready",
                "from Service default/web | 80 → 8080, 443 → 8443 | ready",
            ]
        );
    }
}

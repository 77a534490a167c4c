//! Shapes and wires as SVG. Each kind has a form of its own; colour only says that something is wrong or chosen.

use yew::prelude::*;

use super::{badge, label::fit};
use crate::{
    layout::{Face, Frame, Item, PORTS_SHOWN, Point, WirePath, WireState},
    scene::{
        Chip, ChipState, Column, Counts, FoldedNamespace, ReachState, ServiceCard, ServiceKind,
    },
    words,
};

/// Corners of wires are this round.
const ROUND: i32 = 6;

/// A path with rounded corners.
pub(super) fn rounded(points: &[Point]) -> String {
    let Some((first, rest)) = points.split_first() else {
        return String::new();
    };
    let mut path = format!("M{} {}", first.x, first.y);
    let mut before = *first;
    for (nth, corner) in rest.iter().enumerate() {
        match rest.get(nth + 1) {
            Some(after) => {
                let from = towards(*corner, before);
                let to = towards(*corner, *after);
                path.push_str(&format!(
                    "L{} {}Q{} {} {} {}",
                    from.x, from.y, corner.x, corner.y, to.x, to.y
                ));
            }
            None => path.push_str(&format!("L{} {}", corner.x, corner.y)),
        }
        before = *corner;
    }
    path
}

fn towards(corner: Point, other: Point) -> Point {
    let (dx, dy) = (other.x - corner.x, other.y - corner.y);
    let reach = |d: i32| d.signum() * ROUND.min(d.abs() / 2);
    Point {
        x: corner.x + reach(dx),
        y: corner.y + reach(dy),
    }
}

/// A wire; `ports` are shown while the pointer is on it.
pub(super) fn wire(wire: &WirePath, lit: bool, ports: Option<&str>) -> Html {
    let state = match wire.state {
        WireState::Live => "live",
        WireState::NotReady => "not-ready",
        WireState::Broken => "broken",
        WireState::Entrance => "entrance",
    };
    let cross = (wire.state == WireState::Broken).then(|| {
        wire.points.last().map(|end| {
            html! {
                <path
                    class="cross"
                    d={format!("M{} {}l10 10m0-10l-10 10", end.x - 1, end.y - 5)}
                />
            }
        })
    });
    html! {
        <>
            <path class={classes!("wire", state, lit.then_some("lit"))} d={rounded(&wire.points)} />
            { for cross.flatten() }
            if let Some((ports, end)) = ports.zip(wire.points.last()) {
                <path class="wire-touch" d={rounded(&wire.points)} />
                <text class="wire-ports" x={(end.x - 6).to_string()} y={(end.y - 6).to_string()} text-anchor="end">
                    { ports }
                </text>
            }
        </>
    }
}

/// What a shape looks like, at the origin.
pub(super) fn face(item: &Item) -> Html {
    let frame = &item.frame;
    let drawn = match &item.face {
        Face::Service(card) => service(frame, card),
        Face::Chip(chip) => self::chip(frame, chip),
        Face::Client => capsule(
            frame,
            words::scene::OUTSIDE,
            words::scene::ANY_CLIENT,
            Glyph::Globe,
        ),
        Face::External(name) => capsule(frame, name, words::scene::IS_OUTSIDE, Glyph::Out),
        Face::Dns(address) => capsule(frame, words::scene::CLUSTER_DNS, address, Glyph::Dns),
        Face::LoadBalancer(addresses) => balancer(frame, addresses),
        Face::Namespace(namespace) => self::namespace(frame, namespace),
        Face::Opened(namespace) => opened(frame, namespace),
        Face::Head(column) => head(frame, column),
    };
    html! { <>{ drawn }{ badge::badge(marks(item)) }</> }
}

/// Findings about what a shape stands for.
pub(super) fn marks(item: &Item) -> Counts {
    match &item.face {
        Face::Service(card) => card.marks,
        Face::Chip(chip) => chip.marks,
        Face::Namespace(namespace) | Face::Opened(namespace) => namespace.marks,
        _ => Counts::default(),
    }
}

/// Classes that say how a shape is.
pub(super) fn condition(item: &Item) -> Classes {
    match &item.face {
        Face::Service(card) => {
            let bad = card.reach.state.is_broken() || card.marks.errors > 0;
            let warn = card.marks.warnings > 0 || card.reach.state == ReachState::Partly;
            classes!(
                "service",
                bad.then_some("bad"),
                (warn && !bad).then_some("warn"),
                (card.kind == ServiceKind::Headless).then_some("dashed"),
            )
        }
        Face::Chip(chip) => classes!(
            "chip",
            (chip.state == ChipState::Pending || chip.marks.errors > 0).then_some("bad"),
            matches!(
                chip.state,
                ChipState::NotReady | ChipState::Partly | ChipState::Terminating
            )
            .then_some("warn"),
            (chip.marks.warnings > 0).then_some("warn"),
        ),
        Face::Namespace(namespace) => classes!((namespace.problems > 0).then_some("warn")),
        Face::Opened(_) => classes!("opened"),
        Face::LoadBalancer(addresses) => classes!(addresses.is_empty().then_some("warn")),
        Face::Head(column) => classes!("head", column.not_ready.then_some("warn")),
        _ => classes!(),
    }
}

/// What a shape is called, in full.
pub(super) fn name(item: &Item) -> String {
    match &item.face {
        Face::Client => words::scene::OUTSIDE.to_owned(),
        Face::External(name) => name.to_string(),
        Face::Dns(_) => words::scene::CLUSTER_DNS.to_owned(),
        Face::LoadBalancer(_) => words::scene::LOAD_BALANCER.to_owned(),
        Face::Service(card) => card.name.to_string(),
        Face::Chip(chip) => chip.title.clone(),
        Face::Namespace(namespace) | Face::Opened(namespace) => namespace.name.to_string(),
        Face::Head(column) => column.title.clone(),
    }
}

/// A shape in words, for those who do not see it.
pub(crate) fn in_words(item: &Item) -> String {
    let shape = face_words(item);
    let shape = match marks(item) {
        marks if marks.is_loud() => words::scene::with_marks(&shape, marks),
        _ => shape,
    };
    match &item.changed {
        Some(changed) => words::scene::with_change(&shape, changed),
        None => shape,
    }
}

/// The mark of what is not as in the manifest, at the corner of a shape.
pub(super) fn changed_mark(item: &Item) -> Html {
    if item.changed.is_none() {
        return html! {};
    }
    html! {
        <g class="changed-mark" transform="translate(-7 -7)">
            <rect width="17" height="15" rx="4" />
            <path d="M4.5 5.5h8M4.5 9.5h8M10.5 2.5l-4 10" />
        </g>
    }
}

fn face_words(item: &Item) -> String {
    match &item.face {
        Face::Client => words::scene::CLIENT_IN_WORDS.to_owned(),
        Face::External(name) => words::scene::outside_name(name),
        Face::Dns(address) => words::scene::dns_at(address),
        Face::LoadBalancer(addresses) if addresses.is_empty() => {
            words::scene::BALANCER_PENDING.to_owned()
        }
        Face::LoadBalancer(addresses) => words::scene::balancer_at(addresses),
        Face::Service(card) => words::scene::service(card),
        Face::Chip(chip) => words::scene::chip(chip.state, chip.count, &chip.title, &chip.subtitle),
        Face::Namespace(namespace) => words::scene::folded(namespace),
        Face::Opened(namespace) => words::scene::opened(namespace),
        Face::Head(column) => words::scene::column(&column.title, &column.subtitle),
    }
}

fn service(frame: &Frame, card: &ServiceCard) -> Html {
    let kind = card.kind.name();
    let kind_width = i32::try_from(kind.len()).unwrap_or(0) * 7;
    let name = fit(&card.name.name, frame.width - 98, 14, false);
    let address = fit(&card.address, frame.width - 54 - kind_width, 11, true);
    let address_width = i32::try_from(address.chars().count()).unwrap_or(0) * 66 / 10;
    let right = frame.width - 12;
    let reach = match card.reach.state {
        ReachState::ByName | ReachState::HeldBack => None,
        ReachState::Empty => Some(("0".to_owned(), "bad-text")),
        ReachState::NoneReady | ReachState::NoPort => {
            Some((format!("0/{}", card.reach.total), "bad-text"))
        }
        ReachState::Partly => Some((
            format!("{}/{}", card.reach.ready, card.reach.total),
            "warn-text",
        )),
        ReachState::Whole => Some((
            format!("{}/{}", card.reach.ready, card.reach.total),
            "small",
        )),
    };
    let hidden = card.ports.len().saturating_sub(PORTS_SHOWN);
    html! {
        <>
            { rect(frame, 7) }
            // The socket that its wires leave by.
            if card.reach.state != ReachState::ByName {
                <rect class="stub" x={(frame.width - 3).to_string()} y="17" width="6" height="6" rx="1" />
            }
            <g transform="translate(10 11)">{ glyph(service_glyph(card.kind)) }</g>
            <text class="title" x="34" y="24">{ name }</text>
            <text class="small" x={right.to_string()} y="42" text-anchor="end">{ kind }</text>
            <text class="mono" x="34" y="42">{ address }</text>
            if card.address_assumed {
                <path class="assumed" d={format!("M34 45.5h{address_width}")} />
            }
            if let Some((text, class)) = reach {
                <text class={classes!("mono", class)} x={right.to_string()} y="24" text-anchor="end">{ text }</text>
            }
            { for card.ports.iter().take(PORTS_SHOWN).enumerate().map(|(nth, port)| {
                let y = line(nth);
                let is_last = nth + 1 == PORTS_SHOWN && hidden > 0;
                let more = if is_last { format!("  +{hidden}") } else { String::new() };
                let node_port = card.entrance.as_ref().and_then(|entrance| {
                    entrance.node_ports.get(nth).map(|port| format!(":{port}"))
                });
                let node_port = node_port.unwrap_or_default();
                html! {
                    <>
                        <text class="mono" x="34" y={y.to_string()}>
                            { fit(&format!("{}{more}", port.text), frame.width - 100, 11, true) }
                        </text>
                        <text class="mono small" x={right.to_string()} y={y.to_string()} text-anchor="end">
                            { if node_port.is_empty() { fit(&port.name, 56, 11, true) } else { node_port } }
                        </text>
                    </>
                }
            }) }
            if card.reach.state.is_broken() {
                <text class="small bad-text" x="34" y={line(card.ports.len().min(PORTS_SHOWN)).to_string()}>
                    { words::scene::leads_nowhere(card.reach.state) }
                </text>
            }
        </>
    }
}

/// Baseline of a line below a card's address.
fn line(nth: usize) -> i32 {
    60 + 16 * i32::try_from(nth).unwrap_or(0)
}

fn chip(frame: &Frame, chip: &Chip) -> Html {
    let middle = frame.height / 2;
    let title = fit(&chip.title, frame.width - 42, 12, false);
    let subtitle = fit(&chip.subtitle, frame.width - 40, 11, true);
    let wide = i32::try_from(subtitle.chars().count()).unwrap_or(0) * 66 / 10;
    let loud = match chip.state {
        ChipState::NotReady | ChipState::Terminating | ChipState::Pending => {
            Some(words::scene::pod_state(chip.state))
        }
        _ => None,
    };
    html! {
        <>
            if chip.count > 1 {
                <rect
                    class="face"
                    x="4"
                    y="-3"
                    width={(frame.width - 8).to_string()}
                    height={frame.height.to_string()}
                    rx="17"
                />
            }
            { rect(frame, frame.height / 2) }
            <g transform={format!("translate(15 {middle})")}>{ dot(chip.state) }</g>
            <text class="title" x="27" y="16">{ title }</text>
            if let Some(loud) = loud {
                <text
                    class={if chip.state == ChipState::Pending { "small bad-text" } else { "small warn-text" }}
                    x="27"
                    y="30"
                >
                    { loud }
                </text>
            } else {
                <text class="mono" x="27" y="30">{ subtitle }</text>
                if chip.assumed {
                    <path class="assumed" d={format!("M27 33h{wide}")} />
                }
            }
        </>
    }
}

fn dot(state: ChipState) -> Html {
    match state {
        ChipState::Ready => html! { <circle class="dot" r="4" /> },
        ChipState::Partly | ChipState::NotReady | ChipState::Terminating => {
            html! { <circle class="dot hollow" r="4" /> }
        }
        ChipState::Pending => html! { <path class="cross" d="M-3.5-3.5l7 7m0-7l-7 7" /> },
        ChipState::Ended => html! { <path class="glyph" d="M-4 0h8" /> },
        ChipState::Unknown => html! {
            <text class="small" text-anchor="middle" y="4">{ "?" }</text>
        },
    }
}

fn balancer(frame: &Frame, addresses: &[String]) -> Html {
    let (w, h) = (frame.width, frame.height);
    let address = addresses
        .first()
        .map_or(words::scene::ADDRESS_PENDING, String::as_str);
    let more = match addresses.len() {
        0 | 1 => String::new(),
        n => format!(" +{}", n - 1),
    };
    // A chevron: traffic goes through it, to the right.
    let outline = format!(
        "M6 0H{}L{} {}L{} {h}H6Q0 {h} 0 {}V6Q0 0 6 0Z",
        w - 12,
        w,
        h / 2,
        w - 12,
        h - 6
    );
    html! {
        <>
            <path class="face" d={outline.clone()} />
            <path class="ring" d={outline} />
            <text class="title" x="12" y="16">{ words::scene::LOAD_BALANCER }</text>
            <text class={if addresses.is_empty() { "small warn-text" } else { "mono" }} x="12" y="30">
                { fit(&format!("{address}{more}"), w - 34, 11, true) }
            </text>
        </>
    }
}

fn capsule(frame: &Frame, title: &str, subtitle: &str, of: Glyph) -> Html {
    html! {
        <>
            { rect(frame, frame.height / 2) }
            <g transform={format!("translate(12 {})", frame.height / 2 - 8)}>{ glyph(of) }</g>
            <text class="title" x="35" y="16">{ fit(title, frame.width - 46, 13, false) }</text>
            <text class="mono" x="35" y="30">{ fit(subtitle, frame.width - 46, 11, true) }</text>
        </>
    }
}

fn namespace(frame: &Frame, namespace: &FoldedNamespace) -> Html {
    html! {
        <>
            <rect
                class="face"
                x="5"
                y="-4"
                width={(frame.width - 10).to_string()}
                height={frame.height.to_string()}
                rx="7"
            />
            { rect(frame, 7) }
            <text class="title" x="14" y="23">{ fit(&namespace.name, frame.width - 100, 13, false) }</text>
            <text class="small" x={(frame.width - 12).to_string()} y="23" text-anchor="end">{ words::scene::NAMESPACE }</text>
            <text class="small" x="14" y="41">
                { words::scene::holds(namespace) }
            </text>
            <text class={classes!("small", (namespace.problems > 0).then_some("warn-text"))} x="14" y="55">
                { words::scene::problems(namespace.problems) }
            </text>
        </>
    }
}

/// The head of an opened namespace: a handle to fold it by.
fn opened(frame: &Frame, namespace: &FoldedNamespace) -> Html {
    html! {
        <>
            { rect(frame, 7) }
            <path class="glyph" d="M11 12l5 5 5-5" />
            <text class="title" x="30" y="19">{ fit(&namespace.name, frame.width - 104, 13, false) }</text>
            <text class="small" x={(frame.width - 12).to_string()} y="19" text-anchor="end">{ words::scene::NAMESPACE }</text>
        </>
    }
}

fn head(frame: &Frame, column: &Column) -> Html {
    html! {
        <>
            <rect
                class="ring"
                x="2"
                y="2"
                width={(frame.width - 4).to_string()}
                height={(frame.height - 4).to_string()}
                rx="5"
            />
            <text class="title" x="12" y="19">{ fit(&column.title, frame.width - 24, 13, false) }</text>
            <text class={if column.not_ready { "small warn-text" } else { "mono" }} x="12" y="35">
                { fit(&column.subtitle, frame.width - 20, 11, !column.not_ready) }
            </text>
        </>
    }
}

fn rect(frame: &Frame, radius: i32) -> Html {
    let (width, height, rx) = (
        frame.width.to_string(),
        frame.height.to_string(),
        radius.to_string(),
    );
    html! {
        <>
            <rect class="face" width={width} height={height} rx={rx} />
            <rect
                class="ring"
                x="-3"
                y="-3"
                width={(frame.width + 6).to_string()}
                height={(frame.height + 6).to_string()}
                rx={(radius + 3).to_string()}
            />
        </>
    }
}

/// Drawings inside of shapes.
#[derive(Clone, Copy)]
enum Glyph {
    Hub,
    Plug,
    Fan,
    Out,
    List,
    Globe,
    Dns,
}

fn service_glyph(kind: ServiceKind) -> Glyph {
    match kind {
        ServiceKind::ClusterIp => Glyph::Hub,
        ServiceKind::NodePort => Glyph::Plug,
        ServiceKind::LoadBalancer => Glyph::Fan,
        ServiceKind::ExternalName => Glyph::Out,
        ServiceKind::Headless => Glyph::List,
    }
}

fn glyph(glyph: Glyph) -> Html {
    let d = match glyph {
        Glyph::Hub => {
            "M8 5.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4"
        }
        Glyph::Plug => "M5.5 2v4M10.5 2v4M3.5 6h9v2.5a4.5 4.5 0 0 1-9 0zM8 13v2",
        Glyph::Fan => "M2 8h4M6 8l7-5M6 8h7.5M6 8l7 5",
        Glyph::Out => "M9 3H3v10h10V7M8 8l6-6M10 2h4v4",
        Glyph::List => "M3 4h.1M6 4h7M3 8h.1M6 8h7M3 12h.1M6 12h7",
        Glyph::Globe => {
            "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2M2 8h12M8 2c4 4 4 8 0 12M8 2c-4 4-4 8 0 12"
        }
        Glyph::Dns => "M3 2.5h10v4H3zM3 9.5h10v4H3zM5.5 4.5h.1M5.5 11.5h.1",
    };
    html! { <path class="glyph" d={d} /> }
}

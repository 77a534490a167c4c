//! Shapes: lanes across, bands down.

use switchboard_engine::Str;

use super::{ColumnBox, Drawing, Ends, Face, Frame, Heading, Item, LaneHead, Point, Rails, wires};
use crate::{
    scene::{Band, ColumnKey, Key, Scene, ServiceCard},
    words,
};

const MARGIN: i32 = 20;
/// Right of the last column: the words of a packet reach beyond a Pod that has a badge.
const BESIDE: i32 = 56;
const OUTSIDE_WIDTH: i32 = 116;
const BALANCER_WIDTH: i32 = 148;
const CARD_WIDTH: i32 = 232;
const COLUMN_WIDTH: i32 = 172;
const LANE_GAP: i32 = 40;
const COLUMN_GAP: i32 = 12;
/// Inside a column, left of its chips: taps run here.
const TAP: i32 = 18;
const GUTTER: i32 = 52;

const LANE_HEAD: i32 = 28;
const COLUMN_HEAD: i32 = 44;
/// Between the heads and what stands first: the packet's words fit.
const FIRST_GAP: i32 = 24;
/// Above the shapes of a band: its buses, and what is written on the upper edges of shapes.
const CORRIDOR: i32 = 16;
const BAND_GAP: i32 = 8;
/// One rhythm, within a band and from one to the next.
const CARD_GAP: i32 = BAND_GAP + CORRIDOR;
const CHIP_HEIGHT: i32 = 38;
/// As high as what is written on the upper edges of Pods.
const CHIP_GAP: i32 = 16;
const SMALL: i32 = 38;
const HEADING: i32 = 34;
const OPENED: i32 = 30;
const NAMESPACE_CARD: i32 = 62;
const NAMESPACE_GAP: i32 = 16;
const NAMESPACES_ACROSS: i32 = 3;
/// Ports shown on a card before "+n".
pub(crate) const PORTS_SHOWN: usize = 3;

struct Lanes {
    outside: i32,
    balancer: Option<i32>,
    service: i32,
    columns: i32,
    rails: Rails,
}

pub(super) fn place(scene: &Scene) -> Drawing {
    let lanes = lanes(scene);
    let mut drawing = Drawing {
        rails: lanes.rails,
        namespaces: scene.namespaces.clone(),
        kinds: scene.kinds.clone(),
        selector_error: scene.selector_error.clone(),
        page: scene.page,
        grouping: scene.grouping,
        hidden: scene.hidden.clone(),
        ..Drawing::default()
    };
    heads(&mut drawing, scene, &lanes);
    let mut y = LANE_HEAD + COLUMN_HEAD + FIRST_GAP;

    if scene.has_client {
        let frame = Frame {
            x: lanes.outside,
            y,
            width: OUTSIDE_WIDTH,
            height: SMALL,
        };
        push(&mut drawing, Key::Client, frame, y - 6, Face::Client);
    }
    if let Some(dns) = &scene.dns {
        let frame = Frame {
            x: lanes.service,
            y,
            width: CARD_WIDTH,
            height: SMALL,
        };
        push(
            &mut drawing,
            Key::Dns,
            frame,
            y - 6,
            Face::Dns(dns.address.clone()),
        );
    }
    if scene.has_client || scene.dns.is_some() {
        y += SMALL + BAND_GAP;
    }

    let bands_from = y;
    let several = scene
        .bands
        .windows(2)
        .any(|pair| pair[0].namespace != pair[1].namespace);
    let mut namespace: Option<&Str> = None;
    for band in &scene.bands {
        if namespace != Some(&band.namespace) {
            namespace = Some(&band.namespace);
            y = heading(&mut drawing, scene, &lanes, (&band.namespace, several), y);
        }
        y = self::band(&mut drawing, scene, &lanes, band, y) + BAND_GAP;
    }
    let bands_to = y;
    // What is folded stands below what was opened: who opens something sees it at once.
    y = folded(&mut drawing, scene, &lanes, y);

    let right = drawing.items.iter().map(|item| item.frame.right()).max();
    let columns = drawing
        .columns
        .iter()
        .map(|column| column.frame.right())
        .max();
    drawing.width = right.max(columns).unwrap_or(lanes.columns) + BESIDE;
    drawing.height = y + MARGIN;
    let bottom = if scene.folded.is_empty() {
        drawing.height - MARGIN / 2
    } else {
        bands_to
    };
    for column in &mut drawing.columns {
        column.frame.y = bands_from;
        column.frame.height = bottom - bands_from;
    }
    wires::wires(&mut drawing, scene);
    drawing
}

fn lanes(scene: &Scene) -> Lanes {
    let has_balancer = scene
        .bands
        .iter()
        .flat_map(|band| &band.services)
        .any(|service| balancer(service).is_some());
    let outside = MARGIN;
    let after = outside + OUTSIDE_WIDTH + LANE_GAP;
    let (balancer, service) = if has_balancer {
        (Some(after), after + BALANCER_WIDTH + LANE_GAP)
    } else {
        (None, after)
    };
    Lanes {
        outside,
        balancer,
        service,
        columns: service + CARD_WIDTH + GUTTER,
        rails: Rails {
            outside: outside + OUTSIDE_WIDTH + LANE_GAP / 2,
            left: service - LANE_GAP / 2,
            right: service + CARD_WIDTH + GUTTER / 2,
        },
    }
}

fn balancer(service: &ServiceCard) -> Option<&Vec<String>> {
    service.entrance.as_ref()?.load_balancer.as_ref()
}

// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
fn heads(drawing: &mut Drawing, scene: &Scene, lanes: &Lanes) {
    let mut head = |title: &str, x: i32, width: i32| {
        drawing.lanes.push(LaneHead {
            title: title.to_owned(),
            x,
            width,
        });
    };
    head(words::scene::OUTSIDE, lanes.outside, OUTSIDE_WIDTH);
    if let Some(x) = lanes.balancer {
        head(words::scene::LOAD_BALANCERS, x, BALANCER_WIDTH);
    }
    head(words::scene::SERVICES, lanes.service, CARD_WIDTH);
    let all = i32::try_from(scene.columns.len()).unwrap_or(0);
    // With zones known, their brackets say more than the lane's name.
    let has_zones = scene.columns.iter().any(|column| column.zone.is_some());
    if all > 0 && !has_zones {
        head(
            match scene.columns[0].key {
                ColumnKey::AllNodes => words::scene::PODS_BY_WORKLOAD,
                ColumnKey::Zone(_) => words::scene::PODS_BY_ZONE,
                _ => words::scene::PODS_BY_NODE,
            },
            lanes.columns,
            all * (COLUMN_WIDTH + COLUMN_GAP) - COLUMN_GAP,
        );
    }
    let mut x = lanes.columns;
    for column in &scene.columns {
        drawing.columns.push(ColumnBox {
            column: column.clone(),
            frame: Frame {
                x,
                y: LANE_HEAD,
                width: COLUMN_WIDTH,
                height: 0,
            },
        });
        let head = Frame {
            x,
            y: LANE_HEAD,
            width: COLUMN_WIDTH,
            height: COLUMN_HEAD,
        };
        push(
            drawing,
            Key::Column(column.key.clone()),
            head,
            head.bottom() + 6,
            Face::Head(column.clone()),
        );
        if let Some(zone) = &column.zone {
            match drawing.zones.last_mut() {
                Some(last)
                    if last.title == zone.as_str() && last.x + last.width + COLUMN_GAP == x =>
                {
                    last.width += COLUMN_GAP + COLUMN_WIDTH;
                }
                _ => drawing.zones.push(LaneHead {
                    title: zone.to_string(),
                    x,
                    width: COLUMN_WIDTH,
                }),
            }
        }
        x += COLUMN_WIDTH + COLUMN_GAP;
    }
}

#[inline(never)]
fn folded(drawing: &mut Drawing, scene: &Scene, lanes: &Lanes, mut y: i32) -> i32 {
    let across = NAMESPACES_ACROSS;
    if !scene.folded.is_empty() {
        y += CORRIDOR;
    }
    for (nth, namespace) in (0..).zip(&scene.folded) {
        let frame = Frame {
            x: lanes.service + (nth % across) * (CARD_WIDTH + NAMESPACE_GAP),
            y: y + (nth / across) * (NAMESPACE_CARD + NAMESPACE_GAP),
            width: CARD_WIDTH,
            height: NAMESPACE_CARD,
        };
        push(
            drawing,
            Key::Namespace(namespace.name.clone()),
            frame,
            frame.y - NAMESPACE_GAP / 2,
            Face::Namespace(namespace.clone()),
        );
    }
    let rows = (i32::try_from(scene.folded.len()).unwrap_or(0) + across - 1) / across;
    if rows > 0 {
        y += rows * (NAMESPACE_CARD + NAMESPACE_GAP) + BAND_GAP;
    }
    y
}

/// The name of a namespace above its rows: words, or what folds it again where it was opened.
fn heading(
    drawing: &mut Drawing,
    scene: &Scene,
    lanes: &Lanes,
    (name, several): (&Str, bool),
    y: i32,
) -> i32 {
    let opened = scene.opened.iter().find(|opened| opened.name == *name);
    if let Some(opened) = opened {
        let frame = Frame {
            x: lanes.service,
            y: y + 4,
            width: CARD_WIDTH,
            height: OPENED,
        };
        push(
            drawing,
            Key::Namespace(name.clone()),
            frame,
            y,
            Face::Opened(opened.clone()),
        );
        return y + OPENED + 8;
    }
    if !several {
        return y;
    }
    drawing.headings.push(Heading {
        title: name.clone(),
        at: Point {
            x: lanes.service,
            y: y + HEADING - 10,
        },
    });
    y + HEADING
}

/// One band from `top` on; returns its bottom.
#[inline(never)]
fn band(drawing: &mut Drawing, scene: &Scene, lanes: &Lanes, band: &Band, top: i32) -> i32 {
    let corridor = top + CORRIDOR / 4;
    let first = top + CORRIDOR;
    let mut bottom = first;

    let mut y = first;
    for service in &band.services {
        let height = card_height(service);
        let frame = Frame {
            x: lanes.service,
            y,
            width: CARD_WIDTH,
            height,
        };
        if let (Some(addresses), Some(x)) = (balancer(service), lanes.balancer) {
            let at = Frame {
                x,
                y: y + (height - SMALL) / 2,
                width: BALANCER_WIDTH,
                height: SMALL,
            };
            let key = Key::LoadBalancer(service.name.clone());
            push(
                drawing,
                key,
                at,
                corridor,
                Face::LoadBalancer(addresses.clone()),
            );
        }
        if let Some(name) = &service.external {
            let key = Key::External(name.clone());
            // Several Services may lead to one name: it stands beside the first.
            if drawing.item(&key).is_none() {
                let at = Frame {
                    x: lanes.outside,
                    y: y + (height - SMALL) / 2,
                    width: OUTSIDE_WIDTH,
                    height: SMALL,
                };
                push(drawing, key, at, corridor, Face::External(name.clone()));
            }
        }
        push(
            drawing,
            Key::Service(service.name.clone()),
            frame,
            corridor,
            Face::Service(Box::new(service.clone())),
        );
        y += height + CARD_GAP;
        bottom = bottom.max(y - CARD_GAP);
    }

    let mut next = vec![first; scene.columns.len()];
    for chip in &band.chips {
        let x = drawing.columns[chip.column].frame.x + TAP;
        let y = next[chip.column];
        next[chip.column] += CHIP_HEIGHT + CHIP_GAP;
        bottom = bottom.max(y + CHIP_HEIGHT);
        let frame = Frame {
            x,
            y,
            width: COLUMN_WIDTH - TAP - 8,
            height: CHIP_HEIGHT,
        };
        push(
            drawing,
            chip.key.clone(),
            frame,
            corridor,
            Face::Chip(chip.clone()),
        );
    }
    bottom
}

/// Name, address, a line for each port that is shown, and one for why it leads nowhere.
fn card_height(service: &ServiceCard) -> i32 {
    let ports = service.ports.len().min(PORTS_SHOWN);
    let lines = ports + usize::from(service.reach.state.is_broken());
    52 + 16 * i32::try_from(lines).unwrap_or(0) + if lines == 0 { 2 } else { 4 }
}

fn push(drawing: &mut Drawing, key: Key, frame: Frame, corridor: i32, face: Face) {
    drawing.items.push(Item {
        key,
        frame,
        corridor,
        face,
        ends: Ends::default(),
        changed: None,
    });
}

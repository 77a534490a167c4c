//! Wires: right-angled, on a bus that runs along the top of each band.

use std::collections::BTreeMap;

use super::{Drawing, Frame, Item, Point, WirePath, WireState};
use crate::scene::{Key, Scene, ServiceCard, ServiceKind};
use switchboard_engine::order::Gather;

/// Buses of Services with different targets in one band run this far apart.
const TRACK: i32 = 4;
/// So many run side by side; further ones share the last.
const TRACKS: usize = 3;
/// A broken wire ends before the rail, on which others pass.
const BROKEN_AFTER: i32 = 12;
/// Left of a chip, where its tap comes down.
pub(super) const TAP_BEFORE: i32 = 10;

// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn wires(drawing: &mut Drawing, scene: &Scene) {
    let places: BTreeMap<Key, (Frame, i32)> = drawing
        .items
        .iter()
        .map(|item: &Item| (item.key.clone(), (item.frame, item.corridor)))
        .gather();
    let rails = drawing.rails;
    for band in &scene.bands {
        let mut tracks: Vec<Vec<&Key>> = Vec::new();
        for service in &band.services {
            let Some((card, _)) = places.get(&Key::Service(service.name.clone())) else {
                continue;
            };
            let targets: Vec<&Key> = service.wires.iter().map(|wire| &wire.to).collect();
            let track = match tracks.iter().position(|other| *other == targets) {
                Some(track) => track,
                None => {
                    tracks.push(targets);
                    tracks.len() - 1
                }
            };
            let offset = i32::try_from(track.min(TRACKS - 1)).unwrap_or(0) * TRACK;
            for wire in &service.wires {
                let Some((chip, corridor)) = places.get(&wire.to) else {
                    continue;
                };
                let bus = corridor + offset;
                let rail = rails.right + offset;
                let tap = chip.x - TAP_BEFORE + offset;
                drawing.wires.push(WirePath {
                    from: Key::Service(service.name.clone()),
                    to: Some(wire.to.clone()),
                    points: corners([
                        Point {
                            x: card.right(),
                            y: exit(card),
                        },
                        Point {
                            x: rail,
                            y: exit(card),
                        },
                        Point { x: rail, y: bus },
                        Point { x: tap, y: bus },
                        Point {
                            x: tap,
                            y: chip.middle(),
                        },
                        Point {
                            x: chip.x,
                            y: chip.middle(),
                        },
                    ]),
                    state: if wire.ready {
                        WireState::Live
                    } else {
                        WireState::NotReady
                    },
                });
            }
            broken(drawing, service, card);
            entrance(drawing, service, card, &places);
        }
    }
}

/// Height at which wires leave and enter a card.
pub(super) fn exit(card: &Frame) -> i32 {
    card.y + 20.min(card.height / 2)
}

fn broken(drawing: &mut Drawing, service: &ServiceCard, card: &Frame) {
    if !service.reach.state.is_broken() {
        return;
    }
    let y = exit(card);
    drawing.wires.push(WirePath {
        from: Key::Service(service.name.clone()),
        to: None,
        points: vec![
            Point { x: card.right(), y },
            Point {
                x: card.right() + BROKEN_AFTER,
                y,
            },
        ],
        state: WireState::Broken,
    });
}

#[inline(never)]
fn entrance(
    drawing: &mut Drawing,
    service: &ServiceCard,
    card: &Frame,
    places: &BTreeMap<Key, (Frame, i32)>,
) {
    let key = Key::Service(service.name.clone());
    let y = exit(card);
    if service.kind == ServiceKind::ExternalName
        && let Some(name) = &service.external
        && let Some((outside, _)) = places.get(&Key::External(name.clone()))
    {
        let rail = drawing.rails.outside;
        drawing.wires.push(WirePath {
            from: key.clone(),
            to: Some(Key::External(name.clone())),
            points: corners([
                Point { x: card.x, y },
                Point { x: rail, y },
                Point {
                    x: rail,
                    y: outside.middle(),
                },
                Point {
                    x: outside.right(),
                    y: outside.middle(),
                },
            ]),
            state: WireState::Entrance,
        });
    }
    let (Some(_), Some((client, _))) = (&service.entrance, places.get(&Key::Client)) else {
        return;
    };
    let rail = drawing.rails.outside;
    let client_at = Point {
        x: client.right(),
        y: client.middle(),
    };
    let balancer = places.get(&Key::LoadBalancer(service.name.clone()));
    if let Some((frame, _)) = balancer {
        let balancer_key = Key::LoadBalancer(service.name.clone());
        drawing.wires.push(WirePath {
            from: Key::Client,
            to: Some(balancer_key.clone()),
            points: corners([
                client_at,
                Point {
                    x: rail,
                    y: client_at.y,
                },
                Point {
                    x: rail,
                    y: frame.middle(),
                },
                Point {
                    x: frame.x,
                    y: frame.middle(),
                },
            ]),
            state: WireState::Entrance,
        });
        drawing.wires.push(WirePath {
            from: balancer_key,
            to: Some(key),
            points: corners([
                Point {
                    x: frame.right(),
                    y: frame.middle(),
                },
                Point {
                    x: drawing.rails.left,
                    y: frame.middle(),
                },
                Point {
                    x: drawing.rails.left,
                    y,
                },
                Point { x: card.x, y },
            ]),
            state: WireState::Entrance,
        });
        return;
    }
    drawing.wires.push(WirePath {
        from: Key::Client,
        to: Some(key),
        points: corners([
            client_at,
            Point {
                x: rail,
                y: client_at.y,
            },
            Point { x: rail, y },
            Point { x: card.x, y },
        ]),
        state: WireState::Entrance,
    });
}

/// The points without repetitions and without corners that are none.
pub(super) fn corners(points: impl IntoIterator<Item = Point>) -> Vec<Point> {
    let mut result: Vec<Point> = Vec::new();
    for point in points {
        if result.last() == Some(&point) {
            continue;
        }
        if let [.., a, b] = result.as_slice() {
            let straight = (a.x == b.x && b.x == point.x) || (a.y == b.y && b.y == point.y);
            let onward = (b.x - a.x) * (point.x - b.x) >= 0 && (b.y - a.y) * (point.y - b.y) >= 0;
            if straight && onward {
                result.pop();
            }
        }
        result.push(point);
    }
    result
}

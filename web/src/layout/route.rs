//! The way of a packet between two shapes: along the same corridors as the wires.

use super::{Drawing, Face, Item, Point, wires};

/// Corners from one shape to another; the two ends are on the shapes' edges.
pub fn route(drawing: &Drawing, from: &Item, to: &Item) -> Vec<Point> {
    if from.key == to.key {
        return vec![centre(from)];
    }
    let rails = drawing.rails;
    let out = ways(from);
    let into = ways(to);
    let mut points = Vec::new();
    match (side(from), side(to)) {
        // Within one lane, or from the right to the right: by the rail behind the Services.
        (Side::Right, Side::Right) if same_corridor(from, to) => {
            points.extend(out.right);
            points.extend(into.right.iter().rev());
        }
        (Side::Right | Side::Middle, Side::Right | Side::Middle) => {
            points.extend(out.right);
            points.push(Point {
                x: rails.right,
                y: gate(&points).y,
            });
            points.push(Point {
                x: rails.right,
                y: gate(&into.right).y,
            });
            points.extend(into.right.iter().rev());
        }
        // Everything that has to do with the outside arrives at a Service from its left.
        // A load balancer stands between: its right edge looks at the Services.
        (Side::Left, Side::Middle) if is_balancer(from) => {
            points.extend(out.right);
            points.push(Point {
                x: rails.left,
                y: gate(&points).y,
            });
            points.push(Point {
                x: rails.left,
                y: gate(&into.left).y,
            });
            points.extend(into.left.iter().rev());
        }
        (Side::Middle, Side::Left) if is_balancer(to) => {
            points.extend(out.left);
            points.push(Point {
                x: rails.left,
                y: gate(&points).y,
            });
            points.push(Point {
                x: rails.left,
                y: gate(&into.right).y,
            });
            points.extend(into.right.iter().rev());
        }
        (Side::Left, Side::Left | Side::Middle) | (Side::Middle, Side::Left) => {
            points.extend(out.left);
            points.push(Point {
                x: rails.outside,
                y: gate(&points).y,
            });
            points.push(Point {
                x: rails.outside,
                y: gate(&into.left).y,
            });
            points.extend(into.left.iter().rev());
        }
        // Past the Services, through the corridor above the shape on the right.
        (Side::Left, Side::Right) => {
            points.extend(out.left);
            points.push(Point {
                x: rails.outside,
                y: gate(&points).y,
            });
            points.push(Point {
                x: rails.outside,
                y: to.corridor,
            });
            points.push(Point {
                x: rails.right,
                y: to.corridor,
            });
            points.extend(into.right.iter().rev());
        }
        (Side::Right, Side::Left) => {
            points.extend(out.right);
            points.push(Point {
                x: rails.right,
                y: from.corridor,
            });
            points.push(Point {
                x: rails.outside,
                y: from.corridor,
            });
            points.push(Point {
                x: rails.outside,
                y: gate(&into.left).y,
            });
            points.extend(into.left.iter().rev());
        }
    }
    wires::corners(points)
}

/// The point at a fraction (0 to 1) of a way, measured along it.
pub fn point_along(points: &[Point], fraction: f64) -> (f64, f64) {
    let length = |a: &Point, b: &Point| f64::from((a.x - b.x).abs() + (a.y - b.y).abs());
    let total: f64 = points
        .windows(2)
        .map(|pair| length(&pair[0], &pair[1]))
        .sum();
    let mut left = total * fraction.clamp(0.0, 1.0);
    for pair in points.windows(2) {
        let (a, b) = (&pair[0], &pair[1]);
        let here = length(a, b);
        if left <= here && here > 0.0 {
            let part = left / here;
            return (
                f64::from(a.x) + f64::from(b.x - a.x) * part,
                f64::from(a.y) + f64::from(b.y - a.y) * part,
            );
        }
        left -= here;
    }
    points
        .last()
        .map_or((0.0, 0.0), |end| (f64::from(end.x), f64::from(end.y)))
}

enum Side {
    Left,
    Middle,
    Right,
}

/// Ways out of a shape, from its edge to the corridor on that side.
struct Ways {
    left: Vec<Point>,
    right: Vec<Point>,
}

fn side(item: &Item) -> Side {
    match item.face {
        Face::Client | Face::External(_) | Face::LoadBalancer(_) => Side::Left,
        Face::Service(_) | Face::Dns(_) | Face::Namespace(_) | Face::Opened(_) => Side::Middle,
        Face::Chip(_) | Face::Head(_) => Side::Right,
    }
}

fn ways(item: &Item) -> Ways {
    let frame = &item.frame;
    match item.face {
        Face::Chip(_) => {
            let tap = frame.x - wires::TAP_BEFORE;
            let right = vec![
                Point {
                    x: frame.x,
                    y: frame.middle(),
                },
                Point {
                    x: tap,
                    y: frame.middle(),
                },
                Point {
                    x: tap,
                    y: item.corridor,
                },
            ];
            Ways {
                left: right.clone(),
                right,
            }
        }
        Face::Head(_) => {
            let down = vec![
                Point {
                    x: frame.x + wires::TAP_BEFORE,
                    y: frame.bottom(),
                },
                Point {
                    x: frame.x + wires::TAP_BEFORE,
                    y: item.corridor,
                },
            ];
            Ways {
                left: down.clone(),
                right: down,
            }
        }
        Face::Client | Face::External(_) => {
            let edge = vec![Point {
                x: frame.right(),
                y: frame.middle(),
            }];
            Ways {
                left: edge.clone(),
                right: edge,
            }
        }
        // Clients stand before a load balancer, Services behind it; one edge serves for both.
        Face::LoadBalancer(_) => {
            let edge = vec![Point {
                x: frame.x,
                y: frame.middle(),
            }];
            Ways {
                left: edge,
                right: vec![Point {
                    x: frame.right(),
                    y: frame.middle(),
                }],
            }
        }
        Face::Service(_) | Face::Dns(_) | Face::Namespace(_) | Face::Opened(_) => {
            let y = wires::exit(frame);
            Ways {
                left: vec![Point { x: frame.x, y }],
                right: vec![Point {
                    x: frame.right(),
                    y,
                }],
            }
        }
    }
}

fn is_balancer(item: &Item) -> bool {
    matches!(item.face, Face::LoadBalancer(_))
}

fn same_corridor(a: &Item, b: &Item) -> bool {
    a.corridor == b.corridor
}

fn centre(item: &Item) -> Point {
    Point {
        x: item.frame.x + item.frame.width / 2,
        y: item.frame.middle(),
    }
}

/// Where a way out meets its corridor.
fn gate(points: &[Point]) -> Point {
    points.last().copied().unwrap_or_default()
}

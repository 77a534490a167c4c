//! Places: nothing overlaps, nothing moves that need not, packets stay on the rails.

use switchboard_engine::{
    Analysis, apiserver::Entrance, cluster::Environment, manifest::SourceFile,
};

use super::{Direction, Drawing, Frame, Item, Point, layout, neighbour, point_along, route};
use crate::scene::{Key, MapView, Name, scene};

fn draw(text: &str) -> Drawing {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.to_owned(),
    };
    let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
    layout(&scene(&analysis, &MapView::default()))
}

fn app(name: &str, type_: &str, replicas: u32) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{type: {type_}, selector: {{app: {name}}}, ports: [{{port: 80}}]}}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\nspec:\n  replicas: {replicas}\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec: {{containers: [{{name: c, image: i}}]}}\n"
    )
}

fn shop() -> Drawing {
    draw(
        &(app("api", "ClusterIP", 4)
            + &app("front", "LoadBalancer", 2)
            + &app("web", "NodePort", 40)),
    )
}

fn service<'a>(drawing: &'a Drawing, name: &str) -> &'a Item {
    let key = Key::Service(Name {
        namespace: "default".into(),
        name: name.into(),
    });
    drawing.item(&key).expect("it is drawn")
}

#[test]
fn shapes_do_not_overlap() {
    let drawing = shop();
    let apart = |a: &Frame, b: &Frame| {
        a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y
    };
    for (nth, a) in drawing.items.iter().enumerate() {
        for b in &drawing.items[nth + 1..] {
            assert!(apart(&a.frame, &b.frame), "{} and {}", a.key, b.key);
        }
        assert!(a.frame.x >= 0 && a.frame.right() <= drawing.width);
        assert!(a.frame.y >= 0 && a.frame.bottom() <= drawing.height);
    }
}

#[test]
fn services_stand_in_one_rhythm_and_a_broken_wire_ends_before_the_others() {
    let second = app("web", "ClusterIP", 1).replacen("{name: web}", "{name: web-too}", 1);
    let lost = app("zoo", "ClusterIP", 0);
    let drawing =
        draw(&(app("api", "ClusterIP", 1) + &app("web", "ClusterIP", 1) + &second + &lost));
    let cards = ["api", "web", "web-too", "zoo"].map(|name| service(&drawing, name).frame);
    let gaps = cards.windows(2).map(|pair| pair[1].y - pair[0].bottom());
    assert_eq!(gaps.collect::<Vec<_>>(), [24, 24, 24]);
    let broken = drawing.wires.iter().find(|wire| wire.to.is_none());
    let end = broken
        .and_then(|wire| wire.points.last())
        .expect("it leads nowhere");
    assert!(end.x < drawing.rails.right);
}

#[test]
fn an_edit_moves_only_what_stands_below() {
    let before = draw(&(app("api", "ClusterIP", 1) + &app("web", "ClusterIP", 1)));
    let after = draw(
        &(app("api", "ClusterIP", 1) + &app("web", "ClusterIP", 1) + &app("zed", "ClusterIP", 1)),
    );
    for name in ["api", "web"] {
        assert_eq!(service(&before, name).frame, service(&after, name).frame);
    }
}

#[test]
fn wires_and_ways_are_right_angled_and_end_on_their_shapes() {
    let drawing = shop();
    let straight = |points: &[Point]| {
        points
            .windows(2)
            .all(|pair| pair[0].x == pair[1].x || pair[0].y == pair[1].y)
    };
    assert!(!drawing.wires.is_empty());
    for wire in &drawing.wires {
        assert!(straight(&wire.points), "{wire:?}");
    }
    let on_edge = |frame: &Frame, point: &Point| {
        let across = point.x == frame.x || point.x == frame.right();
        let head = (frame.x..=frame.right()).contains(&point.x) && point.y == frame.bottom();
        head || across && (frame.y..=frame.bottom()).contains(&point.y)
    };
    for from in &drawing.items {
        for to in drawing.items.iter().filter(|to| to.key != from.key) {
            let way = route(&drawing, from, to);
            assert!(straight(&way), "{} to {}: {way:?}", from.key, to.key);
            assert!(on_edge(&from.frame, &way[0]), "{} to {}", from.key, to.key);
            assert!(
                on_edge(&to.frame, &way[way.len() - 1]),
                "{} to {}",
                from.key,
                to.key
            );
        }
    }
}

#[test]
fn a_packet_is_where_it_should_be() {
    let way = [
        Point { x: 0, y: 0 },
        Point { x: 10, y: 0 },
        Point { x: 10, y: 30 },
    ];
    assert_eq!(point_along(&way, 0.0), (0.0, 0.0));
    assert_eq!(point_along(&way, 0.25), (10.0, 0.0));
    assert_eq!(point_along(&way, 0.5), (10.0, 10.0));
    assert_eq!(point_along(&way, 9.0), (10.0, 30.0));
    assert_eq!(point_along(&[], 0.5), (0.0, 0.0));
}

#[test]
fn arrows_lead_along_lanes_and_bands() {
    let drawing = shop();
    let api = service(&drawing, "api");
    let below = neighbour(&drawing, api, Direction::Down).expect("there is more");
    assert_eq!(below.key, service(&drawing, "front").key);
    let right = neighbour(&drawing, api, Direction::Right).expect("it has Pods");
    assert!(matches!(right.key, Key::Pod(_)));
    let back = neighbour(&drawing, right, Direction::Left).expect("it has a Service");
    assert_eq!(back.key, api.key);
}

#[test]
fn the_same_scene_gives_the_same_places() {
    assert_eq!(shop(), shop());
}

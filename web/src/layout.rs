//! Where things are drawn: a pure function of the scene, linear, with places that come from keys only.
//!
//! Lanes stand side by side (outside, load balancer, Services, columns of Pods); bands stand below each other. Nothing
//! is measured and nothing remembered, so the same scene gives the same places, and an edit moves what stands below it.
//! Units are the map's own: one is a CSS pixel at zoom 1.

mod neighbour;
mod place;
mod route;
mod wires;

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use switchboard_engine::Str;

use crate::scene::{Chip, Column, FoldedNamespace, Grouping, Key, RowKind, Scene, ServiceCard};

pub use neighbour::{Direction, hit, neighbour};
pub(crate) use place::PORTS_SHOWN;
pub use route::{point_along, route};

/// A scene with places.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawing {
    /// Extent, from 0.
    pub width: i32,
    /// Extent, from 0.
    pub height: i32,
    /// Heads of the lanes.
    pub lanes: Vec<LaneHead>,
    /// Brackets above columns of one zone.
    pub zones: Vec<LaneHead>,
    /// Columns, top to bottom of the map; their heads are shapes.
    pub columns: Vec<ColumnBox>,
    /// Headings of namespaces, when there are several.
    pub headings: Vec<Heading>,
    /// Shapes, in reading order.
    pub items: Vec<Item>,
    /// Wires, below the shapes.
    pub wires: Vec<WirePath>,
    /// Where packets run between shapes.
    pub rails: Rails,
    /// Namespaces to choose from.
    pub namespaces: Vec<Str>,
    /// Kinds to choose from.
    pub kinds: Vec<RowKind>,
    /// What cannot be read in the filter's selector.
    pub selector_error: Option<String>,
    /// What its Pods are put together by.
    pub grouping: Grouping,
    /// Which page of how many this is; `None`: there is only one.
    pub page: Option<(usize, usize)>,
    /// What is not drawn, in words.
    pub hidden: Vec<String>,
}

impl Drawing {
    /// The shape of a key.
    pub fn item(&self, key: &Key) -> Option<&Item> {
        self.items.iter().find(|item| item.key == *key)
    }
}

/// A point.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl Frame {
    /// Right edge.
    pub fn right(&self) -> i32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> i32 {
        self.y + self.height
    }

    /// Half its height down.
    pub fn middle(&self) -> i32 {
        self.y + self.height / 2
    }
}

/// The head of a lane or a zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneHead {
    /// Its words.
    pub title: String,
    /// Left edge.
    pub x: i32,
    /// Width.
    pub width: i32,
}

/// A column with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnBox {
    /// What.
    pub column: Column,
    /// Where.
    pub frame: Frame,
}

/// The heading of a namespace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heading {
    /// Name.
    pub title: Str,
    /// Its baseline.
    pub at: Point,
}

/// A shape with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// Identity.
    pub key: Key,
    /// Where.
    pub frame: Frame,
    /// Height of the free corridor through which wires and packets reach it.
    pub corridor: i32,
    /// What.
    pub face: Face,
    /// Which end of a probe it can be. Filled in by the worker: places do not depend on it.
    pub ends: Ends,
    /// How it differs from what is written, in a few words, while something is changed by what if. Filled in by the worker.
    pub changed: Option<String>,
}

/// How a shape is written in the probe bar, at each end; `None`: it cannot be that end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ends {
    /// Where a packet starts: `pod/shop/web`.
    pub from: Option<String>,
    /// Where it goes: `http://web.shop`.
    pub to: Option<String>,
}

/// What a shape shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Face {
    /// Clients outside.
    Client,
    /// A name outside.
    External(Str),
    /// The cluster's DNS, and its address.
    Dns(String),
    /// A load balancer with its addresses; none: pending.
    LoadBalancer(Vec<String>),
    /// A Service.
    Service(Box<ServiceCard>),
    /// A Pod, a fold or an address.
    Chip(Chip),
    /// A folded namespace.
    Namespace(FoldedNamespace),
    /// A namespace that was opened, above its rows.
    Opened(FoldedNamespace),
    /// The head of a column: a node, a zone.
    Head(Column),
}

/// A wire with its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WirePath {
    /// From.
    pub from: Key,
    /// To; `None`: it is broken.
    pub to: Option<Key>,
    /// Corners.
    pub points: Vec<Point>,
    /// How it looks.
    pub state: WireState,
}

/// Which wire it is: where it begins, and where it ends.
pub type WireEnds = (Key, Option<Key>);

impl WirePath {
    /// Which one it is.
    pub fn ends(&self) -> WireEnds {
        (self.from.clone(), self.to.clone())
    }

    /// What it is to the shape here; `None`: it begins and ends elsewhere.
    pub fn from_here(&self, here: &Key) -> Option<Leads<'_>> {
        if self.from == *here {
            Some(self.to.as_ref().map_or(Leads::Nowhere, Leads::To))
        } else {
            (self.to.as_ref() == Some(here)).then_some(Leads::From(&self.from))
        }
    }
}

/// What a wire is, seen from one of its ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leads<'a> {
    /// It is broken.
    Nowhere,
    /// It begins here and leads there.
    To(&'a Key),
    /// It comes from there.
    From(&'a Key),
}

/// How a wire looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WireState {
    /// Endpoints are ready.
    Live,
    /// They are there, and not ready.
    NotReady,
    /// It leads nowhere.
    Broken,
    /// From outside.
    Entrance,
}

/// Vertical corridors between the lanes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rails {
    /// Between what is outside and the load balancers.
    pub outside: i32,
    /// Before the Services.
    pub left: i32,
    /// Behind the Services.
    pub right: i32,
}

/// Gives everything its place.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub fn layout(scene: &Scene) -> Drawing {
    place::place(scene)
}

//! What page and worker say to each other about "what if": the list of changes, what it does, the answer before and after,
//! and what each type would give a Service.

use serde::{Deserialize, Serialize};
use switchboard_engine::{
    Str,
    cluster::{Egress, LoadBalancerProvider, ProxyMode},
    service_types::Row,
    whatif::Change,
};

use super::{MendView, ProbeText, TraceView};
use crate::scene::{Key, Name};

/// A change on the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What.
    pub change: Change,
    /// Whether it happens.
    pub on: bool,
}

/// Which of two clusters map, journey and panels show while something is changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Shown {
    /// The one with the changes.
    #[default]
    Changed,
    /// The one that is written, so that its answer can be played, too.
    Written,
}

/// What the list of changes comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhatIfView {
    /// About each of the list, in its order.
    pub entries: Vec<EntryView>,
    /// Objects that differ, the first.
    pub effects: Vec<EffectView>,
    /// How many more there are.
    pub more_effects: u32,
    /// Settings as the manifests and the options have them.
    pub settings: Settings,
}

/// A change in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryView {
    /// Which.
    pub change: Change,
    /// "Pod shop/web-0 is not ready".
    pub title: String,
    /// What is modelled of it, and what is assumed.
    pub meaning: String,
    /// What does the same to a real cluster.
    pub command: String,
    /// There is no such object: it does nothing.
    pub is_unmet: bool,
    /// The edit that writes it down, or why there is none.
    pub write: Result<MendView, String>,
}

/// An object that the changes made different.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffectView {
    /// On the map: candidates, the most specific first; none where it is gone.
    pub at: Vec<Key>,
    /// `Pod shop/web-0`.
    pub title: String,
    /// "not ready any more".
    pub what: String,
}

/// Settings of the cluster that can be changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// What kube-proxy runs as.
    pub mode: ProxyMode,
    /// What the CNI does with Pod traffic that leaves the cluster.
    pub egress: Egress,
    /// Who serves LoadBalancer Services.
    pub load_balancer: LoadBalancerProvider,
    /// The node that outside traffic enters by; `None`: any.
    pub entry_node: Option<Str>,
    /// Nodes that it could be, the first of them.
    pub nodes: Vec<Str>,
}

/// What can become of an object on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Offer {
    /// One change.
    Change {
        /// On a button: "Not ready".
        label: String,
        /// The change.
        change: Change,
    },
    /// A workload with so many replicas, that can have others.
    Scale {
        /// What a change begins with: `deployment/shop/web`.
        subject: String,
        /// How many it has.
        replicas: u32,
    },
    /// A Service can be of another type.
    Types(Name),
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhatIfQuestion {
    /// The same probe before and after the changes.
    Compare(ProbeText),
    /// What would one type give a Service? Asked type by type, for each takes as long as an edit.
    Types {
        /// The Service.
        service: Name,
        /// Number of the type.
        nth: usize,
    },
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum WhatIfAnswer {
    /// To [`WhatIfQuestion::Compare`]; `None`: the probe cannot be read.
    Compared(ProbeText, Option<Box<ComparedView>>),
    /// To [`WhatIfQuestion::Types`].
    Type {
        /// The Service.
        service: Name,
        /// Number of the type.
        nth: usize,
        /// `None`: there is no such Service written.
        about: Option<AboutTypes>,
        /// `None`: there are no more.
        row: Option<Box<Row>>,
    },
}

/// What holds of all types of a Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutTypes {
    /// It has no selector: endpoints are somebody else's work, in every type.
    pub without_selector: bool,
    /// A client was made up where the manifests have none.
    pub clients_assumed: bool,
}

/// One probe, before and after.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedView {
    /// As written.
    pub before: TraceView,
    /// With the changes.
    pub after: TraceView,
    /// What became of a sender that the changes took away.
    pub sender: Option<String>,
    /// What differs, in a sentence; `None`: nothing that a packet would notice.
    pub differs: Option<String>,
    /// The first step, of the first way, that is not as before.
    pub differs_from: Option<u32>,
    /// Where packets end, with the share of each end.
    pub split: Vec<SplitRow>,
    /// How many more ends there are.
    pub more_ends: u32,
}

/// Where packets end.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SplitRow {
    /// A Pod and its address, or an outcome.
    pub end: String,
    /// Its exact share before; `None`: none ended there.
    pub before: Option<String>,
    /// Its exact share after.
    pub after: Option<String>,
    /// The same as numbers, for bars.
    pub fractions: (f64, f64),
}

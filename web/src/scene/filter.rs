//! What of the cluster a person wants to see, and what of it that leaves.

use serde::{Deserialize, Serialize};
use switchboard_engine::{
    Str,
    api::{LabelSelector, StringMap, apps::WorkloadKind},
    selector::{self, text},
};

use super::{Key, ServiceKind};

/// What the person wants to see of the map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MapView {
    /// Only these namespaces; none: all.
    pub namespaces: Vec<Str>,
    /// Only Pods with these labels and what leads to them, in kubectl's words; empty: all.
    pub selector: String,
    /// Only rows that hold one of these; none: all.
    pub kinds: Vec<RowKind>,
    /// Only what has a finding or leads nowhere.
    pub only_problems: bool,
    /// Findings are held back: somebody is to find them.
    pub quiet: bool,
    /// Folds that were opened: a [`Key::Namespace`], a [`Key::Pods`] or a [`Key::Addresses`].
    pub open: Vec<Key>,
    /// Which part of a map that is too large.
    pub page: Page,
    /// What its Pods are put together by.
    pub grouping: Grouping,
}

impl MapView {
    /// Whether anything is filtered out on purpose.
    pub fn is_filtered(&self) -> bool {
        !self.namespaces.is_empty()
            || !self.selector.trim().is_empty()
            || !self.kinds.is_empty()
            || self.only_problems
    }
}

/// What the Pods of the map are put together by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Grouping {
    /// Where they run: a column for each node, or for each zone where there are many nodes.
    #[default]
    Node,
    /// What made them, wherever they run.
    Workload,
    /// Their namespace, and all else that is in it.
    Namespace,
}

impl Grouping {
    /// All of them, the first as it is without a choice.
    pub const ALL: [Self; 3] = [Self::Node, Self::Workload, Self::Namespace];
}

/// Which part of a map that is too large to be drawn at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Page {
    /// The page of this number, from 0.
    Number(usize),
    /// The page on which this is.
    Of(Key),
}

impl Default for Page {
    fn default() -> Self {
        Self::Number(0)
    }
}

/// What a row can be looked for by: the type of a Service, the kind of what keeps Pods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum RowKind {
    /// A Service of this type.
    Service(ServiceKind),
    /// Pods of such a workload.
    Workload(WorkloadKind),
    /// Pods that no workload keeps.
    Pod,
}

impl RowKind {
    /// As Kubernetes writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Service(kind) => kind.name(),
            Self::Workload(kind) => kind.name(),
            Self::Pod => "Pod",
        }
    }
}

/// The selector of a view, read once. One that cannot be read filters nothing, and is said.
pub(super) struct Labels {
    selector: Option<LabelSelector>,
    pub(super) error: Option<String>,
}

impl Labels {
    pub(super) fn of(view: &MapView) -> Self {
        if view.selector.trim().is_empty() {
            return Self {
                selector: None,
                error: None,
            };
        }
        match text::parse(&view.selector) {
            Ok(selector) => Self {
                selector: Some(selector),
                error: None,
            },
            Err(error) => Self {
                selector: None,
                error: Some(error),
            },
        }
    }

    pub(super) fn has_none(&self) -> bool {
        self.selector.is_none()
    }

    pub(super) fn hold(&self, labels: &StringMap) -> bool {
        self.selector
            .as_ref()
            .is_none_or(|selector| selector::matches(selector, labels))
    }
}

pub(super) fn in_namespace(view: &MapView, namespace: &Str) -> bool {
    view.namespaces.is_empty() || view.namespaces.contains(namespace)
}

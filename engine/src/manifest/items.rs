//! The objects of a document: itself, or the items of a `List`, as deep as lists lie in each other.

use super::tree::{Content, NodeId, Tree};
use crate::Str;

/// An object in a tree.
pub(super) struct Item {
    pub(super) node: NodeId,
    pub(super) head: OwnedHead,
}

#[derive(Debug, Clone, Default)]
pub(super) struct OwnedHead {
    pub(super) api_version: Option<Str>,
    pub(super) kind: Option<Str>,
}

impl From<Head<'_>> for OwnedHead {
    fn from(head: Head<'_>) -> Self {
        Self {
            api_version: head.api_version.map(Str::from),
            kind: head.kind.map(Str::from),
        }
    }
}

/// The objects below a node, in reading order: itself, or the items of a `List`.
pub(super) fn items(tree: &Tree<'_>, root: NodeId) -> Vec<Item> {
    let mut found = Vec::new();
    let nothing = Head {
        api_version: None,
        kind: None,
    };
    collect(tree, root, nothing, &mut found);
    found
}

fn collect(tree: &Tree<'_>, node: NodeId, inherited: Head<'_>, found: &mut Vec<Item>) {
    let node = tree.resolve(node);
    let head = Head::of(tree, node).or(inherited);
    match tree.get(node, "items") {
        Some(items) if head.is_list() && tree.node(items).content == Content::List => {
            for item in tree.items(items) {
                collect(tree, item, head.of_items(), found);
            }
        }
        _ => found.push(Item {
            node,
            head: head.into(),
        }),
    }
}

/// The object nodes of a document, numbered as its objects are.
pub(super) fn nodes(tree: &Tree<'_>, root: NodeId) -> Vec<NodeId> {
    items(tree, root)
        .into_iter()
        .map(|item| item.node)
        .collect()
}

/// Whether a root is a `List`, or could still become one when its end is missing.
pub(super) fn is_open_list(tree: &Tree<'_>, root: NodeId) -> bool {
    let Some(items) = tree.get(root, "items") else {
        return false;
    };
    let head = Head::of(tree, root);
    let first = tree
        .items(items)
        .next()
        .filter(|_| tree.node(items).content == Content::List);
    match head.kind {
        Some(_) => head.is_list(),
        None => {
            head.api_version.is_some()
                && first.is_some_and(|first| tree.text(first, "kind").is_some())
        }
    }
}

/// The items of a list before the one that was being read, which is incomplete.
pub(super) fn complete_items(tree: &Tree<'_>, root: NodeId, unfinished: &[NodeId]) -> Vec<Item> {
    let Some(list) = tree.get(root, "items") else {
        return Vec::new();
    };
    let mut nodes: Vec<NodeId> = tree.items(list).collect();
    let is_complete = |node: &NodeId| !unfinished.contains(node);
    if unfinished.is_empty() {
        // YAML does not say where an item ends: the last one may go on behind the cut.
        nodes.pop();
    }
    nodes.retain(is_complete);
    let inherited = Head::of(tree, root).of_items();
    let mut found = Vec::new();
    for node in nodes {
        collect(tree, node, inherited, &mut found);
    }
    found
}

/// `apiVersion` and `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'s> {
    pub(super) api_version: Option<&'s str>,
    pub(super) kind: Option<&'s str>,
}

impl<'s> Head<'s> {
    pub(super) fn of(tree: &'s Tree<'_>, object: NodeId) -> Self {
        let text = |name| tree.text(object, name).filter(|text| !text.is_empty());
        Self {
            api_version: text("apiVersion"),
            kind: text("kind"),
        }
    }

    /// What a list says about its items: a `PodList` as the API answers it has Pods that do not say so themselves.
    fn of_items(self) -> Self {
        Self {
            api_version: self.api_version,
            kind: self
                .kind
                .and_then(|kind| kind.strip_suffix("List"))
                .filter(|kind| !kind.is_empty()),
        }
    }

    pub(super) fn or(self, inherited: Self) -> Self {
        match self {
            Self {
                api_version: None,
                kind: None,
            } if inherited.kind.is_some() => inherited,
            _ => self,
        }
    }

    fn is_list(self) -> bool {
        self.kind.is_some_and(|kind| kind.ends_with("List"))
    }
}

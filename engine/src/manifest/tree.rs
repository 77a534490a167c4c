//! One document as a tree that knows where each key and value stands.
//!
//! Nodes lie in one vector in the order of the text (a map's children are key, value, key, value …), so that building
//! is pushing and skipping a subtree is one step. Aliases point back at their anchor and are never copied. The tree is
//! made to be read once and dropped.

use std::borrow::Cow;
use std::ops::Range;

use super::scalar::{self, Scalar};

/// A node's place in its tree.
pub(super) type NodeId = u32;

/// A parsed document.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
}

#[derive(Debug)]
pub(super) struct Node<'t> {
    /// Bytes from the document's start.
    pub(super) start: u32,
    pub(super) stop: u32,
    /// The node after this one and everything below it.
    pub(super) next: NodeId,
    pub(super) content: Content<'t>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Content<'t> {
    /// An unquoted scalar: what it means is up to [`scalar::resolve`].
    Plain(Cow<'t, str>),
    /// A quoted or block scalar: text whatever it looks like.
    Text(Cow<'t, str>),
    /// `merges`: one of its keys is `<<`.
    Map {
        merges: bool,
    },
    List,
    /// The node that the anchor named.
    Alias(NodeId),
    /// Taken out: a value that could not be read, a key that is written again below.
    Masked,
}

impl<'t> Tree<'t> {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes),
        }
    }

    /// The root, unless the document is empty.
    pub(super) fn root(&self) -> Option<NodeId> {
        (!self.nodes.is_empty()).then_some(0)
    }

    pub(super) fn len(&self) -> NodeId {
        NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX)
    }

    /// Adds a node after all others; a map or list is open until [`Self::close`].
    pub(super) fn push(&mut self, content: Content<'t>, bytes: Range<u32>) -> NodeId {
        let id = self.len();
        self.nodes.push(Node {
            start: bytes.start,
            stop: bytes.end,
            next: id + 1,
            content,
        });
        id
    }

    /// Ends a map or list: what was pushed since belongs to it.
    pub(super) fn close(&mut self, id: NodeId, stop: u32) {
        let next = self.len();
        let last = self.nodes.last().map_or(stop, |node| node.stop);
        let node = &mut self.nodes[id as usize];
        node.next = next;
        node.stop = stop.max(node.stop).min(last.max(stop));
    }

    pub(super) fn node(&self, id: NodeId) -> &Node<'t> {
        &self.nodes[id as usize]
    }

    pub(super) fn set(&mut self, id: NodeId, content: Content<'t>) {
        self.nodes[id as usize].content = content;
    }

    /// The node itself, behind any alias.
    pub(super) fn resolve(&self, mut id: NodeId) -> NodeId {
        // An alias points backwards, so this ends.
        while let Content::Alias(target) = self.node(id).content {
            id = target;
        }
        id
    }

    /// The value of a scalar; `None` for maps and lists.
    pub(super) fn scalar(&self, id: NodeId) -> Option<Scalar<'_>> {
        match &self.node(id).content {
            Content::Plain(text) => Some(scalar::resolve(text)),
            Content::Text(text) => Some(Scalar::String(text)),
            Content::Masked => Some(Scalar::Null),
            Content::Map { .. } | Content::List | Content::Alias(_) => None,
        }
    }

    /// Whether the value counts as unset.
    pub(super) fn is_null(&self, id: NodeId) -> bool {
        match &self.node(id).content {
            Content::Plain(text) => scalar::resolve(text) == Scalar::Null,
            Content::Masked => true,
            _ => false,
        }
    }

    /// The elements of a list.
    pub(super) fn items(&self, list: NodeId) -> impl Iterator<Item = NodeId> {
        self.children(list)
    }

    /// The entries of a map as written: keys that are written again below are left out, `<<` is an entry.
    pub(super) fn entries(&self, map: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> {
        let mut children = self.children(map);
        std::iter::from_fn(move || {
            loop {
                let (key, value) = (children.next()?, children.next()?);
                if self.node(key).content != Content::Masked {
                    return Some((key, value));
                }
            }
        })
    }

    /// The entries of a map with `<<` merged in, later ones winning (go-yaml v2: decode.go).
    pub(super) fn merged(&self, map: NodeId) -> Vec<(NodeId, NodeId)> {
        let mut merged = Merged::default();
        self.merge_into(&mut merged, map);
        merged.entries
    }

    fn merge_into<'s>(&'s self, merged: &mut Merged<'s>, map: NodeId) {
        for (key, value) in self.entries(map) {
            if !self.is_merge_key(key) {
                merged.set(self.key(key), key, value);
                continue;
            }
            let source = self.resolve(value);
            match self.node(source).content {
                Content::Map { .. } => self.merge_into(merged, source),
                Content::List => {
                    // The first of several takes precedence.
                    let sources: Vec<_> = self.items(source).collect();
                    for source in sources.into_iter().rev() {
                        let source = self.resolve(source);
                        if matches!(self.node(source).content, Content::Map { .. }) {
                            self.merge_into(merged, source);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// The text of a key: kubectl makes strings of numbers and booleans.
    pub(super) fn key(&self, key: NodeId) -> Cow<'_, str> {
        let key = self.resolve(key);
        match self.scalar(key) {
            Some(Scalar::String(text)) => Cow::Borrowed(text),
            Some(Scalar::Bool(value)) => Cow::Borrowed(if value { "true" } else { "false" }),
            Some(Scalar::Int(value)) => Cow::Owned(value.to_string()),
            Some(Scalar::UInt(value)) => Cow::Owned(value.to_string()),
            Some(Scalar::Float(value)) => Cow::Owned(value.to_string()),
            Some(Scalar::Null) => Cow::Borrowed("null"),
            None => Cow::Borrowed(""),
        }
    }

    pub(super) fn is_merge_key(&self, key: NodeId) -> bool {
        matches!(&self.node(key).content, Content::Plain(text) if text == "<<")
    }

    /// The value of a key of a map, behind aliases and merges; `None` where it is unset or `map` is no map.
    pub(super) fn get(&self, map: NodeId, name: &str) -> Option<NodeId> {
        self.entry(map, name)
            .map(|(_, value)| self.resolve(value))
            .filter(|&value| !self.is_null(value))
    }

    /// The key and the value of a key of a map.
    pub(super) fn entry(&self, map: NodeId, name: &str) -> Option<(NodeId, NodeId)> {
        let map = self.resolve(map);
        match self.node(map).content {
            Content::Map { merges: false } => {
                self.entries(map).find(|&(key, _)| self.key(key) == name)
            }
            Content::Map { merges: true } => self
                .merged(map)
                .into_iter()
                .find(|&(key, _)| self.key(key) == name),
            _ => None,
        }
    }

    /// The text of a string below a map.
    pub(super) fn text(&self, map: NodeId, name: &str) -> Option<&str> {
        match self.scalar(self.get(map, name)?) {
            Some(Scalar::String(text)) => Some(text),
            _ => None,
        }
    }

    fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.node(id).next;
        let mut child = id + 1;
        std::iter::from_fn(move || {
            (child < end).then(|| {
                let this = child;
                child = self.node(this).next;
                this
            })
        })
    }
}

/// Entries in order of their first appearance, each key once.
#[derive(Default)]
struct Merged<'s> {
    places: rustc_hash::FxHashMap<Cow<'s, str>, usize>,
    entries: Vec<(NodeId, NodeId)>,
}

impl<'s> Merged<'s> {
    fn set(&mut self, name: Cow<'s, str>, key: NodeId, value: NodeId) {
        match self.places.entry(name) {
            std::collections::hash_map::Entry::Occupied(place) => {
                self.entries[*place.get()] = (key, value);
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(self.entries.len());
                self.entries.push((key, value));
            }
        }
    }
}

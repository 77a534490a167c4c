//! One document as a tree that knows where each key and value stands.
//!
//! Nodes lie in one vector in the order of the text (a map's children are key, value, key, value …), so that building
//! is pushing and skipping a subtree is one step. Aliases point back at their anchor and are never copied. The tree is
//! made to be read once and dropped.

use std::borrow::Cow;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::scalar::{self, Scalar};

/// A node's place in its tree.
pub(super) type NodeId = u32;

/// A parsed document.
#[derive(Debug, Default)]
pub(super) struct Tree<'t> {
    nodes: Vec<Node<'t>>,
    /// Where a text is wanted, `yes` and `014` are texts: kubectl would refuse them, but this is no manifest.
    pub(super) is_prose: bool,
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
    /// A key that is written again below, where it counts.
    Replaced(Cow<'t, str>),
    /// Taken out: a value that could not be read.
    Masked,
}

/// A document read as far as it goes.
#[derive(Debug)]
pub(super) struct Parsed<'t> {
    /// Everything before the error; open maps and lists are closed where it struck.
    pub(super) tree: Tree<'t>,
    /// Keys written twice in one map.
    pub(super) duplicates: Vec<Duplicate>,
    /// Maps and lists that the error left open, outermost first.
    pub(super) unfinished: Vec<NodeId>,
    /// Nodes that its aliases stand for.
    pub(super) expanded: u64,
    pub(super) error: Option<SyntaxError>,
}

impl Parsed<'_> {
    /// The same, apart from the text that it was read from.
    pub(super) fn into_owned(self) -> Parsed<'static> {
        let owned = |content: Content<'_>| match content {
            Content::Plain(text) => Content::Plain(Cow::Owned(text.into_owned())),
            Content::Text(text) => Content::Text(Cow::Owned(text.into_owned())),
            Content::Replaced(key) => Content::Replaced(Cow::Owned(key.into_owned())),
            Content::Map { merges } => Content::Map { merges },
            Content::List => Content::List,
            Content::Alias(anchor) => Content::Alias(anchor),
            Content::Masked => Content::Masked,
        };
        let nodes = self.tree.nodes.into_iter().map(|node| Node {
            start: node.start,
            stop: node.stop,
            next: node.next,
            content: owned(node.content),
        });
        Parsed {
            tree: Tree {
                nodes: nodes.collect(),
                is_prose: self.tree.is_prose,
            },
            duplicates: self.duplicates,
            unfinished: self.unfinished,
            expanded: self.expanded,
            error: self.error,
        }
    }
}

/// Why a document cannot be read to its end.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SyntaxError {
    /// Byte of the document.
    pub(super) at: usize,
    pub(super) reason: String,
    /// The text ends before something that was begun.
    pub(super) is_cut: bool,
}

/// A key that is written again further down in the same map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Duplicate {
    /// Without effect.
    pub(super) earlier: NodeId,
    /// The one that counts.
    pub(super) later: NodeId,
}

/// Up to here comparing each key with each costs less than hashing them.
const FEW_KEYS: usize = 12;

impl<'t> Tree<'t> {
    pub(super) fn with_capacity(nodes: usize) -> Self {
        Self {
            nodes: Vec::with_capacity(nodes),
            is_prose: false,
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
        let node = &mut self.nodes[id as usize];
        node.next = next;
        node.stop = stop.max(node.start);
    }

    /// The last of two equal keys wins, as kubectl silently has it; the earlier no longer counts.
    pub(super) fn take_out_duplicates(&mut self, map: NodeId) -> Vec<Duplicate> {
        let mut few = [0; FEW_KEYS];
        let mut count = 0;
        for (key, _) in self.entries(map) {
            if self.is_merge_key(key) {
                continue;
            }
            if let Some(place) = few.get_mut(count) {
                *place = key;
            }
            count += 1;
        }
        let duplicates = match few.get(..count) {
            Some(keys) => self.duplicates_among_few(keys),
            None => self.duplicates_among_many(map),
        };
        for duplicate in &duplicates {
            let name = self.key(duplicate.earlier).into_owned();
            self.set(duplicate.earlier, Content::Replaced(Cow::Owned(name)));
        }
        duplicates
    }

    /// Whether a key is written again below.
    pub(super) fn is_replaced(&self, key: NodeId) -> bool {
        matches!(self.node(key).content, Content::Replaced(_))
    }

    /// All entries of a map as written, also those whose key is written again below.
    pub(super) fn written_entries(&self, map: NodeId) -> impl Iterator<Item = (NodeId, NodeId)> {
        let mut children = self.children(map);
        std::iter::from_fn(move || Some((children.next()?, children.next()?)))
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
            Content::Map { .. } | Content::List | Content::Alias(_) | Content::Replaced(_) => None,
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
    pub(super) fn entries(&self, map: NodeId) -> Entries<'_, 't> {
        Entries {
            tree: self,
            source: Source::Children {
                next: map + 1,
                end: self.node(map).next,
            },
        }
    }

    /// The entries of a map with `<<` merged in, later ones winning (go-yaml v2: decode.go).
    fn merged(&self, map: NodeId) -> Vec<(NodeId, NodeId)> {
        let mut merged = Merged::default();
        self.merge_into(&mut merged, map);
        merged.entries
    }

    /// The entries of a map as they count.
    pub(super) fn effective_entries(&self, map: NodeId) -> Entries<'_, 't> {
        match self.node(map).content {
            Content::Map { merges: true } => Entries {
                tree: self,
                source: Source::Merged(self.merged(map).into_iter()),
            },
            _ => self.entries(map),
        }
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
        if let Content::Replaced(name) = &self.node(key).content {
            return Cow::Borrowed(name);
        }
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

    /// Whether two keys of a map are the same to kubectl.
    pub(super) fn same_key(&self, one: NodeId, other: NodeId) -> bool {
        match (&self.node(one).content, &self.node(other).content) {
            // Plain keys that look different can still mean the same: `1` and `0x1`.
            (Content::Plain(one), Content::Plain(other)) if one == other => true,
            (Content::Text(one), Content::Text(other)) => one == other,
            (Content::Plain(one), Content::Plain(other))
                if starts_like_text(one) && starts_like_text(other) =>
            {
                false
            }
            _ => self.key(one) == self.key(other),
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

    /// Looks at each value below a node as it is written, with its key if it has one.
    ///
    /// `visit` says `Some(true)` to end the search with true, `Some(false)` to leave out what is below the value.
    pub(super) fn walk(
        &self,
        root: NodeId,
        visit: &mut impl FnMut(Option<NodeId>, NodeId) -> Option<bool>,
    ) -> bool {
        let mut pending = vec![(None, root)];
        while let Some((key, value)) = pending.pop() {
            match visit(key, value) {
                Some(true) => return true,
                Some(false) => continue,
                None => {}
            }
            match self.node(value).content {
                Content::Map { .. } => {
                    pending.extend(self.entries(value).map(|(key, value)| (Some(key), value)));
                }
                Content::List => pending.extend(self.items(value).map(|item| (None, item))),
                _ => {}
            }
        }
        false
    }

    fn duplicates_among_few(&self, keys: &[NodeId]) -> Vec<Duplicate> {
        let mut found = Vec::new();
        for (nth, &earlier) in keys.iter().enumerate() {
            let later = keys[nth + 1..]
                .iter()
                .find(|&&later| self.same_key(earlier, later));
            if let Some(&later) = later {
                found.push(Duplicate { earlier, later });
            }
        }
        found
    }

    fn duplicates_among_many(&self, map: NodeId) -> Vec<Duplicate> {
        let mut found = Vec::new();
        let mut seen: FxHashMap<Cow<'_, str>, NodeId> = FxHashMap::default();
        for (later, _) in self.entries(map) {
            if self.is_merge_key(later) {
                continue;
            }
            if let Some(earlier) = seen.insert(self.key(later), later) {
                found.push(Duplicate { earlier, later });
            }
        }
        found
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

/// Walks over the entries of a map.
pub(super) struct Entries<'a, 't> {
    tree: &'a Tree<'t>,
    source: Source,
}

enum Source {
    /// As they lie in the tree.
    Children { next: NodeId, end: NodeId },
    /// Put together over `<<`.
    Merged(std::vec::IntoIter<(NodeId, NodeId)>),
}

impl Entries<'_, '_> {
    /// Of no map at all.
    pub(super) fn none<'a, 't>(tree: &'a Tree<'t>) -> Entries<'a, 't> {
        Entries {
            tree,
            source: Source::Children { next: 0, end: 0 },
        }
    }
}

impl Iterator for Entries<'_, '_> {
    type Item = (NodeId, NodeId);

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.source {
            Source::Merged(entries) => entries.next(),
            Source::Children { next, end } => loop {
                if *next >= *end {
                    return None;
                }
                let key = *next;
                let value = self.tree.node(key).next;
                if value >= *end {
                    return None;
                }
                *next = self.tree.node(value).next;
                if !self.tree.is_replaced(key) {
                    return Some((key, value));
                }
            },
        }
    }
}

/// Entries in order of their first appearance, each key once.
#[derive(Default)]
struct Merged<'s> {
    places: FxHashMap<Cow<'s, str>, usize>,
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

/// Whether no rule of [`scalar::resolve`] can make anything but text of it.
fn starts_like_text(text: &str) -> bool {
    text.len() > 5 && text.as_bytes()[0].is_ascii_alphabetic()
}

//! Where things stand: origins to ranges of bytes, bytes to lines, and back.
//!
//! Nothing is kept for this but the range of each object: the tree of that one object is built again when somebody asks.

use std::ops::Range;

use super::tree::{Content, NodeId, Tree};
use super::{Document, Format, Identity, Location, Manifest, items, json, yaml};
use crate::origin::{DocumentId, FieldPath, ObjectOrigin, Origin, Step};

/// Where a field stands, as far as it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Number of the file in [`Manifest::files`].
    pub file: usize,
    /// Bytes of the key, if the value has one.
    pub key: Option<Range<usize>>,
    /// Bytes of the value; empty where nothing is written behind the key.
    pub value: Range<usize>,
    /// How many steps of the path exist; the place is that of the last one that does.
    pub found: usize,
}

/// A place for people: both from 1, columns in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Knows where the lines of a text begin.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> LineIndex<'t> {
    /// Looks through the text once.
    pub fn new(text: &'t str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            starts: std::iter::once(0).chain(ends).collect(),
        }
    }

    /// The bytes of a line, with its line break; empty if there is no such line.
    pub fn line(&self, line: usize) -> Range<usize> {
        let end = self.text.len();
        let start_of = |nth: usize| self.starts.get(nth).copied().unwrap_or(end);
        start_of(line.saturating_sub(1))..start_of(line)
    }

    /// The line and column of a byte; a byte inside a character or behind the end counts as the one before.
    pub fn position(&self, byte: usize) -> Position {
        let byte = floor(self.text, byte);
        let line = self.starts.partition_point(|&start| start <= byte);
        let start = line.checked_sub(1).map_or(0, |line| self.starts[line]);
        // A byte order mark is no column.
        let before = self.text[start..byte].trim_start_matches('\u{feff}');
        Position {
            line: line.max(1),
            column: before.chars().count() + 1,
        }
    }
}

/// Bytes → UTF-16 units, in which editors count.
pub fn utf16_offset(text: &str, byte: usize) -> usize {
    text[..floor(text, byte)].encode_utf16().count()
}

/// UTF-16 units → bytes.
pub fn byte_offset(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    for (byte, character) in text.char_indices() {
        if units >= utf16 {
            return byte;
        }
        units += character.len_utf16();
    }
    text.len()
}

fn floor(text: &str, byte: usize) -> usize {
    text.floor_char_boundary(byte.min(text.len()))
}

impl Manifest {
    /// Where a field stands: its value, or the key where the value is not written, or the nearest field above it.
    pub fn range(&self, origin: &Origin) -> Option<Location> {
        self.ranges(std::slice::from_ref(origin)).pop().flatten()
    }

    /// [`Self::range`] for many origins: the tree of an object is built once for all origins in a row that lie in it.
    pub fn ranges(&self, origins: &[Origin]) -> Vec<Option<Location>> {
        let mut current: Option<(ObjectOrigin, Option<ObjectTree<'_>>)> = None;
        origins
            .iter()
            .map(|origin| {
                let document = self.document(origin.object.document)?;
                if origin.path.0.is_empty() {
                    return Some(self.whole(document, origin.object.item));
                }
                if current
                    .as_ref()
                    .is_none_or(|(object, _)| *object != origin.object)
                {
                    current = Some((origin.object, self.tree(origin.object)));
                }
                let (_, tree) = current.as_ref()?;
                let Some(tree) = tree else {
                    return Some(self.whole(document, origin.object.item));
                };
                Some(self.shown(document, &tree.place(&origin.path)))
            })
            .collect()
    }

    /// Where a field stands, with its key, or how much of the path exists: for writing a field that is missing.
    pub fn locate(&self, origin: &Origin) -> Option<Place> {
        let document = self.document(origin.object.document)?;
        let found = self.tree(origin.object)?.place(&origin.path);
        Some(Place {
            file: document.file,
            ..found
        })
    }

    /// The object that a byte of a file belongs to.
    pub fn object_at(&self, file: usize, byte: usize) -> Option<ObjectOrigin> {
        let number = self
            .documents
            .partition_point(|document| (document.file, document.bytes.start) <= (file, byte))
            .checked_sub(1)?;
        let document = &self.documents[number];
        if document.file != file || byte > document.bytes.end {
            return None;
        }
        let item = match &*document.objects {
            [] => return None,
            [_] => 0,
            objects => objects
                .partition_point(|object| object.bytes.start <= byte)
                .saturating_sub(1),
        };
        Some(ObjectOrigin {
            document: DocumentId(u32::try_from(number).ok()?),
            item: u32::try_from(item).ok()?,
        })
    }

    /// The field that a byte of a file belongs to.
    pub fn origin_at(&self, file: usize, byte: usize) -> Option<Origin> {
        let object = self.object_at(file, byte)?;
        let path = self
            .tree(object)
            .map(|tree| tree.path_at(byte))
            .unwrap_or_default();
        Some(object.at(path))
    }

    /// The line and column where a location begins. For many of them make a [`LineIndex`] of the file once.
    pub fn position(&self, location: &Location) -> Option<Position> {
        let file = self.files.get(location.file)?;
        Some(LineIndex::new(&file.text).position(location.bytes.start))
    }

    /// What an object says about itself.
    pub fn identity(&self, object: ObjectOrigin) -> Option<&Identity> {
        self.document(object.document)?
            .objects
            .get(object.item as usize)
    }

    /// The whole object as JSON, as written; a Secret without its data.
    pub fn as_json(&self, object: ObjectOrigin) -> Option<serde_json::Value> {
        let tree = self.tree(object)?;
        let mut value = to_json(&tree.tree, tree.root);
        if value["kind"] == "Secret" {
            hide_data(&mut value);
        }
        Some(value)
    }

    fn document(&self, id: DocumentId) -> Option<&Document> {
        self.documents.get(id.0 as usize)
    }

    /// A document or item as a whole; where a broken document breaks.
    fn whole(&self, document: &Document, item: u32) -> Location {
        let text = &self.files[document.file].text;
        let bytes = match (document.objects.get(item as usize), document.broken_at) {
            (Some(object), _) => object.bytes.clone(),
            (None, Some(at)) => {
                let end = text[at..]
                    .find('\n')
                    .map_or(text.len(), |length| at + length);
                if end > at {
                    at..end
                } else {
                    floor(text, at.saturating_sub(1))..at
                }
            }
            (None, None) => document.bytes.clone(),
        };
        Location {
            file: document.file,
            bytes: trim(text, bytes),
        }
    }

    fn shown(&self, document: &Document, place: &Place) -> Location {
        let text = &self.files[document.file].text;
        let value = trim(text, place.value.clone());
        let bytes = match &place.key {
            Some(key) if value.is_empty() => key.clone(),
            _ => value,
        };
        Location {
            file: document.file,
            bytes,
        }
    }

    /// Builds the tree of one object again.
    fn tree(&self, origin: ObjectOrigin) -> Option<ObjectTree<'_>> {
        let document = self.document(origin.document)?;
        let identity = document.objects.get(origin.item as usize)?;
        let text = &self.files[document.file].text;
        if document.format == Format::Json {
            let base = identity.bytes.start;
            let tree = json::scan(text, base).parsed.tree;
            return Some(ObjectTree {
                root: tree.root()?,
                tree,
                base,
            });
        }
        item_alone(text, document, identity).or_else(|| {
            let base = document.bytes.start;
            let tree = yaml::parse(&text[document.bytes.clone()], yaml::MOST_EXPANDED).tree;
            let root = *items::nodes(&tree, tree.root()?).get(origin.item as usize)?;
            Some(ObjectTree { tree, root, base })
        })
    }
}

/// The tree of one item of a long list, from its own lines; `None` where they do not stand for themselves.
fn item_alone<'t>(
    text: &'t str,
    document: &Document,
    identity: &Identity,
) -> Option<ObjectTree<'t>> {
    if document.objects.len() < 2 {
        return None;
    }
    let line = text[..identity.bytes.start]
        .rfind('\n')
        .map_or(0, |at| at + 1);
    let is_block_item = text[line..identity.bytes.start]
        .bytes()
        .all(|byte| matches!(byte, b' ' | b'-'));
    let base = if is_block_item {
        line
    } else {
        identity.bytes.start
    };
    let parsed = yaml::parse(&text[base..identity.bytes.end], yaml::MOST_EXPANDED);
    // An alias whose anchor stands in another item is an error here.
    if parsed.error.is_some() {
        return None;
    }
    let tree = parsed.tree;
    let mut root = tree.root()?;
    while tree.node(root).content == Content::List {
        root = tree.items(root).next()?;
    }
    let begins = base + tree.node(root).start as usize;
    (begins == identity.bytes.start).then_some(ObjectTree { tree, root, base })
}

struct ObjectTree<'t> {
    tree: Tree<'t>,
    root: NodeId,
    /// Where the tree begins in its file.
    base: usize,
}

impl ObjectTree<'_> {
    fn place(&self, path: &FieldPath) -> Place {
        let tree = &self.tree;
        let mut key = None;
        let mut value = tree.resolve(self.root);
        let mut found = 0;
        for step in &path.0 {
            let next = match step {
                Step::Key(name) => tree.entry(value, name),
                Step::Nth(name, nth) => self.nth(value, name, *nth),
                Step::Index(index) => match tree.node(value).content {
                    Content::List => tree
                        .items(value)
                        .nth(*index as usize)
                        .map(|item| (item, item)),
                    _ => None,
                },
            };
            let Some((next_key, next)) = next else {
                break;
            };
            key = (next_key != next).then_some(next_key);
            value = tree.resolve(next);
            found += 1;
        }
        let is_whole = found == path.0.len();
        let value = self.bytes(value);
        let key = key.map(|key| self.bytes(key));
        Place {
            file: 0,
            // A field that is missing is shown at the name of what should hold it.
            value: match &key {
                Some(key) if !is_whole => key.end..key.end,
                _ => value,
            },
            key,
            found,
        }
    }

    fn nth(&self, map: NodeId, name: &str, nth: u32) -> Option<(NodeId, NodeId)> {
        let tree = &self.tree;
        if !matches!(tree.node(map).content, Content::Map { .. }) {
            return None;
        }
        tree.written_entries(map)
            .filter(|&(key, _)| tree.key(key) == name)
            .nth(nth as usize)
    }

    fn path_at(&self, byte: usize) -> FieldPath {
        let Some(byte) = byte.checked_sub(self.base) else {
            return FieldPath::default();
        };
        let tree = &self.tree;
        let mut path = FieldPath::default();
        let mut node = self.root;
        loop {
            let begins_before = |node: NodeId| tree.node(node).start as usize <= byte;
            let next = match tree.node(node).content {
                Content::Map { .. } => tree
                    .entries(node)
                    .take_while(|&(key, _)| begins_before(key))
                    .last()
                    .map(|(key, value)| (path.clone().key(&*tree.key(key)), value)),
                Content::List => tree
                    .items(node)
                    .enumerate()
                    .take_while(|&(_, item)| begins_before(item))
                    .last()
                    .map(|(index, item)| (path.clone().index(index), item)),
                _ => None,
            };
            let Some((longer, value)) = next else {
                return path;
            };
            path = longer;
            node = value;
        }
    }

    fn bytes(&self, node: NodeId) -> Range<usize> {
        let node = self.tree.node(node);
        self.base + node.start as usize..self.base + node.stop as usize
    }
}

/// The way from an object to a node of its tree; a key counts as its entry. `None` when the node lies elsewhere.
pub(super) fn path_to(tree: &Tree<'_>, root: NodeId, target: NodeId) -> Option<FieldPath> {
    let mut path = FieldPath::default();
    let mut node = root;
    let holds = |node: NodeId| node <= target && target < tree.node(node).next;
    while node != target {
        match tree.node(node).content {
            Content::Map { .. } => {
                let (key, value) = tree
                    .written_entries(node)
                    .find(|&(key, value)| holds(key) || holds(value))?;
                let name = tree.key(key);
                path = if tree.is_replaced(key) {
                    let earlier = tree
                        .written_entries(node)
                        .take_while(|&(other, _)| other != key)
                        .filter(|&(other, _)| tree.key(other) == name)
                        .count();
                    let mut steps = path.0;
                    let nth = u32::try_from(earlier).unwrap_or(u32::MAX);
                    steps.push(Step::Nth(name.into(), nth));
                    FieldPath(steps)
                } else {
                    path.key(&*name)
                };
                if holds(key) {
                    return Some(path);
                }
                node = value;
            }
            Content::List => {
                let (index, item) = tree
                    .items(node)
                    .enumerate()
                    .find(|&(_, item)| holds(item))?;
                path = path.index(index);
                node = item;
            }
            _ => return None,
        }
    }
    Some(path)
}

/// A value as kubectl sends it; `null` where nothing is written.
pub(super) fn to_json(tree: &Tree<'_>, node: NodeId) -> serde_json::Value {
    use super::scalar::Scalar;
    let node = tree.resolve(node);
    match &tree.node(node).content {
        Content::Map { .. } => tree
            .effective_entries(node)
            .map(|(key, value)| (tree.key(key).into_owned(), to_json(tree, value)))
            .collect(),
        Content::List => tree.items(node).map(|item| to_json(tree, item)).collect(),
        _ => match tree.scalar(node) {
            Some(Scalar::Bool(value)) => value.into(),
            Some(Scalar::Int(value)) => value.into(),
            Some(Scalar::UInt(value)) => value.into(),
            Some(Scalar::Float(value)) => value.into(),
            Some(Scalar::String(value)) => value.into(),
            Some(Scalar::Null) | None => serde_json::Value::Null,
        },
    }
}

/// The keys of a Secret stay, their values go; so does the copy that `kubectl apply` leaves in an annotation.
fn hide_data(secret: &mut serde_json::Value) {
    const HIDDEN: &str = "(hidden)";
    for field in ["data", "stringData"] {
        if let Some(data) = secret.get_mut(field).and_then(|data| data.as_object_mut()) {
            for value in data.values_mut() {
                *value = HIDDEN.into();
            }
        }
    }
    let applied = "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration";
    if let Some(copy) = secret.pointer_mut(applied) {
        *copy = HIDDEN.into();
    }
}

fn trim(text: &str, bytes: Range<usize>) -> Range<usize> {
    let Some(written) = text.get(bytes.clone()) else {
        return bytes;
    };
    let start = bytes.start + (written.len() - written.trim_start().len());
    start..(bytes.start + written.trim_end().len()).max(start)
}

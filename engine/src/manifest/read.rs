//! Reads files into documents and objects.
//!
//! One document after the other, one object after the other; whatever is wrong is a finding, and what is right stays.

use std::ops::Range;

use super::check::{self, What};
use super::documents::{self, Boundary, Chunk};
use super::dump;
use super::kinds::{self, Kind, Source, Version};
use super::nearest::nearest;
use super::place::{LineIndex, path_to};
use super::scalar::Scalar;
use super::schema::SCHEMA;
use super::tree::{Content, NodeId, Parsed, Tree};
use super::typed::Mismatch;
use super::{Document, Format, Identity, Manifest, SourceFile, foreign, json, yaml};
use crate::Str;
use crate::api::Objects;
use crate::finding::{Findings, Foreign, Found, HeadField, ManifestProblem};
use crate::origin::{DocumentId, FieldPath, ObjectOrigin, Origin};

/// Nodes that the aliases of all documents may stand for.
const MOST_EXPANDED: u64 = 10 * yaml::MOST_EXPANDED;
/// Findings about one object; somebody who made more mistakes sees the others when these are mended.
const MOST_COMPLAINTS: usize = 50;
/// Values that are taken out of one object, beyond those that the schema told to take out.
const MOST_RETRIES: usize = 16;
/// Below, JSON is read as YAML is, with all findings; above, see [`dump`].
const LARGE_JSON: usize = 64 * 1024;

/// Reads all files.
pub(super) fn read(files: Vec<SourceFile>, findings: &mut Findings) -> Manifest {
    let mut reader = Reader {
        findings,
        documents: Vec::new(),
        objects: Objects::default(),
        unmodelled: Vec::new(),
        expandable: MOST_EXPANDED,
    };
    for (number, file) in files.iter().enumerate() {
        let file = File { number, file };
        for chunk in documents::split(&file.file.text) {
            reader.chunk(file, &chunk);
        }
    }
    reader.note_unmodelled();
    let Reader {
        documents, objects, ..
    } = reader;
    Manifest {
        files,
        documents,
        objects,
    }
}

#[derive(Clone, Copy)]
struct File<'f> {
    number: usize,
    file: &'f SourceFile,
}

struct Reader<'r> {
    findings: &'r mut Findings,
    documents: Vec<Document>,
    objects: Objects,
    /// Kinds that are not modelled, in order of appearance.
    unmodelled: Vec<Unmodelled>,
    /// Nodes that aliases may still stand for.
    expandable: u64,
}

struct Unmodelled {
    kind: Str,
    first: ObjectOrigin,
    count: usize,
}

/// `apiVersion` and `kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head<'s> {
    pub(super) api_version: Option<&'s str>,
    pub(super) kind: Option<&'s str>,
}

impl<'s> Head<'s> {
    fn of(tree: &'s Tree<'_>, object: NodeId) -> Self {
        let text = |name| tree.text(object, name).filter(|text| !text.is_empty());
        Self {
            api_version: text("apiVersion"),
            kind: text("kind"),
        }
    }

    /// What a list says about its items: a `PodList` as the API answers it has Pods that do not say so themselves.
    pub(super) fn of_items(self) -> Self {
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

    pub(super) fn is_list(self) -> bool {
        self.kind.is_some_and(|kind| kind.ends_with("List"))
    }
}

impl Reader<'_> {
    fn chunk(&mut self, file: File<'_>, chunk: &Chunk) {
        let text = &file.file.text[chunk.bytes.clone()];
        let begins = chunk.bytes.start + first_content(text);
        let origin = self.next_document(0).at(FieldPath::default());
        match chunk.boundary {
            Boundary::Start | Boundary::Separator => {}
            Boundary::SeparatorWithContent => {
                let content = text.lines().next().unwrap_or_default().trim().into();
                self.push(origin, ManifestProblem::SeparatorWithContent { content });
            }
            Boundary::EndMarker => self.push(origin, ManifestProblem::AfterEndMarker),
            Boundary::Missing => self.push(origin, ManifestProblem::SeparatorMissing),
        }
        if matches!(file.file.text.as_bytes().get(begins), Some(b'{' | b'[')) {
            self.json(file, begins..chunk.bytes.end);
        } else {
            self.yaml(file, chunk.bytes.clone());
        }
    }

    fn yaml(&mut self, file: File<'_>, bytes: Range<usize>) {
        let parsed = yaml::parse(&file.file.text[bytes.clone()], self.expandable);
        self.document(file, bytes, Format::Yaml, parsed);
    }

    /// One JSON value after the other, as far as it is JSON.
    fn json(&mut self, file: File<'_>, bytes: Range<usize>) {
        let text = &file.file.text[..bytes.end];
        let mut at = bytes.start;
        while at < bytes.end {
            if !matches!(text.as_bytes()[at], b'{' | b'[') {
                return self.yaml(file, at..bytes.end);
            }
            let end = match self.dump(file, text, at) {
                Some(end) => end,
                None => {
                    let scanned = json::scan(text, at);
                    if let Some(error) = &scanned.parsed.error {
                        // Braces begin YAML as well: KYAML, or JSON with a comma too many.
                        let as_yaml = yaml::parse(&text[at..], self.expandable);
                        let yaml_got_further = as_yaml
                            .error
                            .as_ref()
                            .is_none_or(|in_yaml| in_yaml.at > error.at);
                        if yaml_got_further {
                            return self.document(file, at..bytes.end, Format::Yaml, as_yaml);
                        }
                        return self.document(file, at..bytes.end, Format::Json, scanned.parsed);
                    }
                    self.document(file, at..scanned.end, Format::Json, scanned.parsed);
                    scanned.end
                }
            };
            at = json::skip_space(text, end);
        }
    }

    /// A large list in JSON; its end, or `None` where the text is something else.
    fn dump(&mut self, file: File<'_>, text: &str, at: usize) -> Option<usize> {
        if text.len() - at < LARGE_JSON {
            return None;
        }
        let id = self.next_document(0).document;
        let dump = dump::read(text, at, id)?;
        self.objects.append(dump.objects);
        let mut identities = dump.identities;
        for (identity, item) in identities.iter().zip(0..) {
            if !identity.modelled && !identity.kind.is_empty() {
                let origin = ObjectOrigin { document: id, item };
                self.count_unmodelled(identity.kind.clone(), origin);
            }
        }
        let has_unread = !dump.unread.is_empty();
        for item in dump.unread {
            let origin = ObjectOrigin {
                document: id,
                item: item.number,
            };
            identities[item.number as usize] = self.unread(text, &item, origin);
        }
        if has_unread {
            self.objects.sort();
        }
        if let Some(kept) = dump.cut_off {
            let origin = self.next_document(0).at(FieldPath::default());
            self.push(origin, ManifestProblem::CutOff { kept });
        }
        self.documents.push(Document {
            file: file.number,
            bytes: at..dump.end,
            format: Format::Json,
            objects: identities,
            foreign: None,
            broken_at: dump.cut_off.map(|_| dump.end),
        });
        Some(dump.end)
    }

    /// An item of a dump that has to be read from its tree.
    fn unread(&mut self, text: &str, item: &dump::Unread, origin: ObjectOrigin) -> Identity {
        let mut parsed = json::scan(text, item.bytes.start).parsed;
        self.duplicates(&parsed.tree, &parsed.duplicates, &[(origin, 0)]);
        let head = Head::of(&parsed.tree, 0).or(Head {
            api_version: item.head.0.as_deref(),
            kind: item.head.1.as_deref(),
        });
        let head = OwnedHead::from(head);
        Identity {
            bytes: item.bytes.clone(),
            ..self.object(&mut parsed.tree, 0, &head, origin, 0)
        }
    }

    fn document(
        &mut self,
        file: File<'_>,
        bytes: Range<usize>,
        format: Format,
        parsed: Parsed<'_>,
    ) {
        self.expandable = self.expandable.saturating_sub(parsed.expanded);
        let text = &file.file.text[bytes.clone()];
        let mut document = Document {
            file: file.number,
            bytes: bytes.clone(),
            format,
            objects: Vec::new(),
            foreign: None,
            broken_at: None,
        };
        document.foreign = match (parsed.tree.root(), &parsed.error) {
            (_, Some(_)) => foreign::broken(text),
            (Some(root), None) => foreign::recognise(&parsed.tree, root, text, &file.file.name),
            (None, None) => None,
        };
        if let Some(foreign) = document.foreign {
            return self.foreign(document, foreign);
        }
        let cut = self.cut(file, bytes.start, format, &parsed);
        document.broken_at = parsed
            .error
            .as_ref()
            .map(|error| bytes.start + error.at.min(text.len()));
        let mut tree = parsed.tree;
        let items = match cut {
            Cut::Nothing => tree
                .root()
                .map(|root| items(&tree, root))
                .unwrap_or_default(),
            Cut::Before(items) => items,
        };
        let places: Vec<(ObjectOrigin, NodeId)> = items
            .iter()
            .zip(0..)
            .map(|(item, number)| (self.next_document(number), item.node))
            .collect();
        self.duplicates(&tree, &parsed.duplicates, &places);
        for (item, (origin, node)) in items.into_iter().zip(places) {
            let identity = self.object(&mut tree, node, &item.head, origin, bytes.start);
            document.objects.push(identity);
        }
        self.documents.push(document);
    }

    fn foreign(&mut self, document: Document, foreign: Foreign) {
        let origin = self.next_document(0).at(FieldPath::default());
        self.push(origin, ManifestProblem::Foreign(foreign));
        self.documents.push(document);
    }

    /// What is left of a document that ends before its time.
    fn cut(&mut self, file: File<'_>, start: usize, format: Format, parsed: &Parsed<'_>) -> Cut {
        let tree = &parsed.tree;
        let list = tree.root().filter(|&root| is_open_list(tree, root));
        let origin = self.next_document(0).at(FieldPath::default());
        let Some(error) = &parsed.error else {
            // kubectl writes `kind: List` behind the items, so a list of objects without it lost its end.
            let items = match list {
                Some(root) if tree.get(root, "kind").is_none() => complete_items(tree, root, &[]),
                _ => return Cut::Nothing,
            };
            let kept = items.len();
            self.push(origin, ManifestProblem::CutOff { kept });
            return Cut::Before(items);
        };
        let items = list
            .map(|root| complete_items(tree, root, &parsed.unfinished))
            .unwrap_or_default();
        // A list whose `kind` comes first may be broken anywhere; kubectl writes it last, and JSON tells where it ends.
        let is_cut = error.is_cut
            && list.is_some_and(|root| format == Format::Json || tree.get(root, "kind").is_none());
        if is_cut {
            let kept = items.len();
            self.push(origin, ManifestProblem::CutOff { kept });
        } else {
            let position = LineIndex::new(&file.file.text).position(start + error.at);
            self.push(
                origin,
                ManifestProblem::Syntax {
                    reason: error.reason.as_str().into(),
                    line: position.line,
                    column: position.column,
                },
            );
        }
        Cut::Before(items)
    }

    /// Keys written twice, each told with both places.
    fn duplicates(
        &mut self,
        tree: &Tree<'_>,
        duplicates: &[super::tree::Duplicate],
        objects: &[(ObjectOrigin, NodeId)],
    ) {
        for duplicate in duplicates.iter().take(MOST_COMPLAINTS) {
            // Objects stand in the order of the text; a key outside all of them belongs to the list around them.
            let nth = objects.partition_point(|&(_, node)| node <= duplicate.later);
            let Some(&(object, root)) = nth.checked_sub(1).and_then(|nth| objects.get(nth)) else {
                continue;
            };
            let (Some(earlier), Some(later)) = (
                path_to(tree, root, duplicate.earlier),
                path_to(tree, root, duplicate.later),
            ) else {
                continue;
            };
            let key = tree.key(duplicate.later);
            self.findings.push_related(
                Some(object.at(later)),
                vec![object.at(earlier)],
                ManifestProblem::DuplicateKey { key: key.into() },
            );
        }
    }

    /// Reads one object; `base` is where the tree begins in the file.
    fn object(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        head: &OwnedHead,
        origin: ObjectOrigin,
        base: usize,
    ) -> Identity {
        let node = tree.resolve(node);
        let bytes = base + tree.node(node).start as usize..base + tree.node(node).stop as usize;
        let mut identity = Identity {
            api_version: head.api_version.clone().unwrap_or_default(),
            kind: head.kind.clone().unwrap_or_default(),
            namespace: Str::default(),
            name: Str::default(),
            modelled: false,
            bytes,
        };
        if let Some(found) = not_an_object(tree, node) {
            if let Some(found) = found {
                let origin = origin.at(FieldPath::default());
                self.push(origin, ManifestProblem::NotAnObject { found });
            }
            return identity;
        }
        if let Some(metadata) = tree.get(node, "metadata") {
            let text = |name| tree.text(metadata, name).map(Str::from).unwrap_or_default();
            identity.namespace = text("namespace");
            identity.name = text("name");
        }
        let Some(kind) = self.kind(head, origin) else {
            return identity;
        };
        if kind == Kind::Unmodelled {
            self.count_unmodelled(identity.kind.clone(), origin);
            return identity;
        }
        identity.modelled = true;
        self.check(tree, node, kind, &identity, origin);
        if self.typed(tree, node, kind, &identity, origin).is_err() {
            identity.modelled = false;
        }
        identity
    }

    /// What `apiVersion` and `kind` stand for, or were meant to; `None` where that cannot be said.
    fn kind(&mut self, head: &OwnedHead, origin: ObjectOrigin) -> Option<Kind> {
        let at = |field: &str| origin.at(FieldPath::from(field));
        let (api_version, kind) = match (&head.api_version, &head.kind) {
            (Some(api_version), Some(kind)) => (api_version, kind),
            (api_version, kind) => {
                let field = match (api_version, kind) {
                    (None, None) => HeadField::Both,
                    (None, Some(_)) => HeadField::ApiVersion,
                    (Some(_), _) => HeadField::Kind,
                };
                let expected = kind.as_deref().and_then(kinds::version_of);
                self.push(
                    at(""),
                    ManifestProblem::HeadMissing {
                        field,
                        expected: expected.map(Str::from),
                    },
                );
                // What is meant is plain, and the picture is worth more with it than without.
                return Some(Kind::of(expected?, kind.as_deref()?).0);
            }
        };
        let (found, version) = Kind::of(api_version, kind);
        match version {
            Version::Served => {}
            Version::Removed { in_, instead } => self.push(
                at("apiVersion"),
                ManifestProblem::RemovedVersion {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    removed_in: in_.into(),
                    instead: instead.into(),
                },
            ),
            Version::Never { expected } => self.push(
                at("apiVersion"),
                ManifestProblem::NoSuchVersion {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    expected: expected.into(),
                },
            ),
        }
        if found == Kind::Unmodelled
            && let Some(mut kinds) = kinds::kinds_of(api_version)
            && !kinds.any(|known| known == kind)
        {
            let nearest = kinds::kinds_of(api_version)
                .and_then(|kinds| nearest(kind, kinds))
                .map(Str::from);
            self.push(
                at("kind"),
                ManifestProblem::NoSuchKind {
                    api_version: api_version.clone(),
                    kind: kind.clone(),
                    nearest,
                },
            );
            return None;
        }
        Some(found)
    }

    /// Tells values of the wrong type and fields that do not exist, and takes the former out.
    fn check(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        kind: Kind,
        identity: &Identity,
        origin: ObjectOrigin,
    ) {
        let Some(type_) = kind.type_name().and_then(|name| SCHEMA.named(name)) else {
            return;
        };
        let (_, version) = Kind::of(&identity.api_version, &identity.kind);
        // What came out of an API server has only fields that this server knows, be it older or newer than ours; a
        // version that is gone had other fields.
        let is_live = tree
            .get(node, "metadata")
            .is_some_and(|metadata| tree.get(metadata, "uid").is_some());
        let tells_unknown = version == Version::Served && !is_live;
        let mut told = 0;
        for complaint in check::check(tree, node, type_) {
            let field = complaint.path.to_string();
            let problem = match complaint.what {
                What::UnknownField { .. } if !tells_unknown => continue,
                What::UnknownField { nearest } => ManifestProblem::UnknownField {
                    field: field.into(),
                    nearest: nearest.map(Str::from),
                },
                What::WrongType {
                    node,
                    found,
                    field,
                    wanted,
                    written,
                } => {
                    tree.set(node, Content::Masked);
                    ManifestProblem::WrongType {
                        api_version: identity.api_version.clone(),
                        kind: identity.kind.clone(),
                        found,
                        field,
                        wanted,
                        written,
                    }
                }
            };
            told += 1;
            if told <= MOST_COMPLAINTS {
                self.push(origin.at(complaint.path), problem);
            }
        }
    }

    fn typed(
        &mut self,
        tree: &mut Tree<'_>,
        node: NodeId,
        kind: Kind,
        identity: &Identity,
        origin: ObjectOrigin,
    ) -> Result<(), Mismatch> {
        let plain_selector = match &*identity.kind {
            "ReplicationController" => kinds::take_plain_selector(tree, node),
            _ => None,
        };
        let mut retries = 0;
        loop {
            let source = Source::Tree(tree, node);
            let mismatch = match kinds::read(
                source,
                kind,
                &identity.api_version,
                origin,
                &mut self.objects,
            ) {
                Ok(_) => break,
                Err(mismatch) => mismatch,
            };
            let culprit = mismatch.node.filter(|&culprit| culprit != node);
            let path = culprit
                .and_then(|culprit| path_to(tree, node, culprit))
                .unwrap_or_default();
            self.push(
                origin.at(path),
                ManifestProblem::NotUnderstood {
                    reason: mismatch.message.as_str().into(),
                },
            );
            match culprit {
                Some(culprit) if retries < MOST_RETRIES => tree.set(culprit, Content::Masked),
                _ => return Err(mismatch),
            }
            retries += 1;
        }
        if plain_selector.is_some()
            && let Some(workload) = self.objects.workloads.last_mut()
        {
            workload.value.spec.selector = plain_selector;
        }
        Ok(())
    }

    fn count_unmodelled(&mut self, kind: Str, origin: ObjectOrigin) {
        match self.unmodelled.iter_mut().find(|other| other.kind == kind) {
            Some(unmodelled) => unmodelled.count += 1,
            None => self.unmodelled.push(Unmodelled {
                kind,
                first: origin,
                count: 1,
            }),
        }
    }

    /// One note a kind, however many objects there are.
    fn note_unmodelled(&mut self) {
        for Unmodelled { kind, first, count } in std::mem::take(&mut self.unmodelled) {
            let origin = first.at(FieldPath::from("kind"));
            self.push(origin, ManifestProblem::NotModelled { kind, count });
        }
    }

    /// An object of the document that is being read.
    fn next_document(&self, item: u32) -> ObjectOrigin {
        ObjectOrigin {
            document: DocumentId(u32::try_from(self.documents.len()).unwrap_or(u32::MAX)),
            item,
        }
    }

    fn push(&mut self, origin: Origin, problem: ManifestProblem) {
        self.findings.push(Some(origin), problem);
    }
}

enum Cut {
    Nothing,
    /// The objects that were complete before it.
    Before(Vec<Item>),
}

/// An object in a tree.
struct Item {
    node: NodeId,
    head: OwnedHead,
}

#[derive(Debug, Clone, Default)]
struct OwnedHead {
    api_version: Option<Str>,
    kind: Option<Str>,
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
fn items(tree: &Tree<'_>, root: NodeId) -> Vec<Item> {
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
fn is_open_list(tree: &Tree<'_>, root: NodeId) -> bool {
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
fn complete_items(tree: &Tree<'_>, root: NodeId, unfinished: &[NodeId]) -> Vec<Item> {
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

/// `Some` for what is no object; `Some(None)` for null, which kubectl passes over.
fn not_an_object(tree: &Tree<'_>, node: NodeId) -> Option<Option<Found>> {
    Some(match (&tree.node(node).content, tree.scalar(node)) {
        (Content::Map { .. }, _) => return None,
        (Content::List, _) => Some(Found::List),
        (_, Some(Scalar::Bool(_))) => Some(Found::Boolean),
        (_, Some(Scalar::Int(_) | Scalar::UInt(_) | Scalar::Float(_))) => Some(Found::Number),
        (_, Some(Scalar::String(_))) => Some(Found::Text),
        (_, Some(Scalar::Null) | None) => None,
    })
}

/// The first byte that is neither blank nor in a comment.
fn first_content(text: &str) -> usize {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start();
        if !content.is_empty() && !content.starts_with('#') {
            return at + line.len() - content.len();
        }
        at += line.len();
    }
    at
}

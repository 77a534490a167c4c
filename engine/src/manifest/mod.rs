//! Text → objects *as written*.
//!
//! YAML as kubectl reads it (Go's scalar rules, several documents, `List`, anchors, merge keys, KYAML), JSON, live dumps.
//! A document that cannot be read is a finding and loses nothing else. Positions are not kept: a document keeps its byte
//! range, and [`Manifest::range`] reads that one document again when somebody asks where a field stands.
//!
//! ```text
//! documents: text → pieces ─┬─ yaml ─┐
//!                           ├─ json ─┴─ tree ─ check (schema) ─ typed ─ kinds → Objects
//!                           └─ dump: large JSON lists, straight to kinds
//! place: Origin → bytes → line and column, and back
//! ```

mod check;
mod documents;
mod dump;
mod foreign;
mod items;
mod json;
mod kinds;
mod object;
mod place;
mod read;
mod scalar;
mod schema;
#[cfg(test)]
mod tests;
mod tree;
mod typed;
mod value;
mod write;
mod yaml;

pub use place::{LineIndex, Place, Position, byte_offset, utf16_offset};
pub use value::{Unreadable, from_yaml, to_value};
pub use write::{to_scalar, to_yaml};

use std::ops::Range;

use crate::Str;
use crate::api::Objects;
use crate::finding::{Findings, Foreign};
use crate::origin::{DocumentId, ObjectOrigin};

/// One pasted or opened text.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
    /// The documents of all files, in reading order: a [`DocumentId`] is a place in here.
    pub documents: Vec<Document>,
    /// The modelled objects.
    pub objects: Objects,
}

/// A document of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Number of the file in [`Manifest::files`].
    pub file: usize,
    /// Bytes of its text, without separators.
    pub bytes: Range<usize>,
    /// How it is written.
    pub format: Format,
    /// Its objects: [`ObjectOrigin::item`] is a place in here. One, unless it is a list.
    pub objects: Vec<Identity>,
    /// What it is if it is no manifest; it has no objects then.
    pub foreign: Option<Foreign>,
    /// The byte of the file where it can no longer be read.
    pub broken_at: Option<usize>,
}

/// How a document is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Format {
    Yaml,
    Json,
}

/// What an object says that it is, modelled or not. Empty where it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `apps/v1`
    pub api_version: Str,
    /// `Deployment`
    pub kind: Str,
    /// As written: empty does not yet mean `default`.
    pub namespace: Str,
    /// `metadata.name`
    pub name: Str,
    /// Whether it is among [`Manifest::objects`] and has a part in the cluster.
    pub modelled: bool,
    /// Bytes of the file.
    pub bytes: Range<usize>,
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
    read::read(files, findings)
}

impl Manifest {
    /// All objects in reading order, modelled or not.
    pub fn identities(&self) -> impl Iterator<Item = (ObjectOrigin, &Identity)> {
        self.documents
            .iter()
            .zip(0..)
            .flat_map(|(document, number)| {
                let document_id = DocumentId(number);
                document
                    .objects
                    .iter()
                    .zip(0..)
                    .map(move |(identity, item)| {
                        let origin = ObjectOrigin {
                            document: document_id,
                            item,
                        };
                        (origin, identity)
                    })
            })
    }
}

//! Text → objects *as written*.
//!
//! YAML as kubectl reads it (Go's scalar rules, several documents, `List`, anchors, merge keys, KYAML), JSON, live dumps.
//! A document that cannot be read is a finding and loses nothing else. Positions are not kept: a document keeps its byte
//! range, and [`Manifest::range`] reads that one document again when somebody asks where a field stands.

use std::ops::Range;

use crate::Str;
use crate::api::Objects;
use crate::finding::Findings;
use crate::origin::Origin;

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
pub fn read(files: Vec<SourceFile>, _findings: &mut Findings) -> Manifest {
    Manifest {
        files,
        objects: Objects::default(),
    }
}

impl Manifest {
    /// Where a field stands: its value, or the nearest place above it that exists.
    pub fn range(&self, _origin: &Origin) -> Option<Location> {
        None
    }
}

//! Where a fact comes from: a document, an object in it, a path of fields.
//!
//! Positions are found, not carried: an [`Origin`] names a place, and `manifest` turns it into a range of bytes
//! when somebody asks. No type here knows a line or a column.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Str;

/// A document of the pasted text, counted over all files in reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentId(pub u32);

/// One object as it was written: a whole document, or an item of a `List`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectOrigin {
    /// The document that holds the object.
    pub document: DocumentId,
    /// The object's number in its document, in reading order: 0 unless the document is a `List`.
    pub item: u32,
}

impl ObjectOrigin {
    /// The place of a field of this object.
    pub fn at(self, path: impl Into<FieldPath>) -> Origin {
        Origin {
            object: self,
            path: path.into(),
        }
    }
}

/// A field of an object as it was written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The object.
    pub object: ObjectOrigin,
    /// The field, from the object's root; empty for the object as a whole.
    pub path: FieldPath,
}

/// One step of a [`FieldPath`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// A key of a map.
    Key(Str),
    /// An element of a list, from 0.
    Index(u32),
    /// The nth appearance, from 0, of a key that is written more than once; [`Step::Key`] is the last, which counts.
    Nth(Str, u32),
}

/// A path of fields inside an object: `spec.ports[0].targetPort`.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FieldPath(pub Vec<Step>);

impl FieldPath {
    /// This path and a key below it.
    #[must_use]
    pub fn key(mut self, key: impl Into<Str>) -> Self {
        self.0.push(Step::Key(key.into()));
        self
    }

    /// This path and an element below it.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0
            .push(Step::Index(u32::try_from(index).unwrap_or(u32::MAX)));
        self
    }

    /// The path without its last step; `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (_, rest) = self.0.split_last()?;
        Some(Self(rest.to_vec()))
    }
}

/// From the way paths are printed; keys that hold dots or brackets need [`FieldPath::key`].
impl From<&str> for FieldPath {
    fn from(text: &str) -> Self {
        let mut path = Self::default();
        for part in text.split('.').filter(|part| !part.is_empty()) {
            let (key, indexes) = part
                .split_once('[')
                .map_or((part, ""), |(key, rest)| (key, rest));
            if !key.is_empty() {
                path = path.key(key);
            }
            for index in indexes
                .split('[')
                .filter_map(|index| index.trim_end_matches(']').parse().ok())
            {
                path = path.index(index);
            }
        }
        path
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (nth, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) | Step::Nth(key, _) if nth == 0 => write!(f, "{key}")?,
                Step::Key(key) | Step::Nth(key, _) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_reads_as_it_prints() {
        let path = FieldPath::default()
            .key("spec")
            .key("ports")
            .index(0)
            .key("targetPort");
        assert_eq!(path.to_string(), "spec.ports[0].targetPort");
        assert_eq!(FieldPath::from("spec.ports[0].targetPort"), path);
        assert_eq!(path.parent(), Some(FieldPath::from("spec.ports[0]")));
    }
}

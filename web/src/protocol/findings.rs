//! Findings as they are drawn: in the list, beside an answer, and as the page of a code.

use serde::{Deserialize, Serialize};
use switchboard_engine::finding::{Appears, Severity};

use super::TextPlace;
use crate::scene::Key;

pub use crate::scene::Counts;

/// A question about findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindingsQuestion {
    /// What does a code say in general?
    Page {
        /// The code.
        code: String,
    },
}

/// An answer about findings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FindingsAnswer {
    /// To [`FindingsQuestion::Page`]; `None`: there is no such code.
    Page {
        /// The code.
        code: String,
        /// Its page.
        page: Option<Box<PageView>>,
    },
}

/// A finding with its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingView {
    /// Stable code.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// Where findings of its code are shown.
    pub appears: Appears,
    /// What is wrong, in one line.
    pub title: String,
    /// The same of this object, in one or two sentences.
    pub message: String,
    /// What a client sees; `None`: nothing that it would notice.
    pub symptom: Option<String>,
    /// Whether it explains why a packet does not arrive.
    pub breaks: bool,
    /// The object: `Service shop/web`. What belongs to none stands under the name of its file.
    pub object: String,
    /// The field that is to blame; empty: the object as a whole.
    pub field: String,
    /// Where in the text.
    pub place: Option<TextPlace>,
    /// What it is about, on the map: candidates, the most specific first.
    pub at: Vec<Key>,
    /// What mends it, where that is certain.
    pub mend: Option<MendView>,
    /// What shows it on a real cluster.
    pub command: Option<String>,
}

/// An edit of the text, and the lines that it changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendView {
    /// What it does, for a button: "Write `app: web`".
    pub title: String,
    /// Number of the file.
    pub file: usize,
    /// First offset that is replaced, in UTF-16 units.
    pub from: u32,
    /// The offset behind the last.
    pub to: u32,
    /// What comes there.
    pub text: String,
    /// Number of the first line that changes, from 1.
    pub line: u32,
    /// Where that line begins.
    pub line_from: u32,
    /// The lines as they are; the editor makes sure that they still are.
    pub before: String,
    /// The same lines afterwards.
    pub after: String,
}

/// What all findings of a code have in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageView {
    /// The code.
    pub code: String,
    /// How bad it is, unless a finding says otherwise of itself.
    pub severity: Severity,
    /// Where its findings are shown, in words.
    pub appears: String,
    /// What is wrong, in one line.
    pub title: String,
    /// What it means, and why it matters.
    pub means: String,
    /// What a client may see, in words.
    pub symptoms: Vec<String>,
    /// The facts that it rests on.
    pub rests_on: String,
    /// What mends it.
    pub mend: String,
    /// Where it is decided, if Kubernetes or CoreDNS decides it.
    pub source: Option<String>,
    /// What shows it on a real cluster; empty: nothing does.
    pub command: String,
    /// A manifest that gives it, carets below the range.
    pub example: Option<String>,
}

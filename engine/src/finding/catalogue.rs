//! Every code that a finding can have, once: what it says in general, whatever it is about.
//!
//! ```text
//! manifest ┐
//! apiserver├─ push ─→ Findings ─┬─→ list        (page, `switchboard check`)
//! topology │                    └─→ explain ─→ an answer's reasons; adds what is true of one packet only
//! dns      ┘                        mend    ─→ edits of the text
//!                catalogue ─→ titles, severities, pages of the documentation and of the app
//! ```
//!
//! A family (`finding/reach.rs`, …) holds what one finding says; what all findings of a code share stands here.

mod cluster;
mod manifest;
mod packets;
mod sources;
mod subjects;

pub use sources::source;
pub use subjects::{SUBJECTS, Subject};

use serde::{Deserialize, Serialize};

use super::Severity;

/// What all findings of one code have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Stable: it is in filters, in suppressions and in links.
    pub code: &'static str,
    /// How bad it is, unless a finding says otherwise of itself.
    pub severity: Severity,
    /// Where it is shown.
    pub appears: Appears,
    /// What is wrong, in one line.
    pub title: &'static str,
    /// What it means, and why it matters.
    pub means: &'static str,
    /// The facts that it rests on.
    pub rests_on: &'static str,
    /// What a client may see.
    pub symptoms: &'static [Seen],
    /// What mends it.
    pub mend: &'static str,
    /// What shows it on a real cluster: `{namespace}`, `{kind}` and `{name}` are the object's. Empty: nothing does.
    pub command: &'static str,
}

/// Where findings of a code are shown. In lessons only, none is: what a lesson teaches stands in its scenario, and what it
/// shows is traced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Appears {
    /// In the list: something in the manifests is wrong, or worth knowing.
    List,
    /// In the answer to a probe only: it is true of that packet.
    Journey,
    /// In the answer to a probe only, and no manifest can tell whether it is so.
    Unknowable,
}

/// A kind of [`Symptom`](super::Symptom), without its numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Seen {
    /// Connection refused, at once.
    Refused,
    /// Nothing comes back.
    TimedOut,
    /// The name does not exist.
    NoSuchHost,
    /// The name has no address that the client can use.
    NoAddress,
    /// Somebody answers who was not meant.
    WrongAnswers,
    /// It works sometimes.
    Intermittent,
    /// `kubectl apply` fails.
    RejectedOnApply,
    /// Something waits.
    Pending,
    /// The packet arrives; what then, no manifest tells.
    Unknowable,
    /// Nothing that a client would notice.
    Nothing,
}

impl Seen {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Refused => "connection refused",
            Self::TimedOut => "connection timed out",
            Self::NoSuchHost => "no such host",
            Self::NoAddress => "no address for the name",
            Self::WrongAnswers => "answers of somebody else",
            Self::Intermittent => "works sometimes",
            Self::RejectedOnApply => "rejected on apply",
            Self::Pending => "pending",
            Self::Unknowable => "cannot be known from manifests",
            Self::Nothing => "nothing",
        }
    }
}

impl Appears {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::List => "in the list",
            Self::Journey => "in the answer to a probe",
            Self::Unknowable => "in the answer to a probe; no manifest can tell",
        }
    }
}

/// All entries, in the order in which their findings are best mended: a text that cannot be read first.
pub fn entries() -> impl Iterator<Item = &'static Entry> {
    manifest::MANIFEST
        .iter()
        .chain(cluster::CLUSTER)
        .chain(packets::NAMES)
        .chain(packets::PACKETS)
}

/// The entry of a code.
pub fn entry(code: &str) -> Option<&'static Entry> {
    entries().find(|entry| entry.code == code)
}

/// A page of the documentation about a code, in Markdown, from its heading on.
pub fn page(entry: &Entry) -> String {
    let symptoms: Vec<&str> = entry.symptoms.iter().map(|seen| seen.words()).collect();
    let mut page = format!(
        "## `{}`\n\n**{}**\n\n{} · shown {} · a client sees: {}\n\n{}\n\n*Rests on:* {}\n\n*What mends it:* {}\n",
        entry.code,
        entry.title,
        entry.severity.name(),
        entry.appears.words(),
        symptoms.join(", "),
        entry.means,
        entry.rests_on,
        entry.mend,
    );
    if let Some(source) = source(entry.code) {
        page += &format!("\n*Decided by:* {source}\n");
    }
    if !entry.command.is_empty() {
        page += &format!(
            "\n*On a real cluster:*\n\n```console\n$ {}\n```\n",
            entry.command
        );
    }
    page
}

/// The whole documentation of findings, with a manifest that gives each code, where there is one.
pub fn document(example: impl Fn(&str) -> Option<String>) -> String {
    let mut document = String::from(
        "# Findings\n\nWhat Switchboard says about manifests, code by code. Written by \
         `UPDATE_DOCS=1 cargo test -p switchboard-tests --test findings`; do not edit.\n\n\
         | code | severity | what |\n|---|---|---|\n",
    );
    for entry in entries() {
        document += &format!(
            "| [`{code}`](#{code}) | {} | {} |\n",
            entry.severity.name(),
            entry.title,
            code = entry.code
        );
    }
    document += "\n## By subject\n\nWhat hurts most often stands first. No code is said in lessons only.\n\n\
                 | what is wrong | codes |\n|---|---|\n";
    for subject in SUBJECTS {
        let codes: Vec<String> = subject
            .codes
            .iter()
            .map(|code| format!("[`{code}`](#{code})"))
            .collect();
        document += &format!("| {} | {} |\n", subject.title, codes.join(", "));
    }
    for entry in entries() {
        document.push('\n');
        document += &page(entry);
        if let Some(example) = example(entry.code) {
            document += &format!("\n*For example:*\n\n```yaml\n{}\n```\n", example.trim_end());
        }
    }
    document
}

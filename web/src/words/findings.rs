//! What is wrong or worth knowing: the list, its filter, what mends, the page of a code.

use switchboard_engine::finding::Severity;

use crate::protocol::Counts;

/// An edit that mends was made.
pub const WRITTEN: &str = "Written into the manifest. Undo in the editor takes it back.";
/// The text is no longer what the edit was for.
pub const NOT_WRITTEN: &str =
    "The text has changed since this was found: nothing was written. The list is made anew.";
/// While changes happen that stand in no manifest.
pub const OF_WHAT_IF: &str =
    "These are findings of the changed cluster, not of the manifests alone.";
/// No text.
pub const NO_TEXT: &str =
    "What is wrong, or worth knowing, is listed here once there is a manifest.";
/// A sound application.
pub const SOUND: &str = "Nothing to say about these manifests.";
/// The same, in full.
pub const SOUND_MORE: &str = "What is true of a single packet only is said with its journey.";
/// What the button of a code does.
pub const WHAT_IT_MEANS: &str = "What this code means";
/// The page of a code has not come yet.
pub const LOOKING_UP: &str = "Looking it up …";
/// There is no such code.
pub const NO_SUCH_CODE: &str = "There is no finding with this code.";

/// A severity, as many of it as there are.
pub fn severity(count: u32, severity: Severity) -> &'static str {
    match (severity, count) {
        (Severity::Error, 1) => "error",
        (Severity::Error, _) => "errors",
        (Severity::Warning, 1) => "warning",
        (Severity::Warning, _) => "warnings",
        (Severity::Note, 1) => "note",
        (Severity::Note, _) => "notes",
    }
}

/// "2 errors".
pub fn counted(count: u32, severity: Severity) -> String {
    format!("{count} {}", self::severity(count, severity))
}

/// "2 errors, 1 note".
pub fn counts(counts: Counts) -> String {
    let all = [Severity::Error, Severity::Warning, Severity::Note];
    all.into_iter()
        .filter(|severity| counts.of(*severity) > 0)
        .map(|severity| counted(counts.of(severity), severity))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Findings that the filter leaves out.
pub fn left_out(left: Counts) -> String {
    format!("{} left out", counts(left))
}

/// The filter leaves nothing.
pub fn all_left_out(left: Counts) -> String {
    format!("All that there is to say is left out: {}.", counts(left))
}

/// The next page of a long list.
pub fn show_more(more: usize) -> String {
    format!("Show more of {more}")
}

/// What no page of a long list shows.
pub fn unlisted(count: usize) -> String {
    format!("{count} more are not listed: mend these first.")
}

/// What a client sees of a finding.
pub fn client_sees(symptom: &str) -> String {
    format!("A client sees: {symptom}")
}

/// Where findings of a code are shown.
pub fn shown(appears: &str) -> String {
    format!("Shown {appears}.")
}

/// The list.
pub const FINDINGS: &str = "Findings";
/// The group of buttons that filter.
pub const LISTED: &str = "Findings that are listed";
/// A tag: the cluster is a changed one.
pub const WHAT_IF: &str = "what if";
/// A button that ends the filter.
pub const SHOW_ALL: &str = "Show all";
/// Before a line that an edit takes away.
pub const LINE_BEFORE: &str = "before: ";
/// Before a line that an edit writes.
pub const LINE_AFTER: &str = "after: ";
/// The mark of a severity.
pub const ERROR: &str = "Error";
/// The mark of a severity.
pub const WARNING: &str = "Warning";
/// The mark of a severity.
pub const NOTE: &str = "Note";

// The page of a code: its headings.
/// A heading.
pub const CLIENT_SEES: &str = "What a client sees";
/// A heading.
pub const RESTS_ON: &str = "What it rests on";
/// A heading, above a file of Kubernetes.
pub const DECIDED_BY: &str = "Decided by";
/// A heading.
pub const WHAT_MENDS: &str = "What mends it";
/// A heading, above a manifest.
pub const FOR_EXAMPLE: &str = "For example";

/// Where a finding is that is about no file in particular.
pub const ALL_MANIFESTS: &str = "All manifests";
/// The kind of an object that says none.
pub const OBJECT: &str = "Object";

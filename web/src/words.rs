//! Words of the page that stand in more than one place or that a translator would want together: what is kept, shared,
//! and lost. Each is a constant or a function of what it counts; panels hold no such sentence of their own.
//!
//! To translate the page is to put another module of the same names in the place of this one.

use switchboard_engine::finding::Severity;

use crate::protocol::Counts;

/// No room in the browser's storage.
pub const FULL: &str = "The browser has no room to keep this: what you changed will be gone after a reload. Your text is still here; download it, or delete a workspace.";
/// A newer version waits.
pub const NEW_VERSION: &str = "A new version is there.";
/// Two tabs with one workspace.
pub fn beside(name: &str) -> String {
    format!(
        "Another tab has changed this workspace. What you write here is kept beside it, as \u{201c}{name}\u{201d}."
    )
}
/// Something is on the clipboard.
pub const COPIED: &str = "Copied.";
/// The clipboard cannot be written.
pub const NOT_COPIED: &str = "This browser does not let the page write to the clipboard.";
/// There is nothing on the map to take a picture of.
pub const NO_MAP: &str =
    "There is no map to take a picture of: it is shown as a list, or still being drawn.";
/// The picture is larger than the browser can paint.
pub const NO_PICTURE: &str = "This browser could not paint the picture; the SVG has all of it.";
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

/// The answer stands beside what it was.
pub const COMPARED: &str = "Mended: the answer before, and the answer now.";
/// Above the answer as it was.
pub const BEFORE: &str = "Before";
/// Above the answer as it is.
pub const NOW: &str = "Now";

/// What is true of an answer's packets alone.
pub fn worth_knowing(count: usize) -> String {
    format!("Worth knowing of this packet ({count})")
}

/// Where findings of a code are shown.
pub fn shown(appears: &str) -> String {
    format!("Shown {appears}.")
}

/// What a link does with Secrets, and where it goes.
pub const LINK: &str = "The link holds the manifests themselves, behind its #, which browsers never send to a server. Whoever has the link can read them. Values of Secrets are left out.";
/// What is kept, and where.
pub const PRIVACY: [(&str, &str); 5] = [
    (
        "Your manifests",
        "are read and simulated in this tab. They are sent nowhere: the page has no server to send them to.",
    ),
    (
        "Kept here",
        "texts, names of workspaces and the theme, in this browser's localStorage, so that a reload loses nothing. Values of Secrets are taken out before anything is kept, shared or exported. Deleting a workspace, or this site's data in the browser, deletes it.",
    ),
    (
        "Kept for offline use",
        "the page's own files, in the browser's cache. No text of yours.",
    ),
    (
        "Links",
        "hold the manifests behind a #. That part of an address stays in the browser.",
    ),
    (
        "How to check",
        "open the developer tools, tab Network, and use the page: after it has loaded there is no request, except to its own address for a newer version. The page's Content-Security-Policy (first lines of its source) has default-src 'none' and connect-src 'self': the browser itself would refuse to send anything elsewhere. Or switch the network off and go on.",
    ),
];

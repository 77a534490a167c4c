//! What is kept and lost: workspaces, files, what the browser stores, privacy.

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

// The dialog of workspaces.
/// The dialog.
pub const WORKSPACES: &str = "Workspaces";
/// What is kept, and how much.
pub const ROOM: &str = "Kept in this browser, without the values of Secrets. There is room for about 5 MB of text in all; whoever needs more keeps files.";
/// A button.
pub const NEW_WORKSPACE: &str = "New workspace";
/// A button of a workspace.
pub const OPEN: &str = "Open";
/// A button of a workspace.
pub const DUPLICATE: &str = "Duplicate";
/// A button of a workspace.
pub const DELETE: &str = "Delete";
/// A mark of the workspace that is shown.
pub const IS_OPEN: &str = "open";
/// A mark of a workspace that holds a sample.
pub const IS_SAMPLE: &str = "sample";

// Names that workspaces get; a number follows where the name is taken.
/// A new one.
pub const WORKSPACE: &str = "Workspace";
/// One that a lesson made.
pub const LESSON: &str = "Lesson";
/// One that came as a link.
pub const SHARED_LINK: &str = "Shared link";

// The dialog of privacy.
/// The dialog.
pub const PRIVACY_TITLE: &str = "Privacy";
/// A heading.
pub const LICENCES: &str = "Licences";
/// The licence of the page.
pub const LICENCE: &str = "Switchboard is under the Apache License 2.0.";
/// A link.
pub const OTHER_LICENCES: &str = "What it is built from, and under which licences";

/// A field.
pub fn name_of(workspace: &str) -> String {
    format!("Name of {workspace}")
}

/// A button, in full.
pub fn open(workspace: &str) -> String {
    format!("Open {workspace}")
}

/// A button, in full.
pub fn duplicate(workspace: &str) -> String {
    format!("Duplicate {workspace}")
}

/// A button, in full.
pub fn delete(workspace: &str) -> String {
    format!("Delete {workspace}")
}

/// Files that the page does not open.
pub fn not_opened(files: &[String]) -> String {
    format!(
        "Cannot be read as text, is too large, or is a picture of something else: {}.",
        files.join(", ")
    )
}

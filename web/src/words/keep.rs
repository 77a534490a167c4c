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

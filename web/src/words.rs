//! Words of the page that stand in more than one place or that a translator would want together: what is kept, shared,
//! and lost. Each is a constant or a function of what it counts; panels hold no such sentence of their own.
//!
//! To translate the page is to put another module of the same names in the place of this one.

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

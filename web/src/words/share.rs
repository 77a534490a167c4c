//! Links, pictures and what else leaves the page.

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

// The dialog.
/// The dialog, and what opens it.
pub const SHARE_AND_EXPORT: &str = "Share and export";
/// A heading, and the field that holds the link.
pub const LINK_TITLE: &str = "Link";
/// A heading.
pub const JOURNEY: &str = "Journey";
/// There is no journey.
pub const SEND_FIRST: &str = "Send a packet first.";
/// A button.
pub const COPY_MARKDOWN: &str = "Copy as Markdown";
/// A button.
pub const SVG: &str = "SVG";
/// A button.
pub const PNG: &str = "PNG";
/// A heading.
pub const MAP: &str = "Map";
/// What else a picture is.
pub const SVG_MORE: &str = "An SVG carries its manifests: open or drop it here, and they are back.";
/// A heading.
pub const MANIFESTS: &str = "Manifests";
/// A button.
pub const ONE_FILE: &str = "Download as one file";
/// A button.
pub const EACH_FILE: &str = "Download each";
/// What is left out of files.
pub const WITHOUT_SECRETS: &str = "Without the values of Secrets.";
/// While the link is made.
pub const MAKING_LINK: &str = "Making the link …";
/// A button.
pub const COPY_LINK: &str = "Copy link";
/// A button.
pub const COPY_IFRAME: &str = "Copy as iframe";
/// The same of a text that stands on the page.
pub const CANNOT_COPY: &str = "The browser does not let this page copy; select the text instead.";

/// How long the link is.
pub fn link_length(length: usize, longest: usize) -> String {
    format!("{length} characters of {longest} at most")
}

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

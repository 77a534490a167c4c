//! Links, pictures and what else leaves the page.

/// Something is on the clipboard.
pub const COPIED: &str = "Copied.";
/// The clipboard cannot be written.
pub const NOT_COPIED: &str =
    "This browser does not let the page write to the clipboard; select the text instead.";
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
/// The packet that was asked for goes nowhere.
pub const NO_JOURNEY: &str = "This packet is not sent: there is no journey.";
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

/// How long the link is.
pub fn link_length(length: usize, longest: usize) -> String {
    format!("{length} characters of {longest} at most")
}

/// Why there is no link.
pub const CANNOT_COMPRESS: &str =
    "This browser cannot compress text, so there is no link. Download the manifests instead.";

/// Why there is no link; lengths in thousands of characters.
pub fn too_long(length: usize, longest: usize) -> String {
    format!(
        "These manifests make a link of {length} kB or more; {longest} kB is the most that arrives everywhere. Download them instead."
    )
}

/// A link was not opened.
pub fn refused(why: &str) -> String {
    format!("This link was not opened: {why}.")
}

// Why it was not.
/// It is no link of this version.
pub const OTHER_VERSION: &str = "it was made by another version of Switchboard";
/// It is no link that this page makes.
pub const TOO_LONG: &str = "it is too long";
/// It is no text, or a bomb.
pub const DAMAGED: &str = "it is damaged, or unfolds to too much text";
/// It is some text, and not of this page.
pub const SOMETHING_ELSE: &str = "it does not hold what a link of Switchboard holds";
/// It names a file as this page does not.
pub const IMPROPER_NAME: &str = "it holds a file without a proper name";

/// It is no link that this page makes.
pub fn too_many_files(count: usize) -> String {
    format!("it holds {count} files")
}

/// It is no link that this page makes.
pub fn too_many_changes(count: usize) -> String {
    format!("it holds {count} changes")
}

/// What was left out of what is kept, shared or exported; `None`: nothing was.
pub fn left_out(values: usize, documents: usize) -> Option<String> {
    let of_values = match values {
        0 => None,
        1 => Some("1 value of a Secret was left out".to_owned()),
        n => Some(format!("{n} values of Secrets were left out")),
    };
    let of_documents = match documents {
        0 => None,
        1 => Some("1 document with a Secret was left out whole".to_owned()),
        n => Some(format!("{n} documents with Secrets were left out whole")),
    };
    match (of_values, of_documents) {
        (Some(values), Some(documents)) => Some(format!("{values}, {documents}.")),
        (Some(one), None) | (None, Some(one)) => Some(format!("{one}.")),
        (None, None) => None,
    }
}

/// A comment in the place of a Secret that was left out whole.
pub const WHOLE_SECRET: &str =
    "Here stood a Secret in a form whose values cannot be told from the rest: left out.";

//! What several panels say in the same sense.

use std::fmt::Display;

/// The name of the page.
pub const PRODUCT: &str = "Switchboard";
/// A button that copies what it stands beside.
pub const COPY: &str = "Copy";
/// The button of a dialog.
pub const CLOSE: &str = "Close";
/// A tag: no manifest says it.
pub const ASSUMED: &str = "assumed";
/// While an answer is computed.
pub const TRACING: &str = "Tracing …";
/// Above a command.
pub const ON_A_REAL_CLUSTER: &str = "On a real cluster";
/// Above an explanation.
pub const WHAT_IT_MEANS: &str = "What it means";
/// Before what is not the same as in the other column.
pub const DIFFERS: &str = "differs: ";
/// Before a rule that the packet matched.
pub const MATCHED: &str = "matched: ";
/// An action of a thing on the map.
pub const SEND_FROM_HERE: &str = "Send from here";
/// An action of a thing on the map.
pub const SEND_TO_HERE: &str = "Send to here";
/// An action of a group on the map.
pub const FOLD: &str = "Fold";
/// The same of one that is folded.
pub const UNFOLD: &str = "Unfold";
/// The feature, as a heading, a label and a button.
pub const WHAT_IF: &str = "What if";
/// A node of the cluster: a column's head, a field.
pub const NODE: &str = "Node";
/// A button that is pressed.
pub const SHOWN_ON_MAP: &str = "Shown on the map";
/// The same, not pressed.
pub const SHOW_ON_MAP: &str = "Show on the map";
/// The answer as it was.
pub const BEFORE: &str = "Before";

/// The rest of a list.
pub fn and_more(count: usize) -> String {
    format!("and {count} more")
}

/// Where something stands in the text.
pub fn line(number: impl Display) -> String {
    format!("line {number}")
}

/// The same among several texts.
pub fn line_of(file: &str, number: impl Display) -> String {
    format!("{file}:{number}")
}

/// What comes of the packet, as its sender sees it.
pub fn the_client_sees(what: &str) -> String {
    format!("The client sees: {what}")
}

/// A thing, and the node that it is on.
pub fn on_node(thing: &str, node: &str) -> String {
    format!("{thing} on {node}")
}

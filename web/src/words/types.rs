//! The same Service as each type, side by side.

use std::fmt::Display;

/// No Service is chosen.
pub const NO_SERVICE: &str =
    "Choose a Service on the map, and what each type would give it stands here side by side.";
/// A note.
pub const WITHOUT_SELECTOR: &str = "It has no selector: its endpoints are somebody else's work.";
/// A note.
pub const CLIENTS_ASSUMED: &str = "Where the manifests have no Pod to ask from, one is assumed.";
/// A note.
pub const WHAT_IS_SHOWN: &str = "Each column is this Service admitted as that type, and packets traced to it; costs and dependencies are general knowledge.";
/// In the place of a verdict.
pub const NO_CLIENT: &str = "nothing to ask from";
/// A tag of the type that the Service has.
pub const CURRENT: &str = "as it is now";
/// What the button of another type does.
pub const WHAT_IF_MORE: &str = "As a change that is not in the manifest";
/// A row: addresses and names.
pub const FOUND_AS: &str = "Found as";
/// A row.
pub const COSTS: &str = "What it costs";
/// A row.
pub const DEPENDS_ON: &str = "Depends on";
/// A row.
pub const BREAKS: &str = "What breaks";
/// A row: where it is documented.
pub const SOURCE: &str = "Source";
/// A verdict that leads nowhere.
pub const STAND_IN: &str = "Its client is assumed and not on the map: there is no journey to show";
/// A verdict that leads to its journey.
pub const SHOW_JOURNEY: &str = "Show this journey";
/// The client's address is not kept.
pub const SOURCE_CHANGES: &str = "Whoever it reaches sees another source address.";

/// While types are computed of which none is there.
pub fn asking(service: impl Display) -> String {
    format!("Asking what each type would give {service} …")
}

/// Nothing could be changed.
pub fn not_written(service: impl Display) -> String {
    format!("{service} stands in no manifest here.")
}

/// The heading. What stands in backquotes is set as code.
pub fn as_each_type(service: impl Display) -> String {
    format!("Service `{service}`, as each type")
}

/// While types are computed.
pub fn computed(types: impl Display) -> String {
    format!("{types} computed …")
}

/// A button.
pub fn what_if_it_were(kind: &str) -> String {
    format!("What if it were {kind}")
}

/// Why the API server would not admit it.
pub fn refused(why: &str) -> String {
    format!("Refused: {why}")
}

/// A verdict that leads to its journey, in full.
pub fn show_journey(verdict: &str, from: &str, to: &str, kind: &str) -> String {
    format!("{verdict}: show the journey from {from} to {to}, {kind}")
}

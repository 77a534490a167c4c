//! What is known of the thing that is chosen, and how the API server stores it.

use std::fmt::Display;

/// What is known of the chosen thing.
pub const DETAILS: &str = "Details";
/// A button.
pub const CLOSE: &str = "Close details";
/// A label as `kubectl describe` has it: workloads follow, the topmost first.
pub const CONTROLLED_BY: &str = "controlled by";
/// A mark of a workload that nobody wrote.
pub const REFERENCE: &str = "ownerReference";
/// In full.
pub const REFERENCE_MORE: &str =
    "Only an ownerReference names it: no workload of these manifests is it.";
/// Above the Pods of a group.
pub const PODS: &str = "Pods";
/// Above fields that the API server adds.
pub const NOT_WRITTEN: &str = "Not written in the manifest";
/// A button: rules of a Service.
pub const ITS_RULES: &str = "Its rules";
/// A button: rules of a node.
pub const RULES: &str = "Rules";
/// A button: as the API server stores it.
pub const YAML: &str = "YAML";
/// A button.
pub const SLICES: &str = "EndpointSlices";

// Marks of a value that nobody wrote, each with what it says in full.
/// A mark.
pub const DEFAULT: &str = "default";
/// In full.
pub const DEFAULT_MORE: &str = "The API server fills it in.";
/// In full, of a value that is assumed.
pub const ALLOCATED_MORE: &str =
    "The API server draws it from a range: a real cluster may draw another.";
/// In full, of a value that is assumed.
pub const ASSUMED_MORE: &str = "No manifest says it: a controller or a person would.";
/// A mark.
pub const DROPPED: &str = "dropped";
/// In full.
pub const DROPPED_MORE: &str = "The API server takes it away.";

// As the API server stores it.
/// Nothing is chosen.
pub const NOTHING_CHOSEN: &str =
    "Choose a Service, a Pod or a node on the map: as the API server stores it, it stands here.";
/// A button that goes there.
pub const IN_THE_MANIFEST: &str = "In the manifest";

/// What the chosen thing is, and its namespace.
pub fn kind_in(kind: &str, namespace: &str) -> String {
    format!("{kind} in {namespace}")
}

/// A workload, as one of those who made a Pod.
pub fn owner(kind: &str, name: &str) -> String {
    format!("{kind} {name}")
}

/// A button that goes to where it is written.
pub fn line(number: impl Display) -> String {
    format!("Line {number}")
}

/// How long a stored object is.
pub fn stored_lines(lines: usize, added: usize) -> String {
    format!("{lines} lines, {added} that no manifest says")
}

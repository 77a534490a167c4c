//! Every way that a packet can go, and many packets at once.

use std::fmt::Display;

/// Before there is an answer.
pub const NOTHING_SENT: &str =
    "Send a packet, and every way that it can go stands here with its share.";
/// The tree.
pub const WAYS: &str = "Ways";
/// The list of first steps.
pub const TRUNK: &str = "Steps that all ways have in common";
/// Above places where packets come in.
pub const ENTERS_AT: &str = "enters at one of";
/// Above places where packets end.
pub const ENDS_AT_ONE_OF: &str = "ends at one of";

// Many packets.
/// The part with a thousand packets.
pub const MANY: &str = "Many packets";
/// A button.
pub const SEND_MANY: &str = "Send 1,000";
/// A field: where drawing begins.
pub const SEED: &str = "Seed";
/// Before it was pressed.
pub const MANY_MORE: &str = "A thousand packets, drawn as the rules draw, beside the exact values.";
/// In the place of a node's name: it ends on no node.
pub const NO_NODE: &str = "none";
/// Over a table.
pub const PER_ENDPOINT: &str = "Per endpoint";
/// The same, if endpoints take turns.
pub const PER_ENDPOINT_IN_TURNS: &str = "Per endpoint, in turns";
/// Over a table.
pub const PER_NODE: &str = "Per node";
/// A column.
pub const ENDS_AT: &str = "Ends at";
/// A column.
pub const NODE_OF_ENDPOINT: &str = "Node of the endpoint";
/// A column.
pub const SHARE: &str = "Share";
/// A column: how many packets came here by chance.
pub const DRAWN: &str = "Drawn";
/// A column: how many came here in turn.
pub const TAKEN: &str = "Taken";
/// A column.
pub const EXPECTED: &str = "Expected";
/// What ± over a column says.
pub const DEVIATION: &str = "One standard deviation: two draws of three are no further off";

/// Over the tree.
pub fn every_way(shares: &str) -> String {
    format!("Every way, with {shares}")
}

/// What sets a way apart from the others.
pub fn ends(ends_where: &str) -> String {
    format!("Ends {ends_where}. ")
}

/// Why each of many packets has another client.
pub fn another_client(timeout: impl Display) -> String {
    format!(
        "Each from another client: one client stays with its endpoint for {timeout} s (sessionAffinity)."
    )
}

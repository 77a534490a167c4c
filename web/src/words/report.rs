//! The report of an answer, to be read without the page.

use std::fmt::Display;

use switchboard_engine::KUBERNETES;

/// A column.
pub const SHARE: &str = "share";
/// A column.
pub const WAY: &str = "way";
/// A column.
pub const CLIENT_SEES: &str = "the client sees";

/// What a step makes of a packet's header.
pub fn becomes(before: impl Display, after: impl Display) -> String {
    format!("{before} becomes {after}")
}

/// A rule that a step met.
pub fn rule(text: &str) -> String {
    format!("rule: {text}")
}

/// The line of a manifest that a step is because of.
pub fn cause(file: &str, line: impl Display, text: &str) -> String {
    format!("{file}, line {line}: {text}")
}

/// How to see the same on a real cluster.
pub fn check(command: &str, is_assumed: bool) -> String {
    let assumed = if is_assumed {
        " (an address or a name in it is assumed)"
    } else {
        ""
    };
    format!("check{assumed}: {command}")
}

/// A step of which no manifest can tell.
pub const UNKNOWABLE: &str = "unknowable";
/// Above the findings that go with an answer.
pub const FINDINGS: &str = "Findings";
/// A link to the page.
pub const OPEN: &str = "Open it in Switchboard";

/// Below a text or a picture.
pub fn simulated() -> String {
    format!(
        "Simulated by Switchboard from manifests alone, as Kubernetes {KUBERNETES} does it. What is marked as assumed, addresses above all, may be other on a real cluster."
    )
}

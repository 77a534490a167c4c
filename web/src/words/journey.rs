//! An answer and its journeys: verdict, steps, branches, what a step holds, why.

/// The answer stands beside what it was.
pub const COMPARED: &str = "Mended: the answer before, and the answer now.";
/// Above the answer as it was.
pub const BEFORE: &str = "Before";
/// Above the answer as it is.
pub const NOW: &str = "Now";

/// What is true of an answer's packets alone.
pub fn worth_knowing(count: usize) -> String {
    format!("Worth knowing of this packet ({count})")
}

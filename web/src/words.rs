//! Every word of the page that people read: text, labels, titles, notices. Panels and state hold none of their own.
//!
//! A fixed text is a constant; what counts or names something is one function that returns the whole sentence, so that
//! the order of words and the plural are decided here. Words that Kubernetes or the engine gives (kinds, fields,
//! commands, the sentences of findings and steps) are not here.
//!
//! To translate the page is to put another module of the same names in the place of this one. An area is what is read
//! together.

pub mod branches;
pub mod common;
pub mod detail;
pub mod facts;
pub mod findings;
pub mod help;
pub mod journey;
pub mod keep;
pub mod lesson;
pub mod map;
pub mod page;
pub mod probe;
pub mod report;
pub mod rules;
pub mod scene;
pub mod share;
pub mod types;
pub mod whatif;

/// So many of something.
fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

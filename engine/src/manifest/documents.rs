//! Cuts a text into documents.
//!
//! By lines, before anything is parsed: `---` and `...` in the first column end a document whatever stands before them,
//! so a document that is broken cannot take the next one with it.

use std::ops::Range;

/// The documents of a text, as ranges of its bytes; empty ones are left out.
pub(super) fn split(text: &str) -> Vec<Range<usize>> {
    let mut documents = Vec::new();
    let mut start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut line = start;
    while line < text.len() {
        let end = text[line..]
            .find('\n')
            .map_or(text.len(), |at| line + at + 1);
        if let Some(marker) = marker(&text[line..end]) {
            documents.push(start..line);
            start = match marker {
                // What follows on the line belongs to the next document.
                Marker::Start => line + 3,
                Marker::End => end,
            };
        }
        line = end;
    }
    documents.push(start..text.len());
    documents.retain(|bytes| !is_empty(&text[bytes.clone()]));
    documents
}

enum Marker {
    Start,
    End,
}

fn marker(line: &str) -> Option<Marker> {
    let marker = match line.as_bytes() {
        [b'-', b'-', b'-', ..] => Marker::Start,
        [b'.', b'.', b'.', ..] => Marker::End,
        _ => return None,
    };
    line[3..]
        .chars()
        .next()
        .is_none_or(char::is_whitespace)
        .then_some(marker)
}

/// Nothing but blank lines, comments and directives.
fn is_empty(document: &str) -> bool {
    document.lines().all(|line| {
        let content = line.trim_start();
        content.is_empty() || content.starts_with('#') || line.starts_with('%')
    })
}

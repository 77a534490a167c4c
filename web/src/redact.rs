//! The values of Secrets, taken out of a text before it is kept, shared or exported, and covered where it is shown.
//!
//! It reads lines and brackets, no YAML: the page has no parser, and a text that the engine cannot read must not be
//! kept with its Secrets either. So it errs on the side of leaving out: a Secret written in a form that it does not
//! understand (a flow mapping among block mappings, an alias as a value, a kind with a tag) costs its whole document.

use std::{borrow::Cow, ops::Range};

mod block;
mod flow;
#[cfg(test)]
mod tests;

use crate::words;

/// What stands in place of a value. It is valid base64, so that the Secret still reads as one.
pub const MARK: &str = "redacted";
/// kubectl's copy of the whole object, values included.
const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
const VALUES: [&str; 2] = ["data", "stringData"];

/// A text without the values of its Secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted<'a> {
    /// The text; borrowed if there was nothing to take out.
    pub text: Cow<'a, str>,
    /// Values that were taken out.
    pub values: usize,
    /// Documents that were left out whole.
    pub documents: usize,
}

/// Takes the values of Secrets out of the manifests in `text`.
pub fn redacted(text: &str) -> Redacted<'_> {
    let mut all = Redacted {
        text: Cow::Borrowed(text),
        values: 0,
        documents: 0,
    };
    if !text.contains("Secret") {
        return all;
    }
    let mut written = String::with_capacity(text.len());
    for document in documents(text) {
        if !document.contains("Secret") {
            written.push_str(document);
            continue;
        }
        let (marker, body) = split_marker(document);
        let result = if is_flow(body) {
            flow::redacted(body)
        } else {
            block::redacted(body)
        };
        written.push_str(marker);
        match result {
            Some((body, values)) => {
                all.values += values;
                written.push_str(&body);
            }
            None => {
                all.documents += 1;
                if !marker.is_empty() && !marker.ends_with('\n') {
                    written.push('\n');
                }
                written.push_str(&format!("# {}\n", words::share::WHOLE_SECRET));
            }
        }
    }
    if all.values + all.documents > 0 {
        all.text = Cow::Owned(written);
    }
    all
}

/// Where the values of Secrets stand in the manifests in `text`, in UTF-16 units, in order: to be covered on the screen.
///
/// A Secret in a form that is not understood is left as it is: one that is being typed is often such.
pub fn values(text: &str) -> Vec<Range<u32>> {
    if !text.contains("Secret") {
        return Vec::new();
    }
    let mut start = 0;
    let mut bytes: Vec<Range<usize>> = Vec::new();
    for document in documents(text) {
        if document.contains("Secret") {
            let (marker, body) = split_marker(document);
            let values = if is_flow(body) {
                flow::values(body)
            } else {
                block::values(body)
            };
            let from = start + marker.len();
            let values = values.unwrap_or_default().into_iter();
            bytes.extend(values.map(|range| from + range.start..from + range.end));
        }
        start += document.len();
    }
    in_utf16(text, &bytes)
}

fn is_flow(body: &str) -> bool {
    body.trim_start().starts_with(['{', '['])
}

// The ranges are in order, so that the text is counted once.
fn in_utf16(text: &str, ranges: &[Range<usize>]) -> Vec<Range<u32>> {
    let (mut at, mut units) = (0, 0_u32);
    let mut to = |end: usize| {
        let between = text.get(at..end).unwrap_or_default();
        let count = u32::try_from(between.encode_utf16().count()).unwrap_or(u32::MAX);
        units = units.saturating_add(count);
        at = end.max(at);
        units
    };
    ranges
        .iter()
        .map(|range| to(range.start)..to(range.end))
        .collect()
}

/// The documents with the markers before them.
fn documents(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let is_marker = line
            .strip_prefix("---")
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace));
        if is_marker && at > 0 {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    starts
        .windows(2)
        .filter_map(|pair| text.get(pair[0]..pair[1]))
        .collect()
}

/// `---` with its line, as long as nothing else stands there.
fn split_marker(document: &str) -> (&str, &str) {
    if !document.starts_with("---") {
        return ("", document);
    }
    let line = document.find('\n').map_or(document.len(), |end| end + 1);
    let rest = document[3..line].trim();
    if rest.is_empty() || rest.starts_with('#') {
        document.split_at(line)
    } else {
        document.split_at(3)
    }
}

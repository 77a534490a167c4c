//! Cuts a text into documents.
//!
//! By lines, before anything is parsed: `---` and `...` in the first column end a document whatever stands before them,
//! so a document that is broken cannot take the next one with it.

use crate::order::Order;
use std::ops::Range;

use memchr::memmem;

/// A piece of text between two separators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunk {
    /// Bytes of the text.
    pub(super) bytes: Range<usize>,
    /// What stands before it.
    pub(super) boundary: Boundary,
}

/// What separates a document from the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Boundary {
    /// The text begins.
    Start,
    /// `---`, alone on its line or with a comment.
    Separator,
    /// `---` with something behind it, which kubectl refuses.
    SeparatorWithContent,
    /// `...` and no `---` after it: kubectl does not read on.
    EndMarker,
    /// Nothing: `apiVersion` and `kind` begin anew in the middle of a document.
    Missing,
}

/// The documents of a text; those without content are left out.
pub(super) fn split(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut current = Chunk {
        bytes: start..start,
        boundary: Boundary::Start,
    };
    for (line, marker) in markers(text, start) {
        current.bytes.end = line.start;
        finish(text, current, &mut chunks);
        let (boundary, start) = match marker {
            Marker::Separator => (Boundary::Separator, line.start + 3),
            Marker::SeparatorWithContent => (Boundary::SeparatorWithContent, line.start + 3),
            Marker::End => (Boundary::EndMarker, line.end),
        };
        current = Chunk {
            bytes: start..start,
            boundary,
        };
    }
    current.bytes.end = text.len();
    finish(text, current, &mut chunks);
    chunks
}

/// The lines that end a document.
fn markers(text: &str, start: usize) -> Vec<(Range<usize>, Marker)> {
    let mut lines: Vec<Range<usize>> = lines_with(text, &(start..text.len()), "---")
        .chain(lines_with(text, &(start..text.len()), "..."))
        .collect();
    lines.order_by_key(|line| line.start);
    lines
        .into_iter()
        .filter_map(|line| {
            let marker = marker(&text[line.clone()])?;
            Some((line, marker))
        })
        .collect()
}

enum Marker {
    Separator,
    SeparatorWithContent,
    End,
}

fn marker(line: &str) -> Option<Marker> {
    let is_end = match line.as_bytes() {
        [b'-', b'-', b'-', ..] => false,
        [b'.', b'.', b'.', ..] => true,
        _ => return None,
    };
    let rest = &line[3..];
    if !rest.chars().next().is_none_or(char::is_whitespace) {
        return None;
    }
    let rest = rest.trim();
    Some(match (is_end, rest.is_empty() || rest.starts_with('#')) {
        (true, _) => Marker::End,
        (false, true) => Marker::Separator,
        (false, false) => Marker::SeparatorWithContent,
    })
}

/// Lines with their line breaks.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
}

/// The lines among `bytes` that begin with `head`.
fn lines_with<'t>(
    text: &'t str,
    bytes: &Range<usize>,
    head: &'static str,
) -> impl Iterator<Item = Range<usize>> + use<'t> {
    let Range { start, end } = *bytes;
    let within = &text.as_bytes()[start..end];
    let first = within.starts_with(head.as_bytes()).then_some(start);
    // Found by their line break: a dump has far more lines than marks.
    let needle = format!("\n{head}");
    let finder = memmem::Finder::new(&needle).into_owned();
    let mut at = 0;
    let others = std::iter::from_fn(move || {
        let found = at + finder.find(&within[at..])?;
        at = found + 1;
        Some(start + found + 1)
    });
    first.into_iter().chain(others).map(move |begin| {
        let length = memchr::memchr(b'\n', &text.as_bytes()[begin..end]);
        begin..length.map_or(end, |length| begin + length + 1)
    })
}

fn finish(text: &str, chunk: Chunk, chunks: &mut Vec<Chunk>) {
    if is_empty(&text[chunk.bytes.clone()]) {
        return;
    }
    let mut rest = chunk;
    for at in missing_separators(text, &rest.bytes) {
        chunks.push(Chunk {
            bytes: rest.bytes.start..at,
            boundary: rest.boundary,
        });
        rest = Chunk {
            bytes: at..rest.bytes.end,
            boundary: Boundary::Missing,
        };
    }
    chunks.push(rest);
}

/// Nothing but blank lines, comments and directives.
fn is_empty(document: &str) -> bool {
    lines(document).all(|line| {
        let content = line.trim_start();
        content.is_empty() || content.starts_with('#') || line.starts_with('%')
    })
}

/// Where another object begins although no `---` stands before it: several dumps in one file, or a forgotten line.
///
/// The key that began the document, `apiVersion` or `kind`, comes again in the first column, and both of them stand in
/// each part.
fn missing_separators(text: &str, bytes: &Range<usize>) -> Vec<usize> {
    let content = text[bytes.clone()].trim_start();
    if content.starts_with(['{', '[']) {
        return Vec::new();
    }
    let mut heads: Vec<(usize, Head)> = lines_with(text, bytes, "apiVersion:")
        .map(|line| (line.start, Head::ApiVersion))
        .chain(lines_with(text, bytes, "kind:").map(|line| (line.start, Head::Kind)))
        .collect();
    heads.order_by_key(|&(line, _)| line);
    let Some(&(_, first)) = heads.first() else {
        return Vec::new();
    };
    let begins: Vec<usize> = (0..heads.len())
        .filter(|&nth| heads[nth].1 == first)
        .collect();
    let is_whole = |range: Range<usize>| heads[range].iter().any(|&(_, head)| head != first);
    let mut separators = Vec::new();
    for (nth, &begin) in begins.iter().enumerate() {
        let end = begins.get(nth + 1).copied().unwrap_or(heads.len());
        if !is_whole(begin..end) {
            // A key written twice, not another object.
            return Vec::new();
        }
        if nth > 0 {
            separators.push(heads[begin].0);
        }
    }
    separators
}

#[derive(Clone, Copy, PartialEq)]
enum Head {
    ApiVersion,
    Kind,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Boundary)]) {
        let chunks = split(text);
        let found: Vec<(&str, Boundary)> = chunks
            .iter()
            .map(|chunk| (&text[chunk.bytes.clone()], chunk.boundary))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn separators_cut() {
        use Boundary::*;
        check("", &[]);
        check("a: 1", &[("a: 1", Start)]);
        check("\u{feff}a: 1\n", &[("a: 1\n", Start)]);
        check("---\n---\r\n# nothing\n---\n", &[]);
        check(
            "a: 1\n---\nb: 2\n--- # two\nc: 3\n---",
            &[
                ("a: 1\n", Start),
                ("\nb: 2\n", Separator),
                (" # two\nc: 3\n", Separator),
            ],
        );
        check("--- {a: 1}\n", &[(" {a: 1}\n", SeparatorWithContent)]);
        check(
            "a: 1\n...\n---\nb: 2\n...\nc: 3\n",
            &[
                ("a: 1\n", Start),
                ("\nb: 2\n", Separator),
                ("c: 3\n", EndMarker),
            ],
        );
        check("%YAML 1.2\n---\na: 1\n", &[("\na: 1\n", Separator)]);
        check(
            "a: |\n  ---\n  b\n---more: 1\n",
            &[("a: |\n  ---\n  b\n---more: 1\n", Start)],
        );
    }

    #[test]
    fn an_object_that_begins_without_a_separator_is_cut_off() {
        use Boundary::*;
        check(
            "apiVersion: v1\nkind: A\napiVersion: v1\nkind: B\n",
            &[
                ("apiVersion: v1\nkind: A\n", Start),
                ("apiVersion: v1\nkind: B\n", Missing),
            ],
        );
        check(
            "kind: A\napiVersion: v1\nspec:\n  kind: x\nkind: B\napiVersion: v1\n",
            &[
                ("kind: A\napiVersion: v1\nspec:\n  kind: x\n", Start),
                ("kind: B\napiVersion: v1\n", Missing),
            ],
        );
        // A key written twice.
        check(
            "apiVersion: v1\napiVersion: v1\nkind: A\n",
            &[("apiVersion: v1\napiVersion: v1\nkind: A\n", Start)],
        );
    }
}

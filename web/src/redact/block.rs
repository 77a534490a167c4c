//! YAML as people and kubectl write it: a key a line, what belongs to it indented.

use std::ops::Range;

use super::{LAST_APPLIED, MARK, VALUES};

/// The text with marks in place of the values, and how many. `None`: there is a Secret that it does not understand.
pub(super) fn redacted(text: &str) -> Option<(String, usize)> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (fates, values) = fates(&lines)?;
    let mut written = String::with_capacity(text.len());
    for (line, fate) in lines.iter().zip(&fates) {
        match fate {
            Fate::Stays => written.push_str(line),
            Fate::Goes => {}
            Fate::Marked | Fate::Emptied => {
                // Only lines with a key are marked.
                let key = Key::of(line)?;
                written.push_str(&line[..key.colon + 1]);
                written.push(' ');
                written.push_str(if *fate == Fate::Marked { MARK } else { "{}" });
                written.push('\n');
            }
        }
    }
    Some((written, values))
}

/// Where the values stand, line by line, in bytes. `None`: as for [`redacted`].
pub(super) fn values(text: &str) -> Option<Vec<Range<usize>>> {
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let (fates, _) = fates(&lines)?;
    let mut ranges = Vec::new();
    let mut start = 0;
    for (line, fate) in lines.iter().zip(&fates) {
        let from = match fate {
            Fate::Stays => None,
            Fate::Goes => Some(indent(line)),
            Fate::Marked | Fate::Emptied => {
                let behind = Key::of(line)?.colon + 1;
                Some(behind + indent(&line[behind..]))
            }
        };
        let end = line.trim_end().len();
        ranges.extend(
            from.filter(|from| *from < end)
                .map(|from| start + from..start + end),
        );
        start += line.len();
    }
    Some(ranges)
}

/// What becomes of each line, and how many values there are.
fn fates(lines: &[&str]) -> Option<(Vec<Fate>, usize)> {
    let mut fates = vec![Fate::Stays; lines.len()];
    let mut values = 0;
    let mut understood = vec![false; lines.len()];
    for (nth, line) in lines.iter().enumerate() {
        let Some(key) = Key::of(line) else { continue };
        if key.name == "kind" && unquoted(key.value) == "Secret" {
            understood[nth] = true;
            for at in mapping(lines, nth, key.column) {
                let Some(field) = Key::of(lines[at]).filter(|field| field.column == key.column)
                else {
                    continue;
                };
                if VALUES.contains(&field.name) {
                    values += hide_values(lines, at, &field, &mut fates)?;
                }
            }
        }
        if key.name == LAST_APPLIED {
            let end = end_of(lines, nth, key.column);
            let holds = lines[nth..end].iter().any(|line| line.contains("Secret"));
            if holds {
                fates[nth] = Fate::Marked;
                fates[nth + 1..end].fill(Fate::Goes);
                understood[nth..end].fill(true);
                values += 1;
            }
        }
    }
    for (nth, line) in lines.iter().enumerate() {
        if !understood[nth] && fates[nth] == Fate::Stays && may_name_a_secret(lines, nth, line) {
            return None;
        }
    }
    Some((fates, values))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Stays,
    Goes,
    /// Its value is replaced.
    Marked,
    /// Its mapping is.
    Emptied,
}

/// A line with a key.
struct Key<'a> {
    name: &'a str,
    value: &'a str,
    /// Where the key starts, behind dashes.
    column: usize,
    /// Where the line's first character is, a dash perhaps.
    indent: usize,
    colon: usize,
}

impl<'a> Key<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let indent = indent(line);
        let mut column = indent;
        while let Some(rest) = line[column..].strip_prefix('-') {
            let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
            if spaces == 0 {
                return None;
            }
            column += 1 + spaces;
        }
        let rest = &line[column..];
        let (name, colon) = match rest.chars().next()? {
            quote @ ('"' | '\'') => {
                let end = rest[1..].find(quote)? + 1;
                let behind = &rest[end + 1..];
                let colon = behind.len() - behind.trim_start().len() + end + 1;
                (&rest[1..end], colon)
            }
            '#' | '{' | '[' | '\n' | '\r' => return None,
            _ => {
                let colon = rest.match_indices(':').map(|(at, _)| at).find(|at| {
                    rest[at + 1..].is_empty() || rest[at + 1..].starts_with(char::is_whitespace)
                })?;
                (rest[..colon].trim_end(), colon)
            }
        };
        let value = rest[colon..].strip_prefix(':')?;
        Some(Self {
            name,
            value: without_comment(value).trim(),
            column,
            indent,
            colon: column + colon,
        })
    }
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn without_comment(value: &str) -> &str {
    if value.trim_start().starts_with(['"', '\'']) {
        return value;
    }
    let comment = value
        .match_indices('#')
        .find(|(at, _)| *at == 0 || value[..*at].ends_with(char::is_whitespace));
    comment.map_or(value, |(at, _)| &value[..at])
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(rest) = value.strip_prefix(quote)
            && let Some((inner, behind)) = rest.split_once(quote)
            && (behind.trim().is_empty() || behind.trim_start().starts_with('#'))
        {
            return inner;
        }
    }
    value
}

fn is_quiet(line: &str) -> bool {
    let text = line.trim();
    text.is_empty() || text.starts_with('#')
}

/// The lines of the mapping whose keys stand in `column` and of which `nth` is one.
fn mapping(lines: &[&str], nth: usize, column: usize) -> Range<usize> {
    let mut first = nth;
    let starts =
        |line: &str| Key::of(line).is_some_and(|key| key.column == column && key.indent < column);
    while first > 0 && !starts(lines[first]) {
        let before = lines[first - 1];
        if !is_quiet(before) && indent(before) < column && !starts(before) {
            break;
        }
        first -= 1;
    }
    let mut end = nth + 1;
    while end < lines.len() && (is_quiet(lines[end]) || indent(lines[end]) >= column) {
        end += 1;
    }
    first..end
}

/// The line behind all that belongs to the key of line `nth`.
fn end_of(lines: &[&str], nth: usize, column: usize) -> usize {
    let mut end = nth + 1;
    while end < lines.len() && (is_quiet(lines[end]) || indent(lines[end]) > column) {
        end += 1;
    }
    end
}

fn hide_values(lines: &[&str], nth: usize, field: &Key<'_>, fates: &mut [Fate]) -> Option<usize> {
    let end = end_of(lines, nth, field.column);
    if !field.value.is_empty() {
        if field.value.starts_with('*') {
            return None;
        }
        // `data: {…}`, on one line or several; `data: &anchor` with what follows.
        fates[nth] = Fate::Emptied;
        fates[nth + 1..end].fill(Fate::Goes);
        // Brackets close where they like.
        if field.value.starts_with('{') && !field.value.ends_with('}') {
            let close = (nth + 1..lines.len()).find(|at| lines[*at].contains('}'))?;
            fates[nth + 1..=close].fill(Fate::Goes);
        }
        return Some(1);
    }
    let mut values = 0;
    let mut column = None;
    for at in nth + 1..end {
        if lines[at].trim().is_empty() {
            continue;
        }
        fates[at] = Fate::Goes;
        let Some(key) = Key::of(lines[at]) else {
            continue;
        };
        if *column.get_or_insert(key.column) == key.column && key.indent == key.column {
            if key.value.starts_with('*') || key.name == "<<" {
                return None;
            }
            fates[at] = Fate::Marked;
            values += 1;
        }
    }
    Some(values)
}

/// Whether a line could say that something is a Secret, in a way that was not understood.
fn may_name_a_secret(lines: &[&str], nth: usize, line: &str) -> bool {
    if is_quiet(line) {
        return false;
    }
    let word = |text: &str| {
        text.split(|c: char| !c.is_alphanumeric())
            .any(|word| word == "Secret")
    };
    // `kind:`, and the word on the next line.
    if let Some(key) = Key::of(line)
        && key.name == "kind"
        && key.value.is_empty()
    {
        return lines[nth + 1..]
            .iter()
            .find(|line| !is_quiet(line))
            .is_some_and(|line| word(line));
    }
    line.match_indices("kind").any(|(at, name)| {
        let before = line[..at].chars().next_back();
        let behind = line[at + name.len()..].trim_start_matches(['"', '\'', ' ', '\\']);
        before.is_none_or(|c| !c.is_alphanumeric())
            && behind.strip_prefix(':').is_some_and(|value| {
                let end = value.find([',', '}']).unwrap_or(value.len());
                word(&value[..end])
            })
    })
}

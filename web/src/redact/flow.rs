//! JSON, and what looks like it: brackets, keys, values.

use std::ops::Range;
use switchboard_engine::order::Order;

use super::{LAST_APPLIED, MARK, VALUES};

/// Deeper than anything that people write.
const MAX_DEPTH: usize = 256;

/// What is open while a text is read.
struct Frame {
    is_object: bool,
    /// The key whose value comes next, in an object.
    key: Option<Range<usize>>,
    is_secret: bool,
    /// Values below this object's `data` and `stringData`.
    values: Vec<Range<usize>>,
}

/// The text with marks in place of the values, and how many. `None`: it is not what it looks like.
pub(super) fn redacted(text: &str) -> Option<(String, usize)> {
    let found = values(text)?;
    Some((replaced(text, &found), found.len()))
}

/// Where the values stand, in order, in bytes. `None`: as for [`redacted`].
pub(super) fn values(text: &str) -> Option<Vec<Range<usize>>> {
    let mut stack: Vec<Frame> = Vec::new();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut rest = tokens(text);
    let mut opened = false;
    while let Some(token) = rest.next()? {
        match token {
            // Each value looks at all that is open above it.
            Token::Open(_) if stack.len() == MAX_DEPTH => return None,
            Token::Open(is_object) => {
                opened = true;
                stack.push(Frame {
                    is_object,
                    key: None,
                    is_secret: false,
                    values: Vec::new(),
                });
            }
            Token::Close => {
                let frame = stack.pop()?;
                if frame.is_secret {
                    found.extend(frame.values);
                }
                if let Some(parent) = stack.last_mut() {
                    parent.key = None;
                }
            }
            Token::Comma => {
                if let Some(frame) = stack.last_mut() {
                    frame.key = None;
                }
            }
            Token::Scalar(range, is_key) => {
                let frame = stack.last_mut()?;
                if frame.is_object && frame.key.is_none() {
                    if !is_key && text[range.clone()].starts_with(['*', '&', '!']) {
                        return None;
                    }
                    frame.key = Some(range);
                    continue;
                }
                let key = frame.key.take();
                let named = |name: &str| key.clone().is_some_and(|key| bare(&text[key]) == name);
                if named("kind") && bare(&text[range.clone()]) == "Secret" {
                    frame.is_secret = true;
                } else if named("kind")
                    && text[range.clone()].contains("Secret")
                    && text[range.clone()].starts_with(['!', '&', '*'])
                {
                    return None;
                }
                if named(LAST_APPLIED) && text[range.clone()].contains("Secret") {
                    found.push(range.clone());
                }
                // Below `data` of an object, or right behind it: `data: null`.
                let direct = VALUES.iter().any(|name| named(name));
                let depth = stack.len();
                for (nth, frame) in stack.iter_mut().enumerate() {
                    let below = frame
                        .key
                        .clone()
                        .is_some_and(|key| VALUES.contains(&bare(&text[key])));
                    if below || (direct && nth + 1 == depth) {
                        if text[range.clone()].starts_with('*') {
                            return None;
                        }
                        frame.values.push(range.clone());
                    }
                }
            }
        }
    }
    // Cut off in the middle: what an object is may stand behind the end.
    while let Some(frame) = stack.pop() {
        if frame.is_object {
            found.extend(frame.values);
        }
    }
    if !opened {
        return None;
    }
    found.order_by_key(|range| range.start);
    found.dedup();
    Some(found)
}

fn replaced(text: &str, ranges: &[Range<usize>]) -> String {
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    for range in ranges {
        written.push_str(&text[at..range.start]);
        written.push('"');
        written.push_str(MARK);
        written.push('"');
        at = range.end;
    }
    written.push_str(&text[at..]);
    written
}

fn bare(text: &str) -> &str {
    text.trim_matches(['"', '\''])
}

enum Token {
    Open(bool),
    Close,
    Comma,
    /// A scalar, and whether a colon follows.
    Scalar(Range<usize>, bool),
}

struct Tokens<'a> {
    text: &'a str,
    at: usize,
}

fn tokens(text: &str) -> Tokens<'_> {
    Tokens { text, at: 0 }
}

impl Tokens<'_> {
    /// The next token; `Some(None)` at the end, `None` where this is neither JSON nor a flow mapping.
    fn next(&mut self) -> Option<Option<Token>> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                None => return Some(None),
                Some(b' ' | b'\n' | b'\r' | b'\t' | b':') => self.at += 1,
                Some(b'#') => {
                    while bytes.get(self.at).is_some_and(|byte| *byte != b'\n') {
                        self.at += 1;
                    }
                }
                Some(_) => break,
            }
        }
        let start = self.at;
        self.at += 1;
        Some(Some(match bytes[start] {
            b'{' => Token::Open(true),
            b'[' => Token::Open(false),
            b'}' | b']' => Token::Close,
            b',' => Token::Comma,
            quote @ (b'"' | b'\'') => {
                while let Some(byte) = bytes.get(self.at) {
                    self.at += 1;
                    if *byte == b'\\' && quote == b'"' {
                        self.at += 1;
                    } else if *byte == quote {
                        // Two single quotes are one.
                        if quote == b'\'' && bytes.get(self.at) == Some(&b'\'') {
                            self.at += 1;
                        } else {
                            break;
                        }
                    }
                }
                self.at = self.at.min(bytes.len());
                while !self.text.is_char_boundary(self.at) {
                    self.at += 1;
                }
                self.scalar(start)
            }
            _ => {
                while let Some(byte) = bytes.get(self.at) {
                    let ends = match byte {
                        b',' | b'{' | b'}' | b'[' | b']' | b'\n' => true,
                        b':' => bytes
                            .get(self.at + 1)
                            .is_none_or(|next| next.is_ascii_whitespace() || *next == b'"'),
                        b'#' => bytes[self.at - 1].is_ascii_whitespace(),
                        _ => false,
                    };
                    if ends {
                        break;
                    }
                    self.at += 1;
                }
                let end = start + self.text[start..self.at].trim_end().len();
                let (end, at) = (end.max(start + 1), self.at);
                self.at = end;
                let token = self.scalar(start);
                self.at = at;
                token
            }
        }))
    }

    fn scalar(&self, start: usize) -> Token {
        let behind = self.text[self.at..].trim_start();
        Token::Scalar(start..self.at, behind.starts_with(':'))
    }
}

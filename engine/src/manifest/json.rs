//! JSON text → [`Tree`].
//!
//! serde_json reads values and tells no positions; this scanner keeps the place of every key and value, and what came
//! before a cut. It is for documents that a person wrote and for single items; [`super::dump`] reads large dumps.

use std::borrow::Cow;

use super::tree::{Content, Duplicate, NodeId, Parsed, SyntaxError, Tree};

/// Maps and lists inside each other.
const DEEPEST: u32 = 512;

/// What stands at a place in a JSON text.
#[derive(Debug)]
pub(super) struct Scanned<'t> {
    /// Positions count from the value's start.
    pub(super) parsed: Parsed<'t>,
    /// Where the value ends, or where the error struck; a byte of the text.
    pub(super) end: usize,
}

/// Reads the value that begins at `start`; positions count from there.
pub(super) fn scan(text: &str, start: usize) -> Scanned<'_> {
    let text = &text[start..];
    let mut scanner = Scanner {
        text,
        at: 0,
        tree: Tree::with_capacity(0),
        open: Vec::new(),
        duplicates: Vec::new(),
    };
    let error = scanner.value(0).err();
    let unfinished: Vec<NodeId> = scanner.open.clone();
    let stop = offset(scanner.at);
    while let Some(open) = scanner.open.pop() {
        scanner.tree.close(open, stop);
    }
    Scanned {
        end: start + scanner.at,
        parsed: Parsed {
            tree: scanner.tree,
            duplicates: scanner.duplicates,
            unfinished,
            expanded: 0,
            error,
        },
    }
}

/// The first byte after white space.
pub(super) fn skip_space(text: &str, start: usize) -> usize {
    let blank = text.as_bytes()[start..]
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
        .count();
    start + blank
}

struct Scanner<'t> {
    text: &'t str,
    at: usize,
    tree: Tree<'t>,
    open: Vec<NodeId>,
    duplicates: Vec<Duplicate>,
}

impl<'t> Scanner<'t> {
    fn value(&mut self, depth: u32) -> Result<(), SyntaxError> {
        if depth > DEEPEST {
            return Err(self.error("maps and lists are nested too deeply"));
        }
        self.space();
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => {
                let start = self.at;
                let text = self.string()?;
                self.tree
                    .push(Content::Text(text), offset(start)..offset(self.at));
                Ok(())
            }
            Some(_) => self.word(),
            None => Err(self.cut()),
        }
    }

    fn map(&mut self, depth: u32) -> Result<(), SyntaxError> {
        let start = self.at;
        let id = self.tree.push(
            Content::Map { merges: false },
            offset(start)..offset(start + 1),
        );
        self.open.push(id);
        self.at += 1;
        self.space();
        if self.peek() != Some(b'}') {
            loop {
                self.space();
                let key = self.at;
                let text = match self.peek() {
                    Some(b'"') => self.string()?,
                    Some(_) => return Err(self.error("expected a key in double quotes")),
                    None => return Err(self.cut()),
                };
                let key = offset(key)..offset(self.at);
                self.space();
                match self.peek() {
                    Some(b':') => self.at += 1,
                    Some(_) => return Err(self.error("expected `:` after a key")),
                    None => return Err(self.cut()),
                }
                let before = self.tree.len();
                self.tree.push(Content::Text(text), key);
                if let Err(error) = self.value(depth + 1) {
                    if self.tree.len() == before + 1 {
                        let at = offset(self.at);
                        self.tree.push(Content::Masked, at..at);
                    }
                    return Err(error);
                }
                self.space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b'}') => break,
                    Some(_) => return Err(self.error("expected `,` or `}`")),
                    None => return Err(self.cut()),
                }
            }
        }
        self.at += 1;
        self.close(id);
        self.duplicates.extend(self.tree.take_out_duplicates(id));
        Ok(())
    }

    fn list(&mut self, depth: u32) -> Result<(), SyntaxError> {
        let start = self.at;
        let id = self
            .tree
            .push(Content::List, offset(start)..offset(start + 1));
        self.open.push(id);
        self.at += 1;
        self.space();
        if self.peek() != Some(b']') {
            loop {
                self.value(depth + 1)?;
                self.space();
                match self.peek() {
                    Some(b',') => self.at += 1,
                    Some(b']') => break,
                    Some(_) => return Err(self.error("expected `,` or `]`")),
                    None => return Err(self.cut()),
                }
            }
        }
        self.at += 1;
        self.close(id);
        Ok(())
    }

    fn close(&mut self, id: NodeId) {
        self.open.pop();
        self.tree.close(id, offset(self.at));
    }

    fn string(&mut self) -> Result<Cow<'t, str>, SyntaxError> {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut escaped = false;
        loop {
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    at += 2;
                }
                Some(byte) if *byte < 0x20 => {
                    self.at = at;
                    return Err(self.error("a line break or control character inside a string"));
                }
                Some(_) => at += 1,
                None => return Err(self.cut()),
            }
        }
        self.at = at + 1;
        if !escaped {
            return Ok(Cow::Borrowed(&self.text[start + 1..at]));
        }
        match serde_json::from_str::<String>(&self.text[start..=at]) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(_) => {
                self.at = start;
                Err(self.error("an escape that JSON does not have"))
            }
        }
    }

    /// A number, `true`, `false` or `null`: the rules of [`super::scalar`] read them alike.
    fn word(&mut self) -> Result<(), SyntaxError> {
        let rest = &self.text[self.at..];
        let length = rest
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        let word = &rest[..length];
        if serde_json::from_str::<serde::de::IgnoredAny>(word).is_err() {
            return Err(if length == rest.len() {
                self.cut()
            } else {
                self.error("expected a value")
            });
        }
        let start = self.at;
        self.at += length;
        self.tree.push(
            Content::Plain(Cow::Borrowed(word)),
            offset(start)..offset(self.at),
        );
        Ok(())
    }

    fn space(&mut self) {
        self.at = skip_space(self.text, self.at);
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error(&self, reason: &str) -> SyntaxError {
        SyntaxError {
            at: self.at,
            reason: reason.to_owned(),
            is_cut: false,
        }
    }

    fn cut(&mut self) -> SyntaxError {
        self.at = self.text.len();
        SyntaxError {
            is_cut: true,
            ..self.error("the text ends in the middle of a value")
        }
    }
}

fn offset(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

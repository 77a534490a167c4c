//! Large JSON lists, as `kubectl get -o json` writes them, straight into the typed objects.
//!
//! No tree of the whole: a cursor finds the items, and [`kinds`] reads each where it stands. What it cannot read as it is (a
//! `null` where a text belongs, a list in the list) is handed back to be read from its tree. Unknown fields are not looked for:
//! dumps come out of an API server.

use std::ops::Range;

use super::Identity;
use super::kinds::{self, Kind, Source, Version};
use crate::Str;
use crate::api::Objects;
use crate::api::apps::WorkloadKind;
use crate::origin::{DocumentId, ObjectOrigin};

/// A list that was read.
#[derive(Debug, Default)]
pub(super) struct Dump {
    pub(super) objects: Objects,
    /// One an item.
    pub(super) identities: Vec<Identity>,
    /// Items that have to be read from their tree; their identities are empty.
    pub(super) unread: Vec<Unread>,
    /// How many items were complete, if the text ends before the list does.
    pub(super) cut_off: Option<usize>,
    /// Where the list ends.
    pub(super) end: usize,
}

/// An item that serde_json cannot read into its type.
#[derive(Debug)]
pub(super) struct Unread {
    /// The item's number.
    pub(super) number: u32,
    pub(super) bytes: Range<usize>,
    /// What its list says that it is: `apiVersion`, `kind`.
    pub(super) head: (Option<Str>, Option<Str>),
}

/// Reads the list that begins at `start`; `None` when it is none, or not as kubectl writes it.
pub(super) fn read(text: &str, start: usize, document: DocumentId) -> Option<Dump> {
    let mut cursor = Cursor { text, at: start };
    let mut dump = Dump::default();
    let (mut api_version, mut kind) = (None, None);
    let mut has_items = false;
    match walk_list(
        &mut cursor,
        &mut dump,
        document,
        &mut api_version,
        &mut kind,
        &mut has_items,
    ) {
        Ok(()) => {}
        // A list whose end is missing has not yet said what it is.
        Err(Stop::Cut) if has_items => {
            dump.cut_off = Some(dump.identities.len());
            cursor.at = text.len();
        }
        Err(_) => return None,
    }
    dump.end = cursor.at;
    let is_list = kind.is_none_or(|kind| kind.ends_with("List"));
    (has_items && is_list).then_some(dump)
}

enum Stop {
    /// The text ends.
    Cut,
    /// Something that this reader does not expect.
    Strange,
}

fn walk_list<'t>(
    cursor: &mut Cursor<'t>,
    dump: &mut Dump,
    document: DocumentId,
    api_version: &mut Option<&'t str>,
    kind: &mut Option<&'t str>,
    has_items: &mut bool,
) -> Result<(), Stop> {
    cursor.expect(b'{')?;
    loop {
        let key = cursor.key()?;
        match key {
            "apiVersion" => *api_version = Some(cursor.plain_string()?),
            "kind" => *kind = Some(cursor.plain_string()?),
            "items" if !*has_items && cursor.peek()? == b'[' => {
                if kind.is_some_and(|kind| !kind.ends_with("List")) {
                    return Err(Stop::Strange);
                }
                *has_items = true;
                let of_items = kind
                    .and_then(|kind| kind.strip_suffix("List"))
                    .filter(|kind| !kind.is_empty());
                walk_items(cursor, dump, document, (*api_version, of_items))?;
            }
            _ => cursor.skip()?,
        }
        if cursor.next_or(b'}')? {
            return Ok(());
        }
    }
}

fn walk_items(
    cursor: &mut Cursor<'_>,
    dump: &mut Dump,
    document: DocumentId,
    inherited: (Option<&str>, Option<&str>),
) -> Result<(), Stop> {
    cursor.expect(b'[')?;
    if cursor.peek()? == b']' {
        cursor.at += 1;
        return Ok(());
    }
    loop {
        cursor.peek()?;
        item(cursor, dump, document, inherited)?;
        if cursor.next_or(b']')? {
            return Ok(());
        }
    }
}

fn item(
    cursor: &mut Cursor<'_>,
    dump: &mut Dump,
    document: DocumentId,
    inherited: (Option<&str>, Option<&str>),
) -> Result<(), Stop> {
    let number = u32::try_from(dump.identities.len()).map_err(|_| Stop::Strange)?;
    let start = cursor.at;
    let own = cursor.head();
    let (api_version, kind) = match (own, inherited) {
        ((Some(api_version), Some(kind)), _) | ((None, None), (Some(api_version), Some(kind))) => {
            (api_version, kind)
        }
        _ => ("", ""),
    };
    if kind.ends_with("List") {
        // Its items would be numbered with ours.
        return Err(Stop::Strange);
    }
    let identity = |read: kinds::Read, modelled, end| Identity {
        api_version: api_version.into(),
        kind: kind.into(),
        namespace: read.namespace,
        name: read.name,
        modelled,
        bytes: start..end,
    };
    let (found, version) = Kind::of(api_version, kind);
    let is_plain = version == Version::Served
        && !kind.is_empty()
        && kinds::kinds_of(api_version).is_none_or(|mut kinds| kinds.any(|known| known == kind))
        // Their selector has another type.
        && found != Kind::Workload(WorkloadKind::ReplicationController);
    if is_plain {
        let origin = ObjectOrigin {
            document,
            item: number,
        };
        let source = Source::Json(&cursor.text[start..]);
        if let Ok(read) = kinds::read(source, found, api_version, origin, &mut dump.objects) {
            cursor.at = start + read.length;
            let modelled = found.is_modelled();
            dump.identities.push(identity(read, modelled, cursor.at));
            return Ok(());
        }
    }
    cursor.skip()?;
    dump.identities.push(Identity {
        kind: Str::default(),
        ..identity(kinds::Read::default(), false, cursor.at)
    });
    dump.unread.push(Unread {
        number,
        bytes: start..cursor.at,
        head: (inherited.0.map(Str::from), inherited.1.map(Str::from)),
    });
    Ok(())
}

/// A place in JSON text, between values.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    /// The next byte that is not blank, without taking it.
    fn peek(&mut self) -> Result<u8, Stop> {
        self.at = super::json::skip_space(self.text, self.at);
        self.text.as_bytes().get(self.at).copied().ok_or(Stop::Cut)
    }

    fn expect(&mut self, byte: u8) -> Result<(), Stop> {
        if self.peek()? != byte {
            return Err(Stop::Strange);
        }
        self.at += 1;
        Ok(())
    }

    /// Takes a comma (false) or the end of the map or list (true).
    fn next_or(&mut self, end: u8) -> Result<bool, Stop> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b',' => Ok(false),
            _ if byte == end => Ok(true),
            _ => Err(Stop::Strange),
        }
    }

    fn key(&mut self) -> Result<&'t str, Stop> {
        let key = self.plain_string()?;
        self.expect(b':')?;
        self.peek()?;
        Ok(key)
    }

    /// A string without escapes.
    fn plain_string(&mut self) -> Result<&'t str, Stop> {
        self.expect(b'"')?;
        let start = self.at;
        self.end_of_string()?;
        let text = &self.text[start..self.at - 1];
        if text.contains('\\') {
            return Err(Stop::Strange);
        }
        Ok(text)
    }

    /// Behind the closing quote, from behind the opening one.
    fn end_of_string(&mut self) -> Result<(), Stop> {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at).ok_or(Stop::Cut)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    /// Over one value of any kind. Whether it is right inside is not looked at.
    fn skip(&mut self) -> Result<(), Stop> {
        let mut depth = 0usize;
        loop {
            match self.peek()? {
                b'"' => {
                    self.at += 1;
                    self.end_of_string()?;
                }
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1).ok_or(Stop::Strange)?;
                    self.at += 1;
                }
                b',' | b':' if depth > 0 => {
                    self.at += 1;
                    continue;
                }
                b',' | b':' => return Err(Stop::Strange),
                _ => {
                    let rest = &self.text.as_bytes()[self.at..];
                    self.at += rest
                        .iter()
                        .take_while(|byte| {
                            !matches!(
                                byte,
                                b',' | b':' | b'}' | b']' | b'"' | b' ' | b'\n' | b'\r' | b'\t'
                            )
                        })
                        .count()
                        .max(1);
                }
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// `apiVersion` and `kind` of the object that begins here, without moving.
    fn head(&self) -> (Option<&'t str>, Option<&'t str>) {
        let mut ahead = Cursor {
            text: self.text,
            at: self.at,
        };
        let (mut api_version, mut kind) = (None, None);
        // Whatever stops the cursor will stop the reader of the item too.
        let _ = ahead.read_head(&mut api_version, &mut kind);
        (api_version, kind)
    }

    fn read_head(
        &mut self,
        api_version: &mut Option<&'t str>,
        kind: &mut Option<&'t str>,
    ) -> Result<(), Stop> {
        self.expect(b'{')?;
        while api_version.is_none() || kind.is_none() {
            match self.key()? {
                "apiVersion" => *api_version = Some(self.plain_string()?),
                "kind" => *kind = Some(self.plain_string()?),
                _ => self.skip()?,
            }
            if self.next_or(b'}')? {
                break;
            }
        }
        Ok(())
    }
}

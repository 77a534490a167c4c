//! Bytes of a text, as the engine counts, to UTF-16 units and lines, as the editor counts.

use std::ops::Range;

use switchboard_engine::{
    manifest::{Location, Manifest, SourceFile},
    mend::Edit,
    origin::Origin,
};

use crate::protocol::{MendView, TextPlace};

/// How much of a line is quoted.
const QUOTED: usize = 120;
/// How many bytes around an edit are shown: a dump in JSON is one line.
const AROUND: usize = 100;

/// Where the lines of all files begin.
pub(super) struct Texts(Vec<Lines>);

/// Of each line: first byte, and UTF-16 units before it.
struct Lines(Vec<(usize, u32)>);

impl Texts {
    /// Of these files.
    pub(super) fn of(files: &[SourceFile]) -> Self {
        Self(files.iter().map(|file| Lines::of(&file.text)).collect())
    }

    /// Where an origin stands; `None` if its document cannot be found.
    pub(super) fn place(&self, manifest: &Manifest, origin: &Origin) -> Option<TextPlace> {
        let location = manifest.range(origin)?;
        self.locate(manifest, &location)
    }

    pub(super) fn locate(&self, manifest: &Manifest, location: &Location) -> Option<TextPlace> {
        let file = manifest.files.get(location.file)?;
        let lines = self.0.get(location.file)?;
        let (line, from) = lines.at(&file.text, location.bytes.start);
        let (_, to) = lines.at(&file.text, location.bytes.end);
        let start = lines.0[line].0;
        let text = file.text[start..].lines().next().unwrap_or_default();
        Some(TextPlace {
            file: location.file,
            file_name: file.name.to_string(),
            from,
            to: to.max(from),
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            text: text.trim_start().chars().take(QUOTED).collect(),
        })
    }

    /// An edit as the editor makes it, with the lines that it changes; `None` if it does not fit the text.
    pub(super) fn edit(&self, manifest: &Manifest, title: String, edit: &Edit) -> Option<MendView> {
        let text = &manifest.files.get(edit.file)?.text;
        let lines = self.0.get(edit.file)?;
        let Range { start, end } = edit.bytes;
        text.get(edit.bytes.clone())?;
        let shown = around(text, &edit.bytes);
        let units = |byte: usize| lines.at(text, byte).1;
        // The editor has one character for a line's end.
        let written = |text: &str| text.replace("\r\n", "\n");
        Some(MendView {
            title,
            file: edit.file,
            from: units(start),
            to: units(end),
            text: written(&edit.text),
            line: u32::try_from(lines.at(text, shown.start).0 + 1).unwrap_or(u32::MAX),
            line_from: units(shown.start),
            before: written(&text[shown.clone()]),
            after: written(
                &[&text[shown.start..start], &edit.text, &text[end..shown.end]].concat(),
            ),
        })
    }
}

/// The lines of a range, or what of them is near enough.
fn around(text: &str, bytes: &Range<usize>) -> Range<usize> {
    let (before, after) = (&text[..bytes.start], &text[bytes.end..]);
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let length = after.find('\n').unwrap_or(after.len());
    let end = bytes.end + after[..length].trim_end_matches('\r').len();
    let start = start.max(text.ceil_char_boundary(bytes.start.saturating_sub(AROUND)));
    start..end.min(text.floor_char_boundary((bytes.end + AROUND).min(text.len())))
}

impl Lines {
    fn of(text: &str) -> Self {
        let mut lines = vec![(0, 0)];
        let (mut bytes, mut units) = (0, 0);
        for line in text.split_inclusive('\n') {
            // The editor has one character for a line's end.
            let carriage_return = u32::from(line.ends_with("\r\n"));
            bytes += line.len();
            units += line.encode_utf16().count() as u32 - carriage_return;
            lines.push((bytes, units));
        }
        Self(lines)
    }

    /// Number of the line, from 0, and UTF-16 units before a byte.
    fn at(&self, text: &str, byte: usize) -> (usize, u32) {
        let mut byte = byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        let line = self.0.partition_point(|(start, _)| *start <= byte) - 1;
        let (start, units) = self.0[line];
        let within = text[start..byte].encode_utf16().count() as u32;
        (line, units + within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_the_editors() {
        let text = "a: é🦀x\r\nb: 1\n";
        let lines = Lines::of(text);
        assert_eq!(lines.at(text, 0), (0, 0));
        // "a: " 3, "é" 1, the crab 2.
        assert_eq!(lines.at(text, text.find('x').expect("there")), (0, 6));
        // The editor counts \r\n as one.
        assert_eq!(lines.at(text, text.find('b').expect("there")), (1, 8));
        assert_eq!(lines.at(text, 999), (2, 13));
    }

    #[test]
    fn what_is_shown_around_an_edit_is_its_line_or_less() {
        let text = "a: 1\r\nbé: two\r\nc: 3\n";
        let two = text.find("two").expect("there");
        assert_eq!(&text[around(text, &(two..two + 3))], "bé: two");
        let long = "é".repeat(400);
        assert_eq!(around(&long, &(400..402)), 300..502);
    }
}

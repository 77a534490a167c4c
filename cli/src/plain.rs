//! Output for people: names from manifests are text, whatever bytes they have.
//!
//! Not for `check`, which colours its output and whose renderer shows control characters as pictures.

use std::io::{self, Write};

/// Writes `?` for control characters other than line feed and tab, so that no manifest gives a terminal orders.
#[derive(Debug)]
pub(crate) struct Plain<W>(pub(crate) W);

impl<W: Write> Write for Plain<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Bytes below 128 are never a part of a longer character.
        let is_order = |byte: u8| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\t');
        let plain: Vec<u8> = bytes
            .iter()
            .map(|&byte| if is_order(byte) { b'?' } else { byte })
            .collect();
        self.0.write_all(&plain)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_do_not_reach_the_terminal() {
        let mut output = Vec::new();
        write!(Plain(&mut output), "a\u{1b}[2Jb\r\u{7}\tü\n").unwrap();
        assert_eq!(String::from_utf8(output).unwrap(), "a?[2Jb??\tü\n");
    }
}

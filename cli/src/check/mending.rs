//! `switchboard check --fix`: edits that are certain, written into the files.

use std::fs;
use std::io;

use switchboard_engine::Analysis;
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::mend::{self, Edit};

use crate::input::Input;

/// What one edit mends may show what another would: so often it is looked again.
const ROUNDS: usize = 5;

/// Mends the files, says which on standard error, and gives what they are then.
pub(crate) fn fix(input: &Input) -> io::Result<Analysis> {
    let mut analysis = input.analyse()?;
    let before = analysis.manifest.files.clone();
    for _ in 0..ROUNDS {
        let edits: Vec<Edit> = analysis
            .findings
            .iter()
            .filter_map(|finding| analysis.mend(finding))
            .map(|mend| mend.edit)
            .collect();
        if edits.is_empty() {
            break;
        }
        let files = mend::apply(&analysis.manifest.files, &edits);
        analysis = input.analyse_files(files);
    }
    for (old, new) in before.iter().zip(&analysis.manifest.files) {
        if old.text != new.text {
            write(old, &new.text)?;
        }
    }
    Ok(analysis)
}

/// Writes only what was read: not a stream, not over bytes that are no text, not over what changed meanwhile.
fn write(old: &SourceFile, text: &str) -> io::Result<()> {
    let name = old.name.as_str();
    let told = |what: &str| eprintln!("{}: {what}", name.escape_default());
    if fs::read(name).is_ok_and(|bytes| bytes == old.text.as_bytes()) {
        fs::write(name, text)?;
        told("mended");
    } else {
        told("could be mended, but is not a file that is as it was read");
    }
    Ok(())
}

//! Changes of manifests as text, so that comments and layout survive: solutions and mutations.

use serde::{Deserialize, Serialize};

use crate::manifest::SourceFile;

/// One change of one file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    /// Name of the file.
    pub file: String,
    /// What changes.
    pub change: Change,
}

/// What changes in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// This text, which the file has exactly once, becomes another.
    Replace {
        /// The text.
        text: String,
        /// The other.
        with: String,
    },
    /// This text comes behind what the file has; a file of a new name begins with it.
    Append(String),
    /// The file is this text.
    Whole(String),
}

/// The files with the edits in them, in order.
///
/// # Errors
/// In words: a file or a text that is not there.
pub fn apply(files: &[SourceFile], edits: &[Edit]) -> Result<Vec<SourceFile>, String> {
    let mut files = files.to_vec();
    for edit in edits {
        one(&mut files, edit)?;
    }
    Ok(files)
}

fn one(files: &mut Vec<SourceFile>, edit: &Edit) -> Result<(), String> {
    let known = files.iter_mut().find(|file| file.name == edit.file);
    match (&edit.change, known) {
        (Change::Replace { text, with }, Some(file)) => {
            match file.text.matches(text.as_str()).count() {
                1 => file.text = file.text.replacen(text.as_str(), with, 1),
                0 => return Err(missing(text, file)),
                times => {
                    return Err(format!(
                        "`{}` stands {times} times in {}: write more of it, so that it is one place",
                        in_a_line(text),
                        file.name
                    ));
                }
            }
        }
        (Change::Replace { .. }, None) => {
            return Err(format!("there is no file `{}` in this step", edit.file));
        }
        (Change::Append(text), Some(file)) => file.text.push_str(text),
        (Change::Whole(text), Some(file)) => file.text.clone_from(text),
        (Change::Append(text) | Change::Whole(text), None) => files.push(SourceFile {
            name: edit.file.as_str().into(),
            text: text.clone(),
        }),
    }
    Ok(())
}

fn missing(text: &str, file: &SourceFile) -> String {
    let (what, name) = (in_a_line(text), &file.name);
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    if squeezed(&file.text).contains(&squeezed(text)) {
        format!("`{what}` stands in {name} only with other spaces or line ends: copy it from there")
    } else {
        format!("`{what}` does not stand in {name}")
    }
}

/// A text as it would be written between quotes, so that a message stays one line.
fn in_a_line(text: &str) -> String {
    text.trim_end_matches('\n').replace('\n', "\\n")
}

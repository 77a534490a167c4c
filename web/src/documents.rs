//! The manifests as the page holds them, and what of them is sent to the worker: changes, not texts.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, unique among the files.
    pub name: Rc<str>,
    /// Its text.
    pub text: Rc<str>,
}

/// What became of a file since a known state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileChange {
    /// This is all of it.
    Whole {
        /// Name.
        name: String,
        /// Text.
        text: String,
    },
    /// It is as it was.
    Same {
        /// Name.
        name: String,
    },
    /// The bytes `from..to` of what it was are replaced.
    Splice {
        /// Name.
        name: String,
        /// First byte.
        from: usize,
        /// The byte behind the last.
        to: usize,
        /// In their place.
        insert: String,
    },
}

/// What to send so that somebody who has `before` has `after`. Without a `before`: everything.
pub fn changes(before: Option<&[File]>, after: &[File]) -> Vec<FileChange> {
    after
        .iter()
        .map(|file| {
            let known = before.and_then(|files| files.iter().find(|old| old.name == file.name));
            match known {
                None => FileChange::Whole {
                    name: file.name.to_string(),
                    text: file.text.to_string(),
                },
                Some(old) if old.text == file.text => FileChange::Same {
                    name: file.name.to_string(),
                },
                Some(old) => splice(&file.name, &old.text, &file.text),
            }
        })
        .collect()
}

/// Applies [`changes`]. `None`: they are not about these files.
pub fn apply(
    before: &[(String, String)],
    changes: Vec<FileChange>,
) -> Option<Vec<(String, String)>> {
    let old = |name: &str| {
        before
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, text)| text)
    };
    changes
        .into_iter()
        .map(|change| match change {
            FileChange::Whole { name, text } => Some((name, text)),
            FileChange::Same { name } => {
                let text = old(&name)?.clone();
                Some((name, text))
            }
            FileChange::Splice {
                name,
                from,
                to,
                insert,
            } => {
                let text = old(&name)?;
                let (head, tail) = (text.get(..from)?, text.get(to..)?);
                let text = [head, &insert, tail].concat();
                Some((name, text))
            }
        })
        .collect()
}

/// A name like this one that no file has.
pub fn free_name(files: &[File], wanted: &str) -> Rc<str> {
    let taken = |name: &str| files.iter().any(|file| &*file.name == name);
    if !taken(wanted) {
        return wanted.into();
    }
    let (stem, end) = wanted.rsplit_once('.').unwrap_or((wanted, ""));
    let dot = if end.is_empty() { "" } else { "." };
    (2..)
        .map(|nth| format!("{stem}-{nth}{dot}{end}"))
        .find(|name| !taken(name))
        .map_or_else(|| wanted.into(), Into::into)
}

fn splice(name: &str, old: &str, new: &str) -> FileChange {
    let mut from = old
        .bytes()
        .zip(new.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    while !old.is_char_boundary(from) || !new.is_char_boundary(from) {
        from -= 1;
    }
    let most = (old.len() - from).min(new.len() - from);
    let mut tail = old
        .bytes()
        .rev()
        .zip(new.bytes().rev())
        .take(most)
        .take_while(|(a, b)| a == b)
        .count();
    while !old.is_char_boundary(old.len() - tail) || !new.is_char_boundary(new.len() - tail) {
        tail -= 1;
    }
    FileChange::Splice {
        name: name.to_owned(),
        from,
        to: old.len() - tail,
        insert: new[from..new.len() - tail].to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> File {
        File {
            name: name.into(),
            text: text.into(),
        }
    }

    fn round_trip(old: &str, new: &str) -> FileChange {
        let (before, after) = ([file("a.yaml", old)], [file("a.yaml", new)]);
        let change = changes(Some(&before), &after).remove(0);
        let known = [("a.yaml".to_owned(), old.to_owned())];
        let applied = apply(&known, vec![change.clone()]).expect("about these files");
        assert_eq!(applied, [("a.yaml".to_owned(), new.to_owned())]);
        change
    }

    #[test]
    fn a_keystroke_is_a_keystroke() {
        let change = round_trip("kind: Srvice\n", "kind: Service\n");
        assert_eq!(
            change,
            FileChange::Splice {
                name: "a.yaml".into(),
                from: 7,
                to: 7,
                insert: "e".into()
            }
        );
    }

    #[test]
    fn repeated_and_wide_characters_do_not_confuse_it() {
        round_trip("aaa", "aa");
        round_trip("aa", "aaa");
        round_trip("name: é", "name: è");
        round_trip("🦀🦀", "🦀🦁🦀");
        round_trip("", "x");
        round_trip("x", "");
        assert_eq!(
            round_trip("same", "same"),
            FileChange::Same {
                name: "a.yaml".into()
            }
        );
    }

    #[test]
    fn a_change_of_an_unknown_file_is_refused() {
        let change = FileChange::Same {
            name: "b.yaml".into(),
        };
        assert_eq!(apply(&[], vec![change]), None);
        let outside = FileChange::Splice {
            name: "a".into(),
            from: 5,
            to: 9,
            insert: String::new(),
        };
        assert_eq!(apply(&[("a".into(), "abc".into())], vec![outside]), None);
    }

    #[test]
    fn names_are_made_unique() {
        let files = [file("a.yaml", ""), file("a-2.yaml", "")];
        assert_eq!(&*free_name(&files, "a.yaml"), "a-3.yaml");
        assert_eq!(&*free_name(&files, "b"), "b");
    }
}

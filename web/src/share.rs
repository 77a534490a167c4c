//! What a link, a picture and a kept workspace hold: the manifests and how they are looked at.
//!
//! A link's fragment is `#s1=` and the deflated JSON of [`Shared`]; fragments are never sent to a server. Links come
//! from anybody: they are bounded before they are read, and refused as a whole where they are not what they should be.

use serde::{Deserialize, Serialize};
use switchboard_engine::cluster::Options;

use crate::{
    browser,
    documents::File,
    protocol::{Entry, ProbeText},
    redact::redacted,
    scene::{Key, MapView},
    state::{MOST_CHANGES, State},
    words,
};

/// Before the letters of a link; the number is the version of [`Shared`].
pub const PREFIX: &str = "#s1=";
/// Longer links are not made: browsers cut them off, and chat programs long before.
pub const LONGEST: usize = 64_000;
/// A link's text is at most this long, in bytes: 8 kB can unfold to gigabytes.
const LARGEST: u32 = 8_000_000;
const MOST_FILES: usize = 1_000;
const LONGEST_NAME: usize = 512;

/// What is handed on.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    /// Names and texts.
    pub files: Vec<(String, String)>,
    /// What no manifest can say.
    #[serde(default)]
    pub options: Options,
    /// What was sent.
    #[serde(default)]
    pub probe: Option<ProbeText>,
    /// All that were sent, the newest first.
    #[serde(default)]
    pub sent: Vec<ProbeText>,
    /// The way that is shown.
    #[serde(default)]
    pub way: usize,
    /// The step that is shown.
    #[serde(default)]
    pub step: usize,
    /// What is chosen on the map.
    #[serde(default)]
    pub selected: Option<Key>,
    /// Folds and filters.
    #[serde(default)]
    pub view: MapView,
    /// Changes that stand in no manifest.
    #[serde(default)]
    pub changes: Vec<Entry>,
    /// The sample that it is, as it came. Only kept, never in a link.
    #[serde(default)]
    pub sample: Option<String>,
}

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The fragment, with its `#`.
    pub fragment: String,
    /// What was left out of it.
    pub left_out: Option<String>,
}

impl Shared {
    /// What the page shows, without the values of Secrets; and what was left out.
    pub fn of(state: &State) -> (Self, Option<String>) {
        let (mut values, mut documents) = (0, 0);
        let files = state
            .files
            .iter()
            .map(|file| {
                let redacted = redacted(&file.text);
                values += redacted.values;
                documents += redacted.documents;
                (file.name.to_string(), redacted.text.into_owned())
            })
            .collect();
        let shared = Self {
            files,
            options: state.options.clone(),
            probe: state.asked.clone(),
            sent: (state.follow.sent.iter())
                .map(|sent| sent.probe.clone())
                .collect(),
            way: state.way,
            step: state.step,
            selected: state.selected.clone(),
            view: state.view.clone(),
            changes: state.whatif.entries.clone(),
            sample: state.sample.as_ref().map(ToString::to_string),
        };
        (shared, words::share::left_out(values, documents))
    }

    /// As JSON.
    pub fn text(&self) -> String {
        // Plain data has a JSON form.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// From JSON that anybody may have written.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut shared: Self =
            serde_json::from_str(text).map_err(|_| words::share::SOMETHING_ELSE.to_owned())?;
        if shared.files.is_empty() || shared.files.len() > MOST_FILES {
            return Err(words::share::too_many_files(shared.files.len()));
        }
        if shared.changes.len() > MOST_CHANGES {
            return Err(words::share::too_many_changes(shared.changes.len()));
        }
        for (name, text) in &mut shared.files {
            if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
                return Err(words::share::IMPROPER_NAME.to_owned());
            }
            // Whoever made it by other means than this page: not shown either.
            *text = redacted(text).text.into_owned();
        }
        Ok(shared)
    }

    /// The files as the page holds them; names that were given twice are made different.
    pub fn files(&self) -> Vec<File> {
        let mut files: Vec<File> = Vec::with_capacity(self.files.len());
        for (name, text) in &self.files {
            let name = crate::documents::free_name(&files, name);
            files.push(File {
                name,
                text: text.as_str().into(),
            });
        }
        files
    }
}

/// Makes a link of what the page shows.
///
/// # Errors
/// Why there is none, in a sentence.
pub async fn link(state: &State) -> Result<Link, String> {
    let (shared, left_out) = Shared::of(state);
    let text = shared.text();
    if text.len() > LARGEST as usize {
        return Err(too_long(text.len()));
    }
    let packed = browser::pack(&text)
        .await
        .ok()
        .and_then(|packed| packed.as_string())
        .ok_or(words::share::CANNOT_COMPRESS)?;
    if packed.len() > LONGEST {
        return Err(too_long(packed.len()));
    }
    Ok(Link {
        fragment: format!("{PREFIX}{packed}"),
        left_out,
    })
}

fn too_long(length: usize) -> String {
    words::share::too_long(length / 1000, LONGEST / 1000)
}

/// Reads a link's fragment.
///
/// # Errors
/// Why it was refused, in a sentence.
pub async fn open(fragment: &str) -> Result<Shared, String> {
    let Some(packed) = fragment.strip_prefix(PREFIX) else {
        return Err(words::share::refused(words::share::OTHER_VERSION));
    };
    if packed.len() > LONGEST {
        return Err(words::share::refused(words::share::TOO_LONG));
    }
    let text = browser::unpack(packed, LARGEST)
        .await
        .ok()
        .and_then(|text| text.as_string())
        .ok_or_else(|| words::share::refused(words::share::DAMAGED))?;
    Shared::read(&text).map_err(|why| words::share::refused(&why))
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

    #[test]
    fn what_is_shared_comes_back_without_secrets() {
        let state = State {
            files: vec![
                file("a.yaml", "kind: Service\n"),
                file("b.yaml", "kind: Secret\ndata:\n  p: aHVudGVyMg==\n"),
            ],
            asked: Some(ProbeText {
                from: "outside".into(),
                to: "http://web".into(),
            }),
            step: 3,
            selected: Some(Key::Dns),
            ..State::default()
        };
        let (shared, left_out) = Shared::of(&state);
        assert_eq!(
            left_out.as_deref(),
            Some("1 value of a Secret was left out.")
        );
        assert_eq!(shared.files[1].1, "kind: Secret\ndata:\n  p: redacted\n");
        assert_eq!(Shared::read(&shared.text()), Ok(shared));
    }

    #[test]
    fn links_of_anybody_are_refused_where_they_are_odd() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"files":[]}"#,
            r#"{"files":[["",""]]}"#,
            r#"{"files":[["a\u0000b",""]]}"#,
            r#"{"files":[["a",7]]}"#,
            r#"{"files":[["a",""]],"options":{"what":1}}"#,
            r#"{"files":[["a",""]],"changes":[{"change":"pod/a/b=flies","on":true}]}"#,
        ] {
            assert!(Shared::read(text).is_err(), "{text}");
        }
        let change = r#"{"change":"node/n1=gone","on":true}"#;
        let with = |count: usize| {
            let changes = vec![change; count].join(",");
            Shared::read(&format!(r#"{{"files":[["a",""]],"changes":[{changes}]}}"#))
        };
        assert_eq!(with(1).map(|shared| shared.changes.len()), Ok(1));
        assert_eq!(with(51), Err("it holds 51 changes".to_owned()));
        let read = Shared::read(
            r#"{"files":[["a","kind: Secret\nstringData:\n  p: hunter2\n"],["a",""]]}"#,
        )
        .expect("as it should be");
        assert_eq!(
            read.files[0].1,
            "kind: Secret\nstringData:\n  p: redacted\n"
        );
        assert_eq!(&*read.files()[1].name, "a-2");
    }
}

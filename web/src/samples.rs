//! The samples of the picker: the project's scenarios, read when the page is built.

use switchboard_engine::Str;

use crate::{documents::File, protocol::ProbeText, state::Action};

/// A sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// Name of its file.
    pub id: &'static str,
    /// What the picker shows.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    files: &'static [(&'static str, &'static str)],
    probe: Option<(&'static str, &'static str)>,
    options: &'static str,
}

/// The samples in the order of the picker. The first is what a first visit opens on.
pub static SAMPLES: &[Sample] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

impl Sample {
    /// Opens it, with its first probe on the way.
    pub fn open(&self) -> Action {
        Action::Opened {
            files: self
                .files
                .iter()
                .map(|(name, text)| File {
                    name: (*name).into(),
                    text: (*text).into(),
                })
                .collect(),
            sample: Some(Str::from(self.id)),
            options: serde_json::from_str(self.options).unwrap_or_default(),
            probe: self.probe.map(|(from, to)| ProbeText {
                from: from.to_owned(),
                to: to.to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_readable() {
        for sample in SAMPLES {
            let options: Result<switchboard_engine::cluster::Options, _> =
                serde_json::from_str(sample.options);
            assert!(options.is_ok(), "{}: {options:?}", sample.id);
        }
    }
}

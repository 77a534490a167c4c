//! The samples of the picker: the project's scenarios, read when the page is built.

use switchboard_engine::Str;
use switchboard_engine::order::Order;

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

/// All samples, by name of their files.
const READ: &[Sample] = include!(concat!(env!("OUT_DIR"), "/samples.rs"));

/// In the order in which one learns; what is not listed comes behind.
const ORDER: [&str; 7] = [
    "clusterip",
    "nodeport",
    "loadbalancer",
    "headless",
    "externalname",
    "selectorless",
    "broken",
];

/// The samples in the order of the picker. The first is what a first visit opens on.
pub fn samples() -> Vec<Sample> {
    let mut samples = READ.to_vec();
    samples.order_by_key(|sample| {
        let place = ORDER.iter().position(|id| *id == sample.id);
        (place.unwrap_or(ORDER.len()), sample.id)
    });
    samples
}

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
    fn there_is_one_for_each_kind_of_service() {
        let ids: Vec<&str> = samples().iter().map(|sample| sample.id).collect();
        for id in ORDER {
            assert!(ids.contains(&id), "{id} is missing");
        }
    }

    #[test]
    fn options_are_readable() {
        for sample in samples() {
            let options: Result<switchboard_engine::cluster::Options, _> =
                serde_json::from_str(sample.options);
            assert!(options.is_ok(), "{}: {options:?}", sample.id);
        }
    }
}

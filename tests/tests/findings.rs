//! Findings, code by code: the documentation says what the catalogue says, each code has a manifest that gives it and one
//! that nearly does, and what it predicts is what a trace finds.
//!
//! A fixture is `tests/findings/CODE.yaml`. Carets in a comment below a line mark the range that is to be blamed, as far as
//! its first line: `#  ^^^ CODE`, or `#|^^^ CODE` from the line's beginning. Lines that begin with `#!` are the test's own:
//! `probe FROM TO`, `options JSON`, `at TEXT` (the range, where no comment can stand below it), `nowhere` (about no text),
//! and `near miss`, behind which the code must not appear.

use std::collections::BTreeSet;
use std::ops::Range;
use std::{env, fs, path::Path};

use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::Environment;
use switchboard_engine::explain::observed;
use switchboard_engine::finding::{Appears, Entry, Finding, Symptom, catalogue};
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::trace::{Answer, Probe};
use switchboard_engine::{Analysis, KUBERNETES};

/// Codes that no manifest is known to give: they stand behind checks that see more.
const DEFENCES: [&str; 1] = ["not-understood"];

#[test]
fn the_documentation_is_the_catalogue() {
    let file = root().join("docs/findings.md");
    let document = catalogue::document(example);
    if env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&file, &document).expect("the documentation can be written");
    }
    let written = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        written == document,
        "docs/findings.md is not what the catalogue says: UPDATE_DOCS=1 cargo test -p switchboard-tests --test findings"
    );
}

#[test]
fn every_code_has_a_fixture_and_every_fixture_a_code() {
    let mut codes = BTreeSet::new();
    for entry in tested() {
        assert!(codes.insert(entry.code.to_owned()), "{} twice", entry.code);
    }
    let fixtures: BTreeSet<String> = fs::read_dir(root().join("tests/findings"))
        .expect("the fixtures are there")
        .map(|entry| entry.expect("a file").path())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(codes, fixtures);
}

#[test]
fn the_table_of_subjects_has_every_code_and_nothing_else() {
    let codes: BTreeSet<&str> = catalogue::entries().map(|entry| entry.code).collect();
    let told: BTreeSet<&str> = catalogue::SUBJECTS
        .iter()
        .flat_map(|subject| subject.codes.iter().copied())
        .collect();
    assert_eq!(codes, told);
}

#[test]
fn fixtures_give_their_code_where_the_carets_are_and_near_misses_do_not() {
    let mut wrong = Vec::new();
    for entry in tested() {
        let (gives, misses) = fixture(entry.code);
        let found = gives.found(entry.code);
        if found.is_empty() {
            wrong.push(format!(
                "{}: not found, but {:?}",
                entry.code,
                gives.codes()
            ));
        }
        let marked = gives.carets(entry.code);
        let ranges = gives.ranges(&found);
        if gives.nowhere != marked.is_empty() {
            wrong.push(format!("{}: neither marked nor nowhere", entry.code));
        }
        if marked != ranges {
            wrong.push(format!(
                "{}: {marked:?} marked, {ranges:?} found",
                entry.code
            ));
        }
        if !misses.found(entry.code).is_empty() {
            wrong.push(format!("{}: the near miss gives it", entry.code));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_finding_predicts_is_what_a_trace_finds() {
    let mut wrong = Vec::new();
    for entry in tested() {
        let (gives, _) = fixture(entry.code);
        for finding in gives.found(entry.code) {
            let predicted = finding.symptom();
            if !entry.symptoms.contains(&predicted.seen()) {
                wrong.push(format!(
                    "{}: {predicted:?} is not in the catalogue",
                    entry.code
                ));
            }
            let Some(answer) = &gives.answer else {
                // What a client cannot ask for, no probe shows: the object is refused, or has no address yet.
                if predicted.breaks()
                    && !matches!(predicted, Symptom::RejectedOnApply | Symptom::Pending)
                {
                    wrong.push(format!(
                        "{}: predicts {predicted:?} without a probe",
                        entry.code
                    ));
                }
                continue;
            };
            // Of a packet that arrives, these say more than that it arrives.
            let says_more = entry.appears != Appears::List && !predicted.breaks();
            let seen = observed(answer);
            if seen != predicted && !says_more {
                wrong.push(format!(
                    "{}: predicts {predicted:?}, a client sees {seen:?}",
                    entry.code
                ));
            }
            if predicted.breaks() && !gives.explains(entry.code) {
                wrong.push(format!("{}: does not explain the answer", entry.code));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_headless_port_differs_in_is_told_with_its_packets() {
    let (gives, misses) = fixture("headless-port-differs");
    assert!(gives.explains("headless-port-differs"));
    assert!(!misses.explains("headless-port-differs"));
}

#[test]
fn a_sound_application_has_an_empty_list() {
    let (_, sound) = fixture("selector-matches-nothing");
    assert_eq!(sound.codes(), Vec::<&str>::new(), "Kubernetes {KUBERNETES}");
}

/// The manifest that gives a code; none that nobody would read.
fn example(code: &str) -> Option<String> {
    let file = root().join(format!("tests/findings/{code}.yaml"));
    let text = fs::read_to_string(file).ok()?;
    let (gives, _) = text.split_once("#! near miss\n")?;
    let gives: String = gives
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("#!"))
        .collect();
    (gives.len() <= 2500).then_some(gives)
}

fn tested() -> impl Iterator<Item = &'static Entry> {
    catalogue::entries().filter(|entry| !DEFENCES.contains(&entry.code))
}

/// One half of a fixture, looked at.
struct Half {
    text: String,
    nowhere: bool,
    /// Ranges below which no comment can stand.
    told_at: Vec<Range<usize>>,
    analysis: Analysis,
    answer: Option<Answer>,
}

fn fixture(code: &str) -> (Half, Half) {
    let file = root().join(format!("tests/findings/{code}.yaml"));
    let text = fs::read_to_string(file).expect("the fixture is there");
    let (gives, misses) = text
        .split_once("#! near miss\n")
        .expect("the fixture has a near miss");
    (half(gives), half(misses))
}

fn half(text: &str) -> Half {
    let told = |word: &str| {
        text.lines()
            .filter_map(|line| line.strip_prefix("#! "))
            .find_map(|line| line.strip_prefix(word))
            .map(str::trim)
    };
    let mut environment = Environment::default();
    if let Some(options) = told("options") {
        environment.options = serde_json::from_str(options).expect("options are JSON");
    }
    let probe = told("probe").map(|probe| {
        let (from, to) = probe.split_once(' ').expect("FROM TO");
        Probe::parse(from, to).expect("a probe")
    });
    let manifest: String = text
        .split_inclusive('\n')
        .filter(|line| !line.starts_with("#!"))
        .collect();
    let told_at = text
        .lines()
        .filter_map(|line| line.strip_prefix("#! at "))
        .map(|told| {
            let from = manifest.find(told).expect("the text of the range is there");
            from..from + told.len()
        })
        .collect();
    let file = SourceFile {
        name: "fixture.yaml".into(),
        text: manifest.clone(),
    };
    let analysis = Analysis::of(vec![file], Entrance::Paste, environment);
    let answer = probe.map(|probe| analysis.trace(&probe));
    Half {
        text: manifest,
        nowhere: told("nowhere").is_some(),
        told_at,
        analysis,
        answer,
    }
}

impl Half {
    /// Findings of this code, in the list or with the answer.
    fn found(&self, code: &str) -> Vec<Finding> {
        let explained = self.answer.iter().flat_map(|answer| {
            let all = self.analysis.explain(answer);
            all.into_iter()
                .filter(|finding| finding.entry().appears != Appears::List)
        });
        let listed = self.analysis.findings.iter().cloned();
        listed
            .chain(explained)
            .filter(|finding| finding.code() == code)
            .collect()
    }

    fn codes(&self) -> Vec<&'static str> {
        self.analysis.findings.iter().map(Finding::code).collect()
    }

    fn explains(&self, code: &str) -> bool {
        self.answer.iter().any(|answer| {
            let explained = self.analysis.explain(answer);
            explained.iter().any(|finding| finding.code() == code)
        })
    }

    /// The ranges of findings, as far as their first line.
    fn ranges(&self, findings: &[Finding]) -> Vec<Range<usize>> {
        let ranges = findings.iter().filter_map(|finding| {
            let bytes = self
                .analysis
                .manifest
                .range(finding.origin.as_ref()?)?
                .bytes;
            let rest = &self.text[bytes.clone()];
            let first = rest.find('\n').unwrap_or(rest.len());
            Some(bytes.start..bytes.start + first)
        });
        let mut ranges: Vec<_> = ranges.collect();
        ranges.sort_by_key(|range| range.start);
        ranges
    }

    /// What carets mark in the line above them.
    fn carets(&self, code: &str) -> Vec<Range<usize>> {
        let mut marked = self.told_at.clone();
        let mut above = 0;
        let mut start = 0;
        for line in self.text.split_inclusive('\n') {
            let carets = line
                .starts_with('#')
                .then(|| line.trim_end().strip_suffix(code))
                .flatten()
                .and_then(|marks| {
                    let from = if marks.starts_with("#|") {
                        0
                    } else {
                        marks.find('^')?
                    };
                    Some((from, marks.rfind('^')? + 1))
                });
            match carets {
                Some((from, to)) => marked.push(above + from..above + to),
                None => above = start,
            }
            start += line.len();
        }
        marked.sort_by_key(|range| range.start);
        marked
    }
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

//! Findings, code by code: the documentation says what the catalogue says.

use std::collections::BTreeSet;
use std::{env, fs, path::Path};

use switchboard_engine::finding::catalogue;

#[test]
fn the_documentation_is_the_catalogue() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/findings.md");
    let document = catalogue::document();
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
fn every_code_is_there_once() {
    let mut seen = BTreeSet::new();
    for entry in catalogue::entries() {
        assert!(seen.insert(entry.code), "{} is there twice", entry.code);
        assert!(!entry.symptoms.is_empty(), "{} says no symptom", entry.code);
    }
}

//! Every `scenarios/*.md` says what the engine computes.

use std::fs;
use std::path::Path;

use switchboard_engine::scenario;

#[test]
fn scenarios_say_what_the_engine_computes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files: Vec<_> = fs::read_dir(&folder)
        .expect("the folder of scenarios")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no scenario in {}", folder.display());
    let report: Vec<String> = files.iter().flat_map(|file| differences(file)).collect();
    assert!(report.is_empty(), "\n{}", report.join("\n\n"));
}

#[test]
fn every_scenario_names_a_mutation() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    for entry in fs::read_dir(folder).expect("the folder of scenarios") {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a readable file");
        let scenario = scenario::parse(&text).expect("well formed");
        let mutations = scenario.steps.iter().map(|step| step.mutations.len());
        assert!(mutations.sum::<usize>() > 0, "{}", path.display());
    }
}

/// What is wrong with one file, in words.
fn differences(file: &Path) -> Vec<String> {
    let name = file
        .file_name()
        .expect("a file has a name")
        .to_string_lossy();
    let text = fs::read_to_string(file).expect("a readable file");
    match scenario::parse(&text) {
        Err(errors) => errors
            .iter()
            .map(|error| format!("scenarios/{name}: {error}"))
            .collect(),
        Ok(scenario) => scenario::run(&scenario)
            .iter()
            .map(|difference| format!("scenarios/{name}, {difference}"))
            .collect(),
    }
}

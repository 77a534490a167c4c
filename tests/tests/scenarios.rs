//! Every `scenarios/*.md` says what the engine computes.

use std::collections::BTreeMap;
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
fn every_scenario_names_a_mutation_and_scenarios_that_exist() {
    let all = scenarios();
    for (name, scenario) in &all {
        let mutations = scenario.steps.iter().map(|step| step.mutations.len());
        assert!(mutations.sum::<usize>() > 0, "{name}");
        for before in &scenario.prerequisites {
            assert!(all.contains_key(before), "{name}: there is no {before}");
        }
    }
}

#[test]
fn every_workshop_ends_with_cards() {
    let mut last: BTreeMap<String, (u16, bool)> = BTreeMap::new();
    for scenario in scenarios().into_values() {
        let Some(workshop) = scenario.workshop else {
            continue;
        };
        let asks = scenario
            .steps
            .last()
            .is_some_and(|step| !step.quiz.is_empty());
        let end = last.entry(workshop).or_default();
        *end = (*end).max((scenario.order, asks));
    }
    let ends: Vec<(&str, bool)> = last
        .iter()
        .map(|(workshop, (_, asks))| (workshop.as_str(), *asks))
        .collect();
    assert_eq!(
        ends,
        [
            ("At 2 a.m.", true),
            ("Five doors", true),
            ("How a Service finds its Pods", true),
            ("Inside kube-proxy", true),
        ]
    );
}

#[test]
fn the_example_in_the_authors_guide_holds() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/scenarios.md");
    let guide = fs::read_to_string(guide).expect("the guide");
    let (_, example) = guide.split_once("````markdown\n").expect("an example");
    let (example, _) = example.split_once("````").expect("its end");
    let scenario = scenario::parse(example).expect("well formed");
    assert_eq!(scenario::run(&scenario), []);
}

/// All that ship, by the names of their files.
fn scenarios() -> BTreeMap<String, scenario::Scenario> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let one = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("a file").path();
        let text = fs::read_to_string(&path).expect("a readable file");
        let name = path.file_stem().expect("a file has a name");
        (
            name.to_string_lossy().into_owned(),
            scenario::parse(&text).expect("well formed"),
        )
    };
    let entries = fs::read_dir(folder).expect("the folder of scenarios");
    entries.map(one).collect()
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

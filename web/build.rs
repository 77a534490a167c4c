//! Turns the scenarios into the page's samples, so that the page needs no parser for them and a broken one fails the build.

use std::{env, fs, path::Path};

use switchboard_engine::scenario;

/// Scenarios that open without the worker: those of the picker, in the order in which one learns. The first is what a
/// first visit opens on.
const SAMPLES: [&str; 7] = [
    "clusterip",
    "nodeport",
    "loadbalancer",
    "headless",
    "externalname",
    "selectorless",
    "broken",
];

/// In bytes.
const LONGEST_EXAMPLE: usize = 2500;

fn main() {
    let folder = Path::new("../scenarios");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut paths: Vec<_> = fs::read_dir(folder)
        .expect("the repository has scenarios")
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    let samples = SAMPLES.map(|id| sample(&folder.join(id).with_extension("md")));
    write("samples.rs", &samples);
    let entries: Vec<String> = paths.iter().map(|path| entry(path)).collect();
    write("catalogue.rs", &entries);
    write("examples.rs", &examples());
    let texts: Vec<String> = paths.iter().map(|path| text(path)).collect();
    write("texts.rs", &texts);
}

/// Of each code of a finding, the manifest that gives it: the first half of its fixture, without what is the test's own.
fn examples() -> Vec<String> {
    let folder = Path::new("../tests/findings");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut examples: Vec<String> = fs::read_dir(folder)
        .expect("the repository has fixtures")
        .map(|entry| entry.expect("a readable folder").path())
        .filter_map(|path| {
            let code = path.file_stem()?.to_str()?.to_owned();
            let text = fs::read_to_string(&path).expect("a readable file");
            let (gives, _) = text.split_once("#! near miss\n")?;
            let lines = gives.split_inclusive('\n');
            let gives: String = lines.filter(|line| !line.starts_with("#!")).collect();
            // What is longer nobody reads, and everybody would have to download.
            (gives.len() <= LONGEST_EXAMPLE).then(|| format!("({code:?}, {gives:?})"))
        })
        .collect();
    examples.sort();
    examples
}

/// Writes a list of constants.
fn write(name: &str, values: &[String]) {
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join(name);
    fs::write(out, format!("&[{}]", values.join(","))).expect("cargo's folder is writable");
}

fn read(path: &Path) -> (&str, scenario::Scenario) {
    let text = fs::read_to_string(path).expect("a readable file");
    let scenario =
        scenario::parse(&text).unwrap_or_else(|errors| panic!("{}: {errors:?}", path.display()));
    let id = path
        .file_stem()
        .and_then(|stem| stem.to_str())
        .expect("a plain name");
    (id, scenario)
}

/// What the overview shows.
fn entry(path: &Path) -> String {
    let (id, scenario) = read(path);
    format!(
        "Entry {{ id: {id:?}, title: {:?}, summary: {:?}, level: {:?}, minutes: {:?}, workshop: {:?}, order: {}, steps: {} }}",
        scenario.title,
        scenario.summary,
        scenario.level.name(),
        scenario.minutes,
        scenario.workshop.unwrap_or_default(),
        scenario.order,
        scenario.steps.len(),
    )
}

/// The whole file, for the worker.
fn text(path: &Path) -> String {
    let whole = fs::canonicalize(path).expect("it was read before");
    format!(
        "({:?}, include_str!({:?}))",
        read(path).0,
        whole.display().to_string()
    )
}

fn sample(path: &Path) -> String {
    println!("cargo:rerun-if-changed={}", path.display());
    let (id, scenario) = read(path);
    let step = &scenario.steps[0];
    let files: Vec<String> = step
        .files
        .iter()
        .map(|file| format!("({:?}, {:?})", file.name.as_str(), file.text))
        .collect();
    let probe = scenario.steps.iter().flat_map(|step| &step.probes).next();
    let options = serde_json::to_string(&scenario.options).expect("plain data");
    format!(
        "Sample {{ id: {id:?}, title: {:?}, summary: {:?}, files: &[{}], probe: {}, options: {options:?} }}",
        scenario.title,
        scenario.summary,
        files.join(","),
        probe.map_or_else(
            || "None".to_owned(),
            |probe| format!("Some(({:?}, {:?}))", probe.from, probe.to)
        ),
    )
}

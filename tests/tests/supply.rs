//! What the project is built from: licences that go with its own, crates from crates.io and nowhere else, npm packages
//! from npm. Advisories are cargo-deny's and npm's business: their databases are not in this repository.

use std::{path::Path, process::Command};

use serde_json::Value;

/// The same list as in `deny.toml`, which a test below sees to.
const LICENCES: [&str; 4] = ["Apache-2.0", "MIT", "Unicode-3.0", "Zlib"];
/// For fonts, which are files beside the page.
const FONTS: &str = "OFL-1.1";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests lie in the repository")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).expect("a readable file")
}

#[test]
fn crates_come_from_one_place_under_known_licences() {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo's own JSON");
    let packages = metadata["packages"].as_array().expect("a list");
    let mut wrong = Vec::new();
    for package in packages {
        let (name, licence) = (&package["name"], package["license"].as_str());
        let source = package["source"].as_str();
        if source.is_some_and(|it| it != "registry+https://github.com/rust-lang/crates.io-index") {
            wrong.push(format!("{name} comes from {source:?}"));
        }
        if !licence.is_some_and(is_known) {
            wrong.push(format!("{name} is under {licence:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(packages.len() > 50, "cargo listed {}", packages.len());
}

#[test]
fn npm_packages_come_from_one_place_under_known_licences() {
    let mut wrong = Vec::new();
    for (path, bundled) in [
        ("web/package-lock.json", true),
        ("tests/browser/package-lock.json", false),
    ] {
        let lock: Value = serde_json::from_str(&read(path)).expect("npm's own JSON");
        let packages = lock["packages"].as_object().expect("an object");
        for (name, package) in packages.iter().filter(|(name, _)| !name.is_empty()) {
            // Without an address it is the registry's, and the checksum says which file.
            let resolved = package["resolved"].as_str();
            if resolved.is_some_and(|it| !it.starts_with("https://registry.npmjs.org/")) {
                wrong.push(format!("{path}: {name} comes from {resolved:?}"));
            }
            if package["integrity"].as_str().is_none() {
                wrong.push(format!("{path}: {name} has no checksum"));
            }
            let licence = package["license"].as_str().unwrap_or_default();
            // What only tests is not handed out.
            let is_shipped = bundled && package["dev"] != Value::Bool(true);
            if is_shipped && !is_known(licence) && licence != FONTS {
                wrong.push(format!("{path}: {name} is under {licence:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn cargo_deny_allows_the_same_licences() {
    let deny = read("deny.toml");
    let (_, list) = deny.split_once("allow = [").expect("a list of licences");
    let (list, _) = list.split_once(']').expect("its end");
    let allowed: Vec<&str> = list
        .split(',')
        .map(|licence| licence.trim().trim_matches('"'))
        .collect();
    assert_eq!(allowed, LICENCES);
}

/// Whether an SPDX expression can be met: one of alternatives is enough, of those that hold together each counts.
fn is_known(expression: &str) -> bool {
    // An older way to write OR.
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression.split(" OR ").any(|alternative| {
        let mut parts = alternative.split(" AND ").map(str::trim);
        parts.all(|part| LICENCES.contains(&part))
    })
}

#[test]
fn expressions_are_understood() {
    assert!(is_known("MIT OR GPL-3.0"));
    assert!(is_known("MIT/Apache-2.0"));
    assert!(is_known("(MIT OR Apache-2.0) AND Unicode-3.0"));
    assert!(!is_known("MIT AND GPL-3.0"));
    assert!(!is_known("GPL-3.0"));
}

//! What the project is built from: licences, sources and, where the network lets one ask, advisories. npm's licences and
//! sources are checked by `tests/tests/supply.rs`, which is part of the unit tests.

use std::process::Command;

use super::Outcome;
use crate::{
    command::{Result, cargo, prints, program, root, succeeds},
    setup,
};

/// cargo-deny; `npm audit`, where the registry answers. What could not be asked is said.
pub(super) fn run() -> Result<Outcome> {
    let mut unasked = Vec::new();
    let mut passed = succeeds(&mut deny("--offline check licenses sources bans"))?;
    // A database that cannot be fetched is no advisory.
    match prints(&mut deny("fetch db")) {
        Some(_) => passed &= succeeds(&mut deny("check advisories"))?,
        None => unasked.push("the advisory database cannot be fetched"),
    }
    for folder in ["web", "tests/browser"] {
        let mut audit = program("npm");
        audit
            .args(["audit", "--audit-level=high", "--json"])
            .current_dir(root().join(folder));
        let answer = audit.output().ok();
        let text = answer.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
        match text.filter(|text| text.contains("\"auditReportVersion\"")) {
            None => unasked.push("npm's advisories cannot be asked for"),
            Some(report)
                if report.contains("\"severity\": \"high\"")
                    || report.contains("\"severity\": \"critical\"") =>
            {
                println!("{folder}: {report}");
                passed = false;
            }
            Some(_) => println!("npm audit has nothing to say about {folder}"),
        }
    }
    unasked.dedup();
    Ok(match (passed, unasked.is_empty()) {
        (false, _) => Outcome::Failed,
        (true, true) => Outcome::Passed,
        (true, false) => Outcome::PassedBut(unasked.join("; ")),
    })
}

fn deny(words: &str) -> Command {
    let mut deny = cargo();
    deny.arg("deny")
        .args(words.split(' '))
        .env("PATH", setup::path());
    deny
}

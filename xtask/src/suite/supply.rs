//! What the project is built from, as far as tools that need the network or an installation can say. Licences and
//! sources are checked everywhere by `tests/tests/supply.rs`, which is part of the unit tests.

use super::Outcome;
use crate::command::{Result, cargo, prints, program, root, succeeds};

/// cargo-deny, where it is installed; `npm audit`, where the registry answers. What could not be asked is said.
pub(super) fn run() -> Result<Outcome> {
    let mut unasked = Vec::new();
    let mut passed = true;
    if prints(cargo().args(["deny", "--version"])).is_some() {
        passed &= succeeds(cargo().args("deny check licenses sources bans".split(' ')))?;
        // A database that cannot be fetched is no advisory.
        match prints(cargo().args("deny fetch db".split(' '))) {
            Some(_) => passed &= succeeds(cargo().args("deny check advisories".split(' ')))?,
            None => unasked.push("the advisory database cannot be fetched"),
        }
    } else {
        unasked.push("cargo-deny is not installed");
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
        (true, false) => Outcome::Skipped(unasked.join("; ")),
    })
}

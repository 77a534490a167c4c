//! `cargo xtask conformance`: the conformance cases, where this folder's neighbour `shared` holds them, against the
//! number of them that passed last time.
//!
//! The numbers are kept per area in `tests/conformance/passed.txt` and may only rise.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use crate::command::{
    Failure, Result, cannot_start, cargo, prints, program, root, succeeds, target,
};

const PYYAML: &str = "pyyaml==6.0.3";
const KEPT: &str = "tests/conformance/passed.txt";

/// Passed cases by area.
type Passed = BTreeMap<String, u32>;

/// Runs all cases and compares with the kept numbers; `raise` keeps the new ones where they are higher. With
/// `arguments` for the checker it runs just that and compares nothing.
pub(crate) fn run(raise: bool, arguments: &[String]) -> Result<ExitCode> {
    let check = root().join("../shared/conformance/check.py");
    if !check.is_file() {
        println!(
            "\n!!! CONFORMANCE SKIPPED: no shared/conformance/check.py beside this folder !!!\n"
        );
        return Ok(ExitCode::SUCCESS);
    }
    let switchboard = build()?;
    let output = checked(&check, &switchboard, arguments)?;
    if !arguments.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let now =
        passed_in(&output).ok_or_else(|| Failure::new("the conformance check printed no table"))?;
    if output.lines().any(|line| line.starts_with("PROBLEM")) {
        return Err(Failure::new(
            "`switchboard answer` did not answer as it should: see PROBLEM above",
        ));
    }
    let kept = kept()?;
    let fallen = fallen(&kept, &now);
    for (area, before, after) in &fallen {
        println!("FALLEN: {area} passed {before}, now {after}");
    }
    if !fallen.is_empty() {
        return Ok(ExitCode::FAILURE);
    }
    if now != kept {
        if raise {
            keep(&now)?;
            println!("{KEPT} is raised: commit it");
        } else {
            println!("more pass than {KEPT} says: `cargo xtask conformance --raise`");
        }
    }
    println!("no area passes fewer cases than {KEPT} says");
    Ok(ExitCode::SUCCESS)
}

fn build() -> Result<PathBuf> {
    // Answers are wanted as fast as a person would get them, without a release build's minutes of link time.
    if succeeds(cargo().args([
        "build",
        "--locked",
        "--profile",
        "fast",
        "-p",
        "switchboard",
    ]))? {
        Ok(target().join("fast/switchboard"))
    } else {
        Err(Failure::new("`switchboard` could not be built"))
    }
}

/// Runs the checker and passes its lines on. Its exit status is not asked: it wants every case to pass, this only
/// no fewer than before.
fn checked(check: &Path, switchboard: &Path, arguments: &[String]) -> Result<String> {
    let mut command = Command::new(python()?);
    command
        .arg(check)
        .arg("--cli")
        .arg(format!("'{}' answer", switchboard.display()))
        .args(arguments)
        .current_dir(root())
        .stderr(Stdio::inherit());
    let output = command
        .output()
        .map_err(|error| cannot_start(&command, &error))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{text}");
    Ok(text)
}

/// A Python that has PyYAML: the system's, or an environment of our own.
fn python() -> Result<PathBuf> {
    let has_yaml =
        |python: &Path| prints(Command::new(python).args(["-c", "import yaml"])).is_some();
    let system = PathBuf::from("python3");
    if has_yaml(&system) {
        return Ok(system);
    }
    let folder = target().join("tools/python");
    let own = folder.join("bin/python3");
    if has_yaml(&own) {
        return Ok(own);
    }
    println!(
        "installing PyYAML, for the conformance check: pip in {}, some seconds",
        folder.display()
    );
    let made = succeeds(program("python3").args(["-m", "venv"]).arg(&folder))?
        && succeeds(program(&own).args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            PYYAML,
        ]))?;
    if made && has_yaml(&own) {
        Ok(own)
    } else {
        let by_hand = "apt-get install python3-yaml, or python3 -m pip install pyyaml";
        Err(Failure::new(format!(
            "PyYAML could not be installed for the conformance check: {by_hand}"
        )))
    }
}

/// Reads the checker's table: `area`, passed, failed, unsupported.
fn passed_in(output: &str) -> Option<Passed> {
    let mut lines = output.lines().skip_while(|line| !line.starts_with("area "));
    lines.next()?;
    let rows = lines.map_while(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [area, passed, _failed, _unsupported] => Some((area.to_owned(), passed.parse().ok()?)),
            _ => None,
        }
    });
    Some(rows.collect())
}

fn fallen(kept: &Passed, now: &Passed) -> Vec<(String, u32, u32)> {
    kept.iter()
        .map(|(area, before)| (area.clone(), *before, now.get(area).copied().unwrap_or(0)))
        .filter(|(_, before, after)| after < before)
        .collect()
}

fn kept() -> Result<Passed> {
    let text = fs::read_to_string(root().join(KEPT))
        .map_err(|error| Failure::new(format!("{KEPT}: {error}")))?;
    parsed(&text).ok_or_else(|| Failure::new(format!("{KEPT}: every line is an area and a number")))
}

fn parsed(text: &str) -> Option<Passed> {
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let (area, number) = line.split_once(' ')?;
            Some((area.to_owned(), number.trim().parse().ok()?))
        })
        .collect()
}

fn keep(passed: &Passed) -> Result<()> {
    let mut text = String::new();
    for (area, number) in passed {
        let _ = writeln!(text, "{area:<12} {number}");
    }
    fs::write(root().join(KEPT), text).map_err(|error| Failure::new(format!("{KEPT}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
FAIL routing/x #1\n\
area          passed  failed  unsupported\n\
routing           12       3           90\n\
dns                0       0           57\n\
12 passed, 3 failed, 147 unsupported\n";

    #[test]
    fn the_checkers_table_is_read() {
        let passed = passed_in(TABLE).expect("a table");
        assert_eq!(
            passed,
            Passed::from([("dns".to_owned(), 0), ("routing".to_owned(), 12)])
        );
        assert_eq!(passed_in("no table"), None);
    }

    #[test]
    fn only_fewer_is_a_fall() {
        let kept = parsed("dns 3\nrouting      12\n").expect("areas and numbers");
        let now = Passed::from([("dns".to_owned(), 2), ("routing".to_owned(), 13)]);
        assert_eq!(fallen(&kept, &now), [("dns".to_owned(), 3, 2)]);
        assert_eq!(fallen(&Passed::new(), &now), []);
        assert_eq!(fallen(&kept, &Passed::new()).len(), 2);
        assert_eq!(parsed("dns"), None);
    }
}

//! `cargo xtask test`: everything that CI runs, step by step, each with its runner's own output, and a table last.
//!
//! A step that fails does not keep the others from running, except those that need what it makes.

mod supply;

use std::{
    fmt,
    path::PathBuf,
    process::ExitCode,
    time::{Duration, Instant},
};

use crate::{
    command::{Failure, Result, cargo, is_root, program, root, succeeds},
    page,
    setup::{self, Need},
};

/// One part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// rustfmt has nothing to change.
    Fmt,
    /// Clippy has nothing to say, natively and for wasm.
    Clippy,
    /// The docs build without a warning.
    Docs,
    /// All of `cargo test`: units, doc tests, scenarios, tidiness.
    Unit,
    /// Licences and sources of what the project is built from; advisories, where they can be asked for.
    Supply,
    /// The Linux kernel's opinion of the rules.
    Referee,
    /// The page for release.
    Build,
    /// The page in Chromium.
    Browser,
}

impl Step {
    /// In the order in which they run: the quick ones first. The browser tests print most, so their failures stand where
    /// one looks: right above the table.
    pub(crate) const ALL: [Self; 8] = [
        Self::Fmt,
        Self::Clippy,
        Self::Docs,
        Self::Unit,
        Self::Supply,
        Self::Referee,
        Self::Build,
        Self::Browser,
    ];

    /// The step of that name on the command line.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Docs => "docs",
            Self::Unit => "unit",
            Self::Supply => "supply",
            Self::Build => "build",
            Self::Browser => "browser",
            Self::Referee => "referee",
        }
    }

    fn needs(self) -> &'static [Need] {
        match self {
            Self::Fmt => &[Need::Toolchain],
            Self::Clippy | Self::Docs | Self::Unit => &[Need::Toolchain, Need::Crates],
            Self::Supply => &[Need::Toolchain, Need::Crates, Need::CargoDeny],
            // `page` sees to its own.
            Self::Build => &[],
            Self::Browser => &[Need::BrowserPackages, Need::Chromium],
            // Only where it can run: see `referee`.
            Self::Referee => &[Need::Toolchain, Need::Crates],
        }
    }

    fn run(self, arguments: &[String]) -> Result<Outcome> {
        setup::ensure(self.needs())?;
        match self {
            Self::Fmt => passed(cargo_does("fmt --all --check", &[])?),
            Self::Clippy => clippy(),
            Self::Docs => docs(),
            Self::Unit => passed(cargo_does("test --locked --workspace", arguments)?),
            Self::Supply => supply::run(),
            Self::Build => page::build().map(|_| Outcome::Passed),
            Self::Browser => browser(arguments),
            Self::Referee => referee(arguments),
        }
    }
}

/// Runs `steps` and prints what became of each. `arguments` go to the test runners.
pub(crate) fn run(steps: &[Step], arguments: &[String]) -> Result<ExitCode> {
    let wanted: Vec<Step> = Step::ALL
        .into_iter()
        .filter(|step| {
            steps.contains(step) || (*step == Step::Build && steps.contains(&Step::Browser))
        })
        .collect();
    let mut rows = Vec::new();
    let mut built = true;
    for step in wanted {
        println!("\n=== {} ===", step.name());
        let start = Instant::now();
        let outcome = if step == Step::Browser && !built {
            Outcome::Skipped("there is no page to test".to_owned())
        } else {
            step.run(arguments).unwrap_or_else(|Failure(line)| {
                eprintln!("{line}");
                Outcome::Failed
            })
        };
        if step == Step::Build {
            built = outcome == Outcome::Passed;
        }
        rows.push((step, outcome, start.elapsed()));
    }
    println!("\n{}", table(&rows));
    let failed = rows
        .iter()
        .any(|(_, outcome, _)| *outcome == Outcome::Failed);
    Ok(if failed {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Outcome {
    Passed,
    /// With what could not be asked.
    PassedBut(String),
    Failed,
    /// With the reason.
    Skipped(String),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed => f.write_str("passed"),
            Self::PassedBut(what) => write!(f, "passed, but {what}"),
            Self::Failed => f.write_str("FAILED"),
            Self::Skipped(why) => write!(f, "SKIPPED: {why}"),
        }
    }
}

fn passed(succeeded: bool) -> Result<Outcome> {
    Ok(if succeeded {
        Outcome::Passed
    } else {
        Outcome::Failed
    })
}

fn clippy() -> Result<Outcome> {
    let native = cargo_does(
        "clippy --locked --workspace --all-targets -- -D warnings",
        &[],
    )?;
    // For wasm the binding of the editor is only complete with the bundle, which a build leaves behind.
    let bundled = root().join("web/generated/editor.js").is_file() || {
        setup::ensure(&[Need::WebPackages])?;
        succeeds(program("node").arg("web/hooks/bundle_editor.mjs"))?
    };
    let web = "clippy --locked -p switchboard-web --target wasm32-unknown-unknown -- -D warnings";
    passed(native && bundled && cargo_does(web, &[])?)
}

fn docs() -> Result<Outcome> {
    let mut rustdoc = cargo();
    rustdoc
        .args("doc --locked --workspace --no-deps --quiet".split(' '))
        .env("RUSTDOCFLAGS", "-D warnings");
    passed(succeeds(&mut rustdoc)?)
}

fn browser(arguments: &[String]) -> Result<Outcome> {
    let folder = root().join("tests/browser");
    let mut node = program("node");
    node.args(["--test", "--test-reporter=spec", "--test-timeout=180000"])
        .args(if arguments.is_empty() {
            tests_in(&folder)?
        } else {
            arguments.iter().map(PathBuf::from).collect()
        })
        .current_dir(&folder);
    if let Some(chromium) = setup::chromium() {
        node.env("SWITCHBOARD_CHROMIUM", chromium);
    }
    passed(succeeds(&mut node)?)
}

fn tests_in(folder: &std::path::Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)
        .map_err(|error| Failure::new(format!("{}: {error}", folder.display())))?;
    let mut tests: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    tests.sort();
    Ok(tests)
}

/// The tests in `tests/tests/referee/`: `#[ignore]`d, because they want root.
fn referee(arguments: &[String]) -> Result<Outcome> {
    if !cfg!(target_os = "linux") {
        return Ok(Outcome::Skipped("this is not Linux".to_owned()));
    }
    if !is_root() {
        return Ok(Outcome::Skipped("network namespaces want root".to_owned()));
    }
    setup::ensure(&[Need::KernelTools])?;
    let runner = "test --locked -p switchboard-tests --test referee -- --ignored --nocapture";
    let mut cargo = cargo();
    cargo
        .args(runner.split(' '))
        .args(arguments)
        .env("PATH", setup::path());
    passed(succeeds(&mut cargo)?)
}

fn cargo_does(words: &str, more: &[String]) -> Result<bool> {
    succeeds(cargo().args(words.split(' ')).args(more))
}

fn table(rows: &[(Step, Outcome, Duration)]) -> String {
    rows.iter()
        .map(|(step, outcome, took)| {
            format!(
                "{:<8} {:>7.1} s  {outcome}\n",
                step.name(),
                took.as_secs_f32()
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_is_found_by_its_name() {
        for step in Step::ALL {
            assert_eq!(Step::from_name(step.name()), Some(step));
        }
        assert_eq!(Step::from_name("everything"), None);
    }

    #[test]
    fn the_table_has_a_line_a_step() {
        let rows = [
            (Step::Fmt, Outcome::Passed, Duration::from_millis(840)),
            (
                Step::Browser,
                Outcome::Skipped("there is no page to test".to_owned()),
                Duration::ZERO,
            ),
        ];
        assert_eq!(
            table(&rows),
            "fmt          0.8 s  passed\nbrowser      0.0 s  SKIPPED: there is no page to test\n"
        );
    }
}

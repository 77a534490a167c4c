//! `switchboard scenario`: for authors of workshops. Checks files, runs them step by step, begins new ones, prints them.

mod new;
mod print;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use switchboard_engine::scenario::question::{self, Answering};
use switchboard_engine::scenario::{self, Check, Difference, Question, Scenario, Step};

use crate::plain::Plain;

/// What can be done with scenarios.
#[derive(Debug, Subcommand)]
pub(crate) enum Scenarios {
    /// Say whether everything in the files is as the engine computes it, and on which line it is not.
    Check {
        /// Markdown files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// The same step by step, with what was computed.
    Run {
        /// Markdown files.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Begin a new scenario: a file that checks, to be changed.
    New {
        /// Its name: NAME.md is written, unless there is such a file.
        name: PathBuf,
    },
    /// Print the prose as one HTML file, to be read or printed without the engine.
    Print {
        /// Markdown files. Those of one workshop are printed in its order.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
        /// Where to; without: standard output.
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
        /// Print hints, solutions, the right answers and why, and the speaker's notes, too.
        #[arg(long)]
        solutions: bool,
    },
}

/// Carries it out. Says whether a file is not as it should be.
pub(crate) fn scenario(command: &Scenarios, output: impl Write) -> io::Result<bool> {
    let mut output = Plain(output);
    match command {
        Scenarios::Check { files } => {
            let mut wrong = false;
            for path in files {
                wrong |= check(path, &mut output)?;
            }
            Ok(wrong)
        }
        Scenarios::Run { files } => {
            let mut wrong = false;
            for path in files {
                wrong |= match read(path)? {
                    Ok(scenario) => run(path, &scenario, &mut output)?,
                    Err(mistakes) => tell(path, &mistakes, &mut output)?,
                };
            }
            Ok(wrong)
        }
        Scenarios::New { name } => new::new(name, &mut output).map(|()| false),
        Scenarios::Print {
            files,
            output: target,
            solutions,
        } => {
            let mut scenarios = Vec::new();
            for path in files {
                match read(path)? {
                    Ok(scenario) => scenarios.push(scenario),
                    Err(mistakes) => return tell(path, &mistakes, &mut output),
                }
            }
            let page = print::page(&scenarios, *solutions);
            match target {
                Some(path) => fs::write(path, page).map_err(|error| named(path, &error))?,
                None => output.write_all(page.as_bytes())?,
            }
            Ok(false)
        }
    }
}

/// Reads a file: the scenario, or the lines with what is wrong.
fn read(path: &Path) -> io::Result<Result<Scenario, Vec<String>>> {
    let text = fs::read_to_string(path).map_err(|error| named(path, &error))?;
    Ok(scenario::parse(&text).map_err(|errors| {
        let line = |error: &scenario::ScenarioError| format!("{}: {}", error.line, error.message);
        errors.iter().map(line).collect()
    }))
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

fn tell(path: &Path, mistakes: &[String], output: &mut impl Write) -> io::Result<bool> {
    for mistake in mistakes {
        writeln!(output, "{}:{mistake}", path.display())?;
    }
    Ok(!mistakes.is_empty())
}

fn check(path: &Path, output: &mut impl Write) -> io::Result<bool> {
    let scenario = match read(path)? {
        Ok(scenario) => scenario,
        Err(mistakes) => return tell(path, &mistakes, output),
    };
    let differences = scenario::run(&scenario);
    let mistakes: Vec<String> = differences.iter().map(in_a_line).collect();
    if tell(path, &mistakes, output)? {
        return Ok(true);
    }
    let mutations: usize = scenario.steps.iter().map(|step| step.mutations.len()).sum();
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    writeln!(
        output,
        "{}: {}, {}: all is as the engine computes it",
        path.display(),
        counted(scenario.steps.len(), "step"),
        counted(mutations, "mutation"),
    )?;
    if mutations == 0 {
        writeln!(
            output,
            "{}: note: no `mutation`: nothing shows that its checks would see a mistake",
            path.display()
        )?;
    }
    Ok(false)
}

fn in_a_line(difference: &Difference) -> String {
    let Difference {
        line,
        subject,
        what,
        expected,
        found,
        ..
    } = difference;
    format!("{line}: {subject}: {what}: expected {expected}; computed {found}")
}

fn run(path: &Path, scenario: &Scenario, output: &mut impl Write) -> io::Result<bool> {
    writeln!(output, "{}: {}", path.display(), scenario.title)?;
    let mut wrong = false;
    for step in &scenario.steps {
        writeln!(output, "\n{} (line {})", step.title, step.line)?;
        computed(scenario, step, output)?;
        for difference in scenario::run_step(scenario, step) {
            wrong = true;
            writeln!(output, "  WRONG line {}", in_a_line(&difference))?;
        }
    }
    writeln!(output)?;
    Ok(wrong)
}

/// What the engine makes of a step.
fn computed(scenario: &Scenario, step: &Step, output: &mut impl Write) -> io::Result<()> {
    let start = scenario::analyse(scenario, step);
    for probe in &step.probes {
        let check = Check::Probe {
            from: probe.from.clone(),
            to: probe.to.clone(),
            expect: probe.expect.clone(),
        };
        writeln!(output, "  {}: {}", check.subject(), check.state(&start))?;
    }
    for claim in &step.claims {
        let state = claim.check.state(&start);
        writeln!(output, "  claim: {}: {state}", claim.check.subject())?;
    }
    for question in step.predictions.iter().chain(&step.quiz) {
        writeln!(output, "  question: {}", question.text.words())?;
        writeln!(output, "    answer: {}", answer(&start, question))?;
    }
    if let Some(task) = &step.task {
        writeln!(output, "  task: {}", task.goal.words())?;
        let solved = scenario::analyse_files(scenario, &task.solved);
        for check in &task.checks {
            writeln!(output, "    {}", check.subject())?;
            writeln!(output, "      at the start: {}", check.state(&start))?;
            writeln!(output, "      solved: {}", check.state(&solved))?;
        }
    }
    for mutation in &step.mutations {
        writeln!(output, "  mutation on line {}", mutation.line)?;
    }
    Ok(())
}

/// The right answer to a question, in words.
fn answer(analysis: &switchboard_engine::Analysis, question: &Question) -> String {
    let places = |what, probe: &Option<(String, String)>| {
        let (from, to) = probe.as_ref()?;
        question::places(analysis, (from, to), what).ok()
    };
    match &question.answer {
        Answering::Choices(choices) => match question::verdict(analysis, choices) {
            Ok(verdict) => choices[verdict.right].text.words(),
            Err(error) => error,
        },
        Answering::Click { what, .. } => {
            let places = places(*what, &question.probe).unwrap_or_default();
            let words: Vec<String> = places
                .iter()
                .map(switchboard_engine::trace::words::place)
                .collect();
            words.join(" or ")
        }
    }
}

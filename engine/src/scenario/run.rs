//! Puts all that a scenario says to the engine and compares.

use super::check::{self, Check, Mismatch};
use super::question::{self, Answering};
use super::{Expect, OneOrMore, Probe, Scenario, Step, Task};
use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::order::Order;
use crate::trace::{self, Answer, EndpointShare, Outcome, Share, words};

/// So many endings of one packet are told.
const MOST_ENDINGS: usize = 3;

/// What did not come out as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Title of the step.
    pub step: String,
    /// Line of the block, from 1.
    pub line: usize,
    /// What was looked at, in words.
    pub subject: String,
    /// What was compared: `outcome`, `to`, …
    pub what: String,
    /// What the scenario says.
    pub expected: String,
    /// What the engine computes.
    pub found: String,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            step,
            line,
            subject,
            what,
            expected,
            found,
        } = self;
        writeln!(f, "line {line}, step `{step}`: {subject}")?;
        writeln!(f, "  {what}")?;
        writeln!(f, "    expected: {expected}")?;
        write!(f, "    computed: {found}")
    }
}

/// Runs every step; empty: all is as written.
pub fn run(scenario: &Scenario) -> Vec<Difference> {
    scenario
        .steps
        .iter()
        .flat_map(|step| run_step(scenario, step))
        .collect()
}

/// The cluster of a step, as the learner finds it.
pub fn analyse(scenario: &Scenario, step: &Step) -> Analysis {
    analyse_files(scenario, &step.files)
}

/// The cluster of these files, with the scenario's options.
pub fn analyse_files(scenario: &Scenario, files: &[SourceFile]) -> Analysis {
    let environment = Environment {
        options: scenario.options.clone(),
        ..Environment::default()
    };
    Analysis::of(files.to_vec(), Entrance::Paste, environment)
}

/// Runs one step: what holds at its start, that its task can be done and is not done yet, that its mutations are seen.
pub fn run_step(scenario: &Scenario, step: &Step) -> Vec<Difference> {
    let start = analyse(scenario, step);
    let mut differences = at_start(&start, step);
    if let Some(task) = &step.task {
        differences.extend(run_task(scenario, step, task, &start));
    }
    for mutation in &step.mutations {
        let mutated = analyse_files(scenario, &mutation.files);
        let unseen = match &step.task {
            Some(task) => unmet(task, &mutated).is_empty(),
            None => {
                at_start(&mutated, step) == at_start(&start, step)
                    && same_answers(step, &start, &mutated)
            }
        };
        if unseen {
            differences.push(difference(
                step,
                mutation.line,
                "mutation",
                Mismatch::new(
                    "checks of the step",
                    "one of them fails",
                    "all are as before",
                ),
            ));
        }
    }
    differences
}

/// How a packet ends, in sentences.
fn happens(analysis: &Analysis, from: &str, to: &str) -> String {
    let Ok(probe) = trace::Probe::parse(from, to) else {
        return "the packet cannot be read".to_owned();
    };
    let answer = analysis.trace(&probe);
    let mut endings: Vec<String> = answer
        .alternatives
        .iter()
        .take(MOST_ENDINGS)
        .map(|way| words::ending(&way.journey))
        .collect();
    endings.dedup();
    endings.join(" Or: ")
}

/// What the step says about its starting state.
fn at_start(analysis: &Analysis, step: &Step) -> Vec<Difference> {
    let probes = step.probes.iter().flat_map(|probe| {
        let Probe {
            line,
            from,
            to,
            expect,
        } = probe;
        let check = Check::Probe {
            from: from.clone(),
            to: to.clone(),
            expect: expect.clone(),
        };
        of_check(analysis, step, *line, &check)
    });
    let claims = step
        .claims
        .iter()
        .flat_map(|claim| of_check(analysis, step, claim.line, &claim.check));
    let questions = step
        .predictions
        .iter()
        .chain(&step.quiz)
        .filter_map(|question| {
            let error = match &question.answer {
                Answering::Choices(choices) => question::verdict(analysis, choices).err()?,
                Answering::Click { what, .. } => {
                    let (from, to) = question.probe.as_ref()?;
                    question::places(analysis, (from, to), *what).err()?
                }
            };
            let error = match &question.probe {
                Some((from, to)) => {
                    format!("{error}; what happens: {}", happens(analysis, from, to))
                }
                None => error,
            };
            let mismatch = Mismatch::new("answer", "exactly one choice is right", error);
            Some(difference(
                step,
                question.line,
                &question.text.words(),
                mismatch,
            ))
        });
    let highlights = step.highlights.iter().filter_map(|highlight| {
        let there = match (&highlight.path, check::written(analysis, &highlight.object)) {
            (None, _) => check::exists(analysis, &highlight.object),
            (Some(path), Some(object)) => {
                let origin = object.at(path.as_str());
                analysis
                    .manifest
                    .locate(&origin)
                    .is_some_and(|place| place.found == origin.path.0.len())
            }
            (Some(_), None) => false,
        };
        let path = highlight.path.iter().map(|path| format!(" {path}"));
        let name = format!("{}{}", highlight.object, path.collect::<String>());
        let mismatch = Mismatch::new("place", "it is there", "it is not");
        (!there).then(|| difference(step, highlight.line, &format!("highlight {name}"), mismatch))
    });
    probes
        .chain(claims)
        .chain(questions)
        .chain(highlights)
        .collect()
}

/// Whether all questions of a step have the same right choice in both clusters.
fn same_answers(step: &Step, one: &Analysis, other: &Analysis) -> bool {
    step.predictions
        .iter()
        .chain(&step.quiz)
        .all(|question| match &question.answer {
            Answering::Choices(choices) => {
                let right =
                    |analysis| question::verdict(analysis, choices).map(|verdict| verdict.right);
                right(one) == right(other)
            }
            Answering::Click { what, .. } => question.probe.as_ref().is_none_or(|(from, to)| {
                let places = |analysis| question::places(analysis, (from, to), *what);
                places(one) == places(other)
            }),
        })
}

fn run_task(scenario: &Scenario, step: &Step, task: &Task, start: &Analysis) -> Vec<Difference> {
    let mut differences = Vec::new();
    if unmet(task, start).is_empty() {
        let mismatch = Mismatch::new(
            "checks",
            "one of them fails at the start",
            "all hold before anything is done",
        );
        differences.push(difference(step, task.line, "task", mismatch));
    }
    // A code that is misspelt is never found: only one that was there can be seen to go.
    for check in &task.checks {
        if let Check::NoFinding { code, .. } = check
            && check.mismatches(start).is_empty()
        {
            let mismatch = Mismatch::new("finding at the start", code, "none");
            differences.push(difference(step, task.line, &check.subject(), mismatch));
        }
    }
    let solved = analyse_files(scenario, &task.solved);
    for check in unmet(task, &solved) {
        let mismatches = check.mismatches(&solved);
        let subject = format!("{}, with the solution", check.subject());
        let all = mismatches.into_iter();
        differences.extend(all.map(|mismatch| difference(step, task.line, &subject, mismatch)));
    }
    differences
}

/// Checks that do not hold.
fn unmet<'a>(task: &'a Task, analysis: &Analysis) -> Vec<&'a Check> {
    task.checks
        .iter()
        .filter(|check| !check.mismatches(analysis).is_empty())
        .collect()
}

fn of_check(analysis: &Analysis, step: &Step, line: usize, check: &Check) -> Vec<Difference> {
    let mismatches = check.mismatches(analysis).into_iter();
    mismatches
        .map(|mismatch| difference(step, line, &check.subject(), mismatch))
        .collect()
}

fn difference(step: &Step, line: usize, subject: &str, mismatch: Mismatch) -> Difference {
    Difference {
        step: step.title.clone(),
        line,
        subject: subject.to_owned(),
        what: mismatch.what,
        expected: mismatch.expected,
        found: mismatch.found,
    }
}

/// What an answer has other than was expected.
pub(super) fn compare(expect: &Expect, answer: &Answer) -> Vec<Mismatch> {
    let mut differences = Vec::new();
    let mut words = |what, expected: &Option<OneOrMore>, found: Vec<String>| {
        let Some(expected) = expected else { return };
        let mut expected = expected.as_slice().to_vec();
        expected.order();
        if expected != found {
            differences.push(Mismatch::new(what, expected.join(", "), found.join(", ")));
        }
    };
    words(
        "outcome",
        &expect.outcome,
        distinct(answer, |journey| journey.outcome.name().to_owned()),
    );
    words(
        "client sees",
        &expect.sees,
        distinct(answer, |journey| journey.client_sees().name().to_owned()),
    );
    words("source", &expect.source, sources(answer));
    if let Some(verdict) = &expect.verdict
        && verdict != answer.verdict.name()
    {
        differences.push(Mismatch::new("verdict", verdict, answer.verdict.name()));
    }
    let delivered = reached(answer);
    if let Some(patterns) = &expect.to {
        differences.extend(compare_endpoints(patterns.as_slice(), &delivered));
    }
    if let Some(share) = &expect.share {
        let expected: Option<Share> = share.parse().ok();
        let differs = |endpoint: &EndpointShare| Some(endpoint.share) != expected;
        if delivered.is_empty() || delivered.iter().any(differs) {
            let found = delivered.iter().map(|endpoint| endpoint.share.to_string());
            let found: Vec<String> = found.collect();
            differences.push(Mismatch::new(
                "share of each endpoint",
                share,
                found.join(", "),
            ));
        }
    }
    differences
}

fn compare_endpoints(patterns: &[String], delivered: &[EndpointShare]) -> Option<Mismatch> {
    let met = |pattern: &String| {
        delivered
            .iter()
            .any(|endpoint| is_endpoint(endpoint, pattern))
    };
    let foreseen = |endpoint: &EndpointShare| {
        patterns
            .iter()
            .any(|pattern| is_endpoint(endpoint, pattern))
    };
    if patterns.iter().all(met) && delivered.iter().all(foreseen) {
        return None;
    }
    let names = delivered.iter().map(|endpoint| match &endpoint.pod {
        Some(pod) => format!("{pod} ({})", endpoint.address),
        None => endpoint.address.to_string(),
    });
    let found = names.collect::<Vec<_>>().join(", ");
    Some(Mismatch::new(
        "to",
        patterns.join(", "),
        if found.is_empty() {
            "nobody".to_owned()
        } else {
            found
        },
    ))
}

/// A pattern names a Pod with or without its namespace, or an address with or without its port.
fn is_endpoint(endpoint: &EndpointShare, pattern: &str) -> bool {
    let pod = endpoint.pod.as_deref();
    let name = pod
        .and_then(|pod| pod.split_once('/'))
        .map(|(_, name)| name);
    let addresses = [
        endpoint.address.to_string(),
        endpoint.address.ip().to_string(),
    ];
    pod.into_iter()
        .chain(name)
        .chain(addresses.iter().map(String::as_str))
        .any(|text| glob(pattern, text))
}

/// `*` stands for any text; everything else for itself.
pub(super) fn glob(pattern: &str, text: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let (middle, tail) = rest.rsplit_once('*').unwrap_or(("", rest));
    let inner = text
        .strip_prefix(head)
        .and_then(|text| text.strip_suffix(tail));
    let Some(mut inner) = inner else {
        return false;
    };
    // The first place where a part fits leaves the most for the others.
    middle.split('*').all(|part| {
        let found = inner.find(part);
        if let Some(at) = found {
            inner = &inner[at + part.len()..];
        }
        found.is_some()
    })
}

/// Everyone who answers, each once, with the share of all its ways.
pub fn reached(answer: &Answer) -> Vec<EndpointShare> {
    // A Service's endpoint can be outside of the cluster.
    let arrives = |outcome: &Outcome| {
        matches!(
            outcome,
            Outcome::Delivered { .. } | Outcome::LeftCluster { .. }
        )
    };
    let alternatives = answer
        .alternatives
        .iter()
        .filter(|alternative| arrives(&alternative.journey.outcome));
    let mut endpoints: Vec<EndpointShare> = Vec::new();
    // One endpoint can be reached by several ways (entry nodes); its share is theirs together.
    for endpoint in alternatives.flat_map(|alternative| &alternative.endpoints) {
        match endpoints
            .iter_mut()
            .find(|known| known.address == endpoint.address)
        {
            Some(known) => known.share = known.share.plus(endpoint.share),
            None => endpoints.push(endpoint.clone()),
        }
    }
    endpoints
}

fn sources(answer: &Answer) -> Vec<String> {
    distinct(answer, |journey| {
        let last = journey.steps().last().and_then(|step| step.after);
        last.map_or_else(|| "none".to_owned(), |header| header.source.to_string())
    })
}

fn distinct(answer: &Answer, of: impl Fn(&trace::Journey) -> String) -> Vec<String> {
    let mut values: Vec<String> = answer
        .alternatives
        .iter()
        .map(|alternative| of(&alternative.journey))
        .collect();
    values.order();
    values.dedup();
    values
}

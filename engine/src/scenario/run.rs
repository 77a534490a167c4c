//! Puts a scenario's probes to the engine and compares.

use super::{Expect, OneOrMore, Probe, Scenario, Step};
use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;
use crate::trace::{self, Answer, EndpointShare, Outcome, Share};

/// What did not come out as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Title of the step.
    pub step: String,
    /// Line of the probe's block, from 1.
    pub line: usize,
    /// The probe, in words.
    pub probe: String,
    /// What was compared: `outcome`, `to`, …
    pub what: &'static str,
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
            probe,
            what,
            expected,
            found,
        } = self;
        writeln!(f, "line {line}, step `{step}`: {probe}")?;
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

/// The cluster of a step.
pub fn analyse(scenario: &Scenario, step: &Step) -> Analysis {
    let environment = Environment {
        options: scenario.options.clone(),
        ..Environment::default()
    };
    Analysis::of(step.files.clone(), Entrance::Paste, environment)
}

fn run_step(scenario: &Scenario, step: &Step) -> Vec<Difference> {
    if step.probes.is_empty() {
        return Vec::new();
    }
    let analysis = analyse(scenario, step);
    step.probes
        .iter()
        .flat_map(|probe| run_probe(&analysis, step, probe))
        .collect()
}

fn run_probe(analysis: &Analysis, step: &Step, probe: &Probe) -> Vec<Difference> {
    let comparisons = match trace::Probe::parse(&probe.from, &probe.to) {
        Ok(question) => compare(&probe.expect, &analysis.trace(&question)),
        Err(error) => vec![Comparison::new(
            "probe",
            "a question that can be read",
            error.to_string(),
        )],
    };
    let differs = |comparison: Comparison| Difference {
        step: step.title.clone(),
        line: probe.line,
        probe: format!("{} → {}", probe.from, probe.to),
        what: comparison.what,
        expected: comparison.expected,
        found: comparison.found,
    };
    comparisons.into_iter().map(differs).collect()
}

struct Comparison {
    what: &'static str,
    expected: String,
    found: String,
}

impl Comparison {
    fn new(what: &'static str, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self {
            what,
            expected: expected.into(),
            found: found.into(),
        }
    }
}

fn compare(expect: &Expect, answer: &Answer) -> Vec<Comparison> {
    let mut differences = Vec::new();
    let mut words = |what, expected: &Option<OneOrMore>, found: Vec<String>| {
        let Some(expected) = expected else { return };
        let mut expected = expected.as_slice().to_vec();
        expected.sort();
        if expected != found {
            differences.push(Comparison::new(what, expected.join(", "), found.join(", ")));
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
        differences.push(Comparison::new("verdict", verdict, answer.verdict.name()));
    }
    let delivered = delivered(answer);
    if let Some(patterns) = &expect.to {
        differences.extend(compare_endpoints(patterns.as_slice(), &delivered));
    }
    if let Some(share) = &expect.share {
        let expected: Option<Share> = share.parse().ok();
        let differs = |endpoint: &EndpointShare| Some(endpoint.share) != expected;
        if delivered.is_empty() || delivered.iter().any(differs) {
            let found = delivered.iter().map(|endpoint| endpoint.share.to_string());
            let found: Vec<String> = found.collect();
            differences.push(Comparison::new(
                "share of each endpoint",
                share,
                found.join(", "),
            ));
        }
    }
    differences
}

fn compare_endpoints(patterns: &[String], delivered: &[EndpointShare]) -> Option<Comparison> {
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
    Some(Comparison::new(
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

fn delivered(answer: &Answer) -> Vec<EndpointShare> {
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
    values.sort();
    values.dedup();
    values
}

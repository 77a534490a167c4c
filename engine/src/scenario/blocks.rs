//! What stands inside fenced blocks: YAML with fixed keys, read strictly.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::check::{Check, DnsExpect, Is};
use super::edit::{Change, Edit};
use super::names::{self, Unknown};
use super::prose::{self, Prose};
use super::question::{Answering, Choice, Click, Question};
use super::{Claim, Expect, Highlight, OneOrMore, Probe};
use crate::finding::Severity;
use crate::manifest::from_yaml;

/// More of anything in one block is no lesson.
const MOST: usize = 40;

/// A block's text and where it stands.
pub(super) struct Text<'a> {
    /// What is in it.
    pub(super) text: &'a str,
    /// Line of the fence, from 1.
    pub(super) line: usize,
    /// Line of its first line.
    pub(super) first: usize,
}

/// A mistake: its line, and what it is.
pub(super) type Mistake = (usize, String);
type Read<T> = Result<T, Mistake>;

impl Text<'_> {
    /// As YAML of this shape.
    pub(super) fn yaml<T: DeserializeOwned>(&self, what: &str) -> Read<T> {
        from_yaml(self.text).map_err(|wrong| {
            // Rust's names of number types are not the author's.
            let reason = wrong
                .reason
                .replace("expected u16", "expected a whole number");
            (self.first + wrong.line - 1, format!("{what}: {reason}"))
        })
    }

    /// A mistake at the line on which this text stands, or on the block's own.
    pub(super) fn at(&self, word: &str, message: impl Into<String>) -> Mistake {
        let line = self
            .text
            .lines()
            .position(|line| !word.is_empty() && line.contains(word));
        (
            line.map_or(self.line, |line| self.first + line),
            message.into(),
        )
    }

    fn unknown(&self, unknown: Unknown) -> Mistake {
        self.at(&unknown.word, unknown.message)
    }

    /// As prose.
    pub(super) fn prose(&self, what: &str) -> Read<Prose> {
        let prose = self.words(self.text)?;
        if prose.is_empty() {
            return Err((self.line, format!("{what}: nothing is said")));
        }
        Ok(prose)
    }

    fn words(&self, text: &str) -> Read<Prose> {
        match prose::markup(text) {
            Some(range) => Err(self.at(text[range].trim(), MARKUP)),
            None => Ok(prose::read(text)),
        }
    }
}

/// What is said of markup.
pub(super) const MARKUP: &str =
    "HTML and images are not shown: write it as Markdown, and `<names>` between backticks";

/// One of these or a list of them. A list is told by its dash, so that mistakes in it keep their line.
fn many<T: DeserializeOwned>(block: &Text<'_>, what: &str) -> Read<Vec<T>> {
    let first = block
        .text
        .lines()
        .map(str::trim_start)
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let is_list = first.is_some_and(|line| line.starts_with('-') || line.starts_with('['));
    let values: Vec<T> = if is_list {
        block.yaml(what)?
    } else {
        vec![block.yaml(what)?]
    };
    if values.is_empty() || values.len() > MOST {
        return Err((block.line, format!("{what}: from one to {MOST} of them")));
    }
    Ok(values)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProbe {
    from: String,
    to: String,
    expect: Expect,
}

/// A `probe` block.
pub(super) fn probe(block: &Text<'_>) -> Read<Probe> {
    let RawProbe { from, to, expect } = block.yaml("probe")?;
    names::probe(&from, &to, &expect).map_err(|unknown| block.unknown(unknown))?;
    Ok(Probe {
        line: block.line,
        from,
        to,
        expect,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHighlight {
    object: String,
    path: Option<String>,
}

/// A `highlight` block.
pub(super) fn highlights(block: &Text<'_>) -> Read<Vec<Highlight>> {
    let all: Vec<RawHighlight> = many(block, "highlight")?;
    all.into_iter()
        .map(|raw| {
            let object = names::object(&raw.object).map_err(|unknown| block.unknown(unknown))?;
            Ok(Highlight {
                line: block.at(&raw.object, "").0,
                object,
                path: raw.path,
            })
        })
        .collect()
}

/// A check as it is written: one key says what is looked at, the others what is expected.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
struct RawCheck {
    says: Option<String>,
    from: Option<String>,
    to: Option<String>,
    expect: Option<Expect>,
    dns: Option<String>,
    addresses: Option<Vec<String>>,
    count: Option<usize>,
    asked: Option<Vec<String>>,
    queries: Option<usize>,
    found: Option<bool>,
    rules: Option<String>,
    has: Vec<String>,
    lacks: Vec<String>,
    finding: Option<String>,
    no_finding: Option<String>,
    about: Option<String>,
    no_findings: Option<Severity>,
    object: Option<String>,
    path: Option<String>,
    is: Option<Value>,
    absent: Option<bool>,
    endpoints: Option<String>,
    ready: Option<usize>,
    not_ready: Option<usize>,
}

const SUBJECTS: &str = "`from` with `to`, `dns`, `rules`, `finding`, `noFinding`, `noFindings`, `object` or `endpoints`";

impl RawCheck {
    /// Keys that are written.
    fn keys(&self) -> Vec<&'static str> {
        [
            ("from", self.from.is_some()),
            ("to", self.to.is_some()),
            ("expect", self.expect.is_some()),
            ("dns", self.dns.is_some()),
            ("addresses", self.addresses.is_some()),
            ("count", self.count.is_some()),
            ("asked", self.asked.is_some()),
            ("queries", self.queries.is_some()),
            ("found", self.found.is_some()),
            ("rules", self.rules.is_some()),
            ("has", !self.has.is_empty()),
            ("lacks", !self.lacks.is_empty()),
            ("finding", self.finding.is_some()),
            ("noFinding", self.no_finding.is_some()),
            ("about", self.about.is_some()),
            ("noFindings", self.no_findings.is_some()),
            ("object", self.object.is_some()),
            ("path", self.path.is_some()),
            ("is", self.is.is_some()),
            ("absent", self.absent.is_some()),
            ("endpoints", self.endpoints.is_some()),
            ("ready", self.ready.is_some()),
            ("notReady", self.not_ready.is_some()),
        ]
        .into_iter()
        .filter(|(_, written)| *written)
        .map(|(key, _)| key)
        .collect()
    }

    /// The key that says what is looked at, and those that may stand beside it.
    fn subject(&self) -> Option<(&'static str, &'static [&'static str])> {
        const KINDS: [(&str, &[&str]); 8] = [
            (
                "dns",
                &["from", "addresses", "count", "asked", "queries", "found"],
            ),
            ("rules", &["has", "lacks"]),
            ("finding", &["about"]),
            ("noFinding", &["about"]),
            ("noFindings", &[]),
            ("object", &["path", "is", "absent"]),
            ("endpoints", &["ready", "notReady"]),
            ("to", &["from", "expect"]),
        ];
        let keys = self.keys();
        KINDS.into_iter().find(|(kind, _)| keys.contains(kind))
    }

    fn check(self, block: &Text<'_>, what: &str) -> Read<Check> {
        let Some((subject, beside)) = self.subject() else {
            return Err((
                block.line,
                format!("{what}: nothing is looked at: {SUBJECTS}"),
            ));
        };
        if let Some(other) = self
            .keys()
            .into_iter()
            .find(|key| *key != subject && !beside.contains(key))
        {
            let message = format!("{what}: `{other}` does not belong beside `{subject}`");
            return Err(block.at(&format!("{other}:"), message));
        }
        let missing = |key: &str, word: &str| {
            block.at(
                word,
                format!("{what}: `{key}` is missing beside `{subject}`"),
            )
        };
        let object = |name: &str| names::object(name).map_err(|unknown| block.unknown(unknown));
        let about = |about: Option<String>| about.map(|about| object(&about)).transpose();
        Ok(match subject {
            "to" => {
                let to = self.to.unwrap_or_default();
                let from = self.from.ok_or_else(|| missing("from", &to))?;
                let expect = self.expect.ok_or_else(|| missing("expect", &to))?;
                names::probe(&from, &to, &expect).map_err(|unknown| block.unknown(unknown))?;
                Check::Probe { from, to, expect }
            }
            "dns" => {
                let name = self.dns.unwrap_or_default();
                let from = self.from.ok_or_else(|| missing("from", &name))?;
                let expect = DnsExpect {
                    addresses: self.addresses,
                    count: self.count,
                    asked: self.asked,
                    queries: self.queries,
                    found: self.found,
                };
                if expect == DnsExpect::default() {
                    return Err(missing("found", &name));
                }
                Check::Dns { from, name, expect }
            }
            "rules" => {
                let node = self.rules.unwrap_or_default();
                if self.has.is_empty() && self.lacks.is_empty() {
                    return Err(missing("has", &node));
                }
                Check::Rules {
                    node,
                    has: self.has,
                    lacks: self.lacks,
                }
            }
            "finding" => Check::Finding {
                code: self.finding.unwrap_or_default(),
                about: about(self.about)?,
            },
            "noFinding" => Check::NoFinding {
                code: self.no_finding.unwrap_or_default(),
                about: about(self.about)?,
            },
            "noFindings" => Check::NoFindings {
                severity: self.no_findings.unwrap_or(Severity::Warning),
            },
            "object" => {
                let name = self.object.unwrap_or_default();
                let is = match (self.is, self.absent) {
                    (None, Some(true)) => Is::Absent,
                    (Some(value), None) => Is::Value(value),
                    (None, None | Some(false)) => Is::There,
                    (Some(_), Some(_)) => {
                        return Err(block.at(&name, format!("{what}: `is` or `absent`, not both")));
                    }
                };
                Check::Object {
                    object: object(&name)?,
                    path: self.path,
                    is,
                }
            }
            _ => {
                let name = self.endpoints.unwrap_or_default();
                if self.ready.is_none() && self.not_ready.is_none() {
                    return Err(missing("ready", &name));
                }
                Check::Endpoints {
                    service: object(&name)?,
                    ready: self.ready,
                    not_ready: self.not_ready,
                }
            }
        })
    }
}

/// A `claims` block.
pub(super) fn claims(block: &Text<'_>) -> Read<Vec<Claim>> {
    let all: Vec<RawCheck> = many(block, "claims")?;
    all.into_iter()
        .map(|mut raw| {
            let says = raw.says.take();
            let line = says.as_deref().map_or(block.line, |says| block.at(says, "").0);
            let check = raw.check(block, "claims")?;
            if let Check::NoFinding { code, .. } = &check {
                let message = "claims: a code that is misspelt would always hold here: say `noFindings: warning`, or `noFinding` in a task";
                return Err(block.at(code, message));
            }
            Ok(Claim { line, says, check })
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTask {
    goal: String,
    checks: Vec<RawCheck>,
}

/// A `task` block: its goal, and what holds when it is done.
pub(super) fn task(block: &Text<'_>) -> Read<(Prose, Vec<Check>)> {
    let RawTask { goal, checks } = block.yaml("task")?;
    if checks.is_empty() || checks.len() > MOST {
        return Err((block.line, format!("task: from one to {MOST} `checks`")));
    }
    let goal = block.words(&goal)?;
    let checks = checks
        .into_iter()
        .map(|raw| match raw.says {
            Some(says) => Err(block.at(&says, "task: `says` belongs to claims")),
            None => raw.check(block, "task"),
        })
        .collect::<Read<Vec<Check>>>()?;
    Ok((goal, checks))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEdit {
    file: Option<String>,
    replace: Option<String>,
    with: Option<String>,
    append: Option<String>,
}

/// Edits: a `mutation` block, or a `solution` block. `only` is the step's file, if it has just one.
pub(super) fn edits(block: &Text<'_>, what: &str, only: Option<&str>) -> Read<Vec<Edit>> {
    let all: Vec<RawEdit> = many(block, what)?;
    all.into_iter()
        .map(|raw| {
            let file = raw.file.as_deref().or(only);
            let Some(file) = file else {
                return Err((
                    block.line,
                    format!("{what}: `file` is missing: the step has several, or none"),
                ));
            };
            let change = match (raw.replace, raw.with, raw.append) {
                (Some(text), Some(with), None) if !text.is_empty() => {
                    Change::Replace { text, with }
                }
                (None, None, Some(text)) => Change::Append(text),
                _ => {
                    return Err((
                        block.line,
                        format!("{what}: `replace` and `with`, or `append`"),
                    ));
                }
            };
            Ok(Edit {
                file: file.to_owned(),
                change,
            })
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawQuestion {
    question: String,
    from: Option<String>,
    to: Option<String>,
    choices: Option<Vec<RawChoice>>,
    click: Option<Click>,
    why: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChoice {
    text: String,
    when: Option<Expect>,
    check: Option<OneOrMore<RawCheck>>,
    why: Option<String>,
}

/// A `predict` block, which is about a packet.
pub(super) fn prediction(block: &Text<'_>) -> Read<Question> {
    let question = question(block, "predict")?;
    if question.probe.is_none() {
        return Err((
            block.line,
            "predict: `from` and `to` say which packet is sent".to_owned(),
        ));
    }
    Ok(question)
}

/// A `quiz` block.
pub(super) fn card(block: &Text<'_>) -> Read<Question> {
    let question = question(block, "quiz")?;
    if matches!(question.answer, Answering::Click { .. }) {
        return Err(block.at("click", "quiz: a card has `choices`"));
    }
    Ok(question)
}

fn question(block: &Text<'_>, what: &str) -> Read<Question> {
    let raw: RawQuestion = block.yaml(what)?;
    let probe = match (raw.from, raw.to) {
        (Some(from), Some(to)) => {
            names::packet(&from, &to).map_err(|unknown| block.unknown(unknown))?;
            Some((from, to))
        }
        (None, None) => None,
        _ => {
            return Err((
                block.line,
                format!("{what}: `from` and `to` belong together"),
            ));
        }
    };
    let answer = match (raw.choices, raw.click) {
        (Some(choices), None) => {
            if !(2..=8).contains(&choices.len()) {
                return Err(block.at("choices", format!("{what}: from two to eight `choices`")));
            }
            if raw.why.is_some() {
                return Err(block.at(
                    "why:",
                    format!("{what}: `why` belongs to a choice, or to `click`"),
                ));
            }
            let choices = choices
                .into_iter()
                .map(|choice| self::choice(block, what, choice, probe.as_ref()));
            Answering::Choices(choices.collect::<Read<_>>()?)
        }
        (None, Some(what)) => Answering::Click {
            what,
            why: raw.why.as_deref().map(|why| block.words(why)).transpose()?,
        },
        _ => {
            return Err((
                block.line,
                format!("{what}: `choices`, or `click: end` or `click: rewrite`"),
            ));
        }
    };
    Ok(Question {
        line: block.line,
        text: block.words(&raw.question)?,
        probe,
        answer,
    })
}

fn choice(
    block: &Text<'_>,
    what: &str,
    raw: RawChoice,
    probe: Option<&(String, String)>,
) -> Read<Choice> {
    let mut when = Vec::new();
    if let Some(expect) = raw.when {
        let Some((from, to)) = probe else {
            return Err(block.at(&raw.text, format!("{what}: `when` is about the question's packet, and it has none: `from` and `to`, or `check`")));
        };
        names::expectation(&expect).map_err(|unknown| block.unknown(unknown))?;
        when.push(Check::Probe {
            from: from.clone(),
            to: to.clone(),
            expect,
        });
    }
    let checks = raw.check.map(|OneOrMore(checks)| checks);
    for check in checks.into_iter().flatten().take(MOST) {
        when.push(check.check(block, what)?);
    }
    Ok(Choice {
        text: block.words(&raw.text)?,
        when,
        why: raw.why.as_deref().map(|why| block.words(why)).transpose()?,
    })
}

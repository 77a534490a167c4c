//! Lessons: scenarios read, with the engine's answers to their questions.

use switchboard_engine::scenario::question::{self, Answering, Click};
use switchboard_engine::scenario::{self, Check, Question, Scenario, Step, check};
use switchboard_engine::trace::Probe;

use super::{Memory, trace};
use crate::{
    catalogue,
    protocol::{
        About, CheckView, LessonAnswer, LessonStep, LessonView, Look, Phase, ProbeText, Reveal,
        Right, StepView, Symptom, TraceView,
    },
    scene::{ColumnKey, Key, MapView, Name},
    words,
};

/// So many endings of a packet are told.
const MOST: usize = 4;

/// Reads a scenario: of those that come with the page, or this text.
pub(super) fn read(id: String, text: Option<String>) -> LessonAnswer {
    let text = text.or_else(|| catalogue::text(&id).map(str::to_owned));
    let parsed = match &text {
        Some(text) => scenario::parse(text),
        None => Err(vec![scenario::ScenarioError {
            line: 1,
            message: words::lesson::no_scenario(&id),
        }]),
    };
    LessonAnswer::Read {
        id,
        lesson: parsed.map(|scenario| {
            let steps = scenario.steps.iter();
            let steps = steps.map(|step| self::step(&scenario, step)).collect();
            Box::new(LessonView { scenario, steps })
        }),
    }
}

/// What these texts are.
pub(super) fn list(texts: &[String]) -> LessonAnswer {
    let about = |text: &String| {
        scenario::parse(text).map(|scenario| About {
            level: scenario.level.name().to_owned(),
            minutes: scenario.minutes,
            workshop: scenario.workshop.unwrap_or_default(),
            order: scenario.order,
            steps: scenario.steps.len(),
            title: scenario.title,
            summary: scenario.summary,
        })
    };
    LessonAnswer::Listed {
        about: texts.iter().map(about).collect(),
    }
}

/// Which of the checks hold.
pub(super) fn status(memory: &Memory, checks: &[Check]) -> LessonAnswer {
    // A task is solved in the manifests, not by what if.
    let analysis = &memory.written().analysis;
    LessonAnswer::Status {
        revision: memory.revision,
        checks: checks
            .iter()
            .map(|check| CheckView {
                subject: check.subject(),
                wanted: check.wanted(),
                state: check.state(analysis),
                holds: check.mismatches(analysis).is_empty(),
            })
            .collect(),
    }
}

fn step(scenario: &Scenario, step: &Step) -> LessonStep {
    let start = Memory::new(scenario::analyse(scenario, step), &MapView::default());
    LessonStep {
        symptom: step.probes.first().and_then(|probe| {
            let trace = traced(&start, &probe.from, &probe.to)?;
            Some(Symptom {
                from: probe.from.clone(),
                to: probe.to.clone(),
                sees: words::lesson::either(&distinct(
                    trace.ways.iter().map(|way| way.client_sees_text.clone()),
                )),
            })
        }),
        predictions: step
            .predictions
            .iter()
            .map(|it| reveal(&start, it))
            .collect(),
        quiz: step.quiz.iter().map(|it| reveal(&start, it)).collect(),
        looks: step.highlights.iter().map(|it| look(&start, it)).collect(),
    }
}

fn traced(start: &Memory, from: &str, to: &str) -> Option<TraceView> {
    let probe = ProbeText {
        from: from.to_owned(),
        to: to.to_owned(),
    };
    trace::trace(start, probe).ok()
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(&text) && all.len() < MOST {
            all.push(text);
        }
    }
    all
}

fn reveal(start: &Memory, question: &Question) -> Reveal {
    let trace = question
        .probe
        .as_ref()
        .and_then(|(from, to)| traced(start, from, to));
    let happens = trace
        .as_ref()
        .map_or_else(String::new, |trace| ending(start, trace));
    let right = match &question.answer {
        Answering::Choices(choices) => match question::verdict(&start.analysis, choices) {
            Ok(verdict) => Right::Choice {
                nth: verdict.right,
                against: verdict
                    .against
                    .iter()
                    .map(|against| {
                        let first = against.first();
                        first.map_or_else(String::new, |mismatch| {
                            words::lesson::against(
                                &mismatch.what,
                                &mismatch.found,
                                &mismatch.expected,
                            )
                        })
                    })
                    .collect(),
            },
            Err(why) => Right::Unclear(why),
        },
        Answering::Click { what, .. } => match &trace {
            Some(trace) => click(trace, *what),
            None => Right::Unclear(words::lesson::UNREADABLE.to_owned()),
        },
    };
    Reveal { happens, right }
}

/// How a packet ends; if it arrives in several places, with their shares.
fn ending(start: &Memory, trace: &TraceView) -> String {
    let probe = Probe::parse(&trace.probe.from, &trace.probe.to);
    let reached = probe.map_or_else(
        |_| Vec::new(),
        |probe| scenario::reached(&start.analysis.trace(&probe)),
    );
    let arrives = trace.ways.iter().all(|way| !way.ends.is_empty());
    if !arrives || reached.len() < 2 {
        let outcomes = distinct(trace.ways.iter().map(|way| way.outcome.clone()));
        return words::lesson::endings(&outcomes);
    }
    let ends: Vec<String> = reached
        .iter()
        .take(MOST)
        .map(|end| words::lesson::end(end.share, end.pod.as_ref(), end.address))
        .collect();
    words::lesson::ends(&ends, reached.len().saturating_sub(MOST))
}

/// Where a click is right: where the map draws it.
fn click(trace: &TraceView, what: Click) -> Right {
    let (mut keys, mut names) = (Vec::new(), Vec::new());
    let mut add = |at: &[Key], name: &str| {
        keys.extend(
            at.iter()
                .filter(|key| !matches!(key, Key::Namespace(_)))
                .cloned(),
        );
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for way in &trace.ways {
        let there = || way.steps.iter().filter(|step| step.phase != Phase::Reply);
        match what {
            Click::End if way.ends.is_empty() => {
                if let Some(last) = there().next_back() {
                    add(&last.at, &last.place);
                    add(&node(last), &last.place);
                }
            }
            Click::End => way.ends.iter().for_each(|end| add(&end.at, &end.title)),
            Click::Rewrite => {
                let rewrites = |step: &&StepView| match (&step.before, &step.after) {
                    (Some(before), Some(after)) => before.destination != after.destination,
                    _ => false,
                };
                for step in there().filter(rewrites) {
                    add(&step.at, &step.place);
                    add(&node(step), &step.place);
                }
            }
        }
    }
    Right::Click { keys, names }
}

fn node(step: &StepView) -> Vec<Key> {
    let node = step.node.iter();
    node.map(|node| Key::Column(ColumnKey::Node(node.clone())))
        .collect()
}

fn look(start: &Memory, highlight: &scenario::Highlight) -> Look {
    let object = &highlight.object;
    let name = Name {
        namespace: object.namespace.clone(),
        name: object.name.clone(),
    };
    let cluster = &start.analysis.cluster;
    let key = match object.kind.as_str() {
        "service" => Some(Key::Service(name)),
        "pod" => cluster
            .pod(&object.namespace, &object.name)
            .and_then(|id| start.scene.keys_of(cluster, id).into_iter().next()),
        "node" => Some(Key::Column(ColumnKey::Node(object.name.clone()))),
        _ => None,
    };
    let origin = check::written(&start.analysis, object)
        .map(|origin| origin.at(highlight.path.as_deref().unwrap_or_default()));
    Look {
        name: match &highlight.path {
            Some(path) => format!("{object} {path}"),
            None => object.to_string(),
        },
        key,
        place: origin.and_then(|origin| start.texts.place(&start.analysis.manifest, &origin)),
    }
}

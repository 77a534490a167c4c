//! The worker's side: takes one question after another from the page and answers it with the engine.
//!
//! What it remembers between questions is lost when it crashes; the page sends it again (see
//! [`crate::worker_client`]). Engine types become views here and nowhere else: one module per panel.

mod detail;
mod ends;
mod facts;
mod find;
mod findings;
mod inside;
mod lesson;
mod offers;
mod places;
mod rules;
mod slices;
mod stored;
mod text;
mod trace;

use switchboard_engine::{
    Analysis,
    apiserver::Entrance,
    cluster::{Environment, Meta, Options, ProxyMode},
    manifest::SourceFile,
};

use crate::{
    documents::{self, FileChange},
    protocol::{Answer, LessonQuestion, Picture, Question, Revision, Summary, follow},
    scene::{MapView, Scene, is_system, scene},
    worker_client,
};
use text::Texts;

/// Runs for as long as the page keeps the worker.
pub fn start() {
    let mut memory = None;
    worker_client::serve(move |question| answer(&mut memory, question));
}

/// The answers of a worker of its own, for tests: as they arrive.
#[cfg(test)]
pub(crate) fn answers(questions: Vec<Question>) -> Vec<Answer> {
    use worker_client::wire;

    let mut memory = None;
    let answers = questions.into_iter().map(|question| {
        let question = wire::read(&wire::write(&question)).expect("it was written");
        wire::read(&wire::write(&answer(&mut memory, question))).expect("it was written")
    });
    answers.collect()
}

/// What is known of the documents.
struct Memory {
    revision: Revision,
    analysis: Analysis,
    texts: Texts,
    scene: Scene,
    rules: rules::Shelf,
}

fn answer(memory: &mut Option<Memory>, question: Question) -> Answer {
    match question {
        Question::Documents {
            revision,
            base,
            files,
            options,
            view,
        } => read(memory, (revision, base), files, options, &view),
        Question::Lesson(LessonQuestion::Read { id, text }) => {
            Answer::Lesson(lesson::read(id, text))
        }
        Question::Lesson(LessonQuestion::List { texts }) => Answer::Lesson(lesson::list(&texts)),
        Question::Findings(question) => Answer::Findings(findings::answer(question)),
        question => match memory {
            Some(memory) => about(memory, question),
            None => Answer::SendWhole,
        },
    }
}

fn read(
    memory: &mut Option<Memory>,
    (revision, base): (Revision, Option<Revision>),
    changes: Vec<FileChange>,
    options: Options,
    view: &MapView,
) -> Answer {
    let before: Vec<(String, String)> = match (base, memory.as_ref()) {
        (None, _) => Vec::new(),
        (Some(base), Some(memory)) if memory.revision == base => memory
            .analysis
            .manifest
            .files
            .iter()
            .map(|file| (file.name.to_string(), file.text.clone()))
            .collect(),
        _ => return Answer::SendWhole,
    };
    let Some(files) = documents::apply(&before, changes) else {
        return Answer::SendWhole;
    };
    let files = files
        .into_iter()
        .map(|(name, text)| SourceFile {
            name: name.into(),
            text,
        })
        .collect();
    let environment = Environment {
        options,
        ..Environment::default()
    };
    let analysis = Analysis::of(files, Entrance::Paste, environment);
    let texts = Texts::of(&analysis.manifest.files);
    let scene = scene(&analysis, view);
    let (findings, counts) = findings::findings(&analysis, &texts, &scene);
    let picture = Picture {
        revision,
        drawing: ends::drawing(&analysis, &scene),
        findings,
        counts,
        summary: summary(&analysis),
        places: places::places(&analysis),
    };
    *memory = Some(Memory {
        revision,
        analysis,
        texts,
        scene,
        rules: rules::Shelf::default(),
    });
    Answer::Picture(Box::new(picture))
}

fn about(memory: &mut Memory, question: Question) -> Answer {
    let revision = memory.revision;
    match question {
        // Handled before there is anything to be about.
        Question::Documents { .. }
        | Question::Findings(_)
        | Question::Lesson(LessonQuestion::Read { .. } | LessonQuestion::List { .. }) => {
            Answer::SendWhole
        }
        Question::Lesson(LessonQuestion::Status { checks }) => {
            Answer::Lesson(lesson::status(memory, &checks))
        }
        Question::Map { view } => {
            memory.scene = scene(&memory.analysis, &view);
            Answer::Map {
                revision,
                drawing: Box::new(ends::drawing(&memory.analysis, &memory.scene)),
            }
        }
        Question::Trace(probe) => Answer::Trace {
            revision,
            answer: trace::trace(memory, probe).map(Box::new),
        },
        Question::Detail { key } => Answer::Detail {
            revision,
            detail: detail::detail(memory, key).map(Box::new),
        },
        Question::Follow(question) => Answer::Follow {
            revision,
            answer: follow(memory, question),
        },
        Question::Find { text } => Answer::Found {
            revision,
            matches: find::find(memory, &text),
            text,
        },
    }
}

fn follow(memory: &mut Memory, question: follow::Question) -> follow::Answer {
    use follow::{Answer, Question};
    let analysis = &memory.analysis;
    match question {
        Question::Offers(wanted) => Answer::Offers(Box::new(offers::offers(analysis, wanted))),
        Question::Swap(probe) => Answer::Swap(offers::swapped(analysis, &probe)),
        Question::Modes(probe) => {
            let modes = trace::modes(memory, &probe);
            Answer::Modes(probe, modes)
        }
        Question::Branch(wanted) => {
            let way = trace::branch(memory, &wanted).map(Box::new);
            Answer::Branch(wanted, way)
        }
        Question::Rules(wanted) => Answer::Rules(memory.rules.page(analysis, wanted).map(Box::new)),
        Question::RulesText(ruleset) => {
            let text = memory.rules.text(analysis, &ruleset);
            Answer::RulesText(ruleset, text)
        }
        Question::Slices(wanted) => Answer::Slices(slices::seen(analysis, wanted).map(Box::new)),
        Question::Stored(key) => {
            let stored = stored::stored(memory, &key).map(Box::new);
            Answer::Stored(key, stored)
        }
    }
}

fn summary(analysis: &Analysis) -> Summary {
    let cluster = &analysis.cluster;
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let written = |meta: &Meta| meta.origin.is_some();
    let services = cluster.services.values().filter(|it| written(&it.meta));
    let workloads = cluster.workloads.values().filter(|it| written(&it.meta));
    let pods = cluster.pods.values().filter(|it| written(&it.meta));
    let nodes = cluster
        .nodes
        .values()
        .filter(|it| written(&it.meta))
        .count();
    let services = services.count();
    let objects = services + workloads.count() + pods.count() + nodes;
    let shown = cluster
        .pods
        .iter()
        .filter(|(id, _)| !is_system(analysis, *id));
    Summary {
        objects: count(objects),
        services: count(services),
        pods: count(shown.count()),
        nodes: count(cluster.nodes.len()),
        nodes_assumed: nodes == 0,
        proxy_mode: match cluster.environment.proxy.mode {
            ProxyMode::Iptables => "iptables",
            ProxyMode::Nftables => "nftables",
            ProxyMode::Ipvs => "ipvs",
        }
        .to_owned(),
    }
}

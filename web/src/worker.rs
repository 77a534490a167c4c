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
mod swap;
mod text;
mod trace;
mod whatif;

use switchboard_engine::{
    Analysis,
    apiserver::Entrance,
    cluster::{Environment, Meta, Options, ProxyMode},
    manifest::SourceFile,
    whatif::Change,
};

use crate::{
    documents::{self, FileChange},
    layout::Drawing,
    protocol::{
        Answer, Entry, LessonQuestion, Picture, Question, Revision, Shown, Summary, follow,
    },
    scene::{MapView, Scene, is_system, scene},
    worker_client,
};
use text::Texts;

/// Runs for as long as the page keeps the worker.
pub fn start() {
    let mut memory = None;
    worker_client::serve(move |question| answer(&mut memory, question));
}

/// The answers of a worker of its own, as they arrive.
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
    options: Options,
    /// What happens to the cluster that stands in no document.
    changes: Vec<Change>,
    analysis: Analysis,
    texts: Texts,
    scene: Scene,
    rules: rules::Shelf,
    /// The same without the changes, or, if that is what is shown, with them: kept so that an answer before and after them
    /// recompiles nothing. `None`: there are no changes.
    other: Option<Box<Memory>>,
}

impl Memory {
    fn new(analysis: Analysis, view: &MapView) -> Self {
        Self {
            revision: 0,
            options: Options::default(),
            changes: Vec::new(),
            texts: Texts::of(&analysis.manifest.files),
            scene: scene(&analysis, view),
            analysis,
            rules: rules::Shelf::default(),
            other: None,
        }
    }

    fn of(files: Vec<SourceFile>, options: Options, changes: Vec<Change>, view: &MapView) -> Self {
        let base = environment(options.clone());
        let analysis = Analysis::of_changed(files, Entrance::Paste, base, &changes);
        Self {
            options,
            changes,
            ..Self::new(analysis, view)
        }
    }

    /// What the documents say, without any change.
    fn written(&self) -> &Self {
        match &self.other {
            Some(other) if !self.changes.is_empty() => other,
            _ => self,
        }
    }

    /// What the changes make of it; the same as written, if there are none.
    fn changed(&self) -> &Self {
        match &self.other {
            Some(other) if self.changes.is_empty() => other,
            _ => self,
        }
    }

    /// What the documents say and what these changes make of it, one to be shown and the other beside it. What is known
    /// already is taken over from `known`, which has to be of the same files and options.
    fn with(
        known: Option<Self>,
        files: Vec<SourceFile>,
        options: Options,
        changes: Vec<Change>,
        shown: Shown,
        view: &MapView,
    ) -> Self {
        let mut written = None;
        let mut changed = None;
        if let Some(mut known) = known {
            known.look(view);
            let other = known.other.take().map(|other| *other);
            for known in other.into_iter().chain([known]) {
                if known.changes.is_empty() {
                    written = Some(known);
                } else {
                    changed = Some(known);
                }
            }
        }
        let written =
            written.unwrap_or_else(|| Self::of(files.clone(), options.clone(), Vec::new(), view));
        if changes.is_empty() {
            return written;
        }
        let changed = changed
            .filter(|changed| changed.changes == changes)
            .unwrap_or_else(|| Self::of(files, options, changes, view));
        let (shown, other) = match shown {
            Shown::Changed => (changed, written),
            Shown::Written => (written, changed),
        };
        Self {
            other: Some(Box::new(other)),
            ..shown
        }
    }

    fn look(&mut self, view: &MapView) {
        self.scene = scene(&self.analysis, view);
        if let Some(other) = &mut self.other {
            other.look(view);
        }
    }
}

fn environment(options: Options) -> Environment {
    Environment {
        options,
        ..Environment::default()
    }
}

fn answer(memory: &mut Option<Memory>, question: Question) -> Answer {
    match question {
        Question::Documents {
            revision,
            base,
            files,
            options,
            changes,
            shown,
            view,
        } => read(
            memory,
            (revision, base),
            files,
            (options, &changes, shown),
            &view,
        ),
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
    (options, entries, shown): (Options, &[Entry], Shown),
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
    let known = memory
        .take()
        .filter(|memory| files == before && memory.options == options);
    let files = files
        .into_iter()
        .map(|(name, text)| SourceFile {
            name: name.into(),
            text,
        })
        .collect();
    let active = whatif::active(entries);
    let mut now = Memory::with(known, files, options, active, shown, view);
    now.revision = revision;
    let (findings, counts) = findings::findings(&now.analysis, &now.texts, &now.scene);
    let picture = Picture {
        revision,
        findings,
        counts,
        summary: summary(&now.analysis),
        first: places::first(&now.analysis),
        drawing: drawing(&now),
        whatif: whatif::view(&now, entries),
    };
    *memory = Some(now);
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
            memory.look(&view);
            Answer::Map {
                revision,
                drawing: Box::new(drawing(memory)),
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
        Question::Swap(probe) => Answer::Swap(swap::swapped(analysis, &probe)),
        Question::Modes(probe) => {
            let modes = trace::modes(memory, &probe);
            Answer::Modes(probe, modes)
        }
        Question::Outcomes(probes) => Answer::Outcomes(trace::outcomes(memory, probes)),
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
        Question::WhatIf(question) => Answer::WhatIf(Box::new(whatif::answer(memory, question))),
    }
}

/// The map, with what only the engine knows of its shapes.
fn drawing(memory: &Memory) -> Drawing {
    let mut drawing = ends::drawing(&memory.analysis, &memory.scene);
    whatif::mark(memory, &mut drawing);
    drawing
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

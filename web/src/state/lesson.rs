//! The lesson that is open, how far the learner is in it, and what he has done before.

#[cfg(test)]
mod tests;

use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use serde::{Deserialize, Serialize};
use switchboard_engine::scenario::{Check, ScenarioError, Step, Task};

use super::{Action, Notice, Pane, State, action, present::Presenting};
use crate::{
    documents::File,
    protocol::{About, CheckView, LessonStep, LessonView, ProbeText, Revision},
    scene::Key,
    words,
    workspaces::Entry,
};

/// Everything about lessons.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lessons {
    /// Whether the overview is open.
    pub overview: bool,
    /// What is being read.
    pub wanted: Option<Wanted>,
    /// What is open.
    pub open: Option<Rc<Lesson>>,
    /// The workspace that it is kept in, by id, and the name of that which was open before.
    pub beside: Option<(String, String)>,
    /// Number of its step.
    pub step: usize,
    /// Counts beginnings of steps: each asks anew how the task's checks stand.
    pub begun: u32,
    /// What was answered in this step.
    pub given: BTreeMap<(Part, usize), Given>,
    /// How many hints are open.
    pub hints: usize,
    /// Whether the solution is shown.
    pub solution: bool,
    /// What is held back.
    pub veil: Veil,
    /// The task's checks, and the documents that they are about.
    pub status: Option<(Revision, Rc<[CheckView]>)>,
    /// Steps that were done, `ID#NUMBER`.
    pub done: BTreeSet<String>,
    /// The tour is offered: nobody was here before.
    pub offered: bool,
    /// Files of a workshop that was brought along.
    pub brought: Vec<Brought>,
    /// A file that is no scenario.
    pub refused: Option<Refused>,
    /// What the projector shows.
    pub presenting: Option<Presenting>,
}

/// A lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Lesson {
    /// Name of its file, without `.md`.
    pub id: String,
    /// Its text, if it did not come with the page.
    pub own: Option<String>,
    /// Where that lies beside the page, if it does.
    pub path: Option<String>,
    /// What it is.
    pub view: LessonView,
}

/// A lesson that is being read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Name of its file, without `.md`.
    pub id: String,
    /// Its text, if it does not come with the page.
    pub text: Option<String>,
    /// Where that lies beside the page, if it does.
    pub path: Option<String>,
    /// At which step it opens.
    pub step: usize,
    /// A lesson that this browser was left in: its manifests stay as they are, and so much is held back.
    pub left: Option<Veil>,
}

impl Wanted {
    /// One of those that come with the page.
    pub fn shipped(id: &str, step: usize) -> Self {
        Self {
            id: id.to_owned(),
            text: None,
            path: None,
            step,
            left: None,
        }
    }

    /// A file: by its own name, wherever it lies.
    pub fn file(name: &str, text: String) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name);
        Self {
            text: Some(text),
            ..Self::shipped(&format!("own:{}", name.trim_end_matches(".md")), 0)
        }
    }
}

/// A file of a workshop that was brought along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// Its name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// What it is, or what is wrong with it; `None`: it is being read.
    pub about: Option<Result<About, Vec<ScenarioError>>>,
}

/// A file that is no scenario, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its name.
    pub id: String,
    /// Line and reason.
    pub errors: Vec<ScenarioError>,
}

/// Where a question stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Before a packet is sent.
    Prediction,
    /// A card.
    Quiz,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A choice.
    Choice(usize),
    /// Something on the map.
    Click(Key),
}

/// What is held back from a learner who sees the symptom first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Veil {
    /// Nothing.
    #[default]
    Nothing,
    /// What the engine finds wrong.
    Findings,
    /// Everything but the symptom.
    Cluster,
}

/// What can happen in a lesson.
#[derive(Debug, Clone)]
pub enum LessonAction {
    /// The overview opens or closes.
    Overview(bool),
    /// A lesson is wanted.
    Open(Wanted),
    /// Names and texts of a workshop that was brought along.
    Bring(Vec<(String, String)>),
    /// The worker has looked at them.
    Listed(Vec<Result<About, Vec<ScenarioError>>>),
    /// The worker has read it.
    Read(String, Result<Box<LessonView>, Vec<ScenarioError>>),
    /// The lesson closes.
    Close,
    /// Another step.
    Go(usize),
    /// The step begins again.
    Reset,
    /// A question is answered.
    Answer(Part, usize, Given),
    /// The next hint.
    Hint,
    /// The solution is shown.
    Solution,
    /// The solution goes into the manifests.
    Apply,
    /// What was held back is shown.
    Unveil(Veil),
    /// Which checks hold.
    Status(Revision, Vec<CheckView>),
    /// What was done in earlier visits.
    Recall(BTreeSet<String>),
    /// The tour is offered, or no longer.
    Offer(bool),
    /// All of it is forgotten.
    Forget,
    /// The reasons of a refusal were read.
    Dismiss,
    /// Something on the projector.
    Present(super::present::PresentAction),
}

impl Lessons {
    /// The step that is shown.
    pub fn current(&self) -> Option<&Step> {
        self.open.as_ref()?.view.scenario.steps.get(self.step)
    }

    /// What the engine makes of it.
    pub fn engine(&self) -> Option<&LessonStep> {
        self.open.as_ref()?.view.steps.get(self.step)
    }

    /// Its task.
    pub fn task(&self) -> Option<&Task> {
        self.current()?.task.as_ref()
    }

    /// How the task's checks stand, if that is known of these documents.
    pub fn checks(&self) -> &[CheckView] {
        self.status.as_ref().map_or(&[], |(_, checks)| checks)
    }

    /// Whether what the engine finds is kept from the learner: no panel may tell it, in words, counts or colours.
    pub fn holds_back(&self) -> bool {
        self.veil != Veil::Nothing
    }

    /// Whether the task is done.
    pub fn is_solved(&self) -> bool {
        !self.checks().is_empty() && self.checks().iter().all(|check| check.holds)
    }

    /// Whether everything was done that the step asks for.
    pub fn is_complete(&self) -> bool {
        let Some(step) = self.current() else {
            return false;
        };
        let answered =
            |part: Part, count: usize| (0..count).all(|nth| self.given.contains_key(&(part, nth)));
        answered(Part::Prediction, step.predictions.len())
            && answered(Part::Quiz, step.quiz.len())
            && (step.task.is_none() || self.is_solved() || self.was_done(self.step))
    }

    /// Whether the step asks for anything.
    pub fn asks(&self) -> bool {
        self.current().is_some_and(|step| {
            !step.predictions.is_empty() || !step.quiz.is_empty() || step.task.is_some()
        })
    }

    /// Whether a step of the open lesson was done.
    pub fn was_done(&self, nth: usize) -> bool {
        self.open
            .as_ref()
            .is_some_and(|lesson| self.done.contains(&mark(&lesson.id, nth)))
    }

    /// The first step of a lesson that was not done; of one that is done, the first.
    pub fn resume(&self, id: &str, steps: usize) -> usize {
        (0..steps)
            .find(|nth| !self.done.contains(&mark(id, *nth)))
            .unwrap_or(0)
    }

    /// How many steps of a lesson were done.
    pub fn progress(&self, id: &str, steps: usize) -> usize {
        (0..steps)
            .filter(|nth| self.done.contains(&mark(id, *nth)))
            .count()
    }
}

fn mark(id: &str, nth: usize) -> String {
    format!("{id}#{nth}")
}

pub(super) fn apply(state: &mut State, action: LessonAction) {
    match action {
        LessonAction::Overview(open) => state.lessons.overview = open,
        LessonAction::Open(wanted) => {
            state.lessons.overview = false;
            (state.lessons.refused, state.lessons.offered) = (None, false);
            // Nothing is told while it is being read, either.
            if let Some(veil) = wanted.left {
                state.lessons.veil = veil;
            }
            state.lessons.wanted = Some(wanted);
        }
        LessonAction::Bring(files) => {
            state.lessons.brought = files.into_iter().map(Brought::unread).collect();
            state.lessons.overview = true;
            state.lessons.offered = false;
        }
        LessonAction::Listed(about) => listed(&mut state.lessons.brought, about),
        LessonAction::Read(id, lesson) => read(state, id, lesson),
        LessonAction::Close => {
            note(state, true);
            let lessons = &mut state.lessons;
            (lessons.open, lessons.presenting, lessons.status) = (None, None, None);
            lessons.veil = Veil::Nothing;
            let workspace = &state.keep.workspace;
            if let Some((_, own)) = lessons.beside.take().filter(|(id, _)| *id == workspace.id) {
                state.notice = Some(Notice {
                    text: words::lesson::stays_in(&workspace.name, &own),
                    is_trouble: false,
                });
            }
            if state.pane == Pane::Lesson {
                state.pane = Pane::Map;
            }
        }
        LessonAction::Go(step) => {
            note(state, step > state.lessons.step);
            go(state, step);
        }
        LessonAction::Reset => {
            let step = state.lessons.step;
            go(state, step);
        }
        LessonAction::Answer(part, nth, given) => {
            state.lessons.given.insert((part, nth), given);
            note(state, false);
        }
        LessonAction::Hint => state.lessons.hints += 1,
        LessonAction::Solution => state.lessons.solution = true,
        LessonAction::Apply => {
            if let Some(files) = state.lessons.task().map(|task| task.solved.clone()) {
                load(state, &files);
            }
        }
        LessonAction::Unveil(veil) => {
            state.lessons.veil = veil;
            if veil == Veil::Findings && state.pane == Pane::Lesson {
                state.pane = Pane::Map;
            }
        }
        LessonAction::Status(revision, checks) if revision == state.revision => {
            state.lessons.status = Some((revision, checks.into()));
            note(state, false);
        }
        LessonAction::Status(..) => {}
        LessonAction::Recall(done) => state.lessons.done.extend(done),
        LessonAction::Offer(offered) => state.lessons.offered = offered,
        LessonAction::Forget => state.lessons.done.clear(),
        LessonAction::Dismiss => state.lessons.refused = None,
        LessonAction::Present(action) => super::present::apply(state, action),
    }
}

impl Brought {
    fn unread((name, text): (String, String)) -> Self {
        Self {
            name,
            text,
            about: None,
        }
    }

    /// In the order of their workshop; what cannot be read comes last.
    fn place(&self) -> (bool, Option<(String, u16)>, String) {
        let about = self.about.as_ref().and_then(|about| about.as_ref().ok());
        (
            about.is_none(),
            about.map(|about| (about.workshop.clone(), about.order)),
            self.name.clone(),
        )
    }
}

fn listed(brought: &mut [Brought], about: Vec<Result<About, Vec<ScenarioError>>>) {
    // An answer about other files.
    if brought.len() != about.len() {
        return;
    }
    for (file, about) in brought.iter_mut().zip(about) {
        file.about = Some(about);
    }
    brought.sort_by_cached_key(Brought::place);
}

fn read(state: &mut State, id: String, lesson: Result<Box<LessonView>, Vec<ScenarioError>>) {
    let Some(wanted) = state.lessons.wanted.take_if(|wanted| wanted.id == id) else {
        return;
    };
    let view = match lesson {
        Ok(view) => *view,
        Err(errors) => {
            state.lessons.refused = Some(Refused { id, errors });
            if state.lessons.open.is_none() {
                state.lessons.veil = Veil::Nothing;
            }
            return;
        }
    };
    let veiled = view.scenario.symptom_first;
    state.lessons.open = Some(Rc::new(Lesson {
        id,
        own: wanted.text,
        path: wanted.path,
        view,
    }));
    if wanted.left.is_some() {
        begin(state, wanted.step);
        if state.asked.is_none()
            && let Some(first) = state.lessons.current().and_then(packet)
        {
            state.draft = first;
        }
    } else {
        state.lessons.veil = if veiled { Veil::Cluster } else { Veil::Nothing };
        go(state, wanted.step);
    }
    state.pane = Pane::Lesson;
}

/// Marks the step as done, if it is; one that asks for nothing, when it is left behind.
fn note(state: &mut State, leaves: bool) {
    let lessons = &mut state.lessons;
    let Some(lesson) = &lessons.open else { return };
    if lessons.is_complete() && (leaves || lessons.asks()) {
        let mark = mark(&lesson.id, lessons.step);
        lessons.done.insert(mark);
    }
}

/// What is shown is kept as this from now on: a lesson beside the work that was open before it.
pub(super) fn kept_as(state: &mut State, entry: &Entry) {
    let before = &state.keep.workspace;
    if state.lessons.open.is_some() && entry.id != before.id && entry.is_sample && !before.is_sample
    {
        state.lessons.beside = Some((entry.id.clone(), before.name.clone()));
    }
}

/// Other manifests take the place of the lesson's.
pub(super) fn leave(state: &mut State) {
    state.lessons.wanted = None;
    if state.lessons.open.is_some() {
        apply(state, LessonAction::Close);
    }
}

/// Nothing was done in this step yet.
fn begin(state: &mut State, step: usize) {
    let lessons = &mut state.lessons;
    let steps = lessons
        .open
        .as_ref()
        .map_or(0, |lesson| lesson.view.scenario.steps.len());
    lessons.step = step.min(steps.saturating_sub(1));
    lessons.begun += 1;
    lessons.given.clear();
    (lessons.hints, lessons.solution, lessons.status) = (0, false, None);
}

/// A step from its beginning.
fn go(state: &mut State, step: usize) {
    begin(state, step);
    let Some(current) = state.lessons.current() else {
        return;
    };
    let (first, files) = (packet(current), current.files.clone());
    load(state, &files);
    if let Some(first) = first {
        state.draft = first;
    }
}

/// The packet that a step is about.
fn packet(step: &Step) -> Option<ProbeText> {
    let asked = step.predictions.iter().find_map(|it| it.probe.clone());
    let sent = || {
        step.probes
            .first()
            .map(|it| (it.from.clone(), it.to.clone()))
    };
    let wanted = || {
        let checks = &step.task.as_ref()?.checks;
        checks.iter().find_map(|check| match check {
            Check::Probe { from, to, .. } => Some((from.clone(), to.clone())),
            _ => None,
        })
    };
    let (from, to) = asked.or_else(sent).or_else(wanted)?;
    Some(ProbeText { from, to })
}

fn load(state: &mut State, files: &[switchboard_engine::manifest::SourceFile]) {
    let options = state
        .lessons
        .open
        .as_ref()
        .map(|lesson| lesson.view.scenario.options.clone())
        .unwrap_or_default();
    let (draft, asked) = (state.draft.clone(), state.asked.clone());
    let pane = state.pane;
    action::apply(
        state,
        Action::Opened {
            files: files
                .iter()
                .map(|file| File {
                    name: file.name.as_str().into(),
                    text: file.text.as_str().into(),
                })
                .collect(),
            sample: None,
            options,
            probe: None,
        },
    );
    state.pane = pane;
    // A task's packet is the same before and after.
    if state.lessons.solution {
        (state.draft, state.asked) = (draft, asked);
    }
}

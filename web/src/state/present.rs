//! What the projector shows: one thing at a time, in large type.

use switchboard_engine::scenario::prose::Block;

use super::{
    Action, Move, Pane, State, action,
    lesson::{LessonAction, Part},
};
use crate::protocol::ProbeText;

/// So many blocks of prose are one slide.
const BLOCKS: usize = 2;

/// A lesson on a projector.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Presenting {
    /// Number of the slide in the step.
    pub slide: usize,
    /// Nothing is shown.
    pub blank: bool,
    /// The participants' link is shown.
    pub link: bool,
    /// A spot follows the mouse.
    pub pointer: bool,
}

/// One thing to show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slide {
    /// A part of the prose, with the step's title.
    Prose(Vec<Block>),
    /// What a client sees.
    Symptom,
    /// A question, and whether its answer is shown.
    Question(Part, usize, bool),
    /// Map and journey.
    Cluster,
    /// What to bring about.
    Task,
    /// Why.
    Explanation,
}

/// What can happen on the projector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum PresentAction {
    Begin,
    End,
    /// Back from black; else the end.
    Leave,
    Next,
    Back,
    Blank,
    Link,
    Pointer,
}

/// The slides of the step that is shown.
pub fn slides(state: &State) -> Vec<Slide> {
    let Some(step) = state.lessons.current() else {
        return Vec::new();
    };
    let mut slides: Vec<Slide> = step
        .prose
        .0
        .chunks(BLOCKS)
        .map(|blocks| Slide::Prose(blocks.to_vec()))
        .collect();
    if slides.is_empty() {
        slides.push(Slide::Prose(Vec::new()));
    }
    let veiled = state
        .lessons
        .open
        .as_ref()
        .is_some_and(|lesson| lesson.view.scenario.symptom_first);
    if veiled && !step.probes.is_empty() {
        slides.push(Slide::Symptom);
    }
    for nth in 0..step.predictions.len() {
        slides.push(Slide::Question(Part::Prediction, nth, false));
        slides.push(Slide::Cluster);
        slides.push(Slide::Question(Part::Prediction, nth, true));
    }
    if step.predictions.is_empty() && !step.probes.is_empty() {
        slides.push(Slide::Cluster);
    }
    if step.task.is_some() {
        slides.extend([Slide::Task, Slide::Cluster]);
    }
    for nth in 0..step.quiz.len() {
        slides.push(Slide::Question(Part::Quiz, nth, false));
        slides.push(Slide::Question(Part::Quiz, nth, true));
    }
    if step.explanation.is_some() {
        slides.push(Slide::Explanation);
    }
    slides
}

/// The slide that is shown.
pub fn slide(state: &State) -> Option<Slide> {
    let presenting = state.lessons.presenting.as_ref()?;
    slides(state).into_iter().nth(presenting.slide)
}

/// What of the page a projector shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// All of it: nothing is presented.
    Page,
    /// Map and journey.
    Cluster,
    /// Nothing of it: a slide in front, the link, or black.
    Slide,
}

/// What is shown of the page.
pub fn stage(state: &State) -> Stage {
    match &state.lessons.presenting {
        None => Stage::Page,
        Some(it) if !it.blank && !it.link && slide(state) == Some(Slide::Cluster) => Stage::Cluster,
        Some(_) => Stage::Slide,
    }
}

pub(super) fn apply(state: &mut State, action: PresentAction) {
    match action {
        PresentAction::Begin => {
            state.lessons.presenting = Some(Presenting::default());
            state.lessons.overview = false;
        }
        PresentAction::Leave if state.lessons.presenting.as_ref().is_some_and(|it| it.blank) => {
            apply(state, PresentAction::Blank);
        }
        PresentAction::End | PresentAction::Leave => {
            state.lessons.presenting = None;
            state.pane = Pane::Lesson;
        }
        PresentAction::Next => next(state),
        PresentAction::Back => back(state),
        PresentAction::Blank => toggle(state, |presenting| &mut presenting.blank),
        PresentAction::Link => toggle(state, |presenting| &mut presenting.link),
        PresentAction::Pointer => toggle(state, |presenting| &mut presenting.pointer),
    }
}

fn toggle(state: &mut State, which: impl Fn(&mut Presenting) -> &mut bool) {
    if let Some(presenting) = &mut state.lessons.presenting {
        let it = which(presenting);
        *it = !*it;
    }
}

fn at(state: &State) -> Option<usize> {
    Some(state.lessons.presenting.as_ref()?.slide)
}

fn next(state: &mut State) {
    let Some(now) = at(state) else { return };
    if walks(state, Move::Next) {
        return;
    }
    let steps = state
        .lessons
        .open
        .as_ref()
        .map_or(0, |lesson| lesson.view.scenario.steps.len());
    if now + 1 < slides(state).len() {
        show(state, now + 1);
    } else if state.lessons.step + 1 < steps {
        let step = state.lessons.step + 1;
        action::apply(state, Action::Lesson(LessonAction::Go(step)));
        show(state, 0);
    }
}

fn back(state: &mut State) {
    let Some(now) = at(state) else { return };
    if walks(state, Move::Back) {
        return;
    }
    if let Some(before) = now.checked_sub(1) {
        show(state, before);
    } else if let Some(step) = state.lessons.step.checked_sub(1) {
        action::apply(state, Action::Lesson(LessonAction::Go(step)));
        let last = slides(state).len().saturating_sub(1);
        show(state, last);
    }
}

/// Takes the packet a step on or back, if it is what is shown and has such a step: a remote has no other keys.
fn walks(state: &mut State, to: Move) -> bool {
    let before = state.step;
    if stage(state) == Stage::Cluster {
        action::apply(state, Action::Step(to));
    }
    state.step != before
}

/// Shows a slide; the cluster's comes with the packet of the question before it on its way.
fn show(state: &mut State, nth: usize) {
    let all = slides(state);
    if let Some(presenting) = &mut state.lessons.presenting {
        presenting.slide = nth;
        presenting.blank = false;
    }
    if all.get(nth) != Some(&Slide::Cluster) {
        return;
    }
    let question = match nth.checked_sub(1).and_then(|before| all.get(before)) {
        Some(Slide::Question(Part::Prediction, nth, _)) => Some(*nth),
        _ => None,
    };
    let Some(step) = state.lessons.current() else {
        return;
    };
    let asked = question.and_then(|nth| step.predictions.get(nth)?.probe.clone());
    let first = || {
        let probe = step.probes.first()?;
        Some((probe.from.clone(), probe.to.clone()))
    };
    if let Some((from, to)) = asked.or_else(first) {
        action::apply(state, Action::Send(ProbeText { from, to }));
    }
    state.pane = Pane::Map;
}

//! What can happen, and what it changes.

use std::rc::Rc;

use switchboard_engine::{Str, cluster::Options};

use super::{
    Change, FindingsAction, KeepAction, LessonAction, Notice, Pane, Reveal, State, Tab, Theme,
    ViewAction, WhatIfAction, WireAction, Wires, keep,
};
use crate::{
    documents::{File, free_name},
    layout::Drawing,
    protocol::{DetailView, Match, Picture, ProbeText, Revision, TextPlace, TraceView, follow},
    scene::Key,
};

/// What can happen.
#[derive(Debug, Clone)]
pub enum Action {
    /// The text of the active file changed, in the editor.
    Edited(Rc<str>),
    /// These files take the place of what was there.
    Opened {
        /// The files.
        files: Vec<File>,
        /// The sample that they are.
        sample: Option<Str>,
        /// What no manifest can say.
        options: Options,
        /// What to send at once.
        probe: Option<ProbeText>,
    },
    /// These files come beside what is there.
    Added(Vec<File>),
    /// The editor shows another file.
    ShowFile(usize),
    /// A file goes.
    CloseFile(usize),
    /// The worker has read the manifests.
    Picture(Box<Picture>),
    /// The worker has drawn the map again.
    Map(Revision, Box<Drawing>),
    /// The worker has traced the probe.
    Trace(Revision, Result<Box<TraceView>, String>),
    /// The worker says what is known of the selection.
    Detail(Revision, Option<Box<DetailView>>),
    /// Something about what surrounds the journey.
    Follow(Change),
    /// The worker says something about what surrounds the journey.
    Told(Revision, Box<follow::Answer>),
    /// The worker has searched.
    Found(Revision, String, Vec<Match>),
    /// A thing on the map was chosen; `None`: nothing is.
    Select(Option<Key>),
    /// A thing was chosen by pointing at it: it also goes into the probe bar.
    Pick(Key),
    /// The wires of the chosen thing, one by one.
    Wires(WireAction),
    /// A fold opens or closes.
    ToggleFold(Key),
    /// The map's filters, folds and pages.
    View(ViewAction),
    /// The map as a list.
    AsList(bool),
    /// What is looked for.
    Search(String),
    /// The probe bar changed.
    Draft(ProbeText),
    /// Its first half changed.
    DraftFrom(String),
    /// Its second half changed.
    DraftTo(String),
    /// Send it.
    Send(ProbeText),
    /// Another way of the answer.
    Way(usize),
    /// Another step.
    Step(Move),
    /// The next step, while steps follow each other.
    Tick,
    /// Steps follow each other, or not.
    Play(bool),
    /// Another panel below the map.
    Tab(Tab),
    /// Another panel of a narrow window.
    Pane(Pane),
    /// The editor goes to a place.
    Reveal(TextPlace, bool),
    /// Something happened to the page itself.
    Notice(Option<Notice>),
    /// Light or dark.
    Theme(Theme),
    /// Something in a lesson.
    Lesson(LessonAction),
    /// Share, export and keep.
    Keep(KeepAction),
    /// The list of findings and what belongs to it.
    Findings(FindingsAction),
    /// Changes that stand in no manifest.
    WhatIf(WhatIfAction),
}

/// Where to go in a journey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Move {
    First,
    Back,
    Next,
    Last,
    To(usize),
}

pub(super) fn apply(state: &mut State, action: Action) {
    match action {
        Action::Edited(text) => edited(state, text),
        Action::Opened {
            files,
            sample,
            options,
            probe,
        } => {
            if sample.is_some() {
                super::lesson::leave(state);
            }
            opened(state, files, sample, options, probe);
        }
        Action::Added(files) => added(state, files),
        Action::ShowFile(nth) if nth < state.files.len() => {
            state.active = nth;
            state.loads += 1;
        }
        Action::CloseFile(nth) if nth < state.files.len() => {
            state.files.remove(nth);
            if state.files.is_empty() {
                state.files.push(empty_file());
            }
            if state.active >= nth {
                state.active = state.active.saturating_sub(1);
            }
            changed(state);
            state.loads += 1;
        }
        Action::Picture(picture) => self::picture(state, *picture),
        Action::Map(revision, drawing) => {
            if let Some(picture) = &mut state.picture
                && picture.revision == revision
            {
                Rc::make_mut(picture).drawing = *drawing;
            }
        }
        Action::Trace(revision, answer) if revision == state.revision => trace(state, answer),
        Action::Detail(revision, detail) if revision == state.revision => {
            // The answer may be about what was chosen before.
            match detail {
                Some(detail) if Some(&detail.key) == state.selected.as_ref() => {
                    self::detail(state, *detail);
                }
                None => state.detail = None,
                Some(_) => {}
            }
        }
        Action::Follow(change) => super::follow::apply(state, change),
        Action::Told(revision, answer) if revision == state.revision => {
            super::follow::apply(state, Change::Told(answer));
        }
        Action::Found(revision, text, found)
            if revision == state.revision && text == state.search =>
        {
            state.found = found;
        }
        Action::Select(key) => select(state, key, false),
        Action::Pick(key) => select(state, Some(key), true),
        Action::ToggleFold(key) => match state.view.open.iter().position(|open| *open == key) {
            Some(at) => {
                state.view.open.remove(at);
            }
            None => state.view.open.push(key),
        },
        Action::View(action) => super::view::apply(state, action),
        Action::AsList(as_list) => state.as_list = as_list,
        Action::Search(text) => {
            if text.trim().is_empty() {
                state.found.clear();
            }
            state.search = text;
        }
        Action::Draft(probe) => state.draft = probe,
        Action::DraftFrom(from) => state.draft.from = from,
        Action::DraftTo(to) => state.draft.to = to,
        Action::Send(probe) => send(state, probe),
        Action::Way(way) => show_way(state, way),
        Action::Step(to) => {
            step(state, to);
            super::follow::stepped(&mut state.follow);
        }
        Action::Tick if state.playing => {
            step(state, Move::Next);
            super::follow::stepped(&mut state.follow);
            let length = state.current_way().map_or(0, |way| way.steps.len());
            state.playing = state.step + 1 < length;
        }
        Action::Play(playing) => play(state, playing),
        Action::Tab(tab) => {
            super::follow::tab(state, tab);
            state.tab = tab;
        }
        Action::Pane(pane) => state.pane = pane,
        Action::Reveal(place, focus) => reveal(state, place, focus),
        Action::Notice(notice) => state.notice = notice,
        Action::Theme(theme) => state.theme = theme,
        Action::Lesson(action) => super::lesson::apply(state, action),
        Action::Keep(action) => keep::apply(state, action),
        Action::Findings(action) => super::findings::apply(state, action),
        Action::WhatIf(action) => super::whatif::apply(state, action),
        Action::Wires(action) => super::wires::apply(state, action),
        // Answers about an older text, and files that are gone.
        Action::Trace(..)
        | Action::Detail(..)
        | Action::Told(..)
        | Action::Found(..)
        | Action::Tick
        | Action::ShowFile(_)
        | Action::CloseFile(_) => {}
    }
}

pub(super) fn select(state: &mut State, key: Option<Key>, picked: bool) {
    if state.selected != key {
        // What is known of the last one stays until the next is known: its column would go and come back.
        if key.is_none() {
            state.detail = None;
        }
        state.wires = Wires::default();
    }
    state.selected = key;
    state.picked = picked;
}

fn detail(state: &mut State, detail: DetailView) {
    if state.picked {
        state.picked = false;
        if matches!(detail.key, Key::Service(_) | Key::LoadBalancer(_)) {
            fill(
                &mut state.draft.to,
                &mut state.filled.to,
                detail.probe_to.as_deref(),
            );
        } else {
            fill(
                &mut state.draft.from,
                &mut state.filled.from,
                detail.probe_from.as_deref(),
            );
        }
    }
    state.detail = Some(Rc::new(detail));
}

/// Fills a field of the probe bar, unless a person wrote something there.
fn fill(field: &mut String, filled: &mut String, value: Option<&str>) {
    if let Some(value) = value
        && (field.is_empty() || field == filled)
    {
        value.clone_into(field);
        value.clone_into(filled);
    }
}

fn empty_file() -> File {
    File {
        name: "manifest.yaml".into(),
        text: "".into(),
    }
}

fn changed(state: &mut State) {
    state.revision += 1;
    state.sample = None;
}

fn edited(state: &mut State, text: Rc<str>) {
    if state.files.is_empty() {
        state.files.push(empty_file());
        state.active = 0;
    }
    let file = &mut state.files[state.active];
    if file.text != text {
        super::whatif::edited(&mut state.whatif, &text);
        let is_replaced = state.draft == state.filled && is_another(&file.text, &text);
        file.text = text;
        changed(state);
        if is_replaced {
            // The packet that the page offered goes with it: nobody in here may have its sender's name.
            state.draft = ProbeText::default();
            state.filled = ProbeText::default();
            (state.asked, state.trace, state.playing) = (None, None, false);
            state.follow.sent.clear();
            (state.way, state.step) = (0, 0);
        }
    }
}

/// Whether hardly anything of the old text is left at both ends of the new one: it was pasted over.
fn is_another(old: &str, new: &str) -> bool {
    let same = |(one, other): &(u8, u8)| one == other;
    let ahead = old.bytes().zip(new.bytes()).take_while(same).count();
    let behind = (old.bytes().rev().zip(new.bytes().rev()).take_while(same)).count();
    ahead + behind < old.len() / 4
}

pub(super) fn opened(
    state: &mut State,
    files: Vec<File>,
    sample: Option<Str>,
    options: Options,
    probe: Option<ProbeText>,
) {
    state.files = if files.is_empty() {
        vec![empty_file()]
    } else {
        files
    };
    state.active = 0;
    changed(state);
    state.loads += 1;
    state.sample = sample;
    state.options = options;
    state.view = crate::scene::MapView::default();
    (state.selected, state.detail, state.reveal) = (None, None, None);
    (state.search, state.found) = (String::new(), Vec::new());
    (state.trace, state.way, state.step) = (None, 0, 0);
    state.tab = Tab::Journey;
    super::follow::opened(&mut state.follow);
    super::findings::opened(&mut state.findings);
    super::whatif::opened(&mut state.whatif);
    state.filled = probe
        .clone()
        .filter(|_| state.sample.is_some())
        .unwrap_or_default();
    state.draft = probe.clone().unwrap_or_default();
    state.playing = probe.is_some();
    if let Some(probe) = &probe {
        super::probes::remember(&mut state.follow.sent, probe);
    }
    state.asked = probe;
}

fn added(state: &mut State, files: Vec<File>) {
    if files.is_empty() {
        return;
    }
    state.files.retain(|file| !file.text.trim().is_empty());
    let first = state.files.len();
    for file in files {
        let name = free_name(&state.files, &file.name);
        state.files.push(File { name, ..file });
    }
    state.active = first;
    changed(state);
    state.loads += 1;
}

fn picture(state: &mut State, picture: Picture) {
    if picture.revision != state.revision {
        return;
    }
    if state.draft == ProbeText::default()
        && let Some(first) = &picture.first
    {
        state.draft = first.clone();
        state.filled = first.clone();
    }
    state.picture = Some(Rc::new(picture));
}

pub(super) fn trace(state: &mut State, answer: Result<Box<TraceView>, String>) {
    let answer = answer.map(|trace| Rc::new(*trace));
    if let Ok(trace) = &answer {
        // After an edit the same probe is asked again: stay where the person was, as far as that still exists.
        if state.way >= trace.ways.len() {
            state.way = 0;
        }
        let steps = trace.ways.get(state.way).map_or(0, |way| way.steps.len());
        state.step = state.step.min(steps.saturating_sub(1));
        if steps < 2 {
            state.playing = false;
        }
    } else {
        state.playing = false;
    }
    state.trace = Some(answer);
}

fn send(state: &mut State, probe: ProbeText) {
    super::follow::sent(&mut state.follow, &probe);
    state.draft = probe.clone();
    state.asked = Some(probe);
    state.sent += 1;
    (state.trace, state.findings.before) = (None, None);
    (state.way, state.step) = (0, 0);
    state.playing = true;
    state.tab = Tab::Journey;
    if state.pane == Pane::Manifests {
        state.pane = Pane::Journey;
    }
}

fn step(state: &mut State, to: Move) {
    let last = state
        .current_way()
        .map_or(0, |way| way.steps.len())
        .saturating_sub(1);
    state.step = match to {
        Move::First => 0,
        Move::Back => state.step.saturating_sub(1),
        Move::Next => state.step + 1,
        Move::Last => last,
        Move::To(nth) => nth,
    }
    .min(last);
    state.playing = false;
}

/// Another way, at the same step as far as it has one.
pub(super) fn show_way(state: &mut State, way: usize) {
    let ways = match &state.trace {
        Some(Ok(trace)) => trace.ways.len(),
        _ => 0,
    };
    state.way = way.min(ways.saturating_sub(1));
    let steps = state.current_way().map_or(0, |way| way.steps.len());
    state.step = state.step.min(steps.saturating_sub(1));
}

fn play(state: &mut State, playing: bool) {
    let last = state
        .current_way()
        .map_or(0, |way| way.steps.len())
        .saturating_sub(1);
    if playing && state.step >= last {
        state.step = 0;
    }
    state.playing = playing && last > 0;
}

fn reveal(state: &mut State, place: TextPlace, focus: bool) {
    if place.file != state.active && place.file < state.files.len() {
        state.active = place.file;
        state.loads += 1;
    }
    if focus {
        state.pane = Pane::Manifests;
    }
    let nth = state.reveal.as_ref().map_or(0, |reveal| reveal.nth + 1);
    state.reveal = Some(Reveal { nth, place, focus });
}

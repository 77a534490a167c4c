//! What the page is showing: one value, and one pure function that changes it.
//!
//! It owns revision, selection and the position in the journey; the editor owns the text being typed, the worker the
//! cluster. Nothing here touches the browser, so all of it is tested natively.

mod action;
mod findings;
mod follow;
mod keep;
mod lesson;
mod present;
mod probes;
mod questions;
#[cfg(test)]
mod tests;
mod view;
mod whatif;
mod wires;

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use switchboard_engine::{Str, cluster::Options};

use crate::{
    documents::{self, File},
    protocol::{
        DetailView, Match, Picture, ProbeText, Question, Revision, StepView, TextPlace, TraceView,
        WayView,
    },
    scene::{Key, MapView},
    words,
};

pub use action::{Action, Move};
pub use findings::{Findings, FindingsAction, Fix, OpenPage};
pub use follow::{Change, Follow, Rules, RulesChange, Speed, Use, Volley};
pub use keep::{Coming, Dialog, Keep, KeepAction};
pub use lesson::{Brought, Given, Lesson, LessonAction, Lessons, Part, Refused, Veil, Wanted};
pub use present::{PresentAction, Presenting, Slide, Stage, slide, slides, stage};
pub use probes::{Outcome, Sent};
pub use questions::Want;
pub use view::ViewAction;
pub use whatif::{MOST as MOST_CHANGES, Types, WhatIf, WhatIfAction};
pub use wires::{WireAction, Wires};

/// Everything that is shown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct State {
    /// The manifests; the active one as of the last pause in typing.
    pub files: Vec<File>,
    /// Which of them the editor shows.
    pub active: usize,
    /// Counts changes of the manifests, and of the list of changes that stand in none.
    pub revision: Revision,
    /// Counts changes of the manifests that did not come from the editor: it has to be told.
    pub loads: u32,
    /// What no manifest can say.
    pub options: Options,
    /// Which sample this is, until it is edited.
    pub sample: Option<Str>,
    /// What the worker last said of the manifests; it may be about an older revision while a new one is read.
    pub picture: Option<Rc<Picture>>,
    /// What is drawn of it.
    pub view: MapView,
    /// The thing on the map that is chosen.
    pub selected: Option<Key>,
    /// It was chosen by pointing at it, and its details will fill the probe bar.
    pub picked: bool,
    /// Its details.
    pub detail: Option<Rc<DetailView>>,
    /// Its wires.
    pub wires: Wires,
    /// What stands in the probe bar.
    pub draft: ProbeText,
    /// What the page put there by itself, and may put something else in place of.
    pub filled: ProbeText,
    /// The probe that was sent.
    pub asked: Option<ProbeText>,
    /// Counts, so that the same probe can be sent twice.
    pub sent: u32,
    /// Where it goes, or what cannot be read in it.
    pub trace: Option<Result<Rc<TraceView>, String>>,
    /// Which of the ways is shown.
    pub way: usize,
    /// Which of its steps.
    pub step: usize,
    /// Whether steps follow each other by themselves.
    pub playing: bool,
    /// What stands below the map.
    pub tab: Tab,
    /// Which panel a narrow window shows.
    pub pane: Pane,
    /// What surrounds the journey.
    pub follow: Follow,
    /// What is looked for.
    pub search: String,
    /// What was found.
    pub found: Vec<Match>,
    /// One line about something that happened to the page itself.
    pub notice: Option<Notice>,
    /// Where the editor should go.
    pub reveal: Option<Reveal>,
    /// Light, dark, or as the system has it.
    pub theme: Theme,
    /// Whether the map is shown as a list.
    pub as_list: bool,
    /// Whether the node that the packet is on shows its inside.
    pub inside: bool,
    /// The lesson.
    pub lessons: Lessons,
    /// Share, export and keep.
    pub keep: Keep,
    /// The list of findings and what belongs to it.
    pub findings: Findings,
    /// Changes that stand in no manifest.
    pub whatif: WhatIf,
}

/// What the worker was told of the documents and of what to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The state of the documents.
    pub revision: Revision,
    /// The documents.
    pub files: Vec<File>,
    /// What it draws of them.
    pub view: MapView,
}

/// What stands below the map.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tab {
    /// The journey, step by step.
    #[default]
    Journey,
    /// All probes that were sent, and where they go now.
    Probes,
    /// Changes that stand in no manifest, and the answer before and after them.
    WhatIf,
    /// Every way that the packet can go.
    Branches,
    /// The same probe in every proxy mode.
    Modes,
    /// Queries and answers of the name resolution.
    Dns,
    /// The rules of the step's node.
    Rules,
    /// EndpointSlices of the step's Service.
    Slices,
    /// What the connection tables hold after the step.
    Connections,
    /// The chosen object as stored.
    Stored,
    /// What each type would give a Service.
    Types,
}

impl Tab {
    /// All, in order.
    pub const ALL: [Self; 11] = [
        Self::Journey,
        Self::Probes,
        Self::WhatIf,
        Self::Branches,
        Self::Modes,
        Self::Rules,
        Self::Dns,
        Self::Slices,
        Self::Connections,
        Self::Stored,
        Self::Types,
    ];

    /// Its label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Journey => words::page::JOURNEY,
            Self::Probes => words::page::TAB_PROBES,
            Self::Dns => words::page::TAB_DNS,
            Self::Rules => words::page::TAB_RULES,
            Self::Slices => words::page::TAB_SLICES,
            Self::Branches => words::page::TAB_BRANCHES,
            Self::Modes => words::page::TAB_MODES,
            Self::Connections => words::page::TAB_CONNECTIONS,
            Self::Stored => words::page::TAB_YAML,
            Self::WhatIf => words::common::WHAT_IF,
            Self::Types => words::page::TAB_TYPES,
        }
    }
}

/// Panels of a narrow window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pane {
    /// The lesson, if one is open.
    Lesson,
    /// Editor and findings.
    Manifests,
    /// The map.
    #[default]
    Map,
    /// Probe and journey.
    Journey,
}

impl Pane {
    /// All, in order.
    pub const ALL: [Self; 4] = [Self::Lesson, Self::Manifests, Self::Map, Self::Journey];

    /// Its label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lesson => words::page::LESSON,
            Self::Manifests => words::page::MANIFESTS,
            Self::Map => words::page::MAP,
            Self::Journey => words::page::JOURNEY,
        }
    }

    /// For the style sheet.
    pub fn id(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Manifests => "manifests",
            Self::Map => "map",
            Self::Journey => "journey",
        }
    }
}

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

/// One line about the page itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub text: String,
    /// Whether something was lost or does not work.
    pub is_trouble: bool,
}

/// A place that the editor should show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reveal {
    /// Counts, so that the same place can be asked for twice.
    pub nth: u32,
    /// Where.
    pub place: TextPlace,
    /// Whether the editor takes the focus.
    pub focus: bool,
}

impl State {
    /// The way that is shown.
    pub fn current_way(&self) -> Option<&WayView> {
        match self.trace.as_ref()? {
            Ok(trace) => trace.ways.get(self.way),
            Err(_) => None,
        }
    }

    /// The step that is shown.
    pub fn current_step(&self) -> Option<&StepView> {
        self.current_way()?.steps.get(self.step)
    }

    /// Whether the picture is about the manifests as they are.
    pub fn is_current(&self) -> bool {
        self.picture
            .as_ref()
            .is_some_and(|picture| picture.revision == self.revision)
    }

    /// What the worker is to draw: without findings, while a learner is to find them.
    pub fn map_view(&self) -> MapView {
        MapView {
            quiet: self.lessons.holds_back(),
            ..self.view.clone()
        }
    }

    /// What makes the worker know the documents, if it was told `before` of them.
    pub fn documents(&self, before: Option<&Told>) -> Question {
        Question::Documents {
            revision: self.revision,
            base: before.map(|told| told.revision),
            files: documents::changes(before.map(|told| told.files.as_slice()), &self.files),
            options: self.options.clone(),
            changes: self.whatif.entries.clone(),
            shown: self.whatif.shown,
            view: self.map_view(),
        }
    }

    /// What the worker knows once it was asked about [`Self::documents`].
    pub fn told(&self) -> Told {
        Told {
            revision: self.revision,
            files: self.files.clone(),
            view: self.map_view(),
        }
    }

    /// Whether nothing was written.
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(|file| file.text.trim().is_empty())
    }
}

impl yew::Reducible for State {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        let mut next = (*self).clone();
        action::apply(&mut next, action);
        Rc::new(next)
    }
}

//! What if: a list of changes to the running cluster that stands in no manifest.
//!
//! Whatever changes what happens is a new revision, so that every panel asks again; the text stays as it is. Each edit of
//! the list can be taken back.

use std::rc::Rc;

use switchboard_engine::{manifest::byte_offset, service_types::Row, whatif::Change};

use super::{State, Tab};
use crate::{
    protocol::{
        AboutTypes, ComparedView, Entry, MendView, ProbeText, Revision, Shown, WhatIfAnswer,
        WhatIfQuestion, follow::Question,
    },
    scene::{Key, Name},
};

/// More changes than this nobody keeps apart; a link may hold no more either.
pub const MOST: usize = 50;
/// Edits of the list that can be taken back.
const PAST: usize = 100;

/// The list, and what is known of it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct WhatIf {
    /// The changes, in the order in which they happen.
    pub entries: Vec<Entry>,
    /// Whether what is written is shown instead of what the changes make of it.
    pub shown: Shown,
    past: Vec<Vec<Entry>>,
    ahead: Vec<Vec<Entry>>,
    /// A change that is being written into the manifests, and the text that then stands in the editor: when it does, the
    /// change leaves the list.
    pub writing: Option<(Change, Rc<str>)>,
    /// The object that stands in the form for a new change.
    pub draft: String,
    /// The answer to the probe, before and after.
    pub compared: Option<(ProbeText, Option<Rc<ComparedView>>)>,
    /// What each type would give a Service.
    pub types: Option<Types>,
}

/// What each type would give a Service, as far as it has come.
#[derive(Debug, Clone, PartialEq)]
pub struct Types {
    /// Which Service.
    pub service: Name,
    /// What holds of all types; `None`: nothing has come, or there is no such Service.
    pub about: Option<AboutTypes>,
    /// One a type; those behind the first [`Self::fresh`] are about an older text.
    pub rows: Vec<Rc<Row>>,
    /// Of these documents.
    pub revision: Revision,
    /// How many are about them.
    pub fresh: usize,
    /// Whether there are no more.
    pub is_whole: bool,
}

/// What can happen to the list.
#[derive(Debug, Clone)]
pub enum WhatIfAction {
    /// These happen, too; one about the same as an older one takes its place.
    Add(Vec<Change>),
    /// One goes.
    Remove(Change),
    /// One happens, or does not.
    Turn(Change, bool),
    /// All happen, or none does.
    TurnAll(bool),
    /// All go.
    Clear,
    /// The last edit of the list is taken back.
    Undo,
    /// What was taken back is done again.
    Redo,
    /// One is being written into the manifests, by this edit.
    Writing(Change, MendView),
    /// One becomes an option of the simulated cluster.
    Keep(Change),
    /// The object that stands in the form.
    Draft(String),
    /// Map and journey show what is written, or what the changes make of it.
    Show(Shown),
}

impl WhatIf {
    /// The changes that happen.
    pub fn active(&self) -> impl Iterator<Item = &Change> {
        let on = self.entries.iter().filter(|entry| entry.on);
        on.map(|entry| &entry.change)
    }

    /// Whether the changes can be seen: some happen, and what is written is not looked at instead.
    pub fn is_seen(&self) -> bool {
        self.shown == Shown::Changed && self.active().next().is_some()
    }

    /// Whether there is an edit of the list to take back.
    pub fn can_undo(&self) -> bool {
        !self.past.is_empty()
    }

    /// Whether there is one to do again.
    pub fn can_redo(&self) -> bool {
        !self.ahead.is_empty()
    }
}

pub(super) fn apply(state: &mut State, action: WhatIfAction) {
    match action {
        WhatIfAction::Add(changes) => edit(state, |entries| add(entries, changes)),
        WhatIfAction::Remove(change) => {
            edit(state, |entries| {
                entries.retain(|entry| entry.change != change);
            });
        }
        WhatIfAction::Turn(change, on) => edit(state, |entries| {
            for entry in entries.iter_mut().filter(|entry| entry.change == change) {
                entry.on = on;
            }
        }),
        WhatIfAction::TurnAll(on) => {
            edit(state, |entries| {
                entries.iter_mut().for_each(|entry| entry.on = on);
            });
        }
        WhatIfAction::Clear => edit(state, Vec::clear),
        WhatIfAction::Undo => {
            if let Some(entries) = state.whatif.past.pop() {
                let now = replace(state, entries);
                state.whatif.ahead.push(now);
            }
        }
        WhatIfAction::Redo => {
            if let Some(entries) = state.whatif.ahead.pop() {
                let now = replace(state, entries);
                state.whatif.past.push(now);
            }
        }
        WhatIfAction::Writing(change, edit) => {
            let file = state.files.get(edit.file);
            let text = file.and_then(|file| edited_text(&file.text, &edit));
            if super::findings::write(state, edit) {
                state.whatif.writing = text.map(|text| (change, text));
            }
        }
        WhatIfAction::Keep(change) => {
            if !change.set_option(&mut state.options) {
                return;
            }
            let entries = &mut state.whatif.entries;
            entries.retain(|entry| entry.change != change);
            forget_history(&mut state.whatif);
            state.revision += 1;
        }
        WhatIfAction::Draft(draft) => state.whatif.draft = draft,
        WhatIfAction::Show(shown) if state.whatif.active().next().is_some() => {
            show(state, shown);
        }
        WhatIfAction::Show(_) => {}
    }
}

/// The answer is at hand, so that no step of the other cluster stands there until it comes anew.
fn show(state: &mut State, shown: Shown) {
    if state.whatif.shown == shown {
        return;
    }
    state.whatif.shown = shown;
    state.revision += 1;
    let compared = state.whatif.compared.clone();
    if let Some((probe, Some(compared))) = compared
        && state.asked.as_ref() == Some(&probe)
    {
        let answer = match shown {
            Shown::Written => &compared.before,
            Shown::Changed => &compared.after,
        };
        super::action::trace(state, Ok(Box::new(answer.clone())));
    }
}

fn add(entries: &mut Vec<Entry>, changes: Vec<Change>) {
    for change in changes {
        let entry = Entry { change, on: true };
        let known = entries
            .iter()
            .position(|known| entry.change.replaces(&known.change));
        match known {
            Some(known) => entries[known] = entry,
            None if entries.len() < MOST => entries.push(entry),
            None => {}
        }
    }
}

fn edit(state: &mut State, change: impl FnOnce(&mut Vec<Entry>)) {
    let mut entries = state.whatif.entries.clone();
    change(&mut entries);
    if entries == state.whatif.entries {
        return;
    }
    let before = replace(state, entries);
    let whatif = &mut state.whatif;
    whatif.past.push(before);
    if whatif.past.len() > PAST {
        whatif.past.remove(0);
    }
    whatif.ahead.clear();
}

/// Gives the list that was there. What happens is another revision, what only stands on the list is not.
fn replace(state: &mut State, entries: Vec<Entry>) -> Vec<Entry> {
    let before = std::mem::replace(&mut state.whatif.entries, entries);
    // Whoever edits the list wants to see what comes of it.
    state.whatif.shown = Shown::Changed;
    // Whatever is said of the list is said of a revision, so the list alone makes one, too.
    state.revision += 1;
    before
}

/// Lists of another text, or with a change that the text has by now, are not to come back.
fn forget_history(whatif: &mut WhatIf) {
    whatif.past.clear();
    whatif.ahead.clear();
}

/// Another application is open.
pub(super) fn opened(whatif: &mut WhatIf) {
    *whatif = WhatIf::default();
}

/// The changes of a link, or of what this browser kept.
pub(super) fn restored(state: &mut State, entries: Vec<Entry>) {
    state.whatif.entries = entries;
    state.whatif.entries.truncate(MOST);
}

/// The text changed: if that is because a change was written into it, the change is no longer one.
pub(super) fn edited(whatif: &mut WhatIf, text: &str) {
    if let Some((written, expected)) = whatif.writing.take()
        && *expected == *text
    {
        whatif.entries.retain(|entry| entry.change != written);
        forget_history(whatif);
    }
}

/// What the editor then holds: it knows only one end of a line.
fn edited_text(text: &str, edit: &MendView) -> Option<Rc<str>> {
    let text = &text.replace("\r\n", "\n");
    let byte = |units: u32| byte_offset(text, units as usize);
    let (head, tail) = (text.get(..byte(edit.from))?, text.get(byte(edit.to)..)?);
    Some([head, &edit.text, tail].concat().into())
}

pub(super) fn told(state: &mut State, answer: WhatIfAnswer) {
    match answer {
        WhatIfAnswer::Compared(probe, compared) => {
            if state.asked.as_ref() == Some(&probe) {
                let compared = compared.map(|compared| Rc::new(*compared));
                state.whatif.compared = Some((probe, compared));
            }
        }
        WhatIfAnswer::Type {
            service,
            nth,
            about,
            row,
        } => {
            let types = match &mut state.whatif.types {
                Some(types) if types.service == service => types,
                types => types.insert(Types {
                    service,
                    about: None,
                    rows: Vec::new(),
                    revision: state.revision,
                    fresh: 0,
                    is_whole: false,
                }),
            };
            if nth == 0 {
                (types.revision, types.fresh, types.is_whole) = (state.revision, 0, false);
            }
            if (types.revision, types.fresh) != (state.revision, nth) {
                return;
            }
            types.about = about;
            match row {
                Some(row) => {
                    match types.rows.get_mut(nth) {
                        Some(old) => *old = Rc::new(*row),
                        None => types.rows.push(Rc::new(*row)),
                    }
                    types.fresh += 1;
                }
                None => {
                    types.rows.truncate(nth);
                    types.is_whole = true;
                }
            }
        }
    }
}

impl State {
    /// The Service whose types are compared: the chosen one, else the step's, else the one that was.
    pub fn typed_service(&self) -> Option<Name> {
        let selected = match &self.selected {
            Some(Key::Service(name) | Key::LoadBalancer(name)) => Some(name.clone()),
            _ => None,
        };
        let shown = || {
            self.whatif
                .types
                .as_ref()
                .map(|types| types.service.clone())
        };
        let of_step = || {
            let steps = &self.current_way()?.steps;
            let mut services = steps.iter().filter_map(|step| step.service.as_ref());
            services.next().map(|(name, _)| name.clone())
        };
        selected.or_else(shown).or_else(of_step)
    }

    /// What the panels of "what if" need to know.
    pub(super) fn whatif_questions(&self) -> impl Iterator<Item = Question> {
        let probe = self
            .asked
            .clone()
            .filter(|_| matches!(self.trace, Some(Ok(_))))
            .filter(|_| self.whatif.active().next().is_some());
        let compare = probe.map(WhatIfQuestion::Compare);
        let types = self
            .typed_service()
            .filter(|_| self.tab == Tab::Types)
            .and_then(|service| {
                let known = self.whatif.types.as_ref();
                let known = known
                    .filter(|types| types.service == service && types.revision == self.revision);
                let nth = match known {
                    Some(types) if types.is_whole => return None,
                    Some(types) => types.fresh,
                    None => 0,
                };
                Some(WhatIfQuestion::Types { service, nth })
            });
        [compare, types].into_iter().flatten().map(Question::WhatIf)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{documents::File, protocol::Picture, state::Action};

    fn change(text: &str) -> Change {
        text.parse().expect("a change")
    }

    fn add(text: &str) -> WhatIfAction {
        WhatIfAction::Add(vec![change(text)])
    }

    fn after(actions: impl IntoIterator<Item = WhatIfAction>) -> State {
        let mut state = State::default();
        actions
            .into_iter()
            .for_each(|action| apply(&mut state, action));
        state
    }

    /// With this text, and a picture of it.
    fn shown(text: &str, state: State) -> State {
        State {
            files: vec![File {
                name: "a.yaml".into(),
                text: text.into(),
            }],
            picture: Some(Rc::new(Picture {
                revision: state.revision,
                ..Picture::default()
            })),
            ..state
        }
    }

    fn listed(state: &State) -> Vec<String> {
        let entries = state.whatif.entries.iter();
        entries
            .map(|entry| {
                let mark = if entry.on { "" } else { "off: " };
                format!("{mark}{}", entry.change)
            })
            .collect()
    }

    #[test]
    fn of_two_changes_of_one_thing_the_newer_stands_in_the_place_of_the_older() {
        let state = after([
            add("pod/shop/web-0=not-ready"),
            add("node/n1=drained"),
            add("pod/shop/web-0=gone"),
        ]);
        assert_eq!(listed(&state), ["pod/shop/web-0=gone", "node/n1=drained"]);
        assert_eq!(state.revision, 3);
    }

    #[test]
    fn every_edit_of_the_list_can_be_taken_back_and_done_again() {
        let node = || change("node/n1=drained");
        let mut state = after([
            add("node/n1=drained"),
            WhatIfAction::Turn(node(), false),
            WhatIfAction::Clear,
        ]);
        assert!(listed(&state).is_empty());
        apply(&mut state, WhatIfAction::Undo);
        assert_eq!(listed(&state), ["off: node/n1=drained"]);
        assert_eq!(state.whatif.active().count(), 0);
        apply(&mut state, WhatIfAction::Undo);
        apply(&mut state, WhatIfAction::Undo);
        assert!(listed(&state).is_empty() && !state.whatif.can_undo());
        apply(&mut state, WhatIfAction::Redo);
        assert_eq!(listed(&state), ["node/n1=drained"]);
        // Another edit: what was taken back is gone for good.
        apply(&mut state, WhatIfAction::TurnAll(false));
        assert!(!state.whatif.can_redo());
    }

    #[test]
    fn an_edit_that_changes_nothing_is_none() {
        let state = after([add("node/n1=drained"), add("node/n1=drained")]);
        assert_eq!(state.revision, 1);
        let state = after([WhatIfAction::Clear, WhatIfAction::Undo]);
        assert_eq!(state.revision, 0);
    }

    #[test]
    fn a_list_ends_somewhere() {
        let changes = (0..99).map(|nth| change(&format!("node/n{nth}=gone")));
        let state = after([WhatIfAction::Add(changes.collect())]);
        assert_eq!(state.whatif.entries.len(), MOST);
    }

    #[test]
    fn what_is_written_is_looked_at_and_the_list_stays_as_it_is() {
        let written = || WhatIfAction::Show(Shown::Written);
        let mut state = after([add("node/n1=drained"), written()]);
        assert_eq!(listed(&state), ["node/n1=drained"]);
        assert!(!state.whatif.is_seen());
        assert_eq!(state.revision, 2);
        apply(&mut state, WhatIfAction::Show(Shown::Changed));
        assert!(state.whatif.is_seen());
        // Another edit is to be seen; where nothing happens, there is one cluster only.
        [written(), add("node/n2=gone")]
            .into_iter()
            .for_each(|action| apply(&mut state, action));
        assert!(state.whatif.is_seen());
        assert_eq!(after([written()]).whatif.shown, Shown::Changed);
    }

    #[test]
    fn what_was_written_leaves_the_list_when_the_text_has_it() {
        let text = "é: 🦀\nreplicas: 2\n";
        let edit = MendView {
            from: 16,
            to: 17,
            text: "5".into(),
            ..mend()
        };
        let list = [add("deployment/a/b=5"), add("node/n1=gone")];
        let mut state = shown(text, after(list));
        let writing = || WhatIfAction::Writing(change("deployment/a/b=5"), edit.clone());
        apply(&mut state, writing());
        assert_eq!(state.whatif.entries.len(), 2);
        let with = text.replace('2', "5");
        super::super::action::apply(&mut state, Action::Edited(with.as_str().into()));
        assert_eq!(listed(&state), ["node/n1=gone"]);
    }

    #[test]
    fn somebody_types_something_else_and_nothing_leaves_the_list() {
        let mut state = shown("a", after([add("deployment/a/b=5")]));
        apply(
            &mut state,
            WhatIfAction::Writing(change("deployment/a/b=5"), mend()),
        );
        super::super::action::apply(&mut state, Action::Edited("b".into()));
        assert_eq!(listed(&state), ["deployment/a/b=5"]);
        assert_eq!(state.whatif.writing, None);
    }

    #[test]
    fn an_option_that_is_kept_is_no_change_any_more() {
        let state = after([
            add("cluster/load-balancer=none"),
            WhatIfAction::Keep(change("cluster/load-balancer=none")),
        ]);
        assert!(listed(&state).is_empty());
        assert_eq!(
            state.options.load_balancer,
            switchboard_engine::cluster::LoadBalancerProvider::None
        );
    }

    #[test]
    fn types_come_one_by_one_and_begin_anew_with_another_text() {
        let service = Name {
            namespace: "shop".into(),
            name: "web".into(),
        };
        let none = |nth| WhatIfAnswer::Type {
            service: Name {
                namespace: "shop".into(),
                name: "web".into(),
            },
            nth,
            about: None,
            row: None,
        };
        let mut state = State {
            tab: Tab::Types,
            selected: Some(Key::Service(service.clone())),
            ..State::default()
        };
        let question = |state: &State| state.whatif_questions().next();
        let first = WhatIfQuestion::Types { service, nth: 0 };
        assert_eq!(question(&state), Some(Question::WhatIf(first.clone())));
        told(&mut state, none(0));
        assert_eq!(question(&state), None);
        state.revision += 1;
        assert_eq!(question(&state), Some(Question::WhatIf(first)));
    }

    fn mend() -> MendView {
        MendView {
            title: String::new(),
            file: 0,
            from: 0,
            to: 0,
            text: String::new(),
            line: 1,
            line_from: 0,
            before: String::new(),
            after: String::new(),
        }
    }
}

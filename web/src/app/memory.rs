//! What survives a reload, a crash and a full storage: workspaces and the theme. They stay in this browser.
//!
//! What is kept has no values of Secrets in it. What happens between two tabs is decided in [`crate::workspaces`].

use std::{cell::RefCell, rc::Rc};

use gloo::{events::EventListener, timers::callback::Timeout};
use web_sys::Storage;
use yew::prelude::*;

use crate::{
    panels::Dispatch,
    samples::SAMPLES,
    share::Shared,
    state::{Action, Dialog, KeepAction, LessonAction, Notice, State, Theme},
    words,
    workspaces::{self, Entry, Full, Store, Wish, Written},
};

/// A pause this long, in milliseconds, before anything is written.
const PAUSE: u32 = 400;
/// No browser keeps more in bytes: not worth the pause that trying would be.
const LARGEST: usize = 12_000_000;
const THEME: &str = "switchboard.theme";
/// Which workspace this tab shows: a tab's own.
const SHOWN: &str = "switchboard.workspace";
/// Where there was one text and no workspaces.
const OLDER: &str = "switchboard";

/// `localStorage`, or nothing where the browser forbids it.
struct Kept(Option<Storage>);

fn kept() -> Kept {
    Kept(gloo::utils::window().local_storage().ok().flatten())
}

impl Store for Kept {
    fn get(&self, key: &str) -> Option<String> {
        self.0.as_ref()?.get_item(key).ok().flatten()
    }

    fn set(&self, key: &str, value: &str) -> bool {
        self.0
            .as_ref()
            .is_some_and(|storage| storage.set_item(key, value).is_ok())
    }

    fn remove(&self, key: &str) {
        if let Some(storage) = &self.0 {
            // A key can always be taken away.
            let _ = storage.remove_item(key);
        }
    }

    fn keys(&self) -> Vec<String> {
        let Some(storage) = &self.0 else {
            return Vec::new();
        };
        let length = storage.length().unwrap_or_default();
        (0..length)
            .filter_map(|nth| storage.key(nth).ok().flatten())
            .collect()
    }
}

fn shown() -> Option<Storage> {
    gloo::utils::window().session_storage().ok().flatten()
}

/// An id that nothing has.
pub(super) fn fresh() -> String {
    let random = (js_sys::Math::random() * 1e15).floor();
    format!("{:.0}-{random:.0}", js_sys::Date::now())
}

/// The theme, and what this tab showed last; else what was written last; on a first visit, the first sample with its
/// packet on the way.
pub(super) fn recall(dispatch: &Dispatch) {
    let store = kept();
    if let Some(theme) = store.get(THEME).as_deref().and_then(theme_of) {
        dispatch.emit(Action::Theme(theme));
    }
    let older = store.get(OLDER);
    if let Some(text) = older {
        adopt(&store, &text);
    }
    let mine = shown().and_then(|storage| storage.get_item(SHOWN).ok().flatten());
    let entry = mine
        .and_then(|id| workspaces::entry(&store, &id))
        .or_else(|| workspaces::list(&store).into_iter().next());
    let found = entry.and_then(|entry| Some((workspaces::read(&store, &entry.id)?, entry)));
    match found {
        Some((shared, entry)) => open(dispatch, shared, entry),
        None => {
            dispatch.emit(Action::Keep(KeepAction::Named(new_entry(
                &store,
                words::keep::WORKSPACE,
            ))));
            if let Some(first) = SAMPLES.first() {
                dispatch.emit(first.open());
            }
        }
    }
}

fn open(dispatch: &Dispatch, shared: Shared, entry: Entry) {
    let sample = shared.sample.clone();
    dispatch.emit(Action::Keep(KeepAction::Named(entry)));
    dispatch.emit(Action::Keep(KeepAction::Open(Box::new(shared))));
    dispatch.emit(Action::Keep(KeepAction::Sample(sample)));
}

/// The one text of an older version becomes the first workspace.
fn adopt(store: &Kept, text: &str) {
    if let Ok(shared) = Shared::read(text) {
        let entry = new_entry(store, words::keep::WORKSPACE);
        if workspaces::write(
            store,
            &entry,
            &shared.text(),
            &entry.id,
            js_sys::Date::now(),
        )
        .is_err()
        {
            return;
        }
    }
    store.remove(OLDER);
}

fn new_entry(store: &Kept, name: &str) -> Entry {
    Entry {
        id: fresh(),
        name: workspaces::free_name(store, name),
        ..Entry::default()
    }
}

/// Opens what a link holds, in a workspace of its own: what was there stays.
pub(super) fn open_shared(dispatch: &Dispatch, shared: Shared, name: &str) {
    let entry = new_entry(&kept(), name);
    open(dispatch, shared, entry);
}

/// Does it.
pub(super) fn fulfil(wish: Wish, state: &State, dispatch: &Dispatch) {
    let store = kept();
    // Nothing that was typed a moment ago is left behind.
    let shown = if wish == Wish::List {
        None
    } else {
        keep(state, dispatch)
    };
    let shown = shown.unwrap_or_else(|| state.keep.workspace.clone());
    match wish {
        Wish::List => {}
        Wish::New => {
            dispatch.emit(Action::Keep(KeepAction::Named(new_entry(
                &store,
                words::keep::WORKSPACE,
            ))));
            dispatch.emit(Action::Lesson(LessonAction::Close));
            dispatch.emit(Action::Opened {
                files: Vec::new(),
                sample: None,
                options: Default::default(),
                probe: None,
            });
            dispatch.emit(Action::Keep(KeepAction::Dialog(None)));
        }
        Wish::Open(id) => {
            if let Some(entry) = workspaces::entry(&store, &id)
                && let Some(shared) = workspaces::read(&store, &id)
            {
                open(dispatch, shared, entry);
            }
        }
        Wish::Rename(id, name) => {
            let name = name.trim();
            if !name.is_empty() && !workspaces::rename(&store, &id, name) {
                trouble(dispatch, words::keep::FULL);
            }
            if id == shown.id
                && let Some(entry) = workspaces::entry(&store, &id)
            {
                dispatch.emit(Action::Keep(KeepAction::Named(entry)));
            }
        }
        Wish::Duplicate(id) => {
            if workspaces::duplicate(&store, &id, &fresh(), js_sys::Date::now()).is_err() {
                trouble(dispatch, words::keep::FULL);
            }
        }
        Wish::Delete(id) => workspaces::delete(&store, &id),
    }
    dispatch.emit(Action::Keep(KeepAction::Listed(workspaces::list(&store))));
}

/// Keeps what is there after each pause, and when the page goes away.
#[hook]
pub(super) fn use_memory(state: &Rc<State>, dispatch: &Dispatch) {
    let newest = use_mut_ref(|| Rc::clone(state));
    *newest.borrow_mut() = Rc::clone(state);
    let due = use_mut_ref(|| false);
    {
        let (state, dispatch, due) = (Rc::clone(state), dispatch.clone(), Rc::clone(&due));
        let newest = Rc::clone(&newest);
        let what = (
            state.revision,
            state.asked.clone(),
            state.follow.sent.len(),
            state.options.clone(),
            state.view.clone(),
            state.keep.workspace.id.clone(),
        );
        use_effect_with(what, move |_| {
            // Nothing is there before the first text was opened; what is shown inside another page is that page's.
            let wanted = !state.files.is_empty() && !state.keep.embedded;
            *due.borrow_mut() = wanted;
            let timer = wanted.then(|| {
                Timeout::new(PAUSE, move || {
                    *due.borrow_mut() = false;
                    // The stamp may have changed since.
                    let state = Rc::clone(&newest.borrow());
                    keep(&state, &dispatch);
                })
            });
            move || drop(timer)
        });
    }
    {
        let (newest, dispatch): (Rc<RefCell<Rc<State>>>, Dispatch) = (newest, dispatch.clone());
        use_effect_with((), move |()| {
            let listener = EventListener::new(&gloo::utils::window(), "pagehide", move |_| {
                if std::mem::take(&mut *due.borrow_mut()) {
                    let state = Rc::clone(&newest.borrow());
                    keep(&state, &dispatch);
                }
            });
            move || drop(listener)
        });
    }
    use_effect_with(state.theme, |theme| {
        let name = match theme {
            Theme::System => return kept().remove(THEME),
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        // Without room the theme is the system's after a reload.
        kept().set(THEME, name);
    });
}

fn theme_of(name: &str) -> Option<Theme> {
    match name {
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

/// Keeps what is shown, and says as what.
fn keep(state: &State, dispatch: &Dispatch) -> Option<Entry> {
    if state.files.is_empty() || state.keep.embedded {
        return None;
    }
    let length: usize = state.files.iter().map(|file| file.text.len()).sum();
    if length > LARGEST {
        trouble(dispatch, words::keep::FULL);
        return None;
    }
    let store = kept();
    let (shared, _) = Shared::of(state);
    let mut mine = state.keep.workspace.clone();
    let is_lesson = state.lessons.open.is_some();
    let is_sample = state.sample.is_some() || is_lesson;
    // Neither a sample nor a lesson takes the place of somebody's own work.
    let there = workspaces::entry(&store, &mine.id);
    if is_sample && there.is_some_and(|there| !there.is_sample) {
        mine = new_entry(
            &store,
            if is_lesson {
                words::keep::LESSON
            } else {
                words::keep::WORKSPACE
            },
        );
    }
    mine.is_sample = is_sample;
    let now = js_sys::Date::now();
    let entry = match workspaces::write(&store, &mine, &shared.text(), &fresh(), now) {
        Ok(Written::Here(entry)) => entry,
        Ok(Written::Beside(entry)) => {
            trouble(dispatch, &words::keep::beside(&entry.name));
            entry
        }
        Err(Full) => {
            trouble(dispatch, words::keep::FULL);
            return None;
        }
    };
    named(dispatch, entry.clone());
    // Somebody looks at the list in which it stands from now on.
    if state.keep.dialog == Some(Dialog::Workspaces) {
        dispatch.emit(Action::Keep(KeepAction::Listed(workspaces::list(&store))));
    }
    Some(entry)
}

fn named(dispatch: &Dispatch, entry: Entry) {
    if let Some(storage) = shown() {
        // Without it another tab's choice is shown after a reload.
        let _ = storage.set_item(SHOWN, &entry.id);
    }
    dispatch.emit(Action::Keep(KeepAction::Named(entry)));
}

fn trouble(dispatch: &Dispatch, text: &str) {
    dispatch.emit(Action::Notice(Some(Notice {
        text: text.to_owned(),
        is_trouble: true,
    })));
}

//! Lessons and the browser: what is kept, links, keys of a presenter's remote.

use std::{collections::BTreeSet, rc::Rc};

use gloo::{
    events::{EventListener, EventListenerOptions},
    storage::{LocalStorage, Storage},
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::KeyboardEvent;
use yew::prelude::*;

use super::{arrival, keys};
use crate::{
    panels::Dispatch,
    protocol::LessonAnswer,
    state::{Action, LessonAction, Notice, PresentAction, Stage, State, Veil, Wanted, stage},
    words,
};

const KEY: &str = "switchboard-lessons";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    done: BTreeSet<String>,
    open: Option<KeptLesson>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct KeptLesson {
    id: String,
    step: usize,
    text: Option<String>,
    path: Option<String>,
    veil: Veil,
}

impl From<KeptLesson> for Wanted {
    fn from(kept: KeptLesson) -> Self {
        Self {
            id: kept.id,
            text: kept.text,
            path: kept.path,
            step: kept.step,
            left: Some(kept.veil),
        }
    }
}

/// What the worker answers.
pub(super) fn hear(answer: LessonAnswer, dispatch: &Dispatch) {
    dispatch.emit(Action::Lesson(match answer {
        LessonAnswer::Read { id, lesson } => LessonAction::Read(id, lesson),
        LessonAnswer::Listed { about } => LessonAction::Listed(about),
        LessonAnswer::Status { revision, checks } => LessonAction::Status(revision, checks),
    }));
}

/// Recalls what was done, opens what the address asks for, and keeps progress in this browser. A page inside another one
/// has no lessons.
#[hook]
pub(super) fn use_lessons(state: &Rc<State>, dispatch: &Dispatch) {
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let listener = (!arrival::is_embedded()).then(|| {
                begin(&dispatch);
                EventListener::new(&gloo::utils::window(), "hashchange", move |_| {
                    if let Some(wanted) = linked() {
                        dispatch.emit(Action::Lesson(LessonAction::Open(wanted)));
                    }
                })
            });
            move || drop(listener)
        });
    }
    let lessons = state.lessons.clone();
    let what = (
        lessons.done.clone(),
        lessons.step,
        lessons.open.as_ref().map(|lesson| lesson.id.clone()),
        lessons.veil,
        lessons.offered,
    );
    // The first time is before anything was recalled.
    let first = use_mut_ref(|| true);
    let is_embedded = state.keep.embedded;
    use_effect_with(what, move |_| {
        if first.replace(false) || lessons.wanted.is_some() || lessons.offered || is_embedded {
            return;
        }
        let open = lessons.open.as_ref().map(|lesson| KeptLesson {
            id: lesson.id.clone(),
            step: lessons.step,
            text: lesson.own.clone(),
            path: lesson.path.clone(),
            veil: lessons.veil,
        });
        // Progress that a full browser cannot keep is no loss of text.
        let _ = LocalStorage::set(
            KEY,
            Kept {
                done: lessons.done,
                open,
            },
        );
    });
}

/// What was done, and the lesson of the address; without one, that which was left open.
fn begin(dispatch: &Dispatch) {
    let kept: Option<Kept> = LocalStorage::get(KEY).ok();
    let first_visit = kept.is_none();
    let Kept { done, open } = kept.unwrap_or_default();
    dispatch.emit(Action::Lesson(LessonAction::Recall(done)));
    let search = gloo::utils::window().location().search();
    let path = search.ok().and_then(|search| {
        let path = search.strip_prefix("?scenario=")?;
        Some(path.to_owned())
    });
    let wanted = linked();
    dispatch.emit(Action::Lesson(LessonAction::Offer(
        first_visit && wanted.is_none() && path.is_none(),
    )));
    match (wanted, path) {
        (Some(wanted), _) => dispatch.emit(Action::Lesson(LessonAction::Open(wanted))),
        (None, Some(path)) => fetch(path, open, dispatch.clone()),
        (None, None) => {
            if let Some(open) = open {
                dispatch.emit(Action::Lesson(LessonAction::Open(open.into())));
            }
        }
    }
}

/// What the address asks for: `#lesson=ID&step=N`. It is taken out of the address, so that a reload goes on where one is.
fn linked() -> Option<Wanted> {
    let id = fragment("lesson")?;
    let wanted = Wanted::shipped(&id, step().unwrap_or(0));
    arrival::forget_fragment();
    Some(wanted)
}

fn step() -> Option<usize> {
    let step: usize = fragment("step")?.parse().ok()?;
    Some(step.saturating_sub(1))
}

fn fragment(name: &str) -> Option<String> {
    let hash = gloo::utils::window().location().hash().unwrap_or_default();
    hash.trim_start_matches('#')
        .split('&')
        .filter_map(|part| part.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Whether a path stays below the page: no scheme, no host, no way up.
fn is_beside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with(['/', '\\'])
        && !path.contains([':', '\\', '%', '?', '#', '&'])
        && path.split('/').all(|part| part != "..")
        && path.ends_with(".md")
}

/// Opens the scenario that lies at this path: where it was left, if it is the same text as then.
fn fetch(path: String, left: Option<KeptLesson>, dispatch: Dispatch) {
    let trouble = |text: String| {
        Action::Notice(Some(Notice {
            text,
            is_trouble: true,
        }))
    };
    if !is_beside(&path) {
        dispatch.emit(trouble(words::page::no_path(&path)));
        return;
    }
    let step = step();
    spawn_local(async move {
        let Some(text) = text(&path).await else {
            dispatch.emit(trouble(words::page::nothing_at(&path)));
            return;
        };
        let left = left.filter(|left| {
            step.is_none() && left.path.as_ref() == Some(&path) && left.text.as_ref() == Some(&text)
        });
        if step.is_some() {
            arrival::forget_fragment();
        }
        let wanted = left.map_or_else(
            || Wanted {
                step: step.unwrap_or(0),
                path: Some(path.clone()),
                ..Wanted::file(&path, text.clone())
            },
            Wanted::from,
        );
        dispatch.emit(Action::Lesson(LessonAction::Open(wanted)));
    });
}

async fn text(path: &str) -> Option<String> {
    let window = gloo::utils::window();
    let answer = JsFuture::from(window.fetch_with_str(&format!("./{path}")))
        .await
        .ok()?;
    let answer: web_sys::Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}

/// Keys of a presenter's remote and of a keyboard, while a lesson is presented. On the cluster the arrows walk through
/// the journey, as they do everywhere; the remote's keys always change the slide.
#[hook]
pub(super) fn use_remote(state: &Rc<State>, dispatch: &Dispatch) {
    let stage = stage(state);
    // A dialog has keys of its own.
    let is_heard = stage != Stage::Page && state.keep.dialog.is_none();
    let dispatch = dispatch.clone();
    use_effect_with((is_heard, stage), move |(is_heard, stage)| {
        let on_cluster = *stage == Stage::Cluster;
        let listener = is_heard.then(|| {
            // Before the journey's own keys hear it.
            let options = EventListenerOptions {
                phase: gloo::events::EventListenerPhase::Capture,
                passive: false,
            };
            EventListener::new_with_options(
                &gloo::utils::document(),
                "keydown",
                options,
                move |event| {
                    let event: &KeyboardEvent = event.unchecked_ref();
                    let Some(action) = remote(event, on_cluster) else {
                        return;
                    };
                    event.prevent_default();
                    event.stop_propagation();
                    dispatch.emit(Action::Lesson(LessonAction::Present(action)));
                },
            )
        });
        move || drop(listener)
    });
}

fn remote(event: &KeyboardEvent, on_cluster: bool) -> Option<PresentAction> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    match event.key().as_str() {
        "PageDown" => Some(PresentAction::Next),
        "PageUp" => Some(PresentAction::Back),
        // The remote's key for the show: once more, and it ends.
        "F5" => Some(PresentAction::End),
        "Escape" => Some(PresentAction::Leave),
        _ if keys::is_typing(event) => None,
        "ArrowRight" if !on_cluster => Some(PresentAction::Next),
        "ArrowLeft" if !on_cluster => Some(PresentAction::Back),
        "b" | "." => Some(PresentAction::Blank),
        "l" => Some(PresentAction::Link),
        "o" => Some(PresentAction::Pointer),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::is_beside;

    #[test]
    fn a_scenario_lies_beside_the_page() {
        assert!(is_beside("workshop/one.md") && is_beside("one.md"));
        for path in [
            "https://elsewhere.example/x.md",
            "//elsewhere.example/x.md",
            "/x.md",
            "../x.md",
            "a/../../x.md",
            "a%2f..%2fx.md",
            "\\\\x\\y.md",
            "x.txt",
            "",
        ] {
            assert!(!is_beside(path), "{path}");
        }
    }
}

//! Lessons and the browser: what the worker is asked, what is kept, links, keys of a presenter's remote.

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

use crate::{
    panels::Dispatch,
    protocol::{LessonAnswer, LessonQuestion, Question},
    state::{Action, LessonAction, Notice, PresentAction, State, Wanted},
};

const KEY: &str = "switchboard-lessons";

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    done: BTreeSet<String>,
    open: Option<KeptLesson>,
}

#[derive(Debug, Serialize, Deserialize)]
struct KeptLesson {
    id: String,
    step: usize,
    text: Option<String>,
}

/// Asks the worker for the lesson that is wanted and for the state of its task.
#[hook]
pub(super) fn use_questions(state: &Rc<State>, ask: impl Fn(Question) + Clone + 'static) {
    {
        let ask = ask.clone();
        use_effect_with(state.lessons.wanted.clone(), move |wanted| {
            if let Some(wanted) = wanted {
                ask(Question::Lesson(LessonQuestion::Read {
                    id: wanted.id.clone(),
                    text: wanted.text.clone(),
                }));
            }
        });
    }
    let current = state.is_current().then_some(state.revision);
    let open = state.lessons.open.as_ref().map(|lesson| lesson.id.clone());
    let checks = state.lessons.task().map(|task| task.checks.clone());
    // A step that begins again forgets how its checks stood.
    let unknown = state.lessons.status.is_none();
    use_effect_with(
        (current, open, state.lessons.step, unknown),
        move |(current, ..)| {
            if let (Some(_), Some(checks)) = (current, checks) {
                ask(Question::Lesson(LessonQuestion::Status { checks }));
            }
        },
    );
}

/// What the worker answers.
pub(super) fn hear(answer: LessonAnswer, dispatch: &Dispatch) {
    dispatch.emit(Action::Lesson(match answer {
        LessonAnswer::Read { id, lesson } => LessonAction::Read(id, lesson),
        LessonAnswer::Status { revision, checks } => LessonAction::Status(revision, checks),
    }));
}

/// Recalls what was done, opens what the address asks for, and keeps progress in this browser.
#[hook]
pub(super) fn use_lessons(state: &Rc<State>, dispatch: &Dispatch) {
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            let kept: Option<Kept> = LocalStorage::get(KEY).ok();
            let first_visit = kept.is_none();
            let kept = kept.unwrap_or_default();
            dispatch.emit(Action::Lesson(LessonAction::Recall(kept.done)));
            dispatch.emit(Action::Lesson(LessonAction::Offer(first_visit)));
            if !follow(&dispatch)
                && let Some(open) = kept.open
            {
                dispatch.emit(Action::Lesson(LessonAction::Open(Wanted {
                    id: open.id,
                    text: open.text,
                    step: open.step,
                    keep: true,
                })));
            }
            let window = gloo::utils::window();
            let listener = EventListener::new(&window, "hashchange", move |_| {
                follow(&dispatch);
            });
            move || drop(listener)
        });
    }
    let lessons = state.lessons.clone();
    let what = (
        lessons.done.clone(),
        lessons.step,
        lessons.open.as_ref().map(|lesson| lesson.id.clone()),
        lessons.offered,
    );
    // The first time is before anything was recalled.
    let first = use_mut_ref(|| true);
    use_effect_with(what, move |_| {
        if first.replace(false) || lessons.wanted.is_some() || lessons.offered {
            return;
        }
        let open = lessons.open.as_ref().map(|lesson| KeptLesson {
            id: lesson.id.clone(),
            step: lessons.step,
            text: lesson.own.clone(),
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

/// Opens what the address asks for: `#lesson=ID&step=N`, or `?scenario=PATH` beside the page.
fn follow(dispatch: &Dispatch) -> bool {
    let location = gloo::utils::window().location();
    let hash = location.hash().unwrap_or_default();
    let part = |name: &str| {
        let parts = hash.trim_start_matches('#').split('&');
        parts
            .filter_map(|part| part.split_once('='))
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.to_owned())
    };
    let step = part("step")
        .and_then(|step| step.parse::<usize>().ok())
        .unwrap_or(1)
        .saturating_sub(1);
    if let Some(id) = part("lesson") {
        dispatch.emit(Action::Lesson(LessonAction::Open(Wanted {
            id,
            text: None,
            step,
            keep: false,
        })));
        return true;
    }
    let search = location.search().unwrap_or_default();
    let Some(path) = search.strip_prefix("?scenario=") else {
        return false;
    };
    fetch(path.to_owned(), step, dispatch.clone());
    true
}

/// Whether a path stays below the page: no scheme, no host, no way up.
fn is_beside(path: &str) -> bool {
    !path.is_empty()
        && !path.starts_with(['/', '\\'])
        && !path.contains([':', '\\', '%', '?', '#', '&'])
        && path.split('/').all(|part| part != "..")
        && path.ends_with(".md")
}

fn fetch(path: String, step: usize, dispatch: Dispatch) {
    let trouble = |text: String| {
        Action::Notice(Some(Notice {
            text,
            is_trouble: true,
        }))
    };
    if !is_beside(&path) {
        dispatch.emit(trouble(format!(
            "`{path}` is no path of a .md file beside this page."
        )));
        return;
    }
    spawn_local(async move {
        match text(&path).await {
            Some(text) => dispatch.emit(open_text(&path, text, step)),
            None => dispatch.emit(trouble(format!("There is no {path} beside this page."))),
        }
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

/// Opens a text as a lesson, by the name of its file.
pub(super) fn open_text(file: &str, text: String, step: usize) -> Action {
    let name = file.rsplit('/').next().unwrap_or(file);
    Action::Lesson(LessonAction::Open(Wanted {
        id: format!("own:{}", name.trim_end_matches(".md")),
        text: Some(text),
        step,
        keep: false,
    }))
}

/// Keys of a presenter's remote and of a keyboard, while a lesson is presented.
#[hook]
pub(super) fn use_remote(state: &Rc<State>, dispatch: &Dispatch) {
    let presenting = state.lessons.presenting.is_some();
    let dispatch = dispatch.clone();
    use_effect_with(presenting, move |presenting| {
        let listener = presenting.then(|| {
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
                    let key: &KeyboardEvent = event.unchecked_ref();
                    if key.ctrl_key() || key.meta_key() || key.alt_key() {
                        return;
                    }
                    let action = match key.key().as_str() {
                        "PageDown" | "ArrowRight" => PresentAction::Next,
                        "PageUp" | "ArrowLeft" => PresentAction::Back,
                        "b" | "." => PresentAction::Blank,
                        "l" => PresentAction::Link,
                        "o" => PresentAction::Pointer,
                        "Escape" | "F5" => PresentAction::End,
                        _ => return,
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

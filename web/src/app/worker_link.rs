//! Between state and worker: what is shown decides what is asked, answers become actions.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::asked::{Asked, Losses};
use crate::{
    browser,
    panels::Dispatch,
    protocol::{Answer, Engine, Kind, Question},
    state::{Action, Coming, KeepAction, Notice, State, Told},
    words,
    worker_client::{Event, Failure, Rehearsed, WorkerClient},
};

/// What the worker was last told; `None`: nothing yet.
type Known = Rc<RefCell<Option<Told>>>;

/// Starts the worker and keeps it asked.
#[hook]
pub(super) fn use_worker(state: &Rc<State>, dispatch: &Dispatch) {
    let told: Known = use_mut_ref(|| None);
    let losses = use_reducer(Losses::default);
    let worker = {
        let (told, losses, dispatch) = (Rc::clone(&told), losses.dispatcher(), dispatch.clone());
        let slot = use_mut_ref(|| None::<WorkerClient<Engine>>);
        slot.borrow_mut()
            .get_or_insert_with(|| {
                WorkerClient::new(&worker_url(), rehearsed(), move |event| {
                    hear(event, &told, &losses, &dispatch);
                })
            })
            .clone()
    };
    {
        let worker = worker.clone();
        use_effect_with((), move |()| {
            // What a first visit only looks at needs no engine; whatever is done next does.
            spawn_local(async move {
                browser::somebody().await;
                worker.wake();
            });
        });
    }
    {
        let worker = worker.clone();
        // Somebody waits for it: it is on its way, or was to be fetched again.
        use_effect_with(state.keep.coming == Coming::Awaited, move |is_awaited| {
            if *is_awaited {
                worker.wake();
            }
        });
    }
    let ask = move |question| worker.ask(question);

    {
        let (ask, state, told) = (ask.clone(), Rc::clone(state), Rc::clone(&told));
        let again = losses.again(Kind::Documents, Some(state.revision));
        use_effect_with((state.revision, again), move |_| {
            if !state.files.is_empty() {
                let mut told = told.borrow_mut();
                ask(state.documents(told.as_ref()));
                *told = Some(state.told());
            }
        });
    }
    {
        let ask = ask.clone();
        use_effect_with(state.map_view(), move |view| {
            if let Some(told) = told.borrow_mut().as_mut()
                && told.view != *view
            {
                told.view = view.clone();
                ask(Question::Map { view: view.clone() });
            }
        });
    }
    let asked = use_mut_ref(Asked::default);
    use_effect_with((state.wants(), losses), move |(wants, losses)| {
        for question in asked.borrow_mut().news(wants, losses) {
            ask(question);
        }
    });
}

fn hear(
    event: Event<Engine>,
    told: &Known,
    losses: &UseReducerDispatcher<Losses>,
    dispatch: &Dispatch,
) {
    let come = |coming| dispatch.emit(Action::Keep(KeepAction::Coming(coming)));
    match event {
        Event::Awaited => come(Coming::Awaited),
        Event::Ready => come(Coming::Quiet),
        Event::Missing => come(Coming::Missing),
        Event::Answered(answer) => match answer {
            Answer::Picture(picture) => dispatch.emit(Action::Picture(picture)),
            Answer::SendWhole => {
                *told.borrow_mut() = None;
                losses.dispatch((None, None));
            }
            Answer::Map { revision, drawing } => dispatch.emit(Action::Map(revision, drawing)),
            Answer::Trace { revision, answer } => dispatch.emit(Action::Trace(revision, answer)),
            Answer::Detail { revision, detail } => dispatch.emit(Action::Detail(revision, detail)),
            Answer::Follow { revision, answer } => {
                dispatch.emit(Action::Told(revision, Box::new(answer)));
            }
            Answer::Lesson(answer) => super::lesson::hear(answer, dispatch),
            Answer::Findings(answer) => super::findings::hear(answer, dispatch),
            Answer::Found {
                revision,
                text,
                matches,
            } => dispatch.emit(Action::Found(revision, text, matches)),
        },
        Event::Lost {
            failure,
            during,
            restarted,
        } => {
            let about = told.borrow_mut().take().map(|told| told.revision);
            dispatch.emit(Action::Keep(KeepAction::Crashed(report(&failure, during))));
            dispatch.emit(Action::Notice(Some(Notice {
                text: words::page::engine_ended(
                    &failure,
                    during == Some(Kind::Documents),
                    restarted,
                ),
                is_trouble: true,
            })));
            if restarted {
                losses.dispatch((about, during));
            }
        }
    }
}

/// What to tell the makers: nothing in it comes from a manifest. Of a panic only the place: its message may quote text.
fn report(failure: &Failure, during: Option<Kind>) -> String {
    let what = match failure {
        Failure::Crashed(text) => {
            let first = text.lines().next().unwrap_or_default();
            words::page::crashed_at(first.strip_prefix("panicked at "))
        }
        Failure::OverBudget(budget) => words::page::ended_after(*budget),
    };
    let question = during.map(|kind| format!("{kind:?}"));
    words::page::during(&what, question.as_deref())
}

/// The worker's script, marked with the build that this page belongs to (written by `web/hooks/finish_page.mjs`).
fn worker_url() -> String {
    format!("./worker_boot.js?v={}", build())
}

/// The build's mark.
pub(super) fn build() -> String {
    meta("build").unwrap_or_default()
}

/// What was answered when the page was built ([`crate::rehearsal`]); nothing in builds for development.
fn rehearsed() -> Rehearsed {
    let text = meta("rehearsed").unwrap_or_default();
    // A byte is the character's low byte.
    let bytes: Vec<u8> = text.chars().map(|it| u32::from(it) as u8).collect();
    Rehearsed::read(&bytes)
}

/// What `web/hooks/finish_page.mjs` wrote into the page under this name.
fn meta(name: &str) -> Option<String> {
    let meta = gloo::utils::document().query_selector(&format!("meta[name={name}]"));
    meta.ok().flatten()?.get_attribute("content")
}

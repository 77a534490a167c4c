//! The projector: one thing at a time, in large type, driven by a presenter's remote; and the speaker's own window.

use std::rc::Rc;

use gloo::{events::EventListener, timers::callback::Interval};
use serde::{Deserialize, Serialize};
use switchboard_engine::scenario::prose::Prose;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent};
use yew::prelude::*;

use super::{
    prose::{blocks, prose, words},
    question::{find, outcome},
    to,
};
use crate::{
    panels::Dispatch,
    protocol::Right,
    state::{Given, LessonAction, Part, PresentAction, Slide, State, slide, slides},
};
use switchboard_engine::scenario::question::Answering;

/// Both windows know each other by this name.
const CHANNEL: &str = "switchboard-notes";

/// What the speaker's window is told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Told {
    lesson: String,
    step: String,
    place: String,
    notes: Option<Prose>,
    task: Vec<Prose>,
    minutes: Option<u16>,
}

/// What the projector shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct PresentProps {
    /// Everything.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The projector.
#[function_component]
pub fn Present(props: &PresentProps) -> Html {
    let PresentProps { state, dispatch } = props;
    tell(state);
    let spot = use_node_ref();
    let pointer = state
        .lessons
        .presenting
        .as_ref()
        .is_some_and(|it| it.pointer);
    {
        let spot = spot.clone();
        use_effect_with(pointer, move |pointer| {
            let listener = pointer.then(|| {
                EventListener::new(&gloo::utils::document(), "pointermove", move |event| {
                    let event: &web_sys::PointerEvent = event.unchecked_ref();
                    if let Some(spot) = spot.cast::<web_sys::HtmlElement>() {
                        let style = spot.style();
                        // A custom property with a length is always accepted.
                        let _ = style.set_property("--x", &format!("{}px", event.client_x()));
                        let _ = style.set_property("--y", &format!("{}px", event.client_y()));
                    }
                })
            });
            move || drop(listener)
        });
    }
    let (Some(presenting), Some(slide), Some(lesson), Some(step)) = (
        &state.lessons.presenting,
        slide(state),
        &state.lessons.open,
        state.lessons.current(),
    ) else {
        return Html::default();
    };
    let count = slides(state).len();
    let on_cluster = slide == Slide::Cluster && !presenting.blank && !presenting.link;
    let content = if presenting.blank {
        Html::default()
    } else if presenting.link {
        link(&lesson.id, state.lessons.step, lesson.own.is_some())
    } else {
        html! {
            <>
                <h2>{ &step.title }</h2>
                { content(state, &slide) }
            </>
        }
    };
    html! {
        <>
            <section
                class={classes!("present", on_cluster.then_some("on-cluster"), presenting.blank.then_some("blank"))}
                aria-label="Presentation"
            >
                if !on_cluster {
                    <div class="slide" aria-live="polite">{ content }</div>
                }
                <footer class="present-foot">
                    <span>{ &lesson.view.scenario.title }</span>
                    <span>{ format!("{} / {} · {} / {count}", state.lessons.step + 1, lesson.view.scenario.steps.len(), presenting.slide + 1) }</span>
                    <Clock minutes={lesson.view.scenario.minutes} />
                    <span class="grow" />
                    { button(dispatch, PresentAction::Back, "Back", "PageUp") }
                    { button(dispatch, PresentAction::Next, "Next", "PageDown") }
                    { button(dispatch, PresentAction::Link, "Link", "l") }
                    { button(dispatch, PresentAction::Pointer, "Pointer", "o") }
                    { button(dispatch, PresentAction::Blank, "Blank", "b") }
                    <button class="button plain" type="button" onclick={|_: MouseEvent| open_notes()}>{ "Notes window" }</button>
                    { button(dispatch, PresentAction::End, "End", "Esc") }
                </footer>
            </section>
            if pointer {
                <div class="spot" ref={spot} aria-hidden="true"></div>
            }
        </>
    }
}

fn button(
    dispatch: &Dispatch,
    action: PresentAction,
    name: &'static str,
    key: &'static str,
) -> Html {
    html! {
        <button class="button plain" type="button" title={format!("{name} ({key})")} onclick={to(dispatch, LessonAction::Present(action))}>
            { name }
        </button>
    }
}

fn content(state: &State, slide: &Slide) -> Html {
    let Some(step) = state.lessons.current() else {
        return Html::default();
    };
    match slide {
        Slide::Prose(prose) => blocks(prose),
        Slide::Cluster => Html::default(),
        Slide::Symptom => {
            let symptom = state
                .lessons
                .engine()
                .and_then(|engine| engine.symptom.clone());
            symptom.map_or_else(Html::default, |symptom| {
                html! {
                    <>
                        <p class="mono">{ format!("{} → {}", symptom.from, symptom.to) }</p>
                        <p class="symptom-sees">{ symptom.sees }</p>
                    </>
                }
            })
        }
        Slide::Task => step
            .task
            .as_ref()
            .map_or_else(Html::default, |task| prose(&task.goal)),
        Slide::Explanation => step.explanation.as_ref().map_or_else(Html::default, prose),
        Slide::Question(part, nth, answered) => question(state, *part, *nth, *answered),
    }
}

/// A question for the room, later with its answer.
fn question(state: &State, part: Part, nth: usize, answered: bool) -> Html {
    let Some((question, reveal)) = find(state, part, nth) else {
        return Html::default();
    };
    let right = match &reveal.right {
        Right::Choice { nth, .. } if answered => Some(*nth),
        _ => None,
    };
    let given = match &reveal.right {
        Right::Choice { nth, .. } => Some(Given::Choice(*nth)),
        Right::Click { keys, .. } => keys.first().cloned().map(Given::Click),
        Right::Unclear(_) => None,
    };
    html! {
        <>
            { prose(&question.text) }
            if let Answering::Choices(choices) = &question.answer {
                <ol class="slide-choices" type="A">
                    { for choices.iter().enumerate().map(|(nth, choice)| html! {
                        <li class={(right == Some(nth)).then_some("is-right")}>{ words(&choice.text) }</li>
                    }) }
                </ol>
            }
            if let Some(given) = given.filter(|_| answered) {
                { outcome(question, reveal, &given) }
            }
        </>
    }
}

/// The address at which this step opens: for those of the page.
pub fn address(id: &str, step: usize) -> String {
    let location = gloo::utils::window().location();
    let here = location.href().unwrap_or_default();
    let page = here.split(['#', '?']).next().unwrap_or_default();
    format!("{page}#lesson={id}&step={}", step + 1)
}

fn link(id: &str, step: usize, own: bool) -> Html {
    if own {
        return html! { <p>{ "This scenario is a file of yours: give the file to the participants, or put it beside the page and share its address." }</p> };
    }
    let address = address(id, step);
    html! {
        <figure class="participants">
            { code(&address) }
            <figcaption class="mono">{ &address }</figcaption>
        </figure>
    }
}

/// A QR code as one path.
fn code(text: &str) -> Html {
    use qrcodegen::{QrCode, QrCodeEcc};
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else {
        return Html::default();
    };
    let size = code.size();
    let dark = (0..size).flat_map(|y| (0..size).map(move |x| (x, y)));
    let path: String = dark
        .filter(|(x, y)| code.get_module(*x, *y))
        .map(|(x, y)| format!("M{x} {y}h1v1h-1z"))
        .collect();
    let view = format!("-4 -4 {0} {0}", size + 8);
    html! {
        <svg class="qr" viewBox={view} role="img" aria-label="QR code of the link">
            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff" />
            <path d={path} fill="#000" shape-rendering="crispEdges" />
        </svg>
    }
}

/// How long the presentation has gone on.
#[derive(Debug, Clone, PartialEq, Properties)]
struct ClockProps {
    minutes: Option<u16>,
}

#[function_component]
fn Clock(props: &ClockProps) -> Html {
    let seconds = use_state(|| 0_u32);
    {
        let seconds = seconds.setter();
        use_effect_with((), move |()| {
            let start = js_sys::Date::now();
            let timer = Interval::new(1000, move || {
                // A presentation lasts some hours at most.
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "seconds of a talk"
                )]
                seconds.set(((js_sys::Date::now() - start) / 1000.0) as u32);
            });
            move || drop(timer)
        });
    }
    let planned = props.minutes.map(|minutes| format!(" of {minutes}:00"));
    html! {
        <span role="timer" aria-label="Time">
            { format!("{}:{:02}{}", *seconds / 60, *seconds % 60, planned.unwrap_or_default()) }
        </span>
    }
}

fn told(state: &State) -> Told {
    let lessons = &state.lessons;
    let (Some(lesson), Some(step)) = (&lessons.open, lessons.current()) else {
        return Told::default();
    };
    Told {
        lesson: lesson.view.scenario.title.clone(),
        step: step.title.clone(),
        place: format!(
            "Step {} of {}, slide {} of {}",
            lessons.step + 1,
            lesson.view.scenario.steps.len(),
            lessons.presenting.as_ref().map_or(0, |it| it.slide) + 1,
            slides(state).len()
        ),
        notes: step.notes.clone(),
        task: step
            .task
            .iter()
            .flat_map(|task| task.hints.clone())
            .collect(),
        minutes: lesson.view.scenario.minutes,
    }
}

/// Tells the speaker's window what is shown, also when that window says that it is there.
fn tell(state: &Rc<State>) {
    thread_local! {
        static LAST: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
        static HERE: Option<(BroadcastChannel, EventListener)> = channel();
    }
    fn channel() -> Option<(BroadcastChannel, EventListener)> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let answer = channel.clone();
        let listener = EventListener::new(&channel, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            if event.data().as_string().as_deref() == Some("here") {
                let last = LAST.with_borrow(Clone::clone);
                // A window that is gone needs no notes.
                let _ = answer.post_message(&JsValue::from_str(&last));
            }
        });
        Some((channel, listener))
    }
    let Ok(told) = serde_json::to_string(&told(state)) else {
        return;
    };
    if LAST.with_borrow(|last| *last == told) {
        return;
    }
    LAST.with_borrow_mut(|last| last.clone_from(&told));
    HERE.with(|here| {
        if let Some((channel, _)) = here {
            let _ = channel.post_message(&JsValue::from_str(&told));
        }
    });
}

fn open_notes() {
    let window = gloo::utils::window();
    let href = window.location().href().unwrap_or_default();
    let page = href.split(['#', '?']).next().unwrap_or_default();
    // A browser that opens no window says so itself.
    let _ = window.open_with_url_and_target_and_features(
        &format!("{page}?notes"),
        "switchboard-notes",
        "popup,width=720,height=640",
    );
}

/// Whether this window is the speaker's.
pub fn is_notes() -> bool {
    let search = gloo::utils::window().location().search();
    search.is_ok_and(|search| search == "?notes")
}

/// The speaker's window.
#[function_component]
pub fn Notes() -> Html {
    let told = use_state(Told::default);
    {
        let told = told.setter();
        use_effect_with((), move |()| {
            let channel = BroadcastChannel::new(CHANNEL).ok();
            let listener = channel.as_ref().map(|channel| {
                EventListener::new(channel, "message", move |event| {
                    let event: &MessageEvent = event.unchecked_ref();
                    let text = event.data().as_string().unwrap_or_default();
                    if let Ok(news) = serde_json::from_str(&text) {
                        told.set(news);
                    }
                })
            });
            if let Some(channel) = &channel {
                let _ = channel.post_message(&JsValue::from_str("here"));
            }
            move || drop((listener, channel))
        });
    }
    if told.lesson.is_empty() {
        return html! { <main class="notes"><h1>{ "Speaker notes" }</h1><p>{ "Begin a presentation in the other window." }</p></main> };
    }
    html! {
        <main class="notes">
            <p class="lesson-of">{ &told.lesson }</p>
            <h1>{ &told.step }</h1>
            <p class="notes-place">{ &told.place }{ " · " }<Clock minutes={told.minutes} /></p>
            if let Some(notes) = &told.notes {
                { prose(notes) }
            } else {
                <p>{ "No notes for this step." }</p>
            }
            if !told.task.is_empty() {
                <h2>{ "Hints" }</h2>
                { for told.task.iter().map(prose) }
            }
        </main>
    }
}

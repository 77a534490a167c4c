//! The speaker's own window: notes, hints and the time, told by the window that is presented; a remote works in either.
//!
//! Both are of one origin and one browser, and nothing of it leaves that: they talk over a `BroadcastChannel`.

use gloo::{events::EventListener, timers::callback::Interval};
use js_sys::Uint8Array;
use serde::{Deserialize, Serialize};
use switchboard_engine::scenario::prose::Prose;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, KeyboardEvent, MessageEvent};
use yew::prelude::*;

use super::prose::prose;
use crate::{
    panels::Dispatch,
    state::{Action, LessonAction, PresentAction, Slide, State, slides},
    words,
    worker_client::wire,
};

/// Both windows know each other by this name.
const CHANNEL: &str = "switchboard-notes";

/// What the notes say to the presentation.
const HERE: &str = "here";
const NEXT: &str = "next";
const BACK: &str = "back";

/// What the notes are told.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Told {
    lesson: String,
    step: String,
    place: String,
    /// What the next slide of the step shows; `None`: this is its last.
    next_slide: Option<String>,
    /// The title of the step after this; `None`: this is the last.
    next_step: Option<String>,
    notes: Option<Prose>,
    hints: Vec<Prose>,
    minutes: Option<u16>,
    since: f64,
}

/// What there is to tell of the slide that is shown.
pub fn told(state: &State, since: f64) -> Told {
    let lessons = &state.lessons;
    let (Some(lesson), Some(step)) = (&lessons.open, lessons.current()) else {
        return Told::default();
    };
    let slides = slides(state);
    let slide = lessons.presenting.as_ref().map_or(0, |it| it.slide);
    let steps = &lesson.view.scenario.steps;
    Told {
        lesson: lesson.view.scenario.title.clone(),
        step: step.title.clone(),
        place: words::lesson::slide_in_full(lessons.step + 1, steps.len(), slide + 1, slides.len()),
        next_slide: slides.get(slide + 1).map(|slide| shows(slide).to_owned()),
        next_step: steps.get(lessons.step + 1).map(|step| step.title.clone()),
        notes: step.notes.clone(),
        hints: step
            .task
            .iter()
            .flat_map(|task| task.hints.clone())
            .collect(),
        minutes: lesson.view.scenario.minutes,
        since,
    }
}

/// What a slide shows, in a word or two.
fn shows(slide: &Slide) -> &'static str {
    match slide {
        Slide::Prose(_) => words::lesson::SLIDE_TEXT,
        Slide::Symptom => words::lesson::SLIDE_SYMPTOM,
        Slide::Question(_, _, false) => words::lesson::SLIDE_QUESTION,
        Slide::Question(_, _, true) => words::lesson::SLIDE_ANSWER,
        Slide::Cluster => words::lesson::SLIDE_CLUSTER,
        Slide::Task => words::lesson::SLIDE_TASK,
        Slide::Explanation => words::lesson::SLIDE_EXPLANATION,
    }
}

/// One end of the line to the other window.
struct Line {
    channel: BroadcastChannel,
    _listener: EventListener,
}

impl Line {
    fn open(on_news: impl Fn(JsValue) + 'static) -> Option<Self> {
        let channel = BroadcastChannel::new(CHANNEL).ok()?;
        let listener = EventListener::new(&channel, "message", move |event| {
            let event: &MessageEvent = event.unchecked_ref();
            on_news(event.data());
        });
        Some(Self {
            channel,
            _listener: listener,
        })
    }

    fn say(&self, word: &str) {
        self.post(&JsValue::from_str(word));
    }

    fn tell(&self, told: &Told) {
        self.post(&Uint8Array::from(&*wire::write(told)));
    }

    fn post(&self, news: &JsValue) {
        // A window that is gone needs no news.
        let _ = self.channel.post_message(news);
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.channel.close();
    }
}

/// Tells the speaker's window what is shown, as long as something is, and follows a remote that is heard there.
#[hook]
pub fn use_notes(told: Told, dispatch: &Dispatch) {
    let line = use_mut_ref(|| None::<Line>);
    let last = use_mut_ref(Told::default);
    {
        let (line, last, dispatch) = (line.clone(), last.clone(), dispatch.clone());
        use_effect_with((), move |()| {
            let answer = line.clone();
            *line.borrow_mut() = Line::open(move |news| {
                let action = match news.as_string().unwrap_or_default().as_str() {
                    NEXT => PresentAction::Next,
                    BACK => PresentAction::Back,
                    HERE => {
                        if let Some(line) = &*answer.borrow() {
                            line.tell(&last.borrow());
                        }
                        return;
                    }
                    _ => return,
                };
                dispatch.emit(Action::Lesson(LessonAction::Present(action)));
            });
            move || {
                if let Some(line) = line.borrow_mut().take() {
                    line.tell(&Told::default());
                }
            }
        });
    }
    use_effect_with(told, move |told| {
        last.borrow_mut().clone_from(told);
        if let Some(line) = &*line.borrow() {
            line.tell(told);
        }
    });
}

/// Opens the speaker's window.
pub fn open() {
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
    let line = use_mut_ref(|| None::<Line>);
    let say = {
        let line = line.clone();
        Callback::from(move |word: &'static str| {
            if let Some(line) = &*line.borrow() {
                line.say(word);
            }
        })
    };
    {
        let (told, say) = (told.setter(), say.clone());
        use_effect_with((), move |()| {
            *line.borrow_mut() = Line::open(move |news| {
                // What another window of this kind says are words.
                if let Some(bytes) = news.dyn_ref::<Uint8Array>()
                    && let Ok(news) = wire::read(&bytes.to_vec())
                {
                    told.set(news);
                }
            });
            say.emit(HERE);
            let keys = EventListener::new(&gloo::utils::document(), "keydown", move |event| {
                let event: &KeyboardEvent = event.unchecked_ref();
                match event.key().as_str() {
                    "PageDown" | "ArrowRight" => say.emit(NEXT),
                    "PageUp" | "ArrowLeft" => say.emit(BACK),
                    _ => {}
                }
            });
            move || drop((keys, line.borrow_mut().take()))
        });
    }
    if told.lesson.is_empty() {
        return html! { <main class="notes"><h1>{ words::lesson::SPEAKER_NOTES }</h1><p>{ words::lesson::BEGIN_PRESENTATION }</p></main> };
    }
    let button = |name: &'static str, word: &'static str| {
        html! { <button class="button" type="button" onclick={say.reform(move |_: MouseEvent| word)}>{ name }</button> }
    };
    html! {
        <main class="notes">
            <p class="lesson-of">{ &told.lesson }</p>
            <h1>{ &told.step }</h1>
            <p class="notes-place">
                { button(words::lesson::BACK, BACK) }{ button(words::lesson::NEXT, NEXT) }
                <span>{ &told.place }</span><Clock since={told.since} minutes={told.minutes} />
            </p>
            <p class="notes-next">
                if let Some(slide) = &told.next_slide {
                    <span>{ words::lesson::NEXT_SLIDE }<strong>{ slide }</strong></span>
                }
                if let Some(step) = &told.next_step {
                    <span>{ words::lesson::NEXT_STEP }<strong>{ step }</strong></span>
                } else {
                    <span>{ words::lesson::LAST_STEP }</span>
                }
            </p>
            if let Some(notes) = &told.notes {
                { prose(notes) }
            } else {
                <p>{ words::lesson::NO_NOTES }</p>
            }
            if !told.hints.is_empty() {
                <h2>{ words::lesson::HINTS }</h2>
                { for told.hints.iter().map(prose) }
            }
        </main>
    }
}

/// What the clock needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ClockProps {
    /// When the presentation began, in milliseconds.
    pub since: f64,
    /// How long it is to take.
    pub minutes: Option<u16>,
}

/// How long the presentation has gone on.
#[function_component]
pub fn Clock(props: &ClockProps) -> Html {
    let gone = |since: f64| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "seconds of a talk, some hours at most"
        )]
        let seconds = ((js_sys::Date::now() - since) / 1000.0) as u32;
        seconds
    };
    let seconds = use_state(|| gone(props.since));
    {
        let seconds = seconds.setter();
        use_effect_with(props.since.to_bits(), move |since| {
            let since = f64::from_bits(*since);
            let timer = Interval::new(1000, move || seconds.set(gone(since)));
            move || drop(timer)
        });
    }
    html! {
        <span role="timer" aria-label={words::lesson::TIME}>
            { words::lesson::time(*seconds, props.minutes) }
        </span>
    }
}

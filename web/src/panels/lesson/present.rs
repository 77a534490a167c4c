//! The projector: one thing at a time, in large type, driven by a presenter's remote.

use std::rc::Rc;

use gloo::events::EventListener;
use switchboard_engine::scenario::question::Answering;
use wasm_bindgen::JsCast;
use yew::prelude::*;

use super::{
    notes::{self, Clock, told, use_notes},
    prose::{blocks, phrase, prose},
    question::{find, outcome},
    to,
};
use crate::{
    panels::Dispatch,
    protocol::Right,
    state::{
        Given, Lesson, LessonAction, Part, PresentAction, Slide, Stage, State, slide, slides, stage,
    },
    words,
};

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
    // Both windows count from here.
    let since = *use_state(js_sys::Date::now);
    use_notes(told(state, since), dispatch);
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
    let on_cluster = stage(state) == Stage::Cluster;
    let content = if presenting.blank {
        Html::default()
    } else if presenting.link {
        link(lesson, state.lessons.step)
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
                aria-label={words::lesson::PRESENTATION}
            >
                if !on_cluster {
                    <div class="slide" aria-live="polite">{ content }</div>
                }
                <footer class="present-foot">
                    <h1 class="present-title">{ &lesson.view.scenario.title }</h1>
                    <span class="present-place">
                        { words::lesson::slide(state.lessons.step + 1, lesson.view.scenario.steps.len(), presenting.slide + 1, count) }
                    </span>
                    <Clock {since} minutes={lesson.view.scenario.minutes} />
                    <span class="grow" />
                    { button(dispatch, PresentAction::Back, words::lesson::BACK, "PageUp") }
                    { button(dispatch, PresentAction::Next, words::lesson::NEXT, "PageDown") }
                    { button(dispatch, PresentAction::Link, words::lesson::LINK, "l") }
                    { button(dispatch, PresentAction::Pointer, words::lesson::POINTER, "o") }
                    { button(dispatch, PresentAction::Blank, words::lesson::BLANK, "b") }
                    <button class="button plain" type="button" onclick={|_: MouseEvent| notes::open()}>{ words::lesson::NOTES_WINDOW }</button>
                    { button(dispatch, PresentAction::End, words::lesson::END, "Esc") }
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
        <button class="button plain" type="button" title={words::lesson::with_key(name, key)} onclick={to(dispatch, LessonAction::Present(action))}>
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
                        <li class={(right == Some(nth)).then_some("is-right")}>{ phrase(&choice.text) }</li>
                    }) }
                </ol>
            }
            if let Some(given) = given.filter(|_| answered) {
                { outcome(question, reveal, &given) }
            }
        </>
    }
}

/// The address at which this step opens, if the scenario lies where the participants can reach it.
fn address(lesson: &Lesson, step: usize) -> Option<String> {
    let location = gloo::utils::window().location();
    let here = location.href().unwrap_or_default();
    let page = here.split(['#', '?']).next().unwrap_or_default();
    let step = step + 1;
    match (&lesson.path, &lesson.own) {
        (Some(path), _) => Some(format!("{page}?scenario={path}#step={step}")),
        (None, Some(_)) => None,
        (None, None) => Some(format!("{page}#lesson={}&step={step}", lesson.id)),
    }
}

fn link(lesson: &Lesson, step: usize) -> Html {
    let Some(address) = address(lesson, step) else {
        return html! { <p>{ words::lesson::NO_LINK }</p> };
    };
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
        <svg class="qr" viewBox={view} role="img" aria-label={words::lesson::QR_CODE}>
            <rect x="-4" y="-4" width="100%" height="100%" fill="#fff" />
            <path d={path} fill="#000" shape-rendering="crispEdges" />
        </svg>
    }
}

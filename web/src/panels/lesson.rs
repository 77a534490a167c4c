//! The lesson beside map and editor: prose, questions before a packet is sent, the task, what comes of it.

pub mod notes;
pub mod overview;
pub mod present;
pub mod prose;
pub mod question;

use std::rc::Rc;

use switchboard_engine::scenario::{
    Task,
    edit::{Change, Edit},
};
use yew::prelude::*;

use super::{
    Dispatch, findings,
    focus::take_focus,
    icons::{Icon, icon},
};
use crate::{
    catalogue,
    protocol::{CheckView, Look, ProbeText},
    state::{Action, Lesson, LessonAction, Pane, Part, PresentAction, State, Veil},
    words,
};
use prose::prose;
use question::Asked;

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct LessonProps {
    /// Everything.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

pub(super) fn to(dispatch: &Dispatch, action: LessonAction) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_| dispatch.emit(Action::Lesson(action.clone())))
}

/// The panel.
#[function_component]
pub fn LessonPanel(props: &LessonProps) -> Html {
    let LessonProps { state, dispatch } = props;
    let lessons = &state.lessons;
    let body = use_node_ref();
    let open = lessons.open.as_ref().map(|lesson| lesson.id.clone());
    {
        // Each step is read from its beginning, also by who hears it.
        let body = body.clone();
        use_effect_with((open, lessons.step), move |_| {
            if let Some(body) = body.cast::<web_sys::Element>() {
                body.set_scroll_top(0);
                take_focus(&body);
            }
        });
    }
    let (Some(lesson), Some(step)) = (&lessons.open, lessons.current()) else {
        return Html::default();
    };
    let scenario = &lesson.view.scenario;
    let (nth, count) = (lessons.step, scenario.steps.len());
    let last = nth + 1 == count;
    html! {
        <section class="lesson" aria-label={words::lesson::LESSON}>
            <header class="lesson-head">
                <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Overview(true))}>
                    { words::page::WORKSHOPS }
                </button>
                <span class="lesson-place">{ words::lesson::place(nth + 1, count) }</span>
                <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Present(PresentAction::Begin))}>
                    { words::lesson::PRESENT }
                </button>
                <button class="button icon plain" type="button" aria-label={words::lesson::CLOSE} onclick={to(dispatch, LessonAction::Close)}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <progress class="lesson-progress" aria-label={words::lesson::PROGRESS} max={count.to_string()} value={(nth + 1).to_string()} />
            <div class="lesson-body" ref={body} role="group" aria-label={step.title.clone()} tabindex="0">
                if step.title != scenario.title {
                    <p class="lesson-of">{ &scenario.title }</p>
                }
                <h2>{ &step.title }</h2>
                { before(lesson, nth) }
                { prose(&step.prose) }
                { symptom(state, dispatch) }
                { looks(state, dispatch) }
                { for (0..step.predictions.len()).map(|nth| html! {
                    <Asked key={nth} state={Rc::clone(state)} part={Part::Prediction} {nth} dispatch={dispatch.clone()} />
                }) }
                if step.predictions.is_empty() && lessons.veil != Veil::Cluster {
                    { packets(state, dispatch) }
                }
                if let Some(task) = &step.task {
                    { self::task(state, task, dispatch) }
                }
                { for (0..step.quiz.len()).map(|nth| html! {
                    <Asked key={nth} state={Rc::clone(state)} part={Part::Quiz} {nth} dispatch={dispatch.clone()} />
                }) }
                if let Some(explanation) = step.explanation.as_ref().filter(|_| lessons.is_complete()) {
                    <section class="lesson-box" aria-label={words::lesson::EXPLANATION}>
                        <h3>{ words::lesson::WHY }</h3>
                        { prose(explanation) }
                    </section>
                }
            </div>
            <footer class="lesson-foot">
                <button class="button" type="button" disabled={nth == 0} onclick={to(dispatch, LessonAction::Go(nth.saturating_sub(1)))}>
                    { words::lesson::PREVIOUS }
                </button>
                <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Reset)}>
                    { words::lesson::RESET }
                </button>
                <span class="grow" />
                if last {
                    <button class="button primary" type="button" onclick={finish(dispatch)}>{ words::lesson::FINISH }</button>
                } else {
                    <button class="button primary" type="button" onclick={to(dispatch, LessonAction::Go(nth + 1))}>
                        { if lessons.is_complete() { words::lesson::NEXT } else { words::lesson::NEXT_SKIP } }
                    </button>
                }
            </footer>
        </section>
    }
}

/// What to know before: at the beginning, and not where it would tell what is broken.
fn before(lesson: &Lesson, step: usize) -> Html {
    let scenario = &lesson.view.scenario;
    if step > 0 || scenario.symptom_first || scenario.prerequisites.is_empty() {
        return Html::default();
    }
    let titles: Vec<&str> = scenario
        .prerequisites
        .iter()
        .map(|id| catalogue::title(id).unwrap_or(id))
        .collect();
    html! { <p class="lesson-before">{ words::lesson::best_after(&titles) }</p> }
}

fn finish(dispatch: &Dispatch) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_| {
        dispatch.emit(Action::Lesson(LessonAction::Close));
        dispatch.emit(Action::Lesson(LessonAction::Overview(true)));
    })
}

/// What the client sees, and how to see more.
fn symptom(state: &State, dispatch: &Dispatch) -> Html {
    let lessons = &state.lessons;
    let symptom_first = lessons
        .open
        .as_ref()
        .is_some_and(|lesson| lesson.view.scenario.symptom_first);
    let symptom = lessons.engine().and_then(|engine| engine.symptom.as_ref());
    html! {
        <>
            if let Some(symptom) = symptom.filter(|_| symptom_first) {
                <section class="lesson-box symptom" aria-label={words::lesson::SYMPTOM}>
                    <h3>{ words::lesson::CLIENT_SEES }</h3>
                    <p class="mono">{ format!("{} → {}", symptom.from, symptom.to) }</p>
                    <p class="symptom-sees">{ &symptom.sees }</p>
                </section>
            }
            { match lessons.veil {
                Veil::Cluster => html! {
                    <button class="button primary" type="button" onclick={to(dispatch, LessonAction::Unveil(Veil::Findings))}>
                        { words::lesson::UNVEIL_CLUSTER }
                    </button>
                },
                Veil::Findings => html! {
                    <button class="button" type="button" onclick={to(dispatch, LessonAction::Unveil(Veil::Nothing))}>
                        { words::lesson::UNVEIL_FINDINGS }
                    </button>
                },
                Veil::Nothing => Html::default(),
            } }
        </>
    }
}

fn looks(state: &State, dispatch: &Dispatch) -> Html {
    let looks = state
        .lessons
        .engine()
        .map_or(&[][..], |engine| &engine.looks);
    if looks.is_empty() || state.lessons.veil == Veil::Cluster {
        return Html::default();
    }
    let button = |look: &Look| {
        let (look, dispatch) = (look.clone(), dispatch.clone());
        let name = look.name.clone();
        html! {
            <li key={name.clone()}>
                <button class="button look" type="button" onclick={move |_: MouseEvent| {
                    if let Some(key) = &look.key {
                        dispatch.emit(Action::Select(Some(key.clone())));
                    }
                    if let Some(place) = &look.place {
                        dispatch.emit(Action::Reveal(place.clone(), false));
                    }
                }}>
                    { name }
                </button>
            </li>
        }
    };
    html! {
        <section class="looks" aria-label={words::lesson::LOOK_AT}>
            <h3>{ words::lesson::LOOK_AT }</h3>
            <ul>{ for looks.iter().map(button) }</ul>
        </section>
    }
}

/// Packets of a step that asks nothing about them.
fn packets(state: &State, dispatch: &Dispatch) -> Html {
    let probes = state.lessons.current().map_or(&[][..], |step| &step.probes);
    if probes.is_empty() {
        return Html::default();
    }
    html! {
        <ul class="packets" aria-label={words::lesson::PACKETS}>
            { for probes.iter().enumerate().map(|(nth, probe)| {
                let text = ProbeText { from: probe.from.clone(), to: probe.to.clone() };
                let label = format!("{} → {}", probe.from, probe.to);
                let dispatch = dispatch.clone();
                let send = move |_: MouseEvent| {
                    dispatch.emit(Action::Send(text.clone()));
                    // What becomes of it is not told here.
                    dispatch.emit(Action::Pane(Pane::Journey));
                };
                html! {
                    <li key={nth}>
                        <button class="button" type="button" onclick={send}>
                            { words::probe::SEND }
                        </button>
                        <span class="mono">{ label }</span>
                    </li>
                }
            }) }
        </ul>
    }
}

fn task(state: &State, task: &Task, dispatch: &Dispatch) -> Html {
    let lessons = &state.lessons;
    // Its checks, hints and solution tell what is inside.
    let is_veiled = lessons.veil == Veil::Cluster;
    let solved = lessons.is_solved();
    let hints = lessons.hints.min(task.hints.len());
    html! {
        <section class={classes!("lesson-box", "task", solved.then_some("solved"))} aria-label={words::lesson::TASK}>
            <h3>{ words::lesson::TASK }</h3>
            { prose(&task.goal) }
            if !is_veiled {
                <ul class="checks" aria-label={words::lesson::CHECKS} aria-live="polite">
                    { for lessons.checks().iter().enumerate().map(check) }
                </ul>
            }
            if solved {
                <p class="done">{ icon(Icon::Good) }{ words::lesson::DONE }</p>
            }
            { for task.hints.iter().take(hints).enumerate().map(|(nth, hint)| html! {
                <Shown key={nth} class="hint"><h4>{ words::lesson::hint(nth + 1) }</h4>{ prose(hint) }</Shown>
            }) }
            if lessons.solution {
                <Shown class="solution">
                    <h4>{ words::lesson::SOLUTION }</h4>
                    { for task.solution.iter().map(edit) }
                    if !solved {
                        <button class="button" type="button" onclick={to(dispatch, LessonAction::Apply)}>
                            { words::lesson::APPLY }
                        </button>
                    }
                </Shown>
            }
            if !solved && !is_veiled {
                <p class="lesson-row">
                    if hints < task.hints.len() {
                        <button class="button" type="button" onclick={to(dispatch, LessonAction::Hint)}>
                            { words::lesson::next_hint(hints + 1, task.hints.len()) }
                        </button>
                    }
                    if !lessons.solution {
                        <button class="button plain" type="button" onclick={to(dispatch, LessonAction::Solution)}>
                            { words::lesson::SHOW_SOLUTION }
                        </button>
                    }
                </p>
            }
        </section>
    }
}

/// What somebody asked to see.
#[derive(Debug, Clone, PartialEq, Properties)]
struct ShownProps {
    class: &'static str,
    children: Html,
}

/// Takes the focus when it appears: the button that asked for it may be gone.
#[function_component]
fn Shown(props: &ShownProps) -> Html {
    let own = use_node_ref();
    {
        let own = own.clone();
        use_effect_with((), move |()| {
            if let Some(own) = own.cast::<web_sys::Element>() {
                take_focus(&own);
            }
        });
    }
    html! { <div class={props.class} ref={own} tabindex="-1">{ props.children.clone() }</div> }
}

fn check((nth, check): (usize, &CheckView)) -> Html {
    html! {
        <li key={nth} class={if check.holds { "holds" } else { "open" }}>
            { icon(if check.holds { Icon::Good } else { Icon::Error }) }
            <span>
                <span class="visually-hidden">{ if check.holds { words::lesson::HOLDS } else { words::lesson::NOT_YET } }</span>
                <span class="mono">{ &check.subject }</span>{ words::lesson::wanted(&check.wanted) }
                if !check.holds {
                    <span class="now">{ findings::prose(&words::lesson::found(&check.state)) }</span>
                }
            </span>
        </li>
    }
}

fn edit(edit: &Edit) -> Html {
    match &edit.change {
        Change::Replace { text, with } => html! {
            <>
                <p>{ words::lesson::replace_in(&edit.file) }</p><pre tabindex="0">{ text.trim_end() }</pre>
                <p>{ words::lesson::REPLACE_WITH }</p><pre tabindex="0">{ with.trim_end() }</pre>
            </>
        },
        Change::Append(text) => html! {
            <><p>{ words::lesson::append_to(&edit.file) }</p><pre tabindex="0">{ text }</pre></>
        },
        Change::Whole(text) => html! {
            <><p>{ &edit.file }</p><pre tabindex="0">{ text }</pre></>
        },
    }
}

//! A question with its choices, and what comes of the answer.

use std::rc::Rc;

use switchboard_engine::scenario::{
    Question,
    question::{Answering, Choice},
};
use yew::prelude::*;

use super::prose::{phrase, prose};
use crate::{
    panels::{
        Dispatch,
        findings::prose as told,
        icons::{Icon, icon},
    },
    protocol::{ProbeText, Reveal, Right},
    scene::Key,
    state::{Action, Given, LessonAction, Part, State, Veil},
    words,
};

/// Which question.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct AskedProps {
    /// Everything.
    pub state: Rc<State>,
    /// A prediction or a card.
    pub part: Part,
    /// Its number in the step.
    pub nth: usize,
    /// What happens.
    pub dispatch: Dispatch,
}

/// A question.
#[function_component]
pub fn Asked(props: &AskedProps) -> Html {
    let AskedProps {
        state,
        part,
        nth,
        dispatch,
    } = props;
    let chosen = use_state(|| None::<usize>);
    let lessons = &state.lessons;
    {
        // Another step has other choices, and a step that begins again is not answered.
        let chosen = chosen.setter();
        let open = lessons.open.as_ref().map(|lesson| lesson.id.clone());
        let is_open = !lessons.given.contains_key(&(*part, *nth));
        use_effect_with((open, lessons.step, is_open), move |_| chosen.set(None));
    }
    let Some((question, reveal)) = find(state, *part, *nth) else {
        return Html::default();
    };
    let given = lessons.given.get(&(*part, *nth));
    // A click counts where the thing is chosen on the map.
    let answer = match &question.answer {
        Answering::Choices(_) => chosen.map(Given::Choice),
        Answering::Click { .. } => state.selected.clone().map(Given::Click),
    };
    let send = {
        let (dispatch, part, nth) = (dispatch.clone(), *part, *nth);
        let (answer, probe) = (answer.clone(), question.probe.clone());
        Callback::from(move |_: MouseEvent| {
            let Some(answer) = answer.clone() else { return };
            dispatch.emit(Action::Lesson(LessonAction::Answer(part, nth, answer)));
            if let (Part::Prediction, Some((from, to))) = (part, probe.clone()) {
                dispatch.emit(Action::Send(ProbeText { from, to }));
            }
        })
    };
    let id = format!(
        "{}-{nth}",
        if *part == Part::Quiz {
            "quiz"
        } else {
            "predict"
        }
    );
    let veiled =
        lessons.veil == Veil::Cluster && matches!(question.answer, Answering::Click { .. });
    html! {
        <fieldset class="lesson-box question">
            <legend>{ if *part == Part::Quiz { words::lesson::QUESTION } else { words::lesson::PREDICT } }</legend>
            { prose(&question.text) }
            if let Some((from, to)) = question.probe.as_ref().filter(|_| *part == Part::Prediction) {
                <p class="mono packet">{ format!("{from} → {to}") }</p>
            }
            { match &question.answer {
                Answering::Choices(choices) => self::choices(&id, choices, given, reveal, &chosen),
                Answering::Click { .. } => click(state.selected.as_ref().filter(|_| given.is_none())),
            } }
            if let Some(given) = given {
                { outcome(question, reveal, given) }
            } else {
                <button class="button primary" type="button" disabled={answer.is_none() || veiled} onclick={send}>
                    { if *part == Part::Prediction { words::lesson::SEND_AND_SEE } else { words::lesson::ANSWER } }
                </button>
            }
        </fieldset>
    }
}

pub(super) fn find(state: &State, part: Part, nth: usize) -> Option<(&Question, &Reveal)> {
    let (step, engine) = (state.lessons.current()?, state.lessons.engine()?);
    match part {
        Part::Prediction => Some((step.predictions.get(nth)?, engine.predictions.get(nth)?)),
        Part::Quiz => Some((step.quiz.get(nth)?, engine.quiz.get(nth)?)),
    }
}

fn choices(
    id: &str,
    choices: &[Choice],
    given: Option<&Given>,
    reveal: &Reveal,
    chosen: &UseStateHandle<Option<usize>>,
) -> Html {
    let one = |(nth, choice): (usize, &Choice)| {
        let is_right = matches!(&reveal.right, Right::Choice { nth: right, .. } if *right == nth);
        let is_given = given == Some(&Given::Choice(nth));
        let mark = match given {
            Some(_) if is_right => Some("is-right"),
            Some(_) if is_given => Some("is-wrong"),
            _ => None,
        };
        let choose = {
            let chosen = chosen.setter();
            Callback::from(move |_: Event| chosen.set(Some(nth)))
        };
        html! {
            <label key={nth} class={classes!("choice", mark)}>
                <input
                    type="radio"
                    name={id.to_owned()}
                    checked={is_given || (given.is_none() && **chosen == Some(nth))}
                    disabled={given.is_some()}
                    onchange={choose}
                />
                <span>{ phrase(&choice.text) }</span>
                { match mark {
                    Some("is-right") => html! { <span class="mark good">{ icon(Icon::Good) }<span class="visually-hidden">{ words::lesson::IS_RIGHT }</span></span> },
                    Some(_) => html! { <span class="mark bad">{ icon(Icon::Error) }<span class="visually-hidden">{ words::lesson::IS_WRONG }</span></span> },
                    None => Html::default(),
                } }
            </label>
        }
    };
    html! { <div class="choices">{ for choices.iter().enumerate().map(one) }</div> }
}

fn click(selected: Option<&Key>) -> Html {
    html! {
        <p class="clicked" aria-live="polite">
            { match selected {
                Some(key) => words::lesson::chosen(key),
                None => words::lesson::CHOOSE.to_owned(),
            } }
        </p>
    }
}

/// Right or wrong, what really happened, and why.
pub(super) fn outcome(question: &Question, reveal: &Reveal, given: &Given) -> Html {
    let (right, against, why) = match (&question.answer, &reveal.right, given) {
        (Answering::Choices(choices), Right::Choice { nth, against }, Given::Choice(chosen)) => {
            let right = nth == chosen;
            let against = against.get(*chosen).filter(|_| !right).cloned();
            (
                right,
                against,
                choices.get(*chosen).and_then(|choice| choice.why.clone()),
            )
        }
        (Answering::Click { why, .. }, Right::Click { keys, names }, Given::Click(key)) => {
            let right = keys.contains(key);
            let there = (!right).then(|| words::lesson::it_is(names));
            (right, there, why.clone())
        }
        (_, Right::Unclear(why), _) => {
            return html! { <p>{ words::lesson::unclear(why) }</p> };
        }
        _ => return Html::default(),
    };
    html! {
        <div class={classes!("lesson-verdict", if right { "is-right" } else { "is-wrong" })} role="status">
            <p class="verdict-word">
                { icon(if right { Icon::Good } else { Icon::Error }) }
                { if right { words::lesson::RIGHT } else { words::lesson::NOT_SO } }
            </p>
            if let Some(why) = &why {
                { prose(why) }
            }
            if let Some(against) = against.filter(|_| why.is_none()) {
                <p>{ against }</p>
            }
            if !reveal.happens.is_empty() {
                <p class="happens">{ words::lesson::HAPPENED }{ told(&reveal.happens) }</p>
            }
        </div>
    }
}

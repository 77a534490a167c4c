//! The journey: verdict and timeline on the left, the current step on the right.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use super::{
    Dispatch,
    answer::Answer,
    explain::{ExplainProps, explain},
    findings::prose,
    focus::{move_focus, next, previous},
    icons::{Icon, icon},
    step::Step,
};
use crate::{
    protocol::TraceView,
    state::{Action, Change, Move, Speed, State, Tab},
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct JourneyProps {
    /// Everything; the panel follows the answer and the position in it.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn journey(props: &JourneyProps) -> Html {
    let state = &props.state;
    let before = state.mended().filter(|_| !state.lessons.holds_back());
    match &state.trace {
        None if state.asked.is_some() => {
            html! { <p class="quiet" role="status">{ words::common::TRACING }</p> }
        }
        None => html! {
            <div class="plain-panel">
                <p>{ words::journey::CHOOSE }</p>
            </div>
        },
        Some(Err(reason)) => html! {
            <div class="verdict warn" role="alert">
                <span class="mark">{ icon(Icon::Warning) }</span>
                <span><strong>{ words::journey::UNREADABLE }</strong>{ prose(reason) }</span>
            </div>
        },
        Some(Ok(trace)) => match trace.ways.get(state.way) {
            Some(_) => html! {
                <div class="journey-tab">
                { other_mode(props) }
                if !state.lessons.holds_back() && state.follow.mode.is_none() {
                    { explain(&ExplainProps {
                        trace: Rc::clone(trace),
                        compared: before.is_some(),
                        several_files: state.files.len() > 1,
                        dispatch: props.dispatch.clone(),
                    }) }
                }
                <div class={classes!("journey", before.is_some().then_some("compared"))}>
                    if let Some(before) = before {
                        <Answer trace={Rc::clone(before)} title={words::common::BEFORE} is_still={true} />
                    }
                    <Answer
                        trace={Rc::clone(trace)}
                        way={state.way}
                        step={state.step}
                        title={before.map(|_| AttrValue::from(words::journey::NOW))}
                        differs_from={before.and_then(|before| differs_from(before, trace))}
                        on_step={props.dispatch.reform(|nth| Action::Step(Move::To(nth)))}
                    />
                    <Step
                        trace={Rc::clone(trace)}
                        way={state.way}
                        step={state.step}
                        dispatch={props.dispatch.clone()}
                    />
                </div>
                </div>
            },
            None => html! {},
        },
    }
}

/// The first step of an answer that was another one before.
fn differs_from(before: &TraceView, now: &TraceView) -> Option<usize> {
    let (old, new) = (&before.ways.first()?.steps, &now.ways.first()?.steps);
    let same = old.iter().zip(new).take_while(|(a, b)| a.title == b.title);
    Some(same.count()).filter(|first| *first < new.len())
}

/// Said while another mode's journey stands in place of the cluster's own.
fn other_mode(props: &JourneyProps) -> Html {
    let Some(mode) = props.state.follow.mode else {
        return html! {};
    };
    let back = props
        .dispatch
        .reform(|_: MouseEvent| Action::Follow(Change::Mode(None)));
    html! {
        <p class="other-mode" role="status">
            <span>{ words::journey::as_if(mode.name()) }</span>
            <button type="button" class="link" onclick={back}>{ words::journey::BACK_TO_OWN_MODE }</button>
        </p>
    }
}

/// What the tabs show.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct TabsProps {
    /// The open tab.
    pub tab: Tab,
    /// Position in the journey, and its length.
    pub position: Option<(usize, usize)>,
    /// Whether steps follow each other.
    pub playing: bool,
    /// How fast they do.
    pub speed: Speed,
    /// What happens.
    pub dispatch: Dispatch,
}

/// Tabs of the lower half, and the journey's transport.
#[function_component]
pub fn Tabs(props: &TabsProps) -> Html {
    let own = use_node_ref();
    let on_key = {
        let (dispatch, own) = (props.dispatch.clone(), own.clone());
        Callback::from(move |event: KeyboardEvent| {
            let to: fn(usize, usize) -> Option<usize> = match event.key().as_str() {
                "ArrowRight" => next,
                "ArrowLeft" => previous,
                _ => return,
            };
            event.prevent_default();
            event.stop_propagation();
            let own = own.cast::<Element>();
            let next = own.and_then(|own| move_focus(&own, "[role=tab]", to));
            if let Some(next) = next.and_then(|next| Tab::ALL.get(next)) {
                dispatch.emit(Action::Tab(*next));
            }
        })
    };
    // Opened from elsewhere, a tab may be out of sight.
    use_effect_with(props.tab, |tab| {
        let button = gloo::utils::document().get_element_by_id(&tab_id(*tab));
        if let Some(button) = button {
            let options = web_sys::ScrollIntoViewOptions::new();
            options.set_block(web_sys::ScrollLogicalPosition::Nearest);
            options.set_inline(web_sys::ScrollLogicalPosition::Nearest);
            button.scroll_into_view_with_scroll_into_view_options(&options);
        }
    });
    html! {
        <div class="tabs">
            <div ref={own} role="tablist" aria-label={words::journey::BELOW_THE_MAP} onkeydown={on_key}>
                { for Tab::ALL.into_iter().map(|tab| {
                    let dispatch = props.dispatch.clone();
                    let selected = tab == props.tab;
                    html! {
                        <button
                            key={tab.name()}
                            id={tab_id(tab)}
                            type="button"
                            role="tab"
                            aria-selected={selected.to_string()}
                            aria-controls="below"
                            tabindex={if selected { "0" } else { "-1" }}
                            onclick={move |_| dispatch.emit(Action::Tab(tab))}
                        >
                            { tab.name() }
                        </button>
                    }
                }) }
            </div>
            <span class="grow" />
            { transport(&TransportProps {
                position: props.position,
                playing: props.playing,
                speed: props.speed,
                dispatch: props.dispatch.clone(),
            }) }
        </div>
    }
}

/// The id of a tab's button.
pub fn tab_id(tab: Tab) -> String {
    format!("tab-{}", tab.name().to_lowercase().replace(' ', "-"))
}

/// What the transport needs.
#[derive(Debug)]
pub struct TransportProps {
    /// Position in the journey, and its length.
    pub position: Option<(usize, usize)>,
    /// Whether steps follow each other.
    pub playing: bool,
    /// How fast they do.
    pub speed: Speed,
    /// What happens.
    pub dispatch: Dispatch,
}

/// Buttons that walk through the journey.
pub fn transport(props: &TransportProps) -> Html {
    let Some((at, length)) = props.position.filter(|(_, length)| *length > 0) else {
        return html! {};
    };
    let button = |label: &'static str, drawing: Icon, action: Action, enabled: bool| {
        let dispatch = props.dispatch.clone();
        html! {
            <button
                class="button icon"
                type="button"
                aria-label={label}
                title={label}
                disabled={!enabled}
                onclick={move |_| dispatch.emit(action.clone())}
            >
                { icon(drawing) }
            </button>
        }
    };
    let last = at + 1 >= length;
    let play = if props.playing {
        button(
            words::journey::PAUSE,
            Icon::Pause,
            Action::Play(false),
            true,
        )
    } else {
        button(
            words::journey::PLAY,
            Icon::Play,
            Action::Play(true),
            length > 1,
        )
    };
    html! {
        <div class="transport" role="group" aria-label={words::journey::JOURNEY}>
            { button(words::journey::FIRST_STEP, Icon::First, Action::Step(Move::First), at > 0) }
            { button(words::journey::STEP_BACK, Icon::Back, Action::Step(Move::Back), at > 0) }
            { play }
            { button(words::journey::NEXT_STEP, Icon::Next, Action::Step(Move::Next), !last) }
            { button(words::journey::LAST_STEP, Icon::Last, Action::Step(Move::Last), !last) }
            <button
                class="button plain speed"
                type="button"
                aria-label={words::journey::speed(props.speed.name())}
                title={words::journey::SPEED}
                onclick={props.dispatch.reform({ let next = props.speed.next(); move |_: MouseEvent| Action::Follow(Change::Speed(next)) })}
            >
                { props.speed.name() }
            </button>
            { scrub(&ScrubProps { at, length, dispatch: props.dispatch.clone() }) }
            <span class="position">{ words::journey::position(at + 1, length) }</span>
        </div>
    }
}

#[derive(Debug)]
struct ScrubProps {
    at: usize,
    length: usize,
    dispatch: Dispatch,
}

fn scrub(props: &ScrubProps) -> Html {
    let oninput = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: InputEvent| {
            let input: web_sys::HtmlInputElement = event.target_unchecked_into();
            if let Ok(nth) = input.value().parse() {
                dispatch.emit(Action::Step(Move::To(nth)));
            }
        })
    };
    html! {
        <input
            class="scrub"
            type="range"
            aria-label={words::journey::STEP}
            min="0"
            max={(props.length - 1).to_string()}
            value={props.at.to_string()}
            {oninput}
        />
    }
}

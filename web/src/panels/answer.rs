//! An answer in short: the verdict, what the client sees, and the steps of one of its ways as a timeline.
//!
//! The journey shows one of these; a comparison puts several side by side. It decides nothing and knows no state: the
//! way and the step that are shown come from outside, and a chosen step goes back there.

use std::rc::Rc;

use switchboard_engine::trace::{self, Headline, Verdict};
use web_sys::Element;
use yew::prelude::*;

use super::{
    findings::prose,
    icons::{self, icon},
};
use crate::{
    protocol::{Phase, StepView, TraceView, WayView},
    words,
};

/// What is shown.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct AnswerProps {
    /// The answer.
    pub trace: Rc<TraceView>,
    /// Which way of it.
    #[prop_or_default]
    pub way: usize,
    /// Which step of that; `None`: none is shown, and all are still to come.
    #[prop_or_default]
    pub step: Option<usize>,
    /// What stands above it, when it is one of several: "before", "nftables".
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// The first step that is not as in the answer beside it: it is marked.
    #[prop_or_default]
    pub differs_from: Option<usize>,
    /// A step was chosen.
    #[prop_or_default]
    pub on_step: Callback<usize>,
    /// Its steps are only to be read: the map shows another answer.
    #[prop_or_default]
    pub is_still: bool,
}

/// Verdict and timeline.
#[function_component]
pub fn Answer(props: &AnswerProps) -> Html {
    let Some(way) = props.trace.ways.get(props.way) else {
        return html! {};
    };
    html! {
        <div class="timeline">
            if let Some(title) = &props.title {
                <h3 class="answer-title">{ title }</h3>
            }
            <AnswerVerdict trace={Rc::clone(&props.trace)} way={props.way} />
            <Steps
                way={Rc::new(way.clone())}
                step={props.step}
                differs_from={props.differs_from}
                on_step={props.on_step.clone()}
                is_still={props.is_still}
            />
        </div>
    }
}

/// What the verdict needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct VerdictProps {
    /// The answer.
    pub trace: Rc<TraceView>,
    /// Which way of it.
    #[prop_or_default]
    pub way: usize,
}

/// The verdict over all ways, what the client sees on one of them, and why that does not arrive.
#[function_component]
pub fn AnswerVerdict(props: &VerdictProps) -> Html {
    let Some(way) = props.trace.ways.get(props.way) else {
        return html! {};
    };
    let (class, mark) = icons::headline(props.trace.headline);
    // A finding says it better, and where.
    let (reasons, _) = props.trace.reasons_and_remarks();
    html! {
        <div class={classes!("verdict", class)} role="status">
            <span class="mark">{ icon(mark) }</span>
            <span>
                <strong>{ trace::words::headline(props.trace.headline) }</strong>
                <span class="sees">{ words::common::the_client_sees(&way.client_sees_text) }</span>
                if way.headline != Headline::Verdict(Verdict::Reachable) && reasons.is_empty() {
                    <span class="ending">{ prose(&way.outcome) }</span>
                }
                { for props.trace.caveats.iter().map(|caveat| html! { <span class="caveat">{ prose(caveat) }</span> }) }
            </span>
        </div>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct StepsProps {
    way: Rc<WayView>,
    step: Option<usize>,
    differs_from: Option<usize>,
    on_step: Callback<usize>,
    is_still: bool,
}

#[function_component]
fn Steps(props: &StepsProps) -> Html {
    let list = use_node_ref();
    {
        let list = list.clone();
        use_effect_with((props.step, Rc::clone(&props.way)), move |_| {
            // Where the list does not scroll by itself, whoever reads what stands around it is left in peace.
            let Some(list) = list
                .cast::<Element>()
                .filter(|list| list.scroll_height() > list.client_height())
            else {
                return;
            };
            if let Ok(Some(current)) = list.query_selector("[aria-current=step]") {
                // The list alone: what stands above it, the reasons, is not scrolled away.
                let (room, row) = (
                    list.get_bounding_client_rect(),
                    current.get_bounding_client_rect(),
                );
                let above = (row.top() - room.top()).min(0.0);
                let below = (row.bottom() - room.bottom()).max(0.0);
                list.set_scroll_top(list.scroll_top() + (above + below) as i32);
            }
        });
    }
    let mut phase: Option<Phase> = None;
    let rows = props.way.steps.iter().enumerate().map(|(nth, step)| {
        let heading = (phase != Some(step.phase)).then(|| {
            phase = Some(step.phase);
            step.phase.name()
        });
        row(props, nth, step, heading)
    });
    html! {
        // Of what can only be read nothing has the focus: then the list scrolls by itself.
        <ol class="steps" ref={list} aria-label={words::journey::STEPS} tabindex={props.is_still.then_some("0")}>
            { for rows }
        </ol>
    }
}

fn row(props: &StepsProps, nth: usize, step: &StepView, heading: Option<&'static str>) -> Html {
    let onclick = {
        let on_step = props.on_step.clone();
        Callback::from(move |_: MouseEvent| on_step.emit(nth))
    };
    let is_done = props.step.is_some_and(|current| nth <= current);
    let fails = step.ends == Some(Verdict::Unreachable);
    let differs = props.differs_from.is_some_and(|first| nth >= first);
    let class = classes!(
        is_done.then_some("done"),
        fails.then_some("bad"),
        differs.then_some("differs")
    );
    let words = html! {
        <>
            <span class="bead" aria-hidden="true" />
            <span>
                if props.differs_from == Some(nth) {
                    <span class="visually-hidden">{ words::journey::FROM_HERE_ON }</span>
                }
                { &step.title }
            </span>
        </>
    };
    html! {
        <li key={nth}>
            if let Some(heading) = heading {
                <p class="phase">{ heading }</p>
            }
            if props.is_still {
                <div class={classes!("still", class)} title={step.title.clone()}>{ words }</div>
            } else {
                <button
                    type="button"
                    {class}
                    aria-current={(Some(nth) == props.step).then_some("step")}
                    title={step.title.clone()}
                    {onclick}
                >
                    { words }
                </button>
            }
        </li>
    }
}

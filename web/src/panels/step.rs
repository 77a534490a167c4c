//! One step of a journey: what happens, why, to which header, by which rule, caused by which line.

use std::rc::Rc;

use switchboard_engine::{packet::Header, trace::Certainty};
use web_sys::Element;
use yew::prelude::*;

use super::{
    Dispatch, copy_text,
    findings::prose,
    icons::{Icon, icon},
};
use crate::{
    protocol::{RuleView, StepView, TextPlace, TraceView, WayView},
    state::{Action, Tab},
    words,
};

/// What the card shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct StepProps {
    /// The answer.
    pub trace: Rc<TraceView>,
    /// Which way of it.
    pub way: usize,
    /// Which step of that.
    pub step: usize,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The card.
#[function_component]
pub fn Step(props: &StepProps) -> Html {
    let card = use_node_ref();
    {
        let card = card.clone();
        use_effect_with((props.way, props.step), move |_| {
            // Another step is read from its beginning.
            if let Some(card) = card.cast::<Element>() {
                card.set_scroll_top(0);
            }
        });
    }
    let Some(way) = props.trace.ways.get(props.way) else {
        return html! {};
    };
    let Some(step) = way.steps.get(props.step) else {
        return html! {
            <div class="card"><div><h2>{ words::journey::NOTHING_SENT }</h2><p class="reason">{ prose(&way.outcome) }</p></div></div>
        };
    };
    html! {
        <div ref={card} class="card" tabindex="0" role="region" aria-label={words::journey::STEP} aria-live="polite">
            <div>
                <p class="where">{ &step.place }{ " " }{ certainty(step.certainty) }</p>
                <h2>{ &step.title }</h2>
                <p class="reason">{ prose(&step.reason) }</p>
                if step.ends.is_some() && way.outcome != step.reason {
                    <p class="reason"><strong>{ prose(&way.outcome) }</strong></p>
                }
                if !step.causes.is_empty() {
                    <div class="part">
                        <h3>{ words::journey::BECAUSE_OF }</h3>
                        { for step.causes.iter().enumerate().map(|(nth, place)| cause(props, nth, place)) }
                    </div>
                }
                if let Some(command) = &step.command {
                    <div class="part">
                        <h3>{ words::common::ON_A_REAL_CLUSTER }</h3>
                        <Command command={command.line.clone()} dispatch={props.dispatch.clone()} />
                        if command.is_assumed {
                            <p class="reason">{ words::journey::COMMAND_ASSUMED }</p>
                        }
                        if first_in_a_pod(way) == Some(props.step) {
                            <p class="reason">{ prose(words::journey::COMMAND_WITHOUT_TOOL) }</p>
                        }
                    </div>
                }
            </div>
            <div>
                { header(step) }
                if !step.rules.is_empty() {
                    { rules(props, step) }
                }
                { ways(props, way) }
            </div>
        </div>
    }
}

/// The first step of a way whose command needs something of a Pod's image.
fn first_in_a_pod(way: &WayView) -> Option<usize> {
    let needs = |step: &StepView| {
        step.command
            .as_ref()
            .is_some_and(|command| command.is_in_pod)
    };
    way.steps.iter().position(needs)
}

fn certainty(certainty: Certainty) -> Html {
    let (class, word, title) = match certainty {
        Certainty::Given => return html! {},
        Certainty::Assumed => (
            "assumed",
            words::common::ASSUMED,
            words::journey::ASSUMED_MORE,
        ),
        Certainty::Unknowable => (
            "unknowable",
            words::journey::UNKNOWABLE,
            words::journey::UNKNOWABLE_MORE,
        ),
    };
    html! { <span class={classes!("certainty", class)} {title}>{ word }</span> }
}

fn header(step: &StepView) -> Html {
    let (Some(before), Some(after)) = (step.before.or(step.after), step.after.or(step.before))
    else {
        return html! {};
    };
    let row = |name: &'static str, of: fn(&Header) -> String| {
        let (old, new) = (of(&before), of(&after));
        html! {
            <tr>
                <th scope="row">{ name }</th>
                <td>
                    if old == new {
                        { new }
                    } else {
                        <del>{ old }</del>{ " → " }<ins>{ new }</ins>
                    }
                </td>
            </tr>
        }
    };
    html! {
        <section>
            <h3>{ if before == after { words::journey::PACKET } else { words::journey::PACKET_CHANGES } }</h3>
            <table class="header-table">
                <tbody>
                    { row(words::journey::SOURCE, |header| header.from().to_string()) }
                    { row(words::journey::DESTINATION, |header| header.to().to_string()) }
                    { row(words::journey::PROTOCOL, |header| header.protocol_name().to_owned()) }
                </tbody>
            </table>
        </section>
    }
}

fn cause(props: &StepProps, nth: usize, place: &TextPlace) -> Html {
    let (dispatch, target) = (props.dispatch.clone(), place.clone());
    html! {
        <button
            key={nth}
            type="button"
            class="cause"
            onclick={move |_| dispatch.emit(Action::Reveal(target.clone(), true))}
        >
            <span class="line">{ words::common::line(place.line) }</span>
            <code>{ &place.text }</code>
        </button>
    }
}

fn rules(props: &StepProps, step: &StepView) -> Html {
    let all = props
        .dispatch
        .reform(|_: MouseEvent| Action::Tab(Tab::Rules));
    html! {
        <section>
            <h3>{ words::journey::rules_met(step.rules_evaluated) }</h3>
            <ol class="rules-met">
                { for step.rules.iter().enumerate().map(|(nth, met)| html! { <li key={nth}>{ rule(met) }</li> }) }
            </ol>
            <button type="button" class="link" onclick={all}>{ words::journey::ALL_RULES }</button>
        </section>
    }
}

/// A run of rules of one chain: those that were passed over, and the last one.
fn rule(met: &RuleView) -> Html {
    let rule = &met.rule;
    let text = met
        .text
        .clone()
        .unwrap_or_else(|| words::journey::rule(&rule.table, &rule.chain, rule.last + 1));
    let passed = rule.last - rule.first + u32::from(!rule.matched);
    let over = match passed {
        0 => String::new(),
        passed => words::journey::passed_over(passed, &rule.chain),
    };
    html! {
        <>
            if !over.is_empty() {
                <details class="missed">
                    <summary>{ over }</summary>
                    <ul>
                        { for met.passed.iter().enumerate().map(|(nth, (text, why))| html! {
                            <li key={nth}>
                                { text }
                                if let Some(why) = why {
                                    <em>{ words::journey::not_met(why) }</em>
                                }
                            </li>
                        }) }
                        if met.passed.len() < passed as usize {
                            <li>{ words::common::and_more(passed as usize - met.passed.len()) }</li>
                        }
                    </ul>
                </details>
            }
            if rule.matched {
                <span class="matched">
                    <span aria-hidden="true">{ "✓ " }</span>
                    <span class="visually-hidden">{ words::common::MATCHED }</span>
                    { text }
                </span>
            }
        </>
    }
}

/// How many ways there are, and where they stand.
fn ways(props: &StepProps, way: &WayView) -> Html {
    let (ways, ends) = (
        props.trace.ways.len(),
        way.ends.len().max(way.entries.len()),
    );
    if ways < 2 && ends < 2 {
        return html! {};
    }
    let text = match (ways, ends) {
        (1, ends) => words::journey::one_of_ends(ends),
        (ways, _) => words::journey::one_of_ways(&way.share, way.ends_where.as_deref(), ways),
    };
    let onclick = props
        .dispatch
        .reform(|_: MouseEvent| Action::Tab(Tab::Branches));
    html! {
        <section>
            <button type="button" class="link" {onclick}>{ text }</button>
        </section>
    }
}

/// What a command line needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CommandProps {
    /// A line for a shell.
    pub command: String,
    /// What happens.
    pub dispatch: Dispatch,
}

/// A line of text that can be copied.
#[function_component]
pub fn Command(props: &CommandProps) -> Html {
    let copy = {
        let (command, dispatch) = (props.command.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| copy_text(&command, &dispatch))
    };
    html! {
        <div class="command">
            <code>{ &props.command }</code>
            <button class="button icon plain" type="button" aria-label={words::common::COPY} title={words::common::COPY} onclick={copy}>
                { icon(Icon::Copy) }
            </button>
        </div>
    }
}

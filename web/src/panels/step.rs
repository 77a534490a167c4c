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
            <div class="card"><div><h2>{ "Nothing is sent" }</h2><p class="reason">{ &way.outcome }</p></div></div>
        };
    };
    html! {
        <div ref={card} class="card" tabindex="0" role="region" aria-label="Step" aria-live="polite">
            <div>
                <p class="where">{ &step.place }{ " " }{ certainty(step.certainty) }</p>
                <h2>{ &step.title }</h2>
                <p class="reason">{ prose(&step.reason) }</p>
                if step.ends.is_some() && way.outcome != step.reason {
                    <p class="reason"><strong>{ &way.outcome }</strong></p>
                }
                if !step.causes.is_empty() {
                    <div class="part">
                        <h3>{ "Because of" }</h3>
                        { for step.causes.iter().enumerate().map(|(nth, place)| cause(props, nth, place)) }
                    </div>
                }
                if let Some(command) = &step.command {
                    <div class="part">
                        <h3>{ "On a real cluster" }</h3>
                        <Command command={command.clone()} dispatch={props.dispatch.clone()} />
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

fn certainty(certainty: Certainty) -> Html {
    let (class, word, title) = match certainty {
        Certainty::Given => return html! {},
        Certainty::Assumed => (
            "assumed",
            "assumed",
            "It rests on something that no manifest says: an address, a placement, the network.",
        ),
        Certainty::Unknowable => ("unknowable", "? unknowable", "No manifest can tell."),
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
            <h3>{ if before == after { "Packet" } else { "Packet, before → after" } }</h3>
            <table class="header-table">
                <tbody>
                    { row("source", |header| header.from().to_string()) }
                    { row("destination", |header| header.to().to_string()) }
                    { row("protocol", |header| header.protocol_name().to_owned()) }
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
            <span class="line">{ format!("line {}", place.line) }</span>
            <code>{ &place.text }</code>
        </button>
    }
}

fn rules(props: &StepProps, step: &StepView) -> Html {
    let all = props
        .dispatch
        .reform(|_: MouseEvent| Action::Tab(Tab::Rules));
    let several = step.rules_evaluated;
    html! {
        <section>
            <h3>{ format!("Rules that it met: {several}") }</h3>
            <ol class="rules-met">
                { for step.rules.iter().enumerate().map(|(nth, met)| html! { <li key={nth}>{ rule(met) }</li> }) }
            </ol>
            <button type="button" class="link" onclick={all}>{ "All rules of this node" }</button>
        </section>
    }
}

/// A run of rules of one chain: those that were passed over, and the last one.
fn rule(met: &RuleView) -> Html {
    let rule = &met.rule;
    let text = met
        .text
        .clone()
        .unwrap_or_else(|| format!("{} {} rule {}", rule.table, rule.chain, rule.last + 1));
    let passed = rule.last - rule.first + u32::from(!rule.matched);
    let over = match passed {
        0 => String::new(),
        1 => format!("1 rule of {} passed over", rule.chain),
        several => format!("{several} rules of {} passed over", rule.chain),
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
                                    <em>{ format!("not met: {why}") }</em>
                                }
                            </li>
                        }) }
                        if met.passed.len() < passed as usize {
                            <li>{ format!("and {} more", passed as usize - met.passed.len()) }</li>
                        }
                    </ul>
                </details>
            }
            if rule.matched {
                <span class="matched">
                    <span aria-hidden="true">{ "✓ " }</span>
                    <span class="visually-hidden">{ "matched: " }</span>
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
        (1, ends) => format!("One of {ends} ends of this way: all of them"),
        (ways, _) => format!("{} of all packets go this way: all {ways} ways", way.share),
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
            <button class="button icon plain" type="button" aria-label="Copy" title="Copy" onclick={copy}>
                { icon(Icon::Copy) }
            </button>
        </div>
    }
}

//! One step of a journey: what happens, why, to which header, by which rule, caused by which line.

use std::rc::Rc;

use switchboard_engine::{packet::Header, trace::Certainty};
use yew::prelude::*;

use super::{
    Dispatch,
    findings::prose,
    icons::{self, Icon, icon},
};
use crate::{
    protocol::{EndView, RuleView, StepView, TextPlace, TraceView, WayView},
    state::{Action, Notice, Tab},
};

/// How many ends are named.
const ENDS: usize = 12;

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
    let Some(way) = props.trace.ways.get(props.way) else {
        return html! {};
    };
    let Some(step) = way.steps.get(props.step) else {
        return html! {
            <div class="card"><div><h2>{ "Nothing is sent" }</h2><p class="reason">{ &way.outcome }</p></div></div>
        };
    };
    html! {
        <div class="card" tabindex="0" role="region" aria-label="Step" aria-live="polite">
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
                    { rules(props, &step.rules) }
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

fn rules(props: &StepProps, rules: &[RuleView]) -> Html {
    let dispatch = props.dispatch.clone();
    html! {
        <section>
            <h3>{ "Rules that it met" }</h3>
            <ol class="rules-met">
                { for rules.iter().enumerate().map(|(nth, met)| {
                    let rule = &met.rule;
                    let text = met.text.clone().unwrap_or_else(|| {
                        format!("{} {} rule {}", rule.table, rule.chain, rule.last + 1)
                    });
                    html! {
                        <li key={nth} class={classes!((!rule.matched).then_some("missed"))}>
                            <span>
                                <span aria-hidden="true">{ if rule.matched { "✓" } else { "·" } }</span>
                                <span class="visually-hidden">{ if rule.matched { "matched" } else { "did not match" } }</span>
                            </span>
                            <span>{ text }</span>
                        </li>
                    }
                }) }
            </ol>
            <button type="button" class="link" onclick={move |_| dispatch.emit(Action::Tab(Tab::Rules))}>
                { "All rules of this node" }
            </button>
        </section>
    }
}

fn ways(props: &StepProps, way: &WayView) -> Html {
    let several = props.trace.ways.len() > 1;
    if !several && way.ends.len() < 2 && way.entries.len() < 2 {
        return html! {};
    }
    html! {
        <section>
            if several {
                <h3>{ format!("Ways, with their {}", props.trace.shares) }</h3>
                <div class="ways" role="group" aria-label="Ways">
                    { for props.trace.ways.iter().enumerate().map(|(nth, other)| choice(props, nth, other)) }
                </div>
            }
            if way.entries.len() > 1 {
                { ends("Enters at one of", &way.entries) }
            }
            if way.ends.len() > 1 {
                { ends("Ends at one of", &way.ends) }
            }
        </section>
    }
}

fn choice(props: &StepProps, nth: usize, way: &WayView) -> Html {
    let dispatch = props.dispatch.clone();
    let (_, mark) = icons::verdict(way.verdict);
    html! {
        <button
            key={nth}
            type="button"
            class="way-choice"
            aria-pressed={(nth == props.way).to_string()}
            title={way.outcome.clone()}
            onclick={move |_| dispatch.emit(Action::Way(nth))}
        >
            <span class="share">{ &way.share }</span>
            <span class="way-title">{ icon(mark) }<span>{ &way.title }</span></span>
            <progress
                max="1"
                value={way.fraction.to_string()}
                aria-label={format!("{} of all packets", way.share)}
            />
        </button>
    }
}

fn ends(title: &'static str, ends: &[EndView]) -> Html {
    html! {
        <div class="part">
            <h3>{ title }</h3>
            <ul class="ends">
                { for ends.iter().take(ENDS).map(|end| html! {
                    <li key={format!("{}{}", end.title, end.subtitle)}>
                        <span class="share">{ &end.share }</span>
                        <span>{ &end.title }{ " " }<span class="mono where">{ &end.subtitle }</span></span>
                    </li>
                }) }
                if ends.len() > ENDS {
                    <li><span /><span>{ format!("and {} more", ends.len() - ENDS) }</span></li>
                }
            </ul>
        </div>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct CommandProps {
    command: String,
    dispatch: Dispatch,
}

#[function_component]
fn Command(props: &CommandProps) -> Html {
    let copy = {
        let (command, dispatch) = (props.command.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| {
            let clipboard = gloo::utils::window().navigator().clipboard();
            // Without permission nothing is copied; the text can still be selected.
            let _ = clipboard.write_text(&command);
            dispatch.emit(Action::Notice(Some(Notice {
                text: "Copied.".to_owned(),
                is_trouble: false,
            })));
        })
    };
    html! {
        <div class="command">
            <code>{ &props.command }</code>
            <button class="button icon plain" type="button" aria-label="Copy the command" onclick={copy}>
                { icon(Icon::Copy) }
            </button>
        </div>
    }
}

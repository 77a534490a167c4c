//! A node's rules as text, with those that the current step met.

use std::rc::Rc;

use web_sys::Element;
use yew::prelude::*;

use crate::protocol::{RuleLine, RuleView, RulesView};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct RulesProps {
    /// The rules.
    pub rules: Option<Rc<RulesView>>,
    /// What the current step met.
    pub met: Vec<RuleView>,
}

/// The panel.
#[function_component]
pub fn Rules(props: &RulesProps) -> Html {
    let list = use_node_ref();
    {
        let list = list.clone();
        let wanted = (props.met.clone(), props.rules.clone());
        use_effect_with(wanted, move |_| {
            let first = list
                .cast::<Element>()
                .and_then(|list| list.query_selector(".matched").ok().flatten());
            if let Some(first) = first {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Center);
                first.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
    let Some(rules) = &props.rules else {
        return html! { <div class="plain-panel"><p>{ "There is no node whose rules could be shown." }</p></div> };
    };
    html! {
        <>
            <p class="rules-head">
                { format!("Rules of node {}, {}", rules.node, rules.mode) }
            </p>
            <ol class="ruleset" ref={list}>
                { for rules.lines.iter().enumerate().map(|(nth, line)| html! {
                    <li key={nth} class={class(props, line)}>{ &line.text }</li>
                }) }
            </ol>
            if rules.left_out > 0 {
                <p class="quiet">{ format!("{} lines are left out: too many to show. The chains that the step met are here.", rules.left_out) }</p>
            }
        </>
    }
}

fn class(props: &RulesProps, line: &RuleLine) -> Option<&'static str> {
    let Some((table, chain, number)) = &line.rule else {
        return Some("frame");
    };
    let node = &props.rules.as_ref()?.node;
    props
        .met
        .iter()
        .map(|met| &met.rule)
        .filter(|met| met.node == *node && met.table == *table && met.chain == *chain)
        .find(|met| (met.first..=met.last).contains(number))
        .map(|met| {
            if met.matched && met.last == *number {
                "matched"
            } else {
                "met"
            }
        })
}

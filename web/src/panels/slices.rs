//! EndpointSlices of the step's Service, as `kubectl get endpointslices -o wide` prints them, what is behind them, and
//! which of it the step's node uses.

use std::rc::Rc;

use yew::prelude::*;

use super::breakable;
use crate::{
    protocol::{
        EndpointView,
        follow::{SliceRows, SlicesView, Use},
    },
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct SlicesProps {
    /// The slices; `None`: no Service is chosen, and the step is about none.
    pub slices: Option<Rc<SlicesView>>,
}

/// As kubectl heads them.
const COLUMNS: [&str; 4] = ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS"];

/// The panel.
pub fn slices(props: &SlicesProps) -> Html {
    let Some(view) = &props.slices else {
        return html! {
            <div class="plain-panel"><p>{ words::rules::NO_SERVICE }</p></div>
        };
    };
    let service = &view.wanted.service;
    if view.slices.is_empty() {
        return html! {
            <div class="plain-panel"><p>{ words::rules::no_slices(service) }</p></div>
        };
    }
    html! {
        <div class="plain-panel">
            { for view.notes.iter().map(|note| html! { <p key={note.clone()}>{ note }</p> }) }
            <table class="table">
                <caption><code>{ format!("kubectl get endpointslices -n {} -l kubernetes.io/service-name={} -o wide", service.namespace, service.name) }</code></caption>
                <thead>
                    <tr>
                        { for COLUMNS.map(|column| html! { <th key={column} scope="col">{ column }</th> }) }
                    </tr>
                </thead>
                <tbody>
                    { for view.slices.iter().map(|rows| html! {
                        <tr key={rows.slice.name.clone()}>
                            <td class="mono name">
                                { &rows.slice.name }
                                if rows.slice.made {
                                    <span class="why" title={words::rules::SLICE_ASSUMED}>{ words::common::ASSUMED }</span>
                                }
                            </td>
                            <td class="mono">{ &rows.slice.address_type }</td>
                            <td class="mono name">{ &rows.slice.ports }</td>
                            <td class="mono name">{ breakable(&rows.slice.endpoints) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            { for view.slices.iter().map(|rows| endpoints(view, rows)) }
        </div>
    }
}

fn endpoints(view: &SlicesView, rows: &SliceRows) -> Html {
    let slice = &rows.slice;
    html! {
        <table class="table" key={slice.name.clone()}>
            <caption>{ words::rules::endpoints_of(&slice.name) }</caption>
            <thead>
                <tr>
                    <th scope="col">{ words::rules::ADDRESS }</th>
                    <th scope="col">{ words::rules::TARGET }</th>
                    <th scope="col">{ words::common::NODE }</th>
                    <th scope="col">{ words::rules::ZONE }</th>
                    <th scope="col">{ words::rules::CONDITIONS }</th>
                    <th scope="col">{ words::rules::HINTS }</th>
                    if let Some(node) = &view.wanted.node {
                        <th scope="col">{ words::rules::on_node(node) }</th>
                    }
                </tr>
            </thead>
            <tbody>
                { for slice.rows.iter().zip(&rows.uses).enumerate().map(|(nth, (row, used))| self::row(view, nth, row, used.as_ref())) }
                if slice.more > 0 {
                    <tr><td colspan="7">{ words::common::and_more(slice.more as usize) }</td></tr>
                }
            </tbody>
        </table>
    }
}

fn row(view: &SlicesView, nth: usize, row: &EndpointView, used: Option<&Use>) -> Html {
    html! {
        <tr key={nth} class={classes!(used.is_some_and(|used| !used.used).then_some("unused"))}>
            <td class="mono name">{ &row.address }</td>
            <td class="name">{ breakable(&row.target) }</td>
            <td class="name">{ &row.node }</td>
            <td class="name">{ &row.zone }</td>
            <td>{ if row.conditions.is_empty() { words::rules::NO_CONDITION } else { &row.conditions } }</td>
            <td>{ &row.hints }</td>
            if view.wanted.node.is_some() {
                <td>
                    if let Some(used) = used {
                        <span aria-hidden="true">{ if used.used { "✓ " } else { "✕ " } }</span>
                        { &used.why }
                    } else {
                        { words::rules::NOT_OF_PROXY }
                    }
                </td>
            }
        </tr>
    }
}

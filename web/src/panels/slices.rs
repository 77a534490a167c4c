//! EndpointSlices of the step's Service, as `kubectl get endpointslices -o wide` prints them, what is behind them, and
//! which of it the step's node uses.

use std::rc::Rc;

use yew::prelude::*;

use crate::protocol::{
    EndpointView,
    follow::{SliceRows, SlicesView, Use},
};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SlicesProps {
    /// The slices; `None`: no Service is chosen, and the step is about none.
    pub slices: Option<Rc<SlicesView>>,
}

/// The panel.
#[function_component]
pub fn Slices(props: &SlicesProps) -> Html {
    let Some(view) = &props.slices else {
        return html! {
            <div class="plain-panel"><p>{ "Choose a Service on the map, or send a packet to one: its EndpointSlices stand here." }</p></div>
        };
    };
    let service = &view.wanted.service;
    if view.slices.is_empty() {
        return html! {
            <div class="plain-panel"><p>{ format!("Service {service} has no EndpointSlices.") }</p></div>
        };
    }
    html! {
        <div class="plain-panel">
            { for view.notes.iter().map(|note| html! { <p key={note.clone()}>{ note }</p> }) }
            <table class="table">
                <caption><code>{ format!("kubectl get endpointslices -n {} -l kubernetes.io/service-name={} -o wide", service.namespace, service.name) }</code></caption>
                <thead>
                    <tr>
                        <th scope="col">{ "NAME" }</th>
                        <th scope="col">{ "ADDRESSTYPE" }</th>
                        <th scope="col">{ "PORTS" }</th>
                        <th scope="col">{ "ENDPOINTS" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for view.slices.iter().map(|rows| html! {
                        <tr key={rows.slice.name.clone()}>
                            <td class="mono">
                                { &rows.slice.name }
                                if rows.slice.made {
                                    <span class="why" title="The EndpointSlice controller would write it; the end of its name is assumed.">{ "assumed" }</span>
                                }
                            </td>
                            <td class="mono">{ &rows.slice.address_type }</td>
                            <td class="mono">{ &rows.slice.ports }</td>
                            <td class="mono">{ &rows.slice.endpoints }</td>
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
            <caption>{ format!("Endpoints of {}", slice.name) }</caption>
            <thead>
                <tr>
                    <th scope="col">{ "Address" }</th>
                    <th scope="col">{ "Target" }</th>
                    <th scope="col">{ "Node" }</th>
                    <th scope="col">{ "Zone" }</th>
                    <th scope="col">{ "Conditions" }</th>
                    <th scope="col">{ "Hints" }</th>
                    if let Some(node) = &view.wanted.node {
                        <th scope="col">{ format!("On {node}") }</th>
                    }
                </tr>
            </thead>
            <tbody>
                { for slice.rows.iter().zip(&rows.uses).enumerate().map(|(nth, (row, used))| self::row(view, nth, row, used.as_ref())) }
                if slice.more > 0 {
                    <tr><td colspan="7">{ format!("and {} more", slice.more) }</td></tr>
                }
            </tbody>
        </table>
    }
}

fn row(view: &SlicesView, nth: usize, row: &EndpointView, used: Option<&Use>) -> Html {
    html! {
        <tr key={nth} class={classes!(used.is_some_and(|used| !used.used).then_some("unused"))}>
            <td class="mono">{ &row.address }</td>
            <td>{ &row.target }</td>
            <td>{ &row.node }</td>
            <td>{ &row.zone }</td>
            <td>{ if row.conditions.is_empty() { "none" } else { &row.conditions } }</td>
            <td>{ &row.hints }</td>
            if view.wanted.node.is_some() {
                <td>
                    if let Some(used) = used {
                        <span aria-hidden="true">{ if used.used { "✓ " } else { "✕ " } }</span>
                        { &used.why }
                    } else {
                        { "no part of kube-proxy’s" }
                    }
                </td>
            }
        </tr>
    }
}

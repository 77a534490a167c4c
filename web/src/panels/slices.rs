//! EndpointSlices of the chosen Service, as `kubectl get endpointslices -o wide` prints them, and what is behind them.

use std::rc::Rc;

use yew::prelude::*;

use crate::protocol::{DetailView, SliceView};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct SlicesProps {
    /// The chosen thing.
    pub detail: Option<Rc<DetailView>>,
}

/// The panel.
#[function_component]
pub fn Slices(props: &SlicesProps) -> Html {
    let service = props
        .detail
        .as_ref()
        .filter(|detail| detail.kind == "Service");
    let Some(service) = service else {
        return html! {
            <div class="plain-panel"><p>{ "Choose a Service on the map: its EndpointSlices stand here." }</p></div>
        };
    };
    if service.slices.is_empty() {
        return html! {
            <div class="plain-panel"><p>{ format!("Service {} has no EndpointSlices.", service.title) }</p></div>
        };
    }
    html! {
        <div class="plain-panel">
            <table class="table">
                <caption><code>{ format!("kubectl get endpointslices -n {} -l kubernetes.io/service-name={} -o wide", service.namespace, service.title) }</code></caption>
                <thead>
                    <tr>
                        <th scope="col">{ "NAME" }</th>
                        <th scope="col">{ "ADDRESSTYPE" }</th>
                        <th scope="col">{ "PORTS" }</th>
                        <th scope="col">{ "ENDPOINTS" }</th>
                    </tr>
                </thead>
                <tbody>
                    { for service.slices.iter().map(|slice| html! {
                        <tr key={slice.name.clone()}>
                            <td class="mono">
                                { &slice.name }
                                if slice.made {
                                    <span class="why" title="The EndpointSlice controller would write it; the end of its name is assumed.">{ "assumed" }</span>
                                }
                            </td>
                            <td class="mono">{ &slice.address_type }</td>
                            <td class="mono">{ &slice.ports }</td>
                            <td class="mono">{ &slice.endpoints }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            { for service.slices.iter().map(endpoints) }
        </div>
    }
}

fn endpoints(slice: &SliceView) -> Html {
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
                </tr>
            </thead>
            <tbody>
                { for slice.rows.iter().enumerate().map(|(nth, row)| html! {
                    <tr key={nth}>
                        <td class="mono">{ &row.address }</td>
                        <td>{ &row.target }</td>
                        <td>{ &row.node }</td>
                        <td>{ &row.zone }</td>
                        <td>{ if row.conditions.is_empty() { "none" } else { &row.conditions } }</td>
                    </tr>
                }) }
                if slice.more > 0 {
                    <tr><td colspan="5">{ format!("and {} more", slice.more) }</td></tr>
                }
            </tbody>
        </table>
    }
}

//! What stands in the map's place when there is no map: why, and what to do next.

use yew::prelude::*;

use super::Dispatch;
use crate::{
    samples::samples,
    state::{Action, ViewAction},
};

/// Why there is nothing to draw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Nothing was written.
    NothingWritten,
    /// The text cannot be read: what the first finding says.
    Unreadable(String),
    /// There are objects, but no Service and no Pod.
    NoServices {
        /// Objects of kinds that are modelled.
        objects: u32,
    },
    /// The filter hides everything.
    Filtered,
    /// The first answer is not there yet.
    Reading,
}

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct EmptyProps {
    /// Why there is nothing to draw.
    pub why: Why,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
#[function_component]
pub fn Empty(props: &EmptyProps) -> Html {
    let (title, text, offers_samples) = match &props.why {
        Why::Reading => return html! { <div class="empty"><p role="status">{ "Reading the manifests …" }</p></div> },
        Why::NothingWritten => (
            "Paste your manifests",
            "YAML or JSON, one file or many: Services, Deployments, Pods, or the output of \u{201c}kubectl get -A -o yaml\u{201d}. You can also drop files anywhere on this page. Nothing leaves your browser.".to_owned(),
            true,
        ),
        Why::Unreadable(reason) => (
            "This text holds no manifest",
            format!("{reason} The findings below the editor say where."),
            true,
        ),
        Why::NoServices { objects: 0 } => (
            "No Service and no workload in here",
            "The map is drawn from Services, workloads, Pods and EndpointSlices. Other kinds are listed among the findings.".to_owned(),
            true,
        ),
        Why::NoServices { .. } => (
            "No Service and no Pod in here",
            "There are objects, but none that a packet could find. Add a Service and the workload that it selects.".to_owned(),
            true,
        ),
        Why::Filtered => (
            "Nothing matches the filter",
            "No Service or Pod is left to draw.".to_owned(),
            false,
        ),
    };
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::View(ViewAction::Clear));
        })
    };
    html! {
        <div class="empty">
            <h2>{ title }</h2>
            <p>{ text }</p>
            if offers_samples {
                <p>{ "Or begin with a sample:" }</p>
                <div class="choices">
                    { for samples().into_iter().map(|sample| {
                        let dispatch = props.dispatch.clone();
                        html! {
                            <button
                                key={sample.id}
                                type="button"
                                class="button"
                                title={sample.summary}
                                onclick={move |_| dispatch.emit(sample.open())}
                            >
                                { sample.title }
                            </button>
                        }
                    }) }
                </div>
            } else {
                <button type="button" class="button" onclick={clear}>{ "Show everything" }</button>
            }
        </div>
    }
}

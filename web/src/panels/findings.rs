//! The list of findings, below the editor.

use switchboard_engine::finding::Severity;
use yew::prelude::*;

use super::{Dispatch, icons};
use crate::{
    protocol::{FindingView, Picture},
    state::Action,
};
use std::rc::Rc;

/// What the list shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FindingsProps {
    /// What was found out; `None` while nothing was read.
    pub picture: Option<Rc<Picture>>,
    /// Whether several files are open.
    pub several_files: bool,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The list.
#[function_component]
pub fn Findings(props: &FindingsProps) -> Html {
    let Some(picture) = &props.picture else {
        return html! {};
    };
    let findings = &picture.findings;
    let count = |severity: Severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let summary = [
        (count(Severity::Error), "error", "errors"),
        (count(Severity::Warning), "warning", "warnings"),
        (count(Severity::Note), "note", "notes"),
    ]
    .into_iter()
    .filter(|(n, ..)| *n > 0)
    .map(|(n, one, many)| format!("{n} {}", if n == 1 { one } else { many }))
    .collect::<Vec<_>>()
    .join(", ");
    html! {
        <section class="findings" aria-label="Findings">
            <div class="panel-head">
                <h2>{ "Findings" }</h2>
                <span class="count">{ findings.len() }</span>
                <span class="summary" role="status">{ summary }</span>
            </div>
            if findings.is_empty() {
                <p class="quiet">{ "Nothing to say about these manifests." }</p>
            } else {
                <ul class="list">
                    { for findings.iter().enumerate().map(|(nth, finding)| row(props, nth, finding)) }
                </ul>
            }
        </section>
    }
}

fn row(props: &FindingsProps, nth: usize, finding: &FindingView) -> Html {
    let onclick = {
        let (dispatch, finding) = (props.dispatch.clone(), finding.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(key) = finding.about.clone() {
                dispatch.emit(Action::Select(Some(key)));
            }
            if let Some(place) = finding.place.clone() {
                dispatch.emit(Action::Reveal(place, true));
            }
        })
    };
    let place = finding.place.as_ref().map(|place| {
        if props.several_files {
            format!("{}:{}", place.file_name, place.line)
        } else {
            format!("line {}", place.line)
        }
    });
    html! {
        <li key={nth}>
            <button type="button" class="finding" {onclick}>
                { icons::severity(finding.severity) }
                <span>
                    { prose(&finding.message) }
                    <span class="code mono">{ &finding.code }</span>
                </span>
                if let Some(place) = place {
                    <span class="where">{ place }</span>
                }
            </button>
        </li>
    }
}

/// A sentence whose quoted parts are set as code.
pub fn prose(text: &str) -> Html {
    text.split('`')
        .enumerate()
        .map(|(nth, part)| {
            if nth % 2 == 1 {
                html! { <code>{ part.to_owned() }</code> }
            } else {
                html! { { part.to_owned() } }
            }
        })
        .collect()
}

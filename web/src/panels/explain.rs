//! Why an answer is what it is: the findings behind it, the one to mend first in front, and what is worth knowing of its
//! packets; and, once something was mended, that the answer stands beside what it was.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Dispatch,
    findings::{Code, Mend, prose},
    icons::{self, Icon, icon},
};
use crate::{
    protocol::{FindingView, TraceView},
    state::{Action, FindingsAction},
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct ExplainProps {
    /// The answer.
    pub trace: Rc<TraceView>,
    /// Whether it stands beside what it was before something was mended.
    pub compared: bool,
    /// Whether several files are open.
    pub several_files: bool,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel; nothing where there is nothing to say.
pub fn explain(props: &ExplainProps) -> Html {
    let (reasons, remarks) = props.trace.reasons_and_remarks();
    if reasons.is_empty() && remarks.is_empty() && !props.compared {
        return html! {};
    }
    let dismiss = props
        .dispatch
        .reform(|_: MouseEvent| Action::Findings(FindingsAction::Dismiss));
    html! {
        <section class="explain" aria-label={words::journey::WHY}>
            if props.compared {
                <p class="compared-note" role="status">
                    <span>{ words::journey::COMPARED }</span>
                    <button type="button" class="button icon plain" aria-label={words::journey::CLOSE_COMPARISON} onclick={dismiss}>
                        { icon(Icon::Close) }
                    </button>
                </p>
            }
            if !reasons.is_empty() {
                <ol>{ for reasons.iter().map(|finding| item(props, finding)) }</ol>
            }
            if !remarks.is_empty() {
                <details>
                    <summary>{ words::journey::worth_knowing(remarks.len()) }</summary>
                    <ul>{ for remarks.iter().map(|finding| item(props, finding)) }</ul>
                </details>
            }
        </section>
    }
}

fn item(props: &ExplainProps, finding: &FindingView) -> Html {
    let dispatch = &props.dispatch;
    html! {
        <li key={format!("{} {} {}", finding.code, finding.object, finding.field)}>
            { icons::severity(finding.severity) }
            <div class="what">
                <p><strong>{ prose(&finding.title) }</strong></p>
                <p class="message">{ prose(&finding.message) }</p>
                <p class="beside">
                    if let Some(place) = &finding.place {
                        <button
                            type="button"
                            class="link"
                            onclick={dispatch.reform({ let place = place.clone(); move |_: MouseEvent| Action::Reveal(place.clone(), true) })}
                        >
                            if props.several_files {
                                { words::common::line_of(&place.file_name, place.line) }
                            } else {
                                { words::common::line(place.line) }
                            }
                        </button>
                    }
                    <Code code={finding.code.clone()} command={finding.command.clone()} dispatch={dispatch.clone()} />
                </p>
            </div>
            if let Some(mend) = &finding.mend {
                <Mend mend={mend.clone()} dispatch={dispatch.clone()} />
            }
        </li>
    }
}

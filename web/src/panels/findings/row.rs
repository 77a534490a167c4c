//! One finding: what, what a client sees, where, what its code means, and the edit that mends it.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    panels::{
        Dispatch,
        icons::{self, Icon, icon},
    },
    protocol::{FindingView, MendView, Picture},
    state::{Action, FindingsAction},
    words,
};

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct RowProps {
    pub(super) finding: Rc<FindingView>,
    /// Whether it is the one that Tab reaches.
    pub(super) is_current: bool,
    pub(super) place: Option<String>,
    pub(super) picture: Rc<Picture>,
    pub(super) on_focus: Callback<()>,
    pub(super) on_fixed: Callback<()>,
    pub(super) dispatch: Dispatch,
}

#[function_component]
pub(super) fn Row(props: &RowProps) -> Html {
    let finding = &props.finding;
    let onclick = {
        let props = props.clone();
        Callback::from(move |_: MouseEvent| go_to(&props.finding, &props.picture, &props.dispatch))
    };
    let tabindex = if props.is_current { "0" } else { "-1" };
    html! {
        <li class="row" onfocusin={props.on_focus.reform(|_: FocusEvent| ())}>
            <button type="button" class="finding" {tabindex} {onclick}>
                { icons::severity(finding.severity) }
                <span class="what">
                    <span class="head">
                        <strong>{ prose(&finding.title) }</strong>
                        <span class="where">{ for props.place.iter() }</span>
                    </span>
                    <span class="message">{ prose(&finding.message) }</span>
                    if let Some(symptom) = &finding.symptom {
                        <span class="symptom">{ words::findings::client_sees(symptom) }</span>
                    }
                </span>
            </button>
            <div class="beside">
                if !finding.field.is_empty() {
                    <span class="field-path mono" title={finding.field.clone()}>{ &finding.field }</span>
                }
                <Code code={finding.code.clone()} command={finding.command.clone()} {tabindex} dispatch={props.dispatch.clone()} />
            </div>
            if let Some(mend) = &finding.mend {
                <Mend mend={mend.clone()} {tabindex} on_fixed={props.on_fixed.clone()} dispatch={props.dispatch.clone()} />
            }
        </li>
    }
}

/// Chooses what a finding is about, and shows where it stands.
pub fn go_to(finding: &FindingView, picture: &Picture, dispatch: &Dispatch) {
    let drawn = |key: &&crate::scene::Key| picture.drawing.item(key).is_some();
    if let Some(key) = finding.at.iter().find(drawn) {
        dispatch.emit(Action::Select(Some(key.clone())));
    }
    if let Some(place) = finding.place.clone() {
        dispatch.emit(Action::Reveal(place, true));
    }
}

/// `line 14`, with the file if there are several.
pub(super) fn position(finding: &FindingView, several_files: bool) -> Option<String> {
    let place = finding.place.as_ref()?;
    Some(if several_files {
        words::common::line_of(&place.file_name, place.line)
    } else {
        words::common::line(place.line)
    })
}

/// A finding's code, which opens its page.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CodeProps {
    /// The code.
    pub code: String,
    /// What shows the finding on a real cluster.
    #[prop_or_default]
    pub command: Option<String>,
    /// Whether Tab reaches it.
    #[prop_or("0")]
    pub tabindex: &'static str,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The button of a code.
#[function_component]
pub fn Code(props: &CodeProps) -> Html {
    let onclick = {
        let props = props.clone();
        Callback::from(move |_: MouseEvent| {
            let page = FindingsAction::Page(props.code.clone(), props.command.clone());
            props.dispatch.emit(Action::Findings(page));
        })
    };
    html! {
        <button
            type="button"
            class="link code mono"
            tabindex={props.tabindex}
            aria-haspopup="dialog"
            title={words::findings::WHAT_IT_MEANS}
            {onclick}
        >
            { &props.code }
        </button>
    }
}

/// An edit that is offered.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct MendProps {
    /// The edit.
    pub mend: MendView,
    /// Whether Tab reaches its button.
    #[prop_or("0")]
    pub tabindex: &'static str,
    /// Called when it was chosen.
    #[prop_or_default]
    pub on_fixed: Callback<()>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The lines before and after, and the button that writes them.
#[function_component]
pub fn Mend(props: &MendProps) -> Html {
    let mend = &props.mend;
    let onclick = {
        let props = props.clone();
        Callback::from(move |_: MouseEvent| {
            props.on_fixed.emit(());
            let fix = FindingsAction::Fix(props.mend.clone());
            props.dispatch.emit(Action::Findings(fix));
        })
    };
    html! {
        <div class="mend">
            <pre class="mend-change">{ for change(&mend.before, &mend.after) }</pre>
            <button type="button" class="button fix" tabindex={props.tabindex} {onclick}>
                { icon(Icon::Mend) }
                <span>{ prose(&mend.title) }</span>
            </button>
        </div>
    }
}

/// What goes and what comes, line by line, without the space that all have in front; a line that stays is not repeated.
fn change(before: &str, after: &str) -> Vec<Html> {
    let space = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let margin = before.lines().chain(after.lines()).map(space).min();
    let margin = margin.unwrap_or_default();
    let line = |class: &'static str, sign: &'static str, word: &'static str, text: &str| {
        html! {
            <span class={classes!("mend-line", class)}>
                <span aria-hidden="true">{ sign }</span>
                <span class="visually-hidden">{ word }</span>
                { text.get(margin..).unwrap_or(text).to_owned() }
                { "\n" }
            </span>
        }
    };
    let kept = |text: &str, others: &str| others.lines().any(|other| other == text);
    let gone = before.lines().map(|text| match kept(text, after) {
        true => line("mend-same", " ", "", text),
        false => line("mend-gone", "−", words::findings::LINE_BEFORE, text),
    });
    let come = after.lines().filter(|text| !kept(text, before));
    let come = come.map(|text| line("mend-new", "+", words::findings::LINE_AFTER, text));
    // A line that comes before another stands there.
    if before.lines().all(|text| kept(text, after)) {
        come.chain(gone).collect()
    } else {
        gone.chain(come).collect()
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

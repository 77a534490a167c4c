//! Findings and the browser: marks in the editor, the filter that is remembered, the count in the title.

use std::{collections::BTreeSet, rc::Rc};

use gloo::storage::{LocalStorage, Storage};
use switchboard_engine::{finding::Severity, order::Order};
use yew::prelude::*;

use crate::{
    editor::{Diagnostic, DiagnosticSeverity},
    panels::Dispatch,
    protocol::{FindingsAnswer, Picture},
    state::{Action, FindingsAction, State},
    words,
};

const KEY: &str = "switchboard-findings";

/// What the editor marks in a file.
pub(super) fn diagnostics(picture: &Picture, active: usize) -> Vec<Diagnostic> {
    let here = picture.findings.iter().filter_map(|finding| {
        let place = finding
            .place
            .as_ref()
            .filter(|place| place.file == active)?;
        Some(Diagnostic {
            from: place.from,
            to: place.to,
            severity: match finding.severity {
                Severity::Error => DiagnosticSeverity::Error,
                Severity::Warning => DiagnosticSeverity::Warning,
                Severity::Note => DiagnosticSeverity::Info,
            },
            message: finding.message.clone(),
            source: finding.code.clone(),
            action: finding.mend.as_ref().map(|mend| mend.title.clone()),
            mend: finding.mend.clone(),
        })
    });
    let mut diagnostics: Vec<Diagnostic> = here.collect();
    diagnostics.order_by_key(|diagnostic| (diagnostic.from, diagnostic.to));
    diagnostics
}

/// What the worker answers.
pub(super) fn hear(answer: FindingsAnswer, dispatch: &Dispatch) {
    dispatch.emit(Action::Findings(FindingsAction::Told(answer)));
}

/// Which severities are left out is kept in this browser.
#[hook]
pub(super) fn use_filter(state: &Rc<State>, dispatch: &Dispatch) {
    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| {
            if let Ok(kept) = LocalStorage::get::<BTreeSet<Severity>>(KEY) {
                dispatch.emit(Action::Findings(FindingsAction::Recall(kept)));
            }
        });
    }
    // The first time is before anything was recalled.
    let first = use_mut_ref(|| true);
    use_effect_with(state.findings.left_out.clone(), move |left_out| {
        if !first.replace(false) {
            // Without room all are listed after a reload.
            let _ = LocalStorage::set(KEY, left_out);
        }
    });
}

/// The title says how many errors there are: "(2) Switchboard". Not to a learner who is to find them.
#[hook]
pub(super) fn use_title(state: &Rc<State>) {
    let picture = state
        .picture
        .as_ref()
        .filter(|_| !state.lessons.holds_back());
    let errors = picture.map_or(0, |picture| picture.counts.errors);
    use_effect_with(errors, |errors| {
        gloo::utils::document().set_title(&words::page::title(*errors));
    });
}

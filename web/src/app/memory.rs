//! What survives a reload: the text, the probe, the theme. It stays in this browser.

use std::rc::Rc;

use gloo::{
    storage::{LocalStorage, Storage},
    timers::callback::Timeout,
};
use serde::{Deserialize, Serialize};
use switchboard_engine::cluster::Options;
use yew::prelude::*;

use crate::{
    documents::File,
    panels::Dispatch,
    protocol::ProbeText,
    samples::samples,
    state::{Action, Notice, State, Theme},
};

const KEY: &str = "switchboard";
/// A pause this long, in milliseconds, before anything is written.
const PAUSE: u32 = 400;

#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    files: Vec<(String, String)>,
    sample: Option<String>,
    options: Options,
    probe: Option<ProbeText>,
    theme: Theme,
}

/// What was there last time; on a first visit, the first sample with its packet on the way.
pub(super) fn recall(dispatch: &Dispatch) {
    let kept: Option<Kept> = LocalStorage::get(KEY).ok();
    let Some(kept) = kept else {
        if let Some(first) = samples().first() {
            dispatch.emit(first.open());
        }
        return;
    };
    dispatch.emit(Action::Theme(kept.theme));
    dispatch.emit(Action::Opened {
        files: kept
            .files
            .into_iter()
            .map(|(name, text)| File {
                name: name.into(),
                text: text.into(),
            })
            .collect(),
        sample: kept.sample.map(Into::into),
        options: kept.options,
        probe: kept.probe,
    });
    dispatch.emit(Action::Play(false));
}

/// Keeps what is there after each pause.
#[hook]
pub(super) fn use_memory(state: &Rc<State>, dispatch: &Dispatch) {
    let (state, dispatch) = (Rc::clone(state), dispatch.clone());
    let what = (state.revision, state.asked.clone(), state.theme);
    use_effect_with(what, move |_| {
        // Nothing is there before the first text was opened.
        let timer = (!state.files.is_empty()).then(|| {
            Timeout::new(PAUSE, move || {
                if keep(&state).is_err() {
                    dispatch.emit(Action::Notice(Some(Notice {
                        text: "This is too much for the browser to keep: it will be gone after a reload.".to_owned(),
                        is_trouble: true,
                    })));
                }
            })
        });
        move || drop(timer)
    });
}

fn keep(state: &State) -> Result<(), gloo::storage::errors::StorageError> {
    LocalStorage::set(
        KEY,
        Kept {
            files: state
                .files
                .iter()
                .map(|file| (file.name.to_string(), file.text.to_string()))
                .collect(),
            sample: state.sample.as_ref().map(ToString::to_string),
            options: state.options.clone(),
            probe: state.asked.clone(),
            theme: state.theme,
        },
    )
}

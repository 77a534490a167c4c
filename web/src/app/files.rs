//! Files that are opened or dropped.

use std::rc::Rc;

use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, FileList};
use yew::prelude::*;

use crate::{
    documents::{File, free_name},
    panels::Dispatch,
    state::{Action, Notice, State},
};

/// Larger files are refused, in bytes: the tab would not survive them.
const LARGEST: f64 = 200e6;

/// Reads files as text. They take the place of a sample or of nothing, and come beside a person's own text.
pub(super) fn read(list: FileList, state: Rc<State>, dispatch: Dispatch) {
    let chosen: Vec<web_sys::File> = (0..list.length()).filter_map(|nth| list.get(nth)).collect();
    let list_is_one = chosen.len() == 1;
    spawn_local(async move {
        let mut files: Vec<File> = Vec::new();
        let mut refused = Vec::new();
        for file in chosen {
            match text(&file).await {
                Some(text) if file.name().ends_with(".md") => {
                    dispatch.emit(super::lesson::open_text(&file.name(), text, 0));
                    if list_is_one {
                        return;
                    }
                }
                Some(text) => {
                    let name = free_name(&files, &file.name());
                    files.push(File {
                        name,
                        text: text.into(),
                    });
                }
                None => refused.push(file.name()),
            }
        }
        if !refused.is_empty() {
            dispatch.emit(Action::Notice(Some(Notice {
                text: format!(
                    "Cannot be read as text, or too large: {}.",
                    refused.join(", ")
                ),
                is_trouble: true,
            })));
        }
        if files.is_empty() {
            return;
        }
        let replaces = state.sample.is_some() || state.is_empty();
        dispatch.emit(if replaces {
            Action::Opened {
                files,
                sample: None,
                options: state.options.clone(),
                probe: None,
            }
        } else {
            Action::Added(files)
        });
    });
}

async fn text(file: &web_sys::File) -> Option<String> {
    if file.size() > LARGEST {
        return None;
    }
    let blob: &Blob = file;
    JsFuture::from(blob.text()).await.ok()?.as_string()
}

type OnDrag = Callback<DragEvent>;

/// While files are held over the page, when they leave it, and when they are let go.
pub(super) fn on_drop(
    dropping: &UseStateHandle<bool>,
    on_files: &Callback<FileList>,
) -> (OnDrag, OnDrag, OnDrag) {
    let over = {
        let dropping = dropping.setter();
        Callback::from(move |event: DragEvent| {
            let transfer = event.data_transfer();
            if transfer.is_some_and(|transfer| transfer.types().includes(&"Files".into(), 0)) {
                event.prevent_default();
                dropping.set(true);
            }
        })
    };
    let leave = {
        let dropping = dropping.setter();
        Callback::from(move |event: DragEvent| {
            if event.related_target().is_none() {
                dropping.set(false);
            }
        })
    };
    let drop = {
        let (dropping, on_files) = (dropping.setter(), on_files.clone());
        Callback::from(move |event: DragEvent| {
            dropping.set(false);
            let files = event.data_transfer().and_then(|transfer| transfer.files());
            if let Some(files) = files.filter(|files| files.length() > 0) {
                event.prevent_default();
                on_files.emit(files);
            }
        })
    };
    (over, leave, drop)
}

//! Files that are opened or dropped.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, FileList};
use yew::prelude::*;

use super::memory;
use crate::{
    browser,
    documents::{File, free_name},
    panels::Dispatch,
    redact::redacted,
    share::Shared,
    state::{Action, LessonAction, Notice, State, Wanted},
    words,
};

/// Larger files are refused, in bytes: the tab would not survive them.
const LARGEST: f64 = 200e6;

/// Files, each with the path that it is shown by.
pub(super) type Chosen = Vec<(String, web_sys::File)>;

/// Reads files as text. They take the place of a sample or of nothing, and come beside a person's own text; a picture
/// that this page made opens what it was made of, in a workspace of its own; a scenario opens as a lesson, several as a
/// workshop in the overview.
pub(super) fn read(chosen: Chosen, state: Rc<State>, dispatch: Dispatch) {
    let is_one = chosen.len() == 1;
    spawn_local(async move {
        let mut files: Vec<File> = Vec::new();
        let mut refused = Vec::new();
        let mut scenarios = Vec::new();
        let (mut values, mut documents) = (0, 0);
        for (name, file) in chosen {
            let Some(text) = text(&file).await else {
                refused.push(name);
                continue;
            };
            if name.ends_with(".md") {
                // A folder's README is no scenario.
                if is_one || text.trim_start_matches('\u{feff}').starts_with("---") {
                    scenarios.push((name, text));
                }
                continue;
            }
            if name.to_lowercase().ends_with(".svg") {
                match Shared::read(&browser::metadata_of(&text)) {
                    Ok(shared) => memory::open_shared(&dispatch, shared, &name),
                    Err(_) => refused.push(name),
                }
                continue;
            }
            let redacted = redacted(&text);
            values += redacted.values;
            documents += redacted.documents;
            let name = free_name(&files, &name);
            files.push(File {
                name,
                text: redacted.text.into(),
            });
        }
        match scenarios.len() {
            0 => {}
            1 => scenarios.into_iter().for_each(|(name, text)| {
                let wanted = Wanted::file(&name, text);
                dispatch.emit(Action::Lesson(LessonAction::Open(wanted)));
            }),
            _ => dispatch.emit(Action::Lesson(LessonAction::Bring(scenarios))),
        }
        let left_out = words::share::left_out(values, documents);
        let is_refused = !refused.is_empty();
        let refused = is_refused.then(|| words::keep::not_opened(&refused));
        let lines: Vec<String> = refused.into_iter().chain(left_out).collect();
        if !files.is_empty() {
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
        }
        if !lines.is_empty() {
            dispatch.emit(Action::Notice(Some(Notice {
                text: lines.join(" "),
                is_trouble: true,
            })));
        }
    });
}

/// What stands in a file chooser.
pub(super) fn listed(list: &FileList) -> Chosen {
    (0..list.length())
        .filter_map(|nth| list.get(nth))
        .map(|file| (file.name(), file))
        .collect()
}

async fn text(file: &web_sys::File) -> Option<String> {
    if file.size() > LARGEST {
        return None;
    }
    let blob: &Blob = file;
    JsFuture::from(blob.text()).await.ok()?.as_string()
}

/// What was dropped: files, and those of folders.
async fn dropped(files: js_sys::Promise) -> Chosen {
    let Ok(files) = JsFuture::from(files).await else {
        return Chosen::new();
    };
    js_sys::Array::from(&files)
        .iter()
        .filter_map(|pair| {
            let pair = js_sys::Array::from(&pair);
            Some((pair.get(0).as_string()?, pair.get(1).dyn_into().ok()?))
        })
        .collect()
}

type OnDrag = Callback<DragEvent>;

/// While files are held over the page, when they leave it, and when they are let go.
pub(super) fn on_drop(
    dropping: &UseStateHandle<bool>,
    on_files: &Callback<Chosen>,
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
            let transfer = event.data_transfer();
            let holds =
                |transfer: &web_sys::DataTransfer| transfer.types().includes(&"Files".into(), 0);
            if let Some(transfer) = transfer.filter(holds) {
                event.prevent_default();
                let files = browser::files_of(&transfer);
                let on_files = on_files.clone();
                spawn_local(async move { on_files.emit(dropped(files).await) });
            }
        })
    };
    (over, leave, drop)
}

//! The page: an editor, and what the worker says of its text.

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::prelude::*;

use crate::{
    editor::Editor,
    protocol::{Answer, Engine, Question},
    worker_client::{Event, Failure, WorkerClient},
};

/// The whole page.
#[function_component]
pub fn App() -> Html {
    let place = use_node_ref();
    let said = use_state(|| AttrValue::from("starting"));
    let trouble = use_state(|| None::<AttrValue>);
    let parts = use_mut_ref(|| None::<Parts>);

    {
        let (place, said, trouble, parts) = (
            place.clone(),
            said.setter(),
            trouble.setter(),
            Rc::clone(&parts),
        );
        use_effect_with((), move |()| {
            if let Some(parent) = place.cast::<Element>() {
                let started = start(&parent, Rc::clone(&parts), said, trouble);
                *parts.borrow_mut() = Some(started);
            }
            move || {
                if let Some(parts) = parts.borrow_mut().take() {
                    parts.editor.destroy();
                }
            }
        });
    }

    html! {
        <main>
            <h1>{ "Switchboard" }</h1>
            <div class="editor" ref={place} />
            <p role="status">{ &*said }</p>
            if let Some(trouble) = &*trouble {
                <p role="alert">{ trouble }</p>
            }
        </main>
    }
}

struct Parts {
    editor: Editor,
    worker: WorkerClient<Engine>,
    _on_change: Closure<dyn FnMut()>,
    _on_cursor: Closure<dyn FnMut(u32)>,
}

fn start(
    parent: &Element,
    parts: Rc<std::cell::RefCell<Option<Parts>>>,
    said: UseStateSetter<AttrValue>,
    trouble: UseStateSetter<Option<AttrValue>>,
) -> Parts {
    let again = Rc::clone(&parts);
    let worker = WorkerClient::start(&worker_url(), move |event| match event {
        Event::Answered(Answer::Lines { lines }) => said.set(format!("{lines} lines").into()),
        Event::Lost {
            failure, restarted, ..
        } => {
            let what = match failure {
                Failure::Crashed(message) => format!("The engine stopped: {message}."),
                Failure::OverBudget(budget) => {
                    format!("The engine took longer than {} s.", budget.as_secs())
                }
            };
            let then = if restarted {
                " It was started again; your text is kept."
            } else {
                " Reload the page."
            };
            trouble.set(Some(format!("{what}{then}").into()));
            if restarted {
                ask(&again.borrow());
            }
        }
    });
    let on_change = Closure::new(move || ask(&parts.borrow()));
    let on_cursor = Closure::new(|_offset| ());
    let editor = Editor::new(
        parent,
        "Manifests",
        "Paste Kubernetes manifests here",
        &on_change,
        &on_cursor,
    );
    worker.ask(Question::Lines {
        text: editor.text(),
    });
    Parts {
        editor,
        worker,
        _on_change: on_change,
        _on_cursor: on_cursor,
    }
}

fn ask(parts: &Option<Parts>) {
    if let Some(parts) = parts {
        parts.worker.ask(Question::Lines {
            text: parts.editor.text(),
        });
    }
}

/// The worker's script, marked with the build that this page belongs to (written by `web/hooks/finish_page.mjs`).
fn worker_url() -> String {
    let build = gloo::utils::document()
        .query_selector("meta[name=build]")
        .ok()
        .flatten()
        .and_then(|meta| meta.get_attribute("content"))
        .unwrap_or_default();
    format!("./worker_boot.js?v={build}")
}

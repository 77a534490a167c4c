//! What to tell the makers about a crash of the engine: nothing of the manifests, unless the person says so.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Dispatch, copy_text, dialog::Dialog};
use crate::{share::Shared, state::State, words};

/// What the dialog needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct CrashProps {
    /// What is shown.
    pub state: Rc<State>,
    /// The page's build.
    pub build: AttrValue,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
#[function_component]
pub fn Crash(props: &CrashProps) -> Html {
    let with_manifests = use_state(|| false);
    let text = text(&props.state, &props.build, *with_manifests);
    let on_toggle = {
        let with_manifests = with_manifests.setter();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            with_manifests.set(input.checked());
        })
    };
    let on_copy = {
        let (text, dispatch) = (text.clone(), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| copy_text(&text, &dispatch))
    };
    html! {
        <Dialog title={words::page::REPORT_TITLE} dispatch={props.dispatch.clone()}>
            <p>{ words::page::REPORT_MORE }</p>
            <pre class="report" tabindex="0">{ &text }</pre>
            <label class="check">
                <input type="checkbox" checked={*with_manifests} onchange={on_toggle} />
                { words::page::WITH_MANIFESTS }
            </label>
            <div class="choices">
                <button class="button primary" type="button" onclick={on_copy}>{ words::page::COPY_REPORT }</button>
            </div>
        </Dialog>
    }
}

fn text(state: &State, build: &str, with_manifests: bool) -> String {
    let agent = gloo::utils::window().navigator().user_agent();
    let length: usize = state.files.iter().map(|file| file.text.len()).sum();
    let mut text = words::page::report(
        state.keep.crash.as_deref(),
        build,
        &agent.unwrap_or_default(),
        state.files.len(),
        length,
    );
    if with_manifests {
        for (name, content) in Shared::of(state).0.files {
            text.push_str(&format!("\n\n# {name}\n{content}"));
        }
    }
    text
}

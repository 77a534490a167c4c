//! The top: name, samples, files, theme, help.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::{
    protocol::Summary,
    samples::samples,
    state::{Action, LessonAction, Theme},
};

/// What the header shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HeaderProps {
    /// The sample that is open.
    pub sample: Option<AttrValue>,
    /// What there is.
    pub summary: Option<Summary>,
    /// The theme in force.
    pub theme: Theme,
    /// Whether the page is dark now.
    pub dark: bool,
    /// Whether the help is open.
    pub help: bool,
    /// Called with files to open.
    pub on_files: Callback<web_sys::FileList>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The header.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
    let input = use_node_ref();
    let on_sample = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let chosen = samples()
                .into_iter()
                .find(|sample| sample.id == select.value());
            if let Some(sample) = chosen {
                dispatch.emit(sample.open());
            }
        })
    };
    let on_open = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let on_chosen = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                on_files.emit(files);
            }
            // The same file again is a change again.
            input.set_value("");
        })
    };
    let theme = {
        let (dispatch, dark) = (props.dispatch.clone(), props.dark);
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Theme(if dark { Theme::Light } else { Theme::Dark }));
        })
    };
    let help = {
        let (dispatch, open) = (props.dispatch.clone(), props.help);
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Help(!open)))
    };
    let workshops = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Lesson(LessonAction::Overview(true)));
        })
    };
    let theme_label = if props.dark {
        "Light theme"
    } else {
        "Dark theme"
    };
    html! {
        <header class="top">
            <h1 class="brand">{ icon(Icon::Brand) }<span>{ "Switchboard" }</span></h1>
            <button class="button" type="button" onclick={workshops}>{ "Workshops" }</button>
            <select class="select" aria-label="Sample" onchange={on_sample}>
                <option value="" selected={props.sample.is_none()} disabled=true>{ "Samples" }</option>
                { for samples().into_iter().map(|sample| html! {
                    <option
                        key={sample.id}
                        value={sample.id}
                        title={sample.summary}
                        selected={props.sample.as_deref() == Some(sample.id)}
                    >
                        { sample.title }
                    </option>
                }) }
            </select>
            <button class="button" type="button" onclick={on_open}>
                { icon(Icon::Open) }<span class="label">{ "Open files" }</span>
                <span class="visually-hidden">{ "YAML or JSON" }</span>
            </button>
            <input
                ref={input}
                type="file"
                multiple=true
                hidden=true
                accept=".yaml,.yml,.json,.txt,application/json,application/yaml,text/plain"
                onchange={on_chosen}
            />
            <span class="grow" />
            if let Some(summary) = &props.summary {
                <p class="summary">{ words(summary) }</p>
            }
            <button
                class="button icon plain"
                type="button"
                aria-label={theme_label}
                title={theme_label}
                onclick={theme}
            >
                { icon(if props.dark { Icon::Sun } else { Icon::Moon }) }
            </button>
            <button
                class="button icon plain"
                type="button"
                aria-label="Help"
                title="Help (?)"
                aria-expanded={props.help.to_string()}
                onclick={help}
            >
                { icon(Icon::Help) }
            </button>
        </header>
    }
}

fn words(summary: &Summary) -> String {
    let counted = |n: u32, one: &str, many: &str| match n {
        1 => format!("1 {one}"),
        n => format!("{n} {many}"),
    };
    let nodes = counted(summary.nodes, "node", "nodes");
    let assumed = if summary.nodes_assumed {
        " (assumed)"
    } else {
        ""
    };
    [
        counted(summary.services, "Service", "Services"),
        counted(summary.pods, "Pod", "Pods"),
        format!("{nodes}{assumed}"),
        format!(
            "{}, Kubernetes {}",
            summary.proxy_mode,
            switchboard_engine::KUBERNETES
        ),
    ]
    .join(" · ")
}

//! The top: name, samples, files, theme, help.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use super::{
    Dispatch,
    file_chooser::FileChooser,
    icons::{Icon, icon},
};
use crate::{
    protocol::Summary,
    samples::samples,
    state::{Action, Dialog, KeepAction, LessonAction, Theme},
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
    /// Only map and journey are shown.
    pub embedded: bool,
    /// Name of the workspace that is shown.
    pub workspace: AttrValue,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The header.
#[function_component]
pub fn Header(props: &HeaderProps) -> Html {
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
    let open = |dialog: Dialog| {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Keep(KeepAction::Dialog(Some(dialog))));
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
            <button class="button" type="button" onclick={workshops}>
                { icon(Icon::Book) }<span class="label">{ "Workshops" }</span>
            </button>
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
            <FileChooser
                accept=".yaml,.yml,.json,.txt,.md,.svg,image/svg+xml,application/json,application/yaml,text/plain"
                on_files={props.on_files.clone()}
            >
                { icon(Icon::Open) }<span class="label">{ "Open files" }</span>
                <span class="visually-hidden">{ "YAML or JSON" }</span>
            </FileChooser>
            <button
                class="button"
                type="button"
                aria-haspopup="dialog"
                title="Workspaces (W)"
                onclick={open(Dialog::Workspaces)}
            >
                { icon(Icon::Workspaces) }
                <span class="visually-hidden">{ "Workspaces:" }</span>
                <span class="label workspace">{ &props.workspace }</span>
            </button>
            <span class="grow" />
            if props.embedded {
                <a class="button embedded-open" href={whole_page()} target="_blank" rel="noopener">
                    { "Open in Switchboard" }
                </a>
            }
            if let Some(summary) = &props.summary {
                <p class="summary">{ words(summary) }</p>
            }
            <button
                class="button"
                type="button"
                aria-haspopup="dialog"
                title="Share and export (E)"
                onclick={open(Dialog::Share)}
            >
                { icon(Icon::Share) }<span class="label">{ "Share" }</span>
                <span class="visually-hidden">{ "and export" }</span>
            </button>
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

/// This page with what it shows, and with all panels.
fn whole_page() -> String {
    let location = gloo::utils::window().location();
    format!("./{}", location.hash().unwrap_or_default())
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

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
    samples::SAMPLES,
    state::{Action, Dialog, KeepAction, LessonAction, Theme},
    words,
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
            let chosen = SAMPLES.iter().find(|sample| sample.id == select.value());
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
        words::page::LIGHT_THEME
    } else {
        words::page::DARK_THEME
    };
    html! {
        <header class="top">
            <h1 class="brand">{ icon(Icon::Brand) }<span>{ words::common::PRODUCT }</span></h1>
            <button class="button" type="button" onclick={workshops}>
                { icon(Icon::Book) }<span class="label">{ words::page::WORKSHOPS }</span>
            </button>
            <select class="select" aria-label={words::page::SAMPLE} onchange={on_sample}>
                <option value="" selected={props.sample.is_none()} disabled=true>{ words::page::SAMPLES }</option>
                { for SAMPLES.iter().map(|sample| html! {
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
                { icon(Icon::Open) }<span class="label">{ words::page::OPEN_FILES }</span>
                <span class="visually-hidden">{ words::page::FILE_KINDS }</span>
            </FileChooser>
            <button
                class="button"
                type="button"
                aria-haspopup="dialog"
                aria-label={words::page::workspaces(&props.workspace)}
                title={words::page::WORKSPACES_KEY}
                onclick={open(Dialog::Workspaces)}
            >
                { icon(Icon::Workspaces) }
                <span class="label workspace">{ &props.workspace }</span>
            </button>
            <span class="grow" />
            if props.embedded {
                <a class="button embedded-open" href={whole_page()} target="_blank" rel="noopener">
                    { words::page::OPEN_WHOLE }
                </a>
            }
            if let Some(summary) = &props.summary {
                <p class="summary">{ words::page::summary(summary) }</p>
            }
            <button
                class="button"
                type="button"
                aria-haspopup="dialog"
                aria-label={words::share::SHARE_AND_EXPORT}
                title={words::page::SHARE_KEY}
                onclick={open(Dialog::Share)}
            >
                { icon(Icon::Share) }<span class="label">{ words::page::SHARE }</span>
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
                aria-label={words::page::HELP}
                title={words::page::HELP_KEY}
                aria-haspopup="dialog"
                onclick={open(Dialog::Help)}
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

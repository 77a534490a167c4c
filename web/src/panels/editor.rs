//! The editor with its files. CodeMirror owns the text; a pause in typing hands it on.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use gloo::timers::callback::Timeout;
use wasm_bindgen::prelude::*;
use web_sys::Element;
use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::{
    documents::File,
    editor::{Diagnostic, Editor},
    protocol::TextPlace,
    redact,
    state::{Action, FindingsAction, Fix, Reveal},
    words,
};

/// A pause in typing this long hands the text on, in milliseconds.
const PAUSE: u32 = 160;

/// Secrets in texts of up to this many bytes are covered with each keystroke, in longer ones after the pause.
const COVERED_AT_ONCE: usize = 1_000_000;

/// What the editor shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct EditorProps {
    /// The files.
    pub files: Vec<File>,
    /// Which of them is shown.
    pub active: usize,
    /// Counts texts that did not come from the editor.
    pub loads: u32,
    /// Remarks about the active file.
    pub diagnostics: Rc<Vec<Diagnostic>>,
    /// Where to go.
    pub reveal: Option<Reveal>,
    /// Lines that cause the current step.
    pub told: Option<TextPlace>,
    /// The edit that mends, to be made.
    pub fix: Option<Fix>,
    /// Whether the page is dark.
    pub dark: bool,
    /// What happens.
    pub dispatch: Dispatch,
}

/// Files and editor.
#[function_component]
pub fn EditorPanel(props: &EditorProps) -> Html {
    let host = use_node_ref();
    let mounted = use_state(|| None::<Rc<Mounted>>);

    {
        let (host, mounted, dispatch) = (host.clone(), mounted.setter(), props.dispatch.clone());
        use_effect_with((), move |()| {
            let parts = host
                .cast::<Element>()
                .map(|parent| Rc::new(Mounted::new(&parent, dispatch)));
            mounted.set(parts.clone());
            move || {
                if let Some(parts) = parts {
                    parts.editor.destroy();
                }
            }
        });
    }
    let ready = mounted.is_some();
    {
        let (mounted, files) = (mounted.clone(), props.files.clone());
        use_effect_with((ready, props.loads), {
            let active = props.active;
            move |_| {
                if let (Some(mounted), Some(file)) = (&*mounted, files.get(active)) {
                    mounted
                        .editor
                        .keep(files.iter().map(|file| file.name.to_string()).collect());
                    mounted.editor.show(&file.name, &file.text);
                    cover(&mounted.editor, &file.text);
                }
            }
        });
    }
    {
        let mounted = mounted.clone();
        let remarks = (ready, props.loads, Rc::clone(&props.diagnostics));
        use_effect_with(remarks, move |(_, _, diagnostics)| {
            if let Some(mounted) = &*mounted {
                mounted.editor.set_diagnostics(diagnostics);
                *mounted.diagnostics.borrow_mut() = Rc::clone(diagnostics);
            }
        });
    }
    {
        let mounted = mounted.clone();
        let told = props
            .told
            .clone()
            .filter(|place| place.file == props.active);
        use_effect_with((ready, props.loads, told), move |(_, _, told)| {
            if let Some(mounted) = &*mounted {
                match told {
                    Some(place) => mounted.editor.highlight_range(place.from, place.to),
                    None => mounted.editor.clear_highlight(),
                }
            }
        });
    }
    {
        let (mounted, dispatch) = (mounted.clone(), props.dispatch.clone());
        use_effect_with((ready, props.fix.clone()), move |(_, fix)| {
            if let (Some(mounted), Some(Fix { mend, .. })) = (&*mounted, fix) {
                let is_made = mounted.editor.fix(
                    mend.from,
                    mend.to,
                    &mend.text,
                    mend.line_from,
                    &mend.before,
                );
                dispatch.emit(Action::Findings(FindingsAction::Fixed(is_made)));
            }
        });
    }
    {
        let mounted = mounted.clone();
        use_effect_with((ready, props.reveal.clone()), move |(_, reveal)| {
            if let (Some(mounted), Some(reveal)) = (&*mounted, reveal) {
                let place = &reveal.place;
                mounted
                    .editor
                    .reveal_range(place.from, place.to, reveal.focus);
            }
        });
    }
    {
        let mounted = mounted.clone();
        use_effect_with((ready, props.dark), move |(_, dark)| {
            if let Some(mounted) = &*mounted {
                mounted.editor.set_theme(*dark);
            }
        });
    }

    html! {
        <>
            <Files files={props.files.clone()} active={props.active} dispatch={props.dispatch.clone()} />
            <div class="editor-host"><div class="editor" ref={host} /></div>
        </>
    }
}

struct Mounted {
    editor: Editor,
    _on_change: Closure<dyn FnMut(bool)>,
    _on_cursor: Closure<dyn FnMut(u32)>,
    _on_action: Closure<dyn FnMut(u32)>,
    /// The remarks that are shown.
    diagnostics: Rc<RefCell<Rc<Vec<Diagnostic>>>>,
}

impl Mounted {
    fn new(parent: &Element, dispatch: Dispatch) -> Self {
        let pause = Rc::new(RefCell::new(None::<Timeout>));
        let own = Rc::new(RefCell::new(None::<Editor>));
        let diagnostics = Rc::new(RefCell::new(Rc::<Vec<Diagnostic>>::default()));
        let on_action = {
            let (diagnostics, dispatch) = (Rc::clone(&diagnostics), dispatch.clone());
            Closure::new(move |nth: u32| {
                let mend = diagnostics
                    .borrow()
                    .get(nth as usize)
                    .and_then(|diagnostic| diagnostic.mend.clone());
                if let Some(mend) = mend {
                    dispatch.emit(Action::Findings(FindingsAction::Fix(mend)));
                }
            })
        };
        let on_change = {
            let own = Rc::clone(&own);
            let is_long = Rc::new(Cell::new(false));
            Closure::new(move |at_once: bool| {
                let read = |editor: &Editor| {
                    let text = editor.text();
                    cover(editor, &text);
                    text
                };
                let covered = (!is_long.get()).then(|| own.borrow().as_ref().map(read));
                let (own, is_long, dispatch) =
                    (Rc::clone(&own), Rc::clone(&is_long), dispatch.clone());
                // Who pastes does not go on typing. Not within this call: the editor is not done with it.
                let wait = if at_once { 0 } else { PAUSE };
                // Taking the place of the older pause ends it: the text is as it was read.
                *pause.borrow_mut() = Some(Timeout::new(wait, move || {
                    let text = covered.unwrap_or_else(|| own.borrow().as_ref().map(read));
                    if let Some(text) = text {
                        is_long.set(text.len() > COVERED_AT_ONCE);
                        dispatch.emit(Action::Edited(text.into()));
                    }
                }));
            })
        };
        let on_cursor = Closure::new(|_offset| ());
        let editor = Editor::new(
            parent,
            words::page::MANIFESTS,
            words::page::PASTE_HERE,
            &on_change,
            &on_cursor,
            &on_action,
        );
        editor.set_words(WORDS.iter().map(ToString::to_string).collect());
        *own.borrow_mut() = Some(editor.clone());
        Self {
            editor,
            _on_change: on_change,
            _on_cursor: on_cursor,
            _on_action: on_action,
            diagnostics,
        }
    }
}

/// Covers the values of Secrets, so that nobody reads them on a projector.
fn cover(editor: &Editor, text: &str) {
    let values = redact::values(text).into_iter();
    editor.set_covered(values.flat_map(|range| [range.start, range.end]).collect());
}

/// Fields and values that one types again and again.
const WORDS: [&str; 40] = [
    "apiVersion",
    "kind",
    "metadata",
    "namespace",
    "labels",
    "spec",
    "selector",
    "matchLabels",
    "template",
    "containers",
    "containerPort",
    "ports",
    "protocol",
    "targetPort",
    "nodePort",
    "replicas",
    "clusterIP",
    "externalName",
    "externalTrafficPolicy",
    "internalTrafficPolicy",
    "sessionAffinity",
    "publishNotReadyAddresses",
    "loadBalancerSourceRanges",
    "trafficDistribution",
    "Service",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Pod",
    "Node",
    "Namespace",
    "EndpointSlice",
    "ClusterIP",
    "NodePort",
    "LoadBalancer",
    "ExternalName",
    "readinessProbe",
    "serviceName",
    "hostNetwork",
    "dnsPolicy",
];

#[derive(Debug, Clone, PartialEq, Properties)]
struct FilesProps {
    files: Vec<File>,
    active: usize,
    dispatch: Dispatch,
}

#[function_component]
fn Files(props: &FilesProps) -> Html {
    let clear = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Opened {
                files: Vec::new(),
                sample: None,
                options: switchboard_engine::cluster::Options::default(),
                probe: None,
            });
        })
    };
    html! {
        <div class="files" role="group" aria-label={words::page::FILES}>
            { for props.files.iter().enumerate().map(|(nth, file)| {
                let show = {
                    let dispatch = props.dispatch.clone();
                    Callback::from(move |_: MouseEvent| dispatch.emit(Action::ShowFile(nth)))
                };
                let close = {
                    let dispatch = props.dispatch.clone();
                    Callback::from(move |_: MouseEvent| dispatch.emit(Action::CloseFile(nth)))
                };
                let is_active = nth == props.active;
                html! {
                    <span key={&*file.name} class={classes!("file", is_active.then_some("active"))}>
                        <button
                            type="button"
                            class="name"
                            aria-pressed={is_active.to_string()}
                            title={file.name.to_string()}
                            onclick={show}
                        >
                            { &*file.name }
                        </button>
                        if props.files.len() > 1 {
                            <button
                                type="button"
                                class="close"
                                aria-label={words::page::close_file(&file.name)}
                                onclick={close}
                            >
                                { icon(Icon::Close) }
                            </button>
                        }
                    </span>
                }
            }) }
            <span class="grow" />
            <button type="button" class="button plain" onclick={clear}>{ words::page::CLEAR }</button>
        </div>
    }
}

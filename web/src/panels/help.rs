//! The help: keys, shapes, certainty, privacy.

use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::state::{Action, Dialog, KeepAction};

const KEYS: [(&str, &str); 20] = [
    ("← →", "step back, next step"),
    ("PageUp PageDown", "the same, for presenters"),
    ("Home End", "first step, last step"),
    ("Space P", "play or pause"),
    ("S", "send the packet again"),
    ("/", "search"),
    ("W", "workspaces"),
    ("E", "share and export"),
    ("?", "this help"),
    ("arrows on the map", "from shape to shape"),
    ("Shift and arrows there", "move the map"),
    ("Space and drag there", "move the map, wherever it is held"),
    (
        "z on the map",
        "show what is chosen, and where its wires lead",
    ),
    ("f, t on the map", "send from here, send to here"),
    ("u on the map", "unfold, fold"),
    ("o", "open the node that the packet is on"),
    ("Enter on a shape", "choose it"),
    ("+ − 0", "zoom, show all"),
    (
        "Ctrl+Z",
        "take back the last what if, outside of the editor",
    ),
    ("Esc, then Tab", "leave the editor"),
];

const SHAPES: [(&str, &str); 7] = [
    (
        "card",
        "a Service; the small socket is where its wires leave",
    ),
    (
        "dashed card",
        "a headless Service: it has no address of its own",
    ),
    (
        "capsule with a dot",
        "a Pod; hollow dot: not ready; cross: on no node",
    ),
    ("stacked capsule", "several Pods of one workload"),
    (
        "dashed underline",
        "assumed: a real cluster may have another value",
    ),
    ("red cross", "nothing that is sent there arrives"),
    (
        "≠ at a corner",
        "changed by what if: not as in the manifests",
    ),
];

/// What the help needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct HelpProps {
    /// What happens.
    pub dispatch: Dispatch,
}

/// The help.
#[function_component]
pub fn Help(props: &HelpProps) -> Html {
    let close = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| dispatch.emit(Action::Help(false)))
    };
    let privacy = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Keep(KeepAction::Dialog(Some(Dialog::Privacy))));
        })
    };
    let list = |rows: &[(&'static str, &'static str)], keys: bool| {
        html! {
            <dl>
                { for rows.iter().map(|(name, words)| html! {
                    <div key={*name} class="fact">
                        <dt>if keys { <kbd>{ *name }</kbd> } else { { *name } }</dt>
                        <dd>{ *words }</dd>
                    </div>
                }) }
            </dl>
        }
    };
    html! {
        <aside class="help" aria-label="Help">
            <div class="help-head">
                <h2>{ "Help" }</h2>
                <button class="button icon plain" type="button" aria-label="Close help" onclick={close}>
                    { icon(Icon::Close) }
                </button>
            </div>
            <p>{ "Paste manifests, choose where a packet starts and where it goes, and follow it. The cluster is simulated in this tab; nothing you paste leaves it." }</p>
            <h3>{ "Keys" }</h3>
            { list(&KEYS, true) }
            <h3>{ "Shapes" }</h3>
            { list(&SHAPES, false) }
            <p>
                <button class="button" type="button" aria-haspopup="dialog" onclick={privacy}>{ "Privacy and licences" }</button>
            </p>
        </aside>
    }
}

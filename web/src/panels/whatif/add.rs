//! Forms for a new change: any object by its name, and the settings of the cluster.

use std::rc::Rc;

use switchboard_engine::{
    Str,
    cluster::{Egress, LoadBalancerProvider, ProxyMode},
    whatif::{Change, MOST_REPLICAS},
};
use web_sys::{HtmlInputElement, HtmlSelectElement, SubmitEvent};
use yew::prelude::*;

use crate::{
    panels::{Dispatch, combobox::Combobox, icons::differs},
    protocol::{
        Entry, Settings,
        follow::{Field, OffersView, OffersWanted},
    },
    state::{Action, Change as FollowChange, WhatIfAction},
    words,
};

/// What can become of a Pod, and its name.
const POD: [(&str, &str); 3] = [
    ("not-ready", words::whatif::NOT_READY),
    ("terminating", words::whatif::TERMINATING),
    ("gone", words::whatif::GONE),
];
/// What can become of a node, and its name.
const NODE: [(&str, &str); 5] = [
    ("not-ready", words::whatif::NOT_READY),
    ("cut-off", words::whatif::CUT_OFF),
    ("cordoned", words::whatif::CORDONED),
    ("drained", words::whatif::DRAINED),
    ("gone", words::whatif::GONE),
];

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct AddProps {
    /// The object that stands in the form.
    pub(super) draft: String,
    /// What could.
    pub(super) offers: Option<Rc<OffersView>>,
    pub(super) dispatch: Dispatch,
}

/// Any object by its name.
#[function_component]
pub(super) fn Add(props: &AddProps) -> Html {
    let becomes = use_node_ref();
    let refused = use_state(|| None::<String>);
    let fates = fates(props.draft.trim());
    // A workload's value is a number; whether there is such a workload, the worker says.
    let is_scaled = fates.is_empty() && props.draft.contains('/');
    let onsubmit = {
        let (becomes, refused, dispatch, draft) = (
            becomes.clone(),
            refused.setter(),
            props.dispatch.clone(),
            props.draft.trim().to_owned(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let change = if is_scaled {
                let number = becomes.cast::<HtmlInputElement>();
                number.map(|field| format!("{draft}={}", field.value()))
            } else {
                becomes.cast::<HtmlSelectElement>().map(|it| it.value())
            };
            if let Some(Ok(change)) = change.map(|change| change.parse::<Change>()) {
                dispatch.emit(Action::WhatIf(WhatIfAction::Add(vec![change])));
                dispatch.emit(Action::WhatIf(WhatIfAction::Draft(String::new())));
            } else {
                refused.set(Some(draft.clone()));
            }
        })
    };
    let on_ask = props
        .dispatch
        .reform(|wanted: Option<OffersWanted>| Action::Follow(FollowChange::Offer(wanted)));
    let on_draft = props
        .dispatch
        .reform(|draft: String| Action::WhatIf(WhatIfAction::Draft(draft)));
    html! {
        <form class="whatif-part add" aria-label={words::whatif::ADD_CHANGE} {onsubmit}>
            <label for="changed-object">{ words::common::WHAT_IF }</label>
            <Combobox
                id="changed-object"
                label={words::whatif::OBJECT}
                field={Field::Changed}
                value={props.draft.clone()}
                placeholder={words::whatif::OBJECT_EXAMPLES}
                offers={props.offers.clone()}
                {on_ask}
                on_input={on_draft.clone()}
                on_choose={on_draft}
            />
            if !fates.is_empty() {
                <select ref={becomes} class="field" aria-label={words::whatif::BECOMES}>
                    // The first is the likeliest; a browser would take the one that was there first, which is the last.
                    { for fates.iter().enumerate().map(|(nth, (change, words))| html! {
                        <option key={*words} value={change.clone()} selected={nth == 0}>{ *words }</option>
                    }) }
                </select>
            } else if is_scaled {
                <input
                    ref={becomes}
                    class="field"
                    type="number"
                    aria-label={words::whatif::REPLICAS}
                    min="0"
                    max={MOST_REPLICAS.to_string()}
                    required=true
                    placeholder={words::whatif::REPLICAS_EMPTY}
                />
            }
            <button class="button" type="submit">{ words::whatif::ADD }</button>
            if refused.as_deref() == Some(props.draft.trim()) {
                <p class="refusal" role="alert">{ words::whatif::NO_OBJECT }</p>
            }
        </form>
    }
}

/// What can become of a Pod or a node, as changes are written, and in words.
fn fates(object: &str) -> Vec<(String, &'static str)> {
    let of = |fates: &[(&str, &'static str)]| -> Vec<(String, &'static str)> {
        let written = |(fate, words): &(&str, _)| (format!("{object}={fate}"), *words);
        fates.iter().map(written).collect()
    };
    match object.split_once('/') {
        Some(("pod", _)) => of(&POD),
        Some(("node", name)) => {
            let entry = format!("cluster/entry-node={name}");
            let mut fates = of(&NODE);
            fates.push((entry, words::whatif::ENTRY));
            fates
        }
        _ => Vec::new(),
    }
}

#[derive(Debug)]
pub(super) struct SettingsProps {
    /// As the manifests and the options have them.
    pub(super) settings: Settings,
    /// The list.
    pub(super) entries: Vec<Entry>,
    pub(super) dispatch: Dispatch,
}

/// Settings of the cluster: another value is a change, the written one takes the change away.
pub(super) fn cluster_settings(props: &SettingsProps) -> Html {
    let Settings {
        mode,
        egress,
        load_balancer,
        entry_node,
        nodes,
    } = &props.settings;
    let modes = ProxyMode::ALL.map(|mode| (Change::ProxyMode(mode), mode.name().into()));
    let egresses = [
        (
            Change::Egress(Egress::Masquerade),
            words::whatif::MASQUERADED.into(),
        ),
        (Change::Egress(Egress::Routed), words::whatif::ROUTED.into()),
    ];
    let providers = [
        (LoadBalancerProvider::Cloud, words::whatif::CLOUD),
        (LoadBalancerProvider::CloudProxy, words::whatif::CLOUD_PROXY),
        (LoadBalancerProvider::None, words::whatif::NOBODY),
    ]
    .map(|(provider, words)| (Change::LoadBalancer(provider), words.into()));
    let on_list = props.entries.iter().filter_map(|it| match &it.change {
        Change::EntryNode(node) => node.as_ref(),
        _ => None,
    });
    let mut names: Vec<&Str> = nodes.iter().collect();
    // One that is not among the first, or that no manifest knows.
    for name in entry_node.iter().chain(on_list) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let named = |name: &Str| {
        (
            Change::EntryNode(Some(name.clone())),
            name.to_string().into(),
        )
    };
    let any = (Change::EntryNode(None), words::whatif::ANY_NODE.into());
    let entry_nodes: Vec<(Change, AttrValue)> = [any]
        .into_iter()
        .chain(names.into_iter().map(named))
        .collect();
    html! {
        <fieldset class="whatif-part settings">
            <legend>{ words::whatif::CLUSTER }</legend>
            { setting(props, words::whatif::MODE, &Change::ProxyMode(*mode), &modes) }
            { setting(props, words::whatif::EGRESS, &Change::Egress(*egress), &egresses) }
            { setting(props, words::whatif::LOAD_BALANCER, &Change::LoadBalancer(*load_balancer), &providers) }
            { setting(props, words::whatif::ENTRY_NODE, &Change::EntryNode(entry_node.clone()), &entry_nodes) }
        </fieldset>
    }
}

fn setting(
    props: &SettingsProps,
    label: &'static str,
    written: &Change,
    values: &[(Change, AttrValue)],
) -> Html {
    let on_list = props
        .entries
        .iter()
        .find(|entry| entry.on && entry.change.replaces(written));
    let now = on_list.map_or(written, |entry| &entry.change).clone();
    let onchange = {
        let (dispatch, written, now) = (props.dispatch.clone(), written.clone(), now.clone());
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let Ok(change) = select.value().parse::<Change>() else {
                return;
            };
            let action = if change == written {
                WhatIfAction::Remove(now.clone())
            } else {
                WhatIfAction::Add(vec![change])
            };
            dispatch.emit(Action::WhatIf(action));
        })
    };
    html! {
        <label>
            <span>
                if now != *written {
                    { differs() }<span class="visually-hidden">{ words::whatif::CHANGED }</span>{ " " }
                }
                { label }
            </span>
            <select class="field" {onchange}>
                { for values.iter().map(|(value, words)| {
                    html! {
                        <option key={value.to_string()} value={value.to_string()} selected={*value == now}>{ words }</option>
                    }
                }) }
            </select>
        </label>
    }
}

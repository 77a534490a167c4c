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
};

/// What can become of a Pod, and its name.
const POD: [(&str, &str); 3] = [
    ("not-ready", "is not ready"),
    ("terminating", "is terminating"),
    ("gone", "is gone"),
];
/// What can become of a node, and its name.
const NODE: [(&str, &str); 5] = [
    ("not-ready", "is not ready"),
    ("cut-off", "is cut off"),
    ("cordoned", "is cordoned"),
    ("drained", "is drained"),
    ("gone", "is gone"),
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
    let fates = fates(props.draft.trim());
    // A workload's value is a number; whether there is such a workload, the worker says.
    let is_scaled = fates.is_empty() && props.draft.contains('/');
    let onsubmit = {
        let (becomes, dispatch, draft) = (
            becomes.clone(),
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
        <form class="whatif-part add" aria-label="Add a change" {onsubmit}>
            <label for="changed-object">{ "What if" }</label>
            <Combobox
                id="changed-object"
                label="Object that changes"
                field={Field::Changed}
                value={props.draft.clone()}
                placeholder="pod/…, node/…, deployment/…"
                offers={props.offers.clone()}
                {on_ask}
                on_input={on_draft.clone()}
                on_choose={on_draft}
            />
            if !fates.is_empty() {
                <select ref={becomes} class="field" aria-label="What becomes of it">
                    { for fates.iter().map(|(change, words)| html! { <option key={*words} value={change.clone()}>{ *words }</option> }) }
                </select>
            } else if is_scaled {
                <input
                    ref={becomes}
                    class="field"
                    type="number"
                    aria-label="Replicas"
                    min="0"
                    max={MOST_REPLICAS.to_string()}
                    required=true
                    placeholder="replicas"
                />
            }
            <button class="button" type="submit" disabled={fates.is_empty() && !is_scaled}>{ "Add" }</button>
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
            fates.push((entry, "is where outside traffic enters"));
            fates
        }
        _ => Vec::new(),
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct SettingsProps {
    /// As the manifests and the options have them.
    pub(super) settings: Settings,
    /// The list.
    pub(super) entries: Vec<Entry>,
    pub(super) dispatch: Dispatch,
}

/// Settings of the cluster: another value is a change, the written one takes the change away.
#[function_component]
pub(super) fn ClusterSettings(props: &SettingsProps) -> Html {
    let Settings {
        mode,
        egress,
        load_balancer,
        entry_node,
        nodes,
    } = &props.settings;
    let modes = ProxyMode::ALL.map(|mode| (Change::ProxyMode(mode), mode.name().into()));
    let egresses = [
        (Change::Egress(Egress::Masquerade), "masqueraded".into()),
        (Change::Egress(Egress::Routed), "as it is".into()),
    ];
    let providers = [
        (LoadBalancerProvider::Cloud, "a cloud"),
        (LoadBalancerProvider::CloudProxy, "a cloud, as a proxy"),
        (LoadBalancerProvider::None, "nobody"),
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
    let any = (Change::EntryNode(None), "any node".into());
    let entry_nodes: Vec<(Change, AttrValue)> = [any]
        .into_iter()
        .chain(names.into_iter().map(named))
        .collect();
    html! {
        <fieldset class="whatif-part settings">
            <legend>{ "Cluster" }</legend>
            { setting(props, "kube-proxy runs as", &Change::ProxyMode(*mode), &modes) }
            { setting(props, "Pod traffic leaves", &Change::Egress(*egress), &egresses) }
            { setting(props, "Load balancers by", &Change::LoadBalancer(*load_balancer), &providers) }
            { setting(props, "Outside traffic enters by", &Change::EntryNode(entry_node.clone()), &entry_nodes) }
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
                    { differs() }<span class="visually-hidden">{ "changed: " }</span>{ " " }
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

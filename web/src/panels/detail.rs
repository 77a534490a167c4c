//! What is known of the chosen thing, and what of it nobody wrote.

use std::rc::Rc;

use switchboard_engine::cluster::Why;
use yew::prelude::*;

use super::{
    Dispatch,
    findings::prose,
    icons::{self, Icon, icon},
    whatif::{OffersProps, offers},
};
use crate::{
    protocol::{DetailView, OwnerView, ProbeText},
    scene::{Key, Name},
    state::{Action, Change, RulesChange, Tab},
    words,
};

/// What the panel shows.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct DetailProps {
    /// The thing.
    pub detail: Rc<DetailView>,
    /// Whether findings are told.
    pub tells: bool,
    /// Folds that are open.
    pub open: Vec<Key>,
    /// What happens.
    pub dispatch: Dispatch,
    /// What only the map knows of it.
    #[prop_or_default]
    pub children: Html,
}

/// The panel.
#[function_component]
pub fn Detail(props: &DetailProps) -> Html {
    let detail = &props.detail;
    let close = act(&props.dispatch, Action::Select(None));
    html! {
        <aside class="detail" aria-label={format!("{} {}", detail.kind, detail.title)}>
            <header>
                <div>
                    <h2>{ &detail.title }</h2>
                    <p class="kind">{ subtitle(detail) }</p>
                </div>
                <button class="button icon plain" type="button" aria-label={words::detail::CLOSE} onclick={close}>
                    { icon(Icon::Close) }
                </button>
            </header>
            <div class="body" tabindex="0" role="region" aria-label={words::detail::DETAILS}>
                { actions(props) }
                if !detail.whatif.is_empty() {
                    <h3>{ words::common::WHAT_IF }</h3>
                    { offers(&OffersProps {
                        offers: detail.whatif.clone(),
                        dispatch: props.dispatch.clone(),
                    }) }
                }
                if props.tells && !detail.findings.is_empty() {
                    <ul>
                        { for detail.findings.iter().enumerate().map(|(nth, finding)| html! {
                            <li key={nth} class="finding">
                                { icons::severity(finding.severity) }
                                <span>{ prose(&finding.message) }</span>
                            </li>
                        }) }
                    </ul>
                }
                <dl class="facts">
                    { owners(props) }
                    { for detail.facts.iter().enumerate().map(|(nth, fact)| html! {
                        <div key={nth} class="fact">
                            <dt>{ &fact.name }</dt>
                            <dd class="mono">{ &fact.value }{ mark(fact.why) }</dd>
                        </div>
                    }) }
                </dl>
                { props.children.clone() }
                if !detail.members.is_empty() {
                    <h3>{ words::detail::PODS }</h3>
                    <ul class="members mono">
                        { for detail.members.iter().map(|name| html! { <li key={name.clone()}>{ name }</li> }) }
                        if detail.more_members > 0 {
                            <li>{ words::common::and_more(detail.more_members as usize) }</li>
                        }
                    </ul>
                }
                if !detail.additions.is_empty() {
                    <h3>{ words::detail::NOT_WRITTEN }</h3>
                    <dl class="facts added">
                        { for detail.additions.iter().enumerate().map(|(nth, addition)| html! {
                            <div key={nth} class="fact">
                                <dt class="mono">{ &addition.path }</dt>
                                <dd class="mono">{ &addition.value }{ mark(Some(addition.why)) }</dd>
                            </div>
                        }) }
                    </dl>
                }
            </div>
        </aside>
    }
}

fn subtitle(detail: &DetailView) -> String {
    if detail.namespace.is_empty() {
        detail.kind.clone()
    } else {
        words::detail::kind_in(&detail.kind, &detail.namespace)
    }
}

fn actions(props: &DetailProps) -> Html {
    let detail = &props.detail;
    let fold = matches!(
        detail.key,
        Key::Namespace(_) | Key::Pods { .. } | Key::Addresses(_)
    );
    // A Pod of an opened fold closes it again.
    let is_open = props.open.contains(&detail.key);
    html! {
        <div class="actions">
            if let Some(from) = &detail.probe_from {
                { set(&SetProps {
                    probe: ProbeText { from: from.clone(), to: String::new() },
                    dispatch: props.dispatch.clone(),
                }) }
            }
            if let Some(to) = &detail.probe_to {
                { set(&SetProps {
                    probe: ProbeText { from: String::new(), to: to.clone() },
                    dispatch: props.dispatch.clone(),
                }) }
            }
            if let Some(place) = &detail.place {
                <button
                    class="button"
                    type="button"
                    onclick={act(&props.dispatch, Action::Reveal(place.clone(), true))}
                >
                    { words::detail::line(place.line) }
                </button>
            }
            if !detail.slices.is_empty() {
                <button class="button" type="button" onclick={act(&props.dispatch, Action::Tab(Tab::Slices))}>
                    { words::detail::SLICES }
                </button>
            }
            if let Key::Service(name) | Key::LoadBalancer(name) = &detail.key {
                <button class="button" type="button" onclick={of_service(&props.dispatch, name.clone())}>
                    { words::detail::ITS_RULES }
                </button>
            }
            if matches!(
                &detail.key,
                Key::Service(_) | Key::LoadBalancer(_) | Key::Pod(_) | Key::Column(crate::scene::ColumnKey::Node(_))
            ) {
                <button class="button" type="button" onclick={act(&props.dispatch, Action::Tab(Tab::Stored))}>
                    { words::detail::YAML }
                </button>
            }
            if matches!(&detail.key, Key::Column(crate::scene::ColumnKey::Node(_))) {
                <button class="button" type="button" onclick={act(&props.dispatch, Action::Tab(Tab::Rules))}>
                    { words::detail::RULES }
                </button>
            }
            if fold {
                <button
                    class="button"
                    type="button"
                    onclick={act(&props.dispatch, Action::ToggleFold(detail.key.clone()))}
                >
                    { if is_open { words::common::FOLD } else { words::common::UNFOLD } }
                </button>
            }
        </div>
    }
}

/// Who made it, the topmost first; what is written can be gone to.
fn owners(props: &DetailProps) -> Html {
    let owners = &props.detail.owners;
    if owners.is_empty() {
        return html! {};
    }
    let owner = |owner: &OwnerView| match &owner.place {
        Some(place) => html! {
            <button
                class="link"
                type="button"
                title={words::detail::line(place.line)}
                onclick={act(&props.dispatch, Action::Reveal(place.clone(), true))}
            >
                { &owner.title }
            </button>
        },
        None if owner.why.is_some() => html! { <>{ &owner.title }{ mark(owner.why) }</> },
        None => html! {
            <>
                { &owner.title }
                <span class="why" title={words::detail::REFERENCE_MORE}>{ words::detail::REFERENCE }</span>
            </>
        },
    };
    html! {
        <div class="fact">
            <dt>{ words::detail::CONTROLLED_BY }</dt>
            <dd>
                <ol class="owners mono">
                    { for owners.iter().map(|each| html! { <li>{ owner(each) }</li> }) }
                </ol>
            </dd>
        </div>
    }
}

#[derive(Debug)]
struct SetProps {
    /// One half of it; the other is empty.
    probe: ProbeText,
    dispatch: Dispatch,
}

fn set(props: &SetProps) -> Html {
    let from = !props.probe.from.is_empty();
    let action = if from {
        Action::DraftFrom(props.probe.from.clone())
    } else {
        Action::DraftTo(props.probe.to.clone())
    };
    html! {
        <button class="button" type="button" onclick={act(&props.dispatch, action)}>
            { if from { words::common::SEND_FROM_HERE } else { words::common::SEND_TO_HERE } }
        </button>
    }
}

/// Why a value is not as written.
pub(super) fn mark(why: Option<Why>) -> Html {
    let (word, sentence) = match why {
        None => return html! {},
        Some(Why::Defaulted) => (words::detail::DEFAULT, words::detail::DEFAULT_MORE),
        Some(Why::Allocated) => (words::common::ASSUMED, words::detail::ALLOCATED_MORE),
        Some(Why::Assumed) => (words::common::ASSUMED, words::detail::ASSUMED_MORE),
        Some(Why::Wiped) => (words::detail::DROPPED, words::detail::DROPPED_MORE),
    };
    html! { <span class="why" title={sentence}>{ word }</span> }
}

/// The rules that a Service has on a node.
fn of_service(dispatch: &Dispatch, name: Name) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_| {
        dispatch.emit(Action::Tab(Tab::Rules));
        let change = RulesChange::Service(Some(name.clone()));
        dispatch.emit(Action::Follow(Change::Rules(change)));
    })
}

fn act(dispatch: &Dispatch, action: Action) -> Callback<MouseEvent> {
    let dispatch = dispatch.clone();
    Callback::from(move |_| dispatch.emit(action.clone()))
}

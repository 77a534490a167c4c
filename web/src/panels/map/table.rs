//! The map as a list: the same facts in reading order, for those who do not see a map or prefer none.

use std::rc::Rc;

use yew::prelude::*;

use super::wires;
use crate::{
    layout::{Face, Item},
    panels::Dispatch,
    protocol::Picture,
    scene::{Counts, Key, ReachState, ServiceCard},
    state::Action,
    words,
};

#[derive(Debug, Clone, PartialEq, Properties)]
pub(super) struct AsListProps {
    pub(super) picture: Rc<Picture>,
    pub(super) dispatch: Dispatch,
}

#[function_component]
pub(super) fn AsList(props: &AsListProps) -> Html {
    let drawing = &props.picture.drawing;
    let services = drawing.items.iter().filter_map(|item| match &item.face {
        Face::Service(card) => Some((item, card)),
        _ => None,
    });
    let chips = drawing.items.iter().filter_map(|item| match &item.face {
        Face::Chip(chip) => Some((item, chip)),
        _ => None,
    });
    let namespaces = drawing.items.iter().filter_map(|item| match &item.face {
        Face::Namespace(namespace) => Some((item, namespace)),
        _ => None,
    });
    let mut namespaces = namespaces.peekable();
    html! {
        <div class="as-list" tabindex="0" role="region" aria-label={words::map::LIST}>
            if namespaces.peek().is_some() {
                <table class="table">
                    <caption>{ words::map::FOLDED_NAMESPACES }</caption>
                    <thead>
                        <tr>
                            <th scope="col">{ words::map::FOLDED_NAMESPACE }</th>
                            <th scope="col">{ words::map::HOLDS }</th>
                            <th scope="col">{ words::map::FINDINGS }</th>
                            <th scope="col"><span class="visually-hidden">{ words::common::UNFOLD }</span></th>
                        </tr>
                    </thead>
                    <tbody>
                        { for namespaces.map(|(item, namespace)| html! {
                            <tr key={item.key.to_string()}>
                                <td>{ choose(props, &item.key, &namespace.name) }</td>
                                <td>{ words::scene::holds(namespace) }{ changed(item) }</td>
                                <td>{ marks(namespace.marks) }</td>
                                <td>{ unfold(props, &item.key, &namespace.name) }</td>
                            </tr>
                        }) }
                    </tbody>
                </table>
            }
            <table class="table">
                <caption>{ words::scene::SERVICES }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ words::map::SERVICE }</th>
                        <th scope="col">{ words::map::TYPE }</th>
                        <th scope="col">{ words::map::ADDRESS }</th>
                        <th scope="col">{ words::map::PORTS }</th>
                        <th scope="col">{ words::map::READY }</th>
                        <th scope="col">{ words::map::FINDINGS }</th>
                        <th scope="col">{ words::map::WIRES }</th>
                    </tr>
                </thead>
                <tbody>
                    { for services.map(|(item, card)| html! {
                        <tr key={item.key.to_string()}>
                            <td class="name">{ choose(props, &item.key, &card.name.to_string()) }</td>
                            <td>{ card.kind.name() }</td>
                            <td class="mono name">{ words::scene::address(&card.address, card.address_assumed) }</td>
                            <td class="mono">{ ports(card) }</td>
                            <td>{ reach(card) }{ changed(item) }</td>
                            <td>{ marks(card.marks) }</td>
                            <td class="name">{ wires::lines(drawing, &item.key) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
            <table class="table">
                <caption>{ words::map::PODS }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ words::map::POD }</th>
                        <th scope="col">{ words::map::ADDRESS }</th>
                        <th scope="col">{ words::map::STATE }</th>
                        <th scope="col">{ words::common::NODE }</th>
                        <th scope="col">{ words::map::FINDINGS }</th>
                    </tr>
                </thead>
                <tbody>
                    { for chips.map(|(item, chip)| html! {
                        <tr key={item.key.to_string()}>
                            <td class="name">{ choose(props, &item.key, &chip.title) }</td>
                            <td class="mono name">{ words::scene::address(&chip.subtitle, chip.assumed) }</td>
                            <td>{ words::scene::pod_state(chip.state) }{ changed(item) }</td>
                            <td class="name">{ drawing.columns.get(chip.column).map(|column| column.column.title.clone()) }</td>
                            <td>{ marks(chip.marks) }</td>
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

/// How it differs from the manifests, by what if.
fn changed(item: &Item) -> Html {
    match &item.changed {
        Some(changed) => html! { <span class="changed-words">{ format!("≠ {changed}") }</span> },
        None => html! {},
    }
}

fn choose(props: &AsListProps, key: &Key, words: &str) -> Html {
    let (dispatch, key) = (props.dispatch.clone(), key.clone());
    html! {
        <button type="button" class="link" onclick={move |_| dispatch.emit(Action::Pick(key.clone()))}>
            { words.to_owned() }
        </button>
    }
}

fn unfold(props: &AsListProps, key: &Key, name: &str) -> Html {
    let (dispatch, key) = (props.dispatch.clone(), key.clone());
    html! {
        <button
            type="button"
            class="link"
            aria-label={words::map::unfold_namespace(name)}
            onclick={move |_| dispatch.emit(Action::ToggleFold(key.clone()))}
        >
            { words::common::UNFOLD }
        </button>
    }
}

fn ports(card: &ServiceCard) -> String {
    let ports: Vec<&str> = card.ports.iter().map(|port| port.text.as_str()).collect();
    ports.join(", ")
}

fn reach(card: &ServiceCard) -> String {
    match card.reach.state {
        ReachState::ByName => words::map::BY_NAME.to_owned(),
        ReachState::Empty => words::scene::NO_ENDPOINTS.to_owned(),
        ReachState::HeldBack => words::scene::HELD_BACK.to_owned(),
        ReachState::NoPort => words::scene::NO_ENDPOINT_HAS_PORT.to_owned(),
        _ => words::map::ready(card.reach.ready, card.reach.total),
    }
}

fn marks(marks: Counts) -> String {
    if marks.is_loud() {
        words::scene::marks(marks)
    } else {
        String::new()
    }
}

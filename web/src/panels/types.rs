//! Which type should this Service be? What each would give it, side by side, with the journeys traced as each.

use std::rc::Rc;

use switchboard_engine::{
    service_types::{Cell, Client, Row},
    trace,
};
use yew::prelude::*;

use super::{Dispatch, breakable, findings::prose, icons};
use crate::{
    protocol::ProbeText,
    scene::Name,
    state::{Action, Types, WhatIfAction},
    words,
};

/// As a manifest has it.
const LOCAL: &str = "externalTrafficPolicy: Local";

/// What the panel shows.
#[derive(Debug)]
pub struct TypesProps {
    /// The Service that is asked about.
    pub service: Option<Name>,
    /// What has come.
    pub types: Option<Types>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn types_panel(props: &TypesProps) -> Html {
    let said =
        |words: String| html! { <div class="plain-panel"><p role="status">{ words }</p></div> };
    let Some(service) = &props.service else {
        return said(words::types::NO_SERVICE.to_owned());
    };
    let types = props.types.as_ref().filter(|it| it.service == *service);
    let Some(types) = types else {
        return said(words::types::asking(service));
    };
    if types.is_whole && types.rows.is_empty() {
        return said(words::types::not_written(service));
    }
    html! {
        <div class="types">
            <header class="types-head">
                <h3>{ prose(&words::types::as_each_type(service)) }</h3>
                <p class="quiet" role="status">{ notes(types) }</p>
            </header>
            <div class="types-columns">
                { for types.rows.iter().map(|row| column(props, row)) }
            </div>
        </div>
    }
}

fn notes(types: &Types) -> String {
    let mut notes = Vec::new();
    if !types.is_whole {
        notes.push(words::types::computed(types.fresh));
    }
    if types.about.is_some_and(|about| about.without_selector) {
        notes.push(words::types::WITHOUT_SELECTOR.to_owned());
    }
    if types.about.is_some_and(|about| about.clients_assumed) {
        notes.push(words::types::CLIENTS_ASSUMED.to_owned());
    }
    notes.push(words::types::WHAT_IS_SHOWN.to_owned());
    notes.join(" ")
}

/// One type. All columns have the same rows in the same order, so that they can be read across.
fn column(props: &TypesProps, row: &Rc<Row>) -> Html {
    let cell = |client: Client| {
        let found = row.cells.iter().find(|cell| cell.client == client);
        part(
            client.name(),
            match found {
                Some(found) => self::cell(props, row, found),
                None => html! { <p class="quiet">{ words::types::NO_CLIENT }</p> },
            },
        )
    };
    let text = |words: &str| html! { <p>{ prose(words) }</p> };
    let attempt = {
        let changes = row.changes.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::WhatIf(WhatIfAction::Add(changes.clone())))
    };
    html! {
        <section
            key={row.title()}
            class={classes!("type", row.is_current.then_some("current"))}
            aria-label={row.title()}
        >
            <header>
                <h4>{ row.kind.to_string() }</h4>
                if row.local {
                    <p class="policy mono">{ LOCAL }</p>
                }
                if row.is_current {
                    <span class="tag">{ words::types::CURRENT }</span>
                } else {
                    <button
                        class="button"
                        type="button"
                        aria-label={words::types::what_if_it_were(&row.title())}
                        title={words::types::WHAT_IF_MORE}
                        onclick={attempt}
                    >
                        { words::common::WHAT_IF }
                    </button>
                }
            </header>
            { part(words::types::FOUND_AS, html! {
                <>
                    { for row.refused.iter().map(|refused| html! {
                        <p class="refused">{ icons::icon(icons::Icon::Error) }<span>{ prose(&words::types::refused(refused)) }</span></p>
                    }) }
                    <ul class="mono">{ for row.addresses.iter().map(|address| html! { <li key={address.clone()}>{ breakable(address) }</li> }) }</ul>
                </>
            }) }
            { for Client::ALL.into_iter().map(cell) }
            { part(words::types::COSTS, text(&row.costs)) }
            { part(words::types::DEPENDS_ON, text(&row.depends_on)) }
            { part(words::types::BREAKS, text(&row.breaks)) }
            { part(words::types::SOURCE, html! { <p class="mono source">{ &row.source }</p> }) }
        </section>
    }
}

fn part(label: &str, content: Html) -> Html {
    html! { <div class="type-part"><h5>{ label }</h5>{ content }</div> }
}

/// Who asks, what comes of it; the verdict leads to the journey where its client is on the map.
fn cell(props: &TypesProps, row: &Rc<Row>, cell: &Cell) -> Html {
    let (class, mark) = icons::headline(cell.headline);
    let verdict = trace::words::headline(cell.headline);
    let inner = html! { <>{ icons::icon(mark) }<strong>{ verdict }</strong></> };
    let probe = ProbeText {
        from: cell.from.clone(),
        to: cell.to.clone(),
    };
    let show = {
        let (dispatch, changes, probe) = (
            props.dispatch.clone(),
            (!row.is_current).then(|| row.changes.clone()),
            probe.clone(),
        );
        Callback::from(move |_: MouseEvent| {
            if let Some(changes) = &changes {
                dispatch.emit(Action::WhatIf(WhatIfAction::Add(changes.clone())));
            }
            dispatch.emit(Action::Send(probe.clone()));
        })
    };
    html! {
        <>
            if cell.is_stand_in {
                <p class={classes!("short-verdict", class)} title={words::types::STAND_IN}>{ inner }</p>
            } else {
                <button
                    type="button"
                    class={classes!("short-verdict", class)}
                    title={words::types::SHOW_JOURNEY}
                    aria-label={words::types::show_journey(verdict, &probe.from, &probe.to, &row.title())}
                    onclick={show}
                >
                    { inner }
                </button>
            }
            <p class="mono to"><bdi>{ breakable(&cell.to) }</bdi></p>
            { for cell.sees.iter().map(|sees| html! { <p key={sees.clone()}>{ sees }</p> }) }
            if cell.source_changes {
                <p class="quiet">{ words::types::SOURCE_CHANGES }</p>
            }
        </>
    }
}

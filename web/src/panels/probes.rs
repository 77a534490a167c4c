//! Probes that were sent: where each of them goes now, and where it went before an edit made it go elsewhere.

use std::rc::Rc;

use switchboard_engine::trace;
use yew::prelude::*;

use super::{
    Dispatch,
    findings::prose,
    focus::focus,
    icons::{self, Icon, icon},
    journey::tab_id,
};
use crate::{
    state::{Action, Change, Outcome, Sent, State, Tab},
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct ProbesProps {
    /// Everything; the panel shows the list of probes.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn probes(props: &ProbesProps) -> Html {
    let sent = &props.state.follow.sent;
    if sent.is_empty() {
        return html! { <div class="plain-panel"><p>{ words::probe::NONE_SENT }</p></div> };
    }
    let picture = props.state.picture.as_ref();
    let mode = picture.map_or("", |picture| &picture.summary.proxy_mode);
    let changed = sent.iter().filter(|sent| sent.has_changed);
    html! {
        <div class="plain-panel">
            <p class="visually-hidden" role="status">
                { for changed.map(|sent| html! { <span>{ words::probe::now_goes(&sent.probe, headline(sent.now.as_ref())) }</span> }) }
            </p>
            <table class="table probes">
                <caption>{ words::probe::sent_anew(mode) }</caption>
                <thead>
                    <tr>
                        <th scope="col">{ words::probe::PROBE }</th>
                        <th scope="col">{ words::probe::NOW }</th>
                        <th scope="col">{ words::common::BEFORE }</th>
                    </tr>
                </thead>
                <tbody>
                    // By number, so that the focus takes the place of a row that went.
                    { for sent.iter().enumerate().map(|(nth, sent)| row(props, nth, sent)) }
                </tbody>
            </table>
        </div>
    }
}

fn row(props: &ProbesProps, nth: usize, sent: &Sent) -> Html {
    let probe = &sent.probe;
    let send = {
        let probe = probe.clone();
        props
            .dispatch
            .reform(move |_: MouseEvent| Action::Send(probe.clone()))
    };
    let is_last = nth + 1 == props.state.follow.sent.len();
    let forget = props.dispatch.reform(move |_: MouseEvent| {
        if is_last {
            focus(&tab_id(Tab::Probes));
        }
        Action::Follow(Change::Forget(nth))
    });
    html! {
        <tr key={nth} class={classes!(sent.has_changed.then_some("changed"))}>
            <th scope="row">
                <div class="sent">
                    <button
                        class="button icon plain"
                        type="button"
                        aria-label={words::probe::forget(probe)}
                        onclick={forget}
                    >
                        { icon(Icon::Close) }
                    </button>
                    <button type="button" class="link" onclick={send}>
                        <bdi>{ &probe.from }</bdi>{ " → " }<bdi>{ &probe.to }</bdi>
                    </button>
                </div>
            </th>
            <td class="now">
                if let Some(now) = &sent.now {
                    { outcome(now) }
                } else {
                    { words::common::TRACING }
                }
            </td>
            <td class="before">{ for sent.before.as_ref().map(outcome) }</td>
        </tr>
    }
}

fn outcome(outcome: &Outcome) -> Html {
    let (class, mark) = match outcome {
        Ok(outcome) => icons::headline(outcome.headline),
        Err(_) => ("warn", Icon::Warning),
    };
    html! {
        <div class={classes!("outcome", class)}>
            <span class="mark">{ icon(mark) }</span>
            <div>
                <strong>{ headline(Some(outcome)) }</strong>
                { match outcome {
                    Ok(outcome) => html! {
                        <>
                            { " " }<span class="sees">{ words::common::the_client_sees(&outcome.sees) }</span>
                            <p>{ prose(&outcome.ends) }</p>
                        </>
                    },
                    Err(reason) => html! { <p>{ prose(reason) }</p> },
                } }
            </div>
        </div>
    }
}

fn headline(outcome: Option<&Outcome>) -> &str {
    match outcome {
        None => words::common::TRACING,
        Some(Ok(outcome)) => trace::words::headline(outcome.headline),
        Some(Err(_)) => words::journey::UNREADABLE,
    }
}

//! The answer to the probe that was sent, before and after the changes.

use std::rc::Rc;

use yew::prelude::*;

use crate::{
    panels::{Dispatch, answer::Answer, findings::prose, icons},
    protocol::{ComparedView, ProbeText, Shown, SplitRow},
    state::{Action, Move, WhatIfAction},
    words,
};

#[derive(Debug)]
pub(super) struct ComparedProps {
    /// The answers, and to which probe.
    pub(super) compared: Option<(ProbeText, Option<Rc<ComparedView>>)>,
    /// The probe that was sent.
    pub(super) asked: Option<ProbeText>,
    /// Whether any change happens.
    pub(super) is_changed: bool,
    /// Which of the two answers is on the map.
    pub(super) shown: Shown,
    /// The way that is shown.
    pub(super) way: usize,
    /// The step that is shown.
    pub(super) step: usize,
    pub(super) dispatch: Dispatch,
}

pub(super) fn compared(props: &ComparedProps) -> Html {
    let known = props
        .compared
        .as_ref()
        .filter(|(probe, _)| props.asked.as_ref() == Some(probe))
        .filter(|_| props.is_changed);
    let said = |words: &'static str| html! { <p class="quiet" role="status">{ words }</p> };
    let body = match known {
        _ if props.asked.is_none() => said(words::whatif::NOTHING_SENT),
        _ if !props.is_changed => said(words::whatif::NOTHING_CHANGED),
        None => said(words::common::TRACING),
        Some((_, None)) => said(words::whatif::UNREADABLE),
        Some((_, Some(compared))) => both(props, compared),
    };
    html! {
        <section class="whatif-answer" aria-label={words::whatif::BEFORE_AND_AFTER} tabindex="0">
            if let Some(asked) = &props.asked {
                <h3><bdi class="mono">{ &asked.from }</bdi>{ " → " }<bdi class="mono">{ &asked.to }</bdi></h3>
            }
            { body }
        </section>
    }
}

fn both(props: &ComparedProps, compared: &ComparedView) -> Html {
    html! {
        <>
            if let Some(sender) = &compared.sender {
                <p class="differs-text">{ sender }</p>
            }
            <p class={classes!("differs-text", compared.differs.is_some().then_some("differs"))} role="status">
                if let Some(differs) = &compared.differs {
                    { prose(differs) }
                } else {
                    { words::whatif::FARES_AS_BEFORE }
                }
            </p>
            { split(&compared.split) }
            if compared.more_ends > 0 {
                <p class="quiet">{ words::whatif::more_ends(compared.more_ends as usize) }</p>
            }
            <div class="sides">
                { side(props, compared, Shown::Written) }
                { side(props, compared, Shown::Changed) }
            </div>
        </>
    }
}

/// One of the answers. The one that is not on the map comes there with one click, at the chosen step or as it stands.
fn side(props: &ComparedProps, compared: &ComparedView, of: Shown) -> Html {
    let (title, trace) = match of {
        Shown::Written => (words::whatif::BEFORE_MORE, &compared.before),
        Shown::Changed => (words::whatif::AFTER_MORE, &compared.after),
    };
    let is_shown = props.shown == of;
    let show = props
        .dispatch
        .reform(move |()| Action::WhatIf(WhatIfAction::Show(of)));
    let on_step = {
        let (dispatch, show) = (props.dispatch.clone(), show.clone());
        Callback::from(move |nth: usize| {
            show.emit(());
            dispatch.emit(Action::Way(0));
            dispatch.emit(Action::Step(Move::To(nth)));
        })
    };
    html! {
        <section class="side" aria-label={title}>
            <header>
                <h3>{ title }</h3>
                <button
                    class="button"
                    type="button"
                    aria-pressed={is_shown.to_string()}
                    onclick={show.reform(|_: MouseEvent| ())}
                >
                    { if is_shown { words::common::SHOWN_ON_MAP } else { words::common::SHOW_ON_MAP } }
                </button>
            </header>
            <Answer
                trace={Rc::new(trace.clone())}
                step={(is_shown && props.way == 0).then_some(props.step)}
                differs_from={compared.differs_from.map(|nth| nth as usize)}
                {on_step}
            />
        </section>
    }
}

/// Where packets end, and how many of them.
fn split(rows: &[SplitRow]) -> Html {
    let share = |share: &Option<String>, fraction: f64| match share {
        Some(share) => html! {
            <><progress max="1" value={fraction.to_string()} aria-hidden="true" />{ share }</>
        },
        None => html! { <span class="none">{ words::whatif::NO_PACKET }</span> },
    };
    html! {
        <table class="table split-table">
            <caption class="visually-hidden">{ words::whatif::ENDS }</caption>
            <thead>
                <tr>
                    <th scope="col">{ words::whatif::ENDS_AT }</th>
                    <th scope="col">{ words::common::BEFORE }</th>
                    <th scope="col">{ words::whatif::AFTER }</th>
                </tr>
            </thead>
            <tbody>
                { for rows.iter().map(|row| {
                    let differs = row.before != row.after;
                    html! {
                        <tr key={row.end.clone()} class={classes!(differs.then_some("differs"))}>
                            <th scope="row">
                                if differs {
                                    { icons::differs() }
                                    <span class="visually-hidden">{ words::common::DIFFERS }</span>
                                }
                                <bdi>{ &row.end }</bdi>
                            </th>
                            <td class="share">{ share(&row.before, row.fractions.0) }</td>
                            <td class="share">{ share(&row.after, row.fractions.1) }</td>
                        </tr>
                    }
                }) }
            </tbody>
        </table>
    }
}

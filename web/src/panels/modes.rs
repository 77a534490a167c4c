//! The same probe in every proxy mode, side by side: where packets fare alike, and where they do not.

use std::rc::Rc;

use yew::prelude::*;

use super::{Dispatch, answer::Answer, findings::prose};
use crate::{
    protocol::{ProbeText, follow::ModeView},
    state::{Action, Change, Move},
    words,
};

/// What the panel shows.
#[derive(Debug)]
pub struct ModesProps {
    /// The answers, if they are about the probe that was sent.
    pub modes: Option<Rc<(ProbeText, Vec<ModeView>)>>,
    /// Whether something was sent.
    pub sent: bool,
    /// Whether the mode that is shown elsewhere is this one.
    pub shown: Option<switchboard_engine::cluster::ProxyMode>,
    /// The step that is shown.
    pub step: usize,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The panel.
pub fn modes(props: &ModesProps) -> Html {
    let Some(modes) = &props.modes else {
        let said = if props.sent {
            words::rules::TRACING_ALL
        } else {
            words::rules::NOTHING_SENT
        };
        return html! { <div class="plain-panel"><p role="status">{ said }</p></div> };
    };
    html! {
        <div class="modes">
            { for modes.1.iter().map(|view| column(props, view)) }
        </div>
    }
}

fn column(props: &ModesProps, view: &ModeView) -> Html {
    let is_shown = match props.shown {
        Some(mode) => mode == view.mode,
        None => view.is_own,
    };
    let (mode, is_own) = (view.mode, view.is_own);
    let show = props
        .dispatch
        .reform(move |_: MouseEvent| Action::Follow(Change::Mode((!is_own).then_some(mode))));
    let on_step = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |nth: usize| {
            dispatch.emit(Action::Follow(Change::Mode((!is_own).then_some(mode))));
            dispatch.emit(Action::Way(0));
            dispatch.emit(Action::Step(Move::To(nth)));
        })
    };
    let rules = view
        .trace
        .ways
        .first()
        .and_then(|way| way.rules_text.clone());
    html! {
        <section class="mode" key={mode.name()} aria-label={mode.name()}>
            <header>
                <h3>{ mode.name() }</h3>
                if is_own {
                    <span class="tag">{ words::rules::OWN }</span>
                }
                <button
                    class="button"
                    type="button"
                    aria-pressed={is_shown.to_string()}
                    onclick={show}
                >
                    { if is_shown { words::common::SHOWN_ON_MAP } else { words::common::SHOW_ON_MAP } }
                </button>
            </header>
            <p class={classes!("differs-text", view.differs.is_some().then_some("differs"))}>
                if let Some(differs) = &view.differs {
                    { prose(differs) }
                } else if is_own {
                    { words::rules::COMPARED_WITH }
                } else {
                    { words::rules::FARES_THE_SAME }
                }
            </p>
            if let Some(rules) = rules {
                <p class="quiet">{ rules }</p>
            }
            <Answer
                trace={Rc::new(view.trace.clone())}
                step={is_shown.then_some(props.step)}
                differs_from={view.differs_from.map(|nth| nth as usize)}
                {on_step}
            />
        </section>
    }
}

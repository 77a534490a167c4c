//! The help: keys, shapes, certainty, privacy.

use yew::prelude::*;

use super::{
    Dispatch,
    icons::{Icon, icon},
};
use crate::{
    keys,
    state::{Action, Dialog, KeepAction},
    words::{self, help::Line},
};

/// What the help needs.
#[derive(Debug)]
pub struct HelpProps {
    /// What happens.
    pub dispatch: Dispatch,
}

/// The help.
pub fn help(props: &HelpProps) -> Html {
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
    let list = |rows: &[Line], keys: bool| {
        html! {
            <dl>
                { for rows.iter().map(|(name, meaning)| html! {
                    <div key={*name} class="fact">
                        <dt>if keys { <kbd>{ *name }</kbd> } else { { *name } }</dt>
                        <dd>{ *meaning }</dd>
                    </div>
                }) }
            </dl>
        }
    };
    html! {
        <aside class="help" aria-label={words::help::HELP}>
            <div class="help-head">
                <h2>{ words::help::HELP }</h2>
                <button class="button icon plain" type="button" aria-label={words::help::CLOSE} onclick={close}>
                    { icon(Icon::Close) }
                </button>
            </div>
            <p>{ words::help::WHAT_IT_IS }</p>
            <h3>{ words::help::KEYS }</h3>
            { list(&keys::sheet(), true) }
            <h3>{ words::help::SHAPES_TITLE }</h3>
            { list(&words::help::SHAPES, false) }
            <p>
                <button class="button" type="button" aria-haspopup="dialog" onclick={privacy}>{ words::help::PRIVACY }</button>
            </p>
        </aside>
    }
}

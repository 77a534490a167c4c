//! The help: keys, shapes, privacy. A dialog.

use yew::prelude::*;

use super::{Dispatch, dialog::Dialog};
use crate::{
    keys,
    state::{self, Action, KeepAction},
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
    let privacy = {
        let dispatch = props.dispatch.clone();
        Callback::from(move |_: MouseEvent| {
            dispatch.emit(Action::Keep(KeepAction::Dialog(Some(
                state::Dialog::Privacy,
            ))));
        })
    };
    let list = |rows: &[Line], keys: bool| {
        html! {
            <dl class="help-lines">
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
        // Its key, so that privacy opens as a dialog of its own.
        <Dialog key="help" title={words::help::HELP} dispatch={props.dispatch.clone()}>
            <p>{ words::help::WHAT_IT_IS }</p>
            <section>
                <h3>{ words::help::KEYS }</h3>
                { list(&keys::sheet(), true) }
            </section>
            <section>
                <h3>{ words::help::SHAPES_TITLE }</h3>
                { list(&words::help::SHAPES, false) }
            </section>
            <p>
                <button class="button" type="button" aria-haspopup="dialog" onclick={privacy}>{ words::help::PRIVACY }</button>
            </p>
        </Dialog>
    }
}

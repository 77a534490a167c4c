//! What is kept where, how to check it, and whose work the page stands on.

use yew::prelude::*;

use super::{Dispatch, dialog::Dialog};
use crate::words;

/// What the dialog needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct PrivacyProps {
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
#[function_component]
pub fn Privacy(props: &PrivacyProps) -> Html {
    html! {
        <Dialog title="Privacy" dispatch={props.dispatch.clone()}>
            { for words::keep::PRIVACY.iter().map(|(title, text)| html! {
                <section key={*title}>
                    <h3>{ *title }</h3>
                    <p>{ *text }</p>
                </section>
            }) }
            <section>
                <h3>{ "Licences" }</h3>
                <p>
                    { "Switchboard is under the Apache License 2.0. " }
                    <a href="licences.txt" target="_blank" rel="noopener">{ "What it is built from, and under which licences" }</a>
                </p>
            </section>
        </Dialog>
    }
}

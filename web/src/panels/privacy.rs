//! What is kept where, how to check it, and whose work the page stands on.

use yew::prelude::*;

use super::{Dispatch, dialog::Dialog};
use crate::words;

/// What the dialog needs.
#[derive(Debug)]
pub struct PrivacyProps {
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
pub fn privacy(props: &PrivacyProps) -> Html {
    html! {
        <Dialog title={words::keep::PRIVACY_TITLE} dispatch={props.dispatch.clone()}>
            { for words::keep::PRIVACY.iter().map(|(title, text)| html! {
                <section key={*title}>
                    <h3>{ *title }</h3>
                    <p>{ *text }</p>
                </section>
            }) }
            <section>
                <h3>{ words::keep::LICENCES }</h3>
                <p>
                    { words::keep::LICENCE }{ " " }
                    <a href="licences.txt" target="_blank" rel="noopener">{ words::keep::OTHER_LICENCES }</a>
                </p>
            </section>
        </Dialog>
    }
}

//! What a finding's code means: the page of the catalogue, as a dialog.

use yew::prelude::*;

use super::{Dispatch, dialog::Dialog, findings::prose, icons, step::Command};
use crate::{protocol::PageView, state::OpenPage, words};

/// What the dialog shows.
#[derive(Debug)]
pub struct CodePageProps {
    /// The page.
    pub open: OpenPage,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
pub fn code_page(props: &CodePageProps) -> Html {
    let open = &props.open;
    html! {
        <Dialog title={open.code.clone()} dispatch={props.dispatch.clone()}>
            { match &open.page {
                Some(Some(page)) => body(page, open.command.as_ref(), &props.dispatch),
                Some(None) => html! { <p>{ words::findings::NO_SUCH_CODE }</p> },
                None => html! { <p class="quiet" role="status">{ words::findings::LOOKING_UP }</p> },
            } }
        </Dialog>
    }
}

fn body(page: &PageView, command: Option<&String>, dispatch: &Dispatch) -> Html {
    let command = command.unwrap_or(&page.command);
    html! {
        <div class="code-page">
            <p class="code-title">
                { icons::severity(page.severity) }
                <strong>{ prose(&page.title) }</strong>
            </p>
            <p class="quiet">{ words::findings::shown(&page.appears) }</p>
            <section>
                <h3>{ words::common::WHAT_IT_MEANS }</h3>
                <p>{ prose(&page.means) }</p>
            </section>
            <section>
                <h3>{ words::findings::CLIENT_SEES }</h3>
                <ul class="symptoms">
                    { for page.symptoms.iter().map(|symptom| html! { <li key={symptom.clone()}>{ symptom }</li> }) }
                </ul>
            </section>
            <section>
                <h3>{ words::findings::RESTS_ON }</h3>
                <p>{ prose(&page.rests_on) }</p>
            </section>
            if let Some(source) = &page.source {
                <section>
                    <h3>{ words::findings::DECIDED_BY }</h3>
                    <p class="mono source">{ source }</p>
                </section>
            }
            <section>
                <h3>{ words::findings::WHAT_MENDS }</h3>
                <p>{ prose(&page.mend) }</p>
            </section>
            if !command.is_empty() {
                <section>
                    <h3>{ words::common::ON_A_REAL_CLUSTER }</h3>
                    <Command command={command.clone()} dispatch={dispatch.clone()} />
                </section>
            }
            if let Some(example) = &page.example {
                <section>
                    <h3>{ words::findings::FOR_EXAMPLE }</h3>
                    <pre class="example">{ example }</pre>
                </section>
            }
        </div>
    }
}

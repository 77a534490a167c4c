//! Workspaces: what is kept in this browser, by name.

use std::rc::Rc;

use yew::prelude::*;

use super::{
    Dispatch,
    dialog::Dialog,
    draft::{Draft, use_draft},
};
use crate::{
    state::State,
    words,
    workspaces::{Entry, Wish},
};

/// What the dialog needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct WorkspacesProps {
    /// What is shown.
    pub state: Rc<State>,
    /// Called with what is wanted.
    pub on_wish: Callback<Wish>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
#[function_component]
pub fn Workspaces(props: &WorkspacesProps) -> Html {
    {
        let on_wish = props.on_wish.clone();
        use_effect_with((), move |()| on_wish.emit(Wish::List));
    }
    let keep = &props.state.keep;
    let wish = |wish: Wish| {
        let on_wish = props.on_wish.clone();
        Callback::from(move |_: MouseEvent| on_wish.emit(wish.clone()))
    };
    html! {
        <Dialog title={words::keep::WORKSPACES} dispatch={props.dispatch.clone()}>
            <p class="quiet">
                { words::keep::ROOM }
            </p>
            <ul class="workspaces">
                { for keep.workspaces.iter().map(|entry| row(entry, entry.id == keep.workspace.id, &props.on_wish, &wish)) }
            </ul>
            <div class="choices">
                <button class="button" type="button" onclick={wish(Wish::New)}>{ words::keep::NEW_WORKSPACE }</button>
            </div>
        </Dialog>
    }
}

fn row(
    entry: &Entry,
    is_shown: bool,
    on_wish: &Callback<Wish>,
    wish: &dyn Fn(Wish) -> Callback<MouseEvent>,
) -> Html {
    let id = entry.id.clone();
    let on_name = {
        let id = id.clone();
        on_wish.reform(move |name| Wish::Rename(id.clone(), name))
    };
    let name = &entry.name;
    html! {
        <li key={id.clone()} aria-current={is_shown.then_some("true")}>
            <NameField name={name.clone()} {on_name} />
            <span class="quiet">{ if is_shown { words::keep::IS_OPEN } else if entry.is_sample { words::keep::IS_SAMPLE } else { "" } }</span>
            <button
                class="button"
                type="button"
                disabled={is_shown}
                aria-label={words::keep::open(name)}
                onclick={wish(Wish::Open(id.clone()))}
            >
                { words::keep::OPEN }
            </button>
            <button class="button" type="button" aria-label={words::keep::duplicate(name)} onclick={wish(Wish::Duplicate(id.clone()))}>
                { words::keep::DUPLICATE }
            </button>
            <button
                class="button"
                type="button"
                disabled={is_shown}
                aria-label={words::keep::delete(name)}
                onclick={wish(Wish::Delete(id))}
            >
                { words::keep::DELETE }
            </button>
        </li>
    }
}

#[derive(Debug, Clone, PartialEq, Properties)]
struct NameFieldProps {
    name: String,
    on_name: Callback<String>,
}

/// A workspace's name.
#[function_component]
fn NameField(props: &NameFieldProps) -> Html {
    let Draft {
        value,
        oninput,
        onchange,
    } = use_draft(&props.name, &props.on_name);
    html! {
        <input
            class="field"
            aria-label={words::keep::name_of(&props.name)}
            maxlength="80"
            {value}
            {oninput}
            {onchange}
        />
    }
}

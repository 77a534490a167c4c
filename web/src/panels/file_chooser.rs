//! A button that lets a person choose files.

use web_sys::HtmlInputElement;
use yew::prelude::*;

/// What the button needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct FileChooserProps {
    /// Which files, as the browser's chooser filters them.
    pub accept: AttrValue,
    /// Called with what was chosen.
    pub on_files: Callback<web_sys::FileList>,
    /// What is on the button.
    pub children: Html,
}

/// The button, and the field behind it.
#[function_component]
pub fn FileChooser(props: &FileChooserProps) -> Html {
    let input = use_node_ref();
    let choose = {
        let input = input.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                input.click();
            }
        })
    };
    let chosen = {
        let on_files = props.on_files.clone();
        Callback::from(move |event: Event| {
            let input: HtmlInputElement = event.target_unchecked_into();
            if let Some(files) = input.files() {
                on_files.emit(files);
            }
            // The same file again is a change again.
            input.set_value("");
        })
    };
    html! {
        <>
            <button class="button" type="button" onclick={choose}>{ props.children.clone() }</button>
            <input ref={input} type="file" multiple=true hidden=true accept={props.accept.clone()} onchange={chosen} />
        </>
    }
}

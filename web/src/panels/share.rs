//! Handing on what is shown: a link, Markdown, pictures, the manifests.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use super::{
    Dispatch, copy_text,
    dialog::Dialog,
    icons::{Icon, icon},
    say,
};
use crate::{
    browser,
    redact::redacted,
    report,
    share::{self, Link, Shared},
    state::{Action, KeepAction, State},
    words,
};

/// What the dialog needs.
#[derive(Debug, Clone, PartialEq, Properties)]
pub struct ShareProps {
    /// What is shown.
    pub state: Rc<State>,
    /// What happens.
    pub dispatch: Dispatch,
}

/// The dialog.
#[function_component]
pub fn Share(props: &ShareProps) -> Html {
    {
        let (state, dispatch) = (Rc::clone(&props.state), props.dispatch.clone());
        use_effect_with((state.revision, state.way, state.step), move |_| {
            spawn_local(async move {
                let link = share::link(&state).await;
                dispatch.emit(Action::Keep(KeepAction::Link(link)));
            });
        });
    }
    let state = &props.state;
    let journey = state.current_way().is_some_and(|way| !way.steps.is_empty());
    let act = |what: fn(&Rc<State>, &Dispatch)| {
        let (state, dispatch) = (Rc::clone(state), props.dispatch.clone());
        Callback::from(move |_: MouseEvent| what(&state, &dispatch))
    };
    let button =
        |label: &'static str, drawing: Icon, disabled: bool, what: fn(&Rc<State>, &Dispatch)| {
            html! {
                <button class="button" type="button" {disabled} onclick={act(what)}>
                    { icon(drawing) }<span>{ label }</span>
                </button>
            }
        };
    html! {
        <Dialog title={words::share::SHARE_AND_EXPORT} dispatch={props.dispatch.clone()}>
            <section>
                <h3>{ words::share::LINK_TITLE }</h3>
                { link(state.keep.link.as_ref(), &props.dispatch) }
            </section>
            <section>
                <h3>{ words::share::JOURNEY }</h3>
                if !journey {
                    <p class="quiet">
                        { if state.asked.is_some() { words::share::NO_JOURNEY } else { words::share::SEND_FIRST } }
                    </p>
                }
                <div class="choices">
                    { button(words::share::COPY_MARKDOWN, Icon::Copy, !journey, copy_markdown) }
                    { button(words::share::SVG, Icon::Save, !journey, journey_svg) }
                    { button(words::share::PNG, Icon::Save, !journey, journey_png) }
                </div>
            </section>
            <section>
                <h3>{ words::share::MAP }</h3>
                <div class="choices">
                    { button(words::share::SVG, Icon::Save, false, map_svg) }
                    { button(words::share::PNG, Icon::Save, false, map_png) }
                </div>
                <p class="quiet">{ words::share::SVG_MORE }</p>
            </section>
            <section>
                <h3>{ words::share::MANIFESTS }</h3>
                <div class="choices">
                    { button(words::share::ONE_FILE, Icon::Save, state.is_empty(), one_file) }
                    if state.files.len() > 1 {
                        { button(words::share::EACH_FILE, Icon::Save, false, each_file) }
                    }
                </div>
                <p class="quiet">{ words::share::WITHOUT_SECRETS }</p>
            </section>
        </Dialog>
    }
}

fn link(link: Option<&Result<Link, String>>, dispatch: &Dispatch) -> Html {
    match link {
        None => html! { <p class="quiet" role="status">{ words::share::MAKING_LINK }</p> },
        Some(Err(why)) => html! { <p role="status">{ why }</p> },
        Some(Ok(link)) => {
            let address = address("", &link.fragment);
            let embedded = format!(
                "<iframe src=\"{}\" width=\"960\" height=\"640\" title=\"Switchboard\"></iframe>",
                self::address("?embed", &link.fragment)
            );
            let copied = |text: &str| {
                let (text, dispatch) = (text.to_owned(), dispatch.clone());
                Callback::from(move |_: MouseEvent| copy_text(&text, &dispatch))
            };
            html! {
                <>
                    <input class="field mono" readonly=true aria-label={words::share::LINK_TITLE} value={address.clone()} />
                    <div class="choices">
                        <button class="button primary" type="button" onclick={copied(&address)}>
                            { icon(Icon::Copy) }<span>{ words::share::COPY_LINK }</span>
                        </button>
                        <button class="button" type="button" onclick={copied(&embedded)}>
                            { icon(Icon::Copy) }<span>{ words::share::COPY_IFRAME }</span>
                        </button>
                        <span class="quiet">{ words::share::link_length(address.len(), share::LONGEST) }</span>
                    </div>
                    if let Some(left_out) = &link.left_out {
                        <p><strong>{ left_out }</strong></p>
                    }
                    <p class="quiet">{ words::share::LINK }</p>
                </>
            }
        }
    }
}

/// This page's address with another query and fragment.
fn address(query: &str, fragment: &str) -> String {
    let location = gloo::utils::window().location();
    let (origin, path) = (
        location.origin().unwrap_or_default(),
        location.pathname().unwrap_or_default(),
    );
    format!("{origin}{path}{query}{fragment}")
}

fn copy_markdown(state: &Rc<State>, dispatch: &Dispatch) {
    if let Some(Ok(trace)) = &state.trace {
        let link = state.keep.link.as_ref().and_then(|link| link.as_ref().ok());
        let link = link.map(|link| address("", &link.fragment));
        // A learner is to find them.
        let findings = (!state.lessons.holds_back()).then_some(trace.why.as_slice());
        let text = report::markdown(
            trace,
            state.way,
            findings.unwrap_or_default(),
            link.as_deref(),
        );
        copy_text(&text, dispatch);
    }
}

fn journey_picture(state: &State) -> Option<String> {
    let trace = state.trace.as_ref()?.as_ref().ok()?;
    let metadata = Shared::of(state).0.text();
    Some(report::journey_svg(trace, state.current_way()?, &metadata))
}

fn journey_svg(state: &Rc<State>, _: &Dispatch) {
    if let Some(svg) = journey_picture(state) {
        browser::save("journey.svg", "image/svg+xml", &svg);
    }
}

fn journey_png(state: &Rc<State>, dispatch: &Dispatch) {
    if let Some(svg) = journey_picture(state) {
        paint("journey.png", svg, dispatch);
    }
}

fn map_picture(state: &State, dispatch: &Dispatch) -> Option<String> {
    let drawing = &state.picture.as_ref()?.drawing;
    let metadata = Shared::of(state).0.text();
    let svg = browser::map_svg(drawing.width, drawing.height, &metadata);
    if svg.is_none() {
        say(dispatch, words::share::NO_MAP, true);
    }
    svg
}

fn map_svg(state: &Rc<State>, dispatch: &Dispatch) {
    if let Some(svg) = map_picture(state, dispatch) {
        browser::save("map.svg", "image/svg+xml", &svg);
    }
}

fn map_png(state: &Rc<State>, dispatch: &Dispatch) {
    if let Some(svg) = map_picture(state, dispatch) {
        paint("map.png", svg, dispatch);
    }
}

fn paint(name: &'static str, svg: String, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    spawn_local(async move {
        if browser::save_png(name, &svg).await.is_err() {
            say(&dispatch, words::share::NO_PICTURE, true);
        }
    });
}

const YAML: &str = "application/yaml";

fn one_file(state: &Rc<State>, _: &Dispatch) {
    let mut all = String::new();
    for file in &state.files {
        let text = redacted(&file.text).text;
        if state.files.len() > 1 {
            if !all.is_empty() {
                all.push_str("---\n");
            }
            all.push_str(&format!("# {}\n", file.name.replace(char::is_control, " ")));
            all.push_str(text.strip_prefix("---\n").unwrap_or(&text));
        } else {
            all.push_str(&text);
        }
        if !all.ends_with('\n') {
            all.push('\n');
        }
    }
    let name = match state.files.as_slice() {
        [only] => only.name.to_string(),
        _ => "manifests.yaml".to_owned(),
    };
    browser::save(&name, YAML, &all);
}

fn each_file(state: &Rc<State>, _: &Dispatch) {
    for file in &state.files {
        browser::save(
            &file.name.replace('/', "_"),
            YAML,
            &redacted(&file.text).text,
        );
    }
}

//! The page: one state, the worker beside it, and the panels.
//!
//! What has to happen follows from what is shown: effects compare the state with what was last asked of the worker.

mod arrival;
mod asked;
mod files;
mod findings;
mod follow;
mod keys;
mod lesson;
mod memory;
mod offline;
mod worker_link;

use std::rc::Rc;

use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::{
    panels::{
        Dispatch,
        branches::{BranchesProps, branches},
        code::{CodePageProps, code_page},
        connections::{ConnectionsProps, connections},
        crash::Crash,
        dns::{DnsProps, dns},
        editor::EditorPanel,
        findings::Findings,
        header::Header,
        help::{HelpProps, help},
        journey::{JourneyProps, Tabs, journey, tab_id},
        lesson::{
            LessonPanel,
            notes::{Notes, is_notes},
            overview::{Overview, offer, refused},
            present::Present,
        },
        map::{MapProps, map, use_room},
        modes::{ModesProps, modes},
        notices::notices,
        privacy::{PrivacyProps, privacy},
        probe::{Probe, ProbeProps},
        probes::{ProbesProps, probes},
        rules::{RulesProps, rules},
        share::Share,
        slices::{SlicesProps, slices},
        split::{Axis, Splitter},
        stored::Stored,
        types::{TypesProps, types_panel},
        whatif::{WhatIfProps, what_if_panel},
        workspaces::Workspaces,
    },
    protocol::TraceView,
    state::{Action, Dialog, Pane, Stage, State, Tab, Theme, Veil, stage},
    words,
};

/// How long a notice that is no trouble stays, in milliseconds.
const NOTICE: u32 = 2500;

/// What this window is: the page, or the speaker's notes beside a page that is presented.
#[function_component]
pub fn App() -> Html {
    if is_notes() {
        html! { <Notes /> }
    } else {
        html! { <Page /> }
    }
}

/// The whole page.
#[function_component]
fn Page() -> Html {
    let state = use_reducer(State::default);
    let dispatch: Dispatch = {
        let dispatcher = state.dispatcher();
        use_callback((), move |action: Action, ()| dispatcher.dispatch(action))
    };
    let snapshot: Rc<State> = Rc::new((*state).clone());
    let system = use_system();
    let dark = match state.theme {
        Theme::System => system.dark,
        Theme::Light => false,
        Theme::Dark => true,
    };
    let room = use_room();
    let dropping = use_state(|| false);

    {
        let dispatch = dispatch.clone();
        use_effect_with((), move |()| arrival::arrive(&dispatch));
    }
    worker_link::use_worker(&snapshot, &dispatch);
    memory::use_memory(&snapshot, &dispatch);
    arrival::use_links(&dispatch);
    offline::use_offline(&dispatch);
    keys::use_keys(&snapshot, &dispatch);
    follow::use_rules_text(&snapshot, &dispatch);
    use_play(&snapshot, &dispatch);
    use_theme(state.theme);
    use_notice(&snapshot, &dispatch);
    findings::use_filter(&snapshot, &dispatch);
    findings::use_title(&snapshot);
    lesson::use_lessons(&snapshot, &dispatch);
    lesson::use_remote(&snapshot, &dispatch);

    let diagnostics = use_memo(
        (
            state.picture.clone(),
            state.is_current(),
            state.active,
            !state.lessons.holds_back(),
        ),
        |(picture, _, active, told_all)| {
            picture
                .as_ref()
                .filter(|_| *told_all)
                .map_or_else(Vec::new, |picture| findings::diagnostics(picture, *active))
        },
    );
    let on_files = {
        let (dispatch, snapshot) = (dispatch.clone(), Rc::clone(&snapshot));
        Callback::from(move |chosen| files::read(chosen, Rc::clone(&snapshot), dispatch.clone()))
    };
    let on_list = on_files.reform(|list: web_sys::FileList| files::listed(&list));
    let (on_over, on_leave, on_drop) = files::on_drop(&dropping, &on_files);
    let step = state.current_step();
    let told = step.and_then(|step| step.causes.first().cloned());
    let position = state.current_way().map(|way| (state.step, way.steps.len()));

    html! {
        <div
            class={classes!("app", lesson_class(&snapshot))}
            data-pane={state.pane.id()}
            data-embedded={state.keep.embedded.then_some("true")}
            ondragover={on_over}
            ondragleave={on_leave}
            ondrop={on_drop}
        >
            <Header
                sample={state.sample.as_ref().map(|id| AttrValue::from(id.to_string()))}
                summary={state.picture.as_ref().map(|picture| picture.summary.clone()).filter(|summary| summary.objects > 0)}
                theme={state.theme}
                {dark}
                on_files={on_list.clone()}
                embedded={state.keep.embedded}
                workspace={AttrValue::from(state.keep.workspace.name.clone())}
                dispatch={dispatch.clone()}
            />
            <main class="work">
                if state.lessons.open.is_some() {
                    <LessonPanel state={Rc::clone(&snapshot)} dispatch={dispatch.clone()} />
                }
                <section class="left" aria-label={words::page::MANIFESTS}>
                    <EditorPanel
                        files={state.files.clone()}
                        active={state.active}
                        loads={state.loads}
                        {diagnostics}
                        reveal={state.reveal.clone()}
                        {told}
                        fix={state.findings.fix.clone()}
                        {dark}
                        dispatch={dispatch.clone()}
                    />
                    if !state.lessons.holds_back() {
                    <Splitter axis={Axis::Horizontal} label={words::page::FINDINGS_HEIGHT} property="--findings" range={(0.1, 0.7)} />
                    <Findings state={Rc::clone(&snapshot)} dispatch={dispatch.clone()} />
                    }
                </section>
                <Splitter axis={Axis::Vertical} label={words::page::MANIFESTS_WIDTH} property="--left" range={(0.15, 0.7)} />
                <section
                    class={classes!("right", is_idle(&state).then_some("idle"))}
                    // Behind a slide nobody sees it: it is not reached by Tab, and not read.
                    inert={stage(&snapshot) == Stage::Slide}
                    aria-label={words::page::CLUSTER}
                >
                    { map(&MapProps {
                        room,
                        state: Rc::clone(&snapshot),
                        still: system.still,
                        dispatch: dispatch.clone(),
                    }) }
                    <Splitter axis={Axis::Horizontal} label={words::page::JOURNEY_HEIGHT} property="--below" range={(0.15, 0.8)} />
                    <section class="below" aria-label={words::page::PROBE_AND_JOURNEY}>
                        <Probe ..ProbeProps::of(&state.draft, &state.follow, &dispatch) />
                        <Tabs tab={state.tab} {position} playing={state.playing} speed={state.follow.speed} dispatch={dispatch.clone()} />
                        <div
                            class="tab-body"
                            id="below"
                            role="tabpanel"
                            aria-labelledby={tab_id(state.tab)}
                            tabindex="0"
                        >
                            { tab(&snapshot, &dispatch) }
                        </div>
                    </section>
                </section>
            </main>
            { offer(&snapshot, &dispatch) }
            { panes(&snapshot, &dispatch) }
            if state.lessons.overview {
                <Overview state={Rc::clone(&snapshot)} on_files={on_list} dispatch={dispatch.clone()} />
            }
            if state.lessons.presenting.is_some() {
                <Present state={Rc::clone(&snapshot)} dispatch={dispatch.clone()} />
            }
            { refused(&snapshot, &dispatch) }
            { dialog(&snapshot, &dispatch) }
            { notices(&snapshot, &dispatch) }
            if *dropping {
                <div class="drop" aria-hidden="true">{ words::page::DROP }</div>
            }
        </div>
    }
}

/// How the page makes room for a lesson.
fn lesson_class(state: &State) -> Option<&'static str> {
    match (
        &state.lessons.open,
        state.lessons.veil,
        &state.lessons.presenting,
    ) {
        (None, Veil::Cluster, _) => Some("veiled"),
        (None, ..) => None,
        (Some(_), _, Some(_)) => Some("presented"),
        (Some(_), Veil::Cluster, None) => Some("with-lesson veiled"),
        (Some(_), Veil::Findings, None) => Some("with-lesson untold"),
        (Some(_), _, None) => Some("with-lesson"),
    }
}

fn tab(state: &Rc<State>, dispatch: &Dispatch) -> Html {
    match state.tab {
        Tab::Journey => {
            html! { { journey(&JourneyProps { state: Rc::clone(state), dispatch: dispatch.clone() }) } }
        }
        Tab::Probes => {
            html! { { probes(&ProbesProps { state: Rc::clone(state), dispatch: dispatch.clone() }) } }
        }
        Tab::Dns => {
            let trace = state.trace.as_ref().and_then(|trace| trace.as_ref().ok());
            html! {
                { dns(&DnsProps {
                    lookup: trace.and_then(|trace| trace.lookup.clone()),
                    sent: trace.is_some(),
                }) }
            }
        }
        Tab::Branches => html! {
            { branches(&BranchesProps {
                trace: answer(state),
                way: state.way,
                step: state.step,
                volley: state.follow.volley,
                dispatch: dispatch.clone(),
            }) }
        },
        Tab::Modes => html! {
            { modes(&ModesProps {
                modes: state.follow.modes.clone(),
                sent: state.asked.is_some(),
                shown: state.follow.mode,
                step: state.step,
                dispatch: dispatch.clone(),
            }) }
        },
        Tab::WhatIf => html! {
            { what_if_panel(&WhatIfProps { state: Rc::clone(state), dispatch: dispatch.clone() }) }
        },
        Tab::Types => html! {
            { types_panel(&TypesProps {
                service: state.typed_service(),
                types: state.whatif.types.clone(),
                dispatch: dispatch.clone(),
            }) }
        },
        Tab::Rules => html! {
            { rules(&RulesProps {
                chosen: state.follow.rules.clone(),
                ruleset: state.ruleset(),
                offers: state.follow.offers.clone(),
                dispatch: dispatch.clone(),
            }) }
        },
        Tab::Slices => html! { { slices(&SlicesProps { slices: state.follow.slices.clone() }) } },
        Tab::Connections => html! {
            { connections(&ConnectionsProps {
                step: state.current_step().cloned(),
                dispatch: dispatch.clone(),
            }) }
        },
        Tab::Stored => {
            let stored = state.follow.stored.as_ref();
            html! { <Stored stored={stored.and_then(|(_, stored)| stored.clone())} dispatch={dispatch.clone()} /> }
        }
    }
}

fn answer(state: &State) -> Option<Rc<TraceView>> {
    state.trace.as_ref()?.as_ref().ok().cloned()
}

fn panes(state: &State, dispatch: &Dispatch) -> Html {
    html! {
        <nav class="panes" aria-label={words::page::PANELS}>
            { for Pane::ALL.into_iter().filter(|pane| match pane {
                Pane::Lesson => state.lessons.open.is_some(),
                Pane::Manifests => !state.keep.embedded,
                _ => true,
            }).map(|pane| {
                let dispatch = dispatch.clone();
                let picture = state.picture.as_ref().filter(|_| !state.lessons.holds_back());
                let findings = picture.map_or(0, |picture| picture.counts.total());
                html! {
                    <button
                        key={pane.id()}
                        type="button"
                        aria-current={(pane == state.pane).to_string()}
                        onclick={move |_| dispatch.emit(Action::Pane(pane))}
                    >
                        { pane.name() }
                        if pane == Pane::Manifests && findings > 0 {
                            <span class="count">{ findings }</span>
                        }
                    </button>
                }
            }) }
        </nav>
    }
}

/// Nothing was sent. Before anything is open it is likely that something will be: a first visit's packet, the last one's.
fn is_idle(state: &State) -> bool {
    state.loads > 0 && state.asked.is_none() && state.tab == Tab::Journey
}

fn dialog(state: &Rc<State>, dispatch: &Dispatch) -> Html {
    let dispatch = dispatch.clone();
    match state.keep.dialog {
        None => html! {},
        Some(Dialog::Share) => html! { <Share state={Rc::clone(state)} {dispatch} /> },
        Some(Dialog::Workspaces) => {
            let on_wish = {
                let (state, dispatch) = (Rc::clone(state), dispatch.clone());
                Callback::from(move |wish| memory::fulfil(wish, &state, &dispatch))
            };
            html! { <Workspaces state={Rc::clone(state)} {on_wish} {dispatch} /> }
        }
        Some(Dialog::Help) => html! { { help(&HelpProps { dispatch }) } },
        Some(Dialog::Privacy) => html! { { privacy(&PrivacyProps { dispatch }) } },
        Some(Dialog::Report) => html! {
            <Crash state={Rc::clone(state)} build={worker_link::build()} {dispatch} />
        },
        Some(Dialog::Finding) => html! {
            { for state.findings.page.clone().map(|open| html! { { code_page(&CodePageProps { open, dispatch: dispatch.clone() }) } }) }
        },
    }
}

/// What the system prefers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct System {
    dark: bool,
    /// Nothing should move.
    still: bool,
}

#[hook]
fn use_system() -> System {
    let read = || System {
        dark: matches("(prefers-color-scheme: dark)").is_some_and(|query| query.matches()),
        still: matches("(prefers-reduced-motion: reduce)").is_some_and(|query| query.matches()),
    };
    let system = use_state(read);
    let now = *system;
    use_effect_with((), move |()| {
        let queries = [
            "(prefers-color-scheme: dark)",
            "(prefers-reduced-motion: reduce)",
        ];
        let listeners: Vec<gloo::events::EventListener> = queries
            .into_iter()
            .filter_map(matches)
            .map(|query| {
                let system = system.setter();
                gloo::events::EventListener::new(&query, "change", move |_| system.set(read()))
            })
            .collect();
        move || drop(listeners)
    });
    now
}

fn matches(query: &str) -> Option<web_sys::MediaQueryList> {
    gloo::utils::window().match_media(query).ok().flatten()
}

#[hook]
fn use_theme(theme: Theme) {
    use_effect_with(theme, |theme| {
        let Some(root) = gloo::utils::document().document_element() else {
            return;
        };
        // Attributes with plain names and values are always accepted.
        let _ = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            Theme::Light => root.set_attribute("data-theme", "light"),
            Theme::Dark => root.set_attribute("data-theme", "dark"),
        };
    });
}

#[hook]
fn use_play(state: &Rc<State>, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    let traced = matches!(state.trace, Some(Ok(_)));
    use_effect_with(
        (
            state.playing && traced,
            state.way,
            state.step,
            state.follow.speed,
        ),
        move |(playing, _, _, speed)| {
            let step = speed.step();
            let timer = playing.then(|| Timeout::new(step, move || dispatch.emit(Action::Tick)));
            move || drop(timer)
        },
    );
}

#[hook]
fn use_notice(state: &Rc<State>, dispatch: &Dispatch) {
    let dispatch = dispatch.clone();
    use_effect_with(state.notice.clone(), move |notice| {
        let passes = notice.as_ref().is_some_and(|notice| !notice.is_trouble);
        let timer =
            passes.then(|| Timeout::new(NOTICE, move || dispatch.emit(Action::Notice(None))));
        move || drop(timer)
    });
}

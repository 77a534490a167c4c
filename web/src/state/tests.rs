//! What happens on the page, action by action.

use std::rc::Rc;

use switchboard_engine::{
    cluster::Options,
    trace::{Certainty, ClientSees, Verdict},
};
use yew::Reducible;

use super::{Action, Move, State};
use crate::{
    documents::File,
    protocol::{Phase, Picture, ProbeText, StepView, TraceView, WayView},
};

fn after(actions: impl IntoIterator<Item = Action>) -> Rc<State> {
    actions
        .into_iter()
        .fold(Rc::new(State::default()), |state, action| {
            state.reduce(action)
        })
}

fn file(name: &str, text: &str) -> File {
    File {
        name: name.into(),
        text: text.into(),
    }
}

fn opened(probe: Option<ProbeText>) -> Action {
    Action::Opened {
        files: vec![file("a.yaml", "kind: Service")],
        sample: Some("clusterip".into()),
        options: Options::default(),
        probe,
    }
}

fn probe() -> ProbeText {
    ProbeText {
        from: "pod/a/b".into(),
        to: "http://web".into(),
    }
}

fn traced(steps: usize) -> Box<TraceView> {
    let step = StepView {
        phase: Phase::Service,
        title: String::new(),
        reason: String::new(),
        place: String::new(),
        at: Vec::new(),
        node: None,
        zone: None,
        before: None,
        after: None,
        rules: Vec::new(),
        causes: Vec::new(),
        certainty: Certainty::Given,
        command: None,
        ends: None,
    };
    Box::new(TraceView {
        probe: probe(),
        verdict: Verdict::Reachable,
        verdict_text: String::new(),
        caveats: Vec::new(),
        shares: String::new(),
        lookup: None,
        ways: vec![WayView {
            share: "1".into(),
            fraction: 1.0,
            verdict: Verdict::Reachable,
            outcome: String::new(),
            client_sees: ClientSees::ConnectedIfListening,
            client_sees_text: String::new(),
            title: String::new(),
            ends: Vec::new(),
            entries: Vec::new(),
            steps: vec![step; steps],
        }],
    })
}

#[test]
fn an_edit_is_a_new_revision_and_no_sample_any_more() {
    let state = after([opened(None), Action::Edited("kind: Pod".into())]);
    assert_eq!((state.revision, state.sample.clone()), (2, None));
    let same = Rc::clone(&state).reduce(Action::Edited("kind: Pod".into()));
    assert_eq!(same.revision, 2);
}

#[test]
fn answers_about_an_older_text_are_not_shown() {
    let state = after([opened(Some(probe())), Action::Edited("kind: Pod".into())]);
    let old = Picture {
        revision: 1,
        ..Picture::default()
    };
    let state = state.reduce(Action::Picture(Box::new(old)));
    assert!(state.picture.is_none());
    let state = state.reduce(Action::Trace(1, Ok(traced(3))));
    assert!(state.trace.is_none());
    let state = state.reduce(Action::Trace(2, Ok(traced(3))));
    assert!(state.trace.is_some());
}

#[test]
fn stepping_stays_within_the_journey_and_stops_the_playing() {
    let state = after([opened(Some(probe())), Action::Trace(1, Ok(traced(3)))]);
    assert!(state.playing);
    let state = state.reduce(Action::Step(Move::Back));
    assert_eq!((state.step, state.playing), (0, false));
    let state = [Move::Next, Move::Next, Move::Next]
        .into_iter()
        .fold(state, |state, to| state.reduce(Action::Step(to)));
    assert_eq!(state.step, 2);
    let state = state.reduce(Action::Step(Move::To(99)));
    assert_eq!(state.step, 2);
}

#[test]
fn playing_ends_with_the_last_step_and_begins_again_at_the_first() {
    let state = after([
        opened(Some(probe())),
        Action::Trace(1, Ok(traced(3))),
        Action::Tick,
        Action::Tick,
        Action::Tick,
    ]);
    assert_eq!((state.step, state.playing), (2, false));
    let state = state.reduce(Action::Play(true));
    assert_eq!((state.step, state.playing), (0, true));
}

#[test]
fn a_shorter_answer_after_an_edit_keeps_the_step_inside() {
    let state = after([
        opened(Some(probe())),
        Action::Trace(1, Ok(traced(5))),
        Action::Step(Move::Last),
        Action::Edited("kind: Pod".into()),
        Action::Trace(2, Ok(traced(2))),
    ]);
    assert_eq!(state.step, 1);
}

#[test]
fn files_come_beside_each_other_under_names_of_their_own() {
    let state = after([
        opened(None),
        Action::Added(vec![file("a.yaml", "x"), file("b.yaml", "y")]),
    ]);
    let names: Vec<&str> = state.files.iter().map(|file| &*file.name).collect();
    assert_eq!(names, ["a.yaml", "a-2.yaml", "b.yaml"]);
    assert_eq!(state.active, 1);
    let state = state.reduce(Action::CloseFile(1));
    assert_eq!((state.files.len(), state.active), (2, 0));
}

#[test]
fn the_last_file_leaves_an_empty_one() {
    let state = after([opened(None), Action::CloseFile(0)]);
    assert!(state.is_empty());
    assert_eq!(state.files.len(), 1);
}

#[test]
fn a_probe_that_cannot_be_read_says_so_and_stops() {
    let state = after([
        opened(Some(probe())),
        Action::Trace(1, Err("needs a port".into())),
    ]);
    assert!(matches!(&state.trace, Some(Err(reason)) if reason == "needs a port"));
    assert!(!state.playing);
}

//! What happens on the page, action by action.

use std::rc::Rc;

use switchboard_engine::{
    cluster::{Options, ProxyMode},
    trace::{Certainty, ClientSees, Headline, Verdict},
};
use yew::Reducible;

use super::{Action, Change, Move, RulesChange, State};
use crate::{
    documents::File,
    protocol::{
        DetailView, Phase, Picture, ProbeText, StepView, TraceView, WayView,
        follow::{Answer, BranchWanted, ModeView},
    },
    scene::{Key, Name},
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
        rules_evaluated: 0,
        service: None,
        tracked: Vec::new(),
        causes: Vec::new(),
        certainty: Certainty::Given,
        command: None,
        ends: None,
    };
    Box::new(TraceView {
        probe: probe(),
        headline: Headline::Verdict(Verdict::Reachable),
        caveats: Vec::new(),
        why: Vec::new(),
        shares: String::new(),
        in_turns: false,
        lookup: None,
        mode: ProxyMode::Iptables,
        common: 0,
        affinity: None,
        ways: vec![WayView {
            share: "1".into(),
            fraction: 1.0,
            headline: Headline::Verdict(Verdict::Reachable),
            outcome: String::new(),
            ends_where: None,
            client_sees: ClientSees::ConnectedIfListening,
            client_sees_text: String::new(),
            title: String::new(),
            ends: Vec::new(),
            entries: Vec::new(),
            steps: vec![step; steps],
            rules_evaluated: 0,
            rules_text: None,
            end: None,
            entry: None,
            visits: Vec::new(),
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
fn the_packet_of_a_sample_goes_when_its_text_is_pasted_over_and_stays_when_it_is_edited() {
    let edited = |text: &str| after([opened(Some(probe())), Action::Edited(text.into())]);
    assert_eq!(edited("kind: Services").asked, Some(probe()));
    let pasted = edited("apiVersion: v1");
    assert_eq!(pasted.asked, None);
    assert_eq!(pasted.draft, ProbeText::default());
    // So does the one that the page offers for what was pasted, when that is pasted over.
    let first = ProbeText {
        from: "pod/v1/x".into(),
        to: "http://v1".into(),
    };
    let offered = pasted.reduce(Action::Picture(Box::new(Picture {
        revision: 2,
        first: Some(first.clone()),
        ..Picture::default()
    })));
    assert_eq!(offered.draft, first);
    let state = offered.reduce(Action::Edited("kind: Namespace".into()));
    assert_eq!(state.draft, ProbeText::default());
    // What a person has written or sent in the meantime stays.
    let own = ProbeText {
        from: "pod/a/c".into(),
        ..probe()
    };
    let sent = after([
        opened(Some(probe())),
        Action::Send(own.clone()),
        Action::Edited("apiVersion: v1".into()),
    ]);
    assert_eq!(sent.asked, Some(own));
}

#[test]
fn answers_about_an_older_text_are_not_shown() {
    let state = after([
        opened(Some(probe())),
        Action::Edited("kind: Services".into()),
    ]);
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

/// A probe that was answered with this many steps.
fn answered(steps: usize) -> Rc<State> {
    after([
        opened(None),
        Action::Send(probe()),
        Action::Trace(1, Ok(traced(steps))),
    ])
}

#[test]
fn the_journey_of_another_mode_takes_the_place_of_the_own_and_gives_it_back() {
    let view = |mode, is_own, steps| ModeView {
        mode,
        is_own,
        trace: TraceView {
            mode,
            ..*traced(steps)
        },
        differs: None,
        differs_from: None,
    };
    let modes = vec![
        view(ProxyMode::Iptables, true, 4),
        view(ProxyMode::Nftables, false, 2),
    ];
    let told = |probe| Action::Told(1, Box::new(Answer::Modes(probe, modes.clone())));
    let state = answered(4).reduce(Action::Follow(Change::Mode(Some(ProxyMode::Nftables))));
    let state = state.reduce(Action::Step(Move::Last));
    // An answer about another probe is none.
    let other = ProbeText::default();
    assert_eq!(Rc::clone(&state).reduce(told(other)).step, 3);
    let state = state.reduce(told(probe()));
    assert_eq!(
        (state.current_way().map(|way| way.steps.len()), state.step),
        (Some(2), 1)
    );
    let state = state.reduce(Action::Follow(Change::Mode(None)));
    assert_eq!(state.current_way().map(|way| way.steps.len()), Some(4));
}

#[test]
fn a_branch_that_was_chosen_is_shown_in_its_way() {
    let state = answered(2).reduce(Action::Follow(Change::Branch {
        way: 0,
        entry: None,
        end: Some(1),
    }));
    let wanted = BranchWanted {
        probe: probe(),
        mode: None,
        way: 0,
        entry: None,
        end: Some(1),
    };
    assert_eq!(state.follow.branch, Some(wanted.clone()));
    let way = Box::new(traced(5).ways.remove(0));
    let late = BranchWanted {
        end: Some(0),
        ..wanted.clone()
    };
    let told = |wanted| Action::Told(1, Box::new(Answer::Branch(wanted, Some(way.clone()))));
    let state = state.reduce(told(late));
    assert_eq!(state.current_way().map(|way| way.steps.len()), Some(2));
    let state = state.reduce(told(wanted));
    assert_eq!(state.current_way().map(|way| way.steps.len()), Some(5));
}

#[test]
fn probes_are_kept_once_the_newest_first_and_go_with_their_cluster() {
    let other = ProbeText {
        from: "outside".into(),
        ..probe()
    };
    let state = after([
        Action::Send(probe()),
        Action::Send(other.clone()),
        Action::Send(probe()),
    ]);
    let sent = |state: &State| -> Vec<ProbeText> {
        let probes = state.follow.sent.iter();
        probes.map(|sent| sent.probe.clone()).collect()
    };
    assert_eq!(sent(&state), [probe(), other]);
    // They are about this cluster. The packet that comes with another one is sent at once.
    assert_eq!(sent(&state.reduce(opened(Some(probe())))), [probe()]);
}

#[test]
fn what_is_looked_for_in_rules_starts_anew() {
    let search = |text: &str| Action::Follow(Change::Rules(RulesChange::Search(text.into())));
    let state = after([
        opened(None),
        Action::Follow(Change::Rules(RulesChange::From(900))),
        search("KUBE"),
    ]);
    assert_eq!((state.follow.rules.from, state.follow.rules.nth), (None, 0));
    assert!(state.follow.rules.is_searching());
    assert!(!state.reduce(search("  ")).follow.rules.is_searching());
}

#[test]
fn picking_fills_the_probe_bar_but_takes_nothing_away_that_was_written() {
    let picked = |state: &Rc<State>, name: &str| {
        let key = Key::Pod(Name {
            namespace: "shop".into(),
            name: name.into(),
        });
        let detail = DetailView {
            probe_from: Some(format!("pod/shop/{name}")),
            ..DetailView::plain(key.clone(), "Pod", name)
        };
        Rc::clone(state)
            .reduce(Action::Pick(key))
            .reduce(Action::Detail(state.revision, Some(Box::new(detail))))
    };
    // The sample's own packet, or another that was picked, gives way.
    let state = picked(&after([opened(Some(probe()))]), "one");
    assert_eq!(state.draft.from, "pod/shop/one");
    let state = picked(&state, "two");
    assert_eq!(state.draft.from, "pod/shop/two");
    let state = state.reduce(Action::DraftFrom("outside".into()));
    let state = picked(&state, "three");
    assert_eq!(state.draft.from, "outside");
    let state = picked(&state.reduce(Action::DraftFrom(String::new())), "three");
    assert_eq!(state.draft.from, "pod/shop/three");
}

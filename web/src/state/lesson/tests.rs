//! Lessons, step by step.

use switchboard_engine::scenario;

use super::*;
use crate::{
    protocol::{LessonStep, Reveal, Right},
    state::KeepAction,
};

const TEXT: &str = "\
---
title: A lesson
summary: Short.
---

## One

```yaml manifest
{kind: Pod}
```

```predict
question: Which?
from: pod/a
to: http://b
choices: [{text: x, when: {sees: refused}}, {text: y}]
```

## Two

Nothing to do.
";

fn opened() -> State {
    let scenario = scenario::parse(TEXT).expect("well formed");
    let reveal = Reveal {
        happens: String::new(),
        right: Right::Choice {
            nth: 0,
            against: vec![String::new(); 2],
        },
    };
    let steps = vec![
        LessonStep {
            symptom: None,
            predictions: vec![reveal],
            quiz: Vec::new(),
            looks: Vec::new(),
        },
        LessonStep {
            symptom: None,
            predictions: Vec::new(),
            quiz: Vec::new(),
            looks: Vec::new(),
        },
    ];
    let mut state = State::default();
    apply(&mut state, LessonAction::Open(Wanted::shipped("one", 0)));
    let view = Box::new(LessonView { scenario, steps });
    apply(&mut state, LessonAction::Read("one".into(), Ok(view)));
    state
}

#[test]
fn a_step_brings_its_manifests_and_its_packet() {
    let state = opened();
    assert_eq!(&*state.files[0].text, "{kind: Pod}\n");
    assert_eq!(state.draft.to, "http://b");
    assert_eq!(state.asked, None);
}

#[test]
fn a_step_is_done_when_it_is_answered_or_left_with_nothing_to_answer() {
    let mut state = opened();
    assert!(!state.lessons.is_complete());
    apply(
        &mut state,
        LessonAction::Answer(Part::Prediction, 0, Given::Choice(1)),
    );
    assert_eq!(state.lessons.progress("one", 2), 1);
    apply(&mut state, LessonAction::Go(1));
    assert_eq!(state.lessons.progress("one", 2), 1);
    apply(&mut state, LessonAction::Close);
    assert_eq!(state.lessons.progress("one", 2), 2);
    assert_eq!(state.lessons.resume("one", 2), 0);
    assert_eq!(state.lessons.resume("one", 3), 2);
}

#[test]
fn a_step_that_begins_again_is_not_answered() {
    let mut state = opened();
    apply(
        &mut state,
        LessonAction::Answer(Part::Prediction, 0, Given::Choice(1)),
    );
    let begun = state.lessons.begun;
    apply(&mut state, LessonAction::Reset);
    assert!(state.lessons.given.is_empty() && !state.lessons.is_complete());
    assert!(state.lessons.was_done(0));
    // How its checks stand is asked anew.
    assert_eq!(state.lessons.begun, begun + 1);
}

#[test]
fn other_manifests_end_the_lesson() {
    let mut state = opened();
    let sample = Action::Opened {
        files: Vec::new(),
        sample: Some("clusterip".into()),
        options: Default::default(),
        probe: None,
    };
    action::apply(&mut state, sample);
    assert!(state.lessons.open.is_none());
    let mut state = opened();
    apply(&mut state, LessonAction::Go(1));
    assert!(state.lessons.open.is_some());
}

#[test]
fn a_lesson_that_is_kept_beside_somebodys_work_says_where_that_is() {
    let entry = |id: &str, name: &str, is_sample| {
        Action::Keep(KeepAction::Named(Entry {
            id: id.to_owned(),
            name: name.to_owned(),
            is_sample,
            ..Entry::default()
        }))
    };
    let mut state = opened();
    action::apply(&mut state, entry("1", "Mine", false));
    action::apply(&mut state, entry("2", "Lesson", true));
    let mut elsewhere = state.clone();
    apply(&mut state, LessonAction::Close);
    let told = state.notice.expect("where it is").text;
    assert!(told.contains("“Lesson”") && told.contains("“Mine”"));
    action::apply(&mut elsewhere, entry("3", "New", false));
    apply(&mut elsewhere, LessonAction::Close);
    assert_eq!(elsewhere.notice, None);
}

#[test]
fn what_was_held_back_is_not_told_while_the_lesson_is_read_again() {
    let mut state = State::default();
    let left = Wanted {
        left: Some(Veil::Cluster),
        ..Wanted::shipped("night", 0)
    };
    apply(&mut state, LessonAction::Open(left));
    assert!(state.lessons.holds_back());
    apply(
        &mut state,
        LessonAction::Read("night".into(), Err(Vec::new())),
    );
    assert!(!state.lessons.holds_back() && state.lessons.refused.is_some());
}

#[test]
fn files_that_were_brought_stand_in_their_order() {
    let mut state = State::default();
    let names = ["a.md", "b.md", "c.md"];
    let files = names.map(|name| (name.to_owned(), String::new()));
    apply(&mut state, LessonAction::Bring(files.into()));
    assert!(state.lessons.overview);
    let about = |order| {
        Ok(About {
            title: String::new(),
            summary: String::new(),
            level: String::new(),
            minutes: None,
            workshop: "Mine".to_owned(),
            order,
            steps: 1,
        })
    };
    let listed = vec![Err(Vec::new()), about(2), about(1)];
    apply(&mut state, LessonAction::Listed(listed));
    let order: Vec<&str> = state
        .lessons
        .brought
        .iter()
        .map(|file| file.name.as_str())
        .collect();
    assert_eq!(order, ["c.md", "b.md", "a.md"]);
}

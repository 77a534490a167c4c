//! Lessons: the list of workshops, steps, questions, tasks, presenting.

use std::fmt::Display;

use crate::scene::Key;

// The frame of a lesson.
/// The part of the page.
pub const LESSON: &str = "Lesson";
/// A button.
pub const PRESENT: &str = "Present";
/// A button.
pub const CLOSE: &str = "Close the lesson";
/// How far the lesson is.
pub const PROGRESS: &str = "Progress";
/// A box, to a screen reader.
pub const EXPLANATION: &str = "Explanation";
/// Its heading.
pub const WHY: &str = "Why";
/// A button.
pub const PREVIOUS: &str = "Previous";
/// A button.
pub const RESET: &str = "Reset step";
/// A button.
pub const FINISH: &str = "Finish";
/// A button.
pub const NEXT: &str = "Next";
/// A button, while something is left to do.
pub const NEXT_SKIP: &str = "Next, skip this";

/// Where the lesson is.
pub fn place(step: usize, steps: usize) -> String {
    format!("Step {step} of {steps}")
}

/// Lessons to take before.
pub fn best_after(titles: &[&str]) -> String {
    format!("Best after: {}", titles.join(", "))
}

// What a step begins with.
/// A box, to a screen reader.
pub const SYMPTOM: &str = "Symptom";
/// Its heading.
pub const CLIENT_SEES: &str = "What the client sees";
/// A button.
pub const UNVEIL_CLUSTER: &str = "Look at the manifests and the map";
/// A button.
pub const UNVEIL_FINDINGS: &str = "Show what the engine finds";
/// A heading: things on the map follow.
pub const LOOK_AT: &str = "Look at";
/// A list.
pub const PACKETS: &str = "Packets";

/// What the client sees, where packets fare differently.
pub fn either(seen: &[String]) -> String {
    seen.join(", or ")
}

// A task.
/// A box, and its heading.
pub const TASK: &str = "Task";
/// A list.
pub const CHECKS: &str = "Checks of the task";
/// All of them hold.
pub const DONE: &str = "Done. All checks hold.";
/// Before a check.
pub const HOLDS: &str = "Holds: ";
/// Before a check.
pub const NOT_YET: &str = "Not yet: ";
/// A heading.
pub const SOLUTION: &str = "Solution";
/// A button.
pub const APPLY: &str = "Put it into the manifests";
/// A button.
pub const SHOW_SOLUTION: &str = "Show the solution";
/// Between a text and what stands in its place.
pub const REPLACE_WITH: &str = "with";

/// The heading of a hint.
pub fn hint(number: usize) -> String {
    format!("Hint {number}")
}

/// A button.
pub fn next_hint(number: usize, hints: usize) -> String {
    format!("Hint {number} of {hints}")
}

/// What a check wants, after its subject.
pub fn wanted(what: &str) -> String {
    match what {
        "" => String::new(),
        what => format!(": {what}"),
    }
}

/// What a check finds.
pub fn found(state: &str) -> String {
    format!("Now: {state}")
}

/// Before a text that is to be replaced.
pub fn replace_in(file: &str) -> String {
    format!("In {file}, replace")
}

/// Before a text that is to be added.
pub fn append_to(file: &str) -> String {
    format!("At the end of {file}")
}

// Questions.
/// A heading.
pub const QUESTION: &str = "Question";
/// A heading: what will happen is to be told.
pub const PREDICT: &str = "Predict";
/// A button of a prediction.
pub const SEND_AND_SEE: &str = "Send and see";
/// A button of a question.
pub const ANSWER: &str = "Answer";
/// Of an answer.
pub const IS_RIGHT: &str = "right";
/// Of an answer.
pub const IS_WRONG: &str = "wrong";
/// Answers are given on the map.
pub const CHOOSE: &str = "Choose a thing on the map.";
/// Of what was answered.
pub const RIGHT: &str = "Right.";
/// Of what was answered.
pub const NOT_SO: &str = "Not so.";
/// Before how a packet ended.
pub const HAPPENED: &str = "What happened: ";
/// Why a question is not well put.
pub const UNREADABLE: &str = "the packet cannot be read";

/// What was chosen on the map.
pub fn chosen(key: &Key) -> String {
    let thing = match key {
        Key::Service(name) => format!("Service {name}"),
        Key::Pod(name) => format!("Pod {name}"),
        Key::LoadBalancer(name) => format!("load balancer of {name}"),
        Key::Client => "the client outside".to_owned(),
        Key::External(name) => name.to_string(),
        Key::Address(address) => address.to_string(),
        Key::Namespace(name) => format!("namespace {name}"),
        Key::Dns => "DNS".to_owned(),
        Key::Pods { .. } => "these Pods".to_owned(),
        Key::Addresses(name) => format!("endpoints of {name}"),
        Key::Column(_) => "this node".to_owned(),
    };
    format!("Chosen: {thing}")
}

/// What would have been right.
pub fn it_is(names: &[String]) -> String {
    format!("It is {}.", names.join(" or "))
}

/// The question has no right answer.
pub fn unclear(why: &str) -> String {
    format!("This question is not well put: {why}.")
}

/// Why an answer is wrong.
pub fn against(what: &str, found: &str, expected: &str) -> String {
    format!("{what}: {found}, not {expected}.")
}

/// How a packet ended, where packets fare differently.
pub fn endings(outcomes: &[String]) -> String {
    outcomes.join(" Or: ")
}

/// One of the places where packets end, with its share of them.
pub fn end(share: impl Display, pod: Option<impl Display>, address: impl Display) -> String {
    match pod {
        Some(pod) => format!("{share} to {pod}, {address}"),
        None => format!("{share} to {address}"),
    }
}

/// Where packets end; so many places are not told.
pub fn ends(ends: &[String], more: usize) -> String {
    let more = match more {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    format!("Packets go {}{more}.", ends.join("; "))
}

// The list of workshops.
/// Workshops in the order in which one takes them, as their scenarios call them.
pub const WORKSHOPS: [&str; 4] = [
    "How a Service finds its Pods",
    "Five doors",
    "Inside kube-proxy",
    "At 2 a.m.",
];
/// A button.
pub const OPEN_SCENARIOS: &str = "Open scenarios";
/// A button.
pub const CLOSE_OVERVIEW: &str = "Close the overview";
/// A heading.
pub const YOUR_FILES: &str = "Your files";
/// The heading of what belongs to no workshop.
pub const START_HERE: &str = "Start here";
/// A button.
pub const FORGET: &str = "Forget progress";
/// Of a file that is no scenario.
pub const NOT_YET_SCENARIO: &str = "Not a scenario yet: see why";
/// Of a lesson.
pub const IS_DONE: &str = "done";
/// On a first visit, to a screen reader.
pub const FIRST_VISIT: &str = "First visit";
/// On a first visit.
pub const NEW_HERE: &str = "New here? See what it does in five minutes.";
/// A button.
pub const TAKE_TOUR: &str = "Take the tour";
/// A button.
pub const NOT_NOW: &str = "Not now";

/// How hard a lesson is and how long it takes.
pub fn facts(level: &str, minutes: Option<u16>) -> String {
    match minutes {
        Some(minutes) => format!("{level} · {minutes} min"),
        None => level.to_owned(),
    }
}

/// How far somebody is in a lesson.
pub fn progress(done: usize, steps: usize) -> String {
    match done {
        0 => String::new(),
        done if done == steps => IS_DONE.to_owned(),
        done => format!("{done} of {steps} steps"),
    }
}

/// A file that is no scenario.
pub fn not_a_scenario(file: &str) -> String {
    format!("{file} is not a scenario yet")
}

/// No scenario of the page has this name.
pub fn no_scenario(id: &str) -> String {
    format!("there is no scenario `{id}` here")
}

// Presenting.
/// The slides.
pub const PRESENTATION: &str = "Presentation";
/// A button.
pub const BACK: &str = "Back";
/// A button: a QR code for the participants.
pub const LINK: &str = "Link";
/// A button: a spot that follows the pointer.
pub const POINTER: &str = "Pointer";
/// A button: nothing is shown.
pub const BLANK: &str = "Blank";
/// A button: a window with the speaker's notes.
pub const NOTES_WINDOW: &str = "Notes window";
/// A button: the presentation is over.
pub const END: &str = "End";
/// The scenario has no address.
pub const NO_LINK: &str = "This scenario is a file of yours: give the file to the participants, or put it beside the page and share its address.";
/// A picture.
pub const QR_CODE: &str = "QR code of the link";
/// A table of the lesson.
pub const TABLE: &str = "Table";

/// A button with its key.
pub fn with_key(name: &str, key: &str) -> String {
    format!("{name} ({key})")
}

/// Where the presentation is.
pub fn slide(step: usize, steps: usize, slide: usize, slides: usize) -> String {
    format!("Step {step} of {steps} · {slide} of {slides}")
}

// The window of the speaker.
/// A heading.
pub const SPEAKER_NOTES: &str = "Speaker notes";
/// Nothing is presented.
pub const BEGIN_PRESENTATION: &str = "Begin a presentation in the other window.";
/// Nobody wrote any.
pub const NO_NOTES: &str = "No notes for this step.";
/// A heading.
pub const HINTS: &str = "Hints";
/// Before what the next slide shows.
pub const NEXT_SLIDE: &str = "Next slide: ";
/// Before the title of the step after this.
pub const NEXT_STEP: &str = "Next step: ";
/// There is none.
pub const LAST_STEP: &str = "This is the last step.";
/// What a slide shows.
pub const SLIDE_TEXT: &str = "more text";
/// What a slide shows.
pub const SLIDE_SYMPTOM: &str = "the symptom";
/// What a slide shows.
pub const SLIDE_QUESTION: &str = "a question";
/// What a slide shows.
pub const SLIDE_ANSWER: &str = "its answer";
/// What a slide shows.
pub const SLIDE_CLUSTER: &str = "map and journey";
/// What a slide shows.
pub const SLIDE_TASK: &str = "the task";
/// What a slide shows.
pub const SLIDE_EXPLANATION: &str = "the explanation";
/// How long the presentation has gone on, to a screen reader.
pub const TIME: &str = "Time";

/// Where the presentation is, in full.
pub fn slide_in_full(step: usize, steps: usize, slide: usize, slides: usize) -> String {
    format!("Step {step} of {steps}, slide {slide} of {slides}")
}

/// How long the presentation has gone on, of how long it is to take.
pub fn time(seconds: u32, planned: Option<u16>) -> String {
    let gone = format!("{}:{:02}", seconds / 60, seconds % 60);
    match planned {
        Some(minutes) => format!("{gone} of {minutes}:00"),
        None => gone,
    }
}

/// A lesson was closed whose cluster is kept beside somebody's own work.
pub fn stays_in(workspace: &str, own: &str) -> String {
    format!("The lesson’s cluster is kept as “{workspace}”; yours as “{own}”, under Workspaces.")
}

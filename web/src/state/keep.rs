//! Share, export and keep, as far as the page's state knows of them: which dialog is open, what it shows.

use super::{Notice, Pane, State, action};
use crate::{
    share::{Link, Shared},
    workspaces::Entry,
};

/// A dialog of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    /// Links, pictures, files to hand on.
    Share,
    /// Texts that are kept in this browser.
    Workspaces,
    /// Keys and shapes.
    Help,
    /// What is kept where, and how to check.
    Privacy,
    /// What to tell about a crash.
    Report,
    /// What a finding's code means.
    Finding,
}

/// What is to be said of the engine's coming.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Coming {
    /// Nothing: it is there, or nobody waits for it.
    #[default]
    Quiet,
    /// Somebody waits for it.
    Awaited,
    /// It did not come.
    Missing,
}

/// What the state knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Keep {
    /// The dialog that is open.
    pub dialog: Option<Dialog>,
    /// The link to what is shown; `None`: it is being made.
    pub link: Option<Result<Link, String>>,
    /// All that are kept, the newest first, as of the last look.
    pub workspaces: Vec<Entry>,
    /// The one that is shown.
    pub workspace: Entry,
    /// Only map and journey are shown, inside somebody else's page.
    pub embedded: bool,
    /// The last crash of the engine, in the words of whoever saw it.
    pub crash: Option<String>,
    /// What is to be said of the engine's coming.
    pub coming: Coming,
    /// A newer version of the page waits.
    pub newer: bool,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum KeepAction {
    /// A dialog opens, or none is open any more.
    Dialog(Option<Dialog>),
    /// The link is made.
    Link(Result<Link, String>),
    /// These are kept.
    Listed(Vec<Entry>),
    /// The text shown is kept as this.
    Named(Entry),
    /// What somebody shared, or this browser kept, is shown.
    Open(Box<Shared>),
    /// What is shown is this sample, as it came.
    Sample(Option<String>),
    /// The page stands inside another.
    Embedded,
    /// The engine crashed.
    Crashed(String),
    /// The engine comes, or does not, or is to be fetched again.
    Coming(Coming),
    /// A newer version of the page waits.
    Newer,
}

pub(super) fn apply(state: &mut State, keep: KeepAction) {
    match keep {
        KeepAction::Dialog(dialog) => {
            state.keep.dialog = dialog;
            state.keep.link = None;
        }
        KeepAction::Link(link) => state.keep.link = Some(link),
        KeepAction::Listed(workspaces) => state.keep.workspaces = workspaces,
        KeepAction::Named(entry) => {
            super::lesson::kept_as(state, &entry);
            state.keep.workspace = entry;
        }
        KeepAction::Open(shared) => open(state, *shared),
        KeepAction::Sample(sample) => state.sample = sample.map(Into::into),
        KeepAction::Embedded => {
            state.keep.embedded = true;
            state.pane = Pane::Map;
        }
        KeepAction::Crashed(report) => state.keep.crash = Some(report),
        KeepAction::Coming(coming) => state.keep.coming = coming,
        KeepAction::Newer => {
            state.keep.newer = true;
            state.notice = Some(Notice {
                text: crate::words::keep::NEW_VERSION.to_owned(),
                is_trouble: true,
            });
        }
    }
}

fn open(state: &mut State, shared: Shared) {
    super::lesson::leave(state);
    let files = shared.files();
    action::opened(state, files, None, shared.options, shared.probe);
    super::whatif::restored(state, shared.changes);
    super::probes::restored(&mut state.follow.sent, shared.sent);
    // The answer is asked for again; the position waits for it.
    (state.way, state.step) = (shared.way, shared.step);
    (state.selected, state.view) = (shared.selected, shared.view);
    state.playing = false;
    state.keep.dialog = None;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{protocol::ProbeText, scene::Key};

    #[test]
    fn what_was_shared_is_shown_where_it_was() {
        let mut state = State::default();
        let shared = Shared {
            files: vec![("a.yaml".into(), "kind: Service\n".into())],
            probe: Some(ProbeText {
                from: "outside".into(),
                to: "http://web".into(),
            }),
            step: 4,
            selected: Some(Key::Dns),
            ..Shared::default()
        };
        apply(&mut state, KeepAction::Open(Box::new(shared)));
        assert_eq!(&*state.files[0].text, "kind: Service\n");
        assert_eq!((state.step, state.playing), (4, false));
        assert_eq!(state.selected, Some(Key::Dns));
        assert_eq!(state.asked, Some(state.draft.clone()));
    }
}

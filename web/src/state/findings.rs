//! Findings as a person works through them: which are shown, what is being mended, what an answer was before that.

use std::{collections::BTreeSet, rc::Rc};

use switchboard_engine::finding::Severity;

use super::{Dialog, Notice, State};
use crate::{
    protocol::{Counts, FindingView, FindingsAnswer, MendView, PageView, TraceView},
    words,
};

/// How many more are listed at a time.
const PAGE: usize = 60;

/// Everything about the list and what belongs to it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Findings {
    /// Severities that are left out of the list.
    pub left_out: BTreeSet<Severity>,
    /// How many pages beyond the first are listed.
    pub more: usize,
    /// The edit that the editor is to make.
    pub fix: Option<Fix>,
    /// The answer as it was before the last edit that mends; `None`: nothing was mended, or another probe was sent.
    pub before: Option<Rc<TraceView>>,
    /// The page of a code that is open.
    pub page: Option<OpenPage>,
}

/// A page of the catalogue that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPage {
    /// Of this code.
    pub code: String,
    /// What shows the finding that it was opened from, on a real cluster.
    pub command: Option<String>,
    /// The page; `None` in it: there is no such code.
    pub page: Option<Option<Rc<PageView>>>,
}

/// An edit that mends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Counts, so that the same edit can be asked for twice.
    pub nth: u32,
    /// What to write.
    pub mend: MendView,
}

/// What can happen.
#[derive(Debug, Clone)]
pub enum FindingsAction {
    /// Findings of a severity are listed, or not.
    Show(Severity, bool),
    /// These were left out in an earlier visit.
    Recall(BTreeSet<Severity>),
    /// All severities are listed.
    ShowAll,
    /// More of the list.
    More,
    /// The text is mended.
    Fix(MendView),
    /// The editor has made the edit, or the text was no longer what the edit was for.
    Fixed(bool),
    /// The answer no longer stands beside what it was.
    Dismiss,
    /// The page of a code opens, with the command of the finding that it was opened from.
    Page(String, Option<String>),
    /// The worker says something.
    Told(FindingsAnswer),
}

impl Findings {
    /// Whether a finding is listed.
    pub fn admits(&self, severity: Severity) -> bool {
        !self.left_out.contains(&severity)
    }

    /// Those that are listed, and how many more there would be.
    pub fn listed<'f>(&self, findings: &'f [FindingView]) -> (Vec<&'f FindingView>, usize) {
        let mut listed: Vec<&FindingView> = findings
            .iter()
            .filter(|finding| self.admits(finding.severity))
            .collect();
        let most = PAGE * (self.more + 1);
        let more = listed.len().saturating_sub(most);
        listed.truncate(most);
        (listed, more)
    }

    /// How many are left out because of their severity.
    pub fn left_out_of(&self, counts: Counts) -> Counts {
        let mut left = Counts::default();
        for severity in &self.left_out {
            *left.of_mut(*severity) = counts.of(*severity);
        }
        left
    }
}

impl State {
    /// The answer before the last edit that mends, once the answer after it has come.
    pub fn mended(&self) -> Option<&Rc<TraceView>> {
        let before = self.findings.before.as_ref()?;
        match &self.trace {
            Some(Ok(now)) if !Rc::ptr_eq(before, now) => Some(before),
            _ => None,
        }
    }
}

pub(super) fn apply(state: &mut State, action: FindingsAction) {
    let findings = &mut state.findings;
    match action {
        FindingsAction::Show(severity, true) => {
            findings.left_out.remove(&severity);
        }
        FindingsAction::Show(severity, false) => {
            findings.left_out.insert(severity);
        }
        FindingsAction::Recall(left_out) => findings.left_out = left_out,
        FindingsAction::ShowAll => findings.left_out.clear(),
        FindingsAction::More => findings.more += 1,
        FindingsAction::Fix(mend) => fix(state, mend),
        FindingsAction::Fixed(true) => {
            state.notice = Some(Notice {
                text: words::findings::WRITTEN.to_owned(),
                is_trouble: false,
            });
        }
        FindingsAction::Fixed(false) => {
            findings.before = None;
            state.notice = Some(Notice {
                text: words::findings::NOT_WRITTEN.to_owned(),
                is_trouble: true,
            });
        }
        FindingsAction::Dismiss => findings.before = None,
        FindingsAction::Page(code, command) => {
            findings.page = Some(OpenPage {
                code,
                command,
                page: None,
            });
            state.keep.dialog = Some(Dialog::Finding);
        }
        FindingsAction::Told(FindingsAnswer::Page { code, page }) => {
            if let Some(open) = &mut findings.page
                && open.code == code
            {
                open.page = Some(page.map(|page| Rc::new(*page)));
            }
        }
    }
}

fn fix(state: &mut State, mend: MendView) {
    let before = match &state.trace {
        Some(Ok(trace)) => Some(Rc::clone(trace)),
        _ => None,
    };
    if write(state, mend) {
        state.findings.before = before;
    }
}

/// Lets the editor make an edit, and says whether it will.
pub(super) fn write(state: &mut State, mend: MendView) -> bool {
    // Of an older text nobody knows whether it still holds; what is known is made anew in a moment.
    if !state.is_current() || mend.file >= state.files.len() {
        return false;
    }
    if mend.file != state.active {
        state.active = mend.file;
        state.loads += 1;
    }
    let nth = state.findings.fix.as_ref().map_or(0, |fix| fix.nth + 1);
    state.findings.fix = Some(Fix { nth, mend });
    true
}

/// Another text: what was seen and done with the one before is over.
pub(super) fn opened(findings: &mut Findings) {
    (findings.more, findings.fix, findings.before) = (0, None, None);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{documents::File, protocol::Picture, state::Action};
    use switchboard_engine::finding::Appears;

    fn finding(severity: Severity) -> FindingView {
        FindingView {
            code: "selector-matches-nothing".into(),
            severity,
            appears: Appears::List,
            title: String::new(),
            message: String::new(),
            symptom: None,
            breaks: false,
            object: String::new(),
            field: String::new(),
            place: None,
            at: Vec::new(),
            mend: None,
            command: None,
        }
    }

    fn mend(file: usize) -> MendView {
        MendView {
            title: "Write `web`".into(),
            file,
            from: 0,
            to: 3,
            text: "web".into(),
            line: 1,
            line_from: 0,
            before: "wbe".into(),
            after: "web".into(),
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let mut state = State::default();
        apply(&mut state, FindingsAction::Show(Severity::Note, false));
        let all = [finding(Severity::Error), finding(Severity::Note)];
        let (listed, more) = state.findings.listed(&all);
        assert_eq!((listed.len(), more), (1, 0));
        let counts = Counts {
            errors: 1,
            warnings: 0,
            notes: 7,
        };
        assert_eq!(state.findings.left_out_of(counts).notes, 7);
        apply(&mut state, FindingsAction::ShowAll);
        assert_eq!(state.findings.listed(&all).0.len(), 2);
    }

    #[test]
    fn a_long_list_comes_in_pages() {
        let mut state = State::default();
        let all = vec![finding(Severity::Warning); 100];
        assert_eq!(state.findings.listed(&all).1, 40);
        apply(&mut state, FindingsAction::More);
        assert_eq!(state.findings.listed(&all).1, 0);
    }

    #[test]
    fn an_edit_is_made_in_its_file_and_only_of_the_text_that_it_is_about() {
        let file = |name: &str| File {
            name: name.into(),
            text: "wbe".into(),
        };
        let mut state = State {
            files: vec![file("a.yaml"), file("b.yaml")],
            picture: Some(Rc::new(Picture::default())),
            ..State::default()
        };
        apply(&mut state, FindingsAction::Fix(mend(1)));
        assert_eq!((state.active, state.loads), (1, 1));
        assert_eq!(state.findings.fix.as_ref().map(|fix| fix.nth), Some(0));
        super::super::action::apply(&mut state, Action::Edited("web".into()));
        apply(&mut state, FindingsAction::Fix(mend(1)));
        assert_eq!(state.findings.fix.as_ref().map(|fix| fix.nth), Some(0));
    }
}

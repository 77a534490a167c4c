//! What was asked of the workers, and what they were lost by: which of the page's questions are to be asked now.

use std::{collections::BTreeMap, rc::Rc};

use yew::prelude::*;

use crate::{
    protocol::{Engine, Kind, Question, Revision},
    state::Want,
    worker_client::Protocol,
};

/// The workers that this page had to do without: each with what it was busy with, and the text that it was about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Losses(Vec<Loss>);

/// The text, and the kind of the question.
type Loss = (Option<Revision>, Option<Kind>);

impl Reducible for Losses {
    type Action = Loss;

    fn reduce(self: Rc<Self>, loss: Loss) -> Rc<Self> {
        let mut losses = Rc::unwrap_or_clone(self);
        losses.0.push(loss);
        Rc::new(losses)
    }
}

impl Losses {
    /// How often a question of a kind has to be asked again: a new worker knows no answer. What has ended one worker would
    /// end the next one, too, and is not asked again; if it is about a text, not of the same one.
    pub(super) fn again(&self, kind: Kind, about: Option<Revision>) -> usize {
        let ended = |(text, during): &Loss| {
            *during == Some(kind) && about.is_none_or(|about| *text == Some(about))
        };
        let mut each = self.0.iter();
        each.position(ended).unwrap_or(self.0.len())
    }
}

/// The last question of each kind, and the how manieth time it was asked.
#[derive(Debug, Default)]
pub(super) struct Asked(BTreeMap<Kind, (Want, usize)>);

impl Asked {
    /// What of all that is wanted has to be asked: what is new, and what a lost worker did not answer.
    pub(super) fn news(&mut self, wants: &[Want], losses: &Losses) -> Vec<Question> {
        let kind = |want: &Want| Engine::kind(&want.question);
        // What is wanted no more is asked again when it is wanted once more.
        self.0
            .retain(|known, _| wants.iter().any(|want| kind(want) == *known));
        let mut news = Vec::new();
        for want in wants {
            let kind = kind(want);
            let now = (want.clone(), losses.again(kind, want.about));
            if self.0.get(&kind) != Some(&now) {
                self.0.insert(kind, now);
                news.push(want.question.clone());
            }
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::FindingsQuestion;

    fn find(text: &str, about: Revision, time: u32) -> Want {
        Want {
            question: Question::Find { text: text.into() },
            about: Some(about),
            time,
        }
    }

    fn page(code: &str) -> Want {
        let code = code.into();
        Want {
            question: Question::Findings(FindingsQuestion::Page { code }),
            about: None,
            time: 0,
        }
    }

    fn lost(losses: Losses, loss: Loss) -> Losses {
        Rc::unwrap_or_clone(Rc::new(losses).reduce(loss))
    }

    #[test]
    fn what_was_asked_is_not_asked_again_until_something_of_it_is_another() {
        let mut asked = Asked::default();
        let mut is_asked = |want| !asked.news(&[want], &Losses::default()).is_empty();
        assert!(is_asked(find("cart", 1, 0)));
        assert!(!is_asked(find("cart", 1, 0)));
        assert!(is_asked(find("cart", 2, 0)));
        assert!(is_asked(find("cart", 2, 1)));
        assert!(is_asked(find("web", 2, 1)));
        assert!(!is_asked(find("web", 2, 1)));
    }

    #[test]
    fn what_is_wanted_once_more_is_asked_again() {
        let mut asked = Asked::default();
        let losses = Losses::default();
        assert_eq!(asked.news(&[find("cart", 1, 0)], &losses).len(), 1);
        assert_eq!(asked.news(&[], &losses), []);
        assert_eq!(asked.news(&[find("cart", 1, 0)], &losses).len(), 1);
    }

    #[test]
    fn a_new_worker_is_asked_everything_but_what_ended_the_last_one() {
        let mut asked = Asked::default();
        let wants = [find("cart", 1, 0), page("no-endpoints")];
        assert_eq!(asked.news(&wants, &Losses::default()).len(), 2);
        let losses = lost(Losses::default(), (Some(1), Some(Kind::Find)));
        assert_eq!(
            asked.news(&wants, &losses),
            [page("no-endpoints").question.clone()]
        );
        let losses = lost(losses, (Some(1), None));
        assert_eq!(
            asked.news(&wants, &losses),
            [page("no-endpoints").question.clone()]
        );
        // About another text it is another question.
        assert_eq!(
            asked.news(&[find("cart", 2, 0)], &losses),
            [find("cart", 2, 0).question]
        );
    }

    #[test]
    fn what_is_about_no_text_and_ended_a_worker_is_not_asked_again() {
        let mut asked = Asked::default();
        assert_eq!(
            asked
                .news(&[page("no-endpoints")], &Losses::default())
                .len(),
            1
        );
        let losses = lost(Losses::default(), (Some(1), Some(Kind::FindingPage)));
        assert_eq!(asked.news(&[page("no-endpoints")], &losses), []);
        assert_eq!(asked.news(&[page("no-ports")], &losses).len(), 1);
    }
}

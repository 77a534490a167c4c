//! What the page wants to know of the worker. It follows from the state alone, so that no question can be lost between two
//! actions: who asks compares it with what was asked last.

use super::State;
use crate::protocol::{FindingsQuestion, LessonQuestion, Question, Revision};

/// A question, and what makes it another one when it is asked in the same words.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// The question.
    pub question: Question,
    /// The text that it is about; `None`: about none.
    pub about: Option<Revision>,
    /// Counts where the same may be asked once more.
    pub time: u32,
}

impl State {
    /// Everything that is wanted now, of each kind at most one. What is about a text is wanted once the worker has read it.
    pub fn wants(&self) -> Vec<Want> {
        let lessons = &self.lessons;
        let always = [
            lessons.wanted.as_ref().map(|wanted| {
                Question::Lesson(LessonQuestion::Read {
                    id: wanted.id.clone(),
                    text: wanted.text.clone(),
                })
            }),
            (lessons.brought.iter().any(|file| file.about.is_none())).then(|| {
                let texts = lessons.brought.iter().map(|file| file.text.clone());
                Question::Lesson(LessonQuestion::List {
                    texts: texts.collect(),
                })
            }),
            (self.findings.page.as_ref())
                .filter(|open| open.page.is_none())
                .map(|open| {
                    let code = open.code.clone();
                    Question::Findings(FindingsQuestion::Page { code })
                }),
        ];
        let always = always.into_iter().flatten().map(|question| Want {
            question,
            about: None,
            time: 0,
        });
        always.chain(self.wants_of_the_text()).collect()
    }

    fn wants_of_the_text(&self) -> Vec<Want> {
        if !self.is_current() {
            return Vec::new();
        }
        let want = |question, time| Want {
            question,
            about: Some(self.revision),
            time,
        };
        let status = self.lessons.task().map(|task| {
            let checks = task.checks.clone();
            let question = Question::Lesson(LessonQuestion::Status { checks });
            want(question, self.lessons.begun)
        });
        let others = [
            self.asked
                .clone()
                .map(|probe| want(Question::Trace(probe), self.sent)),
            self.selected
                .clone()
                .map(|key| want(Question::Detail { key }, 0)),
            (!self.search.trim().is_empty()).then(|| {
                let text = self.search.clone();
                want(Question::Find { text }, 0)
            }),
            status,
        ];
        let follow = self.follow_questions().into_iter();
        (others.into_iter().flatten())
            .chain(follow.map(|question| want(Question::Follow(question), 0)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Action, action::apply};
    use super::*;
    use crate::protocol::{Picture, ProbeText};

    fn probe() -> ProbeText {
        ProbeText {
            from: "pod/a/b".into(),
            to: "http://web".into(),
        }
    }

    fn after(actions: impl IntoIterator<Item = Action>) -> State {
        let mut state = State::default();
        for action in actions {
            apply(&mut state, action);
        }
        state
    }

    fn read(revision: Revision) -> Action {
        Action::Picture(Box::new(Picture {
            revision,
            ..Picture::default()
        }))
    }

    #[test]
    fn what_is_about_a_text_is_wanted_once_it_was_read() {
        let mut state = after([Action::Edited("kind: Pod".into()), Action::Send(probe())]);
        assert_eq!(state.wants(), []);
        apply(&mut state, read(1));
        let want = Want {
            question: Question::Trace(probe()),
            about: Some(1),
            time: 1,
        };
        assert_eq!(state.wants(), [want]);
        apply(&mut state, Action::Edited("kind: Service".into()));
        assert_eq!(state.wants(), []);
    }

    #[test]
    fn the_same_packet_sent_once_more_is_wanted_once_more() {
        // Whatever is drawn or answered in between.
        let once = [
            Action::Edited("kind: Pod".into()),
            read(1),
            Action::Send(probe()),
        ];
        let state = after(once.clone());
        let twice = after(once.into_iter().chain([
            Action::Trace(1, Err("no such Pod".into())),
            Action::Send(probe()),
        ]));
        assert_ne!(state.wants(), twice.wants());
    }
}

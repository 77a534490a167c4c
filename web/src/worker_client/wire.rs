//! Messages as bytes: each value behind the other, as both sides know what comes next.
//!
//! Text with names of fields would be readable, and a quarter of the page's wasm would be there to read it. Both sides
//! are built from one source, so nobody else has to understand the bytes. What cannot be told from its place alone
//! (serde's untagged and internally tagged enums, flattened fields, any JSON) cannot be sent.

use serde::{Serialize, de::DeserializeOwned};

/// A message as it is sent.
pub(crate) fn write(message: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(message).expect("messages are plain data")
}

/// What was sent.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, postcard::Error> {
    postcard::from_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use crate::{
        catalogue::workshops,
        protocol::{Answer, LessonAnswer, LessonQuestion, Question},
        worker::answers,
    };

    #[test]
    fn lessons_and_their_checks_can_be_sent() {
        for entry in workshops().into_iter().flat_map(|(_, entries)| entries) {
            let id = entry.id.to_owned();
            let read = Question::Lesson(LessonQuestion::Read { id, text: None });
            let Some(Answer::Lesson(LessonAnswer::Read { lesson, .. })) = answers(vec![read]).pop()
            else {
                panic!("{}: no lesson", entry.id);
            };
            let lesson = lesson.expect(entry.id);
            assert_eq!(lesson.steps.len(), entry.steps);
            for step in lesson.scenario.steps {
                let checks = step.task.map_or_else(Vec::new, |task| task.checks);
                let sent = super::write(&checks);
                assert_eq!(super::read(&sent), Ok(checks), "{}", entry.id);
            }
        }
    }
}

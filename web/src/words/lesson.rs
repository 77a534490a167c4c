//! Lessons: questions, notes, presenting.

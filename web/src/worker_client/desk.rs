//! Which question goes to the worker next. Pure: it knows neither browser nor time.
//!
//! One question is under way at most, so that those that have become pointless meanwhile are never sent; one waits
//! per kind.

/// The questions of one client.
#[derive(Debug)]
pub(super) struct Desk<K, Q> {
    ready: bool,
    waiting: Vec<(Ticket<K>, Q)>,
    under_way: Option<Ticket<K>>,
    last_id: u32,
}

#[derive(Debug, Clone, Copy)]
struct Ticket<K> {
    id: u32,
    kind: K,
    /// Nobody has asked a newer question of the kind, and nobody knows the answer yet.
    wanted: bool,
}

impl<K: Copy + Eq, Q> Desk<K, Q> {
    /// For a worker that is not ready yet.
    pub(super) fn new() -> Self {
        Self {
            ready: false,
            waiting: Vec::new(),
            under_way: None,
            last_id: 0,
        }
    }

    /// Puts a question last in the line, in place of any older one of its kind, and gives it a number. Not at the older
    /// one's place: what was asked between the two may be what this one builds on.
    pub(super) fn ask(&mut self, kind: K, question: Q) -> u32 {
        if let Some(under_way) = &mut self.under_way
            && under_way.kind == kind
        {
            under_way.wanted = false;
        }
        self.waiting.retain(|(other, _)| other.kind != kind);
        self.last_id = self.last_id.wrapping_add(1);
        let ticket = Ticket {
            id: self.last_id,
            kind,
            wanted: true,
        };
        self.waiting.push((ticket, question));
        self.last_id
    }

    /// The answer to this question is known without the worker, which is asked all the same: it has to know what the
    /// next questions build on. Whether anybody still wants to hear it.
    pub(super) fn known(&mut self, id: u32) -> bool {
        let waiting = self.waiting.iter_mut().map(|(ticket, _)| ticket);
        waiting
            .chain(&mut self.under_way)
            .find(|ticket| ticket.id == id)
            .is_some_and(|ticket| std::mem::take(&mut ticket.wanted))
    }

    /// Whether the worker listens.
    pub(super) fn is_ready(&self) -> bool {
        self.ready
    }

    /// Whether a question waits that nobody knows the answer to yet.
    pub(super) fn is_awaited(&self) -> bool {
        self.waiting.iter().any(|(ticket, _)| ticket.wanted)
    }

    /// The worker listens.
    pub(super) fn ready(&mut self) {
        self.ready = true;
    }

    /// Takes the question to send now, if the worker is free.
    pub(super) fn next(&mut self) -> Option<(u32, K, Q)> {
        if !self.ready || self.under_way.is_some() || self.waiting.is_empty() {
            return None;
        }
        let (ticket, question) = self.waiting.remove(0);
        self.under_way = Some(ticket);
        Some((ticket.id, ticket.kind, question))
    }

    /// The worker has answered. Whether anybody still wants to hear it.
    pub(super) fn answered(&mut self, id: u32) -> bool {
        match self.under_way.take() {
            Some(under_way) => under_way.id == id && under_way.wanted,
            None => false,
        }
    }

    /// The worker is gone, the next one is not ready yet: forgets all questions and returns the kind of the one
    /// under way.
    pub(super) fn clear(&mut self) -> Option<K> {
        self.ready = false;
        self.waiting.clear();
        self.under_way.take().map(|under_way| under_way.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Kind {
        Documents,
        Trace,
    }

    fn ready() -> Desk<Kind, &'static str> {
        let mut desk = Desk::new();
        desk.ready();
        desk
    }

    #[test]
    fn nothing_is_sent_before_the_worker_is_ready() {
        let mut desk = Desk::new();
        desk.ask(Kind::Trace, "a");
        assert_eq!(desk.next(), None);
        desk.ready();
        assert_eq!(desk.next(), Some((1, Kind::Trace, "a")));
    }

    #[test]
    fn one_question_at_a_time_and_in_order() {
        let mut desk = ready();
        desk.ask(Kind::Documents, "d");
        desk.ask(Kind::Trace, "t");
        assert_eq!(desk.next(), Some((1, Kind::Documents, "d")));
        assert_eq!(desk.next(), None);
        assert!(desk.answered(1));
        assert_eq!(desk.next(), Some((2, Kind::Trace, "t")));
    }

    #[test]
    fn a_newer_question_replaces_a_waiting_one_and_silences_the_one_under_way() {
        let mut desk = ready();
        desk.ask(Kind::Trace, "first");
        assert_eq!(desk.next(), Some((1, Kind::Trace, "first")));
        desk.ask(Kind::Trace, "second");
        desk.ask(Kind::Trace, "third");
        assert!(!desk.answered(1));
        assert_eq!(desk.next(), Some((3, Kind::Trace, "third")));
        assert!(desk.answered(3));
        assert_eq!(desk.next(), None);
    }

    #[test]
    fn a_newer_question_goes_behind_what_was_asked_before_it() {
        let mut desk = ready();
        desk.ask(Kind::Trace, "of the old text");
        desk.ask(Kind::Documents, "new text");
        desk.ask(Kind::Trace, "of the new text");
        assert_eq!(desk.next(), Some((2, Kind::Documents, "new text")));
        assert!(desk.answered(2));
        assert_eq!(desk.next(), Some((3, Kind::Trace, "of the new text")));
    }

    #[test]
    fn what_is_known_is_asked_and_not_told_twice() {
        let mut desk = Desk::new();
        let documents = desk.ask(Kind::Documents, "d");
        let trace = desk.ask(Kind::Trace, "t");
        assert!(desk.is_awaited());
        assert!(desk.known(documents));
        assert!(!desk.known(documents));
        assert!(desk.is_awaited());
        assert!(desk.known(trace));
        assert!(!desk.is_awaited());
        desk.ready();
        assert_eq!(desk.next(), Some((documents, Kind::Documents, "d")));
        assert!(!desk.answered(documents));
        assert_eq!(desk.next(), Some((trace, Kind::Trace, "t")));
        assert!(!desk.answered(trace));
        let late = desk.ask(Kind::Trace, "late");
        assert_eq!(desk.next(), Some((late, Kind::Trace, "late")));
        assert!(desk.known(late));
        assert!(!desk.answered(late));
        let older = desk.ask(Kind::Trace, "older");
        desk.ask(Kind::Trace, "newer");
        assert!(!desk.known(older));
    }

    #[test]
    fn a_lost_worker_takes_its_questions_with_it() {
        let mut desk = ready();
        desk.ask(Kind::Documents, "d");
        desk.ask(Kind::Trace, "t");
        desk.next();
        assert_eq!(desk.clear(), Some(Kind::Documents));
        desk.ready();
        assert_eq!(desk.next(), None);
        assert!(!desk.answered(1));
    }
}

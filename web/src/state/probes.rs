//! Probes that were sent to the cluster, and where each of them goes now: the list that shows what an edit does to them.

use crate::protocol::{
    ProbeText,
    follow::{OutcomeView, Question},
};

/// Probes that are kept.
const MOST: usize = 12;

/// A probe that was sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Sent {
    /// Which.
    pub probe: ProbeText,
    /// Where it goes, or what cannot be read in it; `None`: nobody has asked yet.
    pub now: Option<Outcome>,
    /// The same, before it last became another; `None`: it never did.
    pub before: Option<Outcome>,
    /// It became another with the last answer.
    pub has_changed: bool,
}

/// Where a probe goes, or what cannot be read in it.
pub type Outcome = Result<OutcomeView, String>;

/// A probe was sent.
pub(super) fn remember(list: &mut Vec<Sent>, probe: &ProbeText) {
    let known = list.iter().position(|sent| sent.probe == *probe);
    let sent = known.map_or_else(
        || Sent {
            probe: probe.clone(),
            ..Sent::default()
        },
        |nth| list.remove(nth),
    );
    list.insert(0, sent);
    list.truncate(MOST);
}

/// Probes that were sent on an earlier visit, or by whoever made the link.
pub(super) fn restored(list: &mut Vec<Sent>, probes: Vec<ProbeText>) {
    for probe in probes.iter().take(MOST).rev() {
        remember(list, probe);
    }
}

pub(super) fn forget(list: &mut Vec<Sent>, nth: usize) {
    if nth < list.len() {
        list.remove(nth);
    }
}

/// The worker says where they go.
pub(super) fn told(list: &mut [Sent], outcomes: Vec<(ProbeText, Outcome)>) {
    for (probe, outcome) in outcomes {
        let Some(sent) = list.iter_mut().find(|sent| sent.probe == probe) else {
            continue;
        };
        sent.has_changed = sent.now.as_ref().is_some_and(|now| *now != outcome);
        if sent.has_changed {
            sent.before = sent.now.take();
        }
        sent.now = Some(outcome);
    }
}

/// What the worker is to say of them.
pub(super) fn question(list: &[Sent]) -> Option<Question> {
    let probes: Vec<ProbeText> = list.iter().map(|sent| sent.probe.clone()).collect();
    (!probes.is_empty()).then_some(Question::Outcomes(probes))
}

#[cfg(test)]
mod tests {
    use switchboard_engine::trace::{Headline, Verdict};

    use super::*;

    fn probe(from: &str) -> ProbeText {
        ProbeText {
            from: from.into(),
            to: "http://web".into(),
        }
    }

    fn froms(list: &[Sent]) -> Vec<&str> {
        list.iter().map(|sent| sent.probe.from.as_str()).collect()
    }

    fn outcome(verdict: Verdict) -> Outcome {
        Ok(OutcomeView {
            headline: Headline::Verdict(verdict),
            sees: String::new(),
            ends: String::new(),
        })
    }

    #[test]
    fn a_probe_stands_once_and_the_newest_first() {
        let mut list = Vec::new();
        for from in ["a", "b", "a"] {
            remember(&mut list, &probe(from));
        }
        assert_eq!(froms(&list), ["a", "b"]);
        forget(&mut list, 0);
        forget(&mut list, 7);
        assert_eq!(froms(&list), ["b"]);
    }

    #[test]
    fn no_more_are_kept_than_are_traced_with_every_edit() {
        let all: Vec<ProbeText> = (0..20).map(|nth| probe(&nth.to_string())).collect();
        let mut list = Vec::new();
        restored(&mut list, all.clone());
        assert_eq!((list.len(), &list[0].probe), (12, &all[0]));
        remember(&mut list, &probe("new"));
        assert_eq!((list.len(), list[0].probe.from.as_str()), (12, "new"));
    }

    #[test]
    fn what_an_edit_changed_is_told_beside_what_it_was() {
        let mut list = Vec::new();
        restored(&mut list, vec![probe("a"), probe("b")]);
        let answer = |a, b| {
            vec![
                (probe("a"), outcome(a)),
                (probe("b"), outcome(b)),
                (probe("gone"), outcome(a)),
            ]
        };
        let changed =
            |list: &[Sent]| -> Vec<bool> { list.iter().map(|sent| sent.has_changed).collect() };
        told(&mut list, answer(Verdict::Reachable, Verdict::Reachable));
        assert_eq!(changed(&list), [false, false]);
        told(&mut list, answer(Verdict::Unreachable, Verdict::Reachable));
        assert_eq!(changed(&list), [true, false]);
        assert_eq!(list[0].before, Some(outcome(Verdict::Reachable)));
        assert_eq!(list[1].before, None);
        // Another edit, which does nothing to them: what it was before stays to be compared with.
        told(&mut list, answer(Verdict::Unreachable, Verdict::Reachable));
        assert_eq!(changed(&list), [false, false]);
        assert_eq!(list[0].before, Some(outcome(Verdict::Reachable)));
    }

    #[test]
    fn nothing_is_asked_of_an_empty_list() {
        assert_eq!(question(&[]), None);
    }
}

//! The scenarios that come with the page: what the overview shows of them, and their texts.
//!
//! Read when the page is built, so that a broken one fails the build. The texts are the worker's: only it asks for them.

use switchboard_engine::order::Order;

use crate::words;

/// A scenario of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Name of its file.
    pub id: &'static str,
    /// Its title.
    pub title: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// `beginner`, ….
    pub level: &'static str,
    /// How long it takes.
    pub minutes: Option<u16>,
    /// Title of its workshop; empty if it belongs to none.
    pub workshop: &'static str,
    /// Its place there.
    pub order: u16,
    /// How many steps it has.
    pub steps: usize,
}

/// All, by name of their files.
const ENTRIES: &[Entry] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// Their texts.
const TEXTS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The first visit's.
pub const TOUR: &str = "tour";

/// Workshops with their scenarios, in order; what belongs to none, the tour, comes first, unknown ones behind.
pub fn workshops() -> Vec<(&'static str, Vec<Entry>)> {
    let place = |title: &str| {
        let known = words::lesson::WORKSHOPS
            .iter()
            .position(|known| *known == title);
        (
            !title.is_empty(),
            known.unwrap_or(words::lesson::WORKSHOPS.len()),
        )
    };
    let mut entries = ENTRIES.to_vec();
    entries.order_by_key(|entry| (place(entry.workshop), entry.workshop, entry.order, entry.id));
    let mut workshops: Vec<(&'static str, Vec<Entry>)> = Vec::new();
    for entry in entries {
        match workshops.last_mut() {
            Some((title, entries)) if *title == entry.workshop => entries.push(entry),
            _ => workshops.push((entry.workshop, vec![entry])),
        }
    }
    workshops
}

/// A scenario's title.
pub fn title(id: &str) -> Option<&'static str> {
    let entry = ENTRIES.iter().find(|entry| entry.id == id)?;
    Some(entry.title)
}

/// A scenario's text.
pub fn text(id: &str) -> Option<&'static str> {
    TEXTS
        .iter()
        .find(|(known, _)| *known == id)
        .map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn workshops_stand_in_their_order() {
        let titles: Vec<&str> = workshops().iter().map(|(title, _)| *title).collect();
        assert_eq!(titles[0], "");
        assert_eq!(titles[1..5], words::lesson::WORKSHOPS);
        assert!(text(TOUR).is_some_and(|text| text.contains("title:")));
    }
}

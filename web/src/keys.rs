//! What keys do: one table for each place that hears them. Listeners look up there what a key means, and the help
//! prints the tables' lines, so that neither knows a key of which the other does not.
//!
//! Not here: keys of fields, lists, menus and dialogs, which are those of any page, and the remote of whoever presents.

use crate::{
    layout::Direction,
    words::help::{self, Line},
};

/// The space bar plays when it is let go, and moves the map while it is held: its listeners see more than one event.
pub const SPACE: &str = " ";

/// What a key does wherever the focus is, except where one types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPage {
    /// The step before.
    Back,
    /// The next step.
    Next,
    /// The first step.
    First,
    /// The last step.
    Last,
    /// Plays the journey, or holds it.
    Play,
    /// Sends the packet again.
    Send,
    /// Goes to the search.
    Search,
    /// Opens the workspaces.
    Workspaces,
    /// Opens what can be shared.
    Share,
    /// Opens the help.
    Help,
    /// Opens the node that the packet is on, or closes it.
    Inside,
    /// Closes what is open.
    Close,
}

/// What a key does while Control is held, or Command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithControl {
    /// Takes back the last change of what if; with Shift the other way round.
    Undo,
    /// Makes the change again.
    Redo,
}

/// What a key does while the focus is on the map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnMap {
    /// To the next shape; on no shape, or with Shift, it moves the map.
    Go(Direction),
    /// While it is held every drag moves the map.
    Hold,
    /// Shows what is chosen, with what is around it.
    Near,
    /// Larger.
    Closer,
    /// Smaller.
    Farther,
    /// The whole map.
    Whole,
}

/// What a key does to the shape that has the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnShape {
    /// Chooses it.
    Choose,
    /// The packet starts here.
    From,
    /// The packet goes here.
    To,
    /// Folds it, or unfolds it.
    Fold,
    /// Goes to the list of its wires.
    Wires,
}

/// A key of a place.
struct Key<D> {
    /// As the browser names it.
    key: &'static str,
    does: D,
    /// What the help says of it; nothing of a key that does the same as another one.
    lines: &'static [Line],
}

const fn key<D>(key: &'static str, does: D, lines: &'static [Line]) -> Key<D> {
    Key { key, does, lines }
}

const PAGE: [Key<OnPage>; 17] = [
    key("ArrowLeft", OnPage::Back, &[help::STEP]),
    key("ArrowRight", OnPage::Next, &[help::STEP]),
    key("PageUp", OnPage::Back, &[help::STEP_PRESENTING]),
    key("PageDown", OnPage::Next, &[help::STEP_PRESENTING]),
    key("Home", OnPage::First, &[help::ENDS]),
    key("End", OnPage::Last, &[help::ENDS]),
    key(SPACE, OnPage::Play, &[help::PLAY]),
    key("p", OnPage::Play, &[help::PLAY]),
    // What a presenter's remote has for "black".
    key("b", OnPage::Play, &[]),
    key(".", OnPage::Play, &[]),
    key("s", OnPage::Send, &[help::SEND]),
    key("/", OnPage::Search, &[help::SEARCH]),
    key("w", OnPage::Workspaces, &[help::WORKSPACES]),
    key("e", OnPage::Share, &[help::SHARE]),
    key("?", OnPage::Help, &[help::THIS]),
    key("o", OnPage::Inside, &[help::INSIDE]),
    key("Escape", OnPage::Close, &[help::CLOSE]),
];

const CONTROL: [Key<WithControl>; 2] = [
    key("z", WithControl::Undo, &[help::UNDO]),
    key("y", WithControl::Redo, &[]),
];

const MAP: [Key<OnMap>; 10] = [
    key("ArrowLeft", OnMap::Go(Direction::Left), &ARROWS),
    key("ArrowRight", OnMap::Go(Direction::Right), &ARROWS),
    key("ArrowUp", OnMap::Go(Direction::Up), &ARROWS),
    key("ArrowDown", OnMap::Go(Direction::Down), &ARROWS),
    key(SPACE, OnMap::Hold, &[help::HOLD]),
    key("z", OnMap::Near, &[help::NEAR]),
    key("+", OnMap::Closer, &[help::ZOOM]),
    // The same key without Shift.
    key("=", OnMap::Closer, &[]),
    key("-", OnMap::Farther, &[help::ZOOM]),
    key("0", OnMap::Whole, &[help::ZOOM]),
];

const ARROWS: [Line; 2] = [help::TO_SHAPE, help::MOVE];

const SHAPE: [Key<OnShape>; 6] = [
    key("Enter", OnShape::Choose, &[help::CHOOSE]),
    // As on any button.
    key(SPACE, OnShape::Choose, &[]),
    key("f", OnShape::From, &[help::FROM_TO]),
    key("t", OnShape::To, &[help::FROM_TO]),
    key("u", OnShape::Fold, &[help::FOLD]),
    key("d", OnShape::Wires, &[help::WIRES]),
];

/// What a key does on the page.
pub fn on_page(key: &str) -> Option<OnPage> {
    find(&PAGE, key)
}

/// What a key does with Control.
pub fn with_control(key: &str) -> Option<WithControl> {
    find(&CONTROL, key)
}

/// What a key does on the map.
pub fn on_map(key: &str) -> Option<OnMap> {
    find(&MAP, key)
}

/// What a key does to a shape.
pub fn on_shape(key: &str) -> Option<OnShape> {
    find(&SHAPE, key)
}

/// The key that does this to a shape.
pub fn to_shape(does: OnShape) -> &'static str {
    let found = SHAPE.iter().find(|entry| entry.does == does);
    found.map_or("", |entry| entry.key)
}

fn find<D: Copy>(table: &[Key<D>], key: &str) -> Option<D> {
    let found = table.iter().find(|entry| entry.key == key);
    found.map(|entry| entry.does)
}

/// What the help says of keys, in the order of the tables; the editor's own come last.
pub fn sheet() -> Vec<Line> {
    let mut sheet = Vec::new();
    let all = lines(&PAGE)
        .chain(lines(&CONTROL))
        .chain(lines(&MAP))
        .chain(lines(&SHAPE))
        .map(|(_, line)| line)
        .chain([help::LEAVE_EDITOR]);
    for line in all {
        // Several keys share a line.
        if !sheet.contains(&line) {
            sheet.push(line);
        }
    }
    sheet
}

/// Each key with each of its lines.
fn lines<D>(table: &[Key<D>]) -> impl Iterator<Item = (&'static str, Line)> {
    table
        .iter()
        .flat_map(|entry| entry.lines.iter().map(|line| (entry.key, *line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The help's lines, each with the keys that it stands for, as the browser names them.
    fn sheet_with_keys() -> Vec<(&'static str, String)> {
        let all: Vec<(&str, Line)> = lines(&PAGE)
            .chain(lines(&CONTROL))
            .chain(lines(&MAP))
            .chain(lines(&SHAPE))
            .collect();
        let keys = |line: Line| {
            let keys = all.iter().filter(|(_, other)| *other == line);
            keys.map(|(key, _)| *key).collect::<Vec<_>>().join(" ")
        };
        let sheet = sheet().into_iter();
        sheet.map(|line| (line.0, keys(line))).collect()
    }

    #[test]
    fn what_the_help_says_is_what_is_heard() {
        let arrows = "ArrowLeft ArrowRight ArrowUp ArrowDown";
        let expected = [
            ("← →", "ArrowLeft ArrowRight"),
            ("PageUp PageDown", "PageUp PageDown"),
            ("Home End", "Home End"),
            ("Space P", "  p"),
            ("S", "s"),
            ("/", "/"),
            ("W", "w"),
            ("E", "e"),
            ("?", "?"),
            ("o", "o"),
            ("Esc", "Escape"),
            ("Ctrl+Z", "z"),
            ("arrows on the map", arrows),
            ("Shift and arrows there", arrows),
            ("Space and drag there", SPACE),
            ("z on the map", "z"),
            ("+ − 0", "+ - 0"),
            ("Enter on a shape", "Enter"),
            ("f, t on the map", "f t"),
            ("u on the map", "u"),
            ("d on the map", "d"),
            // The editor hears these.
            ("Esc, then Tab", ""),
        ];
        assert_eq!(
            sheet_with_keys(),
            expected.map(|(line, keys)| (line, keys.to_owned()))
        );
    }

    #[test]
    fn a_key_does_one_thing_in_a_place() {
        fn keys<D>(table: &[Key<D>]) -> Vec<&'static str> {
            table.iter().map(|entry| entry.key).collect()
        }
        for mut keys in [keys(&PAGE), keys(&CONTROL), keys(&MAP), keys(&SHAPE)] {
            let all = keys.len();
            keys.sort_unstable();
            keys.dedup();
            assert_eq!(keys.len(), all, "{keys:?}");
        }
    }
}

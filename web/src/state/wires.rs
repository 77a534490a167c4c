//! The wires of the chosen thing, one by one: which of them is looked at, and whether the focus goes to their list.

use super::State;
use crate::{layout::WireEnds, scene::Key};

/// What is known of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wires {
    /// The one that is looked at: the map shows it.
    pub told: Option<WireEnds>,
    /// The focus goes to their list as soon as it is there.
    pub enter: bool,
}

impl State {
    /// Whether the focus goes to the list of the wires of `key`: until the details of what was chosen are there, the list
    /// on the page is still that of another thing.
    pub fn enters_wires_of(&self, key: &Key) -> bool {
        self.wires.enter && self.selected.as_ref() == Some(key)
    }
}

/// What can happen to them.
#[derive(Debug, Clone)]
pub enum WireAction {
    /// One is looked at, or none.
    Tell(Option<WireEnds>),
    /// A thing is chosen, to go through its wires.
    Enter(Key),
    /// The focus is there.
    Entered,
}

pub(super) fn apply(state: &mut State, action: WireAction) {
    match action {
        WireAction::Tell(told) => state.wires.told = told,
        WireAction::Enter(key) => {
            super::action::select(state, Some(key), false);
            state.wires.enter = true;
        }
        WireAction::Entered => state.wires.enter = false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_waits_for_the_list_of_what_was_chosen() {
        let mut state = State::default();
        assert!(!state.enters_wires_of(&Key::Client));
        apply(&mut state, WireAction::Enter(Key::Dns));
        assert!(!state.enters_wires_of(&Key::Client));
        assert!(state.enters_wires_of(&Key::Dns));
        apply(&mut state, WireAction::Entered);
        assert!(!state.enters_wires_of(&Key::Dns));
    }

    #[test]
    fn what_is_chosen_takes_the_light_from_the_wires_of_what_was() {
        let mut state = State::default();
        apply(&mut state, WireAction::Enter(Key::Client));
        let wire = (Key::Client, Some(Key::External("example.com".into())));
        apply(&mut state, WireAction::Tell(Some(wire.clone())));
        // The same once more: nothing is put out.
        super::super::action::select(&mut state, Some(Key::Client), false);
        assert_eq!(state.wires.told, Some(wire));
        assert!(state.wires.enter);
        super::super::action::select(&mut state, Some(Key::Dns), false);
        assert_eq!(state.wires, Wires::default());
    }
}

//! The panels: one file each, props down, callbacks up. They show; what is shown was decided elsewhere.

pub mod answer;
pub mod detail;
pub mod dns;
pub mod editor;
pub mod empty;
pub mod findings;
pub mod header;
pub mod help;
pub mod icons;
pub mod journey;
pub mod map;
pub mod probe;
pub mod rules;
pub mod slices;
pub mod split;
pub mod step;

use yew::Callback;

use crate::state::Action;

/// How a panel tells what happened.
pub type Dispatch = Callback<Action>;

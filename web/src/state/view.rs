//! What can be changed about what the map shows: filters, folds, pages, and going to what was found.

use switchboard_engine::Str;

use super::State;
use crate::{
    protocol::Match,
    scene::{Grouping, Key, MapView, Page, RowKind},
};

/// A change of the map's view.
#[derive(Debug, Clone)]
pub enum ViewAction {
    /// A namespace is among those that are wanted, or not.
    Namespace(Str, bool),
    /// Only what a selector selects.
    Selector(String),
    /// A kind is among those that are wanted, or not.
    Kind(RowKind, bool),
    /// Only what has a problem.
    OnlyProblems(bool),
    /// Pods are put together by something else.
    Group(Grouping),
    /// No filter.
    Clear,
    /// Everything that can fold folds.
    FoldAll,
    /// Everything that is folded on the map opens.
    UnfoldAll,
    /// Another page.
    Page(usize),
    /// What was found comes into sight, out of whatever hides it.
    GoTo(Match),
    /// The node that the packet is on shows its inside, or not.
    Inside(bool),
}

pub(super) fn apply(state: &mut State, action: ViewAction) {
    let view = &mut state.view;
    match action {
        ViewAction::Namespace(name, wanted) => {
            toggle(&mut view.namespaces, name, wanted);
            view.page = Page::default();
        }
        ViewAction::Selector(text) => {
            text.trim().clone_into(&mut view.selector);
            view.page = Page::default();
        }
        ViewAction::Kind(kind, wanted) => {
            toggle(&mut view.kinds, kind, wanted);
            view.page = Page::default();
        }
        ViewAction::OnlyProblems(only) => {
            view.only_problems = only;
            view.page = Page::default();
        }
        ViewAction::Group(grouping) => {
            // What was opened is no shape of the other map, or would leave nothing to be seen of the choice.
            view.open.clear();
            view.page = Page::default();
            view.grouping = grouping;
        }
        ViewAction::Clear => {
            *view = MapView {
                open: std::mem::take(&mut view.open),
                grouping: view.grouping,
                ..MapView::default()
            };
        }
        ViewAction::FoldAll => view.open.clear(),
        ViewAction::UnfoldAll => {
            let items = state
                .picture
                .iter()
                .flat_map(|picture| &picture.drawing.items);
            for item in items {
                if item.key.is_fold() && !view.open.contains(&item.key) {
                    view.open.push(item.key.clone());
                }
            }
        }
        ViewAction::Page(page) => view.page = Page::Number(page),
        ViewAction::GoTo(found) => go_to(state, found),
        ViewAction::Inside(open) => state.inside = open,
    }
}

fn go_to(state: &mut State, found: Match) {
    let view = &mut state.view;
    // Where it is filtered out, the filter goes: it was asked for by name.
    let namespace = found.at.iter().find_map(|key| match key {
        Key::Namespace(name) => Some(name),
        _ => None,
    });
    let is_shown =
        namespace.is_none_or(|name| view.namespaces.is_empty() || view.namespaces.contains(name));
    if !is_shown || !view.selector.is_empty() || !view.kinds.is_empty() || view.only_problems {
        view.namespaces.clear();
        view.selector.clear();
        view.kinds.clear();
        view.only_problems = false;
    }
    for fold in found.at.iter().filter(|key| key.is_fold()) {
        if !view.open.contains(fold) {
            view.open.push(fold.clone());
        }
    }
    view.page = Page::Of(found.key.clone());
    super::action::select(state, Some(found.key), false);
    state.search.clear();
    state.found.clear();
}

fn toggle<T: PartialEq>(list: &mut Vec<T>, value: T, wanted: bool) {
    list.retain(|other| *other != value);
    if wanted {
        list.push(value);
    }
}

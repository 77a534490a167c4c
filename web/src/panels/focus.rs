//! Where the focus goes among things that stand in a row: a menu, a list, tabs. What has it now is asked of the page, which
//! knows it at once; what was drawn last may be a key behind.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Takes the focus to what has this id, if it is there.
pub fn focus(id: &str) {
    if let Some(element) = gloo::utils::document().get_element_by_id(id) {
        take_focus(&element);
    }
}

/// Moves the focus among what matches `selector` within `own`, and says to which of them: `to` is told which has it now (the
/// first, if none) and which is the last, and answers which is to have it. Nothing happens where nothing matches, or not so many.
pub fn move_focus(
    own: &Element,
    selector: &str,
    to: impl FnOnce(usize, usize) -> Option<usize>,
) -> Option<usize> {
    let list = own.query_selector_all(selector).ok()?;
    let all: Vec<Element> = (0..list.length())
        .filter_map(|nth| list.item(nth)?.dyn_into().ok())
        .collect();
    let active = gloo::utils::document().active_element();
    let now = all.iter().position(|one| Some(one) == active.as_ref());
    let next = to(now.unwrap_or(0), all.len().checked_sub(1)?)?;
    take_focus(all.get(next)?);
    Some(next)
}

/// Where a key leads in a column: an arrow to the next, Home and End to its ends. For [`move_focus`].
pub fn in_column(key: &str) -> Option<fn(usize, usize) -> Option<usize>> {
    Some(match key {
        "ArrowDown" => |now, last| Some((now + 1).min(last)),
        "ArrowUp" => |now, _| Some(now.saturating_sub(1)),
        "Home" => |_, _| Some(0),
        "End" => |_, last| Some(last),
        _ => return None,
    })
}

/// The next in a ring. For [`move_focus`].
pub fn next(now: usize, last: usize) -> Option<usize> {
    Some(if now == last { 0 } else { now + 1 })
}

/// The one before in a ring. For [`move_focus`].
pub fn previous(now: usize, last: usize) -> Option<usize> {
    Some(now.checked_sub(1).unwrap_or(last))
}

/// Takes the focus to an element that can have it.
pub fn take_focus(element: &Element) {
    // Shapes of the map are SVG, which has the same method. What is on the page can be focused.
    let _ = element.unchecked_ref::<HtmlElement>().focus();
}

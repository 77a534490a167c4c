//! How many errors and warnings there are about a shape, on its upper edge: a cross or a triangle, and a number.

use yew::prelude::*;

use crate::scene::Counts;

/// Height of the badge, as much as there is between shapes.
const HEIGHT: i32 = 16;
/// It begins behind the mark of what is not as written.
const LEFT: i32 = 14;
/// So much of it is on the shape; more would touch its first line.
const ON_SHAPE: i32 = 4;
/// Its first mark, from its left end.
const FIRST: i32 = 5;

/// The badge; nothing where there is neither an error nor a warning.
pub(super) fn badge(marks: Counts) -> Html {
    if !marks.is_loud() {
        return html! {};
    }
    let mut at = FIRST;
    let drawn: Vec<Html> = parts(marks)
        .map(|(count, class, mark)| {
            let text = short(count);
            let here = at;
            at += width(count);
            html! {
                <g class={class} transform={format!("translate({here} 0)")}>
                    <path class="badge-mark" d={mark} transform={format!("translate(6 {})", HEIGHT / 2)} />
                    <text x="14" y="12">{ text }</text>
                </g>
            }
        })
        .collect();
    let class = if marks.errors > 0 { "bad" } else { "warn" };
    html! {
        <g class="badge" transform={format!("translate({LEFT} {})", ON_SHAPE - HEIGHT)}>
            <rect class={class} width={at.to_string()} height={HEIGHT.to_string()} rx={(HEIGHT / 2).to_string()} />
            { for drawn }
        </g>
    }
}

/// Where it ends, from the left edge of its shape; `None`: there is none.
pub(super) fn right(marks: Counts) -> Option<i32> {
    let widths: i32 = parts(marks).map(|(count, ..)| width(count)).sum();
    marks.is_loud().then_some(LEFT + FIRST + widths)
}

/// What is counted, and its mark.
fn parts(marks: Counts) -> impl Iterator<Item = (u32, &'static str, &'static str)> {
    [
        (marks.errors, "bad", "M-3-3l6 6m0-6l-6 6"),
        (marks.warnings, "warn", "M0-4 4.6 4H-4.6z"),
    ]
    .into_iter()
    .filter(|(count, ..)| *count > 0)
}

fn width(count: u32) -> i32 {
    17 + 7 * i32::try_from(short(count).len()).unwrap_or(0) + 4
}

fn short(count: u32) -> String {
    match count {
        0..=99 => count.to_string(),
        _ => "99+".to_owned(),
    }
}

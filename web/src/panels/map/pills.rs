//! What stands on the ends of wires, only while it is of use: the exact share of each branch of the journey, and the
//! ports behind the chosen Service.

use std::collections::BTreeMap;

use yew::prelude::*;

use crate::{
    layout::{Drawing, Face, WirePath},
    protocol::{EndView, TraceView},
    scene::Key,
    words,
};

/// Words on the end of a wire.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pill {
    /// Its right end, on the upper edge of the shape.
    at: (i32, i32),
    words: String,
    /// It belongs to the journey.
    is_branch: bool,
}

/// All of them.
pub(super) fn pills(
    drawing: &Drawing,
    trace: Option<&TraceView>,
    selected: Option<&Key>,
) -> Vec<Pill> {
    let shares = trace
        .map(|trace| shares(drawing, trace))
        .unwrap_or_default();
    let ports = selected
        .map(|selected| ports(drawing, selected))
        .unwrap_or_default();
    drawing
        .items
        .iter()
        .filter_map(|item| {
            let words: Vec<&str> = [shares.get(&item.key), ports.get(&item.key)]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            (!words.is_empty()).then(|| Pill {
                at: (item.frame.right() - 10, item.frame.y),
                words: words.join(" "),
                is_branch: shares.contains_key(&item.key),
            })
        })
        .collect()
}

/// Shares of the shapes at which branches end. One branch alone has nothing to tell.
pub(super) fn shares<'a>(drawing: &'a Drawing, trace: &'a TraceView) -> BTreeMap<&'a Key, String> {
    let mut of = BTreeMap::<&Key, Vec<&str>>::new();
    let ends = trace.ways.iter().flat_map(|way| &way.ends);
    for EndView { at, share, .. } in ends {
        if let Some(item) = at.iter().find_map(|key| drawing.item(key)) {
            of.entry(&item.key).or_default().push(share);
        }
    }
    if of.values().map(Vec::len).sum::<usize>() < 2 {
        return BTreeMap::new();
    }
    of.into_iter()
        .map(|(key, shares)| (key, together(&shares)))
        .collect()
}

/// Several shares at one shape: added up only where that is plain.
fn together(shares: &[&str]) -> String {
    match shares {
        [one] => (*one).to_owned(),
        [first, rest @ ..] if rest.iter().all(|share| share == first) => {
            format!("{} × {first}", shares.len())
        }
        _ => words::map::branches(shares.len()),
    }
}

/// The ports that a wire of a Service leads to.
pub(super) fn ports_of(drawing: &Drawing, wire: &WirePath) -> Option<String> {
    let Face::Service(card) = &drawing.item(&wire.from)?.face else {
        return None;
    };
    let known = card
        .wires
        .iter()
        .find(|known| Some(&known.to) == wire.to.as_ref())?;
    (!known.ports.is_empty()).then(|| format!(":{}", known.targets()))
}

fn ports<'a>(drawing: &'a Drawing, selected: &Key) -> BTreeMap<&'a Key, String> {
    let Some(Face::Service(card)) = drawing.item(selected).map(|item| &item.face) else {
        return BTreeMap::new();
    };
    card.wires
        .iter()
        .filter(|wire| !wire.ports.is_empty())
        .map(|wire| (&wire.to, format!(":{}", wire.targets())))
        .collect()
}

/// Drawn above the shapes.
pub(super) fn draw(pills: &[Pill]) -> Html {
    html! {
        <g class="pills" aria-hidden="true">
            { for pills.iter().enumerate().map(|(nth, pill)| {
                let wide = i32::try_from(pill.words.chars().count()).unwrap_or(0) * 7 + 12;
                let (right, top) = pill.at;
                html! {
                    <g
                        key={nth}
                        class={classes!("pill", pill.is_branch.then_some("branch"))}
                        transform={format!("translate({} {})", right - wide, top - 13)}
                    >
                        <rect width={wide.to_string()} height="16" rx="8" />
                        <text x={(wide / 2).to_string()} y="12" text-anchor="middle">{ &pill.words }</text>
                    </g>
                }
            }) }
        </g>
    }
}

#[cfg(test)]
mod tests {
    use super::together;

    #[test]
    fn shares_at_one_shape_stay_exact() {
        assert_eq!(together(&["1/3"]), "1/3");
        assert_eq!(together(&["1/30", "1/30"]), "2 × 1/30");
        assert_eq!(together(&["1/4", "1/8"]), "2 branches");
    }
}

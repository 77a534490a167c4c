//! What is left out when there is more than a person can look at, and what is said about it.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};
use switchboard_engine::order::Gather;

use switchboard_engine::Str;

use super::{
    Band, ChipState, Counts, FoldedNamespace, Grouping, Key, MapView, Page, ROW_BUDGET, ReachState,
    SHAPE_BUDGET, Scene, Total, columns::Columns,
};
use crate::words;

/// Cards of folded namespaces that are drawn at most.
const MOST_NAMESPACES: usize = 240;

/// Folds namespaces until what is left fits the budget. All of them or none: which one a person would rather see is
/// not ours to guess, and opening one must not close another.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn fold(
    mut bands: Vec<Band>,
    columns: Columns,
    view: &MapView,
    total: &Total,
    marks: &BTreeMap<Str, Counts>,
) -> Scene {
    let mut hidden = Vec::new();
    if view.is_filtered() {
        hidden.extend(filtered_out(&bands, total));
    }

    if view.only_problems {
        let before = bands.len();
        bands.retain(has_problem);
        let quiet = before - bands.len();
        if quiet > 0 {
            hidden.push(words::scene::rows_left_out(quiet));
        }
    }

    let namespaces: BTreeSet<&Str> = bands.iter().map(|band| &band.namespace).gather();
    let several = namespaces.len() > 1;
    let mut folded = Vec::new();
    let mut opened = Vec::new();
    if view.grouping == Grouping::Namespace || several && is_too_much(&bands) {
        let (open, closed): (Vec<Band>, Vec<Band>) = bands
            .into_iter()
            .partition(|band| view.open.contains(&Key::Namespace(band.namespace.clone())));
        // The rows of a namespace stand together.
        let summaries = |all: &[Band]| -> Vec<FoldedNamespace> {
            all.chunk_by(|a, b| a.namespace == b.namespace)
                .map(|bands| summary(bands[0].namespace.clone(), bands, marks))
                .collect()
        };
        folded = summaries(&closed);
        opened = summaries(&open);
        bands = open;
        if !folded.is_empty() {
            let pods: u32 = folded.iter().map(|namespace| namespace.pods).sum();
            hidden.push(words::scene::namespaces_folded(folded.len(), pods as usize));
        }
        if folded.len() > MOST_NAMESPACES {
            let left = folded.len() - MOST_NAMESPACES;
            hidden.push(words::scene::namespaces_not_drawn(left));
            folded.truncate(MOST_NAMESPACES);
        }
    }

    let page = turn(&mut bands, &view.page, &mut hidden);
    let pods_folded: u32 = bands
        .iter()
        .flat_map(|band| &band.chips)
        .filter(|chip| chip.count > 1)
        .map(|chip| chip.count)
        .sum();
    if pods_folded > 0 {
        hidden.push(words::scene::pods_folded(pods_folded as usize));
    }

    Scene {
        // Where nothing stands, there is nothing to say.
        columns: if bands.is_empty() && !folded.is_empty() {
            Vec::new()
        } else {
            columns.columns
        },
        bands,
        folded,
        opened,
        page,
        hidden,
        ..Scene::default()
    }
}

/// Leaves one page of the rows; which one of how many, if there are several.
fn turn(bands: &mut Vec<Band>, page: &Page, hidden: &mut Vec<String>) -> Option<(usize, usize)> {
    let mut pages: Vec<Range<usize>> = Vec::new();
    let mut drawn = 0;
    for (nth, band) in bands.iter().enumerate() {
        drawn += shapes(band);
        match pages.last_mut() {
            Some(last) if drawn <= SHAPE_BUDGET => last.end = nth + 1,
            _ => {
                drawn = shapes(band);
                pages.push(nth..nth + 1);
            }
        }
    }
    if pages.len() < 2 {
        return None;
    }
    let number = match page {
        Page::Number(number) => *number,
        Page::Of(key) => {
            let at = bands.iter().position(|band| holds(band, key));
            let on = |page: &Range<usize>| at.is_some_and(|at| page.contains(&at));
            pages.iter().position(on).unwrap_or(0)
        }
    }
    .min(pages.len() - 1);
    let range = pages[number].clone();
    let count = |bands: &[Band]| -> (usize, u32) {
        let services = bands.iter().map(|band| band.services.len()).sum();
        let chips = bands.iter().flat_map(|band| &band.chips);
        (services, chips.map(|chip| chip.count).sum())
    };
    let (all_services, all_pods) = count(bands);
    let (services, pods) = count(&bands[range.clone()]);
    hidden.push(words::scene::on_other_pages(
        all_services - services,
        (all_pods - pods) as usize,
    ));
    *bands = bands.drain(range).collect();
    Some((number, pages.len()))
}

fn holds(band: &Band, key: &Key) -> bool {
    match key {
        Key::Service(name) | Key::LoadBalancer(name) | Key::Addresses(name) => {
            band.services.iter().any(|service| service.name == *name)
        }
        key => band.chips.iter().any(|chip| chip.key == *key),
    }
}

fn filtered_out(bands: &[Band], total: &Total) -> Option<String> {
    let services: usize = bands.iter().map(|band| band.services.len()).sum();
    let pods: usize = bands
        .iter()
        .flat_map(|band| &band.chips)
        .filter(|chip| matches!(chip.key, Key::Pod(_) | Key::Pods { .. }))
        .map(|chip| usize::try_from(chip.count).unwrap_or(usize::MAX))
        .sum();
    let services = total.services.saturating_sub(services);
    let pods = total.pods.saturating_sub(pods);
    (services + pods > 0).then(|| words::scene::filtered_out(services, pods))
}

/// More than a person can look at.
fn is_too_much(bands: &[Band]) -> bool {
    let rows = |band: &Band| band.services.len().max(1);
    bands.iter().map(shapes).sum::<usize>() > SHAPE_BUDGET
        || bands.iter().map(rows).sum::<usize>() > ROW_BUDGET
}

fn shapes(band: &Band) -> usize {
    band.services.len() + band.chips.len()
}

fn has_problem(band: &Band) -> bool {
    band.services.iter().any(|service| {
        service.marks.is_loud()
            || service.reach.state.is_broken()
            || service.reach.state == ReachState::Partly
    }) || band.chips.iter().any(|chip| {
        chip.marks.is_loud() || !matches!(chip.state, ChipState::Ready | ChipState::Unknown)
    })
}

fn summary(name: Str, bands: &[Band], marks: &BTreeMap<Str, Counts>) -> FoldedNamespace {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let workloads: BTreeSet<String> = bands
        .iter()
        .flat_map(|band| &band.chips)
        .map(|chip| match &chip.key {
            Key::Pods { group, .. } => group.to_string(),
            other => other.to_string(),
        })
        .gather();
    FoldedNamespace {
        marks: marks.get(&name).copied().unwrap_or_default(),
        name,
        services: count(bands.iter().map(|band| band.services.len()).sum()),
        pods: bands
            .iter()
            .flat_map(|band| &band.chips)
            .map(|chip| chip.count)
            .sum(),
        workloads: count(workloads.len()),
        problems: count(bands.iter().filter(|band| has_problem(band)).count()),
    }
}

//! What is left out when there is more than a person can look at, and what is said about it.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_engine::{Str, finding::Severity};

use super::{
    Band, ChipState, FoldedNamespace, Key, MapView, ReachState, SHAPE_BUDGET, Scene,
    columns::Columns,
};

/// Folds namespaces until what is left fits the budget. All of them or none: which one a person would rather see is
/// not ours to guess, and opening one must not close another.
pub(super) fn fold(mut bands: Vec<Band>, columns: Columns, view: &MapView) -> Scene {
    let namespaces: Vec<Str> = bands
        .iter()
        .map(|band| band.namespace.clone())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut hidden = Vec::new();

    if view.only_problems {
        let before = bands.len();
        bands.retain(has_problem);
        let quiet = before - bands.len();
        if quiet > 0 {
            hidden.push(counted(
                quiet,
                "row without problems",
                "rows without problems",
            ));
        }
    }

    let mut folded = Vec::new();
    if namespaces.len() > 1 && bands.iter().map(shapes).sum::<usize>() > SHAPE_BUDGET {
        let mut closed = BTreeMap::<Str, Vec<Band>>::new();
        let mut open = Vec::new();
        for band in bands {
            if view.open.contains(&Key::Namespace(band.namespace.clone())) {
                open.push(band);
            } else {
                closed.entry(band.namespace.clone()).or_default().push(band);
            }
        }
        if !closed.is_empty() {
            hidden.push(counted(
                closed.len(),
                "namespace folded",
                "namespaces folded",
            ));
        }
        folded = closed
            .into_iter()
            .map(|(name, bands)| summary(name, &bands))
            .collect();
        bands = open;
    }

    let mut drawn = folded.len();
    let fits = bands
        .iter()
        .take_while(|band| {
            drawn += shapes(band);
            drawn <= SHAPE_BUDGET
        })
        .count()
        .max(1);
    if bands.len() > fits {
        let left: usize = bands[fits..].iter().map(|band| band.services.len()).sum();
        hidden.push(format!(
            "{left} more Services: search, or choose a namespace"
        ));
        bands.truncate(fits);
    }

    let pods_folded: u32 = bands
        .iter()
        .flat_map(|band| &band.chips)
        .filter(|chip| chip.count > 1)
        .map(|chip| chip.count)
        .sum();
    if pods_folded > 0 {
        hidden.push(format!("{pods_folded} Pods folded into their workloads"));
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
        namespaces,
        hidden,
        ..Scene::default()
    }
}

fn shapes(band: &Band) -> usize {
    band.services.len() + band.chips.len()
}

fn has_problem(band: &Band) -> bool {
    let loud = |mark: Option<Severity>| mark.is_some_and(|mark| mark >= Severity::Warning);
    band.services.iter().any(|service| {
        loud(service.mark)
            || service.reach.state.is_broken()
            || service.reach.state == ReachState::Partly
    }) || band
        .chips
        .iter()
        .any(|chip| loud(chip.mark) || !matches!(chip.state, ChipState::Ready | ChipState::Unknown))
}

fn summary(name: Str, bands: &[Band]) -> FoldedNamespace {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let workloads: BTreeSet<String> = bands
        .iter()
        .flat_map(|band| &band.chips)
        .map(|chip| match &chip.key {
            Key::Pods { group, .. } => group.to_string(),
            other => other.to_string(),
        })
        .collect();
    FoldedNamespace {
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

fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

//! Look-ups that the scene needs for every Service and Pod, made once: linear in the cluster.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_engine::{Analysis, Str, cluster::EndpointSlice, origin::ObjectOrigin};

use super::{Counts, Name};

/// What belongs to whom.
pub(super) struct Index<'a> {
    /// EndpointSlices by the Service that their label names.
    pub(super) slices: BTreeMap<Name, Vec<&'a EndpointSlice>>,
    /// Findings of an object; those of an EndpointSlice are its Service's.
    pub(super) marks: BTreeMap<ObjectOrigin, Counts>,
    /// Findings of what is in a namespace.
    pub(super) namespaces: BTreeMap<Str, Counts>,
    /// What is wrong is held back.
    pub(super) quiet: bool,
}

impl Index<'_> {
    /// Findings of some objects, each once.
    pub(super) fn marks_of(&self, objects: impl IntoIterator<Item = ObjectOrigin>) -> Counts {
        let objects: BTreeSet<ObjectOrigin> = objects.into_iter().collect();
        let mut sum = Counts::default();
        for counts in objects.iter().filter_map(|object| self.marks.get(object)) {
            sum += *counts;
        }
        sum
    }
}

/// The look-ups; without findings, if those are held back.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn index(analysis: &Analysis, quiet: bool) -> Index<'_> {
    let mut slices = BTreeMap::<Name, Vec<&EndpointSlice>>::new();
    for slice in analysis.cluster.slices.values() {
        if let Some(service) = &slice.service {
            let name = Name {
                namespace: slice.meta.namespace.clone(),
                name: service.clone(),
            };
            slices.entry(name).or_default().push(slice);
        }
    }
    let mut index = Index {
        slices,
        marks: BTreeMap::new(),
        namespaces: BTreeMap::new(),
        quiet,
    };
    if !quiet {
        count(analysis, &mut index);
    }
    index
}

fn count(analysis: &Analysis, index: &mut Index<'_>) {
    let cluster = &analysis.cluster;
    let metas = (cluster.services.values().map(|it| &it.meta))
        .chain(cluster.workloads.values().map(|it| &it.meta))
        .chain(cluster.pods.values().map(|it| &it.meta))
        .chain(cluster.slices.values().map(|it| &it.meta));
    let namespaces: BTreeMap<ObjectOrigin, &Str> = metas
        .filter_map(|meta| Some((meta.origin?, &meta.namespace)))
        .collect();
    let holders: BTreeMap<ObjectOrigin, ObjectOrigin> = cluster
        .slices
        .values()
        .filter_map(|slice| {
            let service = cluster.service(&slice.meta.namespace, slice.service.as_ref()?)?;
            Some((slice.meta.origin?, cluster.services[service].meta.origin?))
        })
        .collect();
    for finding in analysis.findings.iter() {
        let Some(origin) = &finding.origin else {
            continue;
        };
        let object = holders.get(&origin.object).unwrap_or(&origin.object);
        let severity = finding.severity();
        index.marks.entry(*object).or_default().add(severity);
        if let Some(namespace) = namespaces.get(object) {
            let counts = index.namespaces.entry((*namespace).clone()).or_default();
            counts.add(severity);
        }
    }
}

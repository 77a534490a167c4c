//! Look-ups that the scene needs for every Service and Pod, made once: linear in the cluster.

use std::collections::BTreeMap;

use switchboard_engine::{
    Analysis, cluster::EndpointSlice, finding::Severity, origin::ObjectOrigin,
};

use super::Name;

/// What belongs to whom.
pub(super) struct Index<'a> {
    /// EndpointSlices by the Service that their label names.
    pub(super) slices: BTreeMap<Name, Vec<&'a EndpointSlice>>,
    /// The worst finding of an object.
    pub(super) marks: BTreeMap<ObjectOrigin, Severity>,
}

pub(super) fn index(analysis: &Analysis) -> Index<'_> {
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
    let mut marks = BTreeMap::new();
    for finding in analysis.findings.iter() {
        if let Some(origin) = &finding.origin {
            let mark = marks.entry(origin.object).or_insert(Severity::Note);
            *mark = (*mark).max(finding.severity());
        }
    }
    Index { slices, marks }
}

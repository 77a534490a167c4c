//! Findings about EndpointSlices and Endpoints that somebody wrote by hand.

use rustc_hash::FxHashMap;

use crate::Str;
use crate::cluster::{Cluster, EndpointSlice, Meta, Service, SliceSource};
use crate::finding::{Findings, ServiceProblem};
use crate::nearest::nearest;
use crate::origin::FieldPath;

/// Looks at every slice and every Endpoints object that was written.
pub(super) fn inspect(cluster: &Cluster, findings: &mut Findings) {
    let services: FxHashMap<(&str, &str), &Service> = cluster
        .services
        .values()
        .map(|service| {
            let meta = &service.meta;
            ((meta.namespace.as_str(), meta.name.as_str()), service)
        })
        .collect();
    for slice in cluster.slices.values() {
        // A dump's slices are what a controller made of them.
        if slice.source != SliceSource::Written || is_managed(&slice.meta) {
            continue;
        }
        several_addresses(slice, findings);
        let name = slice.service.as_deref().unwrap_or_default();
        match services.get(&(slice.meta.namespace.as_str(), name)) {
            None => without_service(cluster, slice, findings),
            Some(service) => {
                ports(slice, service, findings);
                beside_selector("EndpointSlice", &slice.meta, service, findings);
            }
        }
    }
    for endpoints in cluster.endpoints.values() {
        let meta = &endpoints.meta;
        // The API server writes its own.
        if is_managed(meta) || meta.full_name() == "default/kubernetes" {
            continue;
        }
        let problem = ServiceProblem::EndpointsDeprecated {
            endpoints: meta.full_name().into(),
        };
        findings.push(meta.at("kind"), problem);
        if let Some(service) = services.get(&(meta.namespace.as_str(), meta.name.as_str())) {
            beside_selector("Endpoints", meta, service, findings);
        }
    }
}

/// Whether a controller of Kubernetes wrote it.
///
/// Source: `endpointslice.kubernetes.io/managed-by` on slices; on Endpoints the annotation of their controller.
fn is_managed(meta: &Meta) -> bool {
    let by = meta.labels.get("endpointslice.kubernetes.io/managed-by");
    by.is_some_and(|by| by.ends_with("-controller.k8s.io"))
        || meta.controlled_by.is_some()
        || meta
            .annotations
            .contains_key("endpoints.kubernetes.io/last-change-trigger-time")
}

fn without_service(cluster: &Cluster, slice: &EndpointSlice, findings: &mut Findings) {
    let label = slice.service.clone().filter(|label| !label.is_empty());
    let near = label.as_deref().and_then(|label| {
        let here = cluster
            .services
            .values()
            .filter(|service| service.meta.namespace == slice.meta.namespace);
        nearest(label, here.map(|service| service.meta.name.as_str()))
    });
    let problem = ServiceProblem::SliceWithoutService {
        slice: slice.meta.full_name().into(),
        label,
        nearest: near.map(Str::from),
    };
    let path = FieldPath::from("metadata.labels").key(crate::cluster::SERVICE_NAME_LABEL);
    findings.push(slice.meta.at(path), problem);
}

fn ports(slice: &EndpointSlice, service: &Service, findings: &mut Findings) {
    for (index, port) in slice.ports.iter().enumerate() {
        let known = |name: &Str| service.ports.iter().any(|one| one.name == *name);
        if port.name.as_ref().is_some_and(known) || service.is_headless() {
            continue;
        }
        let problem = ServiceProblem::SlicePortNotInService {
            slice: slice.meta.full_name().into(),
            port: port.name.clone(),
            service: service.meta.full_name().into(),
            known: service.ports.iter().map(|one| one.name.clone()).collect(),
        };
        let path = FieldPath::from("ports").index(index).key("name");
        findings.push(slice.meta.at(path), problem);
    }
}

fn several_addresses(slice: &EndpointSlice, findings: &mut Findings) {
    for (index, endpoint) in slice.endpoints.iter().enumerate() {
        let [first, _, ..] = endpoint.addresses.as_slice() else {
            continue;
        };
        let problem = ServiceProblem::SliceSeveralAddresses {
            slice: slice.meta.full_name().into(),
            first: first.clone(),
            others: endpoint.addresses.len() - 1,
        };
        let path = FieldPath::from("endpoints").index(index).key("addresses");
        findings.push(slice.meta.at(path), problem);
    }
}

fn beside_selector(kind: &'static str, meta: &Meta, service: &Service, findings: &mut Findings) {
    if service.selector.is_empty() {
        return;
    }
    let problem = ServiceProblem::EndpointsBesideSelector {
        kind,
        object: meta.full_name().into(),
        service: service.meta.full_name().into(),
    };
    let related = service.meta.at("spec.selector").into_iter().collect();
    findings.push_related(meta.at("metadata.name"), related, problem);
}

//! The entrance of what a person pasted: admitted as the API server would, but nothing is lost.
//!
//! What the API server would refuse is a finding at its field; the object stays, as far as it makes sense and marked as
//! refused, so that the rest of the picture survives. Given addresses and ports are kept and taken first; what is missing
//! is allocated after that, in the order of names, so that a value depends on its own object and not on its place in the
//! text.

use rustc_hash::FxHashMap;
use serde_json::json;

use super::allocate::Allocators;
use super::assume::{self, NamedNode, assumed};
use super::draft::Draft;
use super::environment::Settings;
use super::field_error::{FieldError, Refusal};
use super::stored::{PodIndex, plural_cluster_ips};
use super::unique::{Kept, Named, last_of_each};
use super::{convert, defaults, families, names, ranges, validate};
use crate::Str;
use crate::api::{Objects, Written, core};
use crate::cluster::{Cluster, Meta, NodeId, Why};
use crate::finding::{AdmissionProblem, Findings};
use crate::order::Order;
use crate::origin::{FieldPath, ObjectOrigin};
use crate::packet::parse_ip_sloppy;

/// Owner of addresses that the cluster keeps for itself.
const SYSTEM: usize = usize::MAX;

/// Admits every object and completes the cluster around them.
pub(super) fn admit(objects: &Objects, mut settings: Settings, findings: &mut Findings) -> Cluster {
    ranges::infer(objects, &mut settings, findings);
    let mut cluster = Cluster {
        environment: settings.environment,
        ..Cluster::default()
    };
    for (origin, mut draft) in drafts(&objects.namespaces, findings) {
        defaults::namespace_label(&mut draft);
        let errors = validate::namespace(&draft.value);
        let mut namespace = convert::namespace(draft, origin);
        report(&mut namespace.meta, origin, errors, findings);
        cluster.namespaces.push(namespace);
    }
    for (origin, draft) in drafts(&objects.nodes, findings) {
        let errors = validate::node(&draft.value);
        let mut node = convert::node(draft, origin, &cluster.environment);
        report(&mut node.meta, origin, errors, findings);
        cluster.nodes.push(node);
    }
    services(objects, &mut cluster, findings);
    if !is_empty(objects) {
        assume::nodes(&mut cluster, &settings.kind_nodes, &named_nodes(objects));
    }
    pods(objects, &mut cluster, findings);
    workloads(objects, &mut cluster, findings);
    endpoints(objects, &mut cluster, findings);
    if !is_empty(objects) {
        assume::dns(&mut cluster);
        assume::namespaces(&mut cluster);
    }
    cluster
}

/// Nothing that a cluster would be needed for.
fn is_empty(objects: &Objects) -> bool {
    objects.services.is_empty()
        && objects.pods.is_empty()
        && objects.workloads.is_empty()
        && objects.endpoints.is_empty()
        && objects.endpoint_slices.is_empty()
}

// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
fn services(objects: &Objects, cluster: &mut Cluster, findings: &mut Findings) {
    let network = &cluster.environment.network;
    let mut allocators = Allocators::of(network);
    let mut drafts = drafts(&objects.services, findings);
    for (owner, (_, draft)) in drafts.iter_mut().enumerate() {
        defaults::namespace(draft);
        defaults::service(draft);
        plural_cluster_ips(draft);
        assume::dns_address(draft, &cluster.environment.kubelet.cluster_dns);
        allocators.reserve(&draft.value, owner);
    }
    reserve_system_addresses(cluster, &mut allocators);
    // In the order of names: which of two objects with one start gives way must not depend on the text.
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.order_by(|a, b| name_of(&drafts[*a].1).cmp(&name_of(&drafts[*b].1)));
    let mut errors: Vec<Vec<FieldError>> = vec![Vec::new(); drafts.len()];
    for owner in order {
        errors[owner] = allocate(&mut allocators, owner, &mut drafts[owner].1);
    }
    for ((origin, draft), mut errors) in drafts.into_iter().zip(errors) {
        for error in validate::service(&draft.value) {
            // Allocation has asked the same of addresses and families before.
            if !errors.iter().any(|known| known.field == error.field) {
                errors.push(error);
            }
        }
        let mut service = convert::service(draft, origin);
        report(&mut service.meta, origin, errors, findings);
        cluster.services.push(service);
    }
}

fn name_of(draft: &Draft<core::Service>) -> (&str, &str) {
    let meta = &draft.value.metadata;
    (&meta.namespace, &meta.name)
}

/// The first address of each range is the API server's own, and kubelet's resolver has one: nobody is given these.
fn reserve_system_addresses(cluster: &Cluster, allocators: &mut Allocators) {
    let first = cluster
        .environment
        .network
        .service_cidrs
        .iter()
        .filter_map(|cidr| super::bands::AddressBands::of(*cidr).address(0));
    let dns = cluster.environment.kubelet.cluster_dns.iter().copied();
    for address in first.chain(dns) {
        allocators.reserve_address(address, SYSTEM);
    }
}

/// Families, addresses and ports; what cannot be given is an error and the rest goes on.
#[inline(never)]
fn allocate(
    allocators: &mut Allocators,
    owner: usize,
    draft: &mut Draft<core::Service>,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if let Err(refusal) = families::settle(draft, None, allocators.families) {
        collect(refusal, &mut errors);
        families::make_do(draft, allocators.families);
    }
    let mut on_refusal = |refusal| {
        collect(refusal, &mut errors);
        Ok(())
    };
    let result = allocators.create(draft, owner, &mut on_refusal);
    if let Err(refusal) = result {
        collect(refusal, &mut errors);
    }
    errors
}

fn collect(refusal: Refusal, errors: &mut Vec<FieldError>) {
    match refusal {
        Refusal::Invalid(more) => errors.extend(more),
        Refusal::Internal { message, at } => errors.push(FieldError {
            field: at.to_string().into(),
            kind: super::FieldErrorKind::InternalError,
            message: format!("Internal error: {message}"),
            at,
        }),
    }
}

#[inline(never)]
fn pods(objects: &Objects, cluster: &mut Cluster, findings: &mut Findings) {
    let nodes: FxHashMap<Str, NodeId> = cluster
        .nodes
        .iter()
        .map(|(id, node)| (node.meta.name.clone(), id))
        .collect();
    for (origin, mut draft) in drafts(&objects.pods, findings) {
        defaults::namespace(&mut draft);
        defaults::pod(&mut draft);
        let errors = validate::pod(&draft.value);
        assume_running(&mut draft);
        let mut pod = convert::pod(draft, origin, |name| nodes.get(name).copied());
        report(&mut pod.meta, origin, errors, findings);
        cluster.pods.push(pod);
    }
}

/// A Pod of which nobody says how it is runs and is ready. A live dump says how it is.
fn assume_running(draft: &mut Draft<core::Pod>) {
    let status = &mut draft.value.status;
    let phase = status.phase.as_deref().unwrap_or_default();
    if !matches!(phase, "" | "Running") || !status.conditions.is_empty() {
        return;
    }
    if phase.is_empty() {
        status.phase = Some("Running".into());
        draft
            .additions
            .push(assumed("status.phase", json!("Running")));
    }
    draft.value.status.conditions.push(core::Condition {
        type_: "Ready".into(),
        status: "True".into(),
        reason: Str::default(),
    });
    draft.additions.push(assumed(
        "status.conditions",
        json!([{"type": "Ready", "status": "True"}]),
    ));
}

#[inline(never)]
fn workloads(objects: &Objects, cluster: &mut Cluster, findings: &mut Findings) {
    for (origin, mut draft) in drafts(&objects.workloads, findings) {
        defaults::namespace(&mut draft);
        defaults::workload(&mut draft);
        let errors = validate::workload(&draft.value);
        defaults::selector_from_template(&mut draft, Why::Assumed);
        let mut workload = convert::workload(draft, origin);
        report(&mut workload.meta, origin, errors, findings);
        cluster.workloads.push(workload);
    }
}

#[inline(never)]
fn endpoints(objects: &Objects, cluster: &mut Cluster, findings: &mut Findings) {
    for (origin, mut draft) in drafts(&objects.endpoints, findings) {
        defaults::namespace(&mut draft);
        defaults::endpoints(&mut draft);
        let errors = validate::endpoints(&draft.value);
        let mut endpoints = convert::endpoints(draft, origin);
        report(&mut endpoints.meta, origin, errors, findings);
        cluster.endpoints.push(endpoints);
    }
    let pods = PodIndex::of(cluster);
    let slices = &objects.endpoint_slices;
    for (origin, mut draft) in drafts(slices, findings) {
        defaults::namespace(&mut draft);
        defaults::endpoint_slice(&mut draft);
        let errors = validate::endpoint_slice(&draft.value);
        let mut slice =
            convert::endpoint_slice(draft, origin, |namespace, name| pods.find(namespace, name));
        report(&mut slice.meta, origin, errors, findings);
        cluster.slices.push(slice);
    }
}

/// Nodes that Pods, slices and Endpoints name, with what they say about them, in the order of their names.
#[inline(never)]
fn named_nodes(objects: &Objects) -> Vec<(Str, NamedNode)> {
    let mut named: FxHashMap<Str, NamedNode> = FxHashMap::default();
    for pod in &objects.pods {
        let Some(node) = pod.value.spec.node_name.as_ref() else {
            continue;
        };
        let facts = named.entry(node.clone()).or_default();
        if facts.address.is_none() {
            facts.address = pod
                .value
                .status
                .host_ip
                .as_deref()
                .and_then(parse_ip_sloppy);
        }
    }
    for endpoint in objects
        .endpoint_slices
        .iter()
        .flat_map(|slice| &slice.value.endpoints)
    {
        let Some(node) = endpoint.node_name.as_ref() else {
            continue;
        };
        let facts = named.entry(node.clone()).or_default();
        if facts.zone.is_none() {
            facts.zone.clone_from(&endpoint.zone);
        }
    }
    for workload in &objects.workloads {
        if let Some(node) = &workload.value.spec.template.spec.node_name {
            named.entry(node.clone()).or_default();
        }
    }
    for subset in objects.endpoints.iter().flat_map(|o| &o.value.subsets) {
        for address in subset.addresses.iter().chain(&subset.not_ready_addresses) {
            if let Some(node) = &address.node_name {
                named.entry(node.clone()).or_default();
            }
        }
    }
    named.remove("");
    let mut named: Vec<(Str, NamedNode)> = named.into_iter().collect();
    named.order_by(|a, b| a.0.cmp(&b.0));
    named
}

/// One draft for every name; two objects of one name are a finding with both places. Objects without any name are
/// refused and left out: nothing could point at them.
#[inline(never)]
fn drafts<T: Named + Clone>(
    written: &[Written<T>],
    findings: &mut Findings,
) -> Vec<(ObjectOrigin, Draft<T>)> {
    let mut drafts = Vec::with_capacity(written.len());
    for (nth, Kept { object, replaced }) in last_of_each(written).into_iter().enumerate() {
        let mut draft = Draft::of(object.value.clone());
        names::generate(&mut draft, nth);
        let meta = draft.value.meta();
        if meta.name.is_empty() {
            let at = FieldPath::from("metadata.name");
            let error = FieldError::required(&at, "name or generateName is required");
            report(&mut Meta::default(), object.origin, vec![error], findings);
            continue;
        }
        if !replaced.is_empty() {
            let related = replaced
                .into_iter()
                .map(|origin| origin.at("metadata.name"))
                .collect();
            findings.push_related(
                Some(object.origin.at("metadata.name")),
                related,
                AdmissionProblem::DuplicateObject {
                    kind: draft.value.kind().into(),
                    name: meta.name.clone(),
                },
            );
        }
        drafts.push((object.origin, draft));
    }
    drafts
}

fn report(meta: &mut Meta, origin: ObjectOrigin, errors: Vec<FieldError>, findings: &mut Findings) {
    meta.refused = !errors.is_empty();
    for error in errors {
        findings.push(
            Some(origin.at(error.at)),
            AdmissionProblem::Refused {
                field: error.field,
                message: error.message.into(),
            },
        );
    }
}

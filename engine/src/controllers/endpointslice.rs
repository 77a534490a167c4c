//! The EndpointSlice controller: which Pods are behind a Service, and in which state.
//!
//! Source: `staging/src/k8s.io/endpointslice` and `pkg/controller/endpointslice`. It runs once over what is there, as if no
//! slice had been before; where a real one has a history (which endpoint is in which slice, hints that moved), its slices
//! may be arranged differently.

use std::collections::hash_map::Entry;

use rustc_hash::{FxHashMap, FxHashSet};

use super::drift::Drift;
use super::hints::ZoneShares;
use super::{assume, hints};
use crate::Str;
use crate::api::OwnerReference;
use crate::api::core::ObjectReference;
use crate::api::discovery::EndpointConditions;
use crate::apiserver::Entrance;
use crate::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, HEADLESS_LABEL, Meta, Pod, PodId,
    SERVICE_NAME_LABEL, Service, ServiceId, ServicePort, ServiceType, SliceSource, TargetPort,
};
use crate::finding::Findings;
use crate::identity::{combined, draw, generated_name};
use crate::order::Order;
use crate::packet::Family;
use crate::selector::{self, LabelIndex};

/// The label that says who writes it.
pub(super) const MANAGED_BY_LABEL: &str = "endpointslice.kubernetes.io/managed-by";

/// Who writes computed slices, as their label says.
pub(super) const CONTROLLER: &str = "endpointslice-controller.k8s.io";

/// Writes the slices of every Service that selects Pods.
///
/// Slices that stand in the manifests are never replaced. From [`Entrance::Stored`] a Service that has any gets no others;
/// from [`Entrance::Paste`] only those that this controller wrote are taken for its work, and what it would write now is
/// compared with them. What a change has touched is written anew: `changes` has taken the old slices away.
pub(super) fn write(
    cluster: &mut Cluster,
    entrance: Entrance,
    touched: &FxHashSet<ServiceId>,
    findings: &mut Findings,
) {
    let index = LabelIndex::of(
        cluster
            .pods
            .iter()
            .map(|(id, pod)| (id, &pod.meta.namespace, &pod.meta.labels)),
    );
    let shares = ZoneShares::of(cluster);
    let written = by_service(cluster);
    let drift = Drift::of(cluster);
    let mut names = SliceNames::of(cluster);
    let mut made = Vec::new();
    for (id, service) in cluster.services.iter() {
        if service.type_ == ServiceType::ExternalName || service.selector.is_empty() {
            continue;
        }
        let written = written
            .get(&(&service.meta.namespace, &service.meta.name))
            .map_or(&[][..], Vec::as_slice);
        let is_touched = touched.contains(&id);
        if entrance == Entrance::Stored && !written.is_empty() && !is_touched {
            continue;
        }
        let pods = selected(cluster, &index, service);
        let slices = slices(cluster, &shares, service, &pods, &mut names, findings);
        if !is_touched && written.iter().any(|slice| is_managed(slice)) {
            drift.report(service, written, &slices, findings);
        } else {
            made.extend(slices);
        }
    }
    for slice in made {
        cluster.slices.push(slice);
    }
}

/// Finds the Pods behind endpoints, however their slices came to be.
pub(super) fn link_pods(cluster: &mut Cluster) {
    let unlinked = |endpoint: &Endpoint| endpoint.pod.is_none();
    if !cluster
        .slices
        .values()
        .any(|slice| slice.endpoints.iter().any(unlinked))
    {
        return;
    }
    let mut by_name: FxHashMap<(Str, Str), PodId> = FxHashMap::default();
    let mut by_address: FxHashMap<Str, PodId> = FxHashMap::default();
    for (id, pod) in cluster.pods.iter() {
        by_name.insert((pod.meta.namespace.clone(), pod.meta.name.clone()), id);
        // An address of the node says nothing about which of its Pods is meant.
        if !pod.spec.host_network && !pod.is_terminal() {
            for ip in &pod.ips {
                by_address.entry(ip.to_string().into()).or_insert(id);
            }
        }
    }
    for (_, slice) in cluster.slices.iter_mut() {
        let namespace = slice.meta.namespace.clone();
        for endpoint in slice
            .endpoints
            .iter_mut()
            .filter(|endpoint| unlinked(endpoint))
        {
            endpoint.pod = match &endpoint.target {
                Some(target) if target.kind == "Pod" => {
                    let namespace = if target.namespace.is_empty() {
                        namespace.clone()
                    } else {
                        target.namespace.clone()
                    };
                    by_name.get(&(namespace, target.name.clone())).copied()
                }
                _ => endpoint
                    .addresses
                    .first()
                    .and_then(|address| by_address.get(address).copied()),
            };
        }
    }
}

/// Slices by namespace and name of their Service.
pub(super) fn by_service(cluster: &Cluster) -> FxHashMap<(&Str, &Str), Vec<&EndpointSlice>> {
    let mut by_service: FxHashMap<(&Str, &Str), Vec<&EndpointSlice>> = FxHashMap::default();
    for slice in cluster.slices.values() {
        if let Some(service) = &slice.service {
            let key = (&slice.meta.namespace, service);
            by_service.entry(key).or_default().push(slice);
        }
    }
    by_service
}

/// Whether this controller wrote a slice.
pub(super) fn is_managed(slice: &EndpointSlice) -> bool {
    slice.meta.labels.get(MANAGED_BY_LABEL).map(Str::as_str) == Some(CONTROLLER)
}

/// Names of slices that are taken.
pub(super) struct SliceNames(FxHashSet<(Str, Str)>);

impl SliceNames {
    /// Those that are there.
    pub(super) fn of(cluster: &Cluster) -> Self {
        Self(
            cluster
                .slices
                .values()
                .map(|slice| (slice.meta.namespace.clone(), slice.meta.name.clone()))
                .collect(),
        )
    }

    /// Names a slice of a Service as the API server completes `<service>-`.
    pub(super) fn name(&mut self, meta: &mut Meta, service: &Str, address_type: AddressType) {
        meta.generate_name = format!("{service}-").into();
        let mut drawn = draw(&[
            "EndpointSlice",
            &meta.namespace,
            service,
            address_type.name(),
        ]);
        loop {
            let name = generated_name(&meta.generate_name, drawn);
            if self.0.insert((meta.namespace.clone(), name.clone())) {
                assume(meta, "metadata.name", name.as_str());
                meta.name = name;
                return;
            }
            drawn = combined(drawn, 1);
        }
    }
}

/// Pods that a Service's selector matches, by name: their order must not come from the order of documents.
fn selected(cluster: &Cluster, index: &LabelIndex<PodId>, service: &Service) -> Vec<PodId> {
    let mut pods: Vec<PodId> = index
        .candidates(&service.meta.namespace, &service.selector)
        .iter()
        .copied()
        .filter(|pod| selector::contains(&cluster.pods[*pod].meta.labels, &service.selector))
        .collect();
    pods.order_by(|a, b| cluster.pods[*a].meta.name.cmp(&cluster.pods[*b].meta.name));
    pods
}

/// What the controller writes for a Service, of all its families.
fn slices(
    cluster: &Cluster,
    shares: &ZoneShares,
    service: &Service,
    pods: &[PodId],
    names: &mut SliceNames,
    findings: &mut Findings,
) -> Vec<EndpointSlice> {
    let most = cluster.environment.max_endpoints_per_slice.0.max(1) as usize;
    let mut all = Vec::new();
    for family in families(service) {
        let mut slices: Vec<EndpointSlice> = grouped(cluster, service, pods, family)
            .into_iter()
            .flat_map(|(ports, endpoints)| {
                chunks(endpoints, most).map(move |endpoints| (ports.clone(), endpoints))
            })
            .map(|(ports, endpoints)| slice(service, family, ports, endpoints))
            .collect();
        if slices.is_empty() {
            slices.push(slice(service, family, Vec::new(), Vec::new()));
        }
        hints::add(shares, service, family, &mut slices, findings);
        for slice in &mut slices {
            names.name(&mut slice.meta, &service.meta.name, slice.address_type);
        }
        all.extend(slices);
    }
    all
}

/// Source: `endpointslice/utils.go`, `getAddressTypesForService`.
fn families(service: &Service) -> Vec<Family> {
    if !service.families.is_empty() {
        return service.families.clone();
    }
    match service.cluster_ips().first() {
        Some(address) => vec![Family::of(*address)],
        None => vec![Family::V4, Family::V6],
    }
}

/// The endpoints of one family, by the ports that they have.
fn grouped(
    cluster: &Cluster,
    service: &Service,
    pods: &[PodId],
    family: Family,
) -> Vec<(Vec<EndpointPort>, Vec<Endpoint>)> {
    let mut groups: Vec<(Vec<EndpointPort>, Vec<Endpoint>)> = Vec::new();
    let mut known: FxHashMap<Vec<EndpointPort>, usize> = FxHashMap::default();
    for id in pods {
        let pod = &cluster.pods[*id];
        let Some(endpoint) = endpoint(cluster, service, *id, pod, family) else {
            continue;
        };
        let ports = ports(service, pod);
        let group = match known.entry(ports) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => {
                groups.push((new.key().clone(), Vec::new()));
                *new.insert(groups.len() - 1)
            }
        };
        groups[group].1.push(endpoint);
    }
    groups
}

/// Source: `endpointslice/utils.go`, `podToEndpoint`; `reconciler.go`, `reconcileByAddressType`.
fn endpoint(
    cluster: &Cluster,
    service: &Service,
    id: PodId,
    pod: &Pod,
    family: Family,
) -> Option<Endpoint> {
    if pod.is_terminal() {
        return None;
    }
    let addresses: Vec<Str> = pod
        .ips
        .iter()
        .filter(|address| Family::of(**address) == family)
        .map(|address| address.to_string().into())
        .collect();
    let node = pod.node().map(|node| &cluster.nodes[node]);
    // A Pod whose Node object is gone will be deleted.
    if addresses.is_empty() || node.is_none() && !service.publish_not_ready_addresses {
        return None;
    }
    let (serving, terminating) = (pod.ready, pod.terminating);
    let ready = service.publish_not_ready_addresses || serving && !terminating;
    let hostname = pod.hostname.clone().filter(|hostname| {
        !hostname.is_empty() && pod.subdomain.as_ref() == Some(&service.meta.name)
    });
    Some(Endpoint {
        addresses,
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: Some(serving),
            terminating: Some(terminating),
        },
        hostname,
        node_name: node
            .map(|node| node.meta.name.clone())
            .or_else(|| pod.spec.node_name.clone())
            .filter(|name| !name.is_empty()),
        zone: node.and_then(|node| node.zone().cloned()),
        hint_zones: Vec::new(),
        hint_nodes: Vec::new(),
        target: Some(ObjectReference {
            kind: "Pod".into(),
            namespace: pod.meta.namespace.clone(),
            name: pod.meta.name.clone(),
            uid: Str::default(),
        }),
        pod: Some(id),
    })
}

fn ports(service: &Service, pod: &Pod) -> Vec<EndpointPort> {
    service
        .ports
        .iter()
        .filter_map(|port| {
            Some(EndpointPort {
                name: Some(port.name.clone()),
                port: Some(target_port(port, pod)?),
                protocol: port.protocol,
                app_protocol: port.app_protocol.clone(),
            })
        })
        .collect()
}

/// The number of a Service port's target on a Pod; none if the Pod declares no port of that name and protocol.
///
/// Source: `endpointslice/utils.go`, `FindPort`: containers first, then sidecars.
fn target_port(port: &ServicePort, pod: &Pod) -> Option<u16> {
    match &port.target_port {
        TargetPort::Number(number) => Some(number.get()),
        TargetPort::Name(name) => pod.named_port(name, port.protocol),
    }
}

fn chunks(endpoints: Vec<Endpoint>, most: usize) -> impl Iterator<Item = Vec<Endpoint>> {
    let mut rest = endpoints.into_iter().peekable();
    std::iter::from_fn(move || {
        rest.peek()?;
        Some(rest.by_ref().take(most).collect())
    })
}

fn slice(
    service: &Service,
    family: Family,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Endpoint>,
) -> EndpointSlice {
    let of = &service.meta;
    let mut meta = Meta {
        namespace: of.namespace.clone(),
        labels: of.labels.clone(),
        controlled_by: Some(OwnerReference {
            api_version: "v1".into(),
            kind: "Service".into(),
            name: of.name.clone(),
            uid: Str::default(),
            controller: Some(true),
        }),
        ..Meta::default()
    };
    meta.labels.remove(HEADLESS_LABEL);
    if service.cluster_ips().is_empty() {
        meta.labels.insert(HEADLESS_LABEL.into(), Str::default());
    }
    meta.labels
        .insert(SERVICE_NAME_LABEL.into(), of.name.clone());
    meta.labels
        .insert(MANAGED_BY_LABEL.into(), CONTROLLER.into());
    EndpointSlice {
        meta,
        source: SliceSource::Controller,
        service: Some(of.name.clone()),
        address_type: match family {
            Family::V4 => AddressType::Ipv4,
            Family::V6 => AddressType::Ipv6,
        },
        ports,
        endpoints,
    }
}

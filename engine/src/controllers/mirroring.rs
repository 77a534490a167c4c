//! The EndpointSlice mirroring controller: hand-written Endpoints become EndpointSlices, because only those are read.
//!
//! Services with a selector are not its business: their Endpoints are written by a controller from the same Pods. Source:
//! `pkg/controller/endpointslicemirroring`.

use rustc_hash::FxHashMap;

use super::endpointslice::{self, MANAGED_BY_LABEL, SliceNames};
use crate::Str;
use crate::api::OwnerReference;
use crate::api::core::{EndpointAddress, EndpointSubset};
use crate::api::discovery::EndpointConditions;
use crate::apiserver::Entrance;
use crate::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, Endpoints, Meta,
    SERVICE_NAME_LABEL, Service, SliceSource,
};
use crate::finding::{ControllerProblem, Findings};
use crate::packet::{Family, Protocol, parse_ip_sloppy};

/// Who writes mirrored slices, as their label says.
pub(super) const CONTROLLER: &str = "endpointslicemirroring-controller.k8s.io";

/// `--mirroring-max-endpoints-per-subset`.
const MAX_ENDPOINTS_PER_SUBSET: usize = 1000;

/// Writes the slices of every Endpoints object that is to be mirrored.
pub(super) fn mirror(cluster: &mut Cluster, entrance: Entrance, findings: &mut Findings) {
    let services: FxHashMap<(&Str, &Str), &Service> = cluster
        .services
        .values()
        .map(|service| ((&service.meta.namespace, &service.meta.name), service))
        .collect();
    let written = endpointslice::by_service(cluster);
    let is_mirrored = |slice: &EndpointSlice| {
        slice.meta.labels.get(MANAGED_BY_LABEL).map(Str::as_str) == Some(CONTROLLER)
    };
    let mut names = SliceNames::of(cluster);
    let mut made = Vec::new();
    for endpoints in cluster.endpoints.values() {
        let meta = &endpoints.meta;
        if skipped(meta) {
            continue;
        }
        let Some(service) = services.get(&(&meta.namespace, &meta.name)) else {
            findings.push(
                meta.at("metadata.name"),
                ControllerProblem::EndpointsWithoutService {
                    endpoints: meta.full_name().into(),
                },
            );
            continue;
        };
        let is_written = written
            .get(&(&meta.namespace, &meta.name))
            .is_some_and(|slices| {
                entrance == Entrance::Stored || slices.iter().any(|slice| is_mirrored(slice))
            });
        if service.selector.is_empty() && !is_written {
            made.extend(slices(endpoints, &mut names, findings));
        }
    }
    for slice in made {
        cluster.slices.push(slice);
    }
}

fn skipped(meta: &Meta) -> bool {
    let label = meta.labels.get("endpointslice.kubernetes.io/skip-mirror");
    label.is_some_and(|value| value == "true")
        || meta
            .annotations
            .contains_key("control-plane.alpha.kubernetes.io/leader")
}

/// One slice for each address type and set of ports.
fn slices(
    endpoints: &Endpoints,
    names: &mut SliceNames,
    findings: &mut Findings,
) -> Vec<EndpointSlice> {
    let mut groups: Vec<Group> = Vec::new();
    let mut known: FxHashMap<(AddressType, Vec<EndpointPort>), usize> = FxHashMap::default();
    for (nth, subset) in endpoints.subsets.iter().enumerate() {
        let ports = ports(subset);
        let ready = subset.addresses.iter().map(|address| (address, true));
        let not_ready = subset
            .not_ready_addresses
            .iter()
            .map(|address| (address, false));
        let mirrored: Vec<(AddressType, Endpoint)> = ready
            .chain(not_ready)
            .filter_map(|(address, ready)| endpoint(address, ready))
            .take(MAX_ENDPOINTS_PER_SUBSET)
            .collect();
        let all = subset.addresses.len() + subset.not_ready_addresses.len();
        if all > MAX_ENDPOINTS_PER_SUBSET {
            findings.push(
                endpoints
                    .meta
                    .at(crate::origin::FieldPath::from("subsets").index(nth)),
                ControllerProblem::EndpointsTooManyToMirror {
                    endpoints: endpoints.meta.full_name().into(),
                    skipped: all - mirrored.len(),
                },
            );
        }
        for (address_type, endpoint) in mirrored {
            let group = *known
                .entry((address_type, ports.clone()))
                .or_insert_with(|| {
                    groups.push(Group {
                        address_type,
                        ports: ports.clone(),
                        endpoints: Vec::new(),
                        known: FxHashMap::default(),
                    });
                    groups.len() - 1
                });
            groups[group].insert(endpoint);
        }
    }
    groups
        .into_iter()
        .map(|group| group.slice(endpoints, names))
        .collect()
}

struct Group {
    address_type: AddressType,
    ports: Vec<EndpointPort>,
    endpoints: Vec<Endpoint>,
    known: FxHashMap<EndpointKey, usize>,
}

/// What makes two endpoints the same. Source: `endpointslice/util`, `hashEndpoint`.
#[derive(PartialEq, Eq, Hash)]
struct EndpointKey {
    addresses: Vec<Str>,
    hostname: Option<Str>,
    /// Namespace and name.
    target: Option<(Str, Str)>,
}

impl Group {
    /// Of two endpoints with the same address, host name and target the later one counts.
    fn insert(&mut self, endpoint: Endpoint) {
        let key = EndpointKey {
            addresses: endpoint.addresses.clone(),
            hostname: endpoint.hostname.clone(),
            target: endpoint
                .target
                .as_ref()
                .map(|target| (target.namespace.clone(), target.name.clone())),
        };
        match self.known.get(&key) {
            Some(known) => self.endpoints[*known] = endpoint,
            None => {
                self.known.insert(key, self.endpoints.len());
                self.endpoints.push(endpoint);
            }
        }
    }

    fn slice(mut self, endpoints: &Endpoints, names: &mut SliceNames) -> EndpointSlice {
        self.endpoints.truncate(MAX_ENDPOINTS_PER_SUBSET);
        let of = &endpoints.meta;
        let mut meta = Meta {
            namespace: of.namespace.clone(),
            labels: of.labels.clone(),
            annotations: of.annotations.clone(),
            controlled_by: Some(OwnerReference {
                api_version: "v1".into(),
                kind: "Endpoints".into(),
                name: of.name.clone(),
                uid: Str::default(),
                controller: Some(true),
            }),
            ..Meta::default()
        };
        meta.annotations
            .remove("endpoints.kubernetes.io/last-change-trigger-time");
        meta.annotations
            .remove("kubectl.kubernetes.io/last-applied-configuration");
        meta.labels
            .insert(SERVICE_NAME_LABEL.into(), of.name.clone());
        meta.labels
            .insert(MANAGED_BY_LABEL.into(), CONTROLLER.into());
        names.name(&mut meta, &of.name, self.address_type);
        EndpointSlice {
            meta,
            source: SliceSource::Mirrored,
            service: Some(of.name.clone()),
            address_type: self.address_type,
            ports: self.ports,
            endpoints: self.endpoints,
        }
    }
}

fn ports(subset: &EndpointSubset) -> Vec<EndpointPort> {
    subset
        .ports
        .iter()
        .map(|port| EndpointPort {
            name: Some(port.name.clone()),
            port: u16::try_from(port.port).ok(),
            protocol: port
                .protocol
                .as_deref()
                .and_then(Protocol::named)
                .unwrap_or(Protocol::Tcp),
            app_protocol: port.app_protocol.clone(),
        })
        .collect()
}

fn endpoint(address: &EndpointAddress, ready: bool) -> Option<(AddressType, Endpoint)> {
    let ip = parse_ip_sloppy(&address.ip)?;
    let address_type = match Family::of(ip) {
        Family::V4 => AddressType::Ipv4,
        Family::V6 => AddressType::Ipv6,
    };
    let endpoint = Endpoint {
        addresses: vec![ip.to_string().into()],
        conditions: EndpointConditions {
            ready: Some(ready),
            serving: None,
            terminating: None,
        },
        hostname: Some(address.hostname.clone()).filter(|name| !name.is_empty()),
        node_name: address.node_name.clone(),
        target: address.target_ref.clone(),
        ..Endpoint::default()
    };
    Some((address_type, endpoint))
}

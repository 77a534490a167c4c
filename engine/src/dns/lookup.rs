//! What the `kubernetes` plugin finds behind a name, before it becomes records of one type.
//!
//! Sources: coredns `plugin/kubernetes`: kubernetes.go (`Records`, `findServices`, `findPods`), object/endpoint.go. Not here:
//! multi-cluster zones, the `zonal` option, and the filters `namespaces`, `labels`, `namespace_labels`.

use std::net::IpAddr;

use super::request::{Below, Kind, Request};
use super::reverse::{SERVER_NAME, is_reverse};
use super::zone::Entry;
use super::{Because, Name, Zone};
use crate::cluster::{
    Cluster, Endpoint, EndpointSlice, PodRecords, Service, ServiceAddress, ServiceId, SliceId,
};

/// What is looked up, and in what.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) zone: &'a Zone,
    /// The zone that the question lies in, in the letters of the question.
    pub(super) apex: &'a Name,
}

/// The name does not exist.
#[derive(Debug)]
pub(super) struct NameError;

/// Something behind a name; an empty list means that the name exists.
pub(super) struct Found<'a> {
    pub(super) host: Host,
    /// `None`: neither the Service nor the slice declares a port.
    pub(super) port: Option<u16>,
    /// Under which name its address is published.
    pub(super) owner: Owner<'a>,
    pub(super) because: Because,
}

/// Where a name leads.
pub(super) enum Host {
    Address(IpAddr),
    Name(Name),
}

/// The name that SRV and NS records give to a host. Made only when such a record is asked for.
pub(super) enum Owner<'a> {
    Service(&'a Service),
    Endpoint(&'a EndpointSlice, &'a Endpoint, &'a str),
    Pod { namespace: &'a str, label: &'a str },
    Server,
}

/// Everything behind a name in the zone.
pub(super) fn records<'a>(scope: Scope<'a>, labels: &'a str) -> Result<Vec<Found<'a>>, NameError> {
    let (kind, namespace, object) = match Request::parse(labels)? {
        Request::Apex => return Ok(Vec::new()),
        Request::Namespace(kind, namespace) => (kind, namespace, None),
        Request::Object {
            kind,
            namespace,
            name,
            below,
        } => (kind, namespace, Some((name, below))),
    };
    if is_reverse(scope.apex) || !scope.zone.has_namespace(namespace) {
        return Err(NameError);
    }
    let pods_mode = scope.cluster.environment.dns.pods;
    match (kind, object) {
        (Kind::Pod, _) if pods_mode == PodRecords::Disabled => Err(NameError),
        (_, None) => Ok(Vec::new()),
        // Labels left of a Pod's name are read and not looked at.
        (Kind::Pod, Some((name, _))) => pods(scope, namespace, name),
        (Kind::Service, Some((name, below))) => services(scope, namespace, name, below),
    }
}

/// Whether DNS shows the endpoint: unknown is ready.
pub(super) fn is_published(endpoint: &Endpoint) -> bool {
    endpoint.conditions.ready.unwrap_or(true)
}

/// The address of an endpoint, as Go reads it; `None` for a name.
pub(super) fn endpoint_address(text: &str) -> Option<IpAddr> {
    text.parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

impl Owner<'_> {
    pub(super) fn name(&self, scope: Scope<'_>) -> Name {
        match self {
            Self::Service(service) => service_name(service, scope.apex),
            Self::Endpoint(slice, endpoint, text) => {
                endpoint_name(scope, slice, endpoint, text, scope.apex)
            }
            Self::Pod { namespace, label } => {
                scope.apex.prefixed(&format!("{label}.{namespace}.pod"))
            }
            Self::Server => scope.apex.prefixed(SERVER_NAME),
        }
    }
}

fn services<'a>(
    scope: Scope<'a>,
    namespace: &str,
    name: &str,
    below: Below<'a>,
) -> Result<Vec<Found<'a>>, NameError> {
    let cluster = scope.cluster;
    let entry = scope.zone.entry(namespace, name).ok_or(NameError)?;
    let id = entry.service.ok_or(NameError)?;
    let service = &cluster.services[id];
    let endpoint = match below {
        Below::Endpoint(endpoint) => Some(endpoint),
        Below::Nothing | Below::Port { .. } => None,
    };
    let found = match &service.address {
        ServiceAddress::ExternalName(target) => {
            return external(id, service, target, below);
        }
        ServiceAddress::ClusterIps(_)
            if cluster.environment.dns.ignore_empty_service
                && published(cluster, &entry.slices).next().is_none() =>
        {
            return Err(NameError);
        }
        ServiceAddress::ClusterIps(ips) if endpoint.is_none() => {
            cluster_ips(id, service, ips, below)
        }
        ServiceAddress::ClusterIps(_) | ServiceAddress::Headless => {
            endpoints(scope, id, entry, endpoint, below)
        }
    };
    if found.is_empty() && !has_fitting_port(service, below, endpoint) {
        return Err(NameError);
    }
    Ok(found)
}

// A port that fits makes the name exist even for a Service without an address, as stored state can have it.
fn has_fitting_port(service: &Service, below: Below<'_>, endpoint: Option<&str>) -> bool {
    matches!(service.address, ServiceAddress::ClusterIps(_))
        && endpoint.is_none()
        && (service.ports.is_empty() && below.fits_port("", "")
            || service
                .ports
                .iter()
                .any(|port| below.fits_port(&port.name, port.protocol.upper())))
}

// An address as externalName is no name: there is no record, and so no such name.
fn external<'a>(
    id: ServiceId,
    service: &'a Service,
    target: &str,
    below: Below<'_>,
) -> Result<Vec<Found<'a>>, NameError> {
    let plain = match below {
        Below::Nothing => true,
        Below::Endpoint(_) => false,
        Below::Port { port, protocol } => port.is_empty() && protocol.is_empty(),
    };
    if !plain || endpoint_address(target).is_some() {
        return Err(NameError);
    }
    Ok(vec![Found {
        host: Host::Name(Name::absolute(target)),
        port: Some(0),
        owner: Owner::Service(service),
        because: Because::ExternalName(id),
    }])
}

pub(super) fn cluster_ips<'a>(
    id: ServiceId,
    service: &'a Service,
    ips: &[IpAddr],
    below: Below<'_>,
) -> Vec<Found<'a>> {
    let declared = service
        .ports
        .iter()
        .filter(|port| below.fits_port(&port.name, port.protocol.upper()))
        .map(|port| Some(port.port.get()));
    let undeclared = (service.ports.is_empty() && below.fits_port("", "")).then_some(None);
    declared
        .chain(undeclared)
        .flat_map(|port| {
            ips.iter().enumerate().map(move |(nth, ip)| Found {
                host: Host::Address(ip.to_canonical()),
                port,
                owner: Owner::Service(service),
                because: Because::ClusterIp { service: id, nth },
            })
        })
        .collect()
}

fn endpoints<'a>(
    scope: Scope<'a>,
    id: ServiceId,
    entry: &Entry,
    wanted: Option<&str>,
    below: Below<'_>,
) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for shown in published(scope.cluster, &entry.slices) {
        if let Some(wanted) = wanted
            && !endpoint_label(scope.cluster, shown.endpoint, shown.address)
                .eq_ignore_ascii_case(wanted)
        {
            continue;
        }
        let ports = &shown.slice.ports;
        let declared = ports
            .iter()
            .filter(|port| {
                let name = port.name.as_deref().unwrap_or_default();
                below.fits_port(name, port.protocol.upper())
            })
            .map(|port| port.port);
        let undeclared = (ports.is_empty() && below.fits_port("", "")).then_some(None);
        found.extend(declared.chain(undeclared).map(|port| Found {
            host: match endpoint_address(shown.address) {
                Some(ip) => Host::Address(ip),
                None => Host::Name(Name::absolute(shown.address)),
            },
            port,
            owner: Owner::Endpoint(shown.slice, shown.endpoint, shown.address),
            because: Because::Endpoint {
                service: Some(id),
                slice: shown.slice_id,
                endpoint: shown.nth,
            },
        }));
    }
    found
}

fn pods<'a>(
    scope: Scope<'a>,
    namespace: &'a str,
    label: &'a str,
) -> Result<Vec<Found<'a>>, NameError> {
    let Scope { cluster, zone, .. } = scope;
    let is_v4 = label.matches('-').count() == 3 && !label.contains("--");
    let text = label.replace('-', if is_v4 { "." } else { ":" });
    let address = endpoint_address(&text).ok_or(NameError)?;
    let found = |because| Found {
        host: Host::Address(address),
        port: Some(0),
        owner: Owner::Pod { namespace, label },
        because,
    };
    match cluster.environment.dns.pods {
        PodRecords::Disabled => Err(NameError),
        PodRecords::Insecure => Ok(vec![found(Because::Spelled)]),
        PodRecords::Verified => {
            // Compared as text: only the canonical spelling of an IPv6 address is found.
            let pods: Vec<_> = zone
                .addresses(cluster)
                .pods
                .get(&address)
                .into_iter()
                .flatten()
                .filter(|id| cluster.pods[**id].meta.namespace == namespace)
                .filter(|_| address.to_string() == text)
                .map(|id| found(Because::Pod(*id)))
                .collect();
            if pods.is_empty() {
                Err(NameError)
            } else {
                Ok(pods)
            }
        }
    }
}

/// One address that DNS shows.
pub(super) struct Published<'a> {
    pub(super) slice_id: SliceId,
    pub(super) slice: &'a EndpointSlice,
    /// The endpoint's number in the slice.
    pub(super) nth: usize,
    pub(super) endpoint: &'a Endpoint,
    /// As the slice has it.
    pub(super) address: &'a str,
}

/// Every address of every endpoint that DNS shows, of these slices.
pub(super) fn published<'a>(
    cluster: &'a Cluster,
    slices: &[SliceId],
) -> impl Iterator<Item = Published<'a>> {
    slices.iter().flat_map(move |&slice_id| {
        let slice = &cluster.slices[slice_id];
        let endpoints = slice.endpoints.iter().enumerate();
        endpoints
            .filter(|(_, endpoint)| is_published(endpoint))
            .flat_map(move |(nth, endpoint)| {
                endpoint.addresses.iter().map(move |address| Published {
                    slice_id,
                    slice,
                    nth,
                    endpoint,
                    address,
                })
            })
    })
}

pub(super) fn service_name(service: &Service, apex: &Name) -> Name {
    let meta = &service.meta;
    apex.prefixed(&format!("{}.{}.svc", meta.name, meta.namespace))
}

pub(super) fn endpoint_name(
    scope: Scope<'_>,
    slice: &EndpointSlice,
    endpoint: &Endpoint,
    address: &str,
    apex: &Name,
) -> Name {
    let label = endpoint_label(scope.cluster, endpoint, address);
    let service = slice.service.as_deref().unwrap_or_default();
    apex.prefixed(&format!("{label}.{service}.{}.svc", slice.meta.namespace))
}

/// The label of an endpoint: its host name, else (`endpoint_pod_names`) its Pod's, else its address with dashes.
fn endpoint_label(cluster: &Cluster, endpoint: &Endpoint, address: &str) -> String {
    if let Some(hostname) = endpoint.hostname.as_deref().filter(|name| !name.is_empty()) {
        return hostname.to_string();
    }
    let pod = endpoint
        .target
        .as_ref()
        .map(|target| target.name.as_str())
        // A longer name is no label.
        .filter(|name| (1..64).contains(&name.len()));
    if let (true, Some(pod)) = (cluster.environment.dns.endpoint_pod_names, pod) {
        return pod.to_string();
    }
    if address.contains('.') {
        return address.replace('.', "-");
    }
    let mut label = address.replace(':', "-");
    if label.ends_with('-') {
        // A label must not end with a dash.
        label.push('0');
    }
    label
}

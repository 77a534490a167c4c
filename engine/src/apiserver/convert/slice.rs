//! EndpointSlices and Endpoints.

use super::{filled, meta, protocol};
use crate::Str;
use crate::api::{core, discovery};
use crate::apiserver::draft::Draft;
use crate::cluster::{
    AddressType, Endpoint, EndpointPort, EndpointSlice, Endpoints, PodId, SERVICE_NAME_LABEL,
    SliceSource,
};
use crate::origin::ObjectOrigin;
use crate::packet::{Family, parse_ip_sloppy};

/// An EndpointSlice that was written. `pod_of` finds a Pod by namespace and name.
pub(in crate::apiserver) fn endpoint_slice(
    draft: Draft<discovery::EndpointSlice>,
    origin: ObjectOrigin,
    pod_of: impl Fn(&str, &str) -> Option<PodId>,
) -> EndpointSlice {
    let discovery::EndpointSlice {
        metadata,
        address_type,
        endpoints,
        ports,
    } = draft.value;
    let address_type = match address_type.as_deref() {
        Some("IPv4") => AddressType::Ipv4,
        Some("IPv6") => AddressType::Ipv6,
        Some("FQDN") => AddressType::Fqdn,
        _ => guessed_type(&endpoints),
    };
    let service = metadata.labels.get(SERVICE_NAME_LABEL).cloned();
    let namespace = metadata.namespace.clone();
    EndpointSlice {
        source: SliceSource::Written,
        service: filled(service),
        address_type,
        ports: ports.into_iter().filter_map(slice_port).collect(),
        endpoints: endpoints
            .into_iter()
            .map(|written| endpoint(written, &namespace, &pod_of))
            .collect(),
        meta: meta(metadata, origin, draft.additions),
    }
}

/// An Endpoints object that was written.
pub(in crate::apiserver) fn endpoints(
    draft: Draft<core::Endpoints>,
    origin: ObjectOrigin,
) -> Endpoints {
    Endpoints {
        meta: meta(draft.value.metadata, origin, draft.additions),
        subsets: draft.value.subsets,
    }
}

/// `addressType` is required; a slice without one is read by its first address.
fn guessed_type(endpoints: &[discovery::Endpoint]) -> AddressType {
    let first = endpoints
        .iter()
        .flat_map(|endpoint| &endpoint.addresses)
        .next();
    match first.map(|text| parse_ip_sloppy(text).map(Family::of)) {
        Some(Some(Family::V6)) => AddressType::Ipv6,
        Some(None) => AddressType::Fqdn,
        Some(Some(Family::V4)) | None => AddressType::Ipv4,
    }
}

fn slice_port(written: discovery::EndpointPort) -> Option<EndpointPort> {
    Some(EndpointPort {
        name: written.name,
        port: match written.port {
            None => None,
            Some(number) => Some(u16::try_from(number).ok()?),
        },
        protocol: protocol(written.protocol.as_ref())?,
        app_protocol: filled(written.app_protocol),
    })
}

fn endpoint(
    written: discovery::Endpoint,
    namespace: &Str,
    pod_of: &impl Fn(&str, &str) -> Option<PodId>,
) -> Endpoint {
    let pod = written
        .target_ref
        .as_ref()
        .filter(|target| target.kind == "Pod")
        .and_then(|target| {
            let namespace = if target.namespace.is_empty() {
                namespace
            } else {
                &target.namespace
            };
            pod_of(namespace, &target.name)
        });
    let hints = written.hints.unwrap_or_default();
    let names =
        |hints: Vec<discovery::NamedHint>| hints.into_iter().map(|hint| hint.name).collect();
    Endpoint {
        addresses: written.addresses,
        conditions: written.conditions,
        hostname: filled(written.hostname),
        node_name: filled(written.node_name),
        zone: filled(written.zone),
        hint_zones: names(hints.for_zones),
        hint_nodes: names(hints.for_nodes),
        target: written.target_ref,
        pod,
    }
}

//! EndpointSlices. Source: `pkg/apis/discovery/validation/validation.go`.

use rustc_hash::FxHashSet;

use super::meta::{Scope, meta};
use super::{PROTOCOLS, path, texts};
use crate::Str;
use crate::api::discovery::{Endpoint, EndpointHints, EndpointPort, EndpointSlice, NamedHint};
use crate::apiserver::addresses::check_endpoint_ip;
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;
use crate::packet::{Family, parse_ip_sloppy};

const MOST_ENDPOINTS: usize = 1000;
const MOST_ADDRESSES: usize = 100;
const MOST_PORTS: usize = 20_000;
const MOST_HINTS: usize = 8;

/// `addressType` as the API server sorts them.
const ADDRESS_TYPES: [&str; 3] = ["FQDN", "IPv4", "IPv6"];

/// `ValidateEndpointSliceCreate`.
pub(in crate::apiserver) fn endpoint_slice(slice: &EndpointSlice) -> Vec<FieldError> {
    let mut errors = meta(
        &slice.metadata,
        Scope::Namespaced,
        names::dns_1123_subdomain,
    );
    let type_ = slice.address_type.as_deref().unwrap_or_default();
    if type_.is_empty() {
        errors.push(FieldError::required(&path("addressType"), ""));
    } else if !ADDRESS_TYPES.contains(&type_) {
        errors.push(FieldError::not_supported(
            &path("addressType"),
            type_,
            &ADDRESS_TYPES,
        ));
    }
    let at = path("endpoints");
    if slice.endpoints.len() > MOST_ENDPOINTS {
        errors.push(FieldError::too_many(
            &at,
            slice.endpoints.len(),
            MOST_ENDPOINTS,
        ));
    } else {
        for (index, endpoint) in slice.endpoints.iter().enumerate() {
            self::endpoint(&at.clone().index(index), type_, endpoint, &mut errors);
        }
    }
    ports(&path("ports"), &slice.ports, &mut errors);
    errors
}

fn endpoint(at: &FieldPath, type_: &str, endpoint: &Endpoint, errors: &mut Vec<FieldError>) {
    let addresses = at.clone().key("addresses");
    if endpoint.addresses.is_empty() {
        errors.push(FieldError::required(
            &addresses,
            "must contain at least 1 address",
        ));
    } else if endpoint.addresses.len() > MOST_ADDRESSES {
        errors.push(FieldError::too_many(
            &addresses,
            endpoint.addresses.len(),
            MOST_ADDRESSES,
        ));
    }
    for (index, text) in endpoint.addresses.iter().enumerate() {
        address(&addresses.clone().index(index), type_, text, errors);
    }
    if let Some(node) = &endpoint.node_name {
        let at = at.clone().key("nodeName");
        errors.extend(texts(&at, node, names::dns_1123_subdomain(node)));
    }
    if let Some(hostname) = &endpoint.hostname {
        let at = at.clone().key("hostname");
        errors.extend(texts(&at, hostname, names::dns_1123_label(hostname)));
    }
    if let Some(EndpointHints {
        for_zones,
        for_nodes,
    }) = &endpoint.hints
    {
        let at = at.clone().key("hints");
        let zones = at.clone().key("forZones");
        hints(&zones, for_zones, names::label_value, errors);
        let nodes = at.key("forNodes");
        hints(&nodes, for_nodes, names::dns_1123_subdomain, errors);
    }
}

fn address(at: &FieldPath, type_: &str, text: &str, errors: &mut Vec<FieldError>) {
    let family = match type_ {
        "IPv4" => Family::V4,
        "IPv6" => Family::V6,
        "FQDN" => {
            fully_qualified(at, text, errors);
            return;
        }
        // Unknown types are said once, at the type.
        _ => return,
    };
    if parse_ip_sloppy(text).map(Family::of) != Some(family) {
        let detail = format!("must be a valid {family} address");
        errors.push(FieldError::invalid(at, text, &detail));
    }
    errors.extend(check_endpoint_ip(at, text));
}

/// `IsFullyQualifiedDomainName`.
fn fully_qualified(at: &FieldPath, text: &str, errors: &mut Vec<FieldError>) {
    if text.is_empty() {
        errors.push(FieldError::required(at, ""));
        return;
    }
    let name = text.strip_suffix('.').unwrap_or(text);
    let wrong = names::dns_1123_subdomain(name);
    if !wrong.is_empty() {
        errors.push(FieldError::invalid(at, name, &wrong.join(",")));
    } else if !name.contains('.') {
        errors.push(FieldError::invalid(
            at,
            name,
            "should be a domain with at least two segments separated by dots",
        ));
    }
}

fn hints(
    at: &FieldPath,
    hints: &[NamedHint],
    rule: fn(&str) -> Vec<String>,
    errors: &mut Vec<FieldError>,
) {
    if hints.len() > MOST_HINTS {
        errors.push(FieldError::too_many(at, hints.len(), MOST_HINTS));
        return;
    }
    let mut seen: FxHashSet<&Str> = FxHashSet::default();
    for (index, hint) in hints.iter().enumerate() {
        let at = at.clone().index(index).key("name");
        if !seen.insert(&hint.name) {
            errors.push(FieldError::duplicate(&at, hint.name.as_str()));
        }
        errors.extend(texts(&at, &hint.name, rule(&hint.name)));
    }
}

fn ports(at: &FieldPath, ports: &[EndpointPort], errors: &mut Vec<FieldError>) {
    if ports.len() > MOST_PORTS {
        errors.push(FieldError::too_many(at, ports.len(), MOST_PORTS));
        return;
    }
    let mut seen = FxHashSet::default();
    for (index, port) in ports.iter().enumerate() {
        let at = at.clone().index(index);
        let name_at = at.clone().key("name");
        let name = port.name.as_deref().unwrap_or_default();
        if !name.is_empty() {
            errors.extend(texts(&name_at, name, names::dns_1123_label(name)));
        }
        if !seen.insert(name) {
            errors.push(FieldError::duplicate(&name_at, name));
        }
        let protocol = port.protocol.as_deref().unwrap_or_default();
        if !PROTOCOLS.contains(&protocol) {
            let at = at.clone().key("protocol");
            errors.push(FieldError::not_supported(&at, protocol, &PROTOCOLS));
        }
        if let Some(name) = &port.app_protocol {
            let at = at.key("appProtocol");
            errors.extend(texts(&at, name, names::qualified_name(name)));
        }
    }
}

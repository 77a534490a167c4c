//! Endpoints. Source: `pkg/apis/core/validation/validation.go`, `ValidateEndpoints`.

use super::meta::{Scope, meta};
use super::{PROTOCOLS, path, texts};
use crate::api::core::{EndpointAddress, EndpointPort, Endpoints};
use crate::apiserver::addresses::{check_endpoint_ip, check_ip};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;

/// `ValidateEndpointsCreate`.
pub(in crate::apiserver) fn endpoints(endpoints: &Endpoints) -> Vec<FieldError> {
    let mut errors = meta(
        &endpoints.metadata,
        Scope::Namespaced,
        names::dns_1123_subdomain,
    );
    for (index, subset) in endpoints.subsets.iter().enumerate() {
        let at = path("subsets").index(index);
        if subset.addresses.is_empty() && subset.not_ready_addresses.is_empty() {
            errors.push(FieldError::required(
                &at,
                "must specify `addresses` or `notReadyAddresses`",
            ));
        }
        for (key, addresses) in [
            ("addresses", &subset.addresses),
            ("notReadyAddresses", &subset.not_ready_addresses),
        ] {
            for (nth, written) in addresses.iter().enumerate() {
                address(&at.clone().key(key).index(nth), written, &mut errors);
            }
        }
        for (nth, written) in subset.ports.iter().enumerate() {
            let at = at.clone().key("ports").index(nth);
            port(&at, written, subset.ports.len() > 1, &mut errors);
        }
    }
    errors
}

fn address(at: &FieldPath, written: &EndpointAddress, errors: &mut Vec<FieldError>) {
    let ip = at.clone().key("ip");
    errors.extend(check_ip(&ip, &written.ip));
    if !written.hostname.is_empty() {
        let at = at.clone().key("hostname");
        let wrong = names::dns_1123_label(&written.hostname);
        errors.extend(texts(&at, &written.hostname, wrong));
    }
    if let Some(node) = &written.node_name {
        let at = at.clone().key("nodeName");
        errors.extend(texts(&at, node, names::dns_1123_subdomain(node)));
    }
    errors.extend(check_endpoint_ip(&ip, &written.ip));
}

fn port(at: &FieldPath, written: &EndpointPort, needs_name: bool, errors: &mut Vec<FieldError>) {
    let name_at = at.clone().key("name");
    if !written.name.is_empty() {
        let wrong = names::dns_1123_label(&written.name);
        errors.extend(texts(&name_at, &written.name, wrong));
    } else if needs_name {
        errors.push(FieldError::required(&name_at, ""));
    }
    if let Some(wrong) = names::port_number(written.port) {
        let at = at.clone().key("port");
        errors.push(FieldError::invalid(&at, written.port, wrong));
    }
    let protocol = written.protocol.as_deref().unwrap_or_default();
    if !PROTOCOLS.contains(&protocol) {
        let at = at.clone().key("protocol");
        errors.push(FieldError::not_supported(&at, protocol, &PROTOCOLS));
    }
    if let Some(name) = &written.app_protocol {
        let at = at.clone().key("appProtocol");
        errors.extend(texts(&at, name, names::qualified_name(name)));
    }
}

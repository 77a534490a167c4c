//! Services.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateService` and below.

use rustc_hash::FxHashSet;
use serde_json::json;

use super::meta::{Scope, meta};
use super::{PROTOCOLS, labels, path, texts};
use crate::api::IntOrString;
use crate::api::core::{Service, ServicePort};
use crate::apiserver::addresses::{check_cidr, check_endpoint_ip, check_ip};
use crate::apiserver::defaults::{externally_accessible, needs_health_check, type_of};
use crate::apiserver::families::{family, policy};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;
use crate::packet::{Family, parse_ip_sloppy};

/// Bounds of `timeoutSeconds`: a day.
const MOST_AFFINITY_SECONDS: i64 = 86_400;

const TOPOLOGY_MODE: &str = "service.kubernetes.io/topology-mode";
const TOPOLOGY_AWARE_HINTS: &str = "service.kubernetes.io/topology-aware-hints";
const SOURCE_RANGES: &str = "service.beta.kubernetes.io/load-balancer-source-ranges";

const POLICIES: [&str; 2] = ["Cluster", "Local"];
const TYPES: [&str; 4] = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const DISTRIBUTIONS: [&str; 3] = ["PreferClose", "PreferSameNode", "PreferSameZone"];

/// `ValidateService`.
pub(in crate::apiserver) fn service(service: &Service) -> Vec<FieldError> {
    let mut errors = meta(&service.metadata, Scope::Namespaced, names::dns_1035_label);
    topology_annotations(service, &mut errors);
    if service.spec.ports.is_empty() && !is_headless(service) && type_of(service) != "ExternalName"
    {
        errors.push(FieldError::required(&path("spec.ports"), ""));
    }
    what_goes_with_the_type(service, &mut errors);
    ports(service, &mut errors);
    labels(&path("spec.selector"), &service.spec.selector, &mut errors);
    affinity(service, &mut errors);
    errors.extend(cluster_ip_fields(service));
    external_ips(service, &mut errors);
    type_is_known(service, &mut errors);
    node_ports(service, &mut errors);
    repeated_ports(service, &mut errors);
    source_ranges(service, &mut errors);
    load_balancer_fields(service, &mut errors);
    external_traffic_policy(service, &mut errors);
    internal_traffic_policy(service, &mut errors);
    traffic_distribution(service, &mut errors);
    errors
}

/// `clusterIP: None`, and nothing beside it.
pub(in crate::apiserver) fn is_headless(service: &Service) -> bool {
    matches!(service.spec.cluster_ips.as_slice(), [only] if only == "None")
}

fn topology_annotations(service: &Service, errors: &mut Vec<FieldError>) {
    let annotations = &service.metadata.annotations;
    if let (Some(mode), Some(hints)) = (
        annotations.get(TOPOLOGY_MODE),
        annotations.get(TOPOLOGY_AWARE_HINTS),
    ) && mode != hints
    {
        let at = path("metadata.annotations").key(TOPOLOGY_MODE);
        let detail =
            format!("must match annotations[{TOPOLOGY_AWARE_HINTS}] when both are specified");
        errors.push(
            FieldError::invalid(&at, mode.as_str(), &detail)
                .named(format!("metadata.annotations[{TOPOLOGY_MODE}]")),
        );
    }
}

fn what_goes_with_the_type(service: &Service, errors: &mut Vec<FieldError>) {
    let spec = &service.spec;
    match type_of(service) {
        type_ @ ("LoadBalancer" | "NodePort") if is_headless(service) => {
            errors.push(FieldError::invalid(
                &path("spec.clusterIPs[0]"),
                "None",
                &format!("may not be set to 'None' for {type_} services"),
            ));
        }
        "ExternalName" => {
            for (key, is_set) in [
                ("spec.clusterIPs", !spec.cluster_ips.is_empty()),
                ("spec.ipFamilies", !spec.ip_families.is_empty()),
                ("spec.ipFamilyPolicy", spec.ip_family_policy.is_some()),
            ] {
                if is_set {
                    errors.push(FieldError::forbidden(
                        &path(key),
                        "may not be set for ExternalName services",
                    ));
                }
            }
            let at = path("spec.externalName");
            let name = spec.external_name.as_deref().unwrap_or_default();
            let name = name.strip_suffix('.').unwrap_or(name);
            if name.is_empty() {
                errors.push(FieldError::required(&at, ""));
            } else {
                errors.extend(texts(&at, name, names::dns_1123_subdomain(name)));
            }
        }
        _ => {}
    }
}

fn ports(service: &Service, errors: &mut Vec<FieldError>) {
    let ports = &service.spec.ports;
    let mut seen = FxHashSet::default();
    for (index, port) in ports.iter().enumerate() {
        let at = path("spec.ports").index(index);
        let name_at = at.clone().key("name");
        let name = port.name.as_deref().unwrap_or_default();
        if name.is_empty() {
            if ports.len() > 1 {
                errors.push(FieldError::required(&name_at, ""));
            }
        } else {
            errors.extend(texts(&name_at, name, names::dns_1123_label(name)));
            if !seen.insert(name) {
                errors.push(FieldError::duplicate(&name_at, name));
            }
        }
        let number = port.port.unwrap_or(0);
        if let Some(wrong) = names::port_number(number) {
            errors.push(FieldError::invalid(&at.clone().key("port"), number, wrong));
        }
        let protocol = port.protocol.as_deref().unwrap_or_default();
        if !PROTOCOLS.contains(&protocol) {
            let at = at.clone().key("protocol");
            errors.push(FieldError::not_supported(&at, protocol, &PROTOCOLS));
        }
        target_port(port, &at.clone().key("targetPort"), errors);
        if let Some(name) = &port.app_protocol {
            let at = at.key("appProtocol");
            errors.extend(texts(&at, name, names::qualified_name(name)));
        }
    }
}

/// `ValidatePortNumOrName`.
fn target_port(port: &ServicePort, at: &FieldPath, errors: &mut Vec<FieldError>) {
    match &port.target_port {
        None => {}
        Some(IntOrString::Int(number)) => {
            if let Some(wrong) = names::port_number(*number) {
                errors.push(FieldError::invalid(at, *number, wrong));
            }
        }
        Some(IntOrString::String(name)) => {
            errors.extend(texts(at, name, names::port_name(name)));
        }
    }
}

fn affinity(service: &Service, errors: &mut Vec<FieldError>) {
    let spec = &service.spec;
    let affinity = spec.session_affinity.as_deref().unwrap_or_default();
    if !["ClientIP", "None"].contains(&affinity) {
        errors.push(FieldError::not_supported(
            &path("spec.sessionAffinity"),
            affinity,
            &["ClientIP", "None"],
        ));
    }
    let seconds = spec
        .session_affinity_config
        .as_ref()
        .and_then(|config| config.client_ip.as_ref())
        .and_then(|client_ip| client_ip.timeout_seconds);
    if affinity == "ClientIP"
        && let Some(seconds) = seconds
        && !(1..=MOST_AFFINITY_SECONDS).contains(&seconds)
    {
        errors.push(FieldError::invalid(
            &path("spec.sessionAffinityConfig.clientIP.timeoutSeconds"),
            seconds,
            &format!("must be greater than 0 and less than {MOST_AFFINITY_SECONDS}"),
        ));
    }
}

fn external_ips(service: &Service, errors: &mut Vec<FieldError>) {
    for (index, text) in service.spec.external_ips.iter().enumerate() {
        let at = path("spec.externalIPs").index(index);
        let unreadable = check_ip(&at, text);
        if unreadable.is_empty() {
            errors.extend(check_endpoint_ip(&at, text));
        } else {
            errors.extend(unreadable);
        }
    }
}

fn type_is_known(service: &Service, errors: &mut Vec<FieldError>) {
    let type_ = type_of(service);
    if !TYPES.contains(&type_) {
        errors.push(FieldError::not_supported(&path("spec.type"), type_, &TYPES));
    }
}

fn node_ports(service: &Service, errors: &mut Vec<FieldError>) {
    let mut seen = FxHashSet::default();
    let mut twice = Vec::new();
    for (index, port) in service.spec.ports.iter().enumerate() {
        let Some(number) = port.node_port.filter(|number| *number != 0) else {
            continue;
        };
        let at = path("spec.ports").index(index).key("nodePort");
        if type_of(service) == "ClusterIP" {
            errors.push(FieldError::forbidden(
                &at,
                "may not be used when `type` is 'ClusterIP'",
            ));
        }
        if !seen.insert((port.protocol.clone(), number)) {
            twice.push(FieldError::duplicate(&at, number));
        }
    }
    errors.extend(twice);
}

fn repeated_ports(service: &Service, errors: &mut Vec<FieldError>) {
    let mut seen = FxHashSet::default();
    for (index, port) in service.spec.ports.iter().enumerate() {
        let number = port.port.unwrap_or(0);
        let protocol = port.protocol.as_deref().unwrap_or_default();
        if !seen.insert((protocol, number)) {
            let value = json!({"Name": "", "Protocol": protocol, "AppProtocol": null,
                "Port": number, "TargetPort": 0, "NodePort": 0});
            let at = path("spec.ports").index(index);
            errors.push(FieldError::duplicate(&at, value));
        }
    }
}

fn source_ranges(service: &Service, errors: &mut Vec<FieldError>) {
    const ONLY: &str = "may only be used when `type` is 'LoadBalancer'";
    let is_balanced = type_of(service) == "LoadBalancer";
    let ranges = &service.spec.load_balancer_source_ranges;
    if !ranges.is_empty() {
        // The API server writes this field with a capital letter.
        let at = path("spec.loadBalancerSourceRanges");
        const FIELD: &str = "spec.LoadBalancerSourceRanges";
        if !is_balanced {
            errors.push(FieldError::forbidden(&at, ONLY).named(FIELD));
        }
        for (index, text) in ranges.iter().enumerate() {
            let at = at.clone().index(index);
            for error in check_cidr(&at, text.trim()) {
                errors.push(error.named(format!("{FIELD}[{index}]")));
            }
        }
    } else if let Some(text) = service.metadata.annotations.get(SOURCE_RANGES) {
        let at = path("metadata.annotations").key(SOURCE_RANGES);
        let field = format!("metadata.annotations[{SOURCE_RANGES}]");
        if !is_balanced {
            errors.push(FieldError::forbidden(&at, ONLY).named(field.as_str()));
        }
        for range in text.trim().split(',').filter(|_| !text.trim().is_empty()) {
            for error in check_cidr(&at, range.trim()) {
                errors.push(error.named(field.as_str()));
            }
        }
    }
}

fn load_balancer_fields(service: &Service, errors: &mut Vec<FieldError>) {
    const ONLY: &str = "may only be used when `type` is 'LoadBalancer'";
    let is_balanced = type_of(service) == "LoadBalancer";
    if service.spec.allocate_load_balancer_node_ports.is_some() && !is_balanced {
        errors.push(FieldError::forbidden(
            &path("spec.allocateLoadBalancerNodePorts"),
            ONLY,
        ));
    }
    if let Some(class) = &service.spec.load_balancer_class {
        let at = path("spec.loadBalancerClass");
        if is_balanced {
            errors.extend(texts(&at, class, names::qualified_name(class)));
        } else {
            errors.push(FieldError::forbidden(&at, ONLY));
        }
    }
}

fn external_traffic_policy(service: &Service, errors: &mut Vec<FieldError>) {
    let spec = &service.spec;
    let at = path("spec.externalTrafficPolicy");
    let policy = spec.external_traffic_policy.as_deref().unwrap_or_default();
    if !externally_accessible(service) {
        if !policy.is_empty() {
            errors.push(FieldError::invalid(
                &at,
                policy,
                "may only be set for externally-accessible services",
            ));
        }
    } else if !POLICIES.contains(&policy) {
        errors.push(FieldError::not_supported(&at, policy, &POLICIES));
    }
    let at = path("spec.healthCheckNodePort");
    let port = spec.health_check_node_port.unwrap_or(0);
    if needs_health_check(service) {
        if port == 0 {
            errors.push(FieldError::required(&at, ""));
        } else if let Some(wrong) = names::port_number(port) {
            errors.push(FieldError::invalid(&at, port, wrong));
        }
    } else if port != 0 {
        errors.push(FieldError::invalid(
            &at,
            port,
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ));
    }
}

fn internal_traffic_policy(service: &Service, errors: &mut Vec<FieldError>) {
    let at = path("spec.internalTrafficPolicy");
    if let Some(policy) = &service.spec.internal_traffic_policy
        && !POLICIES.contains(&policy.as_str())
    {
        errors.push(FieldError::not_supported(&at, policy.as_str(), &POLICIES));
    }
}

fn traffic_distribution(service: &Service, errors: &mut Vec<FieldError>) {
    let at = path("spec.trafficDistribution");
    if let Some(distribution) = &service.spec.traffic_distribution
        && !DISTRIBUTIONS.contains(&distribution.as_str())
    {
        errors.push(FieldError::not_supported(
            &at,
            distribution.as_str(),
            &DISTRIBUTIONS,
        ));
    }
}

/// `ValidateServiceClusterIPsRelatedFields`: asked before addresses are allocated, and again with the rest.
pub(in crate::apiserver) fn cluster_ip_fields(service: &Service) -> Vec<FieldError> {
    if type_of(service) == "ExternalName" {
        return Vec::new();
    }
    let mut errors = Vec::new();
    cluster_ip_agrees(service, &mut errors);
    family_names(service, &mut errors);
    if cluster_ips_are_addresses(service, &mut errors) {
        cluster_ips_are_of_their_families(service, &mut errors);
    }
    errors
}

fn cluster_ip_agrees(service: &Service, errors: &mut Vec<FieldError>) {
    let at = FieldPath::from("spec.clusterIPs");
    let spec = &service.spec;
    let singular = spec.cluster_ip.as_deref().unwrap_or_default();
    match spec.cluster_ips.first() {
        None if singular.is_empty() => {}
        None => errors.push(FieldError::required(&at, "")),
        Some(_) if singular.is_empty() => errors.push(FieldError::invalid(
            &at,
            json!(spec.cluster_ips),
            "must be empty when `clusterIP` is not specified",
        )),
        Some(first) if first != singular => errors.push(FieldError::invalid(
            &at,
            json!(spec.cluster_ips),
            "first value must match `clusterIP`",
        )),
        Some(_) => {}
    }
}

fn family_names(service: &Service, errors: &mut Vec<FieldError>) {
    let spec = &service.spec;
    for (index, name) in spec.ip_families.iter().enumerate() {
        let at = FieldPath::from("spec.ipFamilies").index(index);
        if family(name).is_none() {
            errors.push(FieldError::not_supported(
                &at,
                name.as_str(),
                &["IPv4", "IPv6"],
            ));
        }
        if spec.ip_families[..index].contains(name) {
            errors.push(FieldError::duplicate(&at, name.as_str()));
        }
    }
    let known = ["PreferDualStack", "RequireDualStack", "SingleStack"];
    if spec.ip_family_policy.is_some() && !known.contains(&policy(service)) {
        errors.push(FieldError::not_supported(
            &FieldPath::from("spec.ipFamilyPolicy"),
            policy(service),
            &known,
        ));
    }
}

/// False when addresses cannot be read: what else could be said of them would mislead.
fn cluster_ips_are_addresses(service: &Service, errors: &mut Vec<FieldError>) -> bool {
    let at = FieldPath::from("spec.clusterIPs");
    let ips = &service.spec.cluster_ips;
    let before = errors.len();
    for (index, text) in ips.iter().enumerate() {
        if index == 0 && text == "None" {
            if ips.len() > 1 {
                errors.push(FieldError::invalid(
                    &at,
                    json!(ips),
                    "'None' must be the first and only value",
                ));
            }
            continue;
        }
        errors.extend(check_ip(&at.clone().index(index), text));
    }
    let readable = errors.len() == before;
    if ips.len() > 2 {
        errors.push(FieldError::invalid(
            &at,
            json!(ips),
            "may only hold up to 2 values",
        ));
    }
    readable
}

fn cluster_ips_are_of_their_families(service: &Service, errors: &mut Vec<FieldError>) {
    let at = FieldPath::from("spec.clusterIPs");
    let spec = &service.spec;
    let families: Vec<Family> = spec
        .cluster_ips
        .iter()
        .filter_map(|text| parse_ip_sloppy(text))
        .map(Family::of)
        .collect();
    if let [first, rest @ ..] = families.as_slice()
        && !rest.is_empty()
        && rest.iter().all(|family| family == first)
    {
        errors.push(FieldError::invalid(
            &at,
            json!(spec.cluster_ips),
            "may specify no more than one IP for each IP family",
        ));
    }
    for (index, (actual, name)) in families.iter().zip(&spec.ip_families).enumerate() {
        if let Some(expected) = family(name)
            && expected != *actual
        {
            errors.push(FieldError::invalid(
                &at.clone().index(index),
                spec.cluster_ips[index].as_str(),
                &format!("expected an {expected} value as indicated by `ipFamilies[{index}]`"),
            ));
        }
    }
}

//! Services.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateService` and below.

use serde_json::json;

use crate::api::core::Service;
use crate::apiserver::addresses::check_ip;
use crate::apiserver::defaults::type_of;
use crate::apiserver::families::{family, policy};
use crate::apiserver::field_error::FieldError;
use crate::origin::FieldPath;
use crate::packet::{Family, parse_ip_sloppy};

/// `ValidateService`.
pub(in crate::apiserver) fn service(service: &Service) -> Vec<FieldError> {
    cluster_ip_fields(service)
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
        && rest.contains(first)
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

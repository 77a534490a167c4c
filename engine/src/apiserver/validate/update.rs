//! What may not change when a Service is replaced.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidateServiceUpdate` and below.

use serde_json::json;

use super::service::is_headless;
use super::{path, service};
use crate::api::core::Service;
use crate::apiserver::defaults::{needs_health_check, type_of};
use crate::apiserver::families::policy;
use crate::apiserver::field_error::FieldError;

/// `ValidateServiceUpdate`.
pub(in crate::apiserver) fn service_update(new: &Service, old: &Service) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if type_of(new) != "ExternalName" && type_of(old) != "ExternalName" {
        cluster_ips(new, old, &mut errors);
        families(new, old, &mut errors);
    }
    if type_of(new) == "LoadBalancer"
        && type_of(old) == "LoadBalancer"
        && new.spec.load_balancer_class != old.spec.load_balancer_class
    {
        let class = new.spec.load_balancer_class.as_deref();
        errors.push(FieldError::invalid(
            &path("spec.loadBalancerClass"),
            class.map_or(json!(null), |class| json!(class)),
            "may not change once set",
        ));
    }
    if needs_health_check(old)
        && needs_health_check(new)
        && new.spec.health_check_node_port != old.spec.health_check_node_port
    {
        errors.push(FieldError::forbidden(
            &path("spec.healthCheckNodePort"),
            "field is immutable",
        ));
    }
    errors.extend(service::service(new));
    errors
}

/// `validateUpgradeDowngradeClusterIPs`: the second address may come and go, the first one stays.
fn cluster_ips(new: &Service, old: &Service, errors: &mut Vec<FieldError>) {
    if is_headless(old) && is_headless(new) {
        return;
    }
    let (had, has) = (&old.spec.cluster_ips, &new.spec.cluster_ips);
    let at = |index| path("spec.clusterIPs").index(index);
    let mut changed = |index| {
        errors.push(FieldError::invalid(
            &at(index),
            json!(has),
            "may not change once set",
        ));
    };
    if had.len() == has.len() {
        for (index, (before, after)) in had.iter().zip(has).enumerate() {
            if before != after {
                changed(index);
            }
        }
        return;
    }
    if let (Some(before), Some(after)) = (had.first(), has.first())
        && before != after
    {
        changed(0);
    }
    if had.len() > has.len() {
        if has.is_empty() {
            errors.push(FieldError::invalid(
                &at(0),
                json!(has),
                "primary clusterIP can not be unset",
            ));
        } else if has.len() == 1 && policy(new) != "SingleStack" {
            errors.push(FieldError::invalid(
                &path("spec.ipFamilyPolicy"),
                policy(new),
                "must be set to 'SingleStack' when releasing the secondary clusterIP",
            ));
        }
    }
}

/// `validateUpgradeDowngradeIPFamilies`.
fn families(new: &Service, old: &Service, errors: &mut Vec<FieldError>) {
    if is_headless(new) || is_headless(old) {
        return;
    }
    let (had, has) = (&old.spec.ip_families, &new.spec.ip_families);
    let at = path("spec.ipFamilies[0]");
    let changed = "may not change once set";
    if had.len() == has.len() {
        for (before, after) in had.iter().zip(has) {
            if before != after {
                errors.push(FieldError::invalid(&at, json!(has), changed));
            }
        }
        return;
    }
    if had.len() > has.len() && new.spec.cluster_ips.is_empty() {
        let detail = "primary ipFamily can not be unset";
        errors.push(FieldError::invalid(&at, json!(has), detail));
    }
    if let (Some(before), Some(after)) = (had.first(), has.first())
        && before != after
    {
        let ips = json!(new.spec.cluster_ips);
        errors.push(FieldError::invalid(&at, ips, changed));
    }
    if had.len() > has.len() && has.len() == 1 && policy(new) != "SingleStack" {
        errors.push(FieldError::invalid(
            &path("spec.ipFamilyPolicy"),
            policy(new),
            "must be set to 'SingleStack' when releasing the secondary ipFamily",
        ));
    }
}

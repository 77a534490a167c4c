//! Nodes. Source: `pkg/apis/core/validation/validation.go`, `ValidateNode`.

use rustc_hash::FxHashSet;
use serde_json::json;

use super::meta::{Scope, meta};
use super::{path, texts};
use crate::api::core::Node;
use crate::apiserver::addresses::{check_cidr, parse_cidr_sloppy};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::packet::Family;

/// Effects of taints as the API server sorts them.
const EFFECTS: [&str; 3] = ["NoExecute", "NoSchedule", "PreferNoSchedule"];

/// `ValidateNode`.
pub(in crate::apiserver) fn node(node: &Node) -> Vec<FieldError> {
    let mut errors = meta(&node.metadata, Scope::Cluster, names::dns_1123_subdomain);
    taints(node, &mut errors);
    pod_cidrs(node, &mut errors);
    errors
}

fn taints(node: &Node, errors: &mut Vec<FieldError>) {
    let mut seen = FxHashSet::default();
    for (index, taint) in node.spec.taints.iter().enumerate() {
        let at = path("spec.taints").index(index);
        // The API server names taints by a path below the metadata.
        let named = |key: &str| format!("metadata.taints[{index}]{key}");
        let place = at.clone().key("key");
        for error in texts(&place, &taint.key, names::qualified_name(&taint.key)) {
            errors.push(error.named(named(".key")));
        }
        let wrong = names::label_value(&taint.value);
        if !wrong.is_empty() {
            let place = at.clone().key("value");
            let error = FieldError::invalid(&place, taint.value.as_str(), &wrong.join(";"));
            errors.push(error.named(named(".value")));
        }
        let place = at.clone().key("effect");
        if taint.effect.is_empty() {
            errors.push(FieldError::required(&place, "").named(named(".effect")));
        } else if !EFFECTS.contains(&taint.effect.as_str()) {
            let error = FieldError::not_supported(&place, taint.effect.as_str(), &EFFECTS);
            errors.push(error.named(named(".effect")));
        }
        if !seen.insert((&taint.key, &taint.effect)) {
            let value = json!({"Key": taint.key, "Value": taint.value, "Effect": taint.effect, "TimeAdded": null});
            let mut error = FieldError::duplicate(&at, value);
            error
                .message
                .push_str(": taints must be unique by key and effect pair");
            errors.push(error.named(named("")));
        }
    }
}

fn pod_cidrs(node: &Node, errors: &mut Vec<FieldError>) {
    let ranges = &node.spec.pod_cidrs;
    let at = path("spec.podCIDRs");
    for (index, text) in ranges.iter().enumerate() {
        errors.extend(check_cidr(&at.clone().index(index), text));
    }
    let families: Vec<Family> = ranges
        .iter()
        .filter_map(|text| Some(Family::of(parse_cidr_sloppy(text)?.addr())))
        .collect();
    let is_dual = matches!(families.as_slice(), [first, second] if first != second);
    if ranges.len() > 1 && families.len() == ranges.len() && !is_dual {
        errors.push(FieldError::invalid(
            &at,
            json!(ranges),
            "may specify no more than one CIDR for each IP family",
        ));
    }
}

//! Validation: the API server's own field errors.
//!
//! One file a kind, in the order in which the API server asks; the paths, kinds and texts of the errors are Kubernetes'.
//! Only fields that the engine reads are looked at: volumes, resources and security are not its business.

mod endpoints;
mod meta;
mod node;
mod pod;
mod service;
mod slice;
mod update;
mod workload;

pub(super) use endpoints::endpoints;
pub(super) use meta::namespace;
pub(super) use node::node;
pub(super) use pod::pod;
pub(super) use service::{cluster_ip_fields, service};
pub(super) use slice::endpoint_slice;
pub(super) use update::service_update;
pub(super) use workload::{selector_is_immutable, workload};

use crate::api::{LabelSelector, StringMap};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;

/// Protocols as the API server sorts them.
const PROTOCOLS: [&str; 3] = ["SCTP", "TCP", "UDP"];

fn path(text: &str) -> FieldPath {
    FieldPath::from(text)
}

/// One error for everything that is wrong with a text.
fn texts<'a>(
    at: &'a FieldPath,
    value: &'a str,
    wrong: Vec<String>,
) -> impl Iterator<Item = FieldError> + 'a {
    wrong
        .into_iter()
        .map(move |what| FieldError::invalid(at, value, &what))
}

/// `ValidateLabels`. The errors bear the path of the map; the place is the label's.
fn labels(at: &FieldPath, labels: &StringMap, errors: &mut Vec<FieldError>) {
    for (key, value) in labels {
        let place = at.clone().key(key.clone());
        let name = at.to_string();
        let mut found: Vec<FieldError> = texts(at, key, names::qualified_name(key)).collect();
        found.extend(texts(at, value, names::label_value(value)));
        for mut error in found {
            error.at.clone_from(&place);
            errors.push(error.named(name.as_str()));
        }
    }
}

/// `ValidateLabelSelector`.
fn label_selector(at: &FieldPath, selector: &LabelSelector, errors: &mut Vec<FieldError>) {
    labels(
        &at.clone().key("matchLabels"),
        &selector.match_labels,
        errors,
    );
    for (index, requirement) in selector.match_expressions.iter().enumerate() {
        let at = at.clone().key("matchExpressions").index(index);
        let values = at.clone().key("values");
        match requirement.operator.as_str() {
            "In" | "NotIn" if requirement.values.is_empty() => errors.push(FieldError::required(
                &values,
                "must be specified when `operator` is 'In' or 'NotIn'",
            )),
            "Exists" | "DoesNotExist" if !requirement.values.is_empty() => {
                errors.push(FieldError::forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                ));
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => errors.push(FieldError::invalid(
                &at.clone().key("operator"),
                other,
                "not a valid selector operator",
            )),
        }
        let key = at.clone().key("key");
        errors.extend(texts(
            &key,
            &requirement.key,
            names::qualified_name(&requirement.key),
        ));
        for (nth, value) in requirement.values.iter().enumerate() {
            let at = values.clone().index(nth);
            errors.extend(texts(&at, value, names::label_value(value)));
        }
    }
}

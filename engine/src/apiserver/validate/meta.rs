//! Metadata, and Namespaces, which are nothing else.
//!
//! Source: `k8s.io/apimachinery/pkg/api/validation`, `objectmeta.go`.

use super::{labels, path, texts};
use crate::api::{ObjectMeta, core};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;

/// What a kind demands of its names.
pub(super) type NameRule = fn(&str) -> Vec<String>;

/// Whether objects of a kind are in a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Namespaced,
    Cluster,
}

/// Bytes of all annotations together.
const ANNOTATIONS_SIZE: usize = 256 * 1024;

/// `ValidateNamespace`.
pub(in crate::apiserver) fn namespace(namespace: &core::Namespace) -> Vec<FieldError> {
    meta(&namespace.metadata, Scope::Cluster, names::dns_1123_label)
}

/// `ValidateObjectMeta`.
pub(super) fn meta(meta: &ObjectMeta, scope: Scope, rule: NameRule) -> Vec<FieldError> {
    let mut errors = Vec::new();
    name(meta, rule, &mut errors);
    let at = path("metadata.namespace");
    match scope {
        Scope::Namespaced if meta.namespace.is_empty() => {
            errors.push(FieldError::required(&at, ""));
        }
        Scope::Namespaced => {
            let wrong = names::dns_1123_label(&meta.namespace);
            errors.extend(texts(&at, &meta.namespace, wrong));
        }
        Scope::Cluster if !meta.namespace.is_empty() => {
            errors.push(FieldError::forbidden(&at, "not allowed on this type"));
        }
        Scope::Cluster => {}
    }
    labels(&path("metadata.labels"), &meta.labels, &mut errors);
    annotations(&path("metadata.annotations"), meta, &mut errors);
    owners(meta, &mut errors);
    errors
}

fn name(meta: &ObjectMeta, rule: NameRule, errors: &mut Vec<FieldError>) {
    if !meta.generate_name.is_empty() {
        // A prefix may end in a dash: the suffix goes there.
        let masked = match meta.generate_name.strip_suffix('-') {
            Some(base) => format!("{base}a"),
            None => meta.generate_name.to_string(),
        };
        let at = path("metadata.generateName");
        errors.extend(texts(&at, &meta.generate_name, rule(&masked)));
    }
    let at = path("metadata.name");
    if !meta.name.is_empty() {
        errors.extend(texts(&at, &meta.name, rule(&meta.name)));
    } else if meta.generate_name.is_empty() {
        errors.push(FieldError::required(
            &at,
            "name or generateName is required",
        ));
    }
}

fn annotations(at: &FieldPath, meta: &ObjectMeta, errors: &mut Vec<FieldError>) {
    let mut size = 0;
    for (key, value) in &meta.annotations {
        // Keys may be upper case here.
        let wrong = names::qualified_name(&key.to_lowercase());
        for mut error in texts(at, key, wrong) {
            error.at = at.clone().key(key.clone());
            errors.push(error);
        }
        size += key.len() + value.len();
    }
    if size > ANNOTATIONS_SIZE {
        errors.push(FieldError::too_long(at, ANNOTATIONS_SIZE));
    }
}

fn owners(meta: &ObjectMeta, errors: &mut Vec<FieldError>) {
    let mut controllers = meta
        .owner_references
        .iter()
        .filter(|owner| owner.controller == Some(true));
    if let (Some(first), Some(second)) = (controllers.next(), controllers.next()) {
        errors.push(FieldError::invalid(
            &path("metadata.ownerReferences"),
            second.name.as_str(),
            &format!(
                "Only one reference can have Controller set to true. Found \"true\" in references for {} and {}",
                first.name, second.name
            ),
        ));
    }
}

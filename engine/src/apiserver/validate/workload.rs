//! Workloads: names, selectors and templates.
//!
//! Sources: `pkg/apis/apps/validation/validation.go`, `pkg/apis/batch/validation/validation.go`,
//! `ValidateReplicationController`.

use serde_json::json;

use super::meta::{Scope, meta};
use super::{label_selector, path, pod};
use crate::api::apps::{Workload, WorkloadKind};
use crate::api::{LabelSelector, StringMap};
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;

/// `ValidateDeployment`, `ValidateReplicaSet`, `ValidateStatefulSet`, `ValidateDaemonSet`, `ValidateJobCreate`,
/// `ValidateCronJobCreate`, `ValidateReplicationController`.
pub(in crate::apiserver) fn workload(workload: &Workload) -> Vec<FieldError> {
    let mut errors = meta(
        &workload.metadata,
        Scope::Namespaced,
        names::dns_1123_subdomain,
    );
    let spec = &workload.spec;
    for (key, number) in [
        ("replicas", spec.replicas),
        ("parallelism", spec.parallelism),
        ("completions", spec.completions),
    ] {
        if let Some(number) = number.filter(|number| *number < 0) {
            let at = path("spec").key(key);
            let detail = "must be greater than or equal to 0";
            errors.push(FieldError::invalid(&at, number, detail));
        }
    }
    if let Some(job) = &spec.job_template {
        let at = path("spec.jobTemplate.spec.template");
        pod::template(&at, &job.spec.template, &mut errors);
        restart_policy(
            &at,
            workload.kind,
            &job.spec.template.spec.restart_policy,
            &mut errors,
        );
        return errors;
    }
    selector(workload, &mut errors);
    let at = path("spec.template");
    pod::template(&at, &spec.template, &mut errors);
    restart_policy(
        &at,
        workload.kind,
        &spec.template.spec.restart_policy,
        &mut errors,
    );
    errors
}

/// `ValidateImmutableField` of a selector.
pub(in crate::apiserver) fn selector_is_immutable(
    new: &Workload,
    old: &Workload,
) -> Vec<FieldError> {
    let is_fixed = matches!(
        new.kind,
        WorkloadKind::Deployment
            | WorkloadKind::ReplicaSet
            | WorkloadKind::DaemonSet
            | WorkloadKind::Job
    );
    if !is_fixed || new.spec.selector == old.spec.selector {
        return Vec::new();
    }
    vec![FieldError::invalid(
        &path("spec.selector"),
        new.spec.selector.as_ref().map_or(json!(null), as_json),
        "field is immutable",
    )]
}

fn selector(workload: &Workload, errors: &mut Vec<FieldError>) {
    let at = path("spec.selector");
    let empty = match workload.kind {
        WorkloadKind::Deployment | WorkloadKind::ReplicaSet => {
            "empty selector is invalid for deployment"
        }
        WorkloadKind::StatefulSet => "empty selector is invalid for statefulset",
        WorkloadKind::DaemonSet => "empty selector is invalid for daemonset",
        // Made by the API server, or from the template.
        WorkloadKind::ReplicationController | WorkloadKind::Job | WorkloadKind::CronJob => "",
    };
    let Some(selector) = &workload.spec.selector else {
        errors.push(FieldError::required(&at, ""));
        return;
    };
    label_selector(&at, selector, errors);
    if *selector == LabelSelector::default() {
        if !empty.is_empty() {
            errors.push(FieldError::invalid(&at, json!({}), empty));
        }
        return;
    }
    let template = &workload.spec.template.metadata.labels;
    if !matches(selector, template) {
        errors.push(FieldError::invalid(
            &path("spec.template.metadata.labels"),
            json!(template),
            "`selector` does not match template `labels`",
        ));
    }
}

fn restart_policy(
    at: &FieldPath,
    kind: WorkloadKind,
    policy: &Option<crate::Str>,
    errors: &mut Vec<FieldError>,
) {
    let at = at.clone().key("spec").key("restartPolicy");
    match (kind, policy.as_deref().unwrap_or_default()) {
        (WorkloadKind::Job | WorkloadKind::CronJob, "Always") => errors.push(FieldError::required(
            &at,
            "valid values: \"OnFailure\", \"Never\"",
        )),
        (WorkloadKind::Job | WorkloadKind::CronJob, _) | (_, "Always") => {}
        // What is no policy at all is said by the Pod's own validation.
        (_, policy @ ("Never" | "OnFailure")) => {
            errors.push(FieldError::not_supported(&at, policy, &["Always"]));
        }
        _ => {}
    }
}

/// Whether labels fit a selector. Source: `k8s.io/apimachinery/pkg/labels`, `Requirement.Matches`.
fn matches(selector: &LabelSelector, labels: &StringMap) -> bool {
    selector
        .match_labels
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
        && selector.match_expressions.iter().all(|requirement| {
            let value = labels.get(&requirement.key);
            let is_in = value.is_some_and(|value| requirement.values.contains(value));
            match requirement.operator.as_str() {
                "In" => is_in,
                "NotIn" => !is_in,
                "Exists" => value.is_some(),
                "DoesNotExist" => value.is_none(),
                // Said where the operator stands.
                _ => true,
            }
        })
}

fn as_json(selector: &LabelSelector) -> serde_json::Value {
    let mut value = json!({});
    if !selector.match_labels.is_empty() {
        value["matchLabels"] = json!(selector.match_labels);
    }
    if !selector.match_expressions.is_empty() {
        value["matchExpressions"] = json!(selector.match_expressions);
    }
    value
}

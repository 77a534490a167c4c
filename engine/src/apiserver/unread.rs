//! Defaults of fields that nothing here reads: they only show when a whole stored object is printed.
//!
//! Sources: `pkg/apis/core/v1/defaults.go`, `pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go`.

use serde_json::{Map, Value, json};

/// Fills them into a stored object.
pub(super) fn fill(object: &mut Value) {
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    let Some(spec) = object.get_mut("spec").and_then(Value::as_object_mut) else {
        return;
    };
    match kind.as_str() {
        "Pod" => pod_spec(spec),
        "Deployment" => {
            default(spec, "revisionHistoryLimit", json!(10));
            default(spec, "progressDeadlineSeconds", json!(600));
            rolling_update(
                spec,
                "strategy",
                json!({"maxUnavailable": "25%", "maxSurge": "25%"}),
            );
        }
        "StatefulSet" => {
            default(spec, "revisionHistoryLimit", json!(10));
            default(spec, "podManagementPolicy", json!("OrderedReady"));
            default(
                spec,
                "persistentVolumeClaimRetentionPolicy",
                json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
            );
            rolling_update(spec, "updateStrategy", json!({"partition": 0}));
        }
        "DaemonSet" => {
            default(spec, "revisionHistoryLimit", json!(10));
            rolling_update(
                spec,
                "updateStrategy",
                json!({"maxUnavailable": 1, "maxSurge": 0}),
            );
        }
        "Job" => job(spec),
        "CronJob" => {
            default(spec, "concurrencyPolicy", json!("Allow"));
            default(spec, "suspend", json!(false));
            default(spec, "successfulJobsHistoryLimit", json!(3));
            default(spec, "failedJobsHistoryLimit", json!(1));
            if let Some(job) = child(spec, &["jobTemplate", "spec", "template", "spec"]) {
                pod_spec(job);
            }
        }
        _ => {}
    }
    if let Some(template) = child(spec, &["template", "spec"]) {
        pod_spec(template);
    }
}

fn job(spec: &mut Map<String, Value>) {
    default(spec, "backoffLimit", json!(6));
    default(spec, "completionMode", json!("NonIndexed"));
    default(spec, "suspend", json!(false));
    default(spec, "podReplacementPolicy", json!("TerminatingOrFailed"));
}

fn pod_spec(spec: &mut Map<String, Value>) {
    default(spec, "terminationGracePeriodSeconds", json!(30));
    default(spec, "schedulerName", json!("default-scheduler"));
    default(spec, "securityContext", json!({}));
    for key in ["containers", "initContainers"] {
        let list = spec.get_mut(key).and_then(Value::as_array_mut);
        for container in list.into_iter().flatten().filter_map(Value::as_object_mut) {
            self::container(container);
        }
    }
}

fn container(container: &mut Map<String, Value>) {
    let image = container.get("image").and_then(Value::as_str);
    let policy = if is_latest(image.unwrap_or_default()) {
        "Always"
    } else {
        "IfNotPresent"
    };
    default(container, "imagePullPolicy", json!(policy));
    default(
        container,
        "terminationMessagePath",
        json!("/dev/termination-log"),
    );
    default(container, "terminationMessagePolicy", json!("File"));
    default(container, "resources", json!({}));
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = container.get_mut(key).and_then(Value::as_object_mut) else {
            continue;
        };
        default(probe, "timeoutSeconds", json!(1));
        default(probe, "periodSeconds", json!(10));
        default(probe, "successThreshold", json!(1));
        default(probe, "failureThreshold", json!(3));
        if let Some(get) = probe.get_mut("httpGet").and_then(Value::as_object_mut) {
            default(get, "path", json!("/"));
            default(get, "scheme", json!("HTTP"));
        }
    }
}

/// Whether an image has the tag `latest`, written or not. One that is pinned by digest has none.
fn is_latest(image: &str) -> bool {
    if image.contains('@') {
        return false;
    }
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once(':').is_none_or(|(_, tag)| tag == "latest")
}

fn rolling_update(spec: &mut Map<String, Value>, key: &str, settings: Value) {
    let strategy = spec.entry(key).or_insert_with(|| json!({}));
    let Some(strategy) = strategy.as_object_mut() else {
        return;
    };
    default(strategy, "type", json!("RollingUpdate"));
    if strategy["type"] != "RollingUpdate" {
        return;
    }
    let rolling = strategy.entry("rollingUpdate").or_insert_with(|| json!({}));
    if let (Some(rolling), Some(settings)) = (rolling.as_object_mut(), settings.as_object()) {
        for (key, value) in settings {
            default(rolling, key, value.clone());
        }
    }
}

fn default(fields: &mut Map<String, Value>, key: &str, value: Value) {
    fields.entry(key).or_insert(value);
}

fn child<'a>(
    fields: &'a mut Map<String, Value>,
    path: &[&str],
) -> Option<&'a mut Map<String, Value>> {
    path.iter().try_fold(fields, |fields, key| {
        fields.get_mut(*key).and_then(Value::as_object_mut)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_is_printed_whole() {
        let mut object = json!({"kind": "Deployment", "spec": {"strategy": {"rollingUpdate": {"maxSurge": 1}},
            "template": {"spec": {"containers": [{"name": "c", "image": "a.example:5000/i", "readinessProbe": {"httpGet": {"port": 80}}}]}}}});
        fill(&mut object);
        assert_eq!(
            object["spec"],
            json!({"strategy": {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}, "type": "RollingUpdate"},
                "revisionHistoryLimit": 10, "progressDeadlineSeconds": 600,
                "template": {"spec": {
                    "containers": [{"name": "c", "image": "a.example:5000/i", "imagePullPolicy": "Always",
                        "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File", "resources": {},
                        "readinessProbe": {"httpGet": {"port": 80, "path": "/", "scheme": "HTTP"}, "timeoutSeconds": 1,
                            "periodSeconds": 10, "successThreshold": 1, "failureThreshold": 3}}],
                    "terminationGracePeriodSeconds": 30, "schedulerName": "default-scheduler", "securityContext": {}}}})
        );
    }

    #[test]
    fn only_latest_is_always_pulled() {
        assert!(is_latest("nginx") && is_latest("r.example/nginx:latest"));
        assert!(!is_latest("nginx:1.27") && !is_latest("nginx@sha256:00"));
    }

    #[test]
    fn a_recreated_deployment_rolls_nothing() {
        let mut object = json!({"kind": "Deployment", "spec": {"strategy": {"type": "Recreate"}}});
        fill(&mut object);
        assert_eq!(object["spec"]["strategy"], json!({"type": "Recreate"}));
    }
}

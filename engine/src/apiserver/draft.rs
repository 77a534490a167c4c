//! An object on its way through admission, and the stored object as JSON.
//!
//! Admission changes a copy of what was written and notes every change beside it. The stored object in the API's JSON is
//! then the document with the notes applied: no second, typed copy of the whole API is needed.

use serde_json::{Map, Value};

use super::unread;
use crate::cluster::{Addition, Why};
use crate::origin::{FieldPath, Step};

/// A value as it stands now, and what was put beside what was written.
#[derive(Debug, Clone, Default)]
pub(super) struct Draft<T> {
    /// The object, changed step by step.
    pub(super) value: T,
    /// Every change so far.
    pub(super) additions: Vec<Addition>,
}

impl<T> Draft<T> {
    /// A draft of something that nobody has changed yet.
    pub(super) fn of(value: T) -> Self {
        Self {
            value,
            additions: Vec::new(),
        }
    }

    /// Notes a change; the caller makes it in [`Draft::value`].
    pub(super) fn note(&mut self, path: FieldPath, value: impl Into<Value>, why: Why) {
        self.additions.push(Addition {
            path,
            value: value.into(),
            why,
        });
    }
}

/// The object as the API server would print it: the document as written with the additions applied, in order.
///
/// What Go leaves out is left out: `null` everywhere, and the fields of `omits_zero` when they say nothing.
pub fn stored_object(written: Value, additions: &[Addition]) -> Value {
    let mut object = written;
    for addition in additions {
        put(&mut object, &addition.path.0, &addition.value);
    }
    prune(&mut object, "");
    unread::fill(&mut object);
    object
}

fn put(target: &mut Value, path: &[Step], value: &Value) {
    let Some((step, rest)) = path.split_first() else {
        *target = value.clone();
        return;
    };
    match step {
        Step::Key(key) | Step::Nth(key, _) => {
            if !target.is_object() {
                *target = Value::Object(Map::new());
            }
            let Value::Object(fields) = target else {
                return;
            };
            if rest.is_empty() && value.is_null() {
                fields.shift_remove(key.as_str());
            } else {
                put(
                    fields.entry(key.as_str()).or_insert(Value::Null),
                    rest,
                    value,
                );
            }
        }
        Step::Index(index) => {
            if !target.is_array() {
                *target = Value::Array(Vec::new());
            }
            let Value::Array(elements) = target else {
                return;
            };
            let index = *index as usize;
            // Additions go into lists as written or to their end.
            if index > elements.len() {
                return;
            }
            if index == elements.len() {
                elements.push(Value::Null);
            }
            put(&mut elements[index], rest, value);
        }
    }
}

fn prune(value: &mut Value, key: &str) {
    match value {
        // The values of these maps are data: an empty label value stays.
        Value::Object(_)
            if matches!(
                key,
                "labels" | "annotations" | "matchLabels" | "selector" | "nodeSelector" | "data"
            ) => {}
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                prune(field, name);
            }
            fields.retain(|name, field| !says_nothing(name, field));
        }
        Value::Array(elements) => {
            for element in elements {
                prune(element, "");
            }
        }
        _ => {}
    }
}

fn says_nothing(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty() && name != "value",
        Value::Array(elements) => elements.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0) && omits_zero(name),
        Value::Bool(yes) => !yes && omits_zero(name),
        Value::Object(fields) => {
            fields.is_empty()
                && matches!(
                    name,
                    "labels" | "annotations" | "selector" | "nodeSelector" | "data" | "matchLabels"
                )
        }
    }
}

/// Fields that are plain numbers or truths in Go with `omitempty`: zero and false are left out. Others are pointers,
/// which tell zero from unset.
fn omits_zero(name: &str) -> bool {
    matches!(
        name,
        "nodePort"
            | "healthCheckNodePort"
            | "hostPort"
            | "publishNotReadyAddresses"
            | "hostNetwork"
            | "hostPID"
            | "hostIPC"
            | "unschedulable"
            | "paused"
            | "stdin"
            | "stdinOnce"
            | "tty"
            | "readOnly"
            | "minReadySeconds"
            | "initialDelaySeconds"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn additions_are_applied_in_the_form_of_the_api() {
        let written = json!({"kind": "Service", "metadata": {"name": "web", "labels": {"tier": ""}},
            "spec": {"ports": [{"port": 80}], "publishNotReadyAddresses": false,
                     "allocateLoadBalancerNodePorts": false, "clusterIP": null}, "status": {"x": 1}});
        let addition = |path: &str, value| Addition {
            path: FieldPath::from(path),
            value,
            why: Why::Defaulted,
        };
        let stored = stored_object(
            written,
            &[
                addition("spec.ports[0].protocol", json!("TCP")),
                addition("spec.clusterIPs[0]", json!("10.96.0.7")),
                addition("status", Value::Null),
                addition("status", json!({"loadBalancer": {}})),
            ],
        );
        assert_eq!(
            stored,
            json!({"kind": "Service", "metadata": {"name": "web", "labels": {"tier": ""}},
                "spec": {"ports": [{"port": 80, "protocol": "TCP"}],
                         "allocateLoadBalancerNodePorts": false, "clusterIPs": ["10.96.0.7"]},
                "status": {"loadBalancer": {}}})
        );
    }
}

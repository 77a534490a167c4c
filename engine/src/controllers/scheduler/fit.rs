//! Whether a Pod may run on a node, looking at these two alone.
//!
//! Source: `pkg/scheduler/framework/plugins/{nodename,nodeaffinity,tainttoleration,nodeunschedulable}` and
//! `k8s.io/component-helpers/scheduling/corev1`.

use crate::Str;
use crate::api::StringMap;
use crate::api::core::{NodeSelector, NodeSelectorTerm, Taint, Toleration};
use crate::cluster::{Node, PodSpec, Unfit, ZONE_LABEL};
use crate::selector;

/// A node's labels with those that its kubelet and its cloud would add.
///
/// Manifests select `kubernetes.io/os: linux` all the time, and Nodes written by hand rarely carry it.
pub(super) fn labels(node: &Node) -> StringMap {
    let mut labels = node.meta.labels.clone();
    for (key, value) in [
        ("kubernetes.io/hostname", node.meta.name.as_str()),
        ("kubernetes.io/os", "linux"),
        ("kubernetes.io/arch", "amd64"),
    ] {
        labels.entry(key.into()).or_insert_with(|| value.into());
    }
    for (old, new) in [
        ("beta.kubernetes.io/os", "kubernetes.io/os"),
        ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
        ("failure-domain.beta.kubernetes.io/zone", ZONE_LABEL),
    ] {
        if let Some(value) = labels.get(new).cloned() {
            labels.entry(old.into()).or_insert(value);
        }
    }
    labels
}

/// Whether any node is as good as another for a Pod, taints and cordons aside.
pub(super) fn asks_nothing(spec: &PodSpec) -> bool {
    spec.node_name.is_none()
        && spec.node_selector.is_empty()
        && spec.affinity.is_none()
        && spec.tolerations.is_empty()
}

/// Why not, by the first filter that says no, `nodeSelector` and node affinity aside.
pub(super) fn barred(spec: &PodSpec, node: &Node) -> Option<Unfit> {
    if let Some(name) = &spec.node_name
        && *name != node.meta.name
    {
        return Some(Unfit::OtherNode);
    }
    let cordon = "node.kubernetes.io/unschedulable";
    if node.cordoned && !tolerated(&spec.tolerations, cordon, "", NO_SCHEDULE) {
        return Some(Unfit::Cordoned);
    }
    untolerated_taint(spec, node).map(|key| Unfit::Taint { key })
}

/// Why the Pod's `nodeSelector` or required node affinity does not take this node, whatever its taints.
pub(super) fn unselected(spec: &PodSpec, node: &Node, labels: &StringMap) -> Option<Unfit> {
    let missing = spec
        .node_selector
        .iter()
        .find(|(key, value)| labels.get(*key) != Some(value));
    if let Some((key, _)) = missing {
        return Some(Unfit::NodeSelector { key: key.clone() });
    }
    (!affine(spec, node, labels)).then_some(Unfit::NodeAffinity)
}

/// Whether `nodeSelector` would take this node if it had labels that are not known of it.
pub(super) fn could_be_selected(spec: &PodSpec, node: &Node, labels: &StringMap) -> bool {
    spec.node_selector
        .iter()
        .all(|(key, value)| labels.get(key).is_none_or(|known| known == value))
        && affine(spec, node, labels)
}

fn affine(spec: &PodSpec, node: &Node, labels: &StringMap) -> bool {
    spec.affinity
        .as_ref()
        .and_then(|affinity| affinity.node_affinity.as_ref())
        .and_then(|affinity| {
            affinity
                .required_during_scheduling_ignored_during_execution
                .as_ref()
        })
        .is_none_or(|required| selects(required, node, labels))
}

const NO_SCHEDULE: &str = "NoSchedule";
const NO_EXECUTE: &str = "NoExecute";

fn untolerated_taint(spec: &PodSpec, node: &Node) -> Option<Str> {
    let written = node
        .taints
        .iter()
        .filter(|taint| [NO_SCHEDULE, NO_EXECUTE].contains(&taint.effect.as_str()))
        .find(|taint| !tolerates(&spec.tolerations, taint));
    if let Some(taint) = written {
        return Some(taint.key.clone());
    }
    // The node lifecycle controller would put this taint on it.
    let not_ready = "node.kubernetes.io/not-ready";
    (!node.ready && !tolerated(&spec.tolerations, not_ready, "", NO_EXECUTE))
        .then(|| not_ready.into())
}

fn tolerates(tolerations: &[Toleration], taint: &Taint) -> bool {
    tolerated(tolerations, &taint.key, &taint.value, &taint.effect)
}

// `k8s.io/api/core/v1`, `Toleration.ToleratesTaint`.
fn tolerated(tolerations: &[Toleration], key: &str, value: &str, effect: &str) -> bool {
    tolerations.iter().any(|toleration| {
        (toleration.effect.is_empty() || toleration.effect == effect)
            && (toleration.key.is_empty() || toleration.key == key)
            && match toleration.operator.as_deref() {
                None | Some("" | "Equal") => toleration.value == value,
                Some("Exists") => true,
                Some(_) => false,
            }
    })
}

fn selects(selector: &NodeSelector, node: &Node, labels: &StringMap) -> bool {
    selector
        .node_selector_terms
        .iter()
        .any(|term| term_selects(term, node, labels))
}

fn term_selects(term: &NodeSelectorTerm, node: &Node, labels: &StringMap) -> bool {
    // A term without requirements selects nothing.
    if term.match_expressions.is_empty() && term.match_fields.is_empty() {
        return false;
    }
    let by_labels = term
        .match_expressions
        .iter()
        .all(|requirement| selector::requirement_holds(requirement, labels));
    let by_fields = term.match_fields.iter().all(|requirement| {
        let is_it = requirement.values.contains(&node.meta.name);
        requirement.key == "metadata.name"
            && match requirement.operator.as_str() {
                "In" => is_it,
                "NotIn" => !is_it,
                _ => false,
            }
    });
    by_labels && by_fields
}

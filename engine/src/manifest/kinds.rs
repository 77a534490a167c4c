//! `apiVersion` and `kind` → the typed objects: the one place where a kind is looked at.

use serde::de::DeserializeOwned;

#[cfg(any(test, target_arch = "wasm32"))]
use super::json;
use super::tree::{Content, NodeId, Tree};
use super::typed::{self, Mismatch};
use crate::Str;
use crate::api::apps::{Workload, WorkloadKind};
use crate::api::core::{ConfigMap, Endpoints, Namespace, Node, Pod, Service};
use crate::api::discovery::EndpointSlice;
use crate::api::networking::{NetworkPolicy, ServiceCidr};
use crate::api::{Configuration, LabelSelector, ObjectMeta, Objects, StringMap, Written};
use crate::origin::ObjectOrigin;

/// What `apiVersion` and `kind` say that an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Namespace,
    Node,
    Service,
    Pod,
    Endpoints,
    ConfigMap,
    EndpointSlice,
    Workload(WorkloadKind),
    ServiceCidr,
    NetworkPolicy,
    Configuration,
    /// Anything else.
    Unmodelled,
}

/// What a kind that is not modelled has to do with packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It decides where packets go, or whether.
    Decides,
    /// Kubernetes' own, and about other things.
    None,
    /// Somebody else's: only its controller knows.
    Unknown,
}

impl Part {
    pub(super) fn of(api_version: &str) -> Self {
        match group(api_version) {
            // Ingress was there once; the others are Calico's, Cilium's and Istio's.
            "networking.k8s.io"
            | "extensions"
            | "cilium.io"
            | "crd.projectcalico.org"
            | "projectcalico.org"
            | "networking.istio.io" => Self::Decides,
            // The Gateway API, and the network policies of administrators.
            group if group.ends_with(".networking.k8s.io") => Self::Decides,
            "autoscaling" | "policy" => Self::None,
            group if is_kubernetes(group) => Self::None,
            _ => Self::Unknown,
        }
    }
}

/// Whether Kubernetes serves a kind in the version that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    Served,
    /// It did once.
    Removed {
        /// Minor version of Kubernetes.
        in_: &'static str,
        instead: &'static str,
    },
    /// It never did.
    Never {
        expected: &'static str,
    },
}

struct Served {
    name: &'static str,
    kind: Kind,
    version: &'static str,
    /// Versions that are gone, and since when (the API deprecation guide).
    removed: &'static [(&'static str, &'static str)],
    /// Its name in `fields.txt`.
    type_: &'static str,
}

const fn served(
    name: &'static str,
    kind: Kind,
    version: &'static str,
    type_: &'static str,
) -> Served {
    Served {
        name,
        kind,
        version,
        removed: &[],
        type_,
    }
}

const fn workload(
    kind: WorkloadKind,
    version: &'static str,
    type_: &'static str,
    removed: &'static [(&'static str, &'static str)],
) -> Served {
    Served {
        name: kind.name(),
        kind: Kind::Workload(kind),
        version,
        removed,
        type_,
    }
}

const SERVED: &[Served] = &[
    served("Service", Kind::Service, "v1", "core.Service"),
    served("Pod", Kind::Pod, "v1", "core.Pod"),
    served("ConfigMap", Kind::ConfigMap, "v1", "core.ConfigMap"),
    served("Namespace", Kind::Namespace, "v1", "core.Namespace"),
    served("Node", Kind::Node, "v1", "core.Node"),
    served("Endpoints", Kind::Endpoints, "v1", "core.Endpoints"),
    Served {
        name: "EndpointSlice",
        kind: Kind::EndpointSlice,
        version: "discovery.k8s.io/v1",
        removed: &[("discovery.k8s.io/v1beta1", "1.25")],
        type_: "discovery.EndpointSlice",
    },
    Served {
        name: "ServiceCIDR",
        kind: Kind::ServiceCidr,
        version: "networking.k8s.io/v1",
        removed: &[],
        type_: "networking.ServiceCIDR",
    },
    Served {
        name: "NetworkPolicy",
        kind: Kind::NetworkPolicy,
        version: "networking.k8s.io/v1",
        removed: &[("extensions/v1beta1", "1.16")],
        type_: "networking.NetworkPolicy",
    },
    workload(
        WorkloadKind::Deployment,
        "apps/v1",
        "apps.Deployment",
        &[
            ("extensions/v1beta1", "1.16"),
            ("apps/v1beta1", "1.16"),
            ("apps/v1beta2", "1.16"),
        ],
    ),
    workload(
        WorkloadKind::ReplicaSet,
        "apps/v1",
        "apps.ReplicaSet",
        &[("extensions/v1beta1", "1.16"), ("apps/v1beta2", "1.16")],
    ),
    workload(
        WorkloadKind::DaemonSet,
        "apps/v1",
        "apps.DaemonSet",
        &[("extensions/v1beta1", "1.16"), ("apps/v1beta2", "1.16")],
    ),
    workload(
        WorkloadKind::StatefulSet,
        "apps/v1",
        "apps.StatefulSet",
        &[("apps/v1beta1", "1.16"), ("apps/v1beta2", "1.16")],
    ),
    workload(
        WorkloadKind::ReplicationController,
        "v1",
        "core.ReplicationController",
        &[],
    ),
    workload(WorkloadKind::Job, "batch/v1", "batch.Job", &[]),
    workload(
        WorkloadKind::CronJob,
        "batch/v1",
        "batch.CronJob",
        &[("batch/v1beta1", "1.25"), ("batch/v2alpha1", "1.21")],
    ),
];

/// Kinds of Kubernetes' oldest groups that we do not model: with these, a misspelt kind can be told from an unknown one.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "v1",
        &[
            "Binding",
            "ComponentStatus",
            // What kubectl itself is configured with.
            "Config",
            "Event",
            "LimitRange",
            "List",
            "PersistentVolume",
            "PersistentVolumeClaim",
            "PodTemplate",
            "ResourceQuota",
            "Secret",
            "ServiceAccount",
        ],
    ),
    ("apps/v1", &["ControllerRevision"]),
    ("batch/v1", &[]),
];

impl Kind {
    pub(super) fn of(api_version: &str, kind: &str) -> (Self, Version) {
        let group = group(api_version);
        if matches!(
            group,
            "kubeproxy.config.k8s.io" | "kubeadm.k8s.io" | "kind.x-k8s.io"
        ) {
            return (Self::Configuration, Version::Served);
        }
        let Some(known) = SERVED.iter().find(|known| known.name == kind) else {
            return (Self::Unmodelled, Version::Served);
        };
        if known.version == api_version {
            return (known.kind, Version::Served);
        }
        if let Some((_, in_)) = known.removed.iter().find(|(old, _)| *old == api_version) {
            let instead = known.version;
            return (known.kind, Version::Removed { in_, instead });
        }
        match api_version {
            "networking.k8s.io/v1beta1" => (known.kind, Version::Served),
            _ if is_kubernetes(group) => {
                let expected = known.version;
                (known.kind, Version::Never { expected })
            }
            // Somebody else's kind of the same name.
            _ => (Self::Unmodelled, Version::Served),
        }
    }

    /// Whether it has a part in the cluster. NetworkPolicies are read for whom they are for, and nothing obeys them.
    pub(super) fn is_modelled(self) -> bool {
        !matches!(self, Self::NetworkPolicy | Self::Unmodelled)
    }

    /// The name of its type in `fields.txt`.
    pub(super) fn type_name(self) -> Option<&'static str> {
        SERVED
            .iter()
            .find(|known| known.kind == self)
            .map(|known| known.type_)
    }
}

/// Where a kind is served, if we know it.
pub(super) fn version_of(kind: &str) -> Option<&'static str> {
    SERVED
        .iter()
        .find(|known| known.name == kind)
        .map(|known| known.version)
}

/// The kinds of a version, for versions of which we know them all.
pub(super) fn kinds_of(api_version: &str) -> Option<impl Iterator<Item = &'static str>> {
    let (_, others) = OTHERS.iter().find(|(version, _)| *version == api_version)?;
    let modelled = SERVED
        .iter()
        .filter(|known| known.version == api_version)
        .map(|known| known.name);
    let modelled: Vec<_> = modelled.collect();
    Some(modelled.into_iter().chain(others.iter().copied()))
}

fn group(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

fn is_kubernetes(group: &str) -> bool {
    matches!(group, "" | "apps" | "batch" | "extensions") || group.ends_with(".k8s.io")
}

/// Where an object stands to be read.
#[derive(Clone, Copy)]
pub(super) enum Source<'s, 't> {
    Tree(&'s Tree<'t>, NodeId),
    /// JSON text that begins with the object.
    Json(&'s str),
}

/// An object as it was read, apart from its place in [`Objects`].
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) namespace: Str,
    pub(super) name: Str,
    /// Bytes of JSON text.
    pub(super) length: usize,
}

/// Reads an object into its list.
pub(super) fn read(
    source: Source<'_, '_>,
    kind: Kind,
    api_version: &str,
    origin: ObjectOrigin,
    objects: &mut Objects,
) -> Result<Read, Mismatch> {
    match kind {
        Kind::Namespace => push(source, origin, &mut objects.namespaces),
        Kind::Node => push(source, origin, &mut objects.nodes),
        Kind::Service => push(source, origin, &mut objects.services),
        Kind::Pod => push(source, origin, &mut objects.pods),
        Kind::Endpoints => push(source, origin, &mut objects.endpoints),
        Kind::ConfigMap => push(source, origin, &mut objects.config_maps),
        Kind::EndpointSlice => push(source, origin, &mut objects.endpoint_slices),
        Kind::ServiceCidr => push(source, origin, &mut objects.service_cidrs),
        Kind::NetworkPolicy => push(source, origin, &mut objects.network_policies),
        Kind::Workload(kind) => {
            let read = push(source, origin, &mut objects.workloads)?;
            if let Some(workload) = objects.workloads.last_mut() {
                workload.value.kind = kind;
                workload.value.api_version = api_version.into();
            }
            Ok(read)
        }
        Kind::Configuration => {
            let (value, length) = typed::<serde_json::Value>(source)?;
            let text =
                |field: &serde_json::Value| field.as_str().map(Str::from).unwrap_or_default();
            let read = Read {
                namespace: text(&value["metadata"]["namespace"]),
                name: text(&value["metadata"]["name"]),
                length,
            };
            objects.configurations.push(Written {
                origin,
                value: Configuration {
                    api_version: api_version.into(),
                    kind: text(&value["kind"]),
                    value,
                },
            });
            Ok(read)
        }
        Kind::Unmodelled => {
            let (named, length) = typed::<OnlyNamed>(source)?;
            Ok(Read {
                namespace: named.metadata.namespace,
                name: named.metadata.name,
                length,
            })
        }
    }
}

/// `spec.selector` of a ReplicationController is a plain map; the workload wants a label selector.
pub(super) fn take_plain_selector(tree: &mut Tree<'_>, object: NodeId) -> Option<LabelSelector> {
    let spec = tree.get(object, "spec")?;
    let selector = tree.get(spec, "selector")?;
    let match_labels: StringMap = typed::deserialize(tree, selector).ok()?;
    tree.set(selector, Content::Masked);
    Some(LabelSelector {
        match_labels,
        match_expressions: Vec::new(),
    })
}

fn push<T: DeserializeOwned + Named>(
    source: Source<'_, '_>,
    origin: ObjectOrigin,
    list: &mut Vec<Written<T>>,
) -> Result<Read, Mismatch> {
    let (value, length) = typed::<T>(source)?;
    let metadata = value.metadata();
    let read = Read {
        namespace: metadata.namespace.clone(),
        name: metadata.name.clone(),
        length,
    };
    list.push(Written { origin, value });
    Ok(read)
}

fn typed<T: DeserializeOwned>(source: Source<'_, '_>) -> Result<(T, usize), Mismatch> {
    match source {
        Source::Tree(tree, node) => Ok((typed::deserialize(tree, node)?, 0)),
        Source::Json(text) => from_json(text),
    }
}

/// In the browser the tree's reader is the only one: a second one for every type is a tenth of the worker.
#[cfg(target_arch = "wasm32")]
use json_by_tree as from_json;

/// Without a tree, which large dumps would have to wait for.
#[cfg(not(target_arch = "wasm32"))]
fn from_json<T: DeserializeOwned>(text: &str) -> Result<(T, usize), Mismatch> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<T>();
    match values.next() {
        Some(Ok(value)) => Ok((value, values.byte_offset())),
        Some(Err(error)) => Err(Mismatch::message(error.to_string())),
        None => Err(Mismatch::message("nothing there".to_owned())),
    }
}

#[cfg(any(test, target_arch = "wasm32"))]
fn json_by_tree<T: DeserializeOwned>(text: &str) -> Result<(T, usize), Mismatch> {
    let json::Scanned { parsed, end } = json::scan(text, 0);
    match &parsed.error {
        // Which of two equal keys counts, and that there are two, is told by whoever reads the item again.
        None if parsed.duplicates.is_empty() => Ok((typed::deserialize(&parsed.tree, 0)?, end)),
        None => Err(Mismatch::message("a key is written twice".to_owned())),
        Some(error) => Err(Mismatch::message(error.reason.clone())),
    }
}

/// What is kept of an object that is not modelled: a Secret's data is never even looked at.
#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct OnlyNamed {
    metadata: OnlyName,
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
struct OnlyName {
    name: Str,
    namespace: Str,
}

trait Named {
    fn metadata(&self) -> &ObjectMeta;
}

macro_rules! named {
    ($($type:ty),*) => {$(
        impl Named for $type {
            fn metadata(&self) -> &ObjectMeta {
                &self.metadata
            }
        }
    )*};
}
named!(
    Namespace,
    Node,
    Service,
    Pod,
    Endpoints,
    ConfigMap,
    EndpointSlice,
    ServiceCidr,
    NetworkPolicy,
    Workload
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_readers_of_json_read_the_same() {
        let text = r#"{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "w\u00e9b", "labels": {"a": "b"}},
            "spec": {"ports": [{"port": 80, "targetPort": "http"}, {"port": 443, "targetPort": 8443}],
            "sessionAffinity": "ClientIP", "publishNotReadyAddresses": true}} , {"#;
        let (by_tree, length) = json_by_tree::<Service>(text).expect("well-formed");
        let (by_serde, same) = from_json::<Service>(text).expect("well-formed");
        assert_eq!(
            format!("{by_tree:?} {length}"),
            format!("{by_serde:?} {same}")
        );
        let twice = r#"{"kind": "Service", "kind": "Service"}"#;
        assert!(json_by_tree::<Service>(twice).is_err());
        assert!(json_by_tree::<Service>(r#"{"kind": "Service""#).is_err());
    }
}

//! `apiVersion` and `kind` → the typed objects: the one place where a kind is looked at.

use serde::de::DeserializeOwned;

use super::tree::{NodeId, Tree};
use super::typed::{self, Mismatch};
use crate::Str;
use crate::api::apps::{Workload, WorkloadKind};
use crate::api::{Configuration, Objects, Written};
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
    Configuration,
    /// Anything else.
    Unmodelled,
}

impl Kind {
    pub(super) fn of(api_version: &str, kind: &str) -> Self {
        let group = api_version.rsplit_once('/').map_or("", |(group, _)| group);
        match (group, kind) {
            ("", "Namespace") => Self::Namespace,
            ("", "Node") => Self::Node,
            ("", "Service") => Self::Service,
            ("", "Pod") => Self::Pod,
            ("", "Endpoints") => Self::Endpoints,
            ("", "ConfigMap") => Self::ConfigMap,
            ("", "ReplicationController") => Self::Workload(WorkloadKind::ReplicationController),
            ("discovery.k8s.io", "EndpointSlice") => Self::EndpointSlice,
            ("networking.k8s.io", "ServiceCIDR") => Self::ServiceCidr,
            ("apps" | "extensions", "Deployment") => Self::Workload(WorkloadKind::Deployment),
            ("apps" | "extensions", "ReplicaSet") => Self::Workload(WorkloadKind::ReplicaSet),
            ("apps" | "extensions", "DaemonSet") => Self::Workload(WorkloadKind::DaemonSet),
            ("apps", "StatefulSet") => Self::Workload(WorkloadKind::StatefulSet),
            ("batch", "Job") => Self::Workload(WorkloadKind::Job),
            ("batch", "CronJob") => Self::Workload(WorkloadKind::CronJob),
            (
                "kubeproxy.config.k8s.io"
                | "kubelet.config.k8s.io"
                | "kubeadm.k8s.io"
                | "kind.x-k8s.io",
                _,
            ) => Self::Configuration,
            _ => Self::Unmodelled,
        }
    }
}

/// Reads an object into its list.
pub(super) fn read(
    tree: &Tree<'_>,
    node: NodeId,
    kind: Kind,
    origin: ObjectOrigin,
    objects: &mut Objects,
) -> Result<(), Mismatch> {
    match kind {
        Kind::Namespace => push(tree, node, origin, &mut objects.namespaces),
        Kind::Node => push(tree, node, origin, &mut objects.nodes),
        Kind::Service => push(tree, node, origin, &mut objects.services),
        Kind::Pod => push(tree, node, origin, &mut objects.pods),
        Kind::Endpoints => push(tree, node, origin, &mut objects.endpoints),
        Kind::ConfigMap => push(tree, node, origin, &mut objects.config_maps),
        Kind::EndpointSlice => push(tree, node, origin, &mut objects.endpoint_slices),
        Kind::ServiceCidr => push(tree, node, origin, &mut objects.service_cidrs),
        Kind::Workload(kind) => {
            let mut workload: Workload = typed::deserialize(tree, node)?;
            workload.kind = kind;
            workload.api_version = tree.text(node, "apiVersion").unwrap_or_default().into();
            objects.workloads.push(Written {
                origin,
                value: workload,
            });
            Ok(())
        }
        Kind::Configuration => {
            let text = |name| tree.text(node, name).map(Str::from).unwrap_or_default();
            objects.configurations.push(Written {
                origin,
                value: Configuration {
                    api_version: text("apiVersion"),
                    kind: text("kind"),
                    value: typed::deserialize(tree, node)?,
                },
            });
            Ok(())
        }
        Kind::Unmodelled => Ok(()),
    }
}

fn push<T: DeserializeOwned>(
    tree: &Tree<'_>,
    node: NodeId,
    origin: ObjectOrigin,
    list: &mut Vec<Written<T>>,
) -> Result<(), Mismatch> {
    list.push(Written {
        origin,
        value: typed::deserialize(tree, node)?,
    });
    Ok(())
}

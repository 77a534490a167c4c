//! What a pasted cluster needs and nobody wrote: namespaces, nodes, the cluster's DNS. All of it marked as assumed.

mod dns;
mod nodes;

pub(super) use dns::{dns, dns_address, is_dns};
pub(super) use nodes::{NamedNode, nodes};

use rustc_hash::FxHashSet;
use serde_json::json;

use super::defaults::NAMESPACE_NAME_LABEL;
use crate::Str;
use crate::api::StringMap;
use crate::cluster::{Addition, Cluster, Meta, Namespace, Why};
use crate::origin::FieldPath;

/// Namespaces that objects are in but nobody wrote.
pub(super) fn namespaces(cluster: &mut Cluster) {
    let mut known: FxHashSet<Str> = cluster
        .namespaces
        .values()
        .map(|namespace| namespace.meta.name.clone())
        .collect();
    let metas = cluster
        .services
        .values()
        .map(|service| &service.meta)
        .chain(cluster.workloads.values().map(|workload| &workload.meta))
        .chain(cluster.pods.values().map(|pod| &pod.meta))
        .chain(cluster.endpoints.values().map(|endpoints| &endpoints.meta))
        .chain(cluster.slices.values().map(|slice| &slice.meta));
    let mut missing = Vec::new();
    for meta in metas {
        if !meta.namespace.is_empty() && known.insert(meta.namespace.clone()) {
            missing.push(meta.namespace.clone());
        }
    }
    for name in missing {
        cluster.namespaces.push(Namespace {
            meta: Meta {
                labels: StringMap::from([(NAMESPACE_NAME_LABEL.into(), name.clone())]),
                additions: vec![assumed(
                    "",
                    json!({"kind": "Namespace", "metadata": {"name": name.as_str()}}),
                )],
                name,
                ..Meta::default()
            },
        });
    }
}

/// A value that nobody gave.
pub(super) fn assumed(path: &str, value: serde_json::Value) -> Addition {
    Addition {
        path: FieldPath::from(path),
        value,
        why: Why::Assumed,
    }
}

//! kind's `Cluster`. Source: kind.sigs.k8s.io, `pkg/apis/config/v1alpha4`, types and defaults.

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::{Document, Settings, embedded, kubeadm, proxy};
use crate::Str;
use crate::api::StringMap;
use crate::finding::Findings;
use crate::packet::Family;

/// A node of a kind cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::apiserver) struct KindNode {
    /// `kind-control-plane`, `kind-worker`, `kind-worker2`.
    pub(in crate::apiserver) name: Str,
    /// Whether it is a control-plane node that takes no ordinary Pods.
    pub(in crate::apiserver) tainted: bool,
    /// `labels`.
    pub(in crate::apiserver) labels: StringMap,
}

/// Above this a file is a mistake; kind itself gives up long before.
const MOST_NODES: usize = 1000;

pub(super) fn read(settings: &mut Settings, document: &Document, findings: &mut Findings) {
    let is_kind = document.value["apiVersion"]
        .as_str()
        .is_some_and(|version| version.starts_with("kind.x-k8s.io/"));
    if document.kind != "Cluster" || !is_kind {
        return;
    }
    let at = |path| document.at(path);
    let family = document.text("networking.ipFamily").unwrap_or("ipv4");
    let families: &[Family] = match family {
        "ipv4" => &[Family::V4],
        "ipv6" => &[Family::V6],
        "dual" => &[Family::V4, Family::V6],
        other => {
            let expected = "ipv4, ipv6 or dual";
            document.refuse("networking.ipFamily", other, expected, findings);
            &[Family::V4]
        }
    };
    let default = |v4: IpNet, v6: IpNet| {
        families
            .iter()
            .map(|family| match family {
                Family::V4 => v4,
                Family::V6 => v6,
            })
            .collect()
    };
    let pods = document
        .ranges("networking.podSubnet", findings)
        .unwrap_or_else(|| {
            default(
                range([10, 244, 0, 0].into(), 16),
                range([0xfd00, 0x10, 0x244, 0, 0, 0, 0, 0].into(), 56),
            )
        });
    let services = document
        .ranges("networking.serviceSubnet", findings)
        .unwrap_or_else(|| {
            default(
                range([10, 96, 0, 0].into(), 16),
                range([0xfd00, 0x10, 0x96, 0, 0, 0, 0, 0].into(), 112),
            )
        });
    settings.say_pod_ranges(pods, at("networking.podSubnet"), findings);
    settings.say_service_ranges(services, at("networking.serviceSubnet"), findings);
    if let Some(mode) = document.text("networking.kubeProxyMode") {
        proxy::mode(
            settings,
            document,
            "networking.kubeProxyMode",
            mode,
            findings,
        );
    }
    for key in ["kubeadmConfigPatches", "kubeadmConfigPatchesJSON6902"] {
        let patches = document.get(key).and_then(Value::as_array);
        for patch in patches.into_iter().flatten().filter_map(Value::as_str) {
            if let Some(patch) = embedded(patch, at(key), findings) {
                kubeadm::read(settings, &patch, findings);
                proxy::read(settings, &patch, findings);
            }
        }
    }
    settings.kind_nodes = nodes(document);
}

fn range(address: IpAddr, length: u8) -> IpNet {
    IpNet::new_assert(address, length)
}

fn nodes(document: &Document) -> Vec<KindNode> {
    let cluster = document.text("name").unwrap_or("kind");
    let written = document.get("nodes").and_then(Value::as_array);
    let (mut planes, mut workers) = (0, 0);
    let mut nodes: Vec<KindNode> = written
        .into_iter()
        .flatten()
        .take(MOST_NODES)
        .map(|node| {
            let role = node["role"].as_str().unwrap_or("control-plane");
            let count = if role == "worker" {
                workers += 1;
                workers
            } else {
                planes += 1;
                planes
            };
            let number = if count == 1 {
                String::new()
            } else {
                count.to_string()
            };
            KindNode {
                name: format!("{cluster}-{role}{number}").into(),
                tainted: role != "worker",
                labels: serde_json::from_value(node["labels"].clone()).unwrap_or_default(),
            }
        })
        .collect();
    if nodes.is_empty() {
        nodes.push(KindNode {
            name: format!("{cluster}-control-plane").into(),
            tainted: true,
            labels: StringMap::new(),
        });
    }
    // A cluster without workers runs its Pods on the control plane.
    if workers == 0 {
        for node in &mut nodes {
            node.tainted = false;
        }
    }
    nodes
}

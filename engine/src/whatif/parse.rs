//! Changes as text: `pod/shop/web-0=not-ready`, `node/n1=drained`, `deployment/shop/web=5`, `service/shop/web=NodePort`,
//! `service/shop/web=externalTrafficPolicy:Local`, `cluster/mode=nftables`, `cluster/entry-node=n1` (nothing behind the `=`:
//! any node).

use std::fmt;
use std::str::FromStr;

use super::{Change, MOST_REPLICAS, NodeFate, PodFate, ServiceKind};
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::cluster::{Egress, LoadBalancerProvider, ProxyMode, TrafficPolicy};

/// Why a text is no change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChangeError {
    /// No `=`, or an object that is written differently.
    Shape {
        /// How it is written.
        wanted: &'static str,
    },
    /// A value that this object cannot take.
    Value {
        /// What it can.
        wanted: &'static str,
    },
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shape { wanted } => write!(f, "a change is written {wanted}"),
            Self::Value { wanted } => write!(f, "the value can be {wanted}"),
        }
    }
}

impl std::error::Error for ChangeError {}

const POD_FATES: [(&str, PodFate); 3] = [
    ("not-ready", PodFate::NotReady),
    ("terminating", PodFate::Terminating),
    ("gone", PodFate::Gone),
];

const NODE_FATES: [(&str, NodeFate); 5] = [
    ("not-ready", NodeFate::NotReady),
    ("cut-off", NodeFate::CutOff),
    ("cordoned", NodeFate::Cordoned),
    ("drained", NodeFate::Drained),
    ("gone", NodeFate::Gone),
];

const SCALABLE: [(&str, WorkloadKind); 4] = [
    ("deployment", WorkloadKind::Deployment),
    ("statefulset", WorkloadKind::StatefulSet),
    ("replicaset", WorkloadKind::ReplicaSet),
    ("replicationcontroller", WorkloadKind::ReplicationController),
];

const SERVICE_KINDS: [(&str, ServiceKind); 5] = [
    ("ClusterIP", ServiceKind::ClusterIp),
    ("headless", ServiceKind::Headless),
    ("NodePort", ServiceKind::NodePort),
    ("LoadBalancer", ServiceKind::LoadBalancer),
    ("ExternalName", ServiceKind::ExternalName),
];

const POLICIES: [(&str, TrafficPolicy); 2] = [
    ("externalTrafficPolicy:Cluster", TrafficPolicy::Cluster),
    ("externalTrafficPolicy:Local", TrafficPolicy::Local),
];

const MODES: [(&str, ProxyMode); 3] = [
    ("iptables", ProxyMode::Iptables),
    ("nftables", ProxyMode::Nftables),
    ("ipvs", ProxyMode::Ipvs),
];

const EGRESS: [(&str, Egress); 2] = [
    ("masquerade", Egress::Masquerade),
    ("routed", Egress::Routed),
];

const PROVIDERS: [(&str, LoadBalancerProvider); 3] = [
    ("cloud", LoadBalancerProvider::Cloud),
    ("cloudProxy", LoadBalancerProvider::CloudProxy),
    ("none", LoadBalancerProvider::None),
];

const WRITTEN: &str = "OBJECT=VALUE, where OBJECT is pod/NAMESPACE/NAME, node/NAME, deployment/NAMESPACE/NAME, \
statefulset/NAMESPACE/NAME, service/NAMESPACE/NAME, cluster/mode, cluster/egress, cluster/load-balancer or \
cluster/entry-node";

impl FromStr for Change {
    type Err = ChangeError;

    fn from_str(text: &str) -> Result<Self, ChangeError> {
        let shape = ChangeError::Shape { wanted: WRITTEN };
        let (object, value) = text.split_once('=').ok_or(shape.clone())?;
        let parts: Vec<&str> = object.split('/').collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(shape);
        }
        match *parts.as_slice() {
            ["pod", namespace, name] => Ok(Self::Pod {
                namespace: namespace.into(),
                name: name.into(),
                becomes: named(&POD_FATES, value, "not-ready, terminating or gone")?,
            }),
            ["node", name] => Ok(Self::Node {
                name: name.into(),
                becomes: named(
                    &NODE_FATES,
                    value,
                    "not-ready, cut-off, cordoned, drained or gone",
                )?,
            }),
            ["service", namespace, name] if value.contains(':') => {
                Ok(Self::ExternalTrafficPolicy {
                    namespace: namespace.into(),
                    name: name.into(),
                    policy: named(
                        &POLICIES,
                        value,
                        "externalTrafficPolicy:Cluster or externalTrafficPolicy:Local",
                    )?,
                })
            }
            ["service", namespace, name] => Ok(Self::ServiceType {
                namespace: namespace.into(),
                name: name.into(),
                becomes: named(
                    &SERVICE_KINDS,
                    value,
                    "ClusterIP, headless, NodePort, LoadBalancer or ExternalName",
                )?,
            }),
            ["cluster", "mode"] => Ok(Self::ProxyMode(named(
                &MODES,
                value,
                "iptables, nftables or ipvs",
            )?)),
            ["cluster", "egress"] => {
                Ok(Self::Egress(named(&EGRESS, value, "masquerade or routed")?))
            }
            ["cluster", "load-balancer"] => Ok(Self::LoadBalancer(named(
                &PROVIDERS,
                value,
                "cloud, cloudProxy or none",
            )?)),
            ["cluster", "entry-node"] => Ok(Self::EntryNode(
                Some(value).filter(|name| !name.is_empty()).map(Str::from),
            )),
            [kind, namespace, name] => {
                let (_, kind) = SCALABLE
                    .into_iter()
                    .find(|(word, _)| *word == kind)
                    .ok_or(shape)?;
                let replicas = value.parse().ok().filter(|count| *count <= MOST_REPLICAS);
                Ok(Self::Scale {
                    kind,
                    namespace: namespace.into(),
                    name: name.into(),
                    replicas: replicas.ok_or(ChangeError::Value {
                        wanted: "a number of replicas, 0 to 5000",
                    })?,
                })
            }
            _ => Err(shape),
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod {
                namespace,
                name,
                becomes,
            } => write!(f, "pod/{namespace}/{name}={}", word(&POD_FATES, becomes)),
            Self::Node { name, becomes } => {
                write!(f, "node/{name}={}", word(&NODE_FATES, becomes))
            }
            Self::Scale {
                kind,
                namespace,
                name,
                replicas,
            } => write!(f, "{}/{namespace}/{name}={replicas}", word(&SCALABLE, kind)),
            Self::ServiceType {
                namespace,
                name,
                becomes,
            } => write!(
                f,
                "service/{namespace}/{name}={}",
                word(&SERVICE_KINDS, becomes)
            ),
            Self::ExternalTrafficPolicy {
                namespace,
                name,
                policy,
            } => write!(f, "service/{namespace}/{name}={}", word(&POLICIES, policy)),
            Self::ProxyMode(mode) => write!(f, "cluster/mode={}", word(&MODES, mode)),
            Self::Egress(egress) => write!(f, "cluster/egress={}", word(&EGRESS, egress)),
            Self::LoadBalancer(provider) => {
                write!(f, "cluster/load-balancer={}", word(&PROVIDERS, provider))
            }
            Self::EntryNode(node) => {
                write!(
                    f,
                    "cluster/entry-node={}",
                    node.as_deref().unwrap_or_default()
                )
            }
        }
    }
}

impl TryFrom<String> for Change {
    type Error = ChangeError;

    fn try_from(text: String) -> Result<Self, ChangeError> {
        text.parse()
    }
}

impl From<Change> for String {
    fn from(change: Change) -> Self {
        change.to_string()
    }
}

impl fmt::Display for ServiceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(word(&SERVICE_KINDS, self))
    }
}

fn named<T: Copy>(
    words: &[(&str, T)],
    value: &str,
    wanted: &'static str,
) -> Result<T, ChangeError> {
    words
        .iter()
        .find(|(word, _)| *word == value)
        .map(|(_, value)| *value)
        .ok_or(ChangeError::Value { wanted })
}

// A kind that cannot be scaled has no word; nothing but a hand-made value holds one.
pub(super) fn word<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words
        .iter()
        .find(|(_, known)| known == value)
        .map_or("?", |(word, _)| word)
}

/// The word that kubectl has for a kind that can be scaled.
pub(super) fn scalable(kind: WorkloadKind) -> &'static str {
    word(&SCALABLE, &kind)
}

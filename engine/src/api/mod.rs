//! Kubernetes objects *as written*: what the manifest says, nothing filled in.
//!
//! Only fields that the engine reads are here; the reader reports others that the API does not know.
//! Numbers are `i64` so that a value out of range is a finding and not a parse error; a field is an
//! `Option` when the API server tells unset from zero. `null` is unset, everywhere: the reader drops it before
//! these types see it. No spans: see [`crate::origin`].

pub mod apps;
pub mod core;
pub mod discovery;
pub mod networking;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, Deserializer, Unexpected, Visitor};
use serde::{Deserialize, Serialize};

use crate::Str;
use crate::order::Order;
use crate::origin::ObjectOrigin;

/// Labels, selectors and annotations.
pub type StringMap = BTreeMap<Str, Str>;

/// An object with the place where it was written.
#[derive(Debug, Clone)]
pub struct Written<T> {
    /// Where.
    pub origin: ObjectOrigin,
    /// What.
    pub value: T,
}

/// `ObjectMeta`, as far as it matters here.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectMeta {
    /// Empty when `generateName` is to give one.
    pub name: Str,
    /// Prefix of a name that the API server makes.
    pub generate_name: Str,
    /// Empty means `default` for namespaced kinds.
    pub namespace: Str,
    /// Labels.
    pub labels: StringMap,
    /// Annotations.
    pub annotations: StringMap,
    /// Who made and keeps this object.
    pub owner_references: Vec<OwnerReference>,
    /// RFC 3339; set means that the object is terminating.
    pub deletion_timestamp: Option<Str>,
    /// RFC 3339; only in live dumps.
    pub creation_timestamp: Option<Str>,
    /// Only in live dumps.
    pub uid: Str,
}

/// `OwnerReference`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OwnerReference {
    /// Group and version of the owner.
    pub api_version: Str,
    /// Kind of the owner.
    pub kind: Str,
    /// Name of the owner, in the same namespace or cluster-scoped.
    pub name: Str,
    /// Its uid.
    pub uid: Str,
    /// Whether this owner manages the object.
    pub controller: Option<bool>,
}

/// `IntOrString`: a port by number or by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum IntOrString {
    /// A number.
    Int(i64),
    /// A name (or a number in quotes, which is a name all the same).
    String(Str),
}

impl<'de> Deserialize<'de> for IntOrString {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl Visitor<'_> for Either {
            type Value = IntOrString;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number or a text")
            }

            fn visit_i64<E>(self, value: i64) -> Result<IntOrString, E> {
                Ok(IntOrString::Int(value))
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<IntOrString, E> {
                i64::try_from(value)
                    .map(IntOrString::Int)
                    .map_err(|_| E::invalid_value(Unexpected::Unsigned(value), &self))
            }

            fn visit_str<E>(self, value: &str) -> Result<IntOrString, E> {
                Ok(IntOrString::String(value.into()))
            }
        }
        deserializer.deserialize_any(Either)
    }
}

/// A quantity, which may be written as a number with a fraction: `cpu: 0.5`.
pub(crate) fn quantity<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<IntOrString>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Quantity {
        Plain(IntOrString),
        Fraction(f64),
    }
    Ok(Some(match Quantity::deserialize(deserializer)? {
        Quantity::Plain(value) => value,
        Quantity::Fraction(value) => IntOrString::String(value.to_string().into()),
    }))
}

impl fmt::Display for IntOrString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(number) => write!(f, "{number}"),
            Self::String(name) => f.write_str(name),
        }
    }
}

/// `LabelSelector` of workloads and policies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelector {
    /// All must be equal.
    pub match_labels: StringMap,
    /// All must hold.
    pub match_expressions: Vec<LabelSelectorRequirement>,
}

/// One expression of a [`LabelSelector`], and of node and Pod affinity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelSelectorRequirement {
    /// Label.
    pub key: Str,
    /// `In`, `NotIn`, `Exists`, `DoesNotExist`; node affinity also `Gt` and `Lt`.
    pub operator: Str,
    /// Values of `In`, `NotIn`, `Gt`, `Lt`.
    pub values: Vec<Str>,
}

/// Everything of a kind that the engine models, in reading order within its kind.
#[derive(Debug, Clone, Default)]
pub struct Objects {
    /// `v1 Namespace`.
    pub namespaces: Vec<Written<core::Namespace>>,
    /// `v1 Node`.
    pub nodes: Vec<Written<core::Node>>,
    /// `v1 Service`.
    pub services: Vec<Written<core::Service>>,
    /// `v1 Pod`.
    pub pods: Vec<Written<core::Pod>>,
    /// `v1 Endpoints`.
    pub endpoints: Vec<Written<core::Endpoints>>,
    /// `v1 ConfigMap`: kube-proxy's, kubeadm's and CoreDNS's configuration travel in them.
    pub config_maps: Vec<Written<core::ConfigMap>>,
    /// `discovery.k8s.io/v1 EndpointSlice`.
    pub endpoint_slices: Vec<Written<discovery::EndpointSlice>>,
    /// Deployment, ReplicaSet, StatefulSet, DaemonSet, Job, CronJob, ReplicationController.
    pub workloads: Vec<Written<apps::Workload>>,
    /// `networking.k8s.io/v1 ServiceCIDR`.
    pub service_cidrs: Vec<Written<networking::ServiceCidr>>,
    /// `networking.k8s.io/v1 NetworkPolicy`.
    pub network_policies: Vec<Written<networking::NetworkPolicy>>,
    /// Configuration files: KubeProxyConfiguration, ClusterConfiguration, kind's Cluster.
    pub configurations: Vec<Written<Configuration>>,
}

impl Objects {
    /// Puts those of `other` behind these, kind by kind.
    pub fn append(&mut self, mut other: Self) {
        self.namespaces.append(&mut other.namespaces);
        self.nodes.append(&mut other.nodes);
        self.services.append(&mut other.services);
        self.pods.append(&mut other.pods);
        self.endpoints.append(&mut other.endpoints);
        self.config_maps.append(&mut other.config_maps);
        self.endpoint_slices.append(&mut other.endpoint_slices);
        self.workloads.append(&mut other.workloads);
        self.service_cidrs.append(&mut other.service_cidrs);
        self.network_policies.append(&mut other.network_policies);
        self.configurations.append(&mut other.configurations);
    }

    /// Puts each kind into reading order.
    pub fn sort(&mut self) {
        self.namespaces.order_by_key(|written| written.origin);
        self.nodes.order_by_key(|written| written.origin);
        self.services.order_by_key(|written| written.origin);
        self.pods.order_by_key(|written| written.origin);
        self.endpoints.order_by_key(|written| written.origin);
        self.config_maps.order_by_key(|written| written.origin);
        self.endpoint_slices.order_by_key(|written| written.origin);
        self.workloads.order_by_key(|written| written.origin);
        self.service_cidrs.order_by_key(|written| written.origin);
        self.network_policies.order_by_key(|written| written.origin);
        self.configurations.order_by_key(|written| written.origin);
    }
}

/// A configuration file of a component, kept as values: few fields of many matter.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// `kubeproxy.config.k8s.io/v1alpha1`.
    pub api_version: Str,
    /// `KubeProxyConfiguration`, `ClusterConfiguration`, `Cluster`.
    pub kind: Str,
    /// The whole document.
    pub value: serde_json::Value,
}

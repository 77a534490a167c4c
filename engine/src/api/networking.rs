//! Group `networking.k8s.io`: ServiceCIDR; of NetworkPolicy, whom it is for.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{LabelSelector, ObjectMeta};
use crate::Str;

/// `ServiceCIDR`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceCidr {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: ServiceCidrSpec,
}

/// `ServiceCIDRSpec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceCidrSpec {
    /// One a family.
    pub cidrs: Vec<Str>,
}

/// `NetworkPolicy`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicy {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: NetworkPolicySpec,
}

/// `NetworkPolicySpec`. What its rules allow is not read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicySpec {
    /// The Pods of its namespace that it is for; empty: all of them.
    pub pod_selector: LabelSelector,
    /// `Ingress`, `Egress`.
    pub policy_types: Vec<Str>,
    /// Rules for what leaves the Pods.
    pub egress: Vec<IgnoredAny>,
}

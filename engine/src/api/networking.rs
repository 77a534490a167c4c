//! Group `networking.k8s.io`: ServiceCIDR.

use serde::Deserialize;

use super::ObjectMeta;
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

//! Group `discovery.k8s.io`: EndpointSlice.

use serde::Deserialize;

use super::{ObjectMeta, core::ObjectReference};
use crate::Str;

/// `EndpointSlice`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSlice {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// `IPv4`, `IPv6`, `FQDN`.
    pub address_type: Option<Str>,
    /// Endpoints.
    pub endpoints: Vec<Endpoint>,
    /// Ports of all of them.
    pub ports: Vec<EndpointPort>,
}

/// `Endpoint`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct Endpoint {
    pub addresses: Vec<Str>,
    pub conditions: EndpointConditions,
    pub hostname: Option<Str>,
    pub target_ref: Option<ObjectReference>,
    pub node_name: Option<Str>,
    pub zone: Option<Str>,
    pub hints: Option<EndpointHints>,
}

/// `EndpointConditions`: unset is not false.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointConditions {
    /// May get new connections.
    pub ready: Option<bool>,
    /// Would be ready were it not terminating.
    pub serving: Option<bool>,
    /// Being deleted.
    pub terminating: Option<bool>,
}

/// `EndpointHints`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointHints {
    /// Zones that should use it.
    pub for_zones: Vec<NamedHint>,
    /// Nodes that should use it.
    pub for_nodes: Vec<NamedHint>,
}

/// `ForZone`, `ForNode`.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct NamedHint {
    /// Zone or node.
    pub name: Str,
}

/// `EndpointPort` of this group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointPort {
    /// Equal to the Service port's name; unset is not empty.
    pub name: Option<Str>,
    /// `TCP` unless said.
    pub protocol: Option<Str>,
    /// Unset: all ports.
    pub port: Option<i64>,
    /// Hint about the application.
    pub app_protocol: Option<Str>,
}

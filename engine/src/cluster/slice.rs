//! EndpointSlices and the older Endpoints.

use super::{Meta, PodId};
use crate::Str;
use crate::api::core::{EndpointSubset, ObjectReference};
use crate::api::discovery::EndpointConditions;
use crate::packet::Protocol;

/// Which Service a slice is of.
pub const SERVICE_NAME_LABEL: &str = "kubernetes.io/service-name";
/// The EndpointSlice controller's mark of headless Services' slices.
pub const HEADLESS_LABEL: &str = "service.kubernetes.io/headless";

/// An EndpointSlice as stored.
#[derive(Debug, Clone)]
pub struct EndpointSlice {
    /// Metadata.
    pub meta: Meta,
    /// Who made it.
    pub source: SliceSource,
    /// The label `kubernetes.io/service-name`.
    pub service: Option<Str>,
    /// What its addresses are.
    pub address_type: AddressType,
    /// Ports of all its endpoints.
    pub ports: Vec<EndpointPort>,
    /// Endpoints.
    pub endpoints: Vec<Endpoint>,
}

/// Who made an EndpointSlice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SliceSource {
    /// It stands in the manifests.
    Written,
    /// The EndpointSlice controller would write it.
    Controller,
    /// The mirroring controller would write it, from an Endpoints object.
    Mirrored,
}

/// `addressType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressType {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
    /// Names: nothing consumes them.
    Fqdn,
}

impl AddressType {
    /// As the API writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::Fqdn => "FQDN",
        }
    }
}

/// A port of a slice.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EndpointPort {
    /// Equal to the Service port's name. Unset is not empty: kube-proxy skips a port without a name.
    pub name: Option<Str>,
    /// Number.
    pub port: Option<u16>,
    /// Protocol.
    pub protocol: Protocol,
    /// Hint about the application.
    pub app_protocol: Option<Str>,
}

/// An endpoint of a slice.
#[derive(Debug, Clone, Default)]
pub struct Endpoint {
    /// Addresses as text: kube-proxy hashes the text. Consumers use the first.
    pub addresses: Vec<Str>,
    /// Conditions; unset is not false.
    pub conditions: EndpointConditions,
    /// Host name in DNS.
    pub hostname: Option<Str>,
    /// Node of the endpoint.
    pub node_name: Option<Str>,
    /// Zone of the endpoint.
    pub zone: Option<Str>,
    /// Zones that should use it.
    pub hint_zones: Vec<Str>,
    /// Nodes that should use it.
    pub hint_nodes: Vec<Str>,
    /// The object behind it.
    pub target: Option<ObjectReference>,
    /// The Pod behind it, if it is in the cluster.
    pub pod: Option<PodId>,
}

/// An Endpoints object as stored.
#[derive(Debug, Clone)]
pub struct Endpoints {
    /// Metadata; its name is its Service's.
    pub meta: Meta,
    /// Addresses × ports.
    pub subsets: Vec<EndpointSubset>,
}

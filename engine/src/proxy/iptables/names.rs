//! Names of chains: a hash of what the chain is for, since a chain's name has at most 28 characters.

use sha2::{Digest, Sha256};

use crate::Str;
use crate::packet::Protocol;
use crate::proxy::{ServicePortName, base32::base32};

/// What the chains of a service port are called, whether or not they are needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceChainNames {
    /// KUBE-SVC-: all endpoints.
    pub service: Str,
    /// KUBE-SVL-: endpoints of this node.
    pub local: Str,
    /// KUBE-EXT-: packets to node port, external IPs and load balancer.
    pub external: Str,
    /// KUBE-FW-: source ranges of the load balancer.
    pub firewall: Str,
}

impl ServiceChainNames {
    /// The names for a service port.
    pub fn of(port: &ServicePortName, protocol: Protocol) -> Self {
        let named = |prefix| named(prefix, &[port.as_str(), protocol.lower()]);
        Self {
            service: named("KUBE-SVC-"),
            local: named("KUBE-SVL-"),
            external: named("KUBE-EXT-"),
            firewall: named("KUBE-FW-"),
        }
    }
}

/// KUBE-SEP-: the chain of one endpoint of a service port; `endpoint` is `address:port`, `[address]:port` for IPv6.
pub fn endpoint_chain_name(port: &ServicePortName, protocol: Protocol, endpoint: &str) -> Str {
    named("KUBE-SEP-", &[port.as_str(), protocol.lower(), endpoint])
}

fn named(prefix: &str, hashed: &[&str]) -> Str {
    let mut hasher = Sha256::new();
    for part in hashed {
        hasher.update(part.as_bytes());
    }
    // Ten bytes are the first sixteen characters.
    Str::from(prefix.to_owned() + &base32(&hasher.finalize()[..10]))
}

//! Names of chains and affinity sets: a hash for the eye, then what they are about.
//!
//! Source: kube-proxy, `nftables/proxier.go`, `hashAndTruncate`, `servicePortChainNameBase`,
//! `servicePortEndpointChainNameBase`.

use sha2::{Digest, Sha256};

use crate::packet::Protocol;
use crate::proxy::{ServicePortName, base32::base32};

/// nftables allows 256 characters; the longest prefix takes 16.
const LONGEST: usize = 256 - 16;

/// What chains of a service port are called behind `service-`, `local-`, `external-`, `firewall-`.
pub fn service_base(name: &ServicePortName, protocol: Protocol) -> String {
    hashed(service_part(name, protocol))
}

/// What the chain and the affinity set of an endpoint are called behind `endpoint-` and `affinity-`. The endpoint is
/// `address:port`, as text: kube-proxy hashes the text.
pub fn endpoint_base(name: &ServicePortName, protocol: Protocol, endpoint: &str) -> String {
    let (address, port) = endpoint.rsplit_once(':').unwrap_or((endpoint, ""));
    // Colons and brackets are not allowed in a chain's name.
    let address = address
        .trim_start_matches('[')
        .trim_end_matches(']')
        .replace(':', ".");
    hashed(format!(
        "{}__{address}/{port}",
        service_part(name, protocol)
    ))
}

fn service_part(name: &ServicePortName, protocol: Protocol) -> String {
    let (service, port) = name.as_str().split_once(':').unwrap_or((name.as_str(), ""));
    format!("{service}/{}/{port}", protocol.lower())
}

fn hashed(name: String) -> String {
    // Five bytes are the first eight characters.
    let hash = base32(&Sha256::digest(name.as_bytes())[..5]);
    let mut name = format!("{hash}-{name}");
    if name.len() > LONGEST {
        // Names of objects are ASCII once admitted; a dump may hold anything.
        let cut = (0..=LONGEST - 3)
            .rev()
            .find(|at| name.is_char_boundary(*at))
            .unwrap_or_default();
        name.truncate(cut);
        name.push_str("...");
    }
    name
}

//! From addresses back to names: PTR, and the names of the DNS server itself.
//!
//! Sources: coredns `plugin/kubernetes/reverse.go`, ns.go. kubeadm's Corefile hands reverse names that nobody has on to upstream
//! (`fallthrough`); here they are NXDOMAIN, as the plugin answers without it.

use std::net::{IpAddr, Ipv6Addr};

use super::lookup::{
    Found, Host, NameError, Owner, Scope, cluster_ips, endpoint_address, endpoint_name, published,
    service_name,
};
use super::request::Below;
use super::{Because, Name, Zone};
use crate::cluster::{EndpointSlice, ServiceAddress, SliceId};

/// The first labels of the name that the server gives itself when no Service leads to it.
pub(super) const SERVER_NAME: &str = "ns.dns";

/// What has the address that a reverse name spells: its Service, else its endpoints. `None`: the name spells no address.
pub(super) fn reverse(
    scope: Scope<'_>,
    name: &Name,
) -> Option<Result<Vec<(Name, Because)>, NameError>> {
    let address = reversed_address(name)?;
    let Scope { cluster, zone, .. } = scope;
    let addresses = zone.addresses(cluster);
    if let Some(&id) = addresses.services.get(&address) {
        let service = &cluster.services[id];
        let nth = service
            .cluster_ips()
            .iter()
            .position(|ip| *ip == address)
            .unwrap_or_default();
        let because = Because::ClusterIp { service: id, nth };
        return Some(Ok(vec![(service_name(service, zone.name()), because)]));
    }
    let named: Vec<_> = addresses
        .endpoints
        .get(&address)
        .into_iter()
        .flatten()
        .filter_map(|&(slice_id, nth)| {
            let slice = &cluster.slices[slice_id];
            let endpoint = &slice.endpoints[nth];
            let text = endpoint
                .addresses
                .iter()
                .find(|text| endpoint_address(text) == Some(address))?;
            let name = endpoint_name(scope, slice, endpoint, text, zone.name());
            Some((name, endpoint_because(zone, slice, slice_id, nth)))
        })
        .collect();
    Some(if named.is_empty() {
        Err(NameError)
    } else {
        Ok(named)
    })
}

/// The DNS server under its own names: the Services that lead to it, else `ns.dns` with the addresses that kubelet gives to Pods.
///
/// CoreDNS looks for the endpoints that have its own addresses. Which Pod answers is not known here; every one that the
/// Service behind kubelet's `clusterDNS` leads to gives the same answer, so the first stands for all.
pub(super) fn server(scope: Scope<'_>) -> Vec<(Name, Found<'_>)> {
    let Scope {
        cluster,
        zone,
        apex,
    } = scope;
    let settings = &cluster.environment.kubelet;
    let addresses = zone.addresses(cluster);
    let instance = settings.cluster_dns.iter().find_map(|ip| {
        let service = &cluster.services[*addresses.services.get(ip)?];
        let entry = zone.entry(&service.meta.namespace, &service.meta.name)?;
        published(cluster, &entry.slices).find_map(|shown| endpoint_address(shown.address))
    });
    let found: Vec<_> = instance
        .and_then(|ip| addresses.endpoints.get(&ip))
        .into_iter()
        .flatten()
        .flat_map(|&(slice, _)| server_service(scope, slice))
        .collect();
    if !found.is_empty() {
        return found;
    }
    settings
        .cluster_dns
        .iter()
        .map(|ip| {
            let found = Found {
                host: Host::Address(*ip),
                port: None,
                owner: Owner::Server,
                because: Because::Server,
            };
            (apex.prefixed(SERVER_NAME), found)
        })
        .collect()
}

/// Whether the labels are those of [`server`].
pub(super) fn is_server(labels: &str) -> bool {
    labels == SERVER_NAME
}

/// Whether the name is one of a reverse zone.
pub(super) fn is_reverse(name: &Name) -> bool {
    ["in-addr.arpa.", "ip6.arpa."]
        .iter()
        .any(|suffix| name.is_within(&Name::absolute(suffix)))
}

fn server_service(scope: Scope<'_>, slice_id: SliceId) -> Vec<(Name, Found<'_>)> {
    let Scope { cluster, zone, .. } = scope;
    let slice = &cluster.slices[slice_id];
    let service = slice
        .service
        .as_deref()
        .and_then(|service| zone.entry(&slice.meta.namespace, service))
        .and_then(|entry| entry.service);
    let Some(id) = service else {
        return Vec::new();
    };
    let service = &cluster.services[id];
    let found = match &service.address {
        ServiceAddress::ClusterIps(ips) => cluster_ips(id, service, ips, Below::Nothing),
        ServiceAddress::Headless => published(cluster, &[slice_id])
            .filter_map(|shown| {
                Some(Found {
                    host: Host::Address(endpoint_address(shown.address)?),
                    port: None,
                    owner: Owner::Endpoint(slice, shown.endpoint, shown.address),
                    because: endpoint_because(zone, slice, slice_id, shown.nth),
                })
            })
            .collect(),
        ServiceAddress::ExternalName(_) => Vec::new(),
    };
    found
        .into_iter()
        .map(|found| (found.owner.name(scope), found))
        .collect()
}

fn endpoint_because(
    zone: &Zone,
    slice: &EndpointSlice,
    slice_id: SliceId,
    endpoint: usize,
) -> Because {
    let service = slice
        .service
        .as_deref()
        .and_then(|service| zone.entry(&slice.meta.namespace, service))
        .and_then(|entry| entry.service);
    Because::Endpoint {
        service,
        slice: slice_id,
        endpoint,
    }
}

/// The address that a name below `in-addr.arpa` or `ip6.arpa` spells.
fn reversed_address(name: &Name) -> Option<IpAddr> {
    if let Some(labels) = name.below(&Name::absolute("in-addr.arpa.")) {
        let octets: Vec<&str> = labels.rsplit('.').collect();
        return octets.join(".").parse().ok().map(IpAddr::V4);
    }
    let labels = name.below(&Name::absolute("ip6.arpa."))?;
    let mut bits = 0u128;
    let mut nibbles = 0;
    for label in labels.rsplit('.') {
        let nibble = u8::from_str_radix(label, 16)
            .ok()
            .filter(|_| label.len() == 1)?;
        bits = bits << 4 | u128::from(nibble);
        nibbles += 1;
    }
    (nibbles == 32).then(|| IpAddr::V6(Ipv6Addr::from_bits(bits)))
}

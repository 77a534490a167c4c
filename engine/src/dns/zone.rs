//! What the DNS server knows: indexes over the cluster, built once.
//!
//! Ids only: the objects stay in the cluster, and every question brings the cluster that the zone was built from.

use std::net::IpAddr;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::Name;
use super::lookup::{endpoint_address, is_published};
use crate::Str;
use crate::cluster::{Cluster, Phase, PodId, ServiceId, SliceId};

/// The zones of the cluster's DNS server, and indexes by name and address.
///
/// Built in one pass over Services and EndpointSlices; the indexes by address, which only reverse names, the server's own
/// name and `pods verified` need, in one more when first asked for.
#[derive(Debug, Clone)]
pub struct Zone {
    /// The cluster's domain first, then the reverse zones.
    zones: Vec<Name>,
    namespaces: FxHashMap<Str, FxHashMap<Str, Entry>>,
    addresses: OnceLock<Addresses>,
}

/// What stands behind `<name>.<namespace>.svc`.
#[derive(Debug, Clone, Default)]
pub(super) struct Entry {
    /// The Service; a slice can name one that does not exist.
    pub(super) service: Option<ServiceId>,
    /// Its slices, in the order of creation.
    pub(super) slices: Vec<SliceId>,
}

/// Who has an address.
#[derive(Debug, Clone, Default)]
pub(super) struct Addresses {
    /// The first Service with this cluster IP.
    pub(super) services: FxHashMap<IpAddr, ServiceId>,
    /// Published endpoints with this address: slice, number in the slice.
    pub(super) endpoints: FxHashMap<IpAddr, Vec<(SliceId, usize)>>,
    /// Pods with this primary address.
    pub(super) pods: FxHashMap<IpAddr, Vec<PodId>>,
}

impl Zone {
    /// The zones of this cluster.
    pub fn of(cluster: &Cluster) -> Self {
        let settings = &cluster.environment.dns;
        let mut zones = vec![Name::absolute(&settings.zone).folded()];
        if settings.reverse_zones.is_empty() {
            zones.extend(["in-addr.arpa.", "ip6.arpa."].map(Name::absolute));
        } else {
            zones.extend(
                settings
                    .reverse_zones
                    .iter()
                    .map(|zone| Name::absolute(zone).folded()),
            );
        }
        let mut namespaces: FxHashMap<Str, FxHashMap<Str, Entry>> = FxHashMap::default();
        for namespace in cluster.namespaces.values() {
            namespaces.entry(namespace.meta.name.clone()).or_default();
        }
        for (id, service) in cluster.services.iter() {
            namespaces
                .entry(service.meta.namespace.clone())
                .or_default()
                .entry(service.meta.name.clone())
                .or_default()
                .service
                .get_or_insert(id);
        }
        for (id, slice) in cluster.slices.iter() {
            if let Some(service) = &slice.service {
                namespaces
                    .entry(slice.meta.namespace.clone())
                    .or_default()
                    .entry(service.clone())
                    .or_default()
                    .slices
                    .push(id);
            }
        }
        Self {
            zones,
            namespaces,
            addresses: OnceLock::new(),
        }
    }

    /// The cluster's domain.
    pub fn name(&self) -> &Name {
        &self.zones[0]
    }

    /// The zone that a name lies in, the longest if several do; `None`: it is asked upstream.
    pub fn authority(&self, name: &Name) -> Option<&Name> {
        self.zones
            .iter()
            .filter(|zone| name.is_within(zone))
            .max_by_key(|zone| zone.as_str().len())
    }

    pub(super) fn has_namespace(&self, namespace: &str) -> bool {
        self.namespaces.contains_key(namespace)
    }

    pub(super) fn entry(&self, namespace: &str, service: &str) -> Option<&Entry> {
        self.namespaces.get(namespace)?.get(service)
    }

    /// The indexes by address. The cluster is the one that the zone was built from.
    pub(super) fn addresses(&self, cluster: &Cluster) -> &Addresses {
        self.addresses.get_or_init(|| Addresses::of(cluster))
    }
}

impl Addresses {
    fn of(cluster: &Cluster) -> Self {
        let mut addresses = Self::default();
        for (id, service) in cluster.services.iter() {
            for ip in service.cluster_ips() {
                addresses.services.entry(*ip).or_insert(id);
            }
        }
        for (id, slice) in cluster.slices.iter() {
            for (nth, endpoint) in slice.endpoints.iter().enumerate() {
                if !is_published(endpoint) {
                    continue;
                }
                for text in &endpoint.addresses {
                    if let Some(ip) = endpoint_address(text) {
                        addresses.endpoints.entry(ip).or_default().push((id, nth));
                    }
                }
            }
        }
        for (id, pod) in cluster.pods.iter() {
            // The plugin's watch leaves out finished and lost Pods, and drops those that terminate: object/pod.go.
            let watched = !pod.terminating && matches!(pod.phase, Phase::Pending | Phase::Running);
            if let (true, Some(ip)) = (watched, pod.ips.first()) {
                addresses.pods.entry(*ip).or_default().push(id);
            }
        }
        addresses
    }
}

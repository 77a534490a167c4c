//! Which endpoints a node sends the packets of a service port to: by policy, readiness and hints.
//!
//! Source: kube-proxy, `topology.go`, `CategorizeEndpoints`.

use super::endpoints::{
    EndpointId, EndpointInfo, is_local, is_ready, is_serving_terminating, is_terminating,
};
use super::services::ServicePortInfo;
use super::{NodeView, Proxied};
use crate::Str;
use crate::cluster::{Cluster, Endpoint};
use crate::order::Order;

/// The endpoints of a service port as one node uses them, each list in the order of the text of address and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Categorized {
    /// For policy Cluster; `None` if no packet of this port follows it.
    pub cluster: Option<Vec<EndpointId>>,
    /// For policy Local; `None` if no packet of this port follows it.
    pub local: Option<Vec<EndpointId>>,
    /// Why the cluster set is smaller than all ready endpoints.
    pub preference: Preference,
    /// Whether any endpoint anywhere could be used: decides between a refusal and a silent drop.
    pub has_any: bool,
    // Only where it is neither of the two lists.
    union: Option<Vec<EndpointId>>,
}

impl Categorized {
    /// All endpoints that a packet on this node can be sent to.
    pub fn all(&self) -> &[EndpointId] {
        match (&self.union, &self.cluster, &self.local) {
            (Some(union), _, _) => union,
            (None, Some(cluster), _) => cluster,
            (None, None, local) => local.as_deref().unwrap_or_default(),
        }
    }

    /// The cluster set, empty if unused.
    pub fn cluster(&self) -> &[EndpointId] {
        self.cluster.as_deref().unwrap_or_default()
    }

    /// The local set, empty if unused.
    pub fn local(&self) -> &[EndpointId] {
        self.local.as_deref().unwrap_or_default()
    }
}

/// Which hints are followed on a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Preference {
    /// None: every ready endpoint.
    #[default]
    None,
    /// Endpoints hinted for this node.
    SameNode,
    /// Endpoints hinted for this node's zone.
    SameZone,
}

/// Sorts the endpoints of a service port by how this node uses them.
pub fn categorize(
    cluster: &Cluster,
    proxied: &Proxied,
    port: &ServicePortInfo,
    node: &NodeView,
) -> Categorized {
    let endpoints = known(cluster, proxied, port, node);
    let usable_anywhere = endpoints
        .iter()
        .any(|(_, endpoint)| is_ready(endpoint) || is_serving_terminating(endpoint));

    let mut preference = Preference::None;
    let cluster_set = port.uses_cluster_endpoints().then(|| {
        preference = followed_hints(&endpoints, node);
        let ready = filtered(&endpoints, |endpoint| {
            is_ready(endpoint) && is_preferred(endpoint, preference, node)
        });
        // A preference is only followed where it leaves something, so there is no ready endpoint anywhere.
        if ready.is_empty() {
            filtered(&endpoints, is_serving_terminating)
        } else {
            ready
        }
    });

    let mut only_terminating_here = false;
    let local_set = port.uses_local_endpoints().then(|| {
        let here = |endpoint: &Endpoint| is_local(endpoint, &node.name);
        let ready = filtered(&endpoints, |endpoint| here(endpoint) && is_ready(endpoint));
        if ready.is_empty() {
            let terminating = filtered(&endpoints, |endpoint| {
                here(endpoint) && is_serving_terminating(endpoint)
            });
            only_terminating_here = !terminating.is_empty();
            terminating
        } else {
            ready
        }
    });

    let union = match (&cluster_set, &local_set) {
        (Some(cluster_set), Some(local_set))
            if preference != Preference::None || only_terminating_here =>
        {
            Some(merged(cluster_set, local_set))
        }
        // Without hints and with ready endpoints here, the cluster set holds the local one.
        _ => None,
    };
    Categorized {
        has_any: match (&cluster_set, &local_set) {
            (Some(cluster_set), None) => !cluster_set.is_empty(),
            _ => usable_anywhere,
        },
        cluster: cluster_set,
        local: local_set,
        preference,
        union,
    }
}

/// Every endpoint of a service port once. Of several with one address and port, one that is not terminating counts
/// (an address can be reused before the old Pod is gone), then one that is local.
///
/// Source: kube-proxy, `endpointslicecache.go`, `addEndpoints`.
pub(super) fn known<'a>(
    cluster: &'a Cluster,
    proxied: &Proxied,
    port: &ServicePortInfo,
    node: &NodeView,
) -> Vec<(EndpointId, &'a Endpoint)> {
    let mut known: Vec<(EndpointId, &Endpoint)> = Vec::with_capacity(port.endpoints.len());
    let mut last: Option<&EndpointInfo> = None;
    for number in port.endpoints.clone() {
        let id = EndpointId::from_number(number);
        let info = &proxied.endpoints[id];
        let endpoint = info.written(cluster);
        let rank = |endpoint| (!is_terminating(endpoint), is_local(endpoint, &node.name));
        match known.last_mut() {
            Some(kept) if last.is_some_and(|last| last.address == info.address) => {
                if rank(endpoint) > rank(kept.1) {
                    *kept = (id, endpoint);
                }
            }
            _ => known.push((id, endpoint)),
        }
        last = Some(info);
    }
    known
}

fn filtered(
    endpoints: &[(EndpointId, &Endpoint)],
    keep: impl Fn(&Endpoint) -> bool,
) -> Vec<EndpointId> {
    endpoints
        .iter()
        .filter(|(_, endpoint)| keep(endpoint))
        .map(|(id, _)| *id)
        .collect()
}

// Both lists ascend.
fn merged(one: &[EndpointId], other: &[EndpointId]) -> Vec<EndpointId> {
    let mut all = [one, other].concat();
    all.order();
    all.dedup();
    all
}

// One ready endpoint without a hint of a kind switches that kind off for all.
fn followed_hints(endpoints: &[(EndpointId, &Endpoint)], node: &NodeView) -> Preference {
    let ready = || {
        endpoints
            .iter()
            .filter(|(_, endpoint)| is_ready(endpoint))
            .map(|(_, endpoint)| *endpoint)
    };
    let all = |hints: fn(&Endpoint) -> &[Str]| ready().all(|e| !hints(e).is_empty());
    if all(|e| &e.hint_nodes) && ready().any(|e| e.hint_nodes.contains(&node.name)) {
        return Preference::SameNode;
    }
    match &node.zone {
        Some(zone) if all(|e| &e.hint_zones) && ready().any(|e| e.hint_zones.contains(zone)) => {
            Preference::SameZone
        }
        _ => Preference::None,
    }
}

fn is_preferred(endpoint: &Endpoint, preference: Preference, node: &NodeView) -> bool {
    match preference {
        Preference::None => true,
        Preference::SameNode => endpoint.hint_nodes.contains(&node.name),
        Preference::SameZone => node
            .zone
            .as_ref()
            .is_some_and(|zone| endpoint.hint_zones.contains(zone)),
    }
}

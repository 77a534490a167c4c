//! Why one node sends packets to an endpoint, or does not: [`categorize()`](super::categorize()) told endpoint by
//! endpoint.

use super::categorize::{Preference, categorize};
use super::endpoints::{EndpointId, is_local, is_ready, is_serving_terminating, is_terminating};
use super::services::ServicePortInfo;
use super::{NodeView, Proxied};
use crate::Str;
use crate::cluster::{Cluster, TrafficPolicy};

/// What a node's kube-proxy does with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Used {
    /// Packets of every policy can be sent to it.
    Yes,
    /// Only those that follow this policy.
    Only(TrafficPolicy),
    /// None of its kind is ready: terminating ones that still answer have to do.
    AsLastResort,
    /// It is not ready.
    NotReady,
    /// It is terminating, and others are ready.
    Terminating,
    /// Hints keep it for other zones.
    OtherZone {
        /// Those zones.
        zones: Vec<Str>,
    },
    /// Hints keep it for other nodes.
    OtherNode {
        /// Those nodes.
        nodes: Vec<Str>,
    },
    /// Every packet of this port follows policy Local, and it is on another node.
    NotLocal,
    /// Another slice has the same address and port, and counts.
    Repeated,
}

impl Used {
    /// Whether packets of this node can be sent to it.
    pub fn is_used(&self) -> bool {
        matches!(self, Self::Yes | Self::Only(_) | Self::AsLastResort)
    }
}

/// For every endpoint of a service port, what this node does with it.
pub fn used(
    cluster: &Cluster,
    proxied: &Proxied,
    port: &ServicePortInfo,
    node: &NodeView,
) -> Vec<(EndpointId, Used)> {
    let sets = categorize(cluster, proxied, port, node);
    let known = super::categorize::known(cluster, proxied, port, node);
    proxied
        .endpoints_of(port)
        .map(|(id, info)| {
            let endpoint = info.written(cluster);
            let by_cluster = sets.cluster().contains(&id);
            let by_local = sets.local().contains(&id);
            let used = match (&sets.cluster, &sets.local, by_cluster, by_local) {
                (Some(_), Some(_), true, true)
                | (Some(_), None, true, _)
                | (None, Some(_), _, true)
                    if !is_ready(endpoint) =>
                {
                    Used::AsLastResort
                }
                (Some(_), Some(_), true, true)
                | (Some(_), None, true, _)
                | (None, Some(_), _, true) => Used::Yes,
                (Some(_), Some(_), true, false) => Used::Only(TrafficPolicy::Cluster),
                (Some(_), Some(_), false, true) => Used::Only(TrafficPolicy::Local),
                _ if !known.iter().any(|(known, _)| *known == id) => Used::Repeated,
                _ if is_terminating(endpoint) && is_serving_terminating(endpoint) => {
                    Used::Terminating
                }
                _ if !is_ready(endpoint) => Used::NotReady,
                _ => match sets.preference {
                    Preference::SameNode => Used::OtherNode {
                        nodes: endpoint.hint_nodes.clone(),
                    },
                    Preference::SameZone => Used::OtherZone {
                        zones: endpoint.hint_zones.clone(),
                    },
                    Preference::None if !is_local(endpoint, &node.name) => Used::NotLocal,
                    Preference::None => Used::NotReady,
                },
            };
            (id, used)
        })
        .collect()
}

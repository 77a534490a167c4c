//! What a cluster is compiled to when packets are sent, made when first asked for and kept: the network, what kube-proxy
//! proxies, and rulesets per node, address family and mode.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::node::Kernel;
use crate::cluster::{Cluster, NodeId, ProxyMode};
use crate::network::Network;
use crate::packet::Family;
use crate::proxy::{self, NodeView, Proxied, Ruleset};

/// Compiled parts of one cluster; to be thrown away with it.
#[derive(Debug, Default)]
pub struct Compiled {
    network: OnceLock<Network>,
    proxied: [OnceLock<Proxied>; 2],
    // As nodes that are cut off last saw it.
    last_proxied: [OnceLock<Proxied>; 2],
    rulesets: Mutex<FxHashMap<(NodeId, Family, ProxyMode), Arc<Ruleset>>>,
}

impl Compiled {
    /// Who has which address.
    pub fn network(&self, cluster: &Cluster) -> &Network {
        self.network.get_or_init(|| Network::of(cluster))
    }

    /// What kube-proxy proxies in a family.
    pub fn proxied(&self, cluster: &Cluster, family: Family) -> &Proxied {
        self.proxied[nth(family)].get_or_init(|| proxy::proxied(cluster, family))
    }

    /// The cluster as kube-proxy on a node knows it, and what it proxies: a node that is cut off hears of no change.
    pub fn seen_by<'a>(
        &'a self,
        cluster: &'a Cluster,
        node: NodeId,
        family: Family,
    ) -> (&'a Cluster, &'a Proxied) {
        let last_seen = cluster.aftermath.last_seen.as_deref();
        match last_seen.filter(|_| cluster.nodes[node].cut_off) {
            Some(last_seen) => {
                let proxied = &self.last_proxied[nth(family)];
                let proxied = proxied.get_or_init(|| proxy::proxied(last_seen, family));
                (last_seen, proxied)
            }
            None => (cluster, self.proxied(cluster, family)),
        }
    }

    /// A node's kernel as packets of a family see it, with kube-proxy in this mode.
    pub fn kernel<'a>(
        &'a self,
        cluster: &'a Cluster,
        node: NodeId,
        family: Family,
        mode: ProxyMode,
    ) -> Kernel<'a> {
        Kernel {
            cluster,
            network: self.network(cluster),
            node,
            ruleset: self.ruleset(cluster, node, family, mode),
            host: NodeView::of(&cluster.nodes[node]).host(),
        }
    }

    /// The rules that kube-proxy writes on a node.
    pub fn ruleset(
        &self,
        cluster: &Cluster,
        node: NodeId,
        family: Family,
        mode: ProxyMode,
    ) -> Arc<Ruleset> {
        // A panic elsewhere leaves the map as it was: whole.
        let lock = || self.rulesets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ruleset) = lock().get(&(node, family, mode)) {
            return Arc::clone(ruleset);
        }
        let view = NodeView::of(&cluster.nodes[node]);
        let (seen, proxied) = self.seen_by(cluster, node, family);
        let ruleset = Arc::new(proxy::ruleset(seen, proxied, &view, mode));
        lock().insert((node, family, mode), Arc::clone(&ruleset));
        ruleset
    }
}

fn nth(family: Family) -> usize {
    match family {
        Family::V4 => 0,
        Family::V6 => 1,
    }
}

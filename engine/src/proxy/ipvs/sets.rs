//! kube-proxy's sets, by what they are for.

use std::sync::Arc;

use crate::Str;
use crate::packet::Family;
use crate::proxy::ServicePortId;
use crate::proxy::ipset::{Entry, IpSet, SetKind};

/// An ipset's name has at most so many characters.
const LONGEST_NAME: usize = 31;

/// One of kube-proxy's sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    LoopBack,
    ClusterIp,
    ExternalIp,
    ExternalIpLocal,
    LoadBalancer,
    LoadBalancerFirewall,
    LoadBalancerLocal,
    SourceIp,
    SourceCidr,
    NodePortTcp,
    NodePortLocalTcp,
    NodePortUdp,
    NodePortLocalUdp,
    NodePortSctp,
    NodePortLocalSctp,
    HealthCheckNodePort,
    Device,
}

// In the order of kube-proxy's `ipsetInfo`, which is that of `Which`.
const SETS: [(Which, &str, SetKind, &str); 17] = [
    (
        Which::LoopBack,
        "KUBE-LOOP-BACK",
        SetKind::HashIpPortIp,
        "Kubernetes endpoints dst ip:port, source ip for solving hairpin purpose",
    ),
    (
        Which::ClusterIp,
        "KUBE-CLUSTER-IP",
        SetKind::HashIpPort,
        "Kubernetes service cluster ip + port for masquerade purpose",
    ),
    (
        Which::ExternalIp,
        "KUBE-EXTERNAL-IP",
        SetKind::HashIpPort,
        "Kubernetes service external ip + port for masquerade and filter purpose",
    ),
    (
        Which::ExternalIpLocal,
        "KUBE-EXTERNAL-IP-LOCAL",
        SetKind::HashIpPort,
        "Kubernetes service external ip + port with externalTrafficPolicy=local",
    ),
    (
        Which::LoadBalancer,
        "KUBE-LOAD-BALANCER",
        SetKind::HashIpPort,
        "Kubernetes service lb portal",
    ),
    (
        Which::LoadBalancerFirewall,
        "KUBE-LOAD-BALANCER-FW",
        SetKind::HashIpPort,
        "Kubernetes service load balancer ip + port for load balancer with sourceRange",
    ),
    (
        Which::LoadBalancerLocal,
        "KUBE-LOAD-BALANCER-LOCAL",
        SetKind::HashIpPort,
        "Kubernetes service load balancer ip + port with externalTrafficPolicy=local",
    ),
    (
        Which::SourceIp,
        "KUBE-LOAD-BALANCER-SOURCE-IP",
        SetKind::HashIpPortIp,
        "Kubernetes service load balancer ip + port + source IP for packet filter purpose",
    ),
    (
        Which::SourceCidr,
        "KUBE-LOAD-BALANCER-SOURCE-CIDR",
        SetKind::HashIpPortNet,
        "Kubernetes service load balancer ip + port + source cidr for packet filter purpose",
    ),
    (
        Which::NodePortTcp,
        "KUBE-NODE-PORT-TCP",
        SetKind::BitmapPort,
        "Kubernetes nodeport TCP port for masquerade purpose",
    ),
    (
        Which::NodePortLocalTcp,
        "KUBE-NODE-PORT-LOCAL-TCP",
        SetKind::BitmapPort,
        "Kubernetes nodeport TCP port with externalTrafficPolicy=local",
    ),
    (
        Which::NodePortUdp,
        "KUBE-NODE-PORT-UDP",
        SetKind::BitmapPort,
        "Kubernetes nodeport UDP port for masquerade purpose",
    ),
    (
        Which::NodePortLocalUdp,
        "KUBE-NODE-PORT-LOCAL-UDP",
        SetKind::BitmapPort,
        "Kubernetes nodeport UDP port with externalTrafficPolicy=local",
    ),
    (
        Which::NodePortSctp,
        "KUBE-NODE-PORT-SCTP-HASH",
        SetKind::HashIpPort,
        "Kubernetes nodeport SCTP port for masquerade purpose with type 'hash ip:port'",
    ),
    (
        Which::NodePortLocalSctp,
        "KUBE-NODE-PORT-LOCAL-SCTP-HASH",
        SetKind::HashIpPort,
        "Kubernetes nodeport SCTP port with externalTrafficPolicy=local with type 'hash ip:port'",
    ),
    (
        Which::HealthCheckNodePort,
        "KUBE-HEALTH-CHECK-NODE-PORT",
        SetKind::BitmapPort,
        "Kubernetes health check node port",
    ),
    (
        Which::Device,
        "KUBE-IPVS-IPS",
        SetKind::HashIp,
        "Addresses on the ipvs interface",
    ),
];

/// The sets while they are filled.
pub(super) struct Filling(Vec<IpSet>);

impl Filling {
    pub(super) fn of(family: Family) -> Self {
        let empty = |&(_, name, kind, comment): &(Which, &str, SetKind, &'static str)| IpSet {
            name: set_name(name, family),
            kind,
            family,
            comment,
            entries: Default::default(),
        };
        Self(SETS.iter().map(empty).collect())
    }

    pub(super) fn add(&mut self, which: Which, entry: Entry, port: ServicePortId) {
        self.0[which as usize].add(entry, port);
    }

    pub(super) fn done(self) -> Sets {
        Sets(self.0.into_iter().map(Arc::new).collect())
    }
}

/// The sets as rules ask for them.
pub(super) struct Sets(pub(super) Vec<Arc<IpSet>>);

impl Sets {
    pub(super) fn get(&self, which: Which) -> &Arc<IpSet> {
        &self.0[which as usize]
    }

    /// The set, unless it is empty: kube-proxy writes most rules only if they could match.
    pub(super) fn filled(&self, which: Which) -> Option<&Arc<IpSet>> {
        Some(self.get(which)).filter(|set| !set.entries.is_empty())
    }
}

// The sets of both families are in one namespace.
fn set_name(name: &str, family: Family) -> Str {
    match family {
        Family::V4 => name.into(),
        Family::V6 => {
            let name = name.replacen("KUBE-", "KUBE-6-", 1);
            Str::from(&name[..name.len().min(LONGEST_NAME)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_is_found_where_its_name_says() {
        for (nth, (which, ..)) in SETS.iter().enumerate() {
            assert_eq!(*which as usize, nth);
        }
    }

    #[test]
    fn names_of_ipv6_are_cut() {
        assert_eq!(set_name("KUBE-CLUSTER-IP", Family::V6), "KUBE-6-CLUSTER-IP");
        assert_eq!(
            set_name("KUBE-LOAD-BALANCER-SOURCE-CIDR", Family::V6),
            "KUBE-6-LOAD-BALANCER-SOURCE-CID"
        );
    }
}

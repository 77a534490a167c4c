//! What a lab has to consist of to be an analysed cluster: hosts, their addresses, what listens where.
//!
//! Only places and addresses are taken from the engine; what becomes of a packet is the kernel's business.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use switchboard_engine::Analysis;
use switchboard_engine::cluster::{Egress, IngressPoint, TargetPort};
use switchboard_engine::packet::Protocol;
use switchboard_engine::trace::Place;

/// More Pods are another kind of test.
const MOST_PODS: usize = 40;

/// Hosts of a lab.
pub(crate) struct Layout {
    pub(crate) nodes: Vec<Host>,
    pub(crate) pods: Vec<PodHost>,
    /// The hosts of the world: clients' addresses, and those of servers that Services point at.
    pub(crate) outside: Vec<IpAddr>,
    /// Addresses of load balancers and external IPs: traffic for them from outside enters by the entry node.
    pub(crate) vips: Vec<IpAddr>,
    /// Where it enters.
    pub(crate) entry: usize,
    /// Pods listen on every port that anybody declares or means: what a rule leads astray is answered, not refused.
    pub(crate) listening: BTreeSet<(Protocol, u16)>,
    /// The CNI gives Pods' packets the node's address when they leave the cluster.
    pub(crate) masquerades: bool,
}

pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) addresses: Vec<IpAddr>,
    /// The ranges of its Pods.
    pub(crate) ranges: Vec<IpNet>,
    /// Ports on which kube-proxy answers health checks.
    pub(crate) health_checks: BTreeSet<u16>,
}

pub(crate) struct PodHost {
    /// With its namespace.
    pub(crate) name: String,
    pub(crate) addresses: Vec<IpAddr>,
    pub(crate) node: usize,
}

/// Who dials.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    Pod(usize),
    Node(usize),
    Outside,
}

impl Layout {
    /// The hosts of a cluster; or why namespaces cannot be it.
    pub(crate) fn of(analysis: &Analysis, outside: BTreeSet<IpAddr>) -> Result<Self, &'static str> {
        let cluster = &analysis.cluster;
        let nodes: Vec<Host> = cluster
            .nodes
            .values()
            .map(|node| Host {
                name: node.meta.name.to_string(),
                addresses: node.addresses.iter().map(|a| a.address).collect(),
                ranges: node.pod_cidrs.clone(),
                health_checks: BTreeSet::new(),
            })
            .collect();
        if nodes.iter().any(|node| node.addresses.is_empty()) {
            return Err("a node has no address");
        }
        let numbers: BTreeMap<_, _> = cluster.nodes.iter().map(|(id, _)| id).zip(0..).collect();
        let mut taken: BTreeSet<IpAddr> = BTreeSet::new();
        let mut pods = Vec::new();
        for pod in cluster.pods.values() {
            let Some(node) = pod.node() else { continue };
            if pod.is_terminal() || pod.ips.is_empty() {
                continue;
            }
            if pod.spec.host_network {
                return Err("a Pod is in its node's network namespace");
            }
            if !pod.ips.iter().all(|address| taken.insert(*address)) {
                return Err("two Pods have one address");
            }
            pods.push(PodHost {
                name: pod.meta.full_name().to_string(),
                addresses: pod.ips.clone(),
                node: numbers[&node],
            });
        }
        if pods.len() > MOST_PODS {
            return Err("it has more Pods than a lab");
        }
        let mut layout = Self {
            nodes,
            pods,
            outside: outside.into_iter().collect(),
            vips: Vec::new(),
            entry: 0,
            listening: BTreeSet::new(),
            masquerades: cluster.environment.options.egress == Egress::Masquerade,
        };
        layout.add_services(analysis);
        let entry = cluster.environment.options.entry_node.as_deref();
        let entry = layout
            .nodes
            .iter()
            .position(|node| Some(node.name.as_str()) == entry);
        layout.entry = entry.unwrap_or_default();
        Ok(layout)
    }

    fn add_services(&mut self, analysis: &Analysis) {
        let cluster = &analysis.cluster;
        for pod in cluster.pods.values() {
            let ports = pod.spec.ports();
            self.listening
                .extend(ports.map(|port| (port.protocol, port.port)));
        }
        for service in cluster.services.values() {
            for port in &service.ports {
                self.listening.insert((port.protocol, port.port.get()));
                if let TargetPort::Number(number) = port.target_port {
                    self.listening.insert((port.protocol, number.get()));
                }
            }
            self.vips.extend(&service.external_ips);
            for ingress in &service.load_balancer.ingress {
                if let IngressPoint::Ip(address) = ingress.point {
                    self.vips.push(address);
                }
            }
            for node in &mut self.nodes {
                let port = service.health_check_node_port.map(|port| port.get());
                node.health_checks.extend(port);
            }
        }
        for slice in cluster.slices.values() {
            let ports = slice.ports.iter();
            self.listening
                .extend(ports.filter_map(|port| Some((port.protocol, port.port?))));
        }
        self.vips.sort_unstable();
        self.vips.dedup();
    }

    /// Which host a place of a journey is.
    pub(crate) fn host(&self, place: &Place) -> Option<From> {
        match place {
            Place::Pod { namespace, name } => {
                let full = format!("{namespace}/{name}");
                let nth = self.pods.iter().position(|pod| pod.name == full)?;
                Some(From::Pod(nth))
            }
            Place::Node { name } => {
                let nth = self.nodes.iter().position(|node| *node.name == **name)?;
                Some(From::Node(nth))
            }
            Place::Outside => Some(From::Outside),
            Place::Endpoint { .. } | Place::LoadBalancer { .. } | Place::Network => None,
        }
    }
}

//! Why a step happens: the fields of the manifests and the rules that decide, and how sure they are.

use std::net::IpAddr;

use super::answer::{Because, Certainty, RuleRef, ServicePortRef, SnatWhy};
use super::compiled::Compiled;
use super::node::Kernel;
use super::outcome::{Loss, Refusal};
use crate::cluster::{
    Cluster, IngressPoint, Meta, NodeId, PodId, ProxyMode, Service, ServiceAddress, ServiceId,
    SessionAffinity, SliceSource, TrafficPolicy, Why,
};
use crate::dns::Zone;
use crate::network::{Network, Role, ServiceDoor, Via, Whose};
use crate::origin::{FieldPath, Origin};
use crate::packet::{Family, Header, Protocol, Side, Transport};
use crate::proxy::{HealthCheck, NodeView, OpenOn, Visit, health, open_on};

/// What facts are looked up in.
#[derive(Clone, Copy)]
pub(super) struct Facts<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) zone: &'a Zone,
    pub(super) network: &'a Network,
    pub(super) compiled: &'a Compiled,
    /// What kube-proxy runs as.
    pub(super) mode: ProxyMode,
}

impl<'a> Facts<'a> {
    pub(super) fn of(
        cluster: &'a Cluster,
        zone: &'a Zone,
        compiled: &'a Compiled,
        mode: ProxyMode,
    ) -> Self {
        Self {
            cluster,
            zone,
            network: compiled.network(cluster),
            compiled,
            mode,
        }
    }

    /// A node's kernel as packets of a family see it.
    pub(super) fn kernel(self, node: NodeId, family: Family) -> Kernel<'a> {
        self.compiled.kernel(self.cluster, node, family, self.mode)
    }

    /// The way into a Service that the packet takes.
    pub(super) fn door(self, header: &Header) -> Option<ServiceDoor> {
        self.network.door(header)
    }

    /// Why the destination became this endpoint.
    pub(super) fn dnat(self, door: Option<ServiceDoor>, endpoint: Side) -> (Because, Certainty) {
        let Some(door) = door else {
            return (Because::default(), Certainty::Given);
        };
        let service = &self.cluster.services[door.service];
        let port = self.port_path(door);
        let mut origins = Vec::new();
        match door.via {
            Via::NodePort => origins.extend(service.meta.at(port.clone().key("nodePort"))),
            Via::ClusterIp | Via::ExternalIp | Via::LoadBalancer { .. } => {
                origins.extend(service.meta.at(port.clone().key("port")));
                origins.extend(self.address_origin(door));
            }
        }
        origins.extend(service.meta.at(port.key("targetPort")));
        if service.session_affinity != SessionAffinity::None {
            origins.extend(service.meta.at("spec.sessionAffinity"));
        }
        let (endpoint_origin, mut certainty) = self.endpoint(door, endpoint);
        origins.extend(endpoint_origin);
        certainty = certainty.max(self.door_certainty(door));
        (
            Because {
                service: Some(port_ref(service, door)),
                origins,
                rules: Vec::new(),
            },
            certainty,
        )
    }

    /// Why kube-proxy rewrites the source.
    pub(super) fn masquerade(
        self,
        door: Option<ServiceDoor>,
        before: &Header,
        is_process: bool,
    ) -> (SnatWhy, Because) {
        let Some(door) = door else {
            return (SnatWhy::MasqueradeAll, Because::default());
        };
        let service = &self.cluster.services[door.service];
        let at = |path: &str| service.meta.at(path);
        let (why, origin) = if before.source == before.destination {
            (SnatWhy::Hairpin, None)
        } else if matches!(self.network.whose(before.source), Whose::Service(..)) {
            (SnatWhy::FromVirtualAddress, None)
        } else {
            match door.via {
                Via::ClusterIp if self.cluster.environment.proxy.masquerade_all => {
                    (SnatWhy::MasqueradeAll, None)
                }
                Via::ClusterIp => (SnatWhy::NotFromPod, None),
                Via::ExternalIp | Via::LoadBalancer { .. } | Via::NodePort => {
                    let why = match service.external_traffic_policy {
                        TrafficPolicy::Local if is_process => SnatWhy::FromNode,
                        TrafficPolicy::Local => SnatWhy::MasqueradeAll,
                        TrafficPolicy::Cluster => SnatWhy::ExternalPolicyCluster,
                    };
                    (why, at("spec.externalTrafficPolicy"))
                }
            }
        };
        (why, self.about(door, origin))
    }

    /// Why a rule refuses the packet.
    pub(super) fn refusal(self, header: &Header) -> (Refusal, Because) {
        if let Some(door) = self.door(header) {
            let service = &self.cluster.services[door.service];
            let selector = if service.selector.is_empty() {
                "metadata.name"
            } else {
                "spec.selector"
            };
            let because = self.about(door, service.meta.at(selector));
            return (Refusal::NoEndpoints, because);
        }
        let Whose::Service(service, _) = self.network.whose(header.destination) else {
            return (Refusal::Other, Because::default());
        };
        let why = match header.transport {
            Transport::Echo => Refusal::Echo,
            Transport::Ports { .. } => Refusal::NoSuchPort,
        };
        let meta = &self.cluster.services[service].meta;
        let because = Because {
            service: Some(service_ref(meta)),
            origins: meta.at("spec.ports").into_iter().collect(),
            rules: Vec::new(),
        };
        (why, because)
    }

    /// Why a rule drops the packet.
    pub(super) fn loss(self, header: &Header) -> (Loss, Because) {
        let Some(door) = self.door(header) else {
            let why = match self.network.whose(header.destination) {
                Whose::VacantServiceAddress => Loss::UnallocatedServiceAddress,
                _ => Loss::Other,
            };
            return (why, Because::default());
        };
        let service = &self.cluster.services[door.service];
        let ranges = &service.load_balancer.source_ranges;
        let source = header.source;
        if matches!(door.via, Via::LoadBalancer { .. })
            && !ranges.is_empty()
            && !ranges.iter().any(|range| range.contains(&source))
        {
            let origin = service.meta.at("spec.loadBalancerSourceRanges");
            return (Loss::SourceRange, self.about(door, origin));
        }
        let policy = match door.via {
            Via::ClusterIp => "spec.internalTrafficPolicy",
            Via::ExternalIp | Via::LoadBalancer { .. } | Via::NodePort => {
                "spec.externalTrafficPolicy"
            }
        };
        (
            Loss::NoLocalEndpoints,
            self.about(door, service.meta.at(policy)),
        )
    }

    /// The health check that kube-proxy on this node answers at a packet's destination, and how sure it is what it answers.
    ///
    /// kube-proxy has a server for each family, which counts that family's endpoints. Where both want the port on all
    /// addresses, the first gets it, and which that is nothing decides (kubernetes/kubernetes#114702, so in 1.35): of no
    /// account as long as both would answer alike.
    pub(super) fn health_check(
        self,
        node: NodeId,
        header: &Header,
    ) -> Option<(ServiceId, HealthCheck, Certainty)> {
        let (Protocol::Tcp, port) = header.dials()? else {
            return None;
        };
        let asked = |service: &Service| {
            (service.health_check_node_port).is_some_and(|checked| checked.get() == port)
        };
        let services = self.cluster.services.iter();
        let (service, _) = services.into_iter().find(|(_, service)| asked(service))?;
        let view = NodeView::of(&self.cluster.nodes[node]);
        let settings = &self.cluster.environment.proxy.node_port_addresses;
        let to = header.destination;
        // Where kube-proxy's part for one family listens on all addresses, it gets packets of the other, too.
        let mut checks = [Family::V4, Family::V6].into_iter().filter_map(|family| {
            let is_open = match open_on(settings, self.mode, family, &view) {
                OpenOn::All => true,
                OpenOn::Addresses(open) => open.contains(&to),
            };
            let (cluster, proxied) = self.compiled.seen_by(self.cluster, node, family);
            is_open.then(|| health(cluster, proxied, service, &view))?
        });
        let check = checks.next()?;
        let certainty = match checks.all(|other| other.status() == check.status()) {
            true => Certainty::Given,
            false => Certainty::Assumed,
        };
        Some((service, check, certainty))
    }

    /// A cause that is one port of a Service.
    pub(super) fn about(self, door: ServiceDoor, origin: Option<Origin>) -> Because {
        let service = &self.cluster.services[door.service];
        let port = service.meta.at(self.port_path(door));
        Because {
            service: Some(port_ref(service, door)),
            origins: origin.into_iter().chain(port).collect(),
            rules: Vec::new(),
        }
    }

    /// Where the name of a Pod stands, or of the workload that it comes from: the line that says who it is.
    pub(super) fn pod_origin(self, pod: PodId) -> Option<Origin> {
        let pod = &self.cluster.pods[pod];
        pod.meta.at("metadata.name").or_else(|| {
            let workload = self.cluster.topmost(pod.owner?);
            self.cluster.workloads[workload].meta.at("metadata.name")
        })
    }

    /// How sure it is that the Pod has this place and address.
    pub(super) fn pod_certainty(self, pod: PodId) -> Certainty {
        let meta = &self.cluster.pods[pod].meta;
        sure(meta, "status.podIPs").max(sure(meta, "spec.nodeName"))
    }

    /// How sure it is that the node is there, with this address.
    pub(super) fn node_certainty(self, node: NodeId) -> Certainty {
        node_certainty(self.cluster, node)
    }

    fn endpoint(self, door: ServiceDoor, endpoint: Side) -> (Option<Origin>, Certainty) {
        let pod = match self.network.whose(endpoint.ip()) {
            Whose::Pod(pod) => Some(pod),
            _ => None,
        };
        let proxied = self
            .compiled
            .proxied(self.cluster, Family::of(endpoint.ip()));
        let name = &self.cluster.services[door.service].ports[door.port].name;
        let slice = proxied
            .port_named(door.service, name)
            .and_then(|(_, port)| {
                proxied
                    .endpoints_of(port)
                    .find(|(_, known)| Side::from(known.address) == endpoint)
            })
            .map(|(_, known)| (&self.cluster.slices[known.slice], known.nth));
        match (slice, pod) {
            (Some((slice, nth)), _) if slice.source == SliceSource::Written => {
                let path = FieldPath::default()
                    .key("endpoints")
                    .index(nth as usize)
                    .key("addresses");
                (slice.meta.at(path), Certainty::Given)
            }
            (_, Some(pod)) => (self.pod_origin(pod), self.pod_certainty(pod)),
            (Some((slice, _)), None) => (slice.meta.at("metadata.name"), Certainty::Given),
            (None, None) => (None, Certainty::Given),
        }
    }

    fn port_path(self, door: ServiceDoor) -> FieldPath {
        port_path(&self.cluster.services[door.service], door)
    }

    fn address_origin(self, door: ServiceDoor) -> Option<Origin> {
        let meta = &self.cluster.services[door.service].meta;
        match door.via {
            Via::ClusterIp => meta.at("spec.clusterIP"),
            Via::ExternalIp => meta.at("spec.externalIPs"),
            Via::LoadBalancer { nth } => {
                meta.at(FieldPath::from("status.loadBalancer.ingress").index(nth))
            }
            Via::NodePort => None,
        }
    }

    fn door_certainty(self, door: ServiceDoor) -> Certainty {
        let service = &self.cluster.services[door.service];
        match door.via {
            Via::ClusterIp => sure(&service.meta, "spec.clusterIP"),
            Via::ExternalIp => Certainty::Given,
            Via::LoadBalancer { .. } => sure(&service.meta, "status.loadBalancer"),
            Via::NodePort => sure_at(&service.meta, &self.port_path(door).key("nodePort")),
        }
    }
}

/// References to the rules that a packet met on a node.
pub(super) fn rules(
    cluster: &Cluster,
    node: NodeId,
    family: Family,
    visits: &[Visit],
) -> Vec<RuleRef> {
    visits
        .iter()
        .map(|visit| RuleRef {
            node: cluster.nodes[node].meta.name.clone(),
            family,
            table: visit.table.clone(),
            chain: visit.chain.clone(),
            first: visit.first,
            last: visit.last,
            matched: visit.matched,
            header: visit.header,
            mark: visit.mark,
        })
        .collect()
}

/// How sure a load balancer's point of entry is.
pub(super) fn load_balancer_certainty(service: &Service, nth: usize) -> Certainty {
    match service.load_balancer.ingress.get(nth).map(|i| &i.point) {
        Some(IngressPoint::Ip(_)) => sure(&service.meta, "status.loadBalancer"),
        // Its address is whatever the name resolves to outside.
        Some(IngressPoint::Hostname(_)) | None => Certainty::Assumed,
    }
}

/// How sure it is that a real cluster has this address where this one has it.
pub(super) fn address_certainty(
    cluster: &Cluster,
    network: &Network,
    address: IpAddr,
) -> Certainty {
    match network.whose(address) {
        Whose::Pod(pod) => sure(&cluster.pods[pod].meta, "status.podIPs"),
        Whose::Node(node) => node_certainty(cluster, node),
        Whose::Service(service, role) => {
            let service = &cluster.services[service];
            match role {
                Role::ClusterIp => service_certainty(service),
                Role::ExternalIp => Certainty::Given,
                Role::LoadBalancer { nth } => load_balancer_certainty(service, nth),
            }
        }
        Whose::Outside if network.is_example(address) => Certainty::Assumed,
        Whose::Endpoint(_)
        | Whose::VacantPodAddress(_)
        | Whose::VacantServiceAddress
        | Whose::Loopback
        | Whose::Outside => Certainty::Given,
    }
}

/// How sure a node port is; [`Certainty::Given`] if the packet is for none.
pub(super) fn node_port_certainty(
    cluster: &Cluster,
    network: &Network,
    header: &Header,
) -> Certainty {
    match network.door(header) {
        Some(door) if door.via == Via::NodePort => {
            let service = &cluster.services[door.service];
            sure_at(&service.meta, &port_path(service, door).key("nodePort"))
        }
        _ => Certainty::Given,
    }
}

fn node_certainty(cluster: &Cluster, node: NodeId) -> Certainty {
    let meta = &cluster.nodes[node].meta;
    match meta.origin {
        Some(_) => sure(meta, "status.addresses"),
        None => Certainty::Assumed,
    }
}

/// How sure the address of a Service is.
pub(super) fn service_certainty(service: &Service) -> Certainty {
    match service.address {
        ServiceAddress::ClusterIps(_) => sure(&service.meta, "spec.clusterIP"),
        ServiceAddress::Headless | ServiceAddress::ExternalName(_) => Certainty::Given,
    }
}

fn sure(meta: &Meta, path: &str) -> Certainty {
    sure_at(meta, &FieldPath::from(path))
}

fn sure_at(meta: &Meta, path: &FieldPath) -> Certainty {
    let within = meta
        .additions
        .iter()
        .any(|addition| addition.path.0.starts_with(&path.0) && is_assumed(addition.why));
    match meta.why(path) {
        Some(why) if is_assumed(why) => Certainty::Assumed,
        _ if within => Certainty::Assumed,
        _ => Certainty::Given,
    }
}

fn is_assumed(why: Why) -> bool {
    match why {
        Why::Allocated | Why::Assumed => true,
        Why::Defaulted | Why::Wiped => false,
    }
}

/// A Service, whichever of its ports.
pub(super) fn service_ref(meta: &Meta) -> ServicePortRef {
    ServicePortRef {
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
        port: Default::default(),
    }
}

fn port_path(service: &Service, door: ServiceDoor) -> FieldPath {
    FieldPath::from("spec.ports").index(service.ports[door.port].index)
}

fn port_ref(service: &Service, door: ServiceDoor) -> ServicePortRef {
    ServicePortRef {
        namespace: service.meta.namespace.clone(),
        name: service.meta.name.clone(),
        port: service.ports[door.port].name.clone(),
    }
}

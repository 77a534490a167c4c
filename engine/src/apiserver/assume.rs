//! What a pasted cluster needs and nobody wrote: namespaces, nodes, the cluster's DNS. All of it marked as assumed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::num::NonZeroU16;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net};
use rustc_hash::FxHashSet;
use serde_json::json;

use super::defaults::NAMESPACE_NAME_LABEL;
use super::draft::Draft;
use super::environment::KindNode;
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::api::core::{self, Taint};
use crate::api::{LabelSelector, StringMap};
use crate::cluster::FamilyPolicy;
use crate::cluster::{
    Addition, Cluster, Container, ContainerPort, DnsPolicy, LoadBalancer, Meta, Namespace, Node,
    NodeAddress, NodeAddressType, PodSpec, PodTemplate, Service, ServiceAddress, ServicePort,
    ServiceType, SessionAffinity, TargetPort, TrafficPolicy, Why, Workload, ZONE_LABEL,
};
use crate::identity::draw;
use crate::origin::FieldPath;
use crate::packet::{Family, Protocol};

/// The nodes of a cluster of which nobody says anything: three in two zones.
const DEFAULT_NODES: [(&str, &str); 3] = [
    ("node-1", "zone-a"),
    ("node-2", "zone-b"),
    ("node-3", "zone-a"),
];

/// Where assumed nodes are, if nothing else is there.
const NODE_RANGES: [Ipv4Net; 4] = [
    Ipv4Net::new_assert(Ipv4Addr::new(192, 168, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(172, 18, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(10, 0, 0, 0), 16),
    Ipv4Net::new_assert(Ipv4Addr::new(198, 18, 0, 0), 16),
];

/// Where their IPv6 addresses are.
const NODE_RANGE_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x10, 0x192, 0x168, 0, 0, 0, 0);

/// Thousandths of a core of an assumed node.
const NODE_MILLICPU: u64 = 4000;

/// Label and taint of control-plane nodes.
const CONTROL_PLANE: &str = "node-role.kubernetes.io/control-plane";

/// Where the cluster's DNS lives.
const SYSTEM_NAMESPACE: &str = "kube-system";

/// A node that a Pod or a slice names.
#[derive(Debug, Clone, Default)]
pub(super) struct NamedNode {
    /// `status.hostIP` of a Pod there.
    pub(super) address: Option<IpAddr>,
    /// The zone that a slice says it is in.
    pub(super) zone: Option<Str>,
}

/// Nodes that are named but not written, those of a kind cluster, or the default ones if there is none at all.
pub(super) fn nodes(cluster: &mut Cluster, kind: &[KindNode], named: &[(Str, NamedNode)]) {
    let known: FxHashSet<Str> = cluster
        .nodes
        .values()
        .map(|node| node.meta.name.clone())
        .collect();
    for (name, facts) in named {
        if !known.contains(name) {
            cluster
                .nodes
                .push(node(name, facts.zone.as_ref(), facts.address));
        }
    }
    if cluster.nodes.is_empty() {
        for written in kind {
            let mut node = node(&written.name, None, None);
            node.meta.labels.extend(written.labels.clone());
            if written.tainted {
                node.taints.push(Taint {
                    key: CONTROL_PLANE.into(),
                    value: Str::default(),
                    effect: "NoSchedule".into(),
                });
            }
            cluster.nodes.push(node);
        }
    }
    if cluster.nodes.is_empty() {
        for (name, zone) in DEFAULT_NODES {
            cluster.nodes.push(node(name, Some(&zone.into()), None));
        }
    }
    addresses(cluster);
    pod_ranges(cluster);
    for (_, node) in cluster.nodes.iter_mut() {
        if node.allocatable_millicpu.is_none() {
            node.allocatable_millicpu = Some(NODE_MILLICPU);
            let cpu = format!("{NODE_MILLICPU}m");
            node.meta
                .additions
                .push(assumed("status.allocatable.cpu", json!(cpu)));
        }
    }
}

fn node(name: &str, zone: Option<&Str>, address: Option<IpAddr>) -> Node {
    let mut labels = StringMap::from([
        ("kubernetes.io/hostname".into(), name.into()),
        ("kubernetes.io/os".into(), "linux".into()),
    ]);
    if let Some(zone) = zone {
        labels.insert(ZONE_LABEL.into(), zone.clone());
    }
    let mut additions = vec![assumed(
        "",
        json!({"kind": "Node", "metadata": {"name": name}}),
    )];
    additions.extend(address.map(|address| assumed("status.addresses", address_list(&[address]))));
    Node {
        meta: Meta {
            name: name.into(),
            labels,
            additions,
            ..Meta::default()
        },
        addresses: address.map(internal).into_iter().collect(),
        pod_cidrs: Vec::new(),
        taints: Vec::new(),
        cordoned: false,
        ready: true,
        allocatable_millicpu: Some(NODE_MILLICPU),
        local_addresses: None,
    }
}

/// An InternalIP of each family for every node that has no address, clear of everything that is known.
fn addresses(cluster: &mut Cluster) {
    let network = &cluster.environment.network;
    let mut families: Vec<Family> = Vec::new();
    for range in &network.service_cidrs {
        let family = Family::of(range.addr());
        if !families.contains(&family) {
            families.push(family);
        }
    }
    let range = node_range(cluster);
    let mut taken: FxHashSet<IpAddr> = cluster
        .nodes
        .values()
        .flat_map(|node| node.addresses.iter().map(|written| written.address))
        .collect();
    for (_, node) in cluster.nodes.iter_mut() {
        if !node.addresses.is_empty() {
            continue;
        }
        for family in &families {
            let Some(address) = node_address(&node.meta.name, range, *family, &taken) else {
                continue;
            };
            taken.insert(address);
            node.addresses.push(internal(address));
        }
        let list: Vec<_> = node
            .addresses
            .iter()
            .map(|written| written.address)
            .collect();
        node.meta
            .additions
            .push(assumed("status.addresses", address_list(&list)));
    }
}

/// The first of the usual ranges that nothing else is in.
fn node_range(cluster: &Cluster) -> Ipv4Net {
    let network = &cluster.environment.network;
    let is_free = |range: &Ipv4Net| {
        let range = IpNet::V4(*range);
        let nodes = cluster.nodes.values().flat_map(|node| &node.pod_cidrs);
        !network
            .pod_cidrs
            .iter()
            .chain(&network.service_cidrs)
            .chain(nodes)
            .any(|taken| taken.contains(&range) || range.contains(taken))
    };
    NODE_RANGES
        .into_iter()
        .find(is_free)
        .unwrap_or(NODE_RANGES[0])
}

/// The three default nodes are neighbours; others start anywhere in the range.
fn node_address(
    name: &str,
    range: Ipv4Net,
    family: Family,
    taken: &FxHashSet<IpAddr>,
) -> Option<IpAddr> {
    const HOSTS: u64 = 1 << 16;
    let start = default_node(name).map_or_else(|| draw(&["Node", name]), |nth| 11 + nth);
    (0..HOSTS)
        .map(|step| start.wrapping_add(step) % HOSTS)
        .filter(|host| !matches!(host & 0xff, 0 | 1 | 255))
        .map(|host| match family {
            Family::V4 => {
                let host = u32::try_from(host).unwrap_or_default();
                IpAddr::V4((u32::from(range.network()) | host).into())
            }
            Family::V6 => IpAddr::V6((u128::from(NODE_RANGE_V6) | u128::from(host)).into()),
        })
        .find(|address| !taken.contains(address))
}

fn default_node(name: &str) -> Option<u64> {
    let place = DEFAULT_NODES.iter().position(|(node, _)| *node == name)?;
    u64::try_from(place).ok()
}

/// A part of the Pod range for every node that has none.
fn pod_ranges(cluster: &mut Cluster) {
    let ranges = cluster.environment.network.pod_cidrs.clone();
    for range in ranges {
        // As kube-controller-manager's --node-cidr-mask-size: /24 and /64, or smaller in a small range.
        let length = match Family::of(range.addr()) {
            Family::V4 => 24_u8.max(range.prefix_len().saturating_add(2)).min(30),
            Family::V6 => 64_u8.max(range.prefix_len().saturating_add(2)).min(126),
        };
        let parts: u64 = 1 << u32::from(length.saturating_sub(range.prefix_len())).min(32);
        let mut taken: FxHashSet<IpAddr> = cluster
            .nodes
            .values()
            .flat_map(|node| node.pod_cidrs.iter().map(IpNet::network))
            .collect();
        for (_, node) in cluster.nodes.iter_mut() {
            let family = Family::of(range.addr());
            if node
                .pod_cidrs
                .iter()
                .any(|cidr| Family::of(cidr.addr()) == family)
            {
                continue;
            }
            let start = default_node(&node.meta.name)
                .unwrap_or_else(|| draw(&["podCIDR", &node.meta.name]));
            let part = (0..parts)
                .filter_map(|step| subnet(range, length, start.wrapping_add(step) % parts))
                .find(|cidr| !taken.contains(&cidr.network()));
            let Some(cidr) = part else { continue };
            taken.insert(cidr.network());
            node.pod_cidrs.push(cidr);
            let texts: Vec<String> = node.pod_cidrs.iter().map(IpNet::to_string).collect();
            node.meta
                .additions
                .push(assumed("spec.podCIDRs", json!(texts)));
        }
    }
}

fn subnet(range: IpNet, length: u8, number: u64) -> Option<IpNet> {
    let shift = u32::from(range.max_prefix_len().checked_sub(length)?);
    let distance = u128::from(number).checked_shl(shift)?;
    let address = match range.network() {
        IpAddr::V4(base) => {
            let sum = u128::from(u32::from(base)).checked_add(distance)?;
            IpAddr::V4(u32::try_from(sum).ok()?.into())
        }
        IpAddr::V6(base) => IpAddr::V6(u128::from(base).checked_add(distance)?.into()),
    };
    IpNet::new(address, length).ok()
}

/// Namespaces that objects are in but nobody wrote.
pub(super) fn namespaces(cluster: &mut Cluster) {
    let mut known: FxHashSet<Str> = cluster
        .namespaces
        .values()
        .map(|namespace| namespace.meta.name.clone())
        .collect();
    let metas = cluster
        .services
        .values()
        .map(|service| &service.meta)
        .chain(cluster.workloads.values().map(|workload| &workload.meta))
        .chain(cluster.pods.values().map(|pod| &pod.meta))
        .chain(cluster.endpoints.values().map(|endpoints| &endpoints.meta))
        .chain(cluster.slices.values().map(|slice| &slice.meta));
    let mut missing = Vec::new();
    for meta in metas {
        if !meta.namespace.is_empty() && known.insert(meta.namespace.clone()) {
            missing.push(meta.namespace.clone());
        }
    }
    for name in missing {
        cluster.namespaces.push(Namespace {
            meta: Meta {
                labels: StringMap::from([(NAMESPACE_NAME_LABEL.into(), name.clone())]),
                additions: vec![assumed(
                    "",
                    json!({"kind": "Namespace", "metadata": {"name": name.as_str()}}),
                )],
                name,
                ..Meta::default()
            },
        });
    }
}

/// Whether a Service of this name and these labels is the cluster's DNS.
pub(super) fn is_dns(namespace: &str, name: &str, labels: &StringMap) -> bool {
    let app = labels.get("k8s-app");
    namespace == SYSTEM_NAMESPACE
        && (name == "kube-dns" || app.is_some_and(|app| app == "kube-dns"))
}

/// The address of the cluster's DNS Service, if it was written without one: kubelet points Pods there.
pub(super) fn dns_address(draft: &mut Draft<core::Service>, addresses: &[IpAddr]) {
    let meta = &draft.value.metadata;
    let is_dns = is_dns(&meta.namespace, &meta.name, &meta.labels);
    let spec = &mut draft.value.spec;
    let is_open = spec.type_.as_deref() != Some("ExternalName") && spec.cluster_ips.is_empty();
    let Some(address) = addresses.first().filter(|_| is_dns && is_open) else {
        return;
    };
    let text = address.to_string();
    spec.cluster_ip = Some(text.as_str().into());
    spec.cluster_ips = vec![text.as_str().into()];
    let additions = [
        assumed("spec.clusterIP", json!(text)),
        assumed("spec.clusterIPs", json!([text])),
    ];
    draft.additions.extend(additions);
}

/// The cluster's DNS as kubeadm installs it: the Service that kubelet points Pods at, and CoreDNS behind it, as far as
/// nobody wrote them.
///
/// Both have no origin and are assumed as a whole. Lists of what a person has leave such objects out.
pub(super) fn dns(cluster: &mut Cluster) {
    let addresses = cluster.environment.kubelet.cluster_dns.clone();
    let written = cluster.services.values().find(|service| {
        let meta = &service.meta;
        is_dns(&meta.namespace, &meta.name, &meta.labels)
            || service
                .cluster_ips()
                .iter()
                .any(|ip| addresses.contains(ip))
    });
    let (namespace, selector, name) = match written {
        Some(service) => (
            service.meta.namespace.clone(),
            service.selector.clone(),
            service.meta.name.clone(),
        ),
        None => {
            let service = dns_service(addresses);
            let meta = &service.meta;
            let found = (
                meta.namespace.clone(),
                service.selector.clone(),
                meta.name.clone(),
            );
            cluster.services.push(service);
            found
        }
    };
    let fits = |labels: &StringMap| {
        selector
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
    };
    let has_backends = selector.is_empty()
        || cluster
            .pods
            .values()
            .any(|pod| pod.meta.namespace == namespace && fits(&pod.meta.labels))
        || cluster.workloads.values().any(|workload| {
            workload.meta.namespace == namespace && fits(&workload.template.labels)
        })
        || cluster.slices.values().any(|slice| {
            slice.meta.namespace == namespace && slice.service.as_ref() == Some(&name)
        });
    if !has_backends {
        cluster.workloads.push(coredns(namespace, selector));
    }
}

const DNS_PORTS: [(&str, Protocol, u16); 3] = [
    ("dns", Protocol::Udp, 53),
    ("dns-tcp", Protocol::Tcp, 53),
    ("metrics", Protocol::Tcp, 9153),
];

fn dns_service(addresses: Vec<IpAddr>) -> Service {
    let app = StringMap::from([("k8s-app".into(), "kube-dns".into())]);
    let ports = DNS_PORTS
        .iter()
        .enumerate()
        .filter_map(|(index, (name, protocol, number))| {
            let port = NonZeroU16::new(*number)?;
            Some(ServicePort {
                name: (*name).into(),
                protocol: *protocol,
                port,
                target_port: TargetPort::Number(port),
                node_port: None,
                app_protocol: None,
                index,
            })
        })
        .collect();
    let families: Vec<Family> = addresses.iter().copied().map(Family::of).collect();
    Service {
        meta: system_meta(SYSTEM_NAMESPACE.into(), "kube-dns", "Service", app.clone()),
        type_: ServiceType::ClusterIp,
        family_policy: if families.len() > 1 {
            FamilyPolicy::RequireDualStack
        } else {
            FamilyPolicy::SingleStack
        },
        address: ServiceAddress::ClusterIps(addresses),
        selector: app,
        ports,
        families,
        internal_traffic_policy: TrafficPolicy::Cluster,
        external_traffic_policy: TrafficPolicy::Cluster,
        session_affinity: SessionAffinity::None,
        publish_not_ready_addresses: false,
        external_ips: Vec::new(),
        traffic_distribution: None,
        health_check_node_port: None,
        load_balancer: LoadBalancer::default(),
    }
}

fn coredns(namespace: Str, labels: StringMap) -> Workload {
    let container = Container {
        name: "coredns".into(),
        ports: DNS_PORTS
            .iter()
            .map(|(name, protocol, number)| ContainerPort {
                name: Some((*name).into()),
                port: *number,
                protocol: *protocol,
                host_port: None,
            })
            .collect(),
        has_readiness_probe: true,
    };
    Workload {
        meta: system_meta(namespace, "coredns", "Deployment", labels.clone()),
        kind: WorkloadKind::Deployment,
        owner: None,
        selector: LabelSelector {
            match_labels: labels.clone(),
            ..LabelSelector::default()
        },
        replicas: 2,
        template: PodTemplate {
            labels,
            spec: Arc::new(PodSpec {
                containers: vec![container],
                dns_policy: DnsPolicy::Default,
                enable_service_links: true,
                ..PodSpec::default()
            }),
            ..PodTemplate::default()
        },
        service_name: None,
        first_ordinal: 0,
        indexed: false,
        suspended: false,
    }
}

fn system_meta(namespace: Str, name: &str, kind: &str, labels: StringMap) -> Meta {
    let whole = json!({"kind": kind, "metadata": {"namespace": namespace, "name": name}});
    Meta {
        namespace,
        name: name.into(),
        labels,
        additions: vec![assumed("", whole)],
        ..Meta::default()
    }
}

fn internal(address: IpAddr) -> NodeAddress {
    NodeAddress {
        type_: NodeAddressType::InternalIp,
        address,
    }
}

fn address_list(addresses: &[IpAddr]) -> serde_json::Value {
    addresses
        .iter()
        .map(|address| json!({"type": "InternalIP", "address": address.to_string()}))
        .collect()
}

pub(super) fn assumed(path: &str, value: serde_json::Value) -> Addition {
    Addition {
        path: FieldPath::from(path),
        value,
        why: Why::Assumed,
    }
}

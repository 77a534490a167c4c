//! What could stand in the probe bar's fields.
//!
//! Matches are ranked first and written out only as far as they are sent: thirty thousand Pods are looked at, fifty become
//! text.

use std::{cmp::Ordering, net::IpAddr};

use switchboard_engine::order::Order;
use switchboard_engine::{
    Analysis,
    cluster::{
        IngressPoint, Meta, NodeId, Pod, PodId, ServiceAddress, ServiceId, TargetPort, WorkloadId,
    },
    packet::Protocol,
    trace::{Probe, Source},
};

use super::places::{self, dialled};
use crate::{
    protocol::follow::{Field, Offer, OffersView, OffersWanted},
    scene::{in_order, is_system},
    words,
};

/// Nobody reads further down a list.
const MOST: usize = 500;

pub(super) fn offers(analysis: &Analysis, wanted: OffersWanted) -> OffersView {
    let text = wanted.text.trim().to_ascii_lowercase();
    let mut found = match wanted.field {
        Field::From => sources(analysis, &text),
        Field::To => targets(analysis, &text, &wanted.from),
        Field::Node => nodes(analysis, &text),
        Field::Changed => changeable(analysis, &text),
    };
    // Groups stand together; in each, what fits best comes first.
    found.order_by(|(group, rank, item), (other_group, other_rank, other)| {
        let names = || {
            let pair = meta(analysis, *item).zip(meta(analysis, *other));
            pair.map_or(Ordering::Equal, |(a, b)| in_order(a, b))
        };
        (group, rank)
            .cmp(&(other_group, other_rank))
            .then_with(names)
    });
    let total = found.len();
    let most = (wanted.most as usize).min(MOST);
    let host = Dialled::of(&text);
    OffersView {
        offers: found
            .into_iter()
            .take(most)
            .map(|(group, _, item)| written(analysis, group, item, &host, &wanted.from))
            .collect(),
        total: u32::try_from(total).unwrap_or(u32::MAX),
        read: read(&wanted),
        wanted,
    }
}

/// What the engine reads in a field.
fn read(wanted: &OffersWanted) -> Option<Result<String, String>> {
    let text = wanted.text.trim();
    if text.is_empty() {
        return None;
    }
    match wanted.field {
        Field::Node | Field::Changed => None,
        Field::From => Some(
            text.parse::<Source>()
                .map(|source| source.to_string())
                .map_err(|error| error.to_string()),
        ),
        Field::To => Some(
            Probe::parse("outside", text)
                .map(|probe| {
                    let said = probe.to_string();
                    let (_, to) = said.split_once(" → ").unwrap_or_default();
                    to.to_owned()
                })
                .map_err(|error| error.to_string()),
        ),
    }
}

/// Headings, in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Outside,
    Services,
    Workloads,
    Pods,
    NodePorts,
    Nodes,
    Addresses,
}

impl Group {
    fn name(self) -> &'static str {
        match self {
            Self::Outside => words::probe::OUTSIDE,
            Self::Services => words::probe::SERVICES,
            Self::Workloads => words::probe::ANY_POD_OF,
            Self::Pods => words::probe::PODS,
            Self::NodePorts => words::probe::NODE_PORTS,
            Self::Nodes => words::probe::NODES,
            Self::Addresses => words::probe::ADDRESSES,
        }
    }
}

/// Something to offer, not yet written out.
#[derive(Debug, Clone, Copy)]
enum Item {
    Outside,
    Node(NodeId),
    Workload(WorkloadId),
    Pod(PodId),
    /// A port of a Service by its name; `None`: an ExternalName without ports.
    Name(ServiceId, Option<usize>),
    /// A port of a Service by an address.
    Address(ServiceId, usize, IpAddr, &'static str),
    /// A node port; `None`: of any node.
    NodePort(ServiceId, usize, Option<NodeId>),
    /// A port that a Pod's container declares.
    PodPort(PodId, u16, Protocol),
}

/// The object that an offer is about, whose ports stand as they are written.
fn meta(analysis: &Analysis, item: Item) -> Option<&Meta> {
    let cluster = &analysis.cluster;
    match item {
        Item::Outside => None,
        Item::Node(id) => Some(&cluster.nodes[id].meta),
        Item::Workload(id) => Some(&cluster.workloads[id].meta),
        Item::Pod(id) | Item::PodPort(id, ..) => Some(&cluster.pods[id].meta),
        Item::Name(id, _) | Item::Address(id, ..) | Item::NodePort(id, ..) => {
            Some(&cluster.services[id].meta)
        }
    }
}

/// How well a text fits: 0 is best.
type Rank = u8;
type Found = Vec<(Group, Rank, Item)>;

fn rank(name: &str, text: &str) -> Option<Rank> {
    let name = name.to_ascii_lowercase();
    if text.is_empty() || name == text {
        return Some(0);
    }
    match name.find(text)? {
        0 => Some(1),
        at if !name.as_bytes()[at - 1].is_ascii_alphanumeric() => Some(2),
        _ => Some(3),
    }
}

fn best(ranks: impl IntoIterator<Item = Option<Rank>>) -> Option<Rank> {
    ranks.into_iter().flatten().min()
}

/// Only a text that could be an address is compared with addresses: writing them all out takes its time.
fn address_rank(addresses: &[IpAddr], text: &str) -> Option<Rank> {
    let could_be = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':'));
    could_be.then(|| best(addresses.iter().map(|ip| rank(&ip.to_string(), text))))?
}

fn sources(analysis: &Analysis, text: &str) -> Found {
    let cluster = &analysis.cluster;
    let mut found = Vec::new();
    if let Some(rank) = rank("outside", text) {
        found.push((Group::Outside, rank, Item::Outside));
    }
    // `pod/`, `deployment/`: what is behind the kind is what is looked for.
    let (kind, rest) = text.split_once('/').unwrap_or(("", text));
    let is = |words: &[&str]| kind.is_empty() || words.iter().any(|word| word.starts_with(kind));
    if is(&["pods", "po"]) {
        for (id, pod) in cluster.pods.iter() {
            if pod.is_terminal() || (text.is_empty() && is_system(analysis, id)) {
                continue;
            }
            if let Some(rank) = named(&pod.meta.namespace, &pod.meta.name, rest)
                .or_else(|| address_rank(&pod.ips, rest))
            {
                found.push((Group::Pods, rank, Item::Pod(id)));
            }
        }
    }
    for (id, workload) in cluster.workloads.iter() {
        let word = workload.kind.name().to_ascii_lowercase();
        if workload.meta.origin.is_none() || !(kind.is_empty() || word.starts_with(kind)) {
            continue;
        }
        if let Some(rank) = named(&workload.meta.namespace, &workload.meta.name, rest) {
            found.push((Group::Workloads, rank, Item::Workload(id)));
        }
    }
    if is(&["nodes", "no"]) {
        found.extend(nodes(analysis, rest));
    }
    found
}

/// What a change could be about: what a packet could start from, as far as it can be scaled, fail or go.
fn changeable(analysis: &Analysis, text: &str) -> Found {
    let mut found = sources(analysis, text);
    found.retain(|(_, _, item)| match item {
        Item::Outside => false,
        Item::Workload(id) => super::whatif::can_scale(analysis.cluster.workloads[*id].kind),
        _ => true,
    });
    found
}

/// `name`, or `namespace/name` as far as it is written.
fn named(namespace: &str, name: &str, text: &str) -> Option<Rank> {
    match text.split_once('/') {
        Some((wanted, rest)) => (namespace.eq_ignore_ascii_case(wanted))
            .then(|| rank(name, rest))
            .flatten(),
        None => best([
            rank(name, text),
            rank(namespace, text).map(|rank| rank.saturating_add(1)),
        ]),
    }
}

fn nodes(analysis: &Analysis, text: &str) -> Found {
    let nodes = analysis.cluster.nodes.iter().filter_map(|(id, node)| {
        let addresses: Vec<IpAddr> = node.addresses.iter().map(|known| known.address).collect();
        let rank = best([rank(&node.meta.name, text), address_rank(&addresses, text)])?;
        Some((Group::Nodes, rank, Item::Node(id)))
    });
    nodes.collect()
}

/// The parts of a destination as far as it is written.
struct Dialled {
    is_ping: bool,
    scheme: String,
    host: String,
    port: String,
}

impl Dialled {
    fn of(text: &str) -> Self {
        let pinged = text
            .strip_prefix("ping ")
            .or_else(|| text.strip_prefix("icmp://"));
        if let Some(host) = pinged {
            return Self {
                is_ping: true,
                scheme: String::new(),
                host: host.trim().to_owned(),
                port: String::new(),
            };
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        let authority = match rest.strip_prefix("node/") {
            Some(node) => format!("node/{}", upto(node)),
            None => upto(rest).to_owned(),
        };
        let (host, port) = match authority.rsplit_once(':') {
            // An IPv6 address is not cut at its colons.
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                let is_whole = !host.contains(':') || host.ends_with(']');
                if is_whole {
                    (host.to_owned(), port.to_owned())
                } else {
                    (authority.clone(), String::new())
                }
            }
            _ => (authority.clone(), String::new()),
        };
        Self {
            is_ping: false,
            scheme: scheme.to_owned(),
            host: host.trim_matches(['[', ']']).to_owned(),
            port,
        }
    }
}

fn upto(text: &str) -> &str {
    let end = text.find(['/', '?', '#']).unwrap_or(text.len());
    &text[..end]
}

fn targets(analysis: &Analysis, text: &str, from: &str) -> Found {
    let cluster = &analysis.cluster;
    let dialled = Dialled::of(text);
    let port_fits = |port: u16| port.to_string().starts_with(&dialled.port);
    let mut found = Vec::new();
    let node = dialled.host.strip_prefix("node/");
    for (id, service) in cluster.services.iter() {
        let written = service.meta.origin.is_some();
        if text.is_empty() && !written {
            continue;
        }
        let forms = forms(analysis, id, from);
        let by_name = best(forms.iter().map(|form| rank(form, &dialled.host)));
        if let Some(rank) = by_name {
            if service.ports.is_empty() {
                if matches!(service.address, ServiceAddress::ExternalName(_)) {
                    found.push((Group::Services, rank, Item::Name(id, None)));
                }
            } else {
                let ports = service.ports.iter().enumerate();
                let fitting = ports
                    .filter(|(_, port)| port_fits(port.port.get()))
                    .take(if dialled.is_ping { 1 } else { usize::MAX });
                found.extend(
                    fitting.map(|(nth, _)| (Group::Services, rank, Item::Name(id, Some(nth)))),
                );
            }
        }
        for (address, what) in addresses(analysis, id) {
            let by_address = address_rank(&[address], &dialled.host);
            let Some(rank) = by_address.or(by_name.filter(|_| dialled.host.len() > 1)) else {
                continue;
            };
            let ports = service.ports.iter().enumerate();
            let fitting = ports
                .filter(|(_, port)| port_fits(port.port.get()))
                .take(if dialled.is_ping { 1 } else { usize::MAX });
            found.extend(fitting.map(|(nth, _)| {
                (
                    Group::Addresses,
                    rank,
                    Item::Address(id, nth, address, what),
                )
            }));
        }
        for (nth, port) in service.ports.iter().enumerate() {
            let number = port.node_port.filter(|port| port_fits(port.get()));
            let Some(number) = number.filter(|_| !dialled.is_ping) else {
                continue;
            };
            // Of one node, once somebody wants one.
            if let Some(wanted) = node {
                if let Some(rank) = rank("*", wanted) {
                    found.push((Group::NodePorts, rank, Item::NodePort(id, nth, None)));
                }
                found.extend(
                    nodes(analysis, wanted)
                        .into_iter()
                        .filter_map(|found| match found {
                            (_, rank, Item::Node(node)) => {
                                Some((Group::NodePorts, rank, Item::NodePort(id, nth, Some(node))))
                            }
                            _ => None,
                        }),
                );
            } else {
                let by_number = rank(&number.to_string(), &dialled.host);
                if let Some(rank) = by_number.or(by_name) {
                    found.push((Group::NodePorts, rank, Item::NodePort(id, nth, None)));
                }
            }
            if found.len() > 20 * MOST {
                break;
            }
        }
    }
    // Pods are many, and seldom dialled: once something is written.
    if !dialled.host.is_empty() && node.is_none() {
        for (id, pod) in cluster.pods.iter() {
            let Some(rank) = rank(&pod.meta.name, &dialled.host)
                .or_else(|| address_rank(&pod.ips, &dialled.host))
            else {
                continue;
            };
            found.extend(
                declared(pod)
                    .filter(|(port, _)| port_fits(*port))
                    .map(|(port, protocol)| (Group::Pods, rank, Item::PodPort(id, port, protocol))),
            );
        }
    }
    found
}

pub(super) fn declared(pod: &Pod) -> impl Iterator<Item = (u16, Protocol)> {
    let containers = pod.spec.containers.iter();
    containers.flat_map(|container| {
        let ports = container.ports.iter();
        ports.map(|port| (port.port, port.protocol))
    })
}

/// The names of a Service, the shortest that its sender can use first.
fn forms(analysis: &Analysis, id: ServiceId, from: &str) -> Vec<String> {
    let meta = &analysis.cluster.services[id].meta;
    let zone = analysis.cluster.environment.dns.zone.trim_end_matches('.');
    let (name, namespace) = (&meta.name, &meta.namespace);
    let near = namespace_of(from) == Some(namespace.as_str());
    let short = near.then(|| name.to_string());
    short
        .into_iter()
        .chain([
            format!("{name}.{namespace}"),
            format!("{name}.{namespace}.svc"),
            format!("{name}.{namespace}.svc.{zone}"),
        ])
        .collect()
}

fn namespace_of(from: &str) -> Option<&str> {
    match from.split('/').collect::<Vec<_>>().as_slice() {
        [_, namespace, _] => Some(namespace),
        [kind, _] if *kind != "node" && *kind != "outside" => Some("default"),
        _ => None,
    }
}

fn addresses(analysis: &Analysis, id: ServiceId) -> Vec<(IpAddr, &'static str)> {
    let service = &analysis.cluster.services[id];
    let own = service
        .cluster_ips()
        .iter()
        .map(|ip| (*ip, words::probe::CLUSTER_IP));
    let external = service
        .external_ips
        .iter()
        .map(|ip| (*ip, words::probe::EXTERNAL_IP));
    let balancers = service.load_balancer.ingress.iter();
    let balancers = balancers.filter_map(|ingress| match ingress.point {
        IngressPoint::Ip(ip) => Some((ip, words::probe::LOAD_BALANCER)),
        IngressPoint::Hostname(_) => None,
    });
    own.chain(external).chain(balancers).collect()
}

fn written(
    analysis: &Analysis,
    group: Group,
    item: Item,
    dialled_so_far: &Dialled,
    from: &str,
) -> Offer {
    let cluster = &analysis.cluster;
    let (value, detail) = match item {
        Item::Outside => ("outside".to_owned(), words::probe::CLIENT.to_owned()),
        Item::Node(id) => {
            let node = &cluster.nodes[id];
            let address = node.addresses.first();
            let address = address.map_or_else(String::new, |known| known.address.to_string());
            (format!("node/{}", node.meta.name), address)
        }
        Item::Workload(id) => {
            let workload = &cluster.workloads[id];
            let kind = workload.kind.name();
            let value = format!(
                "{}/{}",
                kind.to_ascii_lowercase(),
                workload.meta.full_name()
            );
            (value, kind.to_owned())
        }
        Item::Pod(id) => {
            let pod = &cluster.pods[id];
            let node = pod
                .node()
                .map(|node| cluster.nodes[node].meta.name.as_str());
            let address = pod.ips.first().map(ToString::to_string);
            let detail = match (address, node) {
                (Some(address), Some(node)) => words::common::on_node(&address, node),
                (Some(address), None) => address,
                (None, _) => words::probe::ON_NO_NODE.to_owned(),
            };
            (format!("pod/{}", pod.meta.full_name()), detail)
        }
        Item::Name(id, nth) => name_offer(analysis, id, nth, dialled_so_far, from),
        Item::Address(id, nth, address, what) => {
            let service = &cluster.services[id];
            let port = &service.ports[nth];
            let detail = words::probe::address_of(what, &service.meta.full_name(), &port.name);
            (dialled(address, port.port.get(), port.protocol), detail)
        }
        Item::NodePort(id, nth, node) => {
            let service = &cluster.services[id];
            let port = &service.ports[nth];
            let name = node.map_or("*", |node| cluster.nodes[node].meta.name.as_str());
            let number = port.node_port.map_or(0, |port| port.get());
            let of = service.meta.full_name();
            let detail = match node {
                Some(_) => words::probe::node_port(&of, &port.name),
                None => words::probe::node_port_anywhere(&of, &port.name),
            };
            (
                places::joined(&format!("node/{name}"), number, port.protocol),
                detail,
            )
        }
        Item::PodPort(id, port, protocol) => {
            let pod = &cluster.pods[id];
            let value = pod
                .ips
                .first()
                .map_or_else(String::new, |address| dialled(*address, port, protocol));
            (value, words::probe::pod(&pod.meta.full_name()))
        }
    };
    let value = match (dialled_so_far.is_ping, item) {
        (true, Item::Address(.., address, _)) => format!("ping {address}"),
        (true, Item::PodPort(id, ..)) => {
            let address = cluster.pods[id].ips.first();
            address.map_or_else(String::new, |address| format!("ping {address}"))
        }
        (true, Item::Name(..)) => format!("ping {value}"),
        _ => value,
    };
    Offer {
        value,
        detail,
        group: group.name().to_owned(),
    }
}

fn name_offer(
    analysis: &Analysis,
    id: ServiceId,
    nth: Option<usize>,
    so_far: &Dialled,
    from: &str,
) -> (String, String) {
    let service = &analysis.cluster.services[id];
    let forms = forms(analysis, id, from);
    // The form that is being written, else the shortest.
    let fits = |form: &&String| !so_far.host.is_empty() && form.starts_with(&so_far.host);
    let host = forms.iter().find(fits).unwrap_or(&forms[0]);
    let type_ = match &service.address {
        ServiceAddress::Headless => words::probe::HEADLESS.to_owned(),
        ServiceAddress::ExternalName(name) => words::probe::external_name(name),
        ServiceAddress::ClusterIps(_) => service.type_.name().to_owned(),
    };
    if so_far.is_ping {
        return (host.clone(), type_);
    }
    let Some(port) = nth.map(|nth| &service.ports[nth]) else {
        let scheme = if so_far.scheme.is_empty() {
            "https"
        } else {
            &so_far.scheme
        };
        return (format!("{scheme}://{host}"), type_);
    };
    let target = match &port.target_port {
        TargetPort::Number(number) => number.to_string(),
        TargetPort::Name(name) => name.to_string(),
    };
    let value = if so_far.scheme.is_empty() || port.protocol != Protocol::Tcp {
        places::url(host, port)
    } else {
        format!("{}://{host}:{}", so_far.scheme, port.port)
    };
    let detail = words::probe::service_port(&type_, &port.name, port.port, port.protocol, &target);
    (value, detail)
}

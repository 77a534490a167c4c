//! What the probe bar offers: where packets can start, and where they can go.

use std::collections::BTreeSet;
use std::net::IpAddr;

use switchboard_engine::{
    Analysis,
    cluster::{Cluster, PodId, Service, ServiceAddress, ServiceId, ServicePort},
    packet::Protocol,
};

use crate::{
    protocol::{Places, ProbeText},
    scene::is_system,
};
use switchboard_engine::order::Gather;

/// As many as a list can offer; a name can always be typed.
const MOST: usize = 2000;

pub(super) fn places(analysis: &Analysis) -> Places {
    let cluster = &analysis.cluster;
    let pods = cluster
        .pods
        .iter()
        .filter(|(id, pod)| !pod.is_terminal() && !is_system(analysis, *id))
        .take(MOST)
        .map(|(_, pod)| format!("pod/{}/{}", pod.meta.namespace, pod.meta.name));
    let nodes = cluster
        .nodes
        .values()
        .take(MOST)
        .map(|node| format!("node/{}", node.meta.name));
    Places {
        from: pods.chain(nodes).chain(["outside".to_owned()]).collect(),
        to: written(cluster)
            .take(MOST)
            .flat_map(|(_, service)| targets(service))
            .collect(),
        first: first(analysis),
    }
}

/// What to put behind "to" for a Service: its name with its first port.
pub(super) fn target(service: &Service) -> Option<String> {
    targets(service).into_iter().next()
}

/// A host and a port as a probe writes them.
pub(super) fn dialled(address: IpAddr, port: u16, protocol: Protocol) -> String {
    let host = match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => format!("[{address}]"),
    };
    joined(&host, port, protocol)
}

fn written(cluster: &Cluster) -> impl Iterator<Item = (ServiceId, &Service)> {
    cluster
        .services
        .iter()
        .filter(|(_, service)| service.meta.origin.is_some())
}

fn targets(service: &Service) -> Vec<String> {
    let name = format!("{}.{}", service.meta.name, service.meta.namespace);
    if service.ports.is_empty() {
        // An ExternalName often says no port; a probe needs one.
        return match service.address {
            ServiceAddress::ExternalName(_) => vec![format!("https://{name}")],
            _ => Vec::new(),
        };
    }
    let names = service.ports.iter().map(|port| url(&name, port));
    let addresses = service.cluster_ips().iter().flat_map(|address| {
        service
            .ports
            .iter()
            .map(move |port| dialled(*address, port.port.get(), port.protocol))
    });
    names.chain(addresses).collect()
}

pub(super) fn url(name: &str, port: &ServicePort) -> String {
    match (port.protocol, port.port.get()) {
        (Protocol::Tcp, 80) => format!("http://{name}"),
        (Protocol::Tcp, 443) => format!("https://{name}"),
        (protocol, port) => joined(name, port, protocol),
    }
}

pub(super) fn joined(host: &str, port: u16, protocol: Protocol) -> String {
    match protocol {
        Protocol::Tcp => format!("{host}:{port}"),
        other => format!("{host}:{port}/{}", other.lower()),
    }
}

/// Somebody who is not behind the Service asks it.
fn first(analysis: &Analysis) -> Option<ProbeText> {
    let cluster = &analysis.cluster;
    let (id, service) = written(cluster)
        .find(|(id, service)| {
            target(service).is_some() && analysis.topology.selected(*id).next().is_some()
        })
        .or_else(|| written(cluster).find(|(_, service)| target(service).is_some()))?;
    let behind: BTreeSet<PodId> = analysis.topology.selected(id).gather();
    let runs = || {
        cluster.pods.iter().filter(|(id, pod)| {
            pod.node().is_some() && !pod.is_terminal() && !is_system(analysis, *id)
        })
    };
    let from = runs()
        .find(|(id, pod)| !behind.contains(id) && pod.meta.namespace == service.meta.namespace)
        .or_else(|| runs().find(|(id, _)| !behind.contains(id)))
        .or_else(|| runs().next());
    Some(ProbeText {
        from: from.map_or_else(
            || "outside".to_owned(),
            |(_, pod)| format!("pod/{}/{}", pod.meta.namespace, pod.meta.name),
        ),
        to: target(service)?,
    })
}

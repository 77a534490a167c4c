//! How an end of a probe is written, and the probe that stands in the bar before anybody wrote one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use switchboard_engine::{
    Analysis,
    cluster::{Cluster, PodId, Service, ServiceAddress, ServiceId, ServicePort},
    packet::Protocol,
};

use crate::{protocol::ProbeText, scene::is_system};
use switchboard_engine::order::Gather;

/// What to put behind "to" for a Service: its name with its first port.
pub(super) fn target(service: &Service) -> Option<String> {
    let name = format!("{}.{}", service.meta.name, service.meta.namespace);
    match (service.ports.first(), &service.address) {
        (Some(port), _) => Some(url(&name, port)),
        // An ExternalName often says no port; a probe needs one.
        (None, ServiceAddress::ExternalName(_)) => Some(format!("https://{name}")),
        (None, _) => None,
    }
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

/// What to send first: somebody who is not behind a Service asks it.
pub(super) fn first(analysis: &Analysis) -> Option<ProbeText> {
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

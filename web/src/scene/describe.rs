//! A Service in the few words that fit on its card.

use switchboard_engine::{
    cluster::{Cluster, Service, ServiceAddress, ServiceType, TargetPort},
    packet::Protocol,
};

use super::{Dns, Entrance, PortLine, ServiceKind};
use crate::words;

pub(super) fn dns(cluster: &Cluster) -> Option<Dns> {
    let address = cluster.environment.kubelet.cluster_dns.first()?;
    (!cluster.services.is_empty()).then(|| Dns {
        address: address.to_string(),
    })
}

pub(super) fn kind(service: &Service) -> ServiceKind {
    match (&service.address, service.type_) {
        (_, ServiceType::ExternalName) => ServiceKind::ExternalName,
        (ServiceAddress::Headless, _) => ServiceKind::Headless,
        (_, ServiceType::NodePort) => ServiceKind::NodePort,
        (_, ServiceType::LoadBalancer) => ServiceKind::LoadBalancer,
        (_, ServiceType::ClusterIp) => ServiceKind::ClusterIp,
    }
}

pub(super) fn address(service: &Service) -> String {
    match &service.address {
        ServiceAddress::ClusterIps(addresses) if addresses.is_empty() => {
            words::scene::NO_ADDRESS.to_owned()
        }
        ServiceAddress::ClusterIps(addresses) => addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        ServiceAddress::Headless => words::scene::NO_VIRTUAL_ADDRESS.to_owned(),
        ServiceAddress::ExternalName(name) => name.to_string(),
    }
}

pub(super) fn ports(service: &Service) -> Vec<PortLine> {
    service
        .ports
        .iter()
        .map(|port| {
            let target = match &port.target_port {
                TargetPort::Number(number) => number.to_string(),
                TargetPort::Name(name) => name.to_string(),
            };
            let protocol = match port.protocol {
                Protocol::Tcp => String::new(),
                other => format!("/{}", other.upper()),
            };
            PortLine {
                name: port.name.clone(),
                text: format!("{}{protocol} → {target}", port.port),
            }
        })
        .collect()
}

pub(super) fn entrance(service: &Service) -> Option<Entrance> {
    if !service.externally_accessible() {
        return None;
    }
    let load_balancer = (service.type_ == ServiceType::LoadBalancer).then(|| {
        service
            .load_balancer
            .ingress
            .iter()
            .map(|ingress| ingress.point.to_string())
            .collect()
    });
    Some(Entrance {
        load_balancer,
        node_ports: service
            .ports
            .iter()
            .filter_map(|port| port.node_port.map(u16::from))
            .collect(),
        external_ips: service
            .external_ips
            .iter()
            .map(ToString::to_string)
            .collect(),
    })
}

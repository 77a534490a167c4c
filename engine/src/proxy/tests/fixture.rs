//! Clusters built by hand: short words for what a test is about, the API's defaults for the rest.

use std::net::IpAddr;
use std::num::NonZeroU16;

use crate::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, IngressPoint, IpMode,
    LoadBalancerIngress, Meta, Node, NodeAddress, NodeAddressType, Service, ServicePort,
    ServiceType, SliceSource,
};
use crate::packet::{Family, Protocol};
use crate::proxy::{NodeView, Proxied, proxied};

/// A cluster with node1 (192.168.0.2, zone a) and node2 (192.168.0.3, zone b), whose Pods are in 10.0.0.0/8.
pub(crate) fn cluster() -> Cluster {
    let mut cluster = Cluster::default();
    cluster.environment.proxy.detect_local = vec!["10.0.0.0/8".parse().unwrap()];
    for (name, address, zone) in [("node1", "192.168.0.2", "a"), ("node2", "192.168.0.3", "b")] {
        let mut meta = meta("", name);
        meta.labels
            .insert("topology.kubernetes.io/zone".into(), zone.into());
        cluster.nodes.push(Node {
            meta,
            addresses: vec![NodeAddress {
                type_: NodeAddressType::InternalIp,
                address: ip(address),
            }],
            pod_cidrs: Vec::new(),
            taints: Vec::new(),
            cordoned: false,
            cut_off: false,
            ready: true,
            allocatable_millicpu: None,
            local_addresses: None,
        });
    }
    cluster
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

pub(crate) fn port(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).unwrap()
}

pub(crate) fn meta(namespace: &str, name: &str) -> Meta {
    Meta {
        namespace: namespace.into(),
        name: name.into(),
        ..Meta::default()
    }
}

/// A ClusterIP Service `namespace/name` with the TCP port p80: 80.
pub(crate) fn service(full_name: &str, cluster_ip: &str) -> Service {
    let (namespace, name) = full_name.split_once('/').unwrap();
    let ports = vec![service_port("p80", 80)];
    Service::cluster_ip(meta(namespace, name), vec![ip(cluster_ip)], ports)
}

pub(crate) fn service_port(name: &str, number: u16) -> ServicePort {
    ServicePort::new(0, name, Protocol::Tcp, port(number))
}

/// Makes it of type NodePort, its first port with this number.
pub(crate) fn node_port(mut service: Service, number: u16) -> Service {
    service.type_ = ServiceType::NodePort;
    service.ports[0].node_port = Some(port(number));
    service
}

/// Makes it of type LoadBalancer with these addresses.
pub(crate) fn load_balancer(mut service: Service, addresses: &[&str]) -> Service {
    service.type_ = ServiceType::LoadBalancer;
    service.load_balancer.ingress = addresses
        .iter()
        .map(|address| LoadBalancerIngress {
            point: IngressPoint::Ip(ip(address)),
            ip_mode: IpMode::Vip,
        })
        .collect();
    service
}

/// A slice for the p80 of a Service.
pub(crate) fn slice(full_name: &str, endpoints: Vec<Endpoint>) -> EndpointSlice {
    let (namespace, name) = full_name.split_once('/').unwrap();
    EndpointSlice {
        meta: meta(namespace, &format!("{name}-1")),
        source: SliceSource::Written,
        service: Some(name.into()),
        address_type: AddressType::Ipv4,
        ports: vec![EndpointPort {
            name: Some("p80".into()),
            port: Some(80),
            protocol: Protocol::Tcp,
            app_protocol: None,
        }],
        endpoints,
    }
}

/// An endpoint `address` or `address node`, without conditions.
pub(crate) fn endpoint(text: &str) -> Endpoint {
    let mut words = text.split(' ');
    Endpoint {
        addresses: words.next().map(Into::into).into_iter().collect(),
        node_name: words.next().map(Into::into),
        ..Endpoint::default()
    }
}

/// Not ready.
pub(crate) fn unready(mut endpoint: Endpoint) -> Endpoint {
    endpoint.conditions.ready = Some(false);
    endpoint.conditions.serving = Some(false);
    endpoint
}

/// Terminating and still answering.
pub(crate) fn terminating(mut endpoint: Endpoint) -> Endpoint {
    endpoint.conditions.ready = Some(false);
    endpoint.conditions.serving = Some(true);
    endpoint.conditions.terminating = Some(true);
    endpoint
}

/// What is proxied in IPv4, and node1.
pub(crate) fn seen(cluster: &Cluster) -> (Proxied, NodeView) {
    (
        proxied(cluster, Family::V4),
        NodeView::named(cluster, "node1"),
    )
}

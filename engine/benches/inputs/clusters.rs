//! The largest supported cluster, as admitted: 10,000 Services of 15 endpoints each.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;

use switchboard_engine::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, Meta, Service, ServicePort,
    SliceSource,
};
use switchboard_engine::packet::{Header, Protocol};
use switchboard_engine::proxy::{Conntrack, Skb};

const SERVICES: u32 = 10_000;
const ENDPOINTS_EACH: u32 = 15;
const NODES: u32 = 5_000;

/// The `n`th address from 10.0.0.0 on, or from another base.
fn address(base: [u8; 4], n: u32) -> IpAddr {
    Ipv4Addr::from(u32::from_be_bytes(base) + n).into()
}

pub(crate) fn large_cluster() -> Cluster {
    let mut cluster = Cluster::default();
    let port = NonZeroU16::new(80).expect("not zero");
    for n in 0..SERVICES {
        let meta = |name: String| Meta {
            namespace: format!("team-{}", n % 100).into(),
            name: name.into(),
            ..Meta::default()
        };
        cluster.services.push(Service::cluster_ip(
            meta(format!("service-{n}")),
            vec![address([10, 96, 0, 0], n)],
            vec![ServicePort::new(0, "http", Protocol::Tcp, port)],
        ));
        let endpoints = (0..ENDPOINTS_EACH)
            .map(|nth| {
                let number = n * ENDPOINTS_EACH + nth;
                Endpoint {
                    addresses: vec![address([10, 244, 0, 0], number).to_string().into()],
                    node_name: Some(format!("node-{}", number % NODES).into()),
                    ..Endpoint::default()
                }
            })
            .collect();
        cluster.slices.push(EndpointSlice {
            meta: meta(format!("service-{n}-1")),
            source: SliceSource::Written,
            service: Some(format!("service-{n}").into()),
            address_type: AddressType::Ipv4,
            ports: vec![EndpointPort {
                name: Some("http".into()),
                port: Some(8080),
                protocol: Protocol::Tcp,
                app_protocol: None,
            }],
            endpoints,
        });
    }
    cluster
}

/// The first packet of a connection from a Pod to the Service that an in-order search finds last.
pub(crate) fn packet_to_last_service() -> Skb {
    Skb {
        header: Header::between(
            Protocol::Tcp,
            SocketAddr::new(address([10, 244, 0, 0], 1), 40_000),
            SocketAddr::new(address([10, 96, 0, 0], SERVICES - 1), 80),
        ),
        mark: 0,
        conntrack: Conntrack::New,
        original_destination: None,
        in_interface: None,
        out_interface: None,
    }
}

/// The address of each Service, in order.
pub(crate) fn service_addresses() -> impl Iterator<Item = IpAddr> + Clone {
    (0..SERVICES).map(|n| address([10, 96, 0, 0], n))
}

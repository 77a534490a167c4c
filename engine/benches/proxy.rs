//! One node's ruleset in the largest supported cluster (10,000 Services, 150,000 endpoints), and one packet through it.
//!
//! Each is measured beside the plainest lower bound: the bytes of the rules copied once; as many comparisons of two
//! addresses as the walk looks at rules.

use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU16;

use criterion::{Criterion, criterion_group, criterion_main};
use switchboard_engine::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, FamilyPolicy, LoadBalancer, Meta,
    ProxyMode, Service, ServiceAddress, ServicePort, ServiceType, SessionAffinity, SliceSource,
    TargetPort, TrafficPolicy,
};
use switchboard_engine::packet::{Family, Header, Protocol};
use switchboard_engine::proxy::{
    Conntrack, Hook, NodeView, Skb, State, iptables, proxied, ruleset, walk,
};

const SERVICES: u32 = 10_000;
const ENDPOINTS_EACH: u32 = 15;
const NODES: u32 = 5_000;

/// The `n`th address from 10.0.0.0 on, or from another base.
fn address(base: [u8; 4], n: u32) -> IpAddr {
    Ipv4Addr::from(u32::from_be_bytes(base) + n).into()
}

fn large_cluster() -> Cluster {
    let mut cluster = Cluster::default();
    let port = NonZeroU16::new(80).expect("not zero");
    for n in 0..SERVICES {
        let meta = |name: String| Meta {
            namespace: format!("team-{}", n % 100).into(),
            name: name.into(),
            ..Meta::default()
        };
        cluster.services.push(Service {
            meta: meta(format!("service-{n}")),
            type_: ServiceType::ClusterIp,
            address: ServiceAddress::ClusterIps(vec![address([10, 96, 0, 0], n)]),
            selector: Default::default(),
            ports: vec![ServicePort {
                name: "http".into(),
                protocol: Protocol::Tcp,
                port,
                target_port: TargetPort::Number(port),
                node_port: None,
                app_protocol: None,
                index: 0,
            }],
            families: vec![Family::V4],
            family_policy: FamilyPolicy::SingleStack,
            internal_traffic_policy: TrafficPolicy::Cluster,
            external_traffic_policy: TrafficPolicy::Cluster,
            session_affinity: SessionAffinity::None,
            publish_not_ready_addresses: false,
            external_ips: Vec::new(),
            traffic_distribution: None,
            health_check_node_port: None,
            load_balancer: LoadBalancer::default(),
        });
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

fn large(criterion: &mut Criterion) {
    let cluster = large_cluster();
    let node = NodeView::named(&cluster, "node-7");
    let mut group = criterion.benchmark_group("10,000 Services, 150,000 endpoints");
    group.sample_size(10);
    group.bench_function("what all nodes share", |b| {
        b.iter(|| proxied(black_box(&cluster), Family::V4));
    });

    let proxied = proxied(&cluster, Family::V4);
    let rules = iptables::write(&cluster, &proxied, &node);
    group.bench_function("iptables: printing them", |b| {
        b.iter(|| iptables::written(black_box(&rules)));
    });
    let text = iptables::written(&rules);
    group.bench_function(
        format!("lower bound: copying the {} bytes", text.len()),
        |b| b.iter(|| black_box(text.as_bytes()).to_vec()),
    );
    drop(rules);

    let host = node.host();
    let state = State::default();
    let packet = Skb {
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
    };
    for mode in [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs] {
        // Where the destination is chosen.
        let hook = match mode {
            ProxyMode::Iptables | ProxyMode::Nftables => Hook::Prerouting,
            ProxyMode::Ipvs => Hook::Input,
        };
        let write = || ruleset(&cluster, &proxied, &node, mode);
        group.sample_size(10);
        group.bench_function(format!("{mode:?}: a node's rules"), |b| b.iter(write));
        let ruleset = write();
        let through = || {
            let packet = black_box(&packet);
            walk(&ruleset, &state, hook, packet, &host, 0)
        };
        let met = through()
            .iter()
            .map(|branch| branch.rules_evaluated())
            .max()
            .unwrap_or_default();
        group.sample_size(50);
        group.bench_function(format!("{mode:?}: a packet to the last Service"), |b| {
            b.iter(through);
        });
        let addresses: Vec<IpAddr> = (0..SERVICES)
            .map(|n| address([10, 96, 0, 0], n))
            .cycle()
            .take(usize::try_from(met).unwrap_or_default())
            .collect();
        group.bench_function(format!("lower bound: {met} comparisons"), |b| {
            b.iter(|| {
                let wanted = black_box(IpAddr::from([10, 0, 0, 1]));
                black_box(&addresses)
                    .iter()
                    .filter(|address| **address == wanted)
                    .count()
            });
        });
    }
    group.finish();
}

criterion_group!(benches, large);
criterion_main!(benches);

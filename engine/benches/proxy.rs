//! One node's ruleset in the largest supported cluster (10,000 Services, 150,000 endpoints), and one packet through it.
//!
//! Each is measured beside the plainest lower bound: the bytes of the rules copied once; as many comparisons of two
//! addresses as the walk looks at rules.

mod inputs;

use std::hint::black_box;
use std::net::IpAddr;

use criterion::{Criterion, criterion_group, criterion_main};
use inputs::clusters::{large_cluster, packet_to_last_service, service_addresses};
use switchboard_engine::cluster::ProxyMode;
use switchboard_engine::packet::Family;
use switchboard_engine::proxy::{Hook, NodeView, State, iptables, proxied, ruleset, walk};

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
    let packet = packet_to_last_service();
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
        let addresses: Vec<IpAddr> = service_addresses()
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

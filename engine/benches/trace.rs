//! A probe on a compiled cluster of 10,000 Services with 15 endpoints each, in both modes, beside the walk that it is made of.
//!
//! ```text
//! cargo bench -p switchboard-engine --bench trace --profile fast
//! ```
//!
//! `compile` is what the first probe pays on top: who has which address, and the client's node's ruleset.

#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use std::fmt::Write;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::{Environment, ProxyMode};
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::trace::{Compiled, Probe};

criterion_group!(benches, probes);
criterion_main!(benches);

const SERVICES: usize = 10_000;
const ENDPOINTS: usize = 15;
const NODES: usize = 100;

fn probes(criterion: &mut Criterion) {
    let mut analysis = analysis();
    let name = format!("http://web.team-{}", SERVICES - 1);
    let probe = Probe::parse("pod/team-0/client", &name).expect("a probe");
    let outside = Probe::parse("outside", "node/*:30000").expect("a probe");
    for mode in [ProxyMode::Iptables, ProxyMode::Nftables] {
        analysis.cluster.environment.proxy.mode = mode;
        criterion.bench_function(
            &format!("{mode:?}: the last Service by its name"),
            |bencher| {
                assert_eq!(analysis.trace(&probe).verdict.name(), "reachable");
                bencher.iter(|| black_box(analysis.trace(black_box(&probe))));
            },
        );
    }
    analysis.cluster.environment.proxy.mode = ProxyMode::Iptables;
    let mut group = criterion.benchmark_group("once");
    group.sample_size(10);
    group.bench_function("compile", |bencher| {
        bencher.iter(|| {
            analysis.compiled = Compiled::default();
            black_box(analysis.trace(black_box(&probe)))
        });
    });
    group.bench_function("a node port by any of 100 nodes, compiled", |bencher| {
        assert_eq!(analysis.trace(&outside).verdict.name(), "reachable");
        bencher.iter(|| black_box(analysis.trace(black_box(&outside))));
    });
}

fn analysis() -> Analysis {
    let mut text = String::new();
    for node in 0..NODES {
        let _ = writeln!(
            text,
            r#"{{"apiVersion":"v1","kind":"Node","metadata":{{"name":"n{node}"}},"status":{{"addresses":[{{"type":"InternalIP","address":"172.18.0.{}"}}]}}}}
---"#,
            node + 1
        );
    }
    text.push_str(
        r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"client","namespace":"team-0"},"spec":{"nodeName":"n0","containers":[{"name":"app","image":"curl"}]},"status":{"phase":"Running","podIP":"10.244.255.1","podIPs":[{"ip":"10.244.255.1"}]}}
---
"#,
    );
    for service in 0..SERVICES {
        let (high, low) = (service / 250, 1 + service % 250);
        let (type_, node_port) = match service {
            0 => ("NodePort", r#","nodePort":30000"#),
            _ => ("ClusterIP", ""),
        };
        let endpoints: Vec<String> = (0..ENDPOINTS)
            .map(|nth| {
                let number = service * ENDPOINTS + nth;
                format!(
                    r#"{{"addresses":["10.{}.{}.{}"],"nodeName":"n{}"}}"#,
                    128 + number / 62_500,
                    number / 250 % 250,
                    1 + number % 250,
                    number % NODES
                )
            })
            .collect();
        let _ = writeln!(
            text,
            r#"{{"apiVersion":"v1","kind":"Service","metadata":{{"name":"web","namespace":"team-{service}"}},"spec":{{"type":"{type_}","clusterIP":"10.96.{high}.{low}","clusterIPs":["10.96.{high}.{low}"],"ports":[{{"name":"http","port":80{node_port}}}]}}}}
---
{{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{{"name":"web-1","namespace":"team-{service}","labels":{{"kubernetes.io/service-name":"web"}}}},"addressType":"IPv4","ports":[{{"name":"http","port":8080,"protocol":"TCP"}}],"endpoints":[{}]}}
---"#,
            endpoints.join(",")
        );
    }
    let file = SourceFile {
        name: "cluster.json".into(),
        text,
    };
    Analysis::of(vec![file], Entrance::Stored, Environment::default())
}

//! Reading manifests against the libraries that read the same bytes: YAML against serde_yaml into the same types, JSON
//! against serde_json skipping over it.
//!
//! ```text
//! cargo bench -p switchboard-engine --bench manifest --profile fast
//! ```
//!
//! The ratios count, not the times: YAML at least 0.9 × serde_yaml, JSON at least half of `IgnoredAny`.

#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

mod inputs;

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use inputs::manifests::{deployment, dump, service};
use serde::Deserialize;
use serde::de::IgnoredAny;
use switchboard_engine::api::apps::Workload;
use switchboard_engine::api::core::{Pod, Service};
use switchboard_engine::finding::Findings;
use switchboard_engine::manifest::{Manifest, SourceFile, read};

criterion_group!(benches, applications, dump_in_yaml, dump_in_json);
criterion_main!(benches);

/// What people write: a Deployment and a Service for each application, as documents.
fn applications(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("applications-yaml");
    for size in [10, 100] {
        let text: String = (0..size)
            .flat_map(|number| [deployment(number), service(number)])
            .map(|object| {
                format!(
                    "---\n{}",
                    serde_yaml::to_string(&object).expect("plain values")
                )
            })
            .collect();
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &text, |bencher, text| {
            bencher.iter_batched(|| file(text), ours, BatchSize::LargeInput);
        });
        group.bench_with_input(
            BenchmarkId::new("serde_yaml", size),
            &text,
            |bencher, text| {
                bencher.iter(|| {
                    let mut documents = serde_yaml::Deserializer::from_str(text);
                    while let Some(document) = documents.next() {
                        black_box(Workload::deserialize(document).expect("a Deployment"));
                        let document = documents.next().expect("a Service follows");
                        black_box(Service::deserialize(document).expect("a Service"));
                    }
                });
            },
        );
    }
}

/// What `kubectl get pods -o yaml` prints.
fn dump_in_yaml(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dump-yaml");
    for size in [30, 300] {
        let text = serde_yaml::to_string(&dump(size)).expect("plain values");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &text, |bencher, text| {
            bencher.iter_batched(|| file(text), ours, BatchSize::LargeInput);
        });
        group.bench_with_input(
            BenchmarkId::new("serde_yaml", size),
            &text,
            |bencher, text| {
                bencher.iter(|| black_box(serde_yaml::from_str::<PodList>(text).expect("Pods")));
            },
        );
    }
}

/// What `kubectl get pods -o json` prints.
fn dump_in_json(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("dump-json");
    for size in [300, 3000] {
        let text = serde_json::to_string_pretty(&dump(size)).expect("plain values");
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_with_input(BenchmarkId::new("ours", size), &text, |bencher, text| {
            bencher.iter_batched(|| file(text), ours, BatchSize::LargeInput);
        });
        group.bench_with_input(
            BenchmarkId::new("IgnoredAny", size),
            &text,
            |bencher, text| {
                bencher.iter(|| black_box(serde_json::from_str::<IgnoredAny>(text).expect("JSON")));
            },
        );
        group.bench_with_input(BenchmarkId::new("typed", size), &text, |bencher, text| {
            bencher.iter(|| black_box(serde_json::from_str::<PodList>(text).expect("Pods")));
        });
    }
}

/// The text is the reader's to keep: copying it is not its work.
fn file(text: &str) -> Vec<SourceFile> {
    vec![SourceFile {
        name: "bench".into(),
        text: text.to_owned(),
    }]
}

fn ours(files: Vec<SourceFile>) -> Manifest {
    let mut findings = Findings::default();
    let manifest = read(files, &mut findings);
    assert_eq!(findings.iter().count(), 0, "the input is sound");
    manifest
}

#[derive(Deserialize)]
struct PodList {
    #[expect(dead_code, reason = "it is there to be made")]
    items: Vec<Pod>,
}

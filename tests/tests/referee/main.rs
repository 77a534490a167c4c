//! The Linux kernel as referee: what the engine says kube-proxy writes is loaded with the real tools, real connections are
//! opened through it, and what becomes of them is compared with the engine's answers.
//!
//! Wants root on Linux, with iptables, nftables and iproute2; so its tests are `#[ignore]`d and `cargo xtask test referee`
//! runs them. All addresses stay inside network namespaces. The connections are IPv4; IPv6 rules are loaded and listed.

mod cluster;
mod compare;
mod lab;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::{Egress, Environment, ProxyMode};
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::packet::Family;
use switchboard_engine::proxy::iptables;
use switchboard_engine::proxy::{NodeView, Ruleset};
use switchboard_engine::trace::Probe;

use cluster::{Call, Cluster, From, OUTSIDE};
use compare::{Expected, disagreement};
use lab::Lab;

/// As many clusters a mode.
const CLUSTERS: u64 = 40;
/// Connections where several endpoints can answer.
const MANY: usize = 40;

#[test]
#[ignore = "wants root and network namespaces"]
fn the_kernel_agrees_in_iptables_mode() {
    check_all(ProxyMode::Iptables);
}

#[test]
#[ignore = "wants root and network namespaces"]
fn the_kernel_agrees_in_nftables_mode() {
    check_all(ProxyMode::Nftables);
}

fn check_all(mode: ProxyMode) {
    lab::sweep();
    let next = AtomicU64::new(0);
    let workers = || {
        let mut disagreements = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= CLUSTERS {
                return disagreements;
            }
            let found = check(seed, mode);
            disagreements.extend(
                found
                    .into_iter()
                    .map(|what| format!("cluster {seed}, {mode:?}: {what}")),
            );
        }
    };
    // Most of the time goes by waiting for packets that were dropped.
    let disagreements: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(workers)).collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().expect("a worker ends by itself"))
            .collect()
    });
    assert!(disagreements.is_empty(), "\n{}", disagreements.join("\n"));
}

fn check(seed: u64, mode: ProxyMode) -> Vec<String> {
    let cluster = cluster::generate(seed);
    let analysis = analyse(&cluster, mode);
    let letter = if mode == ProxyMode::Iptables {
        'i'
    } else {
        'n'
    };
    let lab = Lab::build(&format!("{letter}{seed}"), &cluster);
    let mut disagreements = Vec::new();
    for node in &cluster.nodes {
        disagreements.extend(load(&lab, &analysis, &node.name));
    }
    disagreements.extend(connect(&lab, &cluster, &analysis));
    disagreements
}

fn analyse(cluster: &Cluster, mode: ProxyMode) -> Analysis {
    let mut environment = Environment::default();
    environment.proxy.mode = mode;
    environment.options.egress = Egress::Routed;
    environment.options.entry_node = Some(cluster.nodes[cluster.entry].name.as_str().into());
    let file = SourceFile {
        name: "lab.yaml".into(),
        text: cluster.manifests.clone(),
    };
    Analysis::of(vec![file], Entrance::Paste, environment)
}

/// Loads a node's rules of both families and compares what the kernel lists.
fn load(lab: &Lab, analysis: &Analysis, node: &str) -> Vec<String> {
    let id = analysis
        .cluster
        .node(node)
        .expect("the lab's nodes are in its manifests");
    let mut disagreements = Vec::new();
    let mut nft_listing = String::new();
    for family in [Family::V4, Family::V6] {
        let ruleset = analysis.rules(id, family);
        match ruleset.as_ref() {
            Ruleset::Iptables(rules) => {
                let prefix = if family == Family::V4 {
                    "iptables"
                } else {
                    "ip6tables"
                };
                let settings = &analysis.cluster.environment.proxy;
                for sysctl in
                    iptables::sysctls(settings, family, &NodeView::named(&analysis.cluster, node))
                {
                    ok(&lab.on_node(
                        node,
                        "sysctl",
                        &["-qw", &format!("{}={}", sysctl.key, sysctl.value)],
                        "",
                    ));
                }
                let commands: String = iptables::commands(rules)
                    .iter()
                    .map(|command| format!("{prefix} {command}\n"))
                    .collect();
                ok(&lab.on_node(node, "sh", &["-e"], &commands));
                ok(&lab.on_node(
                    node,
                    &format!("{prefix}-restore"),
                    &["--noflush"],
                    &ruleset.written(),
                ));
                let saved = ok(&lab.on_node(node, &format!("{prefix}-save"), &[], ""));
                disagreements.extend(differs(node, &tables(&ruleset.listed()), &tables(&saved)));
            }
            Ruleset::Nftables(_) => {
                ok(&lab.on_node(node, "nft", &["-f", "-"], &ruleset.written()));
                nft_listing += &ruleset.listed();
            }
            Ruleset::Ipvs(_) => panic!("the lab's kernel has no IPVS"),
        }
    }
    if !nft_listing.is_empty() {
        let listed = ok(&lab.on_node(node, "nft", &["list", "ruleset"], ""));
        disagreements.extend(differs(node, &nft_listing, &listed));
    }
    disagreements
}

/// `iptables-save` without comments, its tables in alphabetical order.
fn tables(saved: &str) -> String {
    let mut tables: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut table = "";
    for line in saved.lines().filter(|line| !line.starts_with('#')) {
        table = line.strip_prefix('*').unwrap_or(table);
        tables.entry(table).or_default().push(line);
    }
    tables
        .into_values()
        .flatten()
        .map(|line| format!("{line}\n"))
        .collect()
}

fn differs(node: &str, ours: &str, kernel: &str) -> Option<String> {
    let (mut own, mut real) = (ours.lines(), kernel.lines());
    loop {
        match (own.next(), real.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => {
                return Some(format!(
                    "on {node} the engine lists\n    {one:?}\n  and the kernel\n    {other:?}"
                ));
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Service(usize),
    Call(usize),
}

/// Opens connections from every place at once and compares.
fn connect(lab: &Lab, cluster: &Cluster, analysis: &Analysis) -> Vec<String> {
    // What is dropped is waited for, so calls go side by side, but for those that affinity ties together.
    let mut lanes: BTreeMap<From, BTreeMap<Lane, Vec<String>>> = BTreeMap::new();
    let mut expected: Vec<Option<Expected>> = Vec::new();
    for (id, call) in cluster.calls.iter().enumerate() {
        let expectation = Expected::of(
            &analysis.trace(&probe(cluster, call)),
            &cluster.nodes[cluster.entry].name,
        );
        if let Some(expectation) = &expectation {
            let count = if expectation.is_certain() { 1 } else { MANY };
            let Call {
                protocol,
                address,
                port,
                ..
            } = call;
            let item = format!("{id},{protocol},{address}:{port},{count}");
            lanes
                .entry(call.from)
                .or_default()
                .entry(if call.sticky {
                    Lane::Service(call.service)
                } else {
                    Lane::Call(id)
                })
                .or_default()
                .push(item);
        }
        expected.push(expectation);
    }
    let dialling: Vec<_> = lanes
        .into_iter()
        .map(|(from, lanes)| {
            let lanes: Vec<String> = lanes.into_values().map(|items| items.join(";")).collect();
            lab.dial(cluster, from, &lanes)
        })
        .collect();
    let mut observed: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for line in dialling.into_iter().flat_map(lab::Dialling::outcomes) {
        let (id, outcome) = line
            .split_once(' ')
            .expect("a line is an id and an outcome");
        observed
            .entry(id.parse().expect("ids are numbers"))
            .or_default()
            .push(outcome.to_owned());
    }
    let mut disagreements = Vec::new();
    for (id, expectation) in expected.iter().enumerate() {
        let Some(expectation) = expectation else {
            continue;
        };
        let call = &cluster.calls[id];
        let outcomes = observed.remove(&id).unwrap_or_default();
        if let Some(what) = disagreement(expectation, &outcomes, call.sticky) {
            disagreements.push(format!("{}: {what}", probe(cluster, call)));
        }
    }
    disagreements
}

fn probe(cluster: &Cluster, call: &Call) -> Probe {
    let from = match call.from {
        From::Pod(pod) => format!("pod/lab/{}", cluster.pods[pod].name),
        From::Node(node) => format!("node/{}", cluster.nodes[node].name),
        From::Outside => format!("outside/{OUTSIDE}"),
    };
    let to = format!("{}:{}/{}", call.address, call.port, call.protocol);
    Probe::parse(&from, &to).expect("the lab asks well-formed questions")
}

fn ok(output: &std::process::Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

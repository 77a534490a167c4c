//! The Linux kernel as referee: what the engine says kube-proxy writes is loaded with the real tools, real connections are
//! opened through it, and what becomes of them is compared with the engine's answers.
//!
//! Wants root on Linux, with iptables, nftables and iproute2; so its tests are `#[ignore]`d and `cargo xtask test referee`
//! runs them. All addresses stay inside network namespaces.
//!
//! | module | |
//! |---|---|
//! | `cluster`, `scenarios` | what is asked: clusters from seeds, and the project's scenarios |
//! | `layout`, `lab` | the hosts that takes, and namespaces that are these hosts |
//! | `rules` | loads the rules, compares what the kernel lists |
//! | `calls` | opens connections and compares what becomes of them |
//! | `compare` | one answer against one call's connections; with which certainty |
//! | `coverage` | what a run has exercised |

mod calls;
mod cluster;
mod compare;
mod coverage;
mod lab;
mod layout;
mod rules;
mod scenarios;

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::ProxyMode;
use switchboard_engine::manifest::SourceFile;

use cluster::Call;
use compare::Comparisons;
use coverage::Coverage;
use lab::Lab;
use layout::Layout;
use scenarios::Lesson;

/// As many clusters a mode.
const CLUSTERS: usize = 40;
/// Most of the time goes by waiting for packets that were dropped.
const WORKERS: usize = 5;

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

/// What a part of the run has found.
#[derive(Default)]
struct Report {
    disagreements: Vec<String>,
    coverage: Coverage,
    comparisons: Comparisons,
}

/// Names the one cluster to check, for whoever looks for a mistake.
const ONE_SEED: &str = "REFEREE_SEED";

fn check_all(mode: ProxyMode) {
    lab::take_down_when_ended();
    lab::sweep();
    let one = std::env::var(ONE_SEED)
        .ok()
        .and_then(|seed| seed.parse().ok());
    match one {
        Some(seed) => check_one(seed, mode),
        None => check_clusters_and_scenarios(mode),
    }
}

fn check_one(seed: usize, mode: ProxyMode) {
    let mut report = Report::default();
    check_seed(seed, mode, &mut report);
    report.coverage.print(&format!("cluster {seed}, {mode:?}"));
    agree(&report.disagreements);
}

fn check_clusters_and_scenarios(mode: ProxyMode) {
    let lessons = scenarios::lessons();
    let next = AtomicUsize::new(0);
    let work = || {
        let (mut clusters, mut scenarios) = (Report::default(), Report::default());
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            if nth < CLUSTERS {
                check_seed(nth, mode, &mut clusters);
            } else if let Some(lesson) = lessons.get(nth - CLUSTERS) {
                check_lesson(nth, lesson, mode, &mut scenarios);
            } else {
                return [clusters, scenarios];
            }
        }
    };
    let reports: Vec<[Report; 2]> = thread::scope(|scope| {
        let threads: Vec<_> = (0..WORKERS).map(|_| scope.spawn(work)).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().expect("a worker ends by itself"))
            .collect()
    });
    let mut whole = [Report::default(), Report::default()];
    for report in reports {
        for (sum, part) in whole.iter_mut().zip(report) {
            sum.disagreements.extend(part.disagreements);
            sum.coverage.add(part.coverage);
            sum.comparisons.add(part.comparisons);
        }
    }
    let [clusters, scenarios] = whole;
    clusters
        .coverage
        .print(&format!("{CLUSTERS} clusters from seeds, {mode:?}"));
    scenarios
        .coverage
        .print(&format!("steps of scenarios: {}, {mode:?}", lessons.len()));
    let mut disagreements = clusters.disagreements;
    disagreements.extend(scenarios.disagreements);
    let mut comparisons = clusters.comparisons;
    comparisons.add(scenarios.comparisons);
    disagreements.extend(comparisons.finish());
    agree(&disagreements);
    let missing = clusters.coverage.missing();
    assert!(missing.is_empty(), "no connection was any of {missing:?}");
}

fn agree(disagreements: &[String]) {
    assert!(disagreements.is_empty(), "\n{}", disagreements.join("\n"));
}

fn check_seed(seed: usize, mode: ProxyMode, report: &mut Report) {
    let cluster = cluster::generate(seed as u64, mode);
    let file = SourceFile {
        name: "lab.yaml".into(),
        text: cluster.manifests.clone(),
    };
    let analysis = Analysis::of(vec![file], Entrance::Paste, cluster.environment.clone());
    check(
        &format!("cluster {seed}"),
        seed,
        &analysis,
        &cluster.calls,
        report,
    );
}

fn check_lesson(nth: usize, lesson: &Lesson, mode: ProxyMode, report: &mut Report) {
    let Some(analysis) = lesson.analyse(mode) else {
        report
            .coverage
            .leave_out(&lesson.title, "its manifests choose another mode");
        return;
    };
    let (calls, left_out) = lesson.calls(&analysis);
    for (probe, why) in left_out {
        report
            .coverage
            .leave_out(&format!("{}, {probe}", lesson.title), why);
    }
    check(&lesson.title, nth, &analysis, &calls, report);
}

fn check(title: &str, nth: usize, analysis: &Analysis, calls: &[Call], report: &mut Report) {
    let mode = analysis.cluster.environment.proxy.mode;
    let outside: BTreeSet<IpAddr> = calls::hosts_outside(analysis, calls);
    let layout = match Layout::of(analysis, outside) {
        Ok(layout) => layout,
        Err(why) => return report.coverage.leave_out(title, why),
    };
    let letter = if mode == ProxyMode::Iptables {
        'i'
    } else {
        'n'
    };
    let lab = Lab::build(&format!("{letter}{nth}"), &layout);
    let mut found = rules::load(&lab, &layout, analysis);
    found.extend(calls::connect(&lab, &layout, analysis, calls, report));
    let found = found
        .into_iter()
        .map(|what| format!("{title}, {mode:?}: {what}"));
    report.disagreements.extend(found);
}

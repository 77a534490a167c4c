//! The scenarios of `scenarios/` as calls: each step's cluster, each of its probes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::{Environment, NodeId, ProxyMode};
use switchboard_engine::manifest::SourceFile;
use switchboard_engine::network::load_balancer_nodes;
use switchboard_engine::scenario::{self, Scenario, Step};
use switchboard_engine::trace::{Probe, Target};

use crate::cluster::Call;

/// A step of a scenario that asks something.
pub(crate) struct Lesson {
    /// File and heading.
    pub(crate) title: String,
    scenario: Scenario,
    step: Step,
}

/// All steps with probes.
pub(crate) fn lessons() -> Vec<Lesson> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files = Vec::new();
    below(&folder, &mut files);
    files.sort();
    let mut lessons = Vec::new();
    for file in files {
        let name = file
            .file_name()
            .expect("a file")
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(&file).expect("a scenario is text");
        let scenario = scenario::parse(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        for step in scenario.steps.iter().filter(|step| !step.probes.is_empty()) {
            lessons.push(Lesson {
                title: format!("{name}, {}", step.title),
                step: step.clone(),
                scenario: scenario.clone(),
            });
        }
    }
    lessons
}

fn below(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            below(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            files.push(path);
        }
    }
}

impl Lesson {
    /// The step's cluster with kube-proxy in this mode; `None`: its manifests want another one.
    pub(crate) fn analyse(&self, mode: ProxyMode) -> Option<Analysis> {
        let mut environment = Environment {
            options: self.scenario.options.clone(),
            ..Environment::default()
        };
        environment.proxy.mode = mode;
        let files: Vec<SourceFile> = self.step.files.clone();
        let first = Analysis::of(files.clone(), Entrance::Paste, environment.clone());
        if first.cluster.environment.proxy.mode != mode {
            return None;
        }
        if environment.options.entry_node.is_some() {
            return Some(first);
        }
        // The lab has one way in: one that a load balancer would take, if there is one.
        let services = first.cluster.services.iter();
        let balanced = services.flat_map(|(id, _)| load_balancer_nodes(&first.cluster, id));
        let entry: Option<NodeId> = balanced.into_iter().next();
        let entry = entry.or_else(|| first.cluster.nodes.iter().map(|(id, _)| id).next())?;
        environment.options.entry_node = Some(first.cluster.nodes[entry].meta.name.clone());
        Some(Analysis::of(files, Entrance::Paste, environment))
    }

    /// What the step asks, with names and "any node" replaced by the addresses that they stand for; and what cannot be.
    pub(crate) fn calls(&self, analysis: &Analysis) -> (Vec<Call>, Vec<(String, &'static str)>) {
        let (mut calls, mut left_out) = (Vec::new(), Vec::new());
        for written in &self.step.probes {
            let title = format!("{} → {}", written.from, written.to);
            let Ok(probe) = Probe::parse(&written.from, &written.to) else {
                left_out.push((title, "it cannot be read"));
                continue;
            };
            let targets: Vec<Target> = match &probe.to {
                Target::Host { .. } => {
                    let answer = analysis.trace(&probe);
                    let lookup = answer.lookup.as_ref();
                    if lookup.is_none_or(|lookup| lookup.addresses.is_empty()) {
                        left_out.push((title, "the name gives no address: no packet is sent"));
                        continue;
                    }
                    let addresses = lookup.map(|lookup| lookup.addresses.clone());
                    let addresses: BTreeSet<_> = addresses.into_iter().flatten().collect();
                    let target = |address| Target::Address { address };
                    addresses.into_iter().map(target).collect()
                }
                Target::Node { name: None } => {
                    let names = analysis.cluster.nodes.values().map(|node| &node.meta.name);
                    let target = |name: &switchboard_engine::Str| Target::Node {
                        name: Some(name.clone()),
                    };
                    names.map(target).collect()
                }
                other => vec![other.clone()],
            };
            for to in targets {
                let probe = Probe {
                    to,
                    ..probe.clone()
                };
                calls.push(Call {
                    probe,
                    kind: "a scenario's probe",
                });
            }
        }
        (calls, left_out)
    }
}

//! `switchboard answer`: questions about a cluster as JSON lines, for conformance checks.
//!
//! An adapter and nothing more: it picks the entrance by area, turns a case's `config` into settings, and reads engine
//! types. No engine type has a field because an answer has a key.

mod admission;
mod config;
mod dns;
mod iptables;
mod ipvs;
mod nftables;
mod rules;
mod slices;
mod trace;
mod workload;

use std::io::{self, BufRead, Write};

use serde::Deserialize;
use serde_json::{Value, json};
use switchboard_engine::Analysis;
use switchboard_engine::apiserver::Entrance;
use switchboard_engine::cluster::ProxyMode;
use switchboard_engine::manifest::SourceFile;

/// The facts of a probe's kind, or why the engine cannot tell.
type Reply = Result<Value, Unsupported>;

/// Why a probe has no answer.
struct Unsupported(String);

impl Unsupported {
    fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}

/// One line of input.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Line {
    name: Value,
    area: String,
    proxy_mode: ProxyMode,
    #[serde(default)]
    config: Value,
    manifests: String,
    probes: Vec<Value>,
}

impl Line {
    /// The manifests as the engine takes them.
    fn files(&self) -> Vec<SourceFile> {
        vec![SourceFile {
            name: "manifests.yaml".into(),
            text: self.manifests.clone(),
        }]
    }
}

/// A line whose manifests are the stored state of a cluster.
struct Stored {
    line: Line,
    analysis: Analysis,
}

/// Answers line by line until the input ends.
pub(crate) fn stream(input: impl BufRead, mut output: impl Write) -> io::Result<()> {
    for text in input.lines() {
        let text = text?;
        if text.trim().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_str(&text)?;
        let name = line.name.clone();
        let answers: Vec<Value> = answers(line)
            .into_iter()
            .map(|reply| reply.unwrap_or_else(|Unsupported(why)| json!({ "unsupported": why })))
            .collect();
        serde_json::to_writer(&mut output, &json!({ "name": name, "answers": answers }))?;
        output.write_all(b"\n")?;
    }
    output.flush()
}

fn answers(line: Line) -> Vec<Reply> {
    match line.area.as_str() {
        "defaults" | "validation" | "allocation" => line
            .probes
            .iter()
            .map(|probe| requested(&line, probe))
            .collect(),
        _ => {
            let environment = config::environment(&line);
            let analysis = Analysis::of(line.files(), Entrance::Stored, environment);
            let stored = Stored { line, analysis };
            stored
                .line
                .probes
                .iter()
                .map(|probe| seen(&stored, probe))
                .collect()
        }
    }
}

/// The manifests are requests to the API server.
fn requested(line: &Line, probe: &Value) -> Reply {
    match kind(probe) {
        "validate" | "defaults" | "allocate" => admission::create(line, probe),
        "update" => admission::update(line, probe),
        "bands" => admission::bands(probe),
        other => Err(Unsupported::because(format!(
            "no probe of kind {other} about API requests"
        ))),
    }
}

/// The manifests are a cluster as it stands.
fn seen(stored: &Stored, probe: &Value) -> Reply {
    match kind(probe) {
        "trace" => trace::trace(stored, probe),
        "sequence" => trace::sequence(stored, probe),
        "endpoints" if probe["view"] == "slices" => slices::slices(stored, probe),
        "endpoints" => rules::endpoints(stored, probe),
        "rules" => rules::rules(stored, probe),
        "health" => rules::health(stored, probe),
        "dns" => dns::query(stored, probe),
        "resolv" => dns::resolv(stored, probe),
        "resolve" => dns::resolve(stored, probe),
        "workload" => workload::pods(stored, probe),
        other => Err(Unsupported::because(format!("{other} is not modelled"))),
    }
}

fn kind(probe: &Value) -> &str {
    probe["kind"].as_str().unwrap_or_default()
}

//! What Kubernetes does with Services: manifests in, packet journeys out.
//!
//! A pure library: no clock, no randomness, no I/O, no web types; the same input gives the same bytes. The stages follow
//! Kubernetes' own division of labour, so that a reader who knows Kubernetes already knows the house:
//!
//! ```text
//!                                             ┌─ topology ── map
//! text ── manifest ── apiserver ── controllers ─┼─ dns ──────────────┐
//!                                             ├─ proxy (per node) ─┼── trace ── answer
//!                                             └─ network ──────────┘
//! ```
//!
//! [`Analysis::of`] is that picture as a function. Data flows one way; what a later stage needs, an earlier one returned.

pub mod api;
pub mod apiserver;
pub mod arena;
pub mod cluster;
pub mod controllers;
pub mod dns;
pub mod finding;
pub mod manifest;
pub mod origin;
pub mod packet;
pub mod proxy;
pub mod scenario;
pub mod selector;
pub mod topology;
pub mod trace;

use apiserver::Entrance;
use cluster::{Cluster, Environment};
use finding::Findings;
use manifest::{Manifest, SourceFile};
use topology::Topology;

/// Short, shared text: names, labels, values.
pub type Str = smol_str::SmolStr;

/// The minor version of Kubernetes whose behaviour is modelled.
pub const KUBERNETES: &str = "1.35";

/// Everything that follows from the manifests before anyone asks a question.
#[derive(Debug)]
pub struct Analysis {
    /// What was written.
    pub manifest: Manifest,
    /// What the cluster makes of it.
    pub cluster: Cluster,
    /// Who is connected to whom in it.
    pub topology: Topology,
    /// What the cluster's DNS server knows.
    pub zone: dns::Zone,
    /// What is wrong with it.
    pub findings: Findings,
}

impl Analysis {
    /// Reads manifests and lets the cluster settle. `base` holds where configuration kinds in the manifests say nothing.
    pub fn of(files: Vec<SourceFile>, entrance: Entrance, base: Environment) -> Self {
        let mut findings = Findings::default();
        let manifest = manifest::read(files, &mut findings);
        let admitted = apiserver::admit(&manifest, entrance, base, &mut findings);
        let cluster = controllers::reconcile(admitted, entrance, &mut findings);
        let topology = Topology::of(&cluster);
        topology::inspect(&cluster, &topology, &mut findings);
        let zone = dns::Zone::of(&cluster);
        dns::inspect(&cluster, &zone, &mut findings);
        Self {
            manifest,
            cluster,
            topology,
            zone,
            findings,
        }
    }

    /// Traces one packet: every way that it can go, and what its sender sees.
    pub fn trace(&self, probe: &trace::Probe) -> trace::Answer {
        trace::trace(&self.cluster, probe)
    }
}

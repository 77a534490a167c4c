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
//! `whatif` says what can happen to a cluster; `apiserver` and `controllers` make it happen.
//!
//! [`Analysis::of`] is that picture as a function. Data flows one way; what a later stage needs, an earlier one returned.
//!
//! ```
//! use switchboard_engine::{Analysis, apiserver::Entrance, cluster::Environment, manifest::SourceFile, trace::Probe};
//!
//! let text = "
//! {apiVersion: v1, kind: Pod, metadata: {name: client}, spec: {containers: [{name: app, image: curl}]}}
//! ---
//! {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: wbe}, ports: [{port: 80}]}}
//! ";
//! let file = SourceFile { name: "shop.yaml".into(), text: text.into() };
//! let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
//! let answer = analysis.trace(&Probe::parse("pod/client", "http://web")?);
//! let journey = &answer.alternatives[0].journey;
//! assert_eq!(journey.outcome.name(), "rejected");
//! let cause = &journey.steps().last().expect("the refusal").because.origins[0];
//! let place = analysis.manifest.range(cause).expect("somebody wrote it");
//! assert_eq!(&text[place.bytes], "{app: wbe}");
//! # Ok::<(), switchboard_engine::trace::ProbeError>(())
//! ```

pub mod api;
pub mod apiserver;
pub mod arena;
pub mod cluster;
pub mod controllers;
pub mod dns;
pub mod explain;
pub mod finding;
mod identity;
pub mod manifest;
pub mod mend;
mod nearest;
pub mod network;
pub mod order;
pub mod origin;
pub mod packet;
pub mod proxy;
pub mod scenario;
pub mod selector;
pub mod service_types;
pub mod topology;
pub mod trace;
pub mod whatif;

use std::sync::Arc;

use apiserver::Entrance;
use cluster::{Cluster, Environment, NodeId, ProxyMode};
use finding::Findings;
use manifest::{Manifest, SourceFile};
use packet::Family;
use topology::Topology;
use trace::Compiled;
use whatif::Change;

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
    /// What answers are computed from, made when first needed: throw it away with the cluster.
    pub compiled: Compiled,
}

impl Analysis {
    /// Reads manifests and lets the cluster settle. `base` holds where configuration kinds in the manifests say nothing.
    pub fn of(files: Vec<SourceFile>, entrance: Entrance, base: Environment) -> Self {
        Self::of_changed(files, entrance, base, &[])
    }

    /// The same of a cluster to which something happens once it runs; see [`whatif`].
    pub fn of_changed(
        files: Vec<SourceFile>,
        entrance: Entrance,
        base: Environment,
        changes: &[Change],
    ) -> Self {
        let mut findings = Findings::default();
        let mut manifest = manifest::read(files, &mut findings);
        let unmet = whatif::amend(&mut manifest.objects, changes);
        let admitted = apiserver::admit(&manifest, entrance, base, &mut findings);
        let mut cluster = controllers::reconcile(admitted, entrance, changes, &mut findings);
        cluster.aftermath.unmet.extend(unmet);
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
            compiled: Compiled::default(),
        }
    }

    /// Traces one packet: every way that it can go, and what its sender sees.
    pub fn trace(&self, probe: &trace::Probe) -> trace::Answer {
        self.trace_in(self.mode(), probe)
    }

    /// The same if kube-proxy ran in this mode, with all its other settings as they are. Nothing else of a cluster
    /// depends on the mode: no address, no placement, no name.
    pub fn trace_in(&self, mode: ProxyMode, probe: &trace::Probe) -> trace::Answer {
        let answer = trace::trace(&self.cluster, &self.zone, &self.compiled, mode, probe);
        let policies = explain::policies(self, &answer);
        answer.subject_to(policies)
    }

    /// The findings that explain an answer, the one to mend first in front, and what is worth knowing of its packets.
    pub fn explain(&self, answer: &trace::Answer) -> Vec<finding::Finding> {
        explain::explain(self, answer)
    }

    /// The command that shows a step of a probe's journey on a real cluster.
    pub fn command_of_step(
        &self,
        probe: &trace::Probe,
        hop: &trace::Hop,
        step: &trace::Step,
    ) -> Option<trace::words::Command> {
        trace::words::command(&self.cluster, &self.compiled, probe, hop, step)
    }

    /// The command that shows a finding on a real cluster.
    pub fn command(&self, finding: &finding::Finding) -> Option<String> {
        explain::command(&self.manifest, finding)
    }

    /// What mends a finding, where one edit of the text does.
    pub fn mend(&self, finding: &finding::Finding) -> Option<mend::Mend> {
        mend::mend(&self.manifest, finding)
    }

    /// The journey by this entry node to this endpoint, of those that an [`Alternative`](trace::Alternative) only lists.
    pub fn journey(
        &self,
        probe: &trace::Probe,
        entry: Option<&str>,
        endpoint: Option<packet::Side>,
    ) -> Option<trace::Journey> {
        self.journey_in(self.mode(), probe, entry, endpoint)
    }

    /// The same if kube-proxy ran in this mode.
    pub fn journey_in(
        &self,
        mode: ProxyMode,
        probe: &trace::Probe,
        entry: Option<&str>,
        endpoint: Option<packet::Side>,
    ) -> Option<trace::Journey> {
        trace::journey(
            &self.cluster,
            &self.zone,
            &self.compiled,
            mode,
            probe,
            entry,
            endpoint,
        )
    }

    /// A node's kernel as packets of a family see it, for walks through that one node.
    pub fn kernel(&self, node: NodeId, family: Family) -> trace::node::Kernel<'_> {
        self.compiled
            .kernel(&self.cluster, node, family, self.mode())
    }

    /// The rules that kube-proxy writes on a node, for one address family, in the cluster's mode.
    pub fn rules(&self, node: NodeId, family: Family) -> Arc<proxy::Ruleset> {
        self.rules_in(self.mode(), node, family)
    }

    /// The same if kube-proxy ran in this mode, with all its other settings as they are.
    pub fn rules_in(&self, mode: ProxyMode, node: NodeId, family: Family) -> Arc<proxy::Ruleset> {
        self.compiled.ruleset(&self.cluster, node, family, mode)
    }

    /// The rules that a step of a trace in this mode met in one chain, one by one, at most so many: on which condition the
    /// packet was passed over.
    pub fn rules_met(
        &self,
        mode: ProxyMode,
        rules: &trace::RuleRef,
        most: usize,
    ) -> Vec<proxy::Met> {
        let Some(node) = self.cluster.node(&rules.node) else {
            return Vec::new();
        };
        let kernel = self
            .compiled
            .kernel(&self.cluster, node, rules.family, mode);
        let visit = proxy::Visit {
            table: rules.table.clone(),
            chain: rules.chain.clone(),
            first: rules.first,
            last: rules.last,
            matched: rules.matched,
            header: rules.header,
            mark: rules.mark,
        };
        proxy::met(&kernel.ruleset, &kernel.host, &visit, most)
    }

    fn mode(&self) -> ProxyMode {
        self.cluster.environment.proxy.mode
    }
}

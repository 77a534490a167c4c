//! What is shown, ready to be shown: words and keys, no ids of the engine's.

use serde::{Deserialize, Serialize};
use switchboard_engine::{
    Str,
    cluster::{ProxyMode, Why},
    packet::Header,
    trace::{Certainty, ClientSees, Headline, Lookup, RuleRef, Verdict, words::Command},
};

use super::{Counts, FindingView, Offer, Revision, WhatIfView};
use crate::{
    layout::Drawing,
    scene::{Key, Name},
};

/// What a set of documents comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Of these documents.
    pub revision: Revision,
    /// The map.
    pub drawing: Drawing,
    /// What is wrong, object by object, the worst first; not all of it if there is very much.
    pub findings: Vec<FindingView>,
    /// How many findings there are.
    pub counts: Counts,
    /// What there is, in numbers.
    pub summary: Summary,
    /// What to put into the probe bar when nobody wrote anything there; `None`: there is nothing to ask.
    pub first: Option<super::ProbeText>,
    /// What the changes come to that stand in no document.
    pub whatif: WhatIfView,
}

/// What there is, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Objects of kinds that are modelled.
    pub objects: u32,
    /// Services.
    pub services: u32,
    /// Pods.
    pub pods: u32,
    /// Nodes.
    pub nodes: u32,
    /// Nobody wrote the nodes.
    pub nodes_assumed: bool,
    /// `iptables`, `nftables`, `ipvs`.
    pub proxy_mode: String,
}

/// A range of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPlace {
    /// Number of the file.
    pub file: usize,
    /// Its name.
    pub file_name: String,
    /// First offset in UTF-16 units, as the editor counts.
    pub from: u32,
    /// The offset behind the last.
    pub to: u32,
    /// Line, from 1.
    pub line: u32,
    /// The line's text, without the space before it.
    pub text: String,
}

/// The answer to a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceView {
    /// What was asked.
    pub probe: super::ProbeText,
    /// What is said of it first.
    pub headline: Headline,
    /// What is to be known of the answer as a whole.
    pub caveats: Vec<String>,
    /// The findings behind it, the one to mend first in front, then what is worth knowing of its packets.
    pub why: Vec<FindingView>,
    /// What its shares are called.
    pub shares: String,
    /// Whether packets are taken in turns: its shares are no chance.
    pub in_turns: bool,
    /// Name resolution.
    pub lookup: Option<Lookup>,
    /// Ways that the packet can go, never empty.
    pub ways: Vec<WayView>,
    /// What kube-proxy runs as.
    pub mode: ProxyMode,
    /// How many steps all ways have in common.
    pub common: u32,
    /// Seconds for which a client stays with its endpoint, if it does.
    pub affinity: Option<u32>,
}

impl TraceView {
    /// The findings behind an answer that fails, and those that are only worth knowing of its packets.
    pub fn reasons_and_remarks(&self) -> (&[FindingView], &[FindingView]) {
        let reasons = self.why.partition_point(|finding| finding.breaks);
        self.why.split_at(reasons)
    }
}

/// One way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WayView {
    /// Exact: `1/3`.
    pub share: String,
    /// For bars: 0 to 1.
    pub fraction: f64,
    /// What is said of it first.
    pub headline: Headline,
    /// How it ends, in a sentence.
    pub outcome: String,
    /// Where it ends, seen from where it set out: what sets it apart from other ways.
    pub ends_where: Option<String>,
    /// What the client sees.
    pub client_sees: ClientSees,
    /// The same in words.
    pub client_sees_text: String,
    /// In a few words, to choose it by.
    pub title: String,
    /// Where it can end, each with its share: `web-1 10.244.1.7:8080`.
    pub ends: Vec<EndView>,
    /// Nodes by which it can enter, with their shares.
    pub entries: Vec<EndView>,
    /// What happens, there and back; empty when nothing is sent.
    pub steps: Vec<StepView>,
    /// Rules of kube-proxy that were looked at on the way there.
    pub rules_evaluated: u64,
    /// The same in a sentence, with how the mode looks.
    pub rules_text: Option<String>,
    /// Which of the ends the steps lead to.
    pub end: Option<u32>,
    /// By which of the entries.
    pub entry: Option<u32>,
    /// The nodes that it passes, there and back.
    pub visits: Vec<VisitView>,
}

/// A packet inside of a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitView {
    /// Which node.
    pub node: Str,
    /// Its first step in [`WayView::steps`].
    pub first: usize,
    /// Its last.
    pub last: usize,
    /// The interface that the packet comes by, or who sends it.
    pub enters: String,
    /// The interface that it leaves by; `None`: it does not.
    pub leaves: Option<String>,
    /// What the node's connection table holds of it after each step, as `conntrack -L` prints it.
    pub table: Vec<Vec<String>>,
}

/// One of several ends or entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndView {
    /// Name.
    pub title: String,
    /// Address, node.
    pub subtitle: String,
    /// Exact: `1/3`.
    pub share: String,
    /// Candidates on the map, the most specific first.
    pub at: Vec<Key>,
    /// Its node.
    pub node: Option<Str>,
}

/// The parts of the timeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Phase {
    /// The name is resolved.
    Dns,
    /// On the way, addressed to the Service.
    Service,
    /// On the way, addressed to the endpoint.
    Pod,
    /// On the way, addressed to a node itself.
    Node,
    /// On the way out of the cluster.
    Outside,
    /// On the way back.
    Reply,
}

impl Phase {
    /// As the timeline says it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dns => "DNS",
            Self::Service => "Service",
            Self::Pod => "Pod",
            Self::Node => "Node",
            Self::Outside => "Outside",
            Self::Reply => "Reply",
        }
    }
}

/// One thing that happens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StepView {
    /// Part of the timeline.
    pub phase: Phase,
    /// In a few words.
    pub title: String,
    /// Why, in a sentence or two.
    pub reason: String,
    /// Where, in words.
    pub place: String,
    /// Where, on the map: candidates, the most specific first.
    pub at: Vec<Key>,
    /// The node that it happens on.
    pub node: Option<Str>,
    /// Its zone.
    pub zone: Option<Str>,
    /// Header before.
    pub before: Option<Header>,
    /// Header after.
    pub after: Option<Header>,
    /// Rules that were met.
    pub rules: Vec<RuleView>,
    /// How many of them there are.
    pub rules_evaluated: u64,
    /// The Service that it is about, and its port's name.
    pub service: Option<(Name, Str)>,
    /// What the connection tables hold after it.
    pub tracked: Vec<TrackedView>,
    /// Lines of the manifests that cause it, the decisive one first.
    pub causes: Vec<TextPlace>,
    /// How sure.
    pub certainty: Certainty,
    /// What shows it on a real cluster.
    pub command: Option<Command>,
    /// Set on the last step of the way there.
    pub ends: Option<Verdict>,
}

/// A line of a connection table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackedView {
    /// Whose table.
    pub place: String,
    /// As `conntrack -L` prints it.
    pub line: String,
    /// What it does, in a sentence.
    pub told: String,
    /// Whether it translates anything.
    pub is_translated: bool,
}

/// Rules of a chain that a packet met.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// Which.
    pub rule: RuleRef,
    /// Text of the last of them, as the kernel lists it.
    pub text: Option<String>,
    /// The first of those that were passed over: their texts, and the condition that the packet did not meet.
    pub passed: Vec<(String, Option<String>)>,
}

/// Everything about one thing on the map.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DetailView {
    /// Which.
    pub key: Key,
    /// `Service`, `Pod`, ….
    pub kind: String,
    /// Name.
    pub title: String,
    /// Namespace, if it has one.
    pub namespace: String,
    /// Who made it, the topmost first.
    pub owners: Vec<OwnerView>,
    /// Lines of facts.
    pub facts: Vec<Fact>,
    /// What was not written.
    pub additions: Vec<AdditionView>,
    /// Where it stands in the text.
    pub place: Option<TextPlace>,
    /// Its EndpointSlices, as `kubectl get endpointslices -o wide` prints them.
    pub slices: Vec<SliceView>,
    /// Findings about it.
    pub findings: Vec<FindingView>,
    /// Pods that it stands for, when it is a fold: the first.
    pub members: Vec<String>,
    /// How many more members there are.
    pub more_members: u32,
    /// What to put into the probe bar, when this is where a packet starts.
    pub probe_from: Option<String>,
    /// What to put into the probe bar, when this is where a packet goes.
    pub probe_to: Option<String>,
    /// What could become of it.
    pub whatif: Vec<Offer>,
}

impl DetailView {
    /// What is known of everything: what it is, and its name.
    pub fn plain(key: Key, kind: &str, title: &str) -> Self {
        Self {
            key,
            kind: kind.to_owned(),
            title: title.to_owned(),
            namespace: String::new(),
            owners: Vec::new(),
            facts: Vec::new(),
            additions: Vec::new(),
            place: None,
            slices: Vec::new(),
            findings: Vec::new(),
            members: Vec::new(),
            more_members: 0,
            probe_from: None,
            probe_to: None,
            whatif: Vec::new(),
        }
    }
}

/// One of those who made a Pod.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnerView {
    /// Kind and name: `Deployment web`.
    pub title: String,
    /// Where it stands in the text; `None`: nobody wrote it.
    pub place: Option<TextPlace>,
    /// Why its name is not as written; `None`: it was given.
    pub why: Option<Why>,
}

/// A fact of an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// What.
    pub name: String,
    /// Value.
    pub value: String,
    /// Why it is not as written; `None`: it is.
    pub why: Option<Why>,
}

/// A value that nobody wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdditionView {
    /// Field.
    pub path: String,
    /// Value as JSON.
    pub value: String,
    /// Why.
    pub why: Why,
}

/// A line of `kubectl get endpointslices -o wide`, and the endpoints behind it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceView {
    /// `NAME`.
    pub name: String,
    /// `ADDRESSTYPE`.
    pub address_type: String,
    /// `PORTS`.
    pub ports: String,
    /// `ENDPOINTS`.
    pub endpoints: String,
    /// Nobody wrote it: a controller would.
    pub made: bool,
    /// Its endpoints, the first.
    pub rows: Vec<EndpointView>,
    /// How many more endpoints there are.
    pub more: u32,
}

/// An endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointView {
    /// Address.
    pub address: String,
    /// The Pod behind it.
    pub target: String,
    /// Node.
    pub node: String,
    /// Zone.
    pub zone: String,
    /// `ready`, `serving`, `terminating`: those that hold.
    pub conditions: String,
    /// Zones and nodes that it is kept for.
    pub hints: String,
    /// May get connections.
    pub ready: bool,
}

/// A line of a ruleset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleLine {
    /// Its text.
    pub text: String,
    /// Whether it is a rule, and not the frame of a table or chain.
    pub is_rule: bool,
    /// The Service that it is there for.
    pub service: Option<Name>,
}

/// Something whose name was looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// What.
    pub key: Key,
    /// Where it stands on the map, the most specific first: it may be folded.
    pub at: Vec<Key>,
    /// `Service`, `Pod`.
    pub kind: String,
    /// Name.
    pub title: String,
    /// Namespace and address.
    pub subtitle: String,
}

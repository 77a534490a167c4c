//! What the panels around the journey ask beside the trace itself: offers for the probe bar, the same probe in other
//! proxy modes, where other probes go, one journey of many, pages of rules, EndpointSlices, an object as stored.

use serde::{Deserialize, Serialize};
use switchboard_engine::{
    Str,
    cluster::{ProxyMode, Why},
    packet::Family,
    trace::{Headline, RuleRef},
};

use super::{
    ProbeText, RuleLine, SliceView, TextPlace, TraceView, WayView, WhatIfAnswer, WhatIfQuestion,
};
use crate::scene::{Key, Name};

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What could stand in a field?
    Offers(OffersWanted),
    /// The probe the other way round.
    Swap(ProbeText),
    /// The same probe in every proxy mode.
    Modes(ProbeText),
    /// Where do all of these go?
    Outcomes(Vec<ProbeText>),
    /// One journey of those that a way only lists.
    Branch(BranchWanted),
    /// A page of a node's rules.
    Rules(RulesWanted),
    /// All of them, as text.
    RulesText(Ruleset),
    /// The EndpointSlices of a Service, and what a node makes of them.
    Slices(SlicesWanted),
    /// An object with everything that the cluster added.
    Stored(Key),
    /// About changes that stand in no manifest.
    WhatIf(WhatIfQuestion),
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Offers`].
    Offers(Box<OffersView>),
    /// To [`Question::Swap`]: the probe, or why there is none.
    Swap(Result<ProbeText, String>),
    /// To [`Question::Modes`].
    Modes(ProbeText, Vec<ModeView>),
    /// To [`Question::Outcomes`], in its order: where they go, or what cannot be read in them.
    Outcomes(Vec<(ProbeText, Result<OutcomeView, String>)>),
    /// To [`Question::Branch`]; `None`: no packet goes that way.
    Branch(BranchWanted, Option<Box<WayView>>),
    /// To [`Question::Rules`]; `None`: there is no such node.
    Rules(Option<Box<RulesView>>),
    /// To [`Question::RulesText`].
    RulesText(Ruleset, String),
    /// To [`Question::Slices`]; `None`: there is no such Service.
    Slices(Option<Box<SlicesView>>),
    /// To [`Question::Stored`]; `None`: it is no object, or is gone.
    Stored(Key, Option<Box<StoredView>>),
    /// To [`Question::WhatIf`].
    WhatIf(Box<WhatIfAnswer>),
}

/// Questions of one kind replace each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the questions say it")]
pub enum Kind {
    Offers,
    Swap,
    Modes,
    Outcomes,
    Branch,
    Rules,
    RulesText,
    Slices,
    Stored,
    Compare,
    Types,
}

impl Question {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Offers(_) => Kind::Offers,
            Self::Swap(_) => Kind::Swap,
            Self::Modes(_) => Kind::Modes,
            Self::Outcomes(_) => Kind::Outcomes,
            Self::Branch(_) => Kind::Branch,
            Self::Rules(_) => Kind::Rules,
            Self::RulesText(_) => Kind::RulesText,
            Self::Slices(_) => Kind::Slices,
            Self::Stored(_) => Kind::Stored,
            Self::WhatIf(WhatIfQuestion::Compare(_)) => Kind::Compare,
            Self::WhatIf(WhatIfQuestion::Types { .. }) => Kind::Types,
        }
    }
}

/// A field that can be completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Field {
    /// Where a packet starts.
    From,
    /// Where it goes.
    To,
    /// Something that a change could be about.
    Changed,
    /// The node whose rules are shown.
    Node,
}

/// Which offers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffersWanted {
    /// For this field.
    pub field: Field,
    /// What stands in it.
    pub text: String,
    /// What stands in "From": short names are those of its namespace.
    pub from: String,
    /// At most so many.
    pub most: u32,
}

/// What could stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffersView {
    /// What was asked.
    pub wanted: OffersWanted,
    /// The best matches, those of one group side by side.
    pub offers: Vec<Offer>,
    /// How many matches there are.
    pub total: u32,
    /// What the text is read as, or what is wrong with it; `None` while it is empty.
    pub read: Option<Result<String, String>>,
}

/// Something that could stand in a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What it puts there.
    pub value: String,
    /// What it is: type, address, port.
    pub detail: String,
    /// What stands above it: `Services`, `Pods`.
    pub group: String,
}

/// The same probe in one proxy mode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModeView {
    /// Which.
    pub mode: ProxyMode,
    /// Whether it is the cluster's own.
    pub is_own: bool,
    /// The answer.
    pub trace: TraceView,
    /// What differs from the cluster's own mode, in a sentence; `None`: nothing that a packet would notice.
    pub differs: Option<String>,
    /// The first step, of the first way, that is not as in the cluster's own mode.
    pub differs_from: Option<u32>,
}

/// Where a probe goes, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutcomeView {
    /// What is said of it first.
    pub headline: Headline,
    /// What the client sees; of several ways whatever it may see.
    pub sees: String,
    /// Where it ends; of several ways with the share of each.
    pub ends: String,
}

/// One journey of an alternative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchWanted {
    /// The probe.
    pub probe: ProbeText,
    /// In this mode; `None`: the cluster's own.
    pub mode: Option<ProxyMode>,
    /// Which way of its answer.
    pub way: u32,
    /// By which of its entries.
    pub entry: Option<u32>,
    /// To which of its ends.
    pub end: Option<u32>,
}

/// Which rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ruleset {
    /// On this node.
    pub node: Str,
    /// In this mode; `None`: the cluster's own.
    pub mode: Option<ProxyMode>,
    /// IPv4 or IPv6.
    pub family: Family,
    /// As kube-proxy writes them, rather than as the node's tools list them.
    pub written: bool,
}

/// Which page of them, and what is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RulesWanted {
    /// Of these rules.
    pub ruleset: Ruleset,
    /// From this line on; `None`: around the first line that is looked for.
    pub from: Option<u32>,
    /// A text that lines contain.
    pub search: String,
    /// A Service whose rules they are.
    pub service: Option<Name>,
    /// Rules that the step met.
    pub met: Vec<RuleRef>,
}

/// A page of rules.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RulesView {
    /// What was asked.
    pub wanted: RulesWanted,
    /// The mode that they are in.
    pub mode: ProxyMode,
    /// How they are listed, in words; with what is to be said of the mode.
    pub how: String,
    /// How many lines there are.
    pub total: u32,
    /// The number of the first line of this page, from 0.
    pub first: u32,
    /// The page.
    pub lines: Vec<RuleLine>,
    /// Lines that contain the text, or are there for the Service; ascending; not all if there are very many.
    pub hits: Vec<u32>,
    /// How many there are.
    pub hits_total: u32,
    /// Lines of rules that the step met, and whether they matched; in the order in which they were met.
    pub met: Vec<(u32, bool)>,
}

/// A Service's EndpointSlices, seen from a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlicesWanted {
    /// The Service.
    pub service: Name,
    /// The node; `None`: whichever.
    pub node: Option<Str>,
}

/// Them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlicesView {
    /// What was asked.
    pub wanted: SlicesWanted,
    /// Them.
    pub slices: Vec<SliceRows>,
    /// What the node makes of them, in a sentence for each port of the Service.
    pub notes: Vec<String>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceRows {
    /// As `kubectl get endpointslices -o wide` prints it, with the endpoints behind.
    pub slice: SliceView,
    /// What the node does with each endpoint; `None`: kube-proxy does not see it.
    pub uses: Vec<Option<Use>>,
}

/// What a node's kube-proxy does with an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    /// Whether packets of this node can be sent to it.
    pub used: bool,
    /// Why, in a few words.
    pub why: String,
}

/// An object as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredView {
    /// `Service shop/web`.
    pub title: String,
    /// The command that prints it on a real cluster.
    pub command: String,
    /// Where it was written.
    pub place: Option<TextPlace>,
    /// Its lines.
    pub lines: Vec<StoredLine>,
}

/// A line of an object as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredLine {
    /// The line.
    pub text: String,
    /// Why it is not as written; `None`: it is.
    pub why: Option<Why>,
}

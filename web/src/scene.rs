//! What is drawn: the cluster as bands, columns and chips, folded to what a person can look at.
//!
//! Pure: from the engine's analysis and a [`MapView`] to a [`Scene`]. Nothing here knows a pixel (that is
//! [`crate::layout`]) and nothing decides a verdict: what is broken is what the EndpointSlices and findings say.

mod bands;
mod chips;
mod columns;
mod counts;
mod describe;
mod filter;
mod fold;
mod index;
mod key;
mod reach;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use switchboard_engine::order::{Gather, Order, natural};
use switchboard_engine::{
    Analysis, Str,
    cluster::{Cluster, PodId},
};

pub use chips::objects;
pub use counts::Counts;
pub use filter::{Grouping, MapView, Page, RowKind};
pub use key::{ColumnKey, Group, Key, Name, in_order};

/// How many shapes are drawn at most: beyond it namespaces fold.
pub const SHAPE_BUDGET: usize = 400;
/// So they do beyond so many rows, however few Pods stand in them: nobody scrolls through more.
pub const ROW_BUDGET: usize = 80;
/// How many Pods of one workload stand side by side in a cell before they fold.
pub const HANDFUL: usize = 3;
/// How many columns of one sort there are before they merge into coarser ones.
pub const MAX_COLUMNS: usize = 6;

/// Everything that is drawn, in the order in which it is drawn and read.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// Names outside of the cluster that ExternalName Services lead to.
    pub externals: Vec<External>,
    /// Whether there is anything for a client to be outside of.
    pub has_client: bool,
    /// The cluster's DNS, if names can be asked.
    pub dns: Option<Dns>,
    /// Where Pods are, left to right.
    pub columns: Vec<Column>,
    /// Services with their Pods, top to bottom.
    pub bands: Vec<Band>,
    /// Namespaces that are one card.
    pub folded: Vec<FoldedNamespace>,
    /// Namespaces that were opened while others are folded: they can be folded again.
    pub opened: Vec<FoldedNamespace>,
    /// All namespaces that hold something, for the filter.
    pub namespaces: Vec<Str>,
    /// Types of Services and kinds of workloads that there are, for the filter.
    pub kinds: Vec<RowKind>,
    /// What cannot be read in the filter's selector.
    pub selector_error: Option<String>,
    /// What its Pods are put together by.
    pub grouping: Grouping,
    /// Which page of how many is drawn; `None`: there is only one.
    pub page: Option<(usize, usize)>,
    /// What is not drawn, in words.
    pub hidden: Vec<String>,
    /// Which chip each Pod stands in, whether that is drawn or its namespace folded.
    pub chip_of: BTreeMap<PodId, Key>,
    /// What each Pod belongs to.
    pub group_of: BTreeMap<PodId, Group>,
}

impl Scene {
    /// Where a Pod is looked for on the map, the most specific first: itself, a fold of its workload, its namespace.
    /// Also folds that this view does not have: an answer stays while one folds, unfolds and groups otherwise.
    pub fn keys_of(&self, cluster: &Cluster, id: PodId) -> Vec<Key> {
        let pod = &cluster.pods[id];
        let columns = match pod.node().map(|node| &cluster.nodes[node]) {
            Some(node) => ColumnKey::of_node(&node.meta.name, node.zone()).to_vec(),
            None => vec![ColumnKey::Pending],
        };
        let folds = columns.into_iter().filter_map(|column| {
            let group = self.group_of.get(&id)?.clone();
            Some(Key::Pods { group, column })
        });
        [Key::Pod(Name::from(&pod.meta))]
            .into_iter()
            .chain(folds)
            .chain([Key::Namespace(pod.meta.namespace.clone())])
            .collect()
    }
}

/// A name outside of the cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct External {
    /// The name.
    pub name: Str,
}

/// The cluster's DNS.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Dns {
    /// Address that Pods ask.
    pub address: String,
}

/// A column of the map: a node, a zone, or what stands in for them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Identity.
    pub key: ColumnKey,
    /// First line of its head.
    pub title: String,
    /// Second line.
    pub subtitle: String,
    /// The zone, for the bracket above node columns.
    pub zone: Option<Str>,
    /// Nobody wrote it.
    pub assumed: bool,
    /// Every node in it is not ready.
    pub not_ready: bool,
}

/// Services that lead to the same workload, and its Pods.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// Namespace.
    pub namespace: Str,
    /// Its Services.
    pub services: Vec<ServiceCard>,
    /// Its Pods and folds, sorted by column.
    pub chips: Vec<Chip>,
}

/// A Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceCard {
    /// Identity.
    pub name: Name,
    /// `ClusterIP`, `NodePort`, …, `Headless`.
    pub kind: ServiceKind,
    /// What its name stands for, in one line.
    pub address: String,
    /// The address was not written.
    pub address_assumed: bool,
    /// `80 → 8080`, one a port.
    pub ports: Vec<PortLine>,
    /// How packets from outside get in.
    pub entrance: Option<Entrance>,
    /// What stands behind it.
    pub reach: Reach,
    /// Findings about it.
    pub marks: Counts,
    /// The external name it leads to.
    pub external: Option<Str>,
    /// What leads where.
    pub wires: Vec<Wire>,
}

/// The kinds of Services that behave differently on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the field's own words")]
pub enum ServiceKind {
    ClusterIp,
    NodePort,
    LoadBalancer,
    ExternalName,
    Headless,
}

impl ServiceKind {
    /// As people say it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ClusterIp => "ClusterIP",
            Self::NodePort => "NodePort",
            Self::LoadBalancer => "LoadBalancer",
            Self::ExternalName => "ExternalName",
            Self::Headless => "Headless",
        }
    }
}

/// One port of a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortLine {
    /// `http`, or empty.
    pub name: Str,
    /// `80 → 8080`, with `/UDP` where it is not TCP.
    pub text: String,
}

/// How packets from outside get to a Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrance {
    /// A load balancer in front: its addresses, empty while pending.
    pub load_balancer: Option<Vec<String>>,
    /// Node ports.
    pub node_ports: Vec<u16>,
    /// External IPs.
    pub external_ips: Vec<String>,
}

/// What the EndpointSlices of a Service hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// Endpoints that get connections, from whichever node: those that are ready, or where none is (under a traffic policy
    /// Local: none on their node), those that terminate and still serve. Which of them a packet can get to depends on its
    /// node, by policy and hints: that a journey tells.
    pub ready: u32,
    /// Endpoints in all.
    pub total: u32,
    /// How it looks.
    pub state: ReachState,
}

/// How the way behind a Service looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReachState {
    /// Every endpoint is ready.
    Whole,
    /// Some are not.
    Partly,
    /// None is.
    NoneReady,
    /// There are some, but none has a port of the Service: a named target port that no container declares, or a slice
    /// whose ports have other names.
    NoPort,
    /// There is none.
    Empty,
    /// It leads out of the cluster by name: there are no endpoints to look at.
    ByName,
    /// That is for a learner to find out.
    HeldBack,
}

impl Reach {
    /// That of a Service while a learner is to find out what is wrong.
    const HELD_BACK: Self = Self {
        ready: 0,
        total: 0,
        state: ReachState::HeldBack,
    };
}

impl ReachState {
    /// Whether nothing that is sent can arrive.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::NoneReady | Self::NoPort | Self::Empty)
    }
}

/// From a Service to a chip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wire {
    /// The chip: a Pod, a fold or an address.
    pub to: Key,
    /// Whether any endpoint in it gets connections.
    pub ready: bool,
    /// Ports of the Service, each with the endpoints' port of the same name, as the EndpointSlices have it.
    pub ports: Vec<(u16, u16)>,
}

impl Wire {
    /// The endpoints' ports, as many as fit beside a wire.
    pub fn targets(&self) -> String {
        let targets: BTreeSet<u16> = self.ports.iter().map(|(_, target)| *target).collect();
        let shown: Vec<String> = targets.iter().take(2).map(ToString::to_string).collect();
        match targets.len().saturating_sub(shown.len()) {
            0 => shown.join(","),
            more => format!("{} +{more}", shown.join(",")),
        }
    }
}

/// A Pod, a fold of Pods, or a bare address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// Identity.
    pub key: Key,
    /// Which of [`Scene::columns`].
    pub column: usize,
    /// Name.
    pub title: String,
    /// Address, or what the fold holds.
    pub subtitle: String,
    /// The address was not written.
    pub assumed: bool,
    /// How many Pods it stands for.
    pub count: u32,
    /// How it is.
    pub state: ChipState,
    /// Findings about it, or about its workload; of a fold, each once.
    pub marks: Counts,
}

/// How a Pod, or the Pods of a fold, are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChipState {
    /// Ready.
    Ready,
    /// Some of the fold are not.
    Partly,
    /// Running, not ready.
    NotReady,
    /// Being deleted.
    Terminating,
    /// On no node.
    Pending,
    /// Will not run again.
    Ended,
    /// An address with no Pod behind it: nobody here knows.
    Unknown,
}

/// A namespace as one card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoldedNamespace {
    /// Name.
    pub name: Str,
    /// Services in it.
    pub services: u32,
    /// Pods in it.
    pub pods: u32,
    /// Workloads in it.
    pub workloads: u32,
    /// Rows with a Service that leads nowhere, or a finding.
    pub problems: u32,
    /// Findings about what is in it, each once.
    pub marks: Counts,
}

/// Whether nobody wrote a Pod nor what keeps it: a part of the system, such as the cluster's DNS server.
pub fn is_system(analysis: &Analysis, pod: PodId) -> bool {
    let cluster = &analysis.cluster;
    let owner = analysis.topology.topmost_owner(pod);
    cluster.pods[pod].meta.origin.is_none()
        && owner.is_none_or(|owner| cluster.workloads[owner].meta.origin.is_none())
}

/// What is drawn of a cluster.
pub fn scene(analysis: &Analysis, view: &MapView) -> Scene {
    let index = index::index(analysis, view.quiet);
    let mut columns = columns::columns(&analysis.cluster, view.grouping);
    let labels = filter::Labels::of(view);
    let all = bands::bands(analysis, &index, &mut columns, view, &labels);
    let total = total(analysis);
    let mut scene = fold::fold(all.bands, columns, view, &total, &index.namespaces);
    scene.namespaces = total.namespaces.into_iter().collect();
    scene.namespaces.order_by(|a, b| natural(a, b));
    scene.kinds = all.kinds.into_iter().collect();
    scene.selector_error = labels.error;
    scene.chip_of = all.chip_of;
    scene.group_of = all.group_of;
    scene.grouping = view.grouping;
    scene.dns = describe::dns(&analysis.cluster);
    scene.has_client = !scene.bands.is_empty() || !scene.folded.is_empty();
    scene.externals = scene
        .bands
        .iter()
        .flat_map(|band| &band.services)
        .filter_map(|service| service.external.clone())
        .gather::<BTreeSet<_>>()
        .into_iter()
        .map(|name| External { name })
        .collect();
    scene
}

/// What there would be to draw without any filter.
#[derive(Default)]
struct Total {
    services: usize,
    pods: usize,
    namespaces: BTreeSet<Str>,
}

fn total(analysis: &Analysis) -> Total {
    let cluster = &analysis.cluster;
    let mut total = Total::default();
    let mut seen = |namespace: &Str| {
        if !total.namespaces.contains(namespace) {
            total.namespaces.insert(namespace.clone());
        }
    };
    for service in cluster.services.values() {
        if service.meta.origin.is_some() {
            total.services += 1;
            seen(&service.meta.namespace);
        }
    }
    for (id, pod) in cluster.pods.iter() {
        if !pod.is_terminal() && !is_system(analysis, id) {
            total.pods += 1;
            seen(&pod.meta.namespace);
        }
    }
    total
}

//! Identities of what is drawn: the same from one analysis to the next as long as the object keeps its name.

use std::{cmp::Ordering, fmt};

use serde::{Deserialize, Serialize};
use switchboard_engine::{Str, api::apps::WorkloadKind, cluster::Meta, order::natural};

/// Namespace and name of an object; the kind stands in the [`Key`]. Ordered as people count.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Name {
    /// Namespace.
    pub namespace: Str,
    /// Name.
    pub name: Str,
}

impl From<&Meta> for Name {
    fn from(meta: &Meta) -> Self {
        Self {
            namespace: meta.namespace.clone(),
            name: meta.name.clone(),
        }
    }
}

impl Ord for Name {
    fn cmp(&self, other: &Self) -> Ordering {
        by_name(
            (&self.namespace, &self.name),
            (&other.namespace, &other.name),
        )
    }
}

impl PartialOrd for Name {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// The order of two objects: by namespace, then by name, as people count.
pub fn in_order(a: &Meta, b: &Meta) -> Ordering {
    by_name((&a.namespace, &a.name), (&b.namespace, &b.name))
}

fn by_name(a: (&Str, &Str), b: (&Str, &Str)) -> Ordering {
    natural(a.0, b.0).then_with(|| natural(a.1, b.1))
}

/// Identity of one thing on the map.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Key {
    /// Whoever is outside.
    Client,
    /// A name outside.
    External(Str),
    /// The cluster's DNS.
    Dns,
    /// The load balancer in front of a Service.
    LoadBalancer(Name),
    /// A Service.
    Service(Name),
    /// A Pod.
    Pod(Name),
    /// Pods that belong together, in one column, as one.
    Pods {
        /// What keeps them.
        group: Group,
        /// Where they are.
        column: ColumnKey,
    },
    /// An endpoint without a Pod.
    Address(Str),
    /// Endpoints of a Service without Pods, as one.
    Addresses(Name),
    /// A namespace as one card.
    Namespace(Str),
    /// A node or zone.
    Column(ColumnKey),
}

impl Key {
    /// Whether it stands for several things, and can be opened.
    pub fn is_fold(&self) -> bool {
        matches!(
            self,
            Self::Namespace(_) | Self::Pods { .. } | Self::Addresses(_)
        )
    }
}

/// Pods that belong together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Group {
    /// Those of one topmost workload.
    Workload {
        /// Its kind.
        kind: WorkloadKind,
        /// Its name.
        name: Name,
    },
    /// Pods whose workload nobody pasted, that are endpoints of this Service.
    BehindService(Name),
    /// A Pod by itself.
    Alone(Name),
}

impl Group {
    /// The name to show.
    pub fn name(&self) -> &Name {
        match self {
            Self::Workload { name, .. } | Self::BehindService(name) | Self::Alone(name) => name,
        }
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload { kind, name } => write!(f, "{}/{name}", kind.name()),
            Self::BehindService(name) => write!(f, "svc/{name}"),
            Self::Alone(name) => write!(f, "pod/{name}"),
        }
    }
}

/// Identity of a column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ColumnKey {
    /// A node.
    Node(Str),
    /// A zone; empty for nodes without one.
    Zone(Str),
    /// All nodes.
    AllNodes,
    /// On no node yet.
    Pending,
    /// Endpoints that are no Pod of the cluster.
    Elsewhere,
}

impl ColumnKey {
    /// The columns in which a node can be, the most specific first: which of them there is, the view decides.
    pub fn of_node(name: &Str, zone: Option<&Str>) -> [Self; 3] {
        [
            Self::Node(name.clone()),
            Self::Zone(zone.cloned().unwrap_or_default()),
            Self::AllNodes,
        ]
    }
}

impl fmt::Display for ColumnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Node(name) => write!(f, "node/{name}"),
            Self::Zone(name) => write!(f, "zone/{name}"),
            Self::AllNodes => f.write_str("nodes"),
            Self::Pending => f.write_str("pending"),
            Self::Elsewhere => f.write_str("elsewhere"),
        }
    }
}

/// For ids in the page and for tests: kind and name.
impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Client => f.write_str("client"),
            Self::External(name) => write!(f, "external/{name}"),
            Self::Dns => f.write_str("dns"),
            Self::LoadBalancer(name) => write!(f, "lb/{name}"),
            Self::Service(name) => write!(f, "svc/{name}"),
            Self::Pod(name) => write!(f, "pod/{name}"),
            Self::Pods { group, column } => write!(f, "pods/{group}@{column}"),
            Self::Address(address) => write!(f, "address/{address}"),
            Self::Addresses(service) => write!(f, "addresses/{service}"),
            Self::Namespace(name) => write!(f, "ns/{name}"),
            Self::Column(column) => write!(f, "column/{column}"),
        }
    }
}

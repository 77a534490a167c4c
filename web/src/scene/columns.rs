//! Which columns there are: nodes while they are few, else zones, else one.

use std::collections::BTreeMap;

use switchboard_engine::order::{Order, natural};
use switchboard_engine::{
    Str,
    cluster::{Cluster, Node, NodeId},
    packet::Family,
};

use super::{Column, ColumnKey, Grouping, MAX_COLUMNS};
use crate::words;

/// The columns, and where each node went.
pub(super) struct Columns {
    pub(super) columns: Vec<Column>,
    by_node: BTreeMap<NodeId, usize>,
}

impl Columns {
    /// The column of a node.
    pub(super) fn of(&self, node: NodeId) -> usize {
        self.by_node.get(&node).copied().unwrap_or(0)
    }

    /// The column of this key, made if it is not there. For Pending and Elsewhere, which come last.
    pub(super) fn extra(&mut self, key: ColumnKey, title: &str, subtitle: &str) -> usize {
        if let Some(at) = self.columns.iter().position(|column| column.key == key) {
            return at;
        }
        self.columns.push(Column {
            key,
            title: title.to_owned(),
            subtitle: subtitle.to_owned(),
            zone: None,
            assumed: false,
            not_ready: false,
        });
        self.columns.len() - 1
    }
}

// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn columns(cluster: &Cluster, grouping: Grouping) -> Columns {
    let mut nodes: Vec<(NodeId, &Node)> = cluster.nodes.iter().collect();
    let zone = |node: &Node| node.zone().cloned().unwrap_or_default();
    nodes.order_by(|(_, a), (_, b)| {
        natural(&zone(a), &zone(b)).then_with(|| natural(&a.meta.name, &b.meta.name))
    });
    let apart = grouping != Grouping::Workload;
    if apart && nodes.len() <= MAX_COLUMNS {
        let by_node = nodes
            .iter()
            .enumerate()
            .map(|(at, (id, _))| (*id, at))
            .collect();
        let columns = nodes.iter().map(|(_, node)| of_node(node)).collect();
        return Columns { columns, by_node };
    }
    let mut zones = Vec::<(Str, Vec<(NodeId, &Node)>)>::new();
    for (id, node) in nodes {
        match zones.last_mut() {
            Some((last, nodes)) if *last == zone(node) => nodes.push((id, node)),
            _ => zones.push((zone(node), vec![(id, node)])),
        }
    }
    let unready = |nodes: &[(NodeId, &Node)]| nodes.iter().filter(|(_, node)| !node.ready).count();
    if !apart || zones.len() > MAX_COLUMNS {
        let count = cluster.nodes.len();
        let not_ready = zones.iter().map(|(_, nodes)| unready(nodes)).sum();
        let named = zones.iter().filter(|(zone, _)| !zone.is_empty()).count();
        return Columns {
            columns: vec![Column {
                key: ColumnKey::AllNodes,
                title: words::scene::nodes_not_ready(count, not_ready),
                subtitle: words::scene::in_zones(named),
                zone: None,
                assumed: false,
                not_ready: not_ready == count,
            }],
            by_node: BTreeMap::new(),
        };
    }
    let mut columns = Vec::new();
    let mut by_node = BTreeMap::new();
    for (at, (zone, nodes)) in zones.into_iter().enumerate() {
        let not_ready = unready(&nodes);
        let count = nodes.len();
        columns.push(Column {
            title: if zone.is_empty() {
                words::scene::NO_ZONE.to_owned()
            } else {
                zone.to_string()
            },
            subtitle: words::scene::nodes_not_ready(count, not_ready),
            key: ColumnKey::Zone(zone),
            zone: None,
            assumed: false,
            not_ready: not_ready == count,
        });
        by_node.extend(nodes.into_iter().map(|(id, _)| (id, at)));
    }
    Columns { columns, by_node }
}

fn of_node(node: &Node) -> Column {
    let address = node
        .primary_address(Family::V4)
        .or_else(|| node.primary_address(Family::V6))
        .map(|address| address.to_string())
        .unwrap_or_default();
    Column {
        key: ColumnKey::Node(node.meta.name.clone()),
        title: node.meta.name.to_string(),
        subtitle: match (node.ready, node.cordoned) {
            // Not ready is what the control plane says of it; this is why.
            (false, _) if node.cut_off => words::scene::node_cut_off(&address),
            (false, _) => words::scene::node_not_ready(&address),
            (true, true) => words::scene::node_cordoned(&address),
            (true, false) => address,
        },
        zone: node.zone().cloned(),
        assumed: node.meta.origin.is_none(),
        not_ready: !node.ready,
    }
}

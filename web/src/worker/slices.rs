//! EndpointSlices of a Service, as the table that `kubectl get endpointslices -o wide` prints.

use std::collections::BTreeMap;

use switchboard_engine::{
    Analysis,
    cluster::{Cluster, Endpoint, EndpointSlice, ServiceId, SliceId, SliceSource},
    packet::Family,
    proxy::{NodeView, Used, used},
    trace::words as engine_words,
};

use crate::{
    protocol::{
        EndpointView, SliceView,
        follow::{SliceRows, SlicesView, SlicesWanted, Use},
    },
    words,
};

/// How many endpoints of a slice are listed.
const ROWS: usize = 60;
/// How many kubectl prints in one cell (`-o wide` or not).
const CELL: usize = 3;

pub(super) fn slices(cluster: &Cluster, service: ServiceId) -> Vec<SliceView> {
    cluster
        .slices_of(service)
        .map(|(_, slice)| view(cluster, slice))
        .collect()
}

fn view(cluster: &Cluster, slice: &EndpointSlice) -> SliceView {
    let ports: Vec<String> = slice
        .ports
        .iter()
        .map(|port| {
            port.port
                .map_or_else(|| "*".to_owned(), |port| port.to_string())
        })
        .collect();
    let endpoints: Vec<String> = slice
        .endpoints
        .iter()
        .flat_map(|endpoint| &endpoint.addresses)
        .map(ToString::to_string)
        .collect();
    SliceView {
        name: slice.meta.name.to_string(),
        address_type: slice.address_type.name().to_owned(),
        ports: cell(&ports),
        endpoints: cell(&endpoints),
        made: slice.source != SliceSource::Written,
        rows: slice
            .endpoints
            .iter()
            .take(ROWS)
            .map(|endpoint| row(cluster, endpoint))
            .collect(),
        more: u32::try_from(slice.endpoints.len().saturating_sub(ROWS)).unwrap_or(u32::MAX),
    }
}

/// kubectl: `<unset>` for none, three and "+ n more..." for many.
fn cell(values: &[String]) -> String {
    match values.len() {
        0 => "<unset>".to_owned(),
        n if n > CELL => format!("{} + {} more...", values[..CELL].join(","), n - CELL),
        _ => values.join(","),
    }
}

fn row(cluster: &Cluster, endpoint: &Endpoint) -> EndpointView {
    // Unset is ready and serving, and not terminating: so consumers read it.
    let ready = endpoint.conditions.ready != Some(false);
    let conditions = [
        (ready, "ready"),
        (endpoint.conditions.serving.unwrap_or(true), "serving"),
        (endpoint.conditions.terminating == Some(true), "terminating"),
    ];
    let target = match (endpoint.pod, &endpoint.target) {
        (Some(pod), _) => cluster.pods[pod].meta.full_name(),
        (None, Some(target)) => format!("{}/{}", target.namespace, target.name),
        (None, None) => String::new(),
    };
    let holds: Vec<&str> = conditions
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, name)| *name)
        .collect();
    let zones = endpoint
        .hint_zones
        .iter()
        .map(|zone| words::rules::hint_zone(zone));
    let nodes = endpoint
        .hint_nodes
        .iter()
        .map(|node| words::rules::hint_node(node));
    let hints: Vec<String> = zones.chain(nodes).collect();
    EndpointView {
        address: endpoint
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        target,
        node: endpoint
            .node_name
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        zone: endpoint
            .zone
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        conditions: holds.join(", "),
        hints: hints.join(", "),
        ready,
    }
}

/// The slices of a Service as one node uses them.
pub(super) fn seen(analysis: &Analysis, wanted: SlicesWanted) -> Option<SlicesView> {
    let cluster = &analysis.cluster;
    let id = cluster.service(&wanted.service.namespace, &wanted.service.name)?;
    let node = wanted.node.as_ref().and_then(|name| cluster.node(name));
    let mut uses: BTreeMap<(SliceId, u32), Used> = BTreeMap::new();
    let mut notes = Vec::new();
    if let Some(node) = node {
        let view = NodeView::of(&cluster.nodes[node]);
        for family in [Family::V4, Family::V6] {
            let proxied = analysis.compiled.proxied(cluster, family);
            for (_, port) in proxied.ports_of(id) {
                let all = used(cluster, proxied, port, &view);
                let count = all.iter().filter(|(_, used)| used.is_used()).count();
                notes.push(engine_words::uses(&port.name, &view.name, count, all.len()));
                for (endpoint, used) in all {
                    let info = &proxied.endpoints[endpoint];
                    // An endpoint of several ports is one row: used if it is for any of them.
                    let known = uses
                        .entry((info.slice, info.nth))
                        .or_insert_with(|| used.clone());
                    if used.is_used() && !known.is_used() {
                        *known = used;
                    }
                }
            }
        }
    }
    let slices = cluster.slices_of(id).map(|(slice, stored)| {
        let shown = view(cluster, stored);
        let of_row = |nth: usize| {
            let nth = u32::try_from(nth).ok()?;
            let used = uses.get(&(slice, nth))?;
            Some(Use {
                used: used.is_used(),
                why: engine_words::used(used),
            })
        };
        SliceRows {
            uses: (0..shown.rows.len()).map(of_row).collect(),
            slice: shown,
        }
    });
    Some(SlicesView {
        slices: slices.collect(),
        notes,
        wanted,
    })
}

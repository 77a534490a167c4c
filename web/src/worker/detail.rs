//! Everything about one thing on the map, for the detail panel.

use switchboard_engine::{
    cluster::{Meta, PodId},
    order::Order,
};

use super::{Memory, facts, findings, places, slices, whatif};
use crate::{
    protocol::{AdditionView, DetailView},
    scene::{ColumnKey, Key, Name, in_order},
    words,
};

/// How many members of a fold are named.
const MEMBERS: usize = 60;
/// How many additions are listed.
const ADDITIONS: usize = 80;
/// How much of a value is shown.
const VALUE: usize = 160;

/// The details; `None` if the thing is no longer there.
pub(super) fn detail(memory: &Memory, key: Key) -> Option<DetailView> {
    let offers = whatif::offers(memory, &key);
    Some(DetailView {
        whatif: offers,
        ..known(memory, key)?
    })
}

fn known(memory: &Memory, key: Key) -> Option<DetailView> {
    let cluster = &memory.analysis.cluster;
    match &key {
        Key::Service(name) | Key::LoadBalancer(name) | Key::Addresses(name) => {
            let id = cluster.service(&name.namespace, &name.name)?;
            let service = &cluster.services[id];
            Some(DetailView {
                facts: facts::service(service),
                slices: slices::slices(cluster, id),
                probe_to: places::target(service),
                ..object(memory, key.clone(), "Service", &service.meta)
            })
        }
        Key::Pod(name) => {
            let id = cluster.pod(&name.namespace, &name.name)?;
            Some(pod(memory, key.clone(), id))
        }
        Key::Column(ColumnKey::Node(name)) => {
            let node = &cluster.nodes[cluster.node(name)?];
            Some(DetailView {
                facts: facts::node(node),
                probe_from: Some(format!("node/{}", node.meta.name)),
                ..object(memory, key.clone(), "Node", &node.meta)
            })
        }
        Key::Pods { group, .. } => {
            let mut members: Vec<PodId> = memory
                .scene
                .chip_of
                .iter()
                .filter(|(_, chip)| **chip == key)
                .map(|(id, _)| *id)
                .collect();
            members.order_by(|a, b| in_order(&cluster.pods[*a].meta, &cluster.pods[*b].meta));
            let first = *members.first()?;
            let named = members
                .iter()
                .take(MEMBERS)
                .map(|id| cluster.pods[*id].meta.full_name())
                .collect();
            let name = group.name();
            Some(DetailView {
                kind: words::facts::pods(members.len()),
                title: name.name.to_string(),
                members: named,
                more_members: count(members.len().saturating_sub(MEMBERS)),
                ..pod(memory, key.clone(), first)
            })
        }
        Key::Client => Some(DetailView {
            facts: facts::client(),
            probe_from: Some("outside".to_owned()),
            ..DetailView::plain(key, words::facts::OUTSIDE, words::facts::CLIENT)
        }),
        Key::Dns => Some(DetailView {
            facts: facts::dns(&cluster.environment),
            ..DetailView::plain(key, words::facts::DNS, words::facts::THE_DNS)
        }),
        Key::External(name) => Some(DetailView {
            facts: facts::external(),
            ..DetailView::plain(key.clone(), words::facts::OUTSIDE, name)
        }),
        Key::Address(address) => Some(DetailView {
            facts: facts::address(),
            ..DetailView::plain(key.clone(), words::facts::AN_ADDRESS, address)
        }),
        Key::Namespace(name) => Some(DetailView {
            facts: facts::namespace(cluster, name),
            ..DetailView::plain(key.clone(), words::facts::NAMESPACE, name)
        }),
        Key::Column(column) => Some(DetailView {
            facts: facts::column(cluster, column),
            ..DetailView::plain(
                key.clone(),
                words::facts::SEVERAL_NODES,
                &column.to_string(),
            )
        }),
    }
}

fn pod(memory: &Memory, key: Key, id: PodId) -> DetailView {
    let cluster = &memory.analysis.cluster;
    let pod = &cluster.pods[id];
    let owner = memory
        .analysis
        .topology
        .topmost_owner(id)
        .map(|id| &cluster.workloads[id]);
    // A Pod that a workload makes stands in the text as its template.
    let made_by = owner.filter(|_| pod.meta.origin.is_none());
    let meta = made_by.map_or(&pod.meta, |workload| &workload.meta);
    DetailView {
        facts: facts::pod(cluster, pod, owner),
        additions: additions(&pod.meta),
        title: pod.meta.name.to_string(),
        probe_from: Some(format!("pod/{}", Name::from(&pod.meta))),
        probe_to: facts::pod_target(pod),
        ..object(memory, key, "Pod", meta)
    }
}

fn object(memory: &Memory, key: Key, kind: &str, meta: &Meta) -> DetailView {
    let analysis = &memory.analysis;
    DetailView {
        namespace: meta.namespace.to_string(),
        additions: additions(meta),
        place: meta
            .at("metadata.name")
            .and_then(|origin| memory.texts.place(&analysis.manifest, &origin)),
        findings: findings::about(memory, meta.origin),
        ..DetailView::plain(key, kind, &meta.name)
    }
}

fn additions(meta: &Meta) -> Vec<AdditionView> {
    meta.additions
        .iter()
        .take(ADDITIONS)
        .map(|addition| AdditionView {
            path: addition.path.to_string(),
            value: match &addition.value {
                serde_json::Value::String(text) => text.clone(),
                other => other.to_string(),
            }
            .chars()
            .take(VALUE)
            .collect(),
            why: addition.why,
        })
        .collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

//! Everything about one thing on the map, for the detail panel.

use switchboard_engine::{
    cluster::{Addition, Meta, PodId},
    order::Order,
    topology::Owner,
};

use super::{Memory, facts, findings, places, slices, whatif};
use crate::{
    protocol::{AdditionView, DetailView, OwnerView, TextPlace},
    scene::{self, ColumnKey, Key, Name, in_order},
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
            pods(memory, key.clone(), &[id])
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
                ..pods(memory, key.clone(), &members)?
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

/// A Pod, or what is true of all of several; `None`: there is none.
fn pods(memory: &Memory, key: Key, ids: &[PodId]) -> Option<DetailView> {
    let analysis = &memory.analysis;
    let cluster = &analysis.cluster;
    let all = || ids.iter().map(|id| &cluster.pods[*id]);
    let first = all().next()?;
    // A Pod that a workload makes stands in the text as its template.
    let made_by = analysis
        .topology
        .topmost_owner(ids[0])
        .filter(|_| first.meta.origin.is_none());
    let meta = made_by.map_or(&first.meta, |owner| &cluster.workloads[owner].meta);
    let owners = ids
        .iter()
        .map(|id| analysis.topology.owners(cluster, *id).into_iter());
    let objects = ids.iter().flat_map(|id| scene::objects(analysis, *id));
    Some(DetailView {
        owners: common(owners)
            .into_iter()
            .map(|owner| self::owner(memory, owner))
            .collect(),
        facts: common(all().map(|pod| facts::pod(cluster, pod).into_iter())),
        additions: additions(common(all().map(|pod| pod.meta.additions.iter()))),
        findings: findings::about(memory, objects),
        title: first.meta.name.to_string(),
        probe_from: Some(format!("pod/{}", Name::from(&first.meta))),
        probe_to: facts::pod_target(first),
        ..object(memory, key, "Pod", meta)
    })
}

/// What all have: in the middle of a rollout a Deployment, and not one ReplicaSet.
fn common<T: PartialEq>(mut all: impl Iterator<Item = impl Iterator<Item = T>>) -> Vec<T> {
    let mut common: Vec<T> = all.next().into_iter().flatten().collect();
    for next in all {
        let next: Vec<T> = next.collect();
        common.retain(|each| next.contains(each));
    }
    common
}

fn owner(memory: &Memory, owner: Owner<'_>) -> OwnerView {
    match owner {
        Owner::Workload(id) => {
            let workload = &memory.analysis.cluster.workloads[id];
            OwnerView {
                title: words::detail::owner(workload.kind.name(), &workload.meta.name),
                place: place(memory, &workload.meta),
                why: workload.meta.why(&"metadata.name".into()),
            }
        }
        Owner::Missing(reference) => OwnerView {
            title: words::detail::owner(&reference.kind, &reference.name),
            place: None,
            why: None,
        },
    }
}

fn object(memory: &Memory, key: Key, kind: &str, meta: &Meta) -> DetailView {
    DetailView {
        namespace: meta.namespace.to_string(),
        additions: additions(&meta.additions),
        place: place(memory, meta),
        findings: findings::about(memory, meta.origin),
        ..DetailView::plain(key, kind, &meta.name)
    }
}

/// Where an object is written.
fn place(memory: &Memory, meta: &Meta) -> Option<TextPlace> {
    let origin = meta.at("metadata.name")?;
    memory.texts.place(&memory.analysis.manifest, &origin)
}

fn additions<'a>(all: impl IntoIterator<Item = &'a Addition>) -> Vec<AdditionView> {
    all.into_iter()
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

//! Which end of a probe each shape of the map can be, as the probe bar writes it.

use std::collections::BTreeMap;

use switchboard_engine::{
    Analysis,
    cluster::{Cluster, Pod, PodId},
    packet::Protocol,
};

use super::{facts, places};
use crate::{
    layout::{Drawing, Ends, layout},
    scene::{ColumnKey, Key, Name, Scene},
};

/// The map with the ends of its shapes.
pub(super) fn drawing(analysis: &Analysis, scene: &Scene) -> Drawing {
    let mut drawing = layout(scene);
    let cluster = &analysis.cluster;
    let folds = first_members(scene, cluster);
    let node_port = node_port(cluster);
    for item in &mut drawing.items {
        item.ends = match &item.key {
            Key::Client => Ends {
                from: Some("outside".to_owned()),
                to: None,
            },
            Key::Service(name) | Key::LoadBalancer(name) => Ends {
                from: None,
                to: cluster
                    .service(&name.namespace, &name.name)
                    .and_then(|id| places::target(&cluster.services[id])),
            },
            Key::Pod(name) => of_pod(
                cluster
                    .pod(&name.namespace, &name.name)
                    .map(|id| &cluster.pods[id]),
            ),
            fold @ Key::Pods { .. } => of_pod(folds.get(fold).map(|id| &cluster.pods[*id])),
            Key::Column(ColumnKey::Node(name)) => Ends {
                from: Some(format!("node/{name}")),
                to: node_port.and_then(|(port, protocol)| {
                    let node = &cluster.nodes[cluster.node(name)?];
                    let address = node.addresses.first()?.address;
                    Some(places::dialled(address, port, protocol))
                }),
            },
            _ => Ends::default(),
        };
    }
    drawing
}

/// A packet starts from a Pod that runs somewhere, and reaches one that says a port.
fn of_pod(pod: Option<&Pod>) -> Ends {
    let Some(pod) = pod else {
        return Ends::default();
    };
    Ends {
        from: pod
            .node()
            .is_some()
            .then(|| format!("pod/{}", Name::from(&pod.meta))),
        to: facts::pod_target(pod),
    }
}

/// The Pod that stands for a fold: its first by name.
fn first_members<'a>(scene: &'a Scene, cluster: &Cluster) -> BTreeMap<&'a Key, PodId> {
    let mut first = BTreeMap::<&Key, PodId>::new();
    for (id, key) in &scene.chip_of {
        let held = first.entry(key).or_insert(*id);
        if cluster.pods[*id].meta.name < cluster.pods[*held].meta.name {
            *held = *id;
        }
    }
    first
}

/// What a node can be asked by: the first node port of the first Service, by name, that has one.
fn node_port(cluster: &Cluster) -> Option<(u16, Protocol)> {
    cluster
        .services
        .values()
        .filter_map(|service| {
            let port = service.ports.iter().find(|port| port.node_port.is_some())?;
            let number = u16::from(port.node_port?);
            Some((Name::from(&service.meta), number, port.protocol))
        })
        .min_by(|(a, ..), (b, ..)| a.cmp(b))
        .map(|(_, port, protocol)| (port, protocol))
}

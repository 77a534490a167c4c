//! Search: names and addresses that contain a text.

use switchboard_engine::order::Order;

use super::Memory;
use crate::{
    protocol::Match,
    scene::{ColumnKey, Key, Name, in_order},
};

/// A list longer than this is narrowed by typing, not by reading.
const MOST: usize = 20;

/// The first matches: Services, then Pods, then nodes.
pub(super) fn find(memory: &Memory, text: &str) -> Vec<Match> {
    let wanted = text.trim().to_lowercase();
    if wanted.is_empty() {
        return Vec::new();
    }
    let cluster = &memory.analysis.cluster;
    let has = |name: &str, addresses: &[String]| {
        name.to_lowercase().contains(&wanted)
            || addresses.iter().any(|address| address.contains(&wanted))
    };
    let mut services: Vec<_> = cluster
        .services
        .values()
        .filter(|service| service.meta.origin.is_some())
        .filter(|service| has(&service.meta.full_name(), &words(service.cluster_ips())))
        .collect();
    services.order_by(|a, b| in_order(&a.meta, &b.meta));
    let services = services.into_iter().map(|service| {
        let key = Key::Service(Name::from(&service.meta));
        Match {
            at: vec![key.clone(), Key::Namespace(service.meta.namespace.clone())],
            key,
            kind: "Service".to_owned(),
            title: service.meta.name.to_string(),
            subtitle: subtitle(&service.meta.namespace, &words(service.cluster_ips())),
        }
    });
    let mut pods: Vec<_> = cluster
        .pods
        .iter()
        .filter(|(_, pod)| has(&pod.meta.full_name(), &words(&pod.ips)))
        .collect();
    pods.order_by(|(_, a), (_, b)| in_order(&a.meta, &b.meta));
    let pods = pods.into_iter().map(|(id, pod)| Match {
        // Going there opens the fold in which it stands, and no other.
        at: (memory.scene.keys_of(cluster, id).into_iter())
            .filter(|key| {
                !matches!(key, Key::Pods { .. }) || memory.scene.chip_of.get(&id) == Some(key)
            })
            .collect(),
        key: Key::Pod(Name::from(&pod.meta)),
        kind: "Pod".to_owned(),
        title: pod.meta.name.to_string(),
        subtitle: subtitle(&pod.meta.namespace, &words(&pod.ips)),
    });
    let nodes = cluster.nodes.values().filter_map(|node| {
        let addresses: Vec<String> = node
            .addresses
            .iter()
            .map(|address| address.address.to_string())
            .collect();
        has(&node.meta.name, &addresses).then(|| {
            let key = Key::Column(ColumnKey::Node(node.meta.name.clone()));
            Match {
                at: ColumnKey::of_node(&node.meta.name, node.zone())
                    .map(Key::Column)
                    .to_vec(),
                key,
                kind: "Node".to_owned(),
                title: node.meta.name.to_string(),
                subtitle: addresses.join(", "),
            }
        })
    });
    services.chain(pods).chain(nodes).take(MOST).collect()
}

fn words<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}

fn subtitle(namespace: &str, addresses: &[String]) -> String {
    if addresses.is_empty() {
        namespace.to_owned()
    } else {
        format!("{namespace} · {}", addresses.join(", "))
    }
}

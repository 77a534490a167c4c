//! Probe `rules`, format `ipvs`.

use serde_json::{Map, Value, json};
use switchboard_engine::packet::Family;
use switchboard_engine::proxy::ipvs::{Ruleset, VirtualServer, write};
use switchboard_engine::proxy::{NodeView, proxied};

use super::Stored;

/// The virtual servers, sets and addresses of both families on a node.
pub(super) fn facts(stored: &Stored, node: &str) -> Map<String, Value> {
    let cluster = &stored.analysis.cluster;
    let node = NodeView::named(cluster, node);
    let rulesets =
        [Family::V4, Family::V6].map(|family| write(cluster, &proxied(cluster, family), &node));
    let servers = rulesets.iter().flat_map(|ruleset| ruleset.servers.values());
    let servers: Vec<Value> = servers.map(server).collect();
    let sets: Map<String, Value> = rulesets.iter().flat_map(sets).collect();
    let addresses = rulesets.iter().flat_map(|ruleset| ruleset.device.keys());
    let addresses: Vec<String> = addresses.map(ToString::to_string).collect();
    Map::from_iter([
        ("virtualServers".to_owned(), json!(servers)),
        ("ipsets".to_owned(), Value::Object(sets)),
        ("dummyAddresses".to_owned(), json!(addresses)),
    ])
}

fn server(server: &VirtualServer) -> Value {
    let real_servers: Vec<String> = server
        .real_servers
        .iter()
        .filter(|real| real.weight == 1)
        .map(|real| real.address.to_string())
        .collect();
    json!({
        "ip": server.address.ip().to_string(),
        "port": server.address.port(),
        "protocol": server.protocol.upper(),
        "scheduler": server.scheduler.name(),
        "persistentTimeout": server.persistence,
        "realServers": real_servers,
    })
}

fn sets(ruleset: &Ruleset) -> impl Iterator<Item = (String, Value)> {
    let filled = ruleset.sets.iter().filter(|set| !set.entries.is_empty());
    filled.map(|set| {
        let entries: Vec<String> = set.entries.keys().map(ToString::to_string).collect();
        (set.name.to_string(), json!(entries))
    })
}

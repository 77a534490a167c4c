//! Probe `rules`, format `nftables`.

use serde_json::{Map, Value, json};
use switchboard_engine::packet::{Family, Protocol};
use switchboard_engine::proxy::nftables::{Ruleset, endpoint_base, service_base, write};
use switchboard_engine::proxy::{NodeView, ServicePortName, proxied};

use super::Stored;

/// The tables of both families on a node.
pub(super) fn tables(stored: &Stored, node: &str) -> Value {
    let cluster = &stored.analysis.cluster;
    let node = NodeView::named(cluster, node);
    let tables: Map<String, Value> = [Family::V4, Family::V6]
        .into_iter()
        .map(|family| write(cluster, &proxied(cluster, family), &node))
        .map(|ruleset| (ruleset.table().to_owned(), table(&ruleset)))
        .collect();
    Value::Object(tables)
}

/// What the chains of a service port would be called, and of its endpoints.
pub(super) fn chain_names(port: &str, protocol: Protocol, endpoints: &[&str]) -> Value {
    let name = ServicePortName::from(port);
    let base = service_base(&name, protocol);
    let of_endpoints = |kind: &str| -> Map<String, Value> {
        let named = |endpoint: &&str| {
            let base = endpoint_base(&name, protocol, endpoint);
            ((*endpoint).to_owned(), json!(format!("{kind}-{base}")))
        };
        endpoints.iter().map(named).collect()
    };
    json!({
        "servicePort": port,
        "protocol": protocol.upper(),
        "service": format!("service-{base}"),
        "local": format!("local-{base}"),
        "external": format!("external-{base}"),
        "firewall": format!("firewall-{base}"),
        "endpoints": of_endpoints("endpoint"),
        "affinitySets": of_endpoints("affinity"),
    })
}

fn table(ruleset: &Ruleset) -> Value {
    let rules = |chain: &switchboard_engine::proxy::nftables::Chain| -> Vec<String> {
        chain
            .rules
            .iter()
            .map(|rule| ruleset.rule_text(rule))
            .collect()
    };
    let chains: Map<String, Value> = ruleset
        .chains
        .iter()
        .map(|chain| (chain.name.to_string(), json!(rules(chain))))
        .collect();
    let hooks: Map<String, Value> = ruleset
        .chains
        .iter()
        .filter_map(|chain| Some((chain.name.to_string(), json!(chain.hook_text()?))))
        .collect();
    json!({
        "chains": chains,
        "hooks": hooks,
        "sets": ruleset.set_texts(),
        "maps": ruleset.map_texts(),
        "elements": ruleset.element_texts(),
    })
}

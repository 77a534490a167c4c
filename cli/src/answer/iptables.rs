//! Probe `rules`, format `iptables`.

use serde_json::{Map, Value, json};
use switchboard_engine::packet::{Family, Protocol};
use switchboard_engine::proxy::iptables::{
    ChainKind, Ruleset, ServiceChainNames, endpoint_chain_name, probability, write, written_rule,
};
use switchboard_engine::proxy::{NodeView, ServicePortName, proxied};

use super::Stored;

/// Table → chain → rules on a node, as kube-proxy writes them.
pub(super) fn chains(stored: &Stored, node: &str, family: Family) -> Value {
    let cluster = &stored.analysis.cluster;
    let node = NodeView::named(cluster, node);
    let ruleset = write(cluster, &proxied(cluster, family), &node);
    tables(&ruleset)
}

fn tables(ruleset: &Ruleset) -> Value {
    let tables: Map<String, Value> = ruleset
        .tables()
        .into_iter()
        .map(|table| {
            let chains: Map<String, Value> = table
                .chains
                .values()
                .filter(|chain| !matches!(chain.kind, ChainKind::BuiltIn(_)))
                .map(|chain| {
                    let rules: Vec<String> = chain
                        .rules
                        .iter()
                        .map(|rule| written_rule(table, rule))
                        .collect();
                    (chain.name.to_string(), json!(rules))
                })
                .collect();
            (table.name.name().to_owned(), Value::Object(chains))
        })
        .collect();
    Value::Object(tables)
}

/// What the chains of a service port would be called, and of its endpoints.
pub(super) fn chain_names(port: &str, protocol: Protocol, endpoints: &[&str]) -> Value {
    let name = ServicePortName::from(port);
    let chains = ServiceChainNames::of(&name, protocol);
    let endpoints: Map<String, Value> = endpoints
        .iter()
        .map(|endpoint| {
            let chain = endpoint_chain_name(&name, protocol, endpoint);
            ((*endpoint).to_owned(), json!(chain))
        })
        .collect();
    json!({
        "servicePort": port,
        "protocol": protocol.upper(),
        "service": chains.service,
        "local": chains.local,
        "external": chains.external,
        "firewall": chains.firewall,
        "endpoints": endpoints,
    })
}

/// n → text of 1/n.
pub(super) fn probabilities(of: &[u32]) -> Value {
    of.iter()
        .map(|n| (n.to_string(), json!(probability(*n))))
        .collect::<Map<_, _>>()
        .into()
}

//! Probes `dns`, `resolv`, `resolve`.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use switchboard_engine::cluster::Cluster;
use switchboard_engine::dns::{
    self, Client, FromHosts, Name, Outcome, Question, Rcode, Record, RecordType, Resolution,
};

use super::trace::pod_named;
use super::{Reply, Stored, Unsupported};

pub(super) fn query(stored: &Stored, probe: &Value) -> Reply {
    let analysis = &stored.analysis;
    let question = Question {
        name: Name::absolute(text(&probe["query"]["name"])?),
        type_: RecordType::named(text(&probe["query"]["type"])?),
    };
    let exchange = dns::query(&analysis.cluster, &analysis.zone, question);
    Ok(json!({
        "rcode": exchange.rcode.name(),
        "answers": records(&exchange.answers),
        "authority": records(&exchange.authority),
        "additional": records(&exchange.additional),
    }))
}

pub(super) fn resolv(stored: &Stored, probe: &Value) -> Reply {
    let cluster = &stored.analysis.cluster;
    let client = pod(cluster, text(&probe["pod"])?)?;
    let file = dns::resolv_conf(cluster, client);
    Ok(json!({
        "nameservers": file.nameservers,
        "searches": file.searches,
        "options": file.options,
    }))
}

pub(super) fn resolve(stored: &Stored, probe: &Value) -> Reply {
    let analysis = &stored.analysis;
    let cluster = &analysis.cluster;
    let from = &probe["from"];
    let client = match from["node"].as_str() {
        Some(node) => Client::Node(
            cluster
                .node(node)
                .ok_or_else(|| Unsupported::because(format!("there is no node {node}")))?,
        ),
        None => pod(cluster, text(&from["pod"])?)?,
    };
    let resolution = dns::resolve(cluster, &analysis.zone, client, text(&probe["host"])?);
    let mut seen = BTreeSet::new();
    let queries: Vec<&str> = resolution
        .queries
        .iter()
        .map(|asked| asked.name.as_str())
        .filter(|name| seen.insert(*name))
        .collect();
    Ok(json!({
        "queries": queries,
        "rcode": rcode(&resolution).name(),
        "addresses": addresses(&resolution),
    }))
}

fn rcode(resolution: &Resolution) -> Rcode {
    match resolution.queries.last() {
        Some(asked) => asked.a.rcode,
        None if addresses(resolution).is_empty() => Rcode::NxDomain,
        None => Rcode::NoError,
    }
}

fn addresses(resolution: &Resolution) -> Vec<String> {
    match &resolution.outcome {
        Outcome::Literal(address) => vec![address.to_string()],
        Outcome::Hosts(lines) => lines
            .iter()
            .map(|FromHosts { address, .. }| address.to_string())
            .collect(),
        Outcome::Addresses { addresses, .. } => addresses
            .iter()
            .map(|resolved| resolved.address.to_string())
            .collect(),
        Outcome::ExternalName { .. }
        | Outcome::Outside(_)
        | Outcome::NoSuchName
        | Outcome::NoAddress
        | Outcome::NotAName
        | Outcome::NoNameserver => Vec::new(),
    }
}

fn records(records: &[Record]) -> Vec<Value> {
    records
        .iter()
        .map(|record| {
            json!({
                "name": record.name.as_str(),
                "type": record.data.type_().name(),
                "value": record.data.to_string(),
                "ttl": record.ttl,
            })
        })
        .collect()
}

fn pod(cluster: &Cluster, name: &str) -> Result<Client, Unsupported> {
    pod_named(cluster, name).map(Client::Pod)
}

fn text(value: &Value) -> Result<&str, Unsupported> {
    value
        .as_str()
        .ok_or_else(|| Unsupported::because("the question lacks a name"))
}

//! Probes `dns`, `resolv`, `resolve`.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Deserialize;
use serde_json::{Value, json};
use switchboard_engine::Str;
use switchboard_engine::cluster::{Cluster, Environment, PodRecords, ResolvConf};
use switchboard_engine::dns::{
    self, Client, FromHosts, Name, Outcome, Question, Rcode, Record, RecordType, Resolution,
};

use super::{Reply, Stored, Unsupported};

/// The parts of a case's `config` that names depend on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Config {
    dns: Server,
    kubelet: Kubelet,
}

/// CoreDNS's `kubernetes` plugin.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Server {
    zone: Option<Str>,
    pod_mode: Option<Str>,
    ttl: Option<u32>,
    endpoint_pod_names: bool,
    ignore_empty_service: bool,
    reverse_zones: Vec<Str>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Kubelet {
    #[serde(rename = "clusterDNS")]
    cluster_dns: Option<Vec<IpAddr>>,
    cluster_domain: Option<Str>,
    host_resolv_conf: HostResolvConf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HostResolvConf {
    nameservers: Vec<Str>,
    searches: Vec<Str>,
    options: Vec<Str>,
}

/// Puts the case's settings of CoreDNS and kubelet into the environment. A domain that only one of them names holds for both.
pub(super) fn configure(config: &Value, environment: &mut Environment) {
    let Ok(Config { dns, kubelet }) = Config::deserialize(config) else {
        return;
    };
    let domain = kubelet.cluster_domain.clone().or(dns.zone.clone());
    let server = &mut environment.dns;
    if let Some(zone) = dns.zone.or(kubelet.cluster_domain) {
        server.zone = zone;
    }
    server.pods = match dns.pod_mode.as_deref() {
        Some("disabled") => PodRecords::Disabled,
        Some("insecure") => PodRecords::Insecure,
        Some("verified") => PodRecords::Verified,
        _ => server.pods,
    };
    server.ttl = dns.ttl.unwrap_or(server.ttl);
    server.endpoint_pod_names = dns.endpoint_pod_names;
    server.ignore_empty_service = dns.ignore_empty_service;
    server.reverse_zones = dns.reverse_zones;
    let settings = &mut environment.kubelet;
    if let Some(domain) = domain {
        environment.network.dns_domain = domain.clone();
        settings.cluster_domain = domain;
    }
    if let Some(addresses) = kubelet.cluster_dns {
        settings.cluster_dns = addresses;
    }
    let HostResolvConf {
        nameservers,
        searches,
        options,
    } = kubelet.host_resolv_conf;
    settings.host = ResolvConf {
        nameservers,
        searches,
        options,
    };
}

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
    name.split_once('/')
        .and_then(|(namespace, name)| cluster.pod(namespace, name))
        .map(Client::Pod)
        .ok_or_else(|| Unsupported::because(format!("there is no Pod {name}")))
}

fn text(value: &Value) -> Result<&str, Unsupported> {
    value
        .as_str()
        .ok_or_else(|| Unsupported::because("the question lacks a name"))
}

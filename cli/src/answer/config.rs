//! A case's `config` as settings of the cluster.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;

use serde::Deserialize;
use switchboard_engine::cluster::{
    Cluster, EndpointsPerSlice, Environment, NetworkSettings, NodePortAddresses, ProxySettings,
};

use super::Line;

/// The parts of a case's `config` that kube-proxy, the API server and the controllers look at.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    #[serde(rename = "clusterCIDR")]
    cluster_cidr: Option<String>,
    detect_local: Option<DetectLocal>,
    #[serde(rename = "serviceCIDR")]
    service_cidr: Option<String>,
    #[serde(rename = "serviceCIDRs")]
    service_cidrs: Option<Vec<String>>,
    node_port_range: Option<String>,
    masquerade_all: bool,
    localhost_node_ports: Option<bool>,
    node_port_addresses: Option<Vec<String>>,
    node_local_addresses: BTreeMap<String, Vec<IpAddr>>,
    nfacct: bool,
    random_fully: bool,
    #[serde(rename = "conntrackTCPBeLiberal")]
    conntrack_tcp_be_liberal: bool,
    ipvs_scheduler: Option<String>,
    max_endpoints_per_slice: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
enum DetectLocal {
    None,
}

/// The environment that the line describes.
pub(super) fn environment(line: &Line) -> Environment {
    let config = config(line);
    let mut environment = Environment::default();
    network(&config, &mut environment.network);
    proxy(&config, &environment.network, &mut environment.proxy);
    environment.proxy.mode = line.proxy_mode;
    if let Some(count) = config.max_endpoints_per_slice {
        environment.max_endpoints_per_slice = EndpointsPerSlice(count);
    }
    super::dns::configure(&line.config, &mut environment);
    environment
}

/// Gives nodes the addresses that the line says they have on their interfaces.
pub(super) fn node_addresses(line: &Line, cluster: &mut Cluster) {
    let mut addresses = config(line).node_local_addresses;
    for (_, node) in cluster.nodes.iter_mut() {
        if let Some(local) = addresses.remove(node.meta.name.as_str()) {
            node.local_addresses = Some(local);
        }
    }
}

fn config(line: &Line) -> Config {
    Config::deserialize(&line.config).unwrap_or_default()
}

fn network(config: &Config, network: &mut NetworkSettings) {
    if let Some(ranges) = &config.cluster_cidr {
        network.pod_cidrs = parsed(ranges.split(','));
    }
    if let Some(ranges) = &config.service_cidr {
        network.service_cidrs = parsed(ranges.split(','));
    }
    if let Some(ranges) = &config.service_cidrs {
        network.service_cidrs = parsed(ranges);
    }
    let band = config.node_port_range.as_deref();
    if let Some((first, last)) = band.and_then(|band| band.split_once('-'))
        && let (Ok(first), Ok(last)) = (first.parse(), last.parse())
    {
        network.node_port_range = (first, last);
    }
}

fn proxy(config: &Config, network: &NetworkSettings, proxy: &mut ProxySettings) {
    proxy.detect_local = match config.detect_local {
        Some(DetectLocal::None) => Vec::new(),
        None => network.pod_cidrs.clone(),
    };
    proxy.service_cidrs.clone_from(&network.service_cidrs);
    proxy.masquerade_all = config.masquerade_all;
    if let Some(enabled) = config.localhost_node_ports {
        proxy.localhost_node_ports = enabled;
    }
    match config.node_port_addresses.as_deref() {
        None => {}
        Some([primary]) if primary == "primary" => {
            proxy.node_port_addresses = NodePortAddresses::Primary;
        }
        Some(ranges) => proxy.node_port_addresses = NodePortAddresses::Ranges(parsed(ranges)),
    }
    proxy.nfacct = config.nfacct;
    proxy.random_fully = config.random_fully;
    proxy.conntrack_tcp_be_liberal = config.conntrack_tcp_be_liberal;
    if let Some(scheduler) = &config.ipvs_scheduler {
        proxy.ipvs_scheduler = scheduler.into();
    }
}

fn parsed<T: FromStr>(texts: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<T> {
    texts
        .into_iter()
        .filter_map(|text| text.as_ref().trim().parse().ok())
        .collect()
}

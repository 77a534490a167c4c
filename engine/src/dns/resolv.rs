//! A Pod's `/etc/resolv.conf`.
//!
//! Source: kubelet, `pkg/kubelet/network/dns/dns.go` (`GetPodDNS`). The node's own file comes from the environment; what
//! kubelet would do with `--resolv-conf=""` is not modelled.

use rustc_hash::FxHashSet;

use super::Client;
use crate::Str;
use crate::api::core::{PodDnsConfig, PodDnsConfigOption};
use crate::cluster::{Cluster, DnsPolicy, KubeletSettings, Pod, ResolvConf};

/// `validation.MaxDNSNameservers`.
const NAMESERVERS: usize = 3;
/// `validation.MaxDNSSearchPaths`.
const SEARCHES: usize = 32;
/// `validation.MaxDNSSearchListChars`: characters of the search line without the word.
const SEARCH_LINE: usize = 2048;
/// `DNS1123SubdomainMaxLength`: longer ones made old C libraries abort.
const SEARCH_LENGTH: usize = 253;

/// The file, and what did not fit into it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PodDns {
    /// The file.
    pub file: ResolvConf,
    /// What kubelet leaves out, with an event `DNSConfigForming`.
    pub omitted: Omitted,
}

/// What kubelet leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Omitted {
    /// Beyond the third.
    pub nameservers: Vec<Str>,
    /// Too many, or too long.
    pub searches: Vec<Str>,
}

/// The file that a client's resolver reads.
pub fn resolv_conf(cluster: &Cluster, client: Client) -> ResolvConf {
    match client {
        Client::Pod(pod) => pod_dns(cluster, &cluster.pods[pod]).file,
        Client::Node(_) => cluster.environment.kubelet.host.clone(),
    }
}

/// The file that kubelet writes for a Pod.
///
/// Options keep their order: kubelet's is that of a Go map, any.
pub fn pod_dns(cluster: &Cluster, pod: &Pod) -> PodDns {
    let kubelet = &cluster.environment.kubelet;
    let mut file = match base(kubelet, pod) {
        Base::Empty => ResolvConf::default(),
        Base::Host => host(kubelet),
        Base::Cluster => ResolvConf {
            nameservers: kubelet
                .cluster_dns
                .iter()
                .map(|ip| Str::from(ip.to_string()))
                .collect(),
            searches: cluster_searches(kubelet, &pod.meta.namespace),
            options: vec!["ndots:5".into()],
        },
    };
    let config = &pod.spec.dns_config;
    if *config != PodDnsConfig::default() {
        file.nameservers = distinct(file.nameservers.iter().chain(&config.nameservers));
        file.searches = distinct(file.searches.iter().chain(&config.searches));
        file.options = merged(&file.options, &config.options);
    }
    let omitted = Omitted {
        nameservers: file
            .nameservers
            .split_off(NAMESERVERS.min(file.nameservers.len())),
        searches: cut_searches(&mut file.searches),
    };
    PodDns { file, omitted }
}

/// What `dnsConfig` is added to.
enum Base {
    Cluster,
    Host,
    Empty,
}

fn base(kubelet: &KubeletSettings, pod: &Pod) -> Base {
    match pod.spec.dns_policy {
        DnsPolicy::None => Base::Empty,
        DnsPolicy::Default => Base::Host,
        DnsPolicy::ClusterFirst if pod.spec.host_network => Base::Host,
        // Without clusterDNS kubelet falls back, with an event MissingClusterDNS.
        DnsPolicy::ClusterFirst | DnsPolicy::ClusterFirstWithHostNet
            if kubelet.cluster_dns.is_empty() =>
        {
            Base::Host
        }
        DnsPolicy::ClusterFirst | DnsPolicy::ClusterFirstWithHostNet => Base::Cluster,
    }
}

/// The node's file as kubelet reads it: each option once, search domains without a final dot.
fn host(kubelet: &KubeletSettings) -> ResolvConf {
    ResolvConf {
        nameservers: kubelet.host.nameservers.clone(),
        searches: host_searches(kubelet).collect(),
        options: merged(&kubelet.host.options, &[]),
    }
}

/// The root domain is left out: musl does not understand it.
fn host_searches(kubelet: &KubeletSettings) -> impl Iterator<Item = Str> {
    let searches = kubelet.host.searches.iter();
    searches
        .filter(|search| *search != ".")
        .map(|search| search.strip_suffix('.').map_or(search.clone(), Str::from))
}

fn cluster_searches(kubelet: &KubeletSettings, namespace: &str) -> Vec<Str> {
    let domain = kubelet.cluster_domain.as_str();
    let host: Vec<Str> = host_searches(kubelet).collect();
    if domain.is_empty() {
        return host;
    }
    let own = [
        format!("{namespace}.svc.{domain}").into(),
        format!("svc.{domain}").into(),
        domain.into(),
    ];
    distinct(own.iter().chain(&host))
}

fn distinct<'a>(values: impl Iterator<Item = &'a Str>) -> Vec<Str> {
    let mut seen = FxHashSet::default();
    values
        .filter(|value| seen.insert(value.as_str()))
        .cloned()
        .collect()
}

/// Options by name, the Pod's over the policy's.
fn merged(options: &[Str], more: &[PodDnsConfigOption]) -> Vec<Str> {
    let written = options
        .iter()
        .map(|option| option.split_once(':').unwrap_or((option, "")));
    let configured = more.iter().map(|option| {
        let value = option.value.as_deref().unwrap_or_default();
        (option.name.as_str(), value)
    });
    let mut merged: Vec<(&str, &str)> = Vec::new();
    let mut place = rustc_hash::FxHashMap::default();
    for (name, value) in written.chain(configured) {
        let nth = *place.entry(name).or_insert_with(|| {
            merged.push((name, value));
            merged.len() - 1
        });
        merged[nth].1 = value;
    }
    merged
        .into_iter()
        .map(|(name, value)| match value {
            "" => name.into(),
            _ => format!("{name}:{value}").into(),
        })
        .collect()
}

/// Cuts the list to its limits and gives what was cut.
fn cut_searches(searches: &mut Vec<Str>) -> Vec<Str> {
    let beyond = searches.split_off(SEARCHES.min(searches.len()));
    let (kept, mut cut): (Vec<Str>, Vec<Str>) = searches
        .drain(..)
        .partition(|search| search.len() <= SEARCH_LENGTH);
    *searches = kept;
    let mut length = 0;
    let fitting = searches
        .iter()
        .take_while(|search| {
            // One blank before each but the first.
            length += search.len() + usize::from(length > 0);
            length <= SEARCH_LINE
        })
        .count();
    cut.extend(searches.split_off(fitting));
    cut.extend(beyond);
    cut
}

#[cfg(test)]
mod tests;

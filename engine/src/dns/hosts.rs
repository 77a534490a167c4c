//! A client's `/etc/hosts`, which is read before any server is asked.
//!
//! Source: kubelet, `pkg/kubelet/kubelet_pods.go` (`managedHostsFileContent`, `GeneratePodHostNameAndDomain`). A node's own
//! file is not known: of it, and of the copy that Pods with `hostNetwork` get, only `localhost` is assumed.
//! `spec.hostnameOverride` and images whose files differ are not modelled.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Client;
use crate::Str;
use crate::cluster::{Cluster, Pod};
use crate::origin::Origin;

/// Characters of a Linux host name at most.
const HOSTNAME_LENGTH: usize = 63;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostsLine {
    /// Address.
    pub address: IpAddr,
    /// Its names.
    pub names: Vec<Str>,
    /// Why it is there.
    pub source: HostsSource,
}

/// Why a line is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostsSource {
    /// In every file.
    Standard,
    /// The Pod's own name.
    Own,
    /// `spec.hostAliases`, by number.
    Alias(usize),
}

impl HostsSource {
    /// The field that is to be looked at; `None` if nobody wrote it.
    pub fn origin(self, cluster: &Cluster, pod: &Pod) -> Option<Origin> {
        match self {
            Self::Standard => None,
            Self::Own if pod.hostname.is_some() => cluster.pod_origin(pod, "spec.hostname"),
            Self::Own => pod.meta.at("metadata.name"),
            Self::Alias(nth) => {
                cluster.pod_origin(pod, format!("spec.hostAliases[{nth}]").as_str())
            }
        }
    }
}

/// The file of a client, in its order.
pub fn hosts_file(cluster: &Cluster, client: Client) -> Vec<HostsLine> {
    let mut lines = vec![
        standard(Ipv4Addr::LOCALHOST.into(), &["localhost"]),
        standard(
            Ipv6Addr::LOCALHOST.into(),
            &["localhost", "ip6-localhost", "ip6-loopback"],
        ),
    ];
    let Client::Pod(pod) = client else {
        return lines;
    };
    let pod = &cluster.pods[pod];
    if !pod.spec.host_network {
        lines.extend([
            standard(multicast(0), &["ip6-localnet"]),
            standard(multicast(0), &["ip6-mcastprefix"]),
            standard(multicast(1), &["ip6-allnodes"]),
            standard(multicast(2), &["ip6-allrouters"]),
        ]);
        let names = own_names(cluster, pod);
        lines.extend(pod.ips.iter().map(|ip| HostsLine {
            address: *ip,
            names: names.clone(),
            source: HostsSource::Own,
        }));
    }
    let aliases = pod.spec.host_aliases.iter().enumerate();
    // An address that is none is refused by the API server, and skipped by every reader of the file.
    lines.extend(aliases.filter_map(|(nth, alias)| {
        Some(HostsLine {
            address: alias.ip.parse().ok()?,
            names: alias.hostnames.clone(),
            source: HostsSource::Alias(nth),
        })
    }));
    lines
}

fn standard(address: IpAddr, names: &[&'static str]) -> HostsLine {
    HostsLine {
        address,
        names: names.iter().map(|name| Str::new_static(name)).collect(),
        source: HostsSource::Standard,
    }
}

// As kubelet writes them, although multicast addresses begin with ff.
fn multicast(last: u16) -> IpAddr {
    Ipv6Addr::new(0xfe00, 0, 0, 0, 0, 0, 0, last).into()
}

/// The Pod's own names: the full one if it has a subdomain (whether or not such a Service exists), and its host name.
fn own_names(cluster: &Cluster, pod: &Pod) -> Vec<Str> {
    let name = pod
        .hostname
        .as_ref()
        .filter(|name| !name.is_empty())
        .unwrap_or(&pod.meta.name);
    let hostname: Str = match name.get(..HOSTNAME_LENGTH) {
        Some(start) => start.trim_end_matches(['-', '.']).into(),
        None => name.clone(),
    };
    let domain = &cluster.environment.kubelet.cluster_domain;
    let subdomain = pod.subdomain.as_ref().filter(|name| !name.is_empty());
    let full = subdomain.map(|subdomain| {
        Str::from(format!(
            "{hostname}.{subdomain}.{}.svc.{domain}",
            pod.meta.namespace
        ))
    });
    full.into_iter().chain([hostname]).collect()
}

#[cfg(test)]
mod tests;

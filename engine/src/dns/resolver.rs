//! The resolver inside a Pod or on a node: from a host name to addresses.
//!
//! The model is glibc's `getaddrinfo` with `hosts: files dns`: `/etc/hosts` first, then one query for A and one for AAAA at
//! the same time, name after name of the search list, until one of the two has an answer (`resolv/res_query.c`). NODATA
//! does not end the search; a CNAME does, even if it leads to no address. Only the first nameserver is asked, since the
//! others are for silence and failure, and here every server answers.
//!
//! musl (Alpine) differs: it asks all nameservers at once and takes the first answer; a name with `ndots` dots or more is
//! tried as it stands and never with the search list; NODATA ends the search.
//! Not modelled: caches (nscd, systemd-resolved, NodeLocal DNSCache), the order in which `getaddrinfo` sorts addresses,
//! the search list that glibc makes of a host name with dots when the file has none, and `inet_aton`'s short addresses.

use std::net::IpAddr;

use super::zone::Entry;
use super::{
    AnsweredBy, Because, Exchange, HostsSource, Name, Question, Rcode, RecordData, RecordType,
    Zone, hosts_file, query, resolv_conf,
};
use crate::Str;
use crate::api::discovery::EndpointConditions;
use crate::cluster::{Cluster, DnsPolicy, NodeId, PodId, ResolvConf, ServiceId, SliceId};

/// `RES_MAXNDOTS`.
const MAX_NDOTS: usize = 15;

/// Whose resolver it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// A process in a Pod.
    Pod(PodId),
    /// A process on a node.
    Node(NodeId),
}

/// How a host name was resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// As the client wrote it.
    pub host: Str,
    /// The file that the resolver goes by.
    pub resolv_conf: ResolvConf,
    /// Whom it asks; `None` if it has nobody to ask.
    pub nameserver: Option<Nameserver>,
    /// What it asked, in order; empty when `/etc/hosts` or the host itself was the answer.
    pub queries: Vec<Asked>,
    /// What came of it.
    pub outcome: Outcome,
}

/// The server that a resolver asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Nameserver {
    /// The cluster's DNS server, at this address.
    Cluster(IpAddr),
    /// The address of the cluster's DNS Service, whose endpoints are all out of service: the query is refused.
    Unserved(ServiceId),
    /// Another server, as written: it does not know the cluster's names.
    Elsewhere(Str),
    /// The node's, which nobody described; it does not know the cluster's names either.
    Undescribed,
}

/// A name that was asked for, A and AAAA at the same time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The full name.
    pub name: Name,
    /// How it came about.
    pub tried: Tried,
    /// For IPv4.
    pub a: Exchange,
    /// For IPv6.
    pub aaaa: Exchange,
}

/// How a full name comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// The host as it stands.
    AsWritten,
    /// With a search domain, by number.
    WithSearch(usize),
}

/// What came of a resolution.
///
/// | outcome | the client |
/// |---|---|
/// | `Literal`, `Hosts`, `Addresses` | connects |
/// | `ExternalName` | connects to what upstream DNS says: unknowable |
/// | `Outside` | "no such host" as far as the cluster goes; upstream may know better |
/// | `NoSuchName`, `NoAddress`, `NotAName` | "no such host" (`EAI_NONAME`, `EAI_NODATA`) |
/// | `NoNameserver` | "temporary failure in name resolution" (`EAI_AGAIN`) |
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The host is an address: nobody is asked.
    Literal(IpAddr),
    /// `/etc/hosts` has it.
    Hosts(Vec<FromHosts>),
    /// The cluster's DNS server has addresses: IPv4 first, each family in the order of the answer.
    Addresses {
        /// ExternalNames that were followed on the way, in order.
        aliases: Vec<Alias>,
        /// At least one.
        addresses: Vec<ResolvedAddress>,
    },
    /// A CNAME leads out of the cluster.
    ExternalName {
        /// ExternalNames that were followed, the last one leading out.
        aliases: Vec<Alias>,
        /// The name outside.
        target: Name,
    },
    /// No name of the cluster, but the host as it stands may be one outside: only upstream knows.
    Outside(Name),
    /// No name exists, in the cluster or as the host stands.
    NoSuchName,
    /// At least one of the names exists, none has an address.
    NoAddress,
    /// The host cannot be sent in a DNS message.
    NotAName,
    /// Nobody answers: the server is [`Nameserver::Unserved`], or there is none (`dnsPolicy: None` without nameservers) and
    /// the resolver asks its own loopback address, where nobody listens.
    NoNameserver,
}

/// An address from `/etc/hosts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FromHosts {
    /// The address.
    pub address: IpAddr,
    /// The line that has it.
    pub source: HostsSource,
}

/// An address from the cluster's DNS server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResolvedAddress {
    /// The address.
    pub address: IpAddr,
    /// What it stands for: the cluster IP of a Service, an endpoint, a Pod.
    pub because: Because,
}

/// A CNAME of an ExternalName Service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// The Service; `None` for a name in an EndpointSlice of type FQDN.
    pub service: Option<ServiceId>,
    /// Its name in DNS.
    pub name: Name,
    /// Where it leads.
    pub target: Name,
}

/// Resolves a host name as the client's C library would. The zone must have been built from this cluster.
pub fn resolve(cluster: &Cluster, zone: &Zone, client: Client, host: &str) -> Resolution {
    let resolv_conf = resolv_conf(cluster, client);
    let nameserver = nameserver(cluster, zone, client, &resolv_conf);
    let mut resolution = Resolution {
        host: host.into(),
        resolv_conf,
        nameserver,
        queries: Vec::new(),
        outcome: Outcome::NotAName,
    };
    if let Ok(address) = host.parse() {
        resolution.outcome = Outcome::Literal(address);
        return resolution;
    }
    let from_hosts = from_hosts(cluster, client, host);
    if !from_hosts.is_empty() {
        resolution.outcome = Outcome::Hosts(from_hosts);
        return resolution;
    }
    let Some(as_written) = Name::sendable(host) else {
        return resolution;
    };
    let nameserver = match &resolution.nameserver {
        None | Some(Nameserver::Unserved(_)) => {
            resolution.outcome = Outcome::NoNameserver;
            return resolution;
        }
        Some(nameserver) => nameserver,
    };
    for (name, tried) in names(&resolution.resolv_conf, host, &as_written) {
        let asked = ask(cluster, zone, nameserver, name, tried);
        let found = !asked.a.answers.is_empty() || !asked.aaaa.answers.is_empty();
        resolution.queries.push(asked);
        if found {
            break;
        }
    }
    resolution.outcome = outcome(zone, &resolution.queries, &as_written);
    resolution
}

fn nameserver(
    cluster: &Cluster,
    zone: &Zone,
    client: Client,
    resolv_conf: &ResolvConf,
) -> Option<Nameserver> {
    let Some(first) = resolv_conf.nameservers.first() else {
        let own = matches!(client, Client::Pod(pod)
            if cluster.pods[pod].spec.dns_policy == DnsPolicy::None);
        return (!own).then_some(Nameserver::Undescribed);
    };
    let elsewhere = || Nameserver::Elsewhere(first.clone());
    let Ok(address) = first.parse() else {
        return Some(elsewhere());
    };
    // The Service that every installer makes for CoreDNS, under the name of its predecessor.
    let entry = zone.entry("kube-system", "kube-dns").filter(|entry| {
        let ips = |service| cluster.services[service].cluster_ips();
        entry
            .service
            .is_some_and(|service| ips(service).contains(&address))
    });
    Some(match entry {
        Some(Entry {
            service: Some(service),
            slices,
        }) if is_out_of_service(cluster, slices) => Nameserver::Unserved(*service),
        Some(_) => Nameserver::Cluster(address),
        None if cluster.environment.kubelet.cluster_dns.contains(&address) => {
            Nameserver::Cluster(address)
        }
        None => elsewhere(),
    })
}

/// Whether there are endpoints and kube-proxy would use none of them. Without any, CoreDNS's Pods are taken not to have been
/// pasted.
fn is_out_of_service(cluster: &Cluster, slices: &[SliceId]) -> bool {
    let endpoints = || {
        slices
            .iter()
            .flat_map(|slice| &cluster.slices[*slice].endpoints)
            .map(|endpoint| endpoint.conditions)
    };
    let is_used = |conditions: EndpointConditions| {
        let terminating = conditions.terminating.unwrap_or(false);
        conditions.ready.unwrap_or(true) || terminating && conditions.serving.unwrap_or(true)
    };
    endpoints().next().is_some() && !endpoints().any(is_used)
}

fn from_hosts(cluster: &Cluster, client: Client, host: &str) -> Vec<FromHosts> {
    hosts_file(cluster, client)
        .into_iter()
        .filter(|line| {
            line.names
                .iter()
                .any(|name| name.eq_ignore_ascii_case(host))
        })
        .map(|line| FromHosts {
            address: line.address,
            source: line.source,
        })
        .collect()
}

/// The names to ask for, in order, until one has an answer.
///
/// Source: glibc, `__res_context_search`.
fn names(resolv_conf: &ResolvConf, host: &str, as_written: &Name) -> Vec<(Name, Tried)> {
    let as_it_stands = (as_written.clone(), Tried::AsWritten);
    if host.ends_with('.') {
        return vec![as_it_stands];
    }
    let dots = host.matches('.').count();
    let stands_first = dots >= ndots(resolv_conf);
    let mut names = Vec::new();
    if stands_first {
        names.push(as_it_stands.clone());
    }
    let mut has_root = false;
    for (nth, domain) in resolv_conf.searches.iter().enumerate() {
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        has_root |= domain.is_empty();
        // A name that gets too long ends the search.
        let Some(name) = Name::sendable(&format!("{host}.{domain}")) else {
            break;
        };
        names.push((name, Tried::WithSearch(nth)));
    }
    let no_tld_query = resolv_conf.options.iter().any(|o| o == "no-tld-query");
    let wanted = dots > 0 || resolv_conf.searches.is_empty() || !no_tld_query;
    if wanted && !stands_first && !has_root {
        names.push(as_it_stands);
    }
    names
}

/// Dots from which on a name is tried as it stands first; the last option counts.
fn ndots(resolv_conf: &ResolvConf) -> usize {
    resolv_conf
        .options
        .iter()
        .rev()
        .find_map(|option| option.strip_prefix("ndots:"))
        // `atoi`: what is no number is 0.
        .map_or(1, |value| {
            let digits = value.bytes().take_while(u8::is_ascii_digit).count();
            match value[..digits].parse::<usize>() {
                Ok(ndots) => ndots.min(MAX_NDOTS),
                Err(_) if digits > 0 => MAX_NDOTS,
                Err(_) => 0,
            }
        })
}

fn ask(cluster: &Cluster, zone: &Zone, nameserver: &Nameserver, name: Name, tried: Tried) -> Asked {
    let exchange = |type_| {
        let question = Question {
            name: name.clone(),
            type_,
        };
        match nameserver {
            Nameserver::Cluster(_) => query(cluster, zone, question),
            Nameserver::Elsewhere(_) | Nameserver::Undescribed | Nameserver::Unserved(_) => {
                Exchange::upstream(question)
            }
        }
    };
    Asked {
        a: exchange(RecordType::A),
        aaaa: exchange(RecordType::Aaaa),
        tried,
        name,
    }
}

fn outcome(zone: &Zone, queries: &[Asked], as_written: &Name) -> Outcome {
    let exchanges = || queries.iter().flat_map(|asked| [&asked.a, &asked.aaaa]);
    let records = || exchanges().flat_map(|exchange| &exchange.answers);
    let addresses: Vec<_> = records()
        .filter_map(|record| {
            Some(ResolvedAddress {
                address: record.data.ip()?,
                because: record.because,
            })
        })
        .collect();
    let mut aliases: Vec<Alias> = Vec::new();
    for record in records() {
        if let RecordData::Cname(target) = &record.data {
            let alias = Alias {
                service: match record.because {
                    Because::ExternalName(service) => Some(service),
                    _ => None,
                },
                name: record.name.clone(),
                target: target.clone(),
            };
            // A and AAAA give the same chain.
            if !aliases.contains(&alias) {
                aliases.push(alias);
            }
        }
    }
    if !addresses.is_empty() {
        return Outcome::Addresses { aliases, addresses };
    }
    if let Some(last) = aliases.last() {
        let target = last.target.clone();
        return Outcome::ExternalName { aliases, target };
    }
    // Of a name without a dot no server outside has an address, and names of the cluster's domain are not theirs.
    let may_be_outside =
        as_written.without_dot().contains('.') && !as_written.is_within(zone.name());
    if may_be_outside
        && queries
            .iter()
            .any(|asked| asked.name == *as_written && asked.a.answered_by == AnsweredBy::Upstream)
    {
        return Outcome::Outside(as_written.clone());
    }
    if exchanges().any(|exchange| exchange.rcode == Rcode::NoError) {
        Outcome::NoAddress
    } else {
        Outcome::NoSuchName
    }
}

#[cfg(test)]
mod tests;

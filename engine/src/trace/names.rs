//! From the destination in a probe to addresses: the sender's resolver, or the world's.

use std::net::IpAddr;

use super::answer::{
    Because, Certainty, Exchange, Lookup, NameIs, Resolver, ServicePortRef, Step, StepKind,
};
use super::because::{Facts, service_certainty, service_ref};
use super::outcome::{Loss, Outcome};
use super::source::Sender;
use crate::Str;
use crate::cluster::Cluster;
use crate::dns::{self, Client, Resolution, ResolvedAddress, Tried};
use crate::network::source_address;
use crate::order::Order;
use crate::origin::Origin;
use crate::packet::Family;

/// What a host name comes to.
pub(super) struct Named {
    pub(super) lookup: Lookup,
    /// Addresses that the sender may take, each equally likely; or how the journey ends before there is a packet.
    pub(super) addresses: Result<Vec<IpAddr>, Outcome>,
    has_both_families: bool,
    service: Option<ServicePortRef>,
    origins: Vec<Origin>,
    certainty: Certainty,
}

impl Named {
    /// The step of the journey, for the address that is taken.
    pub(super) fn step(&self, address: Option<IpAddr>) -> Step {
        Step {
            what: StepKind::Resolve {
                host: self.lookup.host.clone(),
                address,
                name_is: self.lookup.name_is,
                has_both_families: self.has_both_families,
            },
            before: None,
            after: None,
            because: Because {
                service: self.service.clone(),
                origins: self.origins.clone(),
                rules: Vec::new(),
            },
            certainty: self.certainty,
        }
    }

    fn new(host: &str) -> Self {
        Self {
            lookup: Lookup {
                host: host.into(),
                exchanges: Vec::new(),
                addresses: Vec::new(),
                leaves_as: None,
                name_is: NameIs::Nothing,
                resolver: None,
            },
            addresses: Err(Outcome::NameNotFound { host: host.into() }),
            has_both_families: false,
            service: None,
            origins: Vec::new(),
            certainty: Certainty::Given,
        }
    }

    fn found(mut self, facts: Facts<'_>, sender: Sender, addresses: Vec<IpAddr>) -> Self {
        let mut usable: Vec<IpAddr> = Vec::with_capacity(addresses.len());
        // The family of the first address that the sender could use: that of the Service's primary address.
        let mut families = addresses
            .iter()
            .map(|address| Family::of(*address))
            .filter(|family| sender.speaks(facts.cluster, *family));
        let family = families.next();
        self.has_both_families = families.any(|other| Some(other) != family);
        usable.extend(addresses.iter().filter(|a| Some(Family::of(**a)) == family));
        usable.order();
        usable.dedup();
        self.addresses = if usable.is_empty() {
            Err(Outcome::NoAddress {
                host: self.lookup.host.clone(),
            })
        } else {
            Ok(usable)
        };
        self.lookup.addresses = addresses;
        self
    }

    // A DNS server on the same node could answer now and then: assumed not to be there.
    fn unanswered(mut self) -> Self {
        // The first question already waits in vain.
        self.lookup.exchanges.truncate(1);
        for exchange in &mut self.lookup.exchanges {
            exchange.rcode = "TIMEOUT".into();
            exchange.answers.clear();
        }
        self.certainty = Certainty::Assumed;
        self.addresses = Err(Outcome::Dropped {
            why: Loss::NodeCutOff,
        });
        self
    }

    // A load balancer's name is the one name outside of which the manifests know something.
    fn outside(mut self, facts: Facts<'_>, sender: Sender, name: &str) -> Self {
        if let Some(address) = facts.network.load_balancer_named(name) {
            self.lookup.name_is = NameIs::Address;
            self.certainty = Certainty::Assumed;
            return self.found(facts, sender, vec![address]);
        }
        let name = Str::from(name.trim_end_matches('.'));
        let family = [Family::V4, Family::V6]
            .into_iter()
            .find(|family| sender.speaks(facts.cluster, *family));
        self.addresses = match family {
            Some(family) => Ok(vec![facts.network.example_outside(family)]),
            None => Err(Outcome::LeftCluster {
                name: Some(name.clone()),
                address: None,
            }),
        };
        self.lookup.leaves_as = Some(name);
        self.lookup.name_is = NameIs::External;
        self.certainty = Certainty::Unknowable;
        self
    }
}

pub(super) fn resolve(facts: Facts<'_>, sender: Sender, host: &str) -> Named {
    let client = match sender {
        Sender::Pod(pod) => Client::Pod(pod),
        // Of a Pod that nobody pasted, only the node is known.
        Sender::Node(node) | Sender::Endpoint(node, _) => Client::Node(node),
        Sender::Outside(_) => return from_outside(facts, sender, host),
    };
    let resolution = dns::resolve(facts.cluster, facts.zone, client, host);
    let mut named = Named::new(host);
    named.lookup.exchanges = exchanges(&resolution);
    named.lookup.resolver = Some(Resolver {
        nameservers: resolution.resolv_conf.nameservers.clone(),
        searches: resolution.resolv_conf.searches.clone(),
        options: resolution.resolv_conf.options.clone(),
    });
    let home = sender.node(facts.cluster);
    if home.is_some_and(|node| facts.cluster.nodes[node].cut_off)
        && !named.lookup.exchanges.is_empty()
    {
        return named.unanswered();
    }
    match resolution.outcome {
        dns::Outcome::Literal(address) => {
            named.lookup.name_is = NameIs::Address;
            named.found(facts, sender, vec![address])
        }
        dns::Outcome::Hosts(found) => {
            named.lookup.name_is = NameIs::Address;
            let addresses = found.iter().map(|found| found.address).collect();
            named.found(facts, sender, addresses)
        }
        dns::Outcome::Addresses { aliases, addresses } => {
            let aliases = aliases.iter().filter_map(|alias| alias.service);
            named
                .origins
                .extend(aliases.filter_map(|id| external_name_origin(facts, id)));
            in_cluster(named, facts, sender, &addresses)
        }
        dns::Outcome::ExternalName { aliases, target } => {
            named.service = aliases
                .iter()
                .find_map(|alias| alias.service)
                .map(|service| service_ref(&facts.cluster.services[service].meta));
            let aliases = aliases.iter().filter_map(|alias| alias.service);
            named
                .origins
                .extend(aliases.filter_map(|id| external_name_origin(facts, id)));
            named.outside(facts, sender, &target.to_string())
        }
        dns::Outcome::Outside(name) => {
            let name = name.to_string();
            let exists = |exchange: &dns::Exchange| exchange.rcode == dns::Rcode::NoError;
            if is_cluster_name(facts, &name) {
                // One of the names of the search list may exist, without an address.
                let queries = &resolution.queries;
                if queries
                    .iter()
                    .any(|asked| exists(&asked.a) || exists(&asked.aaaa))
                {
                    named.addresses = Err(Outcome::NoAddress { host: host.into() });
                }
                named
            } else {
                named.outside(facts, sender, &name)
            }
        }
        dns::Outcome::NoSuchName | dns::Outcome::NotAName => named,
        dns::Outcome::NoAddress => {
            named.addresses = Err(Outcome::NoAddress { host: host.into() });
            named
        }
        dns::Outcome::NoNameserver => {
            named.addresses = Err(Outcome::NoResolver { host: host.into() });
            named
        }
    }
}

fn in_cluster(
    mut named: Named,
    facts: Facts<'_>,
    sender: Sender,
    found: &[ResolvedAddress],
) -> Named {
    let cluster = facts.cluster;
    if let Some(first) = found.first() {
        named.lookup.name_is = match first.because {
            dns::Because::ClusterIp { .. } => NameIs::ServiceAddress,
            dns::Because::Endpoint { .. } | dns::Because::Pod(_) | dns::Because::Spelled => {
                NameIs::Endpoints
            }
            dns::Because::ExternalName(_) | dns::Because::Server => NameIs::Address,
        };
        let service = match first.because {
            dns::Because::ClusterIp { service, .. } => Some(service),
            dns::Because::Endpoint { service, .. } => service,
            _ => None,
        };
        named.service = service.map(|service| service_ref(&cluster.services[service].meta));
        if let dns::Because::ClusterIp { service, .. } = first.because {
            named.certainty = service_certainty(&cluster.services[service]);
        }
        // The same place for every endpoint of a template is said once.
        for origin in found
            .iter()
            .take(16)
            .filter_map(|f| f.because.origin(cluster))
        {
            if !named.origins.contains(&origin) {
                named.origins.push(origin);
            }
        }
        if let dns::Because::Endpoint {
            service: Some(service),
            ..
        } = first.because
        {
            named
                .origins
                .extend(cluster.services[service].meta.at("spec.clusterIP"));
        }
    }
    let addresses = found.iter().map(|found| found.address).collect();
    named.found(facts, sender, addresses)
}

// The world's DNS: it knows load balancers, not the cluster's names.
fn from_outside(facts: Facts<'_>, sender: Sender, host: &str) -> Named {
    let named = Named::new(host);
    if facts.network.load_balancer_named(host).is_none() && is_cluster_name(facts, host) {
        return named;
    }
    named.outside(facts, sender, host)
}

// A name that only the cluster's DNS could know: short, in its zone, or made of names of the cluster. What is none of that
// may be a name outside, which only upstream knows.
fn is_cluster_name(facts: Facts<'_>, name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let zone = facts.cluster.environment.dns.zone.trim_end_matches('.');
    let zone = zone.to_ascii_lowercase();
    !name.contains('.')
        || name.ends_with(".svc")
        || name.contains(".svc.")
        || is_half_right(facts.cluster, &name)
        || name
            .strip_suffix(&zone)
            .is_some_and(|below| below.is_empty() || below.ends_with('.'))
}

// `SERVICE.NAMESPACE`, `POD.SERVICE` or `POD.SERVICE.NAMESPACE`, as people write it inside, of which enough is right: one of
// two labels, two of three. (A namespace `dev` does not make `www.example.dev` a name of the cluster, nor a Service `grafana`
// `grafana.com`.)
fn is_half_right(cluster: &Cluster, name: &str) -> bool {
    let is_pod = |name: &str| {
        let mut pods = cluster.pods.values();
        pods.any(|pod| pod.meta.name == name || pod.hostname.as_deref() == Some(name))
    };
    let is_service = |name: &str| {
        let mut services = cluster.services.values();
        services.any(|service| service.meta.name == name)
    };
    let is_namespace = |name: &str| cluster.namespace(name).is_some();
    let labels: Vec<&str> = name.split('.').collect();
    match labels.as_slice() {
        [first, last] => {
            is_namespace(last)
                || is_service(last)
                || !is_top_level(last) && (is_service(first) || is_pod(first))
        }
        [pod, service, namespace] => {
            let right = [is_pod(pod), is_service(service), is_namespace(namespace)];
            right.into_iter().filter(|right| *right).count() >= 2
        }
        _ => false,
    }
}

// Those that names in manifests end with; every country's has two letters.
fn is_top_level(label: &str) -> bool {
    const KNOWN: [&str; 9] = [
        "app", "cloud", "com", "dev", "edu", "gov", "info", "net", "org",
    ];
    label.len() == 2 || KNOWN.contains(&label)
}

fn external_name_origin(facts: Facts<'_>, service: crate::cluster::ServiceId) -> Option<Origin> {
    let service = &facts.cluster.services[service];
    service.meta.at("spec.externalName")
}

fn exchanges(resolution: &Resolution) -> Vec<Exchange> {
    let answers = |exchange: &dns::Exchange, tried: Tried| Exchange {
        name: exchange.question.name.to_string().into(),
        search: match tried {
            Tried::AsWritten => None,
            Tried::WithSearch(nth) => u32::try_from(nth).ok(),
        },
        record: exchange.question.type_.name().into(),
        rcode: match exchange.answered_by {
            dns::AnsweredBy::Upstream => Exchange::UPSTREAM.into(),
            dns::AnsweredBy::Zone(_) => exchange.rcode.name().into(),
        },
        answers: exchange
            .answers
            .iter()
            .map(|record| Str::from(record.data.to_string()))
            .collect(),
    };
    resolution
        .queries
        .iter()
        .flat_map(|asked| {
            [
                answers(&asked.a, asked.tried),
                answers(&asked.aaaa, asked.tried),
            ]
        })
        .collect()
}

/// The address of a node that a probe names.
pub(super) fn node_address(facts: Facts<'_>, sender: Sender, name: &str) -> Option<IpAddr> {
    let node = &facts.cluster.nodes[facts.cluster.node(name)?];
    [Family::V4, Family::V6]
        .into_iter()
        .filter(|family| sender.speaks(facts.cluster, *family))
        .find_map(|family| source_address(node, family))
}

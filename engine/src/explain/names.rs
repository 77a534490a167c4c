//! What is true of a name that an answer's sender looked up.

use std::net::IpAddr;

use crate::Analysis;
use crate::cluster::{DnsPolicy, OWN_NAMESPACES, PodId, Service, ServiceId};
use crate::finding::{AskedNamespace, Finding, NoPodName, PacketProblem};
use crate::nearest::nearest;
use crate::trace::{Answer, NameIs, Outcome, Place, Source, StepKind, Target};

/// A name with one query for each family is as good as it gets.
const FEW_QUERIES: usize = 2;

/// The Service that a host name means, if it means one: also one whose name does not resolve for want of endpoints.
pub(super) fn meant(
    analysis: &Analysis,
    answer: &Answer,
    sender: Option<PodId>,
) -> Option<ServiceId> {
    let host = host(answer)?;
    let mut labels = host.split('.');
    let first = labels.next()?;
    let home = home(analysis, sender);
    let second = labels.next();
    let cluster = &analysis.cluster;
    cluster
        .service(second.unwrap_or(home), first)
        // `web-0.web` and `web-0.web.shop`.
        .or_else(|| cluster.service(labels.next().unwrap_or(home), second?))
}

/// Findings about the name.
pub(super) fn of(analysis: &Analysis, answer: &Answer, sender: Option<PodId>) -> Vec<Finding> {
    let Some(host) = host(answer) else {
        return Vec::new();
    };
    let is_unknown = answer.alternatives.iter().any(|alternative| {
        matches!(
            alternative.journey.outcome,
            Outcome::NameNotFound { .. } | Outcome::NoAddress { .. } | Outcome::NoResolver { .. }
        )
    });
    let mut found = Vec::new();
    if is_unknown {
        found.extend(unknown(analysis, answer, sender, host));
    } else {
        found.extend(outside(analysis, answer, host));
    }
    found
}

fn host(answer: &Answer) -> Option<&str> {
    match &answer.probe.to {
        Target::Host { host } if host.parse::<IpAddr>().is_err() => Some(host),
        _ => None,
    }
}

/// A label of the host name.
pub(super) fn label(answer: &Answer, nth: usize) -> Option<&str> {
    host(answer)?.split('.').nth(nth)
}

/// The Pod that a host name means, by its first label: below whichever Service.
pub(super) fn pod_meant(
    analysis: &Analysis,
    answer: &Answer,
    sender: Option<PodId>,
) -> Option<PodId> {
    let name = label(answer, 0)?;
    let namespace = label(answer, 2).unwrap_or_else(|| home(analysis, sender));
    analysis.cluster.pod(namespace, name)
}

fn home(analysis: &Analysis, sender: Option<PodId>) -> &str {
    sender.map_or("default", |pod| {
        analysis.cluster.pods[pod].meta.namespace.as_str()
    })
}

fn unknown(
    analysis: &Analysis,
    answer: &Answer,
    sender: Option<PodId>,
    host: &str,
) -> Option<Finding> {
    let cluster = &analysis.cluster;
    if let Some(finding) = no_pod(analysis, answer, host) {
        return Some(finding);
    }
    let sender = sender.map(|pod| (pod, &cluster.pods[pod]));
    if let Some((_, pod)) = sender {
        let spec = &pod.spec;
        let policy = match spec.dns_policy {
            DnsPolicy::Default => Some("Default"),
            DnsPolicy::None => Some("None"),
            DnsPolicy::ClusterFirst if spec.host_network => Some("ClusterFirst"),
            _ => None,
        };
        if let Some(policy) = policy
            && meant(analysis, answer, sender.map(|(id, _)| id)).is_some()
        {
            let problem = PacketProblem::DnsPolicy {
                pod: pod.meta.full_name().into(),
                policy: policy.into(),
            };
            return Some(finding(cluster.pod_origin(pod, "spec.dnsPolicy"), problem));
        }
    }
    let home = sender.map_or("default", |(_, pod)| pod.meta.namespace.as_str());
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let (first, namespace) = match labels.as_slice() {
        [first] => (*first, home),
        [first, namespace] | [first, namespace, "svc", ..] => (*first, *namespace),
        [first, ..] => (*first, home),
        [] => return None,
    };
    if let Some(finding) = domain(analysis, host, &labels) {
        return Some(finding);
    }
    if let Some(pod) = pod_name(analysis, host, &labels, home) {
        return Some(pod);
    }
    // It is there, and something else is wrong with it: a finding of the list says what.
    if meant(analysis, answer, sender.map(|(id, _)| id)).is_some() {
        return None;
    }
    if let Some(finding) = elsewhere(analysis, host, &labels, home) {
        return Some(finding);
    }
    let services = || cluster.services.values();
    let here = services().filter(|service| service.meta.namespace == namespace);
    let near = nearest(first, here.map(|service| service.meta.name.as_str()));
    if let Some(near) = near {
        let service = cluster.service(namespace, near)?;
        let mut meant = labels;
        meant[0] = near;
        let problem = PacketProblem::Misspelt {
            host: host.into(),
            meant: meant.join(".").into(),
            domain: None,
        };
        let origin = cluster.services[service].meta.at("metadata.name");
        return Some(finding(origin, problem));
    }
    None
}

/// What stands behind a Service's name and namespace is no domain of the cluster: `web.shop.svc.cluster.loca`.
fn domain(analysis: &Analysis, host: &str, labels: &[&str]) -> Option<Finding> {
    let cluster = &analysis.cluster;
    let service_at = |first: usize| {
        let (service, namespace) = (labels.get(first)?, labels.get(first + 1)?);
        let service = cluster.service(namespace, service)?;
        Some((&cluster.services[service], labels.split_at(first + 2)))
    };
    // Or behind that of a Pod: `web-0.web.shop.svc.cluster.loca`.
    let (service, (name, rest)) = service_at(0).or_else(|| service_at(1))?;
    let zone = cluster.environment.dns.zone.trim_end_matches('.');
    let (wrong, right) = (rest.join("."), format!("svc.{zone}"));
    if rest.is_empty() || wrong == "svc" || wrong == right {
        return None;
    }
    let problem = PacketProblem::Misspelt {
        host: host.into(),
        meant: format!("{}.{right}", name.join(".")).into(),
        domain: Some((wrong.into(), right.into())),
    };
    Some(finding(service.meta.at("metadata.name"), problem))
}

/// A Service of that name, in a namespace that the name does not say.
fn elsewhere(analysis: &Analysis, host: &str, labels: &[&str], home: &str) -> Option<Finding> {
    let cluster = &analysis.cluster;
    let (first, asked) = match labels {
        [first] => (*first, None),
        [first, namespace] | [first, namespace, "svc", ..] => (*first, Some(*namespace)),
        _ => return None,
    };
    let known = || {
        let services = cluster.services.values();
        services.filter(|service| service.meta.name == first)
    };
    let namespaces = || known().map(|service| service.meta.namespace.as_str());
    // Of several: the sender's own, then the one that reads most like what was written.
    let found = namespaces()
        .find(|namespace| *namespace == home)
        .or_else(|| nearest(asked?, namespaces()))
        .or_else(|| namespaces().next())?;
    let service = known().find(|service| service.meta.namespace == found)?;
    let is_own = found == home;
    let meant = match labels {
        [_] | [_, _] if is_own => first.to_owned(),
        [_] | [_, _] => format!("{first}.{found}"),
        [_, _, rest @ ..] => format!("{first}.{found}.{}", rest.join(".")),
        [] => return None,
    };
    let problem = PacketProblem::OtherNamespace {
        host: host.into(),
        asked: asked.map(|namespace| AskedNamespace {
            service: first.into(),
            namespace: namespace.into(),
            exists: OWN_NAMESPACES.contains(&namespace) || cluster.namespace(namespace).is_some(),
        }),
        found: (!is_own).then(|| found.into()),
        meant: meant.into(),
    };
    Some(finding(service.meta.at("metadata.name"), problem))
}

/// Senders without a search list of the cluster's: no other spelling would help them.
fn no_pod(analysis: &Analysis, answer: &Answer, host: &str) -> Option<Finding> {
    let place = &answer.alternatives.first()?.journey.hops.first()?.place;
    let node = match (&answer.probe.from, place) {
        (Source::Pod { .. } | Source::Workload { .. }, _) => return None,
        (_, Place::Node { name }) => Some(name.clone()),
        (_, Place::Outside) => None,
        _ => return None,
    };
    let cluster = &analysis.cluster;
    let mut services = cluster.services.values();
    let service = meant(analysis, answer, None)
        .map(|id| &cluster.services[id])
        .or_else(|| services.find(|service| Some(&*service.meta.name) == label(answer, 0)))?;
    let problem = PacketProblem::NotAPod {
        host: host.into(),
        node,
        address: service.cluster_ips().first().copied(),
    };
    Some(finding(service.meta.at("metadata.name"), problem))
}

/// Names of Pods, with and without their Service.
fn pod_name(analysis: &Analysis, host: &str, labels: &[&str], home: &str) -> Option<Finding> {
    let cluster = &analysis.cluster;
    if let [name] = labels {
        let pod = &cluster.pods[cluster.pod(home, name)?];
        let subdomain = pod.subdomain.as_ref().filter(|name| !name.is_empty())?;
        let problem = PacketProblem::PodWithoutService {
            host: host.into(),
            meant: format!("{name}.{subdomain}").into(),
        };
        let origin = cluster.pod_origin(pod, "spec.subdomain");
        return Some(finding(origin, problem));
    }
    let (name, service, namespace) = match labels {
        [name, service] => (name, service, home),
        [name, service, namespace, ..] => (name, service, *namespace),
        _ => return None,
    };
    let service: &Service = &cluster.services[cluster.service(namespace, service)?];
    let Some(pod) = cluster.pod(namespace, name).map(|id| &cluster.pods[id]) else {
        // `SERVICE.NAMESPACE`, where Service and namespace are called the same, is about the namespace.
        let is_namespace = labels.len() == 2 && cluster.namespace(&service.meta.name).is_some();
        let why = NoPodName::NoPod((*name).into());
        return (!is_namespace).then(|| no_pod_name(host, service, why));
    };
    let subdomain = pod.subdomain.as_ref().filter(|name| !name.is_empty());
    let why = match (&pod.hostname, subdomain) {
        (Some(_), Some(subdomain)) if *subdomain == service.meta.name => return None,
        (Some(hostname), Some(subdomain)) => {
            // That this one does not exist, a finding of the list says.
            cluster.service(namespace, subdomain)?;
            let mut meant = labels.to_vec();
            (meant[0], meant[1]) = (hostname, subdomain);
            NoPodName::Elsewhere(meant.join(".").into())
        }
        _ => NoPodName::Nameless,
    };
    Some(no_pod_name(host, service, why))
}

fn no_pod_name(host: &str, service: &Service, why: NoPodName) -> Finding {
    let field = if service.is_headless() {
        "spec.clusterIP"
    } else {
        "metadata.name"
    };
    let problem = PacketProblem::NoPodNames {
        host: host.into(),
        service: service.meta.full_name().into(),
        why,
    };
    finding(service.meta.at(field), problem)
}

fn outside(analysis: &Analysis, answer: &Answer, host: &str) -> Vec<Finding> {
    let Some(lookup) = &answer.lookup else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if lookup.name_is != NameIs::External {
        return found;
    }
    let steps = answer
        .alternatives
        .iter()
        .flat_map(|one| one.journey.steps());
    let resolved = steps
        .filter(|step| matches!(step.what, StepKind::Resolve { .. }))
        .find_map(|step| step.because.service.as_ref());
    match (resolved, &lookup.leaves_as) {
        (Some(service), Some(target)) => {
            let origin = analysis
                .cluster
                .service(&service.namespace, &service.name)
                .and_then(|id| analysis.cluster.services[id].meta.at("spec.externalName"));
            let problem = PacketProblem::HostHeader {
                host: host.into(),
                target: target.clone(),
            };
            found.push(finding(origin, problem));
        }
        _ if lookup.exchanges.len() > FEW_QUERIES => {
            let problem = PacketProblem::Queries {
                host: host.into(),
                queries: lookup.exchanges.len(),
            };
            found.push(finding(None, problem));
        }
        _ => {}
    }
    found
}

fn finding(origin: Option<crate::origin::Origin>, problem: PacketProblem) -> Finding {
    Finding {
        origin,
        related: Vec::new(),
        problem: problem.into(),
    }
}

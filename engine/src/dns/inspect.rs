//! Findings about names.

use rustc_hash::FxHashSet;

use super::{Name, Question, RecordData, RecordType, Zone, pod_dns, query};
use crate::Str;
use crate::api::core::PodDnsConfig;
use crate::cluster::{Cluster, DnsPolicy, Pod, Service, ServiceAddress, WorkloadId};
use crate::finding::{Findings, NameProblem};
use crate::nearest::nearest;

/// CoreDNS follows eleven CNAMEs; a longer way is a loop or as good as one.
const CHAIN_LENGTH: usize = 12;

/// Looks at every ExternalName, and at one Pod of every workload.
pub fn inspect(cluster: &Cluster, zone: &Zone, findings: &mut Findings) {
    for service in cluster.services.values() {
        if let ServiceAddress::ExternalName(target) = &service.address
            && let Some(problem) = external_name(cluster, zone, service, target)
        {
            findings.push(service.meta.at("spec.externalName"), problem);
        }
    }
    // Pods of one template share their problems.
    let mut seen: FxHashSet<WorkloadId> = FxHashSet::default();
    for pod in cluster.pods.values() {
        let is_new = pod
            .owner
            .is_none_or(|owner| seen.insert(cluster.topmost(owner)));
        if is_new && !pod.is_terminal() {
            subdomain(cluster, zone, pod, findings);
            resolver(cluster, pod, findings);
        }
    }
}

fn external_name(
    cluster: &Cluster,
    zone: &Zone,
    service: &Service,
    target: &Str,
) -> Option<NameProblem> {
    let service_name = || Str::from(service.meta.full_name());
    let target = target.clone();
    if target.parse::<std::net::IpAddr>().is_ok() {
        return Some(NameProblem::ExternalNameIsAddress {
            service: service_name(),
            address: target,
        });
    }
    let name = Name::absolute(&target);
    if !name.is_within(zone.name()) {
        let meant = short_name(zone, service, &target)?;
        return Some(NameProblem::ExternalNameIsShort {
            service: service_name(),
            target,
            meant,
        });
    }
    let ask = |name: &Name, type_| {
        let name = name.clone();
        query(cluster, zone, Question { name, type_ }).answers
    };
    if [RecordType::A, RecordType::Aaaa]
        .into_iter()
        .any(|type_| !ask(&name, type_).is_empty())
    {
        return None;
    }
    let mut next = Some(name);
    for _ in 0..CHAIN_LENGTH {
        let Some(name) = next else { break };
        next = ask(&name, RecordType::Cname)
            .into_iter()
            .find_map(|record| match record.data {
                RecordData::Cname(target) => Some(target),
                _ => None,
            });
    }
    let service = service_name();
    Some(match next {
        Some(_) => NameProblem::ExternalNameLoop { service, target },
        None => NameProblem::ExternalNameLeadsNowhere { service, target },
    })
}

/// The full name, if the target is a name that a search list would complete to a Service.
fn short_name(zone: &Zone, service: &Service, target: &str) -> Option<Str> {
    let mut labels = target.split('.');
    let name = labels.next()?;
    let namespace = labels.next().unwrap_or(&service.meta.namespace);
    let is_short = match (labels.next(), labels.next()) {
        (None, _) | (Some("svc"), None) => true,
        (Some(_), _) => false,
    };
    let exists = is_short && zone.entry(namespace, name)?.service.is_some();
    exists.then(|| {
        let meant = zone.name().prefixed(&format!("{name}.{namespace}.svc"));
        meant.without_dot().into()
    })
}

fn subdomain(cluster: &Cluster, zone: &Zone, pod: &Pod, findings: &mut Findings) {
    let Some(subdomain) = pod.subdomain.as_ref().filter(|name| !name.is_empty()) else {
        return;
    };
    let namespace = &pod.meta.namespace;
    let exists = zone
        .entry(namespace, subdomain)
        .is_some_and(|entry| entry.service.is_some());
    if exists {
        return;
    }
    let headless = || {
        cluster.services.values().filter(|service| {
            service.meta.namespace == *namespace && service.address == ServiceAddress::Headless
        })
    };
    // The one that has the Pods is meant, whatever it is called.
    let mut selecting = headless().filter(|service| selects(service, pod));
    let only = selecting.next().filter(|_| selecting.next().is_none());
    let near = || {
        let names = headless().map(|service| service.meta.name.as_str());
        nearest(subdomain, names).map(Str::from)
    };
    let problem = NameProblem::SubdomainWithoutService {
        owner: owner(cluster, pod),
        service: format!("{namespace}/{subdomain}").into(),
        meant: only.map(|service| service.meta.name.clone()).or_else(near),
    };
    // A StatefulSet's Pods have its `serviceName` for one.
    let governed = pod
        .owner
        .map(|owner| &cluster.workloads[owner])
        .filter(|owner| owner.service_name.as_ref() == Some(subdomain));
    let origin = match governed {
        Some(workload) => workload.meta.at("spec.serviceName"),
        None => cluster.pod_origin(pod, "spec.subdomain"),
    };
    findings.push(origin, problem);
}

fn selects(service: &Service, pod: &Pod) -> bool {
    let mut terms = service.selector.iter();
    !service.selector.is_empty()
        && terms.all(|(key, wanted)| pod.meta.labels.get(key) == Some(wanted))
}

fn resolver(cluster: &Cluster, pod: &Pod, findings: &mut Findings) {
    let spec = &pod.spec;
    // The node's own components are in the host network because they must work before there is a cluster DNS.
    if spec.host_network
        && pod.meta.namespace != "kube-system"
        && spec.dns_policy == DnsPolicy::ClusterFirst
        && spec.dns_config.nameservers.is_empty()
    {
        let problem = NameProblem::HostNetworkWithoutClusterDns {
            owner: owner(cluster, pod),
        };
        findings.push(cluster.pod_origin(pod, "spec.hostNetwork"), problem);
    }
    if spec.dns_config == PodDnsConfig::default() {
        return;
    }
    let omitted = pod_dns(cluster, pod).omitted;
    if !omitted.nameservers.is_empty() {
        let problem = NameProblem::NameserversOmitted {
            owner: owner(cluster, pod),
            omitted: omitted.nameservers,
        };
        findings.push(
            cluster.pod_origin(pod, "spec.dnsConfig.nameservers"),
            problem,
        );
    }
    if !omitted.searches.is_empty() {
        let problem = NameProblem::SearchesOmitted {
            owner: owner(cluster, pod),
            omitted: omitted.searches,
        };
        findings.push(cluster.pod_origin(pod, "spec.dnsConfig.searches"), problem);
    }
}

fn owner(cluster: &Cluster, pod: &Pod) -> Str {
    match pod.owner {
        Some(owner) => {
            let workload = &cluster.workloads[cluster.topmost(owner)];
            format!("{} {}", workload.kind.name(), workload.meta.full_name()).into()
        }
        None => format!("Pod {}", pod.meta.full_name()).into(),
    }
}

#[cfg(test)]
mod tests;

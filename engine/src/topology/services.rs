//! Findings about Services that find Pods, and do something else than they seem to.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use super::reach::serving;
use super::{Relation, Topology};
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::cluster::{
    Cluster, LoadBalancerProvider, NodeId, Pod, PodId, Service, ServiceId, ServicePort,
    ServiceType, TargetPort, TrafficPolicy, WorkloadId,
};
use crate::finding::{Findings, ServiceProblem};
use crate::order::Gather;
use crate::origin::FieldPath;
use crate::packet::Family;

/// Labels whose value is another one after every rollout.
const ROLLOUT_LABELS: [&str; 2] = ["pod-template-hash", "controller-revision-hash"];

/// Looks at every Service that somebody wrote.
pub(super) fn inspect(cluster: &Cluster, topology: &Topology, findings: &mut Findings) {
    let busy = busy_nodes(cluster);
    for (id, service) in cluster.services.iter() {
        if service.meta.origin.is_none() {
            continue;
        }
        if service.type_ == ServiceType::ExternalName {
            external_name(service, findings);
            continue;
        }
        rollout(service, findings);
        policies(cluster, topology, id, &busy, findings);
        if service.selector.is_empty() {
            continue;
        }
        let pods = topology.unfinished(cluster, id);
        if pods.is_empty() {
            continue;
        }
        let serving = serving(cluster, &pods);
        for port in &service.ports {
            target_port(cluster, service, port, &serving, findings);
        }
        jobs(cluster, service, &pods, findings);
        families(service, &pods, findings);
        unready(service, &pods, findings);
    }
    environment(cluster, findings);
}

fn external_name(service: &Service, findings: &mut Findings) {
    let name = || Str::from(service.meta.full_name());
    if !service.selector.is_empty() {
        let problem = ServiceProblem::ExternalNameWithSelector { service: name() };
        findings.push(service.meta.at("spec.selector"), problem);
    }
    for port in &service.ports {
        let is_other = match &port.target_port {
            TargetPort::Number(number) => *number != port.port,
            TargetPort::Name(_) => true,
        };
        if is_other {
            let problem = ServiceProblem::ExternalNamePortIgnored {
                service: name(),
                port: port.port.get(),
            };
            findings.push(service.meta.at(target_port_path(port)), problem);
        }
    }
}

fn rollout(service: &Service, findings: &mut Findings) {
    for key in ROLLOUT_LABELS {
        if service.selector.contains_key(key) {
            let problem = ServiceProblem::SelectorOfOneRollout {
                service: service.meta.full_name().into(),
                key: key.into(),
            };
            let path = FieldPath::from("spec.selector").key(key);
            findings.push(service.meta.at(path), problem);
        }
    }
}

fn target_port_path(port: &ServicePort) -> FieldPath {
    FieldPath::from("spec.ports")
        .index(port.index)
        .key("targetPort")
}

fn target_port(
    cluster: &Cluster,
    service: &Service,
    port: &ServicePort,
    pods: &[&Pod],
    findings: &mut Findings,
) {
    let origin = service.meta.at(target_port_path(port));
    let name = Str::from(service.meta.full_name());
    let mut numbers: BTreeSet<u16> = BTreeSet::new();
    match &port.target_port {
        TargetPort::Name(target) => {
            numbers.extend(
                pods.iter()
                    .filter_map(|pod| pod.named_port(target, port.protocol)),
            );
            if numbers.len() > 1 {
                let problem = ServiceProblem::PortNameSeveralNumbers {
                    service: name.clone(),
                    name: target.clone(),
                    numbers: numbers.iter().copied().collect(),
                };
                findings.push(origin.clone(), problem);
            }
        }
        TargetPort::Number(number) => {
            numbers.insert(number.get());
            undeclared(cluster, service, port, number.get(), pods, findings);
        }
    }
    // Somebody who dials the Service's port finds it only where the Pods have the same.
    let differs = numbers
        .iter()
        .find(|number| !numbers.contains(&port.port.get()) && **number != port.port.get());
    if let (true, Some(target)) = (service.is_headless(), differs) {
        let problem = ServiceProblem::HeadlessPortDiffers {
            service: name,
            port: port.port.get(),
            target: *target,
        };
        findings.push(origin, problem);
    }
}

/// A number that Pods do not declare although they declare others: of all of them a hint, of some a mixture.
fn undeclared(
    cluster: &Cluster,
    service: &Service,
    port: &ServicePort,
    number: u16,
    pods: &[&Pod],
    findings: &mut Findings,
) {
    let declared = |pod: &Pod| -> Vec<u16> {
        let same = pod
            .spec
            .ports()
            .filter(|declared| declared.protocol == port.protocol);
        same.map(|declared| declared.port).collect()
    };
    let mut all: BTreeSet<u16> = BTreeSet::new();
    let mut owners: BTreeSet<Option<_>> = BTreeSet::new();
    let mut strangers: Vec<&Pod> = Vec::new();
    let mut some_declare = false;
    let taking = || pods.iter().filter(|pod| pod.ready && !pod.terminating);
    for pod in taking() {
        let ports = declared(pod);
        let declares = ports.contains(&number);
        some_declare |= declares;
        if !declares && !ports.is_empty() {
            strangers.push(pod);
        }
        all.extend(ports);
        owners.insert(pod.owner.map(|owner| cluster.topmost(owner)));
    }
    let origin = service.meta.at(target_port_path(port));
    let name = Str::from(service.meta.full_name());
    if some_declare {
        let Some(stranger) = strangers.first().filter(|_| owners.len() > 1) else {
            return;
        };
        let problem = ServiceProblem::SelectorSpansApplications {
            service: name,
            port: number,
            stranger: owner_words(cluster, stranger),
            strangers: strangers.len(),
            pods: taking().count(),
        };
        findings.push(service.meta.at("spec.selector"), problem);
    } else if !all.is_empty() && !service.is_headless() {
        let problem = ServiceProblem::TargetPortUndeclared {
            service: name,
            number,
            declared: all.into_iter().collect(),
        };
        findings.push(origin, problem);
    }
}

fn owner_words(cluster: &Cluster, pod: &Pod) -> Str {
    match pod.owner {
        Some(owner) => {
            let workload = &cluster.workloads[cluster.topmost(owner)];
            format!("{} {}", workload.kind.name(), workload.meta.full_name()).into()
        }
        None => format!("Pod {}", pod.meta.full_name()).into(),
    }
}

/// Pods that a Job is taken to run now: nobody knows when, or whether they are done.
fn jobs(cluster: &Cluster, service: &Service, pods: &[&Pod], findings: &mut Findings) {
    let made_up = pods
        .iter()
        .filter(|pod| pod.meta.origin.is_none() && pod.ready);
    let owners: BTreeSet<WorkloadId> = made_up
        .filter_map(|pod| pod.owner)
        .filter(|owner| cluster.workloads[*owner].kind == WorkloadKind::Job)
        .collect();
    for job in owners {
        let job = &cluster.workloads[job].meta;
        let problem = ServiceProblem::SelectsJob {
            service: service.meta.full_name().into(),
            job: job.full_name().into(),
        };
        let related = job.at("metadata.name").into_iter().collect();
        findings.push_related(service.meta.at("spec.selector"), related, problem);
    }
}

fn families(service: &Service, pods: &[&Pod], findings: &mut Findings) {
    // Headless: DNS names only the addresses that there are.
    if service.is_headless() || pods.iter().all(|pod| pod.ips.is_empty()) {
        return;
    }
    for (index, family) in service.families.iter().enumerate() {
        let has = |pod: &&Pod| pod.ips.iter().any(|ip| Family::of(*ip) == *family);
        if !pods.iter().any(has) {
            let problem = ServiceProblem::FamilyWithoutEndpoints {
                service: service.meta.full_name().into(),
                family: *family,
            };
            let path = FieldPath::from("spec.ipFamilies").index(index);
            findings.push(service.meta.at(path), problem);
        }
    }
}

fn unready(service: &Service, pods: &[&Pod], findings: &mut Findings) {
    if !service.publish_not_ready_addresses || service.is_headless() {
        return;
    }
    let unready = pods
        .iter()
        .filter(|pod| !pod.ready && !pod.ips.is_empty())
        .count();
    if unready > 0 {
        let problem = ServiceProblem::NotReadyPublished {
            service: service.meta.full_name().into(),
            unready,
            pods: pods.len(),
        };
        findings.push(service.meta.at("spec.publishNotReadyAddresses"), problem);
    }
}

/// Nodes with Pods of their own network: where clients are.
fn busy_nodes(cluster: &Cluster) -> FxHashSet<NodeId> {
    // Those that are assumed call nobody.
    let in_pod_network = |pod: &&Pod| {
        let is_written = cluster.pod_origin(pod, "metadata").is_some();
        is_written && !pod.spec.host_network && !pod.is_terminal()
    };
    cluster
        .pods
        .values()
        .filter(in_pod_network)
        .filter_map(Pod::node)
        .collect()
}

fn policies(
    cluster: &Cluster,
    topology: &Topology,
    id: ServiceId,
    busy: &FxHashSet<NodeId>,
    findings: &mut Findings,
) {
    let service = &cluster.services[id];
    let external = service.external_traffic_policy == TrafficPolicy::Local
        && service.externally_accessible()
        && service.ports.iter().any(|port| port.node_port.is_some());
    let internal = service.internal_traffic_policy == TrafficPolicy::Local
        && !service.is_headless()
        && !service.cluster_ips().is_empty();
    if !external && !internal {
        return;
    }
    let serving = serving_nodes(cluster, topology, id);
    if serving.is_empty() {
        return;
    }
    let without = |counts: &dyn Fn(NodeId) -> bool| -> Vec<Str> {
        let nodes = cluster.nodes.iter();
        nodes
            .filter(|(node, _)| counts(*node) && !serving.contains(node))
            .map(|(_, node)| node.meta.name.clone())
            .collect()
    };
    let assumed = cluster
        .nodes
        .values()
        .all(|node| node.meta.origin.is_none());
    let mut push = |external: bool, without: Vec<Str>, nodes: usize, harmless: bool| {
        if without.is_empty() {
            return;
        }
        let path = if external {
            "spec.externalTrafficPolicy"
        } else {
            "spec.internalTrafficPolicy"
        };
        let problem = ServiceProblem::PolicyDrops {
            service: service.meta.full_name().into(),
            external,
            without,
            nodes,
            harmless,
        };
        findings.push(service.meta.at(path), problem);
    };
    if external {
        let checked = service.type_ == ServiceType::LoadBalancer
            && cluster.environment.options.load_balancer != LoadBalancerProvider::None;
        // A load balancer that checks health knows; of assumed nodes nobody can say that they drop.
        if !checked {
            push(true, without(&|_| true), cluster.nodes.len(), assumed);
        }
    }
    if internal {
        let clients = without(&|node| busy.contains(&node));
        push(false, clients, busy.len().max(serving.len()), assumed);
    }
}

/// Nodes with an endpoint that takes connections.
fn serving_nodes(cluster: &Cluster, topology: &Topology, id: ServiceId) -> FxHashSet<NodeId> {
    let names: FxHashMap<&str, NodeId> = cluster
        .nodes
        .iter()
        .map(|(id, node)| (node.meta.name.as_str(), id))
        .collect();
    topology
        .dependencies(&super::Entity::Service(id))
        .into_iter()
        .filter_map(|(relation, _)| match relation {
            Relation::Serves { slice, endpoint } => {
                let endpoint = &cluster.slices[slice].endpoints[endpoint as usize];
                let takes = endpoint.conditions.ready != Some(false);
                let of_pod = |pod: PodId| cluster.pods[pod].node();
                let named = || names.get(endpoint.node_name.as_deref()?).copied();
                takes
                    .then(|| endpoint.pod.and_then(of_pod).or_else(named))
                    .flatten()
            }
            _ => None,
        })
        .collect()
}

/// Variables are made of Service names: `X_SERVICE_PORT` is the port of `x`, and the address of `x-service`.
///
/// Source: `pkg/kubelet/envvars`, `FromServices`.
fn environment(cluster: &Cluster, findings: &mut Findings) {
    let addressed = |service: &&Service| !service.cluster_ips().is_empty();
    let by_name: BTreeMap<(&Str, &Str), &Service> = cluster
        .services
        .values()
        .filter(addressed)
        .map(|service| ((&service.meta.namespace, &service.meta.name), service))
        .gather();
    for ((namespace, name), service) in &by_name {
        let Some(shorter) = name.strip_suffix("-service") else {
            continue;
        };
        let shorter = Str::from(shorter);
        let Some(other) = by_name.get(&(*namespace, &shorter)) else {
            continue;
        };
        let related = other.meta.at("metadata.name").into_iter().collect();
        let problem = ServiceProblem::EnvironmentClash {
            service: service.meta.full_name().into(),
            other: other.meta.full_name().into(),
            variable: format!("{}_SERVICE_PORT", shorter.to_uppercase().replace('-', "_")).into(),
        };
        findings.push_related(service.meta.at("metadata.name"), related, problem);
    }
}

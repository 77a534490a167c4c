//! Findings about Services and Pods that do not find each other.

use std::collections::BTreeMap;
use std::ops::Bound;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Topology;
use crate::Str;
use crate::api::IntOrString;
use crate::api::apps::WorkloadKind;
use crate::cluster::{
    Cluster, Pod, PodId, Service, ServiceId, ServicePort, ServiceType, TargetPort,
};
use crate::finding::{
    Elsewhere, Findings, Near, ReachProblem, ServiceProblem, Symptom, UndeclaredProbe,
};
use crate::order::Order;
use crate::origin::{FieldPath, Origin};

/// At most this many Pods are looked at to find the one that nearly matches a selector.
const CANDIDATES: usize = 200;

/// At most this many Pods of one label are asked whether a Service of another namespace means them.
const FEW: usize = 20;

/// A label's value is no longer (in bytes); what is longer is not compared letter by letter.
const VALUE_LENGTH: usize = 63;

/// Looks at every Service.
pub(super) fn inspect(cluster: &Cluster, topology: &Topology, findings: &mut Findings) {
    let labels = LabelValues::of(cluster);
    for (id, service) in cluster.services.iter() {
        // What the engine assumes to be there (the cluster's DNS), nobody wrote wrong.
        let assumed = service.meta.origin.is_none();
        if assumed || service.type_ == ServiceType::ExternalName || service.selector.is_empty() {
            continue;
        }
        let pods = topology.unfinished(cluster, id);
        if pods.is_empty() {
            matches_nothing(cluster, &labels, service, findings);
            continue;
        }
        let serving = serving(cluster, &pods);
        for port in &service.ports {
            named_port(service, port, &serving, findings);
        }
        if !service.publish_not_ready_addresses
            && pods.iter().all(|pod| !pod.ready || pod.terminating)
        {
            none_ready(cluster, service, &pods, findings);
        }
    }
    without_selector(cluster, topology, findings);
}

fn none_ready(cluster: &Cluster, service: &Service, pods: &[&Pod], findings: &mut Findings) {
    let blamed = service.meta.at("spec.selector");
    let name = Str::from(service.meta.full_name());
    let nobody = Symptom::of_no_endpoints(service);
    let terminating = pods.iter().filter(|pod| pod.terminating);
    let serving = terminating.clone().filter(|pod| pod.ready).count();
    if serving > 0 || terminating.clone().count() == pods.len() {
        let problem = ServiceProblem::OnlyTerminating {
            service: name,
            unready: pods.len() - terminating.clone().count(),
            pods: terminating.count(),
            // kube-proxy falls back to those that serve; DNS never names them.
            symptom: if serving > 0 && !service.is_headless() {
                Symptom::Nothing
            } else {
                nobody
            },
        };
        findings.push(blamed, problem);
        return;
    }
    let mut probes = pods.iter().filter_map(|pod| {
        let (probe, undeclared) = readiness_probe(pod)?;
        Some((cluster.pod_origin(pod, probe), undeclared))
    });
    let (probe, undeclared) = probes.next().unzip();
    let problem = ReachProblem::NoneReady {
        service: name,
        pods: pods.len(),
        probed: probe.is_some(),
        undeclared: undeclared.flatten(),
        symptom: nobody,
    };
    // What makes a Pod ready is its probe, if it has one; that the Service finds the Pod is right.
    match probe.flatten() {
        Some(probe) => findings.push_related(Some(probe), blamed.into_iter().collect(), problem),
        None => findings.push(blamed, problem),
    }
}

/// The first readiness probe of a Pod, or its port, if the container does not declare that.
///
/// Source: `pkg/kubelet/prober` resolves a name among the ports of the probe's own container.
fn readiness_probe(pod: &Pod) -> Option<(FieldPath, Option<UndeclaredProbe>)> {
    let containers = pod.spec.containers.iter().enumerate();
    let mut probed =
        containers.filter_map(|(nth, one)| Some((nth, one, one.readiness_probe.as_ref()?)));
    let (nth, container, probe) = probed.next()?;
    let path = FieldPath::from("spec.containers")
        .index(nth)
        .key("readinessProbe");
    let handlers = [
        ("httpGet", &probe.http_get),
        ("tcpSocket", &probe.tcp_socket),
        ("grpc", &probe.grpc),
    ];
    let port = handlers
        .into_iter()
        .find_map(|(handler, action)| Some((handler, action.as_ref()?.port.as_ref()?)));
    let Some((handler, port)) = port else {
        return Some((path, None));
    };
    let declares = |port: &IntOrString| match port {
        IntOrString::Int(number) => container
            .ports
            .iter()
            .any(|one| i64::from(one.port) == *number),
        // A number in quotes is taken for one where no port has that name.
        IntOrString::String(name) => {
            container
                .ports
                .iter()
                .any(|one| one.name.as_ref() == Some(name))
                || name.parse::<u16>().is_ok()
        }
    };
    let is_number = matches!(port, IntOrString::Int(_));
    // A container that declares nothing may listen anywhere.
    if declares(port) || is_number && container.ports.is_empty() {
        return Some((path, None));
    }
    let undeclared = UndeclaredProbe {
        container: container.name.clone(),
        port: match port {
            IntOrString::Int(number) => number.to_string().into(),
            IntOrString::String(name) => name.clone(),
        },
        is_name: !is_number,
        declared: container
            .ports
            .iter()
            .map(|port| (port.name.clone().unwrap_or_default(), port.port))
            .collect(),
    };
    Some((path.key(handler).key("port"), Some(undeclared)))
}

fn matches_nothing(
    cluster: &Cluster,
    labels: &LabelValues,
    service: &Service,
    findings: &mut Findings,
) {
    let near = labels.nearest(cluster, service);
    let elsewhere = match near {
        Some(_) => None,
        None => labels.elsewhere(cluster, service),
    };
    let blamed = FieldPath::from("spec.selector");
    let (origin, related) = match &near {
        Some((pod, near)) => {
            let origin = service.meta.at(blamed.key(near.key.clone()));
            (
                origin,
                label_origin(cluster, *pod, &near.key).into_iter().collect(),
            )
        }
        None => (service.meta.at(blamed), Vec::new()),
    };
    let problem = ReachProblem::SelectorMatchesNothing {
        service: service.meta.full_name().into(),
        near: near.map(|(_, near)| near),
        elsewhere,
        symptom: Symptom::of_no_endpoints(service),
    };
    findings.push_related(origin, related, problem);
}

/// Whether it is a label by which members of a group say at run time what they were elected to be. Patroni writes `role`
/// (its `kubernetes.role_label`), Spilo `spilo-role`, CloudNativePG `cnpg.io/instanceRole`; Vault says with
/// `vault-active` who serves (its `service_registration "kubernetes"`).
fn is_elected(key: &str, value: &str) -> bool {
    match key {
        "role" | "spilo-role" | "cnpg.io/instanceRole" => matches!(
            value,
            "master" | "primary" | "leader" | "replica" | "standby" | "standby_leader"
        ),
        "vault-active" => matches!(value, "true" | "false"),
        _ => false,
    }
}

/// The label as it was written: on the Pod, or in the template of the workload that makes it.
fn label_origin(cluster: &Cluster, pod: PodId, key: &Str) -> Option<Origin> {
    let path = FieldPath::from("metadata.labels").key(key.clone());
    cluster.pod_origin(&cluster.pods[pod], path)
}

/// Labels are often shared with a Job's Pods (a chart's hooks), which serve nothing: they count only among themselves.
pub(super) fn serving<'a>(cluster: &Cluster, pods: &[&'a Pod]) -> Vec<&'a Pod> {
    let is_job = |pod: &&&Pod| {
        let owner = pod.owner.map(|owner| cluster.workloads[owner].kind);
        owner == Some(WorkloadKind::Job)
    };
    let others: Vec<&Pod> = pods.iter().filter(|pod| !is_job(pod)).copied().collect();
    if others.is_empty() {
        pods.to_vec()
    } else {
        others
    }
}

fn named_port(service: &Service, port: &ServicePort, pods: &[&Pod], findings: &mut Findings) {
    let TargetPort::Name(name) = &port.target_port else {
        return;
    };
    let missing = pods
        .iter()
        .filter(|pod| pod.named_port(name, port.protocol).is_none())
        .count();
    if missing == 0 {
        return;
    }
    let mut declared: Vec<(Str, u16)> = pods
        .iter()
        .flat_map(|pod| pod.spec.ports())
        .filter(|declared| declared.protocol == port.protocol)
        .map(|declared| (declared.name.clone().unwrap_or_default(), declared.port))
        .collect();
    declared.order();
    declared.dedup();
    let problem = ReachProblem::TargetPortNotNamed {
        service: service.meta.full_name().into(),
        port: port.port.get(),
        protocol: port.protocol,
        name: name.clone(),
        missing,
        pods: pods.len(),
        declared,
        other_protocol: pods
            .iter()
            .flat_map(|pod| pod.spec.ports())
            .find(|declared| declared.name.as_ref() == Some(name))
            .map(|declared| declared.protocol)
            .filter(|protocol| *protocol != port.protocol),
        symptom: Symptom::of_no_endpoints(service),
    };
    let field = FieldPath::from("spec.ports")
        .index(port.index)
        .key("targetPort");
    findings.push(service.meta.at(field), problem);
}

fn without_selector(cluster: &Cluster, topology: &Topology, findings: &mut Findings) {
    let selectorless = |service: &Service| {
        service.selector.is_empty()
            && service.type_ != ServiceType::ExternalName
            && service.meta.origin.is_some()
            // The API server fills its own.
            && service.meta.full_name() != "default/kubernetes"
    };
    for (id, service) in cluster
        .services
        .iter()
        .filter(|(_, service)| selectorless(service))
    {
        if !has_endpoints(topology, id) {
            let problem = ReachProblem::NobodyFillsEndpoints {
                service: service.meta.full_name().into(),
                symptom: Symptom::of_no_endpoints(service),
            };
            findings.push(service.meta.at("spec.selector"), problem);
        }
    }
}

fn has_endpoints(topology: &Topology, service: ServiceId) -> bool {
    topology
        .dependencies(&super::Entity::Service(service))
        .iter()
        .any(|(relation, _)| matches!(relation, super::Relation::Serves { .. }))
}

/// Which values each label has, and where: to find what a selector nearly says.
struct LabelValues<'a> {
    /// By namespace and key.
    pods: FxHashMap<(&'a str, &'a str), BTreeMap<&'a str, Vec<PodId>>>,
    /// By key and value, in all namespaces: the first few.
    anywhere: FxHashMap<(&'a str, &'a str), Vec<PodId>>,
    /// Namespaces with Pods.
    namespaces: FxHashSet<&'a str>,
}

impl<'a> LabelValues<'a> {
    fn of(cluster: &'a Cluster) -> Self {
        let mut pods: FxHashMap<(&str, &str), BTreeMap<&str, Vec<PodId>>> = FxHashMap::default();
        let mut anywhere: FxHashMap<(&str, &str), Vec<PodId>> = FxHashMap::default();
        let mut namespaces = FxHashSet::default();
        for (id, pod) in cluster.pods.iter() {
            namespaces.insert(pod.meta.namespace.as_str());
            for (key, value) in &pod.meta.labels {
                let some = anywhere.entry((key, value)).or_default();
                if some.len() < FEW {
                    some.push(id);
                }
                pods.entry((&pod.meta.namespace, key))
                    .or_default()
                    .entry(value)
                    .or_default()
                    .push(id);
            }
        }
        Self {
            pods,
            anywhere,
            namespaces,
        }
    }

    /// Where the Pods may be that are not here.
    fn elsewhere(&self, cluster: &Cluster, service: &Service) -> Option<Elsewhere> {
        let namespace = &service.meta.namespace;
        let (key, value) = service.selector.iter().next()?;
        let alike = self.anywhere.get(&(key.as_str(), value.as_str()));
        let other = alike.into_iter().flatten().find(|pod| {
            let labels = &cluster.pods[**pod].meta.labels;
            let mut terms = service.selector.iter();
            terms.all(|(key, wanted)| labels.get(key) == Some(wanted))
        });
        if let Some(pod) = other {
            let other = cluster.pods[*pod].meta.namespace.clone();
            return Some(if other == *namespace {
                Elsewhere::Finished
            } else {
                Elsewhere::OtherNamespace { namespace: other }
            });
        }
        if cluster.custom_resources.may_act_in(namespace) {
            Some(Elsewhere::Operator)
        } else if namespace == "kube-system" {
            Some(Elsewhere::ControlPlane)
        } else if !self.namespaces.contains(namespace.as_str()) {
            Some(Elsewhere::NotPasted)
        } else {
            None
        }
    }

    /// The Pod that fails the fewest terms of the selector, and the term that it fails first.
    fn nearest(&self, cluster: &Cluster, service: &Service) -> Option<(PodId, Near)> {
        let namespace = service.meta.namespace.as_str();
        let mut candidates: Vec<PodId> = Vec::new();
        for (key, wanted) in &service.selector {
            let Some(values) = self.pods.get(&(namespace, key.as_str())) else {
                continue;
            };
            // Pods with the very value, then those with the value that reads most like it.
            let wanted_value = wanted.as_str();
            let before = (Bound::Unbounded, Bound::Excluded(wanted_value));
            let after = (Bound::Included(wanted_value), Bound::Unbounded);
            // A slip is mostly in the middle or at the end: it stands near in the order of the alphabet.
            let alike = values
                .range::<str, _>(before)
                .rev()
                .take(CANDIDATES / 2)
                .chain(values.range::<str, _>(after).take(CANDIDATES / 2))
                .map(|(value, _)| value)
                .min_by_key(|value| distance(wanted, Some(value)));
            let pods = values
                .get(wanted.as_str())
                .into_iter()
                .chain(alike.and_then(|value| values.get(value)));
            candidates.extend(pods.flatten().take(CANDIDATES));
        }
        candidates.order();
        candidates.dedup();
        let failed = |pod: &PodId| {
            let labels = &cluster.pods[*pod].meta.labels;
            let terms = service
                .selector
                .iter()
                .filter(|(key, wanted)| labels.get(*key) != Some(wanted));
            terms
                .map(|(key, wanted)| distance(wanted, labels.get(key).map(Str::as_str)))
                .sum::<usize>()
        };
        let nearest = candidates
            .into_iter()
            .min_by_key(|pod| (failed(pod), *pod))?;
        let pod = &cluster.pods[nearest];
        let mut missed = service
            .selector
            .iter()
            .filter(|(key, wanted)| pod.meta.labels.get(*key) != Some(wanted));
        let (key, wanted) = missed.next()?;
        let found = pod.meta.labels.get(key).cloned();
        let is_slip = missed.next().is_none()
            && match &found {
                // A value that shares nothing is another application, unless the rest says that it is this one.
                Some(found) => {
                    let alike = found.len().max(wanted.len()) <= VALUE_LENGTH
                        && strsim::normalized_damerau_levenshtein(found, wanted) > 0.3;
                    alike || self.rest_is_one_application(cluster, service, key)
                }
                // All the rest agrees, if there is a rest.
                None => service.selector.len() > 1,
            };
        is_slip.then(|| {
            let near = Near {
                pod: pod.meta.full_name().into(),
                key: key.clone(),
                wanted: wanted.clone(),
                at_run_time: found.is_none() && is_elected(key, wanted),
                found,
            };
            (nearest, near)
        })
    }

    /// Whether everything but one term of a selector leads to the Pods of one workload: `app` does, a label that all
    /// parts of a release share does not.
    fn rest_is_one_application(&self, cluster: &Cluster, service: &Service, but: &Str) -> bool {
        let namespace = service.meta.namespace.as_str();
        let rest = || service.selector.iter().filter(|(key, _)| *key != but);
        // The rarest pair; the Pods that do not have it do not count.
        let mut rarest: Option<&Vec<PodId>> = None;
        for (key, value) in rest() {
            let values = self.pods.get(&(namespace, key.as_str()));
            let pods = values.and_then(|values| values.get(value.as_str()));
            rarest = rarest.into_iter().chain(pods).min_by_key(|pods| pods.len());
        }
        let Some(rarest) = rarest else {
            return false;
        };
        let agree = |pod: &&PodId| {
            let labels = &cluster.pods[**pod].meta.labels;
            rest().all(|(key, wanted)| labels.get(key) == Some(wanted))
        };
        let mut owners = rarest
            .iter()
            .take(CANDIDATES)
            .filter(agree)
            .map(|&pod| cluster.pods[pod].owner.map(|owner| cluster.topmost(owner)));
        let first = owners.next();
        first.is_some() && owners.all(|owner| Some(owner) == first)
    }
}

/// How far a label is from the wanted value; a missing label is as far as a value with no letter in common.
pub(super) fn distance(wanted: &str, found: Option<&str>) -> usize {
    match found {
        Some(found) if found == wanted => 0,
        Some(found) if found.len().max(wanted.len()) <= VALUE_LENGTH => {
            strsim::damerau_levenshtein(found, wanted)
        }
        Some(found) => found.len().max(wanted.len()),
        None => wanted.chars().count(),
    }
}

//! The cluster's settings, read from the configuration kinds of its own components.
//!
//! Read are kind's `Cluster`, kubeadm's `ClusterConfiguration`, `ServiceCIDR`, `KubeProxyConfiguration`,
//! `KubeletConfiguration` and CoreDNS's Corefile, pasted as files or in the kube-system ConfigMaps that hold them. A
//! component believes its own configuration; where two of them do not fit together, a finding says so. What nobody says
//! stays as it was.

mod corefile;
mod kind;
mod kubeadm;
mod proxy;
mod shape;

use std::net::IpAddr;

use ipnet::IpNet;
use serde_json::Value;

use super::addresses::parse_cidr_sloppy;
use super::bands::AddressBands;
use crate::Str;
use crate::api::{Objects, Written, core};
use crate::cluster::Environment;
use crate::finding::{AdmissionProblem, Findings, NameProblem};
use crate::manifest::to_value;
use crate::origin::{FieldPath, Origin};
use crate::packet::parse_ip_sloppy;

pub(super) use kind::KindNode;

/// The number of the DNS Service's address in the service range, from 0: `10.96.0.10`.
const DNS_ADDRESS: u64 = 9;

/// Settings, and who said them.
#[derive(Debug, Default)]
pub(super) struct Settings {
    /// The settings.
    pub(super) environment: Environment,
    /// Where the Pod ranges are said; nobody: assumed.
    pub(super) pod_ranges: Option<Origin>,
    /// Where the service ranges are said; nobody: assumed.
    pub(super) service_ranges: Option<Origin>,
    /// The nodes of a kind cluster.
    pub(super) kind_nodes: Vec<KindNode>,
    domain: Option<Origin>,
    /// Where kubelet's domain is said; nobody: it is the server's.
    kubelet_domain: Option<Origin>,
    proxy_mode: Option<Origin>,
    proxy_ranges: Option<Origin>,
    cluster_dns: Option<Origin>,
}

/// Settings from everything in the manifests that says some; `base` holds where nothing does.
pub fn read(objects: &Objects, base: Environment, findings: &mut Findings) -> Environment {
    settings(objects, base, findings).environment
}

pub(super) fn settings(objects: &Objects, base: Environment, findings: &mut Findings) -> Settings {
    let mut settings = Settings {
        environment: base,
        ..Settings::default()
    };
    let documents = documents(objects, findings);
    // From what installs a cluster to what runs in it: the later knows better.
    for read in [
        kind::read as fn(&mut Settings, &Document, &mut Findings),
        kubeadm::read,
    ] {
        for document in &documents {
            read(&mut settings, document, findings);
        }
    }
    service_cidrs(&mut settings, objects, findings);
    for read in [
        proxy::read as fn(&mut Settings, &Document, &mut Findings),
        kubelet,
    ] {
        for document in &documents {
            read(&mut settings, document, findings);
        }
    }
    for map in system_maps(&objects.config_maps, "coredns") {
        if let Some(text) = map.value.data.get("Corefile") {
            let at = map.origin.at(FieldPath::from("data").key("Corefile"));
            corefile::read(&mut settings, text, &at, findings);
        }
    }
    fit_together(&settings, findings);
    nodes_fit(objects, &settings, findings);
    settings
}

/// A configuration document: a file, or a file in a ConfigMap.
#[derive(Debug)]
struct Document {
    kind: Str,
    value: Value,
    at: Origin,
    /// Whether paths inside the document are paths of the object: not in a ConfigMap, which holds it as one text.
    is_object: bool,
}

impl Document {
    /// A value by its path; `null` counts as absent.
    fn get(&self, path: &str) -> Option<&Value> {
        let pointer = format!("/{}", path.replace('.', "/"));
        self.value
            .pointer(&pointer)
            .filter(|value| !value.is_null())
    }

    /// A text that is not empty.
    fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str().filter(|text| !text.is_empty())
    }

    /// Where a field stands.
    fn at(&self, path: &str) -> Origin {
        let mut at = self.at.clone();
        if self.is_object {
            at.path.0.extend(FieldPath::from(path).0);
        }
        at
    }

    /// Ranges of a comma-separated field; what is none is a finding.
    fn ranges(&self, path: &str, findings: &mut Findings) -> Option<Vec<IpNet>> {
        let text = self.text(path)?;
        let mut ranges = Vec::new();
        for part in text.split(',').map(str::trim) {
            match parse_cidr_sloppy(part) {
                Some(range) => ranges.push(range),
                None => self.refuse(path, part, "an address range", findings),
            }
        }
        (!ranges.is_empty()).then_some(ranges)
    }

    fn refuse(&self, path: &str, value: &str, expected: &str, findings: &mut Findings) {
        findings.push(
            Some(self.at(path)),
            AdmissionProblem::Configuration {
                kind: self.kind.clone(),
                field: path.into(),
                value: value.into(),
                expected: expected.into(),
            },
        );
    }
}

fn documents(objects: &Objects, findings: &mut Findings) -> Vec<Document> {
    let mut documents: Vec<Document> = objects
        .configurations
        .iter()
        .map(|written| Document {
            kind: written.value.kind.clone(),
            value: written.value.value.clone(),
            at: written.origin.at(FieldPath::default()),
            is_object: true,
        })
        .inspect(|document| shape::check(document, findings))
        .collect();
    for (name, key) in [
        ("kubeadm-config", "ClusterConfiguration"),
        ("kube-proxy", "config.conf"),
        ("kubelet-config", "kubelet"),
    ] {
        for map in system_maps(&objects.config_maps, name) {
            let Some(text) = map.value.data.get(key) else {
                continue;
            };
            let at = map.origin.at(FieldPath::from("data").key(key));
            documents.extend(embedded(text, at, findings));
        }
    }
    documents
}

/// A configuration document inside a text.
fn embedded(text: &str, at: Origin, findings: &mut Findings) -> Option<Document> {
    match to_value(text) {
        Ok(value) => {
            let document = Document {
                kind: value["kind"].as_str()?.into(),
                value,
                at,
                is_object: false,
            };
            shape::check(&document, findings);
            Some(document)
        }
        Err(error) => {
            findings.push(
                Some(at),
                AdmissionProblem::ConfigurationSyntax {
                    reason: format!("{} at line {}", error.reason, error.line).into(),
                },
            );
            None
        }
    }
}

fn system_maps<'a>(
    maps: &'a [Written<core::ConfigMap>],
    name: &'a str,
) -> impl Iterator<Item = &'a Written<core::ConfigMap>> {
    maps.iter().filter(move |map| {
        map.value.metadata.namespace == "kube-system" && map.value.metadata.name == name
    })
}

/// `ServiceCIDR` objects. The one called `kubernetes` is the API server's own range, others add to it.
fn service_cidrs(settings: &mut Settings, objects: &Objects, findings: &mut Findings) {
    let mut own: Vec<&Written<_>> = Vec::new();
    let mut more: Vec<&Written<_>> = Vec::new();
    for written in &objects.service_cidrs {
        if written.value.metadata.name == "kubernetes" {
            own.push(written);
        } else {
            more.push(written);
        }
    }
    for (is_own, written) in own
        .into_iter()
        .map(|written| (true, written))
        .chain(more.into_iter().map(|written| (false, written)))
    {
        let mut ranges = Vec::new();
        for (index, text) in written.value.spec.cidrs.iter().enumerate() {
            match parse_cidr_sloppy(text) {
                Some(range) => ranges.push(range),
                None => findings.push(
                    Some(
                        written
                            .origin
                            .at(FieldPath::from("spec.cidrs").index(index)),
                    ),
                    AdmissionProblem::Configuration {
                        kind: "ServiceCIDR".into(),
                        field: format!("spec.cidrs[{index}]").into(),
                        value: text.clone(),
                        expected: "an address range".into(),
                    },
                ),
            }
        }
        let at = written.origin.at("spec.cidrs");
        if is_own {
            settings.say_service_ranges(ranges, at, findings);
        } else {
            let network = &mut settings.environment.network.service_cidrs;
            let known = &mut settings.environment.proxy.service_cidrs;
            for range in ranges {
                for list in [&mut *network, &mut *known] {
                    if !list.contains(&range) {
                        list.push(range);
                    }
                }
            }
        }
    }
}

fn kubelet(settings: &mut Settings, document: &Document, findings: &mut Findings) {
    if document.kind != "KubeletConfiguration" {
        return;
    }
    if let Some(domain) = document.text("clusterDomain") {
        settings.environment.kubelet.cluster_domain = domain.trim_end_matches('.').into();
        settings.kubelet_domain = Some(document.at("clusterDomain"));
    }
    let Some(list) = document.get("clusterDNS").and_then(Value::as_array) else {
        return;
    };
    let mut addresses = Vec::new();
    for text in list.iter().filter_map(Value::as_str) {
        match parse_ip_sloppy(text) {
            Some(address) => addresses.push(address),
            None => document.refuse("clusterDNS", text, "an address", findings),
        }
    }
    settings.environment.kubelet.cluster_dns = addresses;
    settings.cluster_dns = Some(document.at("clusterDNS"));
}

impl Settings {
    /// Pod ranges of the cluster; kube-proxy takes them for the Pods' until its own configuration says otherwise.
    fn say_pod_ranges(&mut self, ranges: Vec<IpNet>, at: Origin, findings: &mut Findings) {
        let known = &self.environment.network.pod_cidrs;
        contradiction(
            "Pod ranges",
            &self.pod_ranges,
            known,
            &ranges,
            &at,
            findings,
        );
        self.environment.proxy.detect_local.clone_from(&ranges);
        self.environment.network.pod_cidrs = ranges;
        self.pod_ranges = Some(at);
    }

    /// Service ranges of the cluster; the DNS Service has the tenth address of the first.
    pub(super) fn say_service_ranges(
        &mut self,
        ranges: Vec<IpNet>,
        at: Origin,
        findings: &mut Findings,
    ) {
        if ranges.is_empty() {
            return;
        }
        let known = &self.environment.network.service_cidrs;
        contradiction(
            "service ranges",
            &self.service_ranges,
            known,
            &ranges,
            &at,
            findings,
        );
        self.set_service_ranges(ranges);
        self.service_ranges = Some(at);
    }

    pub(super) fn set_service_ranges(&mut self, ranges: Vec<IpNet>) {
        let dns: Vec<IpAddr> = ranges
            .first()
            .and_then(|range| AddressBands::of(*range).address(DNS_ADDRESS))
            .into_iter()
            .collect();
        if self.cluster_dns.is_none() {
            self.environment.kubelet.cluster_dns = dns;
        }
        self.environment.proxy.service_cidrs.clone_from(&ranges);
        self.environment.network.service_cidrs = ranges;
    }

    /// Lets Pods ask the DNS Service that is there, unless kubelet is told otherwise.
    pub(super) fn ask_dns_at(&mut self, address: IpAddr) {
        if self.cluster_dns.is_none() {
            self.environment.kubelet.cluster_dns = vec![address];
        }
    }

    fn say_domain(&mut self, domain: &str, at: Origin, findings: &mut Findings) {
        let domain: Str = domain.trim_end_matches('.').into();
        let known = [self.environment.network.dns_domain.clone()];
        let said = [domain.clone()];
        contradiction("cluster domain", &self.domain, &known, &said, &at, findings);
        self.environment.dns.zone = domain.clone();
        self.environment.kubelet.cluster_domain = domain.clone();
        self.environment.network.dns_domain = domain;
        self.domain = Some(at.clone());
        self.kubelet_domain = Some(at);
    }
}

/// Nodes whose Pods are outside of the cluster's Pod ranges, where those are said.
fn nodes_fit(objects: &Objects, settings: &Settings, findings: &mut Findings) {
    let Some(said) = &settings.pod_ranges else {
        return;
    };
    let ranges = &settings.environment.network.pod_cidrs;
    for node in &objects.nodes {
        let spec = &node.value.spec;
        let singular = spec.pod_cidr.iter().map(|text| ("spec.podCIDR", text));
        let plural = spec.pod_cidrs.iter().map(|text| ("spec.podCIDRs", text));
        let outside = plural.chain(singular).find_map(|(path, text)| {
            let range = parse_cidr_sloppy(text)?;
            let is_outside = !ranges.iter().any(|cluster| cluster.contains(&range));
            is_outside.then_some((path, range))
        });
        if let Some((path, range)) = outside {
            findings.push_related(
                Some(node.origin.at(path)),
                vec![said.clone()],
                AdmissionProblem::Contradiction {
                    what: "Pod ranges".into(),
                    first: joined(ranges),
                    second: range.to_string().into(),
                },
            );
        }
    }
}

/// Two documents say different things of one setting: the later counts.
fn contradiction<T: PartialEq + ToString>(
    what: &str,
    first: &Option<Origin>,
    known: &[T],
    said: &[T],
    at: &Origin,
    findings: &mut Findings,
) {
    let Some(first) = first else { return };
    if known == said {
        return;
    }
    findings.push_related(
        Some(at.clone()),
        vec![first.clone()],
        AdmissionProblem::Contradiction {
            what: what.into(),
            first: joined(known),
            second: joined(said),
        },
    );
}

/// What each component believes, seen side by side.
fn fit_together(settings: &Settings, findings: &mut Findings) {
    let environment = &settings.environment;
    let network = &environment.network;
    if let (Some(at), Some(related)) = (&settings.proxy_ranges, &settings.pod_ranges)
        && environment.proxy.detect_local != network.pod_cidrs
    {
        findings.push_related(
            Some(at.clone()),
            vec![related.clone()],
            AdmissionProblem::Contradiction {
                what: "Pod ranges".into(),
                first: joined(&network.pod_cidrs),
                second: joined(&environment.proxy.detect_local),
            },
        );
    }
    let (server, kubelet) = (&environment.dns.zone, &environment.kubelet.cluster_domain);
    let same = server.trim_end_matches('.').eq_ignore_ascii_case(kubelet);
    if !kubelet.is_empty() && !same {
        let places = [&settings.kubelet_domain, &settings.domain];
        let mut places = places.into_iter().flatten().cloned();
        findings.push_related(
            places.next(),
            places.collect(),
            NameProblem::DomainsDiffer {
                kubelet: kubelet.clone(),
                server: server.clone(),
            },
        );
    }
    for pods in &network.pod_cidrs {
        for services in &network.service_cidrs {
            if pods.contains(services) || services.contains(pods) {
                findings.push(
                    settings
                        .pod_ranges
                        .clone()
                        .or_else(|| settings.service_ranges.clone()),
                    AdmissionProblem::OverlappingRanges {
                        pods: pods.to_string().into(),
                        services: services.to_string().into(),
                    },
                );
            }
        }
    }
    if let Some(at) = &settings.cluster_dns {
        for address in &environment.kubelet.cluster_dns {
            if !network
                .service_cidrs
                .iter()
                .any(|cidr| cidr.contains(address))
            {
                findings.push(
                    Some(at.clone()),
                    AdmissionProblem::ClusterDnsOutOfRange {
                        address: address.to_string().into(),
                        ranges: joined(&network.service_cidrs),
                    },
                );
            }
        }
    }
}

fn joined<T: ToString>(values: &[T]) -> Str {
    values
        .iter()
        .map(T::to_string)
        .collect::<Vec<_>>()
        .join(",")
        .into()
}

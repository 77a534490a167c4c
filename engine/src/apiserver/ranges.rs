//! The ranges of a cluster of which only the addresses are known: a live dump is believed.
//!
//! Services, Pods and nodes of a dump have addresses of their own cluster's ranges. Where no configuration says which
//! those are, the assumed ones give way, so that nothing that a cluster has accepted is called an error here. The same
//! goes for address families that a Service insists on.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::addresses::parse_cidr_sloppy;
use super::assume::is_dns;
use super::environment::Settings;
use super::families::{not_configured, not_dual_stack};
use super::field_error::FieldError;
use crate::api::Objects;
use crate::api::core::ServiceSpec;
use crate::finding::{AdmissionProblem, Findings};
use crate::origin::Origin;
use crate::packet::{Family, parse_ip_sloppy};

/// Ranges that are assumed for addresses are at most this specific.
fn assumed_length(family: Family) -> u8 {
    match family {
        Family::V4 => 16,
        Family::V6 => 112,
    }
}

/// Lets given addresses correct ranges that nobody has configured.
pub(super) fn infer(objects: &Objects, settings: &mut Settings, findings: &mut Findings) {
    if settings.service_ranges.is_none() {
        service_ranges(objects, settings, findings);
    }
    if settings.pod_ranges.is_none() {
        pod_ranges(objects, settings);
        pods_of_all_families(settings);
    }
    let dns = objects.services.iter().find(|service| {
        let meta = &service.value.metadata;
        is_dns(&meta.namespace, &meta.name, &meta.labels)
    });
    let given = dns.and_then(|service| service.value.spec.cluster_ip.as_deref());
    if let Some(address) = given.and_then(parse_ip_sloppy) {
        settings.ask_dns_at(address);
    }
}

/// Pods have the families that Services have: an IPv6-only cluster has no IPv4 Pods.
fn pods_of_all_families(settings: &mut Settings) {
    let environment = &mut settings.environment;
    let pods = &mut environment.network.pod_cidrs;
    // Only where kube-proxy has not been told something else.
    let follows = environment.proxy.detect_local == *pods;
    let mut ranges: Vec<IpNet> = Vec::new();
    for family in environment.network.service_cidrs.iter().map(family_of) {
        if !ranges.iter().any(|range| family_of(range) == family) {
            let before = ranges.len();
            ranges.extend(pods.iter().filter(|range| family_of(range) == family));
            if ranges.len() == before {
                ranges.push(usual_pod_range(family));
            }
        }
    }
    *pods = ranges;
    if follows {
        environment.proxy.detect_local.clone_from(pods);
    }
}

/// kubeadm's usual range of Pods, and kind's.
fn usual_pod_range(family: Family) -> IpNet {
    match family {
        Family::V4 => IpNet::new_assert(Ipv4Addr::new(10, 244, 0, 0).into(), 16),
        Family::V6 => {
            let address = Ipv6Addr::new(0xfd00, 0x10, 0x244, 0, 0, 0, 0, 0);
            IpNet::new_assert(address.into(), 56)
        }
    }
}

fn family_of(range: &IpNet) -> Family {
    Family::of(range.addr())
}

fn service_ranges(objects: &Objects, settings: &mut Settings, findings: &mut Findings) {
    let known = settings.environment.network.service_cidrs.clone();
    let mut first: Option<(Origin, Family)> = None;
    let mut refused: Option<(Origin, FieldError)> = None;
    let mut default_is_used = false;
    let mut found: BTreeSet<IpNet> = BTreeSet::new();
    for written in &objects.services {
        let spec = &written.value.spec;
        let texts = spec.cluster_ip.iter().chain(&spec.cluster_ips);
        for address in texts.filter_map(|text| parse_ip_sloppy(text)) {
            if is_in(&known, address) {
                default_is_used = true;
            } else {
                let at = || (written.origin.at("spec.clusterIP"), Family::of(address));
                first.get_or_insert_with(at);
                found.extend(around(address));
            }
        }
    }
    for written in &objects.services {
        let spec = &written.value.spec;
        for (family, refusal) in families_insisted_on(spec) {
            let has = |range: &IpNet| family_of(range) == family;
            if !known.iter().any(has) && !found.iter().any(has) {
                default_is_used = true;
                let at = written.origin.at(refusal.at.clone());
                let primary = known.first().map_or(family, family_of);
                first.get_or_insert_with(|| (at.clone(), primary));
                refused.get_or_insert((at, refusal));
                found.insert(usual_service_range(family));
            }
        }
    }
    let Some((at, primary)) = first else { return };
    let mut ranges = if default_is_used { known } else { Vec::new() };
    let (of_primary, others): (Vec<IpNet>, Vec<IpNet>) = found
        .into_iter()
        .partition(|range| Family::of(range.addr()) == primary);
    ranges.extend(of_primary.into_iter().chain(others));
    let texts: Vec<String> = ranges.iter().map(IpNet::to_string).collect();
    // A refusal is of "this Service": it stands there, even if an address of another one is unusual, too.
    let (at, refused) = match refused {
        Some((at, refusal)) => (at, Some(refusal.to_string().into())),
        None => (at, None),
    };
    findings.push(
        Some(at),
        AdmissionProblem::AssumedServiceRange {
            ranges: texts.join(", ").into(),
            refused,
        },
    );
    settings.set_service_ranges(ranges);
}

/// Families without which a Service would be refused, and in which words: its own cluster has them.
fn families_insisted_on(spec: &ServiceSpec) -> Vec<(Family, FieldError)> {
    let named = spec
        .ip_families
        .iter()
        .enumerate()
        .filter_map(|(index, name)| {
            let family = match name.as_str() {
                "IPv4" => Family::V4,
                "IPv6" => Family::V6,
                _ => return None,
            };
            Some((family, not_configured(index, name)))
        });
    let dual = spec.ip_family_policy.as_deref() == Some("RequireDualStack");
    let both = [Family::V4, Family::V6].map(|family| (family, not_dual_stack()));
    named.chain(both.into_iter().filter(|_| dual)).collect()
}

/// kubeadm's usual range of Services, and what its documentation shows beside it.
fn usual_service_range(family: Family) -> IpNet {
    match family {
        Family::V4 => IpNet::new_assert(Ipv4Addr::new(10, 96, 0, 0).into(), 12),
        Family::V6 => {
            let address = Ipv6Addr::new(0xfd00, 0x10, 0x96, 0, 0, 0, 0, 0);
            IpNet::new_assert(address.into(), 112)
        }
    }
}

fn pod_ranges(objects: &Objects, settings: &mut Settings) {
    let known = settings.environment.network.pod_cidrs.clone();
    let of_nodes = objects.nodes.iter().flat_map(|node| {
        let spec = &node.value.spec;
        let texts = spec.pod_cidr.iter().chain(&spec.pod_cidrs);
        texts.filter_map(|text| Some(parse_cidr_sloppy(text)?.network()))
    });
    let pods = objects
        .pods
        .iter()
        .filter(|pod| !pod.value.spec.host_network);
    let of_pods = pods.flat_map(|pod| {
        let status = &pod.value.status;
        let texts = status.pod_ips.iter().map(|ip| &ip.ip).chain(&status.pod_ip);
        texts.filter_map(|text| parse_ip_sloppy(text))
    });
    let mut default_is_used = false;
    let mut found: Vec<IpNet> = Vec::new();
    for address in of_nodes.chain(of_pods) {
        if is_in(&known, address) {
            default_is_used = true;
        } else if !is_in(&found, address) {
            found.extend(around(address));
        }
    }
    if found.is_empty() {
        return;
    }
    if default_is_used {
        found.extend(&known);
    }
    let ranges = IpNet::aggregate(&found);
    let environment = &mut settings.environment;
    if environment.proxy.detect_local == known {
        environment.proxy.detect_local.clone_from(&ranges);
    }
    environment.network.pod_cidrs = ranges;
}

fn is_in(ranges: &[IpNet], address: IpAddr) -> bool {
    ranges.iter().any(|range| range.contains(&address))
}

/// The range that an address is assumed to be from.
fn around(address: IpAddr) -> Option<IpNet> {
    IpNet::new(address, assumed_length(Family::of(address)))
        .ok()
        .map(|range| range.trunc())
}

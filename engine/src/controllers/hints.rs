//! Hints: which zones and nodes an endpoint should be used from.
//!
//! Sources: `staging/src/k8s.io/endpointslice/trafficdist` for `trafficDistribution`, `topologycache` for
//! `service.kubernetes.io/topology-mode: Auto`. Where the latter takes any of several zones (a Go map), this takes the first by
//! name. Whether kube-proxy follows the hints is its own business.

use std::collections::BTreeMap;

use crate::Str;
use crate::cluster::{Cluster, Endpoint, EndpointSlice, Meta, Service, TrafficDistribution};
use crate::finding::{ControllerProblem, Findings, HintsObstacle};
use crate::packet::Family;

/// The load that an endpoint may get above its share: 20 %.
const OVERLOAD_THRESHOLD: f64 = 0.2;

/// Nodes with one of these labels are no capacity for workloads.
const EXCLUDED_NODES: [&str; 2] = [
    "node-role.kubernetes.io/control-plane",
    "node-role.kubernetes.io/master",
];

/// Writes hints into the slices of one Service and family.
pub(super) fn add(
    shares: &ZoneShares,
    service: &Service,
    family: Family,
    slices: &mut [EndpointSlice],
    findings: &mut Findings,
) {
    if wants_topology(&service.meta) {
        if let Err(obstacle) = by_capacity(shares, slices) {
            for endpoint in slices.iter_mut().flat_map(|slice| &mut slice.endpoints) {
                endpoint.hint_zones.clear();
            }
            findings.push(
                service.meta.at("metadata.annotations"),
                ControllerProblem::TopologyHintsDisabled {
                    service: service.meta.full_name().into(),
                    family,
                    obstacle,
                },
            );
        }
    } else if let Some(distribution) = service.traffic_distribution {
        for endpoint in ready(slices) {
            endpoint.hint_zones = endpoint.zone.iter().cloned().collect();
            if distribution == TrafficDistribution::PreferSameNode {
                endpoint.hint_nodes = endpoint.node_name.iter().cloned().collect();
            }
        }
    }
}

/// The older annotation wins over the newer one, and both over `trafficDistribution`.
fn wants_topology(meta: &Meta) -> bool {
    meta.annotations
        .get("service.kubernetes.io/topology-aware-hints")
        .or_else(|| meta.annotations.get("service.kubernetes.io/topology-mode"))
        .is_some_and(|mode| mode == "Auto" || mode == "auto")
}

fn ready(slices: &mut [EndpointSlice]) -> impl Iterator<Item = &mut Endpoint> {
    slices
        .iter_mut()
        .flat_map(|slice| &mut slice.endpoints)
        .filter(|endpoint| endpoint.conditions.ready == Some(true))
}

/// Each zone's part of the cluster's CPU.
#[derive(Debug)]
pub(super) struct ZoneShares(Option<BTreeMap<Str, f64>>);

impl ZoneShares {
    /// Source: `topologycache.go`, `SetNodes`.
    pub(super) fn of(cluster: &Cluster) -> Self {
        let mut by_zone: BTreeMap<Str, u64> = BTreeMap::new();
        let workers = cluster.nodes.values().filter(|node| {
            node.ready
                && !EXCLUDED_NODES
                    .iter()
                    .any(|label| node.meta.labels.contains_key(*label))
        });
        for node in workers {
            let (Some(zone), Some(cpu)) = (
                node.zone(),
                node.allocatable_millicpu.filter(|cpu| *cpu > 0),
            ) else {
                return Self(None);
            };
            let sum = by_zone.entry(zone.clone()).or_default();
            *sum = sum.saturating_add(cpu);
        }
        if by_zone.len() < 2 {
            return Self(None);
        }
        let total: f64 = by_zone.values().map(|cpu| *cpu as f64).sum();
        Self(Some(
            by_zone
                .into_iter()
                .map(|(zone, cpu)| (zone, cpu as f64 / total))
                .collect(),
        ))
    }
}

/// Endpoints that each zone should have hinted for it. Source: `topologycache.go`, `getAllocations`.
fn desired(shares: &ZoneShares, endpoints: usize) -> Result<BTreeMap<&Str, f64>, HintsObstacle> {
    let shares = shares.0.as_ref().ok_or(HintsObstacle::NodeInfo)?;
    let zones = shares.len();
    if zones > endpoints {
        return Err(HintsObstacle::TooFewEndpoints { endpoints, zones });
    }
    let mut least = 0.0;
    let mut desired = BTreeMap::new();
    for (zone, share) in shares {
        let ideal = share * endpoints as f64;
        let minimum = (ideal * (1.0 / (1.0 + OVERLOAD_THRESHOLD))).ceil();
        least += minimum;
        desired.insert(zone, ideal.max(minimum));
    }
    if least > endpoints as f64 {
        return Err(HintsObstacle::Overload { endpoints, zones });
    }
    Ok(desired)
}

/// Source: `topologycache.go`, `AddHints`, for slices that are all new.
fn by_capacity(shares: &ZoneShares, slices: &mut [EndpointSlice]) -> Result<(), HintsObstacle> {
    let endpoints = ready(slices).count();
    let desired = desired(shares, endpoints)?;
    let mut hinted: BTreeMap<Str, u32> = BTreeMap::new();
    for endpoint in ready(slices) {
        let Some(zone) = endpoint.zone.clone().filter(|zone| !zone.is_empty()) else {
            return Err(HintsObstacle::EndpointWithoutZone);
        };
        *hinted.entry(zone.clone()).or_default() += 1;
        endpoint.hint_zones = vec![zone];
    }

    let (mut giving, mut receiving) = moves(&desired, &hinted);
    for endpoint in ready(slices) {
        let Some(zone) = endpoint.zone.clone() else {
            continue;
        };
        let Some(give) = giving.get_mut(&zone).filter(|give| **give > 0) else {
            continue;
        };
        let Some((receiver, receive)) = receiving.iter_mut().find(|(_, receive)| **receive > 0)
        else {
            break;
        };
        *give -= 1;
        *receive -= 1;
        endpoint.hint_zones = vec![receiver.clone()];
    }
    Ok(())
}

/// How many endpoints each zone gives away, and how many each receives. Source: `utils.go`, `getGivingAndReceivingZones`.
fn moves(
    desired: &BTreeMap<&Str, f64>,
    hinted: &BTreeMap<Str, u32>,
) -> (BTreeMap<Str, u32>, BTreeMap<Str, u32>) {
    let mut surplus: BTreeMap<&Str, f64> = BTreeMap::new();
    let mut lack: BTreeMap<&Str, f64> = BTreeMap::new();
    for (zone, target) in desired {
        let has = f64::from(hinted.get(*zone).copied().unwrap_or(0));
        if has > *target {
            surplus.insert(zone, has - target);
        } else if has < *target {
            lack.insert(zone, target - has);
        }
    }
    let mut giving: BTreeMap<Str, u32> = BTreeMap::new();
    let mut receiving: BTreeMap<Str, u32> = BTreeMap::new();
    while let (Some((giver, give)), Some((receiver, receive))) = (most(&surplus), most(&lack)) {
        if (give < 1.0 && receive < 1.0) || give < 0.5 || receive < 0.5 {
            break;
        }
        *giving.entry(giver.clone()).or_default() += 1;
        *receiving.entry(receiver.clone()).or_default() += 1;
        *surplus.entry(giver).or_default() -= 1.0;
        *lack.entry(receiver).or_default() -= 1.0;
    }
    (giving, receiving)
}

fn most<'a>(zones: &BTreeMap<&'a Str, f64>) -> Option<(&'a Str, f64)> {
    let mut most = None;
    for (zone, number) in zones {
        if *number > most.map_or(0.0, |(_, most)| most) {
            most = Some((*zone, *number));
        }
    }
    most
}

//! A packet in the air: what it has behind it, and what a node's events become.

use super::Reply;
use super::answer::{
    Because, Certainty, Connection, Journey, NextHop, Place, RuleRef, SnatWhy, Step, StepKind,
    Translator,
};
use super::because::rules;
use super::conntrack::{Tracked, Tracker};
use super::entry::{Entries, Group};
use super::journeys::Shot;
use super::node::{End, Event, EventKind, Ingress, Passage};
use super::outcome::Outcome;
use super::trail::{Trail, unchanged};
use crate::Str;
use crate::cluster::{Cluster, NodeId, PodId, ServiceId};
use crate::network::{Hop, ServiceDoor, Whose};
use crate::packet::{Family, Header, Side};
use crate::proxy::{Hook, Share, Visit};

/// A packet on its way.
#[derive(Debug, Clone)]
pub(super) struct Flight {
    pub(super) trail: Trail,
    pub(super) header: Header,
    /// The header as the client sent it.
    pub(super) dialled: Header,
    pub(super) connections: Vec<Tracked>,
    pub(super) nodes_passed: usize,
    /// See [`Journey::rules_evaluated`].
    pub(super) rules_evaluated: u64,
    pub(super) share: Share,
    /// Nodes that it may have entered by, with the share of each.
    pub(super) entries: Entries,
    /// Endpoints that this flight stands for.
    pub(super) endpoints: Vec<(Side, Share)>,
    /// The name outside the cluster that the destination stands for: its address is only an example.
    pub(super) outside_name: Option<Str>,
}

/// The end of one way, or of several that differ only by entry and endpoint.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) share: Share,
    pub(super) entries: Entries,
    pub(super) endpoints: Vec<(Side, Share)>,
    pub(super) journey: Journey,
}

impl Flight {
    /// Goes on for the packets that enter by one of these nodes; the first entry is told, later ones are on the way.
    pub(super) fn enter_by(&mut self, group: Group) {
        let whole = self.share;
        self.share = group.share.of(whole);
        for (_, share) in &mut self.endpoints {
            *share = group.share.of(*share);
        }
        if !self.entries.is_empty() {
            for (_, share) in &mut self.entries {
                *share = group.share.of(*share);
            }
        } else if group.is_open {
            let of_all = |(node, share): (NodeId, Share)| (node, share.of(whole));
            self.entries = group.nodes.into_iter().map(of_all).collect();
        }
    }

    /// Goes through a node: its events become steps.
    pub(super) fn pass(
        &mut self,
        shot: Shot<'_>,
        node: NodeId,
        ingress: Ingress,
        passage: &Passage,
    ) {
        let whole = self.share;
        self.share = passage.share.of(whole);
        for (_, share) in &mut self.endpoints {
            *share = passage.share.of(*share);
        }
        for (_, share) in &mut self.entries {
            *share = passage.share.of(*share);
        }
        if self.endpoints.is_empty() {
            self.endpoints = passage
                .endpoints
                .iter()
                .map(|(endpoint, share)| (Side::from(*endpoint), share.of(whole)))
                .collect();
        }
        let visits = passage.events.iter().flat_map(|event| &event.visits);
        self.rules_evaluated += visits.map(Visit::rules).sum::<u64>();
        let door = shot.facts.door(&passage.before);
        // Rules that translate leave alone what rules that filter are there to drop.
        let dropped = (door.is_some() && matches!(passage.end, End::Dropped))
            .then(|| shot.facts.loss(&passage.before));
        // Rules that let a packet be are told with the routing decision, unless that they do is the news.
        let mut passed: Vec<RuleRef> = Vec::new();
        let mut decision: Option<Step> = None;
        // What is let be at first may be sent on later: in mode ipvs.
        let translated = (passage.events.iter()).any(|event| event.what == EventKind::Dnat);
        for event in &passage.events {
            let Some(mut step) = step_of(shot, node, ingress, door, event) else {
                continue;
            };
            if let StepKind::Pass { dropped_later, .. } = &mut step.what {
                if translated || !self.is_news(shot, event) {
                    match &mut decision {
                        Some(decision) => decision.because.rules.append(&mut step.because.rules),
                        None => passed.append(&mut step.because.rules),
                    }
                    continue;
                }
                if let Some((why, because)) = &dropped {
                    *dropped_later = Some(*why);
                    step.because.service.clone_from(&because.service);
                    step.because.origins.clone_from(&because.origins);
                }
            }
            if let Some(decision) = decision.take() {
                self.trail.step(decision);
            }
            if matches!(step.what, StepKind::Route { .. }) {
                step.because.rules.append(&mut passed);
                decision = Some(step);
            } else {
                self.trail.step(step);
            }
        }
        if let Some(decision) = decision {
            self.trail.step(decision);
        }
        if passage.before != passage.after {
            self.connections.push(Tracked {
                by: Tracker::Node(node),
                original: passage.before,
                translated: passage.after,
            });
        }
        self.header = passage.after;
    }

    // kube-proxy has nothing to say about most packets; about one to a Service's or a node's address that is worth a step.
    fn is_news(&self, shot: Shot<'_>, event: &Event) -> bool {
        matches!(event.hook, Hook::Prerouting | Hook::Output)
            && self.connections.is_empty()
            && match shot.facts.network.whose(event.after.destination) {
                Whose::Service(..)
                | Whose::VacantServiceAddress
                | Whose::Node(_)
                | Whose::Loopback
                | Whose::Outside => true,
                Whose::Pod(_) | Whose::Endpoint(_) | Whose::VacantPodAddress(_) => false,
            }
    }

    pub(super) fn end(
        self,
        shot: Shot<'_>,
        step: Step,
        outcome: Outcome,
        reply: Option<Reply>,
    ) -> Leaf {
        let cluster = shot.facts.cluster;
        let connections = self.connections.iter().map(|entry| Connection {
            place: match entry.by {
                Tracker::Node(node) => node_place(cluster, node),
                Tracker::LoadBalancer(service) => load_balancer_place(cluster, service),
            },
            original: entry.original,
            reply: entry.translated.reversed(),
        });
        let connections = connections.collect();
        Leaf {
            share: self.share,
            entries: self.entries,
            endpoints: self.endpoints,
            journey: Journey {
                hops: self.trail.finish(step),
                outcome,
                reply,
                connections,
                rules_evaluated: self.rules_evaluated,
            },
        }
    }
}

// `None` for ends: they are the flight's, not the trail's.
fn step_of(
    shot: Shot<'_>,
    node: NodeId,
    ingress: Ingress,
    door: Option<ServiceDoor>,
    event: &Event,
) -> Option<Step> {
    let facts = shot.facts;
    let cluster = facts.cluster;
    let mut certainty = Certainty::Given;
    let mut because = Because::default();
    let what = match event.what {
        EventKind::Drop | EventKind::Reject(_) => return None,
        EventKind::Pass | EventKind::Accept if event.visits.is_empty() => return None,
        EventKind::Pass | EventKind::Accept => StepKind::Pass {
            hook: event.hook,
            dropped_later: None,
        },
        EventKind::Dnat => {
            (because, certainty) = facts.dnat(door, event.after.to());
            StepKind::Dnat {
                by: Translator::KubeProxy,
            }
        }
        EventKind::PortMap => {
            let mapped = facts.network.host_port(node, &event.before);
            because.origins = mapped
                .and_then(|mapped| facts.pod_origin(mapped.pod))
                .into_iter()
                .collect();
            certainty = Certainty::Assumed;
            StepKind::Dnat {
                by: Translator::PortMap,
            }
        }
        EventKind::Masquerade => {
            let process = ingress == Ingress::Process;
            let (why, cause) = facts.masquerade(door, &event.before, process);
            because = cause;
            // Towards a Pod of this node it is the address of an interface that the CNI made: with a bridge, the bridge's.
            certainty = match facts.network.route(cluster, node, event.after.destination) {
                Hop::Pod(_) | Hop::Endpoint => Certainty::Assumed,
                _ => facts.node_certainty(node),
            };
            StepKind::Snat { why }
        }
        EventKind::PortMapMasquerade => {
            certainty = Certainty::Assumed;
            StepKind::Snat {
                why: if event.before.source == event.before.destination {
                    SnatWhy::Hairpin
                } else {
                    SnatWhy::FromNode
                },
            }
        }
        EventKind::Egress => {
            certainty = Certainty::Assumed;
            StepKind::Snat {
                why: SnatWhy::Egress,
            }
        }
        EventKind::Route(hop) => {
            match hop {
                Hop::Pod(pod) => {
                    because.origins.extend(facts.pod_origin(pod));
                    certainty = facts.pod_certainty(pod);
                }
                Hop::Node(other) => {
                    certainty = facts.node_certainty(other);
                    // Some CNIs masquerade what Pods send to nodes.
                    let is_node = |address| facts.network.whose(address) == Whose::Node(other);
                    if ingress == Ingress::Pod && is_node(event.after.destination) {
                        certainty = Certainty::Assumed;
                    }
                }
                Hop::Local | Hop::Endpoint | Hop::Vacant | Hop::Default => {}
            }
            StepKind::Route {
                to: next_hop(cluster, hop),
            }
        }
    };
    let family = Family::of(event.before.destination);
    because.rules = rules(cluster, node, family, &event.visits);
    Some(Step {
        what,
        before: Some(event.before),
        after: Some(event.after),
        because,
        certainty,
    })
}

/// The end of a way by a rule of the last hook that it met.
pub(super) fn ended_by_rule(
    shot: Shot<'_>,
    node: NodeId,
    passage: &Passage,
    what: StepKind,
    mut because: Because,
) -> Step {
    let cluster = shot.facts.cluster;
    let family = Family::of(passage.after.destination);
    if let Some(event) = passage.events.last() {
        because.rules = rules(cluster, node, family, &event.visits);
    }
    unchanged(what, passage.after, because, Certainty::Given)
}

pub(super) fn pod_place(cluster: &Cluster, pod: PodId) -> Place {
    let meta = &cluster.pods[pod].meta;
    Place::Pod {
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
    }
}

pub(super) fn node_place(cluster: &Cluster, node: NodeId) -> Place {
    Place::Node {
        name: cluster.nodes[node].meta.name.clone(),
    }
}

pub(super) fn load_balancer_place(cluster: &Cluster, service: ServiceId) -> Place {
    let meta = &cluster.services[service].meta;
    Place::LoadBalancer {
        namespace: meta.namespace.clone(),
        name: meta.name.clone(),
    }
}

pub(super) fn next_hop(cluster: &Cluster, hop: Hop) -> NextHop {
    match hop {
        Hop::Local => NextHop::Local,
        Hop::Pod(pod) => NextHop::Pod {
            pod: Some(Str::from(cluster.pods[pod].meta.full_name())),
        },
        Hop::Endpoint => NextHop::Pod { pod: None },
        Hop::Vacant => NextHop::Vacant,
        Hop::Node(node) => NextHop::Node {
            node: cluster.nodes[node].meta.name.clone(),
        },
        Hop::Default => NextHop::DefaultRoute,
    }
}

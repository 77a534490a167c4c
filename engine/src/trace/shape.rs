//! When two journeys are one story: the same kinds of places and steps, with other endpoints or entry nodes.

use std::net::Ipv4Addr;

use super::answer::{Hop, Journey, NextHop, Place, StepKind};
use super::outcome::Outcome;
use crate::Str;
use crate::packet::Side;

/// What journeys of one alternative have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Shape {
    there: Vec<Mark>,
    outcome: Outcome,
    back: Vec<Mark>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
enum Mark {
    Enter(Spot),
    Step(StepKind),
}

/// A place, whichever it is of its kind; nodes are counted in the order in which they are met.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Spot {
    Pod,
    Endpoint,
    Node(usize),
    LoadBalancer,
    Outside,
    Network,
}

impl Shape {
    pub(super) fn of(journey: &Journey) -> Self {
        let mut nodes = Vec::new();
        let there = marks(&journey.hops, &mut nodes);
        let back = journey.reply.as_ref().map(|reply| &reply.hops);
        Self {
            there,
            back: back.map(|hops| marks(hops, &mut nodes)).unwrap_or_default(),
            outcome: plain_outcome(&journey.outcome),
        }
    }
}

fn marks(hops: &[Hop], nodes: &mut Vec<Str>) -> Vec<Mark> {
    let mut marks = Vec::new();
    for hop in hops {
        marks.push(Mark::Enter(match &hop.place {
            Place::Pod { .. } => Spot::Pod,
            Place::Endpoint { .. } => Spot::Endpoint,
            Place::Node { name } => Spot::Node(number(nodes, name)),
            Place::LoadBalancer { .. } => Spot::LoadBalancer,
            Place::Outside => Spot::Outside,
            Place::Network => Spot::Network,
        }));
        marks.extend(hop.steps.iter().map(|step| Mark::Step(plain(&step.what))));
    }
    marks
}

fn number(nodes: &mut Vec<Str>, name: &Str) -> usize {
    nodes
        .iter()
        .position(|known| known == name)
        .unwrap_or_else(|| {
            nodes.push(name.clone());
            nodes.len() - 1
        })
}

fn plain(what: &StepKind) -> StepKind {
    match what {
        StepKind::Resolve {
            host,
            name_is,
            has_both_families,
            ..
        } => StepKind::Resolve {
            host: host.clone(),
            address: None,
            name_is: *name_is,
            has_both_families: *has_both_families,
        },
        StepKind::Balance { candidates, .. } => StepKind::Balance {
            node: Str::default(),
            candidates: *candidates,
        },
        StepKind::Route {
            to: NextHop::Pod { .. },
        } => StepKind::Route {
            to: NextHop::Pod { pod: None },
        },
        StepKind::Route {
            to: NextHop::Node { .. },
        } => StepKind::Route {
            to: NextHop::Node {
                node: Str::default(),
            },
        },
        other => other.clone(),
    }
}

fn plain_outcome(outcome: &Outcome) -> Outcome {
    let anywhere = Side {
        address: Ipv4Addr::UNSPECIFIED.into(),
        port: None,
    };
    match outcome {
        Outcome::Delivered { listening, .. } => Outcome::Delivered {
            endpoint: anywhere,
            pod: None,
            listening: *listening,
        },
        Outcome::HealthCheck {
            service,
            local_endpoints,
            ..
        } => Outcome::HealthCheck {
            node: Str::default(),
            service: service.clone(),
            local_endpoints: *local_endpoints,
        },
        Outcome::AtNode { .. } => Outcome::AtNode {
            node: Str::default(),
            address: anywhere,
        },
        Outcome::AtLoadBalancer { .. } => Outcome::AtLoadBalancer {
            address: anywhere.ip(),
        },
        Outcome::ReplyLost { why, .. } => Outcome::ReplyLost {
            endpoint: anywhere,
            why: *why,
        },
        Outcome::HostUnreachable { .. } => Outcome::HostUnreachable {
            address: anywhere.ip(),
        },
        Outcome::Unroutable { .. } => Outcome::Unroutable {
            address: anywhere.ip(),
        },
        other => other.clone(),
    }
}

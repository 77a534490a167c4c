//! A packet's way: probe → answer.
//!
//! Walks one packet from its sender through name resolution, load balancer, rulesets and routes to wherever it ends, then
//! walks the reply back through the same connection tracking. Where kube-proxy draws lots, every branch is followed and
//! keeps its exact share. Nothing here decides what kube-proxy does: that is `proxy`'s ruleset, interpreted.
//!
//! | module | |
//! |---|---|
//! | [`probe`], [`answer`], [`outcome`] | what is asked and what is said, as data |
//! | [`headline`] | what is said of an answer before all else |
//! | [`compare`] | where two answers to one probe part |
//! | [`words`] | the same in sentences |
//! | [`node`], [`conntrack`] | one packet on one node; what it remembers |
//! | `source`, `names`, `entry` | who sends, to which address, by which node |
//! | `journeys`, `flight`, `reply` | from place to place, there and back |
//! | `because` | the fields and rules that a step rests on |
//! | `shape` | journeys that are told once |
//! | `policies` | what is not taken into account |

pub mod answer;
pub mod compare;
pub mod conntrack;
pub mod headline;
pub mod node;
pub mod outcome;
pub mod probe;
pub mod words;

mod because;
mod compiled;
mod entry;
mod flight;
mod journeys;
mod names;
mod policies;
mod reply;
mod shape;
mod source;
#[cfg(test)]
mod tests;
mod trail;

use std::net::{IpAddr, SocketAddr};

use rustc_hash::FxHashMap;

pub use answer::{
    Alternative, Answer, Because, Certainty, Connection, EndpointShare, EntryShare, Exchange, Hop,
    Journey, Lookup, NameIs, NextHop, Place, Reply, Resolver, RuleRef, ServicePortRef, Shares,
    SnatWhy, Step, StepKind, Tracked, Translator,
};
pub use compiled::Compiled;
pub use headline::Headline;
pub use outcome::{ClientSees, Listening, Loss, NotSent, Outcome, Refusal, ReplyLoss, Verdict};
pub use policies::Policies;
pub use probe::{Message, Probe, ProbeError, ProbeProblem, Source, Target};

pub use crate::proxy::Share;

use crate::Str;
use crate::cluster::{Cluster, NodeId, ProxyMode};
use crate::dns::Zone;
use crate::network::Whose;
use crate::packet::{Header, Protocol, Side};
use crate::proxy::ipvs::Scheduler;
use because::Facts;
use flight::{Flight, Leaf};
use journeys::{Choice, Shot, follow, listening, sender_place};
use names::Named;
use shape::Shape;
use source::{CLIENT_PORT, Sender};
use trail::Trail;

/// Traces one packet, with kube-proxy in this mode. Zone and `compiled` must have been made from this cluster.
pub fn trace(
    cluster: &Cluster,
    zone: &Zone,
    compiled: &Compiled,
    mode: ProxyMode,
    probe: &Probe,
) -> Answer {
    let facts = Facts::of(cluster, zone, compiled, mode);
    let (lookup, leaves) = leaves(facts, probe, Choice::default());
    let verdict = Verdict::of_all(leaves.iter().map(|leaf| leaf.journey.outcome.verdict()));
    Answer {
        probe: probe.clone(),
        lookup,
        alternatives: alternatives(facts, leaves),
        verdict,
        mode,
        shares: shares(cluster, mode),
        policies: Policies::default(),
    }
}

fn shares(cluster: &Cluster, mode: ProxyMode) -> Shares {
    if mode != ProxyMode::Ipvs {
        return Shares::Probability;
    }
    let scheduler = Scheduler::named(&cluster.environment.proxy.ipvs_scheduler);
    if scheduler.takes_turns() {
        Shares::LongRun
    } else {
        let scheduler = scheduler.name().into();
        Shares::Unknown { scheduler }
    }
}

/// The journey by this entry node to this endpoint, of those that [`Alternative`] only lists; `None` if there is none.
pub fn journey(
    cluster: &Cluster,
    zone: &Zone,
    compiled: &Compiled,
    mode: ProxyMode,
    probe: &Probe,
    entry: Option<&str>,
    endpoint: Option<Side>,
) -> Option<Journey> {
    let entry = match entry {
        Some(name) => Some(cluster.node(name)?),
        None => None,
    };
    let choice = Choice { entry, endpoint };
    let (_, leaves) = leaves(Facts::of(cluster, zone, compiled, mode), probe, choice);
    leaves
        .into_iter()
        .find(|leaf| {
            let ends_there = endpoint
                .is_none_or(|endpoint| leaf.endpoints.iter().any(|(known, _)| *known == endpoint));
            let enters_there =
                entry.is_none_or(|entry| leaf.entries.iter().any(|(known, _)| *known == entry));
            ends_there && enters_there
        })
        .map(|leaf| leaf.journey)
}

fn leaves(facts: Facts<'_>, probe: &Probe, choice: Choice) -> (Option<Lookup>, Vec<Leaf>) {
    let sender = match source::sender(facts.cluster, facts.network, &probe.from) {
        Ok(sender) => sender,
        Err(why) => return (None, vec![unsent(why)]),
    };
    let shot = Shot {
        facts,
        sender,
        choice,
    };
    match &probe.to {
        Target::Address { address } => (None, to_addresses(shot, probe, &[*address], None)),
        Target::Node { name: Some(name) } => {
            let leaves = match names::node_address(facts, sender, name) {
                Some(address) => to_addresses(shot, probe, &[address], None),
                None => vec![unsent(NotSent::NoAddressOfFamily)],
            };
            (None, leaves)
        }
        Target::Node { name: None } => (None, to_nodes(shot, probe)),
        Target::Host { host } => {
            let named = names::resolve(facts, sender, host);
            let leaves = match &named.addresses {
                Ok(addresses) => to_addresses(shot, probe, addresses, Some(&named)),
                Err(outcome) => vec![nameless(shot, &named, outcome.clone())],
            };
            (Some(named.lookup), leaves)
        }
    }
}

// Any node's address, each as likely as the next: what a client of a node port without a load balancer does.
fn to_nodes(shot: Shot<'_>, probe: &Probe) -> Vec<Leaf> {
    let cluster = shot.facts.cluster;
    let fixed = cluster.environment.options.entry_node.as_deref();
    let fixed = shot
        .choice
        .entry
        .or_else(|| fixed.and_then(|name| cluster.node(name)));
    let nodes: Vec<(NodeId, IpAddr)> = cluster
        .nodes
        .iter()
        .filter(|(id, _)| fixed.is_none_or(|fixed| fixed == *id))
        .filter_map(|(id, node)| {
            let address = names::node_address(shot.facts, shot.sender, &node.meta.name)?;
            Some((id, address))
        })
        .collect();
    if nodes.is_empty() {
        return vec![unsent(NotSent::NoAddressOfFamily)];
    }
    let each = Share::one_of(nodes.len() as u64);
    let mut leaves = Vec::new();
    for (node, address) in nodes {
        let Some(mut flight) = flight(shot, probe, address, each) else {
            leaves.push(without_source(each));
            continue;
        };
        flight.entries = vec![(node, each)];
        leaves.extend(follow(shot, flight));
    }
    leaves
}

/// What addresses of one name must have in common to be told once: endpoints of a headless Service.
#[derive(PartialEq, Eq, Hash)]
enum Alike {
    Pod {
        neighbour: bool,
        listening: Listening,
    },
    Endpoint {
        neighbour: bool,
    },
    Single(IpAddr),
}

fn to_addresses(
    shot: Shot<'_>,
    probe: &Probe,
    addresses: &[IpAddr],
    named: Option<&Named>,
) -> Vec<Leaf> {
    let each = Share::one_of(addresses.len() as u64);
    let mut groups: Vec<Vec<IpAddr>> = Vec::new();
    let mut known: FxHashMap<Alike, usize> = FxHashMap::default();
    for address in addresses {
        match known.get(&alike(shot, probe, *address)) {
            Some(nth) => groups[*nth].push(*address),
            None => {
                known.insert(alike(shot, probe, *address), groups.len());
                groups.push(vec![*address]);
            }
        }
    }
    let direct = named.is_some_and(|named| named.lookup.name_is == NameIs::Endpoints);
    let mut leaves = Vec::new();
    for mut group in groups {
        let share = group.iter().skip(1).fold(each, |sum, _| sum.plus(each));
        let chosen = |address: &IpAddr| {
            let wanted = shot.choice.endpoint.map(|endpoint| endpoint.ip());
            wanted == Some(*address)
        };
        if let Some(nth) = group.iter().position(chosen) {
            group.swap(0, nth);
        } else if direct && shot.choice.endpoint.is_some() {
            continue;
        }
        let Some(mut flight) = flight(shot, probe, group[0], share) else {
            leaves.push(without_source(share));
            continue;
        };
        if direct {
            let end = |address: &IpAddr| {
                let port = probe.message.dials().map(|(_, port)| port);
                let end = Side {
                    address: *address,
                    port,
                };
                (end, each)
            };
            flight.endpoints = group.iter().map(end).collect();
        }
        if let Some(named) = named {
            flight.outside_name.clone_from(&named.lookup.leaves_as);
            let known = named.lookup.leaves_as.is_none();
            flight.trail.step(named.step(known.then_some(group[0])));
        }
        leaves.extend(follow(shot, flight));
    }
    leaves
}

fn alike(shot: Shot<'_>, probe: &Probe, address: IpAddr) -> Alike {
    let cluster = shot.facts.cluster;
    let home = shot.sender.node(cluster);
    match shot.facts.network.whose(address) {
        Whose::Pod(pod) if shot.sender != Sender::Pod(pod) => Alike::Pod {
            neighbour: cluster.pods[pod].node() == home,
            listening: listening(Some(&cluster.pods[pod]), probe.message.dials()),
        },
        Whose::Endpoint(node) => Alike::Endpoint {
            neighbour: node == home,
        },
        _ => Alike::Single(address),
    }
}

fn flight(shot: Shot<'_>, probe: &Probe, to: IpAddr, share: Share) -> Option<Flight> {
    let source = shot.sender.address(shot.facts, to)?;
    let header = match probe.message {
        Message::Open { port, protocol } => Header::between(
            protocol,
            SocketAddr::new(source, CLIENT_PORT),
            SocketAddr::new(to, port),
        ),
        Message::Ping => Header::echo(source, to),
    };
    let mut trail = Trail::default();
    trail.enter(sender_place(shot));
    Some(Flight {
        trail,
        header,
        dialled: header,
        connections: Vec::new(),
        nodes_passed: 0,
        rules_evaluated: 0,
        share,
        entries: Vec::new(),
        endpoints: Vec::new(),
        outside_name: None,
    })
}

fn unsent(why: NotSent) -> Leaf {
    Leaf {
        share: Share::ALL,
        entries: Vec::new(),
        endpoints: Vec::new(),
        journey: Journey {
            hops: Vec::new(),
            outcome: Outcome::NotSent { why },
            reply: None,
            connections: Vec::new(),
            rules_evaluated: 0,
        },
    }
}

fn without_source(share: Share) -> Leaf {
    Leaf {
        share,
        ..unsent(NotSent::NoAddressOfFamily)
    }
}

fn nameless(shot: Shot<'_>, named: &Named, outcome: Outcome) -> Leaf {
    let mut trail = Trail::default();
    trail.enter(sender_place(shot));
    trail.step(named.step(None));
    let what = match outcome {
        Outcome::LeftCluster { .. } => StepKind::Leave,
        Outcome::Dropped { why } => StepKind::Drop { why },
        _ => StepKind::Lose,
    };
    let step = Step {
        what,
        before: None,
        after: None,
        because: Because::default(),
        certainty: Certainty::Given,
    };
    Leaf {
        share: Share::ALL,
        entries: Vec::new(),
        endpoints: Vec::new(),
        journey: Journey {
            hops: trail.finish(step),
            outcome,
            reply: None,
            connections: Vec::new(),
            rules_evaluated: 0,
        },
    }
}

// Leaves of one shape become one alternative; shares of the same entry or endpoint add up.
fn alternatives(facts: Facts<'_>, leaves: Vec<Leaf>) -> Vec<Alternative> {
    struct Group {
        share: Share,
        entries: Tally<NodeId>,
        endpoints: Tally<Side>,
        journey: Journey,
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut known: FxHashMap<Shape, usize> = FxHashMap::default();
    for leaf in leaves {
        let nth = *known
            .entry(Shape::of(&leaf.journey))
            .or_insert(groups.len());
        if nth == groups.len() {
            groups.push(Group {
                share: leaf.share,
                entries: Tally::default(),
                endpoints: Tally::default(),
                journey: leaf.journey,
            });
        } else {
            groups[nth].share = groups[nth].share.plus(leaf.share);
        }
        let group = &mut groups[nth];
        for (entry, share) in leaf.entries {
            group.entries.add(entry, share);
        }
        for (endpoint, share) in leaf.endpoints {
            group.endpoints.add(endpoint, share);
        }
    }
    let Facts {
        cluster, network, ..
    } = facts;
    groups
        .into_iter()
        .map(|group| Alternative {
            share: group.share,
            entries: group
                .entries
                .shares
                .into_iter()
                .map(|(node, share)| EntryShare {
                    node: cluster.nodes[node].meta.name.clone(),
                    share,
                })
                .collect(),
            endpoints: group
                .endpoints
                .shares
                .into_iter()
                .map(|(address, share)| {
                    let protocol = protocol_of(&group.journey);
                    endpoint_share(cluster, network, address, protocol, share)
                })
                .collect(),
            journey: group.journey,
        })
        .collect()
}

fn protocol_of(journey: &Journey) -> Option<Protocol> {
    let header = journey.steps().find_map(|step| step.after);
    header.and_then(|header| header.protocol())
}

fn endpoint_share(
    cluster: &Cluster,
    network: &crate::network::Network,
    address: Side,
    protocol: Option<Protocol>,
    share: Share,
) -> EndpointShare {
    let (pod, node) = match network.whose(address.ip()) {
        Whose::Pod(pod) => (Some(pod), cluster.pods[pod].node()),
        Whose::Node(node) => (
            network.host_pod(cluster, node, protocol.zip(address.port)),
            Some(node),
        ),
        Whose::Endpoint(node) => (None, node),
        _ => (None, None),
    };
    EndpointShare {
        address,
        pod: pod.map(|pod| Str::from(cluster.pods[pod].meta.full_name())),
        node: node.map(|node| cluster.nodes[node].meta.name.clone()),
        share,
    }
}

/// Shares by key, in the order in which keys come.
struct Tally<K> {
    shares: Vec<(K, Share)>,
    places: FxHashMap<K, usize>,
}

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self {
            shares: Vec::new(),
            places: FxHashMap::default(),
        }
    }
}

impl<K: Copy + Eq + std::hash::Hash> Tally<K> {
    fn add(&mut self, key: K, share: Share) {
        let nth = *self.places.entry(key).or_insert(self.shares.len());
        match self.shares.get_mut(nth) {
            Some((_, sum)) => *sum = sum.plus(share),
            None => self.shares.push((key, share)),
        }
    }
}

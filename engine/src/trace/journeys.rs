//! From place to place until every branch has ended.
//!
//! Each place takes a [`Flight`] and gives the flights that leave it, or ends them. The end of a way starts the reply's
//! ([`super::reply`]).

use std::net::SocketAddr;

use super::answer::{Because, Certainty, Place, Step, StepKind};
use super::because::{Facts, load_balancer_certainty, service_ref};
use super::conntrack::{Tracked, Tracker};
use super::entry;
use super::flight::{Flight, Leaf, ended_by_rule, load_balancer_place, node_place, pod_place};
use super::node::{End, Ingress, passages};
use super::outcome::{Listening, Loss, Outcome};
use super::reply::{self, Way};
use super::source::Sender;
use super::trail::unchanged;
use crate::Str;
use crate::cluster::{Cluster, IngressPoint, IpMode, NodeId, Pod, PodId, ServiceId};
use crate::network::{
    Hop, Role, ServiceDoor, Via, Whose, declares, load_balancer_nodes, source_address,
};
use crate::packet::{Family, Header, Protocol, Side, Transport};
use crate::proxy::State;

/// A packet that passes more nodes than this goes in a circle: its time to live (64 on Linux) ends it.
const MOST_NODES: usize = 16;

/// Nodes that all branches together pass at most, apart from a few for every node of the cluster. Honest clusters stay far
/// below; endpoints that are node ports of each other would branch without end.
const MOST_PASSES: usize = 512;

/// Which of the journeys are wanted; all where it says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    /// The node by which traffic enters.
    pub(super) entry: Option<NodeId>,
    /// The endpoint that is drawn first.
    pub(super) endpoint: Option<Side>,
}

/// One probe's packet to one address.
#[derive(Clone, Copy)]
pub(super) struct Shot<'a> {
    pub(super) facts: Facts<'a>,
    pub(super) sender: Sender,
    pub(super) choice: Choice,
}

/// Where a flight goes next.
#[derive(Debug, Clone, Copy)]
enum Next {
    Node(NodeId, Ingress),
    Nodes,
    LoadBalancer(ServiceId, usize),
    Lost,
    /// Over a wire that is cut.
    CutOff,
    Outside,
    /// To the Pod that sent it, without leaving it.
    Itself(PodId),
}

/// Follows a packet from its sender; the trail may hold the name's resolution already.
pub(super) fn follow(shot: Shot<'_>, mut flight: Flight) -> Vec<Leaf> {
    flight.trail.enter(sender_place(shot));
    flight.trail.step(Step {
        what: StepKind::Send,
        before: None,
        after: Some(flight.header),
        because: Because {
            origins: match shot.sender {
                Sender::Pod(pod) => shot.facts.pod_origin(pod).into_iter().collect(),
                Sender::Node(_) | Sender::Endpoint(..) | Sender::Outside(_) => Vec::new(),
            },
            ..Because::default()
        },
        certainty: match shot.sender {
            _ if flight.outside_name.is_some() => Certainty::Unknowable,
            Sender::Pod(pod) => shot.facts.pod_certainty(pod),
            Sender::Node(_) => Certainty::Given,
            Sender::Endpoint(..) | Sender::Outside(_) => Certainty::Assumed,
        },
    });
    let first = first_place(shot, &flight);
    let mut open = vec![(flight, first)];
    let mut leaves = Vec::new();
    let mut passes = MOST_PASSES + 16 * shot.facts.cluster.nodes.len();
    while let Some((flight, next)) = open.pop() {
        let mut onward = match next {
            Next::Node(node, Ingress::Wire) if shot.facts.cluster.nodes[node].cut_off => {
                leaves.push(cut_off(shot, flight));
                Vec::new()
            }
            Next::CutOff => {
                leaves.push(cut_off(shot, flight));
                Vec::new()
            }
            Next::Node(node, ingress) if passes > 0 && flight.nodes_passed < MOST_NODES => {
                passes -= 1;
                at_node(shot, flight, node, ingress, &mut leaves)
            }
            Next::Node(node, _) => {
                leaves.push(looped(shot, flight, node));
                Vec::new()
            }
            Next::Nodes => enter(shot, flight),
            Next::LoadBalancer(service, nth) => {
                at_load_balancer(shot, flight, service, nth, &mut leaves)
            }
            Next::Lost => {
                leaves.push(lost(shot, flight));
                Vec::new()
            }
            Next::Outside => {
                leaves.push(left(shot, flight));
                Vec::new()
            }
            Next::Itself(pod) => {
                leaves.push(delivered(shot, flight, Way::Inside, Some(pod)));
                Vec::new()
            }
        };
        // A stack: reversed, so that the first branch is followed first.
        onward.reverse();
        open.extend(onward);
    }
    leaves
}

/// Where the sender is.
pub(super) fn sender_place(shot: Shot<'_>) -> Place {
    let cluster = shot.facts.cluster;
    match shot.sender {
        Sender::Pod(pod) => pod_place(cluster, pod),
        Sender::Node(node) => node_place(cluster, node),
        Sender::Endpoint(node, address) => Place::Endpoint {
            address,
            node: Some(cluster.nodes[node].meta.name.clone()),
        },
        Sender::Outside(_) => Place::Outside,
    }
}

fn first_place(shot: Shot<'_>, flight: &Flight) -> Next {
    let Facts {
        cluster, network, ..
    } = shot.facts;
    let to = flight.header.destination;
    if let Some(node) = shot.sender.node(cluster) {
        let process = shot.sender.is_process(cluster);
        return match shot.sender {
            Sender::Pod(pod)
                if !process && (to.is_loopback() || cluster.pods[pod].ips.contains(&to)) =>
            {
                Next::Itself(pod)
            }
            _ if process => Next::Node(node, Ingress::Process),
            _ => Next::Node(node, Ingress::Pod),
        };
    }
    match network.whose(to) {
        Whose::Node(node) => Next::Node(node, Ingress::Wire),
        Whose::Service(service, Role::LoadBalancer { nth }) => Next::LoadBalancer(service, nth),
        // Somebody routes it to the nodes; to which ones, nobody says.
        Whose::Service(_, Role::ExternalIp) => Next::Nodes,
        Whose::Outside => Next::Outside,
        Whose::Service(_, Role::ClusterIp)
        | Whose::VacantServiceAddress
        | Whose::Pod(_)
        | Whose::Endpoint(_)
        | Whose::VacantPodAddress(_)
        | Whose::Loopback => Next::Lost,
    }
}

/// The ways from outside to the nodes: the one that Options or the caller chose, else all of them.
fn enter(shot: Shot<'_>, flight: Flight) -> Vec<(Flight, Next)> {
    let door = shot.facts.door(&flight.header);
    let groups = entry::groups(shot.facts, door, None, shot.choice.entry);
    if groups.is_empty() {
        return vec![(flight, Next::Lost)];
    }
    groups
        .into_iter()
        .map(|group| {
            let mut flight = flight.clone();
            let first = group.nodes[0].0;
            flight.enter_by(group);
            (flight, Next::Node(first, Ingress::Wire))
        })
        .collect()
}

fn at_load_balancer(
    shot: Shot<'_>,
    mut flight: Flight,
    service: ServiceId,
    nth: usize,
    leaves: &mut Vec<Leaf>,
) -> Vec<(Flight, Next)> {
    let facts = shot.facts;
    let cluster = facts.cluster;
    // Services can share a load balancer: the port says whose packet it is.
    let door = facts.door(&flight.header);
    let (door, service, nth) = match door {
        Some(ServiceDoor {
            service,
            via: Via::LoadBalancer { nth },
            ..
        }) => (door, service, nth),
        _ => (None, service, nth),
    };
    let meta = &cluster.services[service].meta;
    flight.trail.enter(load_balancer_place(cluster, service));
    if flight.header.transport == Transport::Echo {
        let address = flight.header.destination;
        let because = Because {
            service: Some(service_ref(meta)),
            ..Because::default()
        };
        let certainty = Certainty::Unknowable;
        let step = unchanged(StepKind::Deliver, flight.header, because, certainty);
        leaves.push(flight.end(shot, step, Outcome::AtLoadBalancer { address }, None));
        return Vec::new();
    }
    // Without a node port, or an address of the family, a node cannot be sent to.
    let reachable = |node: &NodeId| {
        door.is_some_and(|door| {
            balanced(cluster, service, nth, door, *node, flight.header).is_some()
        })
    };
    let candidates: Vec<NodeId> = load_balancer_nodes(cluster, service)
        .into_iter()
        .filter(reachable)
        .collect();
    let groups = entry::groups(facts, door, Some(&candidates), shot.choice.entry);
    let (Some(door), false) = (door, groups.is_empty()) else {
        let because = Because {
            service: Some(service_ref(meta)),
            origins: meta.at("spec.ports").into_iter().collect(),
            rules: Vec::new(),
        };
        let why = match door {
            Some(_) => Loss::NoBackendNode,
            None => Loss::NoListener,
        };
        let header = flight.header;
        let step = unchanged(StepKind::Drop { why }, header, because, Certainty::Assumed);
        leaves.push(flight.end(shot, step, Outcome::Dropped { why }, None));
        return Vec::new();
    };
    groups
        .into_iter()
        .filter_map(|group| {
            let node = group.nodes[0].0;
            let mut flight = flight.clone();
            let before = flight.header;
            let after = balanced(cluster, service, nth, door, node, before)?;
            flight.trail.step(Step {
                what: StepKind::Balance {
                    node: cluster.nodes[node].meta.name.clone(),
                    candidates: u32::try_from(candidates.len()).unwrap_or(u32::MAX),
                },
                before: Some(before),
                after: Some(after),
                because: facts.about(door, meta.at("status.loadBalancer")),
                certainty: load_balancer_certainty(&cluster.services[service], nth)
                    .max(Certainty::Assumed),
            });
            if before != after {
                flight.connections.push(Tracked {
                    by: Tracker::LoadBalancer(service),
                    original: before,
                    translated: after,
                });
            }
            flight.header = after;
            flight.enter_by(group);
            Some((flight, Next::Node(node, Ingress::Wire)))
        })
        .collect()
}

// `ipMode: VIP`: unchanged. Otherwise a connection of its own to the node port.
fn balanced(
    cluster: &Cluster,
    service: ServiceId,
    nth: usize,
    door: ServiceDoor,
    node: NodeId,
    before: Header,
) -> Option<Header> {
    let service = &cluster.services[service];
    let ingress = service.load_balancer.ingress.get(nth)?;
    if ingress.ip_mode == IpMode::Vip && matches!(ingress.point, IngressPoint::Ip(_)) {
        return Some(before);
    }
    let family = Family::of(before.destination);
    let address = source_address(&cluster.nodes[node], family)?;
    let port = service.ports[door.port].node_port?;
    let source = SocketAddr::new(before.destination, before.from().port?);
    let node_port = SocketAddr::new(address, port.get());
    Some(Header::between(before.protocol()?, source, node_port))
}

fn at_node(
    shot: Shot<'_>,
    mut flight: Flight,
    node: NodeId,
    ingress: Ingress,
    leaves: &mut Vec<Leaf>,
) -> Vec<(Flight, Next)> {
    let facts = shot.facts;
    let cluster = facts.cluster;
    flight.trail.enter(node_place(cluster, node));
    flight.nodes_passed += 1;
    let family = Family::of(flight.header.destination);
    let kernel = facts.kernel(node, family);
    // Only the first draw is a choice: later ones (a node port behind a load balancer's) are drawn all the same.
    let only = (shot.choice.endpoint)
        .filter(|_| flight.endpoints.is_empty())
        .and_then(Side::socket);
    let ways = passages(&kernel, &State::default(), flight.header, ingress, 0, only);
    let mut onward = Vec::new();
    for passage in ways {
        let mut flight = flight.clone();
        flight.pass(shot, node, ingress, &passage);
        match passage.end {
            End::Dropped => {
                let (why, because) = facts.loss(&passage.before);
                let step = ended_by_rule(shot, node, &passage, StepKind::Drop { why }, because);
                leaves.push(flight.end(shot, step, Outcome::Dropped { why }, None));
            }
            End::Rejected(_) => {
                let (why, because) = facts.refusal(&passage.before);
                let step = ended_by_rule(shot, node, &passage, StepKind::Reject { why }, because);
                leaves.push(flight.end(shot, step, Outcome::Rejected { why }, None));
            }
            End::To(Hop::Local) => {
                let pod = (facts.network).host_pod(cluster, node, flight.header.dials());
                let is_endpoint = !passage.endpoints.is_empty() || !flight.endpoints.is_empty();
                let by_kernel = flight.header.transport == Transport::Echo;
                leaves.push(if pod.is_some() || is_endpoint || by_kernel {
                    delivered(shot, flight, Way::AtNode(node), pod)
                } else {
                    at_own_stack(shot, flight, node)
                });
            }
            End::To(Hop::Pod(pod)) => {
                leaves.push(delivered(shot, flight, Way::Behind(node), Some(pod)));
            }
            End::To(Hop::Endpoint) => {
                leaves.push(delivered(shot, flight, Way::Behind(node), None));
            }
            End::To(Hop::Vacant) => {
                let address = flight.header.destination;
                let step = unchanged(
                    StepKind::Lose,
                    flight.header,
                    Because::default(),
                    Certainty::Assumed,
                );
                leaves.push(flight.end(shot, step, Outcome::HostUnreachable { address }, None));
            }
            End::To(Hop::Node(other)) => onward.push((flight, Next::Node(other, Ingress::Wire))),
            End::To(Hop::Default) => {
                let next = match facts.network.whose(flight.header.destination) {
                    Whose::Service(service, Role::LoadBalancer { nth }) => {
                        Next::LoadBalancer(service, nth)
                    }
                    Whose::Outside => Next::Outside,
                    Whose::Service(..)
                    | Whose::VacantServiceAddress
                    | Whose::VacantPodAddress(_)
                    | Whose::Pod(_)
                    | Whose::Node(_)
                    | Whose::Endpoint(_)
                    | Whose::Loopback => Next::Lost,
                };
                onward.push((flight, next));
            }
        }
    }
    if cluster.nodes[node].cut_off {
        onward.iter_mut().for_each(|(_, next)| *next = Next::CutOff);
    }
    onward
}

// To a process of the node: of all of them, manifests know kube-proxy alone.
fn at_own_stack(shot: Shot<'_>, flight: Flight, node: NodeId) -> Leaf {
    let facts = shot.facts;
    let name = facts.cluster.nodes[node].meta.name.clone();
    let header = flight.header;
    let back = reply::walk(shot, &flight, Way::AtNode(node));
    let (outcome, because, certainty) = match (back.lost, facts.health_check(node, &header)) {
        (Some(why), _) => {
            let endpoint = header.to();
            let outcome = Outcome::ReplyLost { endpoint, why };
            (outcome, Because::default(), Certainty::Unknowable)
        }
        (None, Some((service, check, certainty))) => {
            let meta = &facts.cluster.services[service].meta;
            let outcome = Outcome::HealthCheck {
                node: name,
                service: meta.full_name().into(),
                local_endpoints: check.local_endpoints,
            };
            let because = Because {
                service: Some(service_ref(meta)),
                origins: meta.at("spec.healthCheckNodePort").into_iter().collect(),
                rules: Vec::new(),
            };
            (outcome, because, certainty)
        }
        (None, None) => {
            let address = header.to();
            let outcome = Outcome::AtNode {
                node: name,
                address,
            };
            (outcome, Because::default(), Certainty::Unknowable)
        }
    };
    let step = unchanged(StepKind::Deliver, header, because, certainty);
    flight.end(shot, step, outcome, Some(back.reply))
}

fn delivered(shot: Shot<'_>, mut flight: Flight, way: Way, pod: Option<PodId>) -> Leaf {
    let facts = shot.facts;
    let cluster = facts.cluster;
    let endpoint = flight.header.to();
    flight.trail.enter(match (pod, way) {
        (Some(pod), _) => pod_place(cluster, pod),
        (None, Way::AtNode(node)) => node_place(cluster, node),
        (None, Way::Behind(node)) => Place::Endpoint {
            address: endpoint.ip(),
            node: Some(cluster.nodes[node].meta.name.clone()),
        },
        (None, Way::Inside | Way::Away) => Place::Endpoint {
            address: endpoint.ip(),
            node: None,
        },
    });
    if flight.endpoints.is_empty() {
        flight.endpoints = vec![(endpoint, flight.share)];
    }
    let listening = listening(pod.map(|pod| &cluster.pods[pod]), flight.header.dials());
    let because = Because {
        origins: pod
            .and_then(|pod| facts.pod_origin(pod))
            .into_iter()
            .collect(),
        ..Because::default()
    };
    let back = reply::walk(shot, &flight, way);
    let outcome = match back.lost {
        Some(why) => Outcome::ReplyLost { endpoint, why },
        None => Outcome::Delivered {
            endpoint,
            pod: pod.map(|pod| Str::from(cluster.pods[pod].meta.full_name())),
            listening,
        },
    };
    let certainty = match listening {
        Listening::Kernel => Certainty::Given,
        Listening::Declared
        | Listening::Undeclared
        | Listening::OthersDeclared
        | Listening::Unknown => Certainty::Unknowable,
    };
    let step = unchanged(StepKind::Deliver, flight.header, because, certainty);
    flight.end(shot, step, outcome, Some(back.reply))
}

/// What the manifests say of a process that would answer; what is dialled without a port, the kernel answers.
pub(super) fn listening(pod: Option<&Pod>, dialled: Option<(Protocol, u16)>) -> Listening {
    let (Some((protocol, _)), Some(pod)) = (dialled, pod) else {
        return match dialled {
            None => Listening::Kernel,
            Some(_) => Listening::Unknown,
        };
    };
    let mut declared = pod.spec.ports().filter(|port| port.protocol == protocol);
    if declares(pod, dialled) {
        Listening::Declared
    } else if declared.next().is_some() {
        Listening::OthersDeclared
    } else {
        Listening::Undeclared
    }
}

fn looped(shot: Shot<'_>, mut flight: Flight, node: NodeId) -> Leaf {
    flight.trail.enter(node_place(shot.facts.cluster, node));
    let step = unchanged(
        StepKind::Lose,
        flight.header,
        Because::default(),
        Certainty::Assumed,
    );
    flight.end(shot, step, Outcome::Looped, None)
}

fn cut_off(shot: Shot<'_>, mut flight: Flight) -> Leaf {
    let why = Loss::NodeCutOff;
    flight.trail.enter(Place::Network);
    let (header, because) = (flight.header, Because::default());
    let step = unchanged(StepKind::Drop { why }, header, because, Certainty::Given);
    flight.end(shot, step, Outcome::Dropped { why }, None)
}

fn lost(shot: Shot<'_>, mut flight: Flight) -> Leaf {
    let address = flight.header.destination;
    flight.trail.enter(Place::Network);
    let step = unchanged(
        StepKind::Lose,
        flight.header,
        Because::default(),
        Certainty::Assumed,
    );
    flight.end(shot, step, Outcome::Unroutable { address }, None)
}

fn left(shot: Shot<'_>, mut flight: Flight) -> Leaf {
    let endpoint = flight.header.to();
    flight.trail.enter(Place::Outside);
    let back = reply::walk(shot, &flight, Way::Away);
    let outcome = match back.lost {
        Some(why) => Outcome::ReplyLost { endpoint, why },
        None => Outcome::LeftCluster {
            address: flight.outside_name.is_none().then_some(endpoint.ip()),
            name: flight.outside_name.take(),
        },
    };
    let step = unchanged(
        StepKind::Leave,
        flight.header,
        Because::default(),
        Certainty::Unknowable,
    );
    flight.end(shot, step, outcome, Some(back.reply))
}

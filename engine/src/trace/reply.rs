//! The way back: routed from whoever answers, translated back wherever the packet was translated.
//!
//! Later packets of a connection do not meet the nat table, and kube-proxy's filter rules ask for new connections only:
//! no rule is walked here. Connection tracking decides, and the route.

use super::answer::{Because, Certainty, Place, Reply, Step, StepKind};
use super::conntrack::{Tracker, undo};
use super::flight::{Flight, load_balancer_place, next_hop, node_place, pod_place};
use super::journeys::{Shot, sender_place};
use super::outcome::ReplyLoss;
use super::source::Sender;
use super::trail::{Trail, unchanged};
use crate::Str;
use crate::cluster::{NodeId, PodId, ServiceId};
use crate::network::{Hop, Role, Whose};
use crate::packet::{Family, Header, Transport};

/// Places that a reply passes at most; more is a circle.
const MOST_PLACES: usize = 32;

/// How the packet got to whoever answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// Without leaving the sender's network namespace.
    Inside,
    /// To a process in the node's own.
    AtNode(NodeId),
    /// Over this node to something behind it.
    Behind(NodeId),
    /// Out of the cluster.
    Away,
}

/// A reply, and what is wrong with it.
#[derive(Debug)]
pub(super) struct Back {
    pub(super) reply: Reply,
    pub(super) lost: Option<ReplyLoss>,
}

/// Walks the reply to a flight that has arrived.
pub(super) fn walk(shot: Shot<'_>, flight: &Flight, way: Way) -> Back {
    let header = flight.header.reversed();
    let mut walk = Walk {
        shot,
        flight,
        trail: Trail::default(),
        header,
        undone_by: Vec::new(),
    };
    walk.trail.enter(walk.answerer(way));
    let by_kube_proxy = |node| shot.facts.health_check(node, &flight.header).is_some();
    walk.trail.step(Step {
        what: StepKind::Answer,
        before: None,
        after: Some(header),
        because: Because::default(),
        certainty: match (header.transport, way) {
            (Transport::Echo, _) => Certainty::Given,
            (_, Way::AtNode(node)) if by_kube_proxy(node) => Certainty::Given,
            (Transport::Ports { .. }, _) => Certainty::Unknowable,
        },
    });
    let mut at = match way {
        Way::Inside => At::Client,
        Way::AtNode(node) | Way::Behind(node) => At::Node(node),
        Way::Away => walk.back_in(),
    };
    for _ in 0..MOST_PLACES {
        at = match at {
            At::Node(node) => walk.through_node(node),
            At::Outside => walk.outside(),
            At::Client => return walk.arrive(),
            At::Astray(place) => return walk.stray(place, ReplyLoss::BypassesTranslation),
            At::Kept(place) => return walk.stray(place, ReplyLoss::KeptByNode),
            At::Lost => return walk.stray(Place::Network, ReplyLoss::NoWayBack),
        };
    }
    walk.stray(Place::Network, ReplyLoss::NoWayBack)
}

enum At {
    Node(NodeId),
    Outside,
    Client,
    /// With somebody who did not send the packet.
    Astray(Place),
    /// With a node that has the client's address itself.
    Kept(Place),
    Lost,
}

struct Walk<'a> {
    shot: Shot<'a>,
    flight: &'a Flight,
    trail: Trail,
    header: Header,
    undone_by: Vec<Str>,
}

impl Walk<'_> {
    fn answerer(&self, way: Way) -> Place {
        let facts = self.shot.facts;
        let cluster = facts.cluster;
        let header = &self.flight.header;
        let address = header.destination;
        match (way, facts.network.whose(address), self.shot.sender) {
            (Way::Away, ..) => Place::Outside,
            (Way::Inside, _, Sender::Pod(pod)) | (_, Whose::Pod(pod), _) => pod_place(cluster, pod),
            (Way::AtNode(node), ..) => {
                let pod = facts.network.host_pod(cluster, node, header.dials());
                pod.map_or_else(|| node_place(cluster, node), |pod| pod_place(cluster, pod))
            }
            (Way::Behind(node), ..) => Place::Endpoint {
                address,
                node: Some(cluster.nodes[node].meta.name.clone()),
            },
            (Way::Inside, ..) => Place::Endpoint {
                address,
                node: None,
            },
        }
    }

    fn through_node(&mut self, node: NodeId) -> At {
        let facts = self.shot.facts;
        let cluster = facts.cluster;
        self.trail.enter(node_place(cluster, node));
        self.undo(Tracker::Node(node), &cluster.nodes[node].meta.name.clone());
        let to = self.header.destination;
        let kernel = facts.kernel(node, Family::of(to));
        let hop = kernel.route(self.header);
        self.trail.step(unchanged(
            StepKind::Route {
                to: next_hop(cluster, hop),
            },
            self.header,
            Because::default(),
            Certainty::Given,
        ));
        match hop {
            Hop::Local if self.is_client_process(node) => At::Client,
            // The sender used a virtual address as its own, which this node has as well.
            Hop::Local if kernel.ruleset.binds(to) => At::Kept(node_place(cluster, node)),
            Hop::Local => At::Astray(node_place(cluster, node)),
            Hop::Pod(pod) if self.is_client_pod(pod) => At::Client,
            Hop::Pod(pod) => At::Astray(pod_place(cluster, pod)),
            Hop::Endpoint | Hop::Vacant => match self.shot.sender {
                Sender::Endpoint(home, address) if home == node && address == to => At::Client,
                _ => At::Lost,
            },
            Hop::Node(other) => At::Node(other),
            Hop::Default => At::Outside,
        }
    }

    // Load balancers, the client, and the way back into the cluster of packets that left it.
    fn outside(&mut self) -> At {
        let facts = self.shot.facts;
        let cluster = facts.cluster;
        let to = self.header.destination;
        if let Whose::Service(service, Role::LoadBalancer { .. }) = facts.network.whose(to) {
            // Several Services can share it: the connection knows whose it is.
            let service = self.balanced_by().unwrap_or(service);
            let meta = &cluster.services[service].meta;
            self.trail.enter(load_balancer_place(cluster, service));
            let name = Str::from(meta.full_name());
            if !self.undo(Tracker::LoadBalancer(service), &name) {
                return At::Lost;
            }
            return self.back_in();
        }
        self.to_outside_client()
    }

    fn balanced_by(&self) -> Option<ServiceId> {
        let connections = self.flight.connections.iter().rev();
        connections
            .filter(|connection| connection.translated.reversed() == self.header)
            .find_map(|connection| match connection.by {
                Tracker::LoadBalancer(service) => Some(service),
                Tracker::Node(_) => None,
            })
    }

    // From outside, the world knows the way to nodes, load balancers and clients; never to Pods.
    fn back_in(&self) -> At {
        match self.shot.facts.network.whose(self.header.destination) {
            Whose::Node(node) => At::Node(node),
            Whose::Outside => self.to_outside_client(),
            Whose::Service(_, Role::LoadBalancer { .. }) => At::Outside,
            Whose::Pod(_)
            | Whose::Endpoint(_)
            | Whose::VacantPodAddress(_)
            | Whose::Service(..)
            | Whose::VacantServiceAddress
            | Whose::Loopback => At::Lost,
        }
    }

    fn to_outside_client(&self) -> At {
        let is_client = matches!(self.shot.sender, Sender::Outside(_))
            && self.header.destination == self.flight.dialled.source;
        if is_client { At::Client } else { At::Lost }
    }

    fn is_client_process(&self, node: NodeId) -> bool {
        let cluster = self.shot.facts.cluster;
        self.shot.sender.is_process(cluster) && self.shot.sender.node(cluster) == Some(node)
    }

    fn is_client_pod(&self, pod: PodId) -> bool {
        self.shot.sender == Sender::Pod(pod)
    }

    fn undo(&mut self, by: Tracker, name: &Str) -> bool {
        let Some(undone) = undo(&self.flight.connections, by, self.header) else {
            return false;
        };
        self.trail.step(Step {
            what: StepKind::Undo {
                destination_nat: undone.destination_nat,
                source_nat: undone.source_nat,
            },
            before: Some(self.header),
            after: Some(undone.header),
            because: Because::default(),
            certainty: Certainty::Given,
        });
        self.header = undone.header;
        self.undone_by.push(name.clone());
        true
    }

    fn arrive(mut self) -> Back {
        let place = sender_place(self.shot);
        if self.header.reversed() != self.flight.dialled {
            return self.stray(place, ReplyLoss::BypassesTranslation);
        }
        self.trail.enter(place);
        let step = unchanged(
            StepKind::Deliver,
            self.header,
            Because::default(),
            Certainty::Given,
        );
        Back {
            reply: Reply {
                hops: self.trail.finish(step),
                undone_by: self.undone_by,
                seen_by_client: Some(self.header),
            },
            lost: None,
        }
    }

    fn stray(mut self, place: Place, why: ReplyLoss) -> Back {
        let seen = (place == sender_place(self.shot)).then_some(self.header);
        self.trail.enter(place);
        let step = unchanged(
            StepKind::Lose,
            self.header,
            Because::default(),
            Certainty::Given,
        );
        Back {
            reply: Reply {
                hops: self.trail.finish(step),
                undone_by: self.undone_by,
                seen_by_client: seen,
            },
            lost: Some(why),
        }
    }
}

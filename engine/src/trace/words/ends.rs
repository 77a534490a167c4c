//! How journeys end, in sentences: what becomes of the packet, and what the client is told.

use super::reason;
use crate::packet::Protocol;
use crate::trace::{
    ClientSees, Headline, Journey, Listening, Loss, NotSent, Outcome, Place, Refusal, ReplyLoss,
    Verdict,
};

/// How a journey ends, in a sentence: where a rule stopped it, with the Service that the rule is about.
pub fn ending(journey: &Journey) -> String {
    match (&journey.outcome, journey.steps().last()) {
        (Outcome::Rejected { .. } | Outcome::Dropped { .. }, Some(last)) => reason(last),
        (end, _) => outcome(end),
    }
}

/// An outcome in a sentence.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered {
            endpoint,
            pod,
            listening,
        } => {
            let whom = pod.as_ref().map_or_else(
                || endpoint.to_string(),
                |pod| format!("Pod {pod} ({endpoint})"),
            );
            let listening = match listening {
                Listening::Declared => "A container declares the port.",
                Listening::Undeclared => {
                    "No container declares the port, which alone hinders nothing."
                }
                Listening::OthersDeclared => {
                    "Its containers declare ports, and not this one: unless a process listens there all the same, it is refused."
                }
                Listening::Unknown => "What runs there is not in the manifests.",
                Listening::Kernel => {
                    "The kernel there answers an echo request by itself: that says nothing of any port."
                }
            };
            format!("Delivered to {whom}. {listening}")
        }
        Outcome::HealthCheck {
            node,
            service,
            local_endpoints,
        } => health_check(node, service, *local_endpoints),
        Outcome::AtNode { node, address } => {
            format!(
                "Arrives at node {node} itself, at {address}. What its own processes listen on, no manifest says."
            )
        }
        Outcome::AtLoadBalancer { address } => {
            format!(
                "Arrives at the load balancer's own address, {address}: whether it answers an echo request, no manifest can tell."
            )
        }
        Outcome::LeftCluster {
            name: Some(name), ..
        } => format!("Leaves the cluster for {name}."),
        Outcome::LeftCluster {
            address: Some(address),
            ..
        } => format!("Leaves the cluster for {address}."),
        Outcome::LeftCluster { .. } => "Leaves the cluster.".to_owned(),
        Outcome::Rejected { why } => refusal(*why, "the Service"),
        Outcome::Dropped { why } => loss(*why, "the Service"),
        Outcome::Unroutable { address } => {
            format!(
                "No route leads to {address}: it is an address that only kube-proxy's rules give a meaning, and here none does."
            )
        }
        Outcome::HostUnreachable { address } => format!("Nobody has the address {address}."),
        Outcome::ReplyLost {
            why: ReplyLoss::BypassesTranslation,
            endpoint,
        } => format!(
            "{endpoint} gets the packet, but its reply reaches the client from an address that the client never dialled."
        ),
        Outcome::ReplyLost {
            why: ReplyLoss::KeptByNode,
            endpoint,
        } => format!(
            "{endpoint} gets the packet, but its reply is for a virtual address, which the node of the endpoint takes for its own."
        ),
        Outcome::ReplyLost {
            why: ReplyLoss::NoWayBack,
            endpoint,
        } => {
            format!(
                "{endpoint} gets the packet, but nothing outside knows the way back to the client's address."
            )
        }
        Outcome::NameNotFound { host } => {
            format!("None of the names that the search list makes of `{host}` exists.")
        }
        Outcome::NoAddress { host } => {
            format!("`{host}` exists, without an address that the sender could use.")
        }
        Outcome::NoResolver { host } => format!("Nobody answers the query for `{host}`."),
        Outcome::NotSent { why } => not_sent(*why).to_owned(),
        Outcome::Looped => "It is sent in a circle until its time to live is over.".to_owned(),
    }
}

fn health_check(node: &str, service: &str, local_endpoints: usize) -> String {
    let (status, endpoints, load_balancers) = match local_endpoints {
        0 => (503, "no ready endpoint".to_owned(), "leave the node out"),
        1 => (200, "1 ready endpoint".to_owned(), "send to the node"),
        several => (
            200,
            format!("{several} ready endpoints"),
            "send to the node",
        ),
    };
    format!(
        "kube-proxy on node {node} answers HTTP {status} itself: Service {service} has {endpoints} there, so load balancers {load_balancers} (`healthCheckNodePort`)."
    )
}

/// Where a packet that arrives ends, seen from where it set out, in a few words; `None` where it does not arrive. Mostly it
/// is what divides the ways of one answer.
pub fn ends_where(journey: &Journey) -> Option<&'static str> {
    let (Outcome::Delivered { .. }, Some(first), Some(last)) =
        (&journey.outcome, journey.hops.first(), journey.hops.last())
    else {
        return None;
    };
    // Not how many nodes it passes: by another one it may come back to the first.
    let is_node = |place: &&Place| matches!(place, Place::Node { .. });
    let mut nodes = journey.hops.iter().map(|hop| &hop.place).filter(is_node);
    let enters_by = nodes.next();
    let stays = nodes.next_back().is_none_or(|node| Some(node) == enters_by);
    Some(match (&first.place, stays) {
        (sender, _) if *sender == last.place && matches!(sender, Place::Pod { .. }) => {
            "at the sender itself"
        }
        (Place::Outside, true) => "on the node by which it comes in",
        (Place::Outside, false) => "on another node than it comes in by",
        (_, true) => "on the sender's own node",
        (_, false) => "on another node than the sender",
    })
}

/// What the client is told, as its own error messages put it.
pub fn client_sees(journey: &Journey) -> &'static str {
    let sent = journey.steps().find_map(|step| step.after);
    match sent.and_then(|header| header.protocol()) {
        Some(Protocol::Udp) => datagram_sees(journey.client_sees()),
        Some(Protocol::Sctp) => association_sees(journey.client_sees()),
        Some(Protocol::Tcp) | None => connection_sees(journey.client_sees()),
    }
}

fn connection_sees(sees: ClientSees) -> &'static str {
    match sees {
        ClientSees::ConnectedIfListening => "connected if a process listens there, else refused",
        ClientSees::Healthy => "connected, and HTTP 200 from kube-proxy",
        ClientSees::Unhealthy => "connected, and HTTP 503 from kube-proxy",
        ClientSees::UpToOutside => "whatever answers outside",
        ClientSees::Refused => "connection refused, at once",
        ClientSees::NoRoute => "no route to host, after some seconds",
        ClientSees::TimedOut => "connection timed out",
        ClientSees::NoSuchHost => "no such host",
        ClientSees::NoAddress => "no address associated with the name",
        ClientSees::ResolutionFailed => "temporary failure in name resolution",
        ClientSees::Nothing => "nothing: no packet is sent",
        ClientSees::EchoReply => "an echo reply",
        ClientSees::PortUnreachable => "Destination Port Unreachable, at once",
        ClientSees::NoEcho => "no reply: 100% packet loss",
    }
}

/// UDP knows no connection. What comes back instead of an answer is ICMP, which the kernel tells only those sockets that
/// are connected (udp(7)), and which many programs do not ask for.
fn datagram_sees(sees: ClientSees) -> &'static str {
    match sees {
        ClientSees::ConnectedIfListening => {
            "an answer if a process listens there and sends one, else ICMP port unreachable, which many clients never see"
        }
        ClientSees::Refused => "ICMP port unreachable, which many clients never see",
        ClientSees::NoRoute => {
            "ICMP host unreachable after some seconds, which many clients never see"
        }
        ClientSees::TimedOut => "no answer, and no error",
        other => connection_sees(other),
    }
}

fn association_sees(sees: ClientSees) -> &'static str {
    match sees {
        ClientSees::ConnectedIfListening => {
            "an association if a process listens there, else refused (ABORT)"
        }
        other => connection_sees(other),
    }
}

/// What is said first.
pub fn headline(headline: Headline) -> &'static str {
    match headline {
        Headline::Verdict(told) => verdict(told),
        Headline::Unhealthy => "Answered 503: no local endpoints",
        Headline::PartlyUnhealthy => "Partly answered 503: no local endpoints",
        Headline::OthersDeclared => "Arrives at a port that no container declares",
        Headline::PartlyOthersDeclared => "Arrives, in part at a port that no container declares",
    }
}

/// A verdict in one word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reachable => "Reachable",
        Verdict::Unreachable => "Unreachable",
        Verdict::Ambiguous => "Sometimes reachable",
        Verdict::Undetermined => "Cannot be told",
    }
}

pub(super) fn refusal(why: Refusal, service: &str) -> String {
    match why {
        Refusal::NoEndpoints => {
            format!("The node refuses it: {service} has no endpoint that could take it.")
        }
        Refusal::NoSuchPort => format!(
            "The node refuses it: the address belongs to {service}, which has no such port."
        ),
        Refusal::Echo => format!(
            "The node refuses it: kube-proxy's rules know the address of {service} only together with a port, and an echo request has none."
        ),
        Refusal::Other => "A rule of the node refuses it.".to_owned(),
    }
}

pub(super) fn loss(why: Loss, service: &str) -> String {
    match why {
        Loss::NoLocalEndpoints => {
            format!(
                "The node drops it: the traffic policy is `Local`, and no endpoint of {service} is on this node."
            )
        }
        Loss::SourceRange => {
            format!(
                "The node drops it: the client's address is in none of the `loadBalancerSourceRanges` of {service}."
            )
        }
        Loss::UnallocatedServiceAddress => {
            "The node drops it: the address is in the Service range, and no Service has it."
                .to_owned()
        }
        Loss::NoBackendNode => {
            format!("The load balancer drops it: no node behind it takes traffic for {service}.")
        }
        Loss::NoListener => format!("The load balancer drops it: {service} has no such port."),
        Loss::NodeCutOff => {
            "It is lost on the network: the node that it goes to, or comes from, is cut off."
                .to_owned()
        }
        Loss::Other => "A rule of the node drops it.".to_owned(),
    }
}

fn not_sent(why: NotSent) -> &'static str {
    match why {
        NotSent::NoSuchSource => "The sender is not in the manifests.",
        NotSent::AmbiguousSource => {
            "Several namespaces have a sender of that name: say which, as in pod/NAMESPACE/NAME."
        }
        NotSent::NoPods => "The workload has no Pod that runs.",
        NotSent::NotPlaced => "The sender is on no node: its Pod is Pending.",
        NotSent::Finished => "The sender's Pod has finished.",
        NotSent::NoAddressOfFamily => "The sender has no address of the destination's IP family.",
    }
}

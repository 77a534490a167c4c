//! Sentences about answers: what a step does and why, how a journey ends, what would show it on a real cluster.
//!
//! Answers are data; words are made here, last, so that page and terminal say the same. No word here is parsed by anybody.

use super::answer::{Hop, NameIs, NextHop, Place, SnatWhy, Step, StepKind, Translator};
use super::outcome::{ClientSees, Listening, Loss, NotSent, Outcome, Refusal, ReplyLoss, Verdict};
use crate::packet::{Family, Header};
use crate::proxy::Hook;

/// A step in two or three words, for a timeline.
pub fn title(step: &Step) -> &'static str {
    match &step.what {
        StepKind::Resolve { address: None, .. } => "Name not found",
        StepKind::Resolve { .. } => "Resolve the name",
        StepKind::Send => "Send",
        StepKind::Balance { .. } => "Choose a node",
        StepKind::Pass { .. } => "Pass the rules",
        StepKind::Dnat { .. } => "Rewrite destination",
        StepKind::Snat { .. } => "Rewrite source",
        StepKind::Route { .. } => "Route",
        StepKind::Reject { .. } => "Rejected",
        StepKind::Drop { .. } => "Dropped",
        StepKind::Deliver => "Delivered",
        StepKind::Leave => "Leaves the cluster",
        StepKind::Lose => "Lost",
        StepKind::Undo { .. } => "Undo the rewrite",
    }
}

/// What a step does and why, in one or two sentences.
pub fn sentence(step: &Step, place: &Place) -> String {
    let at = self::place(place);
    match &step.what {
        StepKind::Resolve {
            host,
            address: None,
            ..
        } => format!("{at} asks DNS for {host} and gets no address: no packet is sent."),
        StepKind::Resolve {
            host,
            address: Some(address),
            name_is,
        } => {
            let what = match name_is {
                NameIs::ServiceAddress => {
                    "the Service's virtual address. No interface has it; rules on the node will rewrite it"
                }
                NameIs::Endpoints => {
                    "an endpoint's own address: kube-proxy has no part in what follows"
                }
                NameIs::External => {
                    "an address outside of the cluster: kube-proxy has no part in what follows"
                }
                NameIs::Address => "an address as it stands",
                NameIs::Nothing => "nothing",
            };
            format!("{host} is {address}, {what}.")
        }
        StepKind::Send => match step.after.or(step.before) {
            Some(header) => format!(
                "{at} opens a {} connection to {}.",
                header.protocol, header.destination
            ),
            None => format!("{at} sends."),
        },
        StepKind::Balance { node, candidates } => match candidates {
            0 | 1 => {
                format!("The load balancer sends it to {node}, the only node that it may use.")
            }
            n => format!("The load balancer chooses {node}, one of {n} nodes that it may use."),
        },
        StepKind::Pass { hook } => match hook {
            Hook::Postrouting => format!(
                "No rule on {at} wants to change the source: the packet leaves with the address that it has."
            ),
            _ => format!("No rule of kube-proxy on {at} is about this destination."),
        },
        StepKind::Dnat { by } => {
            let who = match by {
                Translator::KubeProxy => "kube-proxy's rules choose this endpoint",
                Translator::PortMap => "the CNI's portmap forwards this hostPort",
                Translator::LoadBalancer => {
                    "the load balancer ends the connection and opens its own to the node port"
                }
            };
            match (step.before, step.after) {
                (Some(before), Some(after)) => format!(
                    "Destination {} becomes {}: {who}.",
                    before.destination, after.destination
                ),
                _ => format!("The destination is rewritten: {who}."),
            }
        }
        StepKind::Snat { why } => {
            let why = match why {
                SnatWhy::Hairpin => {
                    "the chosen endpoint is the sender itself, and a reply that never left the Pod could not be translated back"
                }
                SnatWhy::ExternalPolicyCluster => {
                    "externalTrafficPolicy is Cluster, so the reply has to come back through this node. The Pod does not see the client's address"
                }
                SnatWhy::NotFromPod => {
                    "the sender is not in the Pod range that kube-proxy knows, so the reply has to come back through this node"
                }
                SnatWhy::MasqueradeAll => "kube-proxy runs with masqueradeAll",
                SnatWhy::FromNode => {
                    "a process of the node uses a way in from outside, so the reply has to come back to this node"
                }
                SnatWhy::Egress => {
                    "the network plugin translates Pod traffic that leaves the cluster (assumed), else no reply would find the Pod"
                }
                SnatWhy::LoadBalancer => "the load balancer opens a connection of its own",
            };
            match (step.before, step.after) {
                (Some(before), Some(after)) => {
                    format!("Source {} becomes {}: {why}.", before.source, after.source)
                }
                _ => format!("The source is rewritten: {why}."),
            }
        }
        StepKind::Route { to } => match to {
            NextHop::Local => format!("The address is {at}'s own: it goes to a process there."),
            NextHop::Pod { pod: Some(pod) } => {
                format!("{pod} runs on {at}: it goes into the Pod's network namespace.")
            }
            NextHop::Pod { pod: None } => format!("The endpoint is on {at}: it goes there."),
            NextHop::Node { node } => format!("The address belongs to {node}: it goes there."),
            NextHop::DefaultRoute => {
                "The address is none of the cluster's: it follows the default route out.".to_owned()
            }
        },
        StepKind::Reject { why } => match why {
            Refusal::NoEndpoints => format!(
                "The Service port has no usable endpoint: a rule on {at} refuses the packet with an ICMP port unreachable."
            ),
            Refusal::NoSuchPort => format!(
                "The address is a ClusterIP and its Service has no such port: a rule on {at} refuses the packet."
            ),
            Refusal::Other => format!("A rule on {at} refuses the packet."),
        },
        StepKind::Drop { why } => loss(*why, &at),
        StepKind::Deliver => match step.after.or(step.before) {
            Some(header) => format!(
                "{at} gets it: from {} to {}. Whether a process listens there is in no manifest.",
                header.source, header.destination
            ),
            None => format!("{at} gets it."),
        },
        StepKind::Leave => {
            "It leaves the cluster. What answers out there is in no manifest.".to_owned()
        }
        StepKind::Lose => match step.after.or(step.before) {
            Some(header) => format!(
                "Nobody has {}: the packet is lost without an answer.",
                header.destination.ip()
            ),
            None => "No packet is sent.".to_owned(),
        },
        StepKind::Undo {
            destination_nat,
            source_nat,
        } => {
            let what = match (destination_nat, source_nat) {
                (true, true) => "source and destination are again those of the client's connection",
                (true, false) => "the source is again the address that the client dialled",
                (false, _) => "the destination is again the client",
            };
            format!("Connection tracking on {at} undoes the translation: {what}.")
        }
    }
}

/// A place, as the subject of a sentence.
pub fn place(place: &Place) -> String {
    match place {
        Place::Pod { namespace, name } => format!("Pod {namespace}/{name}"),
        Place::Endpoint { address, .. } => format!("Endpoint {address}"),
        Place::Node { name } => format!("Node {name}"),
        Place::LoadBalancer { namespace, name } => format!("Load balancer of {namespace}/{name}"),
        Place::Outside => "The client outside".to_owned(),
        Place::Network => "The network".to_owned(),
    }
}

/// How a journey ends, in one sentence.
pub fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered {
            endpoint,
            pod,
            listening,
        } => {
            let who = pod.as_ref().map_or_else(
                || endpoint.to_string(),
                |pod| format!("{pod} at {endpoint}"),
            );
            match listening {
                Listening::Declared => format!("Delivered to {who}, and the reply comes back."),
                Listening::Undeclared => format!(
                    "Delivered to {who}, and the reply comes back. No container declares the port; that alone hinders nothing."
                ),
                Listening::Unknown => format!(
                    "Delivered to {who}, and the reply comes back. What runs there is not in the manifests."
                ),
            }
        }
        Outcome::AtNode { node, address } => {
            format!(
                "Arrives at {address}, which is {node} itself: whether a process listens there is in no manifest."
            )
        }
        Outcome::LeftCluster { name, address } => match (name, address) {
            (Some(name), _) => format!("Leaves the cluster for {name}."),
            (None, Some(address)) => format!("Leaves the cluster for {address}."),
            (None, None) => "Leaves the cluster.".to_owned(),
        },
        Outcome::Rejected { why } => match why {
            Refusal::NoEndpoints => "Refused: the Service has no usable endpoints.".to_owned(),
            Refusal::NoSuchPort => "Refused: the Service has no such port.".to_owned(),
            Refusal::Other => "Refused by a rule.".to_owned(),
        },
        Outcome::Dropped { why } => loss(*why, "the node"),
        Outcome::Unroutable { address } => {
            format!("Lost: no rule captures {address} and no route leads there.")
        }
        Outcome::HostUnreachable { address } => {
            format!("Lost: {address} is in a node's Pod range and nobody has it.")
        }
        Outcome::ReplyLost { endpoint, why } => match why {
            ReplyLoss::BypassesTranslation => format!(
                "{endpoint} gets the packet, but its reply reaches the client around the node that translated it: the client does not recognise it."
            ),
            ReplyLoss::NoWayBack => {
                format!("{endpoint} gets the packet, but its reply finds no way back.")
            }
        },
        Outcome::NameNotFound { host } => {
            format!("No such host: every name that {host} stands for is answered with NXDOMAIN.")
        }
        Outcome::NoAddress { host } => {
            format!("{host} exists and has no address that the sender could use.")
        }
        Outcome::NoResolver { host } => format!("Nobody answers the query for {host}."),
        Outcome::NotSent { why } => match why {
            NotSent::NoSuchSource => "Nothing is sent: the sender is not in the manifests.",
            NotSent::AmbiguousSource => {
                "Nothing is sent: several Pods have that name; say which namespace."
            }
            NotSent::NoPods => "Nothing is sent: the workload has no Pod that runs.",
            NotSent::NotPlaced => "Nothing is sent: the Pod is on no node.",
            NotSent::Finished => "Nothing is sent: the Pod has finished.",
            NotSent::NoAddressOfFamily => {
                "Nothing is sent: the sender has no address of the destination's family."
            }
        }
        .to_owned(),
        Outcome::Looped => "Forwarded in a circle until its time to live is over.".to_owned(),
    }
}

/// What the client is told.
pub fn client_sees(sees: ClientSees) -> &'static str {
    match sees {
        ClientSees::ConnectedIfListening => "Connected, if a process listens there",
        ClientSees::UpToOutside => "Whatever answers outside of the cluster",
        ClientSees::Refused => "Connection refused",
        ClientSees::NoRoute => "No route to host",
        ClientSees::TimedOut => "Connection timed out",
        ClientSees::NoSuchHost => "No such host",
        ClientSees::NoAddress => "No address associated with the name",
        ClientSees::ResolutionFailed => "Temporary failure in name resolution",
        ClientSees::Nothing => "Nothing: there is no client",
    }
}

/// A verdict in one word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reachable => "Reachable",
        Verdict::Unreachable => "Unreachable",
        Verdict::Ambiguous => "Sometimes reachable",
        Verdict::Undetermined => "Not determined",
    }
}

/// The command that would show a step on a real cluster.
pub fn command(step: &Step, hop: &Hop) -> Option<String> {
    let header = step.before.or(step.after);
    match &step.what {
        StepKind::Resolve { host, .. } => Some(match &hop.place {
            Place::Pod { namespace, name } => {
                format!("kubectl exec -n {namespace} {name} -- nslookup {host}")
            }
            _ => format!("dig +search {host}"),
        }),
        StepKind::Send => match &hop.place {
            Place::Pod { namespace, name } => Some(format!(
                "kubectl exec -n {namespace} {name} -- nc -zv {}",
                dialled(header?)
            )),
            _ => Some(format!("nc -zv {}", dialled(header?))),
        },
        StepKind::Dnat {
            by: Translator::KubeProxy,
        }
        | StepKind::Snat { .. }
        | StepKind::Reject { .. }
        | StepKind::Drop { .. }
        | StepKind::Pass { .. } => rules(step),
        StepKind::Dnat {
            by: Translator::PortMap,
        } => Some("iptables-save -t nat | grep CNI-HOSTPORT".to_owned()),
        StepKind::Undo { .. } => Some(format!(
            "conntrack -L -p {} | grep {}",
            header?.protocol.lower(),
            header?.destination.ip()
        )),
        StepKind::Route { .. } => Some(format!("ip route get {}", header?.destination.ip())),
        StepKind::Deliver => match &hop.place {
            Place::Pod { namespace, name } => Some(format!(
                "kubectl exec -n {namespace} {name} -- ss -ln{} 'sport = :{}'",
                match header?.protocol {
                    crate::packet::Protocol::Udp => "u",
                    _ => "t",
                },
                header?.destination.port()
            )),
            _ => None,
        },
        StepKind::Balance { .. } => {
            let service = step.because.service.as_ref()?;
            Some(format!(
                "kubectl get service -n {} {} -o wide",
                service.namespace, service.name
            ))
        }
        StepKind::Dnat { .. } | StepKind::Leave | StepKind::Lose => None,
    }
}

fn rules(step: &Step) -> Option<String> {
    let rule = step.because.rules.last()?;
    let tool = match rule.family {
        Family::V4 => "iptables-save",
        Family::V6 => "ip6tables-save",
    };
    Some(format!(
        "{tool} -t {} | grep -- '-A {} '",
        rule.table, rule.chain
    ))
}

fn dialled(header: Header) -> String {
    format!(
        "{}{} {}",
        match header.protocol {
            crate::packet::Protocol::Udp => "-u ",
            _ => "",
        },
        header.destination.ip(),
        header.destination.port()
    )
}

fn loss(why: Loss, at: &str) -> String {
    match why {
        Loss::NoLocalEndpoints => format!(
            "Dropped: the traffic policy is Local and {at} has no ready endpoint of this Service."
        ),
        Loss::SourceRange => {
            "Dropped: the source is in none of spec.loadBalancerSourceRanges.".to_owned()
        }
        Loss::UnallocatedServiceAddress => {
            "Dropped: the address is in the Service range and no Service has it.".to_owned()
        }
        Loss::NoBackendNode => "Dropped: the load balancer has no node to send it to.".to_owned(),
        Loss::Other => format!("Dropped by a rule on {at}."),
    }
}

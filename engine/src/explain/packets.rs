//! What is true of an answer's packets: whose source is rewritten, who reaches itself, what keeps its connection.

use std::collections::BTreeSet;

use super::observed;
use crate::cluster::{ProxyMode, Service, ServiceId, ServicePort, SessionAffinity};
use crate::finding::{Finding, NoLoopback, PacketProblem, Symptom};
use crate::origin::{FieldPath, Origin};
use crate::trace::{
    Alternative, Answer, Hop, Journey, Loss, Outcome, Place, SnatWhy, Step, StepKind, Verdict,
    words,
};
use crate::{Analysis, Str};

/// Protocols whose clients keep their connections: by `appProtocol`, by a port's name, by its well-known number.
const LONG_LIVED: [(&str, &[&str], u16); 9] = [
    ("gRPC", &["grpc"], 50051),
    ("HTTP/2", &["h2c", "http2"], 0),
    ("WebSocket", &["ws", "wss", "websocket"], 0),
    ("PostgreSQL", &["postgres", "postgresql"], 5432),
    ("MySQL", &["mysql"], 3306),
    ("Redis", &["redis"], 6379),
    ("MongoDB", &["mongodb", "mongo"], 27017),
    ("AMQP", &["amqp"], 5672),
    ("NATS", &["nats"], 4222),
];

/// The Service whose virtual address was dialled, whether or not it has the port.
pub(super) fn addressed(analysis: &Analysis, answer: &Answer) -> Option<ServiceId> {
    let address = dialled(answer)?.to().address;
    let services = analysis.cluster.services.iter();
    services
        .filter(|(_, service)| service.cluster_ips().contains(&address))
        .map(|(id, _)| id)
        .next()
}

/// Findings about the packets.
pub(super) fn of(
    analysis: &Analysis,
    answer: &Answer,
    services: &BTreeSet<ServiceId>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    found.extend(no_such_port(analysis, answer));
    found.extend(services.iter().filter_map(|id| {
        let service = &analysis.cluster.services[*id];
        policy_dropped(analysis, answer, service)
    }));
    found.extend(out_of_range(analysis, answer));
    found.extend(on_loopback(analysis, answer));
    found.extend(sources(analysis, answer, services));
    if answer.verdict != Verdict::Unreachable {
        let services = services.iter().map(|id| &analysis.cluster.services[*id]);
        found.extend(services.filter_map(|service| long_lived(answer, service)));
        found.extend(arrived(analysis, answer));
    }
    found
}

fn dialled(answer: &Answer) -> Option<crate::packet::Header> {
    let journey = &answer.alternatives.first()?.journey;
    let mut steps = journey.steps();
    steps
        .find(|step| matches!(step.what, StepKind::Send))
        .and_then(|step| step.after)
}

fn no_such_port(analysis: &Analysis, answer: &Answer) -> Option<Finding> {
    let (protocol, port) = dialled(answer)?.dials()?;
    let service = &analysis.cluster.services[addressed(analysis, answer)?];
    let has = |known: &&ServicePort| known.protocol == protocol && known.port.get() == port;
    if service.ports.iter().any(|known| has(&known)) {
        return None;
    }
    let refused = answer
        .alternatives
        .iter()
        .any(|one| matches!(one.journey.outcome, Outcome::Rejected { .. }));
    let problem = PacketProblem::NoSuchPort {
        service: service.meta.full_name().into(),
        port,
        protocol,
        known: service
            .ports
            .iter()
            .map(|port| (port.port.get(), port.protocol))
            .collect(),
        symptom: if refused {
            Symptom::Refused
        } else {
            Symptom::TimedOut
        },
    };
    Some(finding(service.meta.at("spec.ports"), problem))
}

/// The ways that a rule ends for this reason, each with its last step.
fn dropped(answer: &Answer, loss: Loss) -> impl Iterator<Item = (&Alternative, &Step)> {
    let ways = answer.alternatives.iter();
    ways.filter(move |way| way.journey.outcome == Outcome::Dropped { why: loss })
        .filter_map(|way| Some((way, way.journey.hops.last()?.steps.last()?)))
}

/// The nodes at which packets of a way end: those by which they enter, where several do so alike, since the journey is that
/// of the first alone.
fn end_nodes(way: &Alternative) -> Vec<Str> {
    let last = way.journey.hops.last().map(|hop| &hop.place);
    match last {
        Some(Place::Node { name }) if way.entries.is_empty() => vec![name.clone()],
        Some(Place::Node { .. }) => way.entries.iter().map(|by| by.node.clone()).collect(),
        _ => Vec::new(),
    }
}

fn is_about(step: &Step, service: &Service) -> bool {
    let about = step.because.service.as_ref();
    about.is_some_and(|about| {
        about.namespace == service.meta.namespace && about.name == service.meta.name
    })
}

/// Traffic policy `Local` of a Service, by which nodes dropped packets: certain of these, whatever is assumed of others.
fn policy_dropped(analysis: &Analysis, answer: &Answer, service: &Service) -> Option<Finding> {
    let nodes: BTreeSet<Str> = dropped(answer, Loss::NoLocalEndpoints)
        .filter(|(_, step)| is_about(step, service))
        .flat_map(|(way, _)| end_nodes(way))
        .collect();
    if nodes.is_empty() {
        return None;
    }
    let address = dialled(answer)?.to().address;
    let external = !service.cluster_ips().contains(&address);
    let field = if external {
        "spec.externalTrafficPolicy"
    } else {
        "spec.internalTrafficPolicy"
    };
    let mut written = analysis.cluster.nodes.values();
    let problem = PacketProblem::PolicyDropped {
        service: service.meta.full_name().into(),
        external,
        nodes: nodes.into_iter().collect(),
        assumed: written.all(|node| node.meta.origin.is_none()),
        symptom: observed(answer),
    };
    Some(finding(service.meta.at(field), problem))
}

/// A sender that `loadBalancerSourceRanges` leave out.
fn out_of_range(analysis: &Analysis, answer: &Answer) -> Option<Finding> {
    let (_, step) = dropped(answer, Loss::SourceRange).next()?;
    let about = step.because.service.as_ref()?;
    let service = analysis.cluster.service(&about.namespace, &about.name)?;
    let service = &analysis.cluster.services[service];
    let source = step
        .before
        .or(step.after)
        .or_else(|| dialled(answer))?
        .source;
    let ranges = service.load_balancer.source_ranges.iter();
    let problem = PacketProblem::SourceRange {
        service: service.meta.full_name().into(),
        source,
        ranges: ranges.map(|range| range.to_string().into()).collect(),
    };
    let origin = service.meta.at("spec.loadBalancerSourceRanges");
    Some(finding(origin, problem))
}

/// A node port that gets to the node's own processes, because it was dialled at a loopback address.
///
/// Source: `pkg/proxy/iptables/proxier.go` (`localhostNodePorts`, and `nodePortAddresses`); `pkg/proxy/nftables` has no such thing.
fn on_loopback(analysis: &Analysis, answer: &Answer) -> Option<Finding> {
    let header = dialled(answer)?;
    let (protocol, dialled) = header.dials()?;
    let address = header.to().address;
    let at_node = |one: &Alternative| matches!(one.journey.outcome, Outcome::AtNode { .. });
    if !address.is_loopback() || !answer.alternatives.iter().any(at_node) {
        return None;
    }
    let ports = analysis.cluster.services.values().flat_map(|service| {
        let ports = service.ports.iter();
        ports.map(move |port| (service, port))
    });
    let (service, port) = ports
        .filter(|(_, port)| port.protocol == protocol)
        .find(|(_, port)| port.node_port.map(u16::from) == Some(dialled))?;
    let proxy = &analysis.cluster.environment.proxy;
    let problem = PacketProblem::NodePortOnLoopback {
        service: service.meta.full_name().into(),
        port: dialled,
        why: match answer.mode {
            _ if address.is_ipv6() => NoLoopback::Family,
            ProxyMode::Iptables if !proxy.localhost_node_ports => NoLoopback::Setting,
            ProxyMode::Iptables => NoLoopback::Addresses,
            mode => NoLoopback::Mode(mode),
        },
    };
    let path = FieldPath::from("spec.ports").index(port.index);
    Some(finding(service.meta.at(path.key("nodePort")), problem))
}

fn sources(analysis: &Analysis, answer: &Answer, services: &BTreeSet<ServiceId>) -> Vec<Finding> {
    let mut found = Vec::new();
    let arriving = || {
        let journeys = answer.alternatives.iter().map(|one| &one.journey);
        journeys.filter(|journey| matches!(journey.outcome, Outcome::Delivered { .. }))
    };
    let lost = arriving().find_map(rewritten);
    if let Some((place, seen)) = &lost {
        let problem = PacketProblem::SourceLost {
            by: words::place(place).into(),
            seen: seen.clone(),
        };
        let service = services.first().map(|id| &analysis.cluster.services[*id]);
        let origin = service.and_then(|service| service.meta.at("spec.externalTrafficPolicy"));
        found.push(finding(origin, problem));
        for service in services.iter().map(|id| &analysis.cluster.services[*id]) {
            if service.session_affinity != SessionAffinity::None {
                let problem = PacketProblem::Affinity {
                    service: service.meta.full_name().into(),
                };
                found.push(finding(service.meta.at("spec.sessionAffinity"), problem));
            }
        }
    }
    let hairpin = arriving().find(|journey| {
        journey.steps().any(|step| {
            matches!(
                step.what,
                StepKind::Snat {
                    why: SnatWhy::Hairpin
                }
            )
        })
    });
    if let Some(Outcome::Delivered { pod: Some(pod), .. }) = hairpin.map(|journey| &journey.outcome)
    {
        found.push(finding(None, PacketProblem::Hairpin { pod: pod.clone() }));
    }
    found
}

/// Where the source of a packet from elsewhere is rewritten, and to what.
fn rewritten(journey: &Journey) -> Option<(Place, Str)> {
    let is_node = |hop: &Hop| matches!(hop.place, Place::Node { .. });
    journey.hops.iter().find_map(|hop| {
        let step = hop.steps.iter().find(|step| {
            matches!(
                step.what,
                StepKind::Snat {
                    why: SnatWhy::ExternalPolicyCluster
                        | SnatWhy::LoadBalancer
                        | SnatWhy::MasqueradeAll
                }
            )
        })?;
        // Towards a Pod of its own the interface decides, which is the CNI's.
        let is_last = journey.hops.iter().rfind(|hop| is_node(hop)) == Some(hop);
        let seen = match &hop.place {
            Place::Node { .. } if is_last => {
                "an address of the node, which one depends on the CNI".to_owned()
            }
            _ => step.after?.source.to_string(),
        };
        Some((hop.place.clone(), seen.into()))
    })
}

fn long_lived(answer: &Answer, service: &Service) -> Option<Finding> {
    let endpoints: usize = answer
        .alternatives
        .iter()
        .map(|alternative| alternative.endpoints.len())
        .sum();
    let (_, dialled) = answer.probe.message.dials()?;
    let port = service.ports.iter().find(|port| {
        port.port.get() == dialled || port.node_port.map(u16::from) == Some(dialled)
    })?;
    // A headless Service leaves the choice to the client.
    if endpoints < 2 || service.is_headless() {
        return None;
    }
    let hint = port.app_protocol.as_deref().unwrap_or(&port.name);
    let hint = hint.rsplit('/').next().unwrap_or_default();
    let (protocol, ..) = LONG_LIVED.iter().find(|(_, hints, number)| {
        let named = hints
            .iter()
            .any(|known| hint == *known || hint.split('-').any(|part| part == *known));
        named || *number == port.port.get()
    })?;
    let path = FieldPath::from("spec.ports").index(port.index);
    let problem = PacketProblem::LongLived {
        service: service.meta.full_name().into(),
        protocol: (*protocol).into(),
        endpoints,
    };
    Some(finding(service.meta.at(path), problem))
}

/// Of a Pod that is reached: what no manifest can tell.
fn arrived(analysis: &Analysis, answer: &Answer) -> Vec<Finding> {
    let mut found = Vec::new();
    let outcomes = answer.alternatives.iter().map(|one| &one.journey.outcome);
    let Some((endpoint, name)) = outcomes
        .filter_map(|outcome| match outcome {
            Outcome::Delivered {
                endpoint,
                pod: Some(pod),
                ..
            } => Some((endpoint, pod)),
            _ => None,
        })
        .next()
    else {
        return found;
    };
    let cluster = &analysis.cluster;
    let pod = name
        .split_once('/')
        .and_then(|(namespace, name)| cluster.pod(namespace, name));
    let Some(pod) = pod.map(|id| &cluster.pods[id]) else {
        return found;
    };
    if let Some(port) = endpoint.port {
        let problem = PacketProblem::Listening {
            pod: name.clone(),
            port: port.to_string().into(),
        };
        found.push(finding(cluster.pod_origin(pod, "spec.containers"), problem));
    }
    found
}

fn finding(origin: Option<Origin>, problem: PacketProblem) -> Finding {
    Finding {
        origin,
        related: Vec::new(),
        problem: problem.into(),
    }
}

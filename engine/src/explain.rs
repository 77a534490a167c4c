//! Why an answer is what it is: the findings that explain it, and what is true of its packets alone.
//!
//! ```text
//! findings of the list ── those about what the packets met ─┐
//! answer ── names, rewrites, ports, sender ── journey codes ─┴─→ in the order in which to mend them
//! ```
//!
//! Nothing is computed about packets here: that is `trace`. What a finding predicts and what a trace finds are the same
//! words, [`observed`], which the fixtures compare.

mod names;
mod packets;
mod policies;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use crate::Analysis;
use crate::cluster::{Pod, PodId, ServiceId};
use crate::finding::{
    ControllerProblem, Finding, NameProblem, Problem, ServiceProblem, Symptom, catalogue,
};
use crate::manifest::Manifest;
use crate::order::Order;
use crate::origin::{ObjectOrigin, Step};
use crate::trace::words::quoted;
use crate::trace::{
    Alternative, Answer, ClientSees, Listening, NotSent, Outcome, Place, Policies, Share, Source,
};

/// The findings that explain an answer, the one to mend first in front; behind them what is worth knowing of its packets.
pub fn explain(analysis: &Analysis, answer: &Answer) -> Vec<Finding> {
    let met = Met::of(analysis, answer);
    let is_sound = answer.arrives() && !matches!(observed(answer), Symptom::Intermittent { .. });
    let mut found: Vec<Finding> = analysis
        .findings
        .iter()
        .filter(|finding| {
            met.warns(analysis, answer, finding)
                || !is_sound && met.explains(analysis, answer, finding)
        })
        .cloned()
        .collect();
    found.extend(names::of(analysis, answer, met.sender));
    found.extend(packets::of(analysis, answer, &met.services));
    found.extend(policies::finding(analysis, answer, met.sender));
    found.order_by_key(|finding| {
        let rank = catalogue::entries().position(|entry| entry.code == finding.code());
        (
            !finding.symptom().breaks(),
            std::cmp::Reverse(finding.severity()),
            rank,
        )
    });
    found
}

/// The NetworkPolicies that would be asked about an answer's packets.
pub(crate) fn policies(analysis: &Analysis, answer: &Answer) -> Policies {
    policies::of(analysis, answer, sender(analysis, answer))
}

/// The command that shows a finding on a real cluster; `None` where nothing does.
pub fn command(manifest: &Manifest, finding: &Finding) -> Option<String> {
    let template = finding.entry().command;
    if template.is_empty() {
        return None;
    }
    let object = finding.origin.as_ref().map(|origin| origin.object);
    let identity = object.and_then(|object| manifest.identity(object));
    let (namespace, kind, name) = identity.map_or(("default", "KIND", "NAME"), |identity| {
        let namespace = match identity.namespace.as_str() {
            "" => "default",
            namespace => namespace,
        };
        (namespace, identity.kind.as_str(), identity.name.as_str())
    });
    Some(
        template
            .replace("{namespace}", &quoted(namespace))
            .replace("{kind}", &quoted(kind))
            .replace("{name}", &quoted(name)),
    )
}

/// What the sender of an answer's packets sees, in the words in which findings predict it.
pub fn observed(answer: &Answer) -> Symptom {
    let each: Vec<(Symptom, Share)> = answer
        .alternatives
        .iter()
        .map(|alternative| {
            let journey = &alternative.journey;
            let sees = match (journey.client_sees(), &journey.outcome) {
                (
                    ClientSees::ConnectedIfListening,
                    Outcome::Delivered {
                        listening: Listening::Undeclared | Listening::OthersDeclared,
                        ..
                    },
                ) => Symptom::Unknowable,
                (_, Outcome::NotSent { why }) if *why == NotSent::NotPlaced => Symptom::Pending,
                (sees, _) => symptom(sees),
            };
            (sees, alternative.share)
        })
        .collect();
    let first = each.first().map_or(Symptom::Nothing, |(sees, _)| *sees);
    if each.iter().all(|(sees, _)| *sees == first) {
        return first;
    }
    let bad = each.iter().filter(|(sees, _)| *sees != Symptom::Nothing);
    let share = bad
        .map(|(_, share)| *share)
        .reduce(Share::plus)
        .unwrap_or(Share::ALL);
    let (failing, of) = share.parts();
    Symptom::Intermittent { failing, of }
}

fn symptom(sees: ClientSees) -> Symptom {
    match sees {
        ClientSees::Refused | ClientSees::PortUnreachable => Symptom::Refused,
        ClientSees::NoRoute | ClientSees::TimedOut | ClientSees::NoEcho => Symptom::TimedOut,
        ClientSees::NoSuchHost | ClientSees::ResolutionFailed => Symptom::NoSuchHost,
        ClientSees::NoAddress => Symptom::NoAddress,
        ClientSees::UpToOutside => Symptom::Unknowable,
        ClientSees::ConnectedIfListening
        | ClientSees::Healthy
        | ClientSees::Unhealthy
        | ClientSees::Nothing
        | ClientSees::EchoReply => Symptom::Nothing,
    }
}

/// What the packets of an answer had to do with.
struct Met {
    sender: Option<PodId>,
    services: BTreeSet<ServiceId>,
    /// Those Services, the sender, and the Pods that the Services select: where they were written.
    objects: BTreeSet<ObjectOrigin>,
}

impl Met {
    fn of(analysis: &Analysis, answer: &Answer) -> Self {
        let cluster = &analysis.cluster;
        let sender = sender(analysis, answer);
        let mut services = BTreeSet::new();
        for alternative in &answer.alternatives {
            let causes = alternative.journey.steps().map(|step| &step.because);
            for service in causes.filter_map(|because| because.service.as_ref()) {
                services.extend(cluster.service(&service.namespace, &service.name));
            }
        }
        services.extend(names::meant(analysis, answer, sender));
        services.extend(packets::addressed(analysis, answer));
        let mut objects = BTreeSet::new();
        for service in &services {
            objects.extend(cluster.services[*service].meta.origin);
            for pod in analysis.topology.selected(*service) {
                objects.extend(written(analysis, &cluster.pods[pod]));
            }
        }
        objects.extend(sender.and_then(|pod| written(analysis, &cluster.pods[pod])));
        Self {
            sender,
            services,
            objects,
        }
    }

    fn explains(&self, analysis: &Analysis, answer: &Answer, finding: &Finding) -> bool {
        match &finding.problem {
            // Told of the nodes that dropped it: see `packets`.
            Problem::Service(ServiceProblem::PolicyDrops { .. }) => false,
            Problem::Service(
                ServiceProblem::SliceWithoutService {
                    nearest: Some(service),
                    ..
                }
                | ServiceProblem::SlicePortNotInService { service, .. },
            ) => self.services.iter().any(|id| {
                let meta = &analysis.cluster.services[*id].meta;
                meta.name == *service || meta.full_name() == *service
            }),
            Problem::Controller(_) if finding.code() == "load-balancer-pending" => {
                matches!(answer.probe.from, Source::Outside { .. }) && self.is_met(finding)
            }
            Problem::Controller(ControllerProblem::EndpointsWithoutService { endpoints }) => {
                unnamed(answer) && names::label(answer, 0) == endpoints.split('/').nth(1)
            }
            Problem::Name(NameProblem::SubdomainWithoutService { service, .. }) => {
                let pod = || names::pod_meant(analysis, answer, self.sender);
                let written = || written(analysis, &analysis.cluster.pods[pod()?]);
                let is_of_pod = || {
                    let origin = finding.origin.as_ref();
                    origin.is_some_and(|origin| Some(origin.object) == written())
                };
                unnamed(answer)
                    && (names::label(answer, 1) == service.split('/').nth(1) || is_of_pod())
            }
            Problem::Name(NameProblem::ExternalNameIsShort { .. }) => self.is_met(finding),
            Problem::Name(NameProblem::DomainsDiffer { .. }) => unnamed(answer),
            Problem::Admission(_) if finding.code() != "refused-by-api-server" => {
                finding.symptom().breaks() && unnamed(answer)
            }
            _ => {
                finding.symptom().breaks()
                    && self.is_met(finding)
                    && self.is_of_port(analysis, answer, finding)
            }
        }
    }

    /// Whether it tells why a packet that arrives may find nobody: the port that was dialled is nobody's.
    fn warns(&self, analysis: &Analysis, answer: &Answer, finding: &Finding) -> bool {
        let undeclared = |alternative: &Alternative| {
            matches!(
                alternative.journey.outcome,
                Outcome::Delivered {
                    listening: Listening::Undeclared | Listening::OthersDeclared,
                    ..
                }
            )
        };
        matches!(
            finding.problem,
            Problem::Service(
                ServiceProblem::HeadlessPortDiffers { .. }
                    | ServiceProblem::TargetPortUndeclared { .. }
            )
        ) && answer.alternatives.iter().any(undeclared)
            && self.is_met(finding)
            && self.is_of_port(analysis, answer, finding)
    }

    fn is_met(&self, finding: &Finding) -> bool {
        let origin = finding.origin.as_ref();
        origin.is_some_and(|origin| self.objects.contains(&origin.object))
    }

    /// What is wrong with one port of a Service says nothing about packets to another.
    fn is_of_port(&self, analysis: &Analysis, answer: &Answer, finding: &Finding) -> bool {
        let Some(origin) = &finding.origin else {
            return true;
        };
        let [Step::Key(spec), Step::Key(ports), Step::Index(index), ..] = origin.path.0.as_slice()
        else {
            return true;
        };
        if spec != "spec" || ports != "ports" {
            return true;
        }
        let Some((_, dialled)) = answer.probe.message.dials() else {
            return true;
        };
        let services = self
            .services
            .iter()
            .map(|id| &analysis.cluster.services[*id]);
        let mut known = services
            .filter(|service| service.meta.origin == Some(origin.object))
            .flat_map(|service| &service.ports)
            .filter(|port| {
                let node_port = port.node_port.map(u16::from);
                port.port.get() == dialled || node_port == Some(dialled)
            })
            .peekable();
        known.peek().is_none() || known.any(|port| port.index == *index as usize)
    }
}

fn unnamed(answer: &Answer) -> bool {
    answer.alternatives.iter().any(|alternative| {
        matches!(
            alternative.journey.outcome,
            Outcome::NameNotFound { .. } | Outcome::NoResolver { .. } | Outcome::NoAddress { .. }
        )
    })
}

/// The Pod that sends.
fn sender(analysis: &Analysis, answer: &Answer) -> Option<PodId> {
    let cluster = &analysis.cluster;
    let journey = &answer.alternatives.first()?.journey;
    if let Some(Place::Pod { namespace, name }) = journey.hops.first().map(|hop| &hop.place) {
        return cluster.pod(namespace, name);
    }
    // Of one that is on no node, or on its network, nothing is told but the question.
    let Source::Pod { namespace, name } = &answer.probe.from else {
        return None;
    };
    cluster
        .pods
        .iter()
        .find(|(_, pod)| {
            let same = namespace
                .as_ref()
                .is_none_or(|ns| *ns == pod.meta.namespace);
            same && pod.meta.name == *name
        })
        .map(|(id, _)| id)
}

/// The object in which a Pod was written: itself, or its workload.
fn written(analysis: &Analysis, pod: &Pod) -> Option<ObjectOrigin> {
    let origin = analysis.cluster.pod_origin(pod, "metadata")?;
    Some(origin.object)
}

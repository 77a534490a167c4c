//! A probe's answer as timelines with places on the map.

use switchboard_engine::{
    Str,
    cluster::{ProxyMode, SessionAffinity},
    packet::Side,
    trace::{
        Alternative, Answer, EndpointShare, EntryShare, Headline, Hop, Journey, NameIs, Outcome,
        Place, Probe, Shares, Step, StepKind, Translator, compare, words as engine_words,
    },
};

use super::{Memory, findings, inside, rules, whatif};
use crate::{
    protocol::{
        EndView, Phase, ProbeText, RuleView, StepView, TraceView, TrackedView, WayView,
        follow::{BranchWanted, ModeView, OutcomeView},
    },
    scene::{ColumnKey, Key, Name},
    words,
};

/// Rules of a chain that were passed over and are shown one by one.
const PASSED: usize = 4;
/// Ways that are told of a probe in a list of many.
const WAYS: usize = 3;

/// Asks the engine. The error says what cannot be read in the question.
pub(super) fn trace(memory: &Memory, probe: ProbeText) -> Result<TraceView, String> {
    let parsed = Probe::parse(&probe.from, &probe.to).map_err(|error| error.to_string())?;
    let (sent, sender) = sent(memory, parsed);
    let answer = memory.analysis.trace(&sent);
    let view = view(memory, probe, &answer);
    Ok(TraceView {
        why: findings::why(memory, &answer),
        caveats: sender.into_iter().chain(view.caveats).collect(),
        ..view
    })
}

/// The probe as this cluster can send it, and what became of a sender that changes took away.
fn sent(memory: &Memory, probe: Probe) -> (Probe, Option<String>) {
    if memory.changes.is_empty() {
        return (probe, None);
    }
    whatif::sender_after(memory, probe)
}

/// The same probe in every mode, the cluster's own first; none if the probe cannot be read.
pub(super) fn modes(memory: &Memory, probe: &ProbeText) -> Vec<ModeView> {
    let Ok(parsed) = Probe::parse(&probe.from, &probe.to) else {
        return Vec::new();
    };
    let (parsed, _) = sent(memory, parsed);
    let own = memory.analysis.cluster.environment.proxy.mode;
    let own_answer = memory.analysis.trace(&parsed);
    ProxyMode::ALL
        .into_iter()
        .map(|mode| {
            let answer = memory.analysis.trace_in(mode, &parsed);
            let difference = compare::difference(&own_answer, &answer);
            ModeView {
                mode,
                is_own: mode == own,
                differs: engine_words::difference(
                    (own.name(), &own_answer),
                    (mode.name(), &answer),
                ),
                differs_from: difference
                    .filter(|difference| difference.alternative == 0)
                    .and_then(|difference| difference.step)
                    .map(count),
                trace: view(memory, probe.clone(), &answer),
            }
        })
        .collect()
}

/// Where probes go, without their steps: those are asked for one by one.
pub(super) fn outcomes(
    memory: &Memory,
    probes: Vec<ProbeText>,
) -> Vec<(ProbeText, Result<OutcomeView, String>)> {
    let told = probes.into_iter().map(|probe| {
        let outcome = Probe::parse(&probe.from, &probe.to)
            .map(|parsed| outcome(memory, parsed))
            .map_err(|error| error.to_string());
        (probe, outcome)
    });
    told.collect()
}

fn outcome(memory: &Memory, probe: Probe) -> OutcomeView {
    let (probe, _) = sent(memory, probe);
    let answer = memory.analysis.trace(&probe);
    let ways = &answer.alternatives;
    let mut sees: Vec<&str> = Vec::new();
    for way in ways {
        let seen = engine_words::client_sees(&way.journey);
        if !sees.contains(&seen) {
            sees.push(seen);
        }
    }
    let ends: Vec<String> = match ways.as_slice() {
        [only] => vec![title(only)],
        ways => {
            let told = ways.iter().take(WAYS);
            let told = told.map(|way| words::probe::way(way.share, &title(way)));
            let more = ways.len().checked_sub(WAYS + 1);
            told.chain(more.map(|more| words::common::and_more(more + 1)))
                .collect()
        }
    };
    OutcomeView {
        headline: Headline::of(&answer),
        sees: words::probe::either(&sees),
        ends: words::probe::ways(&ends),
    }
}

/// One journey of those that an alternative only lists.
pub(super) fn branch(memory: &Memory, wanted: &BranchWanted) -> Option<WayView> {
    let probe = Probe::parse(&wanted.probe.from, &wanted.probe.to).ok()?;
    let (probe, _) = sent(memory, probe);
    let analysis = &memory.analysis;
    let mode = wanted
        .mode
        .unwrap_or(analysis.cluster.environment.proxy.mode);
    let answer = analysis.trace_in(mode, &probe);
    let alternative = answer.alternatives.get(wanted.way as usize)?;
    let entry = wanted
        .entry
        .and_then(|nth| alternative.entries.get(nth as usize));
    let end = wanted
        .end
        .and_then(|nth| alternative.endpoints.get(nth as usize));
    let journey = analysis.journey_in(
        mode,
        &probe,
        entry.map(|entry| entry.node.as_str()),
        end.map(|end| end.address),
    )?;
    let chosen = Alternative {
        journey,
        ..alternative.clone()
    };
    Some(WayView {
        entry: wanted.entry.or_else(|| entered(&chosen)),
        ..way(memory, &answer, &chosen)
    })
}

/// An answer with its places.
pub(super) fn view(memory: &Memory, probe: ProbeText, answer: &Answer) -> TraceView {
    TraceView {
        probe,
        headline: Headline::of(answer),
        mode: answer.mode,
        caveats: engine_words::caveats(answer)
            .into_iter()
            .chain(whatif::caveat(memory))
            .collect(),
        why: Vec::new(),
        shares: engine_words::shares(&answer.shares).to_owned(),
        in_turns: answer.shares == Shares::LongRun,
        common: count(answer.common_steps()),
        affinity: affinity(memory, answer),
        ways: answer
            .alternatives
            .iter()
            .map(|alternative| way(memory, answer, alternative))
            .collect(),
        lookup: answer.lookup.clone(),
    }
}

/// How long a client stays with its endpoint, where kube-proxy draws one.
fn affinity(memory: &Memory, answer: &Answer) -> Option<u32> {
    let cluster = &memory.analysis.cluster;
    let mut steps = answer
        .alternatives
        .iter()
        .flat_map(|way| way.journey.steps());
    let service = steps.find_map(|step| match step.what {
        StepKind::Dnat {
            by: Translator::KubeProxy,
        } => step.because.service.as_ref(),
        _ => None,
    })?;
    match cluster.services[cluster.service(&service.namespace, &service.name)?].session_affinity {
        SessionAffinity::ClientIp { timeout } => Some(timeout),
        SessionAffinity::None => None,
    }
}

fn way(memory: &Memory, answer: &Answer, alternative: &Alternative) -> WayView {
    let journey = &alternative.journey;
    let sees = journey.client_sees();
    WayView {
        title: title(alternative),
        share: alternative.share.to_string(),
        fraction: alternative.share.as_f64(),
        headline: Headline::of_journey(answer, journey),
        outcome: engine_words::ending(journey),
        ends_where: engine_words::ends_where(journey).map(str::to_owned),
        client_sees: sees,
        client_sees_text: engine_words::client_sees(journey).to_owned(),
        ends: alternative
            .endpoints
            .iter()
            .map(|endpoint| end(memory, endpoint))
            .collect(),
        entries: alternative
            .entries
            .iter()
            .map(|entry| self::entry(memory, entry))
            .collect(),
        steps: steps(memory, answer, journey),
        rules_evaluated: journey.rules_evaluated,
        rules_text: engine_words::rules_evaluated(journey, answer.mode),
        end: ended(alternative),
        entry: entered(alternative),
        visits: inside::visits(journey),
    }
}

/// The endpoint that the journey goes to: one of the destinations that its packet has on the way.
fn ended(alternative: &Alternative) -> Option<u32> {
    let headers = alternative.journey.steps().filter_map(|step| step.after);
    let reached: Vec<Side> = headers.map(|header| header.to()).collect();
    let ends = &alternative.endpoints;
    ends.iter()
        .position(|end| reached.contains(&end.address))
        .map(count)
}

/// The node that the journey enters by: the first that it comes to.
fn entered(alternative: &Alternative) -> Option<u32> {
    let first = alternative
        .journey
        .hops
        .iter()
        .find_map(|hop| match &hop.place {
            Place::Node { name } => Some(name),
            _ => None,
        })?;
    let entries = &alternative.entries;
    entries
        .iter()
        .position(|entry| entry.node == *first)
        .map(count)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

fn title(alternative: &Alternative) -> String {
    match (
        alternative.endpoints.as_slice(),
        &alternative.journey.outcome,
    ) {
        ([one], Outcome::Delivered { .. }) => {
            let address = one.address.to_string();
            let name = one.pod.as_deref().map_or(address.as_str(), |pod| {
                pod.split_once('/').map_or(pod, |(_, name)| name)
            });
            match &one.node {
                Some(node) => words::common::on_node(name, node),
                None => name.to_owned(),
            }
        }
        (several, Outcome::Delivered { .. }) if several.len() > 1 => {
            words::journey::one_of_endpoints(several.len())
        }
        (_, outcome) => engine_words::outcome(outcome),
    }
}

fn end(memory: &Memory, endpoint: &EndpointShare) -> EndView {
    EndView {
        title: endpoint
            .pod
            .as_ref()
            .map_or_else(|| endpoint.address.to_string(), ToString::to_string),
        subtitle: match &endpoint.node {
            Some(node) => words::common::on_node(&endpoint.address.to_string(), node),
            None => endpoint.address.to_string(),
        },
        share: endpoint.share.to_string(),
        at: match endpoint.pod.as_ref().and_then(|pod| pod.split_once('/')) {
            Some((namespace, name)) => pod_keys(memory, namespace, name),
            None => vec![Key::Address(endpoint.address.ip().to_string().into())],
        },
        node: endpoint.node.clone(),
    }
}

fn entry(memory: &Memory, entry: &EntryShare) -> EndView {
    EndView {
        title: entry.node.to_string(),
        subtitle: String::new(),
        share: entry.share.to_string(),
        at: node_keys(memory, &entry.node),
        node: Some(entry.node.clone()),
    }
}

fn steps(memory: &Memory, answer: &Answer, journey: &Journey) -> Vec<StepView> {
    let (mode, probe) = (answer.mode, &answer.probe);
    let mut views: Vec<StepView> = Vec::new();
    let there = journey.hops.iter().flat_map(|hop| pair(hop, false));
    let reply = journey.reply.iter().flat_map(|reply| &reply.hops);
    let back = reply.flat_map(|hop| pair(hop, true));
    let mut phase = phase_after_dns(journey);
    for (hop, step, replying) in there.chain(back) {
        let at = place_keys(memory, journey, hop, step, views.last());
        let node = node_of(memory, &hop.place);
        views.push(StepView {
            phase: match (&step.what, replying) {
                (StepKind::Resolve { .. }, _) => Phase::Dns,
                (_, true) => Phase::Reply,
                _ => phase,
            },
            title: engine_words::title(step),
            reason: engine_words::reason(step),
            place: engine_words::place(&hop.place),
            at,
            zone: node.as_ref().and_then(|node| {
                let id = memory.analysis.cluster.node(node)?;
                memory.analysis.cluster.nodes[id].zone().cloned()
            }),
            node,
            before: step.before,
            after: step.after,
            rules: step
                .because
                .rules
                .iter()
                .map(|rule| RuleView {
                    passed: memory
                        .analysis
                        .rules_met(mode, rule, PASSED)
                        .into_iter()
                        .filter(|met| !(rule.matched && met.at.nth == rule.last))
                        .map(|met| (met.text, met.missed))
                        .collect(),
                    text: rules::text(&memory.analysis, mode, rule),
                    rule: rule.clone(),
                })
                .collect(),
            rules_evaluated: step.rules_evaluated(),
            service: step.because.service.as_ref().map(|service| {
                let name = Name {
                    namespace: service.namespace.clone(),
                    name: service.name.clone(),
                };
                (name, service.port.clone())
            }),
            tracked: journey
                .tracked(views.len() + 1)
                .iter()
                .map(|entry| TrackedView {
                    place: engine_words::place(&entry.connection.place),
                    line: engine_words::conntrack(entry),
                    told: engine_words::tracked(entry),
                    is_translated: entry.connection.is_translated(),
                })
                .collect(),
            causes: step
                .because
                .origins
                .iter()
                .filter_map(|origin| memory.texts.place(&memory.analysis.manifest, origin))
                .collect(),
            certainty: step.certainty,
            command: memory.analysis.command_of_step(probe, hop, step),
            ends: (!replying && step.what.ends()).then(|| answer.verdict_of(journey)),
        });
        if !replying && matches!(step.what, StepKind::Dnat { .. }) {
            phase = match journey.outcome {
                Outcome::LeftCluster { .. } => Phase::Outside,
                _ => Phase::Pod,
            };
        }
    }
    views
}

fn pair(hop: &Hop, replying: bool) -> impl Iterator<Item = (&Hop, &Step, bool)> {
    hop.steps.iter().map(move |step| (hop, step, replying))
}

/// What the part between DNS and the first rewrite is called.
fn phase_after_dns(journey: &Journey) -> Phase {
    let resolved = journey.steps().find_map(|step| match &step.what {
        StepKind::Resolve { name_is, .. } => Some(*name_is),
        _ => None,
    });
    let rewritten = journey
        .steps()
        .any(|step| matches!(step.what, StepKind::Dnat { .. }));
    match (resolved, &journey.outcome) {
        // There is nothing to send a packet to.
        (Some(NameIs::Nothing), _) => Phase::Dns,
        (Some(NameIs::External), _) => Phase::Outside,
        _ if rewritten => Phase::Service,
        (_, Outcome::LeftCluster { .. }) => Phase::Outside,
        (Some(NameIs::Endpoints), _)
        | (_, Outcome::Delivered { .. } | Outcome::HostUnreachable { .. }) => Phase::Pod,
        (_, Outcome::AtNode { .. } | Outcome::HealthCheck { .. }) => Phase::Node,
        _ => Phase::Service,
    }
}

fn place_keys(
    memory: &Memory,
    journey: &Journey,
    hop: &Hop,
    step: &Step,
    previous: Option<&StepView>,
) -> Vec<Key> {
    if matches!(step.what, StepKind::Resolve { .. }) {
        return vec![Key::Dns];
    }
    let stay = || {
        previous
            .map(|step| step.at.clone())
            .filter(|at| *at != [Key::Dns])
    };
    match &hop.place {
        Place::Pod { namespace, name } => pod_keys(memory, namespace, name),
        Place::Endpoint { address, .. } => {
            let mut keys = vec![Key::Address(address.to_string().into())];
            if let Some(service) = &step.because.service {
                keys.push(Key::Addresses(Name {
                    namespace: service.namespace.clone(),
                    name: service.name.clone(),
                }));
            }
            keys
        }
        Place::Node { name } if step.what == StepKind::Deliver => node_keys(memory, name),
        // A node's rules are drawn at the Service that they are about: that is where the address changes.
        Place::Node { name } => match &step.because.service {
            Some(service) => vec![
                Key::Service(Name {
                    namespace: service.namespace.clone(),
                    name: service.name.clone(),
                }),
                Key::Namespace(service.namespace.clone()),
            ],
            None => stay().unwrap_or_else(|| node_keys(memory, name)),
        },
        Place::LoadBalancer { namespace, name } => vec![
            Key::LoadBalancer(Name {
                namespace: namespace.clone(),
                name: name.clone(),
            }),
            Key::Namespace(namespace.clone()),
        ],
        Place::Outside => {
            let name = match &journey.outcome {
                Outcome::LeftCluster { name, .. } => name.clone().map(Key::External),
                _ => None,
            };
            // Where it ends, or where the reply comes from: an address of an EndpointSlice, an external name.
            let far = step.after.or(step.before).map(|header| match step.what {
                StepKind::Leave => header.destination,
                _ => header.source,
            });
            let far = far.map(|address| Key::Address(address.to_string().into()));
            let left = journey_leaves(journey) && !matches!(step.what, StepKind::Deliver);
            [
                far.filter(|_| left),
                name.filter(|_| left),
                Some(Key::Client),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        Place::Network => stay().unwrap_or_default(),
    }
}

fn journey_leaves(journey: &Journey) -> bool {
    matches!(journey.outcome, Outcome::LeftCluster { .. })
}

fn pod_keys(memory: &Memory, namespace: &str, name: &str) -> Vec<Key> {
    let cluster = &memory.analysis.cluster;
    match cluster.pod(namespace, name) {
        Some(id) => memory.scene.keys_of(cluster, id),
        None => Vec::new(),
    }
}

fn node_keys(memory: &Memory, name: &Str) -> Vec<Key> {
    let cluster = &memory.analysis.cluster;
    let zone = cluster.node(name).and_then(|id| cluster.nodes[id].zone());
    ColumnKey::of_node(name, zone).map(Key::Column).to_vec()
}

fn node_of(memory: &Memory, place: &Place) -> Option<Str> {
    let cluster = &memory.analysis.cluster;
    match place {
        Place::Node { name } => Some(name.clone()),
        Place::Endpoint { node, .. } => node.clone(),
        Place::Pod { namespace, name } => {
            let pod = &cluster.pods[cluster.pod(namespace, name)?];
            Some(cluster.nodes[pod.node()?].meta.name.clone())
        }
        Place::LoadBalancer { .. } | Place::Outside | Place::Network => None,
    }
}

#[cfg(test)]
mod tests {
    use switchboard_engine::{
        Analysis, apiserver::Entrance, cluster::Environment, manifest::SourceFile,
    };

    use super::*;

    const CLUSTER: &str = "
apiVersion: v1
kind: Node
metadata: {name: one}
spec: {podCIDR: 10.244.1.0/24}
status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {nodeName: one, containers: [{name: web, image: web}]}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local
  healthCheckNodePort: 32100
  selector: {app: web}
  ports: [{port: 80, targetPort: 8080, nodePort: 30080}]
";

    #[test]
    fn steps_stand_under_what_they_are_addressed_to() {
        let file = SourceFile {
            name: "cluster.yaml".into(),
            text: CLUSTER.into(),
        };
        let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
        let phase = |from: &str, to: &str| {
            let answer = analysis.trace(&Probe::parse(from, to).expect("a probe"));
            phase_after_dns(&answer.alternatives[0].journey)
        };
        assert_eq!(phase("pod/web-1", "http://web"), Phase::Service);
        assert_eq!(phase("outside", "node/one:30080"), Phase::Service);
        assert_eq!(phase("pod/web-1", "http://nothing"), Phase::Dns);
        assert_eq!(phase("pod/web-1", "10.244.1.200:80"), Phase::Pod);
        assert_eq!(phase("outside", "node/one:32100"), Phase::Node);
        assert_eq!(phase("pod/web-1", "node/one:22"), Phase::Node);
        assert_eq!(phase("pod/web-1", "192.0.2.200:80"), Phase::Outside);
    }
}

//! Opens connections from every place at once, and compares what becomes of them with the engine's answers.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use switchboard_engine::Analysis;
use switchboard_engine::cluster::{NodeId, ServiceId, SessionAffinity};
use switchboard_engine::network::Whose;
use switchboard_engine::packet::{Family, Header, Protocol};
use switchboard_engine::proxy::State;
use switchboard_engine::trace::node::{Ingress, passages};
use switchboard_engine::trace::{Answer, Outcome, Place, StepKind};

use crate::Report;
use crate::cluster::Call;
use crate::compare::{Expected, Seen, disagreement, read};
use crate::coverage::traits;
use crate::lab::{Dialling, Lab};
use crate::layout::{From, Layout};

/// Connections where several endpoints can answer.
const MANY: usize = 60;
/// The same with affinity, where they come one after the other.
const IN_A_ROW: usize = 8;
/// The same where they come one after the other and some are waited for in vain.
const FEW: usize = 8;

/// A call that the kernel can judge.
struct Case<'a> {
    call: &'a Call,
    expected: Expected,
    from: From,
    header: Header,
    /// The Service whose affinity ties connections together.
    sticky: Option<ServiceId>,
    kinds: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    /// Calls to one Service from one place run one after the other, because affinity remembers.
    Service(ServiceId),
    /// Call, and which part of its connections.
    Call(usize, usize),
}

/// The hosts of the world that calls come from and go to.
pub(crate) fn hosts_outside(analysis: &Analysis, calls: &[Call]) -> BTreeSet<IpAddr> {
    let mut hosts = BTreeSet::new();
    for call in calls {
        let answer = analysis.trace(&call.probe);
        if let Some((Place::Outside, header)) = dialled(&answer) {
            hosts.insert(header.source);
        }
        for alternative in &answer.alternatives {
            let Outcome::LeftCluster {
                address,
                name: None,
            } = &alternative.journey.outcome
            else {
                continue;
            };
            hosts.extend(address);
            hosts.extend(alternative.endpoints.iter().map(|end| end.address.address));
        }
    }
    // A load balancer's address, say, is no host's.
    let network = analysis.compiled.network(&analysis.cluster);
    hosts.retain(|address| network.whose(*address) == Whose::Outside);
    hosts
}

/// What the sender sends, and where it is.
fn dialled(answer: &Answer) -> Option<(Place, Header)> {
    let journey = &answer.alternatives.first()?.journey;
    let hop = journey.hops.first()?;
    let sent = hop.steps.iter().find(|step| step.what == StepKind::Send)?;
    Some((hop.place.clone(), sent.after?))
}

/// Opens the connections; what the kernel does that the engine does not say is returned.
pub(crate) fn connect(
    lab: &Lab,
    layout: &Layout,
    analysis: &Analysis,
    calls: &[Call],
    report: &mut Report,
) -> Vec<String> {
    let mut cases = Vec::new();
    for call in calls {
        match case(layout, analysis, call) {
            Ok(case) => cases.push(case),
            Err(why) => report.coverage.leave_out(call.kind, why),
        }
    }
    let mut observed = dial(lab, &cases);
    let mut disagreements = Vec::new();
    let mut rows: BTreeMap<(From, ServiceId), Vec<usize>> = BTreeMap::new();
    for (id, case) in cases.iter().enumerate() {
        let outcomes = observed.entry(id).or_default();
        report.coverage.count(&case.kinds, outcomes);
        match case.sticky {
            Some(service) => rows.entry((case.from, service)).or_default().push(id),
            None => {
                let found = disagreement(&case.expected, outcomes, &mut report.comparisons);
                disagreements.extend(found.map(|what| format!("{}: {what}", case.call.probe)));
            }
        }
    }
    for row in rows.into_values() {
        let row: Vec<_> = row.iter().map(|id| (&cases[*id], &observed[id])).collect();
        disagreements.extend(replay(layout, analysis, &row));
    }
    disagreements
}

fn case<'a>(
    layout: &Layout,
    analysis: &Analysis,
    call: &'a Call,
) -> Result<Case<'a>, &'static str> {
    let answer = analysis.trace(&call.probe);
    let expected = Expected::of(&answer, layout)?;
    let (place, header) = dialled(&answer).ok_or("there is nobody to send it")?;
    let from = layout
        .host(&place)
        .ok_or("the sender is no host of the lab")?;
    let network = analysis.compiled.network(&analysis.cluster);
    let door = network.door(&header);
    let sticky = door.map(|door| door.service).filter(|service| {
        // What is stopped on its way to an endpoint leaves nothing to remember.
        analysis.cluster.services[*service].session_affinity != SessionAffinity::None
            && expected.arrives()
    });
    let mut kinds = traits(&answer, &header, sticky.is_some());
    kinds.push(call.kind.to_owned());
    Ok(Case {
        call,
        expected,
        from,
        header,
        sticky,
        kinds,
    })
}

fn dial(lab: &Lab, cases: &[Case<'_>]) -> BTreeMap<usize, Vec<Seen>> {
    let mut lanes: BTreeMap<From, BTreeMap<Lane, Vec<String>>> = BTreeMap::new();
    for (id, case) in cases.iter().enumerate() {
        let item = |count: usize| {
            let (protocol, port) = match case.header.dials() {
                Some((protocol, port)) => (protocol.lower(), port),
                None => ("icmp", 0),
            };
            // What the engine says a process of the cluster sends from, its kernel has to choose by itself.
            let source = match case.from {
                From::Outside => case.header.source.to_string(),
                From::Pod(_) | From::Node(_) => "*".to_owned(),
            };
            let to = case.header.destination;
            format!("{id},{protocol},{source},{to},{port},{count}")
        };
        let lanes = lanes.entry(case.from).or_default();
        match case.sticky {
            Some(service) => {
                let count = if case.expected.is_certain() {
                    1
                } else {
                    IN_A_ROW
                };
                lanes
                    .entry(Lane::Service(service))
                    .or_default()
                    .push(item(count));
            }
            None if case.expected.is_certain() => {
                lanes.insert(Lane::Call(id, 0), vec![item(1)]);
            }
            None => {
                // What is dropped is waited for: one connection a lane.
                let (lanes_of_it, each) = match (case.expected.waits(), case.header.protocol()) {
                    (false, _) => (1, MANY),
                    (true, Some(Protocol::Sctp)) => (FEW, 1),
                    (true, _) => (MANY, 1),
                };
                for part in 0..lanes_of_it {
                    lanes.insert(Lane::Call(id, part), vec![item(each)]);
                }
            }
        }
    }
    let dialling: Vec<Dialling> = lanes
        .into_iter()
        .map(|(from, lanes)| {
            let lanes: Vec<String> = lanes.into_values().map(|items| items.join(";")).collect();
            lab.dial(from, &lanes)
        })
        .collect();
    let mut observed: BTreeMap<usize, Vec<Seen>> = BTreeMap::new();
    for line in dialling.into_iter().flat_map(Dialling::outcomes) {
        let (id, outcome) = line.split_once(' ').expect("an id and an outcome");
        let id = id.parse().expect("ids are numbers");
        let seen = read(outcome).unwrap_or_else(|| panic!("the client says {outcome:?}"));
        observed.entry(id).or_default().push(seen);
    }
    observed
}

/// Connections of one client to a Service with affinity, in their order: each has to be one that the rules allow after
/// those before it.
fn replay(layout: &Layout, analysis: &Analysis, row: &[(&Case<'_>, &Vec<Seen>)]) -> Vec<String> {
    let mut states: BTreeMap<NodeId, State> = BTreeMap::new();
    let mut disagreements = Vec::new();
    for (case, outcomes) in row {
        let mut say = |what: String| disagreements.push(format!("{}: {what}", case.call.probe));
        let Some((node, ingress)) = decides(layout, analysis, case) else {
            say("no node decides".to_owned());
            continue;
        };
        let family = Family::of(case.header.destination);
        let kernel = analysis.kernel(node, family);
        let state = states.entry(node).or_default();
        if outcomes.is_empty() {
            say("the client says nothing".to_owned());
        }
        for (nth, seen) in outcomes.iter().enumerate() {
            if !case.expected.foresees(seen) {
                say(format!(
                    "connection {nth}: the kernel: {seen:?}, which nobody foresees"
                ));
                break;
            }
            let Seen::Answered { by, port, .. } = seen else {
                continue;
            };
            let pod = layout.pods.iter().find(|pod| pod.name == *by);
            let same = |address: &&IpAddr| Family::of(**address) == family;
            let address = pod.and_then(|pod| pod.addresses.iter().find(same));
            let Some(address) = address else { continue };
            let endpoint = SocketAddr::new(*address, *port);
            let ways = passages(&kernel, state, case.header, ingress, 0, None);
            let allowed: Vec<SocketAddr> = ways
                .iter()
                .flat_map(|way| way.endpoints.iter().map(|(end, _)| *end))
                .collect();
            if !allowed.contains(&endpoint) {
                say(format!(
                    "connection {nth} went to {endpoint}, where {allowed:?} were left"
                ));
                break;
            }
            let taken = passages(&kernel, state, case.header, ingress, 0, Some(endpoint));
            if let Some(way) = taken.first() {
                state.apply(&way.effects, 0);
            }
        }
    }
    disagreements
}

/// The node whose rules choose the endpoint, and how the packet gets there.
fn decides(layout: &Layout, analysis: &Analysis, case: &Case<'_>) -> Option<(NodeId, Ingress)> {
    let to = case.header.destination;
    // A node port is a matter of the node that is addressed, all else of the first one.
    let mut nodes = layout.nodes.iter();
    let addressed = nodes.position(|node| node.addresses.contains(&to));
    let (first, ingress) = match case.from {
        From::Pod(pod) => (layout.pods[pod].node, Ingress::Pod),
        From::Node(node) => (node, Ingress::Process),
        From::Outside => (addressed.unwrap_or(layout.entry), Ingress::Wire),
    };
    let (decides, ingress) = match addressed {
        Some(other) if other != first => (other, Ingress::Wire),
        _ => (first, ingress),
    };
    let node = analysis.cluster.node(&layout.nodes[decides].name)?;
    Some((node, ingress))
}

//! The probe bar the other way round: from where a probe went, to where it came from.

use switchboard_engine::{
    Analysis,
    trace::{Message, Outcome, Probe, Source, Target},
};

use super::{offers::declared, places::dialled};
use crate::{protocol::ProbeText, words};

/// The probe the other way round: from where it went, to where it came from.
///
/// # Errors
/// Says why one of its ends cannot be the other.
pub(super) fn swapped(analysis: &Analysis, probe: &ProbeText) -> Result<ProbeText, String> {
    let parsed = Probe::parse(&probe.from, &probe.to).map_err(|error| error.to_string())?;
    let to = dialling(analysis, &parsed)?;
    Ok(ProbeText {
        from: answering(analysis, &parsed)?,
        to,
    })
}

/// What to dial to reach who sends a probe: by the address that its packets have.
fn dialling(analysis: &Analysis, probe: &Probe) -> Result<String, String> {
    let cluster = &analysis.cluster;
    if let Source::Outside { .. } = probe.from {
        return Err(words::probe::NOWHERE.to_owned());
    }
    let sent = analysis
        .trace(probe)
        .alternatives
        .iter()
        .find_map(|way| way.journey.all_steps().find_map(|step| step.after));
    let address = sent
        .map(|header| header.source)
        .ok_or(words::probe::SENDS_NOTHING)?;
    let pod = cluster
        .pods
        .values()
        .find(|pod| !pod.spec.host_network && pod.ips.contains(&address));
    let Message::Open { port, protocol } = probe.message else {
        return Ok(format!("ping {address}"));
    };
    let (port, protocol) = pod
        .and_then(|pod| declared(pod).next())
        .unwrap_or((port, protocol));
    Ok(dialled(address, port, protocol))
}

/// Who stands behind a destination: the first that a packet reaches, by what the engine says.
fn answering(analysis: &Analysis, probe: &Probe) -> Result<String, String> {
    if let Target::Node { name: Some(name) } = &probe.to {
        return Ok(format!("node/{name}"));
    }
    let answer = analysis.trace(probe);
    let endpoints = || answer.alternatives.iter().flat_map(|way| &way.endpoints);
    if let Some(pod) = endpoints().find_map(|endpoint| endpoint.pod.as_ref()) {
        return Ok(format!("pod/{pod}"));
    }
    if let Some(endpoint) = endpoints().next() {
        return Ok(endpoint.address.ip().to_string());
    }
    let outcomes = answer.alternatives.iter().map(|way| &way.journey.outcome);
    outcomes
        .filter_map(|outcome| match outcome {
            Outcome::Delivered { pod: Some(pod), .. } => Some(format!("pod/{pod}")),
            Outcome::AtNode { node, .. } | Outcome::HealthCheck { node, .. } => {
                Some(format!("node/{node}"))
            }
            Outcome::LeftCluster { .. } => Some("outside".to_owned()),
            _ => None,
        })
        .next()
        .ok_or_else(|| words::probe::NOBODY_ANSWERS.to_owned())
}

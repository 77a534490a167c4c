//! What happens inside each node that a packet passes: by which interface it comes and goes, and what the node's
//! connection table holds of it after each step.

use switchboard_engine::{
    Str,
    trace::{Hop, Journey, Place, words::conntrack},
};

use crate::{protocol::VisitView, words};

/// The nodes of a journey, there and back, in the order in which they are passed.
pub(super) fn visits(journey: &Journey) -> Vec<VisitView> {
    let reply = journey.reply.as_ref().map_or(&[][..], |reply| &reply.hops);
    let mut visits = Vec::new();
    let mut step = 0;
    for hops in [journey.hops.as_slice(), reply] {
        for (nth, hop) in hops.iter().enumerate() {
            if let Place::Node { name } = &hop.place {
                let before = nth.checked_sub(1).map(|before| &hops[before]);
                visits.push(VisitView {
                    node: name.clone(),
                    first: step,
                    last: step + hop.steps.len() - 1,
                    enters: before.map_or_else(
                        || words::map::OWN_PROCESS.to_owned(),
                        |before| interface(name, before),
                    ),
                    leaves: hops.get(nth + 1).map(|after| interface(name, after)),
                    table: (step..step + hop.steps.len())
                        .map(|at| table(journey, name, at))
                        .collect(),
                });
            }
            step += hop.steps.len();
        }
    }
    visits
}

/// The interface between a node and the place before or after it.
fn interface(node: &Str, other: &Hop) -> String {
    match &other.place {
        Place::Pod { name, .. } => words::map::veth_of(name),
        Place::Endpoint { address, node: at } if at.as_ref() == Some(node) => {
            words::map::veth_of(address)
        }
        Place::Node { name } if name == node => "lo".to_owned(),
        Place::Node { name } => words::map::to_node(name),
        Place::LoadBalancer { .. } => words::map::TO_BALANCER.to_owned(),
        Place::Endpoint { .. } | Place::Outside | Place::Network => {
            words::map::TO_OUTSIDE.to_owned()
        }
    }
}

/// What the node remembers once this step is done, as `conntrack -L` prints it.
fn table(journey: &Journey, node: &Str, step: usize) -> Vec<String> {
    journey
        .tracked(step + 1)
        .iter()
        .filter(|entry| matches!(&entry.connection.place, Place::Node { name } if name == node))
        .map(conntrack)
        .collect()
}

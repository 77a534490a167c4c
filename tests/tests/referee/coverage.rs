//! What a run has really exercised: a table of connections by kind and by how they ended.

use std::collections::BTreeMap;

use switchboard_engine::packet::{Family, Header};
use switchboard_engine::trace::{Alternative, Answer, Outcome, StepKind};

use crate::compare::Seen;

/// Kinds without which a run would not be worth its name.
const WANTED: [&str; 26] = [
    "ClusterIP",
    "node port",
    "node port on localhost",
    "external IP",
    "load balancer",
    "health-check node port",
    "wrong port of a ClusterIP",
    "unallocated ClusterIP",
    "ping of a ClusterIP",
    "ping of a node",
    "ping of a Pod",
    "a Pod's address",
    "address of no Pod",
    "a node's own port",
    "by IPv4",
    "by IPv6",
    "TCP",
    "UDP",
    "SCTP",
    "with affinity",
    "by a hairpin",
    "with another source",
    "ended by NoEndpoints",
    "ended by NoLocalEndpoints",
    "ended by SourceRange",
    "from outside",
];

/// Connections by kind.
#[derive(Default)]
pub(crate) struct Coverage {
    rows: BTreeMap<String, [usize; COLUMNS.len()]>,
    unjudged: BTreeMap<String, usize>,
}

const COLUMNS: [&str; 5] = [
    "answered",
    "refused",
    "timed out",
    "unreachable",
    "not sent",
];

impl Coverage {
    pub(crate) fn count(&mut self, kinds: &[String], outcomes: &[Seen]) {
        for kind in kinds {
            let row = self.rows.entry(kind.clone()).or_default();
            for seen in outcomes {
                let column = match seen {
                    Seen::Answered { .. } | Seen::EchoReply => 0,
                    Seen::Refused => 1,
                    Seen::TimedOut => 2,
                    Seen::Unreachable => 3,
                    Seen::NotPermitted => 4,
                };
                row[column] += 1;
            }
        }
    }

    /// A call that the lab cannot judge.
    pub(crate) fn leave_out(&mut self, what: &str, why: &str) {
        *self.unjudged.entry(format!("{what}: {why}")).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (kind, counts) in other.rows {
            let row = self.rows.entry(kind).or_default();
            (0..COLUMNS.len()).for_each(|column| row[column] += counts[column]);
        }
        for (what, count) in other.unjudged {
            *self.unjudged.entry(what).or_default() += count;
        }
    }

    /// Prints the tables.
    pub(crate) fn print(&self, title: &str) {
        println!("\n{title}\n{:<34}{}", "connections", columns(COLUMNS));
        for (kind, counts) in &self.rows {
            println!(
                "{kind:<34}{}",
                columns(counts.map(|count| count.to_string()))
            );
        }
        println!("not put to the kernel:");
        if self.unjudged.is_empty() {
            println!("  nothing");
        }
        for (what, count) in &self.unjudged {
            println!("  {count:>5}  {what}");
        }
    }

    /// Kinds that no connection was an example of.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let wanted = WANTED.into_iter();
        wanted
            .filter(|kind| !self.rows.contains_key(*kind))
            .collect()
    }
}

fn columns<T: std::fmt::Display>(values: [T; COLUMNS.len()]) -> String {
    values.iter().map(|value| format!("{value:>13}")).collect()
}

/// What a call is an example of, beside its own kind.
pub(crate) fn traits(answer: &Answer, header: &Header, sticky: bool) -> Vec<String> {
    let mut traits = vec![format!("by {}", Family::of(header.destination))];
    traits.push(header.protocol_name().to_owned());
    if sticky {
        traits.push("with affinity".to_owned());
    }
    if answer.probe.from.to_string().starts_with("outside") {
        traits.push("from outside".to_owned());
    }
    let any = |of: &dyn Fn(&StepKind) -> bool| {
        let steps = answer.alternatives.iter().flat_map(|a| a.journey.steps());
        steps.into_iter().any(|step| of(&step.what))
    };
    if any(&|what| matches!(what, StepKind::Snat { .. })) {
        traits.push("with another source".to_owned());
    }
    if answer.alternatives.iter().any(comes_back) {
        traits.push("by a hairpin".to_owned());
    }
    for alternative in &answer.alternatives {
        let why = match &alternative.journey.outcome {
            Outcome::Rejected { why } => format!("{why:?}"),
            Outcome::Dropped { why } => format!("{why:?}"),
            _ => continue,
        };
        traits.push(format!("ended by {why}"));
    }
    traits.sort();
    traits.dedup();
    traits
}

/// Whether the client itself answers, by way of its node.
fn comes_back(alternative: &Alternative) -> bool {
    let hops = &alternative.journey.hops;
    hops.len() > 2 && hops.first().map(|hop| &hop.place) == hops.last().map(|hop| &hop.place)
}

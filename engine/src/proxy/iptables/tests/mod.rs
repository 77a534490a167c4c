//! Rules as text, word for word, and walks through them.

mod listed;
mod names;
mod properties;
mod walk;
mod written;

use super::Ruleset;
use crate::cluster::Cluster;
use crate::packet::Family;
use crate::proxy::{NodeView, proxied};

/// What node1 writes for IPv4.
fn on_node1(cluster: &Cluster) -> Ruleset {
    of_family(cluster, Family::V4)
}

fn of_family(cluster: &Cluster, family: Family) -> Ruleset {
    let node1 = NodeView::named(cluster, "node1");
    super::write(cluster, &proxied(cluster, family), &node1)
}

/// The rules of a text that are about these chains, without the rest.
fn about<'t>(text: &'t str, chains: &[&str]) -> Vec<&'t str> {
    text.lines()
        .filter(|line| {
            chains.iter().any(|chain| {
                line.strip_prefix("-A ")
                    .and_then(|rest| rest.strip_prefix(chain))
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
            })
        })
        .collect()
}

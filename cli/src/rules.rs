//! `switchboard rules`: what kube-proxy writes on a node.

use std::io::{self, Write};

use switchboard_engine::Analysis;
use switchboard_engine::packet::Family;

/// Prints the rules of one family on a node, in the cluster's proxy mode.
pub(crate) fn rules(
    analysis: &Analysis,
    node: &str,
    family: Family,
    written: bool,
    mut output: impl Write,
) -> io::Result<()> {
    let cluster = &analysis.cluster;
    let Some(id) = cluster.node(node) else {
        let known: Vec<&str> = cluster
            .nodes
            .values()
            .map(|node| node.meta.name.as_str())
            .collect();
        return Err(io::Error::other(format!(
            "there is no node {node}; there are {}",
            known.join(", ")
        )));
    };
    let ruleset = analysis.rules(id, family);
    output.write_all(
        if written {
            ruleset.written()
        } else {
            ruleset.listed()
        }
        .as_bytes(),
    )
}

//! The rules of a node as text.

use switchboard_engine::Analysis;

use crate::protocol::RulesView;

pub(super) fn rules(analysis: &Analysis, node: &str) -> Option<RulesView> {
    let id = analysis.cluster.node(node)?;
    Some(RulesView {
        node: analysis.cluster.nodes[id].meta.name.clone(),
        mode: "iptables".to_owned(),
        lines: Vec::new(),
    })
}

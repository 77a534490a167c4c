//! The rules of a node as text, as the node's own tools list them.

use switchboard_engine::{
    Analysis, Str,
    packet::Family,
    proxy::{Line, Listing, RuleAt, Ruleset, iptables, ipvs},
    trace::RuleRef,
};

use crate::protocol::{RuleLine, RulesView};

/// More lines than this are not sent: then only those of the chains that were asked for.
const MOST: usize = 3000;

/// The rules of a node for one address family; of very many, only those of `chains` (table and name).
pub(super) fn rules(
    analysis: &Analysis,
    node: &str,
    family: Family,
    chains: &[(Str, Str)],
) -> Option<RulesView> {
    let id = analysis.cluster.node(node)?;
    let ruleset = analysis.rules(id, family);
    let mode = match (&*ruleset, family) {
        (Ruleset::Iptables(_), Family::V4) => "as iptables-save lists them",
        (Ruleset::Iptables(_), Family::V6) => "as ip6tables-save lists them",
        (Ruleset::Nftables(_), _) => "as nft list ruleset lists them",
        (Ruleset::Ipvs(_), _) => {
            "as ipvsadm, ipset, ip and iptables-save list them; no kernel has checked this mode"
        }
    };
    let listing = Listing::of(ruleset);
    let all = listing.count();
    let lines = if all <= MOST {
        listing.lines(0..all)
    } else {
        of_chains(&listing, chains)
    };
    Some(RulesView {
        node: analysis.cluster.nodes[id].meta.name.clone(),
        mode: mode.to_owned(),
        left_out: u32::try_from(all - lines.len()).unwrap_or(u32::MAX),
        lines: lines.into_iter().map(rule_line).collect(),
    })
}

/// The rules of these chains, in the order of the listing.
fn of_chains(listing: &Listing, chains: &[(Str, Str)]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for (table, chain) in chains {
        let first = RuleAt {
            table: table.clone(),
            chain: chain.clone(),
            nth: 0,
        };
        let Some(start) = listing.line_of(&first) else {
            continue;
        };
        let is_its = |line: &Line| {
            let rule = line.rule.as_ref();
            rule.is_some_and(|rule| rule.table == *table && rule.chain == *chain)
        };
        let page = listing.lines(start..start + MOST.saturating_sub(lines.len()));
        lines.extend(page.into_iter().take_while(is_its));
    }
    lines.sort_by_key(|line| line.number);
    lines.dedup_by_key(|line| line.number);
    lines
}

fn rule_line(line: Line) -> RuleLine {
    RuleLine {
        text: line.text,
        rule: line.rule.map(|rule| (rule.table, rule.chain, rule.nth)),
    }
}

/// The text of the last rule of a range.
pub(super) fn text(analysis: &Analysis, rule: &RuleRef) -> Option<String> {
    let node = analysis.cluster.node(&rule.node)?;
    match &*analysis.rules(node, rule.family) {
        Ruleset::Iptables(ruleset) => iptables_text(ruleset, rule),
        Ruleset::Ipvs(ruleset) => ipvs::text_of(ruleset, &rule.chain, rule.last as usize)
            .or_else(|| iptables_text(&ruleset.tables, rule)),
        // Its rules are blocks of maps and lists: the Rules panel shows them in their place.
        Ruleset::Nftables(_) => None,
    }
}

fn iptables_text(ruleset: &iptables::Ruleset, rule: &RuleRef) -> Option<String> {
    let tables = ruleset.tables();
    let table = tables
        .iter()
        .find(|table| table.name.name() == rule.table)?;
    let chain = &table.chains[table.chain(&rule.chain)?];
    let own = chain.rules.get(rule.last as usize)?;
    let text = iptables::listed_rule(ruleset.family, table, own);
    Some(format!("-A {} {text}", rule.chain))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use switchboard_engine::apiserver::Entrance;
    use switchboard_engine::cluster::{Environment, ProxyMode};
    use switchboard_engine::manifest::SourceFile;
    use switchboard_engine::trace::Probe;

    use super::*;

    const WEB: &str = "
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: web}}
spec: {containers: [{name: web, image: web}]}
";

    fn analysis(mode: ProxyMode) -> Analysis {
        let mut environment = Environment::default();
        environment.proxy.mode = mode;
        let file = SourceFile {
            name: "web.yaml".into(),
            text: WEB.to_owned(),
        };
        Analysis::of(vec![file], Entrance::Paste, environment)
    }

    /// Rules that a packet met on its way, as the panel finds them.
    fn met(analysis: &Analysis) -> Vec<RuleRef> {
        let probe = Probe::parse("pod/default/web-1", "web:80").unwrap();
        let answer = analysis.trace(&probe);
        let journey = &answer.alternatives[0].journey;
        let steps = journey.steps();
        steps.flat_map(|step| step.because.rules.clone()).collect()
    }

    #[test]
    fn what_a_packet_met_is_in_the_listing() {
        for mode in [ProxyMode::Iptables, ProxyMode::Nftables] {
            let analysis = analysis(mode);
            let met = met(&analysis);
            let view = rules(&analysis, &met[0].node, Family::V4, &[]).unwrap();
            let listed: BTreeSet<_> = view
                .lines
                .into_iter()
                .filter_map(|line| line.rule)
                .collect();
            for rule in met {
                let place = (rule.table, rule.chain, rule.last);
                assert!(listed.contains(&place), "{place:?}");
            }
        }
    }

    #[test]
    fn chains_are_whole_and_in_order() {
        let analysis = analysis(ProxyMode::Iptables);
        let (node, _) = analysis.cluster.nodes.iter().next().unwrap();
        let listing = Listing::of(analysis.rules(node, Family::V4));
        let chain = |table: &str, chain: &str| (Str::from(table), Str::from(chain));
        let chains = [
            chain("nat", "KUBE-POSTROUTING"),
            chain("nat", "KUBE-MARK-MASQ"),
            chain("nat", "KUBE-MARK-MASQ"),
            chain("nat", "KUBE-NOWHERE"),
        ];
        let lines: Vec<String> = of_chains(&listing, &chains)
            .into_iter()
            .map(|line| line.text)
            .collect();
        assert_eq!(
            lines,
            [
                "-A KUBE-MARK-MASQ -j MARK --set-xmark 0x4000/0x4000",
                "-A KUBE-POSTROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
                "-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0",
                r#"-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully"#,
            ]
        );
    }
}

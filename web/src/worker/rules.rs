//! The rules of a node as text, as the node's own tools list them.

use switchboard_engine::{
    Analysis, Str,
    packet::Family,
    proxy::{Ruleset, iptables},
    trace::RuleRef,
};

use crate::protocol::{RuleLine, RulesView};

/// More lines than this are not sent: then only those of the chains that were asked for.
const MOST: usize = 3000;

/// The rules of a node for one address family; of very many, those of `chains` (table and name) first.
pub(super) fn rules(
    analysis: &Analysis,
    node: &str,
    family: Family,
    chains: &[(Str, Str)],
) -> Option<RulesView> {
    let id = analysis.cluster.node(node)?;
    let ruleset = analysis.rules(id, family);
    let mut lines = ruleset.as_ref().map_or_else(Vec::new, |ruleset| {
        numbered(&ruleset.listed(), matches!(**ruleset, Ruleset::Iptables(_)))
    });
    let all = lines.len();
    if all > MOST {
        lines.retain(|line| {
            line.rule.as_ref().is_some_and(|(table, chain, _)| {
                chains.iter().any(|(t, c)| t == table && c == chain)
            })
        });
        lines.truncate(MOST);
    }
    Some(RulesView {
        node: analysis.cluster.nodes[id].meta.name.clone(),
        mode: match (ruleset.as_deref(), family) {
            (None, _) => "in a proxy mode that is not modelled yet",
            (Some(Ruleset::Iptables(_)), Family::V4) => "as iptables-save lists them",
            (Some(Ruleset::Iptables(_)), Family::V6) => "as ip6tables-save lists them",
            (Some(Ruleset::Nftables(_)), _) => "as nft list ruleset lists them",
        }
        .to_owned(),
        left_out: u32::try_from(all - lines.len()).unwrap_or(u32::MAX),
        lines,
    })
}

/// The text of the last rule of a range.
pub(super) fn text(analysis: &Analysis, rule: &RuleRef) -> Option<String> {
    let node = analysis.cluster.node(&rule.node)?;
    match &*analysis.rules(node, rule.family)? {
        Ruleset::Iptables(ruleset) => {
            let tables = ruleset.tables();
            let table = tables
                .iter()
                .find(|table| table.name.name() == rule.table)?;
            let chain = &table.chains[table.chain(&rule.chain)?];
            let own = chain.rules.get(rule.last as usize)?;
            let text = iptables::listed_rule(ruleset.family, table, own);
            Some(format!("-A {} {text}", rule.chain))
        }
        // Its rules are blocks of maps and lists: the Rules panel shows them in their place.
        Ruleset::Nftables(_) => None,
    }
}

/// Lines of a listing; each rule with its table, its chain and its number there.
fn numbered(listing: &str, is_iptables: bool) -> Vec<RuleLine> {
    if is_iptables {
        iptables_lines(listing)
    } else {
        nftables_lines(listing)
    }
}

fn iptables_lines(listing: &str) -> Vec<RuleLine> {
    let mut table = Str::default();
    let (mut chain, mut number) = (Str::default(), 0);
    listing
        .lines()
        .map(|line| {
            if let Some(name) = line.strip_prefix('*') {
                table = name.into();
                chain = Str::default();
            }
            let rule = line.strip_prefix("-A ").map(|rest| {
                let name = rest.split(' ').next().unwrap_or_default();
                if chain != name {
                    (chain, number) = (name.into(), 0);
                } else {
                    number += 1;
                }
                (table.clone(), chain.clone(), number)
            });
            RuleLine {
                text: line.to_owned(),
                rule,
            }
        })
        .collect()
}

fn nftables_lines(listing: &str) -> Vec<RuleLine> {
    let mut table = Str::default();
    let mut chain = None::<(Str, u32)>;
    listing
        .lines()
        .map(|line| {
            let words = line.trim();
            let mut rule = None;
            if let Some(rest) = words.strip_prefix("table ") {
                table = rest.split(' ').nth(1).unwrap_or_default().into();
            } else if let Some(rest) = words.strip_prefix("chain ") {
                chain = Some((rest.split(' ').next().unwrap_or_default().into(), 0));
            } else if words == "}" {
                chain = None;
            } else if let Some((name, number)) = &mut chain
                && !words.starts_with("type ")
                && !words.starts_with("comment ")
            {
                rule = Some((table.clone(), name.clone(), *number));
                *number += 1;
            }
            RuleLine {
                text: line.to_owned(),
                rule,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(lines: Vec<RuleLine>) -> Vec<String> {
        lines
            .into_iter()
            .filter_map(|line| line.rule)
            .map(|(table, chain, number)| format!("{table} {chain} {number}"))
            .collect()
    }

    #[test]
    fn rules_are_counted_by_chain() {
        let listing = "*nat\n:OUTPUT ACCEPT [0:0]\n-A OUTPUT -j A\n-A A -j B\n-A A -j C\nCOMMIT\n*filter\n-A A -j D\n";
        assert_eq!(
            places(numbered(listing, true)),
            ["nat OUTPUT 0", "nat A 0", "nat A 1", "filter A 0"]
        );
    }

    #[test]
    fn nftables_too() {
        let listing = "table ip kube-proxy {\n\tchain output {\n\t\ttype nat hook output priority dstnat; policy accept;\n\t\tjump a\n\t\tjump b\n\t}\n}\n";
        assert_eq!(
            places(numbered(listing, false)),
            ["kube-proxy output 0", "kube-proxy output 1"]
        );
    }
}

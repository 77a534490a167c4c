//! Pages of a node's rules as text: as the node's own tools list them, or as kube-proxy writes them.
//!
//! The rules of ten thousand Services are half a million lines. What was asked for last is kept, so that scrolling and
//! looking for a text do not list them again.

use rustc_hash::FxHashMap;
use switchboard_engine::order::Order;
use switchboard_engine::{
    Analysis,
    cluster::ProxyMode,
    packet::Family,
    proxy::{self, Line, Listing, RuleAt, iptables, ipvs},
    trace::RuleRef,
};

use crate::{
    protocol::{
        RuleLine,
        follow::{RulesView, RulesWanted, Ruleset},
    },
    scene::Name,
    words,
};

/// Lines of a page.
const PAGE: usize = 400;
/// Lines that are remembered as matching; what lies behind is counted.
const HITS: usize = 20_000;

/// What was asked for last.
#[derive(Debug, Default)]
pub(super) struct Shelf(Option<(Ruleset, Sheet)>);

/// Rules, ready to be paged through.
#[derive(Debug)]
enum Sheet {
    Listed(Listing),
    Written(Vec<Line>),
}

impl Sheet {
    fn of(analysis: &Analysis, wanted: &Ruleset) -> Option<Self> {
        let node = analysis.cluster.node(&wanted.node)?;
        let ruleset = analysis.rules_in(mode(analysis, wanted), node, wanted.family);
        Some(if wanted.written {
            Self::Written(written(&ruleset))
        } else {
            Self::Listed(Listing::of(ruleset))
        })
    }

    fn count(&self) -> usize {
        match self {
            Self::Listed(listing) => listing.count(),
            Self::Written(lines) => lines.len(),
        }
    }

    fn lines(&self, range: std::ops::Range<usize>) -> Vec<Line> {
        match self {
            Self::Listed(listing) => listing.lines(range),
            Self::Written(lines) => {
                let end = range.end.min(lines.len());
                lines.get(range.start..end).unwrap_or_default().to_vec()
            }
        }
    }

    fn line_of(&self, rule: &RuleAt) -> Option<usize> {
        match self {
            Self::Listed(listing) => listing.line_of(rule),
            Self::Written(lines) => lines
                .iter()
                .position(|line| line.rule.as_ref() == Some(rule)),
        }
    }
}

impl Shelf {
    fn sheet(&mut self, analysis: &Analysis, wanted: &Ruleset) -> Option<&Sheet> {
        if self.0.as_ref().is_none_or(|(known, _)| known != wanted) {
            self.0 = Some((wanted.clone(), Sheet::of(analysis, wanted)?));
        }
        self.0.as_ref().map(|(_, sheet)| sheet)
    }

    /// A page, and where in all of it what is looked for stands.
    pub(super) fn page(&mut self, analysis: &Analysis, wanted: RulesWanted) -> Option<RulesView> {
        let mode = mode(analysis, &wanted.ruleset);
        let sheet = self.sheet(analysis, &wanted.ruleset)?;
        let total = sheet.count();
        let met = met(sheet, &wanted);
        let (hits, hits_total) = hits(analysis, sheet, &wanted);
        let focus = if wanted.search.is_empty() && wanted.service.is_none() {
            met.iter()
                .rev()
                .find(|(_, matched)| *matched)
                .or(met.last())
        } else {
            None
        };
        let focus = focus.map(|(line, _)| *line).or(hits.first().copied());
        let first = wanted
            .from
            .unwrap_or_else(|| focus.map_or(0, |line| line.saturating_sub(PAGE as u32 / 2)))
            as usize;
        let lines = sheet.lines(first.min(total)..(first + PAGE).min(total));
        Some(RulesView {
            mode,
            how: words::rules::form(mode, wanted.ruleset.family, wanted.ruleset.written).to_owned(),
            total: count(total),
            first: count(first.min(total)),
            lines: lines
                .into_iter()
                .map(|line| rule_line(analysis, wanted.ruleset.family, line))
                .collect(),
            hits,
            hits_total,
            met,
            wanted,
        })
    }

    /// All of it.
    pub(super) fn text(&mut self, analysis: &Analysis, wanted: &Ruleset) -> String {
        let Some(sheet) = self.sheet(analysis, wanted) else {
            return String::new();
        };
        let lines = sheet.lines(0..sheet.count());
        lines.into_iter().map(|line| line.text + "\n").collect()
    }
}

fn mode(analysis: &Analysis, wanted: &Ruleset) -> ProxyMode {
    wanted
        .mode
        .unwrap_or(analysis.cluster.environment.proxy.mode)
}

/// The lines of what kube-proxy writes. A rule is counted in its chain, as a walk counts it: kube-proxy writes every chain
/// whole. The jumps from built-in chains are made by other commands, and are not here.
fn written(ruleset: &proxy::Ruleset) -> Vec<Line> {
    let mut table = String::new();
    let mut seen: FxHashMap<(String, String), u32> = FxHashMap::default();
    let text = ruleset.written();
    text.lines()
        .enumerate()
        .map(|(number, text)| {
            if let Some(name) = text.strip_prefix('*') {
                name.clone_into(&mut table);
            }
            let rule = chain_of(&table, text).map(|(table, chain)| {
                let nth = seen.entry((table.clone(), chain.clone())).or_default();
                *nth += 1;
                RuleAt {
                    table: table.into(),
                    chain: chain.into(),
                    nth: *nth - 1,
                }
            });
            Line {
                number,
                text: text.to_owned(),
                rule,
                port: None,
                endpoint: None,
            }
        })
        .collect()
}

/// Table and chain of a line that adds a rule.
fn chain_of(table: &str, text: &str) -> Option<(String, String)> {
    let word = |text: &str| text.split(' ').next().unwrap_or_default().to_owned();
    if let Some(rest) = text.strip_prefix("-A ") {
        return Some((table.to_owned(), word(rest)));
    }
    let rest = text.strip_prefix("add rule ")?;
    let (family, rest) = rest.split_once(' ')?;
    let (name, rest) = rest.split_once(' ')?;
    Some((format!("{family} {name}"), word(rest)))
}

fn met(sheet: &Sheet, wanted: &RulesWanted) -> Vec<(u32, bool)> {
    let here = wanted
        .met
        .iter()
        .filter(|met| met.node == wanted.ruleset.node && met.family == wanted.ruleset.family);
    here.flat_map(|met| {
        let first = RuleAt {
            table: met.table.clone(),
            chain: met.chain.clone(),
            nth: met.first,
        };
        // Rules of a chain stand one below the other.
        let line = sheet.line_of(&first).map(count);
        (met.first..=met.last).filter_map(move |nth| {
            let line = line?.saturating_add(nth - met.first);
            Some((line, met.matched && nth == met.last))
        })
    })
    .take(HITS)
    .collect()
}

fn hits(analysis: &Analysis, sheet: &Sheet, wanted: &RulesWanted) -> (Vec<u32>, u32) {
    let search = wanted.search.trim().to_lowercase();
    let ports = wanted.service.as_ref().map(|service| {
        let proxied = analysis
            .compiled
            .proxied(&analysis.cluster, wanted.ruleset.family);
        let id = analysis.cluster.service(&service.namespace, &service.name);
        id.map_or_else(Vec::new, |id| {
            let ports = proxied.ports_of(id);
            ports
                .map(|(id, port)| (id, port.name.to_string()))
                .collect::<Vec<_>>()
        })
    });
    let (mut hits, mut total) = (Vec::new(), 0_u32);
    let mut hit = |line: usize| {
        total += 1;
        if hits.len() < HITS {
            hits.push(count(line));
        }
    };
    if !search.is_empty() {
        for number in 0..sheet.count() {
            let line = sheet.lines(number..number + 1).pop();
            if line.is_some_and(|line| line.text.to_lowercase().contains(&search)) {
                hit(number);
            }
        }
    } else if let Some(ports) = ports {
        match sheet {
            Sheet::Listed(listing) => {
                let mut lines: Vec<usize> = ports
                    .iter()
                    .flat_map(|(port, _)| listing.lines_for(*port))
                    .collect();
                lines.order();
                lines.into_iter().for_each(hit);
            }
            // Written rules name their Service in comments, and in the names of nftables' chains.
            Sheet::Written(lines) => {
                let names = |text: &str| ports.iter().any(|(_, name)| text.contains(name.as_str()));
                let about = lines.iter().filter(|line| names(&line.text));
                about.for_each(|line| hit(line.number));
            }
        }
    }
    (hits, total)
}

fn rule_line(analysis: &Analysis, family: Family, line: Line) -> RuleLine {
    RuleLine {
        text: line.text,
        is_rule: line.rule.is_some(),
        service: line.port.map(|port| {
            let proxied = analysis.compiled.proxied(&analysis.cluster, family);
            let service = proxied.ports[port].service;
            Name::from(&analysis.cluster.services[service].meta)
        }),
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The text of the last rule of a range.
pub(super) fn text(analysis: &Analysis, mode: ProxyMode, rule: &RuleRef) -> Option<String> {
    let node = analysis.cluster.node(&rule.node)?;
    match &*analysis.rules_in(mode, node, rule.family) {
        proxy::Ruleset::Iptables(ruleset) => iptables_text(ruleset, rule),
        proxy::Ruleset::Ipvs(ruleset) => ipvs::text_of(ruleset, &rule.chain, rule.last as usize)
            .or_else(|| iptables_text(&ruleset.tables, rule)),
        proxy::Ruleset::Nftables(ruleset) => {
            let chain = ruleset.chain(&rule.chain)?;
            let own = chain.rules.get(rule.last as usize)?;
            Some(format!("{}: {}", rule.chain, ruleset.listed_rule(own)))
        }
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
    use switchboard_engine::apiserver::Entrance;
    use switchboard_engine::cluster::Environment;
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

    fn analysis() -> Analysis {
        let file = SourceFile {
            name: "web.yaml".into(),
            text: WEB.to_owned(),
        };
        Analysis::of(vec![file], Entrance::Paste, Environment::default())
    }

    /// Rules that a packet met on its way, as the panel finds them.
    fn met(analysis: &Analysis, mode: ProxyMode) -> Vec<RuleRef> {
        let probe = Probe::parse("pod/default/web-1", "web:80").unwrap();
        let answer = analysis.trace_in(mode, &probe);
        let journey = &answer.alternatives[0].journey;
        let steps = journey.steps();
        steps.flat_map(|step| step.because.rules.clone()).collect()
    }

    fn wanted(analysis: &Analysis, mode: ProxyMode, written: bool) -> RulesWanted {
        let met = met(analysis, mode);
        RulesWanted {
            ruleset: Ruleset {
                node: met[0].node.clone(),
                mode: Some(mode),
                family: Family::V4,
                written,
            },
            from: None,
            search: String::new(),
            service: None,
            met,
        }
    }

    #[test]
    fn what_a_packet_met_is_found_in_both_forms() {
        let analysis = analysis();
        for mode in ProxyMode::ALL {
            let listed = wanted(&analysis, mode, false);
            let rules: u64 = listed
                .met
                .iter()
                .map(|met| u64::from(met.last - met.first) + 1)
                .sum();
            let view = Shelf::default().page(&analysis, listed).unwrap();
            assert_eq!(view.met.len() as u64, rules, "{mode:?}");
            let line = |number: u32| &view.lines[(number - view.first) as usize];
            assert!(view.met.iter().all(|(number, _)| line(*number).is_rule));
        }
        let written = wanted(&analysis, ProxyMode::Nftables, true);
        let view = Shelf::default().page(&analysis, written).unwrap();
        let (number, _) = *view.met.iter().find(|(_, matched)| *matched).unwrap();
        assert_eq!(
            view.lines[(number - view.first) as usize].text,
            "add rule ip kube-proxy filter-prerouting-pre-dnat ct state new jump firewall-check"
        );
    }

    #[test]
    fn a_text_and_a_service_are_found_and_pages_are_parts() {
        let analysis = analysis();
        let mut shelf = Shelf::default();
        let base = wanted(&analysis, ProxyMode::Iptables, false);
        let found = |view: &RulesView| {
            let line = |number: &u32| view.lines[(number - view.first) as usize].text.clone();
            view.hits.iter().map(line).collect::<Vec<_>>()
        };
        let searched = RulesWanted {
            search: "random-FULLY".to_owned(),
            ..base.clone()
        };
        assert_eq!(
            found(&shelf.page(&analysis, searched).unwrap()),
            [
                r#"-A KUBE-POSTROUTING -m comment --comment "kubernetes service traffic requiring SNAT" -j MASQUERADE --random-fully"#
            ]
        );
        let of_service = RulesWanted {
            service: Some(Name {
                namespace: "default".into(),
                name: "web".into(),
            }),
            ..base.clone()
        };
        let view = shelf.page(&analysis, of_service).unwrap();
        assert!(found(&view).iter().any(|line| line.contains("cluster IP")));
        let service = view.lines[(view.hits[0] - view.first) as usize]
            .service
            .as_ref();
        assert_eq!(
            service.map(ToString::to_string).as_deref(),
            Some("default/web")
        );
        let last = RulesWanted {
            from: Some(view.total - 1),
            ..base
        };
        let view = shelf.page(&analysis, last).unwrap();
        assert_eq!(
            (view.lines.len(), view.lines[0].text.as_str()),
            (1, "COMMIT")
        );
    }
}

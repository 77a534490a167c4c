//! A node's rules as the node's own tools list them, line by line: to show a page of them, to find a rule that a packet
//! met, and to find the rules of a Service. In a large cluster there are millions of lines; only those asked for are made.

use std::ops::Range;
use std::sync::Arc;

use super::iptables::{self, Cause, ChainId, TableName};
use super::{EndpointId, Ruleset, ServicePortId, ipvs, nftables};
use crate::Str;

/// The lines of [`Ruleset::listed`].
#[derive(Debug, Clone)]
pub struct Listing {
    ruleset: Arc<Ruleset>,
    // What is kept as it is: of nftables everything, of ipvs all but the iptables rules.
    kept: Vec<Line>,
    // The tables of iptables behind it.
    tables: Option<[TableLines; 2]>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 0.
    pub number: usize,
    /// Without the line feed.
    pub text: String,
    /// The rule that it is; `None` for tables, chains and their settings.
    pub rule: Option<RuleAt>,
    /// The service port that it is there for.
    pub port: Option<ServicePortId>,
    /// The endpoint of that port, if it is about one.
    pub endpoint: Option<EndpointId>,
}

/// Where a rule is: what a [`super::Visit`] counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RuleAt {
    /// Table.
    pub table: Str,
    /// Chain.
    pub chain: Str,
    /// Its number in the chain, from 0.
    pub nth: u32,
}

/// A table of iptables: its name, a line for each chain, the rules chain by chain, COMMIT.
#[derive(Debug, Clone)]
struct TableLines {
    name: TableName,
    start: usize,
    chains: Vec<ChainId>,
    // The line of the first rule of each chain, in that order.
    rules: Vec<usize>,
    commit: usize,
}

impl Listing {
    /// The listing of a ruleset.
    pub fn of(ruleset: Arc<Ruleset>) -> Self {
        let kept = match ruleset.as_ref() {
            Ruleset::Iptables(_) => Vec::new(),
            Ruleset::Nftables(ruleset) => nftables_lines(ruleset),
            Ruleset::Ipvs(ruleset) => ipvs_lines(ruleset),
        };
        let tables = iptables_of(&ruleset).map(|ruleset| {
            let filter = table_lines(ruleset, TableName::Filter, kept.len());
            let nat = table_lines(ruleset, TableName::Nat, filter.commit + 1);
            [filter, nat]
        });
        Self {
            ruleset,
            kept,
            tables,
        }
    }

    /// How many lines there are.
    pub fn count(&self) -> usize {
        match &self.tables {
            Some([_, last]) => last.commit + 1,
            None => self.kept.len(),
        }
    }

    /// A page: the lines of this range that exist.
    pub fn lines(&self, range: Range<usize>) -> Vec<Line> {
        let range = range.start..range.end.min(self.count());
        range.filter_map(|number| self.line(number)).collect()
    }

    fn line(&self, number: usize) -> Option<Line> {
        if let Some(line) = self.kept.get(number) {
            return Some(line.clone());
        }
        let (tables, ruleset) = self.tables()?;
        let table = tables.iter().find(|table| number <= table.commit)?;
        Some(table.line(ruleset, number))
    }

    fn tables(&self) -> Option<(&[TableLines; 2], &iptables::Ruleset)> {
        self.tables.as_ref().zip(iptables_of(&self.ruleset))
    }

    /// The line of a rule.
    pub fn line_of(&self, rule: &RuleAt) -> Option<usize> {
        let is_it = |line: &Line| line.rule.as_ref() == Some(rule);
        if let Some(number) = self.kept.iter().position(is_it) {
            return Some(number);
        }
        let (tables, ruleset) = self.tables()?;
        let lines = tables
            .iter()
            .find(|lines| lines.name.name() == rule.table)?;
        let chains = &ruleset.table(lines.name).chains;
        let place = lines
            .chains
            .iter()
            .position(|id| chains[*id].name == rule.chain)?;
        let nth = rule.nth as usize;
        (nth < chains[lines.chains[place]].rules.len()).then(|| lines.rules[place] + nth)
    }

    /// The text of a rule, as its line has it.
    pub fn text_of(&self, rule: &RuleAt) -> Option<String> {
        let number = self.line_of(rule)?;
        self.line(number).map(|line| line.text)
    }

    /// The lines that are there for a service port, ascending.
    pub fn lines_for(&self, port: ServicePortId) -> Vec<usize> {
        let kept = self.kept.iter().filter(|line| line.port == Some(port));
        let mut numbers: Vec<usize> = kept.map(|line| line.number).collect();
        if let Some((tables, ruleset)) = self.tables() {
            numbers.extend(
                tables
                    .iter()
                    .flat_map(|lines| lines.lines_for(ruleset, port)),
            );
        }
        numbers
    }
}

fn iptables_of(ruleset: &Ruleset) -> Option<&iptables::Ruleset> {
    match ruleset {
        Ruleset::Iptables(ruleset) => Some(ruleset),
        Ruleset::Ipvs(ruleset) => Some(&ruleset.tables),
        Ruleset::Nftables(_) => None,
    }
}

fn ipvs_lines(ruleset: &ipvs::Ruleset) -> Vec<Line> {
    let line = |(number, part): (usize, ipvs::Part)| Line {
        number,
        text: part.text,
        rule: part.rule,
        port: part.port,
        endpoint: part.endpoint,
    };
    ipvs::parts(ruleset)
        .into_iter()
        .enumerate()
        .map(line)
        .collect()
}

fn table_lines(ruleset: &iptables::Ruleset, name: TableName, start: usize) -> TableLines {
    let table = ruleset.table(name);
    let chains = iptables::listing_order(table);
    let mut next = start + 1 + chains.len();
    let rules = chains
        .iter()
        .map(|id| {
            let first = next;
            next += table.chains[*id].rules.len();
            first
        })
        .collect();
    TableLines {
        name,
        start,
        chains,
        rules,
        commit: next,
    }
}

impl TableLines {
    /// `number` is one of this table's.
    fn line(&self, ruleset: &iptables::Ruleset, number: usize) -> Line {
        let table = ruleset.table(self.name);
        let plain = |text: String, cause: Cause| {
            let (port, endpoint) = parts(cause);
            Line {
                number,
                text,
                rule: None,
                port,
                endpoint,
            }
        };
        if number == self.start {
            return plain(format!("*{}", self.name.name()), Cause::Proxy);
        }
        if number >= self.commit {
            return plain("COMMIT".to_owned(), Cause::Proxy);
        }
        if let Some(id) = self.chains.get(number - self.start - 1) {
            let chain = &table.chains[*id];
            return plain(iptables::listed_chain(chain), chain.cause);
        }
        // The last chain that starts here or before; empty ones start where the next does.
        let place = self.rules.partition_point(|first| *first <= number) - 1;
        let chain = &table.chains[self.chains[place]];
        let nth = number - self.rules[place];
        let rule = &chain.rules[nth];
        let text = iptables::listed_rule(ruleset.family, table, rule);
        Line {
            rule: Some(RuleAt {
                table: self.name.name().into(),
                chain: chain.name.clone(),
                nth: u32::try_from(nth).unwrap_or(u32::MAX),
            }),
            ..plain(format!("-A {} {text}", chain.name), rule.cause)
        }
    }

    fn lines_for(&self, ruleset: &iptables::Ruleset, port: ServicePortId) -> Vec<usize> {
        let table = ruleset.table(self.name);
        let about = |cause: Cause| parts(cause).0 == Some(port);
        let declared = (self.chains.iter().enumerate())
            .filter(|(_, id)| about(table.chains[**id].cause))
            .map(|(place, _)| self.start + 1 + place);
        let rules = self.chains.iter().zip(&self.rules).flat_map(|(id, first)| {
            (table.chains[*id].rules.iter().enumerate())
                .filter(|(_, rule)| about(rule.cause))
                .map(move |(nth, _)| first + nth)
        });
        declared.chain(rules).collect()
    }
}

fn parts(cause: Cause) -> (Option<ServicePortId>, Option<EndpointId>) {
    match cause {
        Cause::Proxy => (None, None),
        Cause::Service(port) => (Some(port), None),
        Cause::Endpoint(port, endpoint) => (Some(port), Some(endpoint)),
    }
}

/// In nftables most of what grows with the cluster is elements of maps, which are lines without a rule.
fn nftables_lines(ruleset: &nftables::Ruleset) -> Vec<Line> {
    let text = ruleset.listing();
    let mut chains = ruleset.chains.iter();
    // The chain whose block this is, and how many of its lines were seen.
    let mut open: Option<(&nftables::Chain, usize)> = None;
    let mut lines = Vec::new();
    for (number, text) in text.lines().enumerate() {
        let mut line = Line {
            number,
            text: text.to_owned(),
            rule: None,
            port: None,
            endpoint: None,
        };
        if text.starts_with("\tchain ") {
            open = chains.next().map(|chain| (chain, 0));
        } else if text == "\t}" {
            open = None;
        } else if let Some((chain, seen)) = &mut open {
            let settings = usize::from(chain.comment.is_some()) + usize::from(chain.base.is_some());
            line.rule = seen.checked_sub(settings).map(|nth| RuleAt {
                table: ruleset.table().into(),
                chain: chain.name.clone(),
                nth: u32::try_from(nth).unwrap_or(u32::MAX),
            });
            *seen += 1;
        }
        if let Some((chain, _)) = open {
            (line.port, line.endpoint) = (chain.port, chain.endpoint);
        }
        lines.push(line);
    }
    lines
}

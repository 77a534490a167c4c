//! What depends on where other Pods are: affinity and anti-affinity between Pods, topology spread, host ports.
//!
//! Source: `pkg/scheduler/framework/plugins/{interpodaffinity,podtopologyspread,nodeports}`, their filters only. Two host
//! ports clash whatever their `hostIP`.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::Str;
use crate::api::core::{PodAffinity, PodAffinityTerm, TopologySpreadConstraint};
use crate::api::{LabelSelector, StringMap};
use crate::arena::Arena;
use crate::cluster::{Cluster, Node, NodeId, Pod, PodId, PodSpec, Unfit, WorkloadId};
use crate::identity::draw;
use crate::order::Order;
use crate::packet::Protocol;
use crate::selector::{self, LabelIndex};

/// Whether a Pod may have to wait for others to come first.
pub(super) fn wants_company(spec: &PodSpec) -> bool {
    !affinity_terms(spec).is_empty()
}

/// Who is where so far.
pub(super) struct Board<'a> {
    cluster: &'a Cluster,
    labels: &'a [StringMap],
    /// All Pods by label; only if a Pod asks for others.
    index: Option<LabelIndex<PodId>>,
    /// Nodes by zone, each with a number drawn from its name; zones by name.
    zones: Vec<Vec<(u64, NodeId)>>,
    placements: Vec<Option<NodeId>>,
    host_ports: FxHashSet<(NodeId, Protocol, u16)>,
    /// Placed Pods that keep others away, workload by workload.
    avoiders: Vec<Kept>,
    avoider_of: FxHashMap<Kin, usize>,
    /// Placed Pods that a workload's Pods keep away from, workload by workload.
    avoided: Vec<Kept>,
    avoided_by: FxHashMap<Kin, usize>,
}

/// Anti-affinity terms of one workload, and for each the values of its label that are out: of the nodes with a Pod that
/// has the terms, or with one that they take. Kept up as Pods come; looked up again for every Pod, thousands of replicas
/// would cost their square.
struct Kept {
    terms: Vec<Term>,
    values: Vec<FxHashSet<Str>>,
}

impl Kept {
    fn of(terms: Vec<Term>) -> Self {
        let values = terms.iter().map(|_| FxHashSet::default()).collect();
        Self { terms, values }
    }

    /// A Pod has come to a node with these labels: it counts for the terms that `of` says.
    fn add(&mut self, labels: &StringMap, of: impl Fn(&Term) -> bool) {
        for (term, values) in self.terms.iter().zip(&mut self.values) {
            if let Some(value) = labels.get(&term.key)
                && !values.contains(value)
                && of(term)
            {
                values.insert(value.clone());
            }
        }
    }

    /// Whether a node with these labels is out by its nth term.
    fn excludes(&self, nth: usize, labels: &StringMap) -> bool {
        let value = labels.get(&self.terms[nth].key);
        value.is_some_and(|value| self.values[nth].contains(value))
    }
}

/// Pods of one workload are alike.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
enum Kin {
    Of(WorkloadId),
    Bare(PodId),
}

impl<'a> Board<'a> {
    /// Everyone who has a node already; `asking` are the specs that will ask for demands.
    pub(super) fn of<'s>(
        cluster: &'a Cluster,
        labels: &'a [StringMap],
        mut asking: impl Iterator<Item = &'s PodSpec>,
    ) -> Self {
        let index = asking.any(asks_for_others).then(|| {
            LabelIndex::of(
                cluster
                    .pods
                    .iter()
                    .map(|(id, pod)| (id, &pod.meta.namespace, &pod.meta.labels)),
            )
        });
        let mut zones: BTreeMap<Option<&Str>, Vec<(u64, NodeId)>> = BTreeMap::new();
        for (id, node) in cluster.nodes.iter() {
            let drawn = draw(&[&node.meta.name]);
            zones.entry(node.zone()).or_default().push((drawn, id));
        }
        let mut board = Self {
            cluster,
            zones: zones.into_values().collect(),
            labels,
            index,
            placements: vec![None; cluster.pods.len()],
            host_ports: FxHashSet::default(),
            avoiders: Vec::new(),
            avoider_of: FxHashMap::default(),
            avoided: Vec::new(),
            avoided_by: FxHashMap::default(),
        };
        for (id, pod) in cluster.pods.iter().filter(|(_, pod)| !pod.is_terminal()) {
            if let Some(node) = pod.node() {
                board.put(id, node);
            }
        }
        board
    }

    /// Puts a Pod on a node.
    pub(super) fn put(&mut self, pod: PodId, node: NodeId) {
        self.placements[pod.number() as usize] = Some(node);
        let value = &self.cluster.pods[pod];
        for (protocol, port) in host_ports(&value.spec) {
            self.host_ports.insert((node, protocol, port));
        }
        let labels = &self.labels[node.number() as usize];
        for avoided in &mut self.avoided {
            avoided.add(labels, |term| term.takes(value));
        }
        let keeps_away = anti_affinity_terms(&value.spec);
        if keeps_away.is_empty() {
            return;
        }
        let kin = kin(pod, value);
        let avoider = match self.avoider_of.get(&kin) {
            Some(known) => *known,
            None => {
                self.avoiders.push(Kept::of(self.terms(keeps_away, value)));
                self.avoider_of.insert(kin, self.avoiders.len() - 1);
                self.avoiders.len() - 1
            }
        };
        self.avoiders[avoider].add(labels, |_| true);
    }

    /// Every node with its labels.
    pub(super) fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &'a Node, &'a StringMap)> {
        let nodes: &'a Arena<Node> = &self.cluster.nodes;
        nodes
            .iter()
            .zip(self.labels)
            .map(|((id, node), labels)| (id, node, labels))
    }

    /// The nodes of each zone, with a number drawn from their names.
    pub(super) fn zones(&self) -> impl Iterator<Item = &[(u64, NodeId)]> {
        self.zones.iter().map(Vec::as_slice)
    }

    /// Where everyone is.
    pub(super) fn into_placements(self) -> Vec<Option<NodeId>> {
        self.placements
    }

    /// What a Pod demands of its node as the others stand now; `selected` says which nodes its node affinity takes.
    pub(super) fn demands(&mut self, pod: PodId, selected: &[bool]) -> Demands {
        let value = &self.cluster.pods[pod];
        let avoided = self.avoided_by(pod, value);
        let spec = &*value.spec;
        Demands {
            host_ports: host_ports(spec).collect(),
            spreads: self.spreads(value, selected),
            company: self.company(value),
            avoided,
            avoiders: self.avoiders_of(value),
        }
    }

    fn labels(&self, node: NodeId) -> &'a StringMap {
        &self.labels[node.number() as usize]
    }

    /// Placed Pods that a selector matches, with their nodes.
    fn placed<'b>(
        &'b self,
        namespace: &str,
        selector: &'b LabelSelector,
    ) -> impl Iterator<Item = (&'b Pod, NodeId)> + 'b {
        let candidates = self.index.as_ref().map_or(&[][..], |index| {
            index.candidates(namespace, &selector.match_labels)
        });
        candidates.iter().filter_map(|id| {
            let node = self.placements[id.number() as usize]?;
            let pod = &self.cluster.pods[*id];
            selector::matches(selector, &pod.meta.labels).then_some((pod, node))
        })
    }

    fn spreads(&self, pod: &Pod, selected: &[bool]) -> Vec<Spread> {
        let constraints: Vec<&TopologySpreadConstraint> = pod
            .spec
            .topology_spread
            .iter()
            .filter(|constraint| constraint.when_unsatisfiable.as_deref() != Some("ScheduleAnyway"))
            .collect();
        let eligible = |node: NodeId| {
            selected[node.number() as usize]
                && constraints
                    .iter()
                    .all(|constraint| self.labels(node).contains_key(&constraint.topology_key))
        };
        constraints
            .iter()
            .map(|constraint| {
                let key = &constraint.topology_key;
                let mut counts: FxHashMap<Str, i64> = self
                    .nodes()
                    .filter(|(id, _, _)| eligible(*id))
                    .filter_map(|(_, _, labels)| Some((labels.get(key)?.clone(), 0)))
                    .collect();
                let selector = narrowed(
                    constraint.label_selector.as_ref(),
                    &constraint.match_label_keys,
                    pod,
                );
                let mut own = 0;
                if let Some(selector) = &selector {
                    own = i64::from(selector::matches(selector, &pod.meta.labels));
                    for (other, node) in self.placed(&pod.meta.namespace, selector) {
                        if !other.terminating
                            && eligible(node)
                            && let Some(count) = self
                                .labels(node)
                                .get(key)
                                .and_then(|domain| counts.get_mut(domain))
                        {
                            *count += 1;
                        }
                    }
                }
                let too_few = constraint
                    .min_domains
                    .is_some_and(|min| (counts.len() as i64) < min);
                let least = if too_few {
                    0
                } else {
                    counts.values().copied().min().unwrap_or(0)
                };
                Spread {
                    key: key.clone(),
                    most: constraint.max_skew.saturating_add(least) - own,
                    counts,
                }
            })
            .collect()
    }

    fn company(&self, pod: &Pod) -> Company {
        let terms = self.terms(affinity_terms(&pod.spec), pod);
        let Some(first) = terms.first() else {
            return Company::Unasked;
        };
        // A Pod counts only if it matches every term.
        let mut domains: Vec<(Str, FxHashSet<Str>)> = terms
            .iter()
            .map(|term| (term.key.clone(), FxHashSet::default()))
            .collect();
        let mut anyone = false;
        for namespace in &first.namespaces {
            let Some(selector) = &first.selector else {
                continue;
            };
            for (other, node) in self.placed(namespace, selector) {
                if !terms.iter().all(|term| term.takes(other)) {
                    continue;
                }
                for (key, values) in &mut domains {
                    if let Some(value) = self.labels(node).get(key) {
                        anyone = true;
                        values.insert(value.clone());
                    }
                }
            }
        }
        if !anyone && terms.iter().all(|term| term.takes(pod)) {
            // The first of a group that wants to be together may go anywhere.
            return Company::First(terms.into_iter().map(|term| term.key).collect());
        }
        Company::Near(domains)
    }

    /// Whom this Pod keeps away from; `None`: nobody.
    fn avoided_by(&mut self, id: PodId, pod: &Pod) -> Option<usize> {
        let terms = anti_affinity_terms(&pod.spec);
        if terms.is_empty() {
            return None;
        }
        let kin = kin(id, pod);
        if let Some(known) = self.avoided_by.get(&kin) {
            return Some(*known);
        }
        let mut avoided = Kept::of(self.terms(terms, pod));
        for (term, values) in avoided.terms.iter().zip(&mut avoided.values) {
            let Some(selector) = &term.selector else {
                continue;
            };
            *values = term
                .namespaces
                .iter()
                .flat_map(|namespace| self.placed(namespace, selector))
                .filter_map(|(_, node)| self.labels(node).get(&term.key).cloned())
                .collect();
        }
        self.avoided.push(avoided);
        self.avoided_by.insert(kin, self.avoided.len() - 1);
        Some(self.avoided.len() - 1)
    }

    /// Those who are there already keep this one away just as well.
    fn avoiders_of(&self, pod: &Pod) -> Vec<(usize, usize)> {
        let terms = self.avoiders.iter().enumerate().flat_map(|(nth, avoider)| {
            let terms = avoider.terms.iter().enumerate();
            terms.map(move |(term, value)| (nth, term, value))
        });
        terms
            .filter(|(_, _, term)| term.takes(pod))
            .map(|(avoider, term, _)| (avoider, term))
            .collect()
    }

    fn terms(&self, terms: &[PodAffinityTerm], pod: &Pod) -> Vec<Term> {
        terms
            .iter()
            .map(|term| Term {
                key: term.topology_key.clone(),
                namespaces: self.namespaces(term, pod),
                selector: narrowed(term.label_selector.as_ref(), &term.match_label_keys, pod),
            })
            .collect()
    }

    fn namespaces(&self, term: &PodAffinityTerm, pod: &Pod) -> Vec<Str> {
        let mut namespaces = term.namespaces.clone();
        match &term.namespace_selector {
            Some(selector) => namespaces.extend(
                self.cluster
                    .namespaces
                    .values()
                    .filter(|namespace| selector::matches(selector, &namespace.meta.labels))
                    .map(|namespace| namespace.meta.name.clone()),
            ),
            None if namespaces.is_empty() => namespaces.push(pod.meta.namespace.clone()),
            None => {}
        }
        namespaces.order();
        namespaces.dedup();
        namespaces
    }
}

/// An affinity term made ready.
struct Term {
    key: Str,
    namespaces: Vec<Str>,
    /// `None` takes nobody.
    selector: Option<LabelSelector>,
}

impl Term {
    fn takes(&self, pod: &Pod) -> bool {
        self.namespaces.contains(&pod.meta.namespace)
            && self
                .selector
                .as_ref()
                .is_some_and(|selector| selector::matches(selector, &pod.meta.labels))
    }
}

/// What one Pod demands of its node.
pub(super) struct Demands {
    host_ports: Vec<(Protocol, u16)>,
    spreads: Vec<Spread>,
    company: Company,
    /// In [`Board::avoided`].
    avoided: Option<usize>,
    /// In [`Board::avoiders`], with the term.
    avoiders: Vec<(usize, usize)>,
}

struct Spread {
    key: Str,
    /// Pods that a domain may hold already.
    most: i64,
    counts: FxHashMap<Str, i64>,
}

enum Company {
    Unasked,
    /// Labels of nodes that only have to be there.
    First(Vec<Str>),
    /// Labels of nodes with the values to choose from; all of them must hold.
    Near(Vec<(Str, FxHashSet<Str>)>),
}

impl Demands {
    /// Why a node does not do.
    pub(super) fn unfit(&self, board: &Board, node: NodeId) -> Option<Unfit> {
        let taken = self
            .host_ports
            .iter()
            .find(|(protocol, port)| board.host_ports.contains(&(node, *protocol, *port)));
        if let Some((_, port)) = taken {
            return Some(Unfit::HostPort { port: *port });
        }
        let labels = board.labels(node);
        let spread = self.spreads.iter().all(|spread| {
            labels.get(&spread.key).is_some_and(|domain| {
                spread.counts.get(domain).copied().unwrap_or(0) <= spread.most
            })
        });
        if !spread {
            return Some(Unfit::TopologySpread);
        }
        let near = match &self.company {
            Company::Unasked => true,
            Company::First(keys) => keys.iter().all(|key| labels.contains_key(key)),
            Company::Near(domains) => domains
                .iter()
                .all(|(key, values)| labels.get(key).is_some_and(|value| values.contains(value))),
        };
        let avoids = self.avoided.is_some_and(|avoided| {
            let avoided = &board.avoided[avoided];
            (0..avoided.terms.len()).any(|term| avoided.excludes(term, labels))
        });
        let mut avoiders = self.avoiders.iter();
        let avoided =
            avoiders.any(|(avoider, term)| board.avoiders[*avoider].excludes(*term, labels));
        (!near || avoids || avoided).then_some(Unfit::PodAffinity)
    }
}

// Pods of one workload ask the same.
fn kin(id: PodId, pod: &Pod) -> Kin {
    pod.owner.map_or(Kin::Bare(id), Kin::Of)
}

fn asks_for_others(spec: &PodSpec) -> bool {
    wants_company(spec) || !anti_affinity_terms(spec).is_empty() || !spec.topology_spread.is_empty()
}

fn affinity_terms(spec: &PodSpec) -> &[PodAffinityTerm] {
    required(spec.affinity.as_ref().and_then(|a| a.pod_affinity.as_ref()))
}

fn anti_affinity_terms(spec: &PodSpec) -> &[PodAffinityTerm] {
    required(
        spec.affinity
            .as_ref()
            .and_then(|a| a.pod_anti_affinity.as_ref()),
    )
}

fn required(affinity: Option<&PodAffinity>) -> &[PodAffinityTerm] {
    affinity.map_or(&[], |affinity| {
        &affinity.required_during_scheduling_ignored_during_execution
    })
}

/// A selector with the Pod's own values of `matchLabelKeys`; no selector selects nothing.
fn narrowed(selector: Option<&LabelSelector>, keys: &[Str], pod: &Pod) -> Option<LabelSelector> {
    let mut selector = selector?.clone();
    for key in keys {
        if let Some(value) = pod.meta.labels.get(key) {
            selector.match_labels.insert(key.clone(), value.clone());
        }
    }
    Some(selector)
}

/// Ports of the node that a Pod takes: with the host's network all that it declares.
fn host_ports(spec: &PodSpec) -> impl Iterator<Item = (Protocol, u16)> {
    spec.ports().filter_map(|port| {
        let number = port.host_port.or(spec.host_network.then_some(port.port))?;
        Some((port.protocol, number))
    })
}

//! Label selectors: does an object match, and which objects match.
//!
//! One meaning for all of Kubernetes' users of selectors (Services, workloads, affinity, policies). Kubectl's text form
//! is read by [`text`]. Source: `k8s.io/apimachinery/pkg/labels`.

pub mod text;

use rustc_hash::FxHashMap;

use crate::Str;
use crate::api::{LabelSelector, LabelSelectorRequirement, StringMap};

/// Whether labels satisfy every part of a selector. An empty selector matches everything.
///
/// A requirement that the API server would refuse (an operator that does not exist) matches nothing.
pub fn matches(selector: &LabelSelector, labels: &StringMap) -> bool {
    contains(labels, &selector.match_labels)
        && selector
            .match_expressions
            .iter()
            .all(|requirement| requirement_holds(requirement, labels))
}

/// Whether labels hold all of these pairs: the selector of a Service.
pub fn contains(labels: &StringMap, pairs: &StringMap) -> bool {
    pairs
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
}

/// Whether labels satisfy one expression.
///
/// `NotIn` and `DoesNotExist` hold where the label is missing; `Gt` and `Lt` (node affinity) compare integers and fail on
/// anything else.
pub fn requirement_holds(requirement: &LabelSelectorRequirement, labels: &StringMap) -> bool {
    let value = labels.get(&requirement.key);
    match requirement.operator.as_str() {
        "In" => value.is_some_and(|value| requirement.values.contains(value)),
        "NotIn" => value.is_none_or(|value| !requirement.values.contains(value)),
        "Exists" => value.is_some(),
        "DoesNotExist" => value.is_none(),
        "Gt" => compared(value, &requirement.values).is_some_and(|(value, bound)| value > bound),
        "Lt" => compared(value, &requirement.values).is_some_and(|(value, bound)| value < bound),
        _ => false,
    }
}

fn compared(value: Option<&Str>, bounds: &[Str]) -> Option<(i64, i64)> {
    let [bound] = bounds else { return None };
    Some((value?.parse().ok()?, bound.parse().ok()?))
}

/// Objects by namespace and label, so that a selector looks only at those that carry its rarest pair.
///
/// With 10,000 Services over 150,000 Pods a scan of all Pods for every Service is 1.5 billion comparisons.
#[derive(Debug)]
pub struct LabelIndex<Id> {
    namespaces: FxHashMap<Str, NamespaceIndex<Id>>,
}

#[derive(Debug)]
struct NamespaceIndex<Id> {
    all: Vec<Id>,
    by_pair: FxHashMap<(Str, Str), Vec<Id>>,
}

impl<Id: Copy> LabelIndex<Id> {
    /// Indexes objects; what is found comes back in this order.
    pub fn of<'a>(objects: impl IntoIterator<Item = (Id, &'a Str, &'a StringMap)>) -> Self {
        let mut namespaces: FxHashMap<Str, NamespaceIndex<Id>> = FxHashMap::default();
        for (id, namespace, labels) in objects {
            let index = namespaces
                .entry(namespace.clone())
                .or_insert_with(|| NamespaceIndex {
                    all: Vec::new(),
                    by_pair: FxHashMap::default(),
                });
            index.all.push(id);
            for (key, value) in labels {
                index
                    .by_pair
                    .entry((key.clone(), value.clone()))
                    .or_default()
                    .push(id);
            }
        }
        Self { namespaces }
    }

    /// The fewest objects of a namespace among which all that carry these pairs are.
    ///
    /// They still have to be matched: only one of the pairs was looked at.
    pub fn candidates(&self, namespace: &str, pairs: &StringMap) -> &[Id] {
        let Some(index) = self.namespaces.get(namespace) else {
            return &[];
        };
        pairs
            .iter()
            .map(|(key, value)| {
                index
                    .by_pair
                    .get(&(key.clone(), value.clone()))
                    .map_or(&[][..], Vec::as_slice)
            })
            .min_by_key(|ids| ids.len())
            .unwrap_or(&index.all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(text: &str) -> StringMap {
        text.split(',')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').expect("key=value"))
            .map(|(key, value)| (key.into(), value.into()))
            .collect()
    }

    fn requirement(key: &str, operator: &str, values: &[&str]) -> LabelSelectorRequirement {
        LabelSelectorRequirement {
            key: key.into(),
            operator: operator.into(),
            values: values.iter().copied().map(Str::from).collect(),
        }
    }

    #[test]
    fn every_operator_as_the_api_means_it() {
        let labels = map("tier=front,rank=7");
        let holds = |key, operator, values: &[&str]| {
            requirement_holds(&requirement(key, operator, values), &labels)
        };
        assert!(holds("tier", "In", &["back", "front"]));
        assert!(!holds("tier", "In", &["back"]));
        assert!(!holds("zone", "In", &["a"]));
        assert!(!holds("tier", "NotIn", &["front"]));
        assert!(
            holds("zone", "NotIn", &["a"]),
            "a missing label is not in any list"
        );
        assert!(holds("tier", "Exists", &[]));
        assert!(holds("zone", "DoesNotExist", &[]));
        assert!(holds("rank", "Gt", &["6"]));
        assert!(!holds("rank", "Gt", &["7"]));
        assert!(holds("rank", "Lt", &["10"]), "numbers, not text");
        assert!(!holds("tier", "Lt", &["10"]));
        assert!(!holds("rank", "Lt", &["10", "11"]));
        assert!(!holds("tier", "in", &["front"]), "operators have a case");
    }

    #[test]
    fn all_parts_of_a_selector_must_hold() {
        let selector = LabelSelector {
            match_labels: map("app=web"),
            match_expressions: vec![requirement("tier", "NotIn", &["back"])],
        };
        assert!(matches(&selector, &map("app=web")));
        assert!(!matches(&selector, &map("app=web,tier=back")));
        assert!(!matches(&selector, &map("tier=front")));
        assert!(matches(&LabelSelector::default(), &map("")));
    }

    #[test]
    fn the_index_looks_at_the_rarest_pair_of_the_namespace() {
        let (shop, other) = (Str::from("shop"), Str::from("other"));
        let (both, common) = (map("app=web,part=a"), map("part=a"));
        let index = LabelIndex::of([
            (1, &shop, &common),
            (2, &shop, &both),
            (3, &other, &both),
            (4, &shop, &common),
        ]);
        assert_eq!(index.candidates("shop", &map("app=web,part=a")), [2]);
        assert_eq!(index.candidates("shop", &map("part=a")), [1, 2, 4]);
        assert_eq!(index.candidates("shop", &map("app=db,part=a")), [0; 0]);
        assert_eq!(index.candidates("shop", &map("")), [1, 2, 4]);
        assert_eq!(index.candidates("nowhere", &map("")), [0; 0]);
    }
}

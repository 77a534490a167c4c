//! What if: the list of changes in words, what it did to the cluster, answers before and after, types of a Service.

mod sender;

use std::collections::BTreeMap;

use switchboard_engine::{
    api::apps::WorkloadKind,
    cluster::{Cluster, TrafficPolicy, WorkloadId},
    mend::{self, Mend},
    proxy::Share,
    service_types::Subject,
    trace::{Probe, compare, words as engine_words},
    whatif::{Change, NodeFate, Object, PodFate, differences},
};

use super::{Memory, environment, trace};
use crate::{
    layout::Drawing,
    protocol::{
        AboutTypes, ComparedView, EffectView, Entry, EntryView, MendView, Offer, ProbeText,
        Settings, SplitRow, WhatIfAnswer, WhatIfQuestion, WhatIfView,
    },
    scene::{ColumnKey, Group, Key, Name},
    words,
};
pub(super) use sender::after as sender_after;

/// More objects than this nobody reads through.
const EFFECTS: usize = 200;
/// So many changes are named beside an answer.
const TOLD: usize = 3;
/// So many nodes are offered as the one that outside traffic enters by; any other is named.
const NODES: usize = 100;
/// So many ends of packets are listed.
const ENDS: usize = 60;

/// Answers a question.
pub(super) fn answer(memory: &Memory, question: WhatIfQuestion) -> WhatIfAnswer {
    match question {
        WhatIfQuestion::Compare(probe) => {
            let compared = compared(memory, &probe).map(Box::new);
            WhatIfAnswer::Compared(probe, compared)
        }
        WhatIfQuestion::Types { service, nth } => one_type(memory, service, nth),
    }
}

/// What the list comes to.
pub(super) fn view(memory: &Memory, entries: &[Entry]) -> WhatIfView {
    let written = memory.written();
    let changed = memory.changed();
    let unmet = changed.analysis.cluster.aftermath.unmet.iter();
    let unmet: Vec<&Change> = unmet.filter_map(|nth| changed.changes.get(*nth)).collect();
    let mut effects = effects(memory);
    let more = effects.len().saturating_sub(EFFECTS);
    effects.truncate(EFFECTS);
    let environment = &written.analysis.cluster.environment;
    WhatIfView {
        entries: entries
            .iter()
            .map(|Entry { change, .. }| EntryView {
                title: change.title(),
                meaning: change.meaning().to_owned(),
                command: change.command(),
                is_unmet: unmet.contains(&change),
                write: write(written, change),
                change: change.clone(),
            })
            .collect(),
        effects,
        more_effects: u32::try_from(more).unwrap_or(u32::MAX),
        settings: Settings {
            mode: environment.proxy.mode,
            egress: environment.options.egress,
            load_balancer: environment.options.load_balancer,
            entry_node: environment.options.entry_node.clone(),
            nodes: written
                .analysis
                .cluster
                .nodes
                .values()
                .map(|node| node.meta.name.clone())
                .take(NODES)
                .collect(),
        },
    }
}

/// What is to be known of every answer while something is changed.
pub(super) fn caveat(memory: &Memory) -> Option<String> {
    let titles: Vec<String> = memory
        .changes
        .iter()
        .take(TOLD)
        .map(Change::title)
        .collect();
    let more = memory.changes.len() - titles.len();
    (!titles.is_empty()).then(|| words::whatif::caveat(&titles, more))
}

/// The edit that writes a change down.
fn write(written: &Memory, change: &Change) -> Result<MendView, String> {
    let manifest = &written.analysis.manifest;
    let Mend { title, edit } = mend::write(manifest, change)?;
    let edit = written.texts.edit(manifest, title, &edit);
    edit.ok_or_else(|| words::whatif::NO_PLACE.to_owned())
}

/// Every object that is not as written.
fn effects(memory: &Memory) -> Vec<EffectView> {
    if memory.other.is_none() {
        return Vec::new();
    }
    let changed = memory.changed();
    let cluster = &changed.analysis.cluster;
    differences(&memory.written().analysis.cluster, cluster)
        .into_iter()
        .map(|difference| {
            let (title, at) = match &difference.object {
                Object::Node { name } => (
                    format!("Node {name}"),
                    vec![Key::Column(ColumnKey::Node(name.clone()))],
                ),
                Object::Service { namespace, name } => {
                    let name = Name {
                        namespace: namespace.clone(),
                        name: name.clone(),
                    };
                    let title = format!("Service {name}");
                    (title, vec![Key::Service(name)])
                }
                Object::Pod { namespace, name } => (
                    format!("Pod {namespace}/{name}"),
                    cluster
                        .pod(namespace, name)
                        .map_or_else(Vec::new, |id| changed.scene.keys_of(cluster, id)),
                ),
            };
            EffectView {
                at,
                title,
                what: difference.how.words(),
            }
        })
        .collect()
}

/// What could become of a thing on the map.
pub(super) fn offers(memory: &Memory, key: &Key) -> Vec<Offer> {
    let cluster = &memory.analysis.cluster;
    match key {
        Key::Pod(name) => {
            let fates = [
                (words::whatif::MAKE_NOT_READY, PodFate::NotReady),
                (words::whatif::MAKE_TERMINATING, PodFate::Terminating),
                (words::whatif::MAKE_GONE, PodFate::Gone),
            ];
            let offers = fates.map(|(label, becomes)| Offer::Change {
                label: label.to_owned(),
                change: Change::Pod {
                    namespace: name.namespace.clone(),
                    name: name.name.clone(),
                    becomes,
                },
            });
            let owner = cluster.pod(&name.namespace, &name.name);
            let owner = owner.and_then(|id| cluster.pods[id].owner);
            let scale = owner.and_then(|id| scale(cluster, cluster.topmost(id)));
            offers.into_iter().chain(scale).collect()
        }
        Key::Pods {
            group: Group::Workload { kind, name },
            ..
        } => {
            let mut workloads = cluster.workloads.iter();
            let found = workloads.find(|(_, workload)| {
                workload.kind == *kind && Name::from(&workload.meta) == *name
            });
            found
                .and_then(|(id, _)| scale(cluster, id))
                .into_iter()
                .collect()
        }
        Key::Column(ColumnKey::Node(name)) => {
            let fates = [
                (words::whatif::MAKE_NOT_READY, NodeFate::NotReady),
                (words::whatif::CUT_IT_OFF, NodeFate::CutOff),
                (words::whatif::CORDON, NodeFate::Cordoned),
                (words::whatif::DRAIN, NodeFate::Drained),
                (words::whatif::MAKE_GONE, NodeFate::Gone),
            ];
            let offers = fates.map(|(label, becomes)| Offer::Change {
                label: label.to_owned(),
                change: Change::Node {
                    name: name.clone(),
                    becomes,
                },
            });
            let entry = Offer::Change {
                label: words::whatif::ENTERS_HERE.to_owned(),
                change: Change::EntryNode(Some(name.clone())),
            };
            offers.into_iter().chain([entry]).collect()
        }
        Key::Service(name) | Key::LoadBalancer(name) => {
            let Some(id) = cluster.service(&name.namespace, &name.name) else {
                return Vec::new();
            };
            let service = &cluster.services[id];
            if service.meta.origin.is_none() {
                return Vec::new();
            }
            let (word, policy) = match service.external_traffic_policy {
                TrafficPolicy::Cluster => ("Local", TrafficPolicy::Local),
                TrafficPolicy::Local => ("Cluster", TrafficPolicy::Cluster),
            };
            let policy = service.externally_accessible().then(|| Offer::Change {
                label: format!("externalTrafficPolicy: {word}"),
                change: Change::ExternalTrafficPolicy {
                    namespace: name.namespace.clone(),
                    name: name.name.clone(),
                    policy,
                },
            });
            policy
                .into_iter()
                .chain([Offer::Types(name.clone())])
                .collect()
        }
        _ => Vec::new(),
    }
}

/// Whether there is a number of replicas to change.
pub(super) fn can_scale(kind: WorkloadKind) -> bool {
    matches!(
        kind,
        WorkloadKind::Deployment
            | WorkloadKind::StatefulSet
            | WorkloadKind::ReplicaSet
            | WorkloadKind::ReplicationController
    )
}

fn scale(cluster: &Cluster, id: WorkloadId) -> Option<Offer> {
    let workload = &cluster.workloads[id];
    can_scale(workload.kind).then(|| Offer::Scale {
        subject: format!(
            "{}/{}",
            workload.kind.name().to_ascii_lowercase(),
            Name::from(&workload.meta)
        ),
        replicas: workload.replicas,
    })
}

/// Says on the map what is not as written. A namespace's card says nothing about one Pod in it.
pub(super) fn mark(memory: &Memory, drawing: &mut Drawing) {
    if memory.changes.is_empty() {
        return;
    }
    let effects = effects(memory);
    let mut marks: BTreeMap<&Key, (usize, &str)> = BTreeMap::new();
    for effect in &effects {
        let shape = effect.at.iter().find(|key| drawing.item(key).is_some());
        if let Some(shape) = shape.filter(|key| !matches!(key, Key::Namespace(_))) {
            marks.entry(shape).or_insert((0, &effect.what)).0 += 1;
        }
    }
    for item in &mut drawing.items {
        item.changed = marks.get(&item.key).map(|(count, what)| match count {
            1 => (*what).to_owned(),
            _ => words::whatif::pods_changed(*count),
        });
    }
}

fn compared(memory: &Memory, probe: &ProbeText) -> Option<ComparedView> {
    let parsed = Probe::parse(&probe.from, &probe.to).ok()?;
    let (was, is) = (memory.written(), memory.changed());
    let before = was.analysis.trace(&parsed);
    let (sent, sender) = sender::after(memory, parsed);
    let after = is.analysis.trace(&sent);
    let difference = compare::difference(&before, &after);
    let (were, are) = (compare::split(&before), compare::split(&after));
    let find = |all: &[(String, Share)], end: &str| {
        all.iter()
            .find(|(known, _)| known == end)
            .map(|(_, share)| *share)
    };
    let new = are.iter().filter(|(end, _)| find(&were, end).is_none());
    let ends: Vec<&String> = were.iter().chain(new).map(|(end, _)| end).collect();
    let more = ends.len().saturating_sub(ENDS);
    let split = ends
        .into_iter()
        .take(ENDS)
        .map(|end| {
            let (before, after) = (find(&were, end), find(&are, end));
            let number = |share: &Option<Share>| share.as_ref().map_or(0.0, |share| share.as_f64());
            SplitRow {
                end: end.clone(),
                fractions: (number(&before), number(&after)),
                before: before.map(|share| share.to_string()),
                after: after.map(|share| share.to_string()),
            }
        })
        .collect();
    Some(ComparedView {
        sender,
        differs: engine_words::change(&before, &after),
        differs_from: difference
            .filter(|difference| difference.alternative == 0)
            .and_then(|difference| difference.step)
            .map(|step| u32::try_from(step).unwrap_or(u32::MAX)),
        before: trace::view(was, probe.clone(), &before),
        after: trace::view(is, probe.clone(), &after),
        split,
        more_ends: u32::try_from(more).unwrap_or(u32::MAX),
    })
}

fn one_type(memory: &Memory, service: Name, nth: usize) -> WhatIfAnswer {
    let subject = Subject::of(&memory.analysis, &service.namespace, &service.name);
    let files = &memory.analysis.manifest.files;
    let base = environment(memory.options.clone());
    let row = subject
        .as_ref()
        .and_then(|subject| subject.row(files, &base, &memory.changes, nth));
    WhatIfAnswer::Type {
        service,
        nth,
        about: subject.map(|subject| AboutTypes {
            without_selector: subject.about.without_selector,
            clients_assumed: subject.about.clients_assumed,
        }),
        row: row.map(Box::new),
    }
}

/// The changes of a list that happen.
pub(super) fn active(entries: &[Entry]) -> Vec<Change> {
    let on = entries.iter().filter(|entry| entry.on);
    on.map(|entry| entry.change.clone()).collect()
}

#[cfg(test)]
mod tests {
    use switchboard_engine::trace::{Headline, Verdict};

    use super::*;
    use crate::{
        documents::FileChange,
        protocol::{Answer, Picture, Question, Shown, follow},
        scene::MapView,
        worker::answers,
    };

    const SHOP: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: shop}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
";

    fn documents(revision: u32, changes: &[(&str, bool)]) -> Question {
        shown(revision, changes, Shown::Changed)
    }

    fn shown(revision: u32, changes: &[(&str, bool)], shown: Shown) -> Question {
        let name = "shop.yaml".to_owned();
        Question::Documents {
            revision,
            base: revision.checked_sub(1).filter(|base| *base > 0),
            files: vec![match revision {
                1 => FileChange::Whole {
                    name,
                    text: SHOP.to_owned(),
                },
                _ => FileChange::Same { name },
            }],
            options: Default::default(),
            changes: changes
                .iter()
                .map(|(change, on)| Entry {
                    change: change.parse().expect("a change"),
                    on: *on,
                })
                .collect(),
            shown,
            view: MapView::default(),
        }
    }

    fn compare() -> Question {
        let probe = ProbeText {
            from: "pod/shop/client".into(),
            to: "http://web".into(),
        };
        Question::Follow(follow::Question::WhatIf(WhatIfQuestion::Compare(probe)))
    }

    fn picture(answer: &Answer) -> &Picture {
        match answer {
            Answer::Picture(picture) => picture,
            other => panic!("{other:?}"),
        }
    }

    fn both(answer: &Answer) -> &ComparedView {
        match answer {
            Answer::Follow {
                answer: follow::Answer::WhatIf(answer),
                ..
            } => match &**answer {
                WhatIfAnswer::Compared(_, Some(compared)) => compared,
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        }
    }

    fn changed(picture: &Picture) -> Vec<(String, String)> {
        let items = picture.drawing.items.iter();
        items
            .filter_map(|item| Some((item.key.to_string(), item.changed.clone()?)))
            .collect()
    }

    #[test]
    fn the_map_says_what_is_not_as_written_and_the_way_back_is_the_same_as_before() {
        let gone = "pod/shop/web=not-ready";
        let answers = answers(vec![
            documents(1, &[]),
            documents(2, &[(gone, true), ("node/nowhere=gone", true)]),
            compare(),
            documents(3, &[(gone, false)]),
            compare(),
        ]);
        let (first, second, third) = (
            picture(&answers[0]),
            picture(&answers[1]),
            picture(&answers[3]),
        );
        assert_eq!(
            changed(second),
            [
                (
                    "svc/shop/web".to_owned(),
                    "endpoints ready: 0 of 1, was 1 of 1".to_owned()
                ),
                ("pod/shop/web".to_owned(), "not ready any more".to_owned()),
            ]
        );
        let unmet: Vec<bool> = second.whatif.entries.iter().map(|it| it.is_unmet).collect();
        assert_eq!(unmet, [false, true]);
        let compared = both(&answers[2]);
        assert_eq!(
            compared.before.headline,
            Headline::Verdict(Verdict::Reachable)
        );
        assert_eq!(
            compared.after.headline,
            Headline::Verdict(Verdict::Unreachable)
        );
        assert_eq!(compared.split.len(), 2);
        assert_eq!(compared.split[0].after, None);
        assert!(compared.differs.is_some());
        // Off: on the list, and nothing else.
        assert_eq!(third.drawing, first.drawing);
        assert_eq!(third.whatif.entries.len(), 1);
        assert_eq!(both(&answers[4]).differs, None);
    }

    #[test]
    fn what_is_written_can_be_played_and_the_comparison_stays() {
        let changes = [("pod/shop/web=not-ready", true)];
        let probe = ProbeText {
            from: "pod/shop/client".into(),
            to: "http://web".into(),
        };
        let answers = answers(vec![
            documents(1, &[]),
            documents(2, &changes),
            compare(),
            shown(3, &changes, Shown::Written),
            compare(),
            Question::Trace(probe.clone()),
            documents(4, &changes),
            Question::Trace(probe),
        ]);
        assert_eq!(picture(&answers[3]).drawing, picture(&answers[0]).drawing);
        assert_eq!(picture(&answers[3]).whatif, picture(&answers[1]).whatif);
        assert_eq!(both(&answers[4]), both(&answers[2]));
        assert_eq!(picture(&answers[6]).drawing, picture(&answers[1]).drawing);
        let told = |answer: &Answer| match answer {
            Answer::Trace {
                answer: Ok(trace), ..
            } => (trace.headline, trace.caveats.len()),
            other => panic!("{other:?}"),
        };
        // What is not in the manifests is said of the answer that has it.
        assert_eq!(
            told(&answers[5]),
            (Headline::Verdict(Verdict::Reachable), 0)
        );
        assert_eq!(
            told(&answers[7]),
            (Headline::Verdict(Verdict::Unreachable), 1)
        );
    }

    #[test]
    fn the_head_of_a_node_says_what_became_of_it() {
        let heads = |change: &str| -> Vec<String> {
            let answers = answers(vec![documents(1, &[(change, true)])]);
            let columns = &picture(&answers[0]).drawing.columns;
            let subtitles = columns.iter().map(|column| column.column.subtitle.clone());
            subtitles.collect()
        };
        assert_eq!(heads("node/node-1=cut-off")[0], "192.168.0.11 · cut off");
        assert_eq!(
            heads("node/node-1=not-ready")[0],
            "192.168.0.11 · not ready"
        );
    }

    #[test]
    fn types_end_with_the_last() {
        let service = Name {
            namespace: "shop".into(),
            name: "web".into(),
        };
        let ask = |nth| {
            let service = service.clone();
            let question = WhatIfQuestion::Types { service, nth };
            Question::Follow(follow::Question::WhatIf(question))
        };
        let answers = answers(vec![documents(1, &[]), ask(0), ask(7)]);
        let row = |answer: &Answer| match answer {
            Answer::Follow {
                answer: follow::Answer::WhatIf(answer),
                ..
            } => match &**answer {
                WhatIfAnswer::Type { row, .. } => row.clone(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert!(row(&answers[1]).expect("the first").is_current);
        assert_eq!(row(&answers[2]), None);
    }
}

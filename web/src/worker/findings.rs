//! Findings: the list, those of one object, and the page of a code.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use switchboard_engine::order::{Gather, Order};
use switchboard_engine::{
    Analysis,
    cluster::Meta,
    finding::{Finding, Severity, Symptom, catalogue},
    manifest::Location,
    origin::{ObjectOrigin, Origin},
    trace::Answer,
};

use super::{Memory, text::Texts};
use crate::{
    protocol::{Counts, FindingView, FindingsAnswer, FindingsQuestion, MendView, PageView},
    scene::{ColumnKey, Key, Name, Scene},
    words,
};

/// A manifest for each code.
const EXAMPLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/examples.rs"));
/// More than this nobody reads.
const MOST: usize = 500;
/// So many reasons are given for one answer.
const REASONS: usize = 20;
/// In an object of more bytes nothing is mended by a click: each edit reads the object again.
const LARGEST: usize = 200_000;

/// Findings, object by object: the object with the worst one first, then in the order of the text. And how many there
/// are.
pub(super) fn findings(
    analysis: &Analysis,
    texts: &Texts,
    scene: &Scene,
) -> (Vec<FindingView>, Counts) {
    let mut counts = Counts::default();
    let mut worst = BTreeMap::<Option<ObjectOrigin>, Severity>::new();
    for finding in analysis.findings.iter() {
        let severity = finding.severity();
        counts.add(severity);
        let known = worst.entry(object(finding)).or_insert(severity);
        *known = (*known).max(severity);
    }
    let mut found: Vec<&Finding> = analysis.findings.iter().collect();
    found.order_by_key(|finding| {
        let object = object(finding);
        // What is about no object, but about the whole, stands behind those of its severity.
        (
            Reverse(worst.get(&object)),
            object.is_none(),
            object,
            Reverse(finding.severity()),
        )
    });
    found.truncate(MOST);
    (views(analysis, texts, scene, &found), counts)
}

/// Findings about some objects, each once.
pub(super) fn about(
    memory: &Memory,
    objects: impl IntoIterator<Item = ObjectOrigin>,
) -> Vec<FindingView> {
    let wanted: BTreeSet<ObjectOrigin> = objects.into_iter().gather();
    let analysis = &memory.analysis;
    let found: Vec<&Finding> = analysis
        .findings
        .iter()
        .filter(|finding| object(finding).is_some_and(|object| wanted.contains(&object)))
        .take(MOST)
        .collect();
    views(analysis, &memory.texts, &memory.scene, &found)
}

/// Why an answer is what it is, the finding to mend first in front.
pub(super) fn why(memory: &Memory, answer: &Answer) -> Vec<FindingView> {
    let analysis = &memory.analysis;
    let explained = analysis.explain(answer);
    let found: Vec<&Finding> = explained.iter().take(REASONS).collect();
    views(analysis, &memory.texts, &memory.scene, &found)
}

/// What is asked about findings.
pub(super) fn answer(question: FindingsQuestion) -> FindingsAnswer {
    match question {
        FindingsQuestion::Page { code } => {
            let page = page(&code).map(Box::new);
            FindingsAnswer::Page { code, page }
        }
    }
}

fn page(code: &str) -> Option<PageView> {
    let entry = catalogue::entry(code)?;
    Some(PageView {
        code: entry.code.to_owned(),
        severity: entry.severity,
        appears: entry.appears.words().to_owned(),
        title: entry.title.to_owned(),
        means: entry.means.to_owned(),
        symptoms: entry
            .symptoms
            .iter()
            .map(|seen| seen.words().to_owned())
            .collect(),
        rests_on: entry.rests_on.to_owned(),
        mend: entry.mend.to_owned(),
        source: catalogue::source(entry.code).map(ToOwned::to_owned),
        command: template(entry.command),
        example: EXAMPLES
            .iter()
            .find(|(code, _)| *code == entry.code)
            .map(|(_, example)| example.trim_end().to_owned()),
    })
}

/// A command for no object in particular.
fn template(command: &str) -> String {
    command
        .replace("{namespace}", "NAMESPACE")
        .replace("{kind}", "KIND")
        .replace("{name}", "NAME")
}

fn object(finding: &Finding) -> Option<ObjectOrigin> {
    finding.origin.as_ref().map(|origin| origin.object)
}

/// These findings, with their places, in this order.
fn views(
    analysis: &Analysis,
    texts: &Texts,
    scene: &Scene,
    findings: &[&Finding],
) -> Vec<FindingView> {
    let wanted = findings.iter().filter_map(|finding| object(finding));
    let subjects = subjects(analysis, scene, &wanted.collect());
    // Asked for together: what the places of an object are found in is built once for all of them.
    let origins: Vec<Origin> = findings
        .iter()
        .filter_map(|finding| finding.origin.clone())
        .collect();
    let mut locations = analysis.manifest.ranges(&origins).into_iter();
    findings
        .iter()
        .map(|finding| {
            let location = finding.origin.as_ref().and_then(|_| locations.next()?);
            view(analysis, texts, &subjects, finding, location)
        })
        .collect()
}

fn view(
    analysis: &Analysis,
    texts: &Texts,
    subjects: &BTreeMap<ObjectOrigin, Subject>,
    finding: &Finding,
    location: Option<Location>,
) -> FindingView {
    let entry = finding.entry();
    let subject = object(finding).and_then(|object| subjects.get(&object));
    let symptom = finding.symptom();
    FindingView {
        code: entry.code.to_owned(),
        severity: finding.severity(),
        appears: entry.appears,
        title: entry.title.to_owned(),
        message: finding.message(),
        symptom: (symptom != Symptom::Nothing).then(|| symptom.words()),
        breaks: symptom.breaks(),
        object: match subject {
            Some(subject) => subject.name.clone(),
            None => named(analysis, finding),
        },
        field: finding
            .origin
            .as_ref()
            .map_or_else(String::new, |origin| origin.path.to_string()),
        place: location.and_then(|location| texts.locate(&analysis.manifest, &location)),
        at: subject.map_or_else(Vec::new, |subject| subject.at.clone()),
        mend: mend(analysis, texts, finding),
        command: analysis.command(finding),
    }
}

fn mend(analysis: &Analysis, texts: &Texts, finding: &Finding) -> Option<MendView> {
    let manifest = &analysis.manifest;
    let identity = manifest.identity(object(finding)?)?;
    if identity.bytes.len() > LARGEST {
        return None;
    }
    let mend = analysis.mend(finding)?;
    texts.edit(manifest, mend.title, &mend.edit)
}

/// Something that findings are about.
struct Subject {
    /// `Service shop/web`.
    name: String,
    /// Where it is on the map, the most specific first.
    at: Vec<Key>,
}

/// What is on the map, by where it was written, of these objects.
fn subjects(
    analysis: &Analysis,
    scene: &Scene,
    wanted: &BTreeSet<ObjectOrigin>,
) -> BTreeMap<ObjectOrigin, Subject> {
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    let cluster = &analysis.cluster;
    let origin = |meta: &Meta| meta.origin.filter(|origin| wanted.contains(origin));
    let subject = |kind: &str, meta: &Meta, at: Vec<Key>| Subject {
        name: format!("{kind} {}", meta.full_name()),
        at,
    };
    let namespace = |meta: &Meta| Key::Namespace(meta.namespace.clone());
    let mut subjects = BTreeMap::new();
    for (id, pod) in cluster.pods.iter() {
        let keys = || scene.keys_of(cluster, id);
        if let Some(origin) = origin(&pod.meta) {
            subjects.insert(origin, subject("Pod", &pod.meta, keys()));
        }
        let owner = analysis.topology.topmost_owner(id);
        let owner = owner.map(|owner| &cluster.workloads[owner]);
        // The first of its Pods stands for a workload.
        if let Some(owner) = owner
            && let Some(origin) = origin(&owner.meta)
        {
            subjects
                .entry(origin)
                .or_insert_with(|| subject(owner.kind.name(), &owner.meta, keys()));
        }
    }
    for workload in cluster.workloads.values() {
        if let Some(origin) = origin(&workload.meta) {
            subjects.entry(origin).or_insert_with(|| {
                let at = vec![namespace(&workload.meta)];
                subject(workload.kind.name(), &workload.meta, at)
            });
        }
    }
    for service in cluster.services.values() {
        if let Some(origin) = origin(&service.meta) {
            let at = vec![
                Key::Service(Name::from(&service.meta)),
                namespace(&service.meta),
            ];
            subjects.insert(origin, subject("Service", &service.meta, at));
        }
    }
    for slice in cluster.slices.values() {
        if let Some(origin) = origin(&slice.meta) {
            let service = slice.service.as_ref().map(|service| {
                Key::Service(Name {
                    namespace: slice.meta.namespace.clone(),
                    name: service.clone(),
                })
            });
            let at = service
                .into_iter()
                .chain([namespace(&slice.meta)])
                .collect();
            subjects.insert(origin, subject("EndpointSlice", &slice.meta, at));
        }
    }
    for node in cluster.nodes.values() {
        if let Some(origin) = origin(&node.meta) {
            let at = vec![Key::Column(ColumnKey::Node(node.meta.name.clone()))];
            subjects.insert(origin, subject("Node", &node.meta, at));
        }
    }
    subjects
}

/// The object of a finding as it calls itself; what is no object, by the file that it is in.
fn named(analysis: &Analysis, finding: &Finding) -> String {
    let manifest = &analysis.manifest;
    let Some(object) = object(finding) else {
        return words::findings::ALL_MANIFESTS.to_owned();
    };
    let identity = manifest.identity(object);
    let own = identity.and_then(|identity| {
        let name = match (identity.namespace.as_str(), identity.name.as_str()) {
            (_, "") => return None,
            ("", name) => name.to_owned(),
            (namespace, name) => format!("{namespace}/{name}"),
        };
        let kind = match identity.kind.as_str() {
            "" => words::findings::OBJECT,
            kind => kind,
        };
        Some(format!("{kind} {name}"))
    });
    own.unwrap_or_else(|| {
        let document = manifest.documents.get(object.document.0 as usize);
        let file = document.and_then(|document| manifest.files.get(document.file));
        file.map_or_else(
            || words::findings::ALL_MANIFESTS.to_owned(),
            |file| file.name.to_string(),
        )
    })
}

//! The list of findings.

use std::collections::BTreeMap;

use switchboard_engine::order::Order;
use switchboard_engine::{Analysis, finding::Finding, origin::ObjectOrigin};

use super::text::Texts;
use crate::{
    protocol::FindingView,
    scene::{Key, Name},
};

/// More than this nobody reads.
const MOST: usize = 500;

/// Findings, the worst first, then in the order of the text.
pub(super) fn findings(analysis: &Analysis, texts: &Texts) -> Vec<FindingView> {
    let keys = keys(analysis);
    let mut found: Vec<&Finding> = analysis.findings.iter().collect();
    found.order_by_key(|finding| std::cmp::Reverse(finding.severity()));
    let mut views: Vec<FindingView> = found
        .into_iter()
        .take(MOST)
        .map(|finding| view(analysis, texts, &keys, finding))
        .collect();
    views.order_by_key(|view| {
        let place = view.place.as_ref().map(|place| (place.file, place.from));
        (std::cmp::Reverse(view.severity), place)
    });
    views
}

/// Findings about one object.
pub(super) fn about(
    analysis: &Analysis,
    texts: &Texts,
    object: Option<ObjectOrigin>,
) -> Vec<FindingView> {
    let Some(object) = object else {
        return Vec::new();
    };
    analysis
        .findings
        .iter()
        .filter(|finding| {
            finding
                .origin
                .as_ref()
                .is_some_and(|origin| origin.object == object)
        })
        .map(|finding| view(analysis, texts, &BTreeMap::new(), finding))
        .collect()
}

fn view(
    analysis: &Analysis,
    texts: &Texts,
    keys: &BTreeMap<ObjectOrigin, Key>,
    finding: &Finding,
) -> FindingView {
    let origin = finding.origin.as_ref();
    FindingView {
        code: finding.code().to_owned(),
        severity: finding.severity(),
        message: finding.message(),
        place: origin.and_then(|origin| texts.place(&analysis.manifest, origin)),
        about: origin.and_then(|origin| keys.get(&origin.object).cloned()),
    }
}

fn keys(analysis: &Analysis) -> BTreeMap<ObjectOrigin, Key> {
    let cluster = &analysis.cluster;
    let services = cluster.services.values().filter_map(|service| {
        Some((
            service.meta.origin?,
            Key::Service(Name::from(&service.meta)),
        ))
    });
    let pods = cluster
        .pods
        .values()
        .filter_map(|pod| Some((pod.meta.origin?, Key::Pod(Name::from(&pod.meta)))));
    services.chain(pods).collect()
}

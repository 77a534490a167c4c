//! Who sends a packet in a cluster that changed: its sender, or, where the changes took that away, a Pod in its place.

use switchboard_engine::{
    cluster::{Cluster, Placement, Pod, WorkloadId},
    trace::{Probe, Source},
};

use super::super::Memory;
use crate::{scene::Name, words};

/// The probe as it is sent with the changes, and what became of a sender that they took away.
pub(in crate::worker) fn after(memory: &Memory, probe: Probe) -> (Probe, Option<String>) {
    let (was, is) = (
        &memory.written().analysis.cluster,
        &memory.changed().analysis.cluster,
    );
    let Source::Pod { namespace, name } = &probe.from else {
        return (probe, None);
    };
    let namespace = namespace.as_deref().unwrap_or("default");
    let Some(sender) = was.pod(namespace, name).map(|id| &was.pods[id]) else {
        return (probe, None);
    };
    if is.pod(namespace, name).is_some() {
        return (probe, None);
    }
    let gone = Name::from(&sender.meta).to_string();
    let Some(other) = sibling(was, sender, is) else {
        return (probe, Some(words::whatif::sender_gone(&gone)));
    };
    let told = words::whatif::sender_moved(&gone, &Name::from(&other.meta).to_string());
    let from = Source::Pod {
        namespace: Some(other.meta.namespace.clone()),
        name: other.meta.name.clone(),
    };
    (Probe { from, ..probe }, Some(told))
}

/// A Pod that the sender's workload has on a node now.
fn sibling<'a>(was: &Cluster, sender: &Pod, is: &'a Cluster) -> Option<&'a Pod> {
    let of = |cluster: &Cluster, owner: WorkloadId| {
        let workload = &cluster.workloads[cluster.topmost(owner)];
        (workload.kind, Name::from(&workload.meta))
    };
    let workload = of(was, sender.owner?);
    is.pods.values().find(|pod| {
        matches!(pod.placement, Placement::On(_))
            && !pod.terminating
            && pod.owner.is_some_and(|owner| of(is, owner) == workload)
    })
}

#[cfg(test)]
mod tests {
    use crate::{
        documents::FileChange,
        protocol::{Answer, Entry, ProbeText, Question, Shown},
        scene::{Key, MapView},
        worker::answers,
    };

    const SHOP: &str = "
{apiVersion: apps/v1, kind: Deployment, metadata: {name: client, namespace: shop}, spec: {replicas: 2, selector: {matchLabels: {app: client}}, template: {metadata: {labels: {app: client}}, spec: {containers: [{name: c, image: i}]}}}}
---
{apiVersion: v1, kind: Pod, metadata: {name: alone, namespace: shop}, spec: {containers: [{name: c, image: i}]}}
";

    fn documents(changes: Vec<Entry>) -> Question {
        Question::Documents {
            revision: 1,
            base: None,
            files: vec![FileChange::Whole {
                name: "shop.yaml".to_owned(),
                text: SHOP.to_owned(),
            }],
            options: Default::default(),
            changes,
            shown: Shown::Changed,
            view: MapView::default(),
        }
    }

    /// How many ways a packet from this Pod has while another or the same is gone, and the first thing to know of them.
    fn sent(from: &str, gone: &str) -> (usize, String) {
        let change = format!("pod/{gone}=gone").parse().expect("a change");
        let probe = Question::Trace(ProbeText {
            from: format!("pod/{from}"),
            to: "198.51.100.1:80".to_owned(),
        });
        let documents = documents(vec![Entry { change, on: true }]);
        match answers(vec![documents, probe]).pop() {
            Some(Answer::Trace {
                answer: Ok(trace), ..
            }) => {
                let ways = trace.ways.iter().filter(|way| !way.steps.is_empty());
                (ways.count(), trace.caveats[0].clone())
            }
            other => panic!("{other:?}"),
        }
    }

    /// Pods of the Deployment, whose names are made up.
    fn clients() -> Vec<String> {
        let Some(Answer::Picture(picture)) = answers(vec![documents(Vec::new())]).pop() else {
            panic!("no picture");
        };
        let pods = picture
            .drawing
            .items
            .iter()
            .filter_map(|item| match &item.key {
                Key::Pod(name) if name.name.starts_with("client-") => Some(name.to_string()),
                _ => None,
            });
        pods.collect()
    }

    #[test]
    fn another_pod_of_the_workload_sends_in_place_of_one_that_is_gone() {
        let gone = &clients()[0];
        let (ways, told) = sent(gone, gone);
        assert_eq!(ways, 1);
        assert!(
            told.starts_with("The changes take the sender away: Pod shop/client-")
                && told.ends_with(&format!(" sends in place of Pod {gone}.")),
            "{told}"
        );
    }

    #[test]
    fn a_sender_without_a_workload_is_gone() {
        let (ways, told) = sent("shop/alone", "shop/alone");
        assert_eq!(ways, 0);
        assert_eq!(
            told,
            "The changes take the sender away: there is no Pod shop/alone any more."
        );
    }

    #[test]
    fn a_sender_that_is_still_there_sends_itself() {
        let clients = clients();
        let (ways, told) = sent(&clients[1], &clients[0]);
        assert_eq!(ways, 1);
        assert!(!told.contains("take the sender away"), "{told}");
    }
}

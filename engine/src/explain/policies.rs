//! NetworkPolicies that a CNI would ask about an answer's packets. What their rules allow is not looked at.

use std::collections::BTreeSet;

use crate::api::networking::NetworkPolicy;
use crate::cluster::{Pod, PodId};
use crate::finding::{Finding, PacketProblem};
use crate::selector;
use crate::trace::{Answer, Verdict};
use crate::{Analysis, Str};

/// The finding that names them.
pub(super) fn of(analysis: &Analysis, answer: &Answer, sender: Option<PodId>) -> Option<Finding> {
    let pods = &analysis.cluster.pods;
    let reached = others(analysis, answer, sender);
    if reached.is_empty() {
        return None;
    }
    let reached: Vec<&Pod> = reached.into_iter().flatten().map(|id| &pods[id]).collect();
    let sender = sender.map(|id| &pods[id]);
    let (mut ingress, mut egress, mut origins) = (Vec::new(), Vec::new(), Vec::new());
    for written in &analysis.manifest.objects.network_policies {
        let policy = &written.value;
        let enters = applies_to_ingress(policy) && reached.iter().any(|pod| selects(policy, pod));
        let leaves = applies_to_egress(policy) && sender.is_some_and(|pod| selects(policy, pod));
        let name = || Str::from(format!("{}/{}", namespace(policy), policy.metadata.name));
        if enters {
            ingress.push(name());
        }
        if leaves {
            egress.push(name());
        }
        if enters || leaves {
            origins.push(written.origin.at("metadata.name"));
        }
    }
    let mut origins = origins.into_iter();
    Some(Finding {
        origin: Some(origins.next()?),
        related: origins.collect(),
        problem: PacketProblem::Policies { ingress, egress }.into(),
    })
}

/// Who is reached, `None` for all that is no Pod. Not the sender: no policy keeps a Pod from itself.
fn others(analysis: &Analysis, answer: &Answer, sender: Option<PodId>) -> BTreeSet<Option<PodId>> {
    let mut reached = BTreeSet::new();
    for way in &answer.alternatives {
        let is_lost = way.journey.outcome.verdict() == Verdict::Unreachable;
        if is_lost || way.journey.hops.is_empty() {
            continue;
        }
        let pods = way.endpoints.iter().map(|endpoint| {
            let (namespace, name) = endpoint.pod.as_ref()?.split_once('/')?;
            analysis.cluster.pod(namespace, name)
        });
        reached.extend(pods);
        if way.endpoints.is_empty() {
            reached.insert(None);
        }
    }
    if sender.is_some() {
        reached.remove(&sender);
    }
    reached
}

fn namespace(policy: &NetworkPolicy) -> &str {
    match policy.metadata.namespace.as_str() {
        "" => "default",
        namespace => namespace,
    }
}

fn selects(policy: &NetworkPolicy, pod: &Pod) -> bool {
    namespace(policy) == pod.meta.namespace
        && selector::matches(&policy.spec.pod_selector, &pod.meta.labels)
}

// Without `policyTypes`: Ingress, and Egress if there are rules for it. Source: `pkg/apis/networking/v1/defaults.go`.
fn applies_to_ingress(policy: &NetworkPolicy) -> bool {
    let types = &policy.spec.policy_types;
    types.is_empty() || types.iter().any(|one| one == "Ingress")
}

fn applies_to_egress(policy: &NetworkPolicy) -> bool {
    let types = &policy.spec.policy_types;
    if types.is_empty() {
        !policy.spec.egress.is_empty()
    } else {
        types.iter().any(|one| one == "Egress")
    }
}

#[cfg(test)]
mod tests {
    use crate::Analysis;
    use crate::apiserver::Entrance;
    use crate::cluster::Environment;
    use crate::manifest::SourceFile;
    use crate::trace::Probe;

    const PODS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, labels: {app: client}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web, tier: front}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
";

    /// Names of the policies that are found, in front of the colon, where one policy has this spec.
    fn asked(from: &str, to: &str, spec: &str) -> Option<String> {
        let policy = format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: one}}\nspec: {spec}\n"
        );
        let file = SourceFile {
            name: "test.yaml".into(),
            text: format!("{PODS}{policy}"),
        };
        let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
        let probe = Probe::parse(from, to).expect("a probe");
        let found = analysis.explain(&analysis.trace(&probe));
        let code = "policies-may-not-be-enforced";
        let found = found.iter().find(|finding| finding.code() == code)?;
        Some(found.message().split(": ").next()?.to_owned())
    }

    #[test]
    fn a_policy_is_asked_if_it_selects_who_is_reached_or_who_sends() {
        let to_web = |spec: &str| asked("pod/client", "http://web", spec);
        let ingress = Some("NetworkPolicy default/one (ingress)".to_owned());
        let egress = Some("NetworkPolicy default/one (egress)".to_owned());
        let both = Some("NetworkPolicies default/one (ingress), default/one (egress)".to_owned());
        // An empty selector is all Pods; without types it is for ingress, and for egress if it has rules for that.
        assert_eq!(to_web("{podSelector: {}}"), ingress);
        assert_eq!(to_web("{podSelector: {}, egress: []}"), ingress);
        assert_eq!(to_web("{podSelector: {}, egress: [{}]}"), both);
        assert_eq!(to_web("{podSelector: {}, policyTypes: [Egress]}"), egress);
        assert_eq!(
            to_web("{podSelector: {}, policyTypes: [Ingress], egress: [{}]}"),
            ingress
        );
        // Whom it does not select, it is not asked about.
        assert_eq!(to_web("{podSelector: {matchLabels: {app: web}}}"), ingress);
        assert_eq!(to_web("{podSelector: {matchLabels: {app: client}}}"), None);
        assert_eq!(
            to_web("{podSelector: {matchLabels: {app: client}}, policyTypes: [Egress]}"),
            egress
        );
        assert_eq!(
            to_web("{podSelector: {matchExpressions: [{key: tier, operator: DoesNotExist}]}}"),
            None
        );
    }

    #[test]
    fn no_policy_keeps_a_pod_from_itself() {
        let spec = "{podSelector: {}, policyTypes: [Ingress, Egress]}";
        assert_eq!(asked("pod/web", "http://web", spec), None);
    }

    #[test]
    fn what_leaves_the_cluster_is_asked_for_at_the_sender_alone() {
        let spec = "{podSelector: {}, policyTypes: [Ingress, Egress]}";
        assert_eq!(
            asked("pod/client", "198.51.100.9:443", spec),
            Some("NetworkPolicy default/one (egress)".to_owned())
        );
        assert_eq!(asked("outside", "198.51.100.9:443", spec), None);
    }
}

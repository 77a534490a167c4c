//! NetworkPolicies that a CNI would ask about an answer's packets. What their rules allow is not looked at.

use std::collections::BTreeSet;

use crate::api::Written;
use crate::api::networking::NetworkPolicy;
use crate::cluster::{NodeId, Pod, PodId};
use crate::finding::{Finding, PacketProblem};
use crate::selector;
use crate::trace::{Answer, Place, Policies, Verdict, words};
use crate::{Analysis, Str};

/// What a policy is asked about.
#[derive(Clone, Copy)]
struct Asked<'a> {
    written: &'a Written<NetworkPolicy>,
    ingress: bool,
    egress: bool,
}

/// Their names.
pub(super) fn of(analysis: &Analysis, answer: &Answer, sender: Option<PodId>) -> Policies {
    let mut policies = Policies::default();
    for asked in asked(analysis, answer, sender) {
        let policy = &asked.written.value;
        let name = || Str::from(format!("{}/{}", namespace(policy), policy.metadata.name));
        policies.ingress.extend(asked.ingress.then(name));
        policies.egress.extend(asked.egress.then(name));
    }
    policies
}

/// The finding that names them.
pub(super) fn finding(
    analysis: &Analysis,
    answer: &Answer,
    sender: Option<PodId>,
) -> Option<Finding> {
    let asked = asked(analysis, answer, sender).into_iter();
    let mut origins = asked.map(|asked| asked.written.origin.at("metadata.name"));
    let problem = PacketProblem::Policies {
        named: words::policies(&answer.policies).into(),
    };
    Some(Finding {
        origin: Some(origins.next()?),
        related: origins.collect(),
        problem: problem.into(),
    })
}

fn asked<'a>(analysis: &'a Analysis, answer: &Answer, sender: Option<PodId>) -> Vec<Asked<'a>> {
    let written = &analysis.manifest.objects.network_policies;
    if written.is_empty() {
        return Vec::new();
    }
    let pods = &analysis.cluster.pods;
    let reached = others(analysis, answer, sender);
    if reached.is_empty() {
        return Vec::new();
    }
    let reached: Vec<&Pod> = reached.into_iter().flatten().map(|id| &pods[id]).collect();
    let sender = sender.map(|id| &pods[id]);
    let asked = written.iter().map(|written| {
        let policy = &written.value;
        Asked {
            written,
            ingress: applies_to_ingress(policy) && reached.iter().any(|pod| selects(policy, pod)),
            egress: applies_to_egress(policy) && sender.is_some_and(|pod| selects(policy, pod)),
        }
    });
    asked
        .filter(|asked| asked.ingress || asked.egress)
        .collect()
}

/// Who is reached, `None` for all that is no Pod. Not the sender, since no policy keeps a Pod from itself; nor Pods of the
/// node that sends, which is how kubelet gets to them.
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
    let pods = &analysis.cluster.pods;
    if let Some(home) = node(analysis, answer, sender) {
        reached.retain(|pod| pod.is_none_or(|id| pods[id].node() != Some(home)));
    }
    reached
}

/// The node whose process sends, or a Pod of its network.
fn node(analysis: &Analysis, answer: &Answer, sender: Option<PodId>) -> Option<NodeId> {
    if let Some(pod) = sender.map(|id| &analysis.cluster.pods[id]) {
        return pod.node().filter(|_| pod.spec.host_network);
    }
    let journey = &answer.alternatives.first()?.journey;
    match &journey.hops.first()?.place {
        Place::Node { name } => analysis.cluster.node(name),
        _ => None,
    }
}

fn namespace(policy: &NetworkPolicy) -> &str {
    match policy.metadata.namespace.as_str() {
        "" => "default",
        namespace => namespace,
    }
}

/// Pods of the node's network are not told apart from the node: no policy is for them.
fn selects(policy: &NetworkPolicy, pod: &Pod) -> bool {
    !pod.spec.host_network
        && namespace(policy) == pod.meta.namespace
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
    use crate::explain::tests::NODES;
    use crate::manifest::SourceFile;
    use crate::trace::{Probe, Verdict, words};

    const PODS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, labels: {app: client}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web, tier: front}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}
";

    /// Names of the policies that are found, in front of the colon, where one policy has this spec.
    fn asked(from: &str, to: &str, spec: &str) -> Option<String> {
        asked_in(PODS, from, to, spec)
    }

    fn asked_in(pods: &str, from: &str, to: &str, spec: &str) -> Option<String> {
        let policy = format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: one}}\nspec: {spec}\n"
        );
        let file = SourceFile {
            name: "test.yaml".into(),
            text: format!("{pods}{policy}"),
        };
        let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
        let probe = Probe::parse(from, to).expect("a probe");
        let answer = analysis.trace(&probe);
        let found = analysis.explain(&answer);
        let code = "policies-may-not-be-enforced";
        let found = found.iter().find(|finding| finding.code() == code);
        let mut caveats = words::caveats(&answer).into_iter();
        let is_told = caveats.any(|caveat| caveat.contains("policies are not evaluated here"));
        assert_eq!(is_told, found.is_some());
        let found = found?;
        assert_eq!(answer.verdict, Verdict::Undetermined);
        let journeys = answer.alternatives.iter().map(|way| &way.journey);
        assert!(
            journeys
                .map(|journey| answer.verdict_of(journey))
                .all(|verdict| verdict == answer.verdict)
        );
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

    /// A process in the network of each of [`NODES`], and the Service of the Pod on the first.
    const AGENTS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: agent1}, spec: {nodeName: n1, hostNetwork: true, containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: agent2}, spec: {nodeName: n2, hostNetwork: true, containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {clusterIP: 10.96.0.50, selector: {app: web}, ports: [{port: 80}]}}
";

    #[test]
    fn no_policy_is_for_the_network_of_a_node_or_keeps_a_node_from_its_pods() {
        let spec = "{podSelector: {}, policyTypes: [Ingress, Egress]}";
        let to_web =
            |from: &str| asked_in(&format!("{NODES}{AGENTS}"), from, "10.96.0.50:80", spec);
        let ingress = Some("NetworkPolicy default/one (ingress)".to_owned());
        assert_eq!(to_web("node/n1"), None);
        assert_eq!(to_web("pod/agent1"), None);
        assert_eq!(to_web("node/n2"), ingress);
        assert_eq!(to_web("pod/agent2"), ingress);
    }

    #[test]
    fn what_fails_anyway_fails() {
        let answer = |policy: &str| {
            let file = SourceFile {
                name: "test.yaml".into(),
                text: format!("{PODS}{policy}"),
            };
            let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
            analysis.trace(&Probe::parse("pod/client", "web:81").expect("a probe"))
        };
        let policy = "---\n{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: one}, spec: {podSelector: {}}}";
        assert_eq!(answer(policy).verdict, Verdict::Unreachable);
        assert_eq!(words::caveats(&answer(policy)), words::caveats(&answer("")));
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

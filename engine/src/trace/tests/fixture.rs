//! A small cluster and a short way to write journeys down.

use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::{Environment, Options};
use crate::manifest::SourceFile;
use crate::packet::Side;
use crate::trace::{
    Answer, Hop, Journey, NextHop, Place, Probe, SnatWhy, Step, StepKind, Translator,
};

/// Three nodes, a client and two Pods of `web` on n1 and n2; every address is given.
pub(super) const CLUSTER: &str = "
apiVersion: v1
kind: Node
metadata: {name: n1}
spec: {podCIDRs: [10.244.1.0/24]}
status: {addresses: [{type: InternalIP, address: 172.18.0.1}]}
---
apiVersion: v1
kind: Node
metadata: {name: n2}
spec: {podCIDRs: [10.244.2.0/24]}
status: {addresses: [{type: InternalIP, address: 172.18.0.2}]}
---
apiVersion: v1
kind: Node
metadata: {name: n3}
spec: {podCIDRs: [10.244.3.0/24]}
status: {addresses: [{type: InternalIP, address: 172.18.0.3}]}
---
apiVersion: v1
kind: Pod
metadata: {name: client, namespace: shop}
spec: {nodeName: n1, containers: [{name: app, image: client}]}
status: {phase: Running, podIP: 10.244.1.9, podIPs: [{ip: 10.244.1.9}], conditions: [{type: Ready, status: 'True'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, namespace: shop, labels: {app: web}}
spec: {nodeName: n1, containers: [{name: app, image: web, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.244.1.5, podIPs: [{ip: 10.244.1.5}], conditions: [{type: Ready, status: 'True'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-2, namespace: shop, labels: {app: web}}
spec: {nodeName: n2, containers: [{name: app, image: web, ports: [{containerPort: 8080}]}]}
status: {phase: Running, podIP: 10.244.2.5, podIPs: [{ip: 10.244.2.5}], conditions: [{type: Ready, status: 'True'}]}
";

/// A Service with a ClusterIP, for [`with_web`].
pub(super) const CLUSTER_IP: &str = "clusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080}]";
/// One with a node port.
pub(super) const NODE_PORT: &str =
    "type: NodePort\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
/// One with a load balancer, for [`with_ingress`].
pub(super) const LOAD_BALANCER: &str = "type: LoadBalancer\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";

/// A Service `web` in front of them, with these lines in its spec.
pub(super) fn with_web(spec: &str) -> String {
    let spec: String = spec
        .lines()
        .map(|line| format!("  {}\n", line.trim_end()))
        .collect();
    format!(
        "{CLUSTER}---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: shop}}\nspec:\n  selector: {{app: web}}\n{spec}"
    )
}

/// The same with an entry of the load balancer's status.
pub(super) fn with_ingress(spec: &str, ingress: &str) -> String {
    with_web(spec) + "status: {loadBalancer: {ingress: [" + ingress + "]}}\n"
}

pub(super) fn analysis(text: &str) -> Analysis {
    analysis_with(text, Options::default())
}

pub(super) fn analysis_with(text: &str, options: Options) -> Analysis {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.into(),
    };
    let base = Environment {
        options,
        ..Environment::default()
    };
    Analysis::of(vec![file], Entrance::Paste, base)
}

pub(super) fn ask(analysis: &Analysis, from: &str, to: &str) -> Answer {
    let probe = Probe::parse(from, to).expect("a probe");
    let answer = analysis.trace(&probe);
    for alternative in &answer.alternatives {
        assert_sound(&alternative.journey);
    }
    answer
}

/// Asks, and compares the answer as [`told`] writes it.
pub(super) fn check(text: &str, from: &str, to: &str, expected: &str) {
    let answer = ask(&analysis(text), from, to);
    assert_eq!(told(&answer).trim(), unindented(expected).trim());
}

/// What holds for every journey.
pub(super) fn assert_sound(journey: &Journey) {
    let ways = [
        Some(&journey.hops),
        journey.reply.as_ref().map(|reply| &reply.hops),
    ];
    for hops in ways.into_iter().flatten() {
        assert!(hops.iter().all(|hop| !hop.steps.is_empty()), "an empty hop");
        let steps: Vec<&Step> = hops.iter().flat_map(|hop| &hop.steps).collect();
        let ends = steps.iter().filter(|step| step.what.ends()).count();
        if let Some(last) = steps.last() {
            assert!(
                ends == 1 && last.what.ends(),
                "an end that is not the last step"
            );
        }
        for step in steps {
            assert!(
                !step.what.rewrites() || step.before != step.after,
                "a rewrite that changes nothing"
            );
        }
    }
}

/// An answer in a few lines: a paragraph an alternative, a line a hop.
pub(super) fn told(answer: &Answer) -> String {
    let mut text = format!("{}\n", answer.verdict.name());
    for alternative in &answer.alternatives {
        let journey = &alternative.journey;
        text += &format!("\n{} {}", alternative.share, journey.outcome.name());
        let endpoints: Vec<String> = alternative
            .endpoints
            .iter()
            .map(|endpoint| format!("{}={}", endpoint.address, endpoint.share))
            .collect();
        if !endpoints.is_empty() {
            text += &format!(" at {}", endpoints.join(" "));
        }
        let entries: Vec<String> = alternative
            .entries
            .iter()
            .map(|entry| format!("{}={}", entry.node, entry.share))
            .collect();
        if !entries.is_empty() {
            text += &format!(" by {}", entries.join(" "));
        }
        text += "\n";
        for hop in &journey.hops {
            text += &format!("  {}\n", told_hop(hop));
        }
        for hop in journey.reply.iter().flat_map(|reply| &reply.hops) {
            text += &format!("  < {}\n", told_hop(hop));
        }
    }
    text
}

fn told_hop(hop: &Hop) -> String {
    let place = match &hop.place {
        Place::Pod { name, .. } => format!("pod {name}"),
        Place::Endpoint { address, .. } => format!("endpoint {address}"),
        Place::Node { name } => name.to_string(),
        Place::LoadBalancer { name, .. } => format!("lb {name}"),
        Place::Outside => "outside".to_owned(),
        Place::Network => "network".to_owned(),
    };
    let steps: Vec<String> = hop.steps.iter().map(told_step).collect();
    format!("{place}: {}", steps.join(", "))
}

fn told_step(step: &Step) -> String {
    let header = step.after.map(|header| {
        // The client's port says nothing.
        let short = |side: Side| match side.port {
            Some(40000) => side.address.to_string(),
            _ => side.to_string(),
        };
        format!("{}>{}", short(header.from()), short(header.to()))
    });
    let header = header.unwrap_or_default();
    match &step.what {
        StepKind::Resolve { address, .. } => match address {
            Some(address) => format!("resolve {address}"),
            None => "resolve".to_owned(),
        },
        StepKind::Send => format!("send {header}"),
        StepKind::Answer => format!("answer {header}"),
        StepKind::Balance { node, candidates } => {
            format!("balance {node} of {candidates} {header}")
        }
        StepKind::Pass { .. } => "pass".to_owned(),
        StepKind::Dnat { by } => match by {
            Translator::KubeProxy => format!("dnat {header}"),
            Translator::PortMap => format!("portmap {header}"),
            Translator::LoadBalancer => format!("rewrite {header}"),
        },
        StepKind::Snat { why } => match why {
            SnatWhy::Hairpin => format!("hairpin {header}"),
            SnatWhy::Egress => format!("egress {header}"),
            SnatWhy::ExternalPolicyCluster
            | SnatWhy::NotFromPod
            | SnatWhy::FromVirtualAddress
            | SnatWhy::MasqueradeAll
            | SnatWhy::FromNode
            | SnatWhy::LoadBalancer => format!("snat {header}"),
        },
        StepKind::Route { to } => match to {
            NextHop::Local => "to itself".to_owned(),
            NextHop::Pod { pod: Some(pod) } => format!("to {pod}"),
            NextHop::Pod { pod: None } => "to endpoint".to_owned(),
            NextHop::Vacant => "to nobody".to_owned(),
            NextHop::Node { node } => format!("to {node}"),
            NextHop::DefaultRoute => "to gateway".to_owned(),
        },
        StepKind::Reject { .. } => "reject".to_owned(),
        StepKind::Drop { .. } => "drop".to_owned(),
        StepKind::Deliver => format!("deliver {header}"),
        StepKind::Leave => "leave".to_owned(),
        StepKind::Lose => "lose".to_owned(),
        StepKind::Undo { .. } => format!("undo {header}"),
    }
}

fn unindented(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let depth = lines()
        .map(|line| line.len() - line.trim_start().len())
        .min()
        .unwrap_or(0);
    text.lines()
        .map(|line| line.get(depth..).unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

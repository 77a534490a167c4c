//! Journeys where kube-proxy runs in mode ipvs: service addresses are on every node.

use super::fixture::{CLUSTER_IP, analysis, ask, assert_sound, told, with_web};
use crate::Analysis;
use crate::cluster::ProxyMode;
use crate::trace::{Answer, Outcome, Probe, ReplyLoss, Shares, SnatWhy, StepKind, words};

const LOAD_BALANCER: &str = "type: LoadBalancer\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
const INGRESS: &str = "status: {loadBalancer: {ingress: [{ip: 203.0.113.10}]}}\n";

fn asked(analysis: &Analysis, from: &str, to: &str) -> Answer {
    let probe = Probe::parse(from, to).expect("a probe");
    let answer = analysis.trace_in(ProxyMode::Ipvs, &probe);
    for alternative in &answer.alternatives {
        assert_sound(&alternative.journey);
    }
    answer
}

fn check(manifests: &str, from: &str, to: &str, expected: &str) {
    let answer = asked(&analysis(manifests), from, to);
    assert_eq!(told(&answer).trim(), expected.trim());
}

#[test]
fn a_pods_packet_is_taken_in_input_and_its_reply_translated_back() {
    check(
        &with_web(CLUSTER_IP),
        "pod/shop/client",
        "http://web",
        "reachable

1/2 delivered at 10.244.1.5:8080=1/2
  pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:80
  n1: to itself, dnat 10.244.1.9>10.244.1.5:8080, to shop/web-1
  pod web-1: deliver 10.244.1.9>10.244.1.5:8080
  < pod web-1: answer 10.244.1.5:8080>10.244.1.9
  < n1: undo 10.96.0.50:80>10.244.1.9, to shop/client
  < pod client: deliver 10.96.0.50:80>10.244.1.9

1/2 delivered at 10.244.2.5:8080=1/2
  pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:80
  n1: to itself, dnat 10.244.1.9>10.244.2.5:8080, to n2
  n2: to shop/web-2
  pod web-2: deliver 10.244.1.9>10.244.2.5:8080
  < pod web-2: answer 10.244.2.5:8080>10.244.1.9
  < n2: to n1
  < n1: undo 10.96.0.50:80>10.244.1.9, to shop/client
  < pod client: deliver 10.96.0.50:80>10.244.1.9",
    );
}

#[test]
fn a_pod_that_draws_itself_sees_its_nodes_address() {
    let answer = asked(
        &analysis(&with_web(CLUSTER_IP)),
        "pod/shop/web-1",
        "http://web",
    );
    assert!(
        told(&answer).contains(
            "
  n1: to itself, dnat 10.244.1.5>10.244.1.5:8080, to shop/web-1, hairpin 172.18.0.1>10.244.1.5:8080
"
        ),
        "{}",
        told(&answer)
    );
}

#[test]
fn a_process_of_the_node_calls_from_the_virtual_address() {
    let answer = asked(&analysis(&with_web(CLUSTER_IP)), "node/n1", "10.96.0.50:80");
    let text = told(&answer);
    let remote = "
1/2 delivered at 10.244.2.5:8080=1/2
  n1: send 10.96.0.50>10.96.0.50:80, dnat 10.96.0.50>10.244.2.5:8080, to n2, snat 172.18.0.1>10.244.2.5:8080
  n2: to shop/web-2
  pod web-2: deliver 172.18.0.1>10.244.2.5:8080
  < pod web-2: answer 10.244.2.5:8080>172.18.0.1
  < n2: to n1
  < n1: undo 10.96.0.50:80>10.96.0.50, to itself, deliver 10.96.0.50:80>10.96.0.50
";
    assert!(text.contains(remote), "{text}");
    let snat = answer.alternatives[0]
        .journey
        .steps()
        .find_map(|step| match step.what {
            StepKind::Snat { why } => Some(why),
            _ => None,
        });
    assert_eq!(snat, Some(SnatWhy::FromVirtualAddress));
}

#[test]
fn without_local_endpoints_the_packet_goes_on_and_the_reply_goes_astray() {
    let manifests = with_web(&format!("{LOAD_BALANCER}\nexternalTrafficPolicy: Local")) + INGRESS;
    let analysis = analysis(&manifests);
    // n3 has no endpoint: sent on with the client's own address.
    let answer = asked(&analysis, "outside/198.51.100.9", "172.18.0.3:30080");
    let lost = |answer: &Answer| -> Vec<Option<ReplyLoss>> {
        let ends = answer.alternatives.iter();
        ends.map(|one| match one.journey.outcome {
            Outcome::ReplyLost { why, .. } => Some(why),
            _ => None,
        })
        .collect()
    };
    assert_eq!(lost(&answer), [Some(ReplyLoss::BypassesTranslation)]);
    // The node itself calls from the load balancer's address, which the endpoints' nodes have, too.
    let answer = asked(&analysis, "node/n3", "203.0.113.10:80");
    let kept = Some(ReplyLoss::KeptByNode);
    assert_eq!(lost(&answer), [kept]);
    assert_eq!(
        words::outcome(&answer.alternatives[0].journey.outcome),
        "10.244.1.5:8080 gets the packet, but its reply is for a virtual address, which the node of the endpoint takes for its own."
    );
    // A Pod is known wherever it calls from.
    let answer = asked(&analysis, "pod/shop/client", "203.0.113.10:80");
    assert_eq!(lost(&answer), [None]);
}

#[test]
fn nobody_behind_a_virtual_server_is_refused() {
    check(
        &with_web("clusterIP: 10.96.0.50\nports: [{port: 80, targetPort: nosuch}]"),
        "pod/shop/client",
        "10.96.0.50:80",
        "unreachable

1 rejected
  pod client: send 10.244.1.9>10.96.0.50:80
  n1: pass, to itself, reject",
    );
}

#[test]
fn a_wrong_port_and_an_echo_request_are_refused() {
    let manifests = with_web(CLUSTER_IP);
    for to in ["10.96.0.50:81", "10.96.0.50:80/udp", "ping 10.96.0.50"] {
        let answer = asked(&analysis(&manifests), "pod/shop/client", to);
        assert_eq!(
            answer.alternatives[0].journey.outcome.name(),
            "rejected",
            "{to}"
        );
    }
    let answer = asked(&analysis(&manifests), "pod/shop/client", "10.96.0.50:81");
    assert_eq!(
        words::ending(&answer.alternatives[0].journey),
        "The node refuses it: the address belongs to Service shop/web, which has no such port."
    );
}

#[test]
fn shares_are_called_what_they_are() {
    let configured = |scheduler: &str| {
        let manifests = with_web(CLUSTER_IP)
            + "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: ipvs\nclusterCIDR: 10.244.0.0/16\nipvs: {scheduler: '"
            + scheduler
            + "'}\n";
        ask(&analysis(&manifests), "pod/shop/client", "http://web")
    };
    let answer = configured("");
    assert_eq!(answer.shares, Shares::LongRun);
    assert!(!answer.checked_by_kernel());
    assert_eq!(
        words::caveats(&answer),
        [
            "kube-proxy runs in mode ipvs: no kernel has checked what is said here.",
            "IPVS takes turns: shares are long-run shares, of many connections.",
        ]
    );
    let answer = configured("lc");
    assert_eq!(
        words::caveats(&answer)[1],
        "Shares cannot be computed: the scheduler `lc` takes the real server with the fewest open connections. They are given as if they were equal."
    );
    let hashed = words::caveats(&configured("mh"));
    assert!(
        hashed[1].contains("for each client address and port"),
        "{hashed:?}"
    );
    // Where nothing is drawn there is nothing to say of shares.
    let answer = asked(
        &analysis(&with_web(CLUSTER_IP)),
        "pod/shop/client",
        "ping web",
    );
    assert_eq!(words::caveats(&answer).len(), 1);
    let probe = Probe::parse("pod/shop/client", "http://web").expect("a probe");
    let answer = analysis(&with_web(CLUSTER_IP)).trace_in(ProxyMode::Nftables, &probe);
    assert_eq!(answer.shares, Shares::Probability);
    assert_eq!(words::caveats(&answer), [""; 0]);
}

#[test]
fn a_step_of_ipvs_names_its_virtual_server() {
    let analysis = analysis(&with_web(CLUSTER_IP));
    let answer = asked(&analysis, "pod/shop/client", "http://web");
    let hop = &answer.alternatives[0].journey.hops[1];
    let dnat = hop
        .steps
        .iter()
        .find(|step| matches!(step.what, StepKind::Dnat { .. }))
        .expect("a translation");
    assert_eq!(
        analysis
            .command_of_step(&answer.probe, hop, dnat)
            .map(|command| command.line)
            .as_deref(),
        Some("ipvsadm -Ln -t 10.96.0.50:80")
    );
    assert_eq!(
        words::reason(dnat),
        "IPVS on this node sends it on: the address is a virtual server for Service shop/web, and this is the real server that it chose."
    );
}

#[test]
fn modes_can_be_told_apart_by_the_rules_that_are_looked_at() {
    let with_others = |others: usize| {
        let mut manifests = with_web(CLUSTER_IP);
        for n in 0..others {
            manifests += &format!(
                "---\napiVersion: v1\nkind: Service\nmetadata: {{name: other{n:03}, namespace: first}}\nspec: {{clusterIP: 10.97.0.{n}, selector: {{app: web}}, ports: [{{port: 80}}]}}\n"
            );
        }
        let analysis = analysis(&manifests);
        let probe = Probe::parse("pod/shop/client", "10.96.0.50:80").expect("a probe");
        [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs].map(|mode| {
            let answer = analysis.trace_in(mode, &probe);
            answer.alternatives[0].journey.rules_evaluated
        })
    };
    // Each Service without endpoints has one rule in KUBE-SERVICES of the filter table, which new packets pass in FORWARD.
    assert_eq!(with_others(0), [18, 15, 17]);
    assert_eq!(with_others(100), [118, 15, 17]);
}

#[test]
fn a_host_port_does_not_take_what_ipvs_is_to_have() {
    let manifests = with_web(CLUSTER_IP)
        + "---
apiVersion: v1
kind: Pod
metadata: {name: edge, namespace: shop}
spec: {nodeName: n1, containers: [{name: app, image: edge, ports: [{containerPort: 8000, hostPort: 80}]}]}
status: {phase: Running, podIP: 10.244.1.7, podIPs: [{ip: 10.244.1.7}]}
";
    let analysis = analysis(&manifests);
    let ends = |to: &str| told(&asked(&analysis, "pod/shop/client", to));
    assert!(ends("10.96.0.50:80").contains("delivered at 10.244.1.5:8080=1/2"));
    assert!(ends("172.18.0.1:80").contains("delivered at 10.244.1.7:8000=1"));
}

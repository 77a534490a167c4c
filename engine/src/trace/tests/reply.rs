//! Replies that do not come home.

use super::fixture::{analysis, analysis_with, ask, check, told, with_web};
use crate::cluster::{Egress, Options};
use crate::trace::{Certainty, StepKind, words};

#[test]
fn a_pod_that_calls_another_nodes_port_under_policy_local_gets_replies_from_a_stranger() {
    // kube-proxy sends Pods to all endpoints without a new source, wherever they come from; only on the client's own node
    // does the reply pass the node that translated.
    let spec = "type: NodePort\nclusterIP: 10.96.0.50\nexternalTrafficPolicy: Local\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
    check(
        &with_web(spec),
        "pod/shop/client",
        "node/n3:30080",
        "
        unreachable

        1 reply-lost at 10.244.1.5:8080=1/2 10.244.2.5:8080=1/2
          pod client: send 10.244.1.9>172.18.0.3:30080
          n1: pass, to n3
          n3: dnat 10.244.1.9>10.244.1.5:8080, to n1
          n1: to shop/web-1
          pod web-1: deliver 10.244.1.9>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>10.244.1.9
          < n1: to shop/client
          < pod client: lose
        ",
    );
}

#[test]
fn that_a_pods_packet_keeps_its_address_depends_on_the_cni() {
    let caveats = |policy: &str, to: &str| {
        let spec = format!(
            "type: NodePort\nclusterIP: 10.96.0.50\nexternalTrafficPolicy: {policy}\nports: [{{port: 80, targetPort: 8080, nodePort: 30080}}]"
        );
        let answer = ask(&analysis(&with_web(&spec)), "pod/shop/client", to);
        let leaves = answer.alternatives[0]
            .journey
            .steps()
            .find_map(|step| match step.what {
                StepKind::Route { .. } => Some(step.certainty),
                _ => None,
            });
        (leaves, words::caveats(&answer))
    };
    let told = "That the packet keeps the Pod's address on its way to another node depends on the CNI: masqueraded, it meets `externalTrafficPolicy: Local`.";
    assert_eq!(
        caveats("Local", "node/n3:30080"),
        (Some(Certainty::Assumed), vec![told.to_owned()])
    );
    // The node puts its own address in any case.
    assert_eq!(
        caveats("Cluster", "node/n3:30080"),
        (Some(Certainty::Assumed), Vec::new())
    );
    // The packet does not leave the client's node before it is translated.
    assert_eq!(
        caveats("Local", "node/n1:30080"),
        (Some(Certainty::Given), Vec::new())
    );
}

#[test]
fn what_places_remember_is_told() {
    let spec = "type: NodePort\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
    let answer = ask(
        &analysis(&with_web(spec)),
        "outside/192.0.2.7",
        "node/n3:30080",
    );
    let connections: Vec<String> = answer.alternatives[0]
        .journey
        .connections
        .iter()
        .map(|entry| {
            let (there, back) = (entry.original, entry.reply);
            format!(
                "{}: {}>{} {}>{}",
                words::place(&entry.place),
                there.from(),
                there.to(),
                back.from(),
                back.to()
            )
        })
        .collect();
    assert_eq!(
        connections,
        ["node n3: 192.0.2.7:40000>172.18.0.3:30080 10.244.1.5:8080>172.18.0.3:40000"]
    );
}

#[test]
fn a_pod_address_means_nothing_outside() {
    let text = with_web("clusterIP: 10.96.0.50\nports: [{port: 80}]");
    let options = Options {
        egress: Egress::Routed,
        ..Options::default()
    };
    let answer = ask(
        &analysis_with(&text, options),
        "pod/shop/client",
        "192.0.2.1:443",
    );
    let expected = "unreachable

1 reply-lost
  pod client: send 10.244.1.9>192.0.2.1:443
  n1: pass, to gateway
  outside: leave
  < outside: answer 192.0.2.1:443>10.244.1.9
  < network: lose
";
    assert_eq!(told(&answer), expected);
}

#[test]
fn a_masqueraded_pod_gets_its_reply_from_outside() {
    check(
        &with_web("clusterIP: 10.96.0.50\nports: [{port: 80}]"),
        "pod/shop/client",
        "192.0.2.1:443",
        "
        undetermined

        1 left-cluster
          pod client: send 10.244.1.9>192.0.2.1:443
          n1: pass, to gateway, egress 172.18.0.1>192.0.2.1:443
          outside: leave
          < outside: answer 192.0.2.1:443>172.18.0.1
          < n1: undo 192.0.2.1:443>10.244.1.9, to shop/client
          < pod client: deliver 192.0.2.1:443>10.244.1.9
        ",
    );
}

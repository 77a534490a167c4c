//! What becomes of an echo request: every workshop asks.

use super::fixture::{analysis, ask, assert_sound, check, told, with_web};
use crate::cluster::ProxyMode;
use crate::trace::{Outcome, Probe, Refusal, words};

const SERVICE: &str = "type: NodePort\nclusterIP: 10.96.0.50\nexternalIPs: [203.0.113.80]\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";

fn in_mode(mode: ProxyMode, from: &str, to: &str) -> String {
    let probe = Probe::parse(from, to).expect("a probe");
    let answer = analysis(&with_web(SERVICE)).trace_in(mode, &probe);
    for alternative in &answer.alternatives {
        assert_sound(&alternative.journey);
    }
    told(&answer)
}

#[test]
fn a_pod_answers_by_itself() {
    check(
        &with_web(SERVICE),
        "pod/shop/client",
        "ping 10.244.2.5",
        "
        reachable

        1 delivered at 10.244.2.5=1
          pod client: send 10.244.1.9>10.244.2.5
          n1: to n2
          n2: to shop/web-2
          pod web-2: deliver 10.244.1.9>10.244.2.5
          < pod web-2: answer 10.244.2.5>10.244.1.9
          < n2: to n1
          < n1: to shop/client
          < pod client: deliver 10.244.2.5>10.244.1.9
        ",
    );
}

#[test]
fn a_node_answers_whatever_its_node_ports_do() {
    for mode in [ProxyMode::Iptables, ProxyMode::Nftables] {
        let told = in_mode(mode, "outside/198.51.100.9", "ping 172.18.0.2");
        assert_eq!(
            told.trim(),
            "reachable

1 delivered at 172.18.0.2=1
  outside: send 198.51.100.9>172.18.0.2
  n2: pass, to itself, deliver 198.51.100.9>172.18.0.2
  < n2: answer 172.18.0.2>198.51.100.9, to gateway
  < outside: deliver 172.18.0.2>198.51.100.9"
        );
    }
}

#[test]
fn a_cluster_ip_is_lost_in_iptables_and_refused_in_nftables() {
    assert_eq!(
        in_mode(ProxyMode::Iptables, "pod/shop/client", "ping web").trim(),
        "unreachable

1 unroutable
  pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50
  n1: pass, to gateway, egress 172.18.0.1>10.96.0.50
  network: lose"
    );
    assert_eq!(
        in_mode(ProxyMode::Nftables, "pod/shop/client", "ping web").trim(),
        "unreachable

1 rejected
  pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50
  n1: pass, to gateway, reject"
    );
}

#[test]
fn an_external_ip_is_nobodys_in_iptables_and_nftables() {
    for mode in [ProxyMode::Iptables, ProxyMode::Nftables] {
        let told = in_mode(mode, "node/n1", "ping 203.0.113.80");
        assert_eq!(
            told.trim(),
            "unreachable

1 unroutable
  n1: send 172.18.0.1>203.0.113.80, pass, to gateway
  network: lose"
        );
    }
}

#[test]
fn a_load_balancer_may_answer_or_not() {
    let manifests = with_web("type: LoadBalancer\nports: [{port: 80, targetPort: 8080}]")
        + "status: {loadBalancer: {ingress: [{ip: 203.0.113.10}]}}\n";
    let analysis = analysis(&manifests);
    let answer = ask(&analysis, "outside", "ping 203.0.113.10");
    assert_eq!(
        told(&answer).trim(),
        "undetermined

1 at-load-balancer
  outside: send 198.51.100.7>203.0.113.10
  lb web: deliver 198.51.100.7>203.0.113.10"
    );
}

#[test]
fn the_words_are_those_of_ping() {
    let analysis = analysis(&with_web(SERVICE));
    let probe = Probe::parse("pod/shop/client", "ping web").expect("a probe");
    let sees = |mode| {
        let answer = analysis.trace_in(mode, &probe);
        words::client_sees(&answer.alternatives[0].journey)
    };
    assert_eq!(sees(ProxyMode::Iptables), "no reply: 100% packet loss");
    assert_eq!(
        sees(ProxyMode::Nftables),
        "Destination Port Unreachable, at once"
    );

    let answer = analysis.trace_in(ProxyMode::Nftables, &probe);
    let journey = &answer.alternatives[0].journey;
    assert_eq!(journey.outcome, Outcome::Rejected { why: Refusal::Echo });
    assert_eq!(
        words::ending(journey),
        "The node refuses it: kube-proxy's rules know the address of Service shop/web only together with a port, and an echo request has none."
    );
    let send = &journey.hops[0].steps[1];
    assert_eq!(
        analysis
            .command_of_step(&probe, &journey.hops[0], send)
            .map(|command| command.line)
            .as_deref(),
        Some("kubectl -n shop exec client -- ping -c 1 web")
    );

    let answer = ask(&analysis, "pod/shop/client", "ping 10.244.2.5");
    let journey = &answer.alternatives[0].journey;
    assert_eq!(words::client_sees(journey), "an echo reply");
    assert_eq!(
        words::ending(journey),
        "Delivered to Pod shop/web-2 (10.244.2.5). The kernel there answers an echo request by itself: that says nothing of any port."
    );
}

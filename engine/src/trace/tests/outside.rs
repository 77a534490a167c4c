//! Ways into a Service from outside: node ports, load balancers, external IPs.

use super::fixture::{
    CLUSTER_IP, LOAD_BALANCER, NODE_PORT, analysis, analysis_with, ask, check, told, with_ingress,
    with_web,
};
use crate::cluster::Options;
use crate::trace::{Answer, Certainty, Loss, Outcome, Place, StepKind, words};

#[test]
fn a_node_port_is_open_on_nodes_without_a_pod() {
    check(
        &with_web(NODE_PORT),
        "outside/192.0.2.7",
        "node/n3:30080",
        "
        reachable

        1 delivered at 10.244.1.5:8080=1/2 10.244.2.5:8080=1/2
          outside: send 192.0.2.7>172.18.0.3:30080
          n3: dnat 192.0.2.7>10.244.1.5:8080, to n1, snat 172.18.0.3>10.244.1.5:8080
          n1: to shop/web-1
          pod web-1: deliver 172.18.0.3>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>172.18.0.3
          < n1: to n3
          < n3: undo 172.18.0.3:30080>192.0.2.7, to gateway
          < outside: deliver 172.18.0.3:30080>192.0.2.7
        ",
    );
}

#[test]
fn with_policy_local_one_of_three_nodes_drops() {
    let text = with_web(&format!("{NODE_PORT}\nexternalTrafficPolicy: Local"));
    check(
        &text,
        "outside/192.0.2.7",
        "node/*:30080",
        "
        ambiguous

        2/3 delivered at 10.244.1.5:8080=1/3 10.244.2.5:8080=1/3 by n1=1/3 n2=1/3
          outside: send 192.0.2.7>172.18.0.1:30080
          n1: dnat 192.0.2.7>10.244.1.5:8080, to shop/web-1
          pod web-1: deliver 192.0.2.7>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>192.0.2.7
          < n1: undo 172.18.0.1:30080>192.0.2.7, to gateway
          < outside: deliver 172.18.0.1:30080>192.0.2.7

        1/3 dropped by n3=1/3
          outside: send 192.0.2.7>172.18.0.3:30080
          n3: pass, to itself, drop
        ",
    );
    let options = Options {
        entry_node: Some("n3".into()),
        ..Options::default()
    };
    let answer = ask(&analysis_with(&text, options), "outside", "node/*:30080");
    assert_eq!(
        answer.alternatives[0].journey.outcome,
        Outcome::Dropped {
            why: Loss::NoLocalEndpoints
        }
    );
    assert_eq!(answer.alternatives.len(), 1);
}

#[test]
fn a_load_balancer_avoids_nodes_that_would_drop() {
    let local = format!("{LOAD_BALANCER}\nexternalTrafficPolicy: Local");
    check(
        &with_ingress(&local, "{ip: 203.0.113.80}"),
        "outside/192.0.2.7",
        "203.0.113.80:80",
        "
        reachable

        1 delivered at 10.244.1.5:8080=1/2 10.244.2.5:8080=1/2 by n1=1/2 n2=1/2
          outside: send 192.0.2.7>203.0.113.80:80
          lb web: balance n1 of 2 192.0.2.7>203.0.113.80:80
          n1: dnat 192.0.2.7>10.244.1.5:8080, to shop/web-1
          pod web-1: deliver 192.0.2.7>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>192.0.2.7
          < n1: undo 203.0.113.80:80>192.0.2.7, to gateway
          < outside: deliver 203.0.113.80:80>192.0.2.7
        ",
    );
}

#[test]
fn a_pod_that_calls_the_load_balancer_does_not_leave_its_node_to_do_so() {
    let answer = ask(
        &analysis(&with_ingress(LOAD_BALANCER, "{ip: 203.0.113.80}")),
        "pod/shop/client",
        "203.0.113.80:80",
    );
    let near = "
1/2 delivered at 10.244.1.5:8080=1/2
  pod client: send 10.244.1.9>203.0.113.80:80
  n1: dnat 10.244.1.9>10.244.1.5:8080, to shop/web-1, snat 172.18.0.1>10.244.1.5:8080
  pod web-1: deliver 172.18.0.1>10.244.1.5:8080
  < pod web-1: answer 10.244.1.5:8080>172.18.0.1
  < n1: undo 203.0.113.80:80>10.244.1.9, to shop/client
  < pod client: deliver 203.0.113.80:80>10.244.1.9
";
    assert!(told(&answer).contains(near), "{}", told(&answer));
}

#[test]
fn a_proxying_load_balancer_is_a_way_out_and_back_in() {
    let answer = ask(
        &analysis(&with_ingress(
            LOAD_BALANCER,
            "{ip: 203.0.113.80, ipMode: Proxy}",
        )),
        "pod/shop/client",
        "203.0.113.80:80",
    );
    // By n2 or n3 to a Pod elsewhere: three translations of the source, undone in the opposite order.
    let round = "
1/2 delivered at 10.244.1.5:8080=1/3 10.244.2.5:8080=1/6 by n2=1/6 n3=1/3
  pod client: send 10.244.1.9>203.0.113.80:80
  n1: pass, to gateway, egress 172.18.0.1>203.0.113.80:80
  lb web: balance n2 of 3 203.0.113.80>172.18.0.2:30080
  n2: dnat 203.0.113.80>10.244.1.5:8080, to n1, snat 172.18.0.2>10.244.1.5:8080
  n1: to shop/web-1
  pod web-1: deliver 172.18.0.2>10.244.1.5:8080
  < pod web-1: answer 10.244.1.5:8080>172.18.0.2
  < n1: to n2
  < n2: undo 172.18.0.2:30080>203.0.113.80, to gateway
  < lb web: undo 203.0.113.80:80>172.18.0.1
  < n1: undo 203.0.113.80:80>10.244.1.9, to shop/client
  < pod client: deliver 203.0.113.80:80>10.244.1.9
";
    assert!(told(&answer).contains(round), "{}", told(&answer));
}

#[test]
fn a_load_balancer_with_a_name_is_found_by_it() {
    let text = with_ingress(LOAD_BALANCER, "{hostname: lb.example.com}");
    let answer = ask(&analysis(&text), "outside", "http://lb.example.com");
    assert_eq!(answer.verdict.name(), "reachable");
    let what = |nth: usize| &answer.alternatives[0].journey.hops[1].steps[nth].what;
    assert!(matches!(what(0), StepKind::Balance { candidates: 3, .. }));
}

#[test]
fn a_proxying_load_balancer_needs_node_ports() {
    let spec = "type: LoadBalancer\nclusterIP: 10.96.0.50\nallocateLoadBalancerNodePorts: false\nports: [{port: 80, targetPort: 8080}]";
    check(
        &with_ingress(spec, "{hostname: lb.example.com}"),
        "outside/192.0.2.7",
        "http://lb.example.com",
        "
        unreachable

        1 dropped
          outside: resolve 198.18.36.74, send 192.0.2.7>198.18.36.74:80
          lb web: drop
        ",
    );
}

#[test]
fn services_can_share_a_load_balancer() {
    let second = "---
apiVersion: v1
kind: Service
metadata: {name: admin, namespace: shop}
spec: {type: LoadBalancer, clusterIP: 10.96.0.51, selector: {app: web}, ports: [{port: 81, targetPort: 8081, nodePort: 30081}]}
status: {loadBalancer: {ingress: [{hostname: lb.example.com}]}}
";
    let text = with_ingress(LOAD_BALANCER, "{hostname: lb.example.com}") + second;
    let analysis = analysis(&text);
    for (port, service) in [(80, "web"), (81, "admin")] {
        let answer = ask(&analysis, "outside", &format!("lb.example.com:{port}"));
        assert_eq!(answer.verdict.name(), "reachable");
        let journey = &answer.alternatives[0].journey;
        let balancer = Place::LoadBalancer {
            namespace: "shop".into(),
            name: service.into(),
        };
        assert_eq!(journey.hops[1].place, balancer);
        let back = journey.reply.as_ref().expect("a reply");
        assert!(back.hops.iter().any(|hop| hop.place == balancer));
    }
}

#[test]
fn a_source_outside_the_ranges_is_dropped() {
    let ranges = format!("{LOAD_BALANCER}\nloadBalancerSourceRanges: [192.0.2.0/24]");
    let analysis = analysis(&with_ingress(&ranges, "{ip: 203.0.113.80}"));
    let stranger = ask(&analysis, "outside/198.51.100.7", "203.0.113.80:80");
    let why = Loss::SourceRange;
    assert_eq!(stranger.alternatives.len(), 1);
    assert_eq!(
        stranger.alternatives[0].journey.outcome,
        Outcome::Dropped { why }
    );
    let friend = ask(&analysis, "outside/192.0.2.7", "203.0.113.80:80");
    assert_eq!(friend.verdict.name(), "reachable");
}

/// What the rules of the hook that translates are said to do.
fn passed(answer: &Answer) -> Option<String> {
    let mut steps = answer.alternatives[0].journey.steps();
    let step = steps.find(|step| matches!(step.what, StepKind::Pass { .. }))?;
    Some(format!("{}: {}", words::title(step), words::reason(step)))
}

#[test]
fn rules_that_know_the_address_and_leave_it_to_a_drop_are_not_said_to_be_for_others() {
    let ranges = format!("{LOAD_BALANCER}\nloadBalancerSourceRanges: [192.0.2.0/24]");
    let ranges = analysis(&with_ingress(&ranges, "{ip: 203.0.113.80}"));
    let said = passed(&ask(&ranges, "outside/198.51.100.7", "203.0.113.80:80"));
    assert_eq!(
        said.as_deref(),
        Some(
            "no rule rewrites it: kube-proxy's rules on this node know the address as Service shop/web, and none of them rewrites it: the client's address is in none of its `loadBalancerSourceRanges`. A rule further on drops it."
        )
    );
    let local = analysis(&with_web(&format!(
        "{NODE_PORT}\nexternalTrafficPolicy: Local"
    )));
    let said = passed(&ask(&local, "outside", "172.18.0.3:30080"));
    assert_eq!(
        said.as_deref(),
        Some(
            "no rule rewrites it: kube-proxy's rules on this node know the address as Service shop/web, and none of them rewrites it: the traffic policy is `Local`, and no endpoint is on this node. A rule further on drops it."
        )
    );
    let other = passed(&ask(&local, "outside", "172.18.0.3:30081"));
    assert!(other.is_some_and(|said| said.starts_with("no rule takes it: ")));
}

#[test]
fn an_external_ip_enters_by_any_node() {
    let answer = ask(
        &analysis(&with_web(&format!(
            "{CLUSTER_IP}\nexternalIPs: [192.0.2.99]"
        ))),
        "outside",
        "192.0.2.99:80",
    );
    let shares: Vec<String> = answer
        .alternatives
        .iter()
        .map(|alternative| alternative.share.to_string())
        .collect();
    // n1 and n2 hold one of two endpoints each: a third of the packets stays where it enters.
    assert_eq!(shares, ["1/3", "2/3"]);
}

#[test]
fn what_a_pod_of_the_node_itself_sees_in_place_of_the_client_depends_on_the_cni() {
    let analysis = analysis(&with_web(NODE_PORT));
    let answer = ask(&analysis, "outside", "node/n1:30080");
    let masqueraded: Vec<(usize, Certainty)> = answer
        .alternatives
        .iter()
        .map(|way| {
            let nodes = way.journey.hops.iter();
            let nodes = nodes.filter(|hop| matches!(hop.place, Place::Node { .. }));
            let snat = way
                .journey
                .steps()
                .find(|step| matches!(step.what, StepKind::Snat { .. }));
            (nodes.count(), snat.expect("a translation").certainty)
        })
        .collect();
    // To the Pod here by an interface of the CNI's, to the one on the other node by the node's own.
    assert_eq!(
        masqueraded,
        [(1, Certainty::Assumed), (2, Certainty::Given)]
    );
}

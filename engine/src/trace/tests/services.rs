//! Every way into a Service, and what happens when it has nobody to send to.

use super::fixture::{CLUSTER, analysis, analysis_with, ask, assert_sound, check, told, with_web};
use crate::cluster::{Options, ProxyMode};
use crate::packet::Side;
use crate::trace::{Answer, Loss, Outcome, Place, Probe, Refusal, StepKind, words};

const CLUSTER_IP: &str = "clusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080}]";
const NODE_PORT: &str =
    "type: NodePort\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
const LOAD_BALANCER: &str = "type: LoadBalancer\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";

fn with_ingress(spec: &str, ingress: &str) -> String {
    with_web(spec) + "status: {loadBalancer: {ingress: [" + ingress + "]}}\n"
}

#[test]
fn a_cluster_ip_is_translated_on_the_clients_node_and_back() {
    check(
        &with_web(CLUSTER_IP),
        "pod/shop/client",
        "http://web",
        "
        reachable

        1/2 delivered at 10.244.1.5:8080=1/2
          pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:80
          n1: dnat 10.244.1.9>10.244.1.5:8080, to shop/web-1
          pod web-1: deliver 10.244.1.9>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>10.244.1.9
          < n1: undo 10.96.0.50:80>10.244.1.9, to shop/client
          < pod client: deliver 10.96.0.50:80>10.244.1.9

        1/2 delivered at 10.244.2.5:8080=1/2
          pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:80
          n1: dnat 10.244.1.9>10.244.2.5:8080, to n2
          n2: to shop/web-2
          pod web-2: deliver 10.244.1.9>10.244.2.5:8080
          < pod web-2: answer 10.244.2.5:8080>10.244.1.9
          < n2: to n1
          < n1: undo 10.96.0.50:80>10.244.1.9, to shop/client
          < pod client: deliver 10.96.0.50:80>10.244.1.9
        ",
    );
}

#[test]
fn a_pod_that_draws_itself_sees_its_nodes_address() {
    let answer = ask(
        &analysis(&with_web(CLUSTER_IP)),
        "pod/shop/web-1",
        "http://web",
    );
    let hairpin = "
1/2 delivered at 10.244.1.5:8080=1/2
  pod web-1: resolve 10.96.0.50, send 10.244.1.5>10.96.0.50:80
  n1: dnat 10.244.1.5>10.244.1.5:8080, to shop/web-1, hairpin 172.18.0.1>10.244.1.5:8080
  pod web-1: deliver 172.18.0.1>10.244.1.5:8080
  < pod web-1: answer 10.244.1.5:8080>172.18.0.1
  < n1: undo 10.96.0.50:80>10.244.1.5, to shop/web-1
  < pod web-1: deliver 10.96.0.50:80>10.244.1.5
";
    assert!(told(&answer).contains(hairpin), "{}", told(&answer));
}

#[test]
fn a_wrong_port_of_a_cluster_ip_is_lost_at_the_gateway_in_iptables() {
    check(
        &with_web(CLUSTER_IP),
        "pod/shop/client",
        "web:81",
        "
        unreachable

        1 unroutable
          pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:81
          n1: pass, to gateway, egress 172.18.0.1>10.96.0.50:81
          network: lose
        ",
    );
}

#[test]
fn a_wrong_port_of_a_cluster_ip_is_refused_in_nftables() {
    let mode = "---\napiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n";
    check(
        &(with_web(CLUSTER_IP) + "\n" + mode),
        "pod/shop/client",
        "web:81",
        "
        unreachable

        1 rejected
          pod client: resolve 10.96.0.50, send 10.244.1.9>10.96.0.50:81
          n1: pass, to gateway, reject
        ",
    );
}

#[test]
fn a_cluster_ip_means_nothing_outside() {
    check(
        &with_web(CLUSTER_IP),
        "outside",
        "10.96.0.50:80",
        "
        unreachable

        1 unroutable
          outside: send 198.51.100.7>10.96.0.50:80
          network: lose
        ",
    );
}

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
fn no_endpoints_anywhere_refuse_and_blame_the_selector() {
    let text = with_web(CLUSTER_IP).replace("selector: {app: web}", "selector: {app: wbe}");
    let analysis = analysis(&text);
    let answer = ask(&analysis, "pod/shop/client", "http://web");
    let journey = &answer.alternatives[0].journey;
    let why = Refusal::NoEndpoints;
    assert_eq!(journey.outcome, Outcome::Rejected { why });
    let last = journey.steps().last().expect("a step");
    let rule = last.because.rules.last().expect("a rule");
    assert_eq!(
        (rule.node.as_str(), rule.table.as_str(), rule.chain.as_str()),
        ("n1", "filter", "KUBE-SERVICES")
    );
    assert!(rule.matched);
    let place = analysis
        .manifest
        .range(&last.because.origins[0])
        .expect("it was written");
    assert_eq!(&text[place.bytes], "{app: wbe}");
}

#[test]
fn internal_policy_local_drops_where_no_pod_is() {
    let text = with_web(&format!("{CLUSTER_IP}\ninternalTrafficPolicy: Local")).replace(
        "{nodeName: n1, containers: [{name: app, image: client}]}",
        "{nodeName: n3, containers: [{name: app, image: client}]}",
    );
    let analysis = analysis(&text);
    let answer = ask(&analysis, "pod/shop/client", "http://web");
    let journey = &answer.alternatives[0].journey;
    let why = Loss::NoLocalEndpoints;
    assert_eq!(journey.outcome, Outcome::Dropped { why });
    let last = journey.steps().last().expect("a step");
    let origin = &last.because.origins[0];
    assert_eq!(origin.path.to_string(), "spec.internalTrafficPolicy");
}

#[test]
fn a_headless_name_is_its_pods() {
    check(
        &with_web("clusterIP: None\nports: [{port: 80, targetPort: 8080}]"),
        "pod/shop/client",
        "web:8080",
        "
        reachable

        1/2 delivered at 10.244.1.5:8080=1/2
          pod client: resolve 10.244.1.5, send 10.244.1.9>10.244.1.5:8080
          n1: to shop/web-1
          pod web-1: deliver 10.244.1.9>10.244.1.5:8080
          < pod web-1: answer 10.244.1.5:8080>10.244.1.9
          < n1: to shop/client
          < pod client: deliver 10.244.1.5:8080>10.244.1.9

        1/2 delivered at 10.244.2.5:8080=1/2
          pod client: resolve 10.244.2.5, send 10.244.1.9>10.244.2.5:8080
          n1: to n2
          n2: to shop/web-2
          pod web-2: deliver 10.244.1.9>10.244.2.5:8080
          < pod web-2: answer 10.244.2.5:8080>10.244.1.9
          < n2: to n1
          < n1: to shop/client
          < pod client: deliver 10.244.2.5:8080>10.244.1.9
        ",
    );
}

#[test]
fn an_external_name_leaves_the_cluster() {
    check(
        &with_web("type: ExternalName\nexternalName: api.example.com"),
        "pod/shop/client",
        "https://web",
        "
        undetermined

        1 left-cluster
          pod client: resolve, send 10.244.1.9>198.51.100.199:443
          n1: pass, to gateway, egress 172.18.0.1>198.51.100.199:443
          outside: leave
          < outside: answer 198.51.100.199:443>172.18.0.1
          < n1: undo 198.51.100.199:443>10.244.1.9, to shop/client
          < pod client: deliver 198.51.100.199:443>10.244.1.9
        ",
    );
}

#[test]
fn a_host_port_is_portmaps_work() {
    let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: agent, namespace: shop}
spec: {nodeName: n2, containers: [{name: app, image: agent, ports: [{containerPort: 9000, hostPort: 9100}]}]}
status: {phase: Running, podIP: 10.244.2.8, podIPs: [{ip: 10.244.2.8}]}
";
    check(
        &(CLUSTER.to_owned() + pod),
        "pod/shop/client",
        "node/n2:9100",
        "
        reachable

        1 delivered at 10.244.2.8:9000=1
          pod client: send 10.244.1.9>172.18.0.2:9100
          n1: pass, to n2
          n2: pass, portmap 10.244.1.9>10.244.2.8:9000, to shop/agent
          pod agent: deliver 10.244.1.9>10.244.2.8:9000
          < pod agent: answer 10.244.2.8:9000>10.244.1.9
          < n2: undo 172.18.0.2:9100>10.244.1.9, to n1
          < n1: to shop/client
          < pod client: deliver 172.18.0.2:9100>10.244.1.9
        ",
    );
}

#[test]
fn a_chosen_journey_is_walked_on_demand() {
    let analysis = analysis(&with_ingress(LOAD_BALANCER, "{ip: 203.0.113.80}"));
    let probe = Probe::parse("outside", "203.0.113.80:80").expect("a probe");
    let endpoint: Side = "10.244.1.5:8080".parse().expect("an address");
    let journey = analysis
        .journey(&probe, Some("n3"), Some(endpoint))
        .expect("n3 sends to all endpoints");
    assert_sound(&journey);
    let places: Vec<String> = journey
        .hops
        .iter()
        .map(|hop| crate::trace::words::place(&hop.place))
        .collect();
    assert_eq!(
        places,
        [
            "outside the cluster",
            "load balancer of shop/web",
            "node n3",
            "node n1",
            "Pod shop/web-1"
        ]
    );
    let elsewhere: Side = "10.244.9.9:8080".parse().expect("an address");
    assert_eq!(analysis.journey(&probe, Some("n3"), Some(elsewhere)), None);
    assert_eq!(analysis.journey(&probe, Some("n9"), None), None);
}

#[test]
fn many_endpoints_are_a_list_not_many_journeys() {
    let addresses: String = (0..5000)
        .map(|nth| {
            let (node, high, low) = (1 + nth % 3, 100 + nth / 250, 1 + nth % 250);
            format!("- {{addresses: [10.244.{high}.{low}], nodeName: n{node}}}\n")
        })
        .collect();
    let text = with_web(NODE_PORT).replace("  selector: {app: web}\n", "")
        + "\n---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nports: [{name: '', port: 8080, protocol: TCP}]\nendpoints:\n"
        + &addresses;
    let answer = ask(&analysis(&text), "outside", "node/*:30080");
    assert_eq!(answer.alternatives.len(), 2);
    for alternative in &answer.alternatives {
        assert_eq!(alternative.endpoints.len(), 5000);
        assert_eq!(alternative.entries.len(), 3);
    }
    assert_eq!(answer.alternatives[0].share.to_string(), "1/3");
    assert_eq!(
        answer.alternatives[0].endpoints[0].share.to_string(),
        "1/15000"
    );
}

#[test]
fn a_wrong_port_falls_through_in_one_mode_and_is_refused_in_the_other() {
    let analysis = analysis(&with_web(CLUSTER_IP));
    let probe = Probe::parse("pod/shop/client", "10.96.0.50:81").expect("a probe");
    let ends = |mode| {
        let answer = analysis.trace_in(mode, &probe);
        let ends = answer.alternatives.iter();
        ends.map(|one| one.journey.outcome.name())
            .collect::<Vec<_>>()
    };
    assert_eq!(ends(ProxyMode::Iptables), ["unroutable"]);
    assert_eq!(ends(ProxyMode::Nftables), ["rejected"]);
    assert_eq!(
        analysis.trace(&probe),
        analysis.trace_in(ProxyMode::Iptables, &probe)
    );
}

/// The commands of all steps of one kind, there and back.
fn commands(answer: &Answer, of: fn(&StepKind) -> bool) -> Vec<String> {
    let journey = &answer.alternatives[0].journey;
    let back = journey.reply.iter().flat_map(|reply| &reply.hops);
    let hops = journey.hops.iter().chain(back);
    let steps = hops.flat_map(|hop| hop.steps.iter().map(move |step| (hop, step)));
    steps
        .filter(|(_, step)| of(&step.what))
        .filter_map(|(hop, step)| words::command(hop, step))
        .collect()
}

#[test]
fn a_rewrite_is_shown_by_the_chain_that_rewrites() {
    let analysis = analysis(&with_web(NODE_PORT));
    let answer = ask(&analysis, "node/n1", "127.0.0.1:30080");
    let shown = commands(&answer, |what| matches!(what, StepKind::Dnat { .. }));
    assert_eq!(shown.len(), 1);
    assert!(
        shown[0].starts_with("iptables -t nat -nvL KUBE-SEP-"),
        "{shown:?}"
    );
}

#[test]
fn who_is_reached_is_seen_by_what_listens_and_who_dialled_by_what_is_connected() {
    let answer = ask(
        &analysis(&with_web(CLUSTER_IP)),
        "pod/shop/client",
        "http://web",
    );
    assert_eq!(
        commands(&answer, |what| *what == StepKind::Deliver),
        [
            "kubectl -n shop exec web-1 -- ss -ltnu",
            "kubectl -n shop exec client -- ss -tn dst 10.96.0.50",
        ]
    );
}

#[test]
fn a_node_port_on_loopback_is_not_the_same_in_all_modes() {
    let analysis = analysis(&with_web(NODE_PORT));
    let probe = Probe::parse("node/n1", "127.0.0.1:30080").expect("a probe");
    let [iptables, nftables] =
        [ProxyMode::Iptables, ProxyMode::Nftables].map(|mode| analysis.trace_in(mode, &probe));
    let said = words::difference(("iptables", &iptables), ("nftables", &nftables));
    assert_eq!(
        said.as_deref(),
        Some(
            "iptables: connected if a process listens there, else refused. Delivered to Pod shop/web-1 (10.244.1.5:8080). A container declares the port. nftables: connected if a process listens there, else refused. Arrives at node n1 itself, at 127.0.0.1:30080. What its own processes listen on, no manifest says."
        )
    );
}

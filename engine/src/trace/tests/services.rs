//! Ways into a Service from inside, and what happens when it has nobody to send to.

use super::fixture::{
    CLUSTER, CLUSTER_IP, LOAD_BALANCER, NODE_PORT, analysis, ask, assert_sound, check, told,
    with_ingress, with_web,
};
use crate::cluster::ProxyMode;
use crate::packet::Side;
use crate::trace::{Loss, Outcome, Probe, Refusal, words};

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

#[test]
fn which_family_is_dialled_is_said_to_be_the_client_s_choice() {
    let reason = |policy: &str| {
        let text = format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{{policy}selector: {{app: web}}, ports: [{{port: 80}}]}}}}
---
{{apiVersion: v1, kind: Pod, metadata: {{name: web-0, labels: {{app: web}}}}, spec: {{containers: [{{name: a, image: a}}]}}}}"
        );
        let analysis = analysis(&text);
        let answer = ask(&analysis, "pod/web-0", "http://web");
        let mut steps = answer.alternatives[0].journey.steps();
        words::reason(steps.next().expect("a lookup"))
    };
    let virtual_address =
        "The cluster's DNS answers with the virtual address of Service default/web.";
    assert_eq!(reason(""), virtual_address);
    assert_eq!(
        reason("ipFamilyPolicy: RequireDualStack, "),
        format!(
            "{virtual_address} A and AAAA both answer: which of them is dialled, the client's C library decides (RFC 6724). IPv4 is followed here."
        )
    );
}

#[test]
fn what_a_client_sees_is_said_in_the_words_of_its_protocol() {
    let analysis = analysis(&with_web(
        "clusterIP: 10.96.0.50\nports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 80}, {name: c, port: 81, protocol: SCTP}]",
    ));
    let sees = |to| {
        let answer = ask(&analysis, "pod/shop/client", to);
        words::client_sees(&answer.alternatives[0].journey)
    };
    assert_eq!(
        sees("web:80"),
        "connected if a process listens there, else refused"
    );
    assert_eq!(
        sees("web:53/udp"),
        "an answer if a process listens there and sends one, else ICMP port unreachable, which many clients never see"
    );
    assert_eq!(
        sees("web:81/sctp"),
        "an association if a process listens there, else refused (ABORT)"
    );
    assert_eq!(sees("10.96.0.50:54/udp"), "no answer, and no error");
    assert_eq!(sees("10.96.0.50:54"), "connection timed out");
}

#[test]
fn ways_are_told_apart_by_where_they_end() {
    let analysis = analysis(&with_web(NODE_PORT));
    let ends = |from, to| -> Vec<_> {
        let answer = ask(&analysis, from, to);
        let ways = answer.alternatives.iter();
        ways.map(|way| words::ends_where(&way.journey)).collect()
    };
    assert_eq!(
        ends("pod/shop/client", "http://web"),
        [
            Some("on the sender's own node"),
            Some("on another node than the sender")
        ]
    );
    assert_eq!(
        ends("pod/shop/web-1", "http://web"),
        [
            Some("at the sender itself"),
            Some("on another node than the sender")
        ]
    );
    assert_eq!(
        ends("outside", "node/n1:30080"),
        [
            Some("on the node by which it comes in"),
            Some("on another node than it comes in by")
        ]
    );
    // By way of another node it may come back.
    assert_eq!(
        ends("pod/shop/client", "node/n2:30080"),
        [
            Some("on another node than the sender"),
            Some("on the sender's own node")
        ]
    );
    assert_eq!(ends("pod/shop/client", "http://nobody"), [None]);
}

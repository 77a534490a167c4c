//! What nobody should write and somebody does, in each mode of kube-proxy.

use super::fixture::{CLUSTER, analysis, assert_sound, with_web};
use crate::Analysis;
use crate::cluster::ProxyMode;
use crate::packet::Family;
use crate::trace::{Answer, Probe, Share};

const MODES: [ProxyMode; 3] = [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs];

fn asked(analysis: &Analysis, mode: ProxyMode, from: &str, to: &str) -> Answer {
    let answer = analysis.trace_in(mode, &Probe::parse(from, to).expect("a probe"));
    let mut sum = Share::ALL.rest();
    for alternative in &answer.alternatives {
        assert_sound(&alternative.journey);
        sum = sum.plus(alternative.share);
    }
    assert_eq!(sum, Share::ALL, "{mode:?} {from} {to}");
    answer
}

/// `share outcome address…` of each alternative, sorted.
fn ends(answer: &Answer) -> Vec<String> {
    let mut ends: Vec<String> = answer
        .alternatives
        .iter()
        .map(|one| {
            let addresses: Vec<String> = one
                .endpoints
                .iter()
                .map(|end| end.address.to_string())
                .collect();
            let outcome = one.journey.outcome.name();
            format!("{} {outcome} {}", one.share, addresses.join(" "))
        })
        .collect();
    ends.sort();
    ends
}

/// The same in every mode.
#[track_caller]
fn check(analysis: &Analysis, from: &str, to: &str, expected: &[&str]) {
    for mode in MODES {
        assert_eq!(ends(&asked(analysis, mode, from, to)), expected, "{mode:?}");
    }
}

/// Without it, a range would be assumed that the ClusterIP fits into.
const RANGES: &str = "
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
networking: {podSubnet: 10.244.0.0/16, serviceSubnet: 10.96.0.0/12}
";

fn slice(service: &str, endpoints: &str) -> String {
    format!(
        "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {service}-x, namespace: shop, labels: {{kubernetes.io/service-name: {service}}}}}\naddressType: IPv4\nports: [{{name: '', port: 8080, protocol: TCP}}]\nendpoints: [{endpoints}]\n"
    )
}

fn service(name: &str, address: &str, more: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: shop}}\nspec: {{clusterIP: {address}, ports: [{{port: 80, targetPort: 8080}}]{more}}}\n"
    )
}

#[test]
fn five_thousand_endpoints() {
    let endpoints: Vec<String> = (0..5000)
        .map(|n| {
            format!(
                "{{addresses: [10.244.{}.{}], nodeName: n{}}}",
                100 + n / 250,
                n % 250,
                1 + n % 3
            )
        })
        .collect();
    let text = format!(
        "{CLUSTER}{}{}",
        service("many", "10.96.0.60", ""),
        slice("many", &endpoints.join(", "))
    );
    let analysis = analysis(&text);
    let (node, _) = analysis.cluster.nodes.iter().next().expect("a node");
    for mode in MODES {
        let answer = asked(&analysis, mode, "pod/shop/client", "10.96.0.60:80");
        // Those of this node and those of others, each told once.
        let shares: Vec<String> = answer
            .alternatives
            .iter()
            .map(|one| one.share.to_string())
            .collect();
        assert_eq!(shares, ["1667/5000", "3333/5000"], "{mode:?}");
        assert_eq!(answer.alternatives[1].endpoints.len(), 3333);
        let rules = analysis.rules_in(mode, node, Family::V4).listed();
        assert!(
            rules.contains("10.244.119.249:8080") || rules.contains("10.244.119.249 "),
            "{mode:?}"
        );
    }
}

#[test]
fn sixty_five_ports() {
    let ports: Vec<String> = (0..65)
        .map(|n| format!("{{name: p{n}, port: {}, targetPort: 8080}}", 1000 + n))
        .collect();
    let analysis = analysis(&with_web(&format!(
        "clusterIP: 10.96.0.50\nports: [{}]",
        ports.join(", ")
    )));
    let both = [
        "1/2 delivered 10.244.1.5:8080",
        "1/2 delivered 10.244.2.5:8080",
    ];
    for to in ["10.96.0.50:1000", "10.96.0.50:1064"] {
        check(&analysis, "pod/shop/client", to, &both);
    }
    let mut outcomes = MODES.map(|mode| {
        ends(&asked(
            &analysis,
            mode,
            "pod/shop/client",
            "10.96.0.50:1065",
        ))
    });
    assert_eq!(outcomes[0], ["1 unroutable "]);
    outcomes.rotate_left(1);
    assert_eq!(outcomes[..2], [["1 rejected "], ["1 rejected "]]);
}

#[test]
fn names_of_sixty_three_characters() {
    let long = "a".repeat(63);
    let text = format!(
        "{CLUSTER}---\napiVersion: v1\nkind: Service\nmetadata: {{name: {long}, namespace: {long}}}\nspec: {{clusterIP: 10.96.0.60, sessionAffinity: ClientIP, ports: [{{name: {long}, port: 80}}]}}\n---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: {long}, namespace: {long}, labels: {{kubernetes.io/service-name: {long}}}}}\naddressType: IPv4\nports: [{{name: {long}, port: 8080, protocol: TCP}}]\nendpoints: [{{addresses: [10.244.1.77], nodeName: n1}}]\n"
    );
    let analysis = analysis(&text);
    check(
        &analysis,
        "pod/shop/client",
        "10.96.0.60:80",
        &["1 delivered 10.244.1.77:8080"],
    );
    let (node, _) = analysis.cluster.nodes.iter().next().expect("a node");
    // What the kernel takes: 28 characters of a chain of iptables, 255 of one of nftables.
    let listed = |mode| analysis.rules_in(mode, node, Family::V4).listed();
    let chains = listed(ProxyMode::Iptables);
    let mut chains = chains
        .lines()
        .filter_map(|line| line.strip_prefix(':')?.split(' ').next());
    assert!(chains.all(|name| name.len() <= 28));
    let tables = listed(ProxyMode::Nftables);
    let mut names = tables.lines().filter_map(|line| {
        let line = line.trim();
        let rest = line
            .strip_prefix("chain ")
            .or_else(|| line.strip_prefix("set "))?;
        rest.strip_suffix(" {")
    });
    assert!(names.all(|name| name.trim_matches('"').len() <= 255));
}

#[test]
fn endpoints_of_two_services() {
    let endpoints = "{addresses: [10.244.2.5], nodeName: n2}";
    let text = format!(
        "{CLUSTER}{}{}{}{}",
        service("one", "10.96.0.61", ", sessionAffinity: ClientIP"),
        service("two", "10.96.0.62", ""),
        slice("one", endpoints),
        slice("two", endpoints)
    );
    let analysis = analysis(&text);
    for to in ["10.96.0.61:80", "10.96.0.62:80"] {
        check(
            &analysis,
            "pod/shop/client",
            to,
            &["1 delivered 10.244.2.5:8080"],
        );
        check(&analysis, "node/n2", to, &["1 delivered 10.244.2.5:8080"]);
    }
}

#[test]
fn an_endpoint_that_is_a_nodes_address() {
    let text = format!(
        "{CLUSTER}{}{}",
        service("node", "10.96.0.63", ""),
        slice(
            "node",
            "{addresses: [172.18.0.1], nodeName: n1}, {addresses: [172.18.0.2], nodeName: n2}"
        )
    );
    let analysis = analysis(&text);
    let both = [
        "1/2 delivered 172.18.0.1:8080",
        "1/2 delivered 172.18.0.2:8080",
    ];
    check(&analysis, "pod/shop/client", "10.96.0.63:80", &both);
    check(&analysis, "node/n1", "10.96.0.63:80", &both);
}

#[test]
fn a_cluster_ip_that_is_a_pods_address_too() {
    let text = format!(
        "{RANGES}---{CLUSTER}{}{}",
        service("clash", "10.244.2.5", ""),
        slice("clash", "{addresses: [10.244.1.5], nodeName: n1}")
    );
    let analysis = analysis(&text);
    // kube-proxy has rules for the address, so nobody reaches the Pod on port 80. Its other ports are left alone in iptables,
    // refused as unknown ports of a ClusterIP in nftables, and in ipvs the address is on every node.
    check(
        &analysis,
        "pod/shop/client",
        "10.244.2.5:80",
        &["1 delivered 10.244.1.5:8080"],
    );
    let other = MODES.map(|mode| {
        ends(&asked(
            &analysis,
            mode,
            "pod/shop/client",
            "10.244.2.5:8080",
        ))
    });
    assert_eq!(other[0], ["1 delivered 10.244.2.5:8080"]);
    assert_eq!(other[1], ["1 rejected "]);
    assert_eq!(other[2], ["1 rejected "]);
}

#[test]
fn a_node_that_only_a_slice_knows() {
    let text = format!(
        "{CLUSTER}{}{}",
        service(
            "gone",
            "10.96.0.64",
            ", externalIPs: [203.0.113.80], externalTrafficPolicy: Local"
        ),
        slice("gone", "{addresses: [10.244.9.9], nodeName: nowhere}")
    );
    let analysis = analysis(&text);
    for mode in MODES {
        for (from, to) in [
            ("pod/shop/client", "10.96.0.64:80"),
            ("outside", "203.0.113.80:80"),
            ("node/n1", "203.0.113.80:80"),
        ] {
            let answer = asked(&analysis, mode, from, to);
            assert!(!answer.alternatives.is_empty());
        }
    }
    check(
        &analysis,
        "pod/shop/client",
        "10.96.0.64:80",
        &["1 delivered 10.244.9.9:8080"],
    );
}

#[test]
fn node_ports_on_localhost() {
    let analysis = analysis(&with_web(
        "type: NodePort\nclusterIP: 10.96.0.50\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]",
    ));
    let both = ["1 delivered 10.244.1.5:8080 10.244.2.5:8080"];
    let told = MODES.map(|mode| ends(&asked(&analysis, mode, "node/n3", "127.0.0.1:30080")));
    // Open in iptables alone; elsewhere the packet is for whoever listens on the node itself.
    assert_eq!(told[0], both);
    assert_eq!(told[1], ["1 at-node "]);
    assert_eq!(told[2], ["1 at-node "]);
    check(&analysis, "node/n3", "172.18.0.3:30080", &both);
}

#[test]
fn external_ips_without_endpoints_from_a_process_of_the_node() {
    let text = format!(
        "{CLUSTER}{}",
        service("none", "10.96.0.65", ", externalIPs: [203.0.113.80]")
    );
    let analysis = analysis(&text);
    let told =
        |from: &str| MODES.map(|mode| ends(&asked(&analysis, mode, from, "203.0.113.80:80")));
    // iptables refuses in INPUT and FORWARD, not in OUTPUT; ipvs has the address on the node.
    let [iptables, nftables, ipvs] = told("node/n1");
    assert_eq!(iptables, ["1 unroutable "]);
    assert_eq!(nftables, ["1 rejected "]);
    assert_eq!(ipvs, ["1 rejected "]);
    let refused = [["1 rejected "]; 3];
    assert_eq!(told("pod/shop/client"), refused);
}

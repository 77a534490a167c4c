//! What holds for every probe on every cluster, however odd.

use proptest::prelude::*;

use super::fixture::{analysis_with, assert_sound};
use crate::cluster::{Egress, LoadBalancerProvider, Options};
use crate::trace::{Probe, Share};

/// A cluster out of a few words: nodes, Pods on some of them, one Service of any type.
fn manifests() -> impl Strategy<Value = String> {
    let nodes = 0..4usize;
    let pods = 0..5usize;
    let type_ = prop::sample::select(vec![
        "ClusterIP",
        "NodePort",
        "LoadBalancer",
        "ExternalName",
    ]);
    let extra = prop::sample::select(vec![
        "",
        "  externalTrafficPolicy: Local\n",
        "  internalTrafficPolicy: Local\n",
        "  clusterIP: None\n",
        "  externalIPs: [192.0.2.99]\n",
        "  externalIPs: [10.0.0.1]\n",
        "  sessionAffinity: ClientIP\n",
        "  ipFamilies: [IPv6]\n",
        "  externalName: web\n",
        "  loadBalancerSourceRanges: [192.0.2.0/24]\n",
        "  publishNotReadyAddresses: true\n",
    ]);
    let mode = prop::sample::select(vec!["iptables", "nftables", "ipvs"]);
    let host_network = any::<bool>();
    let six = any::<bool>();
    (nodes, pods, type_, extra, mode, host_network, six).prop_map(
        |(nodes, pods, type_, extra, mode, host_network, six)| {
            let mut text = format!(
                "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: {mode}\n"
            );
            if six {
                text += "---\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking: {podSubnet: 'fd00:10::/56', serviceSubnet: 'fd00:96::/112'}\n";
            }
            for node in 1..=nodes {
                let address = if six { format!("fd00:1::{node}") } else { format!("10.0.0.{node}") };
                text += &format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{node}}}\nstatus: {{addresses: [{{type: InternalIP, address: '{address}'}}]}}\n");
            }
            for pod in 1..=pods {
                let host = host_network && pod == 1;
                text += &format!("---\napiVersion: v1\nkind: Pod\nmetadata: {{name: p{pod}, labels: {{app: web}}}}\nspec: {{hostNetwork: {host}, containers: [{{name: c, image: i, ports: [{{containerPort: 8080, hostPort: {}}}]}}]}}\n", 9000 + pod);
            }
            text += &format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec:\n  type: {type_}\n  selector: {{app: web}}\n  ports: [{{port: 80, targetPort: 8080, nodePort: 30080}}]\n{extra}");
            // A slice that says odd things: a Pod's address again, the Service's own kind of address, a node's.
            text += "---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: odd, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nports: [{name: '', port: 8080, protocol: TCP}]\nendpoints: [{addresses: [10.96.0.1]}, {addresses: [10.0.0.1], nodeName: n1}, {addresses: [192.0.2.50]}, {addresses: [10.244.0.9], nodeName: gone}]\n";
            text
        },
    )
}

fn options() -> impl Strategy<Value = Options> {
    let egress = prop::sample::select(vec![Egress::Masquerade, Egress::Routed]);
    let provider = prop::sample::select(vec![
        LoadBalancerProvider::Cloud,
        LoadBalancerProvider::CloudProxy,
        LoadBalancerProvider::None,
    ]);
    let entry = prop::sample::select(vec![None, Some("n1"), Some("nowhere")]);
    (egress, provider, entry).prop_map(|(egress, load_balancer, entry)| Options {
        load_balancer,
        egress,
        entry_node: entry.map(Into::into),
    })
}

fn probes() -> impl Strategy<Value = Probe> {
    let from = prop::sample::select(vec![
        "pod/p1",
        "pod/p2",
        "node/n1",
        "node/n2",
        "outside",
        "10.0.0.1",
        "10.244.0.9",
        "outside/fd00::7",
    ]);
    let to = prop::sample::select(vec![
        "http://web",
        "web.default.svc.cluster.local:8080",
        "web:80/udp",
        "node/n1:30080",
        "node/*:30080",
        "node/*:9001",
        "192.0.2.99:80",
        "10.96.0.1:443",
        "10.0.0.1:80",
        "[fd00::1]:80",
        "127.0.0.1:30080",
        "https://example.com",
        "ping web",
        "ping 10.96.0.1",
        "ping node/*",
        "192.0.2.1:443",
    ]);
    (from, to).prop_map(|(from, to)| Probe::parse(from, to).expect("a probe"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn every_journey_ends_and_shares_sum_to_one(
        text in manifests(),
        options in options(),
        probes in prop::collection::vec(probes(), 4),
    ) {
        let analysis = analysis_with(&text, options);
        for probe in probes {
            let answer = analysis.trace(&probe);
            let nothing = Share::ALL.rest();
            let sum = |shares: Vec<Share>| shares.into_iter().fold(nothing, Share::plus);
            let whole = sum(answer.alternatives.iter().map(|a| a.share).collect());
            prop_assert_eq!(whole, Share::ALL, "{} on\n{}", probe, text);
            for alternative in &answer.alternatives {
                assert_sound(&alternative.journey);
                if !alternative.entries.is_empty() {
                    let entries = sum(alternative.entries.iter().map(|e| e.share).collect());
                    prop_assert_eq!(entries, alternative.share, "{} on\n{}", probe, text);
                }
                if !alternative.endpoints.is_empty() {
                    let endpoints = sum(alternative.endpoints.iter().map(|e| e.share).collect());
                    prop_assert_eq!(endpoints, alternative.share, "{} on\n{}", probe, text);
                }
                // The one that is told can be asked for.
                let entry = alternative.entries.first().map(|entry| entry.node.as_str());
                let endpoint = alternative.endpoints.first().map(|endpoint| endpoint.address);
                prop_assert!(analysis.journey(&probe, entry, endpoint).is_some(), "{} on\n{}", probe, text);
            }
            prop_assert_eq!(&analysis.trace(&probe), &answer);
        }
    }
}

#[test]
fn node_ports_that_are_endpoints_of_each_other_end() {
    let nodes: String = (1..=4)
        .map(|node| format!("---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{node}}}\nstatus: {{addresses: [{{type: InternalIP, address: 10.0.0.{node}}}]}}\n"))
        .collect();
    // Each Service sends to the node ports of all of them, on every node.
    let services: String = (0..4)
        .map(|service| {
            let ports: String = (0..4).map(|port| format!("---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: s{service}-{port}, namespace: default, labels: {{kubernetes.io/service-name: s{service}}}}}\naddressType: IPv4\nports: [{{name: '', port: {}, protocol: TCP}}]\nendpoints: [{}]\n", 30000 + port, (1..=4).map(|node| format!("{{addresses: [10.0.0.{node}]}}")).collect::<Vec<_>>().join(", "))).collect();
            format!("---\napiVersion: v1\nkind: Service\nmetadata: {{name: s{service}}}\nspec: {{type: NodePort, ports: [{{port: 80, nodePort: {}}}]}}\n{ports}", 30000 + service)
        })
        .collect();
    let analysis = analysis_with(&(nodes + &services), Options::default());
    let probe = Probe::parse("outside", "node/n1:30000").expect("a probe");
    let answer = analysis.trace(&probe);
    let nothing = Share::ALL.rest();
    let whole = answer
        .alternatives
        .iter()
        .fold(nothing, |sum, alternative| sum.plus(alternative.share));
    // Shares of so many branches have more factors than 64 bits hold; what is left is rounding.
    assert!((whole.as_f64() - 1.0).abs() < 1e-9, "{whole}");
    assert!(
        answer
            .alternatives
            .iter()
            .any(|a| a.journey.outcome == crate::trace::Outcome::Looped)
    );
}

//! Settings from the configuration kinds of a cluster's components.

use serde_json::{Value, json};

use super::{admitted, manifest, messages};
use crate::api::{Configuration, Objects, Written};
use crate::apiserver::{Entrance, admit, environment};
use crate::cluster::{Environment, NodePortAddresses, ProxyMode};
use crate::finding::Findings;
use crate::manifest::Manifest;
use crate::origin::{DocumentId, ObjectOrigin};
use crate::packet::Family;

fn configuration(value: Value) -> Written<Configuration> {
    Written {
        origin: ObjectOrigin {
            document: DocumentId(7),
            item: 0,
        },
        value: Configuration {
            api_version: value["apiVersion"].as_str().unwrap().into(),
            kind: value["kind"].as_str().unwrap().into(),
            value,
        },
    }
}

fn read(objects: &Objects) -> (Environment, Vec<String>) {
    let mut findings = Findings::default();
    let environment = environment::read(objects, Environment::default(), &mut findings);
    (environment, messages(&findings))
}

fn of_files(values: &[Value]) -> (Environment, Vec<String>) {
    read(&Objects {
        configurations: values.iter().cloned().map(configuration).collect(),
        ..Objects::default()
    })
}

fn ranges(ranges: &[ipnet::IpNet]) -> Vec<String> {
    ranges.iter().map(ToString::to_string).collect()
}

#[test]
fn kubeadm_says_ranges_domain_and_flags() {
    let (environment, findings) = of_files(&[json!({
        "apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration",
        "networking": {"podSubnet": "10.200.0.0/16", "serviceSubnet": "10.32.0.0/16,fd00:32::/112", "dnsDomain": "k8s.example"},
        "apiServer": {"extraArgs": [{"name": "service-node-port-range", "value": "31000-31999"}]},
        "controllerManager": {"extraArgs": [{"name": "max-endpoints-per-slice", "value": "50"}]},
    })]);
    assert_eq!(findings, Vec::<String>::new());
    assert_eq!(ranges(&environment.network.pod_cidrs), ["10.200.0.0/16"]);
    assert_eq!(ranges(&environment.proxy.detect_local), ["10.200.0.0/16"]);
    assert_eq!(
        ranges(&environment.network.service_cidrs),
        ["10.32.0.0/16", "fd00:32::/112"]
    );
    assert_eq!(environment.kubelet.cluster_dns[0].to_string(), "10.32.0.10");
    assert_eq!(environment.dns.zone, "k8s.example");
    assert_eq!(environment.kubelet.cluster_domain, "k8s.example");
    assert_eq!(environment.network.node_port_range, (31000, 31999));
    assert_eq!(environment.max_endpoints_per_slice.0, 50);
}

#[test]
fn kube_proxy_says_its_own() {
    let (environment, findings) = of_files(&[json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
        "mode": "nftables", "clusterCIDR": "10.244.0.0/16", "nodePortAddresses": ["primary"],
        "iptables": {"masqueradeAll": false, "localhostNodePorts": false},
        "nftables": {"masqueradeAll": true, "masqueradeBit": 12},
        "conntrack": {"tcpBeLiberal": true}, "ipvs": {"scheduler": ""},
    })]);
    assert_eq!(findings, Vec::<String>::new());
    let proxy = &environment.proxy;
    assert_eq!(proxy.mode, ProxyMode::Nftables);
    assert!(proxy.masquerade_all && proxy.conntrack_tcp_be_liberal);
    assert!(!proxy.localhost_node_ports);
    assert_eq!(proxy.masquerade_bit, 12);
    assert_eq!(proxy.node_port_addresses, NodePortAddresses::Primary);
    assert_eq!(proxy.ipvs_scheduler, "rr");
}

#[test]
fn ipvs_has_settings_of_its_own() {
    let settings = |ipvs| {
        of_files(&[json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
            "mode": "ipvs", "clusterCIDR": "10.244.0.0/16", "ipvs": ipvs,
        })])
    };
    let (environment, findings) =
        settings(json!({"scheduler": "lc", "strictARP": true, "excludeCIDRs": ["192.0.2.0/24"]}));
    assert_eq!(environment.proxy.ipvs_scheduler, "lc");
    assert!(environment.proxy.ipvs_strict_arp);
    assert_eq!(findings.len(), 1);
    let (environment, findings) = settings(json!({"scheduler": "random"}));
    assert_eq!(environment.proxy.ipvs_scheduler, "rr");
    assert_eq!(findings.len(), 2);
    assert!(findings[1].contains("rr, wrr, lc"), "{}", findings[1]);
}

#[test]
fn without_a_cluster_range_kube_proxy_cannot_tell_pods() {
    let (environment, _) = of_files(&[json!({
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration", "clusterCIDR": "",
    })]);
    assert_eq!(
        ranges(&environment.proxy.detect_local),
        Vec::<String>::new()
    );
}

#[test]
fn config_maps_hold_the_same_kinds() {
    let map = |name: &str, key: &str, text: &str| json!({"kind": "ConfigMap", "metadata": {"namespace": "kube-system", "name": name}, "data": {key: text}});
    let objects = manifest(&[
        map("kube-proxy", "config.conf", "kind: KubeProxyConfiguration\nmode: ipvs\nclusterCIDR: 10.199.0.0/16\n"),
        map("kubeadm-config", "ClusterConfiguration", "kind: ClusterConfiguration\nnetworking:\n  podSubnet: 10.199.0.0/16\n"),
        map("coredns", "Corefile", ".:53 {\n  kubernetes cluster.local in-addr.arpa ip6.arpa {\n    pods verified\n  }\n}\n"),
    ])
    .objects;
    let (environment, findings) = read(&objects);
    assert_eq!(
        findings,
        ["kube-proxy's mode ipvs is deprecated since Kubernetes 1.35; its successor is nftables."]
    );
    assert_eq!(environment.proxy.mode, ProxyMode::Ipvs);
    assert_eq!(ranges(&environment.network.pod_cidrs), ["10.199.0.0/16"]);
    assert_eq!(environment.dns.pods, crate::cluster::PodRecords::Verified);
    assert_eq!(environment.dns.ttl, 5);
}

#[test]
fn what_does_not_fit_together_is_said() {
    let kubeadm = |pods: &str| json!({"apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "ClusterConfiguration", "networking": {"podSubnet": pods}});
    let proxy = |mode: &str| {
        json!({"apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
            "mode": mode, "clusterCIDR": "10.5.0.0/16"})
    };
    let (environment, findings) = of_files(&[kubeadm("10.4.0.0/16"), proxy("iptables")]);
    assert_eq!(
        findings,
        [
            "Two configurations disagree about the Pod ranges: 10.4.0.0/16 there, 10.5.0.0/16 here. Each component believes its own."
        ]
    );
    assert_eq!(ranges(&environment.proxy.detect_local), ["10.5.0.0/16"]);
    let (environment, findings) = of_files(&[proxy("nftables"), proxy("ipvs")]);
    assert_eq!(environment.proxy.mode, ProxyMode::Ipvs);
    assert_eq!(findings.len(), 2);
    assert!(findings[0].contains("kube-proxy mode: nftables there, ipvs here"));
    let (_, findings) = of_files(&[kubeadm("10.96.0.0/16")]);
    assert_eq!(
        findings,
        [
            "The Pod range 10.96.0.0/16 and the service range 10.96.0.0/12 overlap: an address could be either."
        ]
    );
    let (environment, findings) = of_files(&[kubeadm("10.4.0.0/99"), proxy("userspace")]);
    assert_eq!(environment.proxy.mode, ProxyMode::Iptables);
    assert_eq!(findings.len(), 2, "{findings:?}");
}

#[test]
fn a_node_outside_of_the_pod_ranges_is_said() {
    let mut objects = manifest(&[
        json!({"kind": "Node", "metadata": {"name": "in"}, "spec": {"podCIDR": "10.4.7.0/24"}}),
        json!({"kind": "Node", "metadata": {"name": "out"}, "spec": {"podCIDR": "10.9.0.0/24"}}),
    ])
    .objects;
    let (_, findings) = read(&objects);
    assert_eq!(
        findings,
        Vec::<String>::new(),
        "nobody says which ranges there are"
    );
    objects.configurations.push(configuration(
        json!({"apiVersion": "kubeadm.k8s.io/v1beta3", "kind": "ClusterConfiguration", "networking": {"podSubnet": "10.4.0.0/16"}}),
    ));
    let (_, findings) = read(&objects);
    assert_eq!(
        findings,
        [
            "Two configurations disagree about the Pod ranges: 10.4.0.0/16 there, 10.9.0.0/24 here. Each component believes its own."
        ]
    );
}

#[test]
fn service_cidrs_add_to_the_api_servers_own() {
    let objects = manifest(&[
        json!({"kind": "ServiceCIDR", "metadata": {"name": "more"}, "spec": {"cidrs": ["10.8.0.0/24"]}}),
        json!({"kind": "ServiceCIDR", "metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["10.7.0.0/24"]}}),
    ])
    .objects;
    let (environment, _) = read(&objects);
    assert_eq!(
        ranges(&environment.network.service_cidrs),
        ["10.7.0.0/24", "10.8.0.0/24"]
    );
    assert_eq!(
        ranges(&environment.proxy.service_cidrs),
        ["10.7.0.0/24", "10.8.0.0/24"]
    );
    assert_eq!(environment.kubelet.cluster_dns[0].to_string(), "10.7.0.10");
}

#[test]
fn a_kind_cluster_brings_its_nodes() {
    let mut manifest: Manifest = manifest(&[
        json!({"kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": [{"port": 80}]}}),
    ]);
    manifest.objects.configurations.push(configuration(json!({
        "apiVersion": "kind.x-k8s.io/v1alpha4", "kind": "Cluster", "name": "lab",
        "networking": {"ipFamily": "dual", "kubeProxyMode": "nftables"},
        "nodes": [{"role": "control-plane"}, {"role": "worker", "labels": {"topology.kubernetes.io/zone": "a"}}, {"role": "worker"}],
        "kubeadmConfigPatches": ["kind: ClusterConfiguration\nnetworking:\n  dnsDomain: lab.local\n"],
    })));
    let mut findings = Findings::default();
    let cluster = admit(
        &manifest,
        Entrance::Paste,
        Environment::default(),
        &mut findings,
    );
    assert_eq!(messages(&findings), Vec::<String>::new());
    let nodes: Vec<(&str, usize)> = cluster
        .nodes
        .values()
        .map(|node| (node.meta.name.as_str(), node.taints.len()))
        .collect();
    assert_eq!(
        nodes,
        [
            ("lab-control-plane", 1),
            ("lab-worker", 0),
            ("lab-worker2", 0)
        ]
    );
    assert_eq!(
        cluster.nodes[cluster.node("lab-worker").unwrap()]
            .zone()
            .unwrap(),
        "a"
    );
    assert_eq!(cluster.environment.proxy.mode, ProxyMode::Nftables);
    assert_eq!(
        ranges(&cluster.environment.network.service_cidrs),
        ["10.96.0.0/16", "fd00:10:96::/112"]
    );
    assert_eq!(cluster.environment.dns.zone, "lab.local");
}

#[test]
fn a_dump_of_another_range_is_believed() {
    let objects = manifest(&[
        json!({"kind": "Service", "metadata": {"name": "a"}, "spec": {"clusterIP": "172.20.13.4", "ports": [{"port": 80}]}}),
        json!({"kind": "Service", "metadata": {"name": "b"}, "spec": {"ports": [{"port": 80}]}}),
        json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": "n", "containers": [{"name": "c", "image": "i"}]}, "status": {"phase": "Running", "podIP": "10.0.3.7",
            "conditions": [{"type": "Ready", "status": "True"}]}}),
    ]);
    let mut findings = Findings::default();
    let cluster = admit(
        &objects,
        Entrance::Paste,
        Environment::default(),
        &mut findings,
    );
    assert_eq!(
        messages(&findings),
        [
            "ClusterIPs or address families here are not the usual ones; the cluster's service ranges are assumed to be 172.20.0.0/16. A ServiceCIDR or ClusterConfiguration would say for certain."
        ]
    );
    let b = &cluster.services[cluster.service("default", "b").unwrap()];
    assert!(b.cluster_ips()[0].to_string().starts_with("172.20."));
    assert_eq!(
        ranges(&cluster.environment.proxy.detect_local),
        ["10.0.0.0/16"]
    );
    assert_eq!(
        cluster.environment.kubelet.cluster_dns[0].to_string(),
        "172.20.0.10"
    );
}

#[test]
fn a_family_that_a_service_insists_on_its_cluster_has() {
    let (cluster, findings) = admitted(
        Entrance::Paste,
        &[
            json!({"kind": "Service", "metadata": {"name": "six"}, "spec": {"ipFamilies": ["IPv6"], "ipFamilyPolicy": "PreferDualStack", "ports": [{"port": 80}]}}),
            json!({"kind": "Service", "metadata": {"name": "four"}, "spec": {"ports": [{"port": 80}]}}),
        ],
    );
    assert_eq!(
        messages(&findings),
        [
            "ClusterIPs or address families here are not the usual ones; the cluster's service ranges are assumed to be 10.96.0.0/12, fd00:10:96::/112. A ServiceCIDR or ClusterConfiguration would say for certain. The API server of a cluster without that family refuses this Service: spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster."
        ]
    );
    let families = |name| {
        cluster.services[cluster.service("default", name).unwrap()]
            .families
            .clone()
    };
    assert_eq!(families("six"), [Family::V6, Family::V4]);
    assert_eq!(
        families("four"),
        [Family::V4],
        "the usual range stays the primary one"
    );
}

#[test]
fn a_service_of_both_families_is_said_to_be_refused_elsewhere() {
    let (_, findings) = admitted(
        Entrance::Paste,
        &[
            json!({"kind": "Service", "metadata": {"name": "unusual"}, "spec": {"clusterIP": "10.43.0.10", "ports": [{"port": 80}]}}),
            json!({"kind": "Service", "metadata": {"name": "both"}, "spec": {"ipFamilyPolicy": "RequireDualStack", "ports": [{"port": 80}]}}),
        ],
    );
    let message = messages(&findings).join("\n");
    let refusal = "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services.";
    assert!(message.ends_with(refusal), "{message}");
    // It stands at the Service that is refused, not at the first one that is unusual.
    let places: Vec<_> = findings
        .iter()
        .filter_map(|finding| finding.origin.as_ref())
        .map(|at| (at.object.document.0, at.path.to_string()))
        .collect();
    assert_eq!(places, [(1, "spec.ipFamilyPolicy".to_owned())]);
}

#[test]
fn kubelets_complete_names_with_the_domain_that_is_served_unless_they_say_otherwise() {
    let map = |name: &str, key: &str, text: &str| json!({"kind": "ConfigMap", "metadata": {"namespace": "kube-system", "name": name}, "data": {key: text}});
    let server = map(
        "coredns",
        "Corefile",
        ".:53 {\n  kubernetes corp.local in-addr.arpa\n}\n",
    );
    let (environment, findings) = read(&manifest(std::slice::from_ref(&server)).objects);
    assert_eq!(environment.kubelet.cluster_domain, "corp.local");
    assert_eq!(findings, [""; 0]);
    let kubelet = map(
        "kubelet-config",
        "kubelet",
        "kind: KubeletConfiguration\nclusterDomain: cluster.local\n",
    );
    let (_, findings) = read(&manifest(&[server, kubelet]).objects);
    // Once, and not once more as a contradiction.
    assert_eq!(
        findings,
        [
            "kubelet completes names with `cluster.local`, CoreDNS serves `corp.local`: short names of Services do not resolve."
        ]
    );
}

#[test]
fn a_setting_of_another_kind_is_refused_once_at_the_outermost_field() {
    let (environment, findings) = of_files(&[
        json!({
            "apiVersion": "kubeadm.k8s.io/v1beta4", "kind": "ClusterConfiguration", "networking": 7,
        }),
        json!({
            "apiVersion": "kubeproxy.config.k8s.io/v1alpha1", "kind": "KubeProxyConfiguration",
            "mode": ["nftables"], "iptables": {"masqueradeAll": "yes"}, "nodePortAddresses": null,
        }),
    ]);
    assert_eq!(
        findings,
        [
            "networking of ClusterConfiguration is \u{201c}7\u{201d}; expected is a map. The default is used.",
            "mode of KubeProxyConfiguration is \u{201c}[\"nftables\"]\u{201d}; expected is a string. The default is used.",
            "iptables.masqueradeAll of KubeProxyConfiguration is \u{201c}\"yes\"\u{201d}; expected is true or false. The default is used.",
        ]
    );
    assert_eq!(environment.proxy.mode, ProxyMode::Iptables);
}

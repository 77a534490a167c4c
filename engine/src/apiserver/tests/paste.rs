//! What a person pasted.

use serde_json::{Value, json};

use super::{admitted, messages};
use crate::apiserver::Entrance;
use crate::cluster::{Cluster, Phase, Why};
use crate::finding::Findings;
use crate::origin::FieldPath;

fn pasted(objects: &[Value]) -> (Cluster, Findings) {
    admitted(Entrance::Paste, objects)
}

fn service(name: &str, spec: Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})
}

fn web() -> Value {
    service(
        "web",
        json!({"selector": {"app": "web"}, "type": "NodePort", "ports": [{"port": 80}]}),
    )
}

fn values(cluster: &Cluster, name: &str) -> (String, Option<u16>) {
    let service = &cluster.services[cluster.service("default", name).unwrap()];
    (
        service.cluster_ips()[0].to_string(),
        service.ports[0].node_port.map(u16::from),
    )
}

#[test]
fn missing_values_are_allocated_in_the_dynamic_band_and_do_not_move() {
    let (alone, findings) = pasted(&[web()]);
    assert_eq!(messages(&findings), Vec::<String>::new());
    let before = values(&alone, "web");
    let (address, port) = before.clone();
    assert_eq!(address, "10.103.181.68");
    assert_eq!(port, Some(31780));

    let others: Vec<Value> = (0..50)
        .map(|nth| service(&format!("other-{nth}"), json!({"ports": [{"port": 80}]})))
        .chain([web()])
        .collect();
    let (crowded, _) = pasted(&others);
    assert_eq!(values(&crowded, "web"), before);

    let service = &alone.services[alone.service("default", "web").unwrap()];
    let why = |path: &str| service.meta.why(&FieldPath::from(path));
    assert_eq!(why("spec.clusterIP"), Some(Why::Allocated));
    assert_eq!(why("spec.ports[0].nodePort"), Some(Why::Allocated));
    assert_eq!(why("spec.ports[0].protocol"), Some(Why::Defaulted));
    assert_eq!(why("metadata.namespace"), Some(Why::Defaulted));
    assert_eq!(why("spec.ports[0].port"), None);
}

#[test]
fn given_values_win_over_drawn_ones_wherever_they_stand() {
    let (alone, _) = pasted(&[web()]);
    let (address, _) = values(&alone, "web");
    let taker = service(
        "taker",
        json!({"clusterIP": address, "ports": [{"port": 80}]}),
    );
    let (cluster, findings) = pasted(&[web(), taker]);
    assert_eq!(messages(&findings), Vec::<String>::new());
    assert_eq!(values(&cluster, "taker").0, address);
    assert_eq!(values(&cluster, "web").0, "10.103.181.69");
}

#[test]
fn two_services_with_one_address_are_an_error_at_the_second() {
    let spec = json!({"clusterIP": "10.96.0.50", "ports": [{"port": 80}]});
    let (cluster, findings) = pasted(&[service("a", spec.clone()), service("b", spec)]);
    assert_eq!(
        messages(&findings),
        [
            "The API server refuses this: spec.clusterIPs: Invalid value: [\"10.96.0.50\"]: failed to allocate IP 10.96.0.50: provided IP is already allocated"
        ]
    );
    let refused = |name: &str| {
        cluster.services[cluster.service("default", name).unwrap()]
            .meta
            .refused
    };
    assert!(!refused("a"));
    assert!(refused("b"));
}

#[test]
fn the_last_of_two_objects_with_one_name_counts() {
    let second = service("web", json!({"ports": [{"port": 8080}]}));
    let (cluster, findings) = pasted(&[web(), second]);
    let all: Vec<_> = findings.iter().collect();
    assert_eq!(all.len(), 1);
    assert_eq!(all[0].code(), "duplicate-object");
    assert_eq!(all[0].origin.as_ref().unwrap().object.document.0, 1);
    assert_eq!(all[0].related[0].object.document.0, 0);
    let service = &cluster.services[cluster.service("default", "web").unwrap()];
    assert_eq!(service.ports[0].port.get(), 8080);
}

#[test]
fn a_cluster_that_nobody_describes_has_three_nodes_in_two_zones_and_dns() {
    let (cluster, _) = pasted(&[web()]);
    let nodes: Vec<String> = cluster
        .nodes
        .values()
        .map(|node| {
            format!(
                "{} {} {} {}",
                node.meta.name,
                node.zone().unwrap(),
                node.addresses[0].address,
                node.pod_cidrs[0]
            )
        })
        .collect();
    assert_eq!(
        nodes,
        [
            "node-1 zone-a 192.168.0.11 10.244.0.0/24",
            "node-2 zone-b 192.168.0.12 10.244.1.0/24",
            "node-3 zone-a 192.168.0.13 10.244.2.0/24"
        ]
    );
    let dns = &cluster.services[cluster.service("kube-system", "kube-dns").unwrap()];
    assert_eq!(dns.cluster_ips()[0].to_string(), "10.96.0.10");
    assert_eq!(dns.meta.origin, None);
    let namespaces: Vec<_> = cluster
        .namespaces
        .values()
        .map(|n| n.meta.name.as_str())
        .collect();
    assert_eq!(namespaces, ["default", "kube-system"]);
}

#[test]
fn nothing_pasted_is_an_empty_cluster() {
    let (cluster, findings) = pasted(&[]);
    assert!(
        cluster.nodes.is_empty() && cluster.services.is_empty() && cluster.namespaces.is_empty()
    );
    assert_eq!(findings.iter().count(), 0);
}

#[test]
fn named_nodes_exist_with_what_is_known_of_them() {
    let pod = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": {"nodeName": "worker-7"},
        "status": {"phase": "Running", "hostIP": "172.20.0.7", "podIP": "10.244.3.4",
                   "conditions": [{"type": "Ready", "status": "False"}]}});
    let slice = json!({"kind": "EndpointSlice", "metadata": {"name": "s"}, "addressType": "IPv4",
        "endpoints": [{"addresses": ["10.244.9.9"], "nodeName": "worker-8", "zone": "z8"}]});
    let (cluster, _) = pasted(&[pod, slice]);
    let names: Vec<_> = cluster
        .nodes
        .values()
        .map(|n| n.meta.name.as_str())
        .collect();
    assert_eq!(names, ["worker-7", "worker-8"]);
    let worker = &cluster.nodes[cluster.node("worker-7").unwrap()];
    assert_eq!(worker.addresses[0].address.to_string(), "172.20.0.7");
    assert_eq!(
        cluster.nodes[cluster.node("worker-8").unwrap()]
            .zone()
            .unwrap(),
        "z8"
    );
    let pod = &cluster.pods[cluster.pod("default", "p").unwrap()];
    assert_eq!(pod.node(), cluster.node("worker-7"));
    assert!(!pod.ready, "a live dump says how the Pod is");
}

#[test]
fn a_pod_without_status_runs_and_is_ready() {
    let (cluster, _) = pasted(&[json!({"kind": "Pod", "metadata": {"name": "p"},
        "spec": {"containers": [{"name": "c", "ports": [{"containerPort": 80}, {"containerPort": 99999}]}]}})]);
    let pod = &cluster.pods[cluster.pod("default", "p").unwrap()];
    assert_eq!(pod.phase, Phase::Running);
    assert!(pod.ready);
    assert_eq!(
        pod.meta.why(&FieldPath::from("status.phase")),
        Some(Why::Assumed)
    );
    assert_eq!(pod.spec.containers[0].ports.len(), 1);
}

#[test]
fn workloads_of_different_kinds_may_share_a_name() {
    let template = json!({"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let spec = json!({"selector": {"matchLabels": {"app": "a"}}, "template": template});
    let (cluster, findings) = pasted(&[
        json!({"kind": "Deployment", "metadata": {"name": "a"}, "spec": spec}),
        json!({"kind": "StatefulSet", "metadata": {"name": "a"}, "spec": spec}),
    ]);
    assert_eq!(findings.iter().count(), 0);
    let written = cluster
        .workloads
        .values()
        .filter(|w| w.meta.origin.is_some());
    assert_eq!(written.map(|w| w.replicas).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn an_ipv6_only_cluster_has_ipv6_pods_and_nodes() {
    let cidr = json!({"kind": "ServiceCIDR", "metadata": {"name": "kubernetes"}, "spec": {"cidrs": ["fd00:5::/112"]}});
    let (cluster, findings) = pasted(&[cidr, web()]);
    assert_eq!(messages(&findings), Vec::<String>::new());
    let pods: Vec<String> = cluster
        .environment
        .network
        .pod_cidrs
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(pods, ["fd00:10:244::/56"]);
    let node = &cluster.nodes[cluster.node("node-2").unwrap()];
    assert_eq!(node.addresses[0].address.to_string(), "fd00:10:192:168::c");
    assert_eq!(node.pod_cidrs[0].to_string(), "fd00:10:244:1::/64");
    assert!(values(&cluster, "web").0.starts_with("fd00:5::"));
}

#[test]
fn a_broken_service_keeps_what_makes_sense_of_it() {
    let broken = service(
        "broken",
        json!({"type": "Bogus", "clusterIP": "garbage", "selector": {"a": "b"},
            "ports": [{"name": "a", "port": 80, "nodePort": 99999}, {"name": "b", "port": 70000}, {"name": "b", "port": 0}]}),
    );
    let (cluster, findings) = pasted(&[broken]);
    assert_eq!(
        messages(&findings),
        [
            "The API server refuses this: spec.clusterIPs[0]: Invalid value: \"garbage\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
            "The API server refuses this: spec.ports[1].port: Invalid value: 70000: must be between 1 and 65535, inclusive",
            "The API server refuses this: spec.ports[1].targetPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            "The API server refuses this: spec.ports[2].name: Duplicate value: \"b\"",
            "The API server refuses this: spec.ports[2].port: Invalid value: 0: must be between 1 and 65535, inclusive",
            "The API server refuses this: spec.ports[2].targetPort: Invalid value: 0: must be between 1 and 65535, inclusive",
            "The API server refuses this: spec.type: Unsupported value: \"Bogus\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\""
        ]
    );
    let service = &cluster.services[cluster.service("default", "broken").unwrap()];
    assert!(service.meta.refused);
    assert_eq!(service.cluster_ips().len(), 1);
    assert_eq!(service.ports.len(), 1);
    assert_eq!(service.selector.len(), 1);
}

#[test]
fn names_are_made_from_prefixes_and_the_nameless_are_left_out() {
    let pod = json!({"kind": "Pod", "metadata": {"generateName": "job-"}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let nameless = json!({"kind": "Pod", "metadata": {}, "spec": {"containers": [{"name": "c", "image": "i"}]}});
    let (cluster, findings) = pasted(&[pod.clone(), pod, nameless]);
    assert_eq!(
        messages(&findings),
        [
            "The API server refuses this: metadata.name: Required value: name or generateName is required"
        ]
    );
    let names: Vec<_> = cluster
        .pods
        .values()
        .map(|pod| pod.meta.name.as_str())
        .collect();
    assert_eq!(names.len(), 2);
    assert_ne!(names[0], names[1]);
    assert!(
        names
            .iter()
            .all(|name| name.starts_with("job-") && name.len() == 9),
        "{names:?}"
    );
}

#[test]
fn pods_ask_the_dns_service_that_is_there() {
    let dns = |spec: Value| {
        json!({"kind": "Service", "metadata": {"name": "rke2-coredns", "namespace": "kube-system",
            "labels": {"k8s-app": "kube-dns"}}, "spec": spec})
    };
    let ports = json!([{"name": "dns", "port": 53, "protocol": "UDP"}]);
    let (cluster, _) = pasted(&[dns(json!({"clusterIP": "10.96.7.7", "ports": ports}))]);
    assert_eq!(
        cluster.environment.kubelet.cluster_dns[0].to_string(),
        "10.96.7.7"
    );
    assert_eq!((cluster.services.len(), cluster.workloads.len()), (1, 0));
    let selected = json!({"selector": {"app": "dns"}, "ports": ports});
    let (cluster, _) = pasted(&[dns(selected)]);
    let coredns = cluster.workloads.values().next().unwrap();
    assert_eq!(coredns.meta.origin, None);
    assert_eq!(coredns.template.labels.get("app").unwrap(), "dns");
    let (cluster, _) = pasted(&[dns(json!({"ports": ports}))]);
    let service = cluster.services.values().next().unwrap();
    assert_eq!(service.cluster_ips()[0].to_string(), "10.96.0.10");
    assert_eq!(
        service.meta.why(&FieldPath::from("spec.clusterIP")),
        Some(Why::Assumed)
    );
}

#[test]
fn nothing_is_assumed_behind_somebody_elses_service_at_the_dns_address() {
    let (cluster, _) = admitted(
        Entrance::Paste,
        &[
            json!({"kind": "Service", "metadata": {"name": "web"}, "spec": {"clusterIP": "10.96.0.10", "selector": {"app": "web"}, "ports": [{"port": 80}]}}),
        ],
    );
    let services: Vec<String> = cluster
        .services
        .values()
        .map(|service| service.meta.full_name())
        .collect();
    assert_eq!(services, ["default/web"]);
    assert!(cluster.workloads.is_empty());
}

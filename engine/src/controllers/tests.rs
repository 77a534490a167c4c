//! The controllers on clusters that are built by hand: values are admitted, nothing is read or defaulted here.

mod place;

use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::Arc;

use super::reconcile;
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::api::{LabelSelector, StringMap};
use crate::apiserver::Entrance;
use crate::cluster::*;
use crate::finding::Findings;
use crate::origin::{DocumentId, ObjectOrigin};
use crate::packet::{Family, Protocol};

/// `key=value,key=value`.
fn labels(text: &str) -> StringMap {
    text.split(',')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').expect("key=value"))
        .map(|(key, value)| (key.into(), value.into()))
        .collect()
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Metadata of an object that was written.
fn meta(namespace: &str, name: &str) -> Meta {
    Meta {
        namespace: namespace.into(),
        name: name.into(),
        origin: Some(ObjectOrigin {
            document: DocumentId(0),
            item: 0,
        }),
        ..Meta::default()
    }
}

/// The `number`-th node: 192.168.0.<number>, 10.244.<number>.0/24.
fn node(name: &str, zone: &str, number: u8) -> Node {
    let mut meta = meta("", name);
    if !zone.is_empty() {
        meta.labels.insert(ZONE_LABEL.into(), zone.into());
    }
    Node {
        meta,
        addresses: vec![NodeAddress {
            type_: NodeAddressType::InternalIp,
            address: IpAddr::from([192, 168, 0, number]),
        }],
        pod_cidrs: vec![format!("10.244.{number}.0/24").parse().expect("a range")],
        taints: Vec::new(),
        cordoned: false,
        ready: true,
        allocatable_millicpu: None,
        local_addresses: None,
    }
}

/// n1 in zone a, n2 in zone b, n3 in zone a.
fn three_nodes() -> Cluster {
    let mut cluster = Cluster::default();
    for (number, zone) in [(1, "a"), (2, "b"), (3, "a")] {
        cluster
            .nodes
            .push(node(&format!("n{number}"), zone, number));
    }
    cluster
}

/// A workload in namespace `shop` that selects and makes Pods labelled `app=<name>`.
fn workload(kind: WorkloadKind, name: &str, replicas: u32) -> Workload {
    let labels = labels(&format!("app={name}"));
    Workload {
        meta: meta("shop", name),
        kind,
        owner: None,
        selector: LabelSelector {
            match_labels: labels.clone(),
            ..LabelSelector::default()
        },
        replicas,
        template: PodTemplate {
            labels,
            spec: Arc::new(PodSpec::default()),
            ..PodTemplate::default()
        },
        service_name: None,
        first_ordinal: 0,
        indexed: false,
        suspended: false,
    }
}

/// A ClusterIP Service in namespace `shop`, port 80 to 8080.
fn service(name: &str, selector: &str) -> Service {
    Service {
        meta: meta("shop", name),
        type_: ServiceType::ClusterIp,
        address: ServiceAddress::ClusterIps(vec![ip("10.96.0.50")]),
        selector: labels(selector),
        ports: vec![ServicePort {
            name: "http".into(),
            protocol: Protocol::Tcp,
            port: NonZeroU16::new(80).expect("80"),
            target_port: TargetPort::Number(NonZeroU16::new(8080).expect("8080")),
            node_port: None,
            app_protocol: None,
            index: 0,
        }],
        families: vec![Family::V4],
        family_policy: FamilyPolicy::SingleStack,
        internal_traffic_policy: TrafficPolicy::Cluster,
        external_traffic_policy: TrafficPolicy::Cluster,
        session_affinity: SessionAffinity::None,
        publish_not_ready_addresses: false,
        external_ips: Vec::new(),
        traffic_distribution: None,
        health_check_node_port: None,
        load_balancer: LoadBalancer::default(),
    }
}

/// A ready Pod in namespace `shop` with an address, on a node if there is one of that name.
fn pod(cluster: &Cluster, name: &str, text: &str, node: &str, address: &str) -> Pod {
    let mut meta = meta("shop", name);
    meta.labels = labels(text);
    Pod {
        meta,
        spec: Arc::new(PodSpec {
            node_name: Some(node.into()),
            ..PodSpec::default()
        }),
        owner: None,
        placement: cluster
            .node(node)
            .map_or_else(|| Placement::Pending(Vec::new()), Placement::On),
        hostname: None,
        subdomain: None,
        ips: vec![ip(address)],
        phase: Phase::Running,
        ready: true,
        terminating: false,
    }
}

fn pasted(cluster: Cluster) -> (Cluster, Findings) {
    let mut findings = Findings::default();
    let cluster = reconcile(cluster, Entrance::Paste, &mut findings);
    (cluster, findings)
}

fn codes(findings: &Findings) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.code()).collect()
}

/// `name node address` of every Pod.
fn pods(cluster: &Cluster) -> Vec<String> {
    cluster
        .pods
        .values()
        .map(|pod| {
            let node = pod
                .node()
                .map_or("-", |node| cluster.nodes[node].meta.name.as_str());
            let ips: Vec<String> = pod.ips.iter().map(IpAddr::to_string).collect();
            format!("{} {node} {}", pod.meta.name, ips.join(","))
        })
        .collect()
}

/// `address>port ready/serving/terminating` of every endpoint, slices apart.
fn endpoints(cluster: &Cluster) -> Vec<Vec<String>> {
    cluster
        .slices
        .values()
        .map(|slice| {
            let ports: Vec<String> = slice
                .ports
                .iter()
                .filter_map(|port| port.port)
                .map(|port| port.to_string())
                .collect();
            slice
                .endpoints
                .iter()
                .map(|endpoint| {
                    let state = endpoint.conditions;
                    let flags: String = [
                        (state.ready, 'r'),
                        (state.serving, 's'),
                        (state.terminating, 't'),
                    ]
                    .into_iter()
                    .map(|(state, flag)| match state {
                        Some(true) => flag,
                        Some(false) => '-',
                        None => '?',
                    })
                    .collect();
                    format!(
                        "{}>{} {flags}",
                        endpoint.addresses.join(","),
                        ports.join(",")
                    )
                })
                .collect()
        })
        .collect()
}

#[test]
fn from_a_workload_to_the_endpoints_of_its_service() {
    let mut cluster = three_nodes();
    cluster
        .workloads
        .push(workload(WorkloadKind::ReplicaSet, "web", 3));
    cluster.services.push(service("web", "app=web"));
    let (cluster, findings) = pasted(cluster);

    assert_eq!(
        pods(&cluster),
        [
            "web-6tdbm n1 10.244.1.227",
            "web-cdzkk n2 10.244.2.91",
            "web-54qf9 n3 10.244.3.131",
        ]
    );
    assert_eq!(
        endpoints(&cluster),
        [[
            "10.244.3.131>8080 rs-",
            "10.244.1.227>8080 rs-",
            "10.244.2.91>8080 rs-",
        ]]
    );
    assert_eq!(codes(&findings), [""; 0]);
}

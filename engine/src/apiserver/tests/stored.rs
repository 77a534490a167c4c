//! A cluster's state as it stands.

use serde_json::{Value, json};

use super::{admitted, messages};
use crate::apiserver::Entrance;
use crate::cluster::{Cluster, IngressPoint, ServiceAddress, SessionAffinity, TargetPort};
use crate::packet::Family;

fn stored(objects: &[Value]) -> Cluster {
    let (cluster, findings) = admitted(Entrance::Stored, objects);
    assert_eq!(messages(&findings), Vec::<String>::new());
    cluster
}

#[test]
fn nothing_is_invented_and_nothing_refused() {
    let cluster = stored(&[
        json!({"kind": "Service", "metadata": {"name": "a", "namespace": "n"},
            "spec": {"type": "NodePort", "ports": [{"port": 80}]}}),
        json!({"kind": "Pod", "metadata": {"name": "p", "namespace": "n"}, "spec": {"nodeName": "gone"}}),
    ]);
    let service = cluster.services.values().next().unwrap();
    assert_eq!(service.address, ServiceAddress::ClusterIps(vec![]));
    assert_eq!(service.families, [Family::V4]);
    assert_eq!(service.ports[0].node_port, None);
    assert_eq!(
        service.ports[0].target_port,
        TargetPort::Number(std::num::NonZeroU16::new(80).unwrap())
    );
    assert!(cluster.nodes.is_empty());
    assert!(cluster.namespaces.is_empty());
    assert_eq!(cluster.pods.values().next().unwrap().node(), None);
}

#[test]
fn old_addresses_are_read_and_status_is_honoured() {
    let cluster = stored(&[
        json!({"kind": "Service", "metadata": {"name": "a", "namespace": "n"},
        "spec": {"type": "LoadBalancer", "clusterIP": "172.30.0.041", "externalIPs": ["192.168.099.022"],
                 "loadBalancerSourceRanges": ["203.0.113.000/025"], "sessionAffinity": "ClientIP",
                 "ports": [{"port": 80, "nodePort": 30001}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "1.2.3.004"}]}}}),
    ]);
    let service = cluster.services.values().next().unwrap();
    assert_eq!(service.cluster_ips()[0].to_string(), "172.30.0.41");
    assert_eq!(service.external_ips[0].to_string(), "192.168.99.22");
    assert_eq!(
        service.load_balancer.source_ranges[0].to_string(),
        "203.0.113.0/25"
    );
    assert_eq!(
        service.session_affinity,
        SessionAffinity::ClientIp { timeout: 10800 }
    );
    assert_eq!(
        service.load_balancer.ingress[0].point,
        IngressPoint::Ip("1.2.3.4".parse().unwrap())
    );
}

#[test]
fn a_headless_service_without_selector_has_both_families() {
    let cluster = stored(&[
        json!({"kind": "Service", "metadata": {"name": "a", "namespace": "n"},
        "spec": {"clusterIP": "None", "ports": [{"port": 80}]}}),
    ]);
    let service = cluster.services.values().next().unwrap();
    assert!(service.is_headless());
    assert_eq!(service.families, [Family::V4, Family::V6]);
}

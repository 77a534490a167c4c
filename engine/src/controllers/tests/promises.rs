//! What holds for every paste.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::selector;

fn documents() -> Vec<String> {
    let apart = "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                 [{labelSelector: {matchLabels: {app: apart}}, topologyKey: kubernetes.io/hostname}]}}";
    let near = "affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: \
                [{labelSelector: {matchLabels: {app: web}}, topologyKey: kubernetes.io/hostname}]}}";
    let door = "containers: [{name: c, ports: [{name: http, containerPort: 8080, hostPort: 80}]}]";
    vec![
        node(1, "a"),
        node(2, "b"),
        node_with(3, "disk: ssd", "taints: [{key: x, effect: NoSchedule}]", ""),
        node(4, "a").replace("10.244.4.0/24", "10.244.4.0/29"),
        deployment("web", 3),
        deployment("api", 1),
        workload("Deployment", "apart", "replicas: 4", apart),
        workload("Deployment", "near", "replicas: 2", near),
        workload("Deployment", "door", "replicas: 3", door),
        workload("Deployment", "gate", "replicas: 2", door),
        workload(
            "Deployment",
            "ssd",
            "replicas: 2",
            "nodeSelector: {disk: ssd}",
        ),
        workload("StatefulSet", "db", "serviceName: db, replicas: 3", ""),
        workload(
            "DaemonSet",
            "agent",
            "minReadySeconds: 0",
            "hostNetwork: true",
        ),
        workload("ReplicaSet", "rs", "replicas: 2", ""),
        live_pod("stray", "app: rs", "n2", "10.244.2.77"),
        live_pod("far", "app: api", "n9", "10.9.0.1"),
        service("web", "selector: {app: web}"),
        service("door", "selector: {app: door}").replace("targetPort: 8080", "targetPort: http"),
        service(
            "db",
            "clusterIP: None, publishNotReadyAddresses: true, selector: {app: db}",
        ),
        service("rs", "type: LoadBalancer, selector: {app: rs}"),
    ]
}

fn some_documents() -> impl Strategy<Value = (Vec<String>, Vec<String>)> {
    let all = documents();
    let most = all.len();
    proptest::sample::subsequence(all, 1..=most)
        .prop_flat_map(|some| (Just(some.clone()), Just(some).prop_shuffle()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_documents_changes_nothing((straight, shuffled) in some_documents()) {
        let facts = |documents: &[String]| {
            let settled = pasted(documents);
            let pods: BTreeSet<String> = settled.pods().into_iter().collect();
            let endpoints: BTreeSet<String> = settled
                .cluster
                .slices
                .values()
                .flat_map(|slice| {
                    slice.endpoints.iter().map(|endpoint| {
                        format!("{:?} {:?} {:?}", slice.service, slice.ports, endpoint.addresses)
                    })
                })
                .collect();
            (pods, endpoints)
        };
        prop_assert_eq!(facts(&straight), facts(&shuffled));
    }

    #[test]
    fn names_and_addresses_are_unique_and_endpoints_are_what_labels_match((documents, _) in some_documents()) {
        let cluster = pasted(&documents).cluster;
        let mut names = BTreeSet::new();
        let mut addresses = BTreeSet::new();
        for pod in cluster.pods.values() {
            prop_assert!(names.insert(pod.meta.full_name()), "{} twice", pod.meta.full_name());
            for ip in pod.ips.iter().filter(|_| !pod.spec.host_network) {
                prop_assert!(addresses.insert(*ip), "{ip} twice");
            }
            prop_assert_eq!(pod.ips.is_empty(), !pod.ready, "{} {:?}", pod.meta.name, pod.ips);
        }
        for (id, service) in cluster.services.iter() {
            let behind: BTreeSet<_> = cluster
                .slices_of(id)
                .flat_map(|(_, slice)| slice.endpoints.iter().filter_map(|endpoint| endpoint.pod))
                .collect();
            let matched: BTreeSet<_> = cluster
                .pods
                .iter()
                .filter(|(_, pod)| {
                    pod.meta.namespace == service.meta.namespace
                        && selector::contains(&pod.meta.labels, &service.selector)
                        && !pod.ips.is_empty()
                })
                .map(|(id, _)| id)
                .collect();
            prop_assert_eq!(behind, matched, "Service {}", service.meta.name);
        }
    }
}

use super::*;

#[test]
fn what_a_dump_says_stands() {
    let settled = pasted(&on_three_nodes(&[live_pod(
        "web",
        "app: web",
        "n1",
        "172.17.0.9",
    )]));
    assert_eq!(settled.pods(), ["web n1 172.17.0.9"]);
}

#[test]
fn a_bare_pod_gets_a_node_and_an_address() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop}, spec: {containers: [{name: c}]}}";
    let settled = pasted(&on_three_nodes(&[pod.to_owned()]));
    assert_eq!(settled.pods(), ["web n3 10.244.3.103"]);
    let on_host = pod.replace("spec: {", "spec: {nodeName: n2, hostNetwork: true, ");
    let settled = pasted(&on_three_nodes(&[on_host]));
    assert_eq!(settled.pods(), ["web n2 192.168.0.2"]);
}

#[test]
fn every_family_of_the_node_has_an_address() {
    let node = "{apiVersion: v1, kind: Node, metadata: {name: n1}, \
                spec: {podCIDRs: ['fd00:10:244:1::/64', 10.244.1.0/24]}, \
                status: {addresses: [{type: InternalIP, address: 192.168.0.1}, {type: InternalIP, address: 'fd00::1'}]}}";
    let settled = pasted(&[
        node.to_owned(),
        workload("ReplicaSet", "web", "replicas: 1", ""),
    ]);
    let [v6, v4] = settled.shop().next().unwrap().ips[..] else {
        panic!("two addresses")
    };
    assert!(v6.is_ipv6() && v4.is_ipv4());
    let settled = pasted(&[
        node.to_owned(),
        workload(
            "StatefulSet",
            "web",
            "replicas: 1, serviceName: ''",
            "hostNetwork: true",
        ),
    ]);
    assert_eq!(settled.pods(), ["web-0 n1 192.168.0.1,fd00::1"]);
}

#[test]
fn a_range_gives_all_but_its_special_addresses() {
    let node = |range: &str| node(1, "a").replace("10.244.1.0/24", range);
    // Network, gateway and broadcast are not given: five of eight.
    let settled = pasted(&[
        node("10.244.1.8/29"),
        workload("StatefulSet", "web", "serviceName: '', replicas: 7", ""),
    ]);
    // Two of them go to the cluster's DNS.
    let mut addresses: Vec<String> = settled
        .cluster
        .pods
        .values()
        .flat_map(|pod| pod.ips.iter().map(ToString::to_string))
        .collect();
    addresses.sort();
    assert_eq!(
        addresses,
        [
            "10.244.1.10",
            "10.244.1.11",
            "10.244.1.12",
            "10.244.1.13",
            "10.244.1.14"
        ]
    );
    assert_eq!(settled.findings(), ["pod-range-exhausted: spec.podCIDR"]);
    assert_eq!(
        settled.messages(),
        ["Node n1 has no address left in 10.244.1.8/29 for 4 of its Pods."]
    );
}

#[test]
fn addresses_that_somebody_has_are_not_given_again() {
    let documents: Vec<String> = [10, 11, 12, 14]
        .iter()
        .map(|last| {
            live_pod(
                &format!("p{last}"),
                "app: p",
                "n1",
                &format!("10.244.1.{last}"),
            )
        })
        .chain([
            node(1, "a").replace("10.244.1.0/24", "10.244.1.8/29"),
            workload("StatefulSet", "web", "serviceName: '', replicas: 1", ""),
        ])
        .collect();
    assert_eq!(pasted(&documents).pods()[4], "web-0 n1 10.244.1.13");
}

#[test]
fn finished_pods_need_no_address() {
    let pod = "{apiVersion: v1, kind: Pod, metadata: {name: done, namespace: shop}, spec: {nodeName: n1, containers: [{name: c}]}, \
               status: {phase: Succeeded}}";
    assert_eq!(
        pasted(&on_three_nodes(&[pod.to_owned()])).pods(),
        ["done n1 "]
    );
}

//! Placement.

use super::*;

#[test]
fn scaling_one_workload_leaves_the_others_where_they_are() {
    let at = |replicas| {
        let mut cluster = three_nodes();
        for (name, replicas) in [("web", replicas), ("api", 2), ("db", 1)] {
            cluster
                .workloads
                .push(workload(WorkloadKind::Deployment, name, replicas));
        }
        pods(&pasted(cluster).0)
    };
    let (few, many) = (at(2), at(7));
    assert_eq!(many.len(), 10);
    for pod in few {
        assert!(many.contains(&pod), "{pod} moved");
    }
}

#[test]
fn a_workload_is_spread_evenly_and_over_zones_first() {
    let mut cluster = three_nodes();
    cluster
        .workloads
        .push(workload(WorkloadKind::Deployment, "web", 6));
    let (cluster, _) = pasted(cluster);
    for (node, _) in cluster.nodes.iter() {
        let here = cluster.pods.values().filter(|pod| pod.node() == Some(node));
        assert_eq!(here.count(), 2);
    }
    let zones: Vec<_> = cluster
        .pods
        .values()
        .take(2)
        .map(|pod| cluster.nodes[pod.node().expect("placed")].zone())
        .collect();
    assert_ne!(zones[0], zones[1]);
}

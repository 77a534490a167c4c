//! What the controllers and the scheduler add: Pods of workloads, placement, EndpointSlices, load balancer addresses.

use crate::apiserver::Entrance;
use crate::cluster::Cluster;
use crate::finding::Findings;

/// Lets every controller run until nothing changes.
pub fn reconcile(cluster: Cluster, _entrance: Entrance, _findings: &mut Findings) -> Cluster {
    cluster
}

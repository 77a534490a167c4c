//! What a type of Service costs, depends on, and how it breaks: general knowledge, with its source.

use crate::whatif::ServiceKind;

/// The prose of one row.
pub(super) struct Prose {
    pub(super) costs: &'static str,
    pub(super) depends_on: &'static str,
    pub(super) breaks: &'static str,
    pub(super) source: &'static str,
}

const CONCEPTS: &str = "https://kubernetes.io/docs/concepts/services-networking/service/";
const SOURCE_IP: &str = "https://kubernetes.io/docs/tutorials/services/source-ip/";

pub(super) fn of(kind: ServiceKind, local: bool) -> Prose {
    match (kind, local) {
        (ServiceKind::ClusterIp, _) => Prose {
            costs: "One address of the Service range. Rules on every node.",
            depends_on: "kube-proxy, or what replaces it, on the client's node; the cluster's DNS for the name.",
            breaks: "Nobody outside gets in: that takes an Ingress, a Gateway or another type. The choice is made once a connection, so long-lived ones (gRPC) do not spread.",
            source: CONCEPTS,
        },
        (ServiceKind::Headless, _) => Prose {
            costs: "No address and no rules; a DNS record for each ready Pod.",
            depends_on: "The cluster's DNS, and a client that asks again and spreads by itself.",
            breaks: "Clients that keep an answer send to Pods that are gone. The port is the Pod's own: `port` is not translated to `targetPort`.",
            source: CONCEPTS,
        },
        (ServiceKind::NodePort, false) => Prose {
            costs: "A port of every node (30000–32767 unless configured), besides the ClusterIP.",
            depends_on: "Clients that know a node's address and reach it: firewalls, and what happens when that node goes.",
            breaks: "The Pod sees a node's address instead of the client's. A second hop to another node is possible.",
            source: SOURCE_IP,
        },
        (ServiceKind::NodePort, true) => Prose {
            costs: "As with Cluster; clients have to pick a node that has a Pod.",
            depends_on: "A ready Pod on the very node that is dialled.",
            breaks: "On nodes without a Pod packets are dropped, and nothing tells the client. Pods get unequal shares when nodes have unequal numbers of them. The client's address is kept.",
            source: SOURCE_IP,
        },
        (ServiceKind::LoadBalancer, false) => Prose {
            costs: "A load balancer of the cloud for each Service, usually billed, besides node ports and ClusterIP.",
            depends_on: "A controller that makes it: a cloud's, or MetalLB and the like. Without one its address stays pending.",
            breaks: "The Pod sees a node's address instead of the client's. Where a cloud health-checks nodes only, it sends to every healthy one, with a second hop.",
            source: SOURCE_IP,
        },
        (ServiceKind::LoadBalancer, true) => Prose {
            costs: "As with Cluster, and a health-check node port.",
            depends_on: "A load balancer that asks the health-check node port, and a ready Pod on more nodes than one.",
            breaks: "Between a Pod's end and the next health check packets to its node are lost (a terminating Pod serves meanwhile). Shares follow nodes, not Pods. The client's address is kept, unless the load balancer changes it.",
            source: SOURCE_IP,
        },
        (ServiceKind::ExternalName, _) => Prose {
            costs: "Nothing: a CNAME in the cluster's DNS. The selector has no effect.",
            depends_on: "Somebody outside who answers to that name.",
            breaks: "HTTP clients send the Service's name as Host, and TLS certificates are for the other name. Ports are not translated. Here `example.com` stands in where no `externalName` is written.",
            source: CONCEPTS,
        },
    }
}

//! How a journey can end: a closed list, with what the client sees.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::Str;
use crate::packet::Side;

/// How a journey ends.
///
/// | outcome | when | the client sees | verdict |
/// |---|---|---|---|
/// | [`Delivered`](Self::Delivered) | the packet reaches a Pod (an echo request: a Pod or a node), and the reply the client | connected, if a process listens there (else refused by the Pod); an echo reply | reachable |
/// | [`AtLoadBalancer`](Self::AtLoadBalancer) | an echo request is for a load balancer's own address | whatever the load balancer does with it | undetermined |
/// | [`HealthCheck`](Self::HealthCheck) | the packet is for a Service's `healthCheckNodePort` on a node | HTTP 200 or 503, from kube-proxy itself | reachable |
/// | [`AtNode`](Self::AtNode) | the packet is for a node itself, the port is no health check and no host-network Pod declares it | connected if some process of the node listens, else refused | undetermined |
/// | [`LeftCluster`](Self::LeftCluster) | the destination is outside the cluster (ExternalName, an outside address) | whatever is out there answers | undetermined |
/// | [`Rejected`](Self::Rejected) | a rule refuses it: the Service has no endpoints (iptables, nftables), the ClusterIP has no such port (nftables, ipvs), a virtual server without real servers (ipvs), an echo request to a ClusterIP (nftables, ipvs) | connection refused, at once | unreachable |
/// | [`Dropped`](Self::Dropped) | a rule drops it: policy `Local` without local endpoints, a source outside `loadBalancerSourceRanges`, an unallocated ClusterIP (nftables) | timed out | unreachable |
/// | [`Unroutable`](Self::Unroutable) | no route leads there: a service address that no rule captured (iptables: wrong port; from outside: any ClusterIP) goes to the default route and is lost | timed out | unreachable |
/// | [`HostUnreachable`](Self::HostUnreachable) | the address belongs to a node's Pod range and nobody has it | no route to host, after some seconds (assumed: depends on the CNI; some drop silently) | unreachable |
/// | [`ReplyLost`](Self::ReplyLost) | the packet is delivered, its reply does not come back as the client expects | timed out | unreachable |
/// | [`NameNotFound`](Self::NameNotFound) | NXDOMAIN for every name of the search list | no such host | unreachable |
/// | [`NoAddress`](Self::NoAddress) | the name exists and has no address of a family that the sender has | no address associated with the name | unreachable |
/// | [`NoResolver`](Self::NoResolver) | nobody answers the query | temporary failure in name resolution | unreachable |
/// | [`NotSent`](Self::NotSent) | there is nobody to send it: no such Pod, not placed, no address of the family | nothing runs | undetermined |
/// | [`Looped`](Self::Looped) | it is forwarded in a circle until its time to live is over, or branches further than anybody would follow (endpoints that are node ports of each other) | timed out (ICMP time exceeded) | unreachable |
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "outcome")]
pub enum Outcome {
    /// It arrives, and so does the reply.
    Delivered {
        /// Where it arrived: address and port after all translations.
        endpoint: Side,
        /// The Pod, `namespace/name`; `None` if only an EndpointSlice knows the address.
        pod: Option<Str>,
        /// What is known about a process there.
        listening: Listening,
    },
    /// It arrives at kube-proxy, which tells load balancers whether to use its node. (With 503 also while kube-proxy itself is
    /// not healthy, which no manifest says.)
    HealthCheck {
        /// Node.
        node: Str,
        /// The Service that is asked about, `namespace/name`.
        service: Str,
        /// Its ready endpoints on this node.
        local_endpoints: usize,
    },
    /// It arrives at a node's own stack.
    AtNode {
        /// Node.
        node: Str,
        /// Where it arrived.
        address: Side,
    },
    /// It arrives at a load balancer that may or may not answer it.
    AtLoadBalancer {
        /// The address.
        address: IpAddr,
    },
    /// It leaves the cluster.
    LeftCluster {
        /// For an ExternalName: the name, no final dot.
        name: Option<Str>,
        /// The address; `None` when only the outside knows it.
        address: Option<IpAddr>,
    },
    /// A rule refused it.
    Rejected {
        /// Why.
        why: Refusal,
    },
    /// A rule dropped it.
    Dropped {
        /// Why.
        why: Loss,
    },
    /// No route leads there.
    Unroutable {
        /// Destination.
        address: IpAddr,
    },
    /// Nobody has the address.
    HostUnreachable {
        /// Destination.
        address: IpAddr,
    },
    /// The reply does not come back as the client expects.
    ReplyLost {
        /// Where the packet arrived.
        endpoint: Side,
        /// What happens to the reply.
        why: ReplyLoss,
    },
    /// The name does not exist.
    NameNotFound {
        /// The name as the application has it.
        host: Str,
    },
    /// The name has no address that the sender could use.
    NoAddress {
        /// The name as the application has it.
        host: Str,
    },
    /// The query gets no answer.
    NoResolver {
        /// The name as the application has it.
        host: Str,
    },
    /// There is nobody to send it.
    NotSent {
        /// Why.
        why: NotSent,
    },
    /// Forwarded in a circle.
    Looped,
}

/// What is known about a process at the end of the way. Whether one really listens is in no manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Listening {
    /// A container of the Pod declares the port.
    Declared,
    /// No container declares any port of the protocol. That alone hinders nothing: `containerPort` is informational.
    Undeclared,
    /// Containers declare ports of the protocol, and not this one: it hinders nothing either, and is mostly a slip.
    OthersDeclared,
    /// The Pod itself is not in the manifests.
    Unknown,
    /// It is an echo request, which no process has to wait for.
    Kernel,
}

/// Why a rule refuses a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// The Service port has no usable endpoint anywhere.
    NoEndpoints,
    /// The address is a Service's, which has no such port (nftables: a ClusterIP; ipvs: any of its addresses).
    NoSuchPort,
    /// It is an echo request to an address that rules know only together with a port.
    Echo,
    /// A rule that belongs to no Service.
    Other,
}

/// Why a rule drops a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Loss {
    /// Traffic policy `Local`, and all usable endpoints are on other nodes.
    NoLocalEndpoints,
    /// The source is in none of `spec.loadBalancerSourceRanges`.
    SourceRange,
    /// In the service range, but no Service has it (nftables).
    UnallocatedServiceAddress,
    /// The load balancer has no node to send it to.
    NoBackendNode,
    /// The load balancer has no such port.
    NoListener,
    /// The network to or from this node is cut: a change, see `whatif`.
    NodeCutOff,
    /// A rule that belongs to no Service.
    Other,
}

/// Why a reply does not do its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ReplyLoss {
    /// It reaches the client around the node that translated the destination, from an address that the client never
    /// dialled: the client answers with a reset and goes on waiting.
    BypassesTranslation,
    /// The client's address is not routable from outside the cluster, and nothing translated it.
    NoWayBack,
    /// It is for a virtual address, which the node of whoever answers has as well (ipvs).
    KeptByNode,
}

/// Why there is no packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotSent {
    /// No such Pod, workload or node in the manifests.
    NoSuchSource,
    /// Several Pods have that name, in different namespaces: which one?
    AmbiguousSource,
    /// The workload has no Pod that runs.
    NoPods,
    /// The Pod is on no node.
    NotPlaced,
    /// The Pod has finished.
    Finished,
    /// The sender has no address of the destination's family, or the destination none of the sender's.
    NoAddressOfFamily,
}

/// What a client that opens a TCP connection is told. (UDP: a refusal is told to a connected socket, silence is silence.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClientSees {
    /// Connected if something listens; else refused by whoever has the address.
    ConnectedIfListening,
    /// kube-proxy's health check: HTTP 200.
    Healthy,
    /// kube-proxy's health check: HTTP 503.
    Unhealthy,
    /// Whatever is outside the cluster answers.
    UpToOutside,
    /// "Connection refused", at once.
    Refused,
    /// "No route to host".
    NoRoute,
    /// "Connection timed out".
    TimedOut,
    /// "No such host", "Name or service not known".
    NoSuchHost,
    /// "No address associated with hostname".
    NoAddress,
    /// "Temporary failure in name resolution".
    ResolutionFailed,
    /// There is no client.
    Nothing,
    /// `ping`: a reply.
    EchoReply,
    /// `ping`: "Destination Port Unreachable", at once.
    PortUnreachable,
    /// `ping`: nothing.
    NoEcho,
}

/// What an answer, or one journey of it, comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Verdict {
    /// Every journey arrives, and so does its reply.
    Reachable,
    /// None does.
    Unreachable,
    /// Some do.
    Ambiguous,
    /// The manifests cannot tell, or they have policies that are not evaluated.
    Undetermined,
}

impl Outcome {
    /// Its name in scenarios and on the command line: `delivered`, `name-not-found`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Delivered { .. } => "delivered",
            Self::HealthCheck { .. } => "health-check",
            Self::AtNode { .. } => "at-node",
            Self::AtLoadBalancer { .. } => "at-load-balancer",
            Self::LeftCluster { .. } => "left-cluster",
            Self::Rejected { .. } => "rejected",
            Self::Dropped { .. } => "dropped",
            Self::Unroutable { .. } => "unroutable",
            Self::HostUnreachable { .. } => "host-unreachable",
            Self::ReplyLost { .. } => "reply-lost",
            Self::NameNotFound { .. } => "name-not-found",
            Self::NoAddress { .. } => "no-address",
            Self::NoResolver { .. } => "no-resolver",
            Self::NotSent { .. } => "not-sent",
            Self::Looped => "looped",
        }
    }

    /// What the client is told.
    pub fn client_sees(&self) -> ClientSees {
        match self {
            Self::Delivered { .. } | Self::AtNode { .. } => ClientSees::ConnectedIfListening,
            Self::HealthCheck {
                local_endpoints: 0, ..
            } => ClientSees::Unhealthy,
            Self::HealthCheck { .. } => ClientSees::Healthy,
            Self::AtLoadBalancer { .. } | Self::LeftCluster { .. } => ClientSees::UpToOutside,
            Self::Rejected { .. } => ClientSees::Refused,
            Self::HostUnreachable { .. } => ClientSees::NoRoute,
            Self::Dropped { .. }
            | Self::Unroutable { .. }
            | Self::ReplyLost { .. }
            | Self::Looped => ClientSees::TimedOut,
            Self::NameNotFound { .. } => ClientSees::NoSuchHost,
            Self::NoAddress { .. } => ClientSees::NoAddress,
            Self::NoResolver { .. } => ClientSees::ResolutionFailed,
            Self::NotSent { .. } => ClientSees::Nothing,
        }
    }

    /// What a journey with this end comes to; never [`Verdict::Ambiguous`].
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Delivered { .. } | Self::HealthCheck { .. } => Verdict::Reachable,
            Self::AtNode { .. }
            | Self::AtLoadBalancer { .. }
            | Self::LeftCluster { .. }
            | Self::NotSent { .. } => Verdict::Undetermined,
            Self::Rejected { .. }
            | Self::Dropped { .. }
            | Self::Unroutable { .. }
            | Self::HostUnreachable { .. }
            | Self::ReplyLost { .. }
            | Self::NameNotFound { .. }
            | Self::NoAddress { .. }
            | Self::NoResolver { .. }
            | Self::Looped => Verdict::Unreachable,
        }
    }
}

impl ClientSees {
    /// The same for a client that is `ping`.
    #[must_use]
    pub(super) fn by_ping(self) -> Self {
        match self {
            Self::ConnectedIfListening => Self::EchoReply,
            Self::Refused => Self::PortUnreachable,
            Self::TimedOut => Self::NoEcho,
            other => other,
        }
    }

    /// Its name in scenarios: `timed-out`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ConnectedIfListening => "connected",
            Self::Healthy => "http-200",
            Self::Unhealthy => "http-503",
            Self::UpToOutside => "up-to-outside",
            Self::Refused => "refused",
            Self::NoRoute => "no-route",
            Self::TimedOut => "timed-out",
            Self::NoSuchHost => "no-such-host",
            Self::NoAddress => "no-address",
            Self::ResolutionFailed => "resolution-failed",
            Self::Nothing => "nothing",
            Self::EchoReply => "echo-reply",
            Self::PortUnreachable => "port-unreachable",
            Self::NoEcho => "no-echo",
        }
    }
}

impl Verdict {
    /// Its name in scenarios and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::Unreachable => "unreachable",
            Self::Ambiguous => "ambiguous",
            Self::Undetermined => "undetermined",
        }
    }

    /// Of several journeys.
    pub fn of_all(verdicts: impl IntoIterator<Item = Self>) -> Self {
        let (mut works, mut fails, mut open) = (false, false, false);
        for verdict in verdicts {
            match verdict {
                Self::Reachable => works = true,
                Self::Unreachable => fails = true,
                Self::Ambiguous => (works, fails) = (true, true),
                Self::Undetermined => open = true,
            }
        }
        match (works, fails, open) {
            (true, true, _) => Self::Ambiguous,
            (true, false, false) => Self::Reachable,
            (false, true, false) => Self::Unreachable,
            _ => Self::Undetermined,
        }
    }
}

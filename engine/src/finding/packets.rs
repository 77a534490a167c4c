//! What is true of one packet, and shown with its answer only.

use std::net::IpAddr;

use super::services::names;
use super::{Severity, Symptom};
use crate::Str;
use crate::cluster::ProxyMode;
use crate::packet::Protocol;

/// What is true of one packet.
#[derive(Debug, Clone, PartialEq)]
pub enum PacketProblem {
    /// The Service is in another namespace.
    OtherNamespace {
        /// As asked.
        host: Str,
        /// The namespace that the name says, if it says one.
        asked: Option<AskedNamespace>,
        /// Where the Service is: `None` for the sender's own.
        found: Option<Str>,
        /// What to write.
        meant: Str,
    },
    /// A Service has nearly that name.
    Misspelt {
        /// As asked.
        host: Str,
        /// A name that exists.
        meant: Str,
        /// The part that is wrong, where it is what stands behind the namespace, and what it has to be.
        domain: Option<(Str, Str)>,
    },
    /// A Pod's name without its Service.
    PodWithoutService {
        /// As asked.
        host: Str,
        /// `pod.service`.
        meant: Str,
    },
    /// No Pod has this name below the Service.
    NoPodNames {
        /// As asked.
        host: Str,
        /// `namespace/name`.
        service: Str,
        /// Why.
        why: NoPodName,
    },
    /// The sender asks other nameservers.
    DnsPolicy {
        /// `namespace/name` of the sender.
        pod: Str,
        /// Its policy.
        policy: Str,
    },
    /// The sender is no Pod: it has name servers of its own.
    NotAPod {
        /// As asked.
        host: Str,
        /// The node; `None`: a client outside.
        node: Option<Str>,
        /// An address that serves as well from a node.
        address: Option<IpAddr>,
    },
    /// Queries in vain.
    Queries {
        /// As asked.
        host: Str,
        /// How many were sent.
        queries: usize,
    },
    /// The client sends the cluster's name to a server outside.
    HostHeader {
        /// As asked.
        host: Str,
        /// Where it leads.
        target: Str,
    },
    /// The Service has no such port.
    NoSuchPort {
        /// `namespace/name`.
        service: Str,
        /// As dialled.
        port: u16,
        /// As dialled.
        protocol: Protocol,
        /// The ports that it has.
        known: Vec<(u16, Protocol)>,
        /// Refused in some modes, lost in others.
        symptom: Symptom,
    },
    /// Traffic policy `Local`, and a node without endpoint that drops the packet.
    PolicyDropped {
        /// `namespace/name`.
        service: Str,
        /// From outside, or inside.
        external: bool,
        /// Nodes that drop it.
        nodes: Vec<Str>,
        /// Nobody wrote the nodes.
        assumed: bool,
        /// Lost always, or by some of the nodes.
        symptom: Symptom,
    },
    /// The sender is in none of the ranges that may use a load balancer.
    SourceRange {
        /// `namespace/name`.
        service: Str,
        /// As the node sees it.
        source: IpAddr,
        /// Who may.
        ranges: Vec<Str>,
    },
    /// A node port at a loopback address, where kube-proxy does not serve it.
    NodePortOnLoopback {
        /// `namespace/name`.
        service: Str,
        /// The node port.
        port: u16,
        /// Why not.
        why: NoLoopback,
    },
    /// The source is rewritten.
    SourceLost {
        /// Where: a node or a load balancer.
        by: Str,
        /// What the Pod sees.
        seen: Str,
    },
    /// Affinity by an address that many share.
    Affinity {
        /// `namespace/name`.
        service: Str,
    },
    /// Sender and endpoint are one Pod.
    Hairpin {
        /// `namespace/name`.
        pod: Str,
    },
    /// A protocol that keeps its connections.
    LongLived {
        /// `namespace/name` of the Service.
        service: Str,
        /// The protocol.
        protocol: Str,
        /// How many endpoints there are.
        endpoints: usize,
    },
    /// It arrives.
    Listening {
        /// `namespace/name` of the Pod.
        pod: Str,
        /// At which port.
        port: Str,
    },
    /// Policies are written for who sends or who is reached.
    Policies {
        /// Which, in words.
        named: Str,
    },
}

/// The namespace in the name of a Service that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedNamespace {
    /// The Service.
    pub service: Str,
    /// The namespace.
    pub namespace: Str,
    /// Whether there is one of that name.
    pub exists: bool,
}

/// Why kube-proxy does not serve node ports at a loopback address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoLoopback {
    /// Its mode never does.
    Mode(ProxyMode),
    /// No mode does so for IPv6.
    Family,
    /// It is told not to.
    Setting,
    /// It is told to serve them at addresses that loopback is not among.
    Addresses,
}

/// Why a name below a Service is no Pod's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoPodName {
    /// The Pod has no `hostname` and `subdomain`.
    Nameless,
    /// The Pod has its name below another Service: what to write.
    Elsewhere(Str),
    /// There is no Pod of that name.
    NoPod(Str),
}

impl PacketProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::OtherNamespace { .. } => "name-in-other-namespace",
            Self::Misspelt { .. } => "name-misspelt",
            Self::PodWithoutService { .. } => "pod-name-without-service",
            Self::NoPodNames { .. } => "headless-no-pod-names",
            Self::DnsPolicy { .. } => "dns-policy-hides-cluster",
            Self::NotAPod { .. } => "sender-is-no-pod",
            Self::Queries { .. } => "ndots-queries",
            Self::HostHeader { .. } => "external-name-host-header",
            Self::NoSuchPort { .. } => "no-such-service-port",
            Self::PolicyDropped { external: true, .. } => "external-policy-drops",
            Self::PolicyDropped { .. } => "internal-policy-drops",
            Self::SourceRange { .. } => "source-range-excludes-sender",
            Self::NodePortOnLoopback { .. } => "node-port-on-loopback",
            Self::SourceLost { .. } => "source-address-lost",
            Self::Affinity { .. } => "affinity-behind-nat",
            Self::Hairpin { .. } => "hairpin",
            Self::LongLived { .. } => "long-lived-connections",
            Self::Listening { .. } => "process-listens-elsewhere",
            Self::Policies { .. } => "policies-may-not-be-enforced",
        }
    }

    /// Where it is not what the catalogue says of the code.
    pub(super) fn severity(&self) -> Option<Severity> {
        match self {
            // Of the list it is a note, while nobody is known to meet it.
            Self::PolicyDropped { .. } => Some(Severity::Warning),
            _ => None,
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::OtherNamespace { .. }
            | Self::Misspelt { .. }
            | Self::PodWithoutService { .. }
            | Self::NoPodNames { .. }
            | Self::DnsPolicy { .. }
            | Self::NotAPod { .. } => Symptom::NoSuchHost,
            Self::NoSuchPort { symptom, .. } | Self::PolicyDropped { symptom, .. } => *symptom,
            Self::SourceRange { .. } => Symptom::TimedOut,
            Self::HostHeader { .. }
            | Self::NodePortOnLoopback { .. }
            | Self::Listening { .. }
            | Self::Policies { .. } => Symptom::Unknowable,
            _ => Symptom::Nothing,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::OtherNamespace {
                host,
                asked: None,
                meant,
                ..
            } => format!(
                "`{host}` is completed with the sender's own namespace, where no such Service is. It is in another: `{meant}`."
            ),
            Self::OtherNamespace {
                host,
                asked: Some(asked),
                found,
                meant,
            } => {
                let AskedNamespace {
                    service, namespace, ..
                } = asked;
                let none = if asked.exists {
                    "there is none"
                } else {
                    "no such namespace is here"
                };
                let found = found
                    .as_ref()
                    .map_or("the sender's own namespace".to_owned(), |found| {
                        format!("namespace {found}")
                    });
                format!(
                    "`{host}` means Service {service} in namespace {namespace}: {none}. It is in {found}: write `{meant}`."
                )
            }
            Self::Misspelt {
                host,
                meant,
                domain,
            } => {
                let wrong = domain.as_ref().map_or_else(String::new, |(wrong, right)| {
                    format!(": Services are below `{right}`, not `{wrong}`")
                });
                format!("`{host}` is no name here{wrong}. Did you mean `{meant}`?")
            }
            Self::PodWithoutService { host, meant } => format!(
                "`{host}` is the name of a Pod, which alone no name server knows. Write `{meant}`."
            ),
            Self::NoPodNames { host, service, why } => match why {
                NoPodName::Nameless => format!(
                    "`{host}`: the Pods behind Service {service} have no names of their own. Only Pods with `hostname` and `subdomain`, as a StatefulSet's, have."
                ),
                NoPodName::Elsewhere(meant) => format!(
                    "`{host}`: the Pod has its name below the Service that is its `subdomain`, not below Service {service}. Write `{meant}`."
                ),
                NoPodName::NoPod(name) => format!(
                    "`{host}` asks for a Pod `{name}` below Service {service}, and there is none."
                ),
            },
            Self::DnsPolicy { pod, policy } => format!(
                "Pod {pod} has dnsPolicy `{policy}` and does not ask the cluster's DNS: names of Services do not exist for it."
            ),
            Self::NotAPod {
                host,
                node: Some(node),
                address,
            } => {
                let instead = address.map_or_else(String::new, |address| {
                    format!(" The Service's address, {address}, can be dialled from there.")
                });
                format!(
                    "`{host}` is known to the cluster's DNS only, and node {node} asks name servers of its own.{instead}"
                )
            }
            Self::NotAPod {
                host, node: None, ..
            } => format!(
                "`{host}` is known to the cluster's DNS only, and a client outside asks other name servers. From there a Service is reached by its load balancer's address or a node port."
            ),
            Self::Queries { host, queries } => format!(
                "{queries} queries are sent for `{host}`: the search list is tried first. With a dot at its end, one query per address family would do."
            ),
            Self::HostHeader { host, target } => format!(
                "The name leads to {target}, but a client sends `{host}` as Host header and TLS server name: a server that chooses by name will not know it, and its certificate does not match."
            ),
            Self::NoSuchPort {
                service,
                port,
                protocol,
                known,
                ..
            } => {
                // Where all is TCP, as mostly, it need not be said.
                let mut protocols = known.iter().map(|(_, known)| known).chain([protocol]);
                let is_tcp = protocols.all(|protocol| *protocol == Protocol::Tcp);
                let named = |(port, protocol): &(u16, Protocol)| {
                    if is_tcp {
                        port.to_string()
                    } else {
                        format!("{port}/{protocol}")
                    }
                };
                let known: Vec<String> = known.iter().map(named).collect();
                format!(
                    "Service {service} has no port {}; it has {}.",
                    named(&(*port, *protocol)),
                    known.join(", ")
                )
            }
            Self::PolicyDropped {
                service,
                external,
                nodes,
                assumed,
                ..
            } => {
                let (policy, what) = if *external {
                    ("externalTrafficPolicy", "what comes from outside")
                } else {
                    ("internalTrafficPolicy", "what is sent there")
                };
                let nodes = match nodes.as_slice() {
                    [node] => format!("node {node}"),
                    nodes => format!("nodes {}", names(nodes)),
                };
                let hint = if *assumed {
                    " The nodes are assumed: paste Nodes to be certain."
                } else {
                    ""
                };
                format!(
                    "`{policy}: Local` of Service {service}: no ready endpoint is on {nodes}, so {what} is dropped, wherever else there is one.{hint}"
                )
            }
            Self::SourceRange {
                service,
                source,
                ranges,
            } => format!(
                "`loadBalancerSourceRanges` of Service {service} lets {} use its load balancer, and the node sees {source}: it drops the packet.",
                names(ranges)
            ),
            Self::NodePortOnLoopback { service, port, why } => {
                let instead = match why {
                    NoLoopback::Addresses => "an address of the node that is among them",
                    _ => "the node's own address",
                };
                let because = match why {
                    NoLoopback::Mode(mode) => format!(
                        "kube-proxy in mode {} serves none at loopback addresses. In mode iptables it does, by `route_localnet`, for IPv4",
                        mode.name()
                    ),
                    NoLoopback::Family => {
                        "kube-proxy serves none at `::1`, in no mode".to_owned()
                    }
                    NoLoopback::Setting => {
                        "kube-proxy is told not to serve any at loopback addresses (`localhostNodePorts`)"
                            .to_owned()
                    }
                    NoLoopback::Addresses => {
                        "kube-proxy is told to serve these at other addresses (`nodePortAddresses`)"
                            .to_owned()
                    }
                };
                format!(
                    "{port} is a node port of Service {service}, and {because}. Unless a process of the node itself has the port, the connection is refused: dial {instead}."
                )
            }
            Self::SourceLost { by, seen } => format!(
                "The Pod does not see the client's address but {seen}: {by} rewrites the source."
            ),
            Self::Affinity { service } => format!(
                "Session affinity of Service {service} goes by the source address that a node sees, and that is rewritten on the way: clients that share an address share a Pod."
            ),
            Self::Hairpin { pod } => format!("Pod {pod} reaches itself through its own Service."),
            Self::LongLived {
                service,
                protocol,
                endpoints,
            } => format!(
                "{protocol} keeps its connections: each of them stays with one of the {endpoints} endpoints of Service {service}, and Pods that start later get none of it."
            ),
            Self::Listening { pod, port } => format!(
                "The packet arrives at Pod {pod}, port {port}. Whether a process listens there, and not on 127.0.0.1 only, no manifest tells."
            ),
            Self::Policies { named } => format!(
                "{named}: written for this packet, and not taken into account here. Whether policies are enforced depends on the CNI."
            ),
        }
    }
}

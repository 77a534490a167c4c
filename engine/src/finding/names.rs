//! Names that do not resolve as their manifest suggests.

use super::{Severity, Symptom};
use crate::Str;

/// Names that do not resolve as their manifest suggests.
#[derive(Debug, Clone, PartialEq)]
pub enum NameProblem {
    /// `externalName` is an address.
    ExternalNameIsAddress {
        /// `namespace/name`.
        service: Str,
        /// What is written.
        address: Str,
    },
    /// `externalName` is the short name of a Service: a CNAME's target is never completed with a search list.
    ExternalNameIsShort {
        /// `namespace/name`.
        service: Str,
        /// What is written.
        target: Str,
        /// What is meant.
        meant: Str,
    },
    /// `externalName` is a name of the cluster that has no address.
    ExternalNameLeadsNowhere {
        /// `namespace/name`.
        service: Str,
        /// What is written.
        target: Str,
    },
    /// ExternalNames that lead to each other.
    ExternalNameLoop {
        /// `namespace/name`.
        service: Str,
        /// What is written.
        target: Str,
    },
    /// Pods have a subdomain, and no Service of that name gives it to them.
    SubdomainWithoutService {
        /// Kind, namespace and name of the workload or Pod.
        owner: Str,
        /// The subdomain: `namespace/name` of the Service that is missing.
        service: Str,
        /// The headless Service that has the Pods, or whose name is nearly that.
        meant: Option<Str>,
    },
    /// Pods in the host network with the default policy do not ask the cluster's DNS.
    HostNetworkWithoutClusterDns {
        /// Kind, namespace and name of the workload or Pod.
        owner: Str,
    },
    /// More nameservers than a resolver takes.
    NameserversOmitted {
        /// Kind, namespace and name of the workload or Pod.
        owner: Str,
        /// Those that kubelet leaves out.
        omitted: Vec<Str>,
    },
    /// More search domains than kubelet writes.
    SearchesOmitted {
        /// Kind, namespace and name of the workload or Pod.
        owner: Str,
        /// Those that kubelet leaves out.
        omitted: Vec<Str>,
    },
    /// kubelet completes names with a domain that the DNS server does not serve.
    DomainsDiffer {
        /// kubelet's `clusterDomain`.
        kubelet: Str,
        /// CoreDNS's zone.
        server: Str,
    },
}

impl NameProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::ExternalNameIsAddress { .. } => "external-name-is-address",
            Self::ExternalNameIsShort { .. } => "external-name-is-short",
            Self::ExternalNameLeadsNowhere { .. } => "external-name-leads-nowhere",
            Self::ExternalNameLoop { .. } => "external-name-loop",
            Self::SubdomainWithoutService { .. } => "subdomain-without-service",
            Self::HostNetworkWithoutClusterDns { .. } => "host-network-without-cluster-dns",
            Self::NameserversOmitted { .. } => "nameservers-omitted",
            Self::SearchesOmitted { .. } => "searches-omitted",
            Self::DomainsDiffer { .. } => "cluster-domains-differ",
        }
    }

    pub(super) fn severity(&self) -> Option<Severity> {
        match self {
            // A StatefulSet has to name a Service. If no other could be meant, nobody may want the Pods' names.
            Self::SubdomainWithoutService { meant: None, .. } => Some(Severity::Note),
            _ => None,
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::ExternalNameIsAddress { .. }
            | Self::SubdomainWithoutService { .. }
            | Self::HostNetworkWithoutClusterDns { .. }
            | Self::DomainsDiffer { .. } => Symptom::NoSuchHost,
            Self::ExternalNameLeadsNowhere { .. } | Self::ExternalNameLoop { .. } => {
                Symptom::NoAddress
            }
            // Whether a server outside knows the short name, no manifest tells.
            Self::ExternalNameIsShort { .. } => Symptom::Unknowable,
            Self::NameserversOmitted { .. } | Self::SearchesOmitted { .. } => Symptom::Nothing,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::ExternalNameIsAddress { service, address } => format!(
                "externalName of Service {service} is the address {address}: CoreDNS gives no record for it, so the name does not exist. A Service without selector and an EndpointSlice with the address would do."
            ),
            Self::ExternalNameIsShort {
                service,
                target,
                meant,
            } => format!(
                "externalName of Service {service} is `{target}`, and DNS follows it as it stands, without a search list. If the Service is meant: `{meant}`."
            ),
            Self::ExternalNameLeadsNowhere { service, target } => format!(
                "Service {service} leads to `{target}`, a name of this cluster that has no address."
            ),
            Self::ExternalNameLoop { service, target } => format!(
                "Service {service} leads to `{target}` and from there back: the name has no address."
            ),
            Self::SubdomainWithoutService {
                owner,
                service,
                meant,
            } => {
                let meant = meant
                    .as_ref()
                    .map_or_else(String::new, |meant| format!(" Is `{meant}` meant?"));
                format!(
                    "{owner} has host names below Service {service}, which does not exist: they do not resolve.{meant}"
                )
            }
            Self::HostNetworkWithoutClusterDns { owner } => format!(
                "{owner} runs in the host network with dnsPolicy ClusterFirst, which is the node's DNS there: names of Services do not resolve. `dnsPolicy: ClusterFirstWithHostNet` would keep the cluster's."
            ),
            Self::NameserversOmitted { owner, omitted } => format!(
                "A resolver takes three nameservers: kubelet leaves out {} for {owner}.",
                omitted.join(", ")
            ),
            Self::SearchesOmitted { owner, omitted } => format!(
                "A search list holds 32 domains, 2048 characters in all and 253 each: kubelet leaves out {} for {owner}.",
                omitted.join(", ")
            ),
            Self::DomainsDiffer { kubelet, server } => format!(
                "kubelet completes names with `{kubelet}`, CoreDNS serves `{server}`: short names of Services do not resolve."
            ),
        }
    }
}

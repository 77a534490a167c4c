//! What the API server would refuse, or change.

use super::Symptom;
use crate::Str;

/// What the API server would refuse, or change.
#[derive(Debug, Clone, PartialEq)]
pub enum AdmissionProblem {
    /// The API server refuses the object over this field.
    Refused {
        /// Path as the API server writes it.
        field: Str,
        /// Its message.
        message: Str,
    },
    /// Two objects of one kind have the same name: the last one counts.
    DuplicateObject {
        /// Kind of both.
        kind: Str,
        /// Name of both.
        name: Str,
    },
    /// A value of a configuration kind that its component would not take.
    Configuration {
        /// Kind of the document.
        kind: Str,
        /// Path of the field.
        field: Str,
        /// Its value.
        value: Str,
        /// What it should be.
        expected: Str,
    },
    /// A configuration inside a ConfigMap that is no YAML.
    ConfigurationSyntax {
        /// What the parser says.
        reason: Str,
    },
    /// Two documents say different things of one setting.
    Contradiction {
        /// The setting.
        what: Str,
        /// What the first, or the cluster, says.
        first: Str,
        /// What the second, or a component, says.
        second: Str,
    },
    /// Pod and service ranges overlap.
    OverlappingRanges {
        /// Range of the Pods.
        pods: Str,
        /// Range of the Services.
        services: Str,
    },
    /// ClusterIPs outside of the assumed range: ranges around them are assumed instead.
    AssumedServiceRange {
        /// The ranges.
        ranges: Str,
        /// What a cluster without the family says that a Service insists on, if one does.
        refused: Option<Str>,
    },
    /// kubelet sends Pods to a DNS server that no Service can have.
    ClusterDnsOutOfRange {
        /// Its address.
        address: Str,
        /// The service ranges.
        ranges: Str,
    },
    /// kube-proxy tells Pods by their interface or node: modelled by their range.
    DetectLocalByRange {
        /// `detectLocalMode`.
        mode: Str,
    },
    /// kube-proxy is to run in mode ipvs.
    IpvsDeprecated,
    /// A Corefile that does not serve the cluster's names.
    NoKubernetesPlugin,
    /// Something is read and not modelled.
    NotModelled {
        /// What.
        what: Str,
    },
}

impl AdmissionProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Refused { .. } => "refused-by-api-server",
            Self::DuplicateObject { .. } => "duplicate-object",
            Self::Configuration { .. } | Self::ConfigurationSyntax { .. } => {
                "configuration-not-understood"
            }
            Self::Contradiction { .. } => "configuration-contradicts",
            Self::OverlappingRanges { .. } => "ranges-overlap",
            Self::AssumedServiceRange { .. } => "service-range-assumed",
            Self::ClusterDnsOutOfRange { .. } => "cluster-dns-out-of-range",
            Self::DetectLocalByRange { .. } | Self::NotModelled { .. } => "not-modelled",
            Self::IpvsDeprecated => "ipvs-deprecated",
            Self::NoKubernetesPlugin => "corefile-without-kubernetes",
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::Refused { .. } => Symptom::RejectedOnApply,
            // The simulation goes on with the usual settings.
            Self::ClusterDnsOutOfRange { .. } | Self::NoKubernetesPlugin => Symptom::Unknowable,
            _ => Symptom::Nothing,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::Refused { field, message } => {
                format!("The API server refuses this: {field}: {message}")
            }
            Self::DuplicateObject { kind, name } => {
                format!(
                    "{kind} {name} is here more than once in one namespace. The last one counts, as with kubectl apply."
                )
            }
            Self::Configuration {
                kind,
                field,
                value,
                expected,
            } => format!("{field} of {kind} is \u{201c}{value}\u{201d}; expected is {expected}. The default is used."),
            Self::ConfigurationSyntax { reason } => {
                format!("The configuration in this ConfigMap cannot be read: {reason}.")
            }
            Self::Contradiction {
                what,
                first,
                second,
            } => format!(
                "Two configurations disagree about the {what}: {first} there, {second} here. Each component believes its own."
            ),
            Self::OverlappingRanges { pods, services } => format!(
                "The Pod range {pods} and the service range {services} overlap: an address could be either."
            ),
            Self::AssumedServiceRange { ranges, refused } => {
                let refused = refused.as_ref().map_or_else(String::new, |message| {
                    format!(" The API server of a cluster without that family refuses this Service: {message}.")
                });
                format!(
                    "ClusterIPs or address families here are not the usual ones; the cluster's service ranges are assumed to be {ranges}. A ServiceCIDR or ClusterConfiguration would say for certain.{refused}"
                )
            }
            Self::ClusterDnsOutOfRange { address, ranges } => format!(
                "Pods are told to ask {address} for names, which is in no service range ({ranges}): no Service can have it."
            ),
            Self::DetectLocalByRange { mode } => format!(
                "kube-proxy is told to recognise Pods by {mode}. Here they are recognised by the Pod range."
            ),
            Self::IpvsDeprecated => {
                "kube-proxy's mode ipvs is deprecated since Kubernetes 1.35; its successor is nftables.".to_owned()
            }
            Self::NoKubernetesPlugin => {
                "This Corefile has no kubernetes plugin: no name of the cluster would resolve. The usual settings are used.".to_owned()
            }
            Self::NotModelled { what } => format!("{what} is read, but not modelled."),
        }
    }
}

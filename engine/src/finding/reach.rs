//! Services and Pods that do not find each other.

use super::{Severity, Symptom};
use crate::Str;
use crate::packet::Protocol;

/// Services and Pods that do not find each other.
#[derive(Debug, Clone, PartialEq)]
pub enum ReachProblem {
    /// The selector of a Service matches no Pod.
    SelectorMatchesNothing {
        /// `namespace/name`.
        service: Str,
        /// A Pod that nearly matches.
        near: Option<Near>,
        /// Else, where the Pods may be.
        elsewhere: Option<Elsewhere>,
        /// What a client sees.
        symptom: Symptom,
    },
    /// A named `targetPort` that containers do not declare.
    TargetPortNotNamed {
        /// `namespace/name`.
        service: Str,
        /// Port of the Service.
        port: u16,
        /// Its protocol: a named port has to have the same.
        protocol: Protocol,
        /// The name.
        name: Str,
        /// Pods that do not have it.
        missing: usize,
        /// Pods that the selector matches.
        pods: usize,
        /// What they declare for that protocol; the name is empty where there is none.
        declared: Vec<(Str, u16)>,
        /// The protocol under which the name is declared instead.
        other_protocol: Option<Protocol>,
        /// What a client sees if no Pod has it.
        symptom: Symptom,
    },
    /// Pods match, and none of them is ready.
    NoneReady {
        /// `namespace/name`.
        service: Str,
        /// How many match.
        pods: usize,
        /// Whether one of them has a readiness probe.
        probed: bool,
        /// The port of that, if its container does not declare it.
        undeclared: Option<UndeclaredProbe>,
        /// What a client sees.
        symptom: Symptom,
    },
    /// No selector, and no EndpointSlice or Endpoints in the manifests.
    NobodyFillsEndpoints {
        /// `namespace/name`.
        service: Str,
        /// What a client sees.
        symptom: Symptom,
    },
}

/// A readiness probe of a port that its container does not declare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndeclaredProbe {
    /// The container.
    pub container: Str,
    /// As written.
    pub port: Str,
    /// A name has to be declared; of a number it is only to be expected.
    pub is_name: bool,
    /// What the container declares; the name is empty where there is none.
    pub declared: Vec<(Str, u16)>,
}

/// Why a selector may rightly match nothing in what was pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Elsewhere {
    /// Pods with these labels are in another namespace: not rightly.
    OtherNamespace {
        /// Their namespace.
        namespace: Str,
    },
    /// In the namespace itself, and all of them have finished: not rightly.
    Finished,
    /// Custom resources were pasted: an operator makes Pods for them, or labels those that are there.
    Operator,
    /// `kube-system`: the cluster's own components are seldom pasted.
    ControlPlane,
    /// No Pod of the Service's namespace was pasted.
    NotPasted,
}

/// A Pod that nearly matches a selector.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// `namespace/name`.
    pub pod: Str,
    /// The label that differs.
    pub key: Str,
    /// What the selector asks for.
    pub wanted: Str,
    /// What the Pod has; `None`: it has no such label.
    pub found: Option<Str>,
    /// Applications are known to write this label themselves, when they run.
    pub at_run_time: bool,
}

impl ReachProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::SelectorMatchesNothing { .. } => "selector-matches-nothing",
            Self::TargetPortNotNamed { .. } => "target-port-not-named",
            Self::NoneReady { .. } => "no-ready-pod",
            Self::NobodyFillsEndpoints { .. } => "nobody-fills-endpoints",
        }
    }

    /// Where it is not what the catalogue says of the code.
    pub(super) fn severity(&self) -> Option<Severity> {
        match self {
            Self::SelectorMatchesNothing {
                elsewhere:
                    Some(Elsewhere::Operator | Elsewhere::ControlPlane | Elsewhere::NotPasted),
                ..
            }
            | Self::SelectorMatchesNothing {
                near: Some(Near {
                    at_run_time: true, ..
                }),
                ..
            } => Some(Severity::Note),
            Self::TargetPortNotNamed { missing, pods, .. } if missing != pods => {
                Some(Severity::Warning)
            }
            _ => None,
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::SelectorMatchesNothing { symptom, .. }
            | Self::NoneReady { symptom, .. }
            | Self::NobodyFillsEndpoints { symptom, .. } => *symptom,
            // A Pod without the port is no endpoint of it: the others take its share.
            Self::TargetPortNotNamed {
                missing,
                pods,
                symptom,
                ..
            } => {
                if missing == pods {
                    *symptom
                } else {
                    Symptom::Nothing
                }
            }
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::SelectorMatchesNothing {
                service,
                near: None,
                elsewhere,
                ..
            } => no_pod(service, elsewhere.as_ref()),
            Self::SelectorMatchesNothing {
                service,
                near:
                    Some(Near {
                        pod,
                        key,
                        wanted,
                        found,
                        at_run_time,
                    }),
                ..
            } => {
                let has = match found {
                    Some(found) => format!("has `{key}: {found}`"),
                    None => format!("has no label `{key}`"),
                };
                let label = if *at_run_time {
                    " Applications that elect a leader write this label themselves, once they run: as pasted the Service has no endpoints."
                } else {
                    ""
                };
                format!(
                    "The selector of Service {service} matches no Pod: it asks for `{key}: {wanted}`, Pod {pod} {has}.{label}"
                )
            }
            Self::TargetPortNotNamed {
                service,
                port,
                protocol,
                name,
                missing,
                pods,
                declared,
                other_protocol,
                ..
            } => {
                let whom = if missing == pods {
                    format!("no container of its Pods declares a {protocol} port of that name")
                } else {
                    format!("{missing} of its {pods} Pods declare no {protocol} port of that name")
                };
                let declared = list(declared);
                let other = other_protocol.map_or_else(String::new, |other| {
                    format!(" The name is declared for {other}: the protocol has to be the same.")
                });
                format!(
                    "`targetPort: {name}` of Service {service}: {whom}, so port {port} has no endpoint there. Declared: {declared}.{other}"
                )
            }
            Self::NoneReady {
                service,
                pods,
                probed,
                undeclared,
                ..
            } => {
                let pods = match pods {
                    1 => "one Pod, which is not ready".to_owned(),
                    pods => format!("{pods} Pods, none of them ready"),
                };
                let probe = match undeclared {
                    None if *probed => {
                        "A readiness probe is configured: it fails, or has not passed yet."
                            .to_owned()
                    }
                    None => "No readiness probe is configured: the status says so.".to_owned(),
                    Some(probe) => {
                        let UndeclaredProbe {
                            container,
                            port,
                            declared,
                            ..
                        } = probe;
                        let then = if probe.is_name {
                            "it cannot pass"
                        } else {
                            "it fails unless a process listens there all the same"
                        };
                        format!(
                            "The readiness probe asks port {port}, which container {container} does not declare (declared: {}): {then}.",
                            list(declared)
                        )
                    }
                };
                format!("Service {service} matches {pods}: it has no ready endpoint. {probe}")
            }
            Self::NobodyFillsEndpoints { service, .. } => {
                format!(
                    "Service {service} has no selector, and no EndpointSlice or Endpoints here fills it: as pasted it leads nowhere."
                )
            }
        }
    }
}

fn no_pod(service: &str, elsewhere: Option<&Elsewhere>) -> String {
    let refused = "it has no endpoints, and connections to it are refused";
    match elsewhere {
        None => format!("The selector of Service {service} matches no Pod here: {refused}."),
        Some(Elsewhere::OtherNamespace { namespace }) => format!(
            "The selector of Service {service} matches Pods of namespace {namespace} only, and a Service finds those of its own namespace: {refused}."
        ),
        Some(Elsewhere::Finished) => format!(
            "The selector of Service {service} matches only Pods that have finished: {refused}."
        ),
        Some(Elsewhere::Operator) => format!(
            "The selector of Service {service} matches no Pod here. Custom resources are here: an operator may make or label its Pods. Until then {refused}."
        ),
        Some(Elsewhere::ControlPlane) => format!(
            "The selector of Service {service} matches no Pod here: Pods of the cluster's own components are not in these manifests. As pasted {refused}."
        ),
        Some(Elsewhere::NotPasted) => format!(
            "The selector of Service {service} matches no Pod here: no Pod of its namespace is in these manifests. As pasted {refused}."
        ),
    }
}

fn list(declared: &[(Str, u16)]) -> String {
    if declared.is_empty() {
        return "none".to_owned();
    }
    let shown = declared
        .iter()
        .take(5)
        .map(|(name, port)| match name.as_str() {
            "" => format!("{port} (unnamed)"),
            name => format!("`{name}` ({port})"),
        });
    let more = declared
        .len()
        .checked_sub(5)
        .filter(|&more| more > 0)
        .map(|more| format!("{more} more"));
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

//! Services and EndpointSlices that do something else than they seem to.

use super::{Severity, Symptom};
use crate::Str;
use crate::packet::Family;

/// Services and EndpointSlices that do something else than they seem to.
#[derive(Debug, Clone, PartialEq)]
pub enum ServiceProblem {
    /// A selector matches workloads of which some declare other ports only.
    SelectorSpansApplications {
        /// `namespace/name`.
        service: Str,
        /// The target port.
        port: u16,
        /// A workload or Pod that declares other ports only.
        stranger: Str,
        /// Pods that do not declare the port.
        strangers: usize,
        /// Pods that match.
        pods: usize,
    },
    /// A selector with a key that changes with every rollout.
    SelectorOfOneRollout {
        /// `namespace/name`.
        service: Str,
        /// The key.
        key: Str,
    },
    /// No container declares the number.
    TargetPortUndeclared {
        /// `namespace/name`.
        service: Str,
        /// The number.
        number: u16,
        /// Those that are declared.
        declared: Vec<u16>,
    },
    /// A name with several numbers.
    PortNameSeveralNumbers {
        /// `namespace/name`.
        service: Str,
        /// The name.
        name: Str,
        /// The numbers.
        numbers: Vec<u16>,
    },
    /// Traffic policy `Local`, and nodes without endpoint.
    PolicyDrops {
        /// `namespace/name`.
        service: Str,
        /// From outside, or inside.
        external: bool,
        /// Nodes without a ready endpoint.
        without: Vec<Str>,
        /// All nodes.
        nodes: usize,
        /// Clients are told by a load balancer's health check, or nobody wrote the nodes.
        harmless: bool,
    },
    /// `port` and `targetPort` of a headless Service differ.
    HeadlessPortDiffers {
        /// `namespace/name`.
        service: Str,
        /// `port`.
        port: u16,
        /// What the Pods listen on.
        target: u16,
    },
    /// An ExternalName with a selector.
    ExternalNameWithSelector {
        /// `namespace/name`.
        service: Str,
    },
    /// An ExternalName with a `targetPort` of its own.
    ExternalNamePortIgnored {
        /// `namespace/name`.
        service: Str,
        /// `port`.
        port: u16,
    },
    /// An address of a family without endpoints.
    FamilyWithoutEndpoints {
        /// `namespace/name`.
        service: Str,
        /// The family.
        family: Family,
    },
    /// Only terminating Pods.
    OnlyTerminating {
        /// `namespace/name`.
        service: Str,
        /// How many.
        pods: usize,
        /// Others, which are not ready.
        unready: usize,
        /// What a client sees: those that still serve take connections to a virtual address.
        symptom: Symptom,
    },
    /// A selector matches Pods of a Job, which are taken to be running.
    SelectsJob {
        /// `namespace/name`.
        service: Str,
        /// `namespace/name`.
        job: Str,
    },
    /// Pods that are not ready get connections.
    NotReadyPublished {
        /// `namespace/name`.
        service: Str,
        /// Pods that are not ready.
        unready: usize,
        /// All Pods.
        pods: usize,
    },
    /// A slice without label, or with the name of no Service.
    SliceWithoutService {
        /// `namespace/name` of the slice.
        slice: Str,
        /// What the label says.
        label: Option<Str>,
        /// The Service that is probably meant.
        nearest: Option<Str>,
    },
    /// A port of a slice that the Service does not have.
    SlicePortNotInService {
        /// `namespace/name` of the slice.
        slice: Str,
        /// The port's name; `None`: it has none.
        port: Option<Str>,
        /// The Service.
        service: Str,
        /// Names of its ports.
        known: Vec<Str>,
    },
    /// An endpoint with several addresses.
    SliceSeveralAddresses {
        /// `namespace/name` of the slice.
        slice: Str,
        /// The address that is used.
        first: Str,
        /// The others.
        others: usize,
    },
    /// Endpoints by hand beside a selector.
    EndpointsBesideSelector {
        /// `Endpoints` or `EndpointSlice`.
        kind: &'static str,
        /// `namespace/name` of the object.
        object: Str,
        /// The Service.
        service: Str,
    },
    /// An Endpoints object.
    EndpointsDeprecated {
        /// `namespace/name`.
        endpoints: Str,
    },
    /// Two Services, one variable.
    EnvironmentClash {
        /// `namespace/name`.
        service: Str,
        /// The other.
        other: Str,
        /// The variable.
        variable: Str,
    },
}

impl ServiceProblem {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::SelectorSpansApplications { .. } => "selector-spans-applications",
            Self::SelectorOfOneRollout { .. } => "selector-of-one-rollout",
            Self::TargetPortUndeclared { .. } => "target-port-undeclared",
            Self::PortNameSeveralNumbers { .. } => "port-name-several-numbers",
            Self::PolicyDrops { external: true, .. } => "external-policy-drops",
            Self::PolicyDrops { .. } => "internal-policy-drops",
            Self::HeadlessPortDiffers { .. } => "headless-port-differs",
            Self::ExternalNameWithSelector { .. } => "external-name-with-selector",
            Self::ExternalNamePortIgnored { .. } => "external-name-port-ignored",
            Self::FamilyWithoutEndpoints { .. } => "family-without-endpoints",
            Self::OnlyTerminating { .. } => "only-terminating-endpoints",
            Self::SelectsJob { .. } => "selector-matches-job",
            Self::NotReadyPublished { .. } => "not-ready-published",
            Self::SliceWithoutService { .. } => "slice-without-service",
            Self::SlicePortNotInService { .. } => "slice-port-not-in-service",
            Self::SliceSeveralAddresses { .. } => "slice-several-addresses",
            Self::EndpointsBesideSelector { .. } => "endpoints-beside-selector",
            Self::EndpointsDeprecated { .. } => "endpoints-deprecated",
            Self::EnvironmentClash { .. } => "service-environment-clash",
        }
    }

    /// Where it is not what the catalogue says of the code.
    pub(super) fn severity(&self) -> Option<Severity> {
        match self {
            Self::PolicyDrops {
                harmless: false, ..
            } => Some(Severity::Warning),
            _ => None,
        }
    }

    pub(super) fn symptom(&self) -> Symptom {
        match self {
            Self::SelectorSpansApplications {
                strangers, pods, ..
            } => Symptom::some(*strangers as u64, *pods as u64),
            Self::PolicyDrops { harmless: true, .. } => Symptom::Nothing,
            // From a Pod on one of the nodes.
            Self::PolicyDrops {
                external: false, ..
            } => Symptom::TimedOut,
            Self::OnlyTerminating { symptom, .. } => *symptom,
            Self::PolicyDrops { without, nodes, .. } => {
                Symptom::some(without.len() as u64, *nodes as u64)
            }
            Self::TargetPortUndeclared { .. }
            | Self::HeadlessPortDiffers { .. }
            | Self::NotReadyPublished { .. } => Symptom::Unknowable,
            Self::FamilyWithoutEndpoints { .. }
            | Self::SlicePortNotInService { .. }
            | Self::SliceWithoutService { .. } => Symptom::Refused,
            _ => Symptom::Nothing,
        }
    }

    pub(super) fn message(&self) -> String {
        match self {
            Self::SelectorSpansApplications {
                service,
                port,
                stranger,
                strangers,
                pods,
            } => format!(
                "The selector of Service {service} also matches {stranger}, which declares ports but not {port}: {strangers} of {pods} connections go to Pods that are probably another application."
            ),
            Self::SelectorOfOneRollout { service, key } => format!(
                "The selector of Service {service} asks for `{key}`, which changes with every rollout: after the next one it matches nothing."
            ),
            Self::TargetPortUndeclared {
                service,
                number,
                declared,
            } => format!(
                "No container behind Service {service} declares port {number} ({} declared). That alone hinders nothing: a process may listen there all the same.",
                numbers(declared)
            ),
            Self::PortNameSeveralNumbers {
                service,
                name,
                numbers: found,
            } => format!(
                "`targetPort: {name}` of Service {service} is {} on different Pods. Each gets its connections at its own number.",
                numbers(found)
            ),
            Self::PolicyDrops {
                service,
                external,
                without,
                nodes,
                harmless,
            } => {
                let policy = if *external {
                    "externalTrafficPolicy"
                } else {
                    "internalTrafficPolicy"
                };
                let who = if *external {
                    "what arrives there from outside is dropped"
                } else {
                    "what Pods there send is dropped"
                };
                let hint = match (*external, *harmless) {
                    (true, true) => {
                        " A load balancer that checks health sends nothing there; a client of a node port may."
                    }
                    (false, true) => " The nodes are assumed: paste Nodes to be certain.",
                    _ => "",
                };
                format!(
                    "`{policy}: Local` of Service {service}: {} of {nodes} nodes have no ready endpoint ({}), and {who}.{hint}",
                    without.len(),
                    names(without)
                )
            }
            Self::HeadlessPortDiffers {
                service,
                port,
                target,
            } => format!(
                "Service {service} is headless, so nothing translates port {port} to {target}: clients reach the Pods themselves and have to dial {target}."
            ),
            Self::ExternalNameWithSelector { service } => format!(
                "Service {service} is an ExternalName: its selector is ignored, and no Pod gets its traffic."
            ),
            Self::ExternalNamePortIgnored { service, port } => format!(
                "Service {service} is an ExternalName: nothing translates port {port}, clients dial the port that the server outside has."
            ),
            Self::FamilyWithoutEndpoints { service, family } => format!(
                "Service {service} has an {family} address, and none of its Pods has one: connections to it are refused."
            ),
            Self::OnlyTerminating {
                service,
                pods,
                unready,
                symptom,
            } => {
                let who = if *unready == 0 {
                    format!("Every Pod of Service {service} ({pods}) is shutting down")
                } else {
                    let are = if *pods == 1 { "is" } else { "are" };
                    format!(
                        "Of the Pods of Service {service} {pods} {are} shutting down, and {unready} not ready"
                    )
                };
                let then = if symptom.breaks() {
                    "no endpoint of it takes connections"
                } else {
                    "they take its connections as long as they serve"
                };
                format!("{who}: {then}.")
            }
            Self::SelectsJob { service, job } => format!(
                "The selector of Service {service} matches Pods of Job {job}, which run to completion: they are endpoints only until then. Here they are taken to be running, and ready."
            ),
            Self::NotReadyPublished {
                service,
                unready,
                pods,
            } => format!(
                "`publishNotReadyAddresses` of Service {service}: {unready} of its {pods} Pods are not ready and get connections all the same."
            ),
            Self::SliceWithoutService {
                slice,
                label,
                nearest,
            } => {
                let label = match label {
                    None => "has no label `kubernetes.io/service-name`".to_owned(),
                    Some(label) => format!("is for Service `{label}`, which is not here"),
                };
                let meant = nearest
                    .as_ref()
                    .map(|nearest| format!(" Did you mean `{nearest}`?"))
                    .unwrap_or_default();
                format!("EndpointSlice {slice} {label}: it leads nowhere.{meant}")
            }
            Self::SlicePortNotInService {
                slice,
                port,
                service,
                known,
            } => {
                let port = match port.as_deref() {
                    None => "a port without name".to_owned(),
                    Some("") => "a port with the empty name".to_owned(),
                    Some(port) => format!("port `{port}`"),
                };
                let known: Vec<String> = known
                    .iter()
                    .map(|name| match name.as_str() {
                        "" => "one without name (`\"\"`)".to_owned(),
                        name => format!("`{name}`"),
                    })
                    .collect();
                format!(
                    "EndpointSlice {slice} has {port}, and Service {service} has only {}: they are matched by name, so these endpoints get nothing.",
                    known.join(", ")
                )
            }
            Self::SliceSeveralAddresses {
                slice,
                first,
                others,
            } => format!(
                "An endpoint of EndpointSlice {slice} has {} addresses: only {first} is used.",
                others + 1
            ),
            Self::EndpointsBesideSelector {
                kind,
                object,
                service,
            } => {
                let then = if *kind == "Endpoints" {
                    "the controller overwrites them"
                } else {
                    "its endpoints are used beside those of the controller"
                };
                format!(
                    "{kind} {object} is written by hand, and Service {service} has a selector: {then}."
                )
            }
            Self::EndpointsDeprecated { endpoints } => format!(
                "Endpoints {endpoints}: the Endpoints API is deprecated since Kubernetes 1.33 in favour of EndpointSlices."
            ),
            Self::EnvironmentClash {
                service,
                other,
                variable,
            } => format!(
                "Services {service} and {other} both set `{variable}` in the Pods of their namespace, to different values."
            ),
        }
    }
}

fn numbers(numbers: &[u16]) -> String {
    let numbers: Vec<Str> = numbers
        .iter()
        .map(|number| number.to_string().into())
        .collect();
    names(&numbers)
}

/// The first of them, and how many more there are.
pub(super) fn names(names: &[Str]) -> String {
    const SHOWN: usize = 5;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

//! What the API server fills in before it looks at anything: the defaults of the API, certain and documented.
//!
//! Sources: `pkg/apis/core/v1/defaults.go`, `pkg/apis/discovery/v1/defaults.go`. Defaults that depend on the cluster
//! (families, addresses, ports) are not here: see `families` and `allocate`.

use serde_json::json;

use super::draft::Draft;
use super::unique::Named;
use crate::Str;
use crate::api::apps::{Workload, WorkloadKind};
use crate::api::core::{
    ClientIpConfig, Endpoints, Namespace, Pod, PodSpec, Service, SessionAffinityConfig,
};
use crate::api::discovery::EndpointSlice;
use crate::api::{IntOrString, LabelSelector, StringMap};
use crate::cluster::Why;
use crate::origin::FieldPath;

/// Seconds of `ClientIP` affinity when nobody says.
pub(super) const CLIENT_IP_TIMEOUT: i64 = 10_800;

/// The label that every Namespace carries.
pub(super) const NAMESPACE_NAME_LABEL: &str = "kubernetes.io/metadata.name";

/// `metadata.namespace` of a namespaced object that names none.
pub(super) fn namespace<T: Named>(draft: &mut Draft<T>) {
    let meta = draft.value.meta_mut();
    if meta.namespace.is_empty() {
        meta.namespace = "default".into();
        draft.note(path("metadata.namespace"), "default", Why::Defaulted);
    }
}

/// `SetDefaults_Service`.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn service(draft: &mut Draft<Service>) {
    affinity(draft);
    if is_unset(draft.value.spec.type_.as_ref()) {
        draft.value.spec.type_ = Some("ClusterIP".into());
        draft.note(path("spec.type"), "ClusterIP", Why::Defaulted);
    }
    service_ports(draft);
    if externally_accessible(&draft.value)
        && is_unset(draft.value.spec.external_traffic_policy.as_ref())
    {
        draft.value.spec.external_traffic_policy = Some("Cluster".into());
        draft.note(
            path("spec.externalTrafficPolicy"),
            "Cluster",
            Why::Defaulted,
        );
    }
    let type_ = type_of(&draft.value);
    if draft.value.spec.internal_traffic_policy.is_none()
        && matches!(type_, "ClusterIP" | "NodePort" | "LoadBalancer")
    {
        draft.value.spec.internal_traffic_policy = Some("Cluster".into());
        draft.note(
            path("spec.internalTrafficPolicy"),
            "Cluster",
            Why::Defaulted,
        );
    }
    if type_of(&draft.value) == "LoadBalancer" {
        load_balancer(draft);
    }
}

fn affinity(draft: &mut Draft<Service>) {
    let spec = &mut draft.value.spec;
    if is_unset(spec.session_affinity.as_ref()) {
        spec.session_affinity = Some("None".into());
        draft.note(path("spec.sessionAffinity"), "None", Why::Defaulted);
    }
    let spec = &mut draft.value.spec;
    match spec.session_affinity.as_deref() {
        Some("None") if spec.session_affinity_config.is_some() => {
            spec.session_affinity_config = None;
            draft.note(
                path("spec.sessionAffinityConfig"),
                serde_json::Value::Null,
                Why::Wiped,
            );
        }
        Some("ClientIP") => {
            let timeout = spec
                .session_affinity_config
                .as_ref()
                .and_then(|config| config.client_ip.as_ref())
                .and_then(|client_ip| client_ip.timeout_seconds);
            if timeout.is_none() {
                spec.session_affinity_config = Some(SessionAffinityConfig {
                    client_ip: Some(ClientIpConfig {
                        timeout_seconds: Some(CLIENT_IP_TIMEOUT),
                    }),
                });
                draft.note(
                    path("spec.sessionAffinityConfig"),
                    json!({"clientIP": {"timeoutSeconds": CLIENT_IP_TIMEOUT}}),
                    Why::Defaulted,
                );
            }
        }
        _ => {}
    }
}

fn service_ports(draft: &mut Draft<Service>) {
    for index in 0..draft.value.spec.ports.len() {
        let at = path("spec.ports").index(index);
        let port = &mut draft.value.spec.ports[index];
        if is_unset(port.protocol.as_ref()) {
            port.protocol = Some("TCP".into());
            draft.note(at.clone().key("protocol"), "TCP", Why::Defaulted);
        }
        let port = &mut draft.value.spec.ports[index];
        let says_nothing = match &port.target_port {
            None | Some(IntOrString::Int(0)) => true,
            Some(IntOrString::String(name)) => name.is_empty(),
            Some(IntOrString::Int(_)) => false,
        };
        if says_nothing {
            let number = port.port.unwrap_or(0);
            port.target_port = Some(IntOrString::Int(number));
            draft.note(at.key("targetPort"), number, Why::Defaulted);
        }
    }
}

fn load_balancer(draft: &mut Draft<Service>) {
    if draft.value.spec.allocate_load_balancer_node_ports.is_none() {
        draft.value.spec.allocate_load_balancer_node_ports = Some(true);
        draft.note(
            path("spec.allocateLoadBalancerNodePorts"),
            true,
            Why::Defaulted,
        );
    }
    for index in 0..draft.value.status.load_balancer.ingress.len() {
        let ingress = &mut draft.value.status.load_balancer.ingress[index];
        if !ingress.ip.is_empty() && ingress.ip_mode.is_none() {
            ingress.ip_mode = Some("VIP".into());
            draft.note(
                path("status.loadBalancer.ingress")
                    .index(index)
                    .key("ipMode"),
                "VIP",
                Why::Defaulted,
            );
        }
    }
}

/// `SetDefaults_Namespace`: the label with its own name, whatever the manifest says.
pub(super) fn namespace_label(draft: &mut Draft<Namespace>) {
    let meta = &mut draft.value.metadata;
    if meta.name.is_empty() || meta.labels.get(NAMESPACE_NAME_LABEL) == Some(&meta.name) {
        return;
    }
    let name = meta.name.clone();
    meta.labels
        .insert(NAMESPACE_NAME_LABEL.into(), name.clone());
    draft.note(
        path("metadata.labels").key(NAMESPACE_NAME_LABEL),
        name.as_str(),
        Why::Defaulted,
    );
}

/// `SetDefaults_Pod` and `SetDefaults_PodSpec`.
#[inline(never)]
pub(super) fn pod(draft: &mut Draft<Pod>) {
    let at = path("spec");
    pod_spec(draft, &at, |pod| &mut pod.spec);
    if draft.value.spec.enable_service_links.is_none() {
        draft.value.spec.enable_service_links = Some(true);
        draft.note(path("spec.enableServiceLinks"), true, Why::Defaulted);
    }
    if draft.value.spec.host_network {
        host_network_ports(draft, "containers", |spec| &mut spec.containers);
        host_network_ports(draft, "initContainers", |spec| &mut spec.init_containers);
    }
}

/// Defaults of workloads. Sources: `pkg/apis/apps/v1/defaults.go`, `pkg/apis/batch/v1/defaults.go`,
/// `SetDefaults_ReplicationController`, and the Job strategy, which makes selector and labels.
#[inline(never)]
pub(super) fn workload(draft: &mut Draft<Workload>) {
    let kind = draft.value.kind;
    match kind {
        WorkloadKind::Deployment
        | WorkloadKind::ReplicaSet
        | WorkloadKind::ReplicationController
        | WorkloadKind::StatefulSet => {
            if draft.value.spec.replicas.is_none() {
                draft.value.spec.replicas = Some(1);
                draft.note(path("spec.replicas"), 1, Why::Defaulted);
            }
        }
        WorkloadKind::Job => job(draft),
        WorkloadKind::DaemonSet | WorkloadKind::CronJob => {}
    }
    let api_version = draft.value.api_version.as_str();
    let before_v1 = matches!(api_version, "extensions/v1beta1" | "apps/v1beta1");
    if kind == WorkloadKind::ReplicationController || before_v1 {
        selector_from_template(draft, Why::Defaulted);
    }
    if draft.value.spec.job_template.is_some() {
        let at = path("spec.jobTemplate.spec.template.spec");
        pod_spec(draft, &at, |workload| {
            &mut workload
                .spec
                .job_template
                .get_or_insert_default()
                .spec
                .template
                .spec
        });
    } else {
        let at = path("spec.template.spec");
        pod_spec(draft, &at, |workload| &mut workload.spec.template.spec);
    }
}

/// The selector that the template's labels fit, if there is none.
pub(super) fn selector_from_template(draft: &mut Draft<Workload>, why: Why) {
    let spec = &draft.value.spec;
    let labels = spec.template.metadata.labels.clone();
    let selector = spec.selector.as_ref();
    if labels.is_empty() || selector.is_some_and(|selector| *selector != LabelSelector::default()) {
        return;
    }
    let value = if draft.value.kind == WorkloadKind::ReplicationController {
        json!(labels)
    } else {
        json!({ "matchLabels": labels })
    };
    draft.note(path("spec.selector"), value, why);
    draft.value.spec.selector = Some(LabelSelector {
        match_labels: labels,
        ..LabelSelector::default()
    });
}

fn job(draft: &mut Draft<Workload>) {
    let spec = &mut draft.value.spec;
    let none = spec.completions.is_none() && spec.parallelism.is_none();
    if none {
        spec.completions = Some(1);
        draft.note(path("spec.completions"), 1, Why::Defaulted);
    }
    if draft.value.spec.parallelism.is_none() {
        draft.value.spec.parallelism = Some(1);
        draft.note(path("spec.parallelism"), 1, Why::Defaulted);
    }
    if draft.value.spec.selector.is_none() {
        // The API server also selects by the Job's uid, which nobody knows here.
        let name = draft.value.metadata.name.clone();
        let label: Str = "batch.kubernetes.io/job-name".into();
        let labels = StringMap::from([(label, name.clone())]);
        draft.note(
            path("spec.selector"),
            json!({"matchLabels": labels}),
            Why::Defaulted,
        );
        for label in ["batch.kubernetes.io/job-name", "job-name"] {
            draft
                .value
                .spec
                .template
                .metadata
                .labels
                .insert(label.into(), name.clone());
            draft.note(
                path("spec.template.metadata.labels").key(label),
                name.as_str(),
                Why::Defaulted,
            );
        }
        draft.value.spec.selector = Some(LabelSelector {
            match_labels: labels,
            ..LabelSelector::default()
        });
    }
}

/// What a Pod and a template have in common.
#[inline(never)]
pub(super) fn pod_spec<T>(
    draft: &mut Draft<T>,
    at: &FieldPath,
    spec_of: impl Fn(&mut T) -> &mut PodSpec,
) {
    let spec = spec_of(&mut draft.value);
    if is_unset(spec.dns_policy.as_ref()) {
        spec.dns_policy = Some("ClusterFirst".into());
        draft.note(at.clone().key("dnsPolicy"), "ClusterFirst", Why::Defaulted);
    }
    let spec = spec_of(&mut draft.value);
    if is_unset(spec.restart_policy.as_ref()) {
        spec.restart_policy = Some("Always".into());
        draft.note(at.clone().key("restartPolicy"), "Always", Why::Defaulted);
    }
    for (key, init) in [("containers", false), ("initContainers", true)] {
        let mut notes = Vec::new();
        let spec = spec_of(&mut draft.value);
        let containers = if init {
            &mut spec.init_containers
        } else {
            &mut spec.containers
        };
        for (nth, container) in containers.iter_mut().enumerate() {
            for (index, port) in container.ports.iter_mut().enumerate() {
                if is_unset(port.protocol.as_ref()) {
                    port.protocol = Some("TCP".into());
                    notes.push(
                        at.clone()
                            .key(key)
                            .index(nth)
                            .key("ports")
                            .index(index)
                            .key("protocol"),
                    );
                }
            }
        }
        for at in notes {
            draft.note(at, "TCP", Why::Defaulted);
        }
    }
}

fn host_network_ports(
    draft: &mut Draft<Pod>,
    key: &'static str,
    containers_of: impl Fn(&mut PodSpec) -> &mut Vec<crate::api::core::Container>,
) {
    let mut notes = Vec::new();
    for (nth, container) in containers_of(&mut draft.value.spec).iter_mut().enumerate() {
        for (index, port) in container.ports.iter_mut().enumerate() {
            if port.host_port.unwrap_or(0) == 0
                && let Some(number) = port.container_port
            {
                port.host_port = Some(number);
                notes.push((nth, index, number));
            }
        }
    }
    for (nth, index, number) in notes {
        draft.note(
            path("spec")
                .key(key)
                .index(nth)
                .key("ports")
                .index(index)
                .key("hostPort"),
            number,
            Why::Defaulted,
        );
    }
}

/// `SetDefaults_Endpoints`.
pub(super) fn endpoints(draft: &mut Draft<Endpoints>) {
    let mut notes = Vec::new();
    for (nth, subset) in draft.value.subsets.iter_mut().enumerate() {
        for (index, port) in subset.ports.iter_mut().enumerate() {
            if is_unset(port.protocol.as_ref()) {
                port.protocol = Some("TCP".into());
                notes.push((nth, index));
            }
        }
    }
    for (nth, index) in notes {
        draft.note(
            path("subsets")
                .index(nth)
                .key("ports")
                .index(index)
                .key("protocol"),
            "TCP",
            Why::Defaulted,
        );
    }
}

/// `SetDefaults_EndpointPort` of the discovery group.
pub(super) fn endpoint_slice(draft: &mut Draft<EndpointSlice>) {
    for index in 0..draft.value.ports.len() {
        let at = path("ports").index(index);
        let port = &mut draft.value.ports[index];
        if port.name.is_none() {
            port.name = Some(Str::default());
            draft.note(at.clone().key("name"), "", Why::Defaulted);
        }
        let port = &mut draft.value.ports[index];
        if port.protocol.is_none() {
            port.protocol = Some("TCP".into());
            draft.note(at.key("protocol"), "TCP", Why::Defaulted);
        }
    }
}

/// `spec.type` after defaulting.
pub(super) fn type_of(service: &Service) -> &str {
    service.spec.type_.as_deref().unwrap_or_default()
}

/// Source: `pkg/api/service`, `ExternallyAccessible`.
pub(super) fn externally_accessible(service: &Service) -> bool {
    match type_of(service) {
        "LoadBalancer" | "NodePort" => true,
        "ClusterIP" => !service.spec.external_ips.is_empty(),
        _ => false,
    }
}

/// Source: `pkg/api/service`, `NeedsHealthCheck`.
pub(super) fn needs_health_check(service: &Service) -> bool {
    type_of(service) == "LoadBalancer"
        && service.spec.external_traffic_policy.as_deref() == Some("Local")
}

fn is_unset(value: Option<&Str>) -> bool {
    value.is_none_or(|text| text.is_empty())
}

fn path(text: &str) -> FieldPath {
    FieldPath::from(text)
}

//! Group `""`: Service, Pod, Node, Namespace, Endpoints, ConfigMap.

use serde::{Deserialize, Serialize};

use super::{IntOrString, LabelSelector, LabelSelectorRequirement, ObjectMeta, StringMap};
use crate::Str;

/// `Namespace`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Namespace {
    /// Metadata.
    pub metadata: ObjectMeta,
}

/// `ConfigMap`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConfigMap {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Files.
    pub data: StringMap,
}

/// `Service`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Service {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: ServiceSpec,
    /// State.
    pub status: ServiceStatus,
}

/// `ServiceSpec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct ServiceSpec {
    #[serde(rename = "type")]
    pub type_: Option<Str>,
    pub selector: StringMap,
    pub ports: Vec<ServicePort>,
    #[serde(rename = "clusterIP")]
    pub cluster_ip: Option<Str>,
    #[serde(rename = "clusterIPs")]
    pub cluster_ips: Vec<Str>,
    pub ip_families: Vec<Str>,
    pub ip_family_policy: Option<Str>,
    #[serde(rename = "externalIPs")]
    pub external_ips: Vec<Str>,
    pub external_name: Option<Str>,
    pub external_traffic_policy: Option<Str>,
    pub internal_traffic_policy: Option<Str>,
    pub session_affinity: Option<Str>,
    pub session_affinity_config: Option<SessionAffinityConfig>,
    pub publish_not_ready_addresses: Option<bool>,
    pub health_check_node_port: Option<i64>,
    pub allocate_load_balancer_node_ports: Option<bool>,
    pub load_balancer_class: Option<Str>,
    #[serde(rename = "loadBalancerIP")]
    pub load_balancer_ip: Option<Str>,
    pub load_balancer_source_ranges: Vec<Str>,
    pub traffic_distribution: Option<Str>,
}

/// `ServicePort`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct ServicePort {
    pub name: Option<Str>,
    pub protocol: Option<Str>,
    pub app_protocol: Option<Str>,
    pub port: Option<i64>,
    pub target_port: Option<IntOrString>,
    pub node_port: Option<i64>,
}

/// `SessionAffinityConfig`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SessionAffinityConfig {
    /// Settings of `ClientIP`.
    #[serde(rename = "clientIP")]
    pub client_ip: Option<ClientIpConfig>,
}

/// `ClientIPConfig`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ClientIpConfig {
    /// Seconds.
    pub timeout_seconds: Option<i64>,
}

/// `ServiceStatus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceStatus {
    /// What the load balancer's controller wrote.
    pub load_balancer: LoadBalancerStatus,
}

/// `LoadBalancerStatus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerStatus {
    /// Its points of entry.
    pub ingress: Vec<LoadBalancerIngress>,
}

/// `LoadBalancerIngress`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoadBalancerIngress {
    /// Address, or empty.
    pub ip: Str,
    /// Name, or empty.
    pub hostname: Str,
    /// `VIP` or `Proxy`.
    pub ip_mode: Option<Str>,
}

/// `Endpoints` (deprecated since 1.33, mirrored into EndpointSlices).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Endpoints {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Addresses × ports.
    pub subsets: Vec<EndpointSubset>,
}

/// `EndpointSubset`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointSubset {
    /// Ready.
    pub addresses: Vec<EndpointAddress>,
    /// Not ready.
    pub not_ready_addresses: Vec<EndpointAddress>,
    /// Ports of all of them.
    pub ports: Vec<EndpointPort>,
}

/// `EndpointAddress`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointAddress {
    /// Address.
    pub ip: Str,
    /// Host name in DNS.
    pub hostname: Str,
    /// Node of the endpoint.
    pub node_name: Option<Str>,
    /// The object behind it.
    pub target_ref: Option<ObjectReference>,
}

/// `EndpointPort` of the core group.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EndpointPort {
    /// Equal to the Service port's name.
    pub name: Str,
    /// Number.
    pub port: i64,
    /// `TCP` unless said.
    pub protocol: Option<Str>,
    /// Hint about the application.
    pub app_protocol: Option<Str>,
}

/// `ObjectReference`.
#[derive(Debug, Clone, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase", default)]
pub struct ObjectReference {
    /// Kind.
    pub kind: Str,
    /// Namespace.
    pub namespace: Str,
    /// Name.
    pub name: Str,
    /// Uid, in live dumps.
    pub uid: Str,
}

/// `Node`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: NodeSpec,
    /// State.
    pub status: NodeStatus,
}

/// `NodeSpec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSpec {
    /// Pod range.
    #[serde(rename = "podCIDR")]
    pub pod_cidr: Option<Str>,
    /// Pod ranges, one a family.
    #[serde(rename = "podCIDRs")]
    pub pod_cidrs: Vec<Str>,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Cordoned.
    pub unschedulable: bool,
}

/// `Taint`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Taint {
    /// Key.
    pub key: Str,
    /// Value.
    pub value: Str,
    /// `NoSchedule`, `PreferNoSchedule`, `NoExecute`.
    pub effect: Str,
}

/// `NodeStatus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeStatus {
    /// Addresses.
    pub addresses: Vec<NodeAddress>,
    /// Conditions.
    pub conditions: Vec<Condition>,
    /// What Pods may use.
    pub allocatable: Allocatable,
}

/// The part of a `ResourceList` that topology-aware routing reads.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Allocatable {
    /// A quantity: `8`, `7910m`.
    #[serde(deserialize_with = "super::quantity")]
    pub cpu: Option<IntOrString>,
}

/// `NodeAddress`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeAddress {
    /// `InternalIP`, `ExternalIP`, `Hostname`, `InternalDNS`, `ExternalDNS`.
    #[serde(rename = "type")]
    pub type_: Str,
    /// Address or name.
    pub address: Str,
}

/// A condition of a Node, a Pod or another object.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    /// `Ready` and others.
    #[serde(rename = "type")]
    pub type_: Str,
    /// `True`, `False`, `Unknown`.
    pub status: Str,
    /// One word.
    pub reason: Str,
}

/// `Pod`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Pod {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: PodSpec,
    /// State.
    pub status: PodStatus,
}

/// `PodTemplateSpec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodTemplateSpec {
    /// Labels and annotations of the Pods.
    pub metadata: ObjectMeta,
    /// Their spec.
    pub spec: PodSpec,
}

/// `PodSpec`, as far as addresses, names and placement depend on it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct PodSpec {
    pub containers: Vec<Container>,
    pub init_containers: Vec<Container>,
    pub node_name: Option<Str>,
    pub node_selector: StringMap,
    pub affinity: Option<Affinity>,
    pub tolerations: Vec<Toleration>,
    pub topology_spread_constraints: Vec<TopologySpreadConstraint>,
    pub host_network: bool,
    pub hostname: Option<Str>,
    pub subdomain: Option<Str>,
    #[serde(rename = "setHostnameAsFQDN")]
    pub set_hostname_as_fqdn: Option<bool>,
    pub dns_policy: Option<Str>,
    pub dns_config: Option<PodDnsConfig>,
    pub host_aliases: Vec<HostAlias>,
    pub enable_service_links: Option<bool>,
    pub readiness_gates: Vec<PodReadinessGate>,
    pub restart_policy: Option<Str>,
}

/// `PodReadinessGate`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodReadinessGate {
    /// A condition that has to be true as well.
    pub condition_type: Str,
}

/// `HostAlias`: lines of the Pod's `/etc/hosts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct HostAlias {
    /// Address.
    pub ip: Str,
    /// Names.
    pub hostnames: Vec<Str>,
}

/// `PodDNSConfig`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodDnsConfig {
    /// Added after the policy's.
    pub nameservers: Vec<Str>,
    /// Added after the policy's.
    pub searches: Vec<Str>,
    /// Override the policy's by name.
    pub options: Vec<PodDnsConfigOption>,
}

/// `PodDNSConfigOption`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodDnsConfigOption {
    /// `ndots` and others.
    pub name: Str,
    /// Without: a flag.
    pub value: Option<Str>,
}

/// `Container`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Container {
    /// Name.
    pub name: Str,
    /// Image.
    pub image: Str,
    /// Ports that it says it listens on: information only, but named ports are looked up here.
    pub ports: Vec<ContainerPort>,
    /// What makes it ready.
    pub readiness_probe: Option<Probe>,
    /// `Always` on an init container makes it a sidecar.
    pub restart_policy: Option<Str>,
    /// Environment.
    pub env: Vec<EnvVar>,
}

/// `EnvVar` with a literal value.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EnvVar {
    /// Name.
    pub name: Str,
    /// Value; none when it comes from elsewhere.
    pub value: Option<Str>,
}

/// `ContainerPort`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct ContainerPort {
    pub name: Option<Str>,
    pub container_port: Option<i64>,
    pub protocol: Option<Str>,
    pub host_port: Option<i64>,
    #[serde(rename = "hostIP")]
    pub host_ip: Option<Str>,
}

/// `Probe`, as far as it names a port.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Probe {
    /// HTTP.
    pub http_get: Option<PortAction>,
    /// TCP.
    pub tcp_socket: Option<PortAction>,
    /// gRPC.
    pub grpc: Option<PortAction>,
}

/// `HTTPGetAction`, `TCPSocketAction`, `GRPCAction`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PortAction {
    /// Path of HTTP.
    pub path: Option<Str>,
    /// Port.
    pub port: Option<IntOrString>,
}

/// `PodStatus`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodStatus {
    /// `Pending`, `Running`, `Succeeded`, `Failed`, `Unknown`.
    pub phase: Option<Str>,
    /// `Evicted` and others.
    pub reason: Option<Str>,
    /// Conditions; absent in a manifest, present in a live dump.
    pub conditions: Vec<Condition>,
    /// Address.
    #[serde(rename = "podIP")]
    pub pod_ip: Option<Str>,
    /// Addresses, one a family.
    #[serde(rename = "podIPs")]
    pub pod_ips: Vec<PodIp>,
    /// The node's address.
    #[serde(rename = "hostIP")]
    pub host_ip: Option<Str>,
}

/// `PodIP`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodIp {
    /// Address.
    pub ip: Str,
}

/// `Toleration`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    /// Empty with `Exists`: every taint.
    pub key: Str,
    /// `Equal` (default) or `Exists`.
    pub operator: Option<Str>,
    /// Value for `Equal`.
    pub value: Str,
    /// Empty: every effect.
    pub effect: Str,
}

/// `TopologySpreadConstraint`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TopologySpreadConstraint {
    /// At most this difference between domains.
    pub max_skew: i64,
    /// Label that makes the domains.
    pub topology_key: Str,
    /// `DoNotSchedule` (default) or `ScheduleAnyway`.
    pub when_unsatisfiable: Option<Str>,
    /// Which Pods are counted.
    pub label_selector: Option<LabelSelector>,
    /// Labels whose values in the incoming Pod narrow the selector.
    pub match_label_keys: Vec<Str>,
    /// With fewer domains than this the smallest count is taken as 0.
    pub min_domains: Option<i64>,
}

/// `Affinity`, the required parts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Affinity {
    /// To nodes.
    pub node_affinity: Option<NodeAffinity>,
    /// To Pods.
    pub pod_affinity: Option<PodAffinity>,
    /// Away from Pods.
    pub pod_anti_affinity: Option<PodAffinity>,
}

/// `NodeAffinity`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeAffinity {
    /// Must hold.
    pub required_during_scheduling_ignored_during_execution: Option<NodeSelector>,
}

/// `NodeSelector`: one of the terms must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelector {
    /// Alternatives.
    pub node_selector_terms: Vec<NodeSelectorTerm>,
}

/// `NodeSelectorTerm`: all of it must hold.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorTerm {
    /// By labels.
    pub match_expressions: Vec<LabelSelectorRequirement>,
    /// By `metadata.name`.
    pub match_fields: Vec<LabelSelectorRequirement>,
}

/// `PodAffinity` and `PodAntiAffinity`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinity {
    /// Must hold.
    pub required_during_scheduling_ignored_during_execution: Vec<PodAffinityTerm>,
}

/// `PodAffinityTerm`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinityTerm {
    /// Which Pods.
    pub label_selector: Option<LabelSelector>,
    /// Label that makes the domains.
    pub topology_key: Str,
    /// In which namespaces; with this and `namespace_selector` unset: the Pod's own.
    pub namespaces: Vec<Str>,
    /// In which namespaces too; empty: all.
    pub namespace_selector: Option<LabelSelector>,
    /// Labels whose values in the incoming Pod narrow the selector.
    pub match_label_keys: Vec<Str>,
}

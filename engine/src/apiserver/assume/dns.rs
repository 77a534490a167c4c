//! The cluster's DNS: the Service that Pods ask, and CoreDNS behind it.

use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::Arc;

use serde_json::json;

use super::assumed;
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::api::{LabelSelector, StringMap, core};
use crate::apiserver::draft::Draft;
use crate::cluster::{
    Cluster, Container, ContainerPort, DnsPolicy, Meta, PodSpec, PodTemplate, Service, ServicePort,
    Workload,
};
use crate::packet::Protocol;
use crate::selector::contains;

/// Where the cluster's DNS lives.
const SYSTEM_NAMESPACE: &str = "kube-system";

/// Whether a Service of this name and these labels is the cluster's DNS.
pub(in crate::apiserver) fn is_dns(namespace: &str, name: &str, labels: &StringMap) -> bool {
    let app = labels.get("k8s-app");
    namespace == SYSTEM_NAMESPACE
        && (name == "kube-dns" || app.is_some_and(|app| app == "kube-dns"))
}

/// The address of the cluster's DNS Service, if it was written without one: kubelet points Pods there.
pub(in crate::apiserver) fn dns_address(draft: &mut Draft<core::Service>, addresses: &[IpAddr]) {
    let meta = &draft.value.metadata;
    let is_dns = is_dns(&meta.namespace, &meta.name, &meta.labels);
    let spec = &mut draft.value.spec;
    let is_open = spec.type_.as_deref() != Some("ExternalName") && spec.cluster_ips.is_empty();
    let Some(address) = addresses.first().filter(|_| is_dns && is_open) else {
        return;
    };
    let text = address.to_string();
    spec.cluster_ip = Some(text.as_str().into());
    spec.cluster_ips = vec![text.as_str().into()];
    let additions = [
        assumed("spec.clusterIP", json!(text)),
        assumed("spec.clusterIPs", json!([text])),
    ];
    draft.additions.extend(additions);
}

/// The cluster's DNS as kubeadm installs it: the Service that kubelet points Pods at, and CoreDNS behind it, as far as
/// nobody wrote them.
///
/// Both have no origin and are assumed as a whole. Lists of what a person has leave such objects out.
pub(in crate::apiserver) fn dns(cluster: &mut Cluster) {
    let addresses = cluster.environment.kubelet.cluster_dns.clone();
    let written = cluster.services.values().find(|service| {
        let meta = &service.meta;
        is_dns(&meta.namespace, &meta.name, &meta.labels)
    });
    // Somebody else's Service has the address: Pods ask it, and what is behind it, its author says.
    let mut given = cluster.services.values().flat_map(Service::cluster_ips);
    if written.is_none() && given.any(|address| addresses.contains(address)) {
        return;
    }
    let (namespace, selector, name) = match written {
        Some(service) => (
            service.meta.namespace.clone(),
            service.selector.clone(),
            service.meta.name.clone(),
        ),
        None => {
            let service = dns_service(addresses);
            let meta = &service.meta;
            let found = (
                meta.namespace.clone(),
                service.selector.clone(),
                meta.name.clone(),
            );
            cluster.services.push(service);
            found
        }
    };
    let fits = |labels: &StringMap| contains(labels, &selector);
    let has_backends = selector.is_empty()
        || cluster
            .pods
            .values()
            .any(|pod| pod.meta.namespace == namespace && fits(&pod.meta.labels))
        || cluster.workloads.values().any(|workload| {
            workload.meta.namespace == namespace && fits(&workload.template.labels)
        })
        || cluster.slices.values().any(|slice| {
            slice.meta.namespace == namespace && slice.service.as_ref() == Some(&name)
        });
    if !has_backends {
        cluster.workloads.push(coredns(namespace, selector));
    }
}

const DNS_PORTS: [(&str, Protocol, u16); 3] = [
    ("dns", Protocol::Udp, 53),
    ("dns-tcp", Protocol::Tcp, 53),
    ("metrics", Protocol::Tcp, 9153),
];

fn dns_service(addresses: Vec<IpAddr>) -> Service {
    let app = StringMap::from([("k8s-app".into(), "kube-dns".into())]);
    let ports = DNS_PORTS
        .iter()
        .enumerate()
        .filter_map(|(index, (name, protocol, number))| {
            let port = NonZeroU16::new(*number)?;
            Some(ServicePort::new(index, *name, *protocol, port))
        })
        .collect();
    let meta = system_meta(SYSTEM_NAMESPACE.into(), "kube-dns", "Service", app.clone());
    Service {
        selector: app,
        ..Service::cluster_ip(meta, addresses, ports)
    }
}

fn coredns(namespace: Str, labels: StringMap) -> Workload {
    let container = Container {
        readiness_probe: Some(core::Probe::default()),
        name: "coredns".into(),
        ports: DNS_PORTS
            .iter()
            .map(|(name, protocol, number)| ContainerPort {
                name: Some((*name).into()),
                port: *number,
                protocol: *protocol,
                host_port: None,
            })
            .collect(),
    };
    Workload {
        meta: system_meta(namespace, "coredns", "Deployment", labels.clone()),
        kind: WorkloadKind::Deployment,
        owner: None,
        selector: LabelSelector {
            match_labels: labels.clone(),
            ..LabelSelector::default()
        },
        replicas: 2,
        template: PodTemplate {
            labels,
            spec: Arc::new(PodSpec {
                containers: vec![container],
                dns_policy: DnsPolicy::Default,
                ..PodSpec::default()
            }),
            ..PodTemplate::default()
        },
        service_name: None,
        first_ordinal: 0,
        indexed: false,
        suspended: false,
    }
}

fn system_meta(namespace: Str, name: &str, kind: &str, labels: StringMap) -> Meta {
    let whole = json!({"kind": kind, "metadata": {"namespace": namespace, "name": name}});
    Meta {
        namespace,
        name: name.into(),
        labels,
        additions: vec![assumed("", whole)],
        ..Meta::default()
    }
}

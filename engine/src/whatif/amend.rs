//! Changes of Services, made to the object as written: everything that the API server does with it follows.

use super::{Change, ServiceKind};
use crate::Str;
use crate::api::{Objects, core};
use crate::cluster::TrafficPolicy;

/// Makes the changes that are a matter of what is written, and gives the numbers of those that met no Service.
pub fn amend(objects: &mut Objects, changes: &[Change]) -> Vec<usize> {
    let mut unmet = Vec::new();
    for (nth, change) in changes.iter().enumerate() {
        let (namespace, name) = match change {
            Change::ServiceType {
                namespace, name, ..
            }
            | Change::ExternalTrafficPolicy {
                namespace, name, ..
            } => (namespace, name),
            _ => continue,
        };
        let mut met = false;
        for written in &mut objects.services {
            let service = &mut written.value;
            let meta = &service.metadata;
            let its_namespace = match meta.namespace.as_str() {
                "" => "default",
                namespace => namespace,
            };
            if its_namespace == namespace && meta.name == *name {
                met = true;
                change_service(service, change);
            }
        }
        if !met {
            unmet.push(nth);
        }
    }
    unmet
}

fn change_service(service: &mut core::Service, change: &Change) {
    let spec = &mut service.spec;
    match change {
        Change::ServiceType { becomes, .. } => {
            set_type(spec, *becomes);
            // What a controller wrote for another type says nothing about this one.
            if *becomes != ServiceKind::LoadBalancer {
                service.status = Default::default();
            }
        }
        Change::ExternalTrafficPolicy { policy, .. } => {
            spec.external_traffic_policy = Some(match policy {
                TrafficPolicy::Cluster => "Cluster".into(),
                TrafficPolicy::Local => "Local".into(),
            });
            if *policy == TrafficPolicy::Cluster {
                spec.health_check_node_port = None;
            }
        }
        _ => {}
    }
}

/// Fields that the type does not know are taken away, as a person has to: the API server would refuse them.
///
/// Source: `pkg/apis/core/validation/validation.go`, `ValidateService`; `pkg/registry/core/service/strategy.go`,
/// `dropTypeDependentFields`.
fn set_type(spec: &mut core::ServiceSpec, becomes: ServiceKind) {
    let was_headless = spec.cluster_ip.as_deref() == Some("None");
    let was_external_name = spec.type_.as_deref() == Some("ExternalName");
    spec.type_ = Some(match becomes {
        ServiceKind::Headless => "ClusterIP".into(),
        other => Str::from(other.to_string()),
    });
    let takes_outside = matches!(becomes, ServiceKind::NodePort | ServiceKind::LoadBalancer);
    let headless = becomes == ServiceKind::Headless;
    let external_name = becomes == ServiceKind::ExternalName;
    if headless || external_name || was_headless {
        spec.cluster_ip = headless.then(|| "None".into());
        spec.cluster_ips.clear();
    }
    if headless || external_name {
        spec.external_ips.clear();
        spec.session_affinity = spec.session_affinity.take().filter(|_| !external_name);
    }
    if external_name {
        spec.ip_families.clear();
        spec.ip_family_policy = None;
        spec.internal_traffic_policy = None;
        spec.session_affinity_config = None;
        // A name has to stand there; RFC 2606 keeps this one for examples.
        spec.external_name.get_or_insert("example.com".into());
    } else if was_external_name {
        spec.external_name = None;
    }
    if !takes_outside {
        spec.external_traffic_policy = None;
        spec.ports.iter_mut().for_each(|port| port.node_port = None);
    }
    if becomes != ServiceKind::LoadBalancer {
        spec.health_check_node_port = None;
        spec.allocate_load_balancer_node_ports = None;
        spec.load_balancer_class = None;
        spec.load_balancer_ip = None;
        spec.load_balancer_source_ranges.clear();
    }
}

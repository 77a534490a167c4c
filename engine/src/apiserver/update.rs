//! A Service that replaces another: what is taken over, what is let go, what is given anew.
//!
//! Sources: `pkg/registry/core/service/storage/storage.go` (`patchAllocatedValues`, `normalizeClusterIPs`), `alloc.go`
//! (`allocateUpdate`), `pkg/registry/core/service/strategy.go` (`dropTypeDependentFields`).

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::allocate::{Allocators, Owner, allocates_node_ports, set_node_port};
use super::defaults::{externally_accessible, needs_health_check, type_of};
use super::draft::Draft;
use super::families;
use super::field_error::Refusal;
use crate::api::core::{Service, ServiceStatus};
use crate::cluster::Why;
use crate::order::Gather;
use crate::origin::FieldPath;

/// Everything between decoding and validation of a replacement.
pub(super) fn prepare(
    draft: &mut Draft<Service>,
    old: &Service,
    allocators: &mut Allocators,
    owner: Owner,
) -> Result<(), Refusal> {
    take_over(draft, old);
    normalize_cluster_ips(draft, old);
    families::settle(draft, Some(old), allocators.families)?;
    cluster_ips(draft, old, allocators, owner)?;
    if needs_node_ports(&draft.value) {
        node_ports(draft, old, allocators, owner)?;
    }
    if !needs_health_check(old) && needs_health_check(&draft.value) {
        allocators.health_check_node_port(draft, owner)?;
    }
    keep_status(draft, old);
    drop_what_does_not_fit(draft, old);
    Ok(())
}

/// Values that were allocated for the client, who need not send them again.
fn take_over(draft: &mut Draft<Service>, old: &Service) {
    if needs_cluster_ip(old) && needs_cluster_ip(&draft.value) {
        if is_empty(&draft.value.spec.cluster_ip) && !is_empty(&old.spec.cluster_ip) {
            draft.value.spec.cluster_ip.clone_from(&old.spec.cluster_ip);
            let ip = json!(old.spec.cluster_ip);
            draft.note(FieldPath::from("spec.clusterIP"), ip, Why::Allocated);
        }
        if draft.value.spec.cluster_ips.is_empty() && !old.spec.cluster_ips.is_empty() {
            set_cluster_ips(draft, old.spec.cluster_ips.clone(), Why::Allocated);
        }
    }
    if needs_node_ports(old) && needs_node_ports(&draft.value) {
        let kept: BTreeSet<i64> = node_ports_of(old)
            .intersection(&node_ports_of(&draft.value))
            .copied()
            .gather();
        let by_name: FxHashMap<&str, i64> = old
            .spec
            .ports
            .iter()
            .map(|port| {
                let name = port.name.as_deref().unwrap_or_default();
                (name, port.node_port.unwrap_or(0))
            })
            .collect();
        for index in 0..draft.value.spec.ports.len() {
            let port = &draft.value.spec.ports[index];
            if port.node_port.unwrap_or(0) != 0 {
                continue;
            }
            let name = port.name.as_deref().unwrap_or_default();
            let before = by_name.get(name).copied().unwrap_or(0);
            if before != 0 && !kept.contains(&before) {
                set_node_port(draft, index, before);
            }
        }
    }
    if needs_health_check(old)
        && needs_health_check(&draft.value)
        && draft.value.spec.health_check_node_port.unwrap_or(0) == 0
        && let Some(port) = old.spec.health_check_node_port
    {
        draft.value.spec.health_check_node_port = Some(port);
        draft.note(
            FieldPath::from("spec.healthCheckNodePort"),
            port,
            Why::Allocated,
        );
    }
}

/// `clusterIP` and `clusterIPs` say the same; a client that knows only one of them changes both.
fn normalize_cluster_ips(draft: &mut Draft<Service>, old: &Service) {
    let new = &draft.value.spec;
    let singular = (
        old.spec.cluster_ip.as_deref().unwrap_or_default(),
        new.cluster_ip.as_deref().unwrap_or_default(),
    );
    if singular.0 == singular.1 {
        if new.cluster_ips.is_empty() && !old.spec.cluster_ips.is_empty() {
            set_cluster_ips(draft, old.spec.cluster_ips.clone(), Why::Allocated);
        }
        return;
    }
    if new.cluster_ips == old.spec.cluster_ips {
        let ips = if singular.1.is_empty() {
            Vec::new()
        } else {
            vec![singular.1.into()]
        };
        set_cluster_ips(draft, ips, Why::Defaulted);
    }
}

/// Addresses are drawn when the type leaves ExternalName and when a second family is added.
fn cluster_ips(
    draft: &mut Draft<Service>,
    old: &Service,
    allocators: &mut Allocators,
    owner: Owner,
) -> Result<(), Refusal> {
    let spec = &draft.value.spec;
    let from_nothing = type_of(old) == "ExternalName";
    let upgraded = old.spec.ip_families.len() == 1 && spec.ip_families.len() == 2;
    let was_headless = old.spec.cluster_ips.first().is_some_and(|ip| ip == "None");
    if type_of(&draft.value) == "ExternalName" || !from_nothing && (was_headless || !upgraded) {
        return Ok(());
    }
    if from_nothing {
        return allocators.cluster_ips(draft, owner, &mut Err);
    }
    allocators.second_cluster_ip(draft, owner)
}

/// Node ports that the old Service has stay its own; others are taken or drawn.
fn node_ports(
    draft: &mut Draft<Service>,
    old: &Service,
    allocators: &mut Allocators,
    owner: Owner,
) -> Result<(), Refusal> {
    let had = node_ports_of(old);
    let mut taken = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for index in 0..draft.value.spec.ports.len() {
        let port = &draft.value.spec.ports[index];
        let protocol = port.protocol.clone();
        let mut node_port = port.node_port.unwrap_or(0);
        if node_port == 0 {
            if !allocates_node_ports(&draft.value) {
                continue;
            }
            node_port = allocators.draw_node_port(draft, index, owner)?;
            set_node_port(draft, index, node_port);
        } else if !had.contains(&node_port) && taken.insert(node_port) {
            allocators.take_node_port(node_port, index, owner)?;
        }
        if !seen.insert((protocol.clone(), node_port)) {
            return Err(Refusal::Internal {
                message: format!(
                    "duplicate nodePort: {{{} {node_port}}}",
                    protocol.as_deref().unwrap_or_default()
                ),
                at: FieldPath::from("spec.ports").index(index).key("nodePort"),
            });
        }
    }
    Ok(())
}

/// Clients do not write the status through the object.
fn keep_status(draft: &mut Draft<Service>, old: &Service) {
    draft.value.status = old.status.clone();
}

/// Values that the old type needed and the new one does not, sent back unchanged.
fn drop_what_does_not_fit(draft: &mut Draft<Service>, old: &Service) {
    let wipe = |draft: &mut Draft<Service>, path: &str| {
        draft.note(FieldPath::from(path), Value::Null, Why::Wiped);
    };
    if needs_cluster_ip(old) && !needs_cluster_ip(&draft.value) {
        let spec = &draft.value.spec;
        if same_text(&spec.cluster_ip, &old.spec.cluster_ip)
            && spec.cluster_ips == old.spec.cluster_ips
        {
            draft.value.spec.cluster_ip = None;
            draft.value.spec.cluster_ips.clear();
            wipe(draft, "spec.clusterIP");
            wipe(draft, "spec.clusterIPs");
        }
        if draft.value.spec.ip_families == old.spec.ip_families {
            draft.value.spec.ip_families.clear();
            wipe(draft, "spec.ipFamilies");
        }
        if draft.value.spec.ip_family_policy == old.spec.ip_family_policy {
            draft.value.spec.ip_family_policy = None;
            wipe(draft, "spec.ipFamilyPolicy");
        }
    }
    if needs_node_ports(old)
        && !needs_node_ports(&draft.value)
        && node_ports_of(&draft.value).is_subset(&node_ports_of(old))
    {
        for index in 0..draft.value.spec.ports.len() {
            if draft.value.spec.ports[index].node_port.take().is_some() {
                let at = FieldPath::from("spec.ports").index(index).key("nodePort");
                draft.note(at, Value::Null, Why::Wiped);
            }
        }
    }
    let spec = &mut draft.value.spec;
    let was_balanced = type_of(old) == "LoadBalancer";
    let is_balanced = spec.type_.as_deref() == Some("LoadBalancer");
    let same_health = spec.health_check_node_port == old.spec.health_check_node_port;
    if needs_health_check(old) && !needs_health_check(&draft.value) && same_health {
        draft.value.spec.health_check_node_port = None;
        wipe(draft, "spec.healthCheckNodePort");
    }
    if was_balanced && !is_balanced {
        let spec = &mut draft.value.spec;
        let allocates = spec.allocate_load_balancer_node_ports;
        if allocates.is_some() && allocates == old.spec.allocate_load_balancer_node_ports {
            spec.allocate_load_balancer_node_ports = None;
            wipe(draft, "spec.allocateLoadBalancerNodePorts");
        }
        let spec = &mut draft.value.spec;
        if spec.load_balancer_class == old.spec.load_balancer_class {
            spec.load_balancer_class = None;
            wipe(draft, "spec.loadBalancerClass");
        }
    }
    if externally_accessible(old)
        && !externally_accessible(&draft.value)
        && draft.value.spec.external_traffic_policy == old.spec.external_traffic_policy
    {
        draft.value.spec.external_traffic_policy = None;
        wipe(draft, "spec.externalTrafficPolicy");
    }
    if !is_balanced {
        draft.value.status = ServiceStatus::default();
    }
}

fn set_cluster_ips(draft: &mut Draft<Service>, ips: Vec<crate::Str>, why: Why) {
    draft.note(FieldPath::from("spec.clusterIPs"), json!(ips), why);
    draft.value.spec.cluster_ips = ips;
}

fn node_ports_of(service: &Service) -> BTreeSet<i64> {
    let ports = service.spec.ports.iter();
    ports
        .filter_map(|port| port.node_port)
        .filter(|port| *port != 0)
        .gather()
}

fn needs_cluster_ip(service: &Service) -> bool {
    type_of(service) != "ExternalName"
}

fn needs_node_ports(service: &Service) -> bool {
    matches!(type_of(service), "NodePort" | "LoadBalancer")
}

fn is_empty(text: &Option<crate::Str>) -> bool {
    text.as_ref().is_none_or(|text| text.is_empty())
}

fn same_text(a: &Option<crate::Str>, b: &Option<crate::Str>) -> bool {
    a.as_deref().unwrap_or_default() == b.as_deref().unwrap_or_default()
}

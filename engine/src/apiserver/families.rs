//! `ipFamilyPolicy` and `ipFamilies`: which address families a Service has.
//!
//! Source: `pkg/registry/core/service/storage/alloc.go`, `initIPFamilyFields`; `storage.go`, `defaultOnReadIPFamilies`.

use serde_json::json;

use super::defaults::type_of;
use super::draft::Draft;
use super::field_error::{FieldError, Refusal};
use super::validate::cluster_ip_fields;
use crate::Str;
use crate::api::core::Service;
use crate::cluster::{NetworkSettings, Why};
use crate::origin::FieldPath;
use crate::packet::{Family, parse_ip_sloppy};

/// The families that the cluster has service ranges for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ClusterFamilies {
    /// Of the first range.
    pub(super) primary: Family,
    /// Whether there is a range of the other family.
    pub(super) dual: bool,
}

impl ClusterFamilies {
    pub(super) fn of(network: &NetworkSettings) -> Self {
        let mut families = network
            .service_cidrs
            .iter()
            .map(|cidr| Family::of(cidr.addr()));
        let primary = families.next().unwrap_or(Family::V4);
        Self {
            primary,
            dual: families.any(|family| family != primary),
        }
    }

    pub(super) fn has(self, family: Family) -> bool {
        self.dual || self.primary == family
    }
}

/// Settles policy and families of a new Service, or of one that replaces `old`.
pub(super) fn settle(
    draft: &mut Draft<Service>,
    old: Option<&Service>,
    cluster: ClusterFamilies,
) -> Result<(), Refusal> {
    if type_of(&draft.value) == "ExternalName" || old.is_some_and(|old| keeps(old, &draft.value)) {
        return Ok(());
    }
    settle_policy(draft, old);
    let errors = cluster_ip_fields(&draft.value);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let mut errors = Vec::new();
    if let Some(old) = old {
        downgrade(draft, old, &mut errors);
    }
    agree(draft, &mut errors);
    infer_from_addresses(draft, cluster, &mut errors);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if is_headless_without_selector(&draft.value) {
        // May name families that the cluster does not have: whoever fills its slices has the addresses.
        if draft.value.spec.ip_families.is_empty() {
            set_families(draft, vec![cluster.primary.to_string().into()]);
        }
        if policy(&draft.value) != "SingleStack" {
            add_other_family(draft);
        }
        return Ok(());
    }
    fit_cluster(&draft.value, cluster)?;
    if draft.value.spec.ip_families.is_empty() {
        set_families(draft, vec![cluster.primary.to_string().into()]);
    }
    if policy(&draft.value) != "SingleStack" && cluster.dual {
        add_other_family(draft);
    }
    Ok(())
}

/// Policy and families of a stored Service that carries none, as the API server fills them when it reads one.
pub(super) fn on_read(draft: &mut Draft<Service>, cluster: ClusterFamilies) {
    let spec = &draft.value.spec;
    if type_of(&draft.value) == "ExternalName" || !spec.ip_families.is_empty() {
        return;
    }
    let primary: Str = cluster.primary.to_string().into();
    let (policy, families) = if is_headless_without_selector(&draft.value) {
        let other: Str = other(cluster.primary).to_string().into();
        ("RequireDualStack", vec![primary, other])
    } else {
        let given: Vec<Str> = spec
            .cluster_ips
            .iter()
            .filter_map(|text| parse_ip_sloppy(text))
            .map(|address| Family::of(address).to_string().into())
            .collect();
        match given.len() {
            0 => ("SingleStack", vec![primary]),
            1 => ("SingleStack", given),
            _ => ("RequireDualStack", given),
        }
    };
    if draft.value.spec.ip_family_policy.is_none() {
        set_policy(draft, policy);
    }
    set_families(draft, families);
}

/// Families for a Service whose own make no sense here: those that it has addresses of, and that the cluster has.
/// What is no address is taken away, so that one can be drawn.
pub(super) fn make_do(draft: &mut Draft<Service>, cluster: ClusterFamilies) {
    if type_of(&draft.value) == "ExternalName" {
        return;
    }
    let ips = &draft.value.spec.cluster_ips;
    let is_address = |text: &Str| text == "None" || parse_ip_sloppy(text).is_some();
    if !ips.iter().all(is_address) {
        let kept: Vec<Str> = ips
            .iter()
            .filter(|text| is_address(text))
            .cloned()
            .collect();
        draft.note(FieldPath::from("spec.clusterIPs"), json!(kept), Why::Wiped);
        draft.value.spec.cluster_ips = kept;
    }
    let spec = &draft.value.spec;
    let mut families: Vec<Family> = Vec::new();
    let given = spec
        .cluster_ips
        .iter()
        .filter_map(|text| parse_ip_sloppy(text));
    let asked = spec.ip_families.iter().filter_map(|name| family(name));
    for family in given
        .map(Family::of)
        .chain(asked.filter(|family| cluster.has(*family)))
    {
        if !families.contains(&family) {
            families.push(family);
        }
    }
    if families.is_empty() {
        families.push(cluster.primary);
    }
    let families: Vec<Str> = families
        .into_iter()
        .map(|family| family.to_string().into())
        .collect();
    if families != draft.value.spec.ip_families {
        set_families(draft, families);
    }
}

/// A PreferDualStack Service that is sent back with the same fields is neither upgraded nor downgraded.
fn keeps(old: &Service, new: &Service) -> bool {
    type_of(old) == type_of(new)
        && matches!(type_of(new), "ClusterIP" | "NodePort" | "LoadBalancer")
        && new.spec.ip_family_policy.as_deref() == Some("PreferDualStack")
        && old
            .spec
            .ip_family_policy
            .as_deref()
            .is_none_or(|policy| policy == "PreferDualStack")
        && old.spec.cluster_ips == new.spec.cluster_ips
        && old.spec.ip_families == new.spec.ip_families
}

fn settle_policy(draft: &mut Draft<Service>, old: Option<&Service>) {
    if draft.value.spec.ip_family_policy.is_some() {
        return;
    }
    let inherited = old.and_then(|old| old.spec.ip_family_policy.clone());
    let policy = match inherited {
        Some(policy) => policy,
        None if is_headless_without_selector(&draft.value) => "RequireDualStack".into(),
        None => "SingleStack".into(),
    };
    set_policy(draft, &policy);
}

/// An update to SingleStack lets go of the second address and family; anything else may not lose one.
fn downgrade(draft: &mut Draft<Service>, old: &Service, errors: &mut Vec<FieldError>) {
    let policy_at = FieldPath::from("spec.ipFamilyPolicy");
    let spec = &draft.value.spec;
    let policy = policy(&draft.value);
    if policy == "SingleStack" {
        if spec.cluster_ips == old.spec.cluster_ips && spec.cluster_ips.len() > 1 {
            draft.value.spec.cluster_ips.truncate(1);
            let kept = json!(draft.value.spec.cluster_ips);
            draft.note(FieldPath::from("spec.clusterIPs"), kept, Why::Wiped);
        }
        let spec = &draft.value.spec;
        if spec.ip_families == old.spec.ip_families && spec.ip_families.len() > 1 {
            draft.value.spec.ip_families.truncate(1);
            let kept = json!(draft.value.spec.ip_families);
            draft.note(FieldPath::from("spec.ipFamilies"), kept, Why::Wiped);
        }
        return;
    }
    for (kept, had, what) in [
        (
            spec.cluster_ips.len(),
            old.spec.cluster_ips.len(),
            "cluster IP",
        ),
        (
            spec.ip_families.len(),
            old.spec.ip_families.len(),
            "IP family",
        ),
    ] {
        if kept != 0 && kept < had {
            errors.push(FieldError::invalid(
                &policy_at,
                policy,
                &format!("must be 'SingleStack' to release the secondary {what}"),
            ));
        }
    }
}

fn agree(draft: &Draft<Service>, errors: &mut Vec<FieldError>) {
    let policy = policy(&draft.value);
    if policy != "SingleStack" {
        return;
    }
    let spec = &draft.value.spec;
    for (count, what) in [
        (spec.cluster_ips.len(), "cluster IPs"),
        (spec.ip_families.len(), "IP families"),
    ] {
        if count == 2 {
            errors.push(FieldError::invalid(
                &FieldPath::from("spec.ipFamilyPolicy"),
                policy,
                &format!(
                    "must be 'RequireDualStack' or 'PreferDualStack' when multiple {what} are specified"
                ),
            ));
        }
    }
}

fn infer_from_addresses(
    draft: &mut Draft<Service>,
    cluster: ClusterFamilies,
    errors: &mut Vec<FieldError>,
) {
    let addresses = draft.value.spec.cluster_ips.clone();
    let mut families = draft.value.spec.ip_families.clone();
    let written = families.len();
    for (index, text) in addresses.iter().enumerate() {
        let Some(address) = parse_ip_sloppy(text) else {
            break;
        };
        if index < families.len() {
            continue;
        }
        let family = Family::of(address);
        if cluster.has(family) {
            families.push(family.to_string().into());
        } else {
            errors.push(FieldError::invalid(
                &FieldPath::from("spec.clusterIPs").index(index),
                json!(addresses),
                &format!("{family} is not configured on this cluster"),
            ));
        }
    }
    if families.len() > written {
        set_families(draft, families);
    }
}

/// What a cluster of one family says to a Service that wants both.
pub(super) fn not_dual_stack() -> FieldError {
    FieldError::invalid(
        &FieldPath::from("spec.ipFamilyPolicy"),
        "RequireDualStack",
        "this cluster is not configured for dual-stack services",
    )
}

/// What a cluster says to a Service of a family that it does not have.
pub(super) fn not_configured(index: usize, family: &str) -> FieldError {
    FieldError::invalid(
        &FieldPath::from("spec.ipFamilies").index(index),
        family,
        "not configured on this cluster",
    )
}

fn fit_cluster(service: &Service, cluster: ClusterFamilies) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    if policy(service) == "RequireDualStack" && !cluster.dual {
        errors.push(not_dual_stack());
    }
    for (index, name) in service.spec.ip_families.iter().enumerate() {
        if family(name).is_none_or(|family| !cluster.has(family)) {
            errors.push(not_configured(index, name));
        }
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(Refusal::Invalid(errors))
    }
}

fn add_other_family(draft: &mut Draft<Service>) {
    let [only] = draft.value.spec.ip_families.as_slice() else {
        return;
    };
    let Some(first) = family(only) else { return };
    let families = vec![only.clone(), other(first).to_string().into()];
    set_families(draft, families);
}

fn set_policy(draft: &mut Draft<Service>, policy: &str) {
    draft.value.spec.ip_family_policy = Some(policy.into());
    draft.note(
        FieldPath::from("spec.ipFamilyPolicy"),
        policy,
        Why::Defaulted,
    );
}

fn set_families(draft: &mut Draft<Service>, families: Vec<Str>) {
    draft.note(
        FieldPath::from("spec.ipFamilies"),
        json!(families),
        Why::Defaulted,
    );
    draft.value.spec.ip_families = families;
}

/// `spec.ipFamilyPolicy`; empty while it is unset.
pub(super) fn policy(service: &Service) -> &str {
    service.spec.ip_family_policy.as_deref().unwrap_or_default()
}

pub(super) fn family(name: &str) -> Option<Family> {
    match name {
        "IPv4" => Some(Family::V4),
        "IPv6" => Some(Family::V6),
        _ => None,
    }
}

fn other(family: Family) -> Family {
    match family {
        Family::V4 => Family::V6,
        Family::V6 => Family::V4,
    }
}

fn is_headless_without_selector(service: &Service) -> bool {
    service.spec.cluster_ip.as_deref() == Some("None") && service.spec.selector.is_empty()
}

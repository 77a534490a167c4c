//! Drafts → the cluster's own types: what makes sense of a field is taken, the rest is left out.
//!
//! Total on purpose: what is wrong is said by `validate`, and stored state is taken as it stands.

mod pod;
mod service;
mod slice;
mod workload;

pub(super) use pod::{pod, pod_template};
pub(super) use service::service;
pub(super) use slice::{endpoint_slice, endpoints};
pub(super) use workload::workload;

use std::num::NonZeroU16;

use super::addresses::parse_cidr_sloppy;
use super::draft::Draft;
use crate::Str;
use crate::api::core::Node as WrittenNode;
use crate::api::{IntOrString, ObjectMeta, core};
use crate::cluster::{Addition, Environment, Meta, Namespace, Node, NodeAddress, NodeAddressType};
use crate::origin::ObjectOrigin;
use crate::packet::{Protocol, parse_ip_sloppy};

/// Metadata of an object that was written.
pub(super) fn meta(written: ObjectMeta, origin: ObjectOrigin, additions: Vec<Addition>) -> Meta {
    Meta {
        namespace: written.namespace,
        name: written.name,
        generate_name: written.generate_name,
        labels: written.labels,
        annotations: written.annotations,
        controlled_by: written
            .owner_references
            .into_iter()
            .find(|owner| owner.controller == Some(true)),
        origin: Some(origin),
        additions,
        refused: false,
    }
}

/// A Namespace.
pub(super) fn namespace(draft: Draft<core::Namespace>, origin: ObjectOrigin) -> Namespace {
    Namespace {
        meta: meta(draft.value.metadata, origin, draft.additions),
    }
}

/// A Node.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn node(
    draft: Draft<WrittenNode>,
    origin: ObjectOrigin,
    environment: &Environment,
) -> Node {
    let WrittenNode {
        metadata,
        spec,
        status,
    } = draft.value;
    let addresses = status
        .addresses
        .iter()
        .filter_map(|written| {
            let type_ = match written.type_.as_str() {
                "InternalIP" => NodeAddressType::InternalIp,
                "ExternalIP" => NodeAddressType::ExternalIp,
                _ => return None,
            };
            let address = parse_ip_sloppy(&written.address)?;
            Some(NodeAddress { type_, address })
        })
        .collect();
    let ranges = if spec.pod_cidrs.is_empty() {
        spec.pod_cidr.into_iter().collect()
    } else {
        spec.pod_cidrs
    };
    let ready = status
        .conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")
        .is_none_or(|condition| condition.status == "True");
    Node {
        addresses,
        pod_cidrs: ranges
            .iter()
            .filter_map(|text| parse_cidr_sloppy(text))
            .collect(),
        taints: spec.taints,
        cordoned: spec.unschedulable,
        cut_off: false,
        ready,
        allocatable_millicpu: status.allocatable.cpu.as_ref().and_then(millicpu),
        local_addresses: environment
            .node_local_addresses
            .get(&metadata.name)
            .cloned(),
        meta: meta(metadata, origin, draft.additions),
    }
}

/// Thousandths of a core: `8`, `7910m`, `0.5`.
fn millicpu(quantity: &IntOrString) -> Option<u64> {
    let text = match quantity {
        IntOrString::Int(cores) => return u64::try_from(*cores).ok()?.checked_mul(1000),
        IntOrString::String(text) => text.trim(),
    };
    if let Some(milli) = text.strip_suffix('m') {
        return milli.parse().ok();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let fraction = fraction.get(..fraction.len().min(3))?;
    let milli = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u64>().ok()? * 10_u64.pow(3 - u32::try_from(fraction.len()).ok()?)
    };
    whole
        .parse::<u64>()
        .ok()?
        .checked_mul(1000)?
        .checked_add(milli)
}

fn port(number: i64) -> Option<NonZeroU16> {
    u16::try_from(number).ok().and_then(NonZeroU16::new)
}

fn protocol(name: Option<&Str>) -> Option<Protocol> {
    match name.map(Str::as_str) {
        None | Some("") => Some(Protocol::Tcp),
        Some(name) => Protocol::named(name),
    }
}

fn filled(text: Option<Str>) -> Option<Str> {
    text.filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_of_cpu_are_thousandths() {
        let of = |text: &str| millicpu(&IntOrString::String(text.into()));
        assert_eq!(of("7910m"), Some(7910));
        assert_eq!(of("2"), Some(2000));
        assert_eq!(of("0.5"), Some(500));
        assert_eq!(of("1.2345"), Some(1234));
        assert_eq!(of("many"), None);
        assert_eq!(millicpu(&IntOrString::Int(8)), Some(8000));
        assert_eq!(millicpu(&IntOrString::Int(-1)), None);
    }
}

//! Where EndpointSlices of a live dump are not what their controller would write for the dump's own Pods.
//!
//! The dump is used all the same: it is what kube-proxy on that cluster sees. How endpoints are arranged in slices and their
//! hints depend on history and are not compared.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::endpointslice::is_managed;
use crate::Str;
use crate::cluster::{AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, Service};
use crate::finding::{ControllerProblem, Findings};
use crate::order::Order;

/// The Pods that a dump holds, to tell what it can be compared by.
pub(super) struct Drift<'a> {
    pods: FxHashSet<(&'a Str, &'a Str)>,
}

impl<'a> Drift<'a> {
    /// Pods of the cluster.
    pub(super) fn of(cluster: &'a Cluster) -> Self {
        Self {
            pods: cluster
                .pods
                .values()
                .filter(|pod| pod.meta.origin.is_some())
                .map(|pod| (&pod.meta.namespace, &pod.meta.name))
                .collect(),
        }
    }

    /// Says what differs between the written slices of a Service and computed ones.
    pub(super) fn report(
        &self,
        service: &Service,
        written: &[&EndpointSlice],
        computed: &[EndpointSlice],
        findings: &mut Findings,
    ) {
        let written: Vec<&EndpointSlice> = written
            .iter()
            .copied()
            .filter(|slice| is_managed(slice))
            .collect();
        let has = facts(written.iter().copied());
        let would_have = facts(computed.iter());
        let address = |(key, _): (&Key, _)| key.address.clone();
        let missing: Vec<Str> = would_have
            .iter()
            .filter(|(key, (_, endpoint))| !has.contains_key(*key) && self.holds_target(endpoint))
            .map(address)
            .collect();
        let surplus: Vec<Str> = has
            .iter()
            .filter(|(key, (_, endpoint))| {
                !would_have.contains_key(*key) && self.holds_target(endpoint)
            })
            .map(address)
            .collect();
        let changed: Vec<Str> = has
            .iter()
            .filter(|(key, (state, _))| {
                would_have
                    .get(*key)
                    .is_some_and(|(would, _)| would != state)
            })
            .map(address)
            .collect();
        if missing.is_empty() && surplus.is_empty() && changed.is_empty() {
            return;
        }
        findings.push_related(
            written.first().and_then(|slice| slice.meta.at("endpoints")),
            service.meta.at("spec.selector").into_iter().collect(),
            ControllerProblem::SlicesDrifted {
                service: service.meta.full_name().into(),
                missing,
                surplus,
                changed,
            },
        );
    }

    /// Whether the Pod of an endpoint is in the dump: one that holds slices and not their Pods says nothing about them,
    /// and Pods that workloads were given here are in no slice of a real cluster.
    fn holds_target(&self, endpoint: &Endpoint) -> bool {
        endpoint
            .target
            .as_ref()
            .is_none_or(|target| self.pods.contains(&(&target.namespace, &target.name)))
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    address_type: AddressType,
    address: Str,
    ports: Vec<EndpointPort>,
}

#[derive(Debug, PartialEq, Eq)]
struct State {
    ready: bool,
    serving: bool,
    terminating: bool,
    node: Option<Str>,
    hostname: Option<Str>,
}

fn facts<'a>(
    slices: impl Iterator<Item = &'a EndpointSlice>,
) -> BTreeMap<Key, (State, &'a Endpoint)> {
    let mut facts = BTreeMap::new();
    for slice in slices {
        let mut ports = slice.ports.clone();
        ports.order();
        for endpoint in &slice.endpoints {
            let Some(address) = endpoint.addresses.first() else {
                continue;
            };
            let key = Key {
                address_type: slice.address_type,
                address: address.clone(),
                ports: ports.clone(),
            };
            facts.insert(key, (state(endpoint), endpoint));
        }
    }
    facts
}

// Unset conditions mean what `discovery.k8s.io/v1` says that consumers should take them for.
fn state(endpoint: &Endpoint) -> State {
    let conditions = endpoint.conditions;
    let ready = conditions.ready.unwrap_or(true);
    State {
        ready,
        serving: conditions.serving.unwrap_or(ready),
        terminating: conditions.terminating.unwrap_or(false),
        node: endpoint.node_name.clone(),
        hostname: endpoint.hostname.clone(),
    }
}

//! Which endpoints packets to a Service go to, on whichever node: what kube-proxy would take, not readiness alone.

use std::collections::{BTreeMap, BTreeSet};

use switchboard_engine::{
    Str,
    cluster::{Endpoint, EndpointPort, EndpointSlice, Service, ServicePort, TrafficPolicy},
};

use super::{Reach, ReachState, ServiceKind, describe};

/// The EndpointSlices of a Service, as they are used.
pub(super) struct Taken<'a> {
    slices: &'a [&'a EndpointSlice],
    ports: &'a [ServicePort],
    is_headless: bool,
    /// Ports of the Service with an endpoint that is ready. The others use what terminates and still serves.
    ready: BTreeSet<u16>,
    /// The same by node, if a traffic policy is Local: each node looks for itself.
    ready_on: Option<BTreeSet<(u16, &'a Str)>>,
}

/// An endpoint with what it has to do with the Service.
pub(super) struct Taker<'a> {
    /// As the slice has it.
    pub(super) endpoint: &'a Endpoint,
    /// Whether packets go to it.
    pub(super) is_used: bool,
    /// Ports of the Service, each with the endpoint's.
    pub(super) ports: Vec<(u16, u16)>,
}

impl<'a> Taken<'a> {
    pub(super) fn of(service: &'a Service, slices: &'a [&'a EndpointSlice]) -> Self {
        let ports = service.ports.as_slice();
        let (mut ready, mut ready_on) = (BTreeSet::new(), BTreeSet::new());
        for slice in slices {
            for endpoint in slice.endpoints.iter().filter(|it| is_ready(it)) {
                for (port, _) in pairs(ports, slice) {
                    ready.insert(port);
                    ready_on.extend(endpoint.node_name.as_ref().map(|node| (port, node)));
                }
            }
        }
        let is_local = service.internal_traffic_policy == TrafficPolicy::Local
            || service.external_traffic_policy == TrafficPolicy::Local
                && service.externally_accessible();
        Self {
            slices,
            ports,
            is_headless: service.is_headless(),
            ready,
            ready_on: is_local.then_some(ready_on),
        }
    }

    /// Every endpoint of every slice.
    pub(super) fn endpoints(&self) -> impl Iterator<Item = Taker<'a>> {
        self.slices.iter().flat_map(move |slice| {
            let ports: Vec<(u16, u16)> = pairs(self.ports, slice).collect();
            let has_port = self.has_port(slice, &ports);
            slice.endpoints.iter().map(move |endpoint| Taker {
                endpoint,
                is_used: has_port
                    && (is_ready(endpoint)
                        || serves_to_the_end(endpoint) && self.is_last_resort(endpoint, &ports)),
                ports: ports.clone(),
            })
        })
    }

    fn is_last_resort(&self, endpoint: &Endpoint, ports: &[(u16, u16)]) -> bool {
        let none_here = |port: u16| {
            let on_node = self.ready_on.as_ref().zip(endpoint.node_name.as_ref());
            on_node.is_some_and(|(ready, node)| !ready.contains(&(port, node)))
        };
        !self.is_headless
            && ports
                .iter()
                .any(|(port, _)| !self.ready.contains(port) || none_here(*port))
    }

    /// DNS gives the addresses of a headless Service whatever the ports are called.
    fn has_port(&self, slice: &EndpointSlice, pairs: &[(u16, u16)]) -> bool {
        if self.is_headless {
            self.ports.is_empty() || !slice.ports.is_empty()
        } else {
            !pairs.is_empty()
        }
    }

    /// How many there are, and how it looks.
    pub(super) fn reach(&self, service: &Service) -> Reach {
        if describe::kind(service) == ServiceKind::ExternalName {
            return Reach {
                ready: 0,
                total: 0,
                state: ReachState::ByName,
            };
        }
        // An address counts once, however many slices (one a port set, one a family) hold it.
        let mut by_address = BTreeMap::<&Str, bool>::new();
        for taker in self.endpoints() {
            if let Some(address) = taker.endpoint.addresses.first() {
                *by_address.entry(address).or_default() |= taker.is_used;
            }
        }
        let has_port = self.slices.iter().any(|slice| {
            let ports: Vec<(u16, u16)> = pairs(self.ports, slice).collect();
            !slice.endpoints.is_empty() && self.has_port(slice, &ports)
        });
        let ready = by_address.values().filter(|used| **used).count();
        let total = by_address.len();
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Reach {
            ready: count(ready),
            total: count(total),
            state: match (ready, total) {
                (_, 0) => ReachState::Empty,
                _ if !has_port => ReachState::NoPort,
                (0, _) => ReachState::NoneReady,
                (ready, total) if ready == total => ReachState::Whole,
                _ => ReachState::Partly,
            },
        }
    }
}

/// Ports of a Service with those of a slice: by name and protocol, as kube-proxy finds them.
fn pairs(ports: &[ServicePort], slice: &EndpointSlice) -> impl Iterator<Item = (u16, u16)> {
    slice.ports.iter().filter_map(|target: &EndpointPort| {
        let own = ports.iter().find(|own| {
            target.name.as_ref() == Some(&own.name) && target.protocol == own.protocol
        })?;
        Some((own.port.get(), target.port?))
    })
}

/// Unset is ready, as consumers read it.
fn is_ready(endpoint: &Endpoint) -> bool {
    endpoint.conditions.ready != Some(false)
}

/// It answers until it is gone.
fn serves_to_the_end(endpoint: &Endpoint) -> bool {
    endpoint.conditions.terminating == Some(true) && endpoint.conditions.serving != Some(false)
}

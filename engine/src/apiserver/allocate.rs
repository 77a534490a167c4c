//! ClusterIPs, node ports and health-check node ports.
//!
//! The API server draws at random from the dynamic band, and from the static band when that is full; here the search
//! starts at a number that belongs to the object and takes the next one that is free.
//! Sources: `pkg/registry/core/service/storage/alloc.go`, `ipallocator`, `portallocator`.

use std::net::IpAddr;

use rustc_hash::FxHashMap;
use serde_json::json;

use super::bands::{AddressBands, PortBands};
use super::defaults::{needs_health_check, type_of};
use super::draft::Draft;
use super::families::{ClusterFamilies, family};
use super::field_error::{FieldError, Refusal};
use crate::Str;
use crate::api::core::Service;
use crate::cluster::{NetworkSettings, Why};
use crate::identity::draw;
use crate::origin::FieldPath;
use crate::packet::{Family, parse_ip_sloppy};

/// Who may take a number that was reserved before its turn: the number of the object in its kind.
pub(super) type Owner = usize;

/// What is taken of the cluster's ranges.
#[derive(Debug)]
pub(super) struct Allocators {
    /// For which families there are ranges.
    pub(super) families: ClusterFamilies,
    ranges: Vec<(AddressBands, Slots)>,
    ports: (PortBands, Slots),
}

/// What to do with a value that cannot be given: go on or give up.
pub(super) type OnRefusal<'a> = &'a mut dyn FnMut(Refusal) -> Result<(), Refusal>;

impl Allocators {
    pub(super) fn of(network: &NetworkSettings) -> Self {
        let ranges = network
            .service_cidrs
            .iter()
            .map(|cidr| {
                let bands = AddressBands::of(*cidr);
                (bands, Slots::of(bands.usable, bands.offset))
            })
            .collect();
        let ports = PortBands::of(network.node_port_range);
        Self {
            families: ClusterFamilies::of(network),
            ranges,
            ports: (ports, Slots::of(ports.size.into(), ports.offset.into())),
        }
    }

    /// Keeps the values that a Service asks for out of what others are given. The first to ask has them.
    pub(super) fn reserve(&mut self, service: &Service, owner: Owner) {
        for text in &service.spec.cluster_ips {
            if let Some(address) = parse_ip_sloppy(text) {
                self.reserve_address(address, owner);
            }
        }
        let health = service.spec.health_check_node_port;
        let ports = service.spec.ports.iter().filter_map(|port| port.node_port);
        for port in ports.chain(health) {
            if let Some(number) = self.port_number(port) {
                self.ports.1.reserve(number, owner);
            }
        }
    }

    /// Keeps one address out of what is given.
    pub(super) fn reserve_address(&mut self, address: IpAddr, owner: Owner) {
        for (bands, slots) in &mut self.ranges {
            if let Some(number) = bands.number(address) {
                slots.reserve(number, owner);
            }
        }
    }

    /// Takes what a stored Service has. What it should not have is nobody's.
    pub(super) fn take_stored(&mut self, service: &Service, owner: Owner) {
        if type_of(service) != "ExternalName" {
            for text in &service.spec.cluster_ips {
                if let Some(address) = parse_ip_sloppy(text) {
                    let _ = self.take_address(address, owner);
                }
            }
        }
        let health = needs_health_check(service)
            .then_some(service.spec.health_check_node_port)
            .flatten();
        let ports = service.spec.ports.iter().filter_map(|port| port.node_port);
        for port in ports.chain(health) {
            let _ = self.take_port(port, owner);
        }
    }

    /// Everything that a new Service needs: addresses, then node ports, then the health-check node port.
    pub(super) fn create(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
        on_refusal: OnRefusal<'_>,
    ) -> Result<(), Refusal> {
        self.cluster_ips(draft, owner, on_refusal)?;
        if matches!(type_of(&draft.value), "NodePort" | "LoadBalancer") {
            self.node_ports(draft, owner, on_refusal)?;
        }
        if needs_health_check(&draft.value) {
            self.health_check_node_port(draft, owner)
                .or_else(on_refusal)?;
        }
        Ok(())
    }

    /// One address a family, given or drawn.
    pub(super) fn cluster_ips(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
        on_refusal: OnRefusal<'_>,
    ) -> Result<(), Refusal> {
        let spec = &draft.value.spec;
        if type_of(&draft.value) == "ExternalName"
            || spec.cluster_ips.first().is_some_and(|ip| ip == "None")
        {
            return Ok(());
        }
        let families = spec.ip_families.clone();
        for (index, name) in families.iter().enumerate() {
            let Some(family) = family(name) else { continue };
            self.cluster_ip(draft, owner, index, family)
                .or_else(&mut *on_refusal)?;
        }
        Ok(())
    }

    /// The address of a family that was added to a Service.
    pub(super) fn second_cluster_ip(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
    ) -> Result<(), Refusal> {
        match draft.value.spec.ip_families.get(1).map(|name| family(name)) {
            Some(Some(family)) => self.cluster_ip(draft, owner, 1, family),
            _ => Ok(()),
        }
    }

    fn cluster_ip(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
        index: usize,
        family: Family,
    ) -> Result<(), Refusal> {
        let at = FieldPath::from("spec.clusterIPs");
        let given = draft.value.spec.cluster_ips.get(index).cloned();
        if let Some(text) = given.filter(|text| !text.is_empty()) {
            let Some(address) = parse_ip_sloppy(&text) else {
                // Validation says what is wrong with it.
                return Ok(());
            };
            return self.take_address(address, owner).map_err(|why| {
                Refusal::of(FieldError::invalid(
                    &at,
                    json!(draft.value.spec.cluster_ips),
                    &format!("failed to allocate IP {text}: {why}"),
                ))
            });
        }
        let meta = &draft.value.metadata;
        let start = draw(&["Service", &meta.namespace, &meta.name, &family.to_string()]);
        let address = self
            .draw_address(family, start, owner)
            .ok_or_else(|| Refusal::Internal {
                message: "failed to allocate a serviceIP: range is full".into(),
                at: FieldPath::from("spec.clusterIP"),
            })?;
        set_cluster_ip(draft, index, address);
        Ok(())
    }

    /// Node ports of a new Service. Equal port numbers of different protocols share one.
    fn node_ports(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
        on_refusal: OnRefusal<'_>,
    ) -> Result<(), Refusal> {
        let mut chosen: FxHashMap<i64, i64> = FxHashMap::default();
        let mut requested: FxHashMap<i64, i64> = FxHashMap::default();
        for port in &draft.value.spec.ports {
            if let Some(node_port) = port.node_port.filter(|number| *number != 0) {
                requested.entry(port.port.unwrap_or(0)).or_insert(node_port);
            }
        }
        for index in 0..draft.value.spec.ports.len() {
            let port = &draft.value.spec.ports[index];
            let (number, own) = (port.port.unwrap_or(0), port.node_port.unwrap_or(0));
            if own == 0 && !allocates_node_ports(&draft.value) {
                continue;
            }
            match chosen.get(&number) {
                None => {
                    let taken = match requested.get(&number) {
                        Some(&asked) => self.take_node_port(asked, index, owner).map(|()| asked),
                        None => self.draw_node_port(draft, index, owner),
                    };
                    match taken {
                        Ok(node_port) => {
                            chosen.insert(number, node_port);
                            if own != node_port {
                                set_node_port(draft, index, node_port);
                            }
                        }
                        Err(refusal) => on_refusal(refusal)?,
                    }
                }
                Some(&node_port) if own == 0 => set_node_port(draft, index, node_port),
                Some(&node_port) if own != node_port => {
                    self.take_node_port(own, index, owner)
                        .or_else(&mut *on_refusal)?;
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// A node port that was asked for.
    pub(super) fn take_node_port(
        &mut self,
        asked: i64,
        index: usize,
        owner: Owner,
    ) -> Result<(), Refusal> {
        self.take_port(asked, owner).map_err(|why| {
            let at = FieldPath::from("spec.ports").index(index).key("nodePort");
            Refusal::of(FieldError::invalid(&at, asked, &why))
        })
    }

    /// Any node port, for the port with this index.
    pub(super) fn draw_node_port(
        &mut self,
        draft: &Draft<Service>,
        index: usize,
        owner: Owner,
    ) -> Result<i64, Refusal> {
        let meta = &draft.value.metadata;
        let port = &draft.value.spec.ports[index];
        let number = port.port.unwrap_or(0).to_string();
        let start = draw(&["NodePort", &meta.namespace, &meta.name, &number]);
        self.draw_port(start, owner)
            .ok_or_else(|| Refusal::Internal {
                message: "failed to allocate a nodePort: range is full".into(),
                at: FieldPath::from("spec.ports").index(index).key("nodePort"),
            })
    }

    /// The port for the load balancer's health check, given or drawn.
    pub(super) fn health_check_node_port(
        &mut self,
        draft: &mut Draft<Service>,
        owner: Owner,
    ) -> Result<(), Refusal> {
        let at = FieldPath::from("spec.healthCheckNodePort");
        let given = draft.value.spec.health_check_node_port.unwrap_or(0);
        if given != 0 {
            return self
                .take_port(given, owner)
                .map_err(|why| Refusal::Internal {
                    message: format!(
                        "failed to allocate requested HealthCheck NodePort {given}: {why}"
                    ),
                    at,
                });
        }
        let meta = &draft.value.metadata;
        let start = draw(&["HealthCheckNodePort", &meta.namespace, &meta.name]);
        let number = self
            .draw_port(start, owner)
            .ok_or_else(|| Refusal::Internal {
                message: "failed to allocate a HealthCheck NodePort 0: range is full".into(),
                at: at.clone(),
            })?;
        draft.value.spec.health_check_node_port = Some(number);
        draft.note(at, number, Why::Allocated);
        Ok(())
    }

    fn take_address(&mut self, address: IpAddr, owner: Owner) -> Result<(), String> {
        let Some((bands, slots)) = self
            .ranges
            .iter_mut()
            .find(|(bands, _)| bands.cidr().contains(&address))
        else {
            return Err("the provided network does not match the current range".into());
        };
        let Some(number) = bands.number(address) else {
            return Err(format!(
                "the provided IP ({address}) is not in the valid range. The range of valid IPs is {}",
                bands.cidr()
            ));
        };
        if slots.take(number, owner) {
            Ok(())
        } else {
            Err("provided IP is already allocated".into())
        }
    }

    fn draw_address(&mut self, family: Family, start: u64, owner: Owner) -> Option<IpAddr> {
        self.ranges
            .iter_mut()
            .filter(|(bands, _)| Family::of(bands.cidr().addr()) == family)
            .find_map(|(bands, slots)| bands.address(slots.draw(start, owner)?))
    }

    fn take_port(&mut self, port: i64, owner: Owner) -> Result<(), String> {
        let Some(number) = self.port_number(port) else {
            let range = self.ports.0.range().map_or_else(String::new, |range| {
                format!("{}-{}", range.start(), range.end())
            });
            return Err(format!(
                "provided port is not in the valid range. The range of valid ports is {range}"
            ));
        };
        if self.ports.1.take(number, owner) {
            Ok(())
        } else {
            Err("provided port is already allocated".into())
        }
    }

    fn draw_port(&mut self, start: u64, owner: Owner) -> Option<i64> {
        let (bands, slots) = &mut self.ports;
        let number = u32::try_from(slots.draw(start, owner)?).ok()?;
        bands.port(number).map(i64::from)
    }

    fn port_number(&self, port: i64) -> Option<u64> {
        let port = u16::try_from(port).ok()?;
        self.ports.0.number(port).map(u64::from)
    }
}

/// Numbers of a range, taken or reserved.
#[derive(Debug)]
struct Slots {
    size: u64,
    offset: u64,
    claims: FxHashMap<u64, Claim>,
    /// Claims in the static and in the dynamic band: a full band is not searched.
    claimed: [u64; 2],
}

#[derive(Debug, Clone, Copy)]
struct Claim {
    owner: Owner,
    taken: bool,
}

impl Slots {
    fn of(size: u64, offset: u64) -> Self {
        Self {
            size,
            offset,
            claims: FxHashMap::default(),
            claimed: [0, 0],
        }
    }

    fn reserve(&mut self, number: u64, owner: Owner) {
        self.claim(
            number,
            Claim {
                owner,
                taken: false,
            },
        );
    }

    fn take(&mut self, number: u64, owner: Owner) -> bool {
        match self.claims.get_mut(&number) {
            Some(claim) if claim.owner == owner && !claim.taken => {
                claim.taken = true;
                true
            }
            Some(_) => false,
            None => {
                self.claim(number, Claim { owner, taken: true });
                true
            }
        }
    }

    /// The next free number of the dynamic band from a start, else of the static band.
    fn draw(&mut self, start: u64, owner: Owner) -> Option<u64> {
        let bands = [(1, self.offset, self.size), (0, 0, self.offset)];
        for (band, from, to) in bands {
            let length = to - from;
            if self.claimed[band] >= length {
                continue;
            }
            let first = from + start % length;
            if let Some(number) = (first..to)
                .chain(from..first)
                .find(|number| !self.claims.contains_key(number))
            {
                self.claim(number, Claim { owner, taken: true });
                return Some(number);
            }
        }
        None
    }

    fn claim(&mut self, number: u64, claim: Claim) {
        if let std::collections::hash_map::Entry::Vacant(entry) = self.claims.entry(number) {
            entry.insert(claim);
            self.claimed[usize::from(number >= self.offset)] += 1;
        }
    }
}

/// Whether ports without a node port are given one.
pub(super) fn allocates_node_ports(service: &Service) -> bool {
    match type_of(service) {
        "NodePort" => true,
        "LoadBalancer" => service.spec.allocate_load_balancer_node_ports != Some(false),
        _ => false,
    }
}

fn set_cluster_ip(draft: &mut Draft<Service>, index: usize, address: IpAddr) {
    let text: Str = address.to_string().into();
    let ips = &mut draft.value.spec.cluster_ips;
    if index < ips.len() {
        ips[index] = text.clone();
    } else {
        ips.push(text.clone());
    }
    draft.note(
        FieldPath::from("spec.clusterIPs").index(index),
        text.as_str(),
        Why::Allocated,
    );
    if index == 0 {
        draft.value.spec.cluster_ip = Some(text.clone());
        draft.note(
            FieldPath::from("spec.clusterIP"),
            text.as_str(),
            Why::Allocated,
        );
    }
}

pub(super) fn set_node_port(draft: &mut Draft<Service>, index: usize, node_port: i64) {
    draft.value.spec.ports[index].node_port = Some(node_port);
    draft.note(
        FieldPath::from("spec.ports").index(index).key("nodePort"),
        node_port,
        Why::Allocated,
    );
}

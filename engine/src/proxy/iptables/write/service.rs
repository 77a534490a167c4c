//! The rules of one service port.

use std::net::IpAddr;

use super::{Writer, pod_range};
use crate::cluster::{SessionAffinity, TrafficPolicy};
use crate::packet::{Family, Protocol};
use crate::proxy::iptables::names::{ServiceChainNames, endpoint_chain_name};
use crate::proxy::iptables::rule::{
    AddressSide, Addresses, Cause, ChainId, ChainKind, Match, Rule, Table, Target,
};
use crate::proxy::{Categorized, EndpointId, ServicePortId, ServicePortInfo, categorize};

/// A service port on this node: its endpoints, and the chains that they make necessary.
struct Plan<'a> {
    cause: Cause,
    id: ServicePortId,
    port: &'a ServicePortInfo,
    endpoints: Categorized,
    // Where packets to the cluster IP go; `None` if they find no endpoint.
    internal: Option<ChainId>,
    // Whether packets from outside find an endpoint.
    external_endpoints: bool,
    external: Option<ChainId>,
    firewall: Option<ChainId>,
    service: Option<ChainId>,
    local: Option<ChainId>,
    // One for each of `endpoints.all()`, in that order.
    endpoint_chains: Vec<(EndpointId, ChainId)>,
    firewall_name: crate::Str,
}

impl Plan<'_> {
    fn rule(&self) -> Rule {
        Rule::for_(self.cause)
    }

    /// `comment`, protocol, address, port: how an address of the Service is recognised.
    fn addressed(&self, what: &str, address: IpAddr) -> Rule {
        self.rule()
            .comment(format!("{} {what}", self.port.name))
            .when(Match::Protocol(self.port.protocol))
            .to(Addresses::One(address))
            .when(Match::DestinationPort(self.port.port))
    }

    fn chain_of(&self, endpoint: EndpointId) -> Option<ChainId> {
        self.endpoint_chains
            .binary_search_by_key(&endpoint, |(id, _)| *id)
            .ok()
            .map(|nth| self.endpoint_chains[nth].1)
    }
}

impl Writer<'_> {
    pub(super) fn service_port(&mut self, id: ServicePortId, port: &ServicePortInfo) {
        let plan = self.plan(id, port);
        self.cluster_ip(&plan);
        self.external_ips(&plan);
        self.load_balancer(&plan);
        self.node_port(&plan);
        self.health_check(&plan);
        self.internal_masquerading(&plan);
        self.external_chain(&plan);
        self.firewall_chain(&plan);
        if let Some(chain) = plan.service {
            self.balance(&plan, chain, plan.endpoints.cluster());
        }
        if let Some(chain) = plan.local {
            self.balance(&plan, chain, plan.endpoints.local());
        }
        self.endpoint_chains(&plan);
    }

    /// Decides which chains there are, and declares them.
    fn plan<'p>(&mut self, id: ServicePortId, port: &'p ServicePortInfo) -> Plan<'p> {
        let endpoints = categorize(self.cluster, self.proxied, port, self.node);
        let names = ServiceChainNames::of(&port.name, port.protocol);
        let cause = Cause::Service(id);
        let mut declare = |needed: bool, name: &crate::Str| {
            needed.then(|| self.nat.declare(name.clone(), ChainKind::Restored, cause))
        };

        // External even where no packet from outside finds an endpoint: Pods and the node itself still may.
        let external = declare(
            endpoints.has_any && port.externally_accessible(),
            &names.external,
        );
        let firewall = declare(
            endpoints.has_any
                && !port.load_balancer_vips.is_empty()
                && !port.source_ranges.is_empty(),
            &names.firewall,
        );
        let service = declare(!endpoints.cluster().is_empty(), &names.service);
        let local = declare(!endpoints.local().is_empty(), &names.local);
        let of_policy = |policy| match policy {
            TrafficPolicy::Cluster => service,
            TrafficPolicy::Local => local,
        };

        let endpoint_chains = endpoints
            .all()
            .iter()
            .map(|endpoint| {
                let address = self.proxied.endpoints[*endpoint].address.to_string();
                let name = endpoint_chain_name(&port.name, port.protocol, &address);
                let cause = Cause::Endpoint(id, *endpoint);
                let chain = self.nat.declare(name, ChainKind::Restored, cause);
                (*endpoint, chain)
            })
            .collect();
        Plan {
            cause,
            id,
            port,
            internal: of_policy(port.internal_policy),
            external_endpoints: of_policy(port.external_policy).is_some(),
            endpoints,
            external,
            firewall,
            service,
            local,
            endpoint_chains,
            firewall_name: names.firewall,
        }
    }

    fn cluster_ip(&mut self, plan: &Plan<'_>) {
        match plan.internal {
            Some(chain) => {
                let rule = plan
                    .addressed("cluster IP", plan.port.cluster_ip)
                    .jump(chain);
                self.nat.append(self.chains.services, rule);
            }
            None => {
                let (why, target) = refusal(plan);
                let rule = plan.addressed(why, plan.port.cluster_ip).then(target);
                self.filter.append(self.chains.filter_services, rule);
            }
        }
    }

    fn external_ips(&mut self, plan: &Plan<'_>) {
        for address in &plan.port.external_ips {
            if let Some(chain) = plan.external {
                let rule = plan.addressed("external IP", *address).jump(chain);
                self.nat.append(self.chains.services, rule);
            }
            self.refuse_external(plan, *address);
        }
    }

    fn load_balancer(&mut self, plan: &Plan<'_>) {
        for address in &plan.port.load_balancer_vips {
            if let Some(chain) = plan.firewall.or(plan.external) {
                let rule = plan.addressed("loadbalancer IP", *address).jump(chain);
                self.nat.append(self.chains.services, rule);
            }
            if plan.firewall.is_some() {
                let why = format!("traffic not accepted by {}", plan.firewall_name);
                let rule = plan.addressed(&why, *address).then(Target::Drop);
                self.filter.append(self.chains.proxy_firewall, rule);
            }
        }
        for address in &plan.port.load_balancer_vips {
            self.refuse_external(plan, *address);
        }
    }

    /// What was not translated in the nat table finds no endpoint from outside.
    fn refuse_external(&mut self, plan: &Plan<'_>, address: IpAddr) {
        if !plan.external_endpoints {
            let (why, target) = refusal(plan);
            let rule = plan.addressed(why, address).then(target);
            self.filter.append(self.chains.external_services, rule);
        }
    }

    fn node_port(&mut self, plan: &Plan<'_>) {
        let Some(number) = plan.port.node_port else {
            return;
        };
        let protocol = plan.port.protocol;
        if let Some(chain) = plan.external {
            let named = || {
                plan.rule()
                    .comment(plan.port.name.as_str())
                    .when(Match::Protocol(protocol))
            };
            if self.localhost && self.settings.nfacct {
                // Only to count who still depends on it.
                let rule = named()
                    .to(super::loopback(Family::V4))
                    .when(Match::DestinationPort(number))
                    .when(Match::Account("localhost_nps_accepted_pkts"))
                    .jump(chain);
                self.nat.append(self.chains.node_ports, rule);
            }
            let rule = named().when(Match::DestinationPort(number)).jump(chain);
            self.nat.append(self.chains.node_ports, rule);
        }
        if !plan.external_endpoints {
            let (why, target) = refusal(plan);
            let rule = plan
                .rule()
                .comment(format!("{} {why}", plan.port.name))
                .when(Match::LocalAddress {
                    negated: false,
                    side: AddressSide::Destination,
                })
                .when(Match::Protocol(protocol))
                .when(Match::DestinationPort(number))
                .then(target);
            self.filter.append(self.chains.external_services, rule);
        }
    }

    fn health_check(&mut self, plan: &Plan<'_>) {
        if let Some(number) = plan.port.health_check_node_port {
            let rule = plan
                .rule()
                .comment(format!("{} health check node port", plan.port.name))
                .when(Match::Protocol(Protocol::Tcp))
                .when(Match::DestinationPort(number))
                .then(Target::Accept);
            self.filter.append(self.chains.filter_node_ports, rule);
        }
    }

    /// A client outside the Pod range may have routed the Service range to any node: its reply must come back here.
    fn internal_masquerading(&mut self, plan: &Plan<'_>) {
        let Some(chain) = plan.internal else { return };
        let not_a_pod = pod_range(self.settings, self.proxied.family).map(|range| Match::Source {
            negated: true,
            addresses: Addresses::Range(range),
        });
        let source = match (self.settings.masquerade_all, not_a_pod) {
            (true, _) => None,
            (false, Some(not_a_pod)) => Some(not_a_pod),
            (false, None) => return,
        };
        let rule = plan
            .addressed("cluster IP", plan.port.cluster_ip)
            .when_some(source)
            .jump(self.chains.mark_masq);
        self.nat.append(chain, rule);
    }

    /// KUBE-EXT: what all ways in from outside have in common.
    fn external_chain(&mut self, plan: &Plan<'_>) {
        let Some(chain) = plan.external else { return };
        let mark_masq = self.chains.mark_masq;
        let about = |what: &str| {
            let name = &plan.port.name;
            plan.rule()
                .comment(format!("{what} traffic for {name} external destinations"))
        };
        match (plan.port.external_policy, plan.service) {
            // The endpoint may be on another node: the reply must come back through this one.
            (TrafficPolicy::Cluster, _) => {
                self.nat.append(chain, about("masquerade").jump(mark_masq));
            }
            // Whoever is inside gets what a way out to the load balancer and back would have given: any endpoint.
            (TrafficPolicy::Local, Some(service)) => {
                if let Some(range) = pod_range(self.settings, self.proxied.family) {
                    let rule = about("pod").from(Addresses::Range(range)).jump(service);
                    self.nat.append(chain, rule);
                }
                let from_node = Match::LocalAddress {
                    negated: false,
                    side: AddressSide::Source,
                };
                let rule = about("masquerade LOCAL").when(from_node.clone());
                self.nat.append(chain, rule.jump(mark_masq));
                let rule = about("route LOCAL").when(from_node);
                self.nat.append(chain, rule.jump(service));
            }
            (TrafficPolicy::Local, None) => {}
        }
        let policy_chain = match plan.port.external_policy {
            TrafficPolicy::Cluster => plan.service,
            TrafficPolicy::Local => plan.local,
        };
        if let Some(policy_chain) = policy_chain {
            self.nat.append(chain, plan.rule().jump(policy_chain));
        }
    }

    /// KUBE-FW: who may use the load balancer's address. The others are dropped in the filter table, untranslated.
    fn firewall_chain(&mut self, plan: &Plan<'_>) {
        let (Some(chain), Some(external)) = (plan.firewall, plan.external) else {
            return;
        };
        let from = |addresses| {
            plan.rule()
                .comment(format!("{} loadbalancer IP", plan.port.name))
                .from(addresses)
                .jump(external)
        };
        for range in &plan.port.source_ranges {
            self.nat.append(chain, from(Addresses::Range(*range)));
        }
        // The address may be bound to the node, which then calls it from the address itself.
        let node = self.node.node_ip(self.proxied.family);
        if plan
            .port
            .source_ranges
            .iter()
            .any(|range| range.contains(&node))
        {
            for address in &plan.port.load_balancer_vips {
                self.nat.append(chain, from(Addresses::One(*address)));
            }
        }
        let rest = plan.rule().comment(format!(
            "other traffic to {} will be dropped by KUBE-PROXY-FIREWALL",
            plan.port.name
        ));
        self.nat.append(chain, rest);
    }

    /// KUBE-SVC, KUBE-SVL: whom the client was sent to lately, else one endpoint at random.
    fn balance(&mut self, plan: &Plan<'_>, chain: ChainId, endpoints: &[EndpointId]) {
        let commented = |endpoint: EndpointId| {
            let text = (!self.large_cluster).then(|| {
                let address = self.proxied.endpoints[endpoint].address;
                Match::Comment(format!("{} -> {address}", plan.port.name).into())
            });
            Rule::for_(Cause::Endpoint(plan.id, endpoint)).when_some(text)
        };
        let mut rules = Vec::with_capacity(endpoints.len());
        let with_chains = || {
            endpoints
                .iter()
                .filter_map(|endpoint| Some((*endpoint, plan.chain_of(*endpoint)?)))
        };
        if let SessionAffinity::ClientIp { timeout } = plan.port.session_affinity {
            for (endpoint, to) in with_chains() {
                rules.push(
                    commented(endpoint)
                        .when(Match::RecentlySeen {
                            list: self.nat.chains[to].name.clone(),
                            seconds: timeout,
                        })
                        .jump(to),
                );
            }
        }
        for (nth, (endpoint, to)) in with_chains().enumerate() {
            let left = u32::try_from(endpoints.len() - nth).unwrap_or(u32::MAX);
            let at_random = (left > 1).then_some(Match::OneOf(left));
            rules.push(commented(endpoint).when_some(at_random).jump(to));
        }
        append_all(&mut self.nat, chain, rules);
    }

    /// KUBE-SEP.
    fn endpoint_chains(&mut self, plan: &Plan<'_>) {
        for (endpoint, chain) in &plan.endpoint_chains {
            let address = self.proxied.endpoints[*endpoint].address;
            let comment =
                (!self.large_cluster).then(|| Match::Comment(plan.port.name.as_str().into()));
            let commented =
                || Rule::for_(Cause::Endpoint(plan.id, *endpoint)).when_some(comment.clone());
            // Hairpin: the endpoint calls itself, and would answer itself without passing through here.
            let hairpin = commented()
                .from(Addresses::One(address.ip()))
                .jump(self.chains.mark_masq);
            let remember = match plan.port.session_affinity {
                SessionAffinity::ClientIp { .. } => Some(Match::Remember {
                    list: self.nat.chains[*chain].name.clone(),
                }),
                SessionAffinity::None => None,
            };
            let translate = commented()
                .when_some(remember)
                .when(Match::Protocol(plan.port.protocol))
                .then(Target::Dnat(address));
            append_all(&mut self.nat, *chain, [hairpin, translate]);
        }
    }
}

/// Why packets find no endpoint, and what they get: a refusal if there is none anywhere, silence if there is one
/// elsewhere (the policy is Local).
fn refusal(plan: &Plan<'_>) -> (&'static str, Target) {
    if plan.endpoints.has_any {
        ("has no local endpoints", Target::Drop)
    } else {
        ("has no endpoints", Target::Reject)
    }
}

fn append_all(table: &mut Table, chain: ChainId, rules: impl IntoIterator<Item = Rule>) {
    for rule in rules {
        table.append(chain, rule);
    }
}

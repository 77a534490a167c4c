//! What kube-proxy writes into its table on one node.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

use super::names::{endpoint_base, service_base};
use super::ruleset::{
    AffinitySet, BaseChain, Chain, ChainKind, Element, Map, Match, Rule, Ruleset, Set, Statement,
    Verdict,
};
use crate::Str;
use crate::cluster::{Cluster, ProxyMode, ProxySettings, SessionAffinity, TrafficPolicy};
use crate::packet::Family;
use crate::proxy::{
    Categorized, EndpointId, Hook, NodeView, OpenOn, Proxied, ServicePortId, ServicePortInfo,
    categorize, open_on,
};

const MARK_CHAIN: Str = Str::new_static("mark-for-masquerade");
const REJECT_CHAIN: Str = Str::new_static("reject-chain");

/// Writes the table of a family for a node.
pub fn write(cluster: &Cluster, proxied: &Proxied, node: &NodeView) -> Ruleset {
    let settings = &cluster.environment.proxy;
    let ruleset = fixed_part(settings, proxied.family, node);
    let in_family = |range: &&IpNet| Family::of(range.addr()) == proxied.family;
    let mut writer = Writer {
        cluster,
        proxied,
        node,
        masquerade_all: settings.masquerade_all,
        pods: settings.detect_local.iter().find(in_family).copied(),
        ruleset,
    };
    for (id, port) in proxied.ports.iter() {
        writer.service_port(id, port);
    }
    writer.ruleset
}

/// Base chains with their jumps, helper chains, empty sets and maps: the same for any Services.
///
/// Source: kube-proxy, `setupNFTables`.
fn fixed_part(settings: &ProxySettings, family: Family, node: &NodeView) -> Ruleset {
    let mark = 1_u32 << (settings.masquerade_bit & 31);
    let node_port_ips = match open_on(
        &settings.node_port_addresses,
        ProxyMode::Nftables,
        family,
        node,
    ) {
        OpenOn::All => None,
        // Node ports on localhost do not exist in this mode.
        OpenOn::Addresses(addresses) => Some(
            addresses
                .into_iter()
                .filter(|address| !address.is_loopback())
                .collect(),
        ),
    };
    let mut ruleset = Ruleset {
        family,
        chains: Vec::new(),
        cluster_ips: Default::default(),
        node_port_ips,
        affinity_sets: Vec::new(),
        service_ips: BTreeMap::new(),
        service_node_ports: BTreeMap::new(),
        no_endpoint_services: BTreeMap::new(),
        no_endpoint_node_ports: BTreeMap::new(),
        firewall_ips: BTreeMap::new(),
        by_name: Default::default(),
    };
    base_chains(&mut ruleset);
    let checks = cluster_ips_check(&settings.service_cidrs, family);
    add(&mut ruleset, "cluster-ips-check", None, checks);
    add(
        &mut ruleset,
        "firewall-check",
        None,
        vec![look(Vec::new(), Map::FirewallIps)],
    );
    add(
        &mut ruleset,
        &MARK_CHAIN,
        None,
        vec![rule([], Statement::MarkOr(mark))],
    );
    let masquerading = vec![
        rule([Match::Unmarked(mark)], Statement::Return),
        rule([], Statement::MarkXor(mark)),
        rule([], Statement::Masquerade),
    ];
    add(&mut ruleset, "masquerading", None, masquerading);
    let by_set = ruleset.node_port_ips.is_some();
    let to_node_port = |when_open_everywhere: &[Match]| {
        if by_set {
            vec![Match::DestinationInSet(Set::NodePortIps)]
        } else {
            when_open_everywhere.to_vec()
        }
    };
    let check = look(
        to_node_port(&[Match::DestinationNotLoopback]),
        Map::NoEndpointNodePorts,
    );
    add(&mut ruleset, "nodeport-endpoints-check", None, vec![check]);
    add(
        &mut ruleset,
        &REJECT_CHAIN,
        None,
        vec![rule([], Statement::Reject)],
    );
    let services = vec![
        look(Vec::new(), Map::ServiceIps),
        look(
            to_node_port(&[Match::DestinationLocal, Match::DestinationNotLoopback]),
            Map::ServiceNodePorts,
        ),
    ];
    add(&mut ruleset, "services", None, services);
    add(
        &mut ruleset,
        "service-endpoints-check",
        None,
        vec![look(Vec::new(), Map::NoEndpointServices)],
    );
    let reject = ruleset.by_name[&REJECT_CHAIN];
    ruleset.chains[reject].comment =
        Some("helper for @no-endpoint-services / @no-endpoint-nodeports");
    ruleset
}

/// Filtering before DNAT sees the address that was dialled; `reject` is allowed only in input, forward and output.
fn base_chains(ruleset: &mut Ruleset) {
    const FILTER: ChainKind = ChainKind::Filter;
    const NAT: ChainKind = ChainKind::Nat;
    let chains: [(&str, ChainKind, Hook, i32, &[&str]); 8] = [
        (
            "filter-prerouting-pre-dnat",
            FILTER,
            Hook::Prerouting,
            -110,
            &["firewall-check"],
        ),
        (
            "filter-output-pre-dnat",
            FILTER,
            Hook::Output,
            -110,
            &["firewall-check"],
        ),
        (
            "filter-input",
            FILTER,
            Hook::Input,
            0,
            &["nodeport-endpoints-check", "service-endpoints-check"],
        ),
        (
            "filter-forward",
            FILTER,
            Hook::Forward,
            0,
            &["service-endpoints-check", "cluster-ips-check"],
        ),
        (
            "filter-output",
            FILTER,
            Hook::Output,
            0,
            &["service-endpoints-check", "cluster-ips-check"],
        ),
        ("nat-prerouting", NAT, Hook::Prerouting, -100, &["services"]),
        ("nat-output", NAT, Hook::Output, -100, &["services"]),
        (
            "nat-postrouting",
            NAT,
            Hook::Postrouting,
            100,
            &["masquerading"],
        ),
    ];
    for (name, kind, hook, priority, jumps) in chains {
        // nat chains see new connections only by themselves.
        let when = if kind == ChainKind::Filter {
            vec![Match::New]
        } else {
            Vec::new()
        };
        let to = |target: &&str| Rule {
            matches: when.clone(),
            statement: Statement::Jump((*target).into()),
            comment: None,
        };
        add(
            ruleset,
            name,
            Some(BaseChain {
                kind,
                hook,
                priority,
            }),
            jumps.iter().map(to).collect(),
        );
    }
}

fn cluster_ips_check(service_cidrs: &[IpNet], family: Family) -> Vec<Rule> {
    let mut rules = vec![Rule {
        comment: Some("Reject traffic to invalid ports of ClusterIPs"),
        ..rule(
            [Match::DestinationInSet(Set::ClusterIps)],
            Statement::Reject,
        )
    }];
    let ranges: Vec<IpNet> = service_cidrs
        .iter()
        .filter(|range| Family::of(range.addr()) == family)
        .copied()
        .collect();
    if !ranges.is_empty() {
        rules.push(Rule {
            comment: Some("Drop traffic to unallocated ClusterIPs"),
            ..rule([Match::DestinationIn(ranges)], Statement::Drop)
        });
    }
    rules
}

/// What the rules of one service port depend on.
struct Plan {
    name: ChainNames,
    endpoints: Categorized,
    /// Of `endpoints.all()`, in that order, which ascends.
    endpoint_names: Vec<EndpointNames>,
    /// The chain to go on with; `Err`: nothing on this node may answer, the filter's verdict.
    internal: Result<Str, Verdict>,
    external: Result<Str, Verdict>,
}

struct ChainNames {
    cluster: Str,
    local: Str,
    external: Str,
    firewall: Str,
}

/// Hashed once: a name stands in several rules.
struct EndpointNames {
    chain: Str,
    affinity: Str,
}

impl Plan {
    fn names_of(&self, endpoint: EndpointId) -> &EndpointNames {
        let all = self.endpoints.all();
        let nth = all
            .binary_search(&endpoint)
            .expect("policies choose among all endpoints");
        &self.endpoint_names[nth]
    }
}

struct Writer<'a> {
    cluster: &'a Cluster,
    proxied: &'a Proxied,
    node: &'a NodeView,
    masquerade_all: bool,
    pods: Option<IpNet>,
    ruleset: Ruleset,
}

impl Writer<'_> {
    /// Source: kube-proxy, the loop of `syncProxyRules`.
    fn service_port(&mut self, id: ServicePortId, port: &ServicePortInfo) {
        let plan = self.plan(port);
        let uses_external = plan.endpoints.has_any && port.externally_accessible();
        self.capture(id, port, &plan);
        self.firewall(id, port, &plan);
        // kube-proxy's own order: chains of a policy are entered by what was written into them first.
        let (mut cluster_rules, mut local_rules) = (Vec::new(), Vec::new());
        if plan.internal.is_ok() {
            let rules = if port.internal_policy == TrafficPolicy::Local {
                &mut local_rules
            } else {
                &mut cluster_rules
            };
            rules.extend(self.masquerade_internal(port));
        }
        if uses_external {
            let rules = self.external(port, &plan);
            self.chain(&plan.name.external, id, rules);
        }
        if !plan.endpoints.cluster().is_empty() && port.uses_cluster_endpoints() {
            cluster_rules.extend(spread(port, &plan, plan.endpoints.cluster()));
            self.chain(&plan.name.cluster, id, cluster_rules);
        }
        if !plan.endpoints.local().is_empty() && port.uses_local_endpoints() {
            local_rules.extend(spread(port, &plan, plan.endpoints.local()));
            self.chain(&plan.name.local, id, local_rules);
        }
        for &endpoint in plan.endpoints.all() {
            self.endpoint(id, port, &plan, endpoint);
        }
    }

    fn plan(&self, port: &ServicePortInfo) -> Plan {
        let endpoints = categorize(self.cluster, self.proxied, port, self.node);
        let base = service_base(&port.name, port.protocol);
        let named = |kind: &str| Str::from(format!("{kind}-{base}"));
        let name = ChainNames {
            cluster: named("service"),
            local: named("local"),
            external: named("external"),
            firewall: named("firewall"),
        };
        let policy_chain = |policy| {
            if !endpoints.has_any {
                return Err(Verdict::Goto(REJECT_CHAIN));
            }
            match policy {
                TrafficPolicy::Cluster => Ok(name.cluster.clone()),
                // Endpoints elsewhere only: nobody is told, so that a load balancer's health check decides.
                TrafficPolicy::Local if endpoints.local().is_empty() => Err(Verdict::Drop),
                TrafficPolicy::Local => Ok(name.local.clone()),
            }
        };
        let (internal, external) = (
            policy_chain(port.internal_policy),
            policy_chain(port.external_policy),
        );
        Plan {
            name,
            endpoint_names: endpoints
                .all()
                .iter()
                .map(|&endpoint| self.endpoint_names(port, endpoint))
                .collect(),
            endpoints,
            internal,
            external,
        }
    }

    /// Elements of the maps: which addresses and node ports lead to which chain.
    fn capture(&mut self, id: ServicePortId, port: &ServicePortInfo, plan: &Plan) {
        let to = |verdict: Verdict| Element {
            verdict,
            comment: None,
            port: id,
        };
        let refuse = |verdict: &Verdict| Element {
            verdict: verdict.clone(),
            comment: Some(port.name.as_str().into()),
            port: id,
        };
        let key = |address: IpAddr| (address, port.protocol, port.port.get());
        self.ruleset.cluster_ips.insert(port.cluster_ip);
        match &plan.internal {
            Ok(chain) => self
                .ruleset
                .service_ips
                .insert(key(port.cluster_ip), to(Verdict::Goto(chain.clone()))),
            Err(verdict) => self
                .ruleset
                .no_endpoint_services
                .insert(key(port.cluster_ip), refuse(verdict)),
        };
        let external = to(Verdict::Goto(plan.name.external.clone()));
        for &address in port.external_ips.iter().chain(&port.load_balancer_vips) {
            // Also where external packets are dropped: Pods and the node itself are short-circuited in that chain.
            if plan.endpoints.has_any {
                self.ruleset
                    .service_ips
                    .insert(key(address), external.clone());
            }
            if let Err(verdict) = &plan.external {
                self.ruleset
                    .no_endpoint_services
                    .insert(key(address), refuse(verdict));
            }
        }
        if let Some(node_port) = port.node_port {
            let key = (port.protocol, node_port.get());
            if plan.endpoints.has_any {
                self.ruleset.service_node_ports.insert(key, external);
            }
            if let Err(verdict) = &plan.external {
                self.ruleset
                    .no_endpoint_node_ports
                    .insert(key, refuse(verdict));
            }
        }
    }

    fn firewall(&mut self, id: ServicePortId, port: &ServicePortInfo, plan: &Plan) {
        if port.load_balancer_vips.is_empty() || port.source_ranges.is_empty() {
            return;
        }
        let node_ip = self.node.node_ip(self.proxied.family);
        // A node that has the VIP as an address of its own calls it from that very address.
        let node_allowed = port
            .source_ranges
            .iter()
            .any(|range| range.contains(&node_ip));
        let addresses = if node_allowed {
            port.load_balancer_vips.clone()
        } else {
            Vec::new()
        };
        let outside = Match::SourceNotInAny {
            ranges: port.source_ranges.clone(),
            addresses,
        };
        self.chain(
            &plan.name.firewall,
            id,
            vec![rule([outside], Statement::Drop)],
        );
        for &address in &port.load_balancer_vips {
            let element = Element {
                verdict: Verdict::Goto(plan.name.firewall.clone()),
                comment: None,
                port: id,
            };
            self.ruleset
                .firewall_ips
                .insert((address, port.protocol, port.port.get()), element);
        }
    }

    /// Packets to the ClusterIP from outside the Pod range come back through this node.
    fn masquerade_internal(&self, port: &ServicePortInfo) -> Option<Rule> {
        let mark = Statement::Jump(MARK_CHAIN);
        let destination = Match::Destination(port.cluster_ip);
        if self.masquerade_all {
            return Some(rule([destination], mark));
        }
        self.pods
            .map(|pods| rule([destination, Match::SourceNotIn(pods)], mark))
    }

    fn external(&self, port: &ServicePortInfo, plan: &Plan) -> Vec<Rule> {
        let mark = || Statement::Jump(MARK_CHAIN);
        let cluster = || Statement::Goto(plan.name.cluster.clone());
        let mut rules = Vec::new();
        if port.external_policy == TrafficPolicy::Cluster {
            rules.push(rule([], mark()));
        } else {
            if let Some(pods) = self.pods {
                let short_circuit = rule([Match::SourceIn(pods)], cluster());
                rules.push(Rule {
                    comment: Some("short-circuit pod traffic"),
                    ..short_circuit
                });
            }
            let masquerade = rule([Match::SourceLocal], mark());
            rules.push(Rule {
                comment: Some("masquerade local traffic"),
                ..masquerade
            });
            let short_circuit = rule([Match::SourceLocal], cluster());
            rules.push(Rule {
                comment: Some("short-circuit local traffic"),
                ..short_circuit
            });
        }
        rules.extend(
            plan.external
                .as_ref()
                .ok()
                .map(|chain| rule([], Statement::Goto(chain.clone()))),
        );
        rules
    }

    fn endpoint(
        &mut self,
        id: ServicePortId,
        port: &ServicePortInfo,
        plan: &Plan,
        endpoint: EndpointId,
    ) {
        let address = self.proxied.endpoints[endpoint].address;
        let names = plan.names_of(endpoint);
        // An endpoint that calls itself: the reply has to come back through this node.
        let mut rules = vec![rule(
            [Match::Source(address.ip())],
            Statement::Jump(MARK_CHAIN),
        )];
        if let SessionAffinity::ClientIp { timeout } = port.session_affinity {
            rules.push(rule([], Statement::Remember(names.affinity.clone())));
            self.ruleset.affinity_sets.push(AffinitySet {
                name: names.affinity.clone(),
                timeout,
            });
        }
        rules.push(rule(
            [Match::Protocol(port.protocol)],
            Statement::Dnat(address),
        ));
        self.chain(&names.chain, id, rules);
        if let Some(chain) = self.ruleset.chains.last_mut() {
            chain.endpoint = Some(endpoint);
        }
    }

    fn endpoint_names(&self, port: &ServicePortInfo, endpoint: EndpointId) -> EndpointNames {
        let address = self.proxied.endpoints[endpoint].address.to_string();
        let base = endpoint_base(&port.name, port.protocol, &address);
        EndpointNames {
            chain: format!("endpoint-{base}").into(),
            affinity: format!("affinity-{base}").into(),
        }
    }

    fn chain(&mut self, name: &Str, port: ServicePortId, rules: Vec<Rule>) {
        add(&mut self.ruleset, name, None, rules);
        if let Some(chain) = self.ruleset.chains.last_mut() {
            chain.port = Some(port);
        }
    }
}

/// Where a client was sent before, then an equal chance for all.
fn spread(port: &ServicePortInfo, plan: &Plan, endpoints: &[EndpointId]) -> Vec<Rule> {
    let mut rules = Vec::new();
    if let SessionAffinity::ClientIp { timeout } = port.session_affinity {
        rules.extend(endpoints.iter().map(|&endpoint| {
            let EndpointNames { chain, affinity } = plan.names_of(endpoint);
            let remembered = Match::SourceRemembered {
                set: affinity.clone(),
                timeout,
            };
            rule([remembered], Statement::Goto(chain.clone()))
        }));
    }
    let chains = endpoints
        .iter()
        .map(|&endpoint| plan.names_of(endpoint).chain.clone())
        .collect();
    rules.push(rule([], Statement::Spread(chains)));
    rules
}

fn add(ruleset: &mut Ruleset, name: &str, base: Option<BaseChain>, rules: Vec<Rule>) {
    ruleset.by_name.insert(name.into(), ruleset.chains.len());
    ruleset.chains.push(Chain {
        name: name.into(),
        base,
        comment: None,
        port: None,
        endpoint: None,
        rules,
    });
}

fn rule(matches: impl IntoIterator<Item = Match>, statement: Statement) -> Rule {
    Rule {
        matches: matches.into_iter().collect(),
        statement,
        comment: None,
    }
}

fn look(matches: Vec<Match>, map: Map) -> Rule {
    Rule {
        matches,
        statement: Statement::Look(map),
        comment: None,
    }
}

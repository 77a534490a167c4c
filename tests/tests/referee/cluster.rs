//! Clusters made from a seed: small, varied, with every address written down, so that nothing is assumed.

use std::fmt::Write as _;
use std::net::IpAddr;

use switchboard_engine::cluster::{Egress, Environment, NodePortAddresses, ProxyMode};
use switchboard_engine::trace::Probe;

/// Where clients from outside call from, one a family.
const OUTSIDE: [&str; 2] = ["198.51.100.7", "2001:db8:ffff::7"];
/// What the manifests call the families, in the order of all pairs here.
const FAMILIES: [&str; 2] = ["IPv4", "IPv6"];

/// A cluster, and what is to be dialled in it.
pub(crate) struct Cluster {
    pub(crate) manifests: String,
    pub(crate) environment: Environment,
    pub(crate) calls: Vec<Call>,
}

/// One thing to dial, and what it is an example of.
pub(crate) struct Call {
    pub(crate) probe: Probe,
    pub(crate) kind: &'static str,
}

/// SplitMix64: the same seed gives the same cluster on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound) as usize
    }

    fn once_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64)]
    }
}

struct Generator {
    random: Random,
    cluster: Cluster,
    /// Of the cluster: 0 is IPv4, 1 is IPv6; the primary one first.
    families: Vec<usize>,
    nodes: usize,
    pods: usize,
}

/// The cluster of a seed, with kube-proxy in this mode.
pub(crate) fn generate(seed: u64, mode: ProxyMode) -> Cluster {
    let mut random = Random(seed);
    let families = match seed % 8 {
        0 | 4 => vec![0],
        1 | 2 | 5 => vec![0, 1],
        3 | 6 => vec![1, 0],
        _ => vec![1],
    };
    let nodes = 1 + random.below(3);
    let environment = environment(&mut random, &families, nodes, mode);
    let mut generator = Generator {
        random,
        cluster: Cluster {
            manifests: String::new(),
            environment,
            calls: Vec::new(),
        },
        families,
        nodes,
        pods: 0,
    };
    generator.add_nodes();
    let client = generator.add_pod("client", "none", "");
    let services = 1 + generator.random.below(4);
    for service in 0..services {
        generator.add_service(service);
    }
    generator.call_hosts(client);
    generator.cluster
}

fn environment(
    random: &mut Random,
    families: &[usize],
    nodes: usize,
    mode: ProxyMode,
) -> Environment {
    let mut environment = Environment::default();
    let both = |texts: [&str; 2]| {
        let all = families.iter();
        all.map(|family| texts[*family].parse().expect("a range"))
            .collect::<Vec<_>>()
    };
    environment.network.pod_cidrs = both(["10.244.0.0/16", "fd00:10:244::/48"]);
    environment.network.service_cidrs = both(["10.96.0.0/16", "fd00:10:96::/112"]);
    let proxy = &mut environment.proxy;
    proxy.mode = mode;
    proxy.detect_local = environment.network.pod_cidrs.clone();
    proxy.service_cidrs = environment.network.service_cidrs.clone();
    proxy.masquerade_all = random.once_in(6);
    proxy.localhost_node_ports = !random.once_in(4);
    proxy.masquerade_bit = if random.once_in(8) { 9 } else { 14 };
    if random.once_in(8) {
        proxy.detect_local.clear();
    }
    proxy.node_port_addresses = match random.below(8) {
        0 => NodePortAddresses::Primary,
        1 => NodePortAddresses::Ranges(vec!["172.16.0.0/12".parse().expect("a range")]),
        2 => NodePortAddresses::Ranges(both(["192.168.77.0/24", "fd00:77::/64"])),
        _ => NodePortAddresses::Default,
    };
    environment.options.egress = if random.once_in(2) {
        Egress::Routed
    } else {
        Egress::Masquerade
    };
    let entry = 1 + random.below(nodes as u64);
    environment.options.entry_node = Some(format!("node{entry}").into());
    environment
}

impl Generator {
    fn document(&mut self, text: &str) {
        writeln!(self.cluster.manifests, "---\n{text}").expect("a String takes all");
    }

    /// The texts of the cluster's families, joined.
    fn join(&self, families: &[usize], texts: [String; 2]) -> String {
        let all: Vec<&str> = families.iter().map(|f| texts[*f].as_str()).collect();
        all.join(", ")
    }

    fn add_nodes(&mut self) {
        let entry = self.cluster.environment.options.entry_node.clone();
        // The lab has one way in: where load balancers know no other node, it can judge them.
        let alone = self.random.once_in(2);
        for n in 1..=self.nodes {
            let name = format!("node{n}");
            let zone = if n == 1 { "a" } else { "b" };
            let mut labels = format!("topology.kubernetes.io/zone: {zone}");
            if alone && entry.as_deref() != Some(name.as_str()) {
                labels += ", node.kubernetes.io/exclude-from-external-load-balancers: ''";
            }
            let ranges = [
                format!("10.244.{n}.0/24"),
                format!("'fd00:10:244:{n}::/64'"),
            ];
            let ranges = self.join(&self.families, ranges);
            let addresses = [node_address(n, 0), node_address(n, 1)]
                .map(|address| format!("{{type: InternalIP, address: '{address}'}}"));
            let addresses = self.join(&self.families, addresses);
            self.document(&format!(
                "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{{labels}}}}}\n\
                 spec: {{podCIDRs: [{ranges}]}}\n\
                 status: {{addresses: [{addresses}], conditions: [{{type: Ready, status: 'True'}}]}}\n"
            ));
        }
    }

    /// Returns its addresses, by family.
    fn add_pod(&mut self, name: &str, app: &str, more: &str) -> [String; 2] {
        let node = 1 + self.random.below(self.nodes as u64);
        let number = self.pods + 10;
        self.pods += 1;
        let ready = if more.contains("unready") {
            "False"
        } else {
            "True"
        };
        let deleted = if more.contains("terminating") {
            ", deletionTimestamp: '2026-01-01T00:00:00Z', deletionGracePeriodSeconds: 30"
        } else {
            ""
        };
        let addresses = [
            format!("10.244.{node}.{number}"),
            format!("fd00:10:244:{node}::{number}"),
        ];
        let ips = addresses
            .clone()
            .map(|address| format!("{{ip: '{address}'}}"));
        let (ips, primary) = (self.join(&self.families, ips), &addresses[self.families[0]]);
        self.document(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: lab, labels: {{app: {app}}}{deleted}}}\n\
             spec: {{nodeName: node{node}, containers: [{{name: c, image: i, ports: [{{containerPort: 8080}}, \
             {{containerPort: 8443}}, {{containerPort: 5353, protocol: UDP}}, {{containerPort: 9899, protocol: SCTP}}]}}]}}\n\
             status: {{phase: Running, podIP: '{primary}', podIPs: [{ips}], conditions: [{{type: Ready, status: '{ready}'}}]}}\n"
        ));
        addresses
    }

    fn add_service(&mut self, service: usize) {
        let app = format!("app{service}");
        let backends = self.random.below(5);
        for n in 0..backends {
            let more = self.random.of(&[
                "",
                "",
                "",
                "",
                "",
                "",
                "unready",
                "terminating",
                "terminating, unready",
            ]);
            self.add_pod(&format!("{app}-{n}"), &app, more);
        }
        let families = match (self.families.as_slice(), self.random.below(4)) {
            ([_], _) => self.families.clone(),
            (both, 0) => vec![both[0]],
            (both, 1) => vec![both[1]],
            (both, _) => both.to_vec(),
        };
        let service = Service::draw(self, service, families);
        self.document(&service.manifest);
        let node = 1 + self.random.below(self.nodes as u64);
        let mut callers = vec![
            "pod/lab/client".to_owned(),
            format!("node/node{node}"),
            "outside".to_owned(),
        ];
        if backends > 0 {
            // It may meet itself behind the Service.
            callers.push(format!("pod/lab/{app}-0"));
        }
        for caller in &callers {
            for family in service.families.clone() {
                self.call_service(&service, caller, family);
            }
        }
    }

    fn call_service(&mut self, service: &Service, caller: &str, family: usize) {
        let doors = [
            ("ClusterIP", Some(service.cluster_ip[family].clone())),
            (
                "external IP",
                service.external_ip.clone().map(|ips| ips[family].clone()),
            ),
            (
                "load balancer",
                service.vip.clone().map(|ips| ips[family].clone()),
            ),
        ];
        let doors = doors.map(|(kind, address)| address.map(|address| (kind, address)));
        for port in &service.ports {
            let protocol = port.protocol;
            for (kind, address) in doors.iter().flatten() {
                self.call(
                    kind,
                    caller,
                    family,
                    &format!("{}:{}/{protocol}", host(address), port.port),
                );
            }
            if let Some(node_port) = port.node_port {
                for n in 1..=self.nodes {
                    let address = node_address(n, family);
                    self.call(
                        "node port",
                        caller,
                        family,
                        &format!("{}:{node_port}/{protocol}", host(&address)),
                    );
                }
                if caller.starts_with("node/") {
                    let localhost = ["127.0.0.1", "[::1]"][family];
                    self.call(
                        "node port on localhost",
                        caller,
                        family,
                        &format!("{localhost}:{node_port}/{protocol}"),
                    );
                }
            }
        }
        let cluster_ip = host(&service.cluster_ip[family]);
        self.call(
            "wrong port of a ClusterIP",
            caller,
            family,
            &format!("{cluster_ip}:81"),
        );
        self.call(
            "ping of a ClusterIP",
            caller,
            family,
            &format!("ping {}", service.cluster_ip[family]),
        );
        if let Some(port) = service.health_check {
            for n in 1..=self.nodes {
                let address = host(&node_address(n, family));
                self.call(
                    "health-check node port",
                    caller,
                    family,
                    &format!("{address}:{port}"),
                );
            }
        }
    }

    /// Without a Service.
    fn call_hosts(&mut self, client: [String; 2]) {
        for family in self.families.clone() {
            let node = node_address(self.nodes, family);
            for caller in ["pod/lab/client", "node/node1", "outside"] {
                self.call("ping of a node", caller, family, &format!("ping {node}"));
                self.call(
                    "a node's own port",
                    caller,
                    family,
                    &format!("{}:22", host(&node)),
                );
                let unused = ["10.96.9.9:80", "[fd00:10:96::999]:80"][family];
                self.call("unallocated ClusterIP", caller, family, unused);
                if caller != "pod/lab/client" {
                    self.call(
                        "ping of a Pod",
                        caller,
                        family,
                        &format!("ping {}", client[family]),
                    );
                    self.call(
                        "a Pod's address",
                        caller,
                        family,
                        &format!("{}:8080", host(&client[family])),
                    );
                }
            }
            let vacant = ["10.244.1.200:80", "[fd00:10:244:1::200]:80"][family];
            self.call("address of no Pod", "pod/lab/client", family, vacant);
        }
    }

    fn call(&mut self, kind: &'static str, caller: &str, family: usize, to: &str) {
        let from = match caller {
            "outside" => format!("outside/{}", OUTSIDE[family]),
            other => other.to_owned(),
        };
        let probe = Probe::parse(&from, to).expect("the generator asks well-formed questions");
        self.cluster.calls.push(Call { probe, kind });
    }
}

/// What is dialled of a Service; addresses by family.
struct Service {
    manifest: String,
    families: Vec<usize>,
    cluster_ip: [String; 2],
    external_ip: Option<[String; 2]>,
    vip: Option<[String; 2]>,
    ports: Vec<Port>,
    health_check: Option<u16>,
}

struct Port {
    name: &'static str,
    protocol: &'static str,
    port: u16,
    target: u16,
    node_port: Option<u16>,
}

impl Service {
    fn draw(generator: &mut Generator, service: usize, families: Vec<usize>) -> Self {
        let random = &mut generator.random;
        // Clear of 10.96.0.10, where Pods look for the cluster's DNS.
        let last = service + 20;
        let type_ = random.of(&["ClusterIP", "NodePort", "LoadBalancer"]);
        let external = type_ != "ClusterIP";
        let cluster_ip = [format!("10.96.0.{last}"), format!("fd00:10:96::{last}")];
        let mut spec = format!("  type: {type_}\n  selector: {{app: app{service}}}\n");
        let mut line = |text: &str| writeln!(spec, "  {text}").expect("a String takes all");
        if random.once_in(4) {
            line("internalTrafficPolicy: Local");
        }
        if random.once_in(4) {
            let seconds = random.of(&[30, 10_800]);
            line(&format!(
                "sessionAffinity: ClientIP\n  sessionAffinityConfig: {{clientIP: {{timeoutSeconds: {seconds}}}}}"
            ));
        }
        if random.once_in(8) {
            line("publishNotReadyAddresses: true");
        }
        if random.once_in(5) {
            line("trafficDistribution: PreferClose");
        }
        let local = external && random.once_in(2);
        let mut health_check = None;
        if local {
            line("externalTrafficPolicy: Local");
            if type_ == "LoadBalancer" {
                let port = 32_000 + service as u16;
                line(&format!("healthCheckNodePort: {port}"));
                health_check = Some(port);
            }
        }
        let external_ip = random
            .once_in(3)
            .then(|| [format!("192.0.2.{last}"), format!("2001:db8:2::{last}")]);
        let vip = (type_ == "LoadBalancer")
            .then(|| [format!("203.0.113.{last}"), format!("2001:db8:3::{last}")]);
        if vip.is_some() && random.once_in(2) {
            let ranges = random.of(&[
                "198.51.100.0/24, 10.244.0.0/16, '2001:db8:ffff::/64', 'fd00:10:244::/48'",
                "172.16.0.0/12, 10.244.0.0/16, 'fd01::/64', 'fd00:10:244::/48'",
                "203.0.113.0/24, '2001:db8:3::/64'",
                "192.168.77.0/24, 'fd00:77::/64'",
            ]);
            line(&format!("loadBalancerSourceRanges: [{ranges}]"));
        }
        let mut ports = vec![("http", "TCP", 80, 8080)];
        if random.once_in(2) {
            ports.push(("dns", "UDP", 53, 5353));
        }
        if random.once_in(4) {
            ports.push(("https", "TCP", 443, 8443));
        }
        if random.once_in(3) {
            ports.push(("m3ua", "SCTP", 2905, 9899));
        }
        let ports: Vec<Port> = ports
            .into_iter()
            .zip(30_000 + service as u16 * 10..)
            .map(|((name, protocol, port, target), node_port)| Port {
                name,
                protocol,
                port,
                target,
                node_port: external.then_some(node_port),
            })
            .collect();
        let quoted = |texts: &[String; 2]| {
            generator.join(&families, texts.clone().map(|text| format!("'{text}'")))
        };
        line(&format!("clusterIPs: [{}]", quoted(&cluster_ip)));
        let names = generator.join(&families, FAMILIES.map(String::from));
        let policy = if families.len() == 2 {
            "RequireDualStack"
        } else {
            "SingleStack"
        };
        line(&format!(
            "ipFamilyPolicy: {policy}\n  ipFamilies: [{names}]"
        ));
        if let Some(addresses) = &external_ip {
            line(&format!("externalIPs: [{}]", quoted(addresses)));
        }
        line("ports:");
        for Port {
            name,
            protocol,
            port,
            target,
            node_port,
        } in &ports
        {
            let node_port = node_port.map(|port| format!(", nodePort: {port}"));
            let node_port = node_port.unwrap_or_default();
            line(&format!(
                "- {{name: {name}, protocol: {protocol}, port: {port}, targetPort: {target}{node_port}}}"
            ));
        }
        let status = vip.clone().map(|vip| {
            let points = generator.join(&families, vip.map(|ip| format!("{{ip: '{ip}'}}")));
            format!("status: {{loadBalancer: {{ingress: [{points}]}}}}\n")
        });
        let status = status.unwrap_or_default();
        Self {
            manifest: format!(
                "apiVersion: v1\nkind: Service\nmetadata: {{name: app{service}, namespace: lab}}\nspec:\n{spec}{status}"
            ),
            families,
            cluster_ip,
            external_ip,
            vip,
            ports,
            health_check,
        }
    }
}

fn node_address(n: usize, family: usize) -> String {
    [format!("192.168.77.{n}"), format!("fd00:77::{n}")][family].clone()
}

/// As it stands before a port.
fn host(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => format!("[{address}]"),
        _ => address.to_owned(),
    }
}

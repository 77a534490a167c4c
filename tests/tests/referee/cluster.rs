//! Clusters made from a seed: small, varied, with every address written down, so that nothing is assumed.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

/// Where clients from outside call from.
pub(crate) const OUTSIDE: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 7);

/// A cluster, and what is to be dialled in it.
pub(crate) struct Cluster {
    pub(crate) manifests: String,
    pub(crate) nodes: Vec<Node>,
    pub(crate) pods: Vec<Pod>,
    /// Addresses of load balancers and external IPs: traffic for them from outside enters by the entry node.
    pub(crate) vips: Vec<Ipv4Addr>,
    /// The first node's name is `node1`; this is the one by which traffic from outside enters.
    pub(crate) entry: usize,
    pub(crate) calls: Vec<Call>,
}

pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) pods: String,
}

pub(crate) struct Pod {
    pub(crate) name: String,
    pub(crate) address: Ipv4Addr,
    pub(crate) node: usize,
}

/// One thing to dial.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) from: From,
    pub(crate) protocol: &'static str,
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
    /// The Service: calls to one Service from one place run one after the other, because affinity remembers.
    pub(crate) service: usize,
    /// The Service has ClientIP affinity.
    pub(crate) sticky: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum From {
    Pod(usize),
    Node(usize),
    Outside,
}

/// Ports that every Pod listens on.
pub(crate) const LISTENING: [&str; 3] = ["8080/tcp", "8443/tcp", "5353/udp"];

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
}

/// The cluster of a seed.
pub(crate) fn generate(seed: u64) -> Cluster {
    let mut random = Random(seed);
    let nodes: Vec<Node> = (1..=1 + random.below(3) as u8)
        .map(|n| Node {
            name: format!("node{n}"),
            address: Ipv4Addr::new(192, 168, 77, n),
            pods: format!("10.244.{n}.0/24"),
        })
        .collect();
    let entry = random.below(nodes.len() as u64);
    let mut cluster = Cluster {
        manifests: String::new(),
        nodes,
        pods: Vec::new(),
        vips: Vec::new(),
        entry,
        calls: Vec::new(),
    };
    for node in &cluster.nodes {
        let Node {
            name,
            address,
            pods,
        } = node;
        let zone = if name == "node1" { "a" } else { "b" };
        document(
            &mut cluster.manifests,
            &format!(
                "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{topology.kubernetes.io/zone: {zone}}}}}\n\
                 spec: {{podCIDR: {pods}, podCIDRs: [{pods}]}}\n\
                 status: {{addresses: [{{type: InternalIP, address: {address}}}], conditions: [{{type: Ready, status: 'True'}}]}}\n"
            ),
        );
    }
    add_pod(&mut cluster, &mut random, "client", "none", true);
    for service in 0..1 + random.below(4) {
        add_service(&mut cluster, &mut random, service);
    }
    cluster
}

fn add_pod(
    cluster: &mut Cluster,
    random: &mut Random,
    name: &str,
    app: &str,
    ready: bool,
) -> usize {
    let node = random.below(cluster.nodes.len() as u64);
    let number = cluster.pods.len() as u8;
    let address = Ipv4Addr::new(10, 244, node as u8 + 1, number + 10);
    let status = if ready { "True" } else { "False" };
    let ports =
        "{containerPort: 8080}, {containerPort: 8443}, {containerPort: 5353, protocol: UDP}";
    document(
        &mut cluster.manifests,
        &format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}, namespace: lab, labels: {{app: {app}}}}}\n\
             spec: {{nodeName: {}, containers: [{{name: c, image: i, ports: [{ports}]}}]}}\n\
             status: {{phase: Running, podIP: {address}, podIPs: [{{ip: {address}}}], conditions: [{{type: Ready, status: '{status}'}}]}}\n",
            cluster.nodes[node].name
        ),
    );
    cluster.pods.push(Pod {
        name: name.to_owned(),
        address,
        node,
    });
    cluster.pods.len() - 1
}

fn add_service(cluster: &mut Cluster, random: &mut Random, service: usize) {
    let app = format!("app{service}");
    let backends: Vec<usize> = (0..random.below(5))
        .map(|n| {
            let ready = !random.once_in(6);
            add_pod(cluster, random, &format!("{app}-{n}"), &app, ready)
        })
        .collect();
    // Clear of 10.96.0.10, where Pods look for the cluster's DNS.
    let last = service as u8 + 20;
    let cluster_ip = Ipv4Addr::new(10, 96, 0, last);
    let type_ = ["ClusterIP", "NodePort", "LoadBalancer"][random.below(3)];
    let sticky = random.once_in(5);
    let mut spec =
        format!("  type: {type_}\n  clusterIP: {cluster_ip}\n  selector: {{app: {app}}}\n");
    let mut line = |text: String| writeln!(spec, "  {text}").expect("a String takes all");
    if random.once_in(4) {
        line("internalTrafficPolicy: Local".into());
    }
    if sticky {
        line("sessionAffinity: ClientIP".into());
    }
    let external = type_ != "ClusterIP";
    if external && random.once_in(2) {
        line("externalTrafficPolicy: Local".into());
    }
    let mut doors = vec![cluster_ip];
    if random.once_in(4) {
        let address = Ipv4Addr::new(192, 0, 2, last);
        line(format!("externalIPs: [{address}]"));
        doors.push(address);
        cluster.vips.push(address);
    }
    let vip = (type_ == "LoadBalancer").then(|| Ipv4Addr::new(203, 0, 113, last));
    if vip.is_some() && random.once_in(3) {
        let range = ["198.51.100.0/24", "172.16.0.0/12"][random.below(2)];
        line(format!(
            "loadBalancerSourceRanges: [{range}, 10.244.0.0/16]"
        ));
    }
    let udp = random.once_in(3);
    let node_port = |n: u16| 30_000 + service as u16 * 10 + n;
    let mut ports = vec![("http", "TCP", 80, 8080, node_port(0))];
    if udp {
        ports.push(("dns", "UDP", 53, 5353, node_port(1)));
    }
    if random.once_in(4) {
        ports.push(("https", "TCP", 443, 8443, node_port(2)));
    }
    line("ports:".into());
    for (name, protocol, port, target, node_port) in &ports {
        let node_port = if external {
            format!(", nodePort: {node_port}")
        } else {
            String::new()
        };
        line(format!(
            "- {{name: {name}, protocol: {protocol}, port: {port}, targetPort: {target}{node_port}}}"
        ));
    }
    let status = vip
        .map(|vip| format!("status: {{loadBalancer: {{ingress: [{{ip: {vip}}}]}}}}\n"))
        .unwrap_or_default();
    document(
        &mut cluster.manifests,
        &format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {app}, namespace: lab}}\nspec:\n{spec}{status}"
        ),
    );
    cluster.vips.extend(vip);
    doors.extend(vip);

    let mut callers = vec![
        From::Pod(0),
        From::Node(random.below(cluster.nodes.len() as u64)),
        From::Outside,
    ];
    // A Pod that may meet itself behind the Service.
    callers.extend(backends.first().map(|&pod| From::Pod(pod)));
    for &from in &callers {
        let mut call = |address, protocol: &'static str, port| {
            cluster.calls.push(Call {
                from,
                protocol,
                address,
                port,
                service,
                sticky,
            });
        };
        for (_, protocol, port, _, node_port) in &ports {
            let protocol = if *protocol == "UDP" { "udp" } else { "tcp" };
            doors.iter().for_each(|&door| call(door, protocol, *port));
            if external {
                cluster
                    .nodes
                    .iter()
                    .for_each(|node| call(node.address, protocol, *node_port));
            }
        }
        // A port that the Service does not have.
        call(cluster_ip, "tcp", 81);
    }
}

fn document(manifests: &mut String, text: &str) {
    writeln!(manifests, "---\n{text}").expect("a String takes all");
}

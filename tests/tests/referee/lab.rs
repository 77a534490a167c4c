//! A cluster out of network namespaces: a namespace a node, a Pod, one for a client outside, and one for the network
//! between them. Everything stays inside; dropping the lab takes it down, whatever happened.
//!
//! The Pod network is a routed one: a Pod hangs on its node by a veth pair, nodes hang on the network, which knows the
//! way to every node and its Pods and to nothing else. What is for nobody is dropped there without a word.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::cluster::{Cluster, From, LISTENING, OUTSIDE};

const PEER: &str = env!("CARGO_BIN_EXE_peer");
/// The Pods' gateway: an address that nobody has, with a neighbour entry instead of an answer.
const GATEWAY: &str = "169.254.1.1";
const NETWORK: &str = "192.168.77.254";
/// Namespaces are called this, the number of the process, the lab, the host.
const PREFIX: &str = "switchboard";

pub(crate) struct Lab {
    prefix: String,
    namespaces: Vec<String>,
    servers: Vec<Child>,
}

impl Lab {
    /// Builds the namespaces, links and routes, and starts a server in every Pod. Labs of one process have different names.
    pub(crate) fn build(name: &str, cluster: &Cluster) -> Self {
        let mut lab = Self {
            prefix: format!("{PREFIX}{}{name}-", std::process::id()),
            namespaces: Vec::new(),
            servers: Vec::new(),
        };
        let network = lab.namespace("net");
        let outside = lab.namespace("outside");
        let nodes: Vec<String> = cluster
            .nodes
            .iter()
            .map(|node| lab.namespace(&node.name))
            .collect();
        let pods: Vec<String> = cluster
            .pods
            .iter()
            .map(|pod| lab.namespace(&pod.name))
            .collect();

        let mut in_network = String::from("route add blackhole default\n");
        lab.link(&network, "outside", &outside, "eth0");
        in_network += &format!(
            "addr add {NETWORK}/32 dev outside\nlink set outside up\nroute add {OUTSIDE}/32 dev outside\n"
        );
        ip_batch(&outside, &leaf(OUTSIDE));
        for (node, (namespace, name)) in cluster
            .nodes
            .iter()
            .zip(nodes.iter().zip(cluster.nodes.iter().map(|n| &n.name)))
        {
            lab.link(&network, name, namespace, "eth0");
            let (address, pods) = (node.address, &node.pods);
            in_network += &format!(
                "addr add {NETWORK}/32 dev {name}\nlink set {name} up\nroute add {address}/32 dev {name}\n\
                 route add {pods} via {address} dev {name} onlink\n"
            );
            ip_batch(
                namespace,
                &format!("{}route add unreachable {pods}\n", leaf(address)),
            );
        }
        // Only traffic from outside is led to the entry node: inside, a VIP means what the node's rules say.
        let entry = &cluster.nodes[cluster.entry];
        for vip in &cluster.vips {
            in_network += &format!(
                "route add {vip}/32 via {} dev {} onlink table 100\n",
                entry.address, entry.name
            );
        }
        in_network += "rule add iif outside lookup 100\n";
        ip_batch(&network, &in_network);

        for (number, pod) in cluster.pods.iter().enumerate() {
            let (node, own) = (&nodes[pod.node], &pods[number]);
            let (link, address) = (format!("pod{number}"), pod.address);
            lab.link(node, &link, own, "eth0");
            let source = cluster.nodes[pod.node].address;
            let (near, far) = (mac(node, &link), mac(own, "eth0"));
            ip_batch(
                node,
                &format!(
                    "link set {link} up\nroute add {address}/32 dev {link} src {source}\n\
                     neigh add {address} lladdr {far} dev {link} nud permanent\n"
                ),
            );
            ip_batch(
                own,
                &format!(
                    "link set lo up\naddr add {address}/32 dev eth0\nlink set eth0 up\nroute add {GATEWAY} dev eth0\n\
                     neigh add {GATEWAY} lladdr {near} dev eth0 nud permanent\nroute add default via {GATEWAY} dev eth0\n"
                ),
            );
            lab.serve(own, &pod.name);
        }
        for node in &nodes {
            ip_batch(node, "link set lo up\n");
        }
        lab
    }

    /// Runs a program on a node with this input.
    pub(crate) fn on_node(
        &self,
        node: &str,
        program: &str,
        arguments: &[&str],
        input: &str,
    ) -> Output {
        let mut child = self
            .exec(&format!("{}{node}", self.prefix), program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("ip netns exec starts");
        let mut stdin = child.stdin.take().expect("piped");
        stdin
            .write_all(input.as_bytes())
            .expect("the program reads its input");
        drop(stdin);
        child.wait_with_output().expect("the program ends")
    }

    /// Starts dialling from a place; [`Dialling::outcomes`] waits for it.
    pub(crate) fn dial(&self, cluster: &Cluster, from: From, lanes: &[String]) -> Dialling {
        let place = match from {
            From::Pod(pod) => &cluster.pods[pod].name,
            From::Node(node) => &cluster.nodes[node].name,
            From::Outside => "outside",
        };
        let child = self
            .exec(&format!("{}{place}", self.prefix), PEER)
            .arg("dial")
            .args(lanes)
            .stdout(Stdio::piped())
            .spawn()
            .expect("ip netns exec starts");
        Dialling(child)
    }

    fn namespace(&mut self, name: &str) -> String {
        let namespace = format!("{}{name}", self.prefix);
        run(Command::new("ip").args(["netns", "add", &namespace]));
        self.namespaces.push(namespace.clone());
        let settings = [
            "net.ipv4.ip_forward=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
            // A redirect to a shorter way would be sent instead of what a rule says.
            "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.conf.default.send_redirects=0",
            // Each refusal is told, however many there are.
            "net.ipv4.icmp_ratelimit=0",
        ];
        run(self.exec(&namespace, "sysctl").arg("-qw").args(settings));
        namespace
    }

    fn link(&self, one: &str, device: &str, other: &str, other_device: &str) {
        let link = [
            "link",
            "add",
            device,
            "netns",
            one,
            "type",
            "veth",
            "peer",
            "name",
            other_device,
            "netns",
            other,
        ];
        run(Command::new("ip").args(link));
    }

    fn serve(&mut self, namespace: &str, name: &str) {
        let mut child = self
            .exec(namespace, PEER)
            .args(["serve", name])
            .args(LISTENING)
            .stdout(Stdio::piped())
            .spawn()
            .expect("ip netns exec starts");
        let mut line = String::new();
        let stdout = child.stdout.as_mut().expect("piped");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the server says that it is ready");
        assert_eq!(line, "ready\n");
        self.servers.push(child);
    }

    fn exec(&self, namespace: &str, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", namespace, program]);
        command
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // `ip netns exec` replaces itself by the server.
            let _ = server.kill();
            let _ = server.wait();
        }
        for namespace in &self.namespaces {
            let _ = Command::new("ip")
                .args(["netns", "del", namespace])
                .output();
        }
    }
}

/// Takes down what a run left that was killed before it could: namespaces of processes that are no more.
pub(crate) fn sweep() {
    let Ok(entries) = std::fs::read_dir("/run/netns") else {
        return;
    };
    for name in entries
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
    {
        let process = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next());
        let Some(process) = process.filter(|process| !process.is_empty()) else {
            continue;
        };
        if Path::new("/proc").join(process).exists() {
            continue;
        }
        let inside = Command::new("ip").args(["netns", "pids", &name]).output();
        let inside = inside
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default();
        for process in inside.split_whitespace() {
            let _ = Command::new("kill").args(["-9", process]).status();
        }
        let _ = Command::new("ip").args(["netns", "del", &name]).status();
    }
}

/// A process that dials.
pub(crate) struct Dialling(Child);

impl Dialling {
    /// Lines of what became of each connection.
    pub(crate) fn outcomes(mut self) -> Vec<String> {
        let mut text = String::new();
        self.0
            .stdout
            .take()
            .expect("piped")
            .read_to_string(&mut text)
            .expect("UTF-8");
        self.0.wait().expect("it ends");
        text.lines().map(str::to_owned).collect()
    }
}

/// A host with one link to the network.
fn leaf(address: Ipv4Addr) -> String {
    format!(
        "link set lo up\naddr add {address}/32 dev eth0\nlink set eth0 up\nroute add {NETWORK} dev eth0 src {address}\n\
         route add default via {NETWORK} dev eth0 src {address}\n"
    )
}

fn mac(namespace: &str, device: &str) -> String {
    let output = run(Command::new("ip").args(["-n", namespace, "-o", "link", "show", device]));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut words = text.split_whitespace();
    words.find(|word| *word == "link/ether");
    words.next().expect("a veth has an address").to_owned()
}

fn ip_batch(namespace: &str, commands: &str) {
    let mut child = Command::new("ip")
        .args(["-n", namespace, "-batch", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .expect("ip starts");
    let mut stdin = child.stdin.take().expect("piped");
    stdin
        .write_all(commands.as_bytes())
        .expect("ip reads its commands");
    drop(stdin);
    assert!(
        child.wait().expect("ip ends").success(),
        "in {namespace}:\n{commands}"
    );
}

fn run(command: &mut Command) -> Output {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

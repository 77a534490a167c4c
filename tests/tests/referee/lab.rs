//! A cluster out of network namespaces: a namespace a node, a Pod, one for the world outside, and one for the network
//! between them. Everything stays inside; dropping the lab takes it down, whatever happened.
//!
//! The Pod network is a routed one: a Pod hangs on its node by a veth pair, nodes hang on the network, which knows the
//! way to every node and its Pods and to nothing else. What is for nobody is dropped there without a word. Who is a
//! neighbour is written down, so that nobody has to ask and nothing is waited for.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::IpAddr;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::layout::{From, Layout};

const PEER: &str = env!("CARGO_BIN_EXE_peer");
/// Routers have addresses that nobody else has.
const ROUTERS: [&str; 2] = ["169.254.1.1", "fd00:254::1"];
/// Namespaces are called this, the number of the process, the lab, the host.
const PREFIX: &str = "switchboard";
/// Either end of every link.
const NEAR: &str = "02:00:00:00:00:01";
const FAR: &str = "02:00:00:00:00:02";

/// Set when the run is being ended: nobody builds any more.
static ENDING: AtomicBool = AtomicBool::new(false);

pub(crate) struct Lab {
    prefix: String,
    namespaces: Vec<String>,
    servers: Vec<Child>,
}

impl Lab {
    /// Builds the namespaces, links and routes, and starts the servers. Labs of one process have different names.
    pub(crate) fn build(name: &str, layout: &Layout) -> Self {
        let mut lab = Self {
            prefix: format!("{PREFIX}{}{name}-", std::process::id()),
            namespaces: Vec::new(),
            servers: Vec::new(),
        };
        lab.add_namespaces(layout);
        lab.add_links(layout);
        lab.wire_network(layout);
        for nth in 0..layout.nodes.len() {
            lab.wire_node(layout, nth);
        }
        for (nth, pod) in layout.pods.iter().enumerate() {
            lab.batch(From::Pod(nth), &leaf(&pod.addresses));
        }
        lab.batch(From::Outside, &leaf(&layout.outside));
        lab.start_servers(layout);
        lab
    }

    fn add_namespaces(&mut self, layout: &Layout) {
        let pods = (0..layout.pods.len()).map(From::Pod);
        let nodes = (0..layout.nodes.len()).map(From::Node);
        let hosts = nodes.chain(pods).chain([From::Outside]);
        let mut namespaces: Vec<String> = hosts.map(|host| self.namespace(host)).collect();
        namespaces.push(self.network());
        // Before they exist, so that a lab that fails half way takes all of it down.
        self.namespaces.clone_from(&namespaces);
        ip(&[], &lines(&namespaces, |name| format!("netns add {name}")));
        let settings = [
            "net.ipv4.ip_forward=1",
            "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0",
            // A redirect to a shorter way would be sent instead of what a rule says.
            "net.ipv4.conf.all.send_redirects=0",
            "net.ipv4.conf.default.send_redirects=0",
            // Each refusal is told, however many there are.
            "net.ipv4.icmp_ratemask=0",
            "net.ipv6.icmp.ratelimit=0",
            // An address is there at once.
            "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv4.ping_group_range=0 2147483647",
        ];
        // `ip` would take the blank in a value for two arguments.
        let set: Vec<Child> = namespaces
            .iter()
            .map(|name| {
                let mut command = in_namespace(name, "sysctl");
                command.arg("-qw").args(settings);
                command.spawn().expect("ip netns exec starts")
            })
            .collect();
        for mut child in set {
            assert!(child.wait().expect("sysctl ends").success());
        }
    }

    fn add_links(&self, layout: &Layout) {
        let network = self.network();
        let mut links = String::new();
        let mut link = |near: &str, device: String, far: &str| {
            writeln!(
                links,
                "link add dev {device} address {NEAR} netns {near} type veth peer name eth0 address {FAR} netns {far}"
            )
            .expect("a String takes all");
        };
        link(&network, "outside".into(), &self.namespace(From::Outside));
        for nth in 0..layout.nodes.len() {
            let node = self.namespace(From::Node(nth));
            link(&network, format!("node{nth}"), &node);
        }
        for (nth, pod) in layout.pods.iter().enumerate() {
            let node = self.namespace(From::Node(pod.node));
            link(&node, format!("pod{nth}"), &self.namespace(From::Pod(nth)));
        }
        ip(&[], &links);
    }

    fn wire_network(&self, layout: &Layout) {
        let mut text = String::from("link set lo up\nlink set outside up\n");
        text += "route add blackhole 0.0.0.0/0\nroute add blackhole ::/0\n";
        for address in &layout.outside {
            text += &neighbour(*address, "outside", "");
        }
        for (nth, node) in layout.nodes.iter().enumerate() {
            let device = format!("node{nth}");
            text += &format!("link set {device} up\n");
            for address in &node.addresses {
                text += &neighbour(*address, &device, "");
            }
            for range in &node.ranges {
                let Some(via) = of_family(&node.addresses, range.addr()) else {
                    continue;
                };
                text += &format!("route add {range} via {via} dev {device} onlink\n");
            }
        }
        // The world knows the way to nodes, and by the entry node to VIPs; inside, a VIP means what the nodes' rules say.
        for (nth, node) in layout.nodes.iter().enumerate() {
            for address in &node.addresses {
                text += &format!("route add {address} dev node{nth} table 100\n");
            }
        }
        let entry = &layout.nodes[layout.entry];
        for vip in &layout.vips {
            let Some(via) = of_family(&entry.addresses, *vip) else {
                continue;
            };
            let device = layout.entry;
            text += &format!("route add {vip} via {via} dev node{device} onlink table 100\n");
        }
        text += "route add blackhole 0.0.0.0/0 table 100\nroute add blackhole ::/0 table 100\n";
        ip(&["-n", &self.network()], &text);
        for family in ["-4", "-6"] {
            let rule = "rule add iif outside lookup 100\n";
            ip(&[family, "-n", &self.network()], rule);
        }
    }

    fn wire_node(&self, layout: &Layout, nth: usize) {
        let node = &layout.nodes[nth];
        let mut text = leaf(&node.addresses);
        for range in &node.ranges {
            text += &format!("route add unreachable {range}\n");
        }
        for (number, pod) in layout.pods.iter().enumerate() {
            if pod.node != nth {
                continue;
            }
            let device = format!("pod{number}");
            text += &format!("link set {device} up\n");
            for address in &pod.addresses {
                let source = of_family(&node.addresses, *address);
                let source = source.map(|source| format!(" src {source}"));
                text += &neighbour(*address, &device, &source.unwrap_or_default());
            }
        }
        self.batch(From::Node(nth), &text);
    }

    fn start_servers(&mut self, layout: &Layout) {
        let ports: Vec<String> = layout
            .listening
            .iter()
            .map(|(protocol, port)| format!("{port}/{}", protocol.lower()))
            .collect();
        for (nth, pod) in layout.pods.iter().enumerate() {
            self.serve(From::Pod(nth), &pod.name, "*", &ports);
        }
        for (nth, node) in layout.nodes.iter().enumerate() {
            let ports: Vec<String> = node
                .health_checks
                .iter()
                .map(|port| format!("{port}/tcp"))
                .collect();
            if !ports.is_empty() {
                self.serve(From::Node(nth), &node.name, "*", &ports);
            }
        }
        for address in &layout.outside {
            let address = address.to_string();
            self.serve(From::Outside, &address, &address, &ports);
        }
        for server in &mut self.servers {
            let mut line = String::new();
            let stdout = server.stdout.as_mut().expect("piped");
            BufReader::new(stdout)
                .read_line(&mut line)
                .expect("the server says that it is ready");
            assert_eq!(line, "ready\n");
        }
    }

    fn serve(&mut self, host: From, name: &str, address: &str, ports: &[String]) {
        let child = in_namespace(&self.namespace(host), PEER)
            .args(["serve", name, address])
            .args(ports)
            .stdout(Stdio::piped())
            .spawn()
            .expect("ip netns exec starts");
        self.servers.push(child);
    }

    /// Runs a program on a node with this input.
    pub(crate) fn on_node(
        &self,
        node: usize,
        program: &str,
        arguments: &[&str],
        input: &str,
    ) -> Output {
        let mut command = in_namespace(&self.namespace(From::Node(node)), program);
        command.args(arguments);
        fed(command, input)
    }

    /// Starts dialling from a place; [`Dialling::outcomes`] waits for it.
    pub(crate) fn dial(&self, from: From, lanes: &[String]) -> Dialling {
        let child = in_namespace(&self.namespace(from), PEER)
            .arg("dial")
            .args(lanes)
            .stdout(Stdio::piped())
            .spawn()
            .expect("ip netns exec starts");
        Dialling(child)
    }

    fn batch(&self, host: From, commands: &str) {
        ip(&["-n", &self.namespace(host)], commands);
    }

    // By number: names of Pods and nodes are longer than a device's can be.
    fn namespace(&self, host: From) -> String {
        match host {
            From::Pod(nth) => format!("{}pod{nth}", self.prefix),
            From::Node(nth) => format!("{}node{nth}", self.prefix),
            From::Outside => format!("{}outside", self.prefix),
        }
    }

    fn network(&self) -> String {
        format!("{}net", self.prefix)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for server in &mut self.servers {
            // `ip netns exec` replaces itself by the server.
            let _ = server.kill();
            let _ = server.wait();
        }
        // One may be missing if the lab was never finished; the others go all the same.
        let deletions = lines(&self.namespaces, |name| format!("netns del {name}"));
        let mut command = Command::new("ip");
        command.args(["-force", "-batch", "-"]);
        fed(command, &deletions);
    }
}

/// Takes down what a run left that was killed before it could: namespaces of processes that are no more.
pub(crate) fn sweep() {
    take_down(|process| !Path::new("/proc").join(process).exists());
}

/// Sees to it that a run that is told to end takes its namespaces along.
pub(crate) fn take_down_when_ended() {
    let handler = || {
        ENDING.store(true, Ordering::SeqCst);
        let own = std::process::id().to_string();
        // Whoever was about to make a namespace has made it by the second time.
        for _ in 0..2 {
            take_down(|process| process == own);
        }
        std::process::exit(143);
    };
    // A second test of the same process finds the first one's.
    let _ = ctrlc::set_handler(handler);
}

fn take_down(whose: impl Fn(&str) -> bool) {
    let Ok(entries) = std::fs::read_dir("/run/netns") else {
        return;
    };
    let names = entries.flatten().map(|entry| entry.file_name());
    for name in names.filter_map(|name| name.into_string().ok()) {
        let process = name
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next())
            .filter(|process| !process.is_empty());
        if !process.is_some_and(&whose) {
            continue;
        }
        let inside = Command::new("ip").args(["netns", "pids", &name]).output();
        let inside = inside
            .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
            .unwrap_or_default();
        for process in inside.split_whitespace() {
            let _ = Command::new("kill").args(["-9", process]).output();
        }
        let _ = Command::new("ip").args(["netns", "del", &name]).output();
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

/// A host with one link, to a router that knows all ways.
fn leaf(addresses: &[IpAddr]) -> String {
    let mut text = String::from("link set lo up\nlink set eth0 up\n");
    for address in addresses {
        let (length, detection) = if address.is_ipv4() {
            (32, "")
        } else {
            (128, " nodad")
        };
        text += &format!("addr add {address}/{length} dev eth0{detection}\n");
    }
    for router in ROUTERS {
        let router: IpAddr = router.parse().expect("an address");
        let Some(source) = of_family(addresses, router) else {
            continue;
        };
        text += &format!(
            "route add {router} dev eth0 src {source}\n\
             neigh add {router} lladdr {NEAR} dev eth0 nud permanent\n\
             route add default via {router} dev eth0 src {source}\n"
        );
    }
    text
}

/// The way to an address at the far end of a link.
fn neighbour(address: IpAddr, device: &str, more: &str) -> String {
    format!(
        "route add {address} dev {device}{more}\nneigh add {address} lladdr {FAR} dev {device} nud permanent\n"
    )
}

fn of_family(addresses: &[IpAddr], other: IpAddr) -> Option<IpAddr> {
    let same = |address: &IpAddr| address.is_ipv4() == other.is_ipv4();
    addresses.iter().copied().find(same)
}

fn lines(names: &[String], line: impl Fn(&String) -> String) -> String {
    names.iter().map(|name| line(name) + "\n").collect()
}

fn in_namespace(namespace: &str, program: &str) -> Command {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace, program]);
    command
}

fn ip(arguments: &[&str], commands: &str) {
    while ENDING.load(Ordering::SeqCst) {
        std::thread::park();
    }
    let mut command = Command::new("ip");
    command.args(arguments).args(["-batch", "-"]);
    let output = fed(command, commands);
    assert!(
        output.status.success(),
        "{arguments:?}\n{commands}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn fed(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("piped");
    // A program that stops reading says why in the end.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    child.wait_with_output().expect("the program ends")
}

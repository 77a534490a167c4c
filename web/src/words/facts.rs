//! Facts of an object: a label, and a value. Labels that name a field are Kubernetes' own and not here.

use switchboard_engine::cluster::Unfit;

// Kinds of things that are no objects, and what they are called.
/// The kind of a client, and of a name, that is not in the cluster.
pub const OUTSIDE: &str = "Outside";
/// What the client is called.
pub const CLIENT: &str = "A client that is not in the cluster";
/// The kind of the DNS server.
pub const DNS: &str = "DNS";
/// What the DNS server is called.
pub const THE_DNS: &str = "The cluster's DNS";
/// The kind of an address that no Pod has.
pub const AN_ADDRESS: &str = "Address";
/// The kind of a folded or opened namespace.
pub const NAMESPACE: &str = "Namespace";
/// The kind of a column of several nodes.
pub const SEVERAL_NODES: &str = "Nodes";

/// The kind of a shape that many Pods share.
pub fn pods(count: usize) -> String {
    format!("{count} Pods")
}

// Labels.
/// A label.
pub const LOAD_BALANCER: &str = "load balancer";
/// A label.
pub const NODE: &str = "node";
/// A label.
pub const STATE: &str = "state";
/// A label.
pub const LABELS: &str = "labels";
/// A label.
pub const ADDRESS: &str = "address";
/// A label.
pub const ADDRESSES: &str = "addresses";
/// A label.
pub const ZONE: &str = "zone";
/// A label.
pub const ASSUMED: &str = "assumed";
/// A label.
pub const REACHES: &str = "reaches";
/// A label.
pub const REACHED_BY: &str = "reached by";
/// A label.
pub const KNOWN_FROM: &str = "known from";
/// A label.
pub const SERVICES: &str = "Services";
/// A label.
pub const WORKLOADS: &str = "workloads";
/// A label.
pub const PODS: &str = "Pods";
/// A label.
pub const NODES: &str = "nodes";

/// A label.
pub fn port(name: &str) -> String {
    match name {
        "" => "port".to_owned(),
        name => format!("port {name}"),
    }
}

/// A label.
pub fn container(name: &str) -> String {
    format!("container {name}")
}

// Values.
/// There is none.
pub const NONE: &str = "none";
/// There is none, but there could be.
pub const NONE_YET: &str = "none yet";
/// The address of a headless Service.
pub const HEADLESS: &str = "None: its name resolves to the Pods themselves";
/// The selector of a Service that has none.
pub const NO_SELECTOR: &str = "none: EndpointSlices are written by hand or by another controller";
/// Of a container.
pub const NO_PORT: &str = "declares no port";
/// Of a Pod.
pub const HOST_NETWORK: &str = "true: it has its node's address";
/// How a Pod is.
pub const TERMINATING: &str = "terminating";
/// How a Pod or a node is.
pub const READY: &str = "ready";
/// How a Pod or a node is.
pub const NOT_READY: &str = "not ready";
/// How a node is.
pub const CUT_OFF: &str = "cut off, and so not ready";
/// Why a node is assumed.
pub const NODE_ASSUMED: &str = "no manifest describes this node";
/// The address of the client.
pub const CLIENT_ADDRESS: &str =
    "one that RFC 5737 keeps for documentation, unless you write outside/ADDRESS";
/// What the client reaches.
pub const CLIENT_REACHES: &str =
    "node ports, load balancers and external IPs; no ClusterIP and no Pod";
/// How a name outside is reached.
pub const BY_NAME: &str = "name only: DNS answers with a CNAME, and kube-proxy has no part in it";
/// How an address that no Pod has is known.
pub const FROM_SLICE: &str = "an EndpointSlice; what answers there is not in these manifests";
/// The Pods of a column without a node.
pub const UNPLACED: &str = "that fit on no node, or are not placed yet";
/// The addresses of a column without a node.
pub const PODLESS: &str = "that EndpointSlices name and no Pod of these manifests has";

/// A time.
pub fn seconds(count: u32) -> String {
    format!("{count} s")
}

/// How long a client stays with its endpoint.
pub fn client_ip(seconds: u32) -> String {
    format!("ClientIP, {seconds} s")
}

/// Names, and how many more there are.
pub fn some(names: &[&str], more: usize) -> String {
    let names = names.join(", ");
    match more {
        0 => names,
        more => format!("{names} and {more} more"),
    }
}

/// Why a Pod is on no node: the first nodes, each with its reason.
pub fn none_fits(reasons: &[String]) -> String {
    format!("none fits ({})", reasons.join("; "))
}

/// Why a Pod does not fit on a node.
pub fn unfit(node: &str, why: &Unfit) -> String {
    let why = match why {
        Unfit::OtherNode => "another node is named".to_owned(),
        Unfit::NodeSelector { key } => format!("nodeSelector {key}"),
        Unfit::NodeAffinity => "node affinity".to_owned(),
        Unfit::Taint { key } => format!("taint {key}"),
        Unfit::Cordoned => "unschedulable".to_owned(),
        Unfit::PodAffinity => "Pod affinity".to_owned(),
        Unfit::TopologySpread => "topology spread".to_owned(),
        Unfit::HostPort { port } => format!("host port {port} is taken"),
    };
    format!("{node}: {why}")
}

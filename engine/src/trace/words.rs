//! An answer in words: the only place where sentences about packets are made.
//!
//! The page, the terminal and reports say the same thing because they ask here.

mod command;
mod ends;

pub(crate) use command::quoted;
pub use command::{Command, command};
pub use ends::{client_sees, ending, ends_where, headline, outcome, verdict};
use ends::{loss, refusal};

use super::{
    Alternative, Answer, Because, Certainty, Connection, Hop, Journey, Loss, NameIs, NextHop,
    Place, Policies, Shares, SnatWhy, Step, StepKind, Tracked, Translator, Verdict, compare,
};
use crate::cluster::{ProxyMode, TrafficPolicy};
use crate::packet::{Family, Header, Protocol, Transport};
use crate::proxy::{ServicePortName, Used, ipvs};

/// At most so many policies are named.
const MOST_POLICIES: usize = 5;

/// A place, for headings: `Pod shop/client`.
pub fn place(place: &Place) -> String {
    match place {
        Place::Pod { namespace, name } => format!("Pod {namespace}/{name}"),
        Place::Endpoint {
            address,
            node: None,
        } => format!("endpoint {address}"),
        Place::Endpoint {
            address,
            node: Some(node),
        } => format!("endpoint {address} on node {node}"),
        Place::Node { name } => format!("node {name}"),
        Place::LoadBalancer { namespace, name } => format!("load balancer of {namespace}/{name}"),
        Place::Outside => "outside the cluster".to_owned(),
        Place::Network => "the network".to_owned(),
    }
}

/// A step in a few words, for a timeline: `DNAT to 10.244.1.7:8080`.
pub fn title(step: &Step) -> String {
    let after = |of: fn(&Header) -> String| step.after.as_ref().map(of).unwrap_or_default();
    match &step.what {
        StepKind::Resolve {
            host,
            address: Some(address),
            ..
        } => format!("{host} is {address}"),
        StepKind::Resolve {
            host,
            name_is: NameIs::External,
            ..
        } => format!("{host} is a name outside"),
        StepKind::Resolve { host, .. } => format!("{host} is not found"),
        StepKind::Send => format!("send to {}", after(|header| header.to().to_string())),
        StepKind::Answer => format!("answer to {}", after(|header| header.to().to_string())),
        StepKind::Balance { node, .. } => format!("to node {node}"),
        StepKind::Pass {
            dropped_later: Some(_),
            ..
        } => "no rule rewrites it".to_owned(),
        StepKind::Pass { .. } => "no rule takes it".to_owned(),
        StepKind::Dnat { .. } => {
            format!("DNAT to {}", after(|header| header.to().to_string()))
        }
        StepKind::Snat { .. } => {
            format!("SNAT to {}", after(|header| header.source.to_string()))
        }
        StepKind::Route { to } => match to {
            NextHop::Local => "to the node itself".to_owned(),
            NextHop::Pod { pod: Some(pod) } => format!("to Pod {pod}"),
            NextHop::Pod { pod: None } => "to the endpoint".to_owned(),
            NextHop::Vacant => "into the node's Pod range".to_owned(),
            NextHop::Node { node } => format!("to node {node}"),
            NextHop::DefaultRoute => "by the default route".to_owned(),
        },
        StepKind::Reject { .. } => "refused".to_owned(),
        StepKind::Drop { .. } => "dropped".to_owned(),
        StepKind::Deliver => "arrives".to_owned(),
        StepKind::Leave => "leaves the cluster".to_owned(),
        StepKind::Lose => "lost".to_owned(),
        StepKind::Undo { .. } => "translated back".to_owned(),
    }
}

/// Why a step happens, in a sentence or two.
pub fn reason(step: &Step) -> String {
    let service = service(&step.because);
    match &step.what {
        StepKind::Resolve {
            name_is,
            address: Some(address),
            has_both_families: true,
            ..
        } => format!(
            "{} A and AAAA both answer: which of them is dialled, the client's C library decides (RFC 6724). {} is followed here.",
            resolve(*name_is, &service),
            Family::of(*address)
        ),
        StepKind::Resolve { name_is, .. } => resolve(*name_is, &service),
        StepKind::Send if is_echo(step) => "An echo request: ICMP, without a port.".to_owned(),
        StepKind::Send => "A process sends it.".to_owned(),
        StepKind::Answer if is_echo(step) => "The kernel answers the echo request; no process is asked.".to_owned(),
        StepKind::Answer => "The process that listens answers, from the address and port at which it was reached.".to_owned(),
        StepKind::Balance { candidates: 1, .. } => "The load balancer has one node to send to.".to_owned(),
        StepKind::Balance { candidates, .. } => {
            format!("The load balancer chooses one of {candidates} nodes that pass its health check.")
        }
        StepKind::Pass { dropped_later: Some(why), .. } => {
            format!("kube-proxy's rules on this node know the address as {service}, and none of them rewrites it{}", left_alone(*why))
        }
        StepKind::Pass { .. } => {
            "kube-proxy's rules on this node look at the packet, and none of them is for its destination.".to_owned()
        }
        StepKind::Dnat { by: Translator::KubeProxy } if is_by_ipvs(step) => format!(
            "IPVS on this node sends it on: the address is a virtual server for {service}, and this is the real server that it chose."
        ),
        StepKind::Dnat { by } => dnat(*by, &service),
        StepKind::Snat { why } => snat(*why),
        StepKind::Route { to } => route(to).to_owned(),
        StepKind::Reject { why } => refusal(*why, &service),
        StepKind::Drop { why } => loss(*why, &service),
        // A reply arrives where a process waits for it.
        StepKind::Deliver if step.certainty != Certainty::Unknowable => "The packet arrives.".to_owned(),
        StepKind::Deliver => "The packet arrives. Whether a process listens there, no manifest can tell.".to_owned(),
        StepKind::Leave => "What is out there, no manifest can tell.".to_owned(),
        StepKind::Lose => "It gets no further.".to_owned(),
        StepKind::Undo { destination_nat, source_nat } => undo(*destination_nat, *source_nat).to_owned(),
    }
}

/// What is to be known of an answer as a whole: which policies were not asked, that no kernel has checked its mode, what depends on the CNI, and what its
/// shares mean.
pub fn caveats(answer: &Answer) -> Vec<String> {
    let mut caveats = Vec::new();
    if answer.verdict != Verdict::Unreachable && !answer.policies.is_empty() {
        let Policies { ingress, egress } = &answer.policies;
        let whom = match (ingress.is_empty(), egress.is_empty()) {
            (false, true) => "who is reached",
            (true, _) => "who sends",
            (false, false) => "who sends and who is reached",
        };
        let select = if ingress.len() + egress.len() == 1 {
            "selects"
        } else {
            "select"
        };
        caveats.push(format!(
            "{} {select} {whom}, and policies are not evaluated here: what follows is the packet's way if they let it pass.",
            policies(&answer.policies)
        ));
    }
    if !answer.checked_by_kernel() {
        caveats.push(
            "kube-proxy runs in mode ipvs: no kernel has checked what is said here.".to_owned(),
        );
    }
    if answer.alternatives.iter().any(keeps_pod_address) {
        caveats.push(
            "That the packet keeps the Pod's address on its way to another node depends on the CNI: masqueraded, it meets `externalTrafficPolicy: Local`."
                .to_owned(),
        );
    }
    match &answer.shares {
        Shares::Probability => {}
        _ if !answer.draws_an_endpoint() => {}
        Shares::LongRun => caveats
            .push("IPVS takes turns: shares are long-run shares, of many connections.".to_owned()),
        Shares::Unknown { scheduler } => caveats.push(format!(
            "Shares cannot be computed: {}. They are given as if they were equal.",
            unpredictable(scheduler)
        )),
    }
    caveats
}

/// NetworkPolicies by name, each with the direction that it is asked for.
pub fn policies(policies: &Policies) -> String {
    let Policies { ingress, egress } = policies;
    let ingress = ingress.iter().map(|name| format!("{name} (ingress)"));
    let egress = egress.iter().map(|name| format!("{name} (egress)"));
    let all: Vec<String> = ingress.chain(egress).collect();
    match all.len() {
        1 => format!("NetworkPolicy {}", all[0]),
        few if few <= MOST_POLICIES => format!("NetworkPolicies {}", all.join(", ")),
        many => format!(
            "NetworkPolicies {} and {} more",
            all[..MOST_POLICIES].join(", "),
            many - MOST_POLICIES
        ),
    }
}

/// Whether a Pod's packet gets to another node's port and passes it with the Pod's own address. There kube-proxy goes by the
/// source: policy `Local` is not for Pods.
fn keeps_pod_address(way: &Alternative) -> bool {
    let [from, own, hops @ ..] = way.journey.hops.as_slice() else {
        return false;
    };
    let sent = from.steps.iter().find_map(|step| step.after);
    let passes = |hop: &Hop| {
        let translated = hop.steps.iter().any(|step| {
            let by = Translator::KubeProxy;
            step.what == StepKind::Dnat { by }
        });
        let left_as = hop.steps.last().and_then(|step| step.after);
        translated && left_as.map(|header| header.source) == sent.map(|header| header.source)
    };
    matches!(from.place, Place::Pod { .. })
        && matches!(own.place, Place::Node { .. })
        && hops.iter().any(passes)
}

/// Why nobody can tell which real server an IPVS scheduler takes. Source: the kernel's `ip_vs_*.c`.
fn unpredictable(scheduler: &str) -> String {
    let why = match scheduler {
        "lc" | "wlc" | "sed" | "nq" => "takes the real server with the fewest open connections",
        "sh" => "takes one for each client address, by a hash",
        // kube-proxy sets `mh-port` with it (`FlagSourceHash`).
        "mh" => "takes one for each client address and port, by a hash",
        "dh" => "takes one for each destination address, by a hash: here always the same",
        "lblc" | "lblcr" => {
            "stays with one for each destination address, as long as it is not overloaded"
        }
        _ => "is not known here",
    };
    format!("the scheduler `{scheduler}` {why}")
}

/// What shares are called, for headings.
pub fn shares(shares: &Shares) -> &'static str {
    match shares {
        Shares::Probability => "exact shares",
        Shares::LongRun => "long-run shares",
        Shares::Unknown { .. } => "shares, if they were equal",
    }
}

/// How much work the nodes' rules were, to put modes side by side; `None`: no rule was met.
pub fn rules_evaluated(journey: &Journey, mode: ProxyMode) -> Option<String> {
    let met = match journey.rules_evaluated {
        0 => return None,
        1 => "1 rule of kube-proxy was".to_owned(),
        several => format!("{several} rules of kube-proxy were"),
    };
    let how = match mode {
        ProxyMode::Iptables => "one after the other: the more Services, the more rules",
        ProxyMode::Nftables => {
            "with Services looked up in maps: as many for any number of Services"
        }
        ProxyMode::Ipvs => {
            "with Services looked up in sets and among virtual servers: as many for any number of Services"
        }
    };
    Some(format!("{met} looked at on the way there, {how}."))
}

fn is_by_ipvs(step: &Step) -> bool {
    let rules = &step.because.rules;
    rules.iter().any(|rule| rule.table == ipvs::TABLE)
}

fn is_echo(step: &Step) -> bool {
    step.after
        .is_some_and(|header| header.transport == Transport::Echo)
}

/// What is different about the same probe under other rules, in a sentence or two; `one` and `other` are what the rules
/// are called: `iptables`, `ipvs`.
pub fn difference(
    (one, answer): (&str, &Answer),
    (other, others): (&str, &Answer),
) -> Option<String> {
    let with = |name: &str| format!("with {name}");
    differs((one, &with(one), answer), (other, &with(other), others))
}

/// What a change does to a probe's answer, in a sentence or two.
pub fn change(before: &Answer, after: &Answer) -> Option<String> {
    differs(("Before", "before", before), ("After", "after", after))
}

/// Two answers, each with what it is called at the head of a clause and inside of one.
fn differs(
    (one, as_one, answer): (&str, &str, &Answer),
    (other, as_other, others): (&str, &str, &Answer),
) -> Option<String> {
    let difference = compare::difference(answer, others)?;
    let ends = |answer: &Answer| {
        let alternative = answer.alternatives.get(difference.alternative)?;
        let sees = client_sees(&alternative.journey);
        Some((sees, ending(&alternative.journey)))
    };
    Some(match (ends(answer), ends(others)) {
        (Some((sees, end)), Some((others_see, others_end))) if difference.is_seen => {
            format!("{one}: {sees}. {end} {other}: {others_see}. {others_end}")
        }
        (Some(_), Some(_)) if difference.step.is_some() => {
            format!("The client sees the same as {as_one}; what happens on the way differs.")
        }
        (Some(_), Some(_)) => format!(
            "The client sees the same as {as_one}; packets end elsewhere, or in other shares."
        ),
        _ => {
            let ways = match answer.alternatives.len() {
                1 => "1 way".to_owned(),
                count => format!("{count} ways"),
            };
            format!("{ways} {as_one}, {} {as_other}.", others.alternatives.len())
        }
    })
}

/// An entry of a connection table as `conntrack -L` prints it, without what time decides: the timeout, and TCP's state.
pub fn conntrack(entry: &Tracked) -> String {
    // The number of an echo request's type, then of its reply's.
    let tuple = |header: &Header, v4: u8, v6: u8| {
        let (source, destination) = (header.source, header.destination);
        let ports = match header.transport {
            Transport::Ports {
                source,
                destination,
                ..
            } => format!("sport={source} dport={destination}"),
            Transport::Echo if destination.is_ipv4() => format!("type={v4} code=0"),
            Transport::Echo => format!("type={v6} code=0"),
        };
        format!("src={source} dst={destination} {ports}")
    };
    let Connection {
        original, reply, ..
    } = &entry.connection;
    let (name, number) = match (original.protocol(), Family::of(original.destination)) {
        (Some(Protocol::Tcp), _) => ("tcp", 6),
        (Some(Protocol::Udp), _) => ("udp", 17),
        (Some(Protocol::Sctp), _) => ("sctp", 132),
        (None, Family::V4) => ("icmp", 1),
        (None, Family::V6) => ("icmpv6", 58),
    };
    let waiting = if entry.is_replied { "" } else { "[UNREPLIED] " };
    format!(
        "{name:<8} {number} {} {waiting}{}",
        tuple(original, 8, 128),
        tuple(reply, 0, 129)
    )
}

/// What a node remembers of a connection, in a sentence.
pub fn tracked(entry: &Tracked) -> String {
    let Connection {
        original, reply, ..
    } = &entry.connection;
    let destination = (original.to() != reply.from()).then(|| {
        let (dialled, endpoint) = (original.to(), reply.from());
        format!("Destination NAT: {dialled} stands for {endpoint}.")
    });
    let source = (original.from() != reply.to()).then(|| {
        let (sender, goes_on) = (original.from(), reply.to());
        format!("Source NAT: {sender} goes on as {goes_on}.")
    });
    let told: Vec<String> = destination.into_iter().chain(source).collect();
    if told.is_empty() {
        "Remembered, not translated.".to_owned()
    } else {
        told.join(" ")
    }
}

/// How many endpoints of a service port a node uses, in a sentence.
pub fn uses(port: &ServicePortName, node: &str, used: usize, all: usize) -> String {
    match (used, all) {
        (_, 0) => format!("{port} has no endpoint."),
        (0, all) => format!("Node {node} uses none of the {all} endpoints of {port}."),
        (used, all) if used == all => format!("Node {node} uses every endpoint of {port}: {all}."),
        (used, all) => format!("Node {node} uses {used} of the {all} endpoints of {port}."),
    }
}

/// What a node does with an endpoint, in a few words.
pub fn used(used: &Used) -> String {
    match used {
        Used::Yes => "used".to_owned(),
        Used::Only(TrafficPolicy::Cluster) => "used where the policy is Cluster".to_owned(),
        Used::Only(TrafficPolicy::Local) => "used where the policy is Local".to_owned(),
        Used::AsLastResort => "used: terminating, but none is ready".to_owned(),
        Used::NotReady => "not ready".to_owned(),
        Used::Terminating => "terminating, and others are ready".to_owned(),
        Used::OtherZone { zones } => format!("hints keep it for zone {}", zones.join(", ")),
        Used::OtherNode { nodes } => format!("hints keep it for node {}", nodes.join(", ")),
        Used::NotLocal => "policy Local: it is on another node".to_owned(),
        Used::Repeated => "another slice has this address, and counts".to_owned(),
    }
}

fn resolve(name_is: NameIs, service: &str) -> String {
    match name_is {
        NameIs::ServiceAddress => format!("The cluster's DNS answers with the virtual address of {service}."),
        NameIs::Endpoints => {
            format!("The cluster's DNS answers with the endpoints themselves: {service} has no virtual address, and kube-proxy has no part in what follows.")
        }
        NameIs::External => {
            "The name leads out of the cluster: DNS answers with a CNAME or asks upstream, and kube-proxy has no part in what follows.".to_owned()
        }
        NameIs::Address => "The name stands for an address that is no Service's.".to_owned(),
        NameIs::Nothing => "No query of the search list gets an address.".to_owned(),
    }
}

fn dnat(by: Translator, service: &str) -> String {
    match by {
        Translator::KubeProxy => format!("A rule of kube-proxy on this node rewrites the destination: the address stands for {service}, and this is the endpoint that it chose."),
        Translator::PortMap => "The CNI's portmap plugin sends the node's port to the Pod that asked for it (`hostPort`). kube-proxy has no part in it.".to_owned(),
        Translator::LoadBalancer => "The load balancer ends the connection and opens one of its own to the node's port (`ipMode: Proxy`).".to_owned(),
    }
}

fn snat(why: SnatWhy) -> String {
    let why = match why {
        SnatWhy::Hairpin => {
            "The Pod reaches itself through its own Service. Without another source address its reply would never leave the Pod."
        }
        SnatWhy::ExternalPolicyCluster => {
            "`externalTrafficPolicy: Cluster`: the reply has to come back through this node, which knows what the packet looked like before. The Pod does not see the client's address."
        }
        SnatWhy::NotFromPod => {
            "The sender is not in the Pod range that kube-proxy knows, so the reply has to come back through this node."
        }
        SnatWhy::FromVirtualAddress => {
            "A process of the node called the virtual address from that address itself, which is on the node's device `kube-ipvs0`. Every node has it there, so the reply would not come back."
        }
        SnatWhy::MasqueradeAll => {
            "`masqueradeAll`: every packet to a Service gets an address of the node."
        }
        SnatWhy::FromNode => {
            "A process of the node uses a way in from outside: the node puts an address of its own, so that the reply comes back."
        }
        SnatWhy::Egress => {
            return "Traffic of a Pod that leaves the cluster gets the node's address from the CNI (assumed): nothing outside knows the Pod's.".to_owned();
        }
        SnatWhy::LoadBalancer => {
            return "The load balancer opens a connection of its own.".to_owned();
        }
    };
    // Source: the kernel's `nf_nat_masquerade.c`, which asks the outgoing interface.
    format!(
        "{why} Masquerading takes an address of the interface by which the packet leaves: towards another node the node's own, towards a Pod of this node what the CNI gave that interface (with a bridge, usually the first address of the node's Pod range; here it is taken to be the node's). The kernel may draw another source port, too (`--random-fully`)."
    )
}

fn route(to: &NextHop) -> &'static str {
    match to {
        NextHop::Local => "The address is one of the node's own.",
        NextHop::Pod { .. } => "The Pod is on this node.",
        NextHop::Vacant => "The address is in the Pod range of this node, and nobody has it.",
        NextHop::Node { .. } => {
            "The address belongs to another node, or to a Pod there: the Pod network routes it."
        }
        NextHop::DefaultRoute => "No route of the cluster knows the address.",
    }
}

/// Why rules that translate leave a packet for those that filter.
fn left_alone(why: Loss) -> &'static str {
    match why {
        Loss::NoLocalEndpoints => {
            ": the traffic policy is `Local`, and no endpoint is on this node. A rule further on drops it."
        }
        Loss::SourceRange => {
            ": the client's address is in none of its `loadBalancerSourceRanges`. A rule further on drops it."
        }
        Loss::UnallocatedServiceAddress
        | Loss::NoBackendNode
        | Loss::NoListener
        | Loss::NodeCutOff
        | Loss::Other => ". A rule further on drops it.",
    }
}

fn undo(destination_nat: bool, source_nat: bool) -> &'static str {
    match (destination_nat, source_nat) {
        (true, true) => {
            "Connection tracking on this node undoes both translations: the reply comes from the address that was dialled, and goes to who dialled it."
        }
        (true, false) => {
            "Connection tracking on this node undoes the translation: the reply comes from the address that was dialled."
        }
        _ => {
            "Connection tracking on this node undoes the translation: the reply goes to who sent the packet."
        }
    }
}

fn service(because: &Because) -> String {
    match &because.service {
        None => "the Service".to_owned(),
        Some(service) if service.port.is_empty() => {
            format!("Service {}/{}", service.namespace, service.name)
        }
        Some(service) => format!(
            "Service {}/{} (port {})",
            service.namespace, service.name, service.port
        ),
    }
}

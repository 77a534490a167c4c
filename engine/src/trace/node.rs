//! One packet through one node: netfilter's hooks in their order, the routing decision between them.
//!
//! ```text
//!  from an interface ── PREROUTING ── route ─┬─ INPUT ─────────────── a process here
//!                                            └─ FORWARD ── POSTROUTING ── on
//!  from a process ──── OUTPUT ────── route ──┬─ POSTROUTING ── INPUT ── a process here (by `lo`)
//!                                            └─ POSTROUTING ── on
//! ```
//!
//! kube-proxy's part of each hook is its ruleset, walked. In mode ipvs a service address is the node's own: IPVS takes the
//! packet in INPUT (or OUTPUT), and sends it on to a new routing decision, OUTPUT and POSTROUTING. The CNI's part follows it, as its plugins append their chains:
//! portmap (`hostPort`) after the destination, source NAT of Pods after the source. NetworkPolicy would judge in INPUT
//! and FORWARD; it is not modelled.
//!
//! Journeys are made of these passages; so are the answers about a single node.

mod draw;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use draw::draws;

use crate::cluster::{Cluster, Egress, NodeId};
use crate::network::{Hop, Network, source_address};
use crate::packet::{Family, Header};
use crate::proxy::{
    Branch, Conntrack, Effect, Fate, Hook, Host, Interface, RejectWith, Ruleset, Seconds, Share,
    Skb, State, Visit, walk,
};

/// A node's kernel, as packets see it.
#[derive(Debug, Clone)]
pub struct Kernel<'a> {
    /// The cluster.
    pub cluster: &'a Cluster,
    /// Who has which address.
    pub network: &'a Network,
    /// The node.
    pub node: NodeId,
    /// kube-proxy's rules on it, of the packet's family.
    pub ruleset: Arc<Ruleset>,
    /// What rules can ask of it.
    pub host: Host,
}

/// How a packet gets to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ingress {
    /// A process of the node sends it.
    Process,
    /// A Pod of the node sends it.
    Pod,
    /// It comes from the network.
    Wire,
}

impl Ingress {
    fn interface(self) -> Option<Interface> {
        match self {
            Self::Process => None,
            Self::Pod => Some(Interface::Pod),
            Self::Wire => Some(Interface::Node),
        }
    }
}

/// One way through a node, for one packet or for several that differ only by the endpoint that was drawn.
#[derive(Debug, Clone)]
pub struct Passage {
    /// How many of the packets that enter the node go this way.
    pub share: Share,
    /// The header on the way in.
    pub before: Header,
    /// The header on the way out; of the first of [`Self::endpoints`].
    pub after: Header,
    /// What happened, in order.
    pub events: Vec<Event>,
    /// How it ends here.
    pub end: End,
    /// What the dataplane remembers, if it goes to the first of [`Self::endpoints`].
    pub effects: Vec<Effect>,
    /// Destinations that rules drew, with the share of each in [`Self::share`]'s whole. Empty: the destination is as it was.
    pub endpoints: Vec<(SocketAddr, Share)>,
}

impl Passage {
    /// Whether kube-proxy marked the packet for a new source, also where the node's address was its source already.
    pub fn is_masqueraded(&self) -> bool {
        self.events
            .iter()
            .any(|event| event.what == EventKind::Masquerade)
    }
}

/// One thing that happens at a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Where; for a routing decision, the hook before it.
    pub hook: Hook,
    /// What.
    pub what: EventKind,
    /// Header before.
    pub before: Header,
    /// Header after.
    pub after: Header,
    /// kube-proxy's rules that were met.
    pub visits: Vec<Visit>,
}

/// What can happen at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// kube-proxy's rules decided nothing.
    Pass,
    /// One of them accepted the packet.
    Accept,
    /// One of them gave it a new destination.
    Dnat,
    /// portmap gave it a new destination.
    PortMap,
    /// kube-proxy gave it the node's address as source.
    Masquerade,
    /// portmap did.
    PortMapMasquerade,
    /// The CNI did, since it leaves the cluster.
    Egress,
    /// The routing decision.
    Route(Hop),
    /// A rule dropped it.
    Drop,
    /// A rule refused it.
    Reject(RejectWith),
}

/// How a packet's stay on a node ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It goes there.
    To(Hop),
    /// A rule dropped it.
    Dropped,
    /// A rule refused it.
    Rejected(RejectWith),
}

/// Every way of a new connection's first packet through a node. Shares sum to one, unless `only` names the endpoint that
/// is to be drawn: then other draws are left out.
pub fn passages(
    kernel: &Kernel<'_>,
    state: &State,
    header: Header,
    ingress: Ingress,
    at: Seconds,
    only: Option<SocketAddr>,
) -> Vec<Passage> {
    let skb = Skb {
        header,
        mark: 0,
        conntrack: Conntrack::New,
        original_destination: None,
        in_interface: ingress.interface(),
        out_interface: match ingress {
            Ingress::Process => Some(interface_to(kernel.route(header))),
            Ingress::Pod | Ingress::Wire => None,
        },
    };
    let first = match ingress {
        Ingress::Process => Hook::Output,
        Ingress::Pod | Ingress::Wire => Hook::Prerouting,
    };
    let branches = walk(&kernel.ruleset, state, first, &skb, &kernel.host, at);
    let untouched = Passage {
        share: Share::ALL,
        before: header,
        after: header,
        events: Vec::new(),
        end: End::To(kernel.route(header)),
        effects: Vec::new(),
        endpoints: Vec::new(),
    };
    let mut passages = Vec::new();
    for drawn in draws(kernel, &untouched, header, first, branches, only) {
        drawn.go_on(kernel, state, ingress, at, only, &mut passages);
    }
    passages
}

/// A packet that has left a hook.
struct Drawn {
    skb: Skb,
    fate: Fate,
    passage: Passage,
    hop: Hop,
}

impl Drawn {
    fn go_on(
        mut self,
        kernel: &Kernel<'_>,
        state: &State,
        ingress: Ingress,
        at: Seconds,
        only: Option<SocketAddr>,
        passages: &mut Vec<Passage>,
    ) {
        if let Some(end) = ended(self.fate) {
            self.passage.end = end;
            passages.push(self.passage);
            return;
        }
        let first = self
            .passage
            .events
            .last()
            .map_or(Hook::Prerouting, |e| e.hook);
        let host_port = self.map_host_port(kernel, first);
        self.routed(first);

        let hooks: &[Hook] = match (ingress, self.hop) {
            (Ingress::Process, Hop::Local) => &[Hook::Postrouting, Hook::Input],
            (Ingress::Process, _) => &[Hook::Postrouting],
            (_, Hop::Local) => &[Hook::Input],
            (_, _) => &[Hook::Forward, Hook::Postrouting],
        };
        let mut open = vec![self];
        for hook in hooks {
            let mut next = Vec::new();
            for drawn in open {
                let to = drawn.skb.header.to();
                for mut drawn in drawn.through(kernel, state, *hook, at, only) {
                    if let Some(end) = ended(drawn.fate) {
                        drawn.passage.end = end;
                        passages.push(drawn.passage);
                        continue;
                    }
                    if drawn.skb.header.to() != to {
                        drawn.sent_on(kernel, state, at, passages);
                        continue;
                    }
                    if *hook == Hook::Postrouting {
                        drawn.leave(kernel, host_port);
                    }
                    next.push(drawn);
                }
            }
            open = next;
        }
        passages.extend(open.into_iter().map(|drawn| drawn.passage));
    }

    // The routing decision.
    fn routed(&mut self, hook: Hook) {
        self.passage.events.push(Event {
            hook,
            what: EventKind::Route(self.hop),
            before: self.skb.header,
            after: self.skb.header,
            visits: Vec::new(),
        });
        self.passage.end = End::To(self.hop);
        self.skb.out_interface = Some(interface_to(self.hop));
    }

    // IPVS took the packet in INPUT: it is routed anew. To the node itself it goes on without another hook.
    fn sent_on(
        mut self,
        kernel: &Kernel<'_>,
        state: &State,
        at: Seconds,
        passages: &mut Vec<Passage>,
    ) {
        self.routed(Hook::Input);
        if self.hop == Hop::Local {
            passages.push(self.passage);
            return;
        }
        for mut drawn in self.through(kernel, state, Hook::Postrouting, at, None) {
            drawn.leave(kernel, false);
            passages.push(drawn.passage);
        }
    }

    // A later hook. Only IPVS changes destinations there, in INPUT.
    fn through(
        self,
        kernel: &Kernel<'_>,
        state: &State,
        hook: Hook,
        at: Seconds,
        only: Option<SocketAddr>,
    ) -> Vec<Self> {
        let mut skb = self.skb.clone();
        if hook == Hook::Input && skb.in_interface.is_none() {
            skb.in_interface = Some(Interface::Loopback);
        }
        let branches = walk(&kernel.ruleset, state, hook, &skb, &kernel.host, at);
        let before = self.skb.header;
        let draws_server = |branch: &Branch| branch.packet.header.to() != before.to();
        if hook == Hook::Input && branches.iter().any(draws_server) {
            return draws(kernel, &self.passage, before, hook, branches, only);
        }
        branches
            .into_iter()
            .map(|branch| {
                let mut passage = self.passage.clone();
                passage.share = branch.share.of(passage.share);
                for (_, share) in &mut passage.endpoints {
                    *share = branch.share.of(*share);
                }
                let masqueraded = branch.effects.contains(&Effect::Masquerade);
                let mut skb = branch.packet;
                if masqueraded {
                    kernel.masquerade(&mut skb.header);
                }
                let what = match branch.fate {
                    Fate::Drop => EventKind::Drop,
                    Fate::Reject(with) => EventKind::Reject(with),
                    Fate::Continue | Fate::Accept if masqueraded => EventKind::Masquerade,
                    Fate::Accept => EventKind::Accept,
                    Fate::Continue => EventKind::Pass,
                };
                if what != EventKind::Pass || !branch.visits.is_empty() {
                    passage.events.push(Event {
                        hook,
                        what,
                        before,
                        after: skb.header,
                        visits: branch.visits,
                    });
                }
                passage.after = skb.header;
                passage.effects.extend(branch.effects);
                Self {
                    skb,
                    fate: branch.fate,
                    passage,
                    hop: self.hop,
                }
            })
            .collect()
    }

    // The CNI's portmap: only for packets that kube-proxy let be, to an address of this node.
    fn map_host_port(&mut self, kernel: &Kernel<'_>, hook: Hook) -> bool {
        if self.hop != Hop::Local || self.skb.original_destination.is_some() {
            return false;
        }
        // What IPVS is to have is accepted in the nat table before portmap's rules.
        if kernel.ruleset.has_server(&self.skb.header) {
            return false;
        }
        let before = self.skb.header;
        let Some(mapped) = kernel.network.host_port(kernel.node, &before) else {
            return false;
        };
        let family = Family::of(before.destination);
        let ips = &kernel.cluster.pods[mapped.pod].ips;
        let Some(ip) = ips.iter().find(|ip| Family::of(**ip) == family) else {
            return false;
        };
        self.skb.header.redirect(SocketAddr::new(*ip, mapped.port));
        self.skb.original_destination = Some(before.to());
        self.hop = kernel.route(self.skb.header);
        self.passage.after = self.skb.header;
        self.passage.events.push(Event {
            hook,
            what: EventKind::PortMap,
            before,
            after: self.skb.header,
            visits: Vec::new(),
        });
        true
    }

    // What the CNI adds after kube-proxy's POSTROUTING.
    fn leave(&mut self, kernel: &Kernel<'_>, host_port: bool) {
        let before = self.skb.header;
        let (source, destination) = (before.source, before.destination);
        // portmap's own masquerading: a Pod that calls itself, and the node's loopback.
        let what = if host_port && (source == destination || source.is_loopback()) {
            EventKind::PortMapMasquerade
        } else if self.hop == Hop::Default
            && kernel.cluster.environment.options.egress == Egress::Masquerade
            && kernel.network.is_pod_address(source)
        {
            EventKind::Egress
        } else {
            return;
        };
        kernel.masquerade(&mut self.skb.header);
        self.passage.after = self.skb.header;
        self.passage.events.push(Event {
            hook: Hook::Postrouting,
            what,
            before,
            after: self.skb.header,
            visits: Vec::new(),
        });
    }
}

impl Kernel<'_> {
    /// The routing decision for a packet.
    pub fn route(&self, header: Header) -> Hop {
        let to = header.destination;
        if self.host.is_local(to) || self.ruleset.binds(to) {
            return Hop::Local;
        }
        self.network.route(self.cluster, self.node, to)
    }

    /// The source address of a process of the node that sends to this destination: the destination itself if the node has
    /// it, else the node's primary address.
    pub fn process_address(&self, to: IpAddr) -> Option<IpAddr> {
        if self.host.is_local(to) || self.ruleset.binds(to) {
            return Some(to);
        }
        source_address(&self.cluster.nodes[self.node], Family::of(to))
    }

    // `MASQUERADE` takes the primary address of the interface by which the packet leaves. On a routed Pod network that is
    // the node's address towards Pods too; a bridge has one of its own. The port may change as well (`--random-fully`);
    // here it stays, as an example.
    fn masquerade(&self, header: &mut Header) {
        let family = Family::of(header.destination);
        if let Some(address) = source_address(&self.cluster.nodes[self.node], family) {
            header.source = address;
        }
    }
}

fn ended(fate: Fate) -> Option<End> {
    match fate {
        Fate::Drop => Some(End::Dropped),
        Fate::Reject(with) => Some(End::Rejected(with)),
        Fate::Continue | Fate::Accept => None,
    }
}

fn interface_to(hop: Hop) -> Interface {
    match hop {
        Hop::Local => Interface::Loopback,
        Hop::Pod(_) | Hop::Endpoint | Hop::Vacant => Interface::Pod,
        Hop::Node(_) | Hop::Default => Interface::Node,
    }
}

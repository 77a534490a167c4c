//! What a probe comes to: alternatives with exact shares, each a journey there and back.
//!
//! Plain data for the edge (page, terminal, tests): names instead of ids, serialisable. A click on a step lights the
//! manifest through [`Because::origins`] and the Rules panel through [`Because::rules`].

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::outcome::{ClientSees, Loss, Outcome, Refusal, Verdict};
use super::policies::Policies;
use super::probe::Probe;
use crate::Str;
use crate::cluster::ProxyMode;
use crate::origin::Origin;
use crate::packet::{Family, Header, Side, Transport};
use crate::proxy::{Hook, Share};

/// The answer to a probe.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answer {
    /// The question.
    pub probe: Probe,
    /// The name's resolution, if the probe has a name.
    pub lookup: Option<Lookup>,
    /// Every way that the packet can go; never empty, shares sum to one. Told once: those that differ only by entry or end.
    pub alternatives: Vec<Alternative>,
    /// What it comes to.
    pub verdict: Verdict,
    /// What kube-proxy runs as.
    pub mode: ProxyMode,
    /// What the shares are.
    pub shares: Shares,
    /// Who would be asked whether the packet may pass.
    pub policies: Policies,
}

/// What the shares of an answer are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Shares {
    /// Of one packet: how likely it goes this way.
    Probability,
    /// Of many packets: how many go this way. IPVS takes turns, which is no chance.
    LongRun,
    /// Nobody can tell: the scheduler of IPVS goes by open connections, or by a hash. Given is what equal shares would be.
    Unknown {
        /// The scheduler.
        scheduler: Str,
    },
}

impl Answer {
    /// Whether what the engine says of this mode is compared with a Linux kernel.
    pub fn checked_by_kernel(&self) -> bool {
        match self.mode {
            ProxyMode::Iptables | ProxyMode::Nftables => true,
            ProxyMode::Ipvs => false,
        }
    }

    /// Whether kube-proxy chooses among endpoints on any of its ways.
    pub fn draws_an_endpoint(&self) -> bool {
        let translated = |way: &Alternative| {
            way.journey.steps().any(|step| {
                let by = Translator::KubeProxy;
                step.what == StepKind::Dnat { by }
            })
        };
        let ways = self.alternatives.iter().filter(|way| translated(way));
        ways.map(|way| way.endpoints.len()).sum::<usize>() > 1
    }

    /// How many steps, counted over all hops, are the same in every alternative: the trunk of the tree.
    pub fn common_steps(&self) -> usize {
        let Some((first, others)) = self.alternatives.split_first() else {
            return 0;
        };
        first
            .journey
            .steps()
            .enumerate()
            .take_while(|(nth, step)| {
                others
                    .iter()
                    .all(|other| other.journey.steps().nth(*nth).as_ref() == Some(step))
            })
            .count()
    }
}

/// Journeys of one shape.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// How many of all packets go this way.
    pub share: Share,
    /// Nodes by which traffic enters, when that is open (a probe from outside). Empty: there is no choice.
    pub entries: Vec<EntryShare>,
    /// Endpoints that these packets can end at. Empty: they end before one is chosen.
    pub endpoints: Vec<EndpointShare>,
    /// One of these journeys: by the first entry, to the first endpoint. `Analysis::journey` gives the others.
    pub journey: Journey,
}

/// One node by which traffic enters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryShare {
    /// Node.
    pub node: Str,
    /// Of all packets of the probe.
    pub share: Share,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EndpointShare {
    /// Address and port.
    pub address: Side,
    /// The Pod behind it, `namespace/name`.
    pub pod: Option<Str>,
    /// Its node.
    pub node: Option<Str>,
    /// Of all packets of the probe.
    pub share: Share,
}

/// One packet's way and its reply's.
///
/// Holds by construction: no hop is without steps, only the last step ends the way, and a rewrite changes something.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Journey {
    /// Places in order; the first is the sender.
    pub hops: Vec<Hop>,
    /// How it ends.
    pub outcome: Outcome,
    /// The way of the answer; `None` if nothing answers or nobody knows what would. A rejection is an answer of the
    /// node's and has none.
    pub reply: Option<Reply>,
    /// What places remember of the connection because they translated it, in the order of the way.
    pub connections: Vec<Connection>,
    /// How many rules of kube-proxy nodes looked at on the way there. A look-up in a map or among virtual servers is one,
    /// whatever it looks through. The way back is not counted.
    pub rules_evaluated: u64,
}

impl Journey {
    /// What the client is told.
    pub fn client_sees(&self) -> ClientSees {
        let sees = self.outcome.client_sees();
        let sent = self.steps().find_map(|step| step.after);
        if sent.is_some_and(|header| header.transport == Transport::Echo) {
            sees.by_ping()
        } else {
            sees
        }
    }

    /// All steps on the way there, in order.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.hops.iter().flat_map(|hop| &hop.steps)
    }

    /// All steps, there and then back.
    pub fn all_steps(&self) -> impl Iterator<Item = &Step> {
        let back = self.reply.iter().flat_map(|reply| &reply.hops);
        self.hops.iter().chain(back).flat_map(|hop| &hop.steps)
    }

    /// What the connection tables along the way hold after so many steps of [`Self::all_steps`]: an entry for every node
    /// that the packet has passed, translated or not, and for load balancers that open connections of their own.
    pub fn tracked(&self, steps: usize) -> Vec<Tracked> {
        let mut tracked: Vec<Tracked> = Vec::new();
        let back = self.reply.iter().flat_map(|reply| &reply.hops);
        let hops = self.hops.iter().map(|hop| (hop, false));
        let hops = hops.chain(back.map(|hop| (hop, true)));
        let steps = hops
            .flat_map(|(hop, is_reply)| hop.steps.iter().map(move |step| (hop, step, is_reply)))
            .take(steps);
        for (hop, step, is_reply) in steps {
            let remembers = matches!(hop.place, Place::Node { .. } | Place::LoadBalancer { .. });
            let (true, Some(after)) = (remembers, step.after) else {
                continue;
            };
            let known = tracked
                .iter_mut()
                .find(|entry| entry.connection.place == hop.place);
            match (known, is_reply) {
                (Some(entry), true) => entry.is_replied = true,
                (Some(entry), false) => entry.connection.reply = after.reversed(),
                (None, true) => {}
                (None, false) => tracked.push(Tracked {
                    connection: Connection {
                        place: hop.place.clone(),
                        original: step.before.unwrap_or(after),
                        reply: after.reversed(),
                    },
                    is_replied: false,
                }),
            }
        }
        // A load balancer that leaves the packet as it is opens no connection.
        tracked.retain(|entry| {
            matches!(entry.connection.place, Place::Node { .. }) || entry.connection.is_translated()
        });
        tracked
    }
}

/// A line of a connection table at some moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tracked {
    /// Both directions.
    pub connection: Connection,
    /// Whether a reply has been seen.
    pub is_replied: bool,
}

/// One line of a connection table: `conntrack -L` prints both directions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// A node, or a load balancer that opens connections of its own.
    pub place: Place,
    /// The first packet as it came.
    pub original: Header,
    /// What a reply looks like when it comes to this place.
    pub reply: Header,
}

impl Connection {
    /// Whether the place changes anything, or only remembers.
    pub fn is_translated(&self) -> bool {
        self.original.reversed() != self.reply
    }
}

/// The way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    /// Places in order; the first is who answers, the last the client if it gets there.
    pub hops: Vec<Hop>,
    /// Nodes that undo a translation, in the order of the reply.
    pub undone_by: Vec<Str>,
    /// The reply's header as the client gets it; `None` if it does not get there.
    pub seen_by_client: Option<Header>,
}

/// What happens in one place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hop {
    /// Where.
    pub place: Place,
    /// What, in order; at least one.
    pub steps: Vec<Step>,
}

/// Where a packet can be.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Place {
    /// In a Pod's network namespace.
    Pod {
        /// Namespace.
        namespace: Str,
        /// Name.
        name: Str,
    },
    /// At an address that only an EndpointSlice knows.
    Endpoint {
        /// The address.
        address: IpAddr,
        /// The node that the slice names.
        node: Option<Str>,
    },
    /// On a node, in its own network namespace: also host-network Pods.
    Node {
        /// Name.
        name: Str,
    },
    /// A cloud load balancer.
    LoadBalancer {
        /// The Service's namespace.
        namespace: Str,
        /// The Service's name.
        name: Str,
    },
    /// Outside of the cluster.
    Outside,
    /// The network between nodes and the world, where packets without a route are lost.
    Network,
}

/// One thing that happens to the packet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What.
    pub what: StepKind,
    /// The header before; `None` while there is no packet (a name is being resolved).
    pub before: Option<Header>,
    /// The header after.
    pub after: Option<Header>,
    /// What caused it.
    pub because: Because,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Step {
    /// How many rules of kube-proxy were looked at for it.
    pub fn rules_evaluated(&self) -> u64 {
        let rules = self.because.rules.iter();
        rules
            .map(|rule| u64::from(rule.last - rule.first) + 1)
            .sum()
    }
}

/// What can happen to a packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum StepKind {
    /// The sender asks DNS for the address: see [`Answer::lookup`].
    Resolve {
        /// The name.
        host: Str,
        /// The address that it takes; `None`: there is none.
        address: Option<IpAddr>,
        /// What the name stands for.
        name_is: NameIs,
        /// DNS has an address of the other family as well, which the sender could dial and is not followed.
        has_both_families: bool,
    },
    /// A process opens the connection.
    Send,
    /// Whoever was reached answers: the start of a reply.
    Answer,
    /// The cloud load balancer chooses a node; with `ipMode: Proxy` it rewrites the destination to the node port.
    Balance {
        /// The node that it chooses.
        node: Str,
        /// Nodes among which it chooses.
        candidates: u32,
    },
    /// kube-proxy's rules looked at the packet and let it be.
    Pass {
        /// At which hook.
        hook: Hook,
        /// Why they do not rewrite a packet to a Service: a rule further on drops it.
        dropped_later: Option<Loss>,
    },
    /// The destination is rewritten.
    Dnat {
        /// By whom.
        by: Translator,
    },
    /// The source is rewritten.
    Snat {
        /// By whom, why.
        why: SnatWhy,
    },
    /// A routing decision.
    Route {
        /// Where to.
        to: NextHop,
    },
    /// A rule refuses the packet. Ends the way.
    Reject {
        /// Why.
        why: Refusal,
    },
    /// A rule, or a load balancer without nodes, drops it. Ends the way.
    Drop {
        /// Why.
        why: Loss,
    },
    /// It arrives. Ends the way.
    Deliver,
    /// It leaves the cluster for good. Ends the way.
    Leave,
    /// It gets lost, or is never sent. Ends the way.
    Lose,
    /// Connection tracking undoes on the reply what it did to the packet.
    Undo {
        /// The source is the address dialled again.
        destination_nat: bool,
        /// The destination is the sender again.
        source_nat: bool,
    },
}

impl StepKind {
    /// Whether nothing can follow.
    pub fn ends(&self) -> bool {
        matches!(
            self,
            Self::Reject { .. } | Self::Drop { .. } | Self::Deliver | Self::Leave | Self::Lose
        )
    }

    /// Whether it is there to change the header.
    pub fn rewrites(&self) -> bool {
        matches!(
            self,
            Self::Dnat { .. } | Self::Snat { .. } | Self::Undo { .. }
        )
    }
}

/// What a resolved name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NameIs {
    /// A virtual address: kube-proxy takes over from here.
    ServiceAddress,
    /// Endpoints themselves (a headless Service, a Pod's name): kube-proxy has no part in it.
    Endpoints,
    /// A name outside the cluster (ExternalName, or no Service at all): kube-proxy has no part in it.
    External,
    /// Something else with an address: a node, a host alias, a load balancer's name.
    Address,
    /// Nothing.
    Nothing,
}

/// Who rewrites a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Translator {
    /// kube-proxy's rules.
    KubeProxy,
    /// The CNI's portmap plugin, for `hostPort`.
    PortMap,
    /// A load balancer with `ipMode: Proxy`, which also opens the connection to the node itself.
    LoadBalancer,
}

/// Why a source is rewritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SnatWhy {
    /// An endpoint reaches itself through its Service: without it the reply would never leave the Pod.
    Hairpin,
    /// From outside with policy `Cluster`: so that the reply comes back through this node.
    ExternalPolicyCluster,
    /// The sender is not in the Pod range that kube-proxy knows.
    NotFromPod,
    /// A process of the node that calls a virtual address has that address itself (ipvs).
    FromVirtualAddress,
    /// `masqueradeAll`.
    MasqueradeAll,
    /// A process of the node itself that uses an external way in.
    FromNode,
    /// Pod traffic that leaves the cluster; the CNI does that (assumed).
    Egress,
    /// A load balancer that ends the connection opens its own.
    LoadBalancer,
}

/// Where a routing decision sends the packet.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "next")]
pub enum NextHop {
    /// To this node's own stack.
    Local,
    /// To a Pod on this node (or an endpoint that a slice puts here).
    Pod {
        /// `namespace/name`; `None`: only a slice knows it.
        pod: Option<Str>,
    },
    /// Into this node's own Pod range, to an address that nobody has.
    Vacant,
    /// To another node.
    Node {
        /// Its name.
        node: Str,
    },
    /// By the default route, out of the cluster.
    DefaultRoute,
}

/// The cause of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Because {
    /// The Service port that the step is about.
    pub service: Option<ServicePortRef>,
    /// Places in the manifests, the decisive one first.
    pub origins: Vec<Origin>,
    /// Rules that the packet met, in order.
    pub rules: Vec<RuleRef>,
}

/// A port of a Service, by name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePortRef {
    /// Namespace.
    pub namespace: Str,
    /// Name.
    pub name: Str,
    /// Name of the port; empty for the only, unnamed one, and where the Service as a whole is meant.
    pub port: Str,
}

/// Consecutive rules of one chain of one node's ruleset.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleRef {
    /// Node.
    pub node: Str,
    /// Which of its rulesets.
    pub family: Family,
    /// Table.
    pub table: Str,
    /// Chain.
    pub chain: Str,
    /// First rule, from 0.
    pub first: u32,
    /// Last rule.
    pub last: u32,
    /// Whether the last one matched; the others did not.
    pub matched: bool,
    /// The packet's header when it came there.
    pub header: Header,
    /// Its mark then.
    pub mark: u32,
}

/// How sure a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Certainty {
    /// It follows from what was written.
    Given,
    /// It rests on something that was not written: an address, a placement, the way the network is built.
    Assumed,
    /// No manifest can tell.
    Unknowable,
}

/// How a name was resolved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Lookup {
    /// The name as the application has it.
    pub host: Str,
    /// Queries in the order in which they are sent.
    pub exchanges: Vec<Exchange>,
    /// Addresses found, in the order of the answer; a client takes one of the first.
    pub addresses: Vec<IpAddr>,
    /// Where a chain of CNAMEs leaves the cluster; no final dot.
    pub leaves_as: Option<Str>,
    /// What the name stands for.
    pub name_is: NameIs,
    /// The sender's resolv.conf, as far as it decides; `None`: a client outside, whose resolver nobody knows.
    pub resolver: Option<Resolver>,
}

/// What a resolver goes by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resolver {
    /// `nameserver` lines; the first is asked.
    pub nameservers: Vec<Str>,
    /// The `search` line.
    pub searches: Vec<Str>,
    /// The `options` line.
    pub options: Vec<Str>,
}

/// One query and what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// Full name, with its final dot.
    pub name: Str,
    /// The entry of the search list that completes it, from 0; `None`: the name as it was written.
    pub search: Option<u32>,
    /// `A`, `AAAA`.
    pub record: Str,
    /// `NOERROR`, `NXDOMAIN`, …; `TIMEOUT` if nobody answers; [`Exchange::UPSTREAM`] if only a server outside knows.
    pub rcode: Str,
    /// Records as `dig +short` prints them.
    pub answers: Vec<Str>,
}

impl Exchange {
    /// Instead of a code: the cluster's DNS server asks another, whose answer no manifest can tell.
    pub const UPSTREAM: &str = "asked upstream";
}

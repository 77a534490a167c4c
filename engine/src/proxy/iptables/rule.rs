//! Rules as values: tables, chains, matches, targets.

use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU16;
use std::sync::Arc;

use ipnet::IpNet;

use super::index::Index;
use crate::Str;
use crate::arena::{Arena, Id};
use crate::packet::{Family, Protocol};
use crate::proxy::ipset::{Fields, IpSet};
use crate::proxy::{EndpointId, Hook, ServicePortId};

/// Everything that kube-proxy keeps in iptables (or ip6tables) on one node.
#[derive(Debug, Clone)]
pub struct Ruleset {
    /// iptables or ip6tables.
    pub family: Family,
    /// `-t filter`.
    pub filter: Table,
    /// `-t nat`.
    pub nat: Table,
}

impl Ruleset {
    /// Both tables, in the order in which kube-proxy restores them.
    pub fn tables(&self) -> [&Table; 2] {
        [&self.filter, &self.nat]
    }

    /// The table of this name.
    pub fn table(&self, name: TableName) -> &Table {
        match name {
            TableName::Filter => &self.filter,
            TableName::Nat => &self.nat,
        }
    }
}

/// A table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the values of -t")]
pub enum TableName {
    Filter,
    Nat,
}

impl TableName {
    /// As `-t` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Nat => "nat",
        }
    }
}

/// Chains and their rules.
#[derive(Debug, Clone)]
pub struct Table {
    /// Which.
    pub name: TableName,
    /// The built-in chains that hold a jump, then kube-proxy's own in the order in which it declares them.
    pub chains: Arena<Chain>,
    /// Chains in the order in which kube-proxy appends rules to them: one element a rule, built-in chains left out.
    pub(in crate::proxy) appended: Vec<ChainId>,
}

impl Table {
    pub(in crate::proxy) fn new(name: TableName) -> Self {
        Self {
            name,
            chains: Arena::default(),
            appended: Vec::new(),
        }
    }

    /// The built-in chain at a hook.
    pub fn at(&self, hook: Hook) -> Option<ChainId> {
        self.chains
            .iter()
            .find(|(_, chain)| chain.kind == ChainKind::BuiltIn(hook))
            .map(|(id, _)| id)
    }

    /// The chain of this name.
    pub fn chain(&self, name: &str) -> Option<ChainId> {
        self.chains
            .iter()
            .find(|(_, chain)| chain.name == name)
            .map(|(id, _)| id)
    }

    /// How many rules it has.
    pub fn rules(&self) -> usize {
        self.chains.values().map(|chain| chain.rules.len()).sum()
    }

    pub(in crate::proxy) fn declare(
        &mut self,
        name: impl Into<Str>,
        kind: ChainKind,
        cause: Cause,
    ) -> ChainId {
        self.chains.push(Chain {
            name: name.into(),
            kind,
            cause,
            rules: Vec::new(),
            index: None,
        })
    }

    /// Makes walks through long chains quick; no rule may be added afterwards.
    pub(in crate::proxy) fn seal(&mut self) {
        for (_, chain) in self.chains.iter_mut() {
            chain.index = Index::of(&chain.rules);
        }
    }

    pub(in crate::proxy) fn append(&mut self, chain: ChainId, rule: Rule) {
        self.chains[chain].rules.push(rule);
        self.appended.push(chain);
    }
}

/// A [`Chain`] of a [`Table`].
pub type ChainId = Id<Chain>;

/// A chain.
#[derive(Debug, Clone)]
pub struct Chain {
    /// Name.
    pub name: Str,
    /// Who made it.
    pub kind: ChainKind,
    /// What it is for.
    pub cause: Cause,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    pub(super) index: Option<Index>,
}

/// Who makes a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainKind {
    /// The kernel, at a hook. Its policy is ACCEPT; of its rules only kube-proxy's jumps are known.
    BuiltIn(Hook),
    /// kube-proxy, with `iptables -N` before its first restore. It stays as it is.
    Ensured,
    /// kube-proxy, in every restore, which empties it first.
    Restored,
}

/// What a rule or chain is there for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// kube-proxy itself: there without any Service.
    Proxy,
    /// A service port.
    Service(ServicePortId),
    /// An endpoint of a service port.
    Endpoint(ServicePortId, EndpointId),
}

/// A rule: if all matches hold, the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// In the order in which kube-proxy writes them. The kernel looks at addresses and protocol first.
    pub matches: Vec<Match>,
    /// `None`: the rule only counts (or explains).
    pub target: Option<Target>,
    /// Why it is there.
    pub cause: Cause,
}

/// A condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// `-m comment --comment`: always holds.
    Comment(Str),
    /// `-m tcp -p tcp`.
    Protocol(Protocol),
    /// `-p tcp` alone, without the protocol's module.
    ProtocolOnly(Protocol),
    /// `-s`, `! -s`.
    Source {
        /// `!`.
        negated: bool,
        /// Which.
        addresses: Addresses,
    },
    /// `-d`, `! -d`.
    Destination {
        /// `!`.
        negated: bool,
        /// Which.
        addresses: Addresses,
    },
    /// `--dport`, of the protocol's module.
    DestinationPort(NonZeroU16),
    /// `-m mark --mark value/mask`.
    Mark {
        /// `!`.
        negated: bool,
        /// Value and mask: kube-proxy looks at one bit.
        bit: u32,
    },
    /// `-m conntrack --ctstate`: any of these.
    Conntrack {
        /// `!`.
        negated: bool,
        /// States, in the order in which the kernel lists them.
        states: &'static [ConntrackState],
    },
    /// `-m addrtype --src-type LOCAL`, `! --src-type LOCAL`, `--dst-type LOCAL`: an address of this node.
    LocalAddress {
        /// `!`.
        negated: bool,
        /// Which address.
        side: AddressSide,
    },
    /// `-m statistic --mode random`: one of so many packets that get here. Printed as a rounded quotient.
    OneOf(u32),
    /// `-m recent --rcheck --reap`: the source was put on the list within these seconds.
    RecentlySeen {
        /// Name of the list.
        list: Str,
        /// `--seconds`.
        seconds: u32,
    },
    /// `-m recent --set`: puts the source on the list, and holds.
    Remember {
        /// Name of the list.
        list: Str,
    },
    /// `-m nfacct`: counts, and holds.
    Account(&'static str),
    /// `-m set --match-set`.
    Set {
        /// Which set.
        set: Arc<IpSet>,
        /// Which fields of the packet are looked up.
        fields: Fields,
    },
    /// `-m physdev ! --physdev-is-in`: did not come in by a port of a bridge. On a routed Pod network none does.
    NotBridged,
    /// `-m ipvs --vaddr --vproto --vport`: IPVS has sent it on, and this is the virtual server that it was for.
    VirtualServer {
        /// Address.
        address: IpAddr,
        /// Protocol.
        protocol: Protocol,
        /// Port.
        port: NonZeroU16,
    },
}

/// Addresses of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addresses {
    /// One, written without a length.
    One(IpAddr),
    /// A range.
    Range(IpNet),
}

impl Addresses {
    /// Whether the address is one of them.
    pub fn contains(self, address: IpAddr) -> bool {
        match self {
            Self::One(one) => one == address,
            Self::Range(range) => range.contains(&address),
        }
    }
}

/// Which of a packet's addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the two of a header")]
pub enum AddressSide {
    Source,
    Destination,
}

/// A state of `--ctstate`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the values of the option")]
pub enum ConntrackState {
    Invalid,
    New,
    Related,
    Established,
    Dnat,
}

impl ConntrackState {
    /// As the option takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Invalid => "INVALID",
            Self::New => "NEW",
            Self::Related => "RELATED",
            Self::Established => "ESTABLISHED",
            Self::Dnat => "DNAT",
        }
    }
}

/// What happens to a packet that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// `-j CHAIN`: go on there, and come back if nothing there decides.
    Jump(ChainId),
    /// Back to the chain that jumped here.
    Return,
    /// Let it pass this hook.
    Accept,
    /// Without a word.
    Drop,
    /// With an ICMP port unreachable.
    Reject,
    /// `MARK --or-mark`.
    SetMark(u32),
    /// `MARK --xor-mark`.
    FlipMark(u32),
    /// Rewrite the destination.
    Dnat(SocketAddr),
    /// Rewrite the source to the address of the interface by which it leaves.
    Masquerade {
        /// `--random-fully`: the source port is drawn at random.
        random_fully: bool,
    },
}

/// Building rules in the order in which they are written.
impl Rule {
    pub(in crate::proxy) fn for_(cause: Cause) -> Self {
        Self {
            matches: Vec::new(),
            target: None,
            cause,
        }
    }

    pub(in crate::proxy) fn when(mut self, condition: Match) -> Self {
        self.matches.push(condition);
        self
    }

    pub(in crate::proxy) fn when_some(mut self, condition: Option<Match>) -> Self {
        self.matches.extend(condition);
        self
    }

    pub(in crate::proxy) fn comment(self, text: impl Into<Str>) -> Self {
        self.when(Match::Comment(text.into()))
    }

    pub(in crate::proxy) fn to(self, addresses: Addresses) -> Self {
        self.when(Match::Destination {
            negated: false,
            addresses,
        })
    }

    pub(in crate::proxy) fn from(self, addresses: Addresses) -> Self {
        self.when(Match::Source {
            negated: false,
            addresses,
        })
    }

    /// `--match-set`.
    pub(in crate::proxy) fn when_in(self, set: &Arc<IpSet>, fields: Fields) -> Self {
        self.when(Match::Set {
            set: Arc::clone(set),
            fields,
        })
    }

    pub(in crate::proxy) fn then(mut self, target: Target) -> Self {
        self.target = Some(target);
        self
    }

    pub(in crate::proxy) fn jump(self, chain: ChainId) -> Self {
        self.then(Target::Jump(chain))
    }
}

//! What the interpreters of all proxy modes take and give: a packet in the kernel's hands, and every way it can go.

use std::net::{IpAddr, SocketAddr};

use crate::Str;
use crate::packet::{Header, Side};

/// netfilter's hooks, in the order in which a packet can meet them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
pub enum Hook {
    /// Arrived from an interface, before routing.
    Prerouting,
    /// Routed to this node itself.
    Input,
    /// Routed on to another interface.
    Forward,
    /// Sent by a process of this node.
    Output,
    /// About to leave by an interface.
    Postrouting,
}

/// What `-m conntrack --ctstate` sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Conntrack {
    /// First packet of a connection.
    New,
    /// Any later packet, in both directions. The nat table is not consulted.
    Established,
    /// Belongs to nothing that is tracked (a stray TCP segment).
    Invalid,
}

/// A packet as the kernel holds it (`sk_buff`): the header and what netfilter knows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skb {
    /// The header now.
    pub header: Header,
    /// `meta mark`, `-m mark`.
    pub mark: u32,
    /// State of its connection.
    pub conntrack: Conntrack,
    /// Destination before DNAT (`--ctorigdst`), once there was one: `--ctstate DNAT`.
    pub original_destination: Option<Side>,
    /// Where it came in; `None` for the node's own packets.
    pub in_interface: Option<Interface>,
    /// Where it goes out, from Forward on and in Output.
    pub out_interface: Option<Interface>,
}

/// Interfaces that rules can tell apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Interface {
    /// `lo`.
    Loopback,
    /// A Pod's veth on this node.
    Pod,
    /// The node's network.
    Node,
}

/// What rules can ask of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// Addresses of its interfaces, loopback included, in ascending order: `addrtype --dst-type LOCAL`. All of 127.0.0.0/8
    /// counts as local.
    pub local_addresses: Vec<IpAddr>,
}

impl Host {
    /// Whether an address is one of the host's own (`addrtype … LOCAL`, `fib … type local`).
    pub fn is_local(&self, address: IpAddr) -> bool {
        address.is_loopback() || self.local_addresses.binary_search(&address).is_ok()
    }
}

/// An exact share of all packets, in lowest terms. (Past 64 bits, which sums over many nodes with unlike numbers of
/// endpoints could reach, it is rounded to the nearest that fits.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Share {
    numerator: u64,
    denominator: u64,
}

impl Share {
    /// Every packet.
    pub const ALL: Self = Self {
        numerator: 1,
        denominator: 1,
    };

    /// One of `n`; `n` is not 0.
    pub fn one_of(n: u64) -> Self {
        Self {
            numerator: 1,
            denominator: n.max(1),
        }
    }

    /// What is left of all.
    #[must_use]
    pub fn rest(self) -> Self {
        Self {
            numerator: self.denominator.saturating_sub(self.numerator),
            denominator: self.denominator,
        }
    }

    /// The share of a share.
    #[must_use]
    pub fn of(self, whole: Self) -> Self {
        Self::reduced(
            u128::from(self.numerator) * u128::from(whole.numerator),
            u128::from(self.denominator) * u128::from(whole.denominator),
        )
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let (a, b) = (u128::from(self.denominator), u128::from(other.denominator));
        Self::reduced(
            (u128::from(self.numerator) * b).saturating_add(u128::from(other.numerator) * a),
            a * b,
        )
    }

    /// How many of `n` packets are to be expected: whole ones, and what is left of one.
    pub fn of_count(self, n: u64) -> (u64, Self) {
        let (product, denominator) = (
            u128::from(self.numerator) * u128::from(n),
            u128::from(self.denominator),
        );
        let whole = u64::try_from(product / denominator).unwrap_or(u64::MAX);
        (whole, Self::reduced(product % denominator, denominator))
    }

    /// So many of so many.
    pub fn parts(self) -> (u64, u64) {
        (self.numerator, self.denominator)
    }

    /// For drawing and for rounding.
    pub fn as_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }

    // Exact as long as the reduced denominator fits into 64 bits: always, but for sums over many nodes that each have
    // another number of local endpoints. Those are rounded rather than refused.
    fn reduced(numerator: u128, denominator: u128) -> Self {
        let (mut a, mut b) = (numerator, denominator);
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = a.max(1);
        let (mut numerator, mut denominator) = (numerator / divisor, denominator / divisor);
        while let (Err(_), _) | (_, Err(_)) = (u64::try_from(numerator), u64::try_from(denominator))
        {
            (numerator, denominator) = (numerator >> 1, denominator >> 1);
        }
        Self {
            numerator: numerator as u64,
            denominator: (denominator as u64).max(1),
        }
    }
}

/// As it prints: `"1/3"`.
impl serde::Serialize for Share {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Share {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'_, str>>::deserialize(deserializer)?;
        text.parse()
            .map_err(|()| serde::de::Error::custom("a share is written 1/3, 0 or 1"))
    }
}

/// From `1/3`, `0` or `1`.
impl std::str::FromStr for Share {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (numerator, denominator) = text.trim().split_once('/').unwrap_or((text.trim(), "1"));
        let numerator: u64 = numerator.trim().parse().map_err(|_| ())?;
        let denominator: u64 = denominator.trim().parse().map_err(|_| ())?;
        if denominator == 0 || numerator > denominator {
            return Err(());
        }
        Ok(Self::reduced(numerator.into(), denominator.into()))
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.denominator == 1 {
            write!(f, "{}", self.numerator)
        } else {
            write!(f, "{}/{}", self.numerator, self.denominator)
        }
    }
}

/// One way through a hook.
#[derive(Debug, Clone)]
pub struct Branch {
    /// How often, of the packets that enter the hook.
    pub share: Share,
    /// The packet afterwards.
    pub packet: Skb,
    /// What becomes of it.
    pub fate: Fate,
    /// Which rules it met, in order.
    pub visits: Vec<Visit>,
    /// What the dataplane remembers from now on.
    pub effects: Vec<Effect>,
}

impl Branch {
    /// How many rules were looked at on this way.
    pub fn rules_evaluated(&self) -> u64 {
        self.visits.iter().map(Visit::rules).sum()
    }
}

/// What becomes of a packet at a hook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// No rule decided: the chain's policy, ACCEPT.
    Continue,
    /// A rule accepted it.
    Accept,
    /// A rule dropped it.
    Drop,
    /// A rule refused it.
    Reject(RejectWith),
}

/// What the sender of a rejected packet gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectWith {
    /// `icmp-port-unreachable`: "connection refused" for TCP and connected UDP.
    PortUnreachable,
}

/// Consecutive rules of a chain that a packet met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visit {
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

impl Visit {
    /// How many rules.
    pub fn rules(&self) -> u64 {
        u64::from(self.last - self.first) + 1
    }
}

/// What a walk did beside deciding: to the packet, and to what the dataplane remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// `-m recent --set`, `update @affinity`: this client, this list, now.
    Remember {
        /// Name of the list or set.
        list: Str,
        /// Source address.
        client: IpAddr,
        /// How many clients the list can hold before the one seen longest ago is forgotten; `None`: any number.
        capacity: Option<u32>,
    },
    /// The destination was rewritten.
    Dnat {
        /// To.
        to: SocketAddr,
    },
    /// The source will be the address of the interface by which it leaves.
    Masquerade,
}

#[cfg(test)]
mod tests {
    use super::Share;

    #[test]
    fn expectations_are_exact() {
        let of = |share: &str, n| {
            let share: Share = share.parse().expect("a share");
            let (whole, rest) = share.of_count(n);
            format!("{whole} + {rest}")
        };
        assert_eq!(of("1/3", 1000), "333 + 1/3");
        assert_eq!(of("2/3", 1000), "666 + 2/3");
        assert_eq!(of("1", 1000), "1000 + 0");
        assert_eq!(of("0", 1000), "0 + 0");
        assert_eq!(of("1/7", u64::MAX), "2635249153387078802 + 1/7");
    }
}

//! Sets of the kernel (`ipset`) that rules ask whether a packet is in them.
//!
//! kube-proxy uses them in ipvs mode only, where they keep the number of rules small: one rule asks for all Services.
//!
//! Source: kube-proxy, `pkg/proxy/ipvs/ipset.go`, `ipset/ipset.go` and `ipset/types.go`; the kernel's `net/netfilter/ipset`.
//! Not modelled: that a set of kube-proxy's takes 65,536 entries at most.

use std::collections::BTreeMap;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{IpNet, Ipv4Net};

use super::ServicePortId;
use crate::Str;
use crate::packet::{Family, Header, Protocol};

/// A set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IpSet {
    /// Name; at most 31 characters.
    pub name: Str,
    /// What its entries are made of.
    pub kind: SetKind,
    /// The family of its addresses.
    pub family: Family,
    /// What kube-proxy's rules that ask for it say.
    pub comment: &'static str,
    /// Its entries, each with the service port that it was first needed for.
    pub entries: BTreeMap<Entry, ServicePortId>,
}

/// What a set's entries are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SetKind {
    /// `hash:ip`
    HashIp,
    /// `hash:ip,port`
    HashIpPort,
    /// `hash:ip,port,ip`
    HashIpPortIp,
    /// `hash:ip,port,net`
    HashIpPortNet,
    /// `bitmap:port`: a port of TCP or UDP, whichever.
    BitmapPort,
}

impl SetKind {
    /// As `ipset create` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::HashIp => "hash:ip",
            Self::HashIpPort => "hash:ip,port",
            Self::HashIpPortIp => "hash:ip,port,ip",
            Self::HashIpPortNet => "hash:ip,port,net",
            Self::BitmapPort => "bitmap:port",
        }
    }
}

/// An entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the parts of each kind of set, in its order")]
pub enum Entry {
    Ip(IpAddr),
    IpPort(IpAddr, Protocol, u16),
    IpPortIp(IpAddr, Protocol, u16, IpAddr),
    IpPortNet(IpAddr, Protocol, u16, IpNet),
    Port(u16),
}

/// As `ipset save` prints it: `10.96.0.1,tcp:443`.
impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => write!(f, "{address}"),
            Self::IpPort(address, protocol, port) => {
                write!(f, "{address},{}:{port}", protocol.lower())
            }
            Self::IpPortIp(address, protocol, port, other) => {
                write!(f, "{address},{}:{port},{other}", protocol.lower())
            }
            Self::IpPortNet(address, protocol, port, range) => {
                write!(f, "{address},{}:{port},{range}", protocol.lower())
            }
            Self::Port(port) => write!(f, "{port}"),
        }
    }
}

/// Which fields of a packet are looked up: the second half of `--match-set NAME dst,dst`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fields {
    /// Destination address, or destination port for a set of ports.
    Dst,
    /// Destination address and port.
    DstDst,
    /// Source address and destination port.
    SrcDst,
    /// Destination address and port, source address.
    DstDstSrc,
}

impl Fields {
    /// As `--match-set` takes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Dst => "dst",
            Self::DstDst => "dst,dst",
            Self::SrcDst => "src,dst",
            Self::DstDstSrc => "dst,dst,src",
        }
    }
}

impl IpSet {
    /// Adds an entry; one that is there stays.
    pub(super) fn add(&mut self, entry: Entry, port: ServicePortId) {
        self.entries.entry(entry).or_insert(port);
    }

    /// Whether a packet is in the set, by these of its fields.
    pub fn holds(&self, header: &Header, fields: Fields) -> bool {
        let has = |entry: Entry| self.entries.contains_key(&entry);
        let address = match fields {
            Fields::SrcDst => header.source,
            Fields::Dst | Fields::DstDst | Fields::DstDstSrc => header.destination,
        };
        if self.kind == SetKind::HashIp {
            return has(Entry::Ip(address));
        }
        // A packet without ports is in no set that asks for one: entries of kube-proxy's name TCP, UDP or SCTP.
        let Some((protocol, port)) = header.dials() else {
            return false;
        };
        match self.kind {
            SetKind::HashIp => false,
            // The kernel looks at ports of TCP and UDP only here (`ip_set_get_ip_port`).
            SetKind::BitmapPort => protocol != Protocol::Sctp && has(Entry::Port(port)),
            SetKind::HashIpPort => has(Entry::IpPort(address, protocol, port)),
            SetKind::HashIpPortIp => has(Entry::IpPortIp(address, protocol, port, header.source)),
            SetKind::HashIpPortNet => self
                .ranges(address, protocol, port)
                .any(|range| range.contains(&header.source)),
        }
    }

    fn ranges(
        &self,
        address: IpAddr,
        protocol: Protocol,
        port: u16,
    ) -> impl Iterator<Item = IpNet> {
        let first = IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0));
        self.entries
            .range(Entry::IpPortNet(address, protocol, port, first)..)
            .map_while(move |(entry, _)| match entry {
                Entry::IpPortNet(a, b, c, range) if (*a, *b, *c) == (address, protocol, port) => {
                    Some(*range)
                }
                _ => None,
            })
    }

    /// The command that makes it, as `ipset save` prints it (without what the kernel draws at random).
    pub fn create_line(&self) -> String {
        let (name, kind) = (&self.name, self.kind.name());
        let family = match self.family {
            Family::V4 => "inet",
            Family::V6 => "inet6",
        };
        match self.kind {
            SetKind::BitmapPort => format!("create {name} {kind} range 0-65535"),
            _ => format!("create {name} {kind} family {family} hashsize 1024 maxelem 65536"),
        }
    }

    /// The command that adds an entry.
    pub fn add_line(&self, entry: &Entry) -> String {
        format!("add {} {entry}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(kind: SetKind, entries: &[Entry]) -> IpSet {
        // Whose entry it is says nothing here.
        let port = ServicePortId::from_number(0);
        IpSet {
            name: "KUBE-X".into(),
            kind,
            family: Family::V4,
            comment: "",
            entries: entries.iter().map(|entry| (*entry, port)).collect(),
        }
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn header(protocol: Protocol, source: &str, destination: &str) -> Header {
        Header::between(
            protocol,
            format!("{source}:40000").parse().unwrap(),
            destination.parse().unwrap(),
        )
    }

    #[test]
    fn fields_are_those_of_the_kind() {
        let (a, b) = (ip("10.96.0.1"), ip("10.244.0.7"));
        let packet = header(Protocol::Tcp, "10.244.0.7", "10.96.0.1:80");
        let ports = set(SetKind::HashIpPort, &[Entry::IpPort(a, Protocol::Tcp, 80)]);
        assert!(ports.holds(&packet, Fields::DstDst));
        assert!(!ports.holds(&packet, Fields::SrcDst));
        assert!(!ports.holds(&Header::echo(b, a), Fields::DstDst));
        let udp = header(Protocol::Udp, "10.244.0.7", "10.96.0.1:80");
        assert!(!ports.holds(&udp, Fields::DstDst));

        let bitmap = set(SetKind::BitmapPort, &[Entry::Port(80)]);
        assert!(bitmap.holds(&packet, Fields::Dst) && bitmap.holds(&udp, Fields::Dst));
        let sctp = header(Protocol::Sctp, "10.244.0.7", "10.96.0.1:80");
        assert!(!bitmap.holds(&sctp, Fields::Dst));
        assert!(!bitmap.holds(&Header::echo(b, a), Fields::Dst));

        let addresses = set(SetKind::HashIp, &[Entry::Ip(a)]);
        assert!(addresses.holds(&Header::echo(b, a), Fields::Dst));
        assert!(!addresses.holds(&Header::echo(a, b), Fields::Dst));
    }

    #[test]
    fn ranges_of_other_addresses_do_not_count() {
        let range = |address: &str, range: &str| {
            Entry::IpPortNet(ip(address), Protocol::Tcp, 80, range.parse().unwrap())
        };
        let set = set(
            SetKind::HashIpPortNet,
            &[
                range("1.2.3.4", "10.0.0.0/8"),
                range("1.2.3.4", "192.168.0.0/16"),
                range("1.2.3.5", "203.0.113.0/24"),
            ],
        );
        let from = |source| {
            set.holds(
                &header(Protocol::Tcp, source, "1.2.3.4:80"),
                Fields::DstDstSrc,
            )
        };
        assert!(from("10.1.2.3") && from("192.168.7.7"));
        assert!(!from("203.0.113.1"));
        assert_eq!(
            range("1.2.3.4", "10.0.0.0/8").to_string(),
            "1.2.3.4,tcp:80,10.0.0.0/8"
        );
    }
}

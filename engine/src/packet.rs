//! Packets and the words that describe them: protocol, address family, header.

use std::borrow::Cow;
use std::fmt;
use std::net::{AddrParseError, IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A protocol that a Service port can have.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Protocol {
    /// The default of the API.
    #[default]
    Tcp,
    /// No connection: a refusal is an ICMP message.
    Udp,
    /// Rarely enabled on nodes, and never for a port 53.
    Sctp,
}

impl Protocol {
    /// The one that the API calls so.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Tcp, Self::Udp, Self::Sctp]
            .into_iter()
            .find(|protocol| protocol.upper() == name)
    }

    /// As the API writes it: `TCP`.
    pub fn upper(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// As rules and chain names write it: `tcp`.
    pub fn lower(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
        }
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.upper())
    }
}

/// An IP family, as `spec.ipFamilies` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Family {
    /// 32-bit addresses.
    #[serde(rename = "IPv4")]
    V4,
    /// 128-bit addresses.
    #[serde(rename = "IPv6")]
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        if address.is_ipv4() {
            Self::V4
        } else {
            Self::V6
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        })
    }
}

/// The header of a packet, as far as Services look at it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "Fields", try_from = "Fields")]
pub struct Header {
    /// Source address.
    pub source: IpAddr,
    /// Destination address.
    pub destination: IpAddr,
    /// What it carries.
    pub transport: Transport,
}

/// What a packet carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transport {
    /// A protocol whose packets go from port to port.
    Ports {
        /// Which.
        protocol: Protocol,
        /// Source port.
        source: u16,
        /// Destination port.
        destination: u16,
    },
    /// ICMP, or ICMPv6: an echo request or the reply to one (`ping`). It has no ports.
    Echo,
}

impl Header {
    /// From port to port.
    pub fn between(protocol: Protocol, source: SocketAddr, destination: SocketAddr) -> Self {
        Self {
            source: source.ip(),
            destination: destination.ip(),
            transport: Transport::Ports {
                protocol,
                source: source.port(),
                destination: destination.port(),
            },
        }
    }

    /// An echo request, or the reply to one.
    pub fn echo(source: IpAddr, destination: IpAddr) -> Self {
        Self {
            source,
            destination,
            transport: Transport::Echo,
        }
    }

    /// The protocol, if it is one that a Service port can have.
    pub fn protocol(&self) -> Option<Protocol> {
        match self.transport {
            Transport::Ports { protocol, .. } => Some(protocol),
            Transport::Echo => None,
        }
    }

    /// `TCP`, `UDP`, `SCTP`, `ICMP`, `ICMPv6`.
    pub fn protocol_name(&self) -> &'static str {
        match (self.transport, Family::of(self.destination)) {
            (Transport::Ports { protocol, .. }, _) => protocol.upper(),
            (Transport::Echo, Family::V4) => "ICMP",
            (Transport::Echo, Family::V6) => "ICMPv6",
        }
    }

    /// Where it comes from.
    pub fn from(&self) -> Side {
        let port = match self.transport {
            Transport::Ports { source, .. } => Some(source),
            Transport::Echo => None,
        };
        Side {
            address: self.source,
            port,
        }
    }

    /// Where it goes.
    pub fn to(&self) -> Side {
        Side {
            address: self.destination,
            port: self.destination_port(),
        }
    }

    /// Its destination port, if it has ports.
    pub fn destination_port(&self) -> Option<u16> {
        match self.transport {
            Transport::Ports { destination, .. } => Some(destination),
            Transport::Echo => None,
        }
    }

    /// The protocol and port that it is for, if it has ports.
    pub fn dials(&self) -> Option<(Protocol, u16)> {
        self.protocol().zip(self.destination_port())
    }

    /// Gives it another destination. Of a packet without ports only the address changes.
    pub fn redirect(&mut self, to: SocketAddr) {
        self.destination = to.ip();
        if let Transport::Ports { destination, .. } = &mut self.transport {
            *destination = to.port();
        }
    }

    /// The header of a reply to this packet.
    #[must_use]
    pub fn reversed(self) -> Self {
        Self {
            source: self.destination,
            destination: self.source,
            transport: match self.transport {
                Transport::Ports {
                    protocol,
                    source,
                    destination,
                } => Transport::Ports {
                    protocol,
                    source: destination,
                    destination: source,
                },
                Transport::Echo => Transport::Echo,
            },
        }
    }
}

/// One side of a packet: `10.244.1.7:8080`, `[fd00::7]:8080`; without a port where its protocol has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Side {
    /// Address.
    pub address: IpAddr,
    /// Port.
    pub port: Option<u16>,
}

impl Side {
    /// The address.
    pub fn ip(self) -> IpAddr {
        self.address
    }

    /// Address and port, if there is a port.
    pub fn socket(self) -> Option<SocketAddr> {
        self.port.map(|port| SocketAddr::new(self.address, port))
    }
}

impl From<SocketAddr> for Side {
    fn from(socket: SocketAddr) -> Self {
        Self {
            address: socket.ip(),
            port: Some(socket.port()),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.socket() {
            Some(socket) => write!(f, "{socket}"),
            None => write!(f, "{}", self.address),
        }
    }
}

impl FromStr for Side {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse::<SocketAddr>() {
            Ok(socket) => Ok(socket.into()),
            Err(_) => Ok(Self {
                address: text.parse()?,
                port: None,
            }),
        }
    }
}

impl Serialize for Side {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Side {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <Cow<'_, str>>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A header as it is sent and printed: one text a side.
#[derive(Serialize, Deserialize)]
struct Fields {
    protocol: Cow<'static, str>,
    source: Side,
    destination: Side,
}

impl From<Header> for Fields {
    fn from(header: Header) -> Self {
        Self {
            protocol: header.protocol_name().into(),
            source: header.from(),
            destination: header.to(),
        }
    }
}

impl TryFrom<Fields> for Header {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        let sides = (fields.source.socket(), fields.destination.socket());
        match (Protocol::named(&fields.protocol), sides) {
            (Some(protocol), (Some(source), Some(destination))) => {
                Ok(Self::between(protocol, source, destination))
            }
            (None, (None, None)) if fields.protocol.starts_with("ICMP") => Ok(Self::echo(
                fields.source.address,
                fields.destination.address,
            )),
            _ => Err("ports go with TCP, UDP and SCTP, and only with them"),
        }
    }
}

/// Parses an address as kube-proxy does with stored objects: leading zeros of IPv4 octets are decimal.
///
/// Source: `k8s.io/utils/net`, `ParseIPSloppy`. The API server accepted such addresses before Go 1.17.
pub fn parse_ip_sloppy(text: &str) -> Option<IpAddr> {
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let mut octets = text.split('.').map(|octet| {
        let digits =
            !octet.is_empty() && octet.len() <= 16 && octet.bytes().all(|b| b.is_ascii_digit());
        digits
            .then(|| octet.trim_start_matches('0'))
            .and_then(|octet| {
                if octet.is_empty() {
                    Some(0)
                } else {
                    octet.parse::<u8>().ok()
                }
            })
    });
    let address = [
        octets.next()??,
        octets.next()??,
        octets.next()??,
        octets.next()??,
    ];
    octets.next().is_none().then(|| IpAddr::from(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_prints_as_it_is_read() {
        let socket = |text: &str| text.parse().expect("an address and a port");
        let tcp = Header::between(
            Protocol::Tcp,
            socket("10.0.0.1:40000"),
            socket("10.0.0.2:80"),
        );
        let ip = |text: &str| text.parse().expect("an address");
        let echo = Header::echo(ip("fd00::1"), ip("fd00::2"));
        for (header, text) in [
            (
                tcp,
                r#"{"protocol":"TCP","source":"10.0.0.1:40000","destination":"10.0.0.2:80"}"#,
            ),
            (
                echo,
                r#"{"protocol":"ICMPv6","source":"fd00::1","destination":"fd00::2"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&header).ok().as_deref(), Some(text));
            assert_eq!(serde_json::from_str(text).ok(), Some(header));
            assert_eq!(header.reversed().reversed(), header);
        }
        let half = r#"{"protocol":"TCP","source":"10.0.0.1","destination":"10.0.0.2:80"}"#;
        assert!(serde_json::from_str::<Header>(half).is_err());
    }

    #[test]
    fn leading_zeros_are_decimal() {
        assert_eq!(
            parse_ip_sloppy("172.030.099.011"),
            Some(IpAddr::from([172, 30, 99, 11]))
        );
        assert_eq!(parse_ip_sloppy("1.2.3"), None);
        assert_eq!(parse_ip_sloppy("1.2.3.256"), None);
        assert_eq!(parse_ip_sloppy("fd00::1"), "fd00::1".parse().ok());
    }
}

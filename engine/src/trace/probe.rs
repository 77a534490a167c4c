//! What is asked: who sends one packet, where to.
//!
//! A [`Probe`] is words about a cluster, not a part of one: names are looked up when it is traced, so a probe can be
//! kept while the manifests change under it.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Str;
use crate::packet::Protocol;

/// One question: a packet that opens a connection, or an echo request.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Probe {
    /// Who sends it.
    pub from: Source,
    /// Where to.
    pub to: Target,
    /// What is sent.
    #[serde(flatten)]
    pub message: Message,
    /// As it was written, if that is a URL of HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Str>,
}

/// What a probe sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "message")]
pub enum Message {
    /// The first packet of a connection.
    Open {
        /// Destination port.
        port: u16,
        /// Transport protocol.
        protocol: Protocol,
    },
    /// An echo request: what `ping` sends.
    Ping,
}

impl Message {
    /// The protocol and port that it is for, if it has ports.
    pub fn dials(self) -> Option<(Protocol, u16)> {
        match self {
            Self::Open { port, protocol } => Some((protocol, port)),
            Self::Ping => None,
        }
    }
}

impl Probe {
    /// Reads a probe as people write it: `pod/shop/client` (see [`Source`]) and `http://web:8080/x`, `web:80`,
    /// `10.96.0.1:53/udp`, `[fd00::1]:80`, `node/n1:30080`, `ping web` or `icmp://web`.
    ///
    /// # Errors
    /// Says which half cannot be read, and why.
    pub fn parse(from: &str, written: &str) -> Result<Self, ProbeError> {
        let from = from.parse()?;
        let (to, message) = match pinged(written) {
            Some(whom) => (whom?, Message::Ping),
            None => {
                let (to, port, protocol) = destination(written)?;
                (to, Message::Open { port, protocol })
            }
        };
        Ok(Self {
            from,
            url: http_url(&to, written),
            to,
            message,
        })
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → ", self.from)?;
        let Message::Open { port, protocol } = self.message else {
            return write!(f, "ping {}", self.to);
        };
        match &self.to {
            Target::Address {
                address: IpAddr::V6(ip),
            } => write!(f, "[{ip}]:{port}")?,
            to => write!(f, "{to}:{port}")?,
        }
        match protocol {
            Protocol::Tcp => Ok(()),
            other => write!(f, "/{}", other.lower()),
        }
    }
}

/// Who sends the packet.
///
/// | text | |
/// |---|---|
/// | `pod/shop/client` | that Pod |
/// | `pod/client` | the Pod of that name in `default`, else the only one of that name |
/// | `deployment/shop/web`, `statefulset/db`, … | any Pod of that workload: the first that runs |
/// | `node/n1` | a process on that node |
/// | `outside`, `outside/203.0.113.7` | a client outside the cluster |
/// | `10.244.1.7` | whoever has that address; nobody: a client outside |
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Source {
    /// A process in a Pod.
    Pod {
        /// Unset: `default`, else the only Pod of that name.
        namespace: Option<Str>,
        /// Name.
        name: Str,
    },
    /// A process in any Pod of a workload.
    Workload {
        /// `Deployment`, `ReplicaSet`, `StatefulSet`, `DaemonSet`, `Job`, …; as the API writes it.
        workload: Str,
        /// Unset: `default`, else the only workload of that kind and name.
        namespace: Option<Str>,
        /// Name.
        name: Str,
    },
    /// A process on a node.
    Node {
        /// Name.
        name: Str,
    },
    /// A client that is not in the cluster.
    Outside {
        /// Unset: an address from the ranges that RFC 5737 and RFC 3849 keep for documentation.
        address: Option<IpAddr>,
    },
    /// Whoever has this address.
    Address {
        /// The address.
        address: IpAddr,
    },
}

const WORKLOADS: [(&str, &[&str]); 7] = [
    ("Deployment", &["deployment", "deployments", "deploy"]),
    ("ReplicaSet", &["replicaset", "replicasets", "rs"]),
    ("StatefulSet", &["statefulset", "statefulsets", "sts"]),
    ("DaemonSet", &["daemonset", "daemonsets", "ds"]),
    ("Job", &["job", "jobs"]),
    ("CronJob", &["cronjob", "cronjobs", "cj"]),
    (
        "ReplicationController",
        &["replicationcontroller", "replicationcontrollers", "rc"],
    ),
];

impl FromStr for Source {
    type Err = ProbeError;

    fn from_str(text: &str) -> Result<Self, ProbeError> {
        let text = text.trim();
        let refuse = |why| {
            Err(ProbeError {
                part: text.into(),
                why,
            })
        };
        if let Ok(address) = text.parse() {
            return Ok(Self::Address { address });
        }
        let mut parts = text.split('/');
        let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
        let rest: Vec<&str> = parts.collect();
        if rest.iter().any(|part| part.is_empty()) {
            return refuse(ProbeProblem::UnknownSource);
        }
        let named = || match rest.as_slice() {
            [name] => Some((None, Str::from(*name))),
            [namespace, name] => Some((Some(Str::from(*namespace)), Str::from(*name))),
            _ => None,
        };
        match (kind.as_str(), rest.as_slice()) {
            ("outside", []) => return Ok(Self::Outside { address: None }),
            ("outside", [address]) => {
                return address.parse().map_or_else(
                    |_| refuse(ProbeProblem::UnknownSource),
                    |address| {
                        Ok(Self::Outside {
                            address: Some(address),
                        })
                    },
                );
            }
            ("node" | "nodes" | "no", [name]) => {
                return Ok(Self::Node {
                    name: Str::from(*name),
                });
            }
            ("pod" | "pods" | "po", _) => {
                if let Some((namespace, name)) = named() {
                    return Ok(Self::Pod { namespace, name });
                }
            }
            _ => {
                let workload = WORKLOADS
                    .iter()
                    .find(|(_, words)| words.contains(&kind.as_str()));
                if let (Some((workload, _)), Some((namespace, name))) = (workload, named()) {
                    return Ok(Self::Workload {
                        workload: Str::from(*workload),
                        namespace,
                        name,
                    });
                }
            }
        }
        refuse(ProbeProblem::UnknownSource)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pod {
                namespace: Some(namespace),
                name,
            } => write!(f, "pod/{namespace}/{name}"),
            Self::Pod { name, .. } => write!(f, "pod/{name}"),
            Self::Workload {
                workload,
                namespace: Some(namespace),
                name,
            } => write!(f, "{}/{namespace}/{name}", workload.to_ascii_lowercase()),
            Self::Workload { workload, name, .. } => {
                write!(f, "{}/{name}", workload.to_ascii_lowercase())
            }
            Self::Node { name } => write!(f, "node/{name}"),
            Self::Outside { address: None } => f.write_str("outside"),
            Self::Outside {
                address: Some(address),
            } => write!(f, "outside/{address}"),
            Self::Address { address } => write!(f, "{address}"),
        }
    }
}

/// Where the packet goes.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Target {
    /// A name that the sender resolves first.
    Host {
        /// As the application has it: short, or with a final dot.
        host: Str,
    },
    /// An address.
    Address {
        /// The address.
        address: IpAddr,
    },
    /// A node, by its address: `node/n1:30080`.
    Node {
        /// Name; unset (`node/*:30080`): any node, as alternatives.
        name: Option<Str>,
    },
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { host } => write!(f, "{host}"),
            Self::Address { address } => write!(f, "{address}"),
            Self::Node { name } => write!(f, "node/{}", name.as_deref().unwrap_or("*")),
        }
    }
}

/// A probe that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeError {
    /// The part that is wrong, as written.
    pub part: Str,
    /// What is wrong with it.
    pub why: ProbeProblem,
}

/// What is wrong with a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProbeProblem {
    /// No form of [`Source`].
    UnknownSource,
    /// No name and no address where one is needed.
    NoHost,
    /// No port, and no scheme that has one.
    NoPort,
    /// A Pod by its object's name, which is nothing to dial.
    PodTarget,
    /// A port that is no number from 1 to 65535.
    BadPort,
    /// Neither `tcp`, `udp` nor `sctp`.
    BadProtocol,
    /// More than a host behind `ping`.
    PingOfPort,
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = &self.part;
        match self.why {
            ProbeProblem::UnknownSource => write!(
                f,
                "`{part}` is no source: write pod/NAMESPACE/NAME, deployment/NAMESPACE/NAME, node/NAME, outside or an address"
            ),
            ProbeProblem::NoHost => write!(f, "`{part}` names no host"),
            ProbeProblem::NoPort => {
                write!(
                    f,
                    "`{part}` needs a port: http://NAME, NAME:80 or NAME:53/udp"
                )
            }
            ProbeProblem::PodTarget => write!(
                f,
                "`{part}` is no destination: a Pod is dialled by its address, ADDRESS:PORT, or by a name in DNS"
            ),
            ProbeProblem::BadPort => write!(f, "the port of `{part}` is no number from 1 to 65535"),
            ProbeProblem::BadProtocol => {
                write!(f, "the protocol of `{part}` is neither tcp, udp nor sctp")
            }
            ProbeProblem::PingOfPort => {
                write!(
                    f,
                    "`{part}` is more than a host: an echo request has no port and no path"
                )
            }
        }
    }
}

impl std::error::Error for ProbeError {}

// Schemes that people paste, with the port that their clients dial (IANA's registry).
const SCHEMES: [(&str, Option<u16>, Protocol); 16] = [
    ("http", Some(80), Protocol::Tcp),
    ("https", Some(443), Protocol::Tcp),
    ("ws", Some(80), Protocol::Tcp),
    ("wss", Some(443), Protocol::Tcp),
    ("tcp", None, Protocol::Tcp),
    ("udp", None, Protocol::Udp),
    ("sctp", None, Protocol::Sctp),
    ("dns", Some(53), Protocol::Udp),
    ("postgres", Some(5432), Protocol::Tcp),
    ("postgresql", Some(5432), Protocol::Tcp),
    ("mysql", Some(3306), Protocol::Tcp),
    ("redis", Some(6379), Protocol::Tcp),
    ("mongodb", Some(27017), Protocol::Tcp),
    ("amqp", Some(5672), Protocol::Tcp),
    ("nats", Some(4222), Protocol::Tcp),
    ("grpc", None, Protocol::Tcp),
];

fn http_url(to: &Target, written: &str) -> Option<Str> {
    let (scheme, _) = written.split_once("://")?;
    let is_http = ["http", "https"]
        .iter()
        .any(|known| scheme.trim().eq_ignore_ascii_case(known));
    (is_http && !matches!(to, Target::Node { .. })).then(|| written.trim().into())
}

/// The host of `ping HOST` or `icmp://HOST`; `None`: it is no ping.
fn pinged(text: &str) -> Option<Result<Target, ProbeError>> {
    let text = text.trim();
    let after = |word: &str| {
        let (head, rest) = text.split_at_checked(word.len())?;
        head.eq_ignore_ascii_case(word).then_some(rest)
    };
    let host = after("icmp://").or_else(|| after("ping "))?.trim();
    let error = |why| {
        Some(Err(ProbeError {
            part: text.into(),
            why,
        }))
    };
    let (is_node, host) = match host.strip_prefix("node/") {
        Some(name) => (true, name),
        None => (false, host.trim_end_matches('/')),
    };
    if host.is_empty() {
        return error(ProbeProblem::NoHost);
    }
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    if let (false, Ok(address)) = (is_node, bare.unwrap_or(host).parse()) {
        return Some(Ok(Target::Address { address }));
    }
    if host.contains([':', '/', '[', ']', '?', '#', '@', ' ']) {
        return error(ProbeProblem::PingOfPort);
    }
    Some(Ok(match (is_node, host) {
        (true, "*") => Target::Node { name: None },
        (true, name) => Target::Node {
            name: Some(name.into()),
        },
        (false, host) => Target::Host { host: host.into() },
    }))
}

fn destination(text: &str) -> Result<(Target, u16, Protocol), ProbeError> {
    let text = text.trim();
    let error = |why| ProbeError {
        part: text.into(),
        why,
    };
    if let Some(rest) = text.strip_prefix("node/") {
        let (to, port, protocol) = destination(rest)?;
        let name = match to {
            Target::Host { host } if host == "*" => None,
            Target::Host { host } => Some(host),
            Target::Address { .. } | Target::Node { .. } => {
                return Err(error(ProbeProblem::NoHost));
            }
        };
        return Ok((Target::Node { name }, port, protocol));
    }
    if text.starts_with("pod/") {
        return Err(error(ProbeProblem::PodTarget));
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
        None => (None, text),
    };
    let known = scheme
        .as_deref()
        .and_then(|scheme| SCHEMES.iter().find(|(name, ..)| *name == scheme));
    let (authority, path) = match rest.find(['/', '?', '#']) {
        Some(at) => (&rest[..at], &rest[at..]),
        None => (rest, ""),
    };
    // Without a scheme, what follows the port is the protocol: `10.96.0.10:53/udp`.
    let written = if scheme.is_none() && path.len() > 1 && path.starts_with('/') {
        let word = path[1..].to_ascii_lowercase();
        match word.as_str() {
            "tcp" => Some(Protocol::Tcp),
            "udp" => Some(Protocol::Udp),
            "sctp" => Some(Protocol::Sctp),
            _ if word.contains('/') || word.contains('.') => None,
            _ => return Err(error(ProbeProblem::BadProtocol)),
        }
    } else {
        None
    };
    // User and password have no part in where the packet goes.
    let authority = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = host_and_port(authority).ok_or_else(|| error(ProbeProblem::BadPort))?;
    if host.is_empty() {
        return Err(error(ProbeProblem::NoHost));
    }
    let port = port
        .or_else(|| known.and_then(|(_, port, _)| *port))
        .ok_or_else(|| error(ProbeProblem::NoPort))?;
    if port == 0 {
        return Err(error(ProbeProblem::BadPort));
    }
    let protocol = written
        .or_else(|| known.map(|(.., protocol)| *protocol))
        .unwrap_or_default();
    let to = match host.parse() {
        Ok(address) => Target::Address { address },
        Err(_) => Target::Host { host: host.into() },
    };
    Ok((to, port, protocol))
}

// `None`: there is a port and it is no number.
fn host_and_port(authority: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None if after.is_empty() => Some((host, None)),
            None => None,
        };
    }
    match authority.split_once(':') {
        // More than one colon and no brackets: an IPv6 address alone.
        Some((_, port)) if port.contains(':') => Some((authority, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((authority, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(to: &str, host: &str, port: u16, protocol: Protocol) {
        let probe = Probe::parse("outside", to).expect("a probe");
        let got = match &probe.to {
            Target::Host { host } => host.to_string(),
            Target::Address { address } => address.to_string(),
            Target::Node { name } => format!("node {}", name.as_deref().unwrap_or("any")),
        };
        assert_eq!(
            (got.as_str(), probe.message),
            (host, Message::Open { port, protocol })
        );
    }

    #[test]
    fn a_ping_has_a_host_and_nothing_else() {
        for (to, printed) in [
            ("ping web.shop", "outside → ping web.shop"),
            ("icmp://10.96.0.1/", "outside → ping 10.96.0.1"),
            ("PING [fd00::1]", "outside → ping fd00::1"),
            ("icmp://fd00::1", "outside → ping fd00::1"),
            ("ping node/n1", "outside → ping node/n1"),
            ("icmp://node/*", "outside → ping node/*"),
        ] {
            let probe = Probe::parse("outside", to).expect("a probe");
            assert_eq!(probe.message, Message::Ping);
            assert_eq!(probe.to_string(), printed);
            let again = probe.to_string().replace("outside → ", "");
            assert_eq!(Probe::parse("outside", &again).as_ref(), Ok(&probe));
        }
        let problem = |to| Probe::parse("outside", to).expect_err("no probe").why;
        assert_eq!(problem("ping web:80"), ProbeProblem::PingOfPort);
        assert_eq!(problem("icmp://web/x"), ProbeProblem::PingOfPort);
        assert_eq!(problem("ping "), ProbeProblem::NoPort);
        assert_eq!(problem("icmp://"), ProbeProblem::NoHost);
        // A Service may be called so.
        assert_eq!(problem("ping"), ProbeProblem::NoPort);
        check("ping:80", "ping", 80, Protocol::Tcp);
    }

    #[test]
    fn destinations_as_people_write_them() {
        check(
            "http://web.shop:8080/x?y#z",
            "web.shop",
            8080,
            Protocol::Tcp,
        );
        check("https://user:word@web", "web", 443, Protocol::Tcp);
        check("web:80", "web", 80, Protocol::Tcp);
        check("10.96.0.1:80/udp", "10.96.0.1", 80, Protocol::Udp);
        check("[fd00::1]:53/UDP", "fd00::1", 53, Protocol::Udp);
        check(
            "udp://kube-dns.kube-system:53",
            "kube-dns.kube-system",
            53,
            Protocol::Udp,
        );
        check("postgres://db/app", "db", 5432, Protocol::Tcp);
        check("node/n1:30080", "node n1", 30080, Protocol::Tcp);
        check("node/*:30053/udp", "node any", 30053, Protocol::Udp);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let problem = |to| Probe::parse("outside", to).expect_err("no probe").why;
        assert_eq!(problem("web"), ProbeProblem::NoPort);
        assert_eq!(problem("web:http"), ProbeProblem::BadPort);
        assert_eq!(problem("web:99999"), ProbeProblem::BadPort);
        assert_eq!(problem("web:0"), ProbeProblem::BadPort);
        assert_eq!(problem("http://:80"), ProbeProblem::NoHost);
        assert_eq!(problem("web:80/icmp"), ProbeProblem::BadProtocol);
        assert_eq!(problem("fd00::1"), ProbeProblem::NoPort);
        assert_eq!(problem("pod/shop/web-1:8080"), ProbeProblem::PodTarget);
        assert_eq!(problem("pod/web-1"), ProbeProblem::PodTarget);
    }

    #[test]
    fn sources_print_as_they_are_read() {
        for text in [
            "pod/client",
            "pod/shop/client",
            "deployment/shop/web",
            "node/n1",
            "outside",
            "outside/203.0.113.7",
            "10.244.1.7",
        ] {
            assert_eq!(text.parse::<Source>().expect("a source").to_string(), text);
        }
        assert!("pod/".parse::<Source>().is_err());
        assert!("service/web".parse::<Source>().is_err());
        assert!("node/a/b".parse::<Source>().is_err());
    }
}

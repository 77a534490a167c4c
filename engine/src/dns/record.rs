//! Questions, records and answers.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Name;
use crate::Str;
use crate::cluster::{Cluster, PodId, ServiceId, SliceId};
use crate::origin::Origin;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Name, in the letters of the client.
    pub name: Name,
    /// Type.
    pub type_: RecordType,
}

/// A type of record that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of RFC 1035 and its successors")]
pub enum RecordType {
    A,
    Aaaa,
    Cname,
    Srv,
    Ptr,
    Txt,
    Soa,
    Ns,
    Mx,
    /// `AXFR` and `IXFR`: the whole zone.
    Transfer,
    /// A type that the cluster has no records of.
    Other(Str),
}

impl RecordType {
    /// The type of this name, in any case: `AAAA`, `https`.
    pub fn named(name: &str) -> Self {
        match name.to_ascii_uppercase().as_str() {
            "A" => Self::A,
            "AAAA" => Self::Aaaa,
            "CNAME" => Self::Cname,
            "SRV" => Self::Srv,
            "PTR" => Self::Ptr,
            "TXT" => Self::Txt,
            "SOA" => Self::Soa,
            "NS" => Self::Ns,
            "MX" => Self::Mx,
            "AXFR" | "IXFR" => Self::Transfer,
            other => Self::Other(other.into()),
        }
    }

    /// As `dig` writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::A => "A",
            Self::Aaaa => "AAAA",
            Self::Cname => "CNAME",
            Self::Srv => "SRV",
            Self::Ptr => "PTR",
            Self::Txt => "TXT",
            Self::Soa => "SOA",
            Self::Ns => "NS",
            Self::Mx => "MX",
            Self::Transfer => "AXFR",
            Self::Other(name) => name,
        }
    }
}

/// A resource record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose record it is.
    pub name: Name,
    /// Seconds that it may be kept.
    pub ttl: u32,
    /// Type and value.
    pub data: RecordData,
    /// What it rests on.
    pub because: Because,
}

/// Type and value of a record. `Display` is the presentation format of RFC 1035, texts without quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordData {
    /// An IPv4 address.
    A(Ipv4Addr),
    /// An IPv6 address.
    Aaaa(Ipv6Addr),
    /// Another name for it.
    Cname(Name),
    /// A port of a host.
    Srv {
        /// Lower first; always 0 in Kubernetes.
        priority: u16,
        /// Share among equals.
        weight: u16,
        /// Port.
        port: u16,
        /// Host.
        target: Name,
    },
    /// The name of an address.
    Ptr(Name),
    /// Text.
    Txt(Str),
    /// Start of authority.
    Soa(Soa),
    /// A name server of the zone.
    Ns(Name),
}

/// Start of authority. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Soa {
    /// First name server.
    pub mname: Name,
    /// Mailbox.
    pub rname: Name,
    /// Version of the zone.
    pub serial: u32,
    /// Of secondaries.
    pub refresh: u32,
    /// Of secondaries.
    pub retry: u32,
    /// Of secondaries.
    pub expire: u32,
    /// How long "there is none" may be kept.
    pub minimum: u32,
}

impl RecordData {
    /// The address record of an address.
    pub fn address(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::A(address),
            IpAddr::V6(address) => Self::Aaaa(address),
        }
    }

    /// Its type.
    pub fn type_(&self) -> RecordType {
        match self {
            Self::A(_) => RecordType::A,
            Self::Aaaa(_) => RecordType::Aaaa,
            Self::Cname(_) => RecordType::Cname,
            Self::Srv { .. } => RecordType::Srv,
            Self::Ptr(_) => RecordType::Ptr,
            Self::Txt(_) => RecordType::Txt,
            Self::Soa(_) => RecordType::Soa,
            Self::Ns(_) => RecordType::Ns,
        }
    }

    /// The address, if that is what it is.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::A(address) => Some(IpAddr::V4(*address)),
            Self::Aaaa(address) => Some(IpAddr::V6(*address)),
            _ => None,
        }
    }
}

impl fmt::Display for RecordData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::A(address) => write!(f, "{address}"),
            Self::Aaaa(address) => write!(f, "{address}"),
            Self::Cname(name) | Self::Ptr(name) | Self::Ns(name) => write!(f, "{name}"),
            Self::Srv {
                priority,
                weight,
                port,
                target,
            } => write!(f, "{priority} {weight} {port} {target}"),
            Self::Txt(text) => f.write_str(text),
            Self::Soa(soa) => write!(
                f,
                "{} {} {} {} {} {} {}",
                soa.mname, soa.rname, soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum
            ),
        }
    }
}

/// What a record rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// A cluster IP of a Service.
    ClusterIp {
        /// The Service.
        service: ServiceId,
        /// Its number in `spec.clusterIPs`.
        nth: usize,
    },
    /// `spec.externalName` of a Service.
    ExternalName(ServiceId),
    /// An endpoint in an EndpointSlice.
    Endpoint {
        /// The Service that the slice belongs to; `None` if only the slice's label knows it.
        service: Option<ServiceId>,
        /// The slice.
        slice: SliceId,
        /// The endpoint's number in it.
        endpoint: usize,
    },
    /// A Pod (`pods verified`).
    Pod(PodId),
    /// Nothing: the name itself spells the address (`pods insecure`).
    Spelled,
    /// The DNS server: SOA, NS, the version of the schema.
    Server,
}

impl Because {
    /// The field that is to be looked at; `None` if nobody wrote it.
    pub fn origin(self, cluster: &Cluster) -> Option<Origin> {
        match self {
            Self::ClusterIp { service, nth } => {
                let meta = &cluster.services.get(service)?.meta;
                match nth {
                    0 => meta.at("spec.clusterIP"),
                    _ => meta.at(format!("spec.clusterIPs[{nth}]").as_str()),
                }
            }
            Self::ExternalName(service) => {
                cluster.services.get(service)?.meta.at("spec.externalName")
            }
            Self::Endpoint {
                slice, endpoint, ..
            } => {
                let slice = cluster.slices.get(slice)?;
                let pod = || pod_origin(cluster, slice.endpoints.get(endpoint)?.pod?);
                slice
                    .meta
                    .at(format!("endpoints[{endpoint}].addresses[0]").as_str())
                    .or_else(pod)
            }
            Self::Pod(pod) => pod_origin(cluster, pod),
            Self::Spelled | Self::Server => None,
        }
    }
}

fn pod_origin(cluster: &Cluster, pod: PodId) -> Option<Origin> {
    cluster.pod_origin(cluster.pods.get(pod)?, "")
}

/// How a query ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of RFC 1035, 4.1.1")]
pub enum Rcode {
    NoError,
    NxDomain,
    Refused,
}

impl Rcode {
    /// As `dig` writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoError => "NOERROR",
            Self::NxDomain => "NXDOMAIN",
            Self::Refused => "REFUSED",
        }
    }
}

/// Who knows the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnsweredBy {
    /// The cluster's DNS server, from this zone.
    Zone(Name),
    /// A server outside the cluster, which the simulation does not have: what it would say is unknowable. The exchange
    /// is NXDOMAIN, which lets a search list go on as it does on nearly every cluster.
    Upstream,
}

/// A question and its answer. Records are in the order of slices, endpoints and addresses; CoreDNS's `loadbalance` plugin
/// would shuffle addresses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// What was asked.
    pub question: Question,
    /// Who answered.
    pub answered_by: AnsweredBy,
    /// How it ended. `NoError` without answers is NODATA: the name exists, with other types.
    pub rcode: Rcode,
    /// The records that were asked for, with the CNAMEs that lead to them.
    pub answers: Vec<Record>,
    /// The zone's SOA when there is no answer.
    pub authority: Vec<Record>,
    /// Addresses of the hosts that the answers name.
    pub additional: Vec<Record>,
}

impl Exchange {
    /// A question that no server of the cluster answers.
    pub(super) fn upstream(question: Question) -> Self {
        Self {
            question,
            answered_by: AnsweredBy::Upstream,
            rcode: Rcode::NxDomain,
            answers: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
        }
    }

    /// The name exists, without records of the type.
    pub fn is_nodata(&self) -> bool {
        self.rcode == Rcode::NoError && self.answers.is_empty()
    }
}

//! Names: the cluster's DNS server, and the resolver inside a Pod.
//!
//! [`Zone`] and [`query`] are CoreDNS with its `kubernetes` plugin, as the DNS specification 1.1.0 describes it and the
//! plugin's source answers where the two differ. [`pod_dns`] and [`hosts_file`] are the two files that kubelet writes into
//! a Pod; [`resolve`] is the C library that reads them: which names it asks, in which order, and what it makes of the answers.
//!
//! What this is not: a DNS server (no messages, no truncation, no cache) and not a model of other plugins of a Corefile
//! (`forward`, `rewrite`, `hosts`, `autopath`). Whatever a zone of the cluster does not answer is asked upstream, where the
//! simulation knows nothing: see [`AnsweredBy::Upstream`]. The packet that carries a query is not walked here.

mod hosts;
mod inspect;
mod lookup;
mod name;
mod query;
mod record;
mod request;
mod resolv;
mod resolver;
mod reverse;
mod zone;

#[cfg(test)]
mod fixture;

pub use hosts::{HostsLine, HostsSource, hosts_file};
pub use inspect::inspect;
pub use name::Name;
pub use query::query;
pub use record::{
    AnsweredBy, Because, Exchange, Question, Rcode, Record, RecordData, RecordType, Soa,
};
pub use resolv::{Omitted, PodDns, pod_dns, resolv_conf};
pub use resolver::{
    Alias, Asked, Client, FromHosts, Nameserver, Outcome, Resolution, ResolvedAddress, Tried,
    resolve,
};
pub use zone::Zone;

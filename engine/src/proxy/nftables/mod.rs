//! nftables mode: the table `kube-proxy` of each family, as kube-proxy 1.35 writes it, and a packet's walk through it.
//!
//! [`write()`] makes a [`Ruleset`] for one node, `render` prints it as kube-proxy gives it to the kernel, `list` as the
//! kernel lists it, [`walk()`] interprets it. Look-ups go through verdict
//! maps, so the walk costs the same whatever the number of Services; that is the point of this mode.
//!
//! Source: kube-proxy, `pkg/proxy/nftables/proxier.go`.

mod list;
mod names;
mod render;
mod ruleset;
#[cfg(test)]
mod tests;
mod walk;
mod write;

pub use names::{endpoint_base, service_base};
pub use ruleset::{
    AddressKey, AffinitySet, BaseChain, Chain, ChainKind, Element, Map, Match, PortKey, Rule,
    Ruleset, Set, Statement, Verdict,
};
pub use walk::{mismatch, walk};
pub use write::write;

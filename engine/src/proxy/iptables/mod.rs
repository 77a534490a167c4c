//! kube-proxy's iptables mode: the rules that it writes on one node, how they are printed, and a packet's walk through
//! them.
//!
//! Source: kube-proxy, `pkg/proxy/iptables/proxier.go`, and the kernel's x_tables. What is not here: chains and rules of
//! anyone else (the CNI, a firewall), the canary chains by which kube-proxy notices a flush, and counters.

mod index;
mod jumps;
mod names;
mod render;
mod rule;
mod walk;
mod write;

pub(super) use jumps::{Jump, NAT_JUMPS, declare_built_in, ensure_jumps, jump};
pub use jumps::{Sysctl, sysctls};
pub use names::{ServiceChainNames, endpoint_chain_name};
pub use render::{
    commands, listed, listed_rule, probability, written, written_match, written_rule,
};
pub(super) use render::{listed_chain, listing_order, restored};
pub use rule::{
    AddressSide, Addresses, Cause, Chain, ChainId, ChainKind, ConntrackState, Match, Rule, Ruleset,
    Table, TableName, Target,
};
pub(super) use walk::walk_tables;
pub use walk::{drawn, mismatch, walk};
pub use write::write;
pub(super) use write::{accept_forwarded, loopback, masquerade, pod_range};

#[cfg(test)]
mod tests;

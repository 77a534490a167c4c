//! kube-proxy on one node: from Services and EndpointSlices to the rules it would write, and a packet's walk through them.
//!
//! A ruleset is typed; it is rendered twice (as kube-proxy writes it, as the kernel lists it) and interpreted by [`walk`].
//! "Local" exists only in here: everything before is about the whole cluster.

pub mod packet;

pub use packet::{Branch, Conntrack, Effect, Fate, Hook, Host, RejectWith, Share, Skb, Visit};

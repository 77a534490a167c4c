//! kube-proxy's ipvs mode: virtual servers in the kernel's IPVS, the addresses that lead packets to them, and the iptables
//! rules and ipsets around them.
//!
//! Every service address is bound to a dummy device, `kube-ipvs0`, on every node: packets to it are the node's own, come to
//! INPUT (from a process: OUTPUT), and IPVS sends them on from there. The rules masquerade, filter by source range, and
//! refuse whatever else comes to those addresses, which would be answered by the node's own processes.
//!
//! [`write()`] makes a [`Ruleset`] for one node, [`written`] and [`listed`] print it, [`walk()`] interprets it.
//!
//! Source: kube-proxy, `pkg/proxy/ipvs/` (`proxier.go`, `ipset.go`, `netlink_linux.go`), and the kernel's
//! `net/netfilter/ipvs`. Sets, chains, jumps, rules in their order, and which real servers a virtual server gets were read
//! side by side with `proxier.go` of 1.33; of what came later, kubernetes/kubernetes#132722 is in here. Deprecated since
//! 1.35: kube-proxy says so when it starts (`server_linux.go`, event `IPVSDeprecation`). No kernel has checked this mode
//! here: the machines that test this project have no IPVS.
//!
//! Not modelled: graceful termination (an endpoint that is gone keeps its connections with weight 0), `excludeCIDRs` (only
//! says what kube-proxy does not clean up), ARP (`strictARP` is a setting of the kernel, see [`sysctls`]), timeouts.

mod render;
mod rules;
mod ruleset;
mod sets;
#[cfg(test)]
mod tests;
mod walk;
mod write;

pub(super) use render::{Part, parts};
pub use render::{device, ipsets, listed, servers, sysctls, text_of, written};
pub use ruleset::{RealServer, Ruleset, Scheduler, ServerKey, VirtualServer};
pub use walk::{TABLE, walk};
pub use write::write;

//! Many endpoints, few ways: branches of a hook that the rest of the way cannot tell apart become one.

use std::net::SocketAddr;

use rustc_hash::FxHashMap;

use super::{Drawn, End, Event, EventKind, Kernel, Passage};
use crate::cluster::NodeId;
use crate::network::{Whose, declares};
use crate::packet::{Header, Side};
use crate::proxy::{Branch, Effect, Fate, Hook};

/// The branches of a hook where destinations are drawn; those that the rest of the way cannot tell apart are one.
pub(super) fn draws(
    kernel: &Kernel<'_>,
    earlier: &Passage,
    before: Header,
    hook: Hook,
    branches: Vec<Branch>,
    only: Option<SocketAddr>,
) -> Vec<Drawn> {
    let mut classes: FxHashMap<Class, usize> = FxHashMap::default();
    let mut drawn: Vec<Drawn> = Vec::new();
    for branch in branches {
        let after = branch.packet.header;
        let rewritten = after.to() != before.to()
            || (branch.effects.iter()).any(|effect| matches!(effect, Effect::Dnat { .. }));
        let chosen = rewritten.then(|| after.to().socket()).flatten();
        if only.is_some() && chosen.is_some() && chosen != only {
            continue;
        }
        let class = kernel.class_of(&branch, chosen);
        if let (Some(endpoint), Some(nth)) = (chosen, classes.get(&class)) {
            let passage = &mut drawn[*nth].passage;
            let share = branch.share.of(earlier.share);
            passage.share = passage.share.plus(share);
            passage.endpoints.push((endpoint, share));
            continue;
        }
        if chosen.is_some() {
            classes.insert(class, drawn.len());
        }
        drawn.push(first_of_class(
            kernel, earlier, before, hook, branch, chosen,
        ));
    }
    drawn
}

fn first_of_class(
    kernel: &Kernel<'_>,
    earlier: &Passage,
    before: Header,
    hook: Hook,
    branch: Branch,
    chosen: Option<SocketAddr>,
) -> Drawn {
    let Branch {
        share,
        packet: mut skb,
        fate,
        visits,
        effects,
    } = branch;
    if chosen.is_some() {
        skb.original_destination = Some(before.to());
    }
    let mut passage = earlier.clone();
    passage.events.push(Event {
        hook,
        what: match (fate, chosen) {
            (Fate::Drop, _) => EventKind::Drop,
            (Fate::Reject(with), _) => EventKind::Reject(with),
            (_, Some(_)) => EventKind::Dnat,
            (Fate::Accept, None) => EventKind::Accept,
            (Fate::Continue, None) => EventKind::Pass,
        },
        before,
        after: skb.header,
        visits,
    });
    let hop = kernel.route(skb.header);
    passage.share = share.of(earlier.share);
    passage.after = skb.header;
    passage.end = End::To(hop);
    passage.effects.extend(effects);
    let share = passage.share;
    passage
        .endpoints
        .extend(chosen.map(|endpoint| (endpoint, share)));
    Drawn {
        fate,
        passage,
        skb,
        hop,
    }
}

/// What endpoints must have in common for their packets to go one way. Rules after the choice ask for marks and for a
/// packet that goes back to its sender, never for an endpoint by name.
#[derive(PartialEq, Eq, Hash)]
struct Class {
    fate: FateClass,
    mark: u32,
    hairpin: bool,
    next: NextClass,
}

#[derive(PartialEq, Eq, Hash)]
enum FateClass {
    Goes,
    Dropped,
    Rejected,
}

#[derive(PartialEq, Eq, Hash)]
enum NextClass {
    /// A Pod of this node or of another one; whether it declares the port.
    Pod { here: bool, declared: bool },
    /// Known to a slice only.
    Endpoint { here: bool },
    /// A node's own address.
    Node { here: bool, port: Option<u16> },
    /// Anything else stands for itself.
    Single(Side),
}

impl Kernel<'_> {
    fn class_of(&self, branch: &Branch, chosen: Option<SocketAddr>) -> Class {
        let header = branch.packet.header;
        let to = chosen.map_or_else(|| header.to(), Side::from);
        let here = |node: Option<NodeId>| node == Some(self.node);
        Class {
            fate: match branch.fate {
                Fate::Continue | Fate::Accept => FateClass::Goes,
                Fate::Drop => FateClass::Dropped,
                Fate::Reject(_) => FateClass::Rejected,
            },
            mark: branch.packet.mark,
            hairpin: header.source == to.ip(),
            next: match self.network.whose(to.ip()) {
                Whose::Pod(pod) => {
                    let pod = &self.cluster.pods[pod];
                    match pod.node() {
                        Some(node) => NextClass::Pod {
                            here: here(Some(node)),
                            declared: declares(pod, header.dials()),
                        },
                        None => NextClass::Single(to),
                    }
                }
                Whose::Endpoint(node) => NextClass::Endpoint {
                    here: node.is_none() || here(node),
                },
                Whose::Node(node) => NextClass::Node {
                    here: here(Some(node)),
                    port: to.port,
                },
                Whose::VacantPodAddress(_)
                | Whose::Service(..)
                | Whose::VacantServiceAddress
                | Whose::Loopback
                | Whose::Outside => NextClass::Single(to),
            },
        }
    }
}

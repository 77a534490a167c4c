//! A packet through one hook: the rules, then IPVS, as the kernel orders them.
//!
//! | hook | |
//! |---|---|
//! | PREROUTING | rules of nat |
//! | INPUT | rules of filter; IPVS; if it sends the packet on, rules of filter in OUTPUT |
//! | FORWARD | rules of filter |
//! | OUTPUT | rules of nat; IPVS; rules of filter |
//! | POSTROUTING | rules of nat |
//!
//! Source: the kernel's `ip_vs_core.c`: `ip_vs_ops4` (priorities 98 and 99 in LOCAL_IN, behind filter; -99 and -98 in
//! LOCAL_OUT, between nat and filter), `ip_vs_schedule`, `ip_vs_sched_persist`, `ip_vs_leave`; `ip_vs_xmit.c`:
//! `ip_vs_nat_send_or_cont`.

use super::ruleset::{RealServer, Ruleset, VirtualServer};
use crate::Str;
use crate::proxy::iptables::{TableName, walk_tables};
use crate::proxy::{
    Branch, Conntrack, Effect, Fate, Hook, RejectWith, Seconds, Share, Skb, State, Visit,
};

/// The name under which visits say that a packet met IPVS; the chain is the virtual server.
pub const TABLE: &str = "ipvs";

/// Every way that a packet can take at a hook; shares sum to one. Of a scheduler that takes turns they are long-run shares.
pub fn walk(
    ruleset: &Ruleset,
    state: &State,
    hook: Hook,
    packet: &Skb,
    at: Seconds,
) -> Vec<Branch> {
    let rules = |tables: &'static [TableName], hook: Hook, packet: &Skb| {
        let (tables_of, host) = (&ruleset.tables, &ruleset.host);
        walk_tables(tables_of, tables, state, hook, packet, host, at)
    };
    match hook {
        Hook::Prerouting | Hook::Postrouting => rules(&[TableName::Nat], hook, packet),
        Hook::Forward => rules(&[TableName::Filter], hook, packet),
        Hook::Input => then(rules(&[TableName::Filter], hook, packet), |packet| {
            let sent = ipvs(ruleset, state, packet, at)?;
            // To another address of the node itself it goes on where it is.
            let goes_out = |packet: &Skb| !ruleset.host.is_local(packet.header.destination);
            Some(then(sent, |packet| {
                goes_out(packet).then(|| rules(&[TableName::Filter], Hook::Output, packet))
            }))
        }),
        Hook::Output => then(rules(&[TableName::Nat], hook, packet), |packet| {
            let filter = |packet: &Skb| rules(&[TableName::Filter], hook, packet);
            Some(match ipvs(ruleset, state, packet, at) {
                Some(sent) => then(sent, |packet| Some(filter(packet))),
                None => filter(packet),
            })
        }),
    }
}

/// Follows every branch that nothing has stopped; `None`: nothing more happens to it here.
fn then(branches: Vec<Branch>, next: impl Fn(&Skb) -> Option<Vec<Branch>>) -> Vec<Branch> {
    let mut all = Vec::with_capacity(branches.len());
    for before in branches {
        let goes_on = matches!(before.fate, Fate::Continue | Fate::Accept);
        match goes_on.then(|| next(&before.packet)).flatten() {
            Some(later) => all.extend(later.into_iter().map(|after| joined(&before, after))),
            None => all.push(before),
        }
    }
    all
}

fn joined(before: &Branch, after: Branch) -> Branch {
    Branch {
        share: after.share.of(before.share),
        packet: after.packet,
        fate: match after.fate {
            Fate::Continue => before.fate,
            fate => fate,
        },
        visits: [before.visits.clone(), after.visits].concat(),
        effects: [before.effects.clone(), after.effects].concat(),
    }
}

/// What IPVS does with a packet; `None`: it has no server for it, or has sent it on before.
fn ipvs(ruleset: &Ruleset, state: &State, packet: &Skb, at: Seconds) -> Option<Vec<Branch>> {
    if packet.conntrack != Conntrack::New || packet.original_destination.is_some() {
        return None;
    }
    let server = ruleset.server(&packet.header)?;
    let met = visit(server, 0, packet);
    if server.real_servers.is_empty() {
        return Some(vec![Branch {
            share: Share::ALL,
            packet: packet.clone(),
            fate: Fate::Reject(RejectWith::PortUnreachable),
            visits: vec![met],
            effects: Vec::new(),
        }]);
    }
    let chosen = match remembered(server, state, packet, at) {
        Some(nth) => nth..nth + 1,
        None => 0..server.real_servers.len(),
    };
    let share = Share::one_of(chosen.len() as u64);
    let sent = chosen.map(|nth| {
        let real = &server.real_servers[nth];
        let looked_up = visit(server, nth + 1, packet);
        let mut packet = packet.clone();
        packet.original_destination = Some(packet.header.to());
        packet.header.redirect(real.address);
        let mut effects = vec![Effect::Dnat { to: real.address }];
        effects.extend(server.persistence.map(|_| Effect::Remember {
            list: template(server, real),
            client: packet.header.source,
            capacity: None,
        }));
        Branch {
            share,
            packet,
            fate: Fate::Continue,
            visits: vec![met.clone(), looked_up],
            effects,
        }
    });
    Some(sent.collect())
}

/// The real server that the client went to before, if it was less than the timeout ago. Connections that are still open
/// keep the memory alive longer; how long they stay open nobody says.
fn remembered(server: &VirtualServer, state: &State, packet: &Skb, at: Seconds) -> Option<usize> {
    let timeout = server.persistence?;
    let client = packet.header.source;
    let seen = |real: &RealServer| {
        let seen = state.last_seen(&template(server, real), client)?;
        (at.saturating_sub(seen) < u64::from(timeout)).then_some(seen)
    };
    let servers = server.real_servers.iter().enumerate();
    servers
        .filter_map(|(nth, real)| Some((seen(real)?, nth)))
        .max()
        .map(|(_, nth)| nth)
}

/// The connection template: a client of one virtual server, and where it goes.
fn template(server: &VirtualServer, real: &RealServer) -> Str {
    Str::from(format!("{} -> {}", server.name(), real.address))
}

/// A virtual server counts as one rule that is looked up, and the real server that it chooses as another.
fn visit(server: &VirtualServer, nth: usize, packet: &Skb) -> Visit {
    let nth = u32::try_from(nth).unwrap_or(u32::MAX);
    Visit {
        table: Str::new_static(TABLE),
        chain: server.name(),
        first: nth,
        last: nth,
        matched: true,
        header: packet.header,
        mark: packet.mark,
    }
}

//! What a dataplane remembers between connections beside connection tracking: which client was sent where.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::Effect;
use crate::Str;

/// Seconds since the start of a sequence of packets.
pub type Seconds = u64;

/// Affinity: the lists of `recent`, the affinity sets of nftables.
///
/// A walk reads it; only [`State::apply`] changes it, with what the branch that was taken says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    // Order of a list: when each client was last seen, oldest first.
    lists: BTreeMap<Str, Vec<(IpAddr, Seconds)>>,
}

impl State {
    /// When a client was last put on a list.
    pub fn last_seen(&self, list: &str, client: IpAddr) -> Option<Seconds> {
        self.lists
            .get(list)?
            .iter()
            .find(|(known, _)| *known == client)
            .map(|(_, at)| *at)
    }

    /// Remembers what a branch leaves behind.
    pub fn apply(&mut self, effects: &[Effect], at: Seconds) {
        for effect in effects {
            if let Effect::Remember {
                list,
                client,
                capacity,
            } = effect
            {
                let clients = self.lists.entry(list.clone()).or_default();
                clients.retain(|(known, _)| known != client);
                clients.push((*client, at));
                if let Some(capacity) = capacity {
                    let forgotten = clients.len().saturating_sub(*capacity as usize);
                    clients.drain(..forgotten);
                }
            }
        }
    }
}

//! Connection tracking with NAT: what a place remembers of a connection, and how it undoes it on the reply.
//!
//! One entry a connection: the two directions that `conntrack -L` prints in one line. The nat table is asked for the
//! first packet only; later ones, in both directions, follow the entry. Timeouts and table sizes are not modelled.

use crate::cluster::{NodeId, ServiceId};
use crate::packet::Header;

/// Who remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tracker {
    /// A node's kernel.
    Node(NodeId),
    /// A load balancer that opens connections of its own.
    LoadBalancer(ServiceId),
}

/// A tracked connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tracked {
    /// Who remembers.
    pub by: Tracker,
    /// The first packet as it came.
    pub original: Header,
    /// The first packet as it went on.
    pub translated: Header,
}

/// A reply with its translation undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// The reply's header now.
    pub header: Header,
    /// The source is the address that was dialled again.
    pub destination_nat: bool,
    /// The destination is the sender again.
    pub source_nat: bool,
}

/// What this place makes of a reply: `None` if no translation of its own belongs to it.
pub fn undo(connections: &[Tracked], by: Tracker, reply: Header) -> Option<Undone> {
    let entry = connections.iter().rev().find(|entry| {
        entry.by == by && entry.original != entry.translated && entry.translated.reversed() == reply
    })?;
    Some(Undone {
        header: entry.original.reversed(),
        destination_nat: entry.original.destination != entry.translated.destination,
        source_nat: entry.original.source != entry.translated.source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packet::Protocol;

    fn header(source: &str, destination: &str) -> Header {
        let socket = |text: &str| text.parse().expect("an address and a port");
        Header::between(Protocol::Tcp, socket(source), socket(destination))
    }

    #[test]
    fn both_translations_are_undone_where_they_were_made() {
        let here = Tracker::Node(NodeId::from_number(0));
        let elsewhere = Tracker::Node(NodeId::from_number(1));
        let entry = Tracked {
            by: here,
            original: header("203.0.113.7:40000", "192.168.0.2:30080"),
            translated: header("192.168.0.2:40000", "10.244.1.5:8080"),
        };
        let reply = header("10.244.1.5:8080", "192.168.0.2:40000");
        let undone = undo(&[entry], here, reply).expect("the reply belongs to the entry");
        assert_eq!(
            undone.header,
            header("192.168.0.2:30080", "203.0.113.7:40000")
        );
        assert!(undone.destination_nat && undone.source_nat);
        assert_eq!(undo(&[entry], elsewhere, reply), None);
        assert_eq!(
            undo(
                &[entry],
                here,
                header("10.244.1.5:8081", "192.168.0.2:40000")
            ),
            None
        );
    }
}

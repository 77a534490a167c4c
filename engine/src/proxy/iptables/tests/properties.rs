use std::net::SocketAddr;

use proptest::prelude::*;

use super::on_node1;
use crate::cluster::{Cluster, Service, SessionAffinity, TrafficPolicy};
use crate::packet::{Header, Protocol};
use crate::proxy::iptables::{Ruleset, Target, walk};
use crate::proxy::tests::fixture::*;
use crate::proxy::{Conntrack, Hook, NodeView, Share, Skb, State};

/// A Service with the endpoints that it has, by small numbers.
#[derive(Debug, Clone)]
struct Drawn {
    external_local: bool,
    internal_local: bool,
    sticky: bool,
    ranges: bool,
    endpoints: Vec<(bool, u8)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec((any::<bool>(), 0..3_u8), 0..6),
    )
        .prop_map(
            |(external_local, internal_local, sticky, ranges, endpoints)| Drawn {
                external_local,
                internal_local,
                sticky,
                ranges,
                endpoints,
            },
        )
}

fn cluster_of(drawn: &[Drawn]) -> Cluster {
    let policy = |local| {
        if local {
            TrafficPolicy::Local
        } else {
            TrafficPolicy::Cluster
        }
    };
    let mut cluster = cluster();
    for (n, drawn) in drawn.iter().enumerate() {
        let name = format!("ns1/svc{n}");
        let mut service: Service = load_balancer(
            service(&name, &format!("172.30.0.{n}")),
            &[&format!("1.2.3.{n}")],
        );
        service.ports[0].node_port = Some(port(30000 + u16::try_from(n).unwrap()));
        service.external_traffic_policy = policy(drawn.external_local);
        service.internal_traffic_policy = policy(drawn.internal_local);
        if drawn.sticky {
            service.session_affinity = SessionAffinity::ClientIp { timeout: 60 };
        }
        if drawn.ranges {
            service.load_balancer.source_ranges = vec!["192.168.0.0/16".parse().unwrap()];
        }
        cluster.services.push(service);
        let endpoints = drawn.endpoints.iter().enumerate().map(|(nth, drawn)| {
            let (local, condition) = *drawn;
            let node = if local { "node1" } else { "node2" };
            let endpoint = endpoint(&format!("10.1.{n}.{nth} {node}"));
            match condition {
                0 => unready(endpoint),
                1 => terminating(endpoint),
                _ => endpoint,
            }
        });
        cluster.slices.push(slice(&name, endpoints.collect()));
    }
    cluster
}

fn packets(services: usize) -> Vec<(Hook, Skb)> {
    let mut packets = Vec::new();
    for n in 0..services {
        for to in [
            format!("172.30.0.{n}:80"),
            format!("172.30.0.{n}:81"),
            format!("1.2.3.{n}:80"),
            format!("192.168.0.2:{}", 30000 + n),
        ] {
            for from in ["10.0.0.9", "203.0.113.1", "192.168.0.2"] {
                let packet = Skb {
                    header: Header::between(
                        Protocol::Tcp,
                        SocketAddr::new(ip(from), 40000),
                        to.parse().unwrap(),
                    ),
                    mark: 0,
                    conntrack: Conntrack::New,
                    original_destination: None,
                    in_interface: None,
                    out_interface: None,
                };
                for hook in [
                    Hook::Prerouting,
                    Hook::Input,
                    Hook::Forward,
                    Hook::Output,
                    Hook::Postrouting,
                ] {
                    packets.push((hook, packet.clone()));
                }
            }
        }
    }
    packets
}

/// The same rules, looked at one by one.
fn without_index(ruleset: &Ruleset) -> Ruleset {
    let mut plain = ruleset.clone();
    for table in [&mut plain.filter, &mut plain.nat] {
        for (_, chain) in table.chains.iter_mut() {
            chain.index = None;
        }
    }
    plain
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shares_sum_to_one_and_the_index_changes_nothing(drawn in prop::collection::vec(drawn(), 1..24)) {
        let cluster = cluster_of(&drawn);
        let ruleset = on_node1(&cluster);
        let plain = without_index(&ruleset);
        let host = NodeView::named(&cluster, "node1").host();
        for (hook, packet) in packets(drawn.len()) {
            let branches = walk(&ruleset, &State::default(), hook, &packet, &host, 0);
            let sum = branches
                .iter()
                .map(|branch| branch.share)
                .reduce(Share::plus);
            prop_assert_eq!(sum, Some(Share::ALL));
            let one_by_one = walk(&plain, &State::default(), hook, &packet, &host, 0);
            prop_assert_eq!(format!("{branches:?}"), format!("{one_by_one:?}"));
            for visit in branches.iter().flat_map(|branch| &branch.visits) {
                let table = ruleset.tables().into_iter().find(|t| t.name.name() == visit.table).unwrap();
                let chain = &table.chains[table.chain(&visit.chain).unwrap()];
                prop_assert!((visit.last as usize) < chain.rules.len() && visit.first <= visit.last);
            }
        }
    }

    #[test]
    fn every_chain_but_the_fixed_ones_is_jumped_to(drawn in prop::collection::vec(drawn(), 1..8)) {
        let ruleset = on_node1(&cluster_of(&drawn));
        let nat = &ruleset.nat;
        let targets: Vec<_> = nat
            .chains
            .values()
            .flat_map(|chain| &chain.rules)
            .filter_map(|rule| match rule.target {
                Some(Target::Jump(chain)) => Some(chain),
                _ => None,
            })
            .collect();
        for (id, chain) in nat.chains.iter().filter(|(_, chain)| chain.name.contains("-SEP-")) {
            prop_assert!(targets.contains(&id), "{}", chain.name);
            prop_assert_eq!(chain.rules.len(), 2);
        }
        let mut names: Vec<_> = nat.chains.values().map(|chain| &chain.name).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), nat.chains.len());
    }
}

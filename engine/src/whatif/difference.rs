//! What changes did to a cluster: each object that is no longer as it was, and what of it is not.
//!
//! Compared is what a packet or a person would notice: whether a Pod is there, where it runs, whether it is ready; what a
//! node says of itself; a Service's type, its addresses and its endpoints.

use std::collections::BTreeMap;

use crate::Str;
use crate::cluster::{Cluster, Node, NodeId, Pod, Service, ServiceType};

/// An object that changes made different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Which.
    pub object: Object,
    /// What of it.
    pub how: How,
}

/// An object by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the words say it")]
pub enum Object {
    Node { name: Str },
    Service { namespace: Str, name: Str },
    Pod { namespace: Str, name: Str },
}

/// What is not as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// It is not there any more.
    Gone,
    /// It was not there before.
    New {
        /// A Pod's node; `None`: it waits for one.
        node: Option<Str>,
        /// Whether it is ready.
        ready: bool,
    },
    /// A Pod of the same name runs elsewhere.
    Moved {
        /// Where it was.
        from: Option<Str>,
        /// Where it is.
        to: Option<Str>,
    },
    /// It is being deleted.
    Terminating,
    /// It is ready now, or is not any more.
    Ready(bool),
    /// Nothing gets to a node or from it.
    CutOff,
    /// A node takes no new Pods.
    Cordoned,
    /// All outside traffic enters by a node now, or does not any more.
    Entry(bool),
    /// A Service is of another type.
    Type(&'static str),
    /// A Service has other endpoints, or the same in another state: how many are ready of how many, before and after.
    Endpoints {
        /// Before.
        before: (usize, usize),
        /// After.
        after: (usize, usize),
    },
    /// A Service's traffic policy or its addresses are others.
    Entrance,
}

impl How {
    /// In a few words, behind the object's name.
    pub fn words(&self) -> String {
        let place = |node: &Option<Str>| match node {
            Some(node) => format!("on {node}"),
            None => "on no node".to_owned(),
        };
        match self {
            Self::Gone => "gone".to_owned(),
            Self::New { node, ready: true } => format!("new, {}", place(node)),
            Self::New { node, ready: false } => format!("new, {}, not ready yet", place(node)),
            Self::Moved { from, to } => format!("made again {}, was {}", place(to), place(from)),
            Self::Terminating => "terminating".to_owned(),
            Self::Ready(true) => "ready".to_owned(),
            Self::Ready(false) => "not ready any more".to_owned(),
            Self::CutOff => "cut off".to_owned(),
            Self::Cordoned => "cordoned".to_owned(),
            Self::Entry(true) => "the node that outside traffic enters by".to_owned(),
            Self::Entry(false) => "no longer the node that outside traffic enters by".to_owned(),
            Self::Type(kind) => format!("of type {kind}"),
            Self::Endpoints { before, after } if before == after => {
                format!("other endpoints, {} of {} ready", after.0, after.1)
            }
            Self::Endpoints { before, after } => format!(
                "endpoints ready: {} of {}, was {} of {}",
                after.0, after.1, before.0, before.1
            ),
            Self::Entrance => "another way in".to_owned(),
        }
    }
}

/// All that differs between two states of one cluster: nodes, Services, Pods, each by name.
pub fn differences(before: &Cluster, after: &Cluster) -> Vec<Difference> {
    let mut found = Vec::new();
    fn by_name<'c, T>(
        values: impl Iterator<Item = &'c T>,
        name: impl Fn(&T) -> Object,
    ) -> BTreeMap<Object, &'c T> {
        values.map(|value| (name(value), value)).collect()
    }
    let node_name = |node: &Node| Object::Node {
        name: node.meta.name.clone(),
    };
    compare(
        &by_name(before.nodes.values(), node_name),
        &by_name(after.nodes.values(), node_name),
        |_| How::New {
            node: None,
            ready: true,
        },
        |was, is| {
            node(was, is).or_else(|| {
                let enters = |cluster: &Cluster| {
                    let entry = cluster.environment.options.entry_node.as_ref();
                    entry == Some(&is.meta.name)
                };
                (enters(before) != enters(after)).then(|| How::Entry(enters(after)))
            })
        },
        &mut found,
    );
    let service_name = |service: &Service| Object::Service {
        namespace: service.meta.namespace.clone(),
        name: service.meta.name.clone(),
    };
    let (were, are) = (endpoints(before), endpoints(after));
    let none = Endpoints::new();
    compare(
        &by_name(before.services.values(), service_name),
        &by_name(after.services.values(), service_name),
        |_| How::Entrance,
        |was, is| {
            let key = (is.meta.namespace.as_str(), is.meta.name.as_str());
            let were = were.get(&key).unwrap_or(&none);
            let are = are.get(&key).unwrap_or(&none);
            service(was, is).or_else(|| {
                (were != are).then(|| How::Endpoints {
                    before: count(were),
                    after: count(are),
                })
            })
        },
        &mut found,
    );
    let pod_name = |pod: &Pod| Object::Pod {
        namespace: pod.meta.namespace.clone(),
        name: pod.meta.name.clone(),
    };
    let node_of = |cluster: &Cluster, pod: &Pod| {
        let name = |id: NodeId| cluster.nodes[id].meta.name.clone();
        pod.node().map(name)
    };
    compare(
        &by_name(before.pods.values(), pod_name),
        &by_name(after.pods.values(), pod_name),
        |pod| How::New {
            node: node_of(after, pod),
            ready: pod.ready,
        },
        |was, is| {
            let (from, to) = (node_of(before, was), node_of(after, is));
            if from != to {
                return Some(How::Moved { from, to });
            }
            if is.terminating != was.terminating {
                return Some(How::Terminating);
            }
            (was.ready != is.ready).then_some(How::Ready(is.ready))
        },
        &mut found,
    );
    found
}

fn compare<T>(
    before: &BTreeMap<Object, &T>,
    after: &BTreeMap<Object, &T>,
    new: impl Fn(&T) -> How,
    how: impl Fn(&T, &T) -> Option<How>,
    found: &mut Vec<Difference>,
) {
    let mut push = |object: &Object, how| {
        found.push(Difference {
            object: object.clone(),
            how,
        });
    };
    for object in before.keys().filter(|object| !after.contains_key(object)) {
        push(object, How::Gone);
    }
    for (object, is) in after {
        match before.get(object) {
            None => push(object, new(is)),
            Some(was) => {
                if let Some(how) = how(was, is) {
                    push(object, how);
                }
            }
        }
    }
}

fn node(was: &Node, is: &Node) -> Option<How> {
    if is.cut_off != was.cut_off {
        Some(How::CutOff)
    } else if is.ready != was.ready {
        Some(How::Ready(is.ready))
    } else {
        (is.cordoned != was.cordoned).then_some(How::Cordoned)
    }
}

fn service(was: &Service, is: &Service) -> Option<How> {
    let kind = |service: &Service| match service.type_ {
        ServiceType::ClusterIp if service.is_headless() => "headless",
        other => other.name(),
    };
    if kind(was) != kind(is) {
        return Some(How::Type(kind(is)));
    }
    let entrance = |service: &Service| {
        let ports: Vec<_> = service.ports.iter().map(|port| port.node_port).collect();
        let ingress = format!("{:?}", service.load_balancer.ingress);
        (
            service.external_traffic_policy,
            service.cluster_ips().to_vec(),
            ports,
            ingress,
        )
    };
    (entrance(was) != entrance(is)).then_some(How::Entrance)
}

/// Address → ready, serving.
type Endpoints = BTreeMap<Str, (bool, bool)>;

fn endpoints(cluster: &Cluster) -> BTreeMap<(&str, &str), Endpoints> {
    let mut all: BTreeMap<(&str, &str), Endpoints> = BTreeMap::new();
    for slice in cluster.slices.values() {
        let Some(service) = &slice.service else {
            continue;
        };
        let own = all
            .entry((slice.meta.namespace.as_str(), service.as_str()))
            .or_default();
        for endpoint in &slice.endpoints {
            // Unset is true.
            let state = (
                endpoint.conditions.ready != Some(false),
                endpoint.conditions.serving != Some(false),
            );
            for address in endpoint.addresses.iter().take(1) {
                own.insert(address.clone(), state);
            }
        }
    }
    all
}

fn count(endpoints: &Endpoints) -> (usize, usize) {
    let ready = endpoints.values().filter(|(ready, _)| *ready).count();
    (ready, endpoints.len())
}

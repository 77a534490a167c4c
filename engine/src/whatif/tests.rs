//! One small shop, and what happens to it.

use std::collections::BTreeSet;

use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::trace::{Answer, Probe};

use super::{Change, ChangeError};

const SHOP: &str = "
{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}, status: {addresses: [{type: InternalIP, address: 192.168.0.2}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: shop}, spec: {nodeName: n2, containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-a, namespace: shop, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-b, namespace: shop, labels: {app: web}}, spec: {nodeName: n2, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: api, namespace: shop}, spec: {type: NodePort, selector: {app: api}, ports: [{port: 80, nodePort: 30080}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  replicas: 2
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: c, image: i}]}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: shop}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: c, image: i}]}
";

fn shop(changes: &[&str]) -> Analysis {
    changed(SHOP, changes)
}

fn changed(text: &str, changes: &[&str]) -> Analysis {
    let changes: Vec<Change> = changes.iter().map(|it| it.parse().unwrap()).collect();
    let file = SourceFile {
        name: "shop.yaml".into(),
        text: text.into(),
    };
    let environment = Environment::default();
    Analysis::of_changed(vec![file], Entrance::Paste, environment, &changes)
}

/// Endpoints of a Service, as `kubectl get endpointslices` tells of them: Pod, ready, serving, terminating.
fn endpoints(analysis: &Analysis, service: &str) -> Vec<String> {
    let cluster = &analysis.cluster;
    let id = cluster.service("shop", service).unwrap();
    let mut endpoints: Vec<String> = cluster
        .slices_of(id)
        .flat_map(|(_, slice)| &slice.endpoints)
        .map(|endpoint| {
            let conditions = endpoint.conditions;
            let of = |condition, word| if condition == Some(true) { word } else { "-" };
            format!(
                "{} {} {} {}",
                endpoint.target.as_ref().unwrap().name,
                of(conditions.ready, "ready"),
                of(conditions.serving, "serving"),
                of(conditions.terminating, "terminating"),
            )
        })
        .collect();
    endpoints.sort();
    endpoints
}

/// Pods whose names begin so, with their nodes.
fn pods(analysis: &Analysis, prefix: &str) -> Vec<(String, String)> {
    let cluster = &analysis.cluster;
    let mut pods: Vec<(String, String)> = cluster
        .pods
        .values()
        .filter(|pod| pod.meta.name.starts_with(prefix))
        .map(|pod| {
            let node = pod
                .node()
                .map(|node| cluster.nodes[node].meta.name.to_string());
            (pod.meta.name.to_string(), node.unwrap_or_default())
        })
        .collect();
    pods.sort();
    pods
}

fn trace(analysis: &Analysis, from: &str, to: &str) -> Answer {
    analysis.trace(&Probe::parse(from, to).unwrap())
}

fn outcomes(answer: &Answer) -> Vec<&'static str> {
    let mut outcomes: Vec<&str> = answer
        .alternatives
        .iter()
        .map(|alternative| alternative.journey.outcome.name())
        .collect();
    outcomes.sort_unstable();
    outcomes
}

#[test]
fn what_is_printed_is_read_again() {
    for text in [
        "pod/shop/web-0=not-ready",
        "pod/shop/web-0=terminating",
        "pod/shop/web-0=gone",
        "node/n1=not-ready",
        "node/n1=cut-off",
        "node/n1=cordoned",
        "node/n1=drained",
        "node/n1=gone",
        "deployment/shop/web=5",
        "statefulset/shop/db=0",
        "service/shop/web=headless",
        "service/shop/web=externalTrafficPolicy:Local",
        "cluster/mode=nftables",
        "cluster/egress=routed",
        "cluster/load-balancer=none",
        "cluster/entry-node=n1",
        "cluster/entry-node=",
    ] {
        assert_eq!(text.parse::<Change>().unwrap().to_string(), text);
    }
    for text in ["", "pod/web=gone", "deployment/shop/=3", "job/shop/x=3"] {
        let error = text.parse::<Change>().unwrap_err();
        assert!(matches!(error, ChangeError::Shape { .. }), "{text}");
    }
    for text in [
        "pod/shop/web=drained",
        "deployment/shop/web=5001",
        "cluster/mode=ebpf",
    ] {
        let error = text.parse::<Change>().unwrap_err();
        assert!(matches!(error, ChangeError::Value { .. }), "{text}");
    }
}

#[test]
fn a_hostile_name_does_not_leave_its_quotes() {
    let change: Change = "pod/shop/a'; rm x=gone".parse().unwrap();
    assert_eq!(
        change.command(),
        r"kubectl delete pod -n shop 'a'\''; rm x'"
    );
}

#[test]
fn without_changes_nothing_changes() {
    let file = SourceFile {
        name: "shop.yaml".into(),
        text: SHOP.into(),
    };
    let plain = Analysis::of(vec![file], Entrance::Paste, Environment::default());
    assert_eq!(
        format!("{:?}", plain.cluster),
        format!("{:?}", shop(&[]).cluster)
    );
}

#[test]
fn a_pod_that_is_not_ready_gets_no_packets() {
    let after = shop(&["pod/shop/web-a=not-ready"]);
    assert_eq!(
        endpoints(&after, "web"),
        ["web-a - - -", "web-b ready serving -"]
    );
    let answer = trace(&after, "pod/shop/client", "http://web");
    let reached = &answer.alternatives[0].endpoints;
    assert_eq!(reached.len(), 1);
    assert_eq!(reached[0].pod.as_deref(), Some("shop/web-b"));
}

#[test]
fn terminating_pods_serve_when_nobody_else_does() {
    let after = shop(&["pod/shop/web-a=terminating"]);
    assert_eq!(
        endpoints(&after, "web"),
        ["web-a - serving terminating", "web-b ready serving -"]
    );
    let to_b = trace(&after, "pod/shop/client", "http://web");
    assert_eq!(to_b.alternatives[0].endpoints.len(), 1);
    let after = shop(&["pod/shop/web-a=terminating", "pod/shop/web-b=gone"]);
    let to_a = trace(&after, "pod/shop/client", "http://web");
    assert_eq!(outcomes(&to_a), ["delivered"]);
    let reached = &to_a.alternatives[0].endpoints;
    assert_eq!(reached[0].pod.as_deref(), Some("shop/web-a"));
}

#[test]
fn a_terminating_pod_of_a_replica_set_has_a_successor_that_starts() {
    let before = pods(&shop(&[]), "api-");
    let after = shop(&[&format!("pod/shop/{}=terminating", before[0].0)]);
    let now = pods(&after, "api-");
    assert_eq!(now.len(), 3);
    let states: Vec<String> = endpoints(&after, "api")
        .iter()
        .map(|endpoint| endpoint.split_once(' ').unwrap().1.to_owned())
        .collect();
    let count = |state: &str| states.iter().filter(|it| *it == state).count();
    assert_eq!(count("ready serving -"), 1);
    assert_eq!(count("- serving terminating"), 1);
    assert_eq!(count("- - -"), 1);
}

#[test]
fn a_deleted_pod_comes_back_under_another_name_and_a_bare_one_does_not() {
    let before = pods(&shop(&[]), "api-");
    let after = shop(&[
        &format!("pod/shop/{}=gone", before[0].0),
        "pod/shop/web-a=gone",
    ]);
    let now = pods(&after, "api-");
    assert_eq!(now.len(), 2);
    assert!(!now.contains(&before[0]));
    assert!(now.contains(&before[1]), "the other stays where it is");
    assert_eq!(endpoints(&after, "web"), ["web-b ready serving -"]);
}

#[test]
fn a_drained_node_keeps_its_daemons_only() {
    let after = shop(&["node/n1=drained"]);
    assert!(pods(&after, "web-").iter().all(|(_, node)| node == "n2"));
    assert_eq!(pods(&after, "web-").len(), 1);
    assert_eq!(pods(&after, "agent-").len(), 2);
    let api = pods(&after, "api-");
    assert_eq!(api.len(), 2);
    assert!(api.iter().all(|(_, node)| node == "n2"));
    assert_eq!(
        pods(&after, "db-"),
        [
            ("db-0".to_owned(), "n2".to_owned()),
            ("db-1".to_owned(), "n2".to_owned())
        ]
    );
    let stayed = |pod: &&(String, String)| pod.1 == "n2";
    let before = pods(&shop(&[]), "api-");
    for pod in before.iter().filter(stayed) {
        assert!(api.contains(pod), "{pod:?} was on n2 already");
    }
}

#[test]
fn a_cordoned_node_keeps_everything_and_gets_nothing() {
    let before = shop(&[]);
    let after = shop(&["node/n1=cordoned", "deployment/shop/api=6"]);
    let was = pods(&before, "api-");
    let now = pods(&after, "api-");
    assert_eq!(now.len(), 6);
    for pod in &was {
        assert!(now.contains(pod));
    }
    let new: Vec<_> = now.iter().filter(|pod| !was.contains(pod)).collect();
    assert!(new.iter().all(|(_, node)| node == "n2"));
}

#[test]
fn when_all_nodes_are_cordoned_what_is_added_waits() {
    let after = shop(&[
        "node/n1=cordoned",
        "node/n2=cordoned",
        "deployment/shop/api=3",
    ]);
    let codes: Vec<&str> = after.findings.iter().map(|it| it.code()).collect();
    let waiting = pods(&after, "api-")
        .iter()
        .filter(|it| it.1.is_empty())
        .count();
    assert_eq!(waiting, 1);
    assert_eq!(codes.iter().filter(|it| **it == "pod-pending").count(), 1);
}

#[test]
fn scaling_is_the_same_as_writing_it() {
    let scaled = shop(&["deployment/shop/api=5"]);
    let written = changed(&SHOP.replacen("replicas: 2", "replicas: 5", 1), &[]);
    assert_eq!(pods(&scaled, "api-"), pods(&written, "api-"));
    assert_eq!(endpoints(&scaled, "api"), endpoints(&written, "api"));
    assert_eq!(pods(&shop(&["statefulset/shop/db=1"]), "db-").len(), 1);
    assert_eq!(pods(&shop(&["statefulset/shop/db=1"]), "db-")[0].0, "db-0");
    assert_eq!(pods(&shop(&["deployment/shop/api=0"]), "api-").len(), 0);
}

#[test]
fn pods_of_a_node_that_is_not_ready_leave_the_rules_and_still_answer() {
    let after = shop(&["node/n1=not-ready"]);
    assert_eq!(
        endpoints(&after, "web"),
        ["web-a - - -", "web-b ready serving -"]
    );
    let direct = after.cluster.pods[after.cluster.pod("shop", "web-a").unwrap()].ips[0];
    let answer = trace(&after, "pod/shop/client", &format!("{direct}:80"));
    assert_eq!(outcomes(&answer), ["delivered"]);
}

#[test]
fn nothing_gets_to_a_node_that_is_cut_off_or_from_it() {
    let after = shop(&["node/n1=cut-off"]);
    let direct = after.cluster.pods[after.cluster.pod("shop", "web-a").unwrap()].ips[0];
    let answer = trace(&after, "pod/shop/client", &format!("{direct}:80"));
    assert_eq!(outcomes(&answer), ["dropped"]);
    let outside = trace(&after, "outside", "192.168.0.1:30080");
    assert_eq!(outcomes(&outside), ["dropped"]);
    let by_name = trace(&after, "pod/shop/web-a", "http://api");
    assert_eq!(outcomes(&by_name), ["dropped"]);
    assert_eq!(by_name.lookup.unwrap().exchanges[0].rcode, "TIMEOUT");
}

#[test]
fn a_node_that_is_cut_off_keeps_its_rules() {
    let after = shop(&["node/n1=cut-off"]);
    let service = after.cluster.service("shop", "web").unwrap();
    let address = after.cluster.services[service].cluster_ips()[0];
    // From n2 only web-b is known; on n1 both are, and only its own can be reached.
    let from_n2 = trace(&after, "pod/shop/client", &format!("{address}:80"));
    assert_eq!(outcomes(&from_n2), ["delivered"]);
    let from_n1 = trace(&after, "pod/shop/web-a", &format!("{address}:80"));
    assert_eq!(outcomes(&from_n1), ["delivered", "dropped"]);
    assert_eq!(from_n1.alternatives[0].share.to_string(), "1/2");
}

#[test]
fn a_node_that_is_gone_takes_its_daemon_with_it() {
    let after = shop(&["node/n1=gone"]);
    assert!(after.cluster.node("n1").is_none());
    assert_eq!(pods(&after, "agent-").len(), 1);
    assert_eq!(pods(&after, "api-").len(), 2);
    let answer = trace(&after, "pod/shop/client", "http://web");
    assert_eq!(answer.alternatives[0].endpoints.len(), 1);
}

#[test]
fn a_service_of_another_type_is_admitted_as_that() {
    let after = shop(&["service/shop/web=LoadBalancer"]);
    let service = &after.cluster.services[after.cluster.service("shop", "web").unwrap()];
    assert_eq!(service.load_balancer.ingress.len(), 1);
    assert!(service.ports[0].node_port.is_some());
    let headless = shop(&["service/shop/web=headless"]);
    let answer = trace(&headless, "pod/shop/client", "http://web");
    assert_eq!(outcomes(&answer), ["delivered", "delivered"]);
    for kind in super::ServiceKind::ALL {
        let after = shop(&[&format!("service/shop/api={kind}")]);
        let refused = after.cluster.services.values().any(|it| it.meta.refused);
        assert!(!refused, "{kind}");
    }
}

#[test]
fn settings_of_the_cluster_can_change() {
    let after = shop(&["cluster/mode=nftables", "cluster/egress=routed"]);
    let environment = &after.cluster.environment;
    assert_eq!(environment.proxy.mode, crate::cluster::ProxyMode::Nftables);
    assert_eq!(environment.options.egress, crate::cluster::Egress::Routed);
    let none = shop(&[
        "cluster/load-balancer=none",
        "service/shop/web=LoadBalancer",
    ]);
    let service = &none.cluster.services[none.cluster.service("shop", "web").unwrap()];
    assert!(service.load_balancer.ingress.is_empty());
}

#[test]
fn outside_traffic_can_be_let_in_by_one_node() {
    let entries = |changes: &[&str]| -> BTreeSet<String> {
        let answer = trace(&shop(changes), "outside", "node/*:30080");
        let alternatives = answer.alternatives.iter();
        let entries = alternatives.flat_map(|alternative| &alternative.entries);
        entries.map(|entry| entry.node.to_string()).collect()
    };
    let nodes = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    assert_eq!(entries(&[]), nodes(&["n1", "n2"]));
    assert_eq!(entries(&["cluster/entry-node=n2"]), nodes(&["n2"]));
    assert_eq!(
        entries(&["cluster/entry-node=n2", "cluster/entry-node="]),
        nodes(&["n1", "n2"])
    );
    // A node that is gone by then is nobody's way in.
    let gone = shop(&["node/n2=gone", "cluster/entry-node=n2"]);
    assert_eq!(gone.cluster.aftermath.unmet, [1]);
}

#[test]
fn changes_that_meet_nothing_are_named() {
    let after = shop(&[
        "pod/shop/nobody=gone",
        "node/n1=cordoned",
        "service/shop/x=NodePort",
    ]);
    assert_eq!(after.cluster.aftermath.unmet, [0, 2]);
}

/// A live dump: the slices are the controller's, and one endpoint's Pod is not in it.
const DUMP: &str = "
{apiVersion: v1, kind: Node, metadata: {name: n1}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-a, namespace: shop, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: c}]}, status: {phase: Running, podIP: 10.1.0.1, podIPs: [{ip: 10.1.0.1}], conditions: [{type: Ready, status: 'True'}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {clusterIP: 10.96.0.7, selector: {app: web}, ports: [{port: 80}]}}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: web-x
  namespace: shop
  labels: {kubernetes.io/service-name: web, endpointslice.kubernetes.io/managed-by: endpointslice-controller.k8s.io}
addressType: IPv4
ports: [{name: '', port: 80, protocol: TCP}]
endpoints:
- {addresses: [10.1.0.1], nodeName: n1, conditions: {ready: true, serving: true, terminating: false}, targetRef: {kind: Pod, namespace: shop, name: web-a}}
- {addresses: [10.1.1.9], nodeName: n2, conditions: {ready: true, serving: true, terminating: false}, targetRef: {kind: Pod, namespace: shop, name: web-z}}
";

#[test]
fn slices_of_a_dump_follow_a_change_that_touches_them() {
    let untouched = changed(DUMP, &["cluster/mode=nftables"]);
    assert_eq!(
        untouched.cluster.slices.len(),
        changed(DUMP, &[]).cluster.slices.len()
    );
    let after = changed(DUMP, &["pod/shop/web-a=not-ready"]);
    assert_eq!(
        endpoints(&after, "web"),
        ["web-a - - -", "web-z ready serving -"]
    );
    let after = changed(DUMP, &["node/n2=drained", "pod/shop/web-a=terminating"]);
    assert_eq!(endpoints(&after, "web"), ["web-a - serving terminating"]);
    let after = changed(DUMP, &["node/n2=not-ready"]);
    assert_eq!(
        endpoints(&after, "web"),
        ["web-a ready serving -", "web-z - - -"]
    );
}

/// What differs from the shop as written, as a list would say it.
fn differences(changes: &[&str]) -> Vec<String> {
    let (was, is) = (shop(&[]), shop(changes));
    super::differences(&was.cluster, &is.cluster)
        .iter()
        .map(|difference| {
            let name = match &difference.object {
                super::Object::Node { name } => format!("node {name}"),
                super::Object::Service { name, .. } => format!("service {name}"),
                super::Object::Pod { name, .. } => format!("pod {name}"),
            };
            format!("{name}: {}", difference.how.words())
        })
        .collect()
}

#[test]
fn what_differs_is_told_object_by_object() {
    assert_eq!(
        differences(&["pod/shop/web-a=not-ready"]),
        [
            "service web: endpoints ready: 1 of 2, was 2 of 2",
            "pod web-a: not ready any more"
        ]
    );
    assert_eq!(
        differences(&["pod/shop/web-b=gone"]),
        [
            "service web: endpoints ready: 1 of 1, was 2 of 2",
            "pod web-b: gone"
        ]
    );
    assert_eq!(
        differences(&["service/shop/web=NodePort"]),
        ["service web: of type NodePort"]
    );
    assert_eq!(differences(&["node/n1=cordoned"]), ["node n1: cordoned"]);
    assert_eq!(
        differences(&["cluster/entry-node=n2"]),
        ["node n2: the node that outside traffic enters by"]
    );
    assert_eq!(differences(&["cluster/mode=ipvs"]), [""; 0]);
}

#[test]
fn a_statefulsets_pod_is_made_again_elsewhere() {
    let moved = differences(&["node/n1=drained"]);
    assert!(
        moved.contains(&"pod db-0: made again on n2, was on n1".to_owned())
            || moved.contains(&"pod db-1: made again on n2, was on n1".to_owned()),
        "{moved:?}"
    );
    assert!(moved.contains(&"pod web-a: gone".to_owned()), "{moved:?}");
}

#[test]
fn of_two_changes_of_one_thing_one_is_meant() {
    let replaces = |one: &str, other: &str| {
        let change = |text: &str| -> Change { text.parse().unwrap() };
        change(one).replaces(&change(other))
    };
    assert!(replaces("pod/shop/web-a=gone", "pod/shop/web-a=not-ready"));
    assert!(!replaces("pod/shop/web-a=gone", "pod/shop/web-b=gone"));
    assert!(replaces("cluster/mode=ipvs", "cluster/mode=nftables"));
    assert!(replaces("cluster/entry-node=n1", "cluster/entry-node="));
    assert!(!replaces("deployment/shop/web=1", "statefulset/shop/web=2"));
    assert!(!replaces(
        "service/shop/web=NodePort",
        "service/shop/web=externalTrafficPolicy:Local"
    ));
}

#[test]
fn an_endpoint_less_is_a_difference_although_the_client_sees_the_same() {
    let probe = Probe::parse("pod/shop/client", "http://web").unwrap();
    let told = |changes: &[&str]| {
        let (was, is) = (shop(&[]).trace(&probe), shop(changes).trace(&probe));
        crate::trace::words::change(&was, &is)
    };
    assert_eq!(told(&["pod/shop/db-0=not-ready"]), None);
    let gone = told(&["pod/shop/web-a=gone", "pod/shop/web-b=gone"]).unwrap_or_default();
    // As one reads: first what was.
    let (before, after) = gone.split_once(" After: ").unwrap_or_default();
    assert!(
        before.starts_with("Before: connected if a process listens there, else refused. Delivered to Pod shop/web-b"),
        "{gone}"
    );
    assert_eq!(
        after,
        "connection refused, at once. The node refuses it: Service shop/web has no endpoint that could take it."
    );
    // The journey that is shown in full goes to web-b; web-a is only on its list of ends.
    assert_eq!(
        told(&["pod/shop/web-a=not-ready"]).as_deref(),
        Some("The client sees the same as before; packets end elsewhere, or in other shares.")
    );
}

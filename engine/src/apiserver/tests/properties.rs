//! What holds for any Service, however odd.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::{admitted, created, read};
use crate::apiserver::Entrance;
use crate::apiserver::requests::ApiServer;
use crate::cluster::{Cluster, Environment};

fn dual() -> Environment {
    let mut environment = Environment::default();
    environment.network.service_cidrs = vec![
        "10.96.0.0/24".parse().unwrap(),
        "fd00::/120".parse().unwrap(),
    ];
    environment
}

fn number() -> impl Strategy<Value = Value> {
    select(vec![
        json!(-1),
        json!(0),
        json!(1),
        json!(80),
        json!(443),
        json!(30080),
        json!(32767),
        json!(65535),
        json!(65536),
        json!(99999),
    ])
}

fn port() -> impl Strategy<Value = Value> {
    let field = |key: &'static str, values: BoxedStrategy<Value>| {
        proptest::option::of(values.prop_map(move |value| (key.to_owned(), value)))
    };
    let text =
        |values: &'static [&'static str]| select(values).prop_map(|text| json!(text)).boxed();
    (
        field("port", number().boxed()),
        field("nodePort", number().boxed()),
        field(
            "targetPort",
            prop_oneof![number(), text(&["http", "", "-x-", "8080"])].boxed(),
        ),
        field("name", text(&["a", "b", "c", "A.b", ""])),
        field("protocol", text(&["TCP", "UDP", "SCTP", "ICMP", ""])),
    )
        .prop_map(|(a, b, c, d, e)| Value::Object([a, b, c, d, e].into_iter().flatten().collect()))
}

fn spec() -> impl Strategy<Value = Value> {
    let text = |values: &'static [&'static str]| {
        proptest::option::of(select(values).prop_map(|text| json!(text)))
    };
    const ADDRESSES: &[&str] = &[
        "None",
        "",
        "10.96.0.7",
        "10.96.0.0",
        "10.96.0.255",
        "fd00::7",
        "10.1.1.1",
        "010.96.0.8",
        "x",
        "::ffff:10.96.0.9",
    ];
    let list = |values: &'static [&'static str]| {
        proptest::option::of(
            proptest::collection::vec(select(values), 0..4).prop_map(|list| json!(list)),
        )
    };
    let fields = (
        text(&[
            "ClusterIP",
            "NodePort",
            "LoadBalancer",
            "ExternalName",
            "Bogus",
            "",
        ]),
        text(ADDRESSES),
        list(ADDRESSES),
        list(&["IPv4", "IPv6", "IPvX"]),
        text(&["SingleStack", "PreferDualStack", "RequireDualStack", "x"]),
        text(&["Cluster", "Local", "x", ""]),
        text(&["None", "ClientIP", "x"]),
        list(&["203.0.113.9", "127.0.0.1", "x", "fe80::1"]),
        proptest::option::of(number()),
        proptest::option::of(any::<bool>().prop_map(Value::from)),
    );
    (
        fields,
        proptest::collection::vec(port(), 0..4),
        any::<bool>(),
    )
        .prop_map(|(fields, ports, selects)| {
            let (
                type_,
                ip,
                ips,
                families,
                policy,
                external,
                affinity,
                external_ips,
                health,
                allocate,
            ) = fields;
            let mut spec = Map::new();
            for (key, value) in [
                ("type", type_),
                ("clusterIP", ip),
                ("clusterIPs", ips),
                ("ipFamilies", families),
                ("ipFamilyPolicy", policy),
                ("externalTrafficPolicy", external),
                ("sessionAffinity", affinity),
                ("externalIPs", external_ips),
                ("healthCheckNodePort", health),
                ("allocateLoadBalancerNodePorts", allocate),
                ("selector", selects.then(|| json!({"app": "a"}))),
                ("externalName", Some(json!("db.example."))),
            ] {
                if let Some(value) = value {
                    spec.insert(key.into(), value);
                }
            }
            spec.insert("ports".into(), Value::Array(ports));
            Value::Object(spec)
        })
}

/// A Service that the API server takes more often than not.
fn likely_spec() -> impl Strategy<Value = Value> {
    let types = select(vec!["ClusterIP", "NodePort", "LoadBalancer"]);
    let policies = proptest::option::of(select(vec![
        "SingleStack",
        "PreferDualStack",
        "RequireDualStack",
    ]));
    let numbers = proptest::collection::btree_set(1_u16..2000, 1..4);
    (types, policies, numbers, any::<bool>(), any::<bool>()).prop_map(
        |(type_, policy, numbers, is_local, headless)| {
            let ports: Vec<Value> = numbers
                .iter()
                .map(|number| json!({"name": format!("p{number}"), "port": number}))
                .collect();
            let mut spec = json!({"type": type_, "ports": ports, "selector": {"app": "a"}});
            if let Some(policy) = policy {
                spec["ipFamilyPolicy"] = json!(policy);
            }
            if is_local && type_ != "ClusterIP" {
                spec["externalTrafficPolicy"] = json!("Local");
            }
            if headless && type_ == "ClusterIP" {
                spec["clusterIP"] = json!("None");
            }
            spec
        },
    )
}

fn service(name: &str, spec: &Value) -> Value {
    json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec})
}

fn drawn(cluster: &Cluster) -> Vec<String> {
    let mut values: Vec<String> = cluster
        .services
        .values()
        .map(|service| {
            let ports: Vec<_> = service.ports.iter().map(|port| port.node_port).collect();
            format!(
                "{} {:?} {ports:?} {:?}",
                service.meta.name, service.address, service.health_check_node_port
            )
        })
        .collect();
    values.sort();
    values
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_service_is_too_odd(specs in proptest::collection::vec(spec(), 1..4)) {
        let objects: Vec<Value> = specs
            .iter()
            .enumerate()
            .map(|(nth, spec)| service(&format!("s{nth}"), spec))
            .collect();
        for entrance in [Entrance::Paste, Entrance::Stored] {
            let (cluster, _) = admitted(entrance, &objects);
            let written = cluster.services.values().filter(|service| service.meta.origin.is_some());
            prop_assert_eq!(written.count(), objects.len());
        }
        let text: Vec<String> = objects.iter().map(Value::to_string).collect();
        for (_, response) in created(&dual(), &text.join("\n---\n")) {
            let reasons = response.errors.len() + usize::from(response.message.is_some());
            prop_assert_eq!(response.accepted(), reasons == 0);
            prop_assert_eq!(response.accepted(), response.object.is_some());
        }
    }

    #[test]
    fn what_is_stored_can_be_sent_back(spec in likely_spec()) {
        let environment = dual();
        let mut server = ApiServer::new(&environment);
        let (manifest, findings) = read(&service("web", &spec).to_string());
        let (_, first) = server.create_all(&manifest, &findings).remove(0);
        prop_assert!(first.accepted(), "{first:?}");
        let stored = first.object.unwrap();
        let (manifest, findings) = read(&stored.to_string());
        let (_, second) = server.replace_all(&manifest, &findings).remove(0);
        prop_assert_eq!(second.http, 200, "{:?}", second);
        prop_assert_eq!(second.object.unwrap(), stored);
    }

    #[test]
    fn the_order_of_documents_decides_nothing(specs in proptest::collection::vec(likely_spec(), 1..20)) {
        let mut objects: Vec<Value> = specs
            .iter()
            .enumerate()
            .map(|(nth, spec)| service(&format!("s{nth}"), spec))
            .collect();
        let forwards = drawn(&admitted(Entrance::Paste, &objects).0);
        objects.reverse();
        prop_assert_eq!(drawn(&admitted(Entrance::Paste, &objects).0), forwards);
    }
}

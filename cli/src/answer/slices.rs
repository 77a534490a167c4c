//! Probe `endpoints`, view `slices`: what the EndpointSlice controllers write.

use serde_json::{Map, Value, json};
use switchboard_engine::cluster::{Endpoint, EndpointPort, EndpointSlice};

use super::{Reply, Stored, Unsupported};

pub(super) fn slices(stored: &Stored, probe: &Value) -> Reply {
    let cluster = &stored.analysis.cluster;
    let (namespace, name) = probe["service"]
        .as_str()
        .and_then(|service| service.split_once('/'))
        .ok_or_else(|| Unsupported::because("the probe names no namespace/name"))?;
    let service = cluster
        .service(namespace, name)
        .ok_or_else(|| Unsupported::because(format!("there is no Service {namespace}/{name}")))?;
    let slices: Vec<Value> = cluster
        .slices_of(service)
        .map(|(_, slice)| written(slice))
        .collect();
    Ok(json!({ "slices": slices }))
}

/// A slice in the API's JSON.
fn written(slice: &EndpointSlice) -> Value {
    let meta = &slice.meta;
    json!({
        "apiVersion": "discovery.k8s.io/v1",
        "kind": "EndpointSlice",
        "metadata": object([
            ("name", text(&meta.name)),
            ("generateName", text(&meta.generate_name)),
            ("namespace", text(&meta.namespace)),
            ("labels", (!meta.labels.is_empty()).then(|| json!(meta.labels))),
            ("annotations", (!meta.annotations.is_empty()).then(|| json!(meta.annotations))),
            ("ownerReferences", meta.controlled_by.as_ref().map(|owner| json!([owner]))),
        ]),
        "addressType": slice.address_type.name(),
        "ports": slice.ports.iter().map(port).collect::<Vec<_>>(),
        "endpoints": slice.endpoints.iter().map(endpoint).collect::<Vec<_>>(),
    })
}

fn port(port: &EndpointPort) -> Value {
    object([
        ("name", port.name.as_ref().map(|name| json!(name))),
        ("port", port.port.map(|number| json!(number))),
        ("protocol", Some(json!(port.protocol.upper()))),
        (
            "appProtocol",
            port.app_protocol.as_ref().map(|name| json!(name)),
        ),
    ])
}

fn endpoint(endpoint: &Endpoint) -> Value {
    let named = |names: &[_]| {
        (!names.is_empty()).then(|| {
            names
                .iter()
                .map(|name| json!({ "name": name }))
                .collect::<Value>()
        })
    };
    let hints = object([
        ("forZones", named(&endpoint.hint_zones)),
        ("forNodes", named(&endpoint.hint_nodes)),
    ]);
    let conditions = object([
        ("ready", endpoint.conditions.ready.map(Value::from)),
        ("serving", endpoint.conditions.serving.map(Value::from)),
        (
            "terminating",
            endpoint.conditions.terminating.map(Value::from),
        ),
    ]);
    let target = endpoint.target.as_ref().map(|target| {
        object([
            ("kind", text(&target.kind)),
            ("namespace", text(&target.namespace)),
            ("name", text(&target.name)),
            ("uid", text(&target.uid)),
        ])
    });
    object([
        ("addresses", Some(json!(endpoint.addresses))),
        ("conditions", Some(conditions)),
        (
            "hostname",
            endpoint.hostname.as_ref().map(|name| json!(name)),
        ),
        (
            "nodeName",
            endpoint.node_name.as_ref().map(|name| json!(name)),
        ),
        ("zone", endpoint.zone.as_ref().map(|name| json!(name))),
        ("targetRef", target),
        ("hints", Some(hints).filter(|hints| hints != &json!({}))),
    ])
}

fn text(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| Value::from(text))
}

/// The fields that have a value.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value?)))
        .collect::<Map<_, _>>()
        .into()
}

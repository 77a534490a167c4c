//! Scalars, merges, `null`: what a value is to kubectl.

use super::*;
use crate::api::IntOrString;
use crate::manifest::scalar::{Scalar, resolve};

#[test]
fn unquoted_scalars_mean_what_go_reads_in_them() {
    for (text, expected) in [
        ("", Scalar::Null),
        ("~", Scalar::Null),
        ("null", Scalar::Null),
        ("NULL", Scalar::Null),
        ("nULL", Scalar::String("nULL")),
        ("y", Scalar::Bool(true)),
        ("Yes", Scalar::Bool(true)),
        ("on", Scalar::Bool(true)),
        ("TRUE", Scalar::Bool(true)),
        ("n", Scalar::Bool(false)),
        ("no", Scalar::Bool(false)),
        ("Off", Scalar::Bool(false)),
        ("yEs", Scalar::String("yEs")),
        ("80", Scalar::Int(80)),
        ("-80", Scalar::Int(-80)),
        ("+80", Scalar::Int(80)),
        ("014", Scalar::Int(12)),
        ("0o14", Scalar::Int(12)),
        ("0x1F", Scalar::Int(31)),
        ("-0b11", Scalar::Int(-3)),
        ("1_000", Scalar::Int(1000)),
        ("0_14", Scalar::Int(12)),
        ("08", Scalar::Float(8.0)),
        ("0", Scalar::Int(0)),
        ("9223372036854775807", Scalar::Int(i64::MAX)),
        (
            "9223372036854775808",
            Scalar::UInt(9_223_372_036_854_775_808),
        ),
        ("1e3", Scalar::Float(1000.0)),
        ("1.5", Scalar::Float(1.5)),
        (".5", Scalar::Float(0.5)),
        ("5.", Scalar::Float(5.0)),
        ("-.inf", Scalar::Float(f64::NEG_INFINITY)),
        ("1.2.3", Scalar::String("1.2.3")),
        ("1e", Scalar::String("1e")),
        ("0x", Scalar::String("0x")),
        ("0xg", Scalar::String("0xg")),
        ("-", Scalar::String("-")),
        ("--1", Scalar::String("--1")),
        ("10.96.0.10", Scalar::String("10.96.0.10")),
        ("80:80", Scalar::String("80:80")),
        ("2026-01-01", Scalar::String("2026-01-01")),
        ("1e999", Scalar::String("1e999")),
        ("http", Scalar::String("http")),
        ("<<", Scalar::String("<<")),
    ] {
        assert_eq!(resolve(text), expected, "{text}");
    }
    assert!(matches!(resolve(".nan"), Scalar::Float(value) if value.is_nan()));
}

fn service(spec: &str) -> crate::api::core::Service {
    let (manifest, findings) = read_text(&format!(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n{spec}"
    ));
    let messages: Vec<String> = findings.iter().map(|finding| finding.message()).collect();
    assert_eq!(messages, Vec::<String>::new());
    manifest.objects.services[0].value.clone()
}

#[test]
fn numbers_are_read_as_go_reads_them() {
    let spec = service("spec:\n  ports:\n  - port: 0120\n    targetPort: 8_080\n    nodePort: 3.0e4\n  - targetPort: \"80\"\n  - targetPort: http\n").spec;
    assert_eq!(spec.ports[0].port, Some(80));
    assert_eq!(spec.ports[0].target_port, Some(IntOrString::Int(8080)));
    assert_eq!(spec.ports[0].node_port, Some(30000));
    assert_eq!(
        spec.ports[1].target_port,
        Some(IntOrString::String("80".into()))
    );
    assert_eq!(
        spec.ports[2].target_port,
        Some(IntOrString::String("http".into()))
    );
}

#[test]
fn quantities_may_have_a_fraction() {
    let (manifest, findings) = read_text(
        "apiVersion: v1\nkind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: 1.5}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: b}\nstatus: {allocatable: {cpu: 8}}\n---\napiVersion: v1\nkind: Node\nmetadata: {name: c}\nstatus: {allocatable: {cpu: 500m}}\n",
    );
    assert_eq!(findings.iter().count(), 0);
    let cpus: Vec<_> = manifest
        .objects
        .nodes
        .iter()
        .map(|node| node.value.status.allocatable.cpu.clone().unwrap())
        .collect();
    assert_eq!(
        cpus,
        [
            IntOrString::String("1.5".into()),
            IntOrString::Int(8),
            IntOrString::String("500m".into()),
        ]
    );
}

#[test]
fn quoted_values_and_blocks_are_text() {
    let service = service(
        "spec:\n  selector:\n    a: \"y\"\n    b: 'no'\n    c: !!str 014\n    d: |-\n      on\n    e: >-\n      two\n      lines\n",
    );
    let selector: Vec<(&str, &str)> = service
        .spec
        .selector
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .collect();
    assert_eq!(
        selector,
        [
            ("a", "y"),
            ("b", "no"),
            ("c", "014"),
            ("d", "on"),
            ("e", "two lines")
        ]
    );
}

#[test]
fn keys_become_text() {
    let service = service("spec:\n  selector: {y: a, 014: b, 1.5: c, \"no\": d}\n");
    let keys: Vec<&str> = service.spec.selector.keys().map(|key| &**key).collect();
    assert_eq!(keys, ["1.5", "12", "no", "true"]);
}

#[test]
fn null_is_unset() {
    let service = service(
        "spec:\n  type: null\n  selector:\n  ports: ~\n  clusterIP:\n  externalIPs: [null, 192.0.2.1]\n  sessionAffinityConfig: {clientIP: }\nstatus:\n",
    );
    assert_eq!(service.spec.type_, None);
    assert_eq!(service.spec.cluster_ip, None);
    assert_eq!(service.spec.ports.len(), 0);
    // Go makes the zero value of a null in a list.
    assert_eq!(service.spec.external_ips, ["", "192.0.2.1"]);
}

#[test]
fn anchors_and_merges_are_followed() {
    let service = service(
        "  labels: &labels {app: web, tier: front}\n  annotations: &more {tier: back, extra: \"1\"}\nspec:\n  selector:\n    tier: none\n    <<: [*labels, *more]\n    app: other\n  ports:\n  - &port\n    port: 80\n    name: a\n  - <<: *port\n    name: b\n",
    )
    .spec;
    let selector: Vec<(&str, &str)> = service
        .selector
        .iter()
        .map(|(key, value)| (&**key, &**value))
        .collect();
    // go-yaml v2 merges where `<<` stands: it overrides what is above and yields to what is below.
    assert_eq!(
        selector,
        [("app", "other"), ("extra", "1"), ("tier", "front")]
    );
    assert_eq!(service.ports[1].port, Some(80));
    assert_eq!(service.ports[1].name.as_deref(), Some("b"));
}

#[test]
fn an_object_reads_back_as_json() {
    let (manifest, _) = read_text(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web, labels: {a: \"1\"}}\nspec:\n  x: 0x10\n  b: yes\n  list: [1.5, ~, 2026-01-01]\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {password: aHVudGVyMg==}\n",
    );
    let json = |document| {
        let object = ObjectOrigin {
            document: DocumentId(document),
            item: 0,
        };
        manifest.as_json(object).unwrap().to_string()
    };
    assert_eq!(
        json(0),
        "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"web\",\"labels\":{\"a\":\"1\"}},\"spec\":{\"x\":16,\"b\":true,\"list\":[1.5,null,\"2026-01-01\"]}}"
    );
    assert_eq!(
        json(1),
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"password\":\"(hidden)\"}}"
    );
}

#[test]
fn lines_in_brackets_may_begin_with_tabs() {
    let text = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  externalIPs:\n    [\n\t  \"192.0.2.1\", # one\n\n\t# and another\n\t\t\"192.0.2.2\",\n\t]\n  type: x\n";
    check_findings(text, &[]);
    let (manifest, _) = read_text(text);
    let spec = &manifest.objects.services[0].value.spec;
    assert_eq!(spec.external_ips, ["192.0.2.1", "192.0.2.2"]);
    // A block is indented with spaces, for everybody.
    check_findings(
        "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n\ttype: x\n",
        &["error manifest-syntax 5:2"],
    );
}

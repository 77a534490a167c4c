//! What is said of an answer, sentence by sentence.

use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::trace::Probe;

/// A client and a Service in `sock-shop`, and a Service beside them that DNS would answer over UDP.
const SHOP: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: sock-shop}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: carts, namespace: sock-shop, labels: {app: carts}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: carts, namespace: sock-shop}, spec: {selector: {app: carts}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: names, namespace: sock-shop}, spec: {selector: {app: carts}, ports: [{port: 53, protocol: UDP}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: other}, spec: {containers: [{name: a, image: a}]}}
";

/// The messages of this code with the answer to a probe.
fn told(text: &str, (from, to): (&str, &str), code: &str) -> Vec<String> {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.into(),
    };
    let analysis = Analysis::of(vec![file], Entrance::Paste, Environment::default());
    let answer = analysis.trace(&Probe::parse(from, to).expect("a probe"));
    let found = analysis.explain(&answer).into_iter();
    found
        .filter(|finding| finding.code() == code)
        .map(|finding| finding.message())
        .collect()
}

#[test]
fn a_name_with_a_namespace_is_not_said_to_be_completed_with_another() {
    let check = |from: &str, to: &str, expected: &str| {
        assert_eq!(
            told(SHOP, (from, to), "name-in-other-namespace"),
            [expected]
        );
    };
    check(
        "pod/sock-shop/client",
        "http://carts.default",
        "`carts.default` means Service carts in namespace default: there is none. It is in the sender's own namespace: write `carts`.",
    );
    check(
        "pod/sock-shop/client",
        "http://carts.sockshop.svc.cluster.local",
        "`carts.sockshop.svc.cluster.local` means Service carts in namespace sockshop: there is no such namespace. It is in the sender's own namespace: write `carts.sock-shop.svc.cluster.local`.",
    );
    check(
        "pod/default/other",
        "http://carts.sockshop",
        "`carts.sockshop` means Service carts in namespace sockshop: there is no such namespace. It is in namespace sock-shop: write `carts.sock-shop`.",
    );
    check(
        "pod/default/other",
        "http://carts",
        "`carts` is completed with the sender's own namespace, where no such Service is. It is in another: `carts.sock-shop`.",
    );
}

#[test]
fn the_ports_of_a_service_are_told_with_their_protocols_where_one_is_not_tcp() {
    let check = |to: &str, expected: &str| {
        let probe = ("pod/sock-shop/client", to);
        assert_eq!(told(SHOP, probe, "no-such-service-port"), [expected]);
    };
    check(
        "tcp://names:53",
        "Service sock-shop/names has no port 53/TCP; it has 53/UDP.",
    );
    check(
        "udp://carts:80",
        "Service sock-shop/carts has no port 80/UDP; it has 80/TCP.",
    );
    check(
        "tcp://carts:81",
        "Service sock-shop/carts has no port 81; it has 80.",
    );
}

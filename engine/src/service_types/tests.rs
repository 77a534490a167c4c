//! One shop, seven types.

use super::{Client, Comparison, compare};
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::trace::{Headline, Verdict};
use crate::whatif::ServiceKind;

const SHOP: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: shop}, spec: {containers: [{name: c, image: i}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, namespace: shop, labels: {app: web}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 8080}]}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}}
";

fn compared(text: &str, service: &str) -> Option<Comparison> {
    let file = SourceFile {
        name: "shop.yaml".into(),
        text: text.into(),
    };
    compare(&[file], &Environment::default(), &[], "shop", service)
}

fn headlines(comparison: &Comparison, kind: ServiceKind, local: bool) -> Vec<Headline> {
    let row = comparison
        .rows
        .iter()
        .find(|row| (row.kind, row.local) == (kind, local))
        .unwrap();
    let cell = |client| row.cells.iter().find(|cell| cell.client == client).unwrap();
    Client::ALL
        .into_iter()
        .map(|client| cell(client).headline)
        .collect()
}

#[test]
fn who_reaches_what() {
    use Verdict::{Ambiguous, Reachable, Undetermined, Unreachable};
    let comparison = compared(SHOP, "web").unwrap();
    assert!(comparison.clients_assumed, "nobody is in another namespace");
    assert_eq!(comparison.rows.len(), 7);
    let of = |kind, local| headlines(&comparison, kind, local);
    let told = |verdicts: [Verdict; 4]| verdicts.map(Headline::Verdict);
    assert_eq!(
        of(ServiceKind::ClusterIp, false),
        told([Reachable, Reachable, Reachable, Unreachable])
    );
    assert_eq!(of(ServiceKind::NodePort, false), told([Reachable; 4]));
    // One Pod on three nodes: two of them drop.
    assert_eq!(
        of(ServiceKind::NodePort, true),
        told([Reachable, Reachable, Reachable, Ambiguous])
    );
    // The load balancer asks the nodes' health first.
    assert_eq!(of(ServiceKind::LoadBalancer, true), told([Reachable; 4]));
    assert_eq!(
        of(ServiceKind::ExternalName, false)[0],
        Headline::Verdict(Undetermined)
    );
    // Without an address of its own it translates no port: the Pods are dialled at 80, and declare 8080.
    let headless = of(ServiceKind::Headless, false);
    assert_eq!(headless[..2], [Headline::OthersDeclared; 2]);
    assert_eq!(headless[3], Headline::Verdict(Unreachable));
    let refused: Vec<&String> = comparison
        .rows
        .iter()
        .flat_map(|row| &row.refused)
        .collect();
    assert!(refused.is_empty(), "{refused:?}");
}

#[test]
fn the_type_that_is_written_is_marked() {
    let current = |comparison: &Comparison| -> Vec<(ServiceKind, bool)> {
        let rows = comparison.rows.iter().filter(|row| row.is_current);
        rows.map(|row| (row.kind, row.local)).collect()
    };
    let comparison = compared(SHOP, "web").unwrap();
    assert_eq!(current(&comparison), [(ServiceKind::ClusterIp, false)]);
    let local = SHOP.replace(
        "selector: {app: web}, ports",
        "type: NodePort, externalTrafficPolicy: Local, selector: {app: web}, ports",
    );
    let comparison = compared(&local, "web").unwrap();
    assert_eq!(current(&comparison), [(ServiceKind::NodePort, true)]);
}

#[test]
fn the_policy_decides_about_the_source() {
    let comparison = compared(SHOP, "web").unwrap();
    let outside = |local: bool| {
        let row = comparison
            .rows
            .iter()
            .find(|row| (row.kind, row.local) == (ServiceKind::LoadBalancer, local));
        row.unwrap().cells[3].source_changes
    };
    assert!(outside(false));
    assert!(!outside(true));
}

#[test]
fn a_service_that_nobody_wrote_is_not_compared() {
    assert_eq!(compared(SHOP, "nobody"), None);
    let file = SourceFile {
        name: "shop.yaml".into(),
        text: SHOP.into(),
    };
    let dns = compare(
        &[file],
        &Environment::default(),
        &[],
        "kube-system",
        "kube-dns",
    );
    assert_eq!(dns, None);
}

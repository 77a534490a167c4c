//! One shop, seven types.

use super::{Client, Comparison, compare};
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::trace::Verdict;
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

fn verdicts(comparison: &Comparison, kind: ServiceKind, local: bool) -> Vec<Verdict> {
    let row = comparison
        .rows
        .iter()
        .find(|row| (row.kind, row.local) == (kind, local))
        .unwrap();
    let cell = |client| row.cells.iter().find(|cell| cell.client == client).unwrap();
    Client::ALL
        .into_iter()
        .map(|client| cell(client).verdict)
        .collect()
}

#[test]
fn who_reaches_what() {
    use Verdict::{Ambiguous, Reachable, Undetermined, Unreachable};
    let comparison = compared(SHOP, "web").unwrap();
    assert!(comparison.clients_assumed, "nobody is in another namespace");
    assert_eq!(comparison.rows.len(), 7);
    let of = |kind, local| verdicts(&comparison, kind, local);
    assert_eq!(
        of(ServiceKind::ClusterIp, false),
        [Reachable, Reachable, Reachable, Unreachable]
    );
    assert_eq!(of(ServiceKind::NodePort, false), [Reachable; 4]);
    // One Pod on three nodes: two of them drop.
    assert_eq!(
        of(ServiceKind::NodePort, true),
        [Reachable, Reachable, Reachable, Ambiguous]
    );
    // The load balancer asks the nodes' health first.
    assert_eq!(of(ServiceKind::LoadBalancer, true), [Reachable; 4]);
    assert_eq!(of(ServiceKind::ExternalName, false)[0], Undetermined);
    assert_eq!(of(ServiceKind::Headless, false)[3], Unreachable);
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

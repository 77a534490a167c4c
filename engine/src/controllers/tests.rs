//! The controllers on pasted manifests: what they add, in a form that can be read at a glance.

mod addresses;
mod hints;
mod load_balancers;
mod mirroring;
mod ownership;
mod placement;
mod promises;
mod slices;
mod workloads;

use crate::apiserver::{self, Entrance};
use crate::cluster::{Cluster, Environment, Pod};
use crate::finding::Findings;
use crate::manifest::{self, SourceFile};

struct Settled {
    cluster: Cluster,
    findings: Findings,
}

fn settled(documents: &[impl AsRef<str>], entrance: Entrance, environment: Environment) -> Settled {
    let documents: Vec<&str> = documents.iter().map(AsRef::as_ref).collect();
    let mut findings = Findings::default();
    let file = SourceFile {
        name: "test.yaml".into(),
        text: documents.join("\n---\n"),
    };
    let manifest = manifest::read(vec![file], &mut findings);
    let admitted = apiserver::admit(&manifest, entrance, environment, &mut findings);
    let cluster = super::reconcile(admitted, entrance, &[], &mut findings);
    Settled { cluster, findings }
}

fn pasted(documents: &[impl AsRef<str>]) -> Settled {
    settled(documents, Entrance::Paste, Environment::default())
}

fn stored(documents: &[impl AsRef<str>]) -> Settled {
    settled(documents, Entrance::Stored, Environment::default())
}

/// The `number`-th node, ready: n<number>, 192.168.0.<number>, 10.244.<number>.0/24. `spec` and `status` are more fields.
fn node_with(number: u8, labels: &str, spec: &str, status: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Node, metadata: {{name: n{number}, labels: {{{labels}}}}}, \
         spec: {{podCIDR: 10.244.{number}.0/24, podCIDRs: [10.244.{number}.0/24], {spec}}}, \
         status: {{addresses: [{{type: InternalIP, address: 192.168.0.{number}}}], \
         conditions: [{{type: Ready, status: 'True'}}], {status}}}}}"
    )
}

fn node(number: u8, zone: &str) -> String {
    node_with(
        number,
        &format!("topology.kubernetes.io/zone: {zone}"),
        "",
        "",
    )
}

/// n1 in zone a, n2 in zone b, n3 in zone a.
fn three_nodes() -> Vec<String> {
    vec![node(1, "a"), node(2, "b"), node(3, "a")]
}

/// Documents after the three nodes.
fn on_three_nodes(documents: &[String]) -> Vec<String> {
    let mut all = three_nodes();
    all.extend_from_slice(documents);
    all
}

/// A workload of namespace `shop` whose Pods are labelled `app: <name>`.
fn workload(kind: &str, name: &str, spec: &str, pod: &str) -> String {
    let group = match kind {
        "Job" => "batch/v1",
        _ => "apps/v1",
    };
    let selector = match kind {
        "Job" => String::new(),
        _ => format!("selector: {{matchLabels: {{app: {name}}}}}, "),
    };
    format!(
        "{{apiVersion: {group}, kind: {kind}, metadata: {{name: {name}, namespace: shop}}, \
         spec: {{{selector}{spec}, template: {{metadata: {{labels: {{app: {name}}}}}, \
         spec: {{containers: [{{name: c, image: x}}], {pod}}}}}}}}}"
    )
}

fn deployment(name: &str, replicas: u32) -> String {
    workload("Deployment", name, &format!("replicas: {replicas}"), "")
}

/// A Pod of namespace `shop` as a live dump shows it: running and ready on a node.
fn live_pod(name: &str, labels: &str, node: &str, address: &str) -> String {
    live_pod_with(name, labels, node, address, "", "")
}

fn live_pod_with(
    name: &str,
    labels: &str,
    node: &str,
    address: &str,
    metadata: &str,
    spec: &str,
) -> String {
    format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: shop, labels: {{{labels}}}, {metadata}}}, \
         spec: {{nodeName: {node}, containers: [{{name: c, image: x}}], {spec}}}, \
         status: {{phase: Running, podIP: '{address}', podIPs: [{{ip: '{address}'}}], \
         conditions: [{{type: Ready, status: 'True'}}]}}}}"
    )
}

/// A Service of namespace `shop`, port 80 to 8080.
fn service(name: &str, spec: &str) -> String {
    service_with(name, "", spec)
}

fn service_with(name: &str, metadata: &str, spec: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: shop, {metadata}}}, \
         spec: {{ports: [{{name: http, port: 80, targetPort: 8080}}], {spec}}}}}"
    )
}

impl Settled {
    /// Pods of namespace `shop`.
    fn shop(&self) -> impl Iterator<Item = &Pod> {
        self.cluster
            .pods
            .values()
            .filter(|pod| pod.meta.namespace == "shop")
    }

    fn names(&self) -> Vec<&str> {
        self.shop().map(|pod| pod.meta.name.as_str()).collect()
    }

    fn node_of<'a>(&'a self, pod: &Pod) -> &'a str {
        pod.node()
            .map_or("-", |node| self.cluster.nodes[node].meta.name.as_str())
    }

    /// The nodes of the Pods, in the order of the Pods; `-` for a Pod without.
    fn nodes(&self) -> Vec<&str> {
        self.shop().map(|pod| self.node_of(pod)).collect()
    }

    /// `name node addresses` of every Pod.
    fn pods(&self) -> Vec<String> {
        self.shop()
            .map(|pod| {
                let ips: Vec<String> = pod.ips.iter().map(ToString::to_string).collect();
                format!("{} {} {}", pod.meta.name, self.node_of(pod), ips.join(","))
            })
            .collect()
    }

    /// `address>port rst` of every endpoint of a Service of namespace `shop`, slice by slice: ready, serving, terminating.
    fn slices(&self, service: &str) -> Vec<Vec<String>> {
        let service = self.cluster.service("shop", service).unwrap();
        self.cluster
            .slices_of(service)
            .map(|(_, slice)| {
                let ports: Vec<String> = slice
                    .ports
                    .iter()
                    .filter_map(|port| port.port)
                    .map(|port| port.to_string())
                    .collect();
                slice
                    .endpoints
                    .iter()
                    .map(|endpoint| {
                        let state = endpoint.conditions;
                        let flags: String = [
                            (state.ready, 'r'),
                            (state.serving, 's'),
                            (state.terminating, 't'),
                        ]
                        .into_iter()
                        .map(|(state, flag)| match state {
                            Some(true) => flag,
                            Some(false) => '-',
                            None => '?',
                        })
                        .collect();
                        format!(
                            "{}>{} {flags}",
                            endpoint.addresses.join(","),
                            ports.join(",")
                        )
                    })
                    .collect()
            })
            .collect()
    }

    /// `code: text of the blamed line` of every finding.
    fn findings(&self) -> Vec<String> {
        self.findings
            .iter()
            .map(|finding| {
                let place = finding
                    .origin
                    .as_ref()
                    .map_or_else(String::new, |origin| origin.path.to_string());
                format!("{}: {place}", finding.code())
            })
            .collect()
    }

    fn messages(&self) -> Vec<String> {
        self.findings
            .iter()
            .map(|finding| finding.message())
            .collect()
    }
}

#[test]
fn from_a_deployment_to_the_endpoints_of_its_service() {
    let settled = pasted(&on_three_nodes(&[
        workload("ReplicaSet", "web", "replicas: 3", ""),
        service("web", "selector: {app: web}"),
    ]));
    assert_eq!(
        settled.pods(),
        [
            "web-6tdbm n1 10.244.1.227",
            "web-cdzkk n2 10.244.2.91",
            "web-54qf9 n3 10.244.3.131",
        ]
    );
    assert_eq!(
        settled.slices("web"),
        [[
            "10.244.3.131>8080 rs-",
            "10.244.1.227>8080 rs-",
            "10.244.2.91>8080 rs-",
        ]]
    );
    assert_eq!(settled.findings(), [""; 0]);
}

//! Admission from hand-made objects, with literal values.

mod environment;
mod paste;
mod properties;
mod requests;
mod stored;
mod validation;

use serde_json::Value;

use super::requests::{ApiServer, ObjectKey, Response};
use super::{Entrance, admit};
use crate::api::apps::{Workload, WorkloadKind};
use crate::api::{Objects, Written};
use crate::cluster::{Cluster, Environment};
use crate::finding::Findings;
use crate::manifest::{self, Manifest, SourceFile};
use crate::origin::{DocumentId, ObjectOrigin};

/// A manifest of these objects, one a document.
fn manifest(objects: &[Value]) -> Manifest {
    let mut manifest = Manifest::default();
    for (nth, object) in objects.iter().enumerate() {
        let origin = ObjectOrigin {
            document: DocumentId(nth as u32),
            item: 0,
        };
        add(&mut manifest.objects, origin, object);
    }
    manifest
}

fn add(objects: &mut Objects, origin: ObjectOrigin, object: &Value) {
    macro_rules! push {
        ($list:ident) => {
            objects.$list.push(Written {
                origin,
                value: serde_json::from_value(object.clone()).unwrap(),
            })
        };
    }
    match object["kind"].as_str().unwrap() {
        "Namespace" => push!(namespaces),
        "Node" => push!(nodes),
        "Service" => push!(services),
        "Pod" => push!(pods),
        "Endpoints" => push!(endpoints),
        "EndpointSlice" => push!(endpoint_slices),
        "ConfigMap" => push!(config_maps),
        "ServiceCIDR" => push!(service_cidrs),
        kind => {
            let mut value: Workload = serde_json::from_value(object.clone()).unwrap();
            value.kind = match kind {
                "Deployment" => WorkloadKind::Deployment,
                "StatefulSet" => WorkloadKind::StatefulSet,
                "DaemonSet" => WorkloadKind::DaemonSet,
                "Job" => WorkloadKind::Job,
                "CronJob" => WorkloadKind::CronJob,
                other => panic!("no test needs a {other}"),
            };
            objects.workloads.push(Written { origin, value });
        }
    }
}

fn admitted(entrance: Entrance, objects: &[Value]) -> (Cluster, Findings) {
    let mut findings = Findings::default();
    let cluster = admit(
        &manifest(objects),
        entrance,
        Environment::default(),
        &mut findings,
    );
    (cluster, findings)
}

/// A manifest from text.
fn read(text: &str) -> (Manifest, Findings) {
    let mut findings = Findings::default();
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.into(),
    };
    (manifest::read(vec![file], &mut findings), findings)
}

/// What the API server says to every document.
fn created(environment: &Environment, text: &str) -> Vec<(ObjectKey, Response)> {
    let (manifest, findings) = read(text);
    ApiServer::new(environment).create_all(&manifest, &findings)
}

/// The same in short: the status and why.
fn answers(environment: &Environment, text: &str) -> Vec<String> {
    created(environment, text)
        .into_iter()
        .map(|(_, response)| {
            let why = response
                .message
                .clone()
                .unwrap_or_else(|| texts(&response).join("; "));
            format!("{} {why}", response.http).trim_end().to_owned()
        })
        .collect()
}

/// The field errors of the last document.
fn refusals(environment: &Environment, text: &str) -> Vec<String> {
    let (_, response) = created(environment, text).pop().unwrap();
    texts(&response)
}

fn texts(response: &Response) -> Vec<String> {
    response.errors.iter().map(ToString::to_string).collect()
}

fn messages(findings: &Findings) -> Vec<String> {
    findings.iter().map(|finding| finding.message()).collect()
}

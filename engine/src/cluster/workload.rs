//! Workloads: what makes Pods.

use std::sync::Arc;

use super::{Meta, PodSpec, WorkloadId};
use crate::Str;
use crate::api::apps::WorkloadKind;
use crate::api::{LabelSelector, StringMap};
use crate::origin::FieldPath;

/// A workload as stored.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Metadata.
    pub meta: Meta,
    /// Which kind, with what only that kind has.
    pub kind: WorkloadKind,
    /// The workload that keeps this one, if it is in the cluster.
    pub owner: Option<WorkloadId>,
    /// Which Pods are its own.
    pub selector: LabelSelector,
    /// Pods wanted: `replicas`, or a Job's `parallelism` bounded by `completions`; one a node for DaemonSets.
    pub replicas: u32,
    /// What its Pods look like.
    pub template: PodTemplate,
    /// StatefulSet: `serviceName`.
    pub service_name: Option<Str>,
    /// StatefulSet: first ordinal.
    pub first_ordinal: u32,
    /// Job: Pods have an index in their name.
    pub indexed: bool,
    /// Job, CronJob.
    pub suspended: bool,
}

impl Workload {
    /// Where the Pod template stands in the object.
    pub fn template_path(&self) -> FieldPath {
        FieldPath::from(match self.kind {
            WorkloadKind::CronJob => "spec.jobTemplate.spec.template",
            _ => "spec.template",
        })
    }
}

/// A Pod template as stored.
#[derive(Debug, Clone, Default)]
pub struct PodTemplate {
    /// Labels of the Pods.
    pub labels: StringMap,
    /// Annotations of the Pods.
    pub annotations: StringMap,
    /// `spec.hostname`.
    pub hostname: Option<Str>,
    /// `spec.subdomain`.
    pub subdomain: Option<Str>,
    /// The rest of the spec.
    pub spec: Arc<PodSpec>,
}

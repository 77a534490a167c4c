//! Workloads: groups `apps`, `batch`, and ReplicationController of the core group, in one shape.

use serde::{Deserialize, Serialize};

use super::{LabelSelector, ObjectMeta, core};
use crate::Str;

/// Which workload. The reader takes it from `kind`; old groups (`extensions/v1beta1`, `apps/v1beta1`) count too.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[expect(missing_docs, reason = "the kinds of the API")]
pub enum WorkloadKind {
    #[default]
    Deployment,
    ReplicaSet,
    ReplicationController,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
}

impl WorkloadKind {
    /// The kind that is written so.
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Deployment,
            Self::ReplicaSet,
            Self::ReplicationController,
            Self::StatefulSet,
            Self::DaemonSet,
            Self::Job,
            Self::CronJob,
        ]
        .into_iter()
        .find(|kind| kind.name() == name)
    }

    /// As `kind` is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deployment => "Deployment",
            Self::ReplicaSet => "ReplicaSet",
            Self::ReplicationController => "ReplicationController",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
        }
    }
}

/// A workload as written. Fields of other kinds stay unset.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Workload {
    /// From the document's `kind`; set by the reader.
    #[serde(skip)]
    pub kind: WorkloadKind,
    /// From the document's `apiVersion`; set by the reader.
    #[serde(skip)]
    pub api_version: Str,
    /// Metadata.
    pub metadata: ObjectMeta,
    /// Wish.
    pub spec: WorkloadSpec,
    /// State.
    pub status: WorkloadStatus,
}

/// The `status` of a workload, in a live dump.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WorkloadStatus {
    /// `Complete` and `Failed` of a Job.
    pub conditions: Vec<core::Condition>,
}

/// The `spec` of a workload.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(
    missing_docs,
    reason = "the API reference documents each field under the same name"
)]
pub struct WorkloadSpec {
    pub replicas: Option<i64>,
    /// ReplicationController writes a plain map here: the reader turns it into `matchLabels`.
    pub selector: Option<LabelSelector>,
    pub template: core::PodTemplateSpec,
    /// StatefulSet.
    pub service_name: Option<Str>,
    /// StatefulSet.
    pub ordinals: Option<Ordinals>,
    /// Job.
    pub parallelism: Option<i64>,
    /// Job.
    pub completions: Option<i64>,
    /// Job: `NonIndexed`, `Indexed`.
    pub completion_mode: Option<Str>,
    /// Job, CronJob.
    pub suspend: Option<bool>,
    /// CronJob.
    pub job_template: Option<Box<JobTemplate>>,
}

/// `StatefulSetOrdinals`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ordinals {
    /// First ordinal.
    pub start: i64,
}

/// `JobTemplateSpec`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobTemplate {
    /// Metadata.
    pub metadata: ObjectMeta,
    /// The Job's spec.
    pub spec: WorkloadSpec,
}

//! As written → as admitted: defaults, validation, allocation of addresses and node ports.
//!
//! Two ways into the cluster are here ([`Entrance`]). The third, the API server itself with its answers to single
//! requests, is [`requests`].

mod addresses;
mod allocate;
mod assume;
pub mod bands;
mod convert;
mod defaults;
mod draft;
pub mod environment;
mod families;
mod field_error;
mod names;
mod paste;
mod ranges;
pub mod requests;
mod stored;
mod unique;
mod unread;
mod update;
mod validate;

pub use draft::stored_object;
pub use field_error::{FieldError, FieldErrorKind, Refusal};

use rustc_hash::FxHashSet;

use crate::cluster::{Cluster, CustomResources, Environment};
use crate::finding::{AdmissionProblem, Finding, Findings, ManifestProblem, Problem};
use crate::manifest::Manifest;
use crate::origin::ObjectOrigin;

/// How the manifests get into the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entrance {
    /// What a person pasted: admitted in order, allocated; what is missing is completed and marked as assumed.
    Paste,
    /// A cluster's state as it stands: defaults only, nothing allocated or invented, nothing refused.
    Stored,
}

/// Admits everything that was written. `base` holds where configuration kinds in the manifests say nothing.
pub fn admit(
    manifest: &Manifest,
    entrance: Entrance,
    base: Environment,
    findings: &mut Findings,
) -> Cluster {
    let objects = &manifest.objects;
    let settings = environment::settings(objects, base, findings);
    match entrance {
        Entrance::Paste => {
            let cluster = Cluster {
                custom_resources: custom_resources(manifest),
                ..paste::admit(objects, settings, findings)
            };
            leave_out_what_validation_never_saw(findings);
            cluster
        }
        Entrance::Stored => stored::admit(objects, settings.environment),
    }
}

/// The decoder comes first: an object with a value of the wrong type never gets as far as validation, which would only
/// miss the value that could not be read.
fn leave_out_what_validation_never_saw(findings: &mut Findings) {
    let is_undecodable = |finding: &&Finding| {
        matches!(
            finding.problem,
            Problem::Manifest(ManifestProblem::WrongType { .. })
        )
    };
    let undecodable: FxHashSet<ObjectOrigin> = findings
        .iter()
        .filter(is_undecodable)
        .filter_map(|finding| Some(finding.origin.as_ref()?.object))
        .collect();
    if undecodable.is_empty() {
        return;
    }
    findings.retain(|finding| {
        let is_refusal = matches!(
            finding.problem,
            Problem::Admission(AdmissionProblem::Refused { .. })
        );
        let object = finding.origin.as_ref().map(|origin| origin.object);
        !(is_refusal && object.is_some_and(|object| undecodable.contains(&object)))
    });
}

fn custom_resources(manifest: &Manifest) -> CustomResources {
    let mut found = CustomResources::default();
    for (_, identity) in manifest.identities().filter(|(_, object)| !object.modelled) {
        let group = identity
            .api_version
            .split_once('/')
            .map_or("", |(group, _)| group);
        // Names with a dot are domains; Kubernetes' own end in its domain, but for what it publishes apart.
        let is_custom = group.contains('.')
            && (!group.ends_with(".k8s.io") || group == "gateway.networking.k8s.io");
        if identity.kind == "CustomResourceDefinition" {
            found.defined = true;
        } else if is_custom {
            let namespace = match identity.namespace.as_str() {
                "" => "default",
                namespace => namespace,
            };
            found.namespaces.insert(namespace.into());
        }
    }
    found
}

#[cfg(test)]
mod tests;

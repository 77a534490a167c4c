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

use crate::cluster::{Cluster, Environment};
use crate::finding::Findings;
use crate::manifest::Manifest;

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
        Entrance::Paste => paste::admit(objects, settings, findings),
        Entrance::Stored => stored::admit(objects, settings.environment),
    }
}

#[cfg(test)]
mod tests;

//! As written → as admitted: defaults, validation, allocation of addresses and node ports.

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
    _manifest: &Manifest,
    _entrance: Entrance,
    base: Environment,
    _findings: &mut Findings,
) -> Cluster {
    Cluster {
        environment: base,
        ..Cluster::default()
    }
}

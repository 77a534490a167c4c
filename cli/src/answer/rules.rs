//! Probes `rules`, `health`, and `endpoints` as kube-proxy chooses them.

use serde_json::Value;

use super::{Reply, Stored, Unsupported};

pub(super) fn rules(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("rules is not modelled yet"))
}

pub(super) fn health(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("health is not modelled yet"))
}

pub(super) fn endpoints(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("endpoints is not modelled yet"))
}

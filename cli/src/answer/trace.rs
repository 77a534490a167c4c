//! Probes `trace` and `sequence`: packets on one node.

use serde_json::Value;

use super::{Reply, Stored, Unsupported};

pub(super) fn trace(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("trace is not modelled yet"))
}

pub(super) fn sequence(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("sequence is not modelled yet"))
}

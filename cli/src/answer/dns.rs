//! Probes `dns`, `resolv`, `resolve`.

use serde_json::Value;

use super::{Reply, Stored, Unsupported};

pub(super) fn query(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("query is not modelled yet"))
}

pub(super) fn resolv(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("resolv is not modelled yet"))
}

pub(super) fn resolve(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("resolve is not modelled yet"))
}

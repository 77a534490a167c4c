//! Probe `endpoints`, view `slices`: what the EndpointSlice controllers write.

use serde_json::Value;

use super::{Reply, Stored, Unsupported};

pub(super) fn slices(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("slices is not modelled yet"))
}

//! Probe `workload`: the Pods that controllers make.

use serde_json::Value;

use super::{Reply, Stored, Unsupported};

pub(super) fn pods(_stored: &Stored, _probe: &Value) -> Reply {
    Err(Unsupported::because("pods is not modelled yet"))
}

//! Probes `validate`, `defaults`, `allocate`, `update`, `bands`.

use serde_json::Value;

use super::{Line, Reply, Unsupported};

pub(super) fn create(_line: &Line, _probe: &Value) -> Reply {
    Err(Unsupported::because(
        "requests to the API server are not modelled yet",
    ))
}

pub(super) fn update(_line: &Line, _probe: &Value) -> Reply {
    Err(Unsupported::because(
        "requests to the API server are not modelled yet",
    ))
}

pub(super) fn bands(_probe: &Value) -> Reply {
    Err(Unsupported::because(
        "allocation bands are not modelled yet",
    ))
}

//! What is measured, shared by the benches; each takes its part.

#![allow(dead_code, reason = "each bench takes a part")]

pub(crate) mod clusters;
pub(crate) mod manifests;

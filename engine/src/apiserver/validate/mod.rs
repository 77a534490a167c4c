//! Validation: the API server's own field errors.

mod service;

pub(super) use service::{cluster_ip_fields, service};

//! What Kubernetes does.

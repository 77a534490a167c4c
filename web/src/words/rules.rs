//! Rules, EndpointSlices and the modes of kube-proxy.

//! Where it is decided what the codes say: files of Kubernetes 1.35 and of CoreDNS, by their paths.
//!
//! Codes that only compare what was pasted have no source.

/// A file, and the codes whose facts it decides.
const SOURCES: &[(&str, &[&str])] = &[
    (
        "kubernetes: staging/src/k8s.io/apimachinery/pkg/util/yaml/decoder.go",
        &[
            "manifest-syntax",
            "separator-missing",
            "separator-with-content",
            "after-end-marker",
        ],
    ),
    (
        "kubernetes: staging/src/k8s.io/apimachinery/pkg/runtime/serializer/json/json.go",
        &[
            "duplicate-key",
            "kind-missing",
            "unknown-field",
            "wrong-type",
        ],
    ),
    (
        "kubernetes: pkg/apis/core/validation/validation.go",
        &["refused-by-api-server"],
    ),
    (
        "kubernetes: pkg/apis/networking/v1/defaults.go",
        &["policies-may-not-be-enforced"],
    ),
    (
        "kubernetes: cmd/kube-proxy/app/server_linux.go",
        &["ipvs-deprecated"],
    ),
    (
        "kubernetes: pkg/controller/endpointslice/endpointslice_controller.go",
        &[
            "selector-matches-nothing",
            "nobody-fills-endpoints",
            "selector-spans-applications",
            "selector-of-one-rollout",
        ],
    ),
    (
        "kubernetes: staging/src/k8s.io/endpointslice/utils.go",
        &[
            "target-port-not-named",
            "target-port-undeclared",
            "port-name-several-numbers",
            "no-ready-pod",
            "not-ready-published",
            "headless-no-pod-names",
            "pod-name-without-service",
            "subdomain-without-service",
        ],
    ),
    (
        "kubernetes: staging/src/k8s.io/endpointslice/reconciler.go",
        &[
            "family-without-endpoints",
            "endpoints-beside-selector",
            "slices-drifted",
        ],
    ),
    (
        "kubernetes: staging/src/k8s.io/endpointslice/topologycache/topologycache.go",
        &["topology-hints-disabled"],
    ),
    (
        "kubernetes: pkg/controller/endpointslicemirroring/reconciler.go",
        &["endpoints-too-many-to-mirror", "endpoints-without-service"],
    ),
    (
        "kubernetes: pkg/proxy/endpointslicecache.go",
        &[
            "slice-without-service",
            "slice-port-not-in-service",
            "slice-several-addresses",
        ],
    ),
    (
        "kubernetes: pkg/proxy/topology.go",
        &[
            "external-policy-drops",
            "internal-policy-drops",
            "only-terminating-endpoints",
        ],
    ),
    (
        "kubernetes: pkg/proxy/iptables/proxier.go",
        &[
            "hairpin",
            "source-address-lost",
            "affinity-behind-nat",
            "long-lived-connections",
            "no-such-service-port",
            "source-range-excludes-sender",
            "node-port-on-loopback",
        ],
    ),
    (
        "kubernetes: staging/src/k8s.io/cloud-provider/controllers/service/controller.go",
        &["load-balancer-pending"],
    ),
    (
        "kubernetes: pkg/kubelet/network/dns/dns.go",
        &[
            "host-network-without-cluster-dns",
            "dns-policy-hides-cluster",
            "sender-is-no-pod",
            "nameservers-omitted",
            "searches-omitted",
            "ndots-queries",
            "name-in-other-namespace",
            "cluster-dns-out-of-range",
        ],
    ),
    (
        "kubernetes: pkg/kubelet/envvars/envvars.go",
        &["service-environment-clash"],
    ),
    (
        "kubernetes: pkg/scheduler/framework/plugins/nodeports/node_ports.go",
        &["pod-pending"],
    ),
    (
        "kubernetes: pkg/controller/controller_ref_manager.go",
        &["pod-adopted"],
    ),
    (
        "coredns: plugin/kubernetes/kubernetes.go",
        &[
            "external-name-is-address",
            "external-name-is-short",
            "external-name-leads-nowhere",
            "external-name-loop",
            "external-name-port-ignored",
            "external-name-with-selector",
            "external-name-host-header",
            "headless-port-differs",
            "name-misspelt",
        ],
    ),
    (
        "coredns: plugin/kubernetes/setup.go",
        &["corefile-without-kubernetes", "cluster-domains-differ"],
    ),
];

/// Where it is decided what a code says; `None` for what only compares the manifests with each other.
pub fn source(code: &str) -> Option<&'static str> {
    SOURCES
        .iter()
        .find(|(_, codes)| codes.contains(&code))
        .map(|(source, _)| *source)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::catalogue::entry;

    #[test]
    fn sources_are_of_codes_that_exist() {
        for code in SOURCES.iter().flat_map(|(_, codes)| *codes) {
            assert!(entry(code).is_some(), "{code}");
        }
    }
}

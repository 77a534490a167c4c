//! What goes wrong with Services, by what it is about, and the codes that say it: the table of contents of the catalogue.
//!
//! A test holds it against the catalogue: each code stands here, and nothing stands here that is no code.

/// What is about one thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// What it is about.
    pub title: &'static str,
    /// The codes that say it.
    pub codes: &'static [&'static str],
}

const fn about(title: &'static str, codes: &'static [&'static str]) -> Subject {
    Subject { title, codes }
}

/// All subjects, those that hurt most often first.
pub const SUBJECTS: &[Subject] = &[
    about(
        "The selector finds no Pod: the nearest one, the key and value that differ",
        &["selector-matches-nothing"],
    ),
    about(
        "`targetPort`: a number that nobody declares, a name that is missing, on some Pods only, or of the other protocol",
        &["target-port-undeclared", "target-port-not-named"],
    ),
    about(
        "Pods match and are not ready, with the probe that is configured",
        &["no-ready-pod"],
    ),
    about(
        "A short name across namespaces",
        &["name-in-other-namespace"],
    ),
    about(
        "A Service that is missing or misspelt, or does not have the port",
        &["name-misspelt", "no-such-service-port"],
    ),
    about(
        "`externalTrafficPolicy: Local`, and the nodes that drop",
        &["external-policy-drops"],
    ),
    about(
        "`internalTrafficPolicy: Local`, and the nodes without a Pod",
        &["internal-policy-drops"],
    ),
    about(
        "`loadBalancerSourceRanges`, and who is left out",
        &["source-range-excludes-sender"],
    ),
    about(
        "A load balancer that nobody serves",
        &["load-balancer-pending"],
    ),
    about(
        "A NodePort out of range or taken; ports without a name, or twice; an address that is not allowed",
        &["refused-by-api-server"],
    ),
    about(
        "ExternalName: an address, ports, a selector left over, its Host header and TLS name, where it leads",
        &[
            "external-name-is-address",
            "external-name-port-ignored",
            "external-name-with-selector",
            "external-name-host-header",
            "external-name-is-short",
            "external-name-leads-nowhere",
            "external-name-loop",
        ],
    ),
    about(
        "Headless: ports are not translated, none is ready, Pods have no names",
        &[
            "headless-port-differs",
            "no-ready-pod",
            "headless-no-pod-names",
        ],
    ),
    about(
        "StatefulSets: `serviceName`, and `pod-0` without the Service in the name",
        &["subdomain-without-service", "pod-name-without-service"],
    ),
    about(
        "A selector that is too broad, too narrow, or empty",
        &[
            "selector-spans-applications",
            "selector-of-one-rollout",
            "selector-matches-job",
            "nobody-fills-endpoints",
        ],
    ),
    about(
        "Endpoints and EndpointSlices by hand",
        &[
            "slice-without-service",
            "slice-port-not-in-service",
            "slice-several-addresses",
            "endpoints-beside-selector",
            "endpoints-without-service",
            "endpoints-too-many-to-mirror",
            "slices-drifted",
        ],
    ),
    about(
        "One port name for several numbers",
        &["port-name-several-numbers"],
    ),
    about(
        "A node port on the node's loopback address",
        &["node-port-on-loopback"],
    ),
    about(
        "Session affinity behind source NAT",
        &["affinity-behind-nat"],
    ),
    about("A Pod that reaches itself", &["hairpin"]),
    about(
        "The client's address is lost, and where",
        &["source-address-lost"],
    ),
    about(
        "Long-lived connections that do not balance",
        &["long-lived-connections"],
    ),
    about(
        "A family of addresses that no Pod has",
        &["family-without-endpoints"],
    ),
    about(
        "The host network and the cluster's DNS",
        &["host-network-without-cluster-dns"],
    ),
    about(
        "`dnsPolicy` and `dnsConfig`",
        &[
            "dns-policy-hides-cluster",
            "sender-is-no-pod",
            "nameservers-omitted",
            "searches-omitted",
        ],
    ),
    about("ndots and names outside", &["ndots-queries"]),
    about(
        "Environment variables of Services",
        &["service-environment-clash"],
    ),
    about(
        "Host ports that clash; a Pod that stays Pending",
        &["pod-pending", "node-labels-assumed", "pod-range-exhausted"],
    ),
    about(
        "Only terminating endpoints",
        &["only-terminating-endpoints"],
    ),
    about("`publishNotReadyAddresses`", &["not-ready-published"]),
    about(
        "Something is here twice",
        &["duplicate-object", "duplicate-key"],
    ),
    about(
        "Versions that are gone or deprecated",
        &[
            "removed-version",
            "no-such-version",
            "endpoints-deprecated",
            "ipvs-deprecated",
        ],
    ),
    about(
        "Fields and kinds that do not exist, values of the wrong type",
        &[
            "unknown-field",
            "no-such-kind",
            "wrong-type",
            "not-understood",
        ],
    ),
    about(
        "What no manifest can tell",
        &["process-listens-elsewhere", "policies-may-not-be-enforced"],
    ),
    about(
        "A text that is no manifest, or not a whole one",
        &[
            "manifest-syntax",
            "dump-cut-off",
            "separator-missing",
            "separator-with-content",
            "after-end-marker",
            "kind-missing",
            "not-an-object",
            "helm-template",
            "helm-chart",
            "kustomization",
            "compose-file",
        ],
    ),
    about(
        "Configurations of the cluster's components",
        &[
            "configuration-not-understood",
            "configuration-contradicts",
            "ranges-overlap",
            "service-range-assumed",
            "cluster-dns-out-of-range",
            "corefile-without-kubernetes",
            "cluster-domains-differ",
            "topology-hints-disabled",
        ],
    ),
    about(
        "What is read and not simulated, or simulated otherwise",
        &[
            "not-modelled",
            "plays-no-part",
            "too-many-pods",
            "pod-adopted",
        ],
    ),
];

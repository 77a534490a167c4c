//! Field errors, with the paths, kinds and texts of the API server.

use super::refusals;
use crate::cluster::Environment;

fn errors(text: &str) -> Vec<String> {
    refusals(&Environment::default(), text)
}

fn service(spec: &str) -> Vec<String> {
    errors(&format!(
        "apiVersion: v1\nkind: Service\nmetadata: {{name: web}}\nspec: {spec}\n"
    ))
}

const NOTHING: [&str; 0] = [];

#[test]
fn what_is_right_is_accepted() {
    for spec in [
        "{ports: [{port: 80}]}",
        "{clusterIP: None}",
        "{ports: [{name: t, port: 53}, {name: u, port: 53, protocol: UDP}]}",
        "{type: LoadBalancer, ports: [{port: 10250}], loadBalancerSourceRanges: [' 1.2.3.0/24', '10.0.0.0/8 ']}",
        "{ports: [{port: 80, appProtocol: kubernetes.io/h2c}], trafficDistribution: PreferSameNode}",
        "{type: ExternalName, externalName: my.db.example.}",
        "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 86400}}, ports: [{port: 80}]}",
        "{externalIPs: [203.0.113.40], externalTrafficPolicy: Local, ports: [{port: 80}]}",
    ] {
        assert_eq!(service(spec), NOTHING, "{spec}");
    }
}

#[test]
fn ports() {
    assert_eq!(service("{ports: []}"), ["spec.ports: Required value"]);
    assert_eq!(
        service("{ports: [{port: 65536}]}"),
        [
            "spec.ports[0].port: Invalid value: 65536: must be between 1 and 65535, inclusive",
            "spec.ports[0].targetPort: Invalid value: 65536: must be between 1 and 65535, inclusive"
        ]
    );
    assert_eq!(
        service("{ports: [{port: 80}, {name: a, port: 81}]}"),
        ["spec.ports[0].name: Required value"]
    );
    assert_eq!(
        service("{ports: [{name: a, port: 80}, {name: a, port: 81}]}"),
        ["spec.ports[1].name: Duplicate value: \"a\""]
    );
    assert_eq!(
        service("{ports: [{name: a, port: 80}, {name: b, port: 80}]}"),
        [
            "spec.ports[1]: Duplicate value: {\"Name\":\"\",\"Protocol\":\"TCP\",\"AppProtocol\":null,\"Port\":80,\"TargetPort\":0,\"NodePort\":0}"
        ]
    );
    assert_eq!(
        service("{ports: [{port: 80, protocol: ICMP}]}"),
        [
            "spec.ports[0].protocol: Unsupported value: \"ICMP\": supported values: \"SCTP\", \"TCP\", \"UDP\""
        ]
    );
    assert_eq!(
        service("{ports: [{port: 80, targetPort: '8080'}]}"),
        [
            "spec.ports[0].targetPort: Invalid value: \"8080\": must contain at least one letter (a-z)"
        ]
    );
}

#[test]
fn what_does_not_go_together() {
    assert_eq!(
        service("{externalTrafficPolicy: Local, healthCheckNodePort: 34567, ports: [{port: 80}]}"),
        [
            "spec.externalTrafficPolicy: Invalid value: \"Local\": may only be set for externally-accessible services",
            "spec.healthCheckNodePort: Invalid value: 34567: may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
        ]
    );
    assert_eq!(
        service("{type: NodePort, clusterIP: None, ports: [{port: 80}]}"),
        [
            "spec.clusterIPs[0]: Invalid value: \"None\": may not be set to 'None' for NodePort services"
        ]
    );
    assert_eq!(
        service("{type: ExternalName, externalName: Example.com, clusterIP: 10.96.0.9}"),
        [
            "spec.clusterIPs: Forbidden: may not be set for ExternalName services",
            "spec.externalName: Invalid value: \"Example.com\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
        ]
    );
    assert_eq!(
        service(
            "{loadBalancerClass: a/b, loadBalancerSourceRanges: [x], allocateLoadBalancerNodePorts: true, ports: [{port: 80}]}"
        ),
        [
            "spec.LoadBalancerSourceRanges: Forbidden: may only be used when `type` is 'LoadBalancer'",
            "spec.LoadBalancerSourceRanges[0]: Invalid value: \"x\": must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)",
            "spec.allocateLoadBalancerNodePorts: Forbidden: may only be used when `type` is 'LoadBalancer'",
            "spec.loadBalancerClass: Forbidden: may only be used when `type` is 'LoadBalancer'"
        ]
    );
}

#[test]
fn values_that_are_not_known() {
    assert_eq!(
        service(
            "{type: Bogus, internalTrafficPolicy: x, sessionAffinity: sticky, trafficDistribution: z, ports: [{port: 80}]}"
        ),
        [
            "spec.sessionAffinity: Unsupported value: \"sticky\": supported values: \"ClientIP\", \"None\"",
            "spec.type: Unsupported value: \"Bogus\": supported values: \"ClusterIP\", \"ExternalName\", \"LoadBalancer\", \"NodePort\"",
            "spec.internalTrafficPolicy: Unsupported value: \"x\": supported values: \"Cluster\", \"Local\"",
            "spec.trafficDistribution: Unsupported value: \"z\": supported values: \"PreferClose\", \"PreferSameNode\", \"PreferSameZone\""
        ]
    );
    assert_eq!(
        service(
            "{sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 0}}, ports: [{port: 80}]}"
        ),
        [
            "spec.sessionAffinityConfig.clientIP.timeoutSeconds: Invalid value: 0: must be greater than 0 and less than 86400"
        ]
    );
    assert_eq!(
        service("{externalIPs: [127.0.0.1, host.example], ports: [{port: 80}]}"),
        [
            "spec.externalIPs[0]: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
            "spec.externalIPs[1]: Invalid value: \"host.example\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"
        ]
    );
}

#[test]
fn metadata() {
    assert_eq!(
        errors(
            "{apiVersion: v1, kind: Service, metadata: {labels: {a/b/c: ok}}, spec: {ports: [{port: 80}]}}"
        ),
        [
            "metadata.name: Required value: name or generateName is required",
            "metadata.labels: Invalid value: \"a/b/c\": a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        ]
    );
    assert_eq!(
        errors(
            "{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {service.kubernetes.io/topology-mode: Auto, service.kubernetes.io/topology-aware-hints: Disabled}}, spec: {ports: [{port: 80}]}}"
        ),
        [
            "metadata.annotations[service.kubernetes.io/topology-mode]: Invalid value: \"Auto\": must match annotations[service.kubernetes.io/topology-aware-hints] when both are specified"
        ]
    );
    assert_eq!(
        errors("{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}"),
        ["metadata.name: Invalid value: \"a.b\": must not contain dots"]
    );
}

#[test]
fn endpoint_slices() {
    let slice = |rest: &str| {
        errors(&format!(
            "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {{name: s}}\n{rest}\n"
        ))
    };
    assert_eq!(
        slice("endpoints: [{addresses: [10.1.0.1]}]"),
        ["addressType: Required value"]
    );
    assert_eq!(
        slice(
            "addressType: IPv4\nendpoints: [{addresses: []}, {addresses: ['fd00::1', 169.254.1.1], hostname: A, hints: {forZones: [{name: a}, {name: a}]}}]\nports: [{protocol: X}, {}]"
        ),
        [
            "endpoints[0].addresses: Required value: must contain at least 1 address",
            "endpoints[1].addresses[0]: Invalid value: \"fd00::1\": must be a valid IPv4 address",
            "endpoints[1].addresses[1]: Invalid value: \"169.254.1.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)",
            "endpoints[1].hostname: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
            "endpoints[1].hints.forZones[1].name: Duplicate value: \"a\"",
            "ports[0].protocol: Unsupported value: \"X\": supported values: \"SCTP\", \"TCP\", \"UDP\"",
            "ports[1].name: Duplicate value: \"\""
        ]
    );
    let many = "{addresses: [10.1.0.1]},".repeat(1001);
    assert_eq!(
        slice(&format!("addressType: IPv4\nendpoints: [{many}]")),
        ["endpoints: Too many: 1001: must have at most 1000 items"]
    );
}

#[test]
fn endpoints() {
    assert_eq!(
        errors(
            "{apiVersion: v1, kind: Endpoints, metadata: {name: e}, subsets: [{}, {addresses: [{ip: 127.0.0.1}], ports: [{port: 0}]}]}"
        ),
        [
            "subsets[0]: Required value: must specify `addresses` or `notReadyAddresses`",
            "subsets[1].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)",
            "subsets[1].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"
        ]
    );
}

#[test]
fn pods_and_workloads() {
    assert_eq!(
        errors(
            "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {dnsPolicy: None, hostname: A_b, containers: [{name: c, image: i, ports: [{containerPort: 0}, {name: UP, containerPort: 80, hostPort: 70000}]}]}}"
        ),
        [
            "spec.containers[0].ports[0].containerPort: Required value",
            "spec.containers[0].ports[1].name: Invalid value: \"UP\": must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
            "spec.containers[0].ports[1].name: Invalid value: \"UP\": must contain at least one letter (a-z)",
            "spec.containers[0].ports[1].hostPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
            "spec.dnsConfig: Required value: must provide `dnsConfig` when `dnsPolicy` is None",
            "spec.hostname: Invalid value: \"A_b\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
        ]
    );
    let deployment = |selector: &str| {
        errors(&format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\nspec:\n  replicas: -1\n  {selector}\n  template: {{metadata: {{labels: {{app: a}}}}, spec: {{containers: [{{name: c, image: i}}]}}}}\n"
        ))
    };
    let negative = "spec.replicas: Invalid value: -1: must be greater than or equal to 0";
    assert_eq!(deployment(""), [negative, "spec.selector: Required value"]);
    assert_eq!(
        deployment("selector: {}"),
        [
            negative,
            "spec.selector: Invalid value: {}: empty selector is invalid for deployment"
        ]
    );
    assert_eq!(
        deployment("selector: {matchLabels: {app: b}, matchExpressions: [{key: x, operator: In}]}"),
        [
            negative,
            "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
            "spec.template.metadata.labels: Invalid value: {\"app\":\"a\"}: `selector` does not match template `labels`"
        ]
    );
    assert_eq!(
        errors(
            "{apiVersion: batch/v1, kind: Job, metadata: {name: j}, spec: {template: {spec: {containers: [{name: c, image: i}]}}}}"
        ),
        [
            "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\""
        ]
    );
}

#[test]
fn nodes() {
    assert_eq!(
        errors(
            "{apiVersion: v1, kind: Node, metadata: {name: node}, spec: {podCIDRs: [10.1.0.0/24, 10.2.0.0/24], taints: [{key: a, effect: Never}]}}"
        ),
        [
            "metadata.taints[0].effect: Unsupported value: \"Never\": supported values: \"NoExecute\", \"NoSchedule\", \"PreferNoSchedule\"",
            "spec.podCIDRs: Invalid value: [\"10.1.0.0/24\",\"10.2.0.0/24\"]: may specify no more than one CIDR for each IP family"
        ]
    );
}

//! What is said of an answer, sentence by sentence.

use crate::Analysis;
use crate::apiserver::Entrance;
use crate::cluster::Environment;
use crate::manifest::SourceFile;
use crate::trace::Probe;

/// A client and a Service in `sock-shop`, and a Service beside them that DNS would answer over UDP.
const SHOP: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: sock-shop}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: carts, namespace: sock-shop, labels: {app: carts}}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: carts, namespace: sock-shop}, spec: {selector: {app: carts}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: names, namespace: sock-shop}, spec: {selector: {app: carts}, ports: [{port: 53, protocol: UDP}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: other, namespace: tools}, spec: {containers: [{name: a, image: a}]}}
";

fn analysis(text: &str) -> Analysis {
    let file = SourceFile {
        name: "test.yaml".into(),
        text: text.into(),
    };
    Analysis::of(vec![file], Entrance::Paste, Environment::default())
}

/// The messages of this code with the answer to a probe.
fn told(text: &str, (from, to): (&str, &str), code: &str) -> Vec<String> {
    let analysis = analysis(text);
    let answer = analysis.trace(&Probe::parse(from, to).expect("a probe"));
    let found = analysis.explain(&answer).into_iter();
    found
        .filter(|finding| finding.code() == code)
        .map(|finding| finding.message())
        .collect()
}

#[test]
fn a_name_with_a_namespace_is_not_said_to_be_completed_with_another() {
    let check = |from: &str, to: &str, expected: &str| {
        assert_eq!(
            told(SHOP, (from, to), "name-in-other-namespace"),
            [expected]
        );
    };
    check(
        "pod/sock-shop/client",
        "http://carts.default",
        "`carts.default` means Service carts in namespace default: there is none. It is in the sender's own namespace: write `carts`.",
    );
    check(
        "pod/sock-shop/client",
        "http://carts.sockshop.svc.cluster.local",
        "`carts.sockshop.svc.cluster.local` means Service carts in namespace sockshop: no such namespace is here. It is in the sender's own namespace: write `carts.sock-shop.svc.cluster.local`.",
    );
    check(
        "pod/tools/other",
        "http://carts.sockshop",
        "`carts.sockshop` means Service carts in namespace sockshop: no such namespace is here. It is in namespace sock-shop: write `carts.sock-shop`.",
    );
    check(
        "pod/tools/other",
        "http://carts",
        "`carts` is completed with the sender's own namespace, where no such Service is. It is in another: `carts.sock-shop`.",
    );
}

#[test]
fn the_ports_of_a_service_are_told_with_their_protocols_where_one_is_not_tcp() {
    let check = |to: &str, expected: &str| {
        let probe = ("pod/sock-shop/client", to);
        assert_eq!(told(SHOP, probe, "no-such-service-port"), [expected]);
    };
    check(
        "tcp://names:53",
        "Service sock-shop/names has no port 53/TCP; it has 53/UDP.",
    );
    check(
        "udp://carts:80",
        "Service sock-shop/carts has no port 80/UDP; it has 80/TCP.",
    );
    check(
        "tcp://carts:81",
        "Service sock-shop/carts has no port 81; it has 80.",
    );
}

/// A StatefulSet whose `serviceName` is not the headless Service that has its Pods, one below another Service than people
/// think, and a Deployment.
const SETS: &str = "
{apiVersion: v1, kind: Pod, metadata: {name: client, namespace: shop}, spec: {containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: db, namespace: shop}, spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec: {serviceName: database, selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: a, image: a}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: queue, namespace: shop}, spec: {selector: {app: queue}, ports: [{port: 5672}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: queue-pods, namespace: shop}, spec: {clusterIP: None, selector: {app: queue}, ports: [{port: 5672}]}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: queue, namespace: shop}
spec: {serviceName: queue-pods, selector: {matchLabels: {app: queue}}, template: {metadata: {labels: {app: queue}}, spec: {containers: [{name: a, image: a}]}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {selector: {app: web}, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web-85cdb94b68-brcf8, namespace: shop, labels: {app: web}}, spec: {containers: [{name: a, image: a}]}}
";

/// What the client is told of a name, and the sentence of the finding that explains it first.
fn looked_up(host: &str) -> (&'static str, Option<String>) {
    let analysis = analysis(SETS);
    let answer = analysis.trace(&Probe::parse("pod/shop/client", host).expect("a probe"));
    let sees = answer.alternatives[0].journey.client_sees().name();
    let found = analysis.explain(&answer).into_iter().next();
    let breaking = found.filter(|finding| finding.symptom().breaks());
    (sees, breaking.map(|finding| finding.message()))
}

#[test]
fn a_name_that_is_made_of_names_of_the_cluster_is_none_outside() {
    let check = |host: &str, expected: &str| {
        assert_eq!(looked_up(host), ("no-such-host", Some(expected.to_owned())));
    };
    for host in ["db-0.db:5432", "db-0.database:5432", "db-0.db.shop:5432"] {
        check(
            host,
            "StatefulSet shop/db has host names below Service shop/database, which does not exist: they do not resolve. Is `db` meant?",
        );
    }
    check(
        "queue-0.queue:5672",
        "`queue-0.queue`: the Pod has its name below the Service that is its `subdomain`, not below Service shop/queue. Write `queue-0.queue-pods`.",
    );
    check(
        "http://web-85cdb94b68-brcf8.web",
        "`web-85cdb94b68-brcf8.web`: the Pods behind Service shop/web have no names of their own. Only Pods with `hostname` and `subdomain`, as a StatefulSet's, have.",
    );
    check(
        "http://web-0.web",
        "`web-0.web` asks for a Pod `web-0` below Service shop/web, and there is none.",
    );
    check(
        "http://wbe.shop",
        "`wbe.shop` is no name here. Did you mean `web.shop`?",
    );
    check(
        "http://web.shop.svc.cluster.loca",
        "`web.shop.svc.cluster.loca` is no name here: Services are below `svc.cluster.local`, not `svc.cluster.loca`. Did you mean `web.shop.svc.cluster.local`?",
    );
    check(
        "queue-0.queue-pods.shop.scv.cluster.local:5672",
        "`queue-0.queue-pods.shop.scv.cluster.local` is no name here: Services are below `svc.cluster.local`, not `scv.cluster.local`. Did you mean `queue-0.queue-pods.shop.svc.cluster.local`?",
    );
}

#[test]
fn what_is_no_name_of_the_cluster_may_be_one_outside() {
    for host in [
        "http://foo.bar",
        "http://www.example.shop",
        "http://api.example.com",
    ] {
        assert_eq!(looked_up(host), ("up-to-outside", None), "{host}");
    }
    assert_eq!(looked_up("queue-0.queue-pods:5672").0, "connected");
}

/// Two nodes that somebody wrote, a client on each and a Pod of `web` on the first.
pub(super) const NODES: &str = "
{apiVersion: v1, kind: Node, metadata: {name: n1}}
---
{apiVersion: v1, kind: Node, metadata: {name: n2}}
---
{apiVersion: v1, kind: Pod, metadata: {name: web, labels: {app: web}}, spec: {nodeName: n1, containers: [{name: a, image: a}]}}
---
{apiVersion: v1, kind: Pod, metadata: {name: client}, spec: {nodeName: n2, containers: [{name: a, image: a}]}}
---
";

/// The first finding of an answer, with whether it explains why the packet does not arrive.
fn first(text: &str, from: &str, to: &str) -> (bool, String) {
    let analysis = analysis(text);
    let answer = analysis.trace(&Probe::parse(from, to).expect("a probe"));
    let found = analysis.explain(&answer).into_iter().next();
    let first = found.expect("something to say");
    (first.symptom().breaks(), first.message())
}

#[test]
fn what_drops_a_packet_is_the_first_thing_to_mend() {
    let service = |spec: &str| {
        format!(
            "{NODES}{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{selector: {{app: web}}, {spec}}}, status: {{loadBalancer: {{ingress: [{{ip: 203.0.113.10}}]}}}}}}"
        )
    };
    let check = |spec: &str, from: &str, to: &str, expected: &str| {
        assert_eq!(first(&service(spec), from, to), (true, expected.to_owned()));
    };
    let internal = "internalTrafficPolicy: Local, ports: [{port: 80}]";
    let on_n2 = "`internalTrafficPolicy: Local` of Service default/web: no ready endpoint is on node n2, so what is sent there is dropped, wherever else there is one.";
    check(internal, "pod/client", "http://web", on_n2);
    // A load balancer that checks health would not send there: whoever knows the node port does.
    check(
        "type: LoadBalancer, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]",
        "outside",
        "node/n2:30080",
        "`externalTrafficPolicy: Local` of Service default/web: no ready endpoint is on node n2, so what comes from outside is dropped, wherever else there is one.",
    );
    // Nodes that drop it alike are one way, of which one journey is told.
    let text = service(
        "type: NodePort, externalTrafficPolicy: Local, ports: [{port: 80, nodePort: 30080}]",
    ) + "\n---\n{apiVersion: v1, kind: Node, metadata: {name: n3}}";
    assert_eq!(
        told(&text, ("outside", "node/*:30080"), "external-policy-drops"),
        [
            "`externalTrafficPolicy: Local` of Service default/web: no ready endpoint is on nodes n2, n3, so what comes from outside is dropped, wherever else there is one."
        ]
    );
    check(
        "type: LoadBalancer, loadBalancerSourceRanges: [198.51.100.0/24], ports: [{port: 80}]",
        "outside/192.0.2.9",
        "203.0.113.10:80",
        "`loadBalancerSourceRanges` of Service default/web lets 198.51.100.0/24 use its load balancer, and the node sees 192.0.2.9: it drops the packet.",
    );
    // Nodes that nobody wrote may be others.
    let text = service(internal)
        .split_once("---\n")
        .map(|(_, rest)| rest.to_owned());
    let text = text.and_then(|text| text.split_once("---\n").map(|(_, rest)| rest.to_owned()));
    let (breaks, message) = first(&text.expect("two nodes"), "pod/client", "http://web");
    assert_eq!(
        (breaks, message),
        (
            true,
            format!("{on_n2} The nodes are assumed: paste Nodes to be certain.")
        )
    );
}

/// A Service whose Pod is not ready, with this readiness probe.
fn not_ready(probe: &str) -> String {
    format!(
        "{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web, labels: {{app: web}}}}
spec:
  containers:
  - {{name: app, image: a, ports: [{{name: http, containerPort: 8080}}]{probe}}}
status: {{phase: Running, podIP: 10.244.1.5, podIPs: [{{ip: 10.244.1.5}}], conditions: [{{type: Ready, status: 'False'}}]}}
"
    )
}

#[test]
fn that_a_pod_is_not_ready_is_told_of_its_probe() {
    let check = |probe: &str, place: &str, expected: &str| {
        let text = not_ready(probe);
        let analysis = analysis(&text);
        let mut found = analysis.findings.iter();
        let finding = found.find(|finding| finding.code() == "no-ready-pod");
        let finding = finding.expect("the Pod is not ready");
        let origin = finding.origin.as_ref().expect("a place");
        let range = analysis.manifest.range(origin).expect("a range");
        assert_eq!(&text[range.bytes], place);
        let message = finding.message();
        let (_, told) = message.split_once("endpoint. ").expect("why");
        assert_eq!(told, expected);
    };
    check(
        "",
        "{app: web}",
        "No readiness probe is configured: the status says so.",
    );
    check(
        ", readinessProbe: {httpGet: {port: http}}",
        "{httpGet: {port: http}}",
        "A readiness probe is configured: it fails, or has not passed yet.",
    );
    check(
        ", readinessProbe: {httpGet: {port: web}}",
        "web",
        "The readiness probe asks port web, which container app does not declare (declared: `http` (8080)): it cannot pass.",
    );
    check(
        ", readinessProbe: {tcpSocket: {port: 8081}}",
        "8081",
        "The readiness probe asks port 8081, which container app does not declare (declared: `http` (8080)): it fails unless a process listens there all the same.",
    );
    // kubelet takes a number in quotes for the number.
    check(
        ", readinessProbe: {tcpSocket: {port: '8081'}}",
        "{tcpSocket: {port: '8081'}}",
        "A readiness probe is configured: it fails, or has not passed yet.",
    );
}

#[test]
fn a_node_port_on_loopback_is_said_to_be_served_by_iptables_alone() {
    let check = |settings: &str, to: &str, expected: &[&str]| {
        let text = format!(
            "{NODES}{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{type: NodePort, selector: {{app: web}}, ports: [{{port: 80, nodePort: 30080}}]}}}}
---
{{apiVersion: kubeproxy.config.k8s.io/v1alpha1, kind: KubeProxyConfiguration, {settings}}}"
        );
        let told = told(&text, ("node/n1", to), "node-port-on-loopback");
        assert_eq!(told, expected, "{settings}");
    };
    let nftables = "30080 is a node port of Service default/web, and kube-proxy in mode nftables serves none at loopback addresses. In mode iptables it does, by `route_localnet`, for IPv4. Unless a process of the node itself has the port, the connection is refused: dial the node's own address.";
    check("mode: nftables", "http://localhost:30080", &[nftables]);
    check("mode: iptables", "http://localhost:30080", &[]);
    check(
        "mode: iptables, iptables: {localhostNodePorts: false}",
        "127.0.0.1:30080",
        &[
            "30080 is a node port of Service default/web, and kube-proxy is told not to serve any at loopback addresses (`localhostNodePorts`). Unless a process of the node itself has the port, the connection is refused: dial the node's own address.",
        ],
    );
    check(
        "mode: iptables, nodePortAddresses: [10.0.0.0/8]",
        "127.0.0.1:30080",
        &[
            "30080 is a node port of Service default/web, and kube-proxy is told to serve these at other addresses (`nodePortAddresses`). Unless a process of the node itself has the port, the connection is refused: dial an address of the node that is among them.",
        ],
    );
    // Another port is nobody's business.
    check("mode: nftables", "127.0.0.1:30081", &[]);
}

#[test]
fn who_shuts_down_is_counted_beside_who_is_not_ready() {
    let pod = |name: &str, deleted: bool, ready: bool| {
        let deletion = if deleted {
            ", deletionTimestamp: '2026-01-01T00:00:00Z'"
        } else {
            ""
        };
        let ready = if ready { "True" } else { "False" };
        format!(
            "---
{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, labels: {{app: web}}{deletion}}}, spec: {{containers: [{{name: a, image: a}}]}}, status: {{phase: Running, podIP: 10.244.1.{}, conditions: [{{type: Ready, status: '{ready}'}}]}}}}
",
            name.len()
        )
    };
    let check = |pods: &[String], expected: &str| {
        let text = format!(
            "{{apiVersion: v1, kind: Service, metadata: {{name: web}}, spec: {{selector: {{app: web}}, ports: [{{port: 80}}]}}}}
{}",
            pods.concat()
        );
        let analysis = analysis(&text);
        let mut found = analysis.findings.iter();
        let finding = found.find(|finding| finding.code() == "only-terminating-endpoints");
        assert_eq!(finding.expect("no other Pods").message(), expected);
    };
    let serve = "they take its connections as long as they serve.";
    check(
        &[pod("a", true, true)],
        &format!("Every Pod of Service default/web (1) is shutting down: {serve}"),
    );
    check(
        &[pod("a", true, true), pod("ab", true, true)],
        &format!("Every Pod of Service default/web (2) is shutting down: {serve}"),
    );
    check(
        &[pod("a", true, true), pod("ab", false, false)],
        &format!("Of the Pods of Service default/web 1 is shutting down, and 1 not ready: {serve}"),
    );
}

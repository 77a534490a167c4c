//! Commands that show a step on a real cluster: they do what the step did, and name nothing that only this cluster has.

use std::net::IpAddr;

use super::fixture::{CLUSTER_IP, NODE_PORT, analysis, ask, with_web};
use crate::Analysis;
use crate::cluster::ProxyMode;
use crate::trace::words::Command;
use crate::trace::{Answer, Probe, StepKind};

/// A shop of which nothing is known but what people write: no address, no node, no Pod of a Deployment.
const SHOP: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: client, namespace: shop}
spec:
  selector: {matchLabels: {app: client}}
  template: {metadata: {labels: {app: client}}, spec: {containers: [{name: app, image: client}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: web, ports: [{containerPort: 8080}]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template: {metadata: {labels: {app: db}}, spec: {containers: [{name: app, image: db, ports: [{containerPort: 5432}]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: pay, namespace: shop}
spec: {type: ExternalName, externalName: pay.example.com}
---
apiVersion: v1
kind: Service
metadata: {name: nobody, namespace: shop}
spec: {selector: {app: nobody}, ports: [{port: 80}]}
";

/// The commands of all steps of one kind, there and back.
fn commands(analysis: &Analysis, answer: &Answer, of: fn(&StepKind) -> bool) -> Vec<Command> {
    let ways = answer.alternatives.iter().map(|way| &way.journey);
    let hops = ways.flat_map(|journey| {
        let back = journey.reply.iter().flat_map(|reply| &reply.hops);
        journey.hops.iter().chain(back)
    });
    let steps = hops.flat_map(|hop| hop.steps.iter().map(move |step| (hop, step)));
    steps
        .filter(|(_, step)| of(&step.what))
        .filter_map(|(hop, step)| analysis.command_of_step(&answer.probe, hop, step))
        .collect()
}

fn lines(analysis: &Analysis, answer: &Answer, of: fn(&StepKind) -> bool) -> Vec<String> {
    let commands = commands(analysis, answer, of).into_iter();
    commands.map(|command| command.line).collect()
}

fn is_send(what: &StepKind) -> bool {
    *what == StepKind::Send
}

#[test]
fn a_probe_is_sent_as_it_was_written() {
    let analysis = analysis(SHOP);
    for (from, to, expected) in [
        (
            "deployment/shop/client",
            "https://pay/",
            "kubectl -n shop exec deployment/client -- curl -v --max-time 5 https://pay/",
        ),
        (
            "deployment/shop/client",
            "http://web/cart?id=1",
            "kubectl -n shop exec deployment/client -- curl -v --max-time 5 'http://web/cart?id=1'",
        ),
        (
            "statefulset/shop/db",
            "tcp://web:80",
            "kubectl -n shop exec db-0 -- nc -zv -w 5 web 80",
        ),
        (
            "deployment/shop/client",
            "udp://web:514",
            "kubectl -n shop exec deployment/client -- sh -c 'echo | nc -u -w 5 web 514'",
        ),
        (
            "deployment/shop/client",
            "dns://web",
            "kubectl -n shop exec deployment/client -- nslookup kubernetes.default.svc.cluster.local web",
        ),
        (
            "deployment/shop/client",
            "ping web",
            "kubectl -n shop exec deployment/client -- ping -c 1 web",
        ),
        (
            "outside",
            "192.0.2.1:514/udp",
            "echo | nc -u -w 5 192.0.2.1 514",
        ),
    ] {
        let answer = ask(&analysis, from, to);
        let sent = commands(&analysis, &answer, is_send);
        assert_eq!(sent[0].line, expected, "{from} {to}");
        assert!(!sent[0].is_assumed, "{from} {to}");
    }
}

#[test]
fn a_host_cannot_leave_its_quotes() {
    let analysis = analysis(SHOP);
    let answer = ask(&analysis, "outside", "a';reboot;'.example.com:514/udp");
    assert_eq!(
        lines(&analysis, &answer, is_send),
        [r"echo | nc -u -w 5 'a'\'';reboot;'\''.example.com' 514"]
    );
    let answer = ask(
        &analysis,
        "deployment/shop/client",
        "a;reboot.example.com:514/udp",
    );
    assert_eq!(
        lines(&analysis, &answer, is_send),
        [
            r"kubectl -n shop exec deployment/client -- sh -c 'echo | nc -u -w 5 '\''a;reboot.example.com'\'' 514'"
        ]
    );
}

#[test]
fn nothing_that_was_made_up_is_in_a_command_that_does_not_say_so() {
    let analysis = analysis(SHOP);
    let made_up: Vec<String> = analysis
        .cluster
        .pods
        .values()
        .filter(|pod| pod.meta.name.starts_with("web-") || pod.meta.name.starts_with("client-"))
        .map(|pod| pod.meta.name.to_string())
        .collect();
    assert_eq!(made_up.len(), 4);
    let (mut given, mut assumed) = (0, 0);
    for from in ["deployment/shop/client", "outside", "node/node-1"] {
        for to in [
            "http://web",
            "http://web.shop.svc.cluster.local",
            "db.shop:5432",
            "https://pay.shop",
            "http://nobody.shop",
            "node/*:30080",
            "ping db.shop",
            "udp://web.shop:53",
            "https://example.com",
        ] {
            for mode in [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs] {
                let probe = Probe::parse(from, to).expect("a probe");
                let answer = analysis.trace_in(mode, &probe);
                for command in commands(&analysis, &answer, |_| true) {
                    if command.is_assumed {
                        assumed += 1;
                        continue;
                    }
                    given += 1;
                    let line = &command.line;
                    let words =
                        line.split(|c: char| !c.is_ascii_alphanumeric() && !".:".contains(c));
                    let addresses: Vec<&str> = words
                        .filter(|word| word.parse::<IpAddr>().is_ok())
                        .collect();
                    assert!(addresses.is_empty(), "{from} {to}: {line}");
                    assert!(!line.contains("KUBE-SEP-"), "{from} {to}: {line}");
                    assert!(!line.contains(" endpoint-"), "{from} {to}: {line}");
                    for name in &made_up {
                        assert!(!line.contains(name.as_str()), "{from} {to}: {line}");
                    }
                }
            }
        }
    }
    assert!(given > 50 && assumed > 0, "{given} {assumed}");
}

#[test]
fn what_is_assumed_and_cannot_be_left_out_is_said() {
    let analysis = analysis(SHOP);
    let answer = ask(&analysis, "deployment/shop/client", "http://web");
    let routed = commands(&analysis, &answer, |what| {
        matches!(what, StepKind::Route { .. })
    });
    assert!(!routed.is_empty());
    for route in routed {
        assert!(route.line.starts_with("ip route get ") && route.is_assumed);
    }
    // An address that somebody dials because he found it here.
    let address = analysis
        .cluster
        .service("shop", "web")
        .map(|id| analysis.cluster.services[id].address.to_owned());
    let Some(crate::cluster::ServiceAddress::ClusterIps(addresses)) = address else {
        panic!("{address:?}");
    };
    let answer = ask(
        &analysis,
        "deployment/shop/client",
        &format!("{}:80", addresses[0]),
    );
    assert!(commands(&analysis, &answer, is_send)[0].is_assumed);
}

#[test]
fn who_has_no_endpoint_is_seen_in_its_slices() {
    let analysis = analysis(SHOP);
    let answer = ask(&analysis, "deployment/shop/client", "http://nobody");
    assert_eq!(
        lines(&analysis, &answer, |what| matches!(
            what,
            StepKind::Reject { .. }
        )),
        ["kubectl -n shop get endpointslices -l kubernetes.io/service-name=nobody"]
    );
}

#[test]
fn a_rewrite_is_shown_by_the_chain_that_rewrites_or_by_the_one_that_chose_it() {
    let is_dnat = |what: &StepKind| matches!(what, StepKind::Dnat { .. });
    let given = analysis(&with_web(NODE_PORT));
    let answer = ask(&given, "node/n1", "127.0.0.1:30080");
    let shown = lines(&given, &answer, is_dnat);
    assert!(
        shown[0].starts_with("iptables -t nat -nvL KUBE-SEP-"),
        "{shown:?}"
    );
    let assumed = analysis(SHOP);
    let probe = Probe::parse("deployment/shop/client", "http://web").expect("a probe");
    let shown = |mode| lines(&assumed, &assumed.trace_in(mode, &probe), is_dnat)[0].clone();
    // Both are named after the Service alone.
    assert!(shown(ProxyMode::Iptables).starts_with("iptables -t nat -nvL KUBE-SVC-"));
    let nftables = shown(ProxyMode::Nftables);
    assert!(
        nftables.starts_with("nft list chain ip kube-proxy service-")
            && nftables.ends_with("-shop/web/tcp/"),
        "{nftables}"
    );
}

#[test]
fn who_is_reached_is_seen_by_what_listens_and_who_dialled_by_what_is_connected() {
    let analysis = analysis(&with_web(CLUSTER_IP));
    let answer = ask(&analysis, "pod/shop/client", "http://web");
    let shown = lines(&analysis, &answer, |what| {
        matches!(what, StepKind::Deliver | StepKind::Answer)
    });
    assert_eq!(
        shown[..3],
        [
            "kubectl -n shop exec web-1 -- ss -ltnu",
            "kubectl -n shop exec web-1 -- ss -tn sport = :8080",
            "kubectl -n shop exec client -- ss -tn dport = :80",
        ]
    );
}

#[test]
fn a_translation_is_found_by_who_answers() {
    let is_undo = |what: &StepKind| matches!(what, StepKind::Undo { .. });
    let given = analysis(&with_web(CLUSTER_IP));
    let answer = ask(&given, "pod/shop/client", "http://web");
    assert_eq!(
        lines(&given, &answer, is_undo)[0],
        "conntrack -L -p tcp --reply-src 10.244.1.5 --reply-port-src 8080"
    );
    let assumed = analysis(SHOP);
    let answer = ask(&assumed, "deployment/shop/client", "http://web");
    assert_eq!(
        lines(&assumed, &answer, is_undo)[0],
        "conntrack -L -p tcp --reply-port-src 8080"
    );
}

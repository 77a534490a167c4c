use super::super::fixture::{cluster, cluster_ip, external, pod};
use super::*;
use crate::cluster::PodSpec;
use crate::packet::Protocol::Tcp;

fn codes(cluster: &Cluster) -> Vec<&'static str> {
    let mut findings = Findings::default();
    inspect(cluster, &Zone::of(cluster), &mut findings);
    findings.iter().map(|finding| finding.code()).collect()
}

fn message(cluster: &Cluster) -> String {
    let mut findings = Findings::default();
    inspect(cluster, &Zone::of(cluster), &mut findings);
    findings.iter().map(|finding| finding.message()).collect()
}

fn with_web() -> Cluster {
    let mut cluster = cluster();
    cluster_ip(&mut cluster, "web", &["10.96.0.20"], &[("http", Tcp, 80)]);
    cluster
}

#[test]
fn external_names() {
    let code = |target: &str| {
        let mut cluster = with_web();
        external(&mut cluster, "out", target);
        codes(&cluster)
    };
    assert_eq!(code("db.example.com"), [""; 0]);
    assert_eq!(code("web.testns.svc.cluster.local"), [""; 0]);
    assert_eq!(code("192.0.2.1"), ["external-name-is-address"]);
    assert_eq!(code("web"), ["external-name-is-short"]);
    assert_eq!(code("web.testns"), ["external-name-is-short"]);
    assert_eq!(code("web.testns.svc"), ["external-name-is-short"]);
    assert_eq!(code("web.example"), [""; 0]);
    assert_eq!(
        code("wev.testns.svc.cluster.local"),
        ["external-name-leads-nowhere"]
    );
    assert_eq!(
        code("out.testns.svc.cluster.local."),
        ["external-name-loop"]
    );

    let mut cluster = with_web();
    external(&mut cluster, "out", "web.testns.svc");
    assert_eq!(
        message(&cluster),
        "externalName of Service testns/out is `web.testns.svc`, and DNS follows it as it stands, without a search list. If the Service is meant: `web.testns.svc.cluster.local`."
    );
}

#[test]
fn a_circle_of_two() {
    let mut cluster = cluster();
    external(&mut cluster, "ping", "pong.testns.svc.cluster.local");
    external(&mut cluster, "pong", "ping.testns.svc.cluster.local");
    assert_eq!(codes(&cluster), ["external-name-loop"; 2]);
}

#[test]
fn a_subdomain_needs_its_service() {
    let mut cluster = with_web();
    for subdomain in ["web", "wev"] {
        let id = pod(
            &mut cluster,
            "testns",
            subdomain,
            "10.1.0.1",
            PodSpec::default(),
        );
        cluster.pods[id].subdomain = Some(subdomain.into());
    }
    assert_eq!(
        message(&cluster),
        "Pod testns/wev has host names below Service testns/wev, which does not exist: they do not resolve."
    );
}

#[test]
fn a_stateful_set_needs_its_service() {
    let text = "
apiVersion: v1
kind: Service
metadata: {name: db}
spec: {clusterIP: None, selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: db}]}
";
    let found = |text: &str| {
        let file = crate::manifest::SourceFile {
            name: "db.yaml".into(),
            text: text.to_owned(),
        };
        let entrance = crate::apiserver::Entrance::Paste;
        let analysis = crate::Analysis::of(vec![file], entrance, Default::default());
        let findings = analysis.findings.iter();
        findings
            .filter(|finding| finding.code() == "subdomain-without-service")
            .map(|finding| {
                let origin = finding.origin.as_ref().unwrap();
                let place = analysis.manifest.range(origin).unwrap();
                format!("{}: {}", &text[place.bytes], finding.message())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(found(text), [""; 0]);
    let other = text.replace("serviceName: db", "serviceName: database");
    let missing = "database: StatefulSet default/db has host names below Service default/database, which does not exist: they do not resolve.";
    // The headless Service that has the Pods is meant; one that has other Pods is not.
    assert_eq!(found(&other), [format!("{missing} Is `db` meant?")]);
    let strange = other.replace("selector: {app: db}", "selector: {app: cache}");
    assert_eq!(found(&strange), [missing]);
}

#[test]
fn resolvers() {
    let mut cluster = cluster();
    let host_network = |dns_policy| PodSpec {
        host_network: true,
        dns_policy,
        ..PodSpec::default()
    };
    let mut add = |spec| {
        pod(&mut cluster, "testns", "p", "10.1.0.1", spec);
    };
    add(PodSpec::default());
    add(host_network(DnsPolicy::ClusterFirstWithHostNet));
    add(host_network(DnsPolicy::ClusterFirst));
    let ips = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(Str::from);
    add(PodSpec {
        dns_config: PodDnsConfig {
            nameservers: ips.to_vec(),
            searches: vec!["a".repeat(300).into()],
            options: Vec::new(),
        },
        ..PodSpec::default()
    });
    assert_eq!(
        codes(&cluster),
        [
            "host-network-without-cluster-dns",
            "nameservers-omitted",
            "searches-omitted"
        ]
    );
    cluster.pods = Default::default();
    let spec = host_network(DnsPolicy::ClusterFirst);
    pod(&mut cluster, "kube-system", "etcd", "10.1.0.1", spec);
    assert_eq!(codes(&cluster), [""; 0]);
}

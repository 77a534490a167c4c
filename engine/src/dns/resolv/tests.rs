use super::super::fixture::{cluster, pod};
use super::*;
use crate::cluster::{Cluster, PodSpec};

/// A Pod of `shop` on a node whose file names 192.0.2.53 and host.example.
fn written(spec: PodSpec) -> PodDns {
    let mut cluster = hosted();
    let pod = pod(&mut cluster, "shop", "p", "10.1.0.9", spec);
    pod_dns(&cluster, &cluster.pods[pod])
}

fn hosted() -> Cluster {
    let mut cluster = cluster();
    cluster.environment.kubelet.host = ResolvConf {
        nameservers: vec!["192.0.2.53".into()],
        searches: vec![".".into(), "host.example.".into()],
        options: vec!["rotate".into(), "ndots:1".into(), "ndots:2".into()],
    };
    cluster
}

fn check(spec: PodSpec, nameservers: &[&str], searches: &[&str], options: &[&str]) {
    let file = written(spec).file;
    assert_eq!(file.nameservers, nameservers);
    assert_eq!(file.searches, searches);
    assert_eq!(file.options, options);
}

fn config() -> PodDnsConfig {
    let option = |name: &str, value: Option<&str>| PodDnsConfigOption {
        name: name.into(),
        value: value.map(Into::into),
    };
    PodDnsConfig {
        nameservers: vec!["192.0.2.54".into(), "10.96.0.10".into()],
        searches: vec!["svc.cluster.local".into(), "own.example".into()],
        options: vec![option("ndots", Some("3")), option("debug", None)],
    }
}

const CLUSTER: [&str; 4] = [
    "shop.svc.cluster.local",
    "svc.cluster.local",
    "cluster.local",
    "host.example",
];

#[test]
fn cluster_first() {
    check(PodSpec::default(), &["10.96.0.10"], &CLUSTER, &["ndots:5"]);
}

#[test]
fn a_pod_in_the_host_network_falls_back_unless_told() {
    let host_network = |dns_policy| PodSpec {
        dns_policy,
        host_network: true,
        ..PodSpec::default()
    };
    let options = ["rotate", "ndots:2"];
    check(
        host_network(DnsPolicy::ClusterFirst),
        &["192.0.2.53"],
        &["host.example"],
        &options,
    );
    check(
        host_network(DnsPolicy::ClusterFirstWithHostNet),
        &["10.96.0.10"],
        &CLUSTER,
        &["ndots:5"],
    );
}

#[test]
fn a_pods_own_configuration_is_appended() {
    let with = |dns_policy| PodSpec {
        dns_policy,
        dns_config: config(),
        ..PodSpec::default()
    };
    check(
        with(DnsPolicy::ClusterFirst),
        &["10.96.0.10", "192.0.2.54"],
        &[&CLUSTER[..], &["own.example"]].concat(),
        &["ndots:3", "debug"],
    );
    check(
        with(DnsPolicy::Default),
        &["192.0.2.53", "192.0.2.54", "10.96.0.10"],
        &["host.example", "svc.cluster.local", "own.example"],
        &["rotate", "ndots:3", "debug"],
    );
    check(
        with(DnsPolicy::None),
        &["192.0.2.54", "10.96.0.10"],
        &["svc.cluster.local", "own.example"],
        &["ndots:3", "debug"],
    );
}

#[test]
fn without_cluster_dns_the_nodes_file_is_used() {
    let mut cluster = hosted();
    cluster.environment.kubelet.cluster_dns = Vec::new();
    let pod = pod(&mut cluster, "shop", "p", "10.1.0.9", PodSpec::default());
    let file = pod_dns(&cluster, &cluster.pods[pod]).file;
    assert_eq!(file.nameservers, ["192.0.2.53"]);
    assert_eq!(file.searches, ["host.example"]);
}

#[test]
fn what_does_not_fit_is_left_out() {
    let searches: Vec<Str> = (0..30)
        .map(|nth| format!("d{nth}.example").into())
        .collect();
    let nameservers = ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map(Str::from);
    let dns = written(PodSpec {
        dns_config: PodDnsConfig {
            nameservers: nameservers.to_vec(),
            searches,
            options: Vec::new(),
        },
        ..PodSpec::default()
    });
    assert_eq!(
        dns.file.nameservers,
        ["10.96.0.10", "192.0.2.1", "192.0.2.2"]
    );
    assert_eq!(dns.file.searches.len(), 32);
    assert_eq!(dns.file.searches[31], "d27.example");
    assert_eq!(dns.omitted.nameservers, ["192.0.2.3"]);
    assert_eq!(dns.omitted.searches, ["d28.example", "d29.example"]);
}

#[test]
fn a_search_line_has_2048_characters() {
    // With their blanks, ten domains of 203 characters and one of 8 are 2048.
    let long = |nth: usize| Str::from(format!("{nth:0>203}"));
    let mut searches: Vec<Str> = (0..10).map(long).collect();
    searches.extend(["12345678".into(), "x".into()]);
    let dns = written(PodSpec {
        dns_policy: DnsPolicy::None,
        dns_config: PodDnsConfig {
            searches,
            ..PodDnsConfig::default()
        },
        ..PodSpec::default()
    });
    assert_eq!(dns.file.searches.last().unwrap(), "12345678");
    assert_eq!(dns.omitted.searches, ["x"]);

    let too_long = Str::from("a".repeat(254));
    let dns = written(PodSpec {
        dns_policy: DnsPolicy::None,
        dns_config: PodDnsConfig {
            searches: vec![too_long.clone(), "kept".into()],
            ..PodDnsConfig::default()
        },
        ..PodSpec::default()
    });
    assert_eq!(dns.file.searches, ["kept"]);
    assert_eq!(dns.omitted.searches, [too_long]);
}

use super::super::fixture::{cluster, pod};
use super::*;
use crate::api::core::HostAlias;
use crate::cluster::PodSpec;

fn lines(spec: PodSpec, change: impl FnOnce(&mut Pod)) -> Vec<String> {
    let mut cluster = cluster();
    let id = pod(&mut cluster, "shop", "client", "10.1.0.9", spec);
    change(&mut cluster.pods[id]);
    hosts_file(&cluster, Client::Pod(id))
        .iter()
        .filter(|line| line.source != HostsSource::Standard)
        .map(|line| format!("{} {}", line.address, line.names.join(" ")))
        .collect()
}

fn aliases() -> PodSpec {
    let alias = |ip: &str, names: &[&str]| HostAlias {
        ip: ip.into(),
        hostnames: names.iter().map(|name| Str::from(*name)).collect(),
    };
    PodSpec {
        host_aliases: vec![
            alias("192.0.2.1", &["a.example", "b.example"]),
            alias("no address", &["c.example"]),
        ],
        ..PodSpec::default()
    }
}

#[test]
fn the_own_name_and_the_aliases() {
    assert_eq!(
        lines(aliases(), |_| {}),
        ["10.1.0.9 client", "192.0.2.1 a.example b.example"]
    );
}

#[test]
fn a_subdomain_makes_a_full_name() {
    let named = lines(PodSpec::default(), |pod| {
        pod.hostname = Some("db-0".into());
        pod.subdomain = Some("db".into());
        pod.ips.push("fd00::9".parse().unwrap());
    });
    assert_eq!(
        named,
        [
            "10.1.0.9 db-0.db.shop.svc.cluster.local db-0",
            "fd00::9 db-0.db.shop.svc.cluster.local db-0"
        ]
    );
}

#[test]
fn a_long_pod_name_is_cut() {
    let named = lines(PodSpec::default(), |pod| {
        pod.meta.name = format!("{}-{}", "a".repeat(62), "b".repeat(10)).into();
    });
    assert_eq!(named, [format!("10.1.0.9 {}", "a".repeat(62))]);
}

#[test]
fn in_the_host_network_only_aliases_are_added() {
    let spec = PodSpec {
        host_network: true,
        ..aliases()
    };
    assert_eq!(lines(spec, |_| {}), ["192.0.2.1 a.example b.example"]);
}

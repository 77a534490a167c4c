use super::super::fixture::{cluster, cluster_ip, external, headless, pod, slice};
use super::*;
use crate::api::core::{HostAlias, PodDnsConfig, PodDnsConfigOption};
use crate::arena::Id;
use crate::cluster::PodSpec;
use crate::packet::Protocol::Tcp;

/// Services `web` and `out` in `shop`, `api` in `other`, and a node that knows corp.example.
fn shop() -> Cluster {
    let mut cluster = cluster();
    cluster_ip(
        &mut cluster,
        "shop/web",
        &["10.96.0.20"],
        &[("http", Tcp, 80)],
    );
    cluster_ip(
        &mut cluster,
        "other/api",
        &["10.96.0.21"],
        &[("http", Tcp, 80)],
    );
    external(&mut cluster, "shop/out", "db.example.com");
    external(&mut cluster, "shop/alias", "api.other.svc.cluster.local");
    external(&mut cluster, "shop/lost", "no.other.svc.cluster.local");
    cluster.environment.kubelet.host = ResolvConf {
        nameservers: vec!["192.0.2.53".into()],
        searches: vec!["corp.example".into()],
        options: Vec::new(),
    };
    cluster
}

fn from_pod(cluster: &mut Cluster, spec: PodSpec, host: &str) -> Resolution {
    let client = pod(cluster, "shop", "client", "10.1.0.9", spec);
    resolve(cluster, &Zone::of(cluster), Client::Pod(client), host)
}

fn ask(host: &str) -> Resolution {
    from_pod(&mut shop(), PodSpec::default(), host)
}

fn names(resolution: &Resolution) -> Vec<&str> {
    let names = resolution.queries.iter();
    names.map(|asked| asked.name.as_str()).collect()
}

fn addresses(resolution: &Resolution) -> Vec<String> {
    match &resolution.outcome {
        Outcome::Addresses { addresses, .. } => addresses
            .iter()
            .map(|resolved| resolved.address.to_string())
            .collect(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_short_name_takes_the_first_search_domain() {
    let resolution = ask("web");
    assert_eq!(names(&resolution), ["web.shop.svc.cluster.local."]);
    assert_eq!(
        resolution.outcome,
        Outcome::Addresses {
            aliases: Vec::new(),
            addresses: vec![ResolvedAddress {
                address: IpAddr::from([10, 96, 0, 20]),
                because: Because::ClusterIp {
                    service: Id::from_number(0),
                    nth: 0
                }
            }]
        }
    );
    // AAAA was asked for at the same time.
    assert!(resolution.queries[0].aaaa.is_nodata());
}

#[test]
fn the_search_list_is_walked_until_there_is_an_answer() {
    assert_eq!(
        names(&ask("api.other")),
        [
            "api.other.shop.svc.cluster.local.",
            "api.other.svc.cluster.local."
        ]
    );
    assert_eq!(addresses(&ask("api.other.svc")), ["10.96.0.21"]);
    assert_eq!(
        names(&ask("api.other.svc.cluster.local")),
        [
            "api.other.svc.cluster.local.shop.svc.cluster.local.",
            "api.other.svc.cluster.local.svc.cluster.local.",
            "api.other.svc.cluster.local.cluster.local.",
            "api.other.svc.cluster.local.corp.example.",
            "api.other.svc.cluster.local.",
        ]
    );
    assert_eq!(
        names(&ask("api.other.svc.cluster.local.")),
        ["api.other.svc.cluster.local."]
    );
}

#[test]
fn a_short_name_of_another_namespace_is_not_found() {
    let resolution = ask("api");
    assert_eq!(
        names(&resolution),
        [
            "api.shop.svc.cluster.local.",
            "api.svc.cluster.local.",
            "api.cluster.local.",
            "api.corp.example.",
            "api.",
        ]
    );
    assert_eq!(resolution.outcome, Outcome::NoSuchName);
}

#[test]
fn a_namespace_exists_without_an_address() {
    // shop.svc.cluster.local is NODATA, which does not end the search.
    let resolution = ask("shop");
    assert_eq!(names(&resolution).len(), 5);
    assert_eq!(resolution.outcome, Outcome::NoAddress);
}

fn ndots(value: &str) -> PodSpec {
    PodSpec {
        dns_config: PodDnsConfig {
            options: vec![PodDnsConfigOption {
                name: "ndots".into(),
                value: Some(value.into()),
            }],
            ..PodDnsConfig::default()
        },
        ..PodSpec::default()
    }
}

#[test]
fn with_enough_dots_the_name_stands_first() {
    let resolution = from_pod(&mut shop(), ndots("1"), "api.other");
    assert_eq!(
        names(&resolution),
        [
            "api.other.",
            "api.other.shop.svc.cluster.local.",
            "api.other.svc.cluster.local.",
        ]
    );
    assert_eq!(addresses(&resolution), ["10.96.0.21"]);
    let none = from_pod(&mut shop(), ndots("0"), "web");
    assert_eq!(names(&none), ["web.", "web.shop.svc.cluster.local."]);
    // More than 15 is 15.
    let host = ["a"; 16].join(".");
    assert_eq!(
        from_pod(&mut shop(), ndots("99"), &host).queries[0].tried,
        Tried::AsWritten
    );
}

#[test]
fn an_external_name_leads_out() {
    let resolution = ask("out");
    assert_eq!(names(&resolution), ["out.shop.svc.cluster.local."]);
    let Outcome::ExternalName { aliases, target } = resolution.outcome else {
        panic!("{:?}", resolution.outcome);
    };
    assert_eq!(target.without_dot(), "db.example.com");
    assert_eq!(aliases.len(), 1);
    assert_eq!(aliases[0].service, Some(Id::from_number(2)));
}

#[test]
fn an_external_name_that_points_back_inside() {
    let resolution = ask("alias");
    assert_eq!(addresses(&resolution), ["10.96.0.21"]);
    let Outcome::Addresses { aliases, .. } = &resolution.outcome else {
        panic!("{:?}", resolution.outcome);
    };
    assert_eq!(aliases[0].target.as_str(), "api.other.svc.cluster.local.");
    // CoreDNS leaves out a CNAME to nothing, and the search goes on.
    let lost = ask("lost");
    assert_eq!(names(&lost).len(), 5);
    assert_eq!(lost.outcome, Outcome::NoAddress);
}

#[test]
fn endpoints_of_a_headless_service() {
    let mut cluster = shop();
    headless(&mut cluster, "db", &[("pg", Tcp, 5432)]);
    slice(
        &mut cluster,
        "db",
        &["10.1.0.1", "!10.1.0.2", "10.1.0.3"],
        &[("pg", Tcp, 5432)],
    );
    slice(&mut cluster, "db", &["fd00::1"], &[("pg", Tcp, 5432)]);
    let resolution = from_pod(&mut cluster, PodSpec::default(), "db.testns");
    assert_eq!(addresses(&resolution), ["10.1.0.1", "10.1.0.3", "fd00::1"]);
}

#[test]
fn a_node_and_a_pod_with_the_nodes_resolver_know_no_cluster_names() {
    let policy = PodSpec {
        dns_policy: DnsPolicy::Default,
        ..PodSpec::default()
    };
    let resolution = from_pod(&mut shop(), policy.clone(), "web");
    assert_eq!(
        resolution.nameserver,
        Some(Nameserver::Elsewhere("192.0.2.53".into()))
    );
    assert_eq!(names(&resolution), ["web.corp.example.", "web."]);
    assert_eq!(resolution.outcome, Outcome::NoSuchName);
    let full = from_pod(&mut shop(), policy, "web.shop.svc.cluster.local");
    assert_eq!(full.outcome, Outcome::NoSuchName);

    let mut cluster = shop();
    cluster.environment.kubelet.host = ResolvConf::default();
    let zone = Zone::of(&cluster);
    let node = Client::Node(Id::from_number(0));
    let resolution = resolve(&cluster, &zone, node, "example.com");
    assert_eq!(resolution.nameserver, Some(Nameserver::Undescribed));
    assert_eq!(
        resolution.outcome,
        Outcome::Outside(Name::absolute("example.com"))
    );
}

#[test]
fn a_nameserver_of_ones_own_can_be_the_clusters() {
    let named = |nameservers: &[&str]| PodSpec {
        dns_policy: DnsPolicy::None,
        dns_config: PodDnsConfig {
            nameservers: nameservers.iter().map(|ip| Str::from(*ip)).collect(),
            ..PodDnsConfig::default()
        },
        ..PodSpec::default()
    };
    let host = "web.shop.svc.cluster.local";
    let resolution = from_pod(&mut shop(), named(&["10.96.0.10"]), host);
    assert_eq!(addresses(&resolution), ["10.96.0.20"]);
    // The second is asked when the first is silent, not when it says no.
    let resolution = from_pod(&mut shop(), named(&["192.0.2.53", "10.96.0.10"]), host);
    assert_eq!(resolution.outcome, Outcome::NoSuchName);
    let resolution = from_pod(&mut shop(), named(&[]), host);
    assert_eq!(resolution.outcome, Outcome::NoNameserver);
}

#[test]
fn a_dns_service_whose_endpoints_are_all_out_of_service() {
    let with = |endpoints: &[&str]| {
        let mut cluster = shop();
        cluster_ip(
            &mut cluster,
            "kube-system/kube-dns",
            &["10.96.0.10"],
            &[("dns", Tcp, 53)],
        );
        slice(&mut cluster, "kube-dns", endpoints, &[("dns", Tcp, 53)]);
        let last = cluster.slices.len() - 1;
        cluster.slices[Id::from_number(last as u32)].meta.namespace = "kube-system".into();
        from_pod(&mut cluster, PodSpec::default(), "web")
    };
    assert_eq!(addresses(&with(&["!10.1.0.2", "10.1.0.3"])), ["10.96.0.20"]);
    // Nobody pasted CoreDNS.
    assert_eq!(addresses(&with(&[])), ["10.96.0.20"]);
    let down = with(&["!10.1.0.2", "!10.1.0.3"]);
    assert_eq!(down.outcome, Outcome::NoNameserver);
    assert!(matches!(down.nameserver, Some(Nameserver::Unserved(_))));
}

#[test]
fn a_name_outside_is_unknowable() {
    let resolution = ask("www.example.com");
    assert_eq!(
        resolution.outcome,
        Outcome::Outside(Name::absolute("www.example.com"))
    );
    assert_eq!(resolution.queries[4].a.answered_by, AnsweredBy::Upstream);
}

#[test]
fn addresses_and_the_hosts_file_ask_nobody() {
    let spec = PodSpec {
        host_aliases: vec![HostAlias {
            ip: "192.0.2.7".into(),
            hostnames: vec!["web".into()],
        }],
        ..PodSpec::default()
    };
    let check = |host: &str, expected: Outcome| {
        let resolution = from_pod(&mut shop(), spec.clone(), host);
        assert_eq!(resolution.outcome, expected);
        assert_eq!(resolution.queries, []);
    };
    check("10.1.2.3", Outcome::Literal(IpAddr::from([10, 1, 2, 3])));
    check("fd00::1", Outcome::Literal("fd00::1".parse().unwrap()));
    let line = |address: &str, source| FromHosts {
        address: address.parse().unwrap(),
        source,
    };
    check(
        "web",
        Outcome::Hosts(vec![line("192.0.2.7", HostsSource::Alias(0))]),
    );
    check(
        "Client",
        Outcome::Hosts(vec![line("10.1.0.9", HostsSource::Own)]),
    );
    check(
        "localhost",
        Outcome::Hosts(vec![
            line("127.0.0.1", HostsSource::Standard),
            line("::1", HostsSource::Standard),
        ]),
    );
    check("", Outcome::NotAName);
    check("a..b", Outcome::NotAName);
    check(&"a".repeat(100_000), Outcome::NotAName);
}

#[test]
fn a_search_domain_that_makes_the_name_too_long_ends_the_search() {
    let host = [
        "a".repeat(60),
        "b".repeat(60),
        "c".repeat(60),
        "d".repeat(50),
    ]
    .join(".");
    let resolution = ask(&host);
    // 233 characters: shop.svc.cluster.local does not fit any more.
    assert_eq!(names(&resolution), [format!("{host}.")]);
}

proptest::proptest! {
    #[test]
    fn any_host_is_resolved_in_few_queries(host in "\\PC{0,80}", ndots in "\\PC{0,4}") {
        let resolution = from_pod(&mut shop(), self::ndots(&ndots), &host);
        // Four search domains, and the host itself.
        proptest::prop_assert!(resolution.queries.len() <= 5);
    }
}

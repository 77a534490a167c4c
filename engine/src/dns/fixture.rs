//! Clusters made by hand, for the tests of this module.

use std::net::IpAddr;
use std::num::NonZeroU16;
use std::sync::Arc;

use super::{Exchange, Name, Question, Record, RecordType, Zone, query};
use crate::api::core::ObjectReference;
use crate::api::discovery::EndpointConditions;
use crate::cluster::{
    AddressType, Cluster, Endpoint, EndpointPort, EndpointSlice, Meta, Namespace, Phase, Placement,
    Pod, PodId, PodSpec, Service, ServiceAddress, ServicePort, ServiceType, SliceSource,
};
use crate::packet::{Family, Protocol};

/// A port: name, protocol, number.
pub(super) type Port = (&'static str, Protocol, u16);

/// A cluster with a TTL of 5 seconds and the namespace `testns`.
pub(super) fn cluster() -> Cluster {
    let mut cluster = Cluster::default();
    cluster.environment.dns.ttl = 5;
    cluster.namespaces.push(Namespace {
        meta: meta("", "testns"),
    });
    cluster
}

pub(super) fn meta(namespace: &str, name: &str) -> Meta {
    Meta {
        namespace: namespace.into(),
        name: name.into(),
        ..Meta::default()
    }
}

pub(super) fn cluster_ip(cluster: &mut Cluster, name: &str, ips: &[&str], ports: &[Port]) {
    let ips = ips.iter().map(|ip| ip.parse().unwrap()).collect();
    service(cluster, name, ServiceAddress::ClusterIps(ips), ports);
}

pub(super) fn headless(cluster: &mut Cluster, name: &str, ports: &[Port]) {
    service(cluster, name, ServiceAddress::Headless, ports);
}

pub(super) fn external(cluster: &mut Cluster, name: &str, target: &str) {
    let target = ServiceAddress::ExternalName(target.into());
    service(cluster, name, target, &[]);
}

fn service(cluster: &mut Cluster, name: &str, address: ServiceAddress, ports: &[Port]) {
    // `name` or `namespace/name`.
    let (namespace, name) = name.split_once('/').unwrap_or(("testns", name));
    let ports = ports
        .iter()
        .enumerate()
        .map(|(index, (name, protocol, port))| {
            ServicePort::new(index, *name, *protocol, NonZeroU16::new(*port).unwrap())
        })
        .collect();
    let (type_, addresses) = match &address {
        ServiceAddress::ClusterIps(ips) => (ServiceType::ClusterIp, ips.clone()),
        ServiceAddress::Headless => (ServiceType::ClusterIp, Vec::new()),
        ServiceAddress::ExternalName(_) => (ServiceType::ExternalName, Vec::new()),
    };
    let mut service = Service {
        type_,
        ..Service::cluster_ip(meta(namespace, name), addresses, ports)
    };
    if matches!(address, ServiceAddress::Headless) {
        service.families = vec![Family::V4];
    }
    service.address = address;
    cluster.services.push(service);
}

/// Endpoints are written `address`, `address=hostname`, `address@pod`, with `!` before those that are not ready.
pub(super) fn slice(cluster: &mut Cluster, service: &str, endpoints: &[&str], ports: &[Port]) {
    let endpoints: Vec<Endpoint> = endpoints.iter().map(|text| endpoint(text)).collect();
    let first = endpoints
        .first()
        .map(|endpoint| endpoint.addresses[0].clone());
    cluster.slices.push(EndpointSlice {
        meta: meta("testns", &format!("{service}-{}", cluster.slices.len())),
        source: SliceSource::Written,
        service: Some(service.into()),
        address_type: match first.and_then(|address| address.parse::<IpAddr>().ok()) {
            Some(IpAddr::V6(_)) => AddressType::Ipv6,
            _ => AddressType::Ipv4,
        },
        ports: ports
            .iter()
            .map(|(name, protocol, port)| EndpointPort {
                name: Some((*name).into()),
                port: Some(*port),
                protocol: *protocol,
                app_protocol: None,
            })
            .collect(),
        endpoints,
    });
}

fn endpoint(text: &str) -> Endpoint {
    let (ready, text) = match text.strip_prefix('!') {
        Some(rest) => (false, rest),
        None => (true, text),
    };
    let (text, pod) = match text.split_once('@') {
        Some((text, pod)) => (text, Some(pod)),
        None => (text, None),
    };
    let (address, hostname) = match text.split_once('=') {
        Some((address, hostname)) => (address, Some(hostname.into())),
        None => (text, None),
    };
    Endpoint {
        addresses: vec![address.into()],
        conditions: EndpointConditions {
            ready: Some(ready),
            ..EndpointConditions::default()
        },
        hostname,
        target: pod.map(|pod| ObjectReference {
            kind: "Pod".into(),
            namespace: "testns".into(),
            name: pod.into(),
            uid: Default::default(),
        }),
        ..Endpoint::default()
    }
}

pub(super) fn pod(
    cluster: &mut Cluster,
    namespace: &str,
    name: &str,
    ip: &str,
    spec: PodSpec,
) -> PodId {
    cluster.pods.push(Pod {
        meta: meta(namespace, name),
        spec: Arc::new(spec),
        owner: None,
        placement: Placement::Pending(Vec::new()),
        hostname: None,
        subdomain: None,
        ips: vec![ip.parse().unwrap()],
        phase: Phase::Running,
        ready: true,
        terminating: false,
    })
}

/// Asks and compares the answer, written the way `dig` lists it, without class and blank lines.
pub(super) fn check(cluster: &Cluster, question: &str, expected: &[&str]) {
    let exchange = ask(cluster, question);
    assert_eq!(lines(&exchange), expected, "{question}");
}

pub(super) fn ask(cluster: &Cluster, question: &str) -> Exchange {
    let (name, type_) = question.split_once(' ').unwrap();
    let question = Question {
        name: Name::absolute(name),
        type_: RecordType::named(type_),
    };
    query(cluster, &Zone::of(cluster), question)
}

fn lines(exchange: &Exchange) -> Vec<String> {
    let line = |mark: &str, record: &Record| {
        let (type_, data) = (record.data.type_(), &record.data);
        format!(
            "{mark}{} {} {} {data}",
            record.name,
            record.ttl,
            type_.name()
        )
    };
    let mut lines = vec![exchange.rcode.name().to_string()];
    lines.extend(exchange.answers.iter().map(|record| line("", record)));
    lines.extend(
        exchange
            .authority
            .iter()
            .map(|record| line("authority: ", record)),
    );
    lines.extend(
        exchange
            .additional
            .iter()
            .map(|record| line("additional: ", record)),
    );
    lines
}

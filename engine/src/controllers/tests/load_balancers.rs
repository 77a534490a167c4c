use super::*;
use crate::cluster::{IngressPoint, IpMode, LoadBalancerProvider, Options, Why};
use crate::controllers::load_balancer::{BackendState, backends};

fn balanced(provider: LoadBalancerProvider, spec: &str, more: &[String]) -> Settled {
    let environment = Environment {
        options: Options {
            load_balancer: provider,
            ..Options::default()
        },
        ..Environment::default()
    };
    let mut documents = on_three_nodes(more);
    documents.push(service(
        "web",
        &format!("type: LoadBalancer, selector: {{app: web}}, {spec}"),
    ));
    settled(&documents, Entrance::Paste, environment)
}

fn ingress(settled: &Settled) -> Vec<String> {
    let service = settled.cluster.service("shop", "web").unwrap();
    settled.cluster.services[service]
        .load_balancer
        .ingress
        .iter()
        .map(|ingress| {
            let mode = match ingress.ip_mode {
                IpMode::Vip => "VIP",
                IpMode::Proxy => "Proxy",
            };
            match &ingress.point {
                IngressPoint::Ip(ip) => format!("{ip} {mode}"),
                IngressPoint::Hostname(name) => format!("{name} {mode}"),
            }
        })
        .collect()
}

#[test]
fn a_cloud_gives_an_address_of_the_documentation_ranges() {
    let settled = balanced(LoadBalancerProvider::Cloud, "", &[]);
    assert_eq!(ingress(&settled), ["203.0.113.82 VIP"]);
    let service = settled.cluster.service("shop", "web").unwrap();
    let meta = &settled.cluster.services[service].meta;
    assert_eq!(
        meta.why(&"status.loadBalancer.ingress".into()),
        Some(Why::Assumed)
    );
    assert_eq!(
        ingress(&balanced(LoadBalancerProvider::CloudProxy, "", &[])),
        ["203.0.113.82 Proxy"]
    );
    assert_eq!(
        ingress(&balanced(
            LoadBalancerProvider::Cloud,
            "loadBalancerIP: 198.51.100.7",
            &[]
        )),
        ["198.51.100.7 VIP"]
    );
}

#[test]
fn nobody_gives_one() {
    let none = balanced(LoadBalancerProvider::None, "", &[]);
    assert_eq!(ingress(&none), [""; 0]);
    assert_eq!(none.findings(), ["load-balancer-pending: spec.type"]);
    let classed = balanced(
        LoadBalancerProvider::Cloud,
        "loadBalancerClass: example.com/lb",
        &[],
    );
    assert_eq!(ingress(&classed), [""; 0]);
    assert_eq!(
        classed.findings(),
        ["load-balancer-pending: spec.loadBalancerClass"]
    );
}

#[test]
fn many_services_have_many_addresses() {
    let services: Vec<String> = (0..600)
        .map(|n| {
            service(
                &format!("s{n}"),
                "type: LoadBalancer, allocateLoadBalancerNodePorts: false",
            )
        })
        .collect();
    let settled = pasted(&on_three_nodes(&services));
    let mut addresses: Vec<String> = settled
        .cluster
        .services
        .values()
        .flat_map(|service| &service.load_balancer.ingress)
        .map(|ingress| format!("{:?}", ingress.point))
        .collect();
    assert_eq!(addresses.len(), 600);
    addresses.sort();
    addresses.dedup();
    assert_eq!(addresses.len(), 600);
}

#[test]
fn which_nodes_it_sends_to() {
    let more = [
        node_with(
            4,
            "node.kubernetes.io/exclude-from-external-load-balancers: ''",
            "",
            "",
        ),
        node(5, "a").replace("status: 'True'", "status: 'False'"),
        node_with(
            6,
            "",
            "taints: [{key: ToBeDeletedByClusterAutoscaler, effect: NoSchedule}]",
            "",
        ),
        live_pod("a", "app: web", "n1", "10.1.0.1"),
        live_pod("b", "app: web", "n2", "10.1.0.2").replace(
            "type: Ready, status: 'True'",
            "type: Ready, status: 'False'",
        ),
        live_pod("c", "app: web", "n4", "10.1.0.4"),
    ];
    let states = |spec: &str| {
        let settled = balanced(LoadBalancerProvider::Cloud, spec, &more);
        let service = settled.cluster.service("shop", "web").unwrap();
        backends(&settled.cluster, service)
            .into_iter()
            .map(|backend| backend.state)
            .collect::<Vec<_>>()
    };
    use BackendState::*;
    assert_eq!(
        states(""),
        [Serving, Serving, Serving, Excluded, NotReady, ToBeDeleted]
    );
    assert_eq!(
        states("externalTrafficPolicy: Local"),
        [
            Serving,
            NoLocalEndpoints,
            NoLocalEndpoints,
            Excluded,
            NotReady,
            ToBeDeleted
        ]
    );
}

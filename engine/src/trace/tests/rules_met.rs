//! Each rule that a packet met, and on what it was passed over.

use super::fixture::{analysis, with_web};
use crate::Analysis;
use crate::cluster::ProxyMode;
use crate::trace::{Probe, RuleRef};

const MODES: [ProxyMode; 3] = [ProxyMode::Iptables, ProxyMode::Nftables, ProxyMode::Ipvs];

fn shop() -> Analysis {
    let spec = "type: LoadBalancer\nclusterIP: 10.96.0.50\nsessionAffinity: ClientIP\nexternalIPs: [203.0.113.80]\nloadBalancerSourceRanges: [198.51.100.0/24]\nports: [{port: 80, targetPort: 8080, nodePort: 30080}]";
    let text = with_web(spec)
        + "status: {loadBalancer: {ingress: [{ip: 203.0.113.10}]}}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: empty, namespace: shop}\nspec: {clusterIP: 10.96.0.51, ports: [{port: 80}]}\n";
    analysis(&text)
}

fn rules(analysis: &Analysis, mode: ProxyMode, from: &str, to: &str) -> Vec<RuleRef> {
    let answer = analysis.trace_in(mode, &Probe::parse(from, to).expect("a probe"));
    let steps = answer
        .alternatives
        .iter()
        .flat_map(|one| one.journey.steps());
    steps.flat_map(|step| step.because.rules.clone()).collect()
}

#[test]
fn what_was_passed_over_misses_something_and_what_matched_nothing() {
    let analysis = shop();
    for mode in MODES {
        for (from, to) in [
            ("pod/shop/client", "http://web"),
            ("pod/shop/web-1", "http://web"),
            ("pod/shop/client", "10.96.0.51:80"),
            ("pod/shop/client", "10.96.0.50:81"),
            ("pod/shop/client", "ping web"),
            ("pod/shop/client", "10.244.2.5:8080"),
            ("node/n1", "10.96.0.50:80"),
            ("node/n3", "203.0.113.10:80"),
            ("outside/192.0.2.9", "203.0.113.10:80"),
            ("outside/198.51.100.9", "203.0.113.10:80"),
            ("outside/192.0.2.9", "203.0.113.80:80"),
            ("outside/192.0.2.9", "172.18.0.3:30080"),
        ] {
            for rule in rules(&analysis, mode, from, to) {
                let met = analysis.rules_met(mode, &rule, usize::MAX);
                assert_eq!(met.len() as u32, rule.last - rule.first + 1, "{rule:?}");
                for met in met {
                    let matched = rule.matched && met.at.nth == rule.last;
                    assert_eq!(
                        met.missed.is_none(),
                        matched,
                        "{mode:?} {from} {to} {met:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn the_field_is_named() {
    let analysis = shop();
    let missed = |mode, chain: &str, to: &str| -> Vec<Option<String>> {
        let all = rules(&analysis, mode, "pod/shop/client", to);
        let rule = all
            .iter()
            .find(|rule| rule.chain == chain)
            .expect("a stretch");
        let met = analysis.rules_met(mode, rule, usize::MAX);
        met.into_iter().map(|met| met.missed).collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let of_services = missed(ProxyMode::Iptables, "KUBE-SERVICES", "10.96.0.50:81");
    assert!(of_services.contains(&some("--dport 80")));
    assert!(of_services.contains(&some("-d 203.0.113.80")));
    assert_eq!(
        missed(ProxyMode::Nftables, "services", "10.96.0.50:81")[0],
        some("ip daddr . meta l4proto . th dport vmap @service-ips")
    );
    assert_eq!(
        missed(ProxyMode::Ipvs, "KUBE-SERVICES", "10.96.0.50:81")[0],
        some("-s 127.0.0.0/8")
    );
    assert_eq!(
        missed(ProxyMode::Ipvs, "KUBE-IPVS-FILTER", "10.96.0.50:81"),
        [
            some("-m set --match-set KUBE-LOAD-BALANCER dst,dst"),
            some("-m set --match-set KUBE-CLUSTER-IP dst,dst"),
            some("-m set --match-set KUBE-EXTERNAL-IP dst,dst"),
            some("-m set --match-set KUBE-EXTERNAL-IP-LOCAL dst,dst"),
            some("-m set --match-set KUBE-HEALTH-CHECK-NODE-PORT dst"),
            None,
        ]
    );
}

//! CoreDNS's Corefile, as far as the kubernetes plugin goes.
//!
//! Source: coredns `plugin/kubernetes/README.md`; the file's syntax is Caddy's: words, quotes, blocks, `#` comments.

use std::net::IpAddr;

use super::Settings;
use crate::Str;
use crate::apiserver::addresses::parse_cidr_sloppy;
use crate::cluster::{DnsSettings, PodRecords};
use crate::finding::{AdmissionProblem, Findings};
use crate::origin::Origin;

/// Seconds that the plugin lets answers live when the file does not say.
const PLUGIN_TTL: u32 = 5;

/// A range in a zone's place becomes reverse zones by whole octets: at most so many.
const MOST_REVERSE_ZONES: u32 = 256;

/// Takes the settings of the first kubernetes plugin of the file.
pub(super) fn read(settings: &mut Settings, text: &str, at: &Origin, findings: &mut Findings) {
    let lines = lines(text);
    let Some(start) = lines
        .iter()
        .position(|line| line.depth == 1 && line.words.first().is_some_and(|w| w == "kubernetes"))
    else {
        findings.push(Some(at.clone()), AdmissionProblem::NoKubernetesPlugin);
        return;
    };
    let plugin = &lines[start];
    let server_zones = lines[..start]
        .iter()
        .rev()
        .find(|line| line.depth == 0)
        .map(|line| line.words.as_slice())
        .unwrap_or_default();
    let zones: &[String] = if plugin.words.len() > 1 {
        &plugin.words[1..]
    } else {
        server_zones
    };
    let mut dns = DnsSettings {
        zone: settings.environment.dns.zone.clone(),
        pods: PodRecords::Disabled,
        ttl: PLUGIN_TTL,
        endpoint_pod_names: false,
        ignore_empty_service: false,
        reverse_zones: Vec::new(),
    };
    let mut forward: Option<Str> = None;
    for zone in zones {
        let name = host_of(zone);
        if let Some(range) = parse_cidr_sloppy(name) {
            dns.reverse_zones.extend(reverse_zones(range));
        } else if name.ends_with("in-addr.arpa") || name.ends_with("ip6.arpa") {
            dns.reverse_zones.push(name.into());
        } else if forward.is_none() && !name.is_empty() && name != "." {
            forward = Some(name.into());
        }
    }
    if let Some(zone) = forward {
        let kubelet = &mut settings.environment.kubelet;
        // Who serves another domain has kubelets that complete names with it, unless somebody says otherwise.
        if settings.kubelet_domain.is_none()
            && kubelet.cluster_domain == settings.environment.dns.zone
        {
            kubelet.cluster_domain.clone_from(&zone);
        }
        dns.zone = zone;
    }
    for option in lines[start + 1..].iter().take_while(|line| line.depth > 1) {
        self::option(&mut dns, &option.words, at, findings);
    }
    settings.environment.dns = dns;
    if settings.domain.is_none() {
        settings.domain = Some(at.clone());
    }
}

fn option(dns: &mut DnsSettings, words: &[String], at: &Origin, findings: &mut Findings) {
    let argument = words.get(1).map(String::as_str).unwrap_or_default();
    let refuse = |findings: &mut Findings, expected: &str| {
        findings.push(
            Some(at.clone()),
            AdmissionProblem::Configuration {
                kind: "Corefile".into(),
                field: words.first().map(String::as_str).unwrap_or_default().into(),
                value: argument.into(),
                expected: expected.into(),
            },
        );
    };
    match words.first().map(String::as_str).unwrap_or_default() {
        "pods" => match argument {
            "disabled" => dns.pods = PodRecords::Disabled,
            "insecure" => dns.pods = PodRecords::Insecure,
            "verified" => dns.pods = PodRecords::Verified,
            _ => refuse(findings, "disabled, insecure or verified"),
        },
        "ttl" => match argument.parse() {
            Ok(seconds @ 0..=3600) => dns.ttl = seconds,
            _ => refuse(findings, "seconds from 0 to 3600"),
        },
        "endpoint_pod_names" => dns.endpoint_pod_names = true,
        "ignore" if argument == "empty_service" => dns.ignore_empty_service = true,
        name @ ("namespaces" | "labels" | "namespace_labels" | "noendpoints" | "multicluster") => {
            findings.push(
                Some(at.clone()),
                AdmissionProblem::NotModelled {
                    what: format!("{name} of CoreDNS's kubernetes plugin").into(),
                },
            );
        }
        // Where to look when nothing is found, and how to reach the API server: no answer depends on it here.
        _ => {}
    }
}

/// `dns://cluster.local:53` → `cluster.local`.
fn host_of(zone: &str) -> &str {
    let zone = zone.split_once("://").map_or(zone, |(_, rest)| rest);
    let zone = match zone.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && !host.contains(':') => {
            host
        }
        _ => zone,
    };
    zone.trim_end_matches('.')
}

fn reverse_zones(range: ipnet::IpNet) -> Vec<Str> {
    match range.network() {
        IpAddr::V4(base) => {
            let octets = u32::from(range.prefix_len().div_ceil(8).clamp(1, 4));
            let step = 32 - 8 * octets;
            let count = 1_u32 << (8 * octets - u32::from(range.prefix_len())).min(8);
            (0..count.min(MOST_REVERSE_ZONES))
                .map(|nth| {
                    let address = u32::from(base).wrapping_add(nth << step).to_be_bytes();
                    let labels: Vec<String> = address[..octets as usize]
                        .iter()
                        .rev()
                        .map(u8::to_string)
                        .collect();
                    format!("{}.in-addr.arpa", labels.join(".")).into()
                })
                .collect()
        }
        IpAddr::V6(base) => {
            let nibbles = usize::from(range.prefix_len() / 4);
            let digits: Vec<char> = format!("{:032x}", u128::from(base))
                .chars()
                .take(nibbles)
                .collect();
            let labels: Vec<String> = digits.iter().rev().map(char::to_string).collect();
            if labels.is_empty() {
                vec!["ip6.arpa".into()]
            } else {
                vec![format!("{}.ip6.arpa", labels.join(".")).into()]
            }
        }
    }
}

/// The words of a line, and how many blocks it is in.
#[derive(Debug)]
struct Line {
    depth: usize,
    words: Vec<String>,
}

fn lines(text: &str) -> Vec<Line> {
    let mut depth = 0_usize;
    let mut lines = Vec::new();
    for line in text.lines() {
        let mut words = words(line);
        if words.first().is_some_and(|word| word == "}") {
            depth = depth.saturating_sub(1);
            continue;
        }
        let opens = words.last().is_some_and(|word| word == "{");
        if opens {
            words.pop();
        }
        if !words.is_empty() {
            lines.push(Line { depth, words });
        }
        if opens {
            depth += 1;
        }
    }
    lines
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() && !rest.starts_with('#') {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (word, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            words.push(word.to_owned());
            rest = after.trim_start();
        } else {
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            let word = rest[..end].trim_end_matches(',');
            words.push(word.to_owned());
            rest = rest[end..].trim_start();
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::origin::{DocumentId, FieldPath, ObjectOrigin};

    fn at() -> Origin {
        let object = ObjectOrigin {
            document: DocumentId(0),
            item: 0,
        };
        object.at(FieldPath::default())
    }

    fn dns_of(text: &str) -> (DnsSettings, usize) {
        let mut settings = Settings::default();
        let mut findings = Findings::default();
        read(&mut settings, text, &at(), &mut findings);
        (settings.environment.dns, findings.iter().count())
    }

    #[test]
    fn kubeadms_corefile_is_understood() {
        let (dns, findings) = dns_of(
            ".:53 {\n    errors\n    health {\n       lameduck 5s\n    }\n    ready\n    \
             kubernetes cluster.local in-addr.arpa ip6.arpa {\n       pods insecure # as ever\n       \
             fallthrough in-addr.arpa ip6.arpa\n       ttl 30\n    }\n    forward . /etc/resolv.conf {\n       \
             max_concurrent 1000\n    }\n    cache 30\n}\n",
        );
        assert_eq!(findings, 0);
        assert_eq!(dns.zone, "cluster.local");
        assert_eq!(dns.pods, PodRecords::Insecure);
        assert_eq!(dns.ttl, 30);
        assert_eq!(dns.reverse_zones, ["in-addr.arpa", "ip6.arpa"]);
    }

    #[test]
    fn what_the_file_does_not_say_is_the_plugins_own_default() {
        let (dns, findings) = dns_of("k8s.example:1053 10.96.0.0/15 {\n kubernetes\n}\n");
        assert_eq!(findings, 0);
        assert_eq!(dns.zone, "k8s.example");
        assert_eq!(dns.pods, PodRecords::Disabled);
        assert_eq!(dns.ttl, 5);
        assert_eq!(
            dns.reverse_zones,
            ["96.10.in-addr.arpa", "97.10.in-addr.arpa"]
        );
    }

    #[test]
    fn a_file_without_the_plugin_and_a_wrong_option_are_said() {
        assert_eq!(dns_of(". {\n forward . 8.8.8.8\n}\n").1, 1);
        let (dns, findings) =
            dns_of(". {\n kubernetes c.l {\n pods some\n ttl 9999\n ignore empty_service\n }\n}\n");
        assert_eq!(findings, 2);
        assert!(dns.ignore_empty_service);
        assert_eq!(dns.ttl, 5);
    }
}

//! Pods and Pod templates, as far as names, ports and DNS go.
//!
//! Source: `pkg/apis/core/validation/validation.go`, `ValidatePodCreate`, `ValidatePodSpec`, `validateContainers`.

use rustc_hash::FxHashSet;
use serde_json::json;

use super::meta::{Scope, meta};
use super::{PROTOCOLS, labels, path, texts};
use crate::Str;
use crate::api::core::{Container, ContainerPort, Pod, PodDnsConfig, PodSpec, PodTemplateSpec};
use crate::apiserver::addresses::check_ip;
use crate::apiserver::field_error::FieldError;
use crate::apiserver::names;
use crate::origin::FieldPath;

const DNS_POLICIES: [&str; 4] = ["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"];
const RESTART_POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
const MOST_NAMESERVERS: usize = 3;
const MOST_SEARCHES: usize = 32;

/// `ValidatePodCreate`.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(in crate::apiserver) fn pod(pod: &Pod) -> Vec<FieldError> {
    let mut errors = meta(&pod.metadata, Scope::Namespaced, names::dns_1123_subdomain);
    let at = path("spec");
    spec(&at, &pod.spec, &mut errors);
    // Templates are not asked: their ports are only filled when they become Pods.
    if pod.spec.host_network {
        host_network_ports(&at, &pod.spec.containers, &mut errors);
    }
    errors
}

/// `ValidatePodTemplateSpec`. Labels of a template are named without `metadata`.
pub(super) fn template(at: &FieldPath, written: &PodTemplateSpec, errors: &mut Vec<FieldError>) {
    let mut found = Vec::new();
    let place = at.clone().key("metadata").key("labels");
    labels(&place, &written.metadata.labels, &mut found);
    let field = at.clone().key("labels").to_string();
    errors.extend(found.into_iter().map(|error| error.named(field.as_str())));
    spec(&at.clone().key("spec"), &written.spec, errors);
}

#[inline(never)]
fn spec(at: &FieldPath, spec: &PodSpec, errors: &mut Vec<FieldError>) {
    let containers_at = at.clone().key("containers");
    if spec.containers.is_empty() {
        errors.push(FieldError::required(&containers_at, ""));
    }
    let mut names: FxHashSet<&Str> = FxHashSet::default();
    for (at, containers) in [
        (containers_at, &spec.containers),
        (at.clone().key("initContainers"), &spec.init_containers),
    ] {
        for (index, container) in containers.iter().enumerate() {
            let at = at.clone().index(index);
            self::container(&at, container, &mut names, errors);
        }
    }
    let one_of = |key: &str, value: &Option<Str>, known: &[&str], errors: &mut Vec<FieldError>| {
        let value = value.as_deref().unwrap_or_default();
        if !known.contains(&value) {
            errors.push(FieldError::not_supported(
                &at.clone().key(key),
                value,
                known,
            ));
        }
    };
    one_of(
        "restartPolicy",
        &spec.restart_policy,
        &RESTART_POLICIES,
        errors,
    );
    one_of("dnsPolicy", &spec.dns_policy, &DNS_POLICIES, errors);
    labels(&at.clone().key("nodeSelector"), &spec.node_selector, errors);
    dns_config(&at.clone().key("dnsConfig"), spec, errors);
    for (index, alias) in spec.host_aliases.iter().enumerate() {
        let at = at.clone().key("hostAliases").index(index);
        errors.extend(check_ip(&at.clone().key("ip"), &alias.ip));
        for (nth, name) in alias.hostnames.iter().enumerate() {
            let at = at.clone().key("hostnames").index(nth);
            errors.extend(texts(&at, name, names::dns_1123_subdomain(name)));
        }
    }
    type Rule = fn(&str) -> Vec<String>;
    for (key, value, rule) in [
        ("hostname", &spec.hostname, names::dns_1123_label as Rule),
        ("subdomain", &spec.subdomain, names::dns_1123_label),
        ("nodeName", &spec.node_name, names::dns_1123_subdomain),
    ] {
        if let Some(text) = value.as_deref().filter(|text| !text.is_empty()) {
            errors.extend(texts(&at.clone().key(key), text, rule(text)));
        }
    }
}

fn container<'a>(
    at: &FieldPath,
    container: &'a Container,
    seen: &mut FxHashSet<&'a Str>,
    errors: &mut Vec<FieldError>,
) {
    let name_at = at.clone().key("name");
    if container.name.is_empty() {
        errors.push(FieldError::required(&name_at, ""));
    } else {
        let wrong = names::dns_1123_label(&container.name);
        errors.extend(texts(&name_at, &container.name, wrong));
        if !seen.insert(&container.name) {
            errors.push(FieldError::duplicate(&name_at, container.name.as_str()));
        }
    }
    if container.image.is_empty() {
        errors.push(FieldError::required(&at.clone().key("image"), ""));
    }
    let mut port_names = FxHashSet::default();
    for (index, port) in container.ports.iter().enumerate() {
        let at = at.clone().key("ports").index(index);
        container_port(&at, port, &mut port_names, errors);
    }
}

fn container_port<'a>(
    at: &FieldPath,
    port: &'a ContainerPort,
    seen: &mut FxHashSet<&'a str>,
    errors: &mut Vec<FieldError>,
) {
    let name = port.name.as_deref().unwrap_or_default();
    if !name.is_empty() {
        let name_at = at.clone().key("name");
        let wrong = names::port_name(name);
        if wrong.is_empty() && !seen.insert(name) {
            errors.push(FieldError::duplicate(&name_at, name));
        }
        errors.extend(texts(&name_at, name, wrong));
    }
    let number_at = at.clone().key("containerPort");
    match port.container_port.unwrap_or(0) {
        0 => errors.push(FieldError::required(&number_at, "")),
        number => {
            if let Some(wrong) = names::port_number(number) {
                errors.push(FieldError::invalid(&number_at, number, wrong));
            }
        }
    }
    let host = port.host_port.unwrap_or(0);
    if host != 0
        && let Some(wrong) = names::port_number(host)
    {
        let at = at.clone().key("hostPort");
        errors.push(FieldError::invalid(&at, host, wrong));
    }
    let protocol = port.protocol.as_deref().unwrap_or_default();
    if !PROTOCOLS.contains(&protocol) {
        let at = at.clone().key("protocol");
        errors.push(FieldError::not_supported(&at, protocol, &PROTOCOLS));
    }
}

fn dns_config(at: &FieldPath, spec: &PodSpec, errors: &mut Vec<FieldError>) {
    let demands = spec.dns_policy.as_deref() == Some("None");
    let Some(config) = &spec.dns_config else {
        if demands {
            let detail = "must provide `dnsConfig` when `dnsPolicy` is None";
            errors.push(FieldError::required(at, detail));
        }
        return;
    };
    let PodDnsConfig {
        nameservers,
        searches,
        options,
    } = config;
    let servers_at = at.clone().key("nameservers");
    if demands && nameservers.is_empty() {
        errors.push(FieldError::required(
            &servers_at,
            "must provide at least one DNS nameserver when `dnsPolicy` is None",
        ));
    }
    if nameservers.len() > MOST_NAMESERVERS {
        errors.push(FieldError::invalid(
            &servers_at,
            json!(nameservers),
            "must not have more than 3 nameservers",
        ));
    }
    for (index, text) in nameservers.iter().enumerate() {
        errors.extend(check_ip(&servers_at.clone().index(index), text));
    }
    let searches_at = at.clone().key("searches");
    if searches.len() > MOST_SEARCHES {
        errors.push(FieldError::invalid(
            &searches_at,
            json!(searches),
            "must not have more than 32 search paths",
        ));
    }
    for (index, option) in options.iter().enumerate() {
        if option.name.is_empty() {
            let at = at.clone().key("options").index(index);
            errors.push(FieldError::required(&at, "must not be empty"));
        }
    }
}

/// A Pod in the node's network listens where it says: the API server leaves the container's number out of the path.
fn host_network_ports(at: &FieldPath, containers: &[Container], errors: &mut Vec<FieldError>) {
    for (nth, container) in containers.iter().enumerate() {
        for (index, port) in container.ports.iter().enumerate() {
            if port.host_port != port.container_port {
                let list = at.clone().key("containers");
                let field = list.clone().key("ports").index(index).key("containerPort");
                let place = list.index(nth).key("ports").index(index).key("hostPort");
                errors.push(
                    FieldError::invalid(
                        &place,
                        port.container_port.unwrap_or(0),
                        "must match `hostPort` when `hostNetwork` is true",
                    )
                    .named(field.to_string()),
                );
            }
        }
    }
}

//! A case's `config` as settings of the cluster.
//!
//! What a configuration kind can say is written as that kind and read by the engine; the rest is set.

use serde_json::{Map, Value, json};
use switchboard_engine::api::core::ConfigMap;
use switchboard_engine::api::{Configuration, ObjectMeta, Objects, Written};
use switchboard_engine::apiserver::environment;
use switchboard_engine::cluster::{Environment, ProxyMode, ResolvConf};
use switchboard_engine::finding::Findings;
use switchboard_engine::origin::{DocumentId, ObjectOrigin};

use super::Line;

/// The environment that the line describes.
pub(super) fn environment(line: &Line) -> Environment {
    let config = &line.config;
    let objects = Objects {
        configurations: [kubeadm(config), kube_proxy(line), kubelet(config)]
            .into_iter()
            .flatten()
            .map(written)
            .collect(),
        config_maps: corefile(config).map(written).into_iter().collect(),
        ..Objects::default()
    };
    let mut environment =
        environment::read(&objects, Environment::default(), &mut Findings::default());
    // What the host can do: cases say it where a rule's text depends on it.
    environment.proxy.nfacct = config["nfacct"] == true;
    environment.proxy.random_fully = config["randomFully"] == true;
    let host = &config["kubelet"]["hostResolvConf"];
    environment.kubelet.host = ResolvConf {
        nameservers: texts(&host["nameservers"])
            .into_iter()
            .map(Into::into)
            .collect(),
        searches: texts(&host["searches"])
            .into_iter()
            .map(Into::into)
            .collect(),
        options: texts(&host["options"])
            .into_iter()
            .map(Into::into)
            .collect(),
    };
    for (node, addresses) in config["nodeLocalAddresses"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let addresses = texts(addresses)
            .iter()
            .filter_map(|text| text.parse().ok())
            .collect();
        environment
            .node_local_addresses
            .insert(node.as_str().into(), addresses);
    }
    environment
}

/// `serviceCIDRs`, `nodePortRange`, `maxEndpointsPerSlice`, and the ranges that kube-proxy also knows.
fn kubeadm(config: &Value) -> Option<Configuration> {
    let mut networking = Map::new();
    let services = if config["serviceCIDRs"].is_null() {
        &config["serviceCIDR"]
    } else {
        &config["serviceCIDRs"]
    };
    if !services.is_null() {
        networking.insert("serviceSubnet".into(), texts(services).join(",").into());
    }
    let pods = texts(&config["clusterCIDR"]);
    if !pods.is_empty() {
        networking.insert("podSubnet".into(), pods.join(",").into());
    }
    let domain = [&config["dns"]["zone"], &config["kubelet"]["clusterDomain"]];
    if let Some(domain) = domain.into_iter().find_map(Value::as_str) {
        networking.insert("dnsDomain".into(), domain.into());
    }
    let flag = |name: &str, key: &str| match &config[key] {
        Value::Null => json!({}),
        Value::String(text) => json!({ name: text }),
        other => json!({ name: other.to_string() }),
    };
    configuration(
        "kubeadm.k8s.io/v1beta3",
        "ClusterConfiguration",
        json!({
            "networking": networking,
            "apiServer": {"extraArgs": flag("service-node-port-range", "nodePortRange")},
            "controllerManager": {"extraArgs": flag("max-endpoints-per-slice", "maxEndpointsPerSlice")},
        }),
    )
}

fn kube_proxy(line: &Line) -> Option<Configuration> {
    let config = &line.config;
    let given = texts(&config["clusterCIDR"]).join(",");
    let pods = match config["detectLocal"].as_str() {
        Some("none") => String::new(),
        _ if given.is_empty() => "10.244.0.0/16".to_owned(),
        _ => given,
    };
    let mode = match line.proxy_mode {
        ProxyMode::Iptables => "iptables",
        ProxyMode::Nftables => "nftables",
        ProxyMode::Ipvs => "ipvs",
    };
    configuration(
        "kubeproxy.config.k8s.io/v1alpha1",
        "KubeProxyConfiguration",
        json!({
            "mode": mode,
            "clusterCIDR": pods,
            "iptables": {
                "masqueradeAll": config["masqueradeAll"],
                "localhostNodePorts": config["localhostNodePorts"],
            },
            "nftables": {"masqueradeAll": config["masqueradeAll"]},
            "ipvs": {"scheduler": config["ipvsScheduler"]},
            "conntrack": {"tcpBeLiberal": config["conntrackTCPBeLiberal"]},
            "nodePortAddresses": config["nodePortAddresses"],
        }),
    )
}

fn kubelet(config: &Value) -> Option<Configuration> {
    let kubelet = &config["kubelet"];
    if kubelet.is_null() {
        return None;
    }
    configuration(
        "kubelet.config.k8s.io/v1beta1",
        "KubeletConfiguration",
        json!({"clusterDNS": kubelet["clusterDNS"], "clusterDomain": kubelet["clusterDomain"]}),
    )
}

/// The `dns` settings as the file that CoreDNS reads them from.
fn corefile(config: &Value) -> Option<ConfigMap> {
    let dns = &config["dns"];
    if dns.is_null() {
        return None;
    }
    let domain = &config["kubelet"]["clusterDomain"];
    let zone = dns["zone"].as_str().or(domain.as_str());
    let zone = zone.unwrap_or("cluster.local");
    let mut reverse = texts(&dns["reverseZones"]);
    if reverse.is_empty() {
        reverse = vec!["in-addr.arpa".into(), "ip6.arpa".into()];
    }
    let mut file = format!(".:53 {{\n  kubernetes {zone} {} {{\n", reverse.join(" "));
    let mut option = |text: String| file.push_str(&format!("    {text}\n"));
    option(format!(
        "pods {}",
        dns["podMode"].as_str().unwrap_or("insecure")
    ));
    option(format!("ttl {}", dns["ttl"].as_u64().unwrap_or(30)));
    if dns["endpointPodNames"] == true {
        option("endpoint_pod_names".into());
    }
    if dns["ignoreEmptyService"] == true {
        option("ignore empty_service".into());
    }
    file.push_str("  }\n}\n");
    Some(ConfigMap {
        metadata: ObjectMeta {
            name: "coredns".into(),
            namespace: "kube-system".into(),
            ..ObjectMeta::default()
        },
        data: [("Corefile".into(), file.into())].into(),
    })
}

fn configuration(api_version: &str, kind: &str, mut value: Value) -> Option<Configuration> {
    value["apiVersion"] = api_version.into();
    value["kind"] = kind.into();
    Some(Configuration {
        api_version: api_version.into(),
        kind: kind.into(),
        value,
    })
}

fn written<T>(value: T) -> Written<T> {
    let origin = ObjectOrigin {
        document: DocumentId(0),
        item: 0,
    };
    Written { origin, value }
}

/// The texts of a list, or of one text with commas.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => text
            .split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect(),
        Value::Array(list) => list
            .iter()
            .filter_map(|text| text.as_str().map(str::to_owned))
            .collect(),
        _ => Vec::new(),
    }
}

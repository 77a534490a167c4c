//! `switchboard services`: what every Service resolves to.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::Serialize;
use switchboard_engine::Analysis;
use switchboard_engine::cluster::{
    Endpoint, EndpointPort, EndpointSlice, Service, ServiceAddress, ServicePort, TargetPort,
};

/// Prints the Services that were written, in a table or as JSON.
pub(crate) fn services(analysis: &Analysis, json: bool, mut output: impl Write) -> io::Result<()> {
    // What the engine assumes to be there (the cluster's DNS) nobody asked about.
    let written = analysis
        .cluster
        .services
        .iter()
        .filter(|(_, service)| service.meta.origin.is_some());
    let slices = SlicesByService::of(analysis);
    let rows: Vec<Row> = written
        .map(|(_, service)| row(analysis, &slices, service))
        .collect();
    if json {
        serde_json::to_writer_pretty(&mut output, &rows)?;
        return writeln!(output);
    }
    for row in rows {
        let address = row.cluster_ip.as_deref().unwrap_or("-");
        writeln!(
            output,
            "{}/{}  {}  {address}",
            row.namespace, row.name, row.type_
        )?;
        for port in &row.ports {
            let node_port = port
                .node_port
                .map(|port| format!(", node port {port}"))
                .unwrap_or_default();
            let name = if port.name.is_empty() {
                String::new()
            } else {
                format!("{} ", port.name)
            };
            writeln!(
                output,
                "    {name}{}/{} -> {}{node_port}",
                port.port, port.protocol, port.target_port
            )?;
        }
        if row.endpoints.is_empty() {
            writeln!(output, "    no endpoints")?;
        }
        for endpoint in &row.endpoints {
            let pod = endpoint.pod.as_deref().unwrap_or("(no Pod)");
            let node = endpoint.node.as_deref().unwrap_or("-");
            let state = match (endpoint.ready, endpoint.terminating) {
                (true, _) => "ready",
                (false, true) => "terminating",
                (false, false) => "not ready",
            };
            let port = endpoint
                .port
                .map_or_else(|| "*".to_owned(), |port| port.to_string());
            writeln!(
                output,
                "    => {}:{port}  {pod}  on {node}  {state}",
                endpoint.address
            )?;
        }
    }
    Ok(())
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    namespace: String,
    name: String,
    #[serde(rename = "type")]
    type_: &'static str,
    #[serde(rename = "clusterIP")]
    cluster_ip: Option<String>,
    ports: Vec<PortRow>,
    endpoints: Vec<EndpointRow>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PortRow {
    name: String,
    port: u16,
    protocol: &'static str,
    target_port: TargetPortRow,
    node_port: Option<u16>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum TargetPortRow {
    Number(u16),
    Name(String),
}

impl std::fmt::Display for TargetPortRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndpointRow {
    address: String,
    port: Option<u16>,
    port_name: String,
    ready: bool,
    serving: bool,
    terminating: bool,
    pod: Option<String>,
    owner: Option<String>,
    node: Option<String>,
}

/// All slices by what they are found by: namespace and label. Each Service looking through all of them would be
/// quadratic.
struct SlicesByService<'a>(BTreeMap<(&'a str, &'a str), Vec<&'a EndpointSlice>>);

impl<'a> SlicesByService<'a> {
    fn of(analysis: &'a Analysis) -> Self {
        let mut slices: BTreeMap<(&str, &str), Vec<&EndpointSlice>> = BTreeMap::new();
        for slice in analysis.cluster.slices.values() {
            if let Some(service) = &slice.service {
                let key = (slice.meta.namespace.as_str(), service.as_str());
                slices.entry(key).or_default().push(slice);
            }
        }
        Self(slices)
    }
}

fn row(analysis: &Analysis, slices: &SlicesByService, service: &Service) -> Row {
    let key = (service.meta.namespace.as_str(), service.meta.name.as_str());
    let slices = slices.0.get(&key).into_iter().flatten();
    let mut endpoints: Vec<EndpointRow> = slices
        .flat_map(|slice| endpoint_rows(analysis, slice))
        .collect();
    endpoints.sort_by(|a, b| {
        (&a.port_name, &a.pod, &a.address).cmp(&(&b.port_name, &b.pod, &b.address))
    });
    Row {
        namespace: service.meta.namespace.to_string(),
        name: service.meta.name.to_string(),
        type_: if service.is_headless() {
            "Headless"
        } else {
            service.type_.name()
        },
        cluster_ip: match &service.address {
            ServiceAddress::ClusterIps(addresses) => addresses.first().map(ToString::to_string),
            ServiceAddress::Headless => Some("None".to_owned()),
            ServiceAddress::ExternalName(_) => None,
        },
        ports: service.ports.iter().map(port_row).collect(),
        endpoints,
    }
}

fn port_row(port: &ServicePort) -> PortRow {
    PortRow {
        name: port.name.to_string(),
        port: port.port.get(),
        protocol: port.protocol.upper(),
        target_port: match &port.target_port {
            TargetPort::Number(number) => TargetPortRow::Number(number.get()),
            TargetPort::Name(name) => TargetPortRow::Name(name.to_string()),
        },
        node_port: port.node_port.map(Into::into),
    }
}

/// Endpoints × ports; one row without a port where the slice has none (a headless Service without ports).
fn endpoint_rows(analysis: &Analysis, slice: &EndpointSlice) -> Vec<EndpointRow> {
    let mut rows = Vec::new();
    for endpoint in slice
        .endpoints
        .iter()
        .filter(|endpoint| !is_assumed(analysis, endpoint))
    {
        for address in &endpoint.addresses {
            let with =
                |port: Option<&EndpointPort>| endpoint_row(analysis, endpoint, address, port);
            if slice.ports.is_empty() {
                rows.push(with(None));
            } else {
                rows.extend(slice.ports.iter().map(|port| with(Some(port))));
            }
        }
    }
    rows
}

/// A Pod that stands in for a part of the system which nobody wrote.
fn is_assumed(analysis: &Analysis, endpoint: &Endpoint) -> bool {
    let cluster = &analysis.cluster;
    endpoint.pod.is_some_and(|pod| {
        let maker = analysis.topology.topmost_owner(pod);
        cluster.pods[pod].meta.origin.is_none()
            && maker.is_none_or(|maker| cluster.workloads[maker].meta.origin.is_none())
    })
}

fn endpoint_row(
    analysis: &Analysis,
    endpoint: &Endpoint,
    address: &str,
    port: Option<&EndpointPort>,
) -> EndpointRow {
    let cluster = &analysis.cluster;
    let owner = endpoint
        .pod
        .and_then(|pod| analysis.topology.topmost_owner(pod))
        .map(|owner| &cluster.workloads[owner]);
    EndpointRow {
        address: address.to_owned(),
        port: port.and_then(|port| port.port),
        port_name: port
            .and_then(|port| port.name.as_deref())
            .unwrap_or_default()
            .to_owned(),
        // Unset conditions mean ready, serving, and not terminating.
        ready: endpoint.conditions.ready.unwrap_or(true),
        serving: endpoint.conditions.serving.unwrap_or(true),
        terminating: endpoint.conditions.terminating.unwrap_or(false),
        pod: endpoint.pod.map(|pod| cluster.pods[pod].meta.full_name()),
        owner: owner.map(|owner| format!("{}/{}", owner.kind.name(), owner.meta.full_name())),
        node: endpoint.node_name.as_ref().map(ToString::to_string),
    }
}

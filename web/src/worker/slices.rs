//! EndpointSlices of a Service, as the table that `kubectl get endpointslices -o wide` prints.

use switchboard_engine::cluster::{Cluster, Endpoint, EndpointSlice, ServiceId, SliceSource};

use crate::protocol::{EndpointView, SliceView};

/// How many endpoints of a slice are listed.
const ROWS: usize = 60;
/// How many kubectl prints in one cell (`-o wide` or not).
const CELL: usize = 3;

pub(super) fn slices(cluster: &Cluster, service: ServiceId) -> Vec<SliceView> {
    cluster
        .slices_of(service)
        .map(|(_, slice)| view(cluster, slice))
        .collect()
}

fn view(cluster: &Cluster, slice: &EndpointSlice) -> SliceView {
    let ports: Vec<String> = slice
        .ports
        .iter()
        .map(|port| {
            port.port
                .map_or_else(|| "*".to_owned(), |port| port.to_string())
        })
        .collect();
    let endpoints: Vec<String> = slice
        .endpoints
        .iter()
        .flat_map(|endpoint| &endpoint.addresses)
        .map(ToString::to_string)
        .collect();
    SliceView {
        name: slice.meta.name.to_string(),
        address_type: slice.address_type.name().to_owned(),
        ports: cell(&ports),
        endpoints: cell(&endpoints),
        made: slice.source != SliceSource::Written,
        rows: slice
            .endpoints
            .iter()
            .take(ROWS)
            .map(|endpoint| row(cluster, endpoint))
            .collect(),
        more: u32::try_from(slice.endpoints.len().saturating_sub(ROWS)).unwrap_or(u32::MAX),
    }
}

/// kubectl: `<unset>` for none, three and "+ n more..." for many.
fn cell(values: &[String]) -> String {
    match values.len() {
        0 => "<unset>".to_owned(),
        n if n > CELL => format!("{} + {} more...", values[..CELL].join(","), n - CELL),
        _ => values.join(","),
    }
}

fn row(cluster: &Cluster, endpoint: &Endpoint) -> EndpointView {
    // Unset is ready and serving, and not terminating: so consumers read it.
    let ready = endpoint.conditions.ready != Some(false);
    let conditions = [
        (ready, "ready"),
        (endpoint.conditions.serving.unwrap_or(true), "serving"),
        (endpoint.conditions.terminating == Some(true), "terminating"),
    ];
    let target = match (endpoint.pod, &endpoint.target) {
        (Some(pod), _) => cluster.pods[pod].meta.full_name(),
        (None, Some(target)) => format!("{}/{}", target.namespace, target.name),
        (None, None) => String::new(),
    };
    let holds: Vec<&str> = conditions
        .iter()
        .filter(|(holds, _)| *holds)
        .map(|(_, name)| *name)
        .collect();
    EndpointView {
        address: endpoint
            .addresses
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
        target,
        node: endpoint
            .node_name
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        zone: endpoint
            .zone
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        conditions: holds.join(", "),
        ready,
    }
}

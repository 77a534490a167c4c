//! Probes `validate`, `defaults`, `allocate`, `update`, `bands`.

use serde_json::{Value, json};
use switchboard_engine::apiserver::bands::{AddressBands, PortBands};
use switchboard_engine::apiserver::requests::{ApiServer, ObjectKey, Response};
use switchboard_engine::finding::Findings;
use switchboard_engine::manifest::{self, SourceFile};

use super::{Line, Reply, Unsupported, config};

pub(super) fn create(line: &Line, probe: &Value) -> Reply {
    let key = object(probe)?;
    let (_, responses) = created(line);
    answer(&key, responses)
}

pub(super) fn update(line: &Line, probe: &Value) -> Reply {
    let key = object(probe)?;
    let (mut server, _) = created(line);
    let text = probe["manifest"].as_str().unwrap_or_default();
    let mut findings = Findings::default();
    let manifest = manifest::read(
        vec![SourceFile {
            name: "update.yaml".into(),
            text: text.into(),
        }],
        &mut findings,
    );
    answer(&key, server.replace_all(&manifest, &findings))
}

pub(super) fn bands(probe: &Value) -> Reply {
    if let Some(text) = probe["serviceCIDR"].as_str() {
        let cidr = text
            .parse()
            .map_err(|_| Unsupported::because(format!("{text} is no address range")))?;
        let bands = AddressBands::of(cidr);
        let band = |band: Option<_>| band.map(|(first, last)| format!("{first}-{last}"));
        return Ok(json!({
            "usable": bands.usable,
            "offset": bands.offset,
            "static": band(bands.static_band()),
            "dynamic": band(bands.dynamic_band()),
        }));
    }
    let text = probe["nodePortRange"].as_str().unwrap_or_default();
    let range = text
        .split_once('-')
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)))
        .ok_or_else(|| Unsupported::because(format!("{text} is no range of ports")))?;
    let bands = PortBands::of(range);
    let band = |band: Option<std::ops::RangeInclusive<u16>>| {
        band.map(|band| format!("{}-{}", band.start(), band.end()))
    };
    Ok(json!({
        "size": bands.size,
        "offset": bands.offset,
        "static": band(bands.static_band()),
        "dynamic": band(bands.dynamic_band()),
    }))
}

/// An API server that was asked to create all that the line has, and what it said.
fn created(line: &Line) -> (ApiServer, Vec<(ObjectKey, Response)>) {
    let mut findings = Findings::default();
    let manifest = manifest::read(line.files(), &mut findings);
    let mut server = ApiServer::new(&config::environment(line));
    let responses = server.create_all(&manifest, &findings);
    (server, responses)
}

/// `Kind/namespace/name`, or `Kind/name` of a cluster-scoped kind.
fn object(probe: &Value) -> Result<ObjectKey, Unsupported> {
    let text = probe["object"].as_str().unwrap_or_default();
    let (kind, namespace, name) = match text.split('/').collect::<Vec<_>>().as_slice() {
        [kind, name] => (*kind, "", *name),
        [kind, namespace, name] => (*kind, *namespace, *name),
        _ => return Err(Unsupported::because(format!("{text} names no object"))),
    };
    Ok(ObjectKey {
        kind: kind.into(),
        namespace: namespace.into(),
        name: name.into(),
    })
}

fn answer(key: &ObjectKey, responses: Vec<(ObjectKey, Response)>) -> Reply {
    let response = responses
        .into_iter()
        .rev()
        .find(|(other, _)| other == key)
        .map(|(_, response)| response)
        .ok_or_else(|| {
            Unsupported::because(format!("requests about a {} are not modelled", key.kind))
        })?;
    let errors: Vec<Value> = response
        .errors
        .iter()
        .map(|error| {
            json!({"field": error.field, "type": error.kind.name(), "message": error.message})
        })
        .collect();
    Ok(json!({
        "accepted": response.accepted(),
        "http": response.http,
        "errors": errors,
        "message": response.message,
        "object": response.object,
    }))
}

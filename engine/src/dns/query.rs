//! One query to the cluster's DNS server.
//!
//! Sources: coredns `plugin/kubernetes/handler.go`, `plugin/backend_lookup.go`. Where an answer looks odd, it is CoreDNS's:
//! SOA below the apex is NODATA whether the name exists or not, TXT of a namespace is NXDOMAIN, and an ExternalName that
//! leads to nothing inside the zone is NODATA.

use std::collections::HashSet;
use std::net::IpAddr;

use rustc_hash::FxBuildHasher;

use super::lookup::{self, Found, Host, NameError, Scope};
use super::reverse;
use super::{
    AnsweredBy, Because, Exchange, Name, Question, Rcode, Record, RecordData, RecordType, Soa, Zone,
};
use crate::cluster::Cluster;
use crate::packet::Family;

/// The version of the specification (<https://github.com/kubernetes/dns/blob/master/docs/specification.md>).
const SCHEMA_VERSION: &str = "1.1.0";
/// Of the version's TXT record, seconds.
const SCHEMA_TTL: u32 = 28_800;
/// A negative answer is kept no longer, seconds.
const NEGATIVE_TTL: u32 = 300;
/// CoreDNS takes the time of the last change; the engine knows no time.
const SERIAL: u32 = 1;
/// CNAMEs that may precede one more (`maxCnameChainLength`).
const CHAIN_LENGTH: usize = 10;
/// Names looked up for one query. CoreDNS has no such bound: slices full of names that lead to each other would keep it
/// busy for ever.
const LOOKUPS: usize = 100;

type Records = Result<Vec<Record>, NameError>;
type Seen<T> = HashSet<T, FxBuildHasher>;

/// Asks the cluster's DNS server. The zone must have been built from this cluster.
pub fn query(cluster: &Cluster, zone: &Zone, question: Question) -> Exchange {
    let Some(authority) = zone.authority(&question.name) else {
        return Exchange::upstream(question);
    };
    let apex = question.name.zone_as_asked(authority);
    let scope = Scope {
        cluster,
        zone,
        apex: &apex,
    };
    let mut exchange = Exchange {
        answered_by: AnsweredBy::Zone(apex.clone()),
        rcode: Rcode::NoError,
        answers: Vec::new(),
        authority: Vec::new(),
        additional: Vec::new(),
        question,
    };
    if exchange.question.type_ == RecordType::Transfer {
        exchange.rcode = Rcode::Refused;
        return exchange;
    }
    match answer(scope, &exchange.question) {
        Ok((answers, additional)) => {
            exchange.answers = answers;
            exchange.additional = additional;
        }
        Err(NameError) => exchange.rcode = Rcode::NxDomain,
    }
    if exchange.answers.is_empty() {
        exchange.authority = vec![start_of_authority(scope)];
    }
    exchange
}

fn answer(scope: Scope<'_>, question: &Question) -> Result<(Vec<Record>, Vec<Record>), NameError> {
    let name = &question.name;
    let is_apex = name.is_same(scope.apex);
    let answers = match &question.type_ {
        RecordType::A => addresses(scope, name, Family::V4)?,
        RecordType::Aaaa => addresses(scope, name, Family::V6)?,
        RecordType::Cname => cname(scope, name)?,
        RecordType::Txt => txt(scope, name)?,
        RecordType::Ptr => ptr(scope, name)?,
        RecordType::Soa if is_apex => vec![start_of_authority(scope)],
        RecordType::Soa => Vec::new(),
        RecordType::Srv => return srv(scope, name),
        RecordType::Ns if is_apex => return Ok(ns(scope, name)),
        RecordType::Mx => found(scope, &name.folded(), |_| Vec::new())?,
        RecordType::Ns | RecordType::Transfer | RecordType::Other(_) => {
            addresses(scope, name, Family::V4)?;
            Vec::new()
        }
    };
    Ok((answers, Vec::new()))
}

/// Hands what is behind a name to a function; the server's own name is not behind any object.
fn found<T>(
    scope: Scope<'_>,
    folded: &Name,
    then: impl FnOnce(Vec<Found<'_>>) -> T,
) -> Result<T, NameError> {
    let labels = folded.below(scope.apex).ok_or(NameError)?;
    let found = if reverse::is_server(labels) {
        reverse::server(scope)
            .into_iter()
            .map(|(_, found)| found)
            .collect()
    } else {
        lookup::records(scope, labels)?
    };
    Ok(then(found))
}

fn addresses(scope: Scope<'_>, name: &Name, family: Family) -> Records {
    let mut lookups = LOOKUPS;
    chased(scope, name, family, &mut Vec::new(), &mut lookups)
}

/// Addresses of a name, and the CNAMEs that lead to them. A CNAME to a name inside the zone is left out together with what
/// it leads to when that is nothing; one to a name outside stands alone, since upstream is not known.
fn chased(
    scope: Scope<'_>,
    name: &Name,
    family: Family,
    chain: &mut Vec<Name>,
    lookups: &mut usize,
) -> Records {
    let Some(left) = lookups.checked_sub(1) else {
        return Ok(Vec::new());
    };
    *lookups = left;
    found(scope, &name.folded(), |all| {
        let mut records = Vec::new();
        let mut seen: Seen<IpAddr> = Seen::default();
        for found in all {
            match found.host {
                Host::Address(ip) => {
                    if Family::of(ip) == family && seen.insert(ip) {
                        records.push(record(scope, name, RecordData::address(ip), found.because));
                    }
                }
                Host::Name(target) => {
                    let is_loop = target.is_within(name) || chain.contains(&target);
                    if is_loop || chain.len() > CHAIN_LENGTH {
                        continue;
                    }
                    let alias = record(
                        scope,
                        name,
                        RecordData::Cname(target.clone()),
                        found.because,
                    );
                    if !target.is_within(scope.apex) {
                        records.push(alias);
                        continue;
                    }
                    chain.push(target.clone());
                    let next = chased(scope, &target, family, chain, lookups).unwrap_or_default();
                    chain.pop();
                    if !next.is_empty() {
                        records.push(alias);
                        records.extend(next);
                    }
                }
            }
        }
        records
    })
}

fn cname(scope: Scope<'_>, name: &Name) -> Records {
    found(scope, &name.folded(), |all| {
        let first = all.into_iter().next();
        first
            .and_then(|found| match found.host {
                Host::Name(target) => Some(record(
                    scope,
                    name,
                    RecordData::Cname(target),
                    found.because,
                )),
                Host::Address(_) => None,
            })
            .into_iter()
            .collect()
    })
}

fn txt(scope: Scope<'_>, name: &Name) -> Records {
    let folded = name.folded();
    let labels = folded.below(scope.apex).ok_or(NameError)?;
    if labels == "dns-version" {
        return Ok(vec![Record {
            name: name.clone(),
            ttl: SCHEMA_TTL,
            data: RecordData::Txt(SCHEMA_VERSION.into()),
            because: Because::Server,
        }]);
    }
    if lookup::records(scope, labels)?.is_empty() {
        return Err(NameError);
    }
    Ok(Vec::new())
}

fn ptr(scope: Scope<'_>, name: &Name) -> Records {
    let folded = name.folded();
    let Some(found) = reverse::reverse(scope, &folded) else {
        lookup::records(scope, folded.below(scope.apex).ok_or(NameError)?)?;
        return Ok(Vec::new());
    };
    let mut seen: Seen<Name> = Seen::default();
    Ok(found?
        .into_iter()
        .filter(|(target, _)| seen.insert(target.clone()))
        .map(|(target, because)| record(scope, name, RecordData::Ptr(target), because))
        .collect())
}

fn ns(scope: Scope<'_>, name: &Name) -> (Vec<Record>, Vec<Record>) {
    let mut seen: Seen<Name> = Seen::default();
    let (mut answers, mut additional) = (Vec::new(), Vec::new());
    for (host, found) in reverse::server(scope) {
        let Host::Address(ip) = found.host else {
            continue;
        };
        if seen.insert(host.clone()) {
            answers.push(record(
                scope,
                name,
                RecordData::Ns(host.clone()),
                found.because,
            ));
        }
        let address = record(scope, &host, RecordData::address(ip), found.because);
        if !additional.contains(&address) {
            additional.push(address);
        }
    }
    (answers, additional)
}

fn srv(scope: Scope<'_>, name: &Name) -> Result<(Vec<Record>, Vec<Record>), NameError> {
    let folded = name.folded();
    if folded.below(scope.apex).is_some_and(reverse::is_server) {
        return Ok((Vec::new(), Vec::new()));
    }
    found(scope, &folded, |mut all| {
        // An ExternalName has no SRV records.
        all.retain(|found| !matches!(found.because, Because::ExternalName(_)));
        // Every address counts, before equal records are made one.
        let weight = (100 / all.len().max(1)).max(1) as u16;
        let mut lookups = LOOKUPS;
        let (mut answers, mut additional) = (Vec::new(), Vec::new());
        let mut seen_targets: Seen<(Name, u16)> = Seen::default();
        let mut seen_addresses: Seen<(Name, IpAddr)> = Seen::default();
        for found in all {
            let Some(port) = found.port else {
                continue;
            };
            let target = match &found.host {
                Host::Address(_) => found.owner.name(scope),
                Host::Name(target) => target.clone(),
            };
            if seen_targets.insert((target.clone(), port)) {
                let data = RecordData::Srv {
                    priority: 0,
                    weight,
                    port,
                    target: target.clone(),
                };
                answers.push(record(scope, name, data, found.because));
            }
            match found.host {
                Host::Address(ip) => {
                    if seen_addresses.insert((target.clone(), ip)) {
                        let data = RecordData::address(ip);
                        additional.push(record(scope, &target, data, found.because));
                    }
                }
                // CoreDNS adds IPv4 addresses alone here.
                Host::Name(_) if target.is_within(scope.apex) => {
                    let chain = &mut Vec::new();
                    let more = chased(scope, &target, Family::V4, chain, &mut lookups);
                    additional.extend(more.unwrap_or_default());
                }
                Host::Name(_) => {}
            }
        }
        (answers, additional)
    })
}

fn start_of_authority(scope: Scope<'_>) -> Record {
    let ttl = scope.cluster.environment.dns.ttl;
    Record {
        name: scope.apex.clone(),
        ttl: ttl.min(NEGATIVE_TTL),
        data: RecordData::Soa(Soa {
            mname: scope.apex.prefixed("ns.dns"),
            rname: scope.apex.prefixed("hostmaster"),
            serial: SERIAL,
            refresh: 7200,
            retry: 1800,
            expire: 86_400,
            minimum: ttl,
        }),
        because: Because::Server,
    }
}

fn record(scope: Scope<'_>, name: &Name, data: RecordData, because: Because) -> Record {
    Record {
        name: name.clone(),
        ttl: scope.cluster.environment.dns.ttl,
        data,
        because,
    }
}

#[cfg(test)]
mod tests;

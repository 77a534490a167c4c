//! Which Services share a row, and which Pods stand in it.
//!
//! A group of Pods has one home: the row of the most specific Service that reaches it. What no Service reaches shares
//! one row per namespace.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use switchboard_engine::order::{Gather, Order, natural};
use switchboard_engine::{
    Analysis, Str,
    cluster::{Cluster, Endpoint, EndpointSlice, PodId, Service, ServiceAddress},
};

use super::{
    Band, Chip, ChipState, ColumnKey, Counts, Group, HANDFUL, Key, MapView, Name, Reach, RowKind,
    ServiceCard, Wire, chips,
    columns::Columns,
    describe,
    filter::{Labels, in_namespace},
    index::Index,
    is_system,
    reach::Taken,
};
use crate::words;

/// All rows.
pub(super) struct Bands {
    /// Sorted by namespace and name.
    pub(super) bands: Vec<Band>,
    /// The chip that each Pod stands in.
    pub(super) chip_of: BTreeMap<PodId, Key>,
    /// What each Pod belongs to.
    pub(super) group_of: BTreeMap<PodId, Group>,
    /// What rows can be looked for by.
    pub(super) kinds: BTreeSet<RowKind>,
}

/// The rows that are looked for.
// A function of its own in the browser, too: ARCHITECTURE.md, "What makes it quick".
#[inline(never)]
pub(super) fn bands(
    analysis: &Analysis,
    index: &Index<'_>,
    columns: &mut Columns,
    view: &MapView,
    labels: &Labels,
) -> Bands {
    let cluster = &analysis.cluster;
    let services = services(cluster, index, view, labels);
    let mut groups = groups(analysis, &services, view, labels);
    let mut rows = rows(services, &groups);
    let kinds = rows
        .iter()
        .flat_map(|row| row_kinds(row, &groups))
        .collect();
    if !view.kinds.is_empty() {
        rows.retain(|row| row_kinds(row, &groups).any(|kind| view.kinds.contains(&kind)));
        let left: BTreeSet<&Group> = rows.iter().flat_map(|row| &row.groups).gather();
        groups.pods.retain(|group, _| left.contains(group));
    }
    let mut homes = BTreeMap::<Key, ()>::new();
    let mut bands: Vec<Band> = rows
        .into_iter()
        .map(|row| band(analysis, index, columns, view, &groups, row, &mut homes))
        .collect();
    let chip_of = chip_of(&bands, &groups, columns, cluster);
    for band in &mut bands {
        for card in &mut band.services {
            if let Some(id) = cluster.service(&card.name.namespace, &card.name.name) {
                card.wires = wires(index, &card.name, &cluster.services[id], &chip_of);
            }
        }
    }
    Bands {
        bands,
        chip_of,
        group_of: groups.of_pod,
        kinds,
    }
}

fn row_kinds<'a>(row: &'a Row<'_>, groups: &'a Groups) -> impl Iterator<Item = RowKind> + 'a {
    let services = row
        .services
        .iter()
        .map(|reached| RowKind::Service(describe::kind(reached.service)));
    let workloads = row
        .groups
        .iter()
        .filter(|group| groups.pods.contains_key(*group))
        .map(|group| match group {
            Group::Workload { kind, .. } => RowKind::Workload(*kind),
            Group::BehindService(_) | Group::Alone(_) => RowKind::Pod,
        });
    services.chain(workloads)
}

/// A Service with the groups that its endpoints belong to.
struct Reached<'a> {
    service: &'a Service,
    name: Name,
    pods: Vec<PodId>,
    bare: Vec<&'a Endpoint>,
}

struct Groups {
    of_pod: BTreeMap<PodId, Group>,
    pods: BTreeMap<Group, Vec<PodId>>,
}

#[derive(Default)]
struct Row<'a> {
    namespace: Str,
    services: Vec<Reached<'a>>,
    groups: BTreeSet<Group>,
}

#[inline(never)]
fn services<'a>(
    cluster: &'a Cluster,
    index: &Index<'a>,
    view: &MapView,
    labels: &Labels,
) -> Vec<Reached<'a>> {
    let mut all: Vec<Reached<'_>> = cluster
        .services
        .values()
        // Services that nobody wrote are parts of the system: DNS has its own shape.
        .filter(|service| service.meta.origin.is_some())
        .filter(|service| in_namespace(view, &service.meta.namespace))
        .map(|service| {
            let name = Name::from(&service.meta);
            let mut pods = Vec::new();
            let mut bare = Vec::new();
            for endpoint in endpoints(index, &name) {
                match endpoint.pod {
                    Some(pod) => pods.push(pod),
                    None => bare.push(endpoint),
                }
            }
            pods.order();
            pods.dedup();
            Reached {
                service,
                name,
                pods,
                bare,
            }
        })
        .filter(|reached| {
            labels.hold(&reached.service.meta.labels)
                || reached
                    .pods
                    .iter()
                    .any(|pod| labels.hold(&cluster.pods[*pod].meta.labels))
        })
        .collect();
    all.order_by(|a, b| a.name.cmp(&b.name));
    all
}

fn endpoints<'a>(index: &Index<'a>, service: &Name) -> impl Iterator<Item = &'a Endpoint> {
    let slices = slices_of(index, service).iter();
    slices.flat_map(|slice| &slice.endpoints)
}

fn slices_of<'b, 'a>(index: &'b Index<'a>, service: &Name) -> &'b [&'a EndpointSlice] {
    index.slices.get(service).map_or(&[], Vec::as_slice)
}

#[inline(never)]
fn groups(
    analysis: &Analysis,
    services: &[Reached<'_>],
    view: &MapView,
    labels: &Labels,
) -> Groups {
    let cluster = &analysis.cluster;
    // A Service that is looked for by its own labels comes with all of its Pods.
    let with_service: BTreeSet<PodId> = services
        .iter()
        .filter(|reached| !labels.has_none() && labels.hold(&reached.service.meta.labels))
        .flat_map(|reached| reached.pods.iter().copied())
        .gather();
    let mut of_pod = BTreeMap::new();
    for reached in services {
        for pod in &reached.pods {
            of_pod.entry(*pod).or_insert_with(|| {
                workload_of(analysis, *pod)
                    .unwrap_or_else(|| Group::BehindService(reached.name.clone()))
            });
        }
    }
    let mut pods = BTreeMap::<Group, Vec<PodId>>::new();
    for (id, pod) in cluster.pods.iter() {
        let is_wanted = in_namespace(view, &pod.meta.namespace)
            && (labels.hold(&pod.meta.labels) || with_service.contains(&id));
        if !is_wanted || pod.is_terminal() || is_system(analysis, id) {
            continue;
        }
        let group = of_pod
            .entry(id)
            .or_insert_with(|| {
                workload_of(analysis, id).unwrap_or_else(|| Group::Alone(Name::from(&pod.meta)))
            })
            .clone();
        pods.entry(group).or_default().push(id);
    }
    for members in pods.values_mut() {
        members.order_by(|a, b| natural(&cluster.pods[*a].meta.name, &cluster.pods[*b].meta.name));
    }
    Groups { of_pod, pods }
}

fn workload_of(analysis: &Analysis, pod: PodId) -> Option<Group> {
    let workload = &analysis.cluster.workloads[analysis.topology.topmost_owner(pod)?];
    Some(Group::Workload {
        kind: workload.kind,
        name: Name::from(&workload.meta),
    })
}

#[inline(never)]
fn rows<'a>(services: Vec<Reached<'a>>, groups: &Groups) -> Vec<Row<'a>> {
    let reach = |reached: &Reached<'_>| -> BTreeSet<Group> {
        reached
            .pods
            .iter()
            .filter_map(|pod| groups.of_pod.get(pod).cloned())
            .gather()
    };
    let mut by_reach: Vec<(BTreeSet<Group>, Reached<'_>)> = services
        .into_iter()
        .map(|reached| (reach(&reached), reached))
        .collect();
    // The most specific first, so that a Service which selects everything does not pull all rows into one.
    by_reach.order_by(|(a, x), (b, y)| (a.len(), &x.name).cmp(&(b.len(), &y.name)));

    let mut rows: Vec<Row<'_>> = Vec::new();
    let mut home = BTreeMap::<Group, usize>::new();
    for (reached_groups, reached) in by_reach {
        let at = reached_groups
            .iter()
            .find_map(|group| home.get(group).copied())
            .unwrap_or_else(|| {
                rows.push(Row {
                    namespace: reached.name.namespace.clone(),
                    ..Row::default()
                });
                rows.len() - 1
            });
        for group in reached_groups {
            if let Entry::Vacant(vacant) = home.entry(group) {
                rows[at].groups.insert(vacant.key().clone());
                vacant.insert(at);
            }
        }
        rows[at].services.push(reached);
    }
    for row in &mut rows {
        row.services.order_by(|a, b| a.name.cmp(&b.name));
    }
    rows.order_by(|a, b| {
        let key = |row: &Row<'_>| row.services.first().map(|first| first.name.clone());
        key(a).cmp(&key(b))
    });

    let mut homeless = BTreeMap::<Str, BTreeSet<Group>>::new();
    for group in groups
        .pods
        .keys()
        .filter(|group| !home.contains_key(*group))
    {
        homeless
            .entry(group.name().namespace.clone())
            .or_default()
            .insert(group.clone());
    }
    for (namespace, groups) in homeless {
        let after = rows.partition_point(|row| natural(&row.namespace, &namespace).is_le());
        rows.insert(
            after,
            Row {
                namespace,
                services: Vec::new(),
                groups,
            },
        );
    }
    rows
}

#[inline(never)]
fn band(
    analysis: &Analysis,
    index: &Index<'_>,
    columns: &mut Columns,
    view: &MapView,
    groups: &Groups,
    row: Row<'_>,
    homes: &mut BTreeMap<Key, ()>,
) -> Band {
    let cluster = &analysis.cluster;
    let mut band_chips = Vec::new();
    for group in &row.groups {
        let mut cells = BTreeMap::<usize, Vec<PodId>>::new();
        for pod in groups.pods.get(group).into_iter().flatten() {
            cells
                .entry(column_of(cluster, columns, *pod))
                .or_default()
                .push(*pod);
        }
        for (column, pods) in cells {
            let place = (group, column, columns.columns.as_slice());
            band_chips.extend(chips::cell(analysis, index, place, &pods, view));
        }
    }
    for reached in &row.services {
        for chip in bare_chips(cluster, columns, view, reached) {
            if homes.insert(chip.key.clone(), ()).is_none() {
                band_chips.push(chip);
            }
        }
    }
    band_chips.order_by_key(|chip| chip.column);
    Band {
        namespace: row.namespace,
        services: row
            .services
            .iter()
            .map(|reached| card(index, reached))
            .collect(),
        chips: band_chips,
    }
}

fn column_of(cluster: &Cluster, columns: &mut Columns, pod: PodId) -> usize {
    match cluster.pods[pod].node() {
        Some(node) => columns.of(node),
        None => columns.extra(
            ColumnKey::Pending,
            words::scene::PENDING,
            words::scene::PENDING_MORE,
        ),
    }
}

/// The column of addresses that no Pod of these manifests has.
fn elsewhere(columns: &mut Columns) -> usize {
    columns.extra(
        ColumnKey::Elsewhere,
        words::scene::ELSEWHERE,
        words::scene::ELSEWHERE_MORE,
    )
}

fn bare_chips(
    cluster: &Cluster,
    columns: &mut Columns,
    view: &MapView,
    reached: &Reached<'_>,
) -> Vec<Chip> {
    if reached.bare.is_empty() {
        return Vec::new();
    }
    let column = |columns: &mut Columns, endpoint: &Endpoint| {
        let node = endpoint
            .node_name
            .as_ref()
            .and_then(|name| cluster.node(name));
        match node {
            Some(node) => columns.of(node),
            None => elsewhere(columns),
        }
    };
    let fold = Key::Addresses(reached.name.clone());
    if reached.bare.len() > HANDFUL && !view.open.contains(&fold) {
        let count = reached.bare.len();
        return vec![Chip {
            key: fold,
            column: elsewhere(columns),
            title: words::scene::addresses(count),
            subtitle: words::scene::of(&reached.name.name),
            assumed: false,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            state: ChipState::Unknown,
            marks: Counts::default(),
        }];
    }
    reached
        .bare
        .iter()
        .filter_map(|endpoint| {
            let address = endpoint.addresses.first()?;
            let target = endpoint.target.as_ref().map(|target| target.name.clone());
            Some(Chip {
                key: Key::Address(address.clone()),
                column: column(columns, endpoint),
                title: target.map_or_else(|| address.to_string(), |name| name.to_string()),
                subtitle: if endpoint.target.is_some() {
                    address.to_string()
                } else {
                    words::scene::NO_POD_KNOWN.to_owned()
                },
                assumed: false,
                count: 1,
                state: ChipState::Unknown,
                marks: Counts::default(),
            })
        })
        .collect()
}

#[inline(never)]
fn card(index: &Index<'_>, reached: &Reached<'_>) -> ServiceCard {
    let service = reached.service;
    ServiceCard {
        name: reached.name.clone(),
        kind: describe::kind(service),
        address: describe::address(service),
        address_assumed: service.meta.why(&"spec.clusterIP".into()).is_some()
            && matches!(service.address, ServiceAddress::ClusterIps(_)),
        ports: describe::ports(service),
        entrance: describe::entrance(service),
        reach: if index.quiet {
            Reach::HELD_BACK
        } else {
            Taken::of(service, slices_of(index, &reached.name)).reach(service)
        },
        marks: index.marks_of(service.meta.origin),
        external: match &service.address {
            ServiceAddress::ExternalName(name) => Some(name.clone()),
            _ => None,
        },
        wires: Vec::new(),
    }
}

/// The chip that each Pod stands in, where it is not its own.
#[inline(never)]
fn chip_of(
    bands: &[Band],
    groups: &Groups,
    columns: &mut Columns,
    cluster: &Cluster,
) -> BTreeMap<PodId, Key> {
    let drawn: BTreeSet<&Key> = bands
        .iter()
        .flat_map(|band| &band.chips)
        .map(|chip| &chip.key)
        .gather();
    let mut result = BTreeMap::new();
    for (group, pods) in &groups.pods {
        for pod in pods {
            let column = column_of(cluster, columns, *pod);
            let fold = Key::Pods {
                group: group.clone(),
                column: columns.columns[column].key.clone(),
            };
            let key = if drawn.contains(&fold) {
                fold
            } else {
                Key::Pod(Name::from(&cluster.pods[*pod].meta))
            };
            result.insert(*pod, key);
        }
    }
    result
}

#[inline(never)]
fn wires(
    index: &Index<'_>,
    name: &Name,
    service: &Service,
    chip_of: &BTreeMap<PodId, Key>,
) -> Vec<Wire> {
    let mut to = BTreeMap::<Key, (bool, BTreeSet<(u16, u16)>)>::new();
    let bare = endpoints(index, name)
        .filter(|endpoint| endpoint.pod.is_none())
        .count();
    for taker in Taken::of(service, slices_of(index, name)).endpoints() {
        let key = match taker.endpoint.pod {
            Some(pod) => chip_of.get(&pod).cloned(),
            None if bare > HANDFUL => Some(Key::Addresses(name.clone())),
            None => taker.endpoint.addresses.first().cloned().map(Key::Address),
        };
        if let Some(key) = key {
            let (is_ready, pairs) = to.entry(key).or_default();
            *is_ready |= taker.is_used;
            pairs.extend(taker.ports);
        }
    }
    to.into_iter()
        .map(|(to, (ready, ports))| Wire {
            to,
            ready: ready || index.quiet,
            ports: ports.into_iter().collect(),
        })
        .collect()
}

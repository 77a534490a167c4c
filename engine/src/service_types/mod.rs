//! Which type should this Service be? What each would give it, computed on the same manifests.
//!
//! For every type the Service is admitted as that ([`crate::whatif`]) and the packets of four clients are traced: a Pod of
//! its namespace, a Pod of another, a node, somebody outside. The verdicts are those of the pipeline. What a type costs and
//! depends on is general knowledge, said in `words` with its source.

#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};

use crate::apiserver::Entrance;
use crate::cluster::{Cluster, Environment, Phase, Pod, Service, ServiceType, TrafficPolicy};
use crate::manifest::SourceFile;
use crate::order::Order;
use crate::packet::Protocol;
use crate::selector;
use crate::trace::{Answer, Headline, Probe, ProbeError, words as trace_words};
use crate::whatif::{Change, ServiceKind};
use crate::{Analysis, Str};

/// A client that is there where the manifests have no Pod to ask from.
const STAND_IN: &str = "switchboard-client";

/// Namespace of the stand-in, where all Pods are in the Service's own.
const ELSEWHERE: &str = "switchboard-elsewhere";

/// What every type would give one Service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comparison {
    /// Namespace of the Service.
    pub namespace: Str,
    /// Its name.
    pub name: Str,
    /// It has no selector: endpoints are somebody else's work, in every type.
    pub without_selector: bool,
    /// A client was made up where the manifests have none.
    pub clients_assumed: bool,
    /// One a type; NodePort and LoadBalancer have one for each `externalTrafficPolicy`.
    pub rows: Vec<Row>,
}

/// One type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The type.
    pub kind: ServiceKind,
    /// `externalTrafficPolicy: Local`; the row before is `Cluster`.
    pub local: bool,
    /// This is what is written.
    pub is_current: bool,
    /// What makes it so.
    pub changes: Vec<Change>,
    /// Under which addresses and names it is found.
    pub addresses: Vec<String>,
    /// What the API server would refuse.
    pub refused: Vec<String>,
    /// Who reaches it.
    pub cells: Vec<Cell>,
    /// What it costs.
    pub costs: String,
    /// What it depends on.
    pub depends_on: String,
    /// What breaks, and when.
    pub breaks: String,
    /// Where that is written.
    pub source: String,
}

impl Row {
    /// `NodePort, externalTrafficPolicy: Local`.
    pub fn title(&self) -> String {
        if self.local {
            format!("{}, externalTrafficPolicy: Local", self.kind)
        } else {
            self.kind.to_string()
        }
    }
}

/// One client of one type.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Who asks.
    pub client: Client,
    /// The probe, as the probe bar and `--from`, `--to` take it.
    pub from: String,
    /// Where to.
    pub to: String,
    /// Nobody wrote the client: it is asked in place of one.
    pub is_stand_in: bool,
    /// What it comes to.
    pub headline: Headline,
    /// What the client sees, in words; several where ways differ.
    pub sees: Vec<String>,
    /// The source address that the endpoint sees, where it is not the client's own.
    pub source_changes: bool,
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Client {
    /// A Pod in the Service's namespace.
    SameNamespace,
    /// A Pod in another.
    OtherNamespace,
    /// A process on a node.
    Node,
    /// Somebody outside.
    Outside,
}

impl Client {
    /// All, from the inside outwards.
    pub const ALL: [Self; 4] = [
        Self::SameNamespace,
        Self::OtherNamespace,
        Self::Node,
        Self::Outside,
    ];

    /// For a table's head.
    pub fn name(self) -> &'static str {
        match self {
            Self::SameNamespace => "Pod, same namespace",
            Self::OtherNamespace => "Pod, other namespace",
            Self::Node => "Node",
            Self::Outside => "Outside",
        }
    }
}

/// Compares the types for one Service; `None` if there is no such one written. `changes` happen in every row.
pub fn compare(
    files: &[SourceFile],
    base: &Environment,
    changes: &[Change],
    namespace: &str,
    name: &str,
) -> Option<Comparison> {
    let entrance = Entrance::Paste;
    let now = Analysis::of_changed(files.to_vec(), entrance, base.clone(), changes);
    let subject = Subject::of(&now, namespace, name)?;
    Some(Comparison {
        rows: (0..VARIANTS.len())
            .filter_map(|nth| subject.row(files, base, changes, nth))
            .collect(),
        ..subject.about
    })
}

/// The types to compare, each with whether its `externalTrafficPolicy` is Local.
const VARIANTS: [(ServiceKind, bool); 7] = [
    (ServiceKind::ClusterIp, false),
    (ServiceKind::Headless, false),
    (ServiceKind::NodePort, false),
    (ServiceKind::NodePort, true),
    (ServiceKind::LoadBalancer, false),
    (ServiceKind::LoadBalancer, true),
    (ServiceKind::ExternalName, false),
];

/// A Service whose types are compared, row by row: each row is a whole analysis, so whoever shows them need not wait for
/// all.
#[derive(Debug)]
pub struct Subject {
    /// What holds of all rows; there are none in it.
    pub about: Comparison,
    clients: Clients,
    current: (ServiceKind, bool),
}

impl Subject {
    /// `None` if there is no such Service written. `now`: the manifests with all changes that happen in every row.
    pub fn of(now: &Analysis, namespace: &str, name: &str) -> Option<Self> {
        let service = &now.cluster.services[now.cluster.service(namespace, name)?];
        service.meta.origin?;
        let clients = Clients::of(&now.cluster, service);
        Some(Self {
            about: Comparison {
                namespace: namespace.into(),
                name: name.into(),
                without_selector: service.selector.is_empty(),
                clients_assumed: clients.stand_ins().is_some(),
                rows: Vec::new(),
            },
            clients,
            current: (kind_of(service), takes_local(service)),
        })
    }

    /// One row, of the same manifests; `None` behind the last.
    pub fn row(
        &self,
        files: &[SourceFile],
        base: &Environment,
        changes: &[Change],
        nth: usize,
    ) -> Option<Row> {
        let variant @ (kind, local) = *VARIANTS.get(nth)?;
        let Comparison {
            namespace, name, ..
        } = &self.about;
        let mut files = files.to_vec();
        files.extend(self.clients.stand_ins());
        let own = own_changes(namespace, name, kind, local);
        let all: Vec<Change> = changes.iter().chain(&own).cloned().collect();
        let analysis = Analysis::of_changed(files, Entrance::Paste, base.clone(), &all);
        Some(Row {
            is_current: variant == self.current,
            ..row(&analysis, &self.clients, namespace, name, variant, own)
        })
    }
}

fn kind_of(service: &Service) -> ServiceKind {
    match service.type_ {
        ServiceType::ClusterIp if service.cluster_ips().is_empty() => ServiceKind::Headless,
        ServiceType::ClusterIp => ServiceKind::ClusterIp,
        ServiceType::NodePort => ServiceKind::NodePort,
        ServiceType::LoadBalancer => ServiceKind::LoadBalancer,
        ServiceType::ExternalName => ServiceKind::ExternalName,
    }
}

fn takes_local(service: &Service) -> bool {
    matches!(
        service.type_,
        ServiceType::NodePort | ServiceType::LoadBalancer
    ) && service.external_traffic_policy == TrafficPolicy::Local
}

/// What makes a Service of this name one of this type.
pub fn own_changes(namespace: &str, name: &str, kind: ServiceKind, local: bool) -> Vec<Change> {
    let mut changes = vec![Change::ServiceType {
        namespace: namespace.into(),
        name: name.into(),
        becomes: kind,
    }];
    if matches!(kind, ServiceKind::NodePort | ServiceKind::LoadBalancer) {
        changes.push(Change::ExternalTrafficPolicy {
            namespace: namespace.into(),
            name: name.into(),
            policy: if local {
                TrafficPolicy::Local
            } else {
                TrafficPolicy::Cluster
            },
        });
    }
    changes
}

/// From where is asked: the same in every row.
#[derive(Debug)]
struct Clients {
    same: Option<String>,
    other: Option<String>,
    node: Option<String>,
    namespace: Str,
}

impl Clients {
    fn of(cluster: &Cluster, service: &Service) -> Self {
        // One that is not behind the Service: it would sometimes ask itself.
        let asks = |pod: &&Pod| {
            pod.phase == Phase::Running
                && !pod.terminating
                && !pod.ips.is_empty()
                && !pod.spec.host_network
                && (service.selector.is_empty()
                    || !selector::contains(&pod.meta.labels, &service.selector))
        };
        let named = |pod: &Pod| format!("pod/{}/{}", pod.meta.namespace, pod.meta.name);
        let mut pods: Vec<&Pod> = cluster.pods.values().filter(asks).collect();
        pods.order_by(|a, b| {
            let name = |pod: &Pod| (pod.meta.namespace.clone(), pod.meta.name.clone());
            name(a).cmp(&name(b))
        });
        let own = &service.meta.namespace;
        Self {
            same: pods
                .iter()
                .find(|pod| pod.meta.namespace == *own)
                .map(|pod| named(pod)),
            // The cluster's own Pods ask the node's resolver: nobody calls from them.
            other: pods
                .iter()
                .find(|pod| pod.meta.namespace != *own && pod.meta.namespace != "kube-system")
                .map(|pod| named(pod)),
            node: cluster
                .nodes
                .values()
                .next()
                .map(|node| format!("node/{}", node.meta.name)),
            namespace: own.clone(),
        }
    }

    fn from(&self, client: Client) -> String {
        let stand_in = |namespace: &str| format!("pod/{namespace}/{STAND_IN}");
        match client {
            Client::SameNamespace => self
                .same
                .clone()
                .unwrap_or_else(|| stand_in(&self.namespace)),
            Client::OtherNamespace => self.other.clone().unwrap_or_else(|| stand_in(ELSEWHERE)),
            Client::Node => self.node.clone().unwrap_or_default(),
            Client::Outside => "outside".to_owned(),
        }
    }

    fn is_stand_in(&self, client: Client) -> bool {
        match client {
            Client::SameNamespace => self.same.is_none(),
            Client::OtherNamespace => self.other.is_none(),
            Client::Node | Client::Outside => false,
        }
    }

    /// Pods to ask from where there are none.
    fn stand_ins(&self) -> Option<SourceFile> {
        let missing = [
            (self.same.is_none(), self.namespace.as_str()),
            (self.other.is_none(), ELSEWHERE),
        ];
        let documents: Vec<String> = missing
            .into_iter()
            .filter(|(missing, _)| *missing)
            .map(|(_, namespace)| {
                let pod = serde_json::json!({
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": { "name": STAND_IN, "namespace": namespace },
                    "spec": { "containers": [{ "name": "client", "image": "client" }] },
                });
                pod.to_string()
            })
            .collect();
        (!documents.is_empty()).then(|| SourceFile {
            name: "(clients)".into(),
            text: documents.join("\n---\n"),
        })
    }
}

fn row(
    analysis: &Analysis,
    clients: &Clients,
    namespace: &str,
    name: &str,
    (kind, local): (ServiceKind, bool),
    changes: Vec<Change>,
) -> Row {
    let service = analysis
        .cluster
        .service(namespace, name)
        .map(|id| &analysis.cluster.services[id]);
    let prose = words::of(kind, local);
    Row {
        kind,
        local,
        is_current: false,
        changes,
        addresses: service.map_or_else(Vec::new, |service| addresses(analysis, service)),
        refused: service.map_or_else(Vec::new, |service| refusals(analysis, service)),
        cells: Client::ALL
            .into_iter()
            .filter_map(|client| cell(analysis, clients, service?, client).ok())
            .collect(),
        costs: prose.costs.to_owned(),
        depends_on: prose.depends_on.to_owned(),
        breaks: prose.breaks.to_owned(),
        source: prose.source.to_owned(),
    }
}

fn refusals(analysis: &Analysis, service: &Service) -> Vec<String> {
    use crate::finding::{AdmissionProblem, Problem};
    analysis
        .findings
        .iter()
        .filter(|finding| {
            let object = finding.origin.as_ref().map(|origin| origin.object);
            object.is_some() && object == service.meta.origin
        })
        .filter_map(|finding| match &finding.problem {
            Problem::Admission(AdmissionProblem::Refused { field, message }) => {
                Some(format!("{field}: {message}"))
            }
            _ => None,
        })
        .collect()
}

fn addresses(analysis: &Analysis, service: &Service) -> Vec<String> {
    let domain = &analysis.cluster.environment.network.dns_domain;
    let meta = &service.meta;
    let mut found = vec![format!("{}.{}.svc.{domain}", meta.name, meta.namespace)];
    found.extend(service.cluster_ips().iter().map(ToString::to_string));
    found.extend(
        service
            .ports
            .iter()
            .filter_map(|port| port.node_port)
            .map(|port| format!("<any node>:{port}")),
    );
    found.extend(
        service
            .load_balancer
            .ingress
            .iter()
            .map(|ingress| ingress.point.to_string()),
    );
    found
}

// By what the client would use: Pods the name, a node the address (it does not ask the cluster's DNS), outside whatever
// leads in from there, and if nothing does, the address all the same.
fn target(service: &Service, client: Client) -> String {
    let meta = &service.meta;
    let first = service.ports.first();
    let port = first.map_or(80, |port| port.port.get());
    let suffix = match first.map(|port| port.protocol) {
        Some(Protocol::Udp) => "/udp",
        Some(Protocol::Sctp) => "/sctp",
        _ => "",
    };
    let with_port = |host: &str| match host.contains(':') {
        true => format!("[{host}]:{port}{suffix}"),
        false => format!("{host}:{port}{suffix}"),
    };
    let full = format!("{}.{}", meta.name, meta.namespace);
    let cluster_ip = service.cluster_ips().first().map(ToString::to_string);
    let node_port = first.and_then(|port| port.node_port);
    let ingress = service.load_balancer.ingress.first();
    match client {
        Client::SameNamespace => with_port(&meta.name),
        Client::OtherNamespace => with_port(&full),
        Client::Node => with_port(&cluster_ip.unwrap_or(full)),
        Client::Outside => match (ingress, node_port) {
            (Some(ingress), _) => with_port(&ingress.point.to_string()),
            (None, Some(node_port)) => format!("node/*:{node_port}{suffix}"),
            (None, None) => with_port(&cluster_ip.unwrap_or(full)),
        },
    }
}

fn cell(
    analysis: &Analysis,
    clients: &Clients,
    service: &Service,
    client: Client,
) -> Result<Cell, ProbeError> {
    let (from, to) = (clients.from(client), target(service, client));
    let answer = analysis.trace(&Probe::parse(&from, &to)?);
    let mut sees: Vec<String> = Vec::new();
    for alternative in &answer.alternatives {
        let text = trace_words::client_sees(&alternative.journey);
        if !sees.iter().any(|known| known == text) {
            sees.push(text.to_owned());
        }
    }
    Ok(Cell {
        client,
        is_stand_in: clients.is_stand_in(client),
        from,
        to,
        headline: Headline::of(&answer),
        sees,
        source_changes: source_changes(&answer),
    })
}

/// Whether somebody on the way translates the client's address.
fn source_changes(answer: &Answer) -> bool {
    answer.alternatives.iter().any(|alternative| {
        let mut headers = alternative.journey.steps().filter_map(|step| step.after);
        let first = headers.next();
        let last = headers.last().or(first);
        first.map(|header| header.source) != last.map(|header| header.source)
    })
}
